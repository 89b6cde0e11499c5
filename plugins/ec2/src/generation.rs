//! Volumes and instances of former generations.

use blastwall_sdk::prelude::*;

/// Which types are of former generations.
#[derive(Parameters)]
pub(crate) struct VolumeTypes {
    /// Volume types to move away from.
    #[parameter(default = ["standard", "gp2", "io1"])]
    previous: Vec<String>,
}

/// Use current types of EBS volumes
///
/// Looks at the type of each volume. Current types give more operations a second for less money:
/// `gp3` instead of `gp2`, `io2` instead of `io1`, anything instead of `standard`.
///
/// # Remediation
///
/// Change the type while the volume is in use (console: EC2, "Volumes", "Actions", "Modify volume"):
///
/// ```sh
/// aws ec2 modify-volume --volume-id VOLUME --volume-type gp3
/// ```
///
/// Terraform: `type = "gp3"` in `aws_ebs_volume`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html>
#[check(id = "ec2-volume-generation", severity = Low, category = Performance)]
pub(crate) fn of_volume(volume: &Volume, parameters: &VolumeTypes) -> Result<Outcome, Unknown> {
    let kind = volume.config.volume_type.required()?;
    let outcome = if parameters.previous.contains(kind) {
        fail(format!("{kind} is a type of a former generation"))
    } else {
        pass(format!("{kind} is a current type"))
    };
    Ok(outcome.evidence("/config/VolumeType", kind))
}

/// Which families are of former generations.
#[derive(Parameters)]
pub(crate) struct Families {
    /// Instance families to move away from: those that AWS lists as previous generation.
    #[parameter(default = [
        "a1", "c1", "c3", "c4", "cc2", "cr1", "d2", "f1", "g2", "g3", "g3s", "h1", "hs1", "i2", "i3",
        "m1", "m2", "m3", "m4", "p2", "p3", "p3dn", "r3", "r4", "t1", "x1", "x1e", "z1d"
    ])]
    previous: Vec<String>,
}

/// Use current types of instances
///
/// Looks at the family of each instance that runs. Current families do more for less money, and run
/// on the Nitro system, which encrypts traffic between instances.
///
/// # Remediation
///
/// Stop the instance, change its type and start it (console: "Actions", "Instance settings", "Change
/// instance type"):
///
/// ```sh
/// aws ec2 modify-instance-attribute --instance-id INSTANCE --instance-type Value=m7i.large
/// ```
///
/// Terraform: `instance_type` in `aws_instance`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/ec2/latest/instancetypes/pg.html>
#[check(id = "ec2-instance-generation", severity = Low, category = Performance)]
pub(crate) fn of_instance(instance: &Instance, parameters: &Families) -> Result<Outcome, Unknown> {
    let state = instance.observed.state.required()?;
    if state != "running" {
        return Ok(
            not_applicable(format!("the instance is {state}")).evidence("/observed/State", state)
        );
    }
    let kind = instance.config.instance_type.required()?;
    let family = kind.split('.').next().unwrap_or(kind);
    let outcome = if parameters.previous.iter().any(|one| one == family) {
        fail(format!("{family} is a family of a former generation"))
    } else {
        pass(format!("{family} is a current family"))
    };
    Ok(outcome.evidence("/config/InstanceType", kind))
}
