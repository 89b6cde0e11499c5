//! Checks on alarms and on services that watch an account; their cases are in `cases/`.
//!
//! The checks on alarms are one mechanism, `alarms`, with a table of what they must catch.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod alarms;
mod analyzer;
mod pattern;
mod regions;
mod security_hub;

use alarms::table;

blastwall_sdk::plugin! {
    name = "monitoring",
    checks = [
        analyzer::check,
        security_hub::check,
        table::UnauthorizedCalls,
        table::SignInWithoutMfa,
        table::RootUse,
        table::IamPolicyChanges,
        table::TrailChanges,
        table::FailedSignIns,
        table::KeyDeletions,
        table::BucketPolicyChanges,
        table::RecorderChanges,
        table::SecurityGroupChanges,
        table::NetworkAclChanges,
        table::GatewayChanges,
        table::RouteChanges,
        table::VpcChanges,
        table::OrganizationChanges,
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
