//! Whoever may change what says what a principal may do, and has that principal, has whatever it may do
//! then: as a rule the account.
//!
//! Needs both: the right to change, and the one that is changed. They may be one and the same. What stops
//! short of the account, because a boundary, a denial or a service control policy is left, is a capability
//! of its own ([`Capability::Rewritten`]), which acts like a principal in all other kinds of link.

mod explore;
mod pair;

pub(super) use explore::Escalations;

use explore::{Worths, addition_written, outcomes};
use pair::ACTIONS;

use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind, tags};
use crate::capability::{Capability, Rewrite};
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::PrincipalIndex;

pub(super) struct SelfEscalation;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "iam-selfesc",
    name: "IAM self-escalation",
    family: "identity",
    source: "principal that may change the permissions or tags of a principal that is held too, itself or \
        another, or make a new one",
    target: "the whole account, or the principal with its new permissions or tags",
    precondition: "iam:Put…Policy or iam:Attach…Policy on the principal, iam:CreatePolicyVersion or \
        iam:SetDefaultPolicyVersion on a customer managed policy that it has, iam:PutGroupPolicy or \
        iam:AttachGroupPolicy on a group of it, iam:AddUserToGroup, or taking away a policy that denies; \
        iam:TagRole or iam:TagUser, for what asks for aws:PrincipalTag; iam:CreateRole, or iam:CreateUser and \
        credentials, with a policy or bare, under the boundary that is asked for. Several may each have a part. The \
        boundary of the principal (unless that can be taken away too), the denials that stay and the service \
        control policies leave something open",
    mitigations: "iam:PermissionsBoundary and iam:PolicyARN as conditions, permissions boundaries, service \
        control policies on the IAM actions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
        "https://pathfinding.cloud/paths/iam-001",
    ],
};

impl LinkKind for SelfEscalation {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let all = ACTIONS.iter().chain(&tags::ACTIONS);
        all.copied()
            .chain(["iam:CreateAccessKey", "iam:CreateLoginProfile"])
            .collect()
    }

    fn derive(&self, _judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let escalations = rules.escalations;
        for (certainty, premises, conclusion) in &escalations.rules {
            rules.add(*certainty, premises, *conclusion);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let holder = *premises.first()?;
        let power = Power::holding(judge, holder, Detail::Full)?;
        // Who is changed comes last; alone, it changes itself, or what it makes.
        let (target, before) = match (premises.last()?, conclusion) {
            (_, Capability::Rewritten(target, _))
                if judge.world().is_makeable(target) && premises.len() == 1 =>
            {
                match holder {
                    Capability::Rewritten(own, before) if own == target => (target, before),
                    _ => (target, Rewrite::default()),
                }
            }
            (Capability::Principal(target), _) => (*target, Rewrite::default()),
            (Capability::Rewritten(target, before), _) => (*target, *before),
            _ => return None,
        };
        let by_itself = premises.len() == 1;
        let worths = Worths::new(judge, Detail::Full);
        let outcomes =
            |of: PrincipalIndex| outcomes(judge, &power, of, !by_itself, &worths).into_iter();
        match conclusion {
            Capability::Rewritten(target, wanted) => outcomes(target)
                .chain(addition_written(judge, &power, target, before, &worths))
                .find(|outcome| {
                    let (rewrite, then) = (outcome.rewrite, before.then(outcome.rewrite));
                    rewrite == wanted || then == Some(wanted)
                })
                .map(|outcome| outcome.how),
            Capability::Account(account) => {
                let made = judge.world().makeable_in(account).filter(|_| by_itself);
                let of_made = made.flat_map(outcomes).map(|outcome| outcome.account);
                let changed = outcomes(target).map(|outcome| outcome.account);
                let as_it_is = match holder {
                    Capability::Rewritten(own, form) if by_itself => worths.of(own, form),
                    _ => None,
                };
                changed.chain(of_made).fold(as_it_is, better)
            }
            _ => None,
        }
    }
}

impl Judgement {
    /// The same, hanging on something that no policy says; nothing if there are no words for it.
    #[must_use]
    pub(super) fn also(self, besides: &str) -> Self {
        if besides.is_empty() {
            return self;
        }
        self.hanging_on(Certainty::Conditional, &[besides.to_owned()])
    }
}
