//! Checks on users, credentials and policies of AWS IAM, one file a check; their cases are in
//! `cases/`.

mod access_key_age;
mod administration;
mod console_mfa;
mod group_administration;
mod policy_administration;
mod role_administration;
mod root_access_keys;
mod root_mfa;
mod user_administration;

blastwall_sdk::plugin! {
    name = "iam",
    checks = [
        access_key_age::check,
        console_mfa::check,
        group_administration::check,
        policy_administration::check,
        role_administration::check,
        root_access_keys::check,
        root_mfa::check,
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
