//! The registry of collectors, one module a service.

mod access_analyzer;
mod account;
pub(crate) mod cloud_control;
mod cloudtrail;
mod cloudwatch;
mod config;
mod ec2;
mod iam;
mod kms;
mod lambda;
mod logs;
mod s3;

use crate::Collector;

/// All collectors, by service.
pub(crate) const ALL: &[Collector] = &[
    access_analyzer::COLLECTOR,
    account::COLLECTOR,
    cloudtrail::COLLECTOR,
    cloudwatch::COLLECTOR,
    config::COLLECTOR,
    ec2::COLLECTOR,
    iam::COLLECTOR,
    kms::COLLECTOR,
    lambda::COLLECTOR,
    logs::COLLECTOR,
    s3::COLLECTOR,
    s3::ACCESS_POINTS,
];
