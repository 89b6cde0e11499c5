//! Checks on S3 buckets, one file a check; their cases are in `cases/`.

mod access_logging;
mod block;
mod block_public_access;
mod default_encryption;
mod mfa_delete;
mod outside;
mod ownership;
mod policy;
mod public_acl;
mod public_policy;
mod replication;
mod tls;
mod versioning;

blastwall_sdk::plugin! {
    name = "s3",
    checks = [
        access_logging::check,
        block_public_access::of_account,
        block_public_access::of_bucket,
        default_encryption::check,
        mfa_delete::check,
        outside::of_access_point,
        outside::of_bucket,
        ownership::check,
        public_acl::check,
        public_policy::check,
        replication::check,
        tls::check,
        versioning::check,
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
