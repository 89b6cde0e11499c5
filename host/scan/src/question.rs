//! Between an organization at rest and questions about single requests.

use std::collections::BTreeSet;

use blastwall_blast::{Collected, PRINCIPAL_TYPES, Questions};
use blastwall_model::{AccountId, Document, unlisted};
use blastwall_organization::Note;

use crate::blast::unseen;
use crate::origin::stored;
use crate::{OriginError, Stored};

const PUBLIC_ACCESS_BLOCK: &str = "AWS::S3::AccountPublicAccessBlock";

/// What is stored, as far as a request of this principal on this resource asks for it. Of a large
/// organization that is two accounts, and the buckets of others until the one is found that is asked
/// for.
///
/// # Errors
/// If the organization itself cannot be read. What cannot be read of an account is a gap.
pub fn questions(from: &Stored, principal: &str, resource: &str) -> Result<Questions, OriginError> {
    collected(from, Some(principal), resource)
}

/// What is stored, as far as requests of anybody on this resource ask for it: all of the accounts.
///
/// # Errors
/// As [`questions`].
pub fn questions_of_all(from: &Stored, resource: &str) -> Result<Questions, OriginError> {
    collected(from, None, resource)
}

fn collected(
    from: &Stored,
    principal: Option<&str>,
    resource: &str,
) -> Result<Questions, OriginError> {
    let mut collected = Collected::new();
    let organization = from.organization()?;
    collected.add_organization(&organization.documents);
    for (kind, why) in unlisted(&organization.gaps) {
        collected.add_organization_gap(format!("{kind}: {why}"));
    }
    match &organization.note {
        None | Some(Note::Outside) => {}
        Some(note) => collected.add_organization_gap(note.to_string()),
    }
    let mut types: BTreeSet<String> = PRINCIPAL_TYPES.map(str::to_owned).into();
    types.insert(PUBLIC_ACCESS_BLOCK.to_owned());
    let named = [principal.unwrap_or_default(), resource].map(account_of);
    let bucket = bucket_of(resource);
    let mut found = false;
    for account in from.directory.accounts() {
        let wanted = principal.is_none() || named.contains(&Some(account.as_str()));
        if !wanted && (bucket.is_none() || found) {
            continue;
        }
        let snapshot = stored(&from.directory, &account, &types);
        if wanted {
            match unseen(&snapshot.coverage) {
                None => collected.add_account(&account, &snapshot.documents),
                Some(why) => collected.add_unseen(&account, why),
            }
        }
        found |= bucket.is_some_and(|name| has_bucket(&snapshot.documents, &account, name));
        collected.add_buckets(&account, &snapshot.documents);
        let mut unseen = unlisted(&snapshot.coverage.gaps);
        if let Some((_, why)) = unseen.find(|(kind, _)| *kind == PUBLIC_ACCESS_BLOCK) {
            collected.add_unseen_public_access_block(&account, why);
        }
    }
    Ok(collected.finish())
}

/// The account in an ARN, or the account id that the text is.
fn account_of(text: &str) -> Option<&str> {
    text.split(':').nth(4).or(Some(text))
}

/// The bucket in an ARN, which tells no account.
fn bucket_of(resource: &str) -> Option<&str> {
    let (_, name) = resource.split_once(":s3:::")?;
    name.split('/').next()
}

fn has_bucket(documents: &[Document], account: &AccountId, name: &str) -> bool {
    documents.iter().any(|document| {
        document.account == *account
            && document.kind == "AWS::S3::Bucket"
            && document.arn.resource() == name
    })
}
