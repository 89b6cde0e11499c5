//! Policies, kept once by content.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use blastwall_policy::language::ResourceClause;
use blastwall_policy::{Effect, Pattern, Policy, PolicyError};
use serde_json::Value;

use crate::links;

/// The place of a policy in [`Policies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PolicyIndex(u32);

/// A policy and what was worked out about it once.
#[derive(Clone, Debug)]
pub(crate) struct StoredPolicy {
    pub(crate) policy: Policy,
    /// The document, on one line with sorted keys; a statement that is evidence is cut from it.
    json: Arc<str>,
    /// Its statements, once somebody asks for one: ways over a trust policy may be told a thousand times.
    texts: OnceLock<Vec<Box<str>>>,
    /// Whether a condition or a variable asks who the caller is, beyond organization and unit, so
    /// that two callers with the same policies may get different answers.
    pub(crate) asks_for_caller: bool,
    /// Whether one of them asks for tags of the caller.
    pub(crate) asks_for_tags: bool,
}

impl StoredPolicy {
    /// The `index`-th statement (from 0) as JSON on one line.
    pub(crate) fn statement_text(&self, index: usize) -> String {
        let texts = self.texts.get_or_init(|| self.split());
        texts
            .get(index)
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    fn split(&self) -> Vec<Box<str>> {
        let document = serde_json::from_str::<Value>(&self.json).unwrap_or_default();
        match document.get("Statement") {
            Some(Value::Array(statements)) => {
                let texts = statements.iter().map(|one| one.to_string().into());
                texts.collect()
            }
            Some(statement) => vec![statement.to_string().into()],
            None => Vec::new(),
        }
    }

    /// Whether an allowing statement covers the action, and the resource if one is given.
    ///
    /// A quick look that saves most questions: it may say yes where the language says no, because
    /// it takes conditions and variables as met.
    pub(crate) fn may_allow(&self, action: &str, resource: Option<&str>) -> bool {
        let covers = |clause: &ResourceClause, resource: &str| {
            clause.covers(resource)
                || clause
                    .patterns
                    .iter()
                    .any(|pattern| pattern.variables().next().is_some())
        };
        self.policy.statements.iter().any(|statement| {
            statement.effect == Effect::Allow
                && statement.actions.covers(action)
                && resource.is_none_or(|resource| {
                    statement
                        .resources
                        .as_ref()
                        .is_none_or(|clause| covers(clause, resource))
                })
        })
    }

    /// Names of things below an ARN that allowing statements cover for the action, one for each pattern.
    pub(crate) fn names_below<'a>(
        &'a self,
        action: &'a str,
        arn: &'a str,
    ) -> impl Iterator<Item = String> + 'a {
        self.policy
            .statements
            .iter()
            .filter(move |statement| {
                statement.effect == Effect::Allow && statement.actions.covers(action)
            })
            .filter_map(|statement| statement.resources.as_ref())
            .filter(|clause| !clause.negated)
            .flat_map(|clause| &clause.patterns)
            .filter(|pattern| pattern.variables().next().is_none())
            .filter_map(move |pattern| name_below(pattern.as_str(), arn))
    }
}

/// A name that a pattern covers of something below an ARN; none if it covers nothing there.
fn name_below(pattern: &str, arn: &str) -> Option<String> {
    // A quick look first: most policies are about something else.
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    let behind = fixed.strip_prefix(arn);
    if !arn.starts_with(fixed) && !behind.is_some_and(|behind| behind.starts_with('/')) {
        return None;
    }
    let stem = format!("{arn}/");
    // Where the pattern may stand at the end of the stem: behind a slash, or inside of what a star stands for.
    let places = |mark| pattern.match_indices(mark);
    places('/')
        .chain(places('*'))
        .filter_map(|(place, _)| pattern.split_at_checked(place + 1))
        .find(|(head, _)| Pattern::glob(head).matches(&stem))
        .map(|(head, rest)| match rest {
            "" if head.ends_with('*') => format!("{stem}x"),
            rest => format!("{stem}{}", rest.replace(['*', '?'], "x")),
        })
}

/// The policies of all accounts and of the organization.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policies {
    stored: Vec<Arc<StoredPolicy>>,
    by_content: HashMap<Arc<str>, PolicyIndex>,
    /// Whether identity policies are kept whatever they say.
    everything: bool,
}

impl Policies {
    /// For questions about any action.
    pub(crate) fn keeping_everything() -> Self {
        Self {
            everything: true,
            ..Self::default()
        }
    }

    /// Keeps a policy whatever it says: a trust policy, a boundary or a policy of the organization
    /// decides by what it leaves out, too.
    pub(crate) fn keep(&mut self, document: &Value) -> Result<PolicyIndex, PolicyError> {
        let json: Arc<str> = document.to_string().into();
        if let Some(index) = self.by_content.get(&json) {
            return Ok(*index);
        }
        let policy = Policy::from_value(document)?;
        Ok(self.store(json, policy))
    }

    /// Keeps an identity policy if it mentions an action that a link kind asks for; any other
    /// neither allows nor denies anything that matters here.
    pub(crate) fn keep_if_relevant(
        &mut self,
        document: &Value,
    ) -> Result<Option<PolicyIndex>, PolicyError> {
        if self.everything {
            return self.keep(document).map(Some);
        }
        let json: Arc<str> = document.to_string().into();
        if let Some(index) = self.by_content.get(&json) {
            // Kept as something else, perhaps: whether it counts must not hang on what came first.
            let relevant = self
                .get(*index)
                .is_some_and(|stored| is_relevant(&stored.policy));
            return Ok(relevant.then_some(*index));
        }
        let policy = Policy::from_value(document)?;
        Ok(is_relevant(&policy).then(|| self.store(json, policy)))
    }

    fn store(&mut self, json: Arc<str>, policy: Policy) -> PolicyIndex {
        let index = PolicyIndex(u32::try_from(self.stored.len()).unwrap_or(u32::MAX));
        self.by_content.insert(Arc::clone(&json), index);
        self.stored.push(Arc::new(StoredPolicy {
            asks_for_caller: asks(&policy, is_about_caller),
            asks_for_tags: asks(&policy, |key| key.starts_with("aws:principaltag/")),
            policy,
            json,
            texts: OnceLock::new(),
        }));
        index
    }

    /// A kept policy.
    pub(crate) fn get(&self, index: PolicyIndex) -> Option<&StoredPolicy> {
        self.stored.get(index.0 as usize).map(AsRef::as_ref)
    }

    /// All kept policies.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &StoredPolicy> {
        self.stored.iter().map(AsRef::as_ref)
    }

    /// Lets go of what only reading needs.
    pub(crate) fn finish(&mut self) {
        self.by_content = HashMap::new();
    }
}

/// Whether a statement mentions an action that a link kind asks for.
fn is_relevant(policy: &Policy) -> bool {
    policy
        .statements
        .iter()
        .any(|statement| links::actions().any(|action| statement.actions.covers(action)))
}

/// Keys that describe the caller as a member of an organization: the same for all accounts of a
/// unit, so that they do not tell callers of one class apart.
const ORGANIZATION_KEYS: [&str; 2] = ["aws:principalorgid", "aws:principalorgpaths"];

fn is_about_caller(key: &str) -> bool {
    (key.starts_with("aws:principal") || key.starts_with("aws:user"))
        && key != "aws:useragent"
        && !ORGANIZATION_KEYS.contains(&key)
}

/// Whether a condition or a variable is about such a key.
fn asks(policy: &Policy, is_it: fn(&str) -> bool) -> bool {
    policy.statements.iter().any(|statement| {
        let in_conditions = statement.conditions.iter().any(|condition| {
            is_it(&condition.key)
                || condition
                    .values
                    .iter()
                    .any(|value| value.variables().any(is_it))
        });
        let in_resources = statement.resources.iter().any(|clause| {
            clause
                .patterns
                .iter()
                .any(|pattern| pattern.variables().any(is_it))
        });
        in_conditions || in_resources
    })
}

#[cfg(test)]
mod tests {
    use super::name_below;

    #[test]
    fn a_pattern_covers_a_name_below_an_arn() {
        let below = |pattern| name_below(pattern, "arn:aws:s3:::orders");
        let name = |text: &str| Some(format!("arn:aws:s3:::orders/{text}"));
        assert_eq!(below("arn:aws:s3:::orders/public/*"), name("public/x"));
        assert_eq!(below("arn:aws:s3:::ord*/public/*"), name("public/x"));
        assert_eq!(below("arn:aws:s3:::orders/a?.zip"), name("ax.zip"));
        assert_eq!(below("arn:aws:s3:::ord*.zip"), name(".zip"));
        assert_eq!(below("*"), name("x"));
        assert_eq!(below("arn:aws:s3:::orders"), None);
        assert_eq!(below("arn:aws:s3:::other/*"), None);
    }
}
