//! What the documents say could not be seen is refused again, with the answer of then, so that
//! `unknown` and coverage survive being collected a second time.

use std::collections::BTreeMap;

use blastwall_model::{AccountId, Arn, GLOBAL, GapKind};

use crate::failure::Failure;
use crate::operation::{Call, Operation, Target};
use crate::state::State;

/// Unknown paths of all documents: reason by path, by ARN.
pub(crate) type Unknowns = BTreeMap<Arn, BTreeMap<String, String>>;

/// Which properties an operation brings, for reasons that name no action. Operations that list
/// whole documents are not here: without them there would be no document, so their failures are
/// in the coverage.
const BRINGS: &[(&str, &[&str])] = &[
    ("s3:GetBucketPolicy", &["config.PolicyDocument"]),
    ("s3:GetBucketAcl", &["observed.Grants", "observed.OwnerId"]),
    (
        "s3:GetEncryptionConfiguration",
        &["config.BucketEncryption"],
    ),
    (
        "s3:GetBucketPublicAccessBlock",
        &["config.PublicAccessBlockConfiguration"],
    ),
    (
        "s3:GetAccountPublicAccessBlock",
        &["config.PublicAccessBlockConfiguration"],
    ),
    ("s3:GetBucketTagging", &["tags"]),
    ("s3:GetBucketPolicyStatus", &["observed.PolicyIsPublic"]),
    (
        "s3:GetBucketVersioning",
        &["config.VersioningConfiguration", "observed.MFADelete"],
    ),
    ("s3:GetBucketLogging", &["config.LoggingConfiguration"]),
    (
        "s3:GetBucketOwnershipControls",
        &["config.OwnershipControls"],
    ),
    (
        "s3:GetBucketObjectLockConfiguration",
        &["config.ObjectLockConfiguration"],
    ),
    (
        "s3:GetReplicationConfiguration",
        &["config.ReplicationConfiguration"],
    ),
    ("s3:GetAccessPointPolicy", &["config.Policy"]),
    ("s3:GetAccessPoint", &["observed.CreationDate"]),
    ("account:GetContactInformation", &["config.FullName"]),
    ("account:GetAlternateContact", &["config.AlternateContacts"]),
    (
        "cloudtrail:GetTrailStatus",
        &[
            "config.IsLogging",
            "observed.LatestDeliveryTime",
            "observed.LatestDeliveryError",
        ],
    ),
    (
        "cloudtrail:GetEventSelectors",
        &["config.EventSelectors", "config.AdvancedEventSelectors"],
    ),
    ("cloudtrail:ListTags", &["tags"]),
    ("organizations:ListTagsForResource", &["tags"]),
    (
        "organizations:ListAWSServiceAccessForOrganization",
        &["observed.EnabledServicePrincipals"],
    ),
    (
        "organizations:ListDelegatedServicesForAccount",
        &["config.ServicePrincipals"],
    ),
    ("organizations:DescribeResourcePolicy", &["config.Content"]),
    ("organizations:DescribePolicy", &["config.Content"]),
    ("organizations:ListTargetsForPolicy", &["config.TargetIds"]),
    ("iam:GetPolicy", &["observed.DefaultVersionId"]),
    ("iam:GetPolicyVersion", &["config.PolicyDocument"]),
    ("iam:GetAccountPasswordPolicy", &["config.PolicyPresent"]),
    (
        "iam:GetAccountSummary",
        &["observed.SummaryMap", "observed.AccountMFAEnabled"],
    ),
    ("iam:GetCredentialReport", &["observed.PasswordLastUsed"]),
    ("iam:ListAccessKeys", &["observed.AccessKeys"]),
    (
        "iam:ListMFADevices",
        &["observed.MFADevices", "observed.MFAActive"],
    ),
    ("iam:ListVirtualMFADevices", &["observed.VirtualMFADevice"]),
    ("iam:GetSAMLProvider", &["observed.EntityId"]),
    ("iam:GetOpenIDConnectProvider", &["config.ClientIdList"]),
    (
        "iam:ListOrganizationsFeatures",
        &["observed.EnabledFeatures"],
    ),
    ("iam:GetLoginProfile", &["observed.PasswordEnabled"]),
];

/// The failure that an operation is to give, if the documents remember one.
pub(crate) fn remembered(
    call: &Call<'_>,
    operation: &Operation,
    target: &Target,
) -> Option<Failure> {
    let action = operation.action?;
    let state = &call.simulation.state;
    let owner = target.account.as_ref().unwrap_or(&call.principal.account);
    let (account, arn) = match &target.document {
        Some((account, arn)) => (account, Some(arn)),
        None => (owner, target.arn.as_ref()),
    };
    gap(state, account, arn, call.region, action)
        .or_else(|| reason(state, account, arn, action))
        .map(Failure::remembered)
}

/// The answer that the coverage remembers for the action. What came and could not be read comes
/// again, and is as unreadable as it was.
fn gap<'a>(
    state: &'a State,
    account: &AccountId,
    arn: Option<&Arn>,
    region: &str,
    action: &str,
) -> Option<&'a str> {
    let gaps = &state.accounts.get(account)?.gaps;
    let gap = gaps.iter().find(|gap| {
        gap.action == action
            && gap.kind != GapKind::Malformed
            && (gap.region == region || gap.region == GLOBAL)
            && (gap.resource.is_none() || gap.resource.as_ref() == arn)
    })?;
    Some(&gap.answer)
}

/// The reason that a document gives for not knowing what the action brings: the document of the
/// resource that is asked about, or any of the account where the account as a whole is asked.
fn reason<'a>(
    state: &'a State,
    account: &AccountId,
    arn: Option<&Arn>,
    action: &str,
) -> Option<&'a str> {
    let unknowns = state.unknowns.get(account)?;
    match arn {
        Some(arn) => of_action(unknowns.get(arn)?, action),
        None => unknowns.values().find_map(|paths| of_action(paths, action)),
    }
}

/// The reason that names the action (`AccessDenied: s3:GetBucketPolicy`), or one that names none
/// and is of a path that the action brings.
fn of_action<'a>(unknown: &'a BTreeMap<String, String>, action: &str) -> Option<&'a str> {
    let named = unknown
        .values()
        .find(|reason| named(reason) == Some(action));
    let paths = BRINGS
        .iter()
        .find(|(brings, _)| *brings == action)
        .map_or(&[][..], |(_, paths)| paths);
    named
        .or_else(|| {
            paths
                .iter()
                .filter_map(|path| unknown.get(*path))
                .find(|reason| self::named(reason).is_none())
        })
        .map(String::as_str)
}

/// The action that a reason names.
fn named(reason: &str) -> Option<&str> {
    let (_, action) = reason.split_once(": ")?;
    let (service, name) = action.split_once(':')?;
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (is_word(service) && is_word(name)).then_some(action)
}

/// Whether a document does not know something because this action was refused.
pub(crate) fn was_refused(state: &State, account: &AccountId, arn: &Arn, action: &str) -> bool {
    state
        .unknowns
        .get(account)
        .and_then(|unknowns| unknowns.get(arn))
        .is_some_and(|unknown| unknown.values().any(|reason| named(reason) == Some(action)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(paths: &[(&str, &str)]) -> BTreeMap<String, String> {
        paths
            .iter()
            .map(|(path, reason)| ((*path).to_owned(), (*reason).to_owned()))
            .collect()
    }

    #[test]
    fn reasons_that_name_an_action_are_of_that_action_alone() {
        let paths = unknown(&[
            (
                "config.PolicyDocument",
                "AccessDenied: s3:GetBucketLocation",
            ),
            ("tags", "AccessDenied: User: x is not authorized"),
        ]);
        assert_eq!(of_action(&paths, "s3:GetBucketPolicy"), None);
        assert!(of_action(&paths, "s3:GetBucketLocation").is_some());
        assert!(of_action(&paths, "s3:GetBucketTagging").is_some());
        assert_eq!(of_action(&paths, "s3:GetBucketAcl"), None);
    }
}
