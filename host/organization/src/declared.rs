//! What this crate sends.

use blastwall_aws::Declaration;

const fn organizations(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "Organizations",
        operation,
        action,
    }
}

const fn iam(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "IAM",
        operation,
        action,
    }
}

const fn sts(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "STS",
        operation,
        action,
    }
}

/// Every operation that this crate sends, all with the caller's own credentials.
///
/// All but one are reads; `sts:AssumeRole` changes nothing either, but it hands out credentials.
/// The caller's own session cannot be narrowed by a session policy, because it is not ours to
/// assume: there, the guard of `blastwall-aws` is what keeps us to this list.
pub const DECLARED: &[Declaration] = &[
    iam("ListOrganizationsFeatures", "iam:ListOrganizationsFeatures"),
    organizations("DescribeOrganization", "organizations:DescribeOrganization"),
    organizations("DescribePolicy", "organizations:DescribePolicy"),
    organizations(
        "DescribeResourcePolicy",
        "organizations:DescribeResourcePolicy",
    ),
    organizations(
        "ListAWSServiceAccessForOrganization",
        "organizations:ListAWSServiceAccessForOrganization",
    ),
    organizations("ListAccounts", "organizations:ListAccounts"),
    organizations(
        "ListAccountsForParent",
        "organizations:ListAccountsForParent",
    ),
    organizations(
        "ListDelegatedAdministrators",
        "organizations:ListDelegatedAdministrators",
    ),
    organizations(
        "ListDelegatedServicesForAccount",
        "organizations:ListDelegatedServicesForAccount",
    ),
    organizations(
        "ListOrganizationalUnitsForParent",
        "organizations:ListOrganizationalUnitsForParent",
    ),
    organizations("ListPolicies", "organizations:ListPolicies"),
    organizations("ListRoots", "organizations:ListRoots"),
    organizations("ListTagsForResource", "organizations:ListTagsForResource"),
    organizations("ListTargetsForPolicy", "organizations:ListTargetsForPolicy"),
    sts("AssumeRole", "sts:AssumeRole"),
    sts("GetCallerIdentity", "sts:GetCallerIdentity"),
];
