//! Checks of our own, for `blastwall scan --plugin-file {{name}}.wasm`.

use blastwall_sdk::prelude::*;

/// Give every user a permissions boundary
///
/// Looks at whether each IAM user has a permissions boundary, which caps whatever its policies
/// allow.
///
/// # Remediation
///
/// ```sh
/// aws iam put-user-permissions-boundary --user-name NAME --permissions-boundary POLICY_ARN
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
#[check(id = "{{name}}-user-boundary", severity = Medium, category = Security)]
fn user_boundary(user: &User) -> Result<Outcome, Unknown> {
    Ok(match user.config.permissions_boundary.get()? {
        Some(boundary) => pass("the user has a permissions boundary")
            .evidence("/config/PermissionsBoundary", boundary),
        None => fail("the user has no permissions boundary"),
    })
}

/// How buckets are named.
#[derive(Parameters)]
struct Naming {
    /// What the name of each bucket begins with.
    #[parameter(default = "example-")]
    prefix: String,
}

/// Name buckets after the company
///
/// Looks at whether the name of each bucket begins with the prefix that is ours, so that everybody
/// knows whose it is.
///
/// # Remediation
///
/// Copy the objects into a bucket that is named well; a bucket cannot be renamed.
#[check(id = "{{name}}-bucket-name", severity = Low, category = Security)]
fn bucket_name(bucket: &Bucket, parameters: &Naming) -> Result<Outcome, Unknown> {
    let name = bucket.config.bucket_name.required()?;
    let prefix = &parameters.prefix;
    let outcome = if name.starts_with(prefix) {
        pass(format!("the name begins with {prefix}"))
    } else {
        fail(format!("the name does not begin with {prefix}"))
    };
    Ok(outcome.evidence("/config/BucketName", name))
}

blastwall_sdk::plugin! { name = "{{name}}", checks = [user_boundary, bucket_name] }

#[cfg(test)]
mod tests {
    use blastwall_sdk::model::resources::Bucket;
    use blastwall_sdk::{Verdict, testing};

    /// The same cases as `blastwall plugin test` runs in the sandbox.
    #[test]
    fn cases() {
        testing::cases(
            &crate::PLUGIN,
            concat!(env!("CARGO_MANIFEST_DIR"), "/cases"),
        );
    }

    /// A world can be built in Rust, too.
    #[test]
    fn the_prefix_is_a_parameter() {
        let arn = "arn:aws:s3:::acme-logs".parse().unwrap();
        let account = testing::ACCOUNT.parse().unwrap();
        let mut bucket = Bucket::new(arn, account, "eu-west-1");
        bucket.config.bucket_name = "acme-logs".to_owned().into();
        let world = testing::World::new().resource(&bucket);
        assert_eq!(world.outcome::<crate::bucket_name>().verdict, Verdict::Fail);
        let world = world.parameter("prefix", "acme-");
        assert_eq!(world.outcome::<crate::bucket_name>().verdict, Verdict::Pass);
    }
}
