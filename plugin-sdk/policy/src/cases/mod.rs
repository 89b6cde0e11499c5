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
//! | `kms_grants` | grants on the key: `grantee`, `operations`, `constraints` |
//! | `scps`, `rcps` | policies per level, root first, as they bind this request |
//! | `org` | instead: `management_account`, `scps_by_account`, `rcps_by_account`; the engine selects |
//! | `vpce` | policies of the VPC endpoints the request passes |
//! | `s3_restrict_public_buckets` | the effective setting |
//! | `rule`, `why`, `expect`, `expect_kind`, `confidence`, `source` | for readers; not looked at |
//!
//! A policy is an object or its JSON text. Anything else in a case is an error of that case: a field
//! this engine does not know may be the one that decides. [`answers`] goes through a whole input and
//! never stops at a bad entry.
//!
//! ```
//! let line = r#"{"id": "1", "request": {"principal": "111111111111", "action": "s3:ListAllMyBuckets",
//!     "resource": "*", "resource_account": "111111111111", "context": {}}}"#;
//! let answer = blastwall_policy::cases::decide(line).unwrap();
//! assert!(answer.to_json().starts_with(r#"{"id":"1","decision":"Allowed""#));
//! ```

mod answer;
mod case;
mod input;
mod read;

pub use answer::{Answer, CaseError, CaseProblem};
pub use case::Case;
pub use input::{answers, decide};
