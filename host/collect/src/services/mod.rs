//! The registry of collectors, one module a service.

mod cloudtrail;
mod ec2;
mod iam;
mod s3;

use crate::Collector;

/// All collectors, by service.
pub(crate) const ALL: &[Collector] = &[
    cloudtrail::COLLECTOR,
    ec2::COLLECTOR,
    iam::COLLECTOR,
    s3::COLLECTOR,
];
