//! Policies that grant everything.

use crate::language::{Effect, Policy};

/// The first statement that allows every action on every resource without a condition: the
/// meaning of AdministratorAccess, however it is written.
///
/// AWS IAM User Guide, "AWS managed policies for job functions", administrator
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html>.
#[must_use]
pub fn grants_administration(policy: &Policy) -> Option<usize> {
    policy.statements.iter().position(|statement| {
        statement.effect == Effect::Allow
            && statement.conditions.is_empty()
            && statement.actions.covers_everything()
            && statement
                .resources
                .as_ref()
                .is_some_and(crate::language::ResourceClause::covers_everything)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(statement: &str) -> bool {
        grants_administration(
            &Policy::parse(&format!(
                r#"{{"Version":"2012-10-17","Statement":{statement}}}"#
            ))
            .unwrap(),
        )
        .is_some()
    }

    #[test]
    fn forms() {
        assert!(grants(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#));
        assert!(grants(
            r#"{"Effect":"Allow","Action":["s3:Get*","*:*"],"Resource":["arn:aws:s3:::b","*"]}"#
        ));
        assert!(grants(
            r#"{"Effect":"Allow","NotAction":[],"NotResource":[]}"#
        ));
        assert!(!grants(
            r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#
        ));
        assert!(!grants(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#));
        assert!(!grants(
            r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::*"}"#
        ));
        assert!(!grants(
            r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#
        ));
    }
}
