//! Whoever is of an account that AWS RAM shares something with uses it there.
//!
//! What each type of resource gives is in `facts/sharing/shared_kinds.rs`. Subnets, transit gateways, resolver
//! rules and services of VPC Lattice are for other kinds, which see them where they are used.

use super::access::{Gate, ask, candidates};
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::PolicyIndex;
use crate::facts::sharing::{ShareFacts, shared_actions};
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{StoreIndex, TrustSummary, World, summarize};

pub(super) struct RamShare;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "ram-share",
    name: "Resource shares of AWS RAM",
    family: "data",
    source: "principal of an account, organization or unit that the share names, the whole account, or an \
        account outside",
    target: "certificates of a private authority, parameters of Systems Manager, the clone of an Aurora cluster, what \
        is restored from a backup vault",
    precondition: "identity policies, boundary and service control policies of the participant allow the action \
        that the type takes. Organizations and units are let in while sharing with AWS Organizations is on; an \
        account that is named accepts the share, unless that is on. A cluster or parameter under a customer's key takes the \
        key as well. Of a type that is not known here the share is told as not judged",
    mitigations: "AllowExternalPrincipals off; ram:RequestedAllowsExternalPrincipals, ram:Principal and \
        ram:RequestedResourceType in service control policies; customer managed permissions",
    references: &[
        "https://docs.aws.amazon.com/ram/latest/userguide/shareable.html",
        "https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Clone.Cross-Account.html",
    ],
};

/// By which the organization lets RAM share without invitations.
const SERVICE: &str = "ram.amazonaws.com";

/// A policy that a share amounts to.
struct Leave<'w> {
    share: &'w ShareFacts,
    store: StoreIndex,
    policy: PolicyIndex,
    summary: TrustSummary,
    /// What must be the case for principals of an account; the account itself may see to it, if it is named.
    hanging: Vec<String>,
}

impl Leave<'_> {
    fn gates<'a>(&'a self, world: &'a World, hanging: &[String]) -> Vec<Gate<'a>> {
        let ways = self.share.ways.iter();
        let gates = ways.filter_map(|way| {
            let leave = (self.policy, &self.share.share, &self.summary);
            Gate::of_share(world, self.store, way, leave)
        });
        let hanging = hanging.iter().chain(&self.share.hanging);
        gates
            .map(|gate| gate.hanging_on(hanging.clone().cloned()))
            .collect()
    }
}

/// The policies that all shares amount to.
fn leaves(world: &World) -> Vec<Leave<'_>> {
    let trusted = world.enabled(&world.trusted_services, SERVICE);
    let mut leaves = Vec::new();
    for share in &world.sharing.shares {
        let Some(store) = world.find_store(&share.resource) else {
            continue;
        };
        let mut add = |policy: Option<PolicyIndex>, hanging: Vec<String>| {
            let Some(stored) = policy.and_then(|index| world.policies.get(index)) else {
                return;
            };
            let actions: Vec<&str> = share
                .ways
                .iter()
                .flat_map(|way| way.actions)
                .copied()
                .collect();
            leaves.extend(policy.map(|policy| Leave {
                share,
                store,
                policy,
                summary: summarize(&stored.policy, &actions),
                hanging,
            }));
        };
        let accepted = share.accepted || trusted == Some(true);
        let invitation = format!(
            "the account accepted the invitation to {}, or sharing with the organization is on in AWS RAM",
            share.share
        );
        add(
            share.named,
            Some(invitation).filter(|_| !accepted).into_iter().collect(),
        );
        let on = "sharing with the organization is on in AWS RAM, which was not seen".to_owned();
        match trusted {
            Some(true) => add(share.organization, Vec::new()),
            None => add(share.organization, vec![on]),
            // Nobody comes in by it then.
            Some(false) => {}
        }
    }
    leaves
}

/// Those that are accounts and see to the invitation themselves.
fn accounts<'w>(world: &'w World, leave: &'w Leave<'_>) -> impl Iterator<Item = Capability> + 'w {
    let owner = world.store(leave.store).map(|row| row.account);
    let ids = leave.share.accounts.iter();
    ids.filter_map(move |id| match world.find_account(id) {
        Some(account) => (Some(account) != owner).then_some(Capability::Account(account)),
        None => {
            let id = id.parse().ok()?;
            let party = world.find_outside(&OutsideParty::Account { id })?;
            leave.share.external.then_some(Capability::Outside(party))
        }
    })
}

impl LinkKind for RamShare {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        shared_actions().collect()
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn is_share(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for leave in leaves(world) {
            for gate in leave.gates(world, &leave.hanging) {
                candidates::add_links(judge, rules, &gate);
            }
            for gate in leave.gates(world, &[]) {
                for caller in accounts(world, &leave) {
                    let judgement = ask::from(judge, &[caller], &gate, Detail::Certainty);
                    if let Some(judgement) = judgement {
                        rules.add_with_key(judge, &judgement, caller, gate.conclusion);
                    }
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
        let (Capability::Data(store) | Capability::Encrypted(store)) = conclusion else {
            return None;
        };
        let world = judge.world();
        let [caller] = premises else { return None };
        let leaves = leaves(world);
        let of_store = leaves.iter().filter(|leave| leave.store == store);
        let judgement = of_store
            .flat_map(|leave| {
                let accepts = accounts(world, leave).any(|account| account == *caller);
                let hanging: &[String] = if accepts { &[] } else { &leave.hanging };
                leave.gates(world, hanging)
            })
            .map(|gate| ask::from(judge, premises, &gate, Detail::Full))
            .fold(None, better)?;
        ask::with_key(judge, judgement, *caller, conclusion)
    }
}
