//! Checks on S3 buckets, one file a check; their cases are in `cases/`.

mod default_encryption;

blastwall_sdk::plugin! {
    name = "s3",
    checks = [default_encryption::check]
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
