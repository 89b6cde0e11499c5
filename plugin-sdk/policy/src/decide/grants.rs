//! Grants on KMS keys: consent beside the key policy.
//!
//! A grant lets its grantee call the listed operations on one key, whatever the key policy says
//! besides denying, and needs no identity policy, not even across accounts: services work for
//! principals this way. It allows and never denies.
//!
//! Sources: AWS KMS Developer Guide, "Grants in AWS KMS"
//! <https://docs.aws.amazon.com/kms/latest/developerguide/grants.html>; AWS KMS API Reference,
//! "CreateGrant" <https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html> and
//! "GrantConstraints" <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html>.

use std::collections::BTreeMap;

use super::principals::Who;
use super::statement::Query;
use crate::context::Fact;
use crate::language::{Effect, PrincipalClause, PrincipalEntry};
use crate::principal::Principal;
use crate::truth::Truth;

/// A grant on the key that a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsGrant {
    grantee: PrincipalClause,
    operations: Vec<Box<str>>,
    constraint: Option<Pairs>,
}

/// A constraint with the condition keys of its pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pairs {
    exactly: bool,
    /// Condition key in lower case, and the value it must have.
    pairs: Vec<(Box<str>, Box<str>)>,
}

/// What the encryption context of a request must be. Keys ignore case and values do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantConstraint {
    /// Exactly these pairs.
    Equals(BTreeMap<String, String>),
    /// At least these pairs.
    Subset(BTreeMap<String, String>),
}

/// The operations on keys that can carry an encryption context; a constraint touches no others.
const WITH_ENCRYPTION_CONTEXT: [&str; 8] = [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];

impl KmsGrant {
    /// A grant to `grantee` for operations as the KMS API names them (`Decrypt`).
    #[must_use]
    pub fn new(
        grantee: Principal,
        operations: impl IntoIterator<Item = impl AsRef<str>>,
        constraint: Option<GrantConstraint>,
    ) -> Self {
        let entry = match grantee {
            Principal::Root { arn, account } => PrincipalEntry::Account {
                id: account,
                text: arn,
            },
            Principal::Service { name } => PrincipalEntry::Service(name),
            other => PrincipalEntry::Identity(other),
        };
        Self {
            grantee: PrincipalClause {
                negated: false,
                entries: vec![entry],
            },
            operations: operations
                .into_iter()
                .map(|operation| operation.as_ref().into())
                .collect(),
            constraint: constraint.map(Pairs::compile),
        }
    }

    /// Whom the grant covers for the query, if it covers its operation.
    pub(crate) fn covers(&self, query: &Query<'_>) -> Who {
        let Some((service, operation)) = query.action.split_once(':') else {
            return Who::NOBODY;
        };
        let listed = self
            .operations
            .iter()
            .any(|known| known.eq_ignore_ascii_case(operation));
        if !service.eq_ignore_ascii_case("kms") || !listed {
            return Who::NOBODY;
        }
        let constrained = WITH_ENCRYPTION_CONTEXT
            .iter()
            .any(|known| known.eq_ignore_ascii_case(operation));
        let truth = match &self.constraint {
            Some(constraint) if constrained => constraint.truth(query),
            _ => Truth::True,
        };
        Who::covered(&self.grantee, Effect::Allow, query).limited(truth)
    }
}

/// Where the pairs of an encryption context are among the condition keys.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context>
const PAIR_PREFIX: &str = "kms:encryptioncontext:";

impl Pairs {
    fn compile(constraint: GrantConstraint) -> Self {
        let (pairs, exactly) = match constraint {
            GrantConstraint::Equals(pairs) => (pairs, true),
            GrantConstraint::Subset(pairs) => (pairs, false),
        };
        let compiled = |(key, value): (String, String)| {
            let key = format!("{PAIR_PREFIX}{}", key.to_ascii_lowercase());
            (key.into(), value.into())
        };
        Self {
            exactly,
            pairs: pairs.into_iter().map(compiled).collect(),
        }
    }

    fn truth(&self, query: &Query<'_>) -> Truth {
        let mut truth = Truth::True;
        for (key, wanted) in &self.pairs {
            truth = truth.and(match query.facts.lookup(key) {
                Fact::Unknown | Fact::Present | Fact::Since(_) => Truth::Maybe,
                Fact::Absent => Truth::False,
                Fact::One(value) => (*value == **wanted).into(),
                Fact::Values(values) => (values == [&**wanted]).into(),
            });
        }
        if self.exactly {
            let known = |name: &str| {
                self.pairs.iter().any(|(key, _)| {
                    key.strip_prefix(PAIR_PREFIX)
                        .is_some_and(|known| known.eq_ignore_ascii_case(name))
                })
            };
            truth = truth.and(match query.facts.lookup("kms:encryptioncontextkeys") {
                Fact::Unknown | Fact::Present | Fact::Since(_) => Truth::Maybe,
                Fact::Absent => Truth::True,
                Fact::One(key) => known(key).into(),
                Fact::Values(keys) => keys.iter().all(|key| known(key)).into(),
            });
        }
        truth
    }
}
