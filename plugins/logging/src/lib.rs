//! Checks on what is recorded: trails, AWS Config and logs; their cases are in `cases/`.

mod cloudtrail_all_regions;
mod config_recorder;
mod data_events;
mod log_groups;
mod regions;
mod trail_settings;

blastwall_sdk::plugin! {
    name = "logging",
    checks = [
        cloudtrail_all_regions::check,
        config_recorder::check,
        data_events::reads,
        data_events::writes,
        log_groups::retention,
        trail_settings::bucket_logging,
        trail_settings::delivery,
        trail_settings::encryption,
        trail_settings::validation,
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
