//! What policies ask about requests by name, so that it can be said of each request.

use std::collections::BTreeSet;

use super::StoreRow;
use crate::facts::Policies;

/// The keys of encryption contexts that some policy or grant asks for.
pub(super) fn context_keys(policies: &Policies, stores: &[StoreRow]) -> BTreeSet<String> {
    let statements = policies.iter().flat_map(|stored| &stored.policy.statements);
    let asked = statements
        .flat_map(|statement| &statement.conditions)
        .map(|condition| &*condition.key)
        .filter(|key| key.starts_with(CONTEXT));
    let granted = stores.iter().flat_map(|row| &row.granted_contexts);
    asked
        .map(str::to_owned)
        .chain(granted.map(|name| format!("{CONTEXT}{}", name.to_ascii_lowercase())))
        .collect()
}

/// How condition keys begin that have a key of an encryption context behind them.
const CONTEXT: &str = "kms:encryptioncontext:";

/// Whether any policy hangs on the time of a request.
pub(super) fn asks_for_time(policies: &Policies) -> bool {
    let mut statements = policies.iter().flat_map(|stored| &stored.policy.statements);
    statements.any(|statement| {
        let mut conditions = statement.conditions.iter();
        conditions.any(|condition| matches!(&*condition.key, "aws:currenttime" | "aws:epochtime"))
    })
}

/// Whether some policy has a condition on this key, in lower case.
pub(super) fn asks_for(policies: &Policies, key: &str) -> bool {
    let mut statements = policies.iter().flat_map(|stored| &stored.policy.statements);
    statements.any(|statement| statement.conditions.iter().any(|one| &*one.key == key))
}

/// What policies ask `aws:userid` to be, or not to be.
pub(super) fn user_ids(policies: &Policies) -> BTreeSet<String> {
    let statements = policies.iter().flat_map(|stored| &stored.policy.statements);
    statements
        .flat_map(|statement| &statement.conditions)
        .filter(|condition| &*condition.key == "aws:userid")
        .flat_map(|condition| &condition.values)
        .map(|value| value.as_str().to_owned())
        .collect()
}

/// The condition keys that carry a tag key, in all policies. A request has a tag or does not have
/// it; which ones to say that of, only the policies tell.
pub(super) fn tag_keys(policies: &Policies) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut add = |key: &str| {
        if key.contains("tag/") {
            keys.insert(key.to_owned());
        }
    };
    for stored in policies.iter() {
        for statement in &stored.policy.statements {
            for condition in &statement.conditions {
                add(&condition.key);
                for value in &condition.values {
                    value.variables().for_each(&mut add);
                }
            }
            for pattern in statement
                .resources
                .iter()
                .flat_map(|clause| &clause.patterns)
            {
                pattern.variables().for_each(&mut add);
            }
        }
    }
    keys
}
