//! What the documents say could not be seen is refused again, with the answer of then, so that
//! `unknown` and coverage survive being collected a second time.

use std::collections::BTreeMap;

use blastwall_model::{AccountId, Arn, GLOBAL};

use crate::failure::Failure;
use crate::operation::{Call, Operation, Target};
use crate::state::State;

/// Unknown paths of all documents: reason by path, by ARN.
pub(crate) type Unknowns = BTreeMap<Arn, BTreeMap<String, String>>;

/// Whose unknown paths an operation answers for.
enum Whose {
    /// Those of the resource that it is asked of.
    Target,
    /// Those of any resource of the account: it brings the properties of all at once.
    Account,
}

/// Which properties an operation brings; part of an ARN's resource tells the types apart.
struct Brings {
    operation: &'static str,
    whose: Whose,
    paths: &'static [&'static str],
}

const fn brings(operation: &'static str, whose: Whose, paths: &'static [&'static str]) -> Brings {
    Brings {
        operation,
        whose,
        paths,
    }
}

/// The operations that bring single properties. Operations that list whole documents are not
/// here: without them there would be no document, so their failures are in the coverage.
const TABLE: &[Brings] = &[
    brings("GetBucketPolicy", Whose::Target, &["config.PolicyDocument"]),
    brings(
        "GetBucketAcl",
        Whose::Target,
        &["observed.Grants", "observed.OwnerId"],
    ),
    brings(
        "GetBucketEncryption",
        Whose::Target,
        &["config.BucketEncryption"],
    ),
    brings(
        "GetPublicAccessBlock",
        Whose::Target,
        &["config.PublicAccessBlockConfiguration"],
    ),
    brings("GetBucketTagging", Whose::Target, &["tags"]),
    brings(
        "GetTrailStatus",
        Whose::Target,
        &[
            "config.IsLogging",
            "observed.LatestDeliveryTime",
            "observed.LatestDeliveryError",
        ],
    ),
    brings(
        "GetEventSelectors",
        Whose::Target,
        &["config.EventSelectors", "config.AdvancedEventSelectors"],
    ),
    brings("ListTags", Whose::Target, &["tags"]),
    brings("ListTagsForResource", Whose::Target, &["tags"]),
    brings("DescribePolicy", Whose::Target, &["config.Content"]),
    brings("ListTargetsForPolicy", Whose::Target, &["config.TargetIds"]),
    brings("GetPolicy", Whose::Target, &["observed.DefaultVersionId"]),
    brings(
        "GetPolicyVersion",
        Whose::Target,
        &["config.PolicyDocument"],
    ),
    brings(
        "GetAccountPasswordPolicy",
        Whose::Account,
        &["config.PolicyPresent"],
    ),
    brings(
        "GetAccountSummary",
        Whose::Account,
        &["observed.SummaryMap"],
    ),
    brings(
        "GetCredentialReport",
        Whose::Account,
        &["observed.PasswordEnabled", "observed.MFAActive"],
    ),
    brings("ListAccessKeys", Whose::Target, &["observed.AccessKeys"]),
];

/// The failure that an operation is to give, if the documents remember one.
pub(crate) fn remembered(
    call: &Call<'_>,
    operation: &Operation,
    target: &Target,
) -> Option<Failure> {
    let state = &call.simulation.state;
    let owner = target.account.as_ref().unwrap_or(&call.principal.account);
    let (account, arn) = match &target.document {
        Some((account, arn)) => (account, Some(arn)),
        None => (owner, target.arn.as_ref()),
    };
    gap(state, account, arn, call.region, operation)
        .or_else(|| reason(state, account, arn, operation))
        .map(Failure::remembered)
}

/// The answer that the coverage remembers for the action.
fn gap<'a>(
    state: &'a State,
    account: &AccountId,
    arn: Option<&Arn>,
    region: &str,
    operation: &Operation,
) -> Option<&'a str> {
    let gaps = &state.accounts.get(account)?.gaps;
    let gap = gaps.iter().find(|gap| {
        Some(gap.action.as_str()) == operation.action
            && (gap.region == region || gap.region == GLOBAL)
            && (gap.resource.is_none() || gap.resource.as_ref() == arn)
    })?;
    Some(&gap.answer)
}

/// The reason that a document gives for not knowing what the operation brings.
fn reason<'a>(
    state: &'a State,
    account: &AccountId,
    arn: Option<&Arn>,
    operation: &Operation,
) -> Option<&'a str> {
    let entry = TABLE
        .iter()
        .find(|entry| entry.operation == operation.name)?;
    let unknowns = state.unknowns.get(account)?;
    let of_paths = |unknown: &'a BTreeMap<String, String>| {
        let found = entry.paths.iter().find_map(|path| unknown.get(*path));
        found.map(String::as_str)
    };
    match entry.whose {
        Whose::Target => of_paths(unknowns.get(arn?)?),
        Whose::Account => unknowns.values().find_map(of_paths),
    }
}
