//! Decision cases: one request with every policy layer as one JSON object, decided and answered.
//!
//! The format (`blastwall-iam-cases/1`) is that of this crate's own test data, and what a runner puts
//! to the engine from outside. One object has:
//!
//! | field | meaning |
//! | --- | --- |
//! | `id` | echoed in the answer |
//! | `request` | `principal`, `action`, `resource`, `resource_account` and `context` (key to value or list of values) |
//! | `principal_role_path` | path of the role behind a session |
//! | `identity` | identity policies, those of groups included |
//! | `boundary`, `session` | the permissions boundary; the session policy or policies |
//! | `resource_policy` | policy of the resource: trust policy for `sts:AssumeRole…`, key policy for KMS |
//! | `access_point_bucket` | the bucket behind the access point that is the request's resource: `resource`, `resource_account` and `policy` |
//! | `kms_grants` | grants on the key: `grantee`, `operations`, `constraints` |
//! | `scps`, `rcps` | policies per level, root first, as they bind this request |
//! | `org` | instead: `management_account`, `scps_by_account`, `rcps_by_account`; the engine selects |
//! | `vpce` | policies of the VPC endpoints the request passes |
//! | `s3_restrict_public_buckets` | the effective setting |
//! | `rule`, `why`, `expect`, `expect_kind`, `confidence`, `source` | for readers; not looked at |
//!
//! A policy is an object or its JSON text. Any other field of the case itself is passed over and named
//! in the answer as `ignored`, for people annotate cases; one that is nearly a field of the format is
//! an error, for it may be meant to decide. So is every unknown field further inside, except for
//! those whose names say that they only describe (`comment`, `note`, `title`, …).
//!
//! [`answers`] goes through a whole input and [`Runner`] through one that comes piece by piece; neither
//! stops at a bad entry.
//!
//! ```
//! let line = r#"{"id": "1", "request": {"principal": "111111111111", "action": "s3:ListAllMyBuckets",
//!     "resource": "*", "resource_account": "111111111111", "context": {}}}"#;
//! let answer = blastwall_policy::cases::decide(line).unwrap();
//! assert!(answer.to_json().starts_with(r#"{"id":"1","decision":"allow""#));
//! ```

mod answer;
mod case;
mod input;
mod read;

pub use answer::{Answer, CaseError, CaseProblem};
pub use case::Case;
pub use input::{Runner, answers, decide};
