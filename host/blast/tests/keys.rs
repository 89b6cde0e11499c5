//! Keys: what they open for whom, by which service, by grants, and for whom a key is handed on.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional};
use serde_json::{Value, json};
use support::*;

const BUCKET: &str = "arn:aws:s3:::orders";
const OBJECTS: &str = "arn:aws:s3:::orders/*";

fn key() -> String {
    format!("arn:aws:kms:eu-west-1:{PROD}:key/k1")
}

fn lets(action: &str, principal: &str, condition: Value) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*",
        "Condition": condition})
}

/// The statement by which a key leaves the decision to identity policies of its account.
fn delegates() -> Value {
    lets("kms:*", &root(PROD), json!({}))
}

/// A bucket in production under a key with this policy, which dev may read, and a role in each account.
fn org(key_policy: &[Value], grants: Value, here: &[Value], there: &[Value]) -> Org {
    let mut open = lets("s3:GetObject", &root(DEV), json!({}));
    open["Resource"] = json!(OBJECTS);
    Org::three()
        .add(
            PROD,
            json!({"type": "AWS::S3::Bucket", "arn": BUCKET, "account": PROD, "region": "eu-west-1",
                "config": {"PolicyDocument": policy(&[open]), "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key()}}]}}}),
        )
        .add(
            PROD,
            json!({"type": "AWS::KMS::Key", "arn": key(), "account": PROD, "region": "eu-west-1",
                "config": {"KeyPolicy": policy(key_policy)}, "observed": {"Grants": grants}}),
        )
        .role(PROD, "app", nobody(), &[policy(here)])
        .role(DEV, "app", nobody(), &[policy(there)])
}

fn reads() -> Value {
    statement("Allow", "s3:GetObject", OBJECTS)
}

fn decrypts() -> Value {
    statement("Allow", "kms:Decrypt", &key())
}

fn app() -> String {
    role(PROD, "app")
}

/// Data and key of the role in production.
fn both(org: &Org) -> (Option<Certainty>, Option<Certainty>) {
    (org.reach(&app(), BUCKET), org.reach(&app(), &key()))
}

fn via(service: &str) -> Value {
    json!({"StringEquals": {"kms:ViaService": format!("{service}.amazonaws.com")}})
}

/// S3 asks the key in the name of the reader, and the key is told by whom; what the key does for one service
/// it does for nothing else.
#[test]
fn a_key_opens_for_one_service() {
    let with = |service| {
        let only = lets("kms:Decrypt", &app(), via(service));
        org(&[only], json!([]), &[reads()], &[])
    };
    assert_eq!(
        both(&with("s3.eu-west-1")),
        (Some(Certain), Some(Conditional))
    );
    for other in ["secretsmanager.eu-west-1", "s3.us-east-1"] {
        assert_eq!(both(&with(other)), (None, Some(Conditional)), "{other}");
    }
    let mut by_identity = decrypts();
    by_identity["Condition"] = via("s3.eu-west-1");
    let by_identity = org(&[delegates()], json!([]), &[reads(), by_identity], &[]);
    assert_eq!(both(&by_identity), (Some(Certain), Some(Conditional)));
}

#[test]
fn a_key_opens_for_one_context() {
    let with = |bucket: &str| {
        let condition =
            json!({"StringLike": {"kms:EncryptionContext:aws:s3:arn": format!("{bucket}*")}});
        let only = lets("kms:Decrypt", &app(), condition);
        org(&[only], json!([]), &[reads()], &[])
    };
    assert_eq!(both(&with(BUCKET)), (Some(Certain), Some(Conditional)));
    assert_eq!(both(&with("arn:aws:s3:::other")), (None, Some(Conditional)));
}

/// A grant allows without a policy, but what is denied stays denied.
#[test]
fn a_grant_is_bound_by_denials() {
    let grant = |whom: &str| json!([{"GranteePrincipal": whom, "Operations": ["Decrypt"]}]);
    let granted = org(&[delegates()], grant(&app()), &[reads()], &[]);
    assert_eq!(both(&granted), (Some(Certain), Some(Certain)));
    let session = format!("arn:aws:sts::{PROD}:assumed-role/app/i-1");
    let session = org(&[delegates()], grant(&session), &[reads()], &[]);
    assert_eq!(both(&session), (Some(Certain), Some(Certain)));

    let mut denial = lets("kms:Decrypt", &app(), json!({}));
    denial["Effect"] = json!("Deny");
    let by_key = org(&[delegates(), denial], grant(&app()), &[reads()], &[]);
    assert_eq!(both(&by_key), (None, None));
    let denied = statement("Deny", "kms:*", "*");
    let by_identity = org(&[delegates()], grant(&app()), &[reads(), denied], &[]);
    assert_eq!(both(&by_identity), (None, None));
    let by_organization = granted.scp("no-keys", deny("kms:Decrypt", "*"), &[PROD]);
    assert_eq!(both(&by_organization), (None, None));
}

#[test]
fn a_grant_names_somebody_outside() {
    for whom in [root(VENDOR), role(VENDOR, "worker")] {
        let grants = json!([{"GranteePrincipal": whom, "Operations": ["Decrypt"]}]);
        let granted = org(&[delegates()], grants, &[], &[]);
        assert_eq!(granted.reach(VENDOR, &key()), Some(Certain), "{whom}");
        assert_eq!(granted.reach(VENDOR, BUCKET), None, "{whom}");
    }
}

#[test]
fn a_grant_with_a_constraint_opens_what_has_that_context() {
    let grant = |context: Value| {
        let grants = json!([{"GranteePrincipal": app(), "Operations": ["Decrypt"],
            "Constraints": {"EncryptionContextSubset": context}}]);
        org(&[delegates()], grants, &[reads()], &[])
    };
    // Objects are encrypted in the context of each, or of the bucket once that has a bucket key.
    let of_bucket = grant(json!({"aws:s3:arn": BUCKET}));
    assert_eq!(both(&of_bucket), (Some(Conditional), Some(Conditional)));
    let of_another = grant(json!({"aws:s3:arn": "arn:aws:s3:::other"}));
    assert_eq!(both(&of_another), (None, Some(Conditional)));
}

/// Whoever makes grants makes one for itself, across accounts too, as far as the conditions let it.
#[test]
fn grants_are_made_for_oneself() {
    let grants = |condition: Value| {
        let mut statement = statement("Allow", "kms:CreateGrant", &key());
        statement["Condition"] = condition;
        both(&org(&[delegates()], json!([]), &[reads(), statement], &[]))
    };
    let (none, all) = ((None, None), (Some(Certain), Some(Certain)));
    assert_eq!(grants(json!({})), all);
    let operations =
        |list: Value| json!({"ForAllValues:StringEquals": {"kms:GrantOperations": list}});
    assert_eq!(grants(operations(json!(["Decrypt", "Encrypt"]))), all);
    assert_eq!(grants(operations(json!(["Encrypt"]))), none);
    let grantee = |arn: String| json!({"StringEquals": {"kms:GranteePrincipal": arn}});
    assert_eq!(grants(grantee(app())), all);
    assert_eq!(grants(grantee(role(TEST, "other"))), none);
    let for_services = json!({"Bool": {"kms:GrantIsForAWSResource": "true"}});
    assert_eq!(grants(for_services), none);

    let by_key = lets("kms:CreateGrant", &app(), json!({}));
    assert_eq!(both(&org(&[by_key], json!([]), &[reads()], &[])), all);
    let make = statement("Allow", "kms:CreateGrant", &key());
    let there = lets("kms:CreateGrant", &root(DEV), json!({}));
    let across = org(&[delegates(), there], json!([]), &[], &[reads(), make]);
    assert_eq!(across.reach(&role(DEV, "app"), BUCKET), Some(Certain));
    assert_eq!(across.reach(&role(DEV, "app"), &key()), Some(Certain));
}

#[test]
fn only_the_account_of_a_key_rewrites_its_policy() {
    let there = lets("kms:PutKeyPolicy", &root(DEV), json!({}));
    let rewrite = statement("Allow", "kms:PutKeyPolicy", &key());
    let across = org(&[delegates(), there], json!([]), &[], &[reads(), rewrite]);
    assert_eq!(across.reach(&role(DEV, "app"), &key()), None);
}

#[test]
fn a_key_that_waits_for_deletion_decrypts_nothing() {
    let mut org = org(&[delegates()], json!([]), &[reads(), decrypts()], &[]);
    assert_eq!(both(&org), (Some(Certain), Some(Certain)));
    let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
    documents[1]["observed"]["KeyState"] = json!("PendingDeletion");
    assert_eq!(both(&org), (None, None));
}

/// Sharing hands a disk to an account outside, which needs the key as well.
#[test]
fn a_shared_snapshot_takes_the_key_for_whom_it_is_shared_with() {
    let snapshot = format!("arn:aws:ec2:eu-west-1:{PROD}:snapshot/snap-1");
    let with = |key_id: &str, more: &[Value]| {
        let share = statement("Allow", "ec2:ModifySnapshotAttribute", "*");
        let statements: Vec<Value> = more.iter().cloned().chain([share]).collect();
        org(&[delegates()], json!([]), &statements, &[])
            .add(
                PROD,
                json!({"type": "AWS::EC2::Snapshot", "arn": snapshot, "account": PROD,
                    "region": "eu-west-1", "config": {"SnapshotId": "snap-1", "KmsKeyId": key_id}}),
            )
            .reach(&app(), &snapshot)
    };
    assert_eq!(with(&key(), &[decrypts()]), None);
    let grant = statement("Allow", "kms:CreateGrant", "*");
    assert_eq!(
        with(&key(), std::slice::from_ref(&grant)),
        Some(Conditional)
    );
    // Nothing goes out under a key that AWS keeps for the account.
    assert_eq!(with("alias/aws/ebs", &[grant]), None);
}

/// One of production, one of dev, and what each may do, under a key that production leaves to identity policies.
fn two(one: &[Value], other: &[Value]) -> Org {
    org(&[delegates()], json!([]), one, &[]).role(PROD, "other", nobody(), &[policy(other)])
}

fn between_two(org: &Org) -> Option<Certainty> {
    for alone in [app(), role(PROD, "other")] {
        assert_eq!(org.reach(&alone, BUCKET), None, "{alone}");
    }
    org.reach_together(&[app(), role(PROD, "other")], BUCKET)
}

fn may(action: &str) -> Value {
    statement("Allow", action, "*")
}

/// S3 decrypts in the name of whoever reads, and hands out no ciphertext: somebody who may use the key does not
/// help somebody who reads, but somebody who lets others use it does.
#[test]
fn ciphertext_and_key_in_different_hands() {
    assert_eq!(between_two(&two(&[reads()], &[decrypts()])), None);
    for gives in ["kms:CreateGrant", "kms:PutKeyPolicy"] {
        assert_eq!(
            between_two(&two(&[reads()], &[may(gives)])),
            Some(Certain),
            "{gives}"
        );
    }
    let limited = |condition: Value| {
        let mut grant = may("kms:CreateGrant");
        grant["Condition"] = condition;
        between_two(&two(&[reads()], &[grant]))
    };
    let for_whom = |name: &str| json!({"ArnLike": {"kms:GranteePrincipal": role(PROD, name)}});
    assert_eq!(limited(for_whom("app")), Some(Certain));
    assert_eq!(limited(for_whom("*")), Some(Certain));
    assert_eq!(limited(for_whom("worker")), None);
    let for_services = json!({"Bool": {"kms:GrantIsForAWSResource": "true"}});
    assert_eq!(limited(for_services), None);
    // The one who reads is denied the key by policies of its own.
    let denied = statement("Deny", "kms:*", "*");
    let org = two(&[reads(), denied], &[may("kms:CreateGrant")]);
    assert_eq!(between_two(&org), None);
    let path = two(&[reads()], &[may("kms:CreateGrant")]);
    let graph = path.graph();
    let start = [app(), role(PROD, "other")].map(|arn| graph.find(&arn).unwrap());
    let radius = graph.radius(&start).unwrap();
    let path = radius.path(&graph.find(BUCKET).unwrap());
    let last = path.last().unwrap();
    assert_eq!(last.link, "decryption");
    let grants = |text: &str| text.contains("kms:CreateGrant");
    assert!(
        last.evidence.iter().any(|one| grants(&one.text)),
        "{last:?}"
    );
}

/// Whoever writes the bucket policy lets in the one who may use the key.
#[test]
fn a_policy_is_opened_for_who_has_the_key() {
    let writes = may("s3:PutBucketPolicy");
    assert_eq!(
        between_two(&two(std::slice::from_ref(&writes), &[decrypts()])),
        Some(Certain)
    );
    let denied = statement("Deny", "s3:GetObject*", "*");
    let org = two(std::slice::from_ref(&writes), &[decrypts(), denied]);
    assert_eq!(between_two(&org), None);
    // Neither reads, and yet an account outside does, unless a resource control policy keeps it out.
    let guarded = two(&[writes], &[may("kms:CreateGrant")]).scp(
        "no-reads",
        deny("s3:GetObject*", "*"),
        &[PROD],
    );
    assert_eq!(between_two(&guarded), Some(Conditional));
    let strangers = policy(&[
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-test000001"}}}),
    ]);
    let closed = guarded.control("rcp", "no-strangers", strangers, &["r-root"]);
    assert_eq!(between_two(&closed), None);
}

/// A denial of the key policy binds grants, and goes when the policy is rewritten.
#[test]
fn a_key_policy_that_denies_is_rewritten_first() {
    let mut denial = lets("kms:Decrypt", &app(), json!({}));
    denial["Effect"] = json!("Deny");
    let with = |gives: &str| {
        let org = org(&[delegates(), denial.clone()], json!([]), &[reads()], &[]);
        between_two(&org.role(PROD, "other", nobody(), &[policy(&[may(gives)])]))
    };
    assert_eq!(with("kms:CreateGrant"), None);
    assert_eq!(with("kms:PutKeyPolicy"), Some(Certain));
}

/// The key is in another account than the bucket.
#[test]
fn a_key_of_another_account() {
    let far = format!("arn:aws:kms:eu-west-1:{TEST}:key/k2");
    let key_policy = |who: &str| policy(&[lets("kms:*", who, json!({}))]);
    let with = |who: &str| {
        Org::three()
            .add(
                PROD,
                json!({"type": "AWS::S3::Bucket", "arn": BUCKET, "account": PROD, "region": "eu-west-1",
                    "config": {"BucketEncryption": {"ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": far}}]}}}),
            )
            .add(
                TEST,
                json!({"type": "AWS::KMS::Key", "arn": far, "account": TEST, "region": "eu-west-1",
                    "config": {"KeyPolicy": key_policy(who)}}),
            )
            .role(TEST, "user", nobody(), &[allow("kms:Decrypt", "*")])
            .role(TEST, "both", nobody(), &[allow("kms:Decrypt", "*"), allow("s3:GetObject", "*")])
    };
    let kept = with(&root(TEST));
    assert_eq!(kept.reach(PROD, BUCKET), None);
    let prod_and =
        |org: &Org, other: &str| org.reach_together(&[PROD.to_owned(), other.to_owned()], BUCKET);
    assert_eq!(prod_and(&kept, TEST), Some(Certain));
    assert_eq!(prod_and(&kept, &role(TEST, "user")), None);
    // Let in by the bucket policy, it needs the leave of its own policies too.
    assert_eq!(prod_and(&kept, &role(TEST, "both")), Some(Certain));
    // The key policy lets the account of the bucket in.
    assert_eq!(with(&root(PROD)).reach(PROD, BUCKET), Some(Certain));
}

/// Sharing a disk and granting its key are two rights that an account outside needs used for it.
#[test]
fn a_snapshot_is_shared_by_one_and_its_key_by_another() {
    let snapshot = format!("arn:aws:ec2:eu-west-1:{PROD}:snapshot/snap-1");
    let together = |gives: &str| {
        two(&[may("ec2:ModifySnapshotAttribute")], &[may(gives)])
            .add(
                PROD,
                json!({"type": "AWS::EC2::Snapshot", "arn": snapshot, "account": PROD,
                    "region": "eu-west-1", "config": {"SnapshotId": "snap-1", "KmsKeyId": key()}}),
            )
            .reach_together(&[app(), role(PROD, "other")], &snapshot)
    };
    assert_eq!(together("kms:CreateGrant"), Some(Conditional));
    assert_eq!(together("kms:Decrypt"), None);
}
