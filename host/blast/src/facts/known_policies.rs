//! AWS-managed policies whose documents are known without being told.
//!
//! Descriptions of an organization written by hand may name them without their documents, and a
//! scan may have been refused `iam:GetPolicyVersion`. Only those few are here that decide over
//! whole accounts and whose documents have been stable for years; any other policy without a
//! document counts as unknown.
//!
//! Source: AWS Managed Policy Reference,
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html>,
//! …/IAMFullAccess.html.

use serde_json::{Value, json};

/// Their names.
pub(super) const NAMES: [&str; 2] = ["AdministratorAccess", "IAMFullAccess"];

/// The document of an AWS-managed policy, by ARN, in any partition.
pub(super) fn document(arn: &str) -> Option<Value> {
    let (_, name) = arn.split_once(":iam::aws:policy/")?;
    match name {
        "AdministratorAccess" => Some(json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        })),
        "IAMFullAccess" => Some(json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": ["iam:*", "organizations:DescribeAccount",
                    "organizations:DescribeOrganization",
                    "organizations:DescribeOrganizationalUnit",
                    "organizations:DescribePolicy", "organizations:ListChildren",
                    "organizations:ListParents", "organizations:ListPoliciesForTarget",
                    "organizations:ListRoots", "organizations:ListPolicies",
                    "organizations:ListTargetsForPolicy"],
                "Resource": "*"
            }]
        })),
        _ => None,
    }
}
