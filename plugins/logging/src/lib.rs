//! Checks on the audit trail, one file a check; their cases are in `cases/`.

mod cloudtrail_all_regions;

blastwall_sdk::plugin! {
    name = "logging",
    checks = [cloudtrail_all_regions::check]
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
