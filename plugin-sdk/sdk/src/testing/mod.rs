//! The test kit: resources in, verdicts out, natively.
//!
//! [`World`] is for tests in Rust, next to the check. [`cases`] runs cases written as JSON, which
//! the host runs again through WebAssembly, so that each is written once. Everything here fails
//! by panicking, as tests do.
//!
//! ```
//! use blastwall_sdk::{json, prelude::*, testing::World, Verdict};
//! # /// Keep a policy
//! # ///
//! # /// Text.
//! # ///
//! # /// # Remediation
//! # /// Text.
//! # #[check(id = "example", severity = Low, category = Security)]
//! # fn has_policy(bucket: &Bucket) -> Result<Outcome, Unknown> {
//! #     Ok(match bucket.config.policy_document.get()? {
//! #         Some(_) => pass("there is one"),
//! #         None => fail("there is none"),
//! #     })
//! # }
//! let world = World::new().resource(json!({
//!     "type": "AWS::S3::Bucket",
//!     "arn": "arn:aws:s3:::data",
//!     "unknown": { "config.PolicyDocument": "AccessDenied" },
//! }));
//! assert_eq!(world.outcome::<has_policy>().verdict, Verdict::Unknown);
//! ```

#![allow(
    clippy::panic,
    reason = "a test kit fails tests, and panicking is how a test fails"
)]

mod cases;
mod world;

pub use cases::{Actual, Case, CaseFile, Difference, Expectation, cases};
pub use world::{ACCOUNT, ORGANIZATION, SCANNED_AT, World};
