//! What one policy does by itself, for checks: whom it lets in, whether S3 would call it public,
//! whether it refuses plain HTTP, whether it grants administration.
//!
//! Nothing here decides requests; a policy that grants may still be stopped by another layer.

mod administration;
mod audience;
mod narrowing;
mod public;
mod transport;

pub use administration::grants_administration;
pub use audience::{Audience, Grant, audience};
pub(crate) use public::is_public_policy;
pub use public::{PublicGrant, public_access};
pub use transport::{PlainHttp, requires_tls};
