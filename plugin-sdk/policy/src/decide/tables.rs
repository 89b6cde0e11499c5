//! Dated lists of AWS facts that the rules need.

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

/// Well-known actions without resource-level permissions, lower case, sorted; read in 2026-11.
///
/// Service Authorization Reference, actions with an empty "resource types" column
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.
const WITHOUT_RESOURCE: [&str; 49] = [
    "cloudtrail:describetrails",
    "cloudtrail:listtrails",
    "cloudtrail:lookupevents",
    "ec2:describeaccountattributes",
    "ec2:describeaddresses",
    "ec2:describeavailabilityzones",
    "ec2:describeflowlogs",
    "ec2:describeimages",
    "ec2:describeinstances",
    "ec2:describeinstancestatus",
    "ec2:describeinternetgateways",
    "ec2:describekeypairs",
    "ec2:describenatgateways",
    "ec2:describenetworkacls",
    "ec2:describenetworkinterfaces",
    "ec2:describeregions",
    "ec2:describeroutetables",
    "ec2:describesecuritygrouprules",
    "ec2:describesecuritygroups",
    "ec2:describesnapshots",
    "ec2:describesubnets",
    "ec2:describetags",
    "ec2:describevolumes",
    "ec2:describevpcendpoints",
    "ec2:describevpcpeeringconnections",
    "ec2:describevpcs",
    "ecr:getauthorizationtoken",
    "iam:createaccountalias",
    "iam:deleteaccountalias",
    "iam:deleteaccountpasswordpolicy",
    "iam:generatecredentialreport",
    "iam:getaccountauthorizationdetails",
    "iam:getaccountpasswordpolicy",
    "iam:getaccountsummary",
    "iam:getcredentialreport",
    "iam:listaccountaliases",
    "iam:listgroups",
    "iam:listpolicies",
    "iam:listroles",
    "iam:listusers",
    "iam:updateaccountpasswordpolicy",
    "kms:createkey",
    "kms:listaliases",
    "kms:listkeys",
    "lambda:listfunctions",
    "s3:listallmybuckets",
    "secretsmanager:getrandompassword",
    "secretsmanager:listsecrets",
    "sts:getcalleridentity",
];

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
