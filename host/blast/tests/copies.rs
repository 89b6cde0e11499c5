//! Data that is had by way of a copy, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{Certain, Conditional};
use serde_json::{Value, json};
use support::*;

fn volume(config: Value) -> (String, Value) {
    let arn = format!("arn:aws:ec2:eu-west-1:{PROD}:volume/vol-1");
    let document = json!({"type": "AWS::EC2::Volume", "arn": arn, "account": PROD,
        "region": "eu-west-1", "config": config});
    (arn, document)
}

fn allow_all(actions: &[&str]) -> Value {
    policy(&[json!({"Effect": "Allow", "Action": actions, "Resource": "*"})])
}

fn with_roles(org: Org) -> Org {
    org.role(
        PROD,
        "sharer",
        nobody(),
        &[allow_all(&[
            "ec2:CreateSnapshot",
            "ec2:ModifySnapshotAttribute",
        ])],
    )
    .role(
        PROD,
        "reader",
        nobody(),
        &[allow_all(&[
            "ec2:CreateSnapshot",
            "ebs:ListSnapshotBlocks",
            "ebs:GetSnapshotBlock",
        ])],
    )
    .role(
        PROD,
        "attacher",
        nobody(),
        &[allow_all(&[
            "ec2:CreateSnapshot",
            "ec2:CreateVolume",
            "ec2:AttachVolume",
        ])],
    )
    .role(
        PROD,
        "maker",
        nobody(),
        &[allow_all(&["ec2:CreateSnapshot"])],
    )
    .role(DEV, "sharer", nobody(), &[allow("ec2:*", "*")])
}

#[test]
fn whoever_copies_a_disk_and_has_the_copy_has_the_data() {
    let (arn, document) = volume(json!({"VolumeId": "vol-1", "Encrypted": false}));
    let org = with_roles(Org::three()).add(PROD, document);
    assert_eq!(org.reach(&role(PROD, "sharer"), &arn), Some(Certain));
    assert_eq!(org.reach(&role(PROD, "reader"), &arn), Some(Certain));
    assert_eq!(org.reach(&role(PROD, "attacher"), &arn), Some(Conditional));
    assert_eq!(org.reach(&role(PROD, "maker"), &arn), None);
    assert_eq!(org.reach(&role(DEV, "sharer"), &arn), None);
    assert_eq!(org.reach(PROD, &arn), Some(Certain));
    let kept = org.scp("keep", deny("ec2:ModifySnapshotAttribute", "*"), &[PROD]);
    assert_eq!(kept.reach(&role(PROD, "sharer"), &arn), None);
    assert_eq!(kept.reach(&role(PROD, "reader"), &arn), Some(Certain));
}

#[test]
fn a_key_is_needed_besides() {
    let key = format!("arn:aws:kms:eu-west-1:{PROD}:key/k1");
    let (arn, document) = volume(json!({"VolumeId": "vol-1", "Encrypted": true, "KmsKeyId": key}));
    let key = json!({"type": "AWS::KMS::Key", "arn": key, "account": PROD, "region": "eu-west-1",
        "config": {"KeyPolicy": policy(&[json!({"Effect": "Allow",
            "Principal": {"AWS": role(PROD, "reader")}, "Action": "kms:Decrypt", "Resource": "*"})])}});
    let org = with_roles(Org::three()).add(PROD, document).add(PROD, key);
    assert_eq!(org.reach(&role(PROD, "reader"), &arn), Some(Certain));
    assert_eq!(org.reach(&role(PROD, "sharer"), &arn), None);
}

fn bucket(account: &str, name: &str, config: Value) -> Value {
    json!({"type": "AWS::S3::Bucket", "arn": format!("arn:aws:s3:::{name}"), "account": account,
        "region": "eu-west-1", "config": config})
}

fn replicated(status: &str, destination: Value) -> Value {
    let rules = json!([{"Status": status, "Destination": destination}]);
    bucket(
        PROD,
        "orders",
        json!({"ReplicationConfiguration": {"Role": role(PROD, "copy"), "Rules": rules}}),
    )
}

#[test]
fn whoever_reads_the_copy_reads_the_data() {
    let into = json!({"Bucket": "arn:aws:s3:::copy", "Account": DEV});
    let org = |status: &str| {
        Org::three()
            .add(PROD, replicated(status, into.clone()))
            .add(DEV, bucket(DEV, "copy", json!({})))
            .role(
                DEV,
                "reader",
                nobody(),
                &[allow("s3:GetObject", "arn:aws:s3:::copy/*")],
            )
    };
    let orders = "arn:aws:s3:::orders";
    assert_eq!(org("Enabled").reach(DEV, orders), Some(Certain));
    assert_eq!(
        org("Enabled").reach(&role(DEV, "reader"), orders),
        Some(Certain)
    );
    assert_eq!(org("Disabled").reach(DEV, orders), None);
    assert_eq!(org("Enabled").reach(TEST, orders), None);
}

#[test]
fn a_copy_outside_is_of_whoever_has_the_account() {
    let into = json!({"Bucket": "arn:aws:s3:::far-away", "Account": VENDOR});
    let org = Org::three().add(PROD, replicated("Enabled", into));
    assert_eq!(org.reach(VENDOR, "arn:aws:s3:::orders"), Some(Certain));
}
