use blastwall_sdk::prelude::*;

/// Keep a policy
///
/// Why it matters.
///
/// # Remediation
/// Put one there.
#[check(id = "bucket-policy", severity = Urgent, category = Security)]
fn bucket_policy(bucket: &Bucket) -> Result<Outcome, Unknown> {
    Ok(pass("there is one"))
}

fn main() {}
