//! Dated lists of AWS facts that the rules need.

use super::without_resource::WITHOUT_RESOURCE;

/// Services whose resources RCPs cover, by action prefix, sorted.
///
/// AWS Organizations User Guide, "Resource control policies", list of supported services
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services>;
/// see [`RCP_SERVICES_AS_OF`].
pub const RCP_SERVICES: [&str; 11] = [
    "aoss",
    "cognito-identity",
    "cognito-idp",
    "dynamodb",
    "ecr",
    "kms",
    "logs",
    "s3",
    "secretsmanager",
    "sqs",
    "sts",
];

/// The month in which [`RCP_SERVICES`] was read.
pub const RCP_SERVICES_AS_OF: &str = "2026-03";

/// Whether an action is known to have no resource-level permissions, so that only `*` matches it.
#[must_use]
pub fn has_no_resource_level(action: &str) -> bool {
    WITHOUT_RESOURCE
        .binary_search_by(|known| {
            known
                .bytes()
                .cmp(action.bytes().map(|byte| byte.to_ascii_lowercase()))
        })
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(WITHOUT_RESOURCE.is_sorted());
        assert!(RCP_SERVICES.is_sorted());
        assert!(has_no_resource_level("ec2:DescribeInstances"));
        assert!(!has_no_resource_level("ec2:RunInstances"));
    }
}
