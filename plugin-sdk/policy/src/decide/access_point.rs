//! Requests through an S3 access point.
//!
//! "For an application or user to be able to access objects through an access point, both the access
//! point and the underlying bucket must permit the request." So such a request is decided twice: as it
//! is made, on the ARN of the access point with its policy, and on the bucket's ARN with the bucket's
//! policy. What limits the caller has its say the first time. The bucket consents by its policy, often
//! by handing access control to the access points of an account (`s3:DataAccessPointAccount`), or,
//! within the account, by an identity policy that names the bucket.
//!
//! Source: Amazon S3 User Guide, "Configuring IAM policies for using access points"
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>.

use std::sync::LazyLock;

use super::layers::{Layers, Level};
use super::outcome::Decision;
use super::{Request, decide};
use crate::language::Policy;

/// The bucket behind the access point that a request names.
#[derive(Clone, Copy, Debug)]
pub struct UnderlyingBucket<'a> {
    /// The object or bucket itself: `arn:aws:s3:::bucket/key`.
    pub resource: &'a str,
    /// The account that owns the bucket: twelve digits.
    pub resource_account: &'a str,
    /// The bucket's policy.
    pub policy: Option<&'a Policy>,
    /// The resource control policies that protect the bucket, as in [`Layers::rcps`].
    pub rcps: Option<&'a [Level<'a>]>,
    /// The effective S3 setting RestrictPublicBuckets of the bucket.
    pub restrict_public_buckets: bool,
}

/// The decisions on a request through an access point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThroughAccessPoint {
    /// That of the access point.
    pub access_point: Decision,
    /// That of the bucket, whose policy is the resource policy of this decision.
    pub bucket: Decision,
}

impl ThroughAccessPoint {
    /// The one that counts: an explicit deny of either, else the first that does not allow.
    #[must_use]
    pub fn decision(self) -> Decision {
        let denies = |decision: &Decision| decision.kind == super::DecisionKind::ExplicitlyDenied;
        if denies(&self.access_point) || (!denies(&self.bucket) && !self.access_point.is_allowed())
        {
            self.access_point
        } else if !self.bucket.is_allowed() {
            self.bucket
        } else {
            self.access_point
        }
    }
}

/// What stands for consent that was judged at the access point.
static EVERYTHING: LazyLock<Option<Policy>> = LazyLock::new(|| {
    Policy::parse(r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#).ok()
});

/// Decides a request whose resource is an access point or an object in it, and whose resource policy in
/// `layers` is that of the access point. The context should have `s3:DataAccessPointAccount`,
/// `s3:DataAccessPointArn` and `s3:AccessPointNetworkOrigin`, as AWS gives them.
#[must_use]
pub fn decide_through_access_point(
    request: &Request<'_>,
    layers: &Layers<'_>,
    bucket: &UnderlyingBucket<'_>,
) -> ThroughAccessPoint {
    let everything = EVERYTHING.as_ref();
    let mut identity = layers.identity.to_vec();
    if request.principal.acting_account() != Some(bucket.resource_account) {
        identity.extend(everything);
    }
    let session: Vec<&Policy> = everything.into_iter().collect();
    let at_bucket = Request {
        resource: bucket.resource,
        resource_account: bucket.resource_account,
        ..*request
    };
    let of_bucket = Layers {
        identity: &identity,
        // That there is one matters to `NotPrincipal`.
        boundary: layers.boundary.and(everything),
        session: Some(&session),
        resource: bucket.policy,
        rcps: bucket.rcps,
        vpc_endpoints: layers.vpc_endpoints,
        restrict_public_buckets: bucket.restrict_public_buckets,
        ..Layers::default()
    };
    ThroughAccessPoint {
        access_point: decide(request, layers),
        bucket: decide(&at_bucket, &of_bucket),
    }
}
