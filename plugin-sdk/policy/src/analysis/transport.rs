//! Whether a bucket policy refuses plain HTTP.
//!
//! Source: AWS Config managed rule `s3-bucket-ssl-requests-only`
//! <https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html> and
//! Amazon S3 User Guide, "Protecting data in transit"
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingEncryptionInTransit.html>.

use crate::Pattern;
use crate::condition::{Comparison, Condition, OperatorKind, Quantifier};
use crate::language::{Effect, Policy, PrincipalEntry, Statement};

/// Why a policy does not refuse plain HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum PlainHttp {
    /// No statement denies plain HTTP to everyone and for every action.
    #[error("no statement denies plain HTTP to everyone and for every S3 action")]
    NoDeny,
    /// It is denied on the bucket's objects only.
    #[error("plain HTTP is denied on the objects and not on the bucket")]
    BucketNotCovered,
    /// It is denied on the bucket only.
    #[error("plain HTTP is denied on the bucket and not on its objects")]
    ObjectsNotCovered,
}

/// Whether plain HTTP is refused to everyone, on the bucket with this ARN and on all its objects, be
/// it by one statement or by several. `Ok` has the indices of the statements that do it.
///
/// A statement counts when it denies every S3 action to the principal `*` under no condition but
/// `aws:SecureTransport` being false, or an equivalent on `s3:TlsVersion`, which requests over plain
/// HTTP do not have. Exceptions (`NotPrincipal`, `NotAction`, `NotResource`, more conditions) leave
/// somebody or something out, so such a statement does not count.
///
/// # Errors
/// What is left uncovered.
pub fn requires_tls(policy: &Policy, bucket: &str) -> Result<Vec<usize>, PlainHttp> {
    // A pattern that matches the empty key and ends in `*` matches every key; `bucket/logs/*` and
    // `bucket/log*` leave other objects out.
    let empty_key = format!("{bucket}/");
    let covers_bucket = |pattern: &Pattern| pattern.matches(bucket);
    let covers_objects =
        |pattern: &Pattern| pattern.as_str().ends_with('*') && pattern.matches(&empty_key);
    let first = |covers: &dyn Fn(&Pattern) -> bool| {
        policy.statements.iter().position(|statement| {
            refuses_plain_http(statement)
                && statement
                    .resources
                    .as_ref()
                    .is_some_and(|clause| !clause.negated && clause.patterns.iter().any(covers))
        })
    };
    match (first(&covers_bucket), first(&covers_objects)) {
        (Some(bucket), Some(objects)) if bucket == objects => Ok(vec![bucket]),
        (Some(bucket), Some(objects)) => Ok(vec![bucket.min(objects), bucket.max(objects)]),
        (Some(_), None) => Err(PlainHttp::ObjectsNotCovered),
        (None, Some(_)) => Err(PlainHttp::BucketNotCovered),
        (None, None) => Err(PlainHttp::NoDeny),
    }
}

fn refuses_plain_http(statement: &Statement) -> bool {
    let everyone = statement
        .principal
        .as_ref()
        .is_some_and(|clause| !clause.negated && clause.entries.contains(&PrincipalEntry::Anyone));
    let every_action = !statement.actions.negated
        && (statement.actions.covers_everything()
            || statement
                .actions
                .patterns
                .iter()
                .any(|pattern| pattern.as_str().eq_ignore_ascii_case("s3:*")));
    let [condition] = statement.conditions.as_slice() else {
        return false;
    };
    statement.effect == Effect::Deny && everyone && every_action && met_by_plain_http(condition)
}

/// Whether every request over plain HTTP meets the condition: it has `aws:SecureTransport` false
/// and no `s3:TlsVersion`.
fn met_by_plain_http(condition: &Condition) -> bool {
    let operator = condition.operator;
    let any_boolean = |wanted| {
        condition
            .values
            .iter()
            .any(|value| value.boolean() == Some(wanted))
    };
    match &*condition.key {
        "aws:securetransport" => match operator.kind {
            OperatorKind::Bool => {
                if operator.negated {
                    !any_boolean(false)
                } else {
                    any_boolean(false)
                }
            }
            OperatorKind::StringEquals
            | OperatorKind::StringEqualsIgnoreCase
            | OperatorKind::StringLike => {
                condition
                    .values
                    .iter()
                    .any(|value| value.as_str() == "false")
                    != operator.negated
            }
            _ => false,
        },
        "s3:tlsversion" => match operator.kind {
            OperatorKind::Null => any_boolean(true),
            // A plain comparison fails on a missing key; only these forms take it in.
            OperatorKind::Numeric(Comparison::Less | Comparison::LessOrEqual) => {
                operator.if_exists || operator.quantifier == Some(Quantifier::ForAllValues)
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        principal: &str,
        action: &str,
        resource: &str,
        condition: &str,
    ) -> Result<Vec<usize>, PlainHttp> {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny",{principal},"Action":{action},"Resource":{resource},"Condition":{condition}}}]}}"#
        );
        requires_tls(&Policy::parse(&policy).unwrap(), "arn:aws:s3:::b")
    }

    const EVERYONE: &str = r#""Principal":"*""#;
    const BOTH: &str = r#"["arn:aws:s3:::b","arn:aws:s3:::b/*"]"#;
    const INSECURE: &str = r#"{"Bool":{"aws:SecureTransport":"false"}}"#;

    #[test]
    fn forms() {
        assert_eq!(check(EVERYONE, r#""s3:*""#, BOTH, INSECURE), Ok(vec![0]));
        assert_eq!(
            check(
                r#""Principal":{"AWS":"*"}"#,
                r#""*""#,
                r#""*""#,
                r#"{"Bool":{"aws:securetransport":false}}"#
            ),
            Ok(vec![0])
        );
        assert_eq!(
            check(EVERYONE, r#""s3:*""#, r#""arn:aws:s3:::b/*""#, INSECURE),
            Err(PlainHttp::BucketNotCovered)
        );
        assert_eq!(
            check(EVERYONE, r#""s3:*""#, r#""arn:aws:s3:::b""#, INSECURE),
            Err(PlainHttp::ObjectsNotCovered)
        );
        assert_eq!(
            check(
                EVERYONE,
                r#""s3:*""#,
                r#"["arn:aws:s3:::b","arn:aws:s3:::b/logs/*"]"#,
                INSECURE
            ),
            Err(PlainHttp::ObjectsNotCovered)
        );
        assert_eq!(
            check(
                EVERYONE,
                r#""s3:*""#,
                r#"["arn:aws:s3:::other","arn:aws:s3:::other/*"]"#,
                INSECURE
            ),
            Err(PlainHttp::NoDeny)
        );
        assert_eq!(
            check(EVERYONE, r#""s3:*""#, r#""arn:aws:s3:::*""#, INSECURE),
            Ok(vec![0])
        );
        assert_eq!(
            check(EVERYONE, r#""s3:GetObject""#, BOTH, INSECURE),
            Err(PlainHttp::NoDeny)
        );
        assert_eq!(
            check(
                r#""NotPrincipal":{"AWS":"111111111111"}"#,
                r#""s3:*""#,
                BOTH,
                INSECURE
            ),
            Err(PlainHttp::NoDeny)
        );
        assert_eq!(
            check(
                EVERYONE,
                r#""s3:*""#,
                BOTH,
                r#"{"Bool":{"aws:SecureTransport":"true"}}"#
            ),
            Err(PlainHttp::NoDeny)
        );
        assert_eq!(
            check(
                EVERYONE,
                r#""s3:*""#,
                BOTH,
                r#"{"Null":{"s3:TlsVersion":"true"}}"#
            ),
            Ok(vec![0])
        );
        assert_eq!(
            check(
                EVERYONE,
                r#""s3:*""#,
                BOTH,
                r#"{"NumericLessThan":{"s3:TlsVersion":"1.2"}}"#
            ),
            Err(PlainHttp::NoDeny)
        );
        assert_eq!(
            check(
                EVERYONE,
                r#""s3:*""#,
                BOTH,
                r#"{"NumericLessThanIfExists":{"s3:TlsVersion":"1.2"}}"#
            ),
            Ok(vec![0])
        );
    }
}
