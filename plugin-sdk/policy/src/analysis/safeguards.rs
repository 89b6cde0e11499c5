//! What a policy asks of a request besides who sends it: TLS, MFA, an external id, a network.
//!
//! Sources: AWS IAM User Guide, "AWS global condition context keys"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>, "The
//! confused deputy problem" <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
//! and "Secure API access with MFA"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html>.

use super::narrowing::pins;
use crate::condition::{Comparison, Condition, OperatorKind, Quantifier};
use crate::language::{Effect, Policy, PrincipalEntry, ResourceClause, Statement};

/// What a request must have to be let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Safeguards {
    /// It must come over TLS.
    pub tls: bool,
    /// It must be made with multi-factor authentication.
    pub mfa: bool,
    /// It must have an external id out of a list.
    pub external_id: bool,
    /// It must come from listed addresses, VPCs or VPC endpoints.
    pub network: bool,
}

impl Safeguards {
    fn and(self, other: Self) -> Self {
        Self {
            tls: self.tls && other.tls,
            mfa: self.mfa && other.mfa,
            external_id: self.external_id && other.external_id,
            network: self.network && other.network,
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            tls: self.tls || other.tls,
            mfa: self.mfa || other.mfa,
            external_id: self.external_id || other.external_id,
            network: self.network || other.network,
        }
    }
}

/// What every request that the policy lets in must have: because each allow statement asks for it,
/// or because a deny statement refuses everybody and everything without it. A policy that allows
/// nothing asks for nothing.
#[must_use]
pub fn safeguards(policy: &Policy) -> Safeguards {
    let asked = policy
        .statements
        .iter()
        .filter(|statement| statement.effect == Effect::Allow)
        .map(statement_safeguards)
        .reduce(Safeguards::and);
    let refused = policy
        .statements
        .iter()
        .map(refused_without)
        .fold(Safeguards::default(), Safeguards::or);
    asked.map_or_else(Safeguards::default, |asked| asked.or(refused))
}

/// What an allow statement asks for by its conditions.
#[must_use]
pub fn statement_safeguards(statement: &Statement) -> Safeguards {
    statement
        .conditions
        .iter()
        .map(asked)
        .fold(Safeguards::default(), Safeguards::or)
}

/// The safeguard that a condition is only met with.
pub(super) fn asked(condition: &Condition) -> Safeguards {
    let operator = condition.operator;
    let strict = !operator.if_exists && operator.quantifier != Some(Quantifier::ForAllValues);
    let only = |wanted| {
        !condition.values.is_empty()
            && condition
                .values
                .iter()
                .all(|value| value.boolean() == Some(wanted))
    };
    let is_true = || strict && operator.kind == OperatorKind::Bool && only(!operator.negated);
    let mut found = Safeguards::default();
    match &*condition.key {
        "aws:securetransport" => found.tls = is_true(),
        "s3:tlsversion" => {
            found.tls = strict
                && matches!(
                    operator.kind,
                    OperatorKind::Numeric(Comparison::Greater | Comparison::GreaterOrEqual)
                );
        }
        // A missing key satisfies a negated operator, so only the plain form counts.
        "aws:multifactorauthpresent" => found.mfa = is_true() && !operator.negated,
        "aws:multifactorauthage" => {
            found.mfa = strict
                && matches!(
                    operator.kind,
                    OperatorKind::Numeric(Comparison::Less | Comparison::LessOrEqual)
                );
        }
        "sts:externalid" => {
            found.external_id = pins(condition)
                && condition
                    .values
                    .iter()
                    .all(|value| !value.as_str().trim_matches(['*', '?']).is_empty());
        }
        "aws:sourcevpc" | "aws:sourcevpce" => found.network = pins(condition),
        "aws:sourceip" | "aws:vpcsourceip" => {
            found.network = strict && operator.kind == OperatorKind::IpAddress && !operator.negated;
        }
        _ => {}
    }
    found
}

/// What a deny statement refuses every request without. It must cover everybody and everything and
/// have one condition, which a request without the key meets too.
fn refused_without(statement: &Statement) -> Safeguards {
    let everybody = statement
        .principal
        .as_ref()
        .is_none_or(|clause| !clause.negated && clause.entries.contains(&PrincipalEntry::Anyone));
    let everything = statement.actions.covers_everything()
        && statement
            .resources
            .as_ref()
            .is_none_or(ResourceClause::covers_everything);
    let mut found = Safeguards::default();
    let [condition] = statement.conditions.as_slice() else {
        return found;
    };
    if statement.effect != Effect::Deny || !everybody || !everything {
        return found;
    }
    let operator = condition.operator;
    let any = |wanted| {
        condition
            .values
            .iter()
            .any(|value| value.boolean() == Some(wanted))
    };
    let is_false = operator.kind == OperatorKind::Bool && any(operator.negated);
    let when_absent = operator.holds_when_absent();
    match &*condition.key {
        // Every request has this key.
        "aws:securetransport" => found.tls = is_false,
        // Requests with long-term keys do not have this one.
        "aws:multifactorauthpresent" => found.mfa = is_false && when_absent,
        "aws:multifactorauthage" => {
            found.mfa = operator.kind == OperatorKind::Null && any(true);
        }
        "sts:externalid" => found.external_id = operator.negated && when_absent,
        "aws:sourceip" | "aws:vpcsourceip" | "aws:sourcevpc" | "aws:sourcevpce" => {
            found.network = operator.negated && when_absent;
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(statements: &str) -> Safeguards {
        safeguards(
            &Policy::parse(&format!(
                r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
            ))
            .unwrap(),
        )
    }

    fn allow(condition: &str) -> String {
        format!(
            r#"{{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{condition}}}"#
        )
    }

    fn deny(condition: &str) -> String {
        format!(
            r#"{{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{condition}}}"#
        )
    }

    #[test]
    fn asked_by_every_allow() {
        let mfa = allow(r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#);
        assert!(of(&mfa).mfa);
        assert!(!of(&format!("{mfa},{}", allow("{}"))).mfa);
        assert!(
            !of(&allow(
                r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#
            ))
            .mfa
        );
        assert!(of(&allow(r#"{"StringEquals":{"sts:ExternalId":"x"}}"#)).external_id);
        assert!(!of(&allow(r#"{"StringLike":{"sts:ExternalId":"*"}}"#)).external_id);
        assert!(of(&allow(r#"{"Bool":{"aws:SecureTransport":true}}"#)).tls);
        assert!(of(&allow(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#)).network);
        assert_eq!(of(""), Safeguards::default());
    }

    #[test]
    fn refused_without_it() {
        let open = allow("{}");
        let with = |condition: &str| of(&format!("{open},{}", deny(condition)));
        assert!(with(r#"{"Bool":{"aws:SecureTransport":"false"}}"#).tls);
        assert!(with(r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#).mfa);
        assert!(!with(r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#).mfa);
        assert!(with(r#"{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#).network);
        assert!(
            !with(r#"{"NotIpAddressIfExists":{"aws:SourceIp":"x"},"Null":{"a:b":"true"}}"#).network
        );
    }
}
