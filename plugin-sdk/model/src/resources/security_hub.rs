//! AWS Security Hub, as the Cloud Control API describes it.

use crate::resource::{kind, properties};

properties! {
    /// What is set on Security Hub in a region (`AWS::SecurityHub::Hub`).
    "config" HubConfig {
        /// Its ARN.
        "ARN" arn: String,
        /// Whether new controls of enabled standards are enabled unasked.
        "AutoEnableControls" auto_enable_controls: bool,
        /// `STANDARD_CONTROL` or `SECURITY_CONTROL`.
        "ControlFindingGenerator" control_finding_generator: String,
        /// RFC 3339.
        "SubscribedAt" subscribed_at: String,
    }
}

properties! {
    /// Nothing is observed of it.
    "observed" HubObserved {}
}

kind! {
    /// Security Hub in a region, where it is switched on.
    Hub, HubKind = "AWS::SecurityHub::Hub", HubConfig, HubObserved
}
