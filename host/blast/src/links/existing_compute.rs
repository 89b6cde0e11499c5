//! Whoever may change the code of a workload, or open a session in it, runs code there. What it takes
//! for which type is in `facts/workload_kinds.rs`.

use std::borrow::Cow;

use blastwall_policy::Keys;

use super::power::{ANY_NAME, Power, better};
use super::tags::{TagWriter, Tagging, Whose};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{OPENING, PIPELINE, Takeover, workload_kinds};
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{AccountIndex, WorkloadIndex, WorkloadRow};

pub(super) struct ExistingCompute;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "existing-compute",
    name: "Take over existing compute",
    family: "workload",
    source: "principal that may change the code of a workload, run a command in it or open a session",
    target: "the workload, and with it its role",
    precondition: "identity policies, boundary and service control policies allow one of the ways on the \
        workload itself; passing the role is not needed, because it is there already",
    mitigations: "resources and ssm:resourceTag or aws:ResourceTag conditions on the actions, code signing",
    references: &[
        "https://pathfinding.cloud/",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/security-iam.html",
    ],
};

fn judge_pair<'w>(
    judge: &Judge<'w>,
    power: &Power<'_, 'w>,
    workload: WorkloadIndex,
) -> Option<Judgement> {
    let row = judge.world().workload(workload)?;
    let power = &asking_for(power, row);
    let with = |keys: &Keys| {
        let ways = row.kind.takeovers.iter().map(|takeover| {
            let all = requests(row, takeover).try_fold(Judgement::default(), |all, action| {
                let may = match takeover.elsewhere {
                    true => power.may_somewhere(action, keys)?,
                    false => power.may(action, &asked(action, row), keys.clone())?,
                };
                Some(all.and(may).and(beside(power, row, action)?))
            })?;
            Some(all.also(takeover.besides))
        });
        ways.fold(None, better)
    };
    let judgement = with(&power.keys_tagged(row.tags.as_ref()));
    Some(power.complete(judgement?))
}

/// The actions of a takeover, and the one that the workload takes first.
fn requests(row: &WorkloadRow, takeover: &Takeover) -> impl Iterator<Item = &'static str> {
    takeover.actions.iter().copied().chain(row.opened_by)
}

/// What an action is asked about: the workload, but for access policies of EKS, which are about an entry of the
/// cluster. Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EKS".
fn asked<'w>(action: &str, row: &'w WorkloadRow) -> Cow<'w, str> {
    let arn = row.arn.as_str();
    match (action, arn.split_once(":cluster/")) {
        ("eks:AssociateAccessPolicy", Some((head, name))) => {
            let account = row.arn.account();
            let name = format!("{head}:access-entry/{name}/role/{account}/{ANY_NAME}/{ANY_NAME}");
            Cow::Owned(name)
        }
        _ => Cow::Borrowed(arn),
    }
}

/// The same asking for a workload, whose tags it writes if it may.
fn asking_for<'a, 'w>(power: &Power<'a, 'w>, row: &'w WorkloadRow) -> Power<'a, 'w> {
    let tagging = Tagging {
        tag: row.kind.tagging,
        untag: "",
    };
    let keys = power.keys_tagged(row.tags.as_ref());
    let writer = (!row.kind.tagging.is_empty())
        .then(|| TagWriter::new(power, Whose::Resource, tagging, row.arn.as_str(), keys));
    power.with_writer(writer.flatten())
}

/// Whether one action of a takeover is allowed.
fn step<'w>(
    power: &Power<'_, 'w>,
    row: &'w WorkloadRow,
    takeover: &Takeover,
    action: &str,
) -> Option<Judgement> {
    if !power.mentions(action) {
        return None;
    }
    let power = &asking_for(power, row);
    let keys = power.keys_tagged(row.tags.as_ref());
    let may = match takeover.elsewhere {
        true => power.may_somewhere(action, &keys)?,
        false => power.may(action, &asked(action, row), keys)?,
    };
    Some(may.and(beside(power, row, action)?))
}

/// Whether several together may take it over, each by some of the actions.
fn judge_together(
    judge: &Judge<'_>,
    holders: &[Capability],
    workload: WorkloadIndex,
) -> Option<Judgement> {
    let row = judge.world().workload(workload)?;
    let powers = holders
        .iter()
        .map(|holder| Power::holding(judge, *holder, Detail::Full));
    let powers: Vec<Power<'_, '_>> = powers.collect::<Option<_>>()?;
    let ways = row.kind.takeovers.iter().map(|takeover| {
        let mut actions = requests(row, takeover);
        let all = actions.try_fold(Judgement::default(), |all, action| {
            let able = powers.iter().map(|power| {
                let may = step(power, row, takeover, action)?;
                Some(power.complete(may))
            });
            Some(all.and(able.fold(None, better)?))
        })?;
        Some(all.also(takeover.besides))
    });
    ways.fold(None, better)
}

/// What makes a document of commands.
const DOCUMENT: &str = "ssm:CreateDocument";

/// What an action asks for besides the workload, in the same region: `ssm:SendCommand` sends a document, and is asked
/// about that too. Source: Systems Manager User Guide, "Restrict access to Run Command based on tags", examples.
fn beside(power: &Power<'_, '_>, row: &WorkloadRow, action: &str) -> Option<Judgement> {
    let region = row.arn.region();
    if action == "batch:SubmitJob" {
        // A job goes to a queue.
        let queue = format!(
            "arn:{}:batch:{region}:{}:job-queue/{ANY_NAME}",
            power.row.arn.partition(),
            power.account.id
        );
        let named = power.named(action, region).into_iter();
        let queues = named.filter(|name| name.contains(":job-queue/"));
        let queues = queues.filter(|name| name.split(':').nth(3) == Some(region));
        let queues = queues.chain([queue]);
        return queues
            .map(|queue| power.may(action, &queue, power.keys()))
            .fold(None, better);
    }
    if !["ssm:SendCommand", "ssm:CreateAssociation"].contains(&action) {
        return Some(Judgement::default());
    }
    let partition = power.row.arn.partition();
    let own = format!(":{}:document/{}", power.account.id, super::power::ANY_NAME);
    let names = [
        ":document/AWS-RunShellScript",
        ":document/AWS-RunPowerShellScript",
        ":document/AWS-RunRemoteScript",
        &own,
    ];
    // A document of a name that its policies name, which it makes first.
    let made = power.named(action, region).into_iter();
    let mut best = made
        .filter(|name| name.contains(":document/") && name.split(':').nth(3) == Some(region))
        .map(|name| {
            let make = power.may(DOCUMENT, &name, power.keys())?;
            Some(make.and(power.may(action, &name, power.keys())?))
        })
        .fold(None, better);
    for name in names {
        // One of AWS is in no account.
        let account = if name == own { "" } else { ":" };
        let document = format!("arn:{partition}:ssm:{region}{account}{name}");
        best = better(best, power.may(action, &document, power.keys()));
        if super::power::is_certain(best.as_ref()) {
            break;
        }
    }
    best
}

impl LinkKind for ExistingCompute {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        let takeovers = workload_kinds().iter().flat_map(|kind| kind.takeovers);
        let tagging = workload_kinds().iter().map(|kind| kind.tagging);
        takeovers
            .flat_map(|takeover| takeover.actions)
            .copied()
            .chain(tagging.filter(|action| !action.is_empty()))
            .chain([DOCUMENT])
            .chain(OPENING)
            .collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let actions = self.actions();
        let mut holders: Option<(AccountIndex, Vec<_>)> = None;
        for workload in world.workload_indices() {
            let Some(row) = world.workload(workload) else {
                continue;
            };
            // Workloads come account by account.
            if holders
                .as_ref()
                .is_none_or(|(account, _)| *account != row.account)
            {
                holders = Some((row.account, rules.holders(judge, row.account, &actions)));
            }
            for (holder, _, power) in holders.iter().flat_map(|(_, holders)| holders) {
                if let Some(judgement) = judge_pair(judge, power, workload) {
                    let certainty = judgement.certainty;
                    rules.add(certainty, &[*holder], Capability::Workload(workload));
                    // Whoever changes a pipeline gives it an action that runs commands as its role.
                    for role in row.roles.iter().filter(|_| row.kind.kind == PIPELINE) {
                        rules.add(certainty, &[*holder], Capability::Principal(*role));
                    }
                }
            }
            let several = row.kind.takeovers.iter();
            for takeover in several.filter(|takeover| requests(row, takeover).count() > 1) {
                let steps: Vec<Vec<(Capability, Certainty)>> = requests(row, takeover)
                    .map(|action| {
                        let holders = holders.iter().flat_map(|(_, holders)| holders);
                        let able = holders.filter_map(|(holder, _, power)| {
                            let may = step(power, row, takeover, action)?;
                            Some((
                                *holder,
                                power.complete(may.also(takeover.besides)).certainty,
                            ))
                        });
                        able.collect()
                    })
                    .collect();
                rules.add_together(&steps, Capability::Workload(workload));
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
            ([holder], Capability::Workload(workload)) => judge_pair(
                judge,
                &Power::holding(judge, *holder, Detail::Full)?,
                workload,
            ),
            (holders, Capability::Workload(workload)) => judge_together(judge, holders, workload),
            ([holder], Capability::Principal(role)) => {
                let world = judge.world();
                let power = &Power::holding(judge, *holder, Detail::Full)?;
                let pipelines = world.workload_indices().filter(|index| {
                    let row = world.workload(*index);
                    row.is_some_and(|row| row.kind.kind == PIPELINE && row.roles.contains(&role))
                });
                let ways = pipelines.map(|pipeline| judge_pair(judge, power, pipeline));
                ways.fold(None, better)
            }
            _ => None,
        }
    }
}
