//! The policies of functions: who may invoke or change one, besides those whose own policies say so.
//!
//! CloudFormation tells them as permissions, a document each, of which Lambda makes a statement each. Source:
//! Lambda API Reference, `AddPermission`; Lambda Developer Guide, "Working with resource-based IAM policies in
//! Lambda". Each version and alias has a policy of its own.

use std::collections::BTreeMap;

use blastwall_model::{Arn, Document};
use serde_json::{Value, json};

use super::policies::{Policies, PolicyIndex};
use super::ways_in::function_of;
use super::{Unjudged, in_words};

pub(super) const FUNCTION: &str = "AWS::Lambda::Function";
const PERMISSION: &str = "AWS::Lambda::Permission";
const URL: &str = "AWS::Lambda::Url";

/// Where the document of a function may have its policy.
const OWN: [&str; 5] = [
    "/config/PolicyDocument",
    "/config/Policy",
    "/observed/Policy",
    "/config/ResourcePolicy",
    "/observed/ResourcePolicy",
];

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    [FUNCTION, PERMISSION, URL].into_iter()
}

/// What is known of who else may invoke or change a function.
#[derive(Clone, Debug, Default)]
pub(crate) struct FunctionFacts {
    /// Whether its policy was told, and be it that it has none.
    pub(crate) known: bool,
    /// By version or alias; none is the function itself.
    pub(crate) policies: Vec<(Option<String>, PolicyIndex)>,
    /// The services that may invoke it.
    pub(crate) senders: Vec<SendingService>,
    /// Its addresses that ask callers to sign, by version or alias.
    pub(crate) signed_urls: Vec<Option<String>>,
}

/// A service that a function lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SendingService {
    pub(crate) qualifier: Option<String>,
    /// Its name, or `*`.
    pub(crate) service: String,
    /// For what it has to act, by ARN; none if for whatever there is.
    pub(crate) sources: Vec<String>,
}

/// The policies of an account's functions, by the ARN of the function.
#[derive(Debug, Default)]
pub(super) struct FunctionPolicies {
    functions: BTreeMap<String, FunctionFacts>,
    /// Whether permissions were collected, so that a function without any has no policy.
    known: bool,
}

/// A function, and the version or alias of it if it is about one.
type Named = (String, Option<String>);

/// Statements while they are gathered, with the document that the first is from.
type Statements = BTreeMap<Named, (Arn, Vec<Value>)>;

impl FunctionPolicies {
    pub(super) fn read<'a>(
        documents: impl Iterator<Item = &'a Document>,
        policies: &mut Policies,
        unjudged: &mut Vec<Unjudged>,
    ) -> Self {
        let mut all = Self::default();
        let mut statements = Statements::new();
        for document in documents.filter(|document| types().any(|kind| kind == document.kind)) {
            let Ok(value) = serde_json::from_str::<Value>(document.json()) else {
                continue;
            };
            match document.kind.as_str() {
                PERMISSION => all.read_permission(document, &value, &mut statements),
                URL => all.read_url(document, &value),
                _ => {
                    if let Err(why) = all.read_function(document, &value, &mut statements) {
                        unjudged.push(Unjudged {
                            arn: document.arn.clone(),
                            why: format!("policy: {why}"),
                        });
                    }
                }
            }
        }
        for ((arn, qualifier), (told_by, statements)) in statements {
            let facts = all.functions.entry(arn).or_default();
            let senders = statements.iter();
            let senders = senders.flat_map(|one| senders_of(one, qualifier.as_ref()));
            facts.senders.extend(senders);
            let policy = json!({"Version": "2012-10-17", "Statement": statements});
            match policies.keep(&policy) {
                Ok(index) => facts.policies.push((qualifier, index)),
                Err(error) => unjudged.push(Unjudged {
                    arn: told_by,
                    why: format!("permissions: {}", in_words(error)),
                }),
            }
        }
        all
    }

    fn read_permission(&mut self, document: &Document, value: &Value, statements: &mut Statements) {
        self.known = true;
        let Some((arn, qualifier)) = named(document, value, "/config/FunctionName") else {
            return;
        };
        let resource = with_qualifier(&arn, qualifier.as_deref());
        if let Some(statement) = statement(value, &resource, document.arn.partition()) {
            add(statements, (arn, qualifier), document, statement);
        }
    }

    fn read_url(&mut self, document: &Document, value: &Value) {
        let signed = value.pointer("/config/AuthType").and_then(Value::as_str) == Some("AWS_IAM");
        let function = named(document, value, "/config/TargetFunctionArn");
        if let Some((arn, qualifier)) = function.filter(|_| signed) {
            let facts = self.functions.entry(arn).or_default();
            facts.signed_urls.push(qualifier);
        }
    }

    /// The policy in the document of a function, if it has one there.
    fn read_function(
        &mut self,
        document: &Document,
        value: &Value,
        statements: &mut Statements,
    ) -> Result<(), String> {
        let mut own = OWN.iter().filter_map(|pointer| value.pointer(pointer));
        let policy = match own.find(|policy| !policy.is_null()) {
            None => return Ok(()),
            Some(Value::String(text)) => serde_json::from_str(text).map_err(in_words)?,
            Some(policy) => policy.clone(),
        };
        let arn = document.arn.to_string();
        self.functions.entry(arn.clone()).or_default().known = true;
        for statement in statements_of(&policy) {
            let function = named(document, statement, "/Resource");
            let function = function.unwrap_or((arn.clone(), None));
            add(statements, function, document, statement.clone());
        }
        Ok(())
    }

    /// What is known of one function.
    pub(super) fn of(&self, arn: &str) -> FunctionFacts {
        let facts = self.functions.get(arn).cloned().unwrap_or_default();
        FunctionFacts {
            known: facts.known || self.known,
            ..facts
        }
    }
}

/// The ARN of a function, or of a version or alias of it.
pub(crate) fn with_qualifier(arn: &str, qualifier: Option<&str>) -> String {
    match qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn.to_owned(),
    }
}

fn add(statements: &mut Statements, of: Named, document: &Document, statement: Value) {
    let entry = statements.entry(of);
    let (_, list) = entry.or_insert_with(|| (document.arn.clone(), Vec::new()));
    list.push(statement);
}

/// The function that a document names, with a version or alias, which may be named beside it.
fn named(document: &Document, value: &Value, pointer: &str) -> Option<Named> {
    let (partition, account) = (document.arn.partition(), document.account.as_str());
    let name = value.pointer(pointer)?.as_str()?;
    let (arn, behind) = function_of(name, partition, &document.region, account)?;
    let beside = value.pointer("/config/Qualifier").and_then(Value::as_str);
    Some((arn, beside.map(str::to_owned).or(behind)))
}

fn statements_of(policy: &Value) -> Vec<&Value> {
    match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    }
}

/// Conditions that a permission states as properties: its property, operator and key.
const CONDITIONS: [(&str, &str, &str); 6] = [
    ("SourceArn", "ArnLike", "aws:SourceArn"),
    ("SourceAccount", "StringEquals", "aws:SourceAccount"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    (
        "FunctionUrlAuthType",
        "StringEquals",
        "lambda:FunctionUrlAuthType",
    ),
    (
        "EventSourceToken",
        "StringEquals",
        "lambda:EventSourceToken",
    ),
    (
        "InvokedViaFunctionUrl",
        "Bool",
        "lambda:InvokedViaFunctionUrl",
    ),
];

/// The statement that Lambda makes of a permission.
fn statement(permission: &Value, resource: &str, partition: &str) -> Option<Value> {
    let config = permission.get("config")?;
    let text = |name: &str| match config.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    let named = text("Principal")?;
    let is_account = named.len() == 12 && named.bytes().all(|byte| byte.is_ascii_digit());
    let principal = if named == "*" {
        json!("*")
    } else if is_account {
        json!({"AWS": format!("arn:{partition}:iam::{named}:root")})
    } else if named.starts_with("arn:") {
        json!({ "AWS": named })
    } else {
        json!({ "Service": named })
    };
    let mut conditions = serde_json::Map::new();
    for (property, operator, key) in CONDITIONS {
        if let Some(value) = text(property) {
            let same = conditions.entry(operator).or_insert_with(|| json!({}));
            if let Some(same) = same.as_object_mut() {
                same.insert(key.to_owned(), json!(value));
            }
        }
    }
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": principal,
        "Action": text("Action")?,
        "Resource": resource,
    });
    if let (false, Some(statement)) = (conditions.is_empty(), statement.as_object_mut()) {
        statement.insert("Condition".to_owned(), Value::Object(conditions));
    }
    Some(statement)
}

/// The services that a statement lets invoke the function.
fn senders_of(statement: &Value, qualifier: Option<&String>) -> Vec<SendingService> {
    let texts = |value: Option<&Value>| -> Vec<String> {
        match value {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(all)) => {
                let all = all.iter().filter_map(Value::as_str);
                all.map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    };
    let invokes = texts(statement.get("Action")).iter().any(|action| {
        let action = action.to_ascii_lowercase();
        matches!(
            action.as_str(),
            "*" | "lambda:*" | "lambda:invoke*" | "lambda:invokefunction"
        )
    });
    let allows = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    if !invokes || !allows {
        return Vec::new();
    }
    let sources = statement.get("Condition").and_then(Value::as_object);
    let sources = sources.into_iter().flat_map(serde_json::Map::values);
    let sources: Vec<String> = sources
        .filter_map(Value::as_object)
        .flatten()
        .filter(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"))
        .flat_map(|(_, value)| texts(Some(value)))
        .collect();
    let services = match statement.get("Principal") {
        Some(Value::String(anyone)) => vec![anyone.clone()],
        principal => texts(principal.and_then(|principal| principal.get("Service"))),
    };
    let sending = |service| SendingService {
        qualifier: qualifier.cloned(),
        service,
        sources: sources.clone(),
    };
    services.into_iter().map(sending).collect()
}
