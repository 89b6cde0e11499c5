use blastwall_sdk::prelude::*;

/// Keep a policy
///
/// Why it matters.
///
/// # Remediation
/// Put one there.
#[check(id = "bucket-policy", severity = High, category = Security)]
fn bucket_policy(bucket: &Bucket) -> bool {
    bucket.config.policy_document.known().is_some()
}

fn main() {}
