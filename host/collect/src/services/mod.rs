//! The registry of collectors, one module a service.

mod access_analyzer;
mod account;
pub(crate) mod cloud_control;
mod cloudformation;
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
mod identity_center;
mod kms;
mod lambda;
mod listing;
mod load_balancing;
mod logs;
mod ram;
mod rds;
mod s3;
mod secrets_manager;
mod sns;
mod sqs;
mod ssm;

use crate::Collector;

pub(crate) use identity_center::COLLECTOR as IDENTITY_CENTER;

/// All collectors, by service.
pub(crate) const ALL: &[Collector] = &[
    access_analyzer::COLLECTOR,
    account::COLLECTOR,
    cloudformation::COLLECTOR,
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
    IDENTITY_CENTER,
    kms::COLLECTOR,
    lambda::COLLECTOR,
    load_balancing::COLLECTOR,
    logs::COLLECTOR,
    ram::COLLECTOR,
    rds::COLLECTOR,
    s3::COLLECTOR,
    s3::ACCESS_POINTS,
    secrets_manager::COLLECTOR,
    sns::COLLECTOR,
    sqs::COLLECTOR,
    ssm::COLLECTOR,
];
