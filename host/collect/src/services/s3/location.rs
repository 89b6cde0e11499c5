//! In which region a bucket is.

use aws_sdk_s3::Client;
use blastwall_aws::{Declaration, Failure};

use crate::context::Context;

pub(super) const GET: Declaration = super::call("GetBucketLocation", "s3:GetBucketLocation");

/// Asks for the region of a bucket that was listed without one, as older implementations of the
/// API do.
pub(super) async fn location(
    context: &Context<'_>,
    s3: &Client,
    bucket: &str,
) -> Result<String, Failure> {
    let answer = context
        .session
        .call(s3.get_bucket_location().bucket(bucket).send())
        .await?;
    let constraint = answer
        .location_constraint()
        .map_or("", |constraint| constraint.as_str());
    Ok(region_of(constraint).to_owned())
}

/// The region that a location constraint means.
/// Source: S3 API Reference, `GetBucketLocation`: none means us-east-1, `EU` means eu-west-1.
fn region_of(constraint: &str) -> &str {
    match constraint {
        "" => "us-east-1",
        "EU" => "eu-west-1",
        region => region,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_constraints_name_regions() {
        for (constraint, region) in [
            ("", "us-east-1"),
            ("EU", "eu-west-1"),
            ("ap-south-1", "ap-south-1"),
        ] {
            assert_eq!(region_of(constraint), region);
        }
    }
}
