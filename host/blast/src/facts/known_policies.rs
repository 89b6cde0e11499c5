//! AWS-managed policies whose documents are known without being told.
//!
//! Descriptions of an organization written by hand name them without their documents, and a scan may have been
//! refused `iam:GetPolicyVersion`. Those are here that people name most; any other policy without a document counts
//! as unknown. They are as AWS has them at the time of this version, so that a document that is told goes first.
//!
//! Source: AWS Managed Policy Reference,
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>, as the library moto carries
//! it; `tests/moto/managed_policies.py` writes the table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

/// Those that decide over whole accounts: whoever may attach one looks for these.
pub(super) const NAMES: [&str; 3] = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];

/// By path and name: `service-role/AWSLambdaBasicExecutionRole`.
static POLICIES: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    // A table that cannot be read is an empty one; a test reads it.
    serde_json::from_str(include_str!("known_policies.json")).unwrap_or_default()
});

/// The document of an AWS-managed policy, by ARN, in any partition.
pub(super) fn document(arn: &str) -> Option<&'static Value> {
    let (_, name) = arn.split_once(":iam::aws:policy/")?;
    POLICIES.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        for name in NAMES {
            let arn = format!("arn:aws-cn:iam::aws:policy/{name}");
            assert!(document(&arn).is_some(), "{name}");
        }
        let with_path = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
        assert!(document(with_path).is_some());
        assert!(document("arn:aws:iam::111122223333:policy/ReadOnlyAccess").is_none());
    }
}
