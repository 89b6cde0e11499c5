//! What may be sent.

/// One API operation that Blastwall sends, and the IAM action that allows it.
///
/// From these come the session policy, the audit role and the guard: an operation that nobody
/// declared is never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Declaration {
    /// The service as the SDK names it: `S3`, `S3 Control`, `EC2`.
    pub service: &'static str,
    /// The operation: `ListBuckets`.
    pub operation: &'static str,
    /// The IAM action: `s3:ListAllMyBuckets`.
    pub action: &'static str,
}
