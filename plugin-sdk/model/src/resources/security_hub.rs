//! AWS Security Hub. Read by the Cloud Control API, so everything is as its schema has it.

use crate::resource::{kind, properties};

properties! {
    /// What is set on Security Hub in a region (`AWS::SecurityHub::Hub`).
    "config" SecurityHubConfig {
        /// Whether new controls of enabled standards are enabled by themselves.
        "AutoEnableControls" auto_enable_controls: bool,
        /// `SECURITY_CONTROL` or `STANDARD_CONTROL`: one finding a control, or one a standard.
        "ControlFindingGenerator" control_finding_generator: String,
        /// When it was enabled, RFC 3339.
        "SubscribedAt" subscribed_at: String,
    }
}

properties! {
    /// Nothing is observed of it.
    "observed" SecurityHubObserved {}
}

kind! {
    /// Security Hub, enabled in a region.
    SecurityHub, SecurityHubKind = "AWS::SecurityHub::Hub", SecurityHubConfig, SecurityHubObserved
}
