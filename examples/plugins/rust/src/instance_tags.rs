//! A check of a resource, with a parameter.

use blastwall_sdk::prelude::*;

#[derive(Parameters)]
pub(crate) struct Wanted {
    /// The keys of the tags that every instance must have, with a value that is not empty.
    #[parameter(default = ["owner"], schema = { "minItems": 1, "uniqueItems": true })]
    tags: Vec<String>,
}

/// Tag instances
///
/// Looks at the tags of EC2 instances. Whoever finds a sick or broken-into machine at night needs
/// to know whose it is. Instances that are shutting down do not count.
///
/// # Remediation
///
/// Set the tag: `aws ec2 create-tags --resources ID --tags Key=owner,Value=TEAM`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html>
#[check(id = "house-instance-tags", severity = Low, category = Security)]
pub(crate) fn check(instance: &Instance, wanted: &Wanted) -> Result<Outcome, Unknown> {
    let state = instance.observed.state.required()?;
    if state == "shutting-down" || state == "terminated" {
        return Ok(not_applicable(format!("the instance is {state}")));
    }
    let tags = instance.tags.get()?;
    let is_set = |key: &str| {
        tags.and_then(|tags| tags.get(key))
            .is_some_and(|value| !value.is_empty())
    };
    let missing: Vec<&str> = wanted
        .tags
        .iter()
        .map(String::as_str)
        .filter(|key| !is_set(key))
        .collect();
    let outcome = if missing.is_empty() {
        pass("the instance has every tag that it must have")
    } else {
        fail(format!(
            "the instance has no tag `{}`",
            missing.join("`, `")
        ))
    };
    Ok(match tags {
        Some(tags) => outcome.evidence("/tags", tags),
        None => outcome,
    })
}
