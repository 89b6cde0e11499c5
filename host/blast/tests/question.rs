//! One request with all policies that bind it, worked out by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod support;

use blastwall_blast::{Answer, Asked, Collected, QuestionError, Verdict};
use blastwall_model::AccountId;
use serde_json::{Value, json};
use support::{
    DEV, Org, PROD, TEST, VENDOR, admin, allow, deny, documents, policy, role, root, trust, user,
};

fn collected(org: &Org) -> Collected {
    let mut collected = Collected::new();
    collected.add_organization(&documents(&org.organization));
    for (id, (_, resources)) in &org.accounts {
        let id: AccountId = id.parse().unwrap();
        collected.add_account(&id, &documents(resources));
        collected.add_buckets(&id, &documents(resources));
    }
    collected
}

fn asked<'a>(principal: &'a str, action: &'a str, resource: &'a str) -> Asked<'a> {
    Asked {
        principal,
        action,
        resource,
        unlisted_action: false,
        context: &[],
    }
}

fn ask(org: &Org, principal: &str, action: &str, resource: &str) -> Answer {
    let questions = collected(org).finish();
    questions.can(&asked(principal, action, resource)).unwrap()
}

fn verdict(org: &Org, principal: &str, action: &str, resource: &str) -> Verdict {
    ask(org, principal, action, resource).verdict
}

fn bucket(account: &str, name: &str, config: Value, more: Value) -> Value {
    let mut document = json!({"type": "AWS::S3::Bucket", "arn": format!("arn:aws:s3:::{name}"),
        "account": account, "region": "eu-west-1", "config": config});
    for (key, value) in more.as_object().unwrap() {
        document[key] = value.clone();
    }
    document
}

const OBJECT: &str = "arn:aws:s3:::files/a";

fn reading() -> Value {
    allow("s3:GetObject", "*")
}

/// A policy that no link kind asks for counts here; those of groups do, too.
#[test]
fn every_identity_policy_counts() {
    let org = Org::three()
        .group(DEV, "readers", &[reading()])
        .user(DEV, "ann", &[], &["readers"])
        .role(DEV, "app", support::nobody(), &[reading()])
        .add(DEV, bucket(DEV, "files", json!({}), json!({})));
    let ann = ask(&org, &user(DEV, "ann"), "s3:GetObject", OBJECT);
    assert_eq!(ann.verdict, Verdict::Allowed);
    assert_eq!(ann.resource_account.as_deref(), Some(DEV));
    assert!(ann.reason.contains("group readers"), "{}", ann.reason);
    assert_eq!(ann.context["aws:requestedregion"], ["eu-west-1"]);
    let session = format!("arn:aws:sts::{DEV}:assumed-role/app/work");
    assert_eq!(
        verdict(&org, &session, "s3:GetObject", OBJECT),
        Verdict::Allowed
    );
    assert_eq!(
        verdict(&org, &session, "s3:PutObject", OBJECT),
        Verdict::Denied
    );
    assert_eq!(verdict(&org, DEV, "s3:PutObject", OBJECT), Verdict::Allowed);
}

#[test]
fn across_accounts_both_must_allow() {
    let open = policy(&[
        json!({"Sid": "Dev", "Effect": "Allow", "Principal": {"AWS": DEV},
        "Action": "s3:GetObject", "Resource": OBJECT}),
    ]);
    let org = Org::three()
        .user(DEV, "ann", &[reading()], &[])
        .user(TEST, "bob", &[reading()], &[])
        .add(
            PROD,
            bucket(PROD, "files", json!({"PolicyDocument": open}), json!({})),
        );
    assert_eq!(
        verdict(&org, &user(DEV, "ann"), "s3:GetObject", OBJECT),
        Verdict::Allowed
    );
    let bob = ask(&org, &user(TEST, "bob"), "s3:GetObject", OBJECT);
    assert_eq!(bob.verdict, Verdict::Denied);
    assert!(bob.reason.contains("bucket policy"), "{}", bob.reason);
}

/// The organization's policies bind by the tree of units; an explicit denial holds whatever else was
/// not seen.
#[test]
fn what_denies_for_certain_needs_nothing_else() {
    let org = Org::new()
        .unit("ou-dev", "r-root")
        .account(DEV, "dev", "ou-dev")
        .account(PROD, "prod", "r-root")
        .scp("stay", deny("sts:AssumeRole", "*"), &["ou-dev"])
        .user(DEV, "ann", &[admin()], &[])
        .refused(PROD);
    let answer = ask(
        &org,
        &user(DEV, "ann"),
        "sts:AssumeRole",
        &role(PROD, "admin"),
    );
    assert_eq!(answer.verdict, Verdict::Denied);
    let statement = answer.statement.unwrap();
    assert_eq!(
        (statement.policy.as_str(), statement.index),
        ("stay (p-stay)", 0)
    );
    assert!(!answer.gaps.is_empty());
    let open = ask(
        &org,
        &user(DEV, "ann"),
        "sts:TagSession",
        &role(PROD, "admin"),
    );
    assert_eq!(open.verdict, Verdict::Undecided);
    assert!(
        open.gaps[0].contains("was not looked into"),
        "{:?}",
        open.gaps
    );
}

#[test]
fn what_was_not_seen_leaves_it_open() {
    let unknown = json!({"unknown": {"config.PolicyDocument": "AccessDenied: s3:GetBucketPolicy"}});
    let lost = json!({"ManagedPolicyArns": [format!("arn:aws:iam::{DEV}:policy/lost")]});
    let org = Org::three()
        .user(DEV, "ann", &[reading()], &[])
        .role_with(DEV, "half", trust(&[&root(DEV)]), &[reading()], lost)
        .add(DEV, bucket(DEV, "files", json!({}), json!({})))
        .add(DEV, bucket(DEV, "vault", json!({}), unknown));
    let ann = user(DEV, "ann");
    for (principal, action, resource, gap) in [
        (
            ann.as_str(),
            "s3:GetObject",
            "arn:aws:s3:::vault/a",
            "AccessDenied",
        ),
        (
            &ann,
            "s3:GetObject",
            "arn:aws:s3:::nowhere/a",
            "not seen in any account",
        ),
        (
            &ann,
            "kms:Decrypt",
            "arn:aws:kms:eu-west-1:111111111111:key/k",
            "not collected",
        ),
        (&role(DEV, "half"), "s3:GetObject", OBJECT, "policy/lost"),
        (&role(DEV, "half"), "s3:PutObject", OBJECT, "policy/lost"),
    ] {
        let answer = ask(&org, principal, action, resource);
        assert_eq!(
            answer.verdict,
            Verdict::Undecided,
            "{action} {resource}: {answer:#?}"
        );
        assert!(
            answer.gaps.iter().any(|told| told.contains(gap)),
            "{:?}",
            answer.gaps
        );
    }
    // The key policy might allow the user, but nothing lets it write a user of IAM.
    assert_eq!(verdict(&org, &ann, "iam:CreateUser", "*"), Verdict::Denied);
    // A stranger's own policies are the stranger's business.
    let stranger = user(VENDOR, "eve");
    assert_eq!(
        verdict(&org, &stranger, "s3:GetObject", OBJECT),
        Verdict::Denied
    );
    assert_eq!(
        verdict(&org, &stranger, "s3:GetObject", "arn:aws:s3:::vault/a"),
        Verdict::Undecided
    );
}

#[test]
fn organization_gaps_leave_it_open() {
    let org = Org::three().user(DEV, "ann", &[reading()], &[]);
    let org = org.add(DEV, bucket(DEV, "files", json!({}), json!({})));
    let mut collected = collected(&org);
    collected.add_organization_gap("AWS::Organizations::Policy: AccessDenied".to_owned());
    let questions = collected.finish();
    let ann = user(DEV, "ann");
    let answer = questions.can(&asked(&ann, "s3:GetObject", OBJECT)).unwrap();
    assert_eq!(answer.verdict, Verdict::Undecided);
    let answer = questions.can(&asked(&ann, "s3:PutObject", OBJECT)).unwrap();
    assert_eq!(answer.verdict, Verdict::Denied);
}

/// A key that every request has is not taken for absent; any other is, and said to be.
#[test]
fn keys_that_were_not_given() {
    let guard = policy(
        &[json!({"Effect": "Deny", "Action": "ec2:*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}})],
    );
    let with_mfa = policy(&[
        json!({"Effect": "Allow", "Action": "iam:*", "Resource": "*",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}),
    ]);
    let org = Org::three().scp("guard", guard, &["r-root"]).user(
        DEV,
        "ann",
        &[allow("ec2:*", "*"), with_mfa],
        &[],
    );
    let ann = user(DEV, "ann");
    let somewhere = ask(&org, &ann, "ec2:RunInstances", "*");
    assert_eq!(somewhere.verdict, Verdict::Undecided);
    assert!(
        somewhere.gaps[0].contains("aws:RequestedRegion"),
        "{:?}",
        somewhere.gaps
    );
    let instance = |region: &str| format!("arn:aws:ec2:{region}:{DEV}:instance/i-1");
    let stop = "ec2:StopInstances";
    assert_eq!(
        verdict(&org, &ann, stop, &instance("eu-west-1")),
        Verdict::Allowed
    );
    assert_eq!(
        verdict(&org, &ann, stop, &instance("us-east-1")),
        Verdict::Denied
    );

    let without = ask(&org, &ann, "iam:CreateUser", "*");
    assert_eq!(without.verdict, Verdict::Denied);
    assert!(without.depends_on[0].contains("aws:MultiFactorAuthPresent"));
    let context = [(
        "aws:MultiFactorAuthPresent".to_owned(),
        vec!["true".to_owned()],
    )];
    let with = collected(&org)
        .finish()
        .can(&Asked {
            context: &context,
            ..asked(&ann, "iam:CreateUser", "*")
        })
        .unwrap();
    assert_eq!(with.verdict, Verdict::Allowed);
}

#[test]
fn questions_that_cannot_be_meant() {
    let org = Org::three()
        .user(DEV, "ann", &[], &[])
        .role(DEV, "app", support::nobody(), &[]);
    let questions = collected(&org).finish();
    let ann = user(DEV, "ann");
    let error = |principal: &str, action: &str, resource: &str| {
        questions
            .can(&asked(principal, action, resource))
            .unwrap_err()
    };
    let QuestionError::Missing { known, .. } = error(&user(DEV, "anne"), "s3:Get", "*") else {
        panic!("not missing");
    };
    assert!(known.contains(&ann));
    assert!(matches!(
        error(&ann, "sts:AssumeRole", &role(DEV, "ap")),
        QuestionError::Missing { what: "role", .. }
    ));
    assert!(matches!(
        error("ann", "s3:Get", "*"),
        QuestionError::Principal(_)
    ));
    assert!(matches!(
        error(&ann, "GetObject", "*"),
        QuestionError::Action(_)
    ));
    assert!(matches!(
        error(&ann, "s3:Get", "files"),
        QuestionError::Resource(_)
    ));
}

/// The switch keeps strangers out of a bucket whose policy is public.
#[test]
fn public_buckets_can_be_restricted() {
    let public = policy(&[
        json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": OBJECT}),
    ]);
    let with = |restrict: bool| {
        let config = json!({"PolicyDocument": public,
            "PublicAccessBlockConfiguration": {"RestrictPublicBuckets": restrict}});
        Org::three()
            .user(DEV, "ann", &[reading()], &[])
            .add(PROD, bucket(PROD, "files", config, json!({})))
    };
    let ann = user(DEV, "ann");
    assert_eq!(
        verdict(&with(false), &ann, "s3:GetObject", OBJECT),
        Verdict::Allowed
    );
    assert_eq!(
        verdict(&with(true), &ann, "s3:GetObject", OBJECT),
        Verdict::Denied
    );
}

/// What allows at a level may be the policy that could not be placed.
#[test]
fn a_control_policy_that_could_not_be_placed_may_allow() {
    let mut org = Org::three()
        .user(DEV, "ann", &[reading()], &[])
        .add(DEV, bucket(DEV, "files", json!({}), json!({})))
        .scp("no-trails", deny("cloudtrail:*", "*"), &["r-root"]);
    let mut full = org.organization.last().unwrap().clone();
    full["arn"] = json!("arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess");
    full["config"] = json!({"Id": "p-FullAWSAccess", "Name": "FullAWSAccess",
        "Type": "SERVICE_CONTROL_POLICY", "Content": policy(&[allow("*", "*")])});
    full["unknown"] = json!({"config.TargetIds": "AccessDenied"});
    org.organization.push(full);
    let ann = user(DEV, "ann");
    assert_eq!(
        verdict(&org, &ann, "s3:GetObject", OBJECT),
        Verdict::Undecided
    );
    assert_eq!(
        verdict(&org, &ann, "cloudtrail:DescribeTrails", "*"),
        Verdict::Denied
    );
}

/// A public policy lets strangers in only if nothing restricts it, and nobody looked.
#[test]
fn a_switch_that_was_not_seen_leaves_it_open() {
    let public = policy(&[
        json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": OBJECT}),
    ]);
    let org = Org::three().user(DEV, "ann", &[reading()], &[]).add(
        PROD,
        bucket(PROD, "files", json!({"PolicyDocument": public}), json!({})),
    );
    let ann = user(DEV, "ann");
    let mut collected = collected(&org);
    let prod: AccountId = PROD.parse().unwrap();
    collected.add_unseen_public_access_block(&prod, "NotCollected".to_owned());
    let questions = collected.finish();
    let answer = questions.can(&asked(&ann, "s3:GetObject", OBJECT)).unwrap();
    assert_eq!(answer.verdict, Verdict::Undecided);
}

/// Tags that nobody collected are not tags that are not there.
#[test]
fn tags_that_were_not_seen_leave_it_open() {
    let locked = policy(&[
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": {"StringEquals": {"s3:BucketTag/locked": "true"}}}),
    ]);
    let with = |more: Value| {
        Org::three().user(DEV, "ann", &[reading()], &[]).add(
            DEV,
            bucket(DEV, "files", json!({"PolicyDocument": locked}), more),
        )
    };
    let ann = user(DEV, "ann");
    let unseen = with(json!({"unknown": {"tags": "NotCollected: s3:GetBucketTagging"}}));
    assert_eq!(
        verdict(&unseen, &ann, "s3:GetObject", OBJECT),
        Verdict::Undecided
    );
    assert_eq!(
        verdict(&with(json!({})), &ann, "s3:GetObject", OBJECT),
        Verdict::Allowed
    );
}

#[test]
fn misspelt_actions_are_told() {
    let org = Org::three().user(DEV, "ann", &[admin()], &[]);
    let questions = collected(&org).finish();
    let ann = user(DEV, "ann");
    let question = asked(&ann, "s3:GetObjet", OBJECT);
    match questions.can(&question) {
        Err(QuestionError::UnknownAction { action, nearest }) => {
            assert_eq!(action, "s3:GetObjet");
            assert_eq!(nearest[0], "s3:GetObject");
        }
        other => panic!("{other:?}"),
    }
    let anyway = Asked {
        unlisted_action: true,
        ..question
    };
    assert!(questions.can(&anyway).is_ok());
}

#[test]
fn levels_have_names() {
    let org = Org::new()
        .unit("ou-dev", "r-root")
        .account(DEV, "dev", "ou-dev")
        .scp("no-trails", deny("cloudtrail:*", "*"), &["r-root"])
        .scp("stay", deny("sts:AssumeRole", "*"), &["ou-dev"])
        .scp("frugal", deny("ec2:*", "*"), &[DEV])
        .user(DEV, "ann", &[admin()], &[]);
    let answer = ask(&org, &user(DEV, "ann"), "ec2:StopInstances", "*");
    let places: Vec<_> = answer
        .layers
        .iter()
        .filter_map(|layer| layer.place.as_deref())
        .collect();
    assert_eq!(places.len(), 3, "{places:?}");
    assert_eq!(places[0], "root r-root");
    assert!(places[1].starts_with("unit ou-dev"), "{places:?}");
    assert!(
        places[2].starts_with(&format!("account {DEV}")),
        "{places:?}"
    );
    assert!(
        answer.reason.contains(&format!("of account {DEV}")),
        "{}",
        answer.reason
    );
}

/// A key is opened by its policy, which may hand the right on to identity policies.
#[test]
fn the_policy_of_a_key_has_its_say() {
    let key = format!("arn:aws:kms:eu-west-1:{PROD}:key/11112222-3333-4444-5555-666677778888");
    let org = |principal: Value| {
        Org::three()
            .role(PROD, "reader", trust(&[]), &[allow("kms:Decrypt", "*")])
            .role(PROD, "other", trust(&[]), &[allow("s3:GetObject", "*")])
            .add(
                PROD,
                json!({"type": "AWS::KMS::Key", "arn": key, "account": PROD,
                    "region": "eu-west-1", "config": {"KeyPolicy": policy(&[
                        json!({"Effect": "Allow", "Principal": principal, "Action": "kms:*",
                            "Resource": "*"})])}}),
            )
    };
    let handed_on = org(json!({"AWS": root(PROD)}));
    let decrypt = |org: &Org, name: &str| verdict(org, &role(PROD, name), "kms:Decrypt", &key);
    assert_eq!(decrypt(&handed_on, "reader"), Verdict::Allowed);
    assert_eq!(decrypt(&handed_on, "other"), Verdict::Denied);
    let kept = org(json!({"AWS": role(PROD, "else")}));
    assert_eq!(decrypt(&kept, "reader"), Verdict::Denied);
}

/// A snapshot has no policy: in its own account identity policies decide, and of others those with whom it is
/// shared, as far as a document tells.
#[test]
fn a_snapshot_is_judged_by_whom_it_is_shared_with() {
    let snapshot = format!("arn:aws:ec2:eu-west-1:{PROD}:snapshot/snap-1");
    let create = || allow("ec2:CreateVolume", "*");
    let org = Org::three()
        .role(PROD, "restore", trust(&[]), &[create()])
        .role(DEV, "restore", trust(&[]), &[create()])
        .role(TEST, "restore", trust(&[]), &[create()])
        .role(PROD, "other", trust(&[]), &[allow("s3:GetObject", "*")]);
    let asks = |org: &Org, account: &str, name: &str, arn: &str| {
        ask(org, &role(account, name), "ec2:CreateVolume", arn)
    };
    // Of which nothing is known.
    assert_eq!(
        asks(&org, PROD, "restore", &snapshot).verdict,
        Verdict::Allowed
    );
    assert_eq!(
        asks(&org, PROD, "other", &snapshot).verdict,
        Verdict::Denied
    );
    let foreign = asks(&org, DEV, "restore", &snapshot);
    assert_eq!(foreign.verdict, Verdict::Undecided);
    assert!(foreign.gaps[0].contains("shared"), "{:?}", foreign.gaps);
    let ownerless = "arn:aws:ec2:eu-west-1::snapshot/snap-1";
    let unknown = asks(&org, PROD, "restore", ownerless);
    assert_eq!(unknown.verdict, Verdict::Undecided);
    assert!(
        unknown.gaps[0].contains("whose it is"),
        "{:?}",
        unknown.gaps
    );
    // Of which a document tells.
    let told = org.add(
        PROD,
        json!({"type": "AWS::EC2::Snapshot", "arn": snapshot, "account": PROD, "region": "eu-west-1",
            "config": {"SnapshotId": "snap-1", "CreateVolumePermissions": [{"UserId": DEV}]}}),
    );
    for arn in [snapshot.as_str(), ownerless] {
        assert_eq!(
            asks(&told, PROD, "restore", arn).verdict,
            Verdict::Allowed,
            "{arn}"
        );
        assert_eq!(
            asks(&told, DEV, "restore", arn).verdict,
            Verdict::Allowed,
            "{arn}"
        );
        assert_eq!(
            asks(&told, TEST, "restore", arn).verdict,
            Verdict::Denied,
            "{arn}"
        );
    }
}

#[test]
fn the_permissions_of_a_function_have_a_say() {
    let function = format!("arn:aws:lambda:eu-west-1:{PROD}:function:f");
    let live = format!("{function}:live");
    let org = |permissions: &[Value]| {
        let of_lambda = |kind: &str, arn: &str, config: Value| {
            json!({"type": kind, "arn": arn, "account": PROD, "region": "eu-west-1",
                "config": config})
        };
        let org = Org::three()
            .role(DEV, "caller", support::nobody(), &[allow("lambda:*", "*")])
            .role(PROD, "own", support::nobody(), &[allow("lambda:*", "*")])
            .role(PROD, "runs", support::nobody(), &[])
            .add(
                PROD,
                of_lambda(
                    "AWS::Lambda::Function",
                    &function,
                    json!({"FunctionName": "f", "Role": role(PROD, "runs")}),
                ),
            );
        let permissions = permissions.iter().enumerate();
        permissions.fold(org, |org, (place, config)| {
            let arn = format!("{function}/permission/{place}");
            let document = of_lambda("AWS::Lambda::Permission", &arn, config.clone());
            org.add(PROD, document)
        })
    };
    let to = |name: &str, who: &str| json!({"FunctionName": name, "Principal": who, "Action": "lambda:InvokeFunction"});
    let invokes =
        |org: &Org, who: &str, what: &str| verdict(org, who, "lambda:InvokeFunction", what);
    let caller = role(DEV, "caller");
    let unseen = org(&[]);
    assert_eq!(invokes(&unseen, &caller, &function), Verdict::Undecided);
    assert_eq!(
        invokes(&unseen, &role(PROD, "own"), &function),
        Verdict::Undecided,
        "it may deny"
    );
    let open = org(&[to("f", DEV)]);
    assert_eq!(invokes(&open, &caller, &function), Verdict::Allowed);
    assert_eq!(
        invokes(&open, &caller, &live),
        Verdict::Denied,
        "an alias has a policy of its own"
    );
    assert_eq!(
        invokes(&org(&[to(&live, DEV)]), &caller, &live),
        Verdict::Allowed
    );
    assert_eq!(
        invokes(&org(&[to("f", TEST)]), &caller, &function),
        Verdict::Denied
    );
    assert_eq!(
        invokes(&org(&[to("f", TEST)]), &role(PROD, "own"), &function),
        Verdict::Allowed
    );
}
