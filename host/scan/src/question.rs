//! Between an organization at rest and questions about single requests.

use std::collections::BTreeSet;

use blastwall_blast::{Collected, PRINCIPAL_TYPES, Questions};
use blastwall_model::{AccountId, Document, is_of_organization, unlisted};
use blastwall_organization::{Note, Organization};

use crate::blast::unseen;
use crate::origin::stored;
use crate::{OriginError, ScanError, Stored, WhatIf};

const PUBLIC_ACCESS_BLOCK: &str = "AWS::S3::AccountPublicAccessBlock";

/// What is stored, as far as a request of this principal on this resource asks for it. Of a large
/// organization that is two accounts, and the buckets of others until the one is found that is asked
/// for.
///
/// # Errors
/// If the organization itself cannot be read. What cannot be read of an account is a gap.
pub fn questions(from: &Stored, principal: &str, resource: &str) -> Result<Questions, OriginError> {
    let organization = from.organization()?;
    let unchanged = &WhatIf::default();
    Ok(collected(
        from,
        &organization,
        Some(principal),
        resource,
        unchanged,
    ))
}

/// What is stored, with these changes, as far as requests of anybody on this resource ask for it: all of the
/// accounts.
///
/// # Errors
/// As [`questions`]; and if a policy is to be attached to something that is not there.
pub fn questions_of_all(
    from: &Stored,
    resource: &str,
    what_if: &WhatIf,
) -> Result<Questions, ScanError> {
    let organization = from.organization()?;
    let what_if = what_if.found(&organization.documents)?;
    Ok(collected(from, &organization, None, resource, &what_if))
}

fn collected(
    from: &Stored,
    organization: &Organization,
    principal: Option<&str>,
    resource: &str,
    what_if: &WhatIf,
) -> Questions {
    let mut collected = Collected::new();
    collected.add_organization(&what_if.organization(&organization.documents));
    let of_organization = unlisted(&organization.gaps).filter(|(kind, _)| is_of_organization(kind));
    for (kind, why) in of_organization {
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
                None => collected.add_account(&account, &what_if.account(&snapshot.documents)),
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
    collected.finish()
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
