//! `GetPolicy` and `GetPolicyVersion`, of the account's own policies and of AWS's.

use blastwall_model::resources::ManagedPolicy;

use super::{encoded_document, path_of};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Target};
use crate::state::last_part;
use crate::xml::Element;

pub(super) fn policy_target(call: &Call<'_>) -> Result<Target, Failure> {
    let arn = call.required("PolicyArn")?;
    let arn = arn
        .parse()
        .map_err(|_| Failure::new(400, "InvalidInput", format!("ARN {arn} is not valid.")))?;
    Ok(Target::resource(arn))
}

pub(super) fn get_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let policy = policy(call)?;
    Ok(Answer::Xml(
        Element::new("").child(summary(policy).named("Policy")),
    ))
}

pub(super) fn get_policy_version(call: &Call<'_>) -> Result<Answer, Failure> {
    let policy = policy(call)?;
    let asked = call.required("VersionId")?;
    let document = policy
        .config
        .policy_document
        .known()
        .filter(|_| asked == version_id(policy))
        .ok_or_else(|| {
            Failure::new(
                404,
                "NoSuchEntity",
                format!("Policy {} version {asked} does not exist.", policy.arn),
            )
        })?;
    let version = Element::new("PolicyVersion")
        .text("Document", encoded_document(document))
        .text("VersionId", asked)
        .text("IsDefaultVersion", true);
    Ok(Answer::Xml(Element::new("").child(version)))
}

fn policy<'a>(call: &Call<'a>) -> Result<&'a ManagedPolicy, Failure> {
    let arn = call.required("PolicyArn")?;
    call.simulation
        .state
        .policy(&call.principal.account, arn)
        .ok_or_else(|| {
            Failure::new(
                404,
                "NoSuchEntity",
                format!("Policy {arn} does not exist or is not attachable."),
            )
        })
}

/// The version that documents hold: policies that people write have had no other.
pub(super) fn version_id(policy: &ManagedPolicy) -> &str {
    policy
        .observed
        .default_version_id
        .known()
        .map_or("v1", String::as_str)
}

/// A policy without its document.
pub(super) fn summary(policy: &ManagedPolicy) -> Element {
    Element::new("member")
        .text("PolicyName", last_part(policy.arn.as_str()))
        .maybe("PolicyId", policy.observed.policy_id.known())
        .text("Arn", &policy.arn)
        .text("Path", path_of(policy.config.path.known(), &policy.arn))
        .text("DefaultVersionId", version_id(policy))
        .maybe("AttachmentCount", policy.observed.attachment_count.known())
        .maybe(
            "PermissionsBoundaryUsageCount",
            policy.observed.permissions_boundary_usage_count.known(),
        )
        .text("IsAttachable", true)
}
