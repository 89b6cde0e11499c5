//! What one policy does by itself, for checks: whom it lets in, whether S3 would call it public,
//! what it asks of a request, whether it refuses plain HTTP, whether it grants administration or a
//! way to it.
//!
//! [`explain`] says all of it in words. Nothing here decides requests; a policy that grants may still be stopped by another layer.

mod administration;
mod audience;
#[cfg(feature = "actions")]
mod classes;
mod escalation;
mod explain;
mod narrowing;
mod provider;
mod public;
mod safeguards;
mod transport;
mod words;

pub use administration::grants_administration;
pub use audience::{Audience, Grant, audience};
#[cfg(feature = "actions")]
pub use classes::{action_classes, audience_by_class};
pub use escalation::{ESCALATIONS, Escalation, EscalationFinding, escalations};
pub use explain::{Explanation, PolicyKind, Remark, Sentence, Weight, explain};
pub use provider::{KNOWN_PROVIDERS, KnownProvider, known_provider};
pub(crate) use public::is_public_policy;
pub use public::{PublicGrant, public_access};
pub use safeguards::{Safeguards, safeguards, statement_safeguards};
pub use transport::{PlainHttp, requires_tls};
