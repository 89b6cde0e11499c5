//! Checks on what the network lets in, one file a check; their cases are in `cases/`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing))]

mod all_ports;
mod specific_ports;
mod world;

blastwall_sdk::plugin! {
    name = "network",
    checks = [all_ports::check, specific_ports::check]
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
