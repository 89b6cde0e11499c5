//! Asks AWS Organizations for everything it knows.
//!
//! Works with the credentials of the management account and of a delegated administrator. Every
//! list is read to its end; what fails is recorded as a gap and as unknown paths, and the rest
//! goes on. What the answers say goes into documents first, and the [`Organization`] is made from
//! those, as it is from an organization at rest.

mod delegation;
mod listing;
mod policies;
mod switches;
mod walk;

use aws_sdk_organizations::types::{self, PolicyType, PolicyTypeStatus};
use blastwall_aws::{Failure, Session};
use blastwall_model::resources::{Organization as OrganizationDocument, OrganizationKind};
use blastwall_model::{
    AccountId, Arn, Document, DocumentError, Field, GLOBAL, Gap, GapKind, Kind, Resource,
};

use crate::enumerate::walk::Walk;
use crate::{Caller, Note, Organization, OrganizationCoverage, from_documents};
use listing::{Connection, gap, reason};

/// Why there is nothing to scan.
#[derive(Debug, thiserror::Error)]
pub enum EnumerateError {
    /// AWS Organizations gave no usable answer at all, so that it is not even known whether there
    /// is an organization.
    #[error("got no usable answer from AWS Organizations: {0}")]
    Unanswered(Failure),
    /// What AWS answered could not be written as documents; a bug of ours.
    #[error("failed to write the organization as documents")]
    Write(#[source] serde_json::Error),
    /// What we wrote could not be read; a bug of ours.
    #[error("failed to read the documents of the organization")]
    Read(#[source] DocumentError),
}

impl EnumerateError {
    /// What the user can do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            EnumerateError::Unanswered(_) => {
                "try again; if it persists, check the network, `--endpoint-url` and AWS_ENDPOINT_URL, and that `aws organizations describe-organization` works with the same settings"
            }
            EnumerateError::Write(_) | EnumerateError::Read(_) => {
                "this is a bug in Blastwall; please report it with this message"
            }
        }
    }
}

const NOT_IN_USE: &str = "AWSOrganizationsNotInUseException";

/// The region in which AWS Organizations answers, where it is not that of the other global
/// services. Source: AWS General Reference for China, "Endpoints".
const CHINA: (&str, &str) = ("aws-cn", "cn-northwest-1");

/// Enumerates the organization that the caller's account belongs to.
///
/// `session` must be one of the caller's own account that may send [`DECLARED`](crate::DECLARED).
/// If the account is in no organization, or the caller may not see it, the result is that one
/// account, and [`Organization::note`] tells why.
///
/// # Errors
/// If AWS Organizations gave no usable answer at all.
pub async fn enumerate(session: &Session, caller: &Caller) -> Result<Organization, EnumerateError> {
    let region = if caller.partition.as_str() == CHINA.0 {
        CHINA.1
    } else {
        caller.partition.global_region()
    };
    let client = blastwall_aws::client!(aws_sdk_organizations, session, region);
    let connection = Connection {
        client: &client,
        session,
    };
    let described = session.call(client.describe_organization().send()).await;
    let described = match described {
        Ok(answer) => Ok(answer.organization),
        Err(failure) if failure.code == NOT_IN_USE => {
            return conclude(caller, &[], Vec::new(), Some(Note::Outside));
        }
        Err(failure) => Err(failure),
    };

    let mut walk = walk::walk(connection).await;
    let mut gaps = std::mem::take(&mut walk.gaps);
    if let Err(failure) = &described {
        gaps.push(gap(
            &[OrganizationKind::TYPE],
            "DescribeOrganization",
            None,
            failure,
        ));
    }
    let mut document = organization_document(&described, &walk);
    let owner = document
        .as_ref()
        .map_or_else(|| caller.account.clone(), |found| found.account.clone());

    let mut documents = Vec::new();
    if !walk.found_accounts() {
        // Nothing can be listed, so the rest cannot either.
        if let Some(document) = &mut document {
            let answer = described.as_ref().err().or(walk.root_failure.as_ref());
            switches::mark_unasked(document, answer);
            documents.push(write(document)?);
        }
        let note = why_alone(caller, &described, &walk, document.as_ref())?;
        return conclude(caller, &documents, gaps, note);
    }

    let enabled = enabled_types(&walk);
    let (units, accounts, (policies, policy_gaps), switches, delegation) = futures::join!(
        connection.with_tags(walk.unit_documents(&owner)),
        connection.with_tags(walk.account_documents(&owner)),
        policies::policies(connection, &owner, &enabled),
        switches::ask(connection),
        delegation::delegation(connection, caller, &owner),
    );
    if let Some(document) = &mut document {
        gaps.extend(switches.set(document));
        documents.push(write(document)?);
    }
    gaps.extend(delegation.gaps);
    for document in &delegation.administrators {
        documents.push(write(document)?);
    }
    if let Some(document) = &delegation.resource_policy {
        documents.push(write(document)?);
    }
    gaps.extend(policy_gaps);
    for (document, gap) in &units {
        documents.push(write(document)?);
        gaps.extend(gap.clone());
    }
    for (document, gap) in &accounts {
        documents.push(write(document)?);
        gaps.extend(gap.clone());
    }
    for document in &policies {
        documents.push(write(document)?);
    }
    conclude(caller, &documents, gaps, None)
}

/// Makes the result from what was found, however little.
fn conclude(
    caller: &Caller,
    documents: &[Document],
    mut gaps: Vec<Gap>,
    note: Option<Note>,
) -> Result<Organization, EnumerateError> {
    gaps.sort();
    gaps.dedup();
    let organization = from_documents(documents, caller.clone()).map_err(EnumerateError::Read)?;
    Ok(organization.with_coverage(OrganizationCoverage { gaps, note }))
}

fn write<K: Kind>(resource: &Resource<K>) -> Result<Document, EnumerateError> {
    Document::try_from(resource).map_err(EnumerateError::Write)
}

/// Tells why no account could be listed: by the answer to `ListRoots`, or, where AWS does not even
/// tell whether there is an organization, to `DescribeOrganization`.
fn why_alone(
    caller: &Caller,
    described: &Result<Option<types::Organization>, Failure>,
    walk: &Walk,
    document: Option<&OrganizationDocument>,
) -> Result<Option<Note>, EnumerateError> {
    let failure = described.as_ref().err().or(walk.root_failure.as_ref());
    let Some(failure) = failure else {
        // The root is known, and what is in it could not be listed: the gaps tell.
        return Ok(None);
    };
    // An implementation of AWS that has no Organizations is as good as no organization.
    if !matches!(failure.kind, GapKind::Denied | GapKind::Unsupported) {
        return Err(EnumerateError::Unanswered(failure.clone()));
    }
    let management_account = document
        .and_then(|document| document.config.management_account_id.known())
        .and_then(|id| id.parse::<AccountId>().ok());
    let answer = failure.answer();
    Ok(Some(
        if described.is_ok() && management_account.as_ref() != Some(&caller.account) {
            Note::Member {
                management_account,
                answer,
            }
        } else {
            Note::Refused { answer }
        },
    ))
}

/// The document of the organization; none if nothing tells its id.
///
/// If `DescribeOrganization` failed, the ARN of anything in the organization still names it and
/// its management account: `arn:aws:organizations::111122223333:root/o-abc/r-def`.
fn organization_document(
    described: &Result<Option<types::Organization>, Failure>,
    walk: &Walk,
) -> Option<OrganizationDocument> {
    let mut document = match described {
        Ok(described) => described_document(described.as_ref()?)?,
        Err(failure) => {
            let mut document = derived_document(&walk.any_arn()?)?;
            for path in ["config.FeatureSet", "config.ManagementAccountEmail"] {
                document.mark_unknown(path, &reason(failure, "DescribeOrganization"));
            }
            document
        }
    };
    match (&walk.root_failure, walk.roots.first()) {
        (None, Some(root)) => {
            document.config.root_id = root.id.clone().into();
            document.observed.enabled_policy_types = Field::Known(enabled_words(walk));
        }
        (Some(failure), _) => {
            for path in ["config.RootId", "observed.EnabledPolicyTypes"] {
                document.mark_unknown(path, &reason(failure, "ListRoots"));
            }
        }
        (None, None) => {}
    }
    Some(document)
}

fn described_document(described: &types::Organization) -> Option<OrganizationDocument> {
    let arn: Arn = described.arn.as_ref()?.parse().ok()?;
    let owner: AccountId = described.master_account_id.as_ref()?.parse().ok()?;
    let mut document = OrganizationDocument::new(arn, owner, GLOBAL);
    let config = &mut document.config;
    config.id = described.id.clone().into();
    config.feature_set = described
        .feature_set
        .as_ref()
        .map(|feature_set| feature_set.as_str().to_owned())
        .into();
    config.management_account_id = described.master_account_id.clone().into();
    config.management_account_email = described.master_account_email.clone().into();
    Some(document)
}

fn derived_document(arn: &Arn) -> Option<OrganizationDocument> {
    let owner: AccountId = arn.account().parse().ok()?;
    let id = arn.resource().split('/').nth(1)?;
    let own = format!(
        "arn:{}:organizations::{owner}:organization/{id}",
        arn.partition()
    );
    let mut document = OrganizationDocument::new(own.parse().ok()?, owner.clone(), GLOBAL);
    document.config.id = id.to_owned().into();
    document.config.management_account_id = owner.to_string().into();
    Some(document)
}

/// The policy types to ask for: those enabled in the root, whether we know them or not, or all that
/// we know if that is not known.
fn enabled_types(walk: &Walk) -> Vec<PolicyType> {
    let words = if walk.root_failure.is_some() {
        PolicyType::values()
            .iter()
            .map(ToString::to_string)
            .collect()
    } else {
        enabled_words(walk)
    };
    words
        .iter()
        .map(|word| PolicyType::from(word.as_str()))
        .collect()
}

fn enabled_words(walk: &Walk) -> Vec<String> {
    let mut words: Vec<String> = walk
        .roots
        .iter()
        .flat_map(|root| root.policy_types())
        .filter(|summary| summary.status == Some(PolicyTypeStatus::Enabled))
        .filter_map(|summary| Some(summary.r#type.as_ref()?.as_str().to_owned()))
        .collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scan runs on threads, so what it awaits must be able to move between them.
    #[test]
    fn what_is_awaited_can_move_between_threads() {
        fn is_send<T: Send>(_: impl Fn(&'static Session, &'static Caller) -> T) {}
        is_send(enumerate);
        fn enters<T: Send>(_: impl Fn(&'static crate::Entrance, &'static AccountId) -> T) {}
        enters(crate::Entrance::enter);
    }

    #[test]
    fn any_arn_names_the_organization() {
        let arn = "arn:aws-cn:organizations::111122223333:root/o-abc/r-def";
        let document = derived_document(&arn.parse().unwrap()).unwrap();
        assert_eq!(
            document.arn,
            *"arn:aws-cn:organizations::111122223333:organization/o-abc"
        );
        assert_eq!(document.config.id.known().unwrap(), "o-abc");
        assert_eq!(document.account, *"111122223333");
    }
}
