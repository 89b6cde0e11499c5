//! The bucket policy, read.

use blastwall_sdk::Value;
use blastwall_sdk::policy::Policy;
use blastwall_sdk::prelude::*;

/// The policy of a bucket, as the document and as what it says; none if the bucket has none.
///
/// # Errors
/// If the policy could not be fetched, or is no policy: what it allows cannot be told.
pub(crate) fn bucket_policy(bucket: &Bucket) -> Result<Option<(&Value, Policy)>, Unknown> {
    let Some(document) = bucket.config.policy_document.get()? else {
        return Ok(None);
    };
    let policy = read_policy(document, "config.PolicyDocument")?;
    Ok(Some((document, policy)))
}
