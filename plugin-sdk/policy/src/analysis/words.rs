//! Elements of a statement as phrases.

use super::safeguards;
use crate::condition::Condition;
use crate::language::{ActionClause, Policy, PrincipalEntry, Statement};
use crate::pattern::Pattern;

/// So many members of a list are named; the rest are counted.
const NAMED: usize = 6;

/// `a`, `a and b`, `a, b and c`, and from the seventh on `a, …, f and 3 more`.
pub(super) fn list<T: AsRef<str>>(items: &[T], last: &str) -> String {
    let mut named: Vec<String> = items
        .iter()
        .take(NAMED)
        .map(|item| item.as_ref().to_owned())
        .collect();
    if items.len() > NAMED {
        named.push(format!("{} more", items.len() - NAMED));
    }
    match named.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

fn plural(patterns: &[Pattern], word: impl Fn(&str) -> String) -> Vec<String> {
    patterns
        .iter()
        .map(|pattern| word(pattern.as_str()))
        .collect()
}

pub(super) fn actions(clause: &ActionClause) -> String {
    let one = |text: &str| match text.split_once(':') {
        None if text == "*" => "every action".to_owned(),
        Some(("*", "*")) => "every action".to_owned(),
        Some((service, "*")) => format!("every {service} action"),
        _ => text.to_owned(),
    };
    let named = plural(&clause.patterns, one);
    match (clause.negated, named.is_empty()) {
        (false, _) => list(&named, "and"),
        (true, true) => "every action".to_owned(),
        (true, false) => format!("every action except {}", list(&named, "and")),
    }
}

pub(super) fn resources(statement: &Statement) -> String {
    let Some(clause) = &statement.resources else {
        return "the resource it is attached to".to_owned();
    };
    if clause.covers_everything() {
        return "every resource".to_owned();
    }
    let named = plural(&clause.patterns, str::to_owned);
    if clause.negated {
        format!("every resource except {}", list(&named, "and"))
    } else {
        list(&named, "and")
    }
}

pub(super) fn principals(statement: &Statement) -> String {
    let Some(clause) = &statement.principal else {
        return "nobody".to_owned();
    };
    let named: Vec<String> = clause.entries.iter().map(principal).collect();
    if clause.negated {
        format!("everyone except {}", list(&named, "and"))
    } else {
        list(&named, "and")
    }
}

fn principal(entry: &PrincipalEntry) -> String {
    let text = entry.as_str();
    match entry {
        PrincipalEntry::Anyone => "anyone".to_owned(),
        PrincipalEntry::Account { id, .. } => format!("account {id}"),
        PrincipalEntry::Identity(_) => text.to_owned(),
        PrincipalEntry::Service(_) => format!("service {text}"),
        PrincipalEntry::Federated(_) => format!("users of {text}"),
        PrincipalEntry::CanonicalUser(_) => format!("canonical user {text}"),
        PrincipalEntry::Deleted(_) | PrincipalEntry::Other(_) => format!("nobody (`{text}`)"),
    }
}

/// The conditions of a statement, introduced by a comma; nothing without conditions.
pub(super) fn conditions(policy: &Policy, index: usize) -> String {
    let Some(statement) = policy.statements.get(index) else {
        return String::new();
    };
    if statement.conditions.is_empty() {
        return String::new();
    }
    let all: Vec<String> = statement.conditions.iter().map(condition).collect();
    format!(", if {}", all.join(" and "))
}

fn condition(condition: &Condition) -> String {
    let asked = safeguards::asked(condition);
    let values: Vec<&str> = condition
        .values
        .iter()
        .map(crate::condition::ConditionValue::as_str)
        .collect();
    if asked.tls && &*condition.key == "aws:securetransport" {
        "the request comes over TLS".to_owned()
    } else if asked.mfa && &*condition.key == "aws:multifactorauthpresent" {
        "the caller has used multi-factor authentication".to_owned()
    } else if asked.external_id {
        "the caller knows the external id".to_owned()
    } else if asked.network {
        format!("the request comes from {}", list(&values, "or"))
    } else {
        condition.to_string()
    }
}
