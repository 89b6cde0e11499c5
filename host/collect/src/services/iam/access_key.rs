//! A user's access keys and their last use.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::AccessKeyMetadata;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Field;
use blastwall_model::resources::iam::AccessKey;

use super::report::ReportedKey;
use crate::context::Context;
use crate::convert::{text, time};
use crate::harvest::{About, Harvest, unknown};
use crate::pages::pages;

pub(super) const LIST: Declaration = super::call("ListAccessKeys", "iam:ListAccessKeys");
pub(super) const LAST_USED: Declaration =
    super::call("GetAccessKeyLastUsed", "iam:GetAccessKeyLastUsed");

/// The access keys of a user, by age, without their last use.
pub(super) async fn list(
    context: &Context<'_>,
    iam: &Client,
    user: &str,
) -> Result<Vec<AccessKey>, Failure> {
    let mut keys = Vec::new();
    let stream = iam
        .list_access_keys()
        .user_name(user)
        .into_paginator()
        .send();
    pages(context.session, stream, |page| {
        keys.extend(page.access_key_metadata().iter().map(access_key));
    })
    .await?;
    Ok(in_order(keys))
}

fn access_key(metadata: &AccessKeyMetadata) -> AccessKey {
    AccessKey {
        access_key_id: text(metadata.access_key_id()).unwrap_or_default(),
        status: text(metadata.status().map(|status| status.as_str())).unwrap_or_default(),
        create_date: metadata.create_date().and_then(time).unwrap_or_default(),
        ..AccessKey::default()
    }
}

/// Keys by age.
fn in_order(mut keys: Vec<AccessKey>) -> Vec<AccessKey> {
    keys.sort_by(|one, other| {
        (&one.create_date, &one.access_key_id).cmp(&(&other.create_date, &other.access_key_id))
    });
    keys
}

/// Asks for the last use of those keys, by index, that no report tells of. Where the question is
/// refused, that date alone is unknown.
pub(super) async fn ask_use(
    context: &Context<'_>,
    iam: &Client,
    keys: &mut [AccessKey],
    indices: &[usize],
    about: &About,
    harvest: &mut Harvest,
) {
    for key in indices {
        let Some(key) = keys.get_mut(*key) else {
            continue;
        };
        let request = iam.get_access_key_last_used();
        let request = request.access_key_id(&key.access_key_id).send();
        match context.session.call(request).await {
            Ok(answer) => {
                let used = answer.access_key_last_used();
                key.last_used_date = used
                    .and_then(|used| used.last_used_date())
                    .and_then(time)
                    .into();
                if key.last_used_date != Field::ABSENT {
                    key.last_used_service = used.and_then(|used| said(used.service_name()));
                    key.last_used_region = used.and_then(|used| said(used.region()));
                }
            }
            Err(failure) => {
                harvest.incomplete(about, LAST_USED, &failure);
                key.last_used_date = unknown(LAST_USED, &failure);
            }
        }
    }
}

/// A word that is not the `N/A` that IAM has for none.
fn said(word: &str) -> Option<String> {
    text(Some(word)).filter(|word| word != "N/A")
}

/// Sets the last use of listed keys from the report, which tells keys by slot, not by id. A slot and
/// a key belong together if they agree on date and status, else on one of the two; the report's
/// date moves when a key is changed. Gives the indices of the keys that are newer than the report.
pub(super) fn set_use(listed: &mut [AccessKey], reported: &[ReportedKey]) -> Vec<usize> {
    let same_date = |key: &AccessKey, slot: &ReportedKey| {
        slot.last_rotated.as_deref() == Some(key.create_date.as_str())
    };
    let same_status = |key: &AccessKey, slot: &ReportedKey| slot.active == (key.status == ACTIVE);
    type Agree<'a> = &'a dyn Fn(&AccessKey, &ReportedKey) -> bool;
    // A slot that was last changed before the key was made is that of a key that is gone.
    let possible = |key: &AccessKey, slot: &ReportedKey| {
        let changed = slot.last_rotated.as_deref();
        changed.is_none_or(|changed| changed >= key.create_date.as_str())
    };
    let agreements: [Agree<'_>; 4] = [
        &|key, slot| same_date(key, slot) && same_status(key, slot),
        &same_date,
        &|key, slot| possible(key, slot) && same_status(key, slot),
        &possible,
    ];
    let mut open: Vec<(usize, &mut AccessKey)> = listed.iter_mut().enumerate().collect();
    let mut slots: Vec<&ReportedKey> = reported.iter().collect();
    for agree in agreements {
        open.retain_mut(|(_, key)| {
            let Some(index) = slots.iter().position(|slot| agree(key, slot)) else {
                return true;
            };
            set_reported(key, slots.remove(index));
            false
        });
    }
    open.into_iter().map(|(index, _)| index).collect()
}

fn set_reported(key: &mut AccessKey, slot: &ReportedKey) {
    key.last_used_date = slot.last_used.clone().into();
    key.last_used_service.clone_from(&slot.last_used_service);
    key.last_used_region.clone_from(&slot.last_used_region);
}

const ACTIVE: &str = "Active";
const INACTIVE: &str = "Inactive";

/// The keys as the report alone knows them; none if it lacks a date.
pub(super) fn without_ids(reported: &[ReportedKey]) -> Option<Vec<AccessKey>> {
    reported
        .iter()
        .map(|slot| {
            let mut key = AccessKey {
                status: if slot.active { ACTIVE } else { INACTIVE }.to_owned(),
                create_date: slot.last_rotated.clone()?,
                ..AccessKey::default()
            };
            set_reported(&mut key, slot);
            Some(key)
        })
        .collect::<Option<Vec<_>>>()
        .map(in_order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, status: &str, created: &str) -> AccessKey {
        AccessKey {
            access_key_id: id.to_owned(),
            status: status.to_owned(),
            create_date: created.to_owned(),
            ..AccessKey::default()
        }
    }

    fn slot(active: bool, rotated: &str, used: &str) -> ReportedKey {
        ReportedKey {
            active,
            last_rotated: Some(rotated.to_owned()),
            last_used: Some(used.to_owned()),
            last_used_service: Some("s3".to_owned()),
            last_used_region: None,
        }
    }

    fn used(key: &AccessKey) -> Option<&str> {
        key.last_used_date.known().map(String::as_str)
    }

    #[test]
    fn slots_find_their_keys() {
        for (slots, expected) in [
            // By date, whatever the order.
            (
                [slot(true, "2025", "b"), slot(true, "2024", "a")],
                ["a", "b"],
            ),
            // The first key was switched off, which moved its date: by status.
            (
                [slot(true, "2025", "b"), slot(false, "2026", "a")],
                ["a", "b"],
            ),
        ] {
            let first = if slots[1].active { ACTIVE } else { INACTIVE };
            let mut keys = [key("A", first, "2024"), key("B", ACTIVE, "2025")];
            assert!(set_use(&mut keys, &slots).is_empty());
            let used: Vec<_> = keys.iter().map(|key| used(key).unwrap()).collect();
            assert_eq!(used, expected);
            assert_eq!(keys[0].last_used_service.as_deref(), Some("s3"));
        }
    }

    #[test]
    fn a_new_key_does_not_inherit_the_use_of_a_deleted_one() {
        let mut keys = [key("B", ACTIVE, "2026")];
        assert_eq!(set_use(&mut keys, &[slot(true, "2024", "yesterday")]), [0]);
        assert_eq!(used(&keys[0]), None);
    }

    #[test]
    fn a_key_newer_than_the_report_is_still_to_be_asked_for() {
        let mut keys = [key("A", ACTIVE, "2024"), key("B", ACTIVE, "2025")];
        assert_eq!(set_use(&mut keys, &[slot(true, "2024", "a")]), [1]);
        assert_eq!((used(&keys[0]), used(&keys[1])), (Some("a"), None));
    }

    #[test]
    fn the_report_alone_gives_keys_without_ids() {
        let keys = without_ids(&[slot(true, "2025", "b"), slot(false, "2024", "a")]).unwrap();
        assert_eq!(keys[0].status, INACTIVE);
        assert!(keys.iter().all(|key| key.access_key_id.is_empty()));
        assert_eq!(without_ids(&[ReportedKey::default()]), None);
    }
}
