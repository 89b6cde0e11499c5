//! Checks on S3 buckets, one file a check; their cases are in `cases/`.

mod block;
mod default_encryption;
mod policy;
mod public_acl;
mod public_policy;
mod tls;

blastwall_sdk::plugin! {
    name = "s3",
    checks = [default_encryption::check, public_acl::check, public_policy::check, tls::check]
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
