use blastwall_sdk::prelude::*;

/// Keep a policy
///
/// Why it matters.
#[check(id = "bucket-policy", severity = High, category = Security)]
fn bucket_policy(bucket: &Bucket) -> Result<Outcome, Unknown> {
    Ok(pass("there is one"))
}

fn main() {}
