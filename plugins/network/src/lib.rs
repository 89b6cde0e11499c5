//! Checks on what the network lets in, one file a check; their cases are in `cases/`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing))]

mod all_ports;
mod cifs;
mod default_group;
mod endpoint_policy;
mod flow_logs;
mod network_acl;
mod peering_routes;
mod specific_ports;
mod world;

blastwall_sdk::plugin! {
    name = "network",
    checks = [
        all_ports::check,
        cifs::check,
        default_group::check,
        endpoint_policy::check,
        flow_logs::check,
        network_acl::check,
        peering_routes::check,
        specific_ports::check,
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
