//! Who may change or invoke a function because the function's own policy lets it.

use blastwall_policy::Known;

use super::access::{Gate, ask, candidates};
use super::confused_deputy::for_stranger;
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::with_qualifier;
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{FunctionPolicy, WorkloadIndex, WorkloadRow, World};

pub(super) struct LambdaPolicy;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "lambda-policy",
    name: "Lambda function policy",
    family: "workload",
    source: "principal, whole account, party outside, or a service for anyone",
    target: "the function, or network reach of it",
    precondition: "the policy of the function, or of a version or alias of it, lets the caller in, and across \
        accounts the caller's own policies do as well. Who may change its code or configuration and have it \
        invoked has the function; who may invoke it alone sends it events, which is network reach. A service \
        that is let in whatever it acts for is speculative",
    mitigations: "PrincipalOrgID, SourceArn and SourceAccount of permissions; lambda:Principal as a condition of \
        lambda:AddPermission",
    references: &[
        "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
        "https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html",
    ],
};

const INVOKE: &str = "lambda:InvokeFunction";
const INVOKE_URL: &str = "lambda:InvokeFunctionUrl";
const URL_TYPE: &str = "lambda:FunctionUrlAuthType";

/// What may be done to a function that matters here.
pub(crate) const ACTIONS: &[&str] = &[
    INVOKE,
    INVOKE_URL,
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:AddPermission",
];

fn asked_for(key: &str, value: &str) -> Vec<(String, Known)> {
    vec![(key.to_owned(), Known::Fixed(vec![value.to_owned()]))]
}

/// Whether a policy names anybody but services.
fn names_somebody(policy: &FunctionPolicy) -> bool {
    let summary = &policy.summary;
    summary.anyone || !summary.accounts.is_empty() || !summary.identities.is_empty()
}

/// What callers come through to a function, or to network reach of it.
fn gates<'w>(world: &'w World, workload: WorkloadIndex) -> Vec<Gate<'w>> {
    let Some(row) = world.workload(workload) else {
        return Vec::new();
    };
    let Some(function) = &row.function else {
        return Vec::new();
    };
    let mut gates = Vec::new();
    for policy in function.policies.iter().filter(|one| names_somebody(one)) {
        let Some(stored) = world.policies.get(policy.policy) else {
            continue;
        };
        let resource = with_qualifier(row.arn.as_str(), policy.qualifier.as_deref());
        let allows = |action: &&str| stored.may_allow(action, Some(&resource));
        let gate = |actions: &[&'static str], known, conclusion| {
            Gate::past_function(world, row, policy, actions, known, conclusion)
        };
        // Code and configuration are those of the function itself.
        let takeovers = row.kind.takeovers.iter();
        for takeover in takeovers.filter(|_| policy.qualifier.is_none()) {
            if takeover.actions.iter().any(allows) {
                let gate = gate(takeover.actions, Vec::new(), Capability::Workload(workload));
                gates.extend(gate.map(|gate| gate.also(takeover.besides)));
            }
        }
        if allows(&INVOKE) {
            gates.extend(gate(&[INVOKE], Vec::new(), Capability::Network(workload)));
        }
        if allows(&INVOKE_URL) && function.facts.signed_urls.contains(&policy.qualifier) {
            let known = asked_for(URL_TYPE, "AWS_IAM");
            gates.extend(gate(&[INVOKE_URL], known, Capability::Network(workload)));
        }
    }
    gates
}

/// Whether the policy of a function lets in everybody by its address; none if it does not. One that was not
/// told may, since otherwise the address is of no use. Source: Lambda Developer Guide, "Control access to Lambda
/// function URLs".
pub(super) fn lets_in_by_url(
    judge: &Judge<'_>,
    workload: WorkloadIndex,
    qualifier: Option<&String>,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.workload(workload)?;
    let function = row.function.as_ref();
    let Some(function) = function.filter(|function| function.facts.known) else {
        let unseen =
            "the policy of the function, which was not seen, lets everybody in by its address";
        return Some(Judgement::default().also(unseen));
    };
    let mut policies = function.policies.iter();
    let policy = policies.find(|policy| policy.qualifier.as_ref() == qualifier)?;
    let gate = Gate::past_function(
        world,
        row,
        policy,
        &[INVOKE_URL],
        asked_for(URL_TYPE, "NONE"),
        Capability::Network(workload),
    )?;
    ask::from_party(judge, &OutsideParty::Anyone, &gate, detail)
}

/// Whether the policy of a function lets in a service that acts for something, by the id of that.
pub(super) fn lets_in_service(
    row: &WorkloadRow,
    service: &str,
    source: &str,
    qualifier: Option<&String>,
) -> bool {
    let Some(function) = row.function.as_ref().filter(|one| one.facts.known) else {
        return true;
    };
    let mut senders = function.facts.senders.iter();
    senders.any(|sender| {
        let fits = |pattern: &String| {
            let resource = pattern.splitn(6, ':').nth(5).unwrap_or("*");
            // abcdef/prod/GET/orders, or targetgroup/shop/0123456789abcdef
            let place = usize::from(resource.starts_with("targetgroup/"));
            let id = resource.split('/').nth(place).unwrap_or_default();
            id == source || id.contains('*')
        };
        sender.qualifier.as_ref() == qualifier
            && (sender.service == service || sender.service == "*")
            && (sender.sources.is_empty() || sender.sources.iter().any(fits))
    })
}

/// Services that have only their own account's load balancers send to a function.
const AT_HOME: [&str; 1] = ["elasticloadbalancing.amazonaws.com"];

/// Whether some service may invoke the function for a stranger.
fn judge_services(judge: &Judge<'_>, workload: WorkloadIndex, detail: Detail) -> Option<Judgement> {
    let row = judge.world().workload(workload)?;
    let function = row.function.as_ref()?;
    let mut answers = function.policies.iter().flat_map(|policy| {
        let services = policy.summary.services.iter();
        let services = services.filter(|service| !AT_HOME.contains(&&***service));
        let resource = with_qualifier(row.arn.as_str(), policy.qualifier.as_deref());
        services.filter_map(move |service| {
            let judgement = for_stranger(
                judge,
                service,
                INVOKE,
                &resource,
                (row.account, policy.policy, &row.arn),
                detail,
            )?;
            let deputy = format!("{service} can be made to invoke it for somebody else's account");
            Some(judgement.hanging_on(Certainty::Speculative, &[deputy]))
        })
    });
    answers.next()
}

impl LinkKind for LambdaPolicy {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        ACTIONS.to_vec()
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let anyone = world.find_outside(&OutsideParty::Anyone);
        for workload in world.workload_indices() {
            for gate in gates(world, workload) {
                candidates::add_links(judge, rules, &gate);
            }
            if let (Some(anyone), Some(judgement)) =
                (anyone, judge_services(judge, workload, Detail::Certainty))
            {
                rules.add(
                    judgement.certainty,
                    &[Capability::Outside(anyone)],
                    Capability::Network(workload),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let (Capability::Workload(workload) | Capability::Network(workload)) = conclusion else {
            return None;
        };
        let world = judge.world();
        let gates = gates(world, workload).into_iter();
        let best = gates
            .filter(|gate| gate.conclusion == conclusion)
            .map(|gate| ask::from(judge, premises, &gate, Detail::Full))
            .fold(None, better);
        let is_anyone = |outside| world.outside.get(outside) == Some(&OutsideParty::Anyone);
        match (premises, conclusion) {
            ([Capability::Outside(outside)], Capability::Network(_))
                if is_anyone(outside.index()) =>
            {
                better(best, judge_services(judge, workload, Detail::Full))
            }
            _ => best,
        }
    }
}
