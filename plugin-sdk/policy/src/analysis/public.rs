//! Whether S3 would call a policy public.
//!
//! Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", the meaning of
//! "public"
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>.

use ipnet::IpNet;

use super::narrowing::pins;
use crate::condition::{Condition, OperatorKind, Quantifier};
use crate::language::{Effect, Policy, PrincipalEntry, Statement};
use crate::pattern::Pattern;

/// A statement that makes a policy public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicGrant {
    /// The statement's index.
    pub statement: usize,
    /// The statement's `Sid`.
    pub sid: Option<String>,
    /// The actions it opens, as the policy has them.
    pub actions: Vec<String>,
    /// Whether the actions are those of a `NotAction`: everything but them is open.
    pub actions_negated: bool,
}

/// Keys whose fixed value keeps a statement from being public, besides `aws:SourceIp` and
/// `aws:userid`.
const NARROWING_KEYS: [&str; 13] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// The first statement by which the policy is public in the sense of S3: it allows, to everyone,
/// under no condition that pins the request to fixed values of certain keys. A value with a
/// wildcard or a policy variable is not fixed, and address blocks wider than /8 (IPv4) or /32 (IPv6)
/// do not count. The owner's account plays no part: a grant to it by name is not public, and one to
/// everyone is, whoever owns the resource.
#[must_use]
pub fn public_access(policy: &Policy, _owner_account: &str) -> Option<PublicGrant> {
    let (index, statement) = policy
        .statements
        .iter()
        .enumerate()
        .find(|(_, statement)| is_public(statement))?;
    Some(PublicGrant {
        statement: index,
        sid: statement.sid.as_deref().map(str::to_owned),
        actions: statement
            .actions
            .patterns
            .iter()
            .map(|pattern| Pattern::as_str(pattern).to_owned())
            .collect(),
        actions_negated: statement.actions.negated,
    })
}

/// Whether [`public_access`] finds a statement; allocates nothing.
pub(crate) fn is_public_policy(policy: &Policy) -> bool {
    policy.statements.iter().any(is_public)
}

fn is_public(statement: &Statement) -> bool {
    let everyone = statement
        .principal
        .as_ref()
        .is_some_and(|clause| clause.negated || clause.entries.iter().any(is_everyone));
    statement.effect == Effect::Allow && everyone && !statement.conditions.iter().any(narrows)
}

fn is_everyone(entry: &PrincipalEntry) -> bool {
    match entry {
        PrincipalEntry::Anyone => true,
        PrincipalEntry::Federated(text)
        | PrincipalEntry::Service(text)
        | PrincipalEntry::Other(text) => &**text == "*",
        _ => false,
    }
}

pub(super) fn narrows(condition: &Condition) -> bool {
    if condition.values.is_empty() {
        return true;
    }
    let all_fixed = || condition.values.iter().all(|value| value.is_fixed());
    match &*condition.key {
        "aws:sourceip" | "aws:vpcsourceip" => {
            let operator = condition.operator;
            operator.kind == OperatorKind::IpAddress
                && !operator.negated
                && !operator.if_exists
                && operator.quantifier != Some(Quantifier::ForAllValues)
                && condition
                    .values
                    .iter()
                    .all(|value| value.address_block().is_none_or(is_small))
        }
        // A role's id followed by any session name names one role.
        "aws:userid" => {
            pins(condition)
                && condition.values.iter().all(|value| {
                    let text = value.as_str().strip_suffix(":*").unwrap_or(value.as_str());
                    !text.is_empty() && !text.contains(['*', '?']) && !text.contains("${")
                })
        }
        // The name of the access point may be a wildcard when the account is fixed.
        "s3:dataaccesspointarn" => {
            pins(condition)
                && condition.values.iter().all(|value| {
                    value
                        .as_str()
                        .split(':')
                        .nth(4)
                        .is_some_and(crate::arn::is_account_id)
                })
        }
        key => NARROWING_KEYS.contains(&key) && pins(condition) && all_fixed(),
    }
}

fn is_small(block: IpNet) -> bool {
    match block {
        IpNet::V4(block) => block.prefix_len() >= 8,
        IpNet::V6(block) => block.prefix_len() >= 32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(principal: &str, condition: &str) -> bool {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{condition}}}]}}"#
        );
        public_access(&Policy::parse(&policy).unwrap(), "111111111111").is_some()
    }

    #[test]
    fn meaning_of_public() {
        let everyone = r#""Principal":"*""#;
        for (condition, expected) in [
            ("{}", true),
            (
                r#"{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}"#,
                false,
            ),
            (r#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#, true),
            (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#, false),
            (
                r#"{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}"#,
                true,
            ),
            (
                r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
                true,
            ),
            (r#"{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}"#, true),
            (
                r#"{"StringEquals":{"aws:PrincipalAccount":"${aws:PrincipalAccount}"}}"#,
                true,
            ),
            (r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#, true),
            (
                r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}"#,
                false,
            ),
            (r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, true),
            (r#"{"StringLike":{"aws:userid":"AROAEXAMPLEID:*"}}"#, false),
            (r#"{"StringLike":{"aws:userid":"*:dev"}}"#, true),
            (
                r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}"#,
                false,
            ),
            (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
        ] {
            assert_eq!(public(everyone, condition), expected, "{condition}");
        }
        assert!(!public(r#""Principal":{"AWS":"222222222222"}"#, "{}"));
        assert!(!public(
            r#""Principal":{"Service":"ec2.amazonaws.com"}"#,
            "{}"
        ));
        assert!(public(r#""NotPrincipal":{"AWS":"222222222222"}"#, "{}"));
        assert!(public(r#""Principal":{"AWS":["222222222222","*"]}"#, "{}"));
    }
}
