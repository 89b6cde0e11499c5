//! Users' passwords, MFA devices and access keys: from the credential report where it knows the
//! user.
//!
//! The report names no access key, so keys are listed for those users who have any. It is up to
//! four hours old, so users who are newer than it are asked for one by one, as all are if there is
//! no report.

use aws_sdk_iam::Client;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::iam::{AccessKey, MfaDevice};
use blastwall_model::resources::{User, UserKind};
use blastwall_model::{Field, Kind};
use futures::{StreamExt, stream};

use super::access_key;
use super::generation::{REPORT, Unreported};
use super::mfa::{self, Devices};
use super::report::{Report, ReportedKey, Row};
use crate::context::Context;
use crate::harvest::{About, Harvest, absent, reason, unknown};

pub(super) const PASSWORD: Declaration = super::call("GetLoginProfile", "iam:GetLoginProfile");

/// The users with their credentials; nothing if nobody wants users.
pub(super) async fn complete(
    context: &Context<'_>,
    iam: &Client,
    users: &[User],
    report: &Result<Report, Unreported>,
    devices: &Devices,
) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(UserKind::TYPE) {
        return harvest;
    }
    let mut completed = stream::iter(users)
        .map(|user| credentials(context, iam, user.clone(), report, devices))
        .buffer_unordered(super::USERS_AT_ONCE)
        .boxed();
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
    devices: &Devices,
) -> Harvest {
    let mut harvest = Harvest::default();
    match row_of(report, &user) {
        Some(row) => from_report(context, iam, row, devices, &mut user, &mut harvest).await,
        None => {
            let why = match report {
                Err(Unreported { call, failure }) => reason(*call, failure),
                Ok(_) => not_reported(),
            };
            one_by_one(context, iam, &why, devices, &mut user, &mut harvest).await;
        }
    }
    harvest.add(&user);
    harvest
}

/// What the report says of a user; none if there is no report, or if it is older than the user.
pub(super) fn row_of<'a>(report: &'a Result<Report, Unreported>, user: &User) -> Option<&'a Row> {
    report
        .as_ref()
        .ok()
        .and_then(|report| report.row(user.arn.as_str()))
        .filter(|row| is_same(row, user))
}

/// Whether a row is about this very user, and not about a former one of the same name.
fn is_same(row: &Row, user: &User) -> bool {
    row.created.is_none() || row.created.as_ref() == user.observed.create_date.known()
}

async fn from_report(
    context: &Context<'_>,
    iam: &Client,
    row: &Row,
    devices: &Devices,
    user: &mut User,
    harvest: &mut Harvest,
) {
    let about = About::resource(user);
    let observed = &mut user.observed;
    observed.password_enabled = reported(row.password_enabled);
    observed.mfa_active = reported(row.mfa_active);
    observed.password_last_used = row.password_last_used.clone().into();
    observed.password_last_changed = row
        .password_last_changed
        .clone()
        .filter(|_| row.password_enabled != Some(false))
        .into();
    let (keys, found) = futures::join!(
        keys_of_row(context, iam, row, user),
        devices_of_row(context, iam, row, devices, user),
    );
    user.observed.mfa_devices = harvest.field(&about, mfa::LIST, found.map(Some));
    user.observed.access_keys = match keys {
        Ok((keys, found)) => {
            harvest.append(found);
            keys.into()
        }
        Err(failure) => {
            harvest.incomplete(&about, access_key::LIST, &failure);
            let keys = access_key::without_ids(&row.keys);
            keys.map_or_else(|| unknown(access_key::LIST, &failure), Field::Known)
        }
    };
}

/// The keys that the report knows of, and those that are newer than it.
async fn keys_of_row(
    context: &Context<'_>,
    iam: &Client,
    row: &Row,
    user: &User,
) -> Result<(Vec<AccessKey>, Harvest), Failure> {
    let mut harvest = Harvest::default();
    if row.keys.is_empty() {
        return Ok((Vec::new(), harvest));
    }
    let mut keys = access_key::list(context, iam, super::name(user)).await?;
    let slots: &[ReportedKey] = &row.keys;
    let unreported = access_key::set_use(&mut keys, slots);
    let about = About::resource(user);
    access_key::ask_use(context, iam, &mut keys, &unreported, &about, &mut harvest).await;
    Ok((keys, harvest))
}

/// Nobody is asked for the devices of a user who has none by the report.
async fn devices_of_row(
    context: &Context<'_>,
    iam: &Client,
    row: &Row,
    devices: &Devices,
    user: &User,
) -> Result<Vec<MfaDevice>, Failure> {
    match row.mfa_active {
        Some(false) => Ok(Vec::new()),
        active => devices.of(context, iam, user, active).await,
    }
}

/// A value that the report should tell.
fn reported(value: Option<bool>) -> Field<bool> {
    value.map_or_else(|| Field::unknown("", not_reported()), Field::Known)
}

/// Why something is unknown that a report tells and this one does not.
fn not_reported() -> String {
    format!("NotReported: {}", REPORT.action)
}

/// `why` there is no row for the user in the report.
async fn one_by_one(
    context: &Context<'_>,
    iam: &Client,
    why: &str,
    devices: &Devices,
    user: &mut User,
    harvest: &mut Harvest,
) {
    let name = super::name(user);
    let (keys, found, password) = futures::join!(
        access_key::list(context, iam, name),
        devices.of(context, iam, user, None),
        has_password(context, iam, name),
    );
    let about = About::resource(user);
    let observed = &mut user.observed;
    observed.access_keys = match keys {
        Ok(mut keys) => {
            let all: Vec<usize> = (0..keys.len()).collect();
            access_key::ask_use(context, iam, &mut keys, &all, &about, harvest).await;
            keys.into()
        }
        Err(failure) => harvest.field(&about, access_key::LIST, Err(failure)),
    };
    match found {
        Ok(found) => {
            observed.mfa_active = (!found.is_empty()).into();
            observed.mfa_devices = found.into();
        }
        Err(failure) => {
            observed.mfa_active = unknown(mfa::LIST, &failure);
            observed.mfa_devices = harvest.field(&about, mfa::LIST, Err(failure));
        }
    }
    observed.password_enabled = harvest.field(&about, PASSWORD, password.map(Some));
    // Without a password there is nothing to know of it.
    if observed.password_enabled.known() != Some(&false) {
        observed.password_last_used = Field::unknown("", why);
        observed.password_last_changed = Field::unknown("", why);
    }
}

async fn has_password(context: &Context<'_>, iam: &Client, user: &str) -> Result<bool, Failure> {
    let call = iam.get_login_profile().user_name(user).send();
    let answer = context.session.call(call).await;
    Ok(absent(answer, &["NoSuchEntity"])?.is_some())
}

#[cfg(test)]
mod tests {
    use blastwall_model::GLOBAL;

    use super::*;

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
