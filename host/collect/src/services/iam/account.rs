//! What is true of the account as a whole: `AWS::IAM::RootUser`, `AWS::IAM::AccountPasswordPolicy`
//! and `AWS::IAM::AccountSummary`.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::PasswordPolicy;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::iam::AccountPasswordPolicyConfig;
use blastwall_model::resources::{
    AccountPasswordPolicy, AccountPasswordPolicyKind, AccountSummary, AccountSummaryKind, RootUser,
    RootUserKind, UserKind,
};
use blastwall_model::{Field, GLOBAL, GapKind, Kind, Resource};

use super::generation::{REPORT, Unreported};
use super::mfa::{self, Devices};
use super::report::{Report, Row};
use crate::Product;
use crate::context::Context;
use crate::harvest::{About, Harvest, absent, unknown};

pub(super) const SUMMARY: Declaration = super::call("GetAccountSummary", "iam:GetAccountSummary");
const PASSWORD_POLICY: Declaration =
    super::call("GetAccountPasswordPolicy", "iam:GetAccountPasswordPolicy");

pub(super) const SUMMARY_PRODUCT: Product = Product {
    kind: AccountSummaryKind::TYPE,
    calls: &[SUMMARY],
    tags: &[],
};
pub(super) const PASSWORD_POLICY_PRODUCT: Product = Product {
    kind: AccountPasswordPolicyKind::TYPE,
    calls: &[PASSWORD_POLICY],
    tags: &[],
};

/// Counts by name.
pub(super) type Summary = BTreeMap<String, i64>;

/// The counts that IAM keeps; none if nothing that is wanted needs them.
pub(super) async fn summary(
    context: &Context<'_>,
    iam: &Client,
) -> Option<Result<Summary, Failure>> {
    if context
        .wanted(&[AccountSummaryKind::TYPE, RootUserKind::TYPE, UserKind::TYPE])
        .is_empty()
    {
        return None;
    }
    let answer = context.session.call(iam.get_account_summary().send()).await;
    Some(answer.map(|answer| {
        answer
            .summary_map()
            .into_iter()
            .flatten()
            .map(|(key, count)| (key.as_str().to_owned(), i64::from(*count)))
            .collect()
    }))
}

/// The documents that come of summary and report.
pub(super) fn finish(
    context: &Context<'_>,
    summary: Option<Result<Summary, Failure>>,
    report: &Result<Report, Unreported>,
    devices: &Devices,
    harvest: &mut Harvest,
) {
    let Some(summary) = summary else {
        return;
    };
    if context.wants(RootUserKind::TYPE)
        && let Some(mut root) = document(context, "root", SUMMARY, harvest)
    {
        root_user(&mut root, &summary, report, devices, harvest);
        harvest.add(&root);
    }
    if context.wants(AccountSummaryKind::TYPE)
        && let Some(mut counts) = document(context, "account-summary", SUMMARY, harvest)
    {
        let counts: &mut AccountSummary = &mut counts;
        let about = About::resource(counts);
        counts.observed.summary_map = harvest.field(&about, SUMMARY, summary.map(Some));
        harvest.add(counts);
    }
}

/// The one document of its type that every account has.
fn document<K: Kind>(
    context: &Context<'_>,
    resource: &str,
    call: Declaration,
    harvest: &mut Harvest,
) -> Option<Resource<K>> {
    match context.arn("iam", "", resource) {
        Ok(arn) => {
            let account = context.session.account().clone();
            Some(Resource::new(arn, account, GLOBAL))
        }
        Err(failure) => {
            harvest.listing(&[K::TYPE], call, GLOBAL, &failure);
            None
        }
    }
}

/// The summary knows most of the root user; what it does not, the credential report may, and the
/// listing of virtual MFA devices.
fn root_user(
    root: &mut RootUser,
    summary: &Result<Summary, Failure>,
    report: &Result<Report, Unreported>,
    devices: &Devices,
    harvest: &mut Harvest,
) {
    let about = About::resource(root);
    if let Err(failure) = summary {
        harvest.incomplete(&about, SUMMARY, failure);
    }
    let row = report
        .as_ref()
        .ok()
        .and_then(|report| report.row(root.arn.as_str()));
    let mut fact =
        |name: &str, reported: Option<bool>| fact(summary, name, reported, &about, harvest);
    let observed = &mut root.observed;
    observed.account_mfa_enabled = fact("AccountMFAEnabled", row.and_then(|row| row.mfa_active));
    observed.account_access_keys_present = fact(
        "AccountAccessKeysPresent",
        row.map(|row| !row.keys.is_empty()),
    );
    observed.account_signing_certificates_present = fact(
        "AccountSigningCertificatesPresent",
        row.map(|row| row.has_certificate),
    );
    observed.account_password_present = fact(
        "AccountPasswordPresent",
        row.and_then(|row| row.password_enabled),
    );
    observed.password_last_used = of_row(
        row.map(|row| row.password_last_used.clone()),
        report,
        &about,
        harvest,
    );
    observed.access_key_last_used = match (row, observed.account_access_keys_present.known()) {
        // Without a key there is nothing to know of it.
        (None, Some(false)) => Field::ABSENT,
        _ => of_row(row.map(key_last_used), report, &about, harvest),
    };
    observed.virtual_mfa_device = match devices.virtual_of(&root.arn) {
        Ok(devices) => Field::Known(!devices.is_empty()),
        Err(_) if observed.account_mfa_enabled == Field::Known(false) => Field::Known(false),
        Err(failure) => harvest.field(&about, mfa::LIST_VIRTUAL, Err(failure.clone())),
    };
}

/// The last use of either key; times of RFC 3339 in UTC are in the order of their texts.
fn key_last_used(row: &Row) -> Option<String> {
    row.keys
        .iter()
        .filter_map(|key| key.last_used.clone())
        .max()
}

/// A fact about the root user: the summary's count, else what the report says.
fn fact(
    summary: &Result<Summary, Failure>,
    name: &str,
    reported: Option<bool>,
    about: &About,
    harvest: &mut Harvest,
) -> Field<bool> {
    let counted = summary.as_ref().map(|summary| summary.get(name));
    match (counted, reported) {
        (Ok(Some(count)), _) => Field::Known(*count > 0),
        (_, Some(reported)) => Field::Known(reported),
        (Err(failure), None) => unknown(SUMMARY, failure),
        (Ok(None), None) => harvest.field(about, SUMMARY, Err(not_reported(&format!("no {name}")))),
    }
}

/// What the root user's row of the report says, if there is a row.
fn of_row(
    said: Option<Option<String>>,
    report: &Result<Report, Unreported>,
    about: &About,
    harvest: &mut Harvest,
) -> Field<String> {
    match (said, report) {
        (Some(said), _) => said.into(),
        (None, Err(Unreported { call, failure })) => unknown(*call, failure),
        (None, Ok(_)) => {
            harvest.field(about, REPORT, Err(not_reported("no row for the root user")))
        }
    }
}

fn not_reported(what: &str) -> Failure {
    let message = format!("the answer has {what}");
    Failure::new(GapKind::Unsupported, "NotReported", &message)
}

/// The password policy's document, if it is wanted.
pub(super) async fn password_policy(context: &Context<'_>, iam: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(AccountPasswordPolicyKind::TYPE) {
        return harvest;
    }
    let call = iam.get_account_password_policy().send();
    let answer = context.session.call(call).await;
    let found = document(
        context,
        "account-password-policy",
        PASSWORD_POLICY,
        &mut harvest,
    );
    let Some(mut policy): Option<AccountPasswordPolicy> = found else {
        return harvest;
    };
    match absent(answer, &["NoSuchEntity"]) {
        Ok(answer) => {
            let answer = answer.and_then(|answer| answer.password_policy);
            policy.config = convert(answer.as_ref());
        }
        Err(failure) => {
            harvest.incomplete(&About::resource(&policy), PASSWORD_POLICY, &failure);
            let reason = crate::harvest::reason(PASSWORD_POLICY, &failure);
            policy.mark_unknown("config", &reason);
        }
    }
    harvest.add(&policy);
    harvest
}

fn convert(policy: Option<&PasswordPolicy>) -> AccountPasswordPolicyConfig {
    let Some(policy) = policy else {
        return AccountPasswordPolicyConfig {
            policy_present: false.into(),
            ..Default::default()
        };
    };
    // AWS has sent 0 for "not set" as well as nothing.
    let set = |number: Option<i32>| {
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number > 0)
    };
    AccountPasswordPolicyConfig {
        policy_present: true.into(),
        minimum_password_length: set(policy.minimum_password_length()).into(),
        require_symbols: policy.require_symbols().into(),
        require_numbers: policy.require_numbers().into(),
        require_uppercase_characters: policy.require_uppercase_characters().into(),
        require_lowercase_characters: policy.require_lowercase_characters().into(),
        allow_users_to_change_password: policy.allow_users_to_change_password().into(),
        max_password_age: set(policy.max_password_age()).into(),
        password_reuse_prevention: set(policy.password_reuse_prevention()).into(),
        hard_expiry: policy.hard_expiry().into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn root(summary: Result<Summary, Failure>, table: &str) -> (RootUser, Harvest) {
        let mut root = RootUser::new(
            "arn:aws:iam::111122223333:root".parse().unwrap(),
            "111122223333".parse().unwrap(),
            GLOBAL,
        );
        let mut harvest = Harvest::default();
        let report = Ok(Report::parse(table.as_bytes()).unwrap());
        let devices = Devices::new(Err(Failure::answered("AccessDenied", "no")), None);
        root_user(&mut root, &summary, &report, &devices, &mut harvest);
        (root, harvest)
    }

    const TABLE: &str = "arn,mfa_active,password_last_used,access_key_1_active\n\
        arn:aws:iam::111122223333:root,TRUE,2026-01-01T00:00:00+00:00,TRUE\n";

    #[test]
    fn the_summary_goes_before_the_report() {
        let summary = BTreeMap::from([("AccountMFAEnabled".to_owned(), 0)]);
        let (root, harvest) = root(Ok(summary), TABLE);
        assert_eq!(root.observed.account_mfa_enabled, Field::Known(false));
        assert_eq!(
            root.observed.account_access_keys_present,
            Field::Known(true)
        );
        assert_eq!(
            root.observed.password_last_used.known().map(String::as_str),
            Some("2026-01-01T00:00:00Z")
        );
        assert!(root.observed.account_password_present.get().is_err());
        assert_eq!(root.observed.access_key_last_used, Field::ABSENT);
        assert_eq!(root.observed.virtual_mfa_device, Field::Known(false));
        assert_eq!(harvest.gaps.len(), 1);
    }

    #[test]
    fn without_a_row_the_rest_is_unknown() {
        let failure = Failure::answered("AccessDenied", "no");
        let (root, harvest) = root(Err(failure), "arn\n");
        let unknown = root.unknown();
        assert_eq!(unknown.len(), 7);
        assert_eq!(
            unknown["observed.AccountMFAEnabled"],
            "AccessDenied: iam:GetAccountSummary"
        );
        assert_eq!(
            unknown["observed.PasswordLastUsed"],
            "NotReported: iam:GetCredentialReport"
        );
        assert_eq!(
            unknown["observed.VirtualMFADevice"],
            "AccessDenied: iam:ListVirtualMFADevices"
        );
        let actions: BTreeSet<&str> = harvest.gaps.iter().map(|gap| &*gap.action).collect();
        assert_eq!(actions.len(), 3);
    }

    #[test]
    fn no_password_policy_is_an_answer() {
        let config = convert(None);
        assert_eq!(config.policy_present, Field::Known(false));
        assert_eq!(config.minimum_password_length, Field::ABSENT);
        let policy = PasswordPolicy::builder().max_password_age(0).build();
        assert_eq!(convert(Some(&policy)).max_password_age, Field::ABSENT);
    }
}
