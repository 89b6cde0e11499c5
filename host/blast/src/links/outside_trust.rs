//! The shape of links from somebody outside of all accounts to a role that names them: what judges
//! the trust policy, finds the roles and explains a step. Who it is and what it takes is in the
//! kinds that are made of it.

use std::collections::BTreeSet;

use blastwall_policy::Principal;

use super::outside_caller::OutsideCaller;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};
use crate::request::RequestKeys;
use crate::subject::OutsideParty;
use crate::world::{OutsideIndex, PrincipalIndex, TrustSummary};

/// Puts a name into words.
type Words = fn(&str) -> String;

/// A kind of link from an outside party to the roles whose trust policies name it.
pub(super) struct OutsideTrust {
    pub(super) documentation: LinkDocumentation,
    /// Those that a trust policy names.
    pub(super) named: fn(&TrustSummary) -> &BTreeSet<Box<str>>,
    /// The party of a name.
    pub(super) party: fn(String) -> OutsideParty,
    /// The name of a party of this kind.
    pub(super) name: fn(&OutsideParty) -> Option<&str>,
    /// The action by which it becomes the role.
    pub(super) action: fn(&Principal) -> Option<&'static str>,
    /// What must be the case besides, on which no policy has a say: how sure that leaves it, and
    /// the words for a name.
    pub(super) besides: Option<(Certainty, Words)>,
}

impl OutsideTrust {
    fn judge(
        &self,
        judge: &Judge<'_>,
        outside: OutsideIndex,
        role: PrincipalIndex,
        detail: Detail,
    ) -> Option<Judgement> {
        let name = (self.name)(judge.world().outside.get(outside.index())?)?;
        let judgement = self.lets_in(judge, name, role, None, detail)?;
        Some(match self.besides {
            Some((certainty, words)) => judgement.hanging_on(certainty, &[words(name)]),
            None => judgement,
        })
    }

    /// Whether the role's trust policy and the resource control policies let in who has this name, acting
    /// for this account if that is known.
    pub(super) fn lets_in(
        &self,
        judge: &Judge<'_>,
        name: &str,
        role: PrincipalIndex,
        source: Option<&str>,
        detail: Detail,
    ) -> Option<Judgement> {
        let world = judge.world();
        let row = world.principal(role)?;
        let principal = Principal::parse(name).ok()?;
        let keys = RequestKeys::new(world).for_resource(row).build();
        let keys = match source {
            Some(account) => keys.fixed("aws:SourceAccount", [account]),
            None => keys,
        };
        let caller = OutsideCaller {
            principal: &principal,
            action: (self.action)(&principal)?,
            made_by_attacker: false,
        };
        caller.enters(judge, role, keys, detail)
    }
}

impl LinkKind for OutsideTrust {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.documentation
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (role, _, trust) in world.trusting_roles() {
            let Some(summary) = world.trusts.get(&trust) else {
                continue;
            };
            for name in (self.named)(summary) {
                let party = (self.party)(name.to_string());
                let Some(outside) = world.find_outside(&party) else {
                    continue;
                };
                if let Some(judgement) = self.judge(judge, outside, role, Detail::Certainty) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Outside(outside)],
                        Capability::Principal(role),
                    );
                }
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        match (premises, conclusion) {
            ([Capability::Outside(outside)], Capability::Principal(role)) => {
                self.judge(judge, *outside, role, Detail::Full)
            }
            _ => None,
        }
    }
}
