//! Measures the sandbox with the built-in plugins: size, compilation, loading from the cache,
//! starting an instance, and the cost of a resource and check.
//!
//! `cargo run --profile dist -p blastwall-runtime --example measure`

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement prints, and looks at the clock"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use blastwall_runtime::{Engine, Evaluation, Limits, Plugin, Snapshot, Subject};
use blastwall_sdk::model::{Document, Scope};
use serde_json::{Map, json};

const ROUNDS: u32 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("blastwall-measure-{}", std::process::id()));
    for builtin in blastwall_builtin::PLUGINS {
        let start = Instant::now();
        Engine::new(&Limits::default(), Some(&folder))?.load(builtin.component)?;
        let cold = start.elapsed();
        let engine = Engine::new(&Limits::default(), Some(&folder))?;
        let start = Instant::now();
        let plugin = engine.load(builtin.component)?;
        let warm = start.elapsed();

        let empty = Arc::new(Snapshot::default());
        let nothing = evaluation(&[]);
        let start = Instant::now();
        for _ in 0..ROUNDS {
            let _ = plugin.evaluate(&nothing, &empty);
        }
        println!(
            "{:8} {:4} kB, compiled in {:?}, from the cache in {:?}, an empty evaluation in {:?}",
            builtin.name,
            builtin.component.len() / 1000,
            cold,
            warm,
            start.elapsed() / ROUNDS
        );
        if builtin.name == "s3" {
            cost(&plugin)?;
        }
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// What a bucket costs: read, and judged by one check and by all.
fn cost(plugin: &Plugin) -> Result<(), Box<dyn Error>> {
    let checks: Vec<&str> = plugin
        .info()
        .checks
        .iter()
        .filter(|check| check.scope == Scope::Resource)
        .map(|check| check.id.as_str())
        .collect();
    for count in [100, 10_000, 100_000] {
        let documents = (0..count).map(bucket).collect::<Result<_, _>>()?;
        let snapshot = Arc::new(Snapshot::new(documents, &[]));
        for checks in [&["s3-bucket-default-encryption"][..], &checks] {
            let request = evaluation(checks);
            let mut best = Duration::MAX;
            let mut peak = 0;
            for _ in 0..5 {
                let outcome = plugin.evaluate(&request, &snapshot);
                if let Some(failure) = outcome.failure {
                    return Err(failure.into());
                }
                best = best.min(outcome.elapsed);
                peak = outcome.peak_memory;
            }
            println!(
                "         {count} buckets, {} checks: {best:?}, {:?} a bucket, {} MB",
                checks.len(),
                best / count,
                peak / 1_000_000
            );
        }
    }
    Ok(())
}

fn evaluation(checks: &[&str]) -> Evaluation {
    let checks = checks.iter().filter_map(|check| check.parse().ok());
    Evaluation {
        subject: match "111122223333".parse() {
            Ok(account) => Subject::Account(account),
            Err(_) => unreachable!("twelve digits"),
        },
        partition: "aws".to_owned(),
        scanned_at: "2026-01-01T00:00:00Z".to_owned(),
        checks: checks
            .map(|check| (check, Map::new()))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn bucket(number: u32) -> Result<Document, blastwall_sdk::model::DocumentError> {
    let document = json!({
        "type": "AWS::S3::Bucket",
        "arn": format!("arn:aws:s3:::bucket-{number:06}"),
        "account": "111122223333",
        "region": "eu-west-1",
        "tags": { "team": "measurement", "stage": "test" },
        "config": {
            "BucketName": format!("bucket-{number:06}"),
            "PolicyDocument": { "Version": "2012-10-17", "Statement": [{
                "Sid": "tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": [format!("arn:aws:s3:::bucket-{number:06}"), format!("arn:aws:s3:::bucket-{number:06}/*")],
                "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            }] },
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "BlockPublicPolicy": true,
                "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
            },
            "BucketEncryption": { "ServerSideEncryptionConfiguration": [
                { "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } },
            ] },
        },
        "observed": {
            "CreationDate": "2025-01-01T00:00:00Z",
            "OwnerId": "0123456789abcdef",
            "Grants": [{
                "Grantee": { "Type": "CanonicalUser", "ID": "0123456789abcdef" },
                "Permission": "FULL_CONTROL",
            }],
        },
    });
    Document::parse(&document.to_string())
}
