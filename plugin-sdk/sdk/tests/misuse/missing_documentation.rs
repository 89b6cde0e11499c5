use blastwall_sdk::prelude::*;

#[check(id = "bucket-policy", severity = High, category = Security)]
fn bucket_policy(bucket: &Bucket) -> Result<Outcome, Unknown> {
    Ok(pass("there is one"))
}

fn main() {}
