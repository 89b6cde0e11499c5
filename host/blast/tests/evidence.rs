//! Who may destroy what tells what happened, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional};
use blastwall_blast::Subject;
use serde_json::{Value, json};
use support::*;

fn trail() -> String {
    format!("arn:aws:cloudtrail:eu-west-1:{PROD}:trail/all")
}

const ARCHIVE: &str = "arn:aws:s3:::archive";

fn bucket(config: Value) -> Value {
    json!({"type": "AWS::S3::Bucket", "arn": ARCHIVE, "account": TEST, "region": "eu-west-1",
        "config": config})
}

/// A trail of prod that delivers to a bucket of test.
fn archived(config: Value) -> Org {
    Org::three()
        .add(
            PROD,
            json!({"type": "AWS::CloudTrail::Trail", "arn": trail(), "account": PROD,
                "region": "eu-west-1", "config": {"TrailName": "all", "S3BucketName": "archive"}}),
        )
        .add(TEST, bucket(config))
        .role(PROD, "operator", nobody(), &[allow("cloudtrail:*", "*")])
        .role(PROD, "viewer", nobody(), &[allow("cloudtrail:Get*", "*")])
        .role(TEST, "cleaner", nobody(), &[allow("s3:DeleteObject", "*")])
        .role(DEV, "cleaner", nobody(), &[allow("s3:*", "*")])
}

fn power(org: &Org, start: &str, of: &str) -> Option<Certainty> {
    let of = of.to_owned();
    let fact = org.radius(start).fact(&Subject::Evidence { of })?.certainty;
    Some(fact)
}

#[test]
fn whoever_stops_a_trail_has_power_over_it() {
    let org = archived(json!({}));
    assert_eq!(
        power(&org, &role(PROD, "operator"), &trail()),
        Some(Certain)
    );
    assert_eq!(power(&org, &role(PROD, "viewer"), &trail()), None);
    assert_eq!(power(&org, PROD, &trail()), Some(Certain));
    assert_eq!(power(&org, TEST, &trail()), None);
    let kept = org.scp("keep-trails", deny("cloudtrail:*", "*"), &[PROD]);
    assert_eq!(power(&kept, PROD, &trail()), None);
    assert_eq!(power(&kept, &role(PROD, "operator"), &trail()), None);
}

#[test]
fn whoever_deletes_logs_has_power_over_them() {
    let org = archived(json!({}));
    assert_eq!(power(&org, &role(TEST, "cleaner"), ARCHIVE), Some(Certain));
    assert_eq!(power(&org, TEST, ARCHIVE), Some(Certain));
    assert_eq!(
        power(&org, PROD, ARCHIVE),
        None,
        "the trail's account may not delete what it delivered"
    );
    assert_eq!(power(&org, DEV, ARCHIVE), None);
    let open = archived(json!({"PolicyDocument": policy(&[json!({"Effect": "Allow",
        "Principal": {"AWS": root(DEV)}, "Action": "s3:*",
        "Resource": [ARCHIVE, format!("{ARCHIVE}/*")]})])}));
    assert_eq!(power(&open, DEV, ARCHIVE), Some(Certain));
    assert_eq!(power(&open, &role(DEV, "cleaner"), ARCHIVE), Some(Certain));
}

#[test]
fn a_bucket_that_nothing_is_delivered_to_is_no_evidence() {
    let org = Org::three().add(TEST, bucket(json!({})));
    let facts = org.radius(TEST).facts;
    assert!(
        facts
            .iter()
            .all(|fact| !matches!(fact.subject, Subject::Evidence { .. }))
    );
}

#[test]
fn locks_and_versions_keep_logs() {
    let locked = |mode: &str| {
        archived(json!({"ObjectLockConfiguration":
            {"Rule": {"DefaultRetention": {"Mode": mode, "Days": 30}}}}))
    };
    assert_eq!(power(&locked("COMPLIANCE"), TEST, ARCHIVE), None);
    let governed = locked("GOVERNANCE");
    assert_eq!(power(&governed, TEST, ARCHIVE), Some(Certain));
    let cleaner = role(TEST, "cleaner");
    assert_eq!(power(&governed, &cleaner, ARCHIVE), Some(Conditional));
    let versioned = archived(json!({"VersioningConfiguration": {"Status": "Enabled"}}));
    assert_eq!(
        power(&versioned, &cleaner, ARCHIVE),
        None,
        "it only hides what is there"
    );
}

#[test]
fn recovery_points_are_deleted_in_the_account_of_their_vault() {
    let arn = format!("arn:aws:backup:eu-west-1:{PROD}:backup-vault:nightly");
    let vault = |config: Value| {
        Org::three()
            .add(
                PROD,
                json!({"type": "AWS::Backup::BackupVault", "arn": arn, "account": PROD,
                    "region": "eu-west-1", "config": config}),
            )
            .role(
                PROD,
                "keeper",
                nobody(),
                &[allow("backup:DeleteRecoveryPoint", "*")],
            )
    };
    let keeper = role(PROD, "keeper");
    let open = vault(json!({}));
    assert_eq!(power(&open, &keeper, &arn), Some(Certain));
    assert_eq!(power(&open, PROD, &arn), Some(Certain));
    assert_eq!(power(&open, DEV, &arn), None);
    let denied = vault(
        json!({"AccessPolicy": policy(&[json!({"Effect": "Deny", "Principal": "*",
        "Action": "backup:DeleteRecoveryPoint", "Resource": "*"})])}),
    );
    assert_eq!(power(&denied, &keeper, &arn), None);
    assert_eq!(
        power(&denied, PROD, &arn),
        Some(Certain),
        "it rewrites the policy"
    );
    let locked =
        vault(json!({"LockConfiguration": {"MinRetentionDays": 7, "ChangeableForDays": 3}}));
    assert_eq!(power(&locked, PROD, &arn), None);
}

#[test]
fn the_administrator_of_a_service_that_watches_can_blind_it() {
    let mut org = Org::three()
        .role(TEST, "analyst", nobody(), &[allow("guardduty:*", "*")])
        .role(TEST, "reader", nobody(), &[allow("guardduty:List*", "*")]);
    org.organization.push(
        json!({"type": "AWS::Organizations::DelegatedAdministrator", "account": MANAGEMENT,
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:delegated-administrator/{TEST}"),
            "config": {"AccountId": TEST, "ServicePrincipals": ["guardduty.amazonaws.com"]}}),
    );
    let of = format!("guardduty.amazonaws.com, administered by {TEST}");
    assert_eq!(power(&org, TEST, &of), Some(Certain));
    assert_eq!(power(&org, &role(TEST, "analyst"), &of), Some(Certain));
    assert_eq!(power(&org, &role(TEST, "reader"), &of), None);
    assert_eq!(power(&org, DEV, &of), None);
    assert_eq!(org.reach(TEST, PROD), None, "it only watches");
}

#[test]
fn whoever_rewrites_the_policy_of_the_archive_may_delete_from_it() {
    let org = archived(json!({}))
        .role(
            TEST,
            "writer",
            nobody(),
            &[allow("s3:PutBucketPolicy", "*")],
        )
        .role(TEST, "putter", nobody(), &[allow("s3:PutObject", "*")]);
    assert_eq!(power(&org, &role(TEST, "writer"), ARCHIVE), Some(Certain));
    assert_eq!(
        power(&org, &role(TEST, "putter"), ARCHIVE),
        Some(Certain),
        "over what is there"
    );
    let versions = json!({"VersioningConfiguration": {"Status": "Enabled"}});
    let kept = archived(versions).role(TEST, "putter", nobody(), &[allow("s3:PutObject", "*")]);
    assert_eq!(power(&kept, &role(TEST, "putter"), ARCHIVE), None);
    let stays = org.scp("keep", deny("s3:*", "*"), &[TEST]);
    let writer = power(&stays, &role(TEST, "writer"), ARCHIVE);
    assert_eq!(writer, None);
}
