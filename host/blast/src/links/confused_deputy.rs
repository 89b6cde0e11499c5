//! A service of AWS that reads for whoever asks it to: its leave in a resource policy is everybody's, unless
//! a condition says for whom it may act.

use blastwall_model::Arn;
use blastwall_policy::Principal;

use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{PolicyIndex, StorePolicy};
use crate::globs::meetings;
use crate::judge::{Case, Detail, Identity, Judge, Judgement, ResourcePolicy};
use crate::request::RequestKeys;
use crate::subject::OutsideParty;
use crate::world::{AccountIndex, StoreIndex, World};

pub(super) struct ConfusedDeputy;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "confused-deputy",
    name: "AWS service acting for a stranger",
    family: "outside",
    source: "anyone with an AWS account",
    target: "data whose resource policy lets a service read it for everybody",
    precondition: "the policy allows a service principal to read, and neither it nor a resource control \
        policy asks for aws:SourceAccount, aws:SourceArn or aws:SourceOrgID; the service can be pointed at \
        resources of others, which no policy tells: never more than speculative. Roles are left out: to \
        hand a role to a service takes iam:PassRole in the role's own account",
    mitigations: "aws:SourceAccount, aws:SourceArn or aws:SourceOrgID in the policy; a resource control \
        policy that asks for aws:SourceOrgID of service principals",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
};

/// An account that is nobody's at hand.
const STRANGER: &str = "000000000000";

/// Whether a service that acts for a stranger may do something to a resource of an account, past a policy.
pub(super) fn for_stranger(
    judge: &Judge<'_>,
    service: &str,
    action: &str,
    resource: &str,
    (owner, policy, arn): (AccountIndex, PolicyIndex, &Arn),
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let account = world.account(owner)?;
    let principal = Principal::parse(service).ok()?;
    let keys = RequestKeys::new(world)
        .for_account(owner)
        .build()
        .fixed("aws:SourceAccount", [STRANGER])
        .fixed("aws:SourceOrgID", ["o-stranger"])
        .fixed("aws:SourceOrgPaths", ["o-stranger/r-none/"])
        .fixed("aws:PrincipalIsAWSService", ["true"]);
    let ask = |source: String| {
        let case = Case {
            principal: &principal,
            role_path: None,
            action,
            resource,
            resource_account: account.id.as_str(),
            keys: keys.clone().fixed("aws:SourceArn", [source]),
            identity: Identity::Attached(&[]),
            boundary: None,
            scps: None,
            rcps: Some(account.rcps),
            resource_policy: Some(ResourcePolicy::Resource(policy, arn)),
            made_by_attacker: false,
        };
        judge.judge(&case, detail)
    };
    let judgement = sources(world, policy).into_iter().find_map(ask)?;
    Some(judgement.hanging_on(Certainty::Speculative, &account.rcp_gaps))
}

/// What a service may act for that is a stranger's: something of no name that a policy knows, and what fits the
/// patterns of this one that leave the account open.
fn sources(world: &World, policy: PolicyIndex) -> Vec<String> {
    let any = format!("arn:{}:any:us-east-1:{STRANGER}:any/any", world.partition);
    let stored = world.policies.get(policy).into_iter();
    let statements = stored.flat_map(|stored| &stored.policy.statements);
    let conditions = statements.flat_map(|statement| &statement.conditions);
    let named = conditions
        .filter(|condition| condition.key.eq_ignore_ascii_case("aws:SourceArn"))
        .flat_map(|condition| &condition.values);
    let of_strangers = named.filter_map(|value| {
        let parts: Vec<&str> = value.as_str().splitn(6, ':').collect();
        let [arn, partition, service, region, account, name] = parts.as_slice() else {
            return None;
        };
        let met = meetings(account, std::iter::once(STRANGER));
        let open = account.contains(['*', '?']) && !met.is_empty();
        let filled = |part: &str, with: &str| part.replace('*', with).replace('?', "0");
        open.then(|| {
            let (region, name) = (filled(region, "us-east-1"), filled(name, "any"));
            format!("{arn}:{partition}:{service}:{region}:{STRANGER}:{name}")
        })
    });
    std::iter::once(any).chain(of_strangers).collect()
}

/// Whether some service may read the store for a stranger.
fn judge_store(judge: &Judge<'_>, store: StoreIndex, detail: Detail) -> Option<Judgement> {
    let world = judge.world();
    let row = world.store(store)?;
    let StorePolicy::Policy(index) = row.policy else {
        return None;
    };
    let stored = world.policies.get(index);
    row.summary.services.iter().find_map(|service| {
        let ask = |action: &str, resource: &str| {
            let of = (row.account, index, &row.arn);
            for_stranger(judge, service, action, resource, of, detail)
        };
        let ways = row.kind.ways.iter().map(|way| {
            let whole = format!("{}{}", row.arn, way.suffix.unwrap_or(row.kind.suffix));
            let first = way.actions.first().copied().unwrap_or_default();
            let below = stored
                .filter(|_| !row.kind.suffix.is_empty())
                .into_iter()
                .flat_map(|stored| stored.names_below(first, row.arn.as_str()));
            let named = std::iter::once(whole).chain(below).map(|resource| {
                let mut actions = way.actions.iter();
                actions.try_fold(Judgement::default(), |all, action| {
                    Some(all.and(ask(action, &resource)?))
                })
            });
            named.fold(None, better)
        });
        let judgement = ways.fold(None, better)?;
        let deputy = format!("{service} can be made to read it for somebody else's account");
        Some(judgement.hanging_on(Certainty::Speculative, &[deputy]))
    })
}

impl LinkKind for ConfusedDeputy {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let Some(anyone) = world.find_outside(&OutsideParty::Anyone) else {
            return;
        };
        for store in world.store_indices() {
            if let Some(judgement) = judge_store(judge, store, Detail::Certainty) {
                rules.add(
                    judgement.certainty,
                    &[Capability::Outside(anyone)],
                    Capability::Data(store),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        _premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        match conclusion {
            Capability::Data(store) => judge_store(judge, store, Detail::Full),
            _ => None,
        }
    }
}
