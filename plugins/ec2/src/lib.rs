//! Checks on instances and volumes of EC2, one file a check; their cases are in `cases/`.

mod volume_encryption;

blastwall_sdk::plugin! {
    name = "ec2",
    checks = [volume_encryption::check]
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
