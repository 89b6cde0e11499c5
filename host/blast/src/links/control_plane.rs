//! Whoever may take policies of the organization away has power over the guardrails: everything that only
//! they kept apart is open then, which is the second wave of a radius.

use std::collections::BTreeSet;

use super::access::{Gate, ask, candidates};
use super::power::{Power, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{Attachment, PolicyType};
use crate::globs::names_within;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{LevelsIndex, World, allows_everything};

pub(super) struct ControlPlane;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "mgmt-control-plane",
    name: "Organizations control plane",
    family: "organization",
    source: "the management account, or a principal of it that may detach, rewrite or switch off policies \
        of the organization, attach one that allows everything where others allow little, or take accounts \
        out of their units or the organization; whom the organization's resource policy makes \
        administrators of policies",
    target: "power over the guardrails",
    precondition: "whoever has the management account has it always. A principal: a service or resource control \
        policy that restricts some account is attached, and the action is allowed on it; taking accounts out of units opens something only where a unit has such a policy. From a member account both the resource policy \
        of the organization and the caller's own policies allow it",
    mitigations: "few principals with organizations:DetachPolicy, UpdatePolicy, AttachPolicy, \
        DisablePolicyType, MoveAccount or RemoveAccountFromOrganization; organizations:PolicyType as a \
        condition; no workloads in the management account",
    references: &[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html",
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_permissions_overview.html",
    ],
};

/// Each is enough.
pub(crate) const ACTIONS: &[&str] = &[
    "organizations:DetachPolicy",
    "organizations:UpdatePolicy",
    "organizations:DisablePolicyType",
    "organizations:AttachPolicy",
    "organizations:MoveAccount",
    "organizations:RemoveAccountFromOrganization",
];

/// One action on resources of one kind.
struct Way {
    action: &'static str,
    /// A pattern of the resources.
    resources: String,
    /// `organizations:PolicyType`, of actions that have it.
    policy_type: Option<&'static str>,
    /// What must be the case besides; empty if nothing.
    besides: &'static str,
}

impl Way {
    fn fixed(&self) -> Option<(&'static str, &'static str)> {
        Some(("organizations:PolicyType", self.policy_type?))
    }

    /// A resource of a name that no policy mentions, and one for each pattern that meets its own.
    fn named<'p>(&self, patterns: impl Iterator<Item = &'p str>) -> Vec<String> {
        let any = self.resources.replace('*', "anyname0");
        let met = names_within(&self.resources, patterns);
        std::iter::once(any).chain(met).collect()
    }
}

/// The ways that take something away from what binds. Rights over other types of policy (of tags, of
/// backups) open nothing, and attaching opens something only below a level that does not allow everything.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Organizations".
fn ways(world: &World) -> Vec<Way> {
    let Some(management) = world.management.and_then(|index| world.account(index)) else {
        return Vec::new();
    };
    let of = |resource: &str| {
        let id = world.organization_id.as_deref().unwrap_or("*");
        let (kind, name) = resource.split_once('/').unwrap_or((resource, "*"));
        format!(
            "arn:{}:organizations::{}:{kind}/{id}/{name}",
            world.partition, management.id
        )
    };
    let mut ways = Vec::new();
    let mut add = |action, resources, policy_type: Option<PolicyType>, besides| {
        ways.push(Way {
            action,
            resources,
            policy_type: policy_type.map(PolicyType::name),
            besides,
        });
    };
    for guard in &world.guards {
        let kind = guard.policy_type.name().to_ascii_lowercase();
        let policy = || of(&format!("policy/{kind}/{}", guard.id));
        add(
            "organizations:UpdatePolicy",
            policy(),
            Some(guard.policy_type),
            "",
        );
        if guard.denies {
            add(
                "organizations:DetachPolicy",
                policy(),
                Some(guard.policy_type),
                "",
            );
        }
    }
    let types: BTreeSet<PolicyType> = world.guards.iter().map(|one| one.policy_type).collect();
    for policy_type in types {
        let roots = of("root/r-*");
        add(
            "organizations:DisablePolicyType",
            roots,
            Some(policy_type),
            "",
        );
    }
    let bound: BTreeSet<LevelsIndex> = world.accounts.iter().map(|row| row.scps).collect();
    let mut levels = bound.iter().flat_map(|index| world.levels(*index));
    if levels.any(|level| !level_allows_everything(world, level)) {
        let full_access = format!(
            "arn:{}:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
            world.partition
        );
        let policy_type = Some(PolicyType::ServiceControl);
        add("organizations:AttachPolicy", full_access, policy_type, "");
    }
    if world.guards.iter().any(|guard| guard.on_unit) {
        add("organizations:MoveAccount", of("account/*"), None, "");
    }
    if !world.guards.is_empty() {
        add(
            "organizations:RemoveAccountFromOrganization",
            of("account/*"),
            None,
            "an account has what it takes to stand alone, a way to pay among it",
        );
    }
    ways
}

fn level_allows_everything(world: &World, level: &[Attachment]) -> bool {
    let policies = level
        .iter()
        .filter_map(|from| world.policies.get(from.policy));
    policies.map(|stored| &stored.policy).any(allows_everything)
}

fn judge_principal(power: &Power<'_, '_>, world: &World) -> Option<Judgement> {
    let mut best = None;
    for way in ways(world) {
        if !power.mentions(way.action) {
            continue;
        }
        let keys = match way.fixed() {
            Some((key, value)) => power.keys().fixed(key, [value]),
            None => power.keys(),
        };
        let named = world.allowed_patterns(power.row, way.action);
        for resource in way.named(named.iter().map(String::as_str)) {
            let may = power.may(way.action, &resource, keys.clone());
            best = better(best, may.map(|may| may.also(way.besides)));
            if is_certain(best.as_ref()) {
                break;
            }
        }
    }
    Some(power.complete(best?))
}

/// The ways in for those whom the organization's resource policy names: each action, on the policies that
/// it names or on any.
fn gates<'w>(world: &'w World) -> Vec<Gate<'w>> {
    let Some((_, policy, _)) = &world.delegation else {
        return Vec::new();
    };
    let statements = world.policies.get(*policy).into_iter();
    let named: Vec<&str> = statements
        .flat_map(|stored| &stored.policy.statements)
        .filter_map(|statement| statement.resources.as_ref())
        .filter(|clause| !clause.negated)
        .flat_map(|clause| &clause.patterns)
        .map(|pattern| pattern.as_str())
        .collect();
    let mut gates = Vec::new();
    for way in ways(world) {
        let resources: BTreeSet<String> = way.named(named.iter().copied()).into_iter().collect();
        for resource in resources {
            let besides = [way.besides].into_iter().filter(|words| !words.is_empty());
            let besides = besides.map(str::to_owned).collect();
            let gate = Gate::of_organization(world, way.action, resource, way.fixed(), besides);
            gates.extend(gate);
        }
    }
    gates
}

impl LinkKind for ControlPlane {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        ACTIONS.to_vec()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let Some(management) = world.management else {
            return;
        };
        rules.add(
            Certainty::Certain,
            &[Capability::Account(management)],
            Capability::Guardrails,
        );
        for principal in world.principals_of(management) {
            let judgement = rules
                .unspent(judge, principal, ACTIONS)
                .and_then(|power| judge_principal(&power, world));
            if let Some(judgement) = judgement {
                rules.add(
                    judgement.certainty,
                    &[Capability::Principal(principal)],
                    Capability::Guardrails,
                );
            }
        }
        for gate in gates(world) {
            candidates::add_links(judge, rules, &gate);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        match premises {
            [Capability::Account(account)] if Some(*account) == judge.world().management => {
                Some(Judgement::default())
            }
            [Capability::Principal(principal)]
                if judge.world().principal(*principal).map(|row| row.account)
                    == judge.world().management =>
            {
                judge_principal(&Power::of(judge, *principal, Detail::Full)?, judge.world())
            }
            _ => gates(judge.world())
                .iter()
                .map(|gate| ask::from(judge, premises, gate, Detail::Full))
                .fold(None, better),
        }
    }
}
