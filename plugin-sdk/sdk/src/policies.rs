//! Policies inside of documents.

use blastwall_model::Unknown;
use blastwall_policy::Policy;
use serde_json::Value;

/// Reads the policy at a path of a document: `read_policy(document, "config.PolicyDocument")?`.
///
/// # Errors
/// If it is no policy: whom it lets in and what it allows cannot be told.
pub fn read_policy(document: &Value, path: impl Into<String>) -> Result<Policy, Unknown> {
    Policy::from_value(document).map_err(|error| Unknown {
        path: path.into(),
        reason: format!("the policy cannot be read: {error}"),
    })
}
