//! Users' passwords, MFA and access keys: from the credential report where it knows the user.
//!
//! The report names no access key, so keys are listed for those users who have any. It is up to
//! four hours old, so users who are newer than it are asked for one by one, as all are if there is
//! no report.

use std::time::Duration;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::{AccessKeyMetadata, ReportStateType};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::iam::AccessKey;
use blastwall_model::resources::{RootUserKind, User, UserKind};
use blastwall_model::{Field, GLOBAL, GapKind, Kind};
use futures::{StreamExt, stream};

use super::report::{Report, ReportedKey, Row};
use crate::context::Context;
use crate::convert::{text, time};
use crate::harvest::{About, Harvest, absent, malformed, reason, unknown};
use crate::pages::pages;

pub(super) const GENERATE: Declaration =
    super::call("GenerateCredentialReport", "iam:GenerateCredentialReport");
pub(super) const REPORT: Declaration =
    super::call("GetCredentialReport", "iam:GetCredentialReport");
pub(super) const KEYS: Declaration = super::call("ListAccessKeys", "iam:ListAccessKeys");
pub(super) const MFA: Declaration = super::call("ListMFADevices", "iam:ListMFADevices");
pub(super) const PASSWORD: Declaration = super::call("GetLoginProfile", "iam:GetLoginProfile");

/// How many users are asked for side by side.
const USERS_AT_ONCE: usize = 8;

/// Pauses before asking again whether the report is ready. It takes seconds in most accounts;
/// after half a minute the users are asked for one by one instead.
const PAUSES: [Duration; 8] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(8),
    Duration::from_secs(8),
];

/// Why there is no report.
#[derive(Debug)]
pub(super) struct Unreported {
    pub(super) call: Declaration,
    pub(super) failure: Failure,
}

/// The credential report; an empty one if nothing that is wanted needs it.
pub(super) async fn report(context: &Context<'_>, iam: &Client) -> Result<Report, Unreported> {
    if context
        .wanted(&[UserKind::TYPE, RootUserKind::TYPE])
        .is_empty()
    {
        return Ok(Report::default());
    }
    generate(context, iam).await.map_err(|failure| Unreported {
        call: GENERATE,
        failure,
    })?;
    fetch(context, iam).await.map_err(|failure| Unreported {
        call: REPORT,
        failure,
    })
}

/// Asks IAM to bring the report up to date and waits until it has.
async fn generate(context: &Context<'_>, iam: &Client) -> Result<(), Failure> {
    for pause in PAUSES {
        let call = iam.generate_credential_report().send();
        let answer = context.session.call(call).await?;
        if answer.state() == Some(&ReportStateType::Complete) {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
    Err(Failure::new(
        GapKind::Unavailable,
        "ReportNotReady",
        "IAM did not finish the credential report in time",
    ))
}

async fn fetch(context: &Context<'_>, iam: &Client) -> Result<Report, Failure> {
    let call = iam.get_credential_report().send();
    let answer = context.session.call(call).await?;
    let table = answer
        .content()
        .ok_or_else(|| malformed("an answer without a report"))?;
    Report::parse(table.as_ref()).map_err(|error| malformed(&error.to_string()))
}

/// Notes that there is no report. No document is missing for it, so the gap is about the account,
/// whose ARN is that of its root user.
pub(super) fn note(
    context: &Context<'_>,
    report: &Result<Report, Unreported>,
    harvest: &mut Harvest,
) {
    let Err(Unreported { call, failure }) = report else {
        return;
    };
    let types = context.wanted(&[UserKind::TYPE, RootUserKind::TYPE]);
    match context.arn("iam", "", "root") {
        Ok(root) => harvest.incomplete(&About::types(types, GLOBAL, &root), *call, failure),
        Err(_) => harvest.listing(&types, *call, GLOBAL, failure),
    }
}

/// The users with their credentials.
pub(super) async fn complete(
    context: &Context<'_>,
    iam: &Client,
    users: Vec<User>,
    report: &Result<Report, Unreported>,
) -> Harvest {
    let mut completed = stream::iter(users)
        .map(|user| credentials(context, iam, user, report))
        .buffer_unordered(USERS_AT_ONCE)
        .boxed();
    let mut harvest = Harvest::default();
    while let Some(found) = completed.next().await {
        harvest.append(found);
    }
    harvest
}

async fn credentials(
    context: &Context<'_>,
    iam: &Client,
    mut user: User,
    report: &Result<Report, Unreported>,
) -> Harvest {
    let mut harvest = Harvest::default();
    let row = report
        .as_ref()
        .ok()
        .and_then(|report| report.row(user.arn.as_str()))
        .filter(|row| is_same(row, &user));
    match row {
        Some(row) => from_report(context, iam, row, &mut user, &mut harvest).await,
        None => {
            let why = match report {
                Err(Unreported { call, failure }) => reason(*call, failure),
                Ok(_) => not_reported(),
            };
            one_by_one(context, iam, &why, &mut user, &mut harvest).await;
        }
    }
    harvest.add(&user);
    harvest
}

/// Whether a row is about this very user, and not about a former one of the same name.
fn is_same(row: &Row, user: &User) -> bool {
    row.created.is_none() || row.created.as_ref() == user.observed.create_date.known()
}

async fn from_report(
    context: &Context<'_>,
    iam: &Client,
    row: &Row,
    user: &mut User,
    harvest: &mut Harvest,
) {
    let observed = &mut user.observed;
    observed.password_enabled = reported(row.password_enabled);
    observed.mfa_active = reported(row.mfa_active);
    observed.password_last_used = row.password_last_used.clone().into();
    observed.password_last_changed = row
        .password_last_changed
        .clone()
        .filter(|_| row.password_enabled != Some(false))
        .into();
    user.observed.access_keys = if row.keys.is_empty() {
        Vec::new().into()
    } else {
        match access_keys(context, iam, user).await {
            Ok(mut keys) => {
                let unreported = set_use(&mut keys, &row.keys);
                mark_use_unknown(user, &unreported, &not_reported());
                keys.into()
            }
            Err(failure) => {
                harvest.incomplete(&About::resource(user), KEYS, &failure);
                without_ids(&row.keys).map_or_else(|| unknown(KEYS, &failure), Field::Known)
            }
        }
    };
}

/// A value that the report should tell.
fn reported(value: Option<bool>) -> Field<bool> {
    value.map_or_else(|| Field::unknown("", not_reported()), Field::Known)
}

/// Why something is unknown that a report tells and this one does not.
fn not_reported() -> String {
    format!("NotReported: {}", REPORT.action)
}

/// Notes that the last use of these keys, by index, is not known: only the report tells it. Age and
/// status are known all the same, so this is a path of its own and not that of the whole property.
fn mark_use_unknown(user: &mut User, keys: &[usize], why: &str) {
    for index in keys {
        let path = format!("observed.AccessKeys[{index}].LastUsedDate");
        user.other_unknown.insert(path, why.to_owned());
    }
}

/// `why` there is no row for the user in the report.
async fn one_by_one(
    context: &Context<'_>,
    iam: &Client,
    why: &str,
    user: &mut User,
    harvest: &mut Harvest,
) {
    let name = user.config.user_name.known().cloned().unwrap_or_default();
    let (keys, mfa, password) = futures::join!(
        access_keys(context, iam, user),
        has_mfa(context, iam, &name),
        has_password(context, iam, &name),
    );
    let about = About::resource(user);
    let observed = &mut user.observed;
    let known = keys.as_ref().map_or(0, Vec::len);
    observed.access_keys = harvest.field(&about, KEYS, keys.map(Some));
    observed.mfa_active = harvest.field(&about, MFA, mfa.map(Some));
    observed.password_enabled = harvest.field(&about, PASSWORD, password.map(Some));
    // Without a password there is nothing to know of it.
    if observed.password_enabled.known() != Some(&false) {
        observed.password_last_used = Field::unknown("", why);
        observed.password_last_changed = Field::unknown("", why);
    }
    mark_use_unknown(user, &Vec::from_iter(0..known), why);
}

async fn access_keys(
    context: &Context<'_>,
    iam: &Client,
    user: &User,
) -> Result<Vec<AccessKey>, Failure> {
    let name = user.config.user_name.known().cloned().unwrap_or_default();
    let mut keys = Vec::new();
    let stream = iam
        .list_access_keys()
        .user_name(name)
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

async fn has_mfa(context: &Context<'_>, iam: &Client, user: &str) -> Result<bool, Failure> {
    let mut any = false;
    let stream = iam
        .list_mfa_devices()
        .user_name(user)
        .into_paginator()
        .send();
    pages(context.session, stream, |page| {
        any |= !page.mfa_devices().is_empty();
    })
    .await?;
    Ok(any)
}

async fn has_password(context: &Context<'_>, iam: &Client, user: &str) -> Result<bool, Failure> {
    let call = iam.get_login_profile().user_name(user).send();
    let answer = context.session.call(call).await;
    Ok(absent(answer, &["NoSuchEntity"])?.is_some())
}

/// Sets the last use of listed keys from the report, which tells keys by slot, not by id. A slot and
/// a key belong together if they agree on date and status, else on one of the two; the report's
/// date moves when a key is changed. Gives the indices of the keys that are newer than the report.
fn set_use(listed: &mut [AccessKey], reported: &[ReportedKey]) -> Vec<usize> {
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
            key.last_used_date = slots.remove(index).last_used.clone();
            false
        });
    }
    open.into_iter().map(|(index, _)| index).collect()
}

const ACTIVE: &str = "Active";
const INACTIVE: &str = "Inactive";

/// The keys as the report alone knows them; none if it lacks a date.
fn without_ids(reported: &[ReportedKey]) -> Option<Vec<AccessKey>> {
    reported
        .iter()
        .map(|slot| {
            Some(AccessKey {
                access_key_id: String::new(),
                status: if slot.active { ACTIVE } else { INACTIVE }.to_owned(),
                create_date: slot.last_rotated.clone()?,
                last_used_date: slot.last_used.clone(),
                ..AccessKey::default()
            })
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
        }
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
            let used: Vec<_> = keys
                .iter()
                .map(|key| key.last_used_date.as_deref().unwrap())
                .collect();
            assert_eq!(used, expected);
        }
    }

    #[test]
    fn a_new_key_does_not_inherit_the_use_of_a_deleted_one() {
        let mut keys = [key("B", ACTIVE, "2026")];
        assert_eq!(set_use(&mut keys, &[slot(true, "2024", "yesterday")]), [0]);
        assert_eq!(keys[0].last_used_date, None);
    }

    #[test]
    fn the_use_of_a_key_newer_than_the_report_is_unknown() {
        let mut keys = [key("A", ACTIVE, "2024"), key("B", ACTIVE, "2025")];
        let unreported = set_use(&mut keys, &[slot(true, "2024", "a")]);
        assert_eq!(unreported, [1]);
        assert_eq!(keys[0].last_used_date.as_deref(), Some("a"));
        assert_eq!(keys[1].last_used_date, None);

        let mut user = User::new(
            "arn:aws:iam::111122223333:user/ann".parse().unwrap(),
            "111122223333".parse().unwrap(),
            GLOBAL,
        );
        user.observed.access_keys = keys.to_vec().into();
        mark_use_unknown(&mut user, &unreported, &not_reported());
        let unknown = user.unknown();
        let path = "observed.AccessKeys[1].LastUsedDate";
        assert_eq!(unknown[path], "NotReported: iam:GetCredentialReport");
        // What is known of the keys stays known, over the wire as well.
        let json = serde_json::to_string(&user).unwrap();
        let read: User = serde_json::from_str(&json).unwrap();
        assert_eq!(read.unknown(), unknown);
        assert_eq!(read.observed.access_keys, user.observed.access_keys);
    }

    #[test]
    fn the_report_alone_gives_keys_without_ids() {
        let keys = without_ids(&[slot(true, "2025", "b"), slot(false, "2024", "a")]).unwrap();
        assert_eq!(keys[0].status, INACTIVE);
        assert!(keys.iter().all(|key| key.access_key_id.is_empty()));
        assert_eq!(without_ids(&[ReportedKey::default()]), None);
    }

    #[test]
    fn a_row_about_a_former_user_does_not_count() {
        let mut user = User::new(
            "arn:aws:iam::111122223333:user/ann".parse().unwrap(),
            "111122223333".parse().unwrap(),
            GLOBAL,
        );
        user.observed.create_date = "2026-01-01T00:00:00Z".to_owned().into();
        let row = |created: Option<&str>| Row {
            created: created.map(str::to_owned),
            ..Row::default()
        };
        assert!(is_same(&row(Some("2026-01-01T00:00:00Z")), &user));
        assert!(is_same(&row(None), &user));
        assert!(!is_same(&row(Some("2025-01-01T00:00:00Z")), &user));
    }
}
