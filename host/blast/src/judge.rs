//! The one place where links ask the policy language.
//!
//! A [`Case`] names who asks for what and where its policies come from; the answer is
//! what the closure needs: how sure, on which conditions, by which statements. Nothing here knows
//! about graphs.

use blastwall_model::Arn;
use blastwall_policy::decide::{rcps_bind, scps_bind};
use blastwall_policy::language::Version;
use blastwall_policy::{
    Keys, KmsGrant, Layer, Layers, Policy, Principal, Question, Reach, Requirement, StatementRef,
    Test, reach,
};
use serde_json::json;

use crate::certainty::{Certainty, Condition, StatementEvidence};
use crate::facts::{Attachment, PolicyIndex, Trust};
use crate::world::{LevelsIndex, PrincipalRow, World};

/// The identity policies of a caller.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Identity<'w> {
    /// Those that it has.
    Attached(&'w [Attachment]),
    /// Those that it has and others that were not seen, which may allow anything.
    AtLeast(&'w [Attachment]),
    /// Whatever it takes: the caller's account is in the attacker's hands, or is not known, so
    /// that the question is whether anything else stands in the way.
    Anything,
    /// Those that it has, but for some by their places, and some besides.
    Rewritten {
        attached: &'w [Attachment],
        /// A bit for each of the first places whose policy is taken away.
        without: u32,
        joined: &'w [Attachment],
        /// Whether a policy that allows everything is among those besides.
        anything: bool,
    },
}

impl<'w> Identity<'w> {
    /// The policies that are known.
    pub(crate) fn attachments(self) -> impl Iterator<Item = &'w Attachment> {
        let (attached, joined, without): (&[Attachment], &[Attachment], u32) = match self {
            Identity::Attached(attached) | Identity::AtLeast(attached) => (attached, &[], 0),
            Identity::Anything => (&[], &[], 0),
            Identity::Rewritten {
                attached,
                without,
                joined,
                ..
            } => (attached, joined, without),
        };
        let gone = move |place: usize| place < 32 && without & (1 << place) != 0;
        let kept = attached
            .iter()
            .enumerate()
            .filter(move |(place, _)| !gone(*place));
        kept.map(|(_, from)| from).chain(joined)
    }

    /// Whether there may be others, which allow anything.
    pub(crate) fn is_open(self) -> bool {
        match self {
            Identity::Attached(_) => false,
            Identity::AtLeast(_) | Identity::Anything => true,
            Identity::Rewritten { anything, .. } => anything,
        }
    }
}

/// A question with all of its policies.
#[derive(Clone, Debug)]
pub(crate) struct Case<'w> {
    pub(crate) principal: &'w Principal,
    /// The path of the role behind a session, where known.
    pub(crate) role_path: Option<&'w str>,
    pub(crate) action: &'w str,
    pub(crate) resource: &'w str,
    pub(crate) resource_account: &'w str,
    pub(crate) keys: Keys,
    pub(crate) identity: Identity<'w>,
    pub(crate) boundary: Option<&'w Attachment>,
    /// Those of the caller's account.
    pub(crate) scps: Option<LevelsIndex>,
    /// Those of the resource's account.
    pub(crate) rcps: Option<LevelsIndex>,
    /// The trust policy.
    pub(crate) resource_policy: Option<ResourcePolicy<'w>>,
    /// Whether the attacker made the caller, and so chose its tags.
    pub(crate) made_by_attacker: bool,
}

/// The policy of the resource.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ResourcePolicy<'w> {
    /// A trust policy, and the role that it belongs to.
    Trust(PolicyIndex, &'w Arn),
    /// The policy of another resource, and the resource.
    Resource(PolicyIndex, &'w Arn),
    /// The policy of a key, where there is one, and grants besides, which allow what no policy denies.
    /// Source: KMS Developer Guide, "Troubleshooting AWS KMS permissions".
    Granted(Option<PolicyIndex>, &'w Arn, &'w [KmsGrant]),
    /// It was not seen; the question is whether anything else stands in the way.
    NotSeen,
    /// Somebody rewrote it by then, and it lets everybody in.
    Opened,
}

impl<'w> ResourcePolicy<'w> {
    /// The trust policy of a role; none for a user.
    pub(crate) fn of(row: &'w PrincipalRow) -> Option<Self> {
        match row.trust {
            Trust::Policy(index) => Some(ResourcePolicy::Trust(index, &row.arn)),
            Trust::Unknown => Some(ResourcePolicy::NotSeen),
            Trust::NotApplicable => None,
        }
    }
}

/// Yes, perhaps in words of conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub(crate) certainty: Certainty,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) evidence: Vec<StatementEvidence>,
}

impl Judgement {
    /// The same, hanging on something that was not seen.
    #[must_use]
    pub(crate) fn hanging_on(mut self, certainty: Certainty, what: &[String]) -> Self {
        if what.is_empty() {
            return self;
        }
        self.certainty = self.certainty.max(certainty);
        self.conditions.extend(what.iter().map(|text| Condition {
            text: text.clone(),
            attacker_can_set: false,
        }));
        self
    }

    /// The same with a fact that is not in doubt, for the reader. Nothing hangs on it.
    #[must_use]
    pub(crate) fn told(mut self, layer: &str, of: &str, fact: &str) -> Self {
        self.evidence.push(StatementEvidence {
            layer: layer.into(),
            policy: of.into(),
            statement: "".into(),
            text: fact.into(),
        });
        self
    }

    /// Both must hold.
    #[must_use]
    pub(crate) fn and(mut self, other: Judgement) -> Self {
        self.certainty = self.certainty.max(other.certainty);
        for condition in other.conditions {
            if !self.conditions.contains(&condition) {
                self.conditions.push(condition);
            }
        }
        for evidence in other.evidence {
            if !self.evidence.contains(&evidence) {
                self.evidence.push(evidence);
            }
        }
        self
    }
}

/// Answers cases; holds what is worth preparing once.
#[derive(Debug)]
pub(crate) struct Judge<'w> {
    world: &'w World,
    levels: Vec<Vec<Vec<&'w Policy>>>,
    anything: Policy,
    trust_anyone: Policy,
}

/// Whether a service asks in the caller's name. Source: IAM User Guide, "AWS global condition context keys".
const VIA_SERVICE: &str = "aws:viaawsservice";

/// How much of an answer is wanted: texts cost more than the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The certainty alone.
    Certainty,
    /// Conditions and statements too.
    Full,
}

impl<'w> Judge<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let resolve = |attachment: &Attachment| {
            world
                .policies
                .get(attachment.policy)
                .map(|stored| &stored.policy)
        };
        Self {
            world,
            levels: world
                .levels
                .iter()
                .map(|levels| {
                    levels
                        .iter()
                        .map(|level| level.iter().filter_map(resolve).collect())
                        .collect()
                })
                .collect(),
            anything: allow_all(false),
            trust_anyone: allow_all(true),
        }
    }

    /// The world that the judge knows.
    pub(crate) fn world(&self) -> &'w World {
        self.world
    }

    /// Whether and how the case goes through; none if it does not. The caller asks directly, if that is enough, or
    /// else has a service ask in its name.
    pub(crate) fn judge(&self, case: &Case<'_>, detail: Detail) -> Option<Judgement> {
        let told = case.keys.iter().any(|(key, _)| key == VIA_SERVICE);
        let itself = !matches!(case.principal, Principal::Service { .. });
        if !self.world.asks_via_service || told || !itself {
            return self.judge_as_it_is(case, detail);
        }
        let direct = Case {
            keys: case.keys.clone().fixed(VIA_SERVICE, ["false"]),
            ..case.clone()
        };
        match self.judge_as_it_is(&direct, detail) {
            Some(judgement) if judgement.certainty == Certainty::Certain => Some(judgement),
            direct => {
                let other = self.judge_as_it_is(case, detail);
                match (direct, other) {
                    (Some(direct), Some(other)) if other.certainty < direct.certainty => {
                        Some(other)
                    }
                    (direct, other) => direct.or(other),
                }
            }
        }
    }

    fn judge_as_it_is(&self, case: &Case<'_>, detail: Detail) -> Option<Judgement> {
        self.with_layers(case, |layers| {
            let question = Question {
                principal: case.principal,
                role_path: case.role_path,
                action: case.action,
                resource: case.resource,
                resource_account: case.resource_account,
                keys: &case.keys,
            };
            self.answer(case, reach(&question, layers), detail)
        })
    }

    /// Runs something on the policies that bind the case.
    pub(crate) fn with_layers<R>(&self, case: &Case<'_>, run: impl FnOnce(&Layers<'_>) -> R) -> R {
        let attached: Vec<&Policy> = case
            .identity
            .attachments()
            .filter_map(|from| self.world.policies.get(from.policy))
            .map(|stored| &stored.policy)
            .chain(case.identity.is_open().then_some(&self.anything))
            .collect();
        let boundary = case
            .boundary
            .and_then(|from| self.world.policies.get(from.policy))
            .map(|stored| &stored.policy);
        let management = self.management_account();
        let scps = case
            .scps
            .filter(|_| scps_bind(case.principal, case.role_path, management))
            .and_then(|levels| self.level_slices(levels));
        let rcps = case
            .rcps
            .filter(|_| {
                rcps_bind(
                    case.principal,
                    case.role_path,
                    case.action,
                    case.resource_account,
                    management,
                )
            })
            .and_then(|levels| self.level_slices(levels));
        let resource = match case.resource_policy {
            Some(ResourcePolicy::Trust(index, _) | ResourcePolicy::Resource(index, _)) => {
                self.world.policies.get(index).map(|stored| &stored.policy)
            }
            Some(ResourcePolicy::Granted(index, ..)) => index
                .and_then(|index| self.world.policies.get(index))
                .map(|stored| &stored.policy),
            Some(ResourcePolicy::NotSeen | ResourcePolicy::Opened) => Some(&self.trust_anyone),
            None => None,
        };
        let kms_grants = match case.resource_policy {
            Some(ResourcePolicy::Granted(_, _, grants)) => grants,
            _ => &[],
        };
        let layers = Layers {
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            identity: &attached,
            boundary,
            resource,
            kms_grants,
            ..Layers::default()
        };
        run(&layers)
    }

    fn answer(&self, case: &Case<'_>, reach: Reach, detail: Detail) -> Option<Judgement> {
        let (certainty, conditions, evidence) = match reach {
            Reach::No { .. } => return None,
            Reach::Yes { evidence } => (Certainty::Certain, Vec::new(), evidence),
            Reach::OnlyIf {
                conditions,
                evidence,
            } => {
                let open = |one: &Requirement| !one.any_of.iter().any(is_met_at_will);
                let conditions: Vec<_> = conditions.into_iter().filter(open).collect();
                let certainty = match conditions.is_empty() {
                    true => Certainty::Certain,
                    false => Certainty::Conditional,
                };
                (certainty, conditions, evidence)
            }
        };
        if detail == Detail::Certainty {
            return Some(Judgement {
                certainty,
                ..Judgement::default()
            });
        }
        Some(Judgement {
            certainty,
            conditions: conditions
                .iter()
                .map(|requirement| self.condition(case, requirement))
                .collect(),
            evidence: evidence
                .statements
                .iter()
                .map(|statement| self.evidence(case, statement))
                .collect(),
        })
    }

    pub(crate) fn management_account(&self) -> &'w str {
        self.world
            .management
            .and_then(|index| self.world.account(index))
            .map_or("", |row| row.id.as_str())
    }

    /// None where no policy binds: an empty list of levels would mean the same, but costs.
    fn level_slices(&self, index: LevelsIndex) -> Option<Vec<&[&'w Policy]>> {
        self.levels
            .get(index.index())
            .filter(|levels| !levels.is_empty())
            .map(|levels| levels.iter().map(Vec::as_slice).collect())
    }

    pub(crate) fn condition(&self, case: &Case<'_>, requirement: &Requirement) -> Condition {
        let evidence = self.evidence(case, &requirement.statement);
        Condition {
            text: format!(
                "{requirement} ({}, {})",
                evidence.policy, evidence.statement
            ),
            attacker_can_set: requirement.is_attacker_settable()
                || (case.made_by_attacker
                    && requirement.any_of.iter().any(|test| {
                        test.key
                            .to_ascii_lowercase()
                            .starts_with("aws:principaltag/")
                    })),
        }
    }

    pub(crate) fn evidence(&self, case: &Case<'_>, at: &StatementRef) -> StatementEvidence {
        let of_levels = |index: Option<LevelsIndex>, level: usize| {
            let attachment = self.world.levels(index?).get(level)?.get(at.policy)?;
            Some((attachment.origin.to_string(), Some(attachment.policy)))
        };
        let (layer, source) = match at.layer {
            Layer::Scp { level } => ("service control policy", of_levels(case.scps, level)),
            Layer::Rcp { level } => ("resource control policy", of_levels(case.rcps, level)),
            Layer::Boundary => (
                "permissions boundary",
                case.boundary
                    .map(|from| (from.origin.to_string(), Some(from.policy))),
            ),
            Layer::Identity => (
                "identity policy",
                case.identity
                    .attachments()
                    .nth(at.policy)
                    .map(|from| (from.origin.to_string(), Some(from.policy)))
                    .or_else(|| {
                        let what = match case.identity {
                            Identity::Attached(_) | Identity::AtLeast(_) => "one that was not seen",
                            _ => "that allows it, which the attacker writes",
                        };
                        Some((what.to_owned(), None))
                    }),
            ),
            Layer::Resource => (
                match case.resource_policy {
                    Some(ResourcePolicy::Resource(_, arn)) if arn.service() == "s3" => {
                        "bucket policy"
                    }
                    Some(ResourcePolicy::Resource(_, arn)) if arn.service() == "kms" => {
                        "key policy"
                    }
                    Some(ResourcePolicy::Trust(..)) => "trust policy",
                    Some(ResourcePolicy::Granted(..)) => "key policy",
                    Some(
                        ResourcePolicy::Resource(..)
                        | ResourcePolicy::NotSeen
                        | ResourcePolicy::Opened,
                    )
                    | None => "resource policy",
                },
                match case.resource_policy {
                    Some(ResourcePolicy::Trust(index, role)) => {
                        Some((format!("trust policy of {role}"), Some(index)))
                    }
                    Some(ResourcePolicy::Resource(index, arn)) => {
                        let kind = match arn.service() {
                            "s3" => "bucket policy",
                            "kms" => "key policy",
                            _ => "resource policy",
                        };
                        Some((format!("{kind} of {arn}"), Some(index)))
                    }
                    Some(ResourcePolicy::Granted(index, arn, _)) => {
                        Some((format!("key policy of {arn}"), index))
                    }
                    Some(ResourcePolicy::Opened) => {
                        Some(("one that somebody rewrote".to_owned(), None))
                    }
                    _ => Some(("one that was not seen".to_owned(), None)),
                },
            ),
            Layer::Session => ("session policy", None),
            Layer::VpcEndpoint { .. } => ("VPC endpoint policy", None),
        };
        let (policy, index) = source.unwrap_or_default();
        StatementEvidence {
            layer: layer.into(),
            policy: policy.into(),
            statement: at.sid.as_deref().map_or_else(
                || format!("statement {}", at.statement + 1).into(),
                Into::into,
            ),
            text: index
                .and_then(|index| self.world.policies.get(index))
                .map(|stored| stored.statement_text(at.statement))
                .unwrap_or_default()
                .into(),
        }
    }
}

/// A policy that allows everything; the policy of a resource names whom, an identity policy does
/// not.
fn allow_all(of_resource: bool) -> Policy {
    let document = if of_resource {
        json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
    } else {
        json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    };
    // If the language did not know it any more, nothing would be allowed, and every test fail.
    Policy::from_value(&document).unwrap_or(Policy {
        version: Version::V2012,
        id: None,
        statements: Vec::new(),
    })
}

/// Whether the caller meets a test without knowing anything: an external id that is to be another, to be left
/// out, or to be there; the name of a session that is to be another, or any. Source: STS API Reference,
/// `AssumeRole`, `ExternalId` and `RoleSessionName`.
fn is_met_at_will(test: &Test) -> bool {
    let operator = test.operator.to_ascii_lowercase();
    let another = test.must_hold == operator.contains("not");
    match test.key.to_ascii_lowercase().as_str() {
        "sts:externalid" => another || operator.starts_with("null"),
        "sts:rolesessionname" => {
            let any = test.values.iter().any(|value| value == "*");
            let like = operator.starts_with("stringlike");
            match operator.starts_with("null") {
                // A session has a name.
                true => test.must_hold == test.values.iter().any(|value| value == "false"),
                false => (another && !any) || (test.must_hold && like && any),
            }
        }
        _ => false,
    }
}
