//! What the author of a Blastwall plugin uses.
//!
//! A check is a function with an attribute. Its documentation is its doc comment, in a fixed
//! shape; the compiler says what is missing.
//!
//! ```
//! use blastwall_sdk::prelude::*;
//!
//! /// Keep versions of objects
//! ///
//! /// A bucket whose policy cannot be seen … why it matters.
//! ///
//! /// # Remediation
//! /// Repair it.
//! ///
//! /// # References
//! /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html>
//! #[check(id = "example-bucket-policy", severity = Low, category = Security)]
//! fn bucket_policy(bucket: &Bucket) -> Result<Outcome, Unknown> {
//!     Ok(match bucket.config.policy_document.get()? {
//!         Some(policy) => pass("the bucket has a policy").evidence("/config/PolicyDocument", policy),
//!         None => fail("the bucket has no policy"),
//!     })
//! }
//!
//! blastwall_sdk::plugin! { name = "example", checks = [bucket_policy] }
//! # fn main() {}
//! ```
//!
//! # Checks
//!
//! `#[check(id = "…", severity = …, category = …, controls = ["framework:number"], reads = […])]`
//! stands on `fn(resource: &T, …)`, which judges each resource of a type, on
//! `fn(account: &Account, …)`, which judges the account once, or on
//! `fn(organization: &Organization, …)`, which judges the organization once. Each takes
//! `parameters: &P` too, with `P` a struct that derives [`Parameters`], and what it joins:
//! `account: &Account`, `organization: &Organization`. `reads` lists the types that it asks them
//! for.
//!
//! `?` on a property that could not be fetched ends the check with the verdict `unknown` and the
//! reason: missing data never becomes a pass, and the author writes no line for it.
//!
//! # Plugins
//!
//! [`plugin!`] names the plugin and its checks. Built for `wasm32-unknown-unknown` the crate
//! becomes a component of the world `blastwall:plugin/plugin`; natively it is an ordinary library
//! whose checks [`testing`] runs.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod account;
mod check;
mod context;
mod facts;
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod guest;
mod insiders;
mod listing;
mod moment;
mod organization;
mod outcome;
mod parameters;
mod plugin;
mod policies;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use account::Account;
pub use check::{Check, Metadata, Registration, Subject, WholeAccount, WholeOrganization};
pub use context::Context;
pub use facts::{Judged, Place, Request, Source};
pub use insiders::Insiders;
pub use listing::{Listed, Listing, Malformed, ResourceType};
pub use organization::Organization;
pub use outcome::{Judgement, Outcome, fail, not_applicable, pass};
#[doc(hidden)]
pub use parameters::parameter;
pub use parameters::{ParameterType, ParameterValues, Parameters};
pub use plugin::Plugin;
pub use policies::read_policy;

pub use blastwall_macros::{Parameters, check};
pub use blastwall_model as model;
pub use blastwall_model::{
    AccountId, Arn, Category, CheckId, Evidence, Field, Parameter, Severity, Unknown, Verdict,
};
pub use blastwall_policy as policy;
pub use serde_json::{Value, json};

/// What a check needs, in one line: `use blastwall_sdk::prelude::*;`.
pub mod prelude {
    // `Account` and `Organization` are what is judged; what AWS Organizations says of an account is
    // a resource like any other. Types whose names say little without their service stay with it:
    // `model::resources::logs::ResourcePolicy`.
    pub use crate::model::resources::{
        AccessPoint, AccountPasswordPolicy, AccountPublicAccessBlock, AccountSummary, Alarm,
        Analyzer, Bucket, ConfigurationRecorder, Contacts, DelegatedAdministrator, DeliveryChannel,
        EbsEncryptionByDefault, Eip, FlowLog, Group, Image, ImageBlockPublicAccess, Instance,
        InstanceMetadataDefaults, InstanceProfile, InternetGateway, Key, KeyPair, LaunchTemplate,
        LogGroup, ManagedPolicy, MetricFilter, NetworkAcl, NetworkInterface, OidcProvider, Region,
        Role, RootUser, RouteTable, SamlProvider, SecurityGroup, SecurityHub, ServerCertificate,
        ServiceSpecificCredentials, SigningCertificate, Snapshot, SnapshotBlockPublicAccess,
        SshPublicKey, Subnet, SubscriptionFilter, Trail, User, Volume, Vpc,
        VpcBlockPublicAccessOptions, VpcEndpoint, VpcPeeringConnection,
    };
    pub use crate::model::resources::{
        Account as OrganizationAccount, Organization as OrganizationDescription,
        OrganizationalUnit, Policy as OrganizationPolicy,
    };
    pub use crate::{
        Account, Insiders, Organization, Outcome, Parameters, Unknown, check, fail, not_applicable,
        pass, policy, read_policy,
    };
}
