//! Code on an instance that may give the instance another role.
//!
//! Whoever gives an instance of somebody else another profile still has to get into it (`services.rs`). The code
//! that is there already need not: the metadata service hands it the new credentials.

use super::{EC2, instance_profile, passes, trusted_services};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};
use crate::links::Deriver;
use crate::links::power::Power;
use crate::world::{PrincipalIndex, WorkloadIndex};

/// Source: EC2 API Reference, `ReplaceIamInstanceProfileAssociation`.
pub(super) const REPLACE: &str = "ec2:ReplaceIamInstanceProfileAssociation";
const INSTANCE: &str = "AWS::EC2::Instance";

pub(super) fn derive(judge: &Judge<'_>, rules: &mut Deriver<'_>) {
    let world = judge.world();
    for instance in world.workload_indices() {
        let Some(row) = world.workload(instance) else {
            continue;
        };
        for own in row.roles.iter().filter(|_| row.kind.kind == INSTANCE) {
            let Some(power) = rules.unspent(judge, *own, &[REPLACE]) else {
                continue;
            };
            for role in world.principals_of(row.account) {
                if role != *own
                    && let Some(judgement) = judge_swap(judge, &power, instance, role)
                {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Workload(instance), Capability::Principal(*own)],
                        Capability::Principal(role),
                    );
                }
            }
        }
    }
}

pub(super) fn explain(
    judge: &Judge<'_>,
    instance: WorkloadIndex,
    own: PrincipalIndex,
    role: PrincipalIndex,
) -> Option<Judgement> {
    let power = Power::of(judge, own, Detail::Full)?;
    judge_swap(judge, &power, instance, role)
}

/// Whether the instance's own role may give the instance this one.
fn judge_swap(
    judge: &Judge<'_>,
    power: &Power<'_, '_>,
    instance: WorkloadIndex,
    role: PrincipalIndex,
) -> Option<Judgement> {
    let world = judge.world();
    let row = world.workload(instance).filter(|row| !row.is_silent)?;
    if !trusted_services(judge, role)?.contains(EC2) {
        return None;
    }
    let keys = power.keys_tagged(row.tags.as_ref());
    let replaces = power.may(REPLACE, row.arn.as_str(), keys)?;
    let target = world.principal(role)?;
    let in_place = instance_profile(power, EC2, target.in_instance_profile)?;
    let passes = passes(judge, &power.asking_for(target), role, EC2)?;
    Some(power.complete(replaces.and(passes).and(in_place)))
}
