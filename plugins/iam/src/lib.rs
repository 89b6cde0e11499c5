//! Checks on users, roles, credentials and policies of AWS IAM and on the contacts of accounts; their
//! cases are in `cases/`.

mod access_key_age;
mod access_keys_several;
mod administration;
mod attached;
mod certificates;
mod console_mfa;
mod contacts;
mod credentials_unused;
mod direct_policies;
mod escalation;
mod group_administration;
mod in_use;
mod password_policy;
mod policy_administration;
mod quarantine;
mod role_administration;
mod role_trust;
mod role_unused;
mod root_access_keys;
mod root_mfa;
mod root_use;
mod user_administration;

blastwall_sdk::plugin! {
    name = "iam",
    checks = [
        access_key_age::check,
        access_keys_several::check,
        attached::cloudshell,
        attached::support,
        certificates::lifetime,
        certificates::server,
        certificates::signing,
        console_mfa::check,
        contacts::primary,
        contacts::security,
        credentials_unused::check,
        direct_policies::check,
        escalation::check,
        group_administration::check,
        in_use::console,
        in_use::in_use,
        password_policy::characters,
        password_policy::expiry,
        password_policy::length,
        password_policy::reuse,
        policy_administration::check,
        quarantine::check,
        role_administration::check,
        role_trust::external_id,
        role_trust::outside,
        role_trust::provider_subject,
        role_trust::public,
        role_unused::check,
        root_access_keys::check,
        root_mfa::check,
        root_use::hardware,
        root_use::used,
        user_administration::check,
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        blastwall_sdk::testing::cases(
            &crate::PLUGIN,
            concat!(env!("CARGO_MANIFEST_DIR"), "/cases"),
        );
    }
}
