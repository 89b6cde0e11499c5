//! What was asked, for tests that compare the calls sent with the actions declared.

use blastwall_model::AccountId;

/// One request that the simulation answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRequest {
    /// The account of the caller; none if the credentials were not accepted.
    pub account: Option<AccountId>,
    /// The ARN of the caller; none if the credentials were not accepted.
    pub principal: Option<String>,
    /// The service as requests are signed for it: `s3`; `s3-control` where that is another API.
    pub service: String,
    /// The operation as the request names it, known or not: `GetBucketPolicy`.
    pub operation: String,
    /// The IAM action that allows it; none if the operation is unknown or needs none.
    pub action: Option<&'static str>,
    /// The region that the request was signed for.
    pub region: String,
    /// What it was asked of, if one resource.
    pub resource: Option<String>,
    /// The error code of the answer; none if it succeeded.
    pub error: Option<String>,
}
