//! What kinds of actions a policy opens, and to whom: lists, reads, writes, tags, permissions.
//!
//! Source: AWS IAM User Guide, "Access levels in policy summaries"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>.

use std::collections::{BTreeMap, BTreeSet};

use super::audience::{Audience, audience};
use crate::actions::{self, AccessLevel};
use crate::language::{ActionClause, Policy};

/// How many actions of each level a clause covers. Levels without any are left out.
#[must_use]
pub fn action_classes(clause: &ActionClause) -> BTreeMap<AccessLevel, usize> {
    let mut counts = BTreeMap::new();
    let mut count = |action: &actions::Action| *counts.entry(action.access).or_default() += 1;
    if clause.negated {
        actions::covered(clause).for_each(&mut count);
        return counts;
    }
    let mut seen = BTreeSet::new();
    for pattern in &clause.patterns {
        for action in actions::expand(pattern.as_str()) {
            if seen.insert(action.to_string()) {
                count(action);
            }
        }
    }
    counts
}

/// Whom a policy of a resource or role lets in, by the level of the actions it opens to them.
#[must_use]
pub fn audience_by_class(
    policy: &Policy,
    owner_account: &str,
) -> BTreeMap<AccessLevel, BTreeSet<Audience>> {
    let mut table: BTreeMap<AccessLevel, BTreeSet<Audience>> = BTreeMap::new();
    for grant in audience(policy, owner_account) {
        let Some(statement) = policy.statements.get(grant.statement) else {
            continue;
        };
        for level in action_classes(&statement.actions).into_keys() {
            table
                .entry(level)
                .or_default()
                .insert(grant.audience.clone());
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_level() {
        let policy = Policy::parse(
            r#"{"Version":"2012-10-17","Statement":[
                {"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:getobject*"],"Resource":"*"},
                {"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"s3:PutBucketPolicy","Resource":"*"}]}"#,
        )
        .unwrap();
        let first = action_classes(&policy.statements[0].actions);
        assert!(first[&AccessLevel::Read] > 3 && !first.contains_key(&AccessLevel::Write));
        let table = audience_by_class(&policy, "111111111111");
        assert!(table[&AccessLevel::Read].contains(&Audience::Anyone));
        assert_eq!(
            table[&AccessLevel::PermissionsManagement],
            BTreeSet::from([Audience::Account("222222222222".to_owned())])
        );
    }
}
