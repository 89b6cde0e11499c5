//! The registry of collectors, one module a service.

mod access_analyzer;
mod account;
pub(crate) mod cloud_control;
mod cloudtrail;
mod cloudwatch;
mod codebuild;
mod config;
mod dynamodb;
mod ec2;
mod ecr;
mod ecs;
mod eks;
mod iam;
mod kms;
mod lambda;
mod load_balancing;
mod logs;
mod s3;
mod secrets_manager;
mod sns;
mod sqs;

use crate::Collector;

/// All collectors, by service.
pub(crate) const ALL: &[Collector] = &[
    access_analyzer::COLLECTOR,
    account::COLLECTOR,
    cloudtrail::COLLECTOR,
    cloudwatch::COLLECTOR,
    codebuild::COLLECTOR,
    config::COLLECTOR,
    dynamodb::COLLECTOR,
    ec2::COLLECTOR,
    ecr::COLLECTOR,
    ecs::COLLECTOR,
    eks::COLLECTOR,
    iam::COLLECTOR,
    kms::COLLECTOR,
    lambda::COLLECTOR,
    load_balancing::COLLECTOR,
    logs::COLLECTOR,
    s3::COLLECTOR,
    s3::ACCESS_POINTS,
    secrets_manager::COLLECTOR,
    sns::COLLECTOR,
    sqs::COLLECTOR,
];
