//! What the checks on policies that allow everything share.

use blastwall_sdk::model::resources::iam::InlinePolicy;
use blastwall_sdk::policy::analysis::grants_administration;
use blastwall_sdk::{Field, Outcome, Unknown, Value, fail, not_applicable, pass, read_policy};

/// The statement of a document that allows everything, by its index.
///
/// # Errors
/// A document that is no policy is unknown: what it allows cannot be told.
pub(crate) fn administration(document: &Value, path: &str) -> Result<Option<usize>, Unknown> {
    let policy = read_policy(document, path)?;
    Ok(grants_administration(&policy))
}

/// The verdict on the inline policies of a user, group or role.
pub(crate) fn inline(policies: &Field<Vec<InlinePolicy>>) -> Result<Outcome, Unknown> {
    let none = Vec::new();
    let policies = policies.get()?.unwrap_or(&none);
    if policies.is_empty() {
        return Ok(not_applicable("there are no inline policies"));
    }
    // One policy that allows everything decides, however many others cannot be read.
    let mut unreadable = None;
    for (index, policy) in policies.iter().enumerate() {
        let path = format!("config.Policies.{index}.PolicyDocument");
        match administration(&policy.policy_document, &path) {
            Ok(Some(statement)) => {
                let message = format!("inline policy `{}` allows everything", policy.policy_name);
                return Ok(fail(message)
                    .evidence(
                        format!("/config/Policies/{index}/PolicyName"),
                        &policy.policy_name,
                    )
                    .statement(
                        &format!("/config/Policies/{index}/PolicyDocument"),
                        &policy.policy_document,
                        statement,
                    ));
            }
            Ok(None) => {}
            Err(unknown) => unreadable = Some(unknown),
        }
    }
    match unreadable {
        Some(unknown) => Err(unknown),
        None => Ok(pass("no inline policy allows everything")),
    }
}
