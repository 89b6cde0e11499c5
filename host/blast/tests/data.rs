//! Data behind resource policies and keys: organizations whose reach was worked out with a pencil.
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

const BUCKET: &str = "arn:aws:s3:::orders";

fn bucket(account: &str, config: Value) -> Value {
    json!({"type": "AWS::S3::Bucket", "arn": BUCKET, "account": account, "region": "eu-west-1",
        "config": config})
}

fn lets(principal: Value, more: Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
        "Resource": format!("{BUCKET}/*")});
    for (name, part) in more.as_object().unwrap() {
        statement[name] = part.clone();
    }
    policy(&[statement])
}

fn reader(org: Org, account: &str) -> Org {
    org.role(
        account,
        "reader",
        nobody(),
        &[allow("s3:GetObject", &format!("{BUCKET}/*"))],
    )
    .role(account, "nobody", nobody(), &[])
}

#[test]
fn inside_the_account_identity_policies_are_enough() {
    let org = reader(Org::three(), PROD).add(PROD, bucket(PROD, json!({})));
    assert_eq!(org.reach(&role(PROD, "reader"), BUCKET), Some(Certain));
    assert_eq!(org.reach(&role(PROD, "nobody"), BUCKET), None);
    assert_eq!(org.reach(PROD, BUCKET), Some(Certain));
    assert_eq!(org.reach(DEV, BUCKET), None);
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let open = |policy: Value| {
        reader(Org::three(), DEV).add(PROD, bucket(PROD, json!({ "PolicyDocument": policy })))
    };
    let account = open(lets(json!({"AWS": root(DEV)}), json!({})));
    assert_eq!(account.reach(&role(DEV, "reader"), BUCKET), Some(Certain));
    assert_eq!(account.reach(&role(DEV, "nobody"), BUCKET), None);
    // Whoever has the account writes identity policies.
    assert_eq!(account.reach(DEV, BUCKET), Some(Certain));
    assert_eq!(account.reach(TEST, BUCKET), None);
    let one = open(lets(json!({"AWS": role(DEV, "nobody")}), json!({})));
    assert_eq!(one.reach(&role(DEV, "reader"), BUCKET), None);
    assert_eq!(one.reach(&role(DEV, "nobody"), BUCKET), None);
    let none = open(lets(json!({"AWS": root(TEST)}), json!({})));
    assert_eq!(none.reach(&role(DEV, "reader"), BUCKET), None);
}

/// "Everybody of the organization" is every account of it, dev included.
#[test]
fn the_whole_organization_is_expanded_to_its_accounts() {
    let org = reader(Org::three(), DEV).add(
        PROD,
        bucket(
            PROD,
            json!({ "PolicyDocument": lets(json!("*"), json!({
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-test000001"}}}))}),
        ),
    );
    assert_eq!(org.reach(&role(DEV, "reader"), BUCKET), Some(Certain));
    assert_eq!(org.reach(&role(DEV, "nobody"), BUCKET), None);
    assert_eq!(org.reach(DEV, BUCKET), Some(Certain));
    assert_eq!(org.reach("anyone", BUCKET), None);
    let guarded = org.scp("no-reads", deny("s3:GetObject", "*"), &[DEV]);
    assert_eq!(guarded.reach(&role(DEV, "reader"), BUCKET), None);
    assert_eq!(guarded.reach(DEV, BUCKET), None);
    assert_eq!(guarded.reach(TEST, BUCKET), Some(Certain));
}

#[test]
fn a_public_bucket_is_anyones_unless_it_is_closed() {
    let org = |block: bool| {
        let mut config = json!({ "PolicyDocument": lets(json!("*"), json!({})) });
        config["PublicAccessBlockConfiguration"] = json!({
            "BlockPublicAcls": block, "BlockPublicPolicy": block,
            "IgnorePublicAcls": block, "RestrictPublicBuckets": block
        });
        reader(Org::three(), PROD).add(PROD, bucket(PROD, config))
    };
    assert_eq!(org(false).reach("anyone", BUCKET), Some(Certain));
    assert_eq!(org(false).reach(DEV, BUCKET), Some(Certain));
    assert_eq!(org(true).reach("anyone", BUCKET), None);
    assert_eq!(org(true).reach(DEV, BUCKET), None);
    assert_eq!(
        org(true).reach(&role(PROD, "reader"), BUCKET),
        Some(Certain)
    );
}

const KEY: &str = "11112222-3333-4444-5555-666677778888";

fn key(account: &str, policy: Value, grants: Value) -> Value {
    json!({"type": "AWS::KMS::Key", "account": account, "region": "eu-west-1",
        "arn": key_arn(account), "config": {"KeyPolicy": policy}, "observed": {"Grants": grants}})
}

fn key_arn(account: &str) -> String {
    format!("arn:aws:kms:eu-west-1:{account}:key/{KEY}")
}

fn key_policy(account: &str) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"AWS": root(account)},
        "Action": "kms:*", "Resource": "*"}),
    ])
}

fn encrypted(account: &str) -> Value {
    bucket(
        account,
        json!({"BucketEncryption": {"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": key_arn(account)}}]}}),
    )
}

/// Reading ciphertext and using its key are two rights, and only both give the data.
#[test]
fn encrypted_data_takes_the_key_too() {
    let org = |grants: Value| {
        Org::three()
            .add(PROD, encrypted(PROD))
            .add(PROD, key(PROD, key_policy(PROD), grants))
            .role(
                PROD,
                "half",
                nobody(),
                &[allow("s3:GetObject", &format!("{BUCKET}/*"))],
            )
            .role(
                PROD,
                "both",
                nobody(),
                &[policy(&[
                    statement("Allow", "s3:GetObject", &format!("{BUCKET}/*")),
                    statement("Allow", "kms:Decrypt", &key_arn(PROD)),
                ])],
            )
    };
    let plain = org(json!([]));
    assert_eq!(plain.reach(&role(PROD, "half"), BUCKET), None);
    assert_eq!(plain.reach(&role(PROD, "both"), BUCKET), Some(Certain));
    assert_eq!(plain.reach(PROD, BUCKET), Some(Certain));
    let granted = org(json!([{"GranteePrincipal": role(PROD, "half"), "Operations": ["Decrypt"]}]));
    assert_eq!(granted.reach(&role(PROD, "half"), BUCKET), Some(Certain));
    let useless = org(json!([{"GranteePrincipal": role(PROD, "half"), "Operations": ["Encrypt"]}]));
    assert_eq!(useless.reach(&role(PROD, "half"), BUCKET), None);
    let radius = plain.radius(&role(PROD, "both"));
    let graph = plain.graph();
    let links: Vec<String> = radius
        .path(&graph.find(BUCKET).unwrap())
        .iter()
        .map(|step| step.link.clone())
        .collect();
    // One caller who may do both takes one step, by the statements of both.
    assert_eq!(links, ["s3-policy"]);
    let path = radius.path(&graph.find(BUCKET).unwrap());
    let asks_key = |text: &str| text.contains("kms:Decrypt");
    assert!(path[0].evidence.iter().any(|one| asks_key(&one.text)));
}

/// A key policy that does not name the account keeps identity policies from deciding.
#[test]
fn a_key_is_opened_by_its_policy_alone() {
    let org = Org::three()
        .add(
            PROD,
            key(
                PROD,
                policy(&[
                    json!({"Effect": "Allow", "Action": "kms:*", "Resource": "*",
                    "Principal": {"AWS": role(PROD, "custodian")}}),
                ]),
                json!([]),
            ),
        )
        .role(PROD, "custodian", nobody(), &[])
        .role(PROD, "user", nobody(), &[allow("kms:*", "*")]);
    assert_eq!(
        org.reach(&role(PROD, "custodian"), &key_arn(PROD)),
        Some(Certain)
    );
    assert_eq!(org.reach(&role(PROD, "user"), &key_arn(PROD)), None);
}

#[test]
fn policies_that_are_documents_of_their_own_are_joined() {
    let queue = format!("arn:aws:sqs:eu-west-1:{PROD}:jobs");
    let org = Org::three()
        .add(
            PROD,
            json!({"type": "AWS::SQS::Queue", "arn": queue, "account": PROD,
                "region": "eu-west-1", "config": {"QueueName": "jobs"}}),
        )
        .add(
            PROD,
            json!({"type": "AWS::SQS::QueuePolicy", "account": PROD, "region": "eu-west-1",
                "arn": format!("arn:aws:cloudcontrolapi:eu-west-1:{PROD}:AWS::SQS::QueuePolicy/1"),
                "config": {
                    "Queues": [format!("https://sqs.eu-west-1.amazonaws.com/{PROD}/jobs")],
                    "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sqs:*",
                        "Resource": queue, "Principal": {"AWS": DEV},
                        "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}]}}}),
        );
    assert_eq!(org.reach(DEV, &queue), Some(Conditional));
    assert_eq!(org.reach(TEST, &queue), None);
}

#[test]
fn a_policy_that_can_be_rewritten_lets_in() {
    let org = Org::three().add(PROD, bucket(PROD, json!({}))).role(
        PROD,
        "writer",
        nobody(),
        &[allow("s3:PutBucketPolicy", BUCKET)],
    );
    assert_eq!(org.reach(&role(PROD, "writer"), BUCKET), Some(Certain));
    let guarded = org.scp("no-reads", deny("s3:GetObject*", "*"), &[PROD]);
    // An account outside is not bound by it, but by a resource control policy.
    assert_eq!(
        guarded.reach(&role(PROD, "writer"), BUCKET),
        Some(Conditional)
    );
    let strangers = policy(&[
        json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-test000001"}}}),
    ]);
    let closed = guarded.control("rcp", "no-strangers", strangers, &["r-root"]);
    assert_eq!(closed.reach(&role(PROD, "writer"), BUCKET), None);
}

#[test]
fn keys_queues_and_snapshots_are_shared_by_who_may_share_them() {
    let snapshot = format!("arn:aws:ec2:eu-west-1:{PROD}:snapshot/snap-1");
    let delegates = lets_key(json!({"AWS": root(PROD)}), "kms:*");
    let org = Org::three()
        .add(PROD, key(PROD, delegates, json!([])))
        .add(
            PROD,
            json!({"type": "AWS::EC2::Snapshot", "arn": snapshot, "account": PROD,
                "region": "eu-west-1", "config": {"SnapshotId": "snap-1"}}),
        )
        .role(PROD, "policy", nobody(), &[allow("kms:PutKeyPolicy", "*")])
        .role(PROD, "grant", nobody(), &[allow("kms:CreateGrant", "*")])
        .role(PROD, "lists", nobody(), &[allow("kms:List*", "*")])
        .role(
            PROD,
            "shares",
            nobody(),
            &[allow("ec2:ModifySnapshotAttribute", "*")],
        );
    for (name, data, expected) in [
        ("policy", key_arn(PROD), Some(Certain)),
        ("grant", key_arn(PROD), Some(Certain)),
        ("lists", key_arn(PROD), None),
        ("shares", snapshot, Some(Certain)),
    ] {
        assert_eq!(org.reach(&role(PROD, name), &data), expected, "{name}");
    }
    // A key policy that does not hand the right on to identity policies keeps it.
    let closed = lets_key(json!({"AWS": role(PROD, "else")}), "kms:*");
    let org = Org::three().add(PROD, key(PROD, closed, json!([]))).role(
        PROD,
        "policy",
        nobody(),
        &[allow("kms:PutKeyPolicy", "*")],
    );
    assert_eq!(org.reach(&role(PROD, "policy"), &key_arn(PROD)), None);
}

fn lets_key(principal: Value, action: &str) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": principal, "Action": action,
        "Resource": "*"}),
    ])
}

#[test]
fn a_snapshot_is_read_by_whom_it_is_shared_with() {
    let snapshot = format!("arn:aws:ec2:eu-west-1:{PROD}:snapshot/snap-1");
    let org = |permissions: Value| {
        Org::three()
            .add(
                PROD,
                json!({"type": "AWS::EC2::Snapshot", "arn": snapshot, "account": PROD,
                    "region": "eu-west-1",
                    "config": {"SnapshotId": "snap-1", "CreateVolumePermissions": permissions}}),
            )
            .role(PROD, "backup", nobody(), &[allow("ebs:*Snapshot*", "*")])
    };
    let shared = org(json!([{"UserId": DEV}, {"UserId": "123412341234"}]));
    assert_eq!(shared.reach(DEV, &snapshot), Some(Certain));
    assert_eq!(shared.reach(TEST, &snapshot), None);
    assert_eq!(shared.reach("123412341234", &snapshot), Some(Certain));
    assert_eq!(
        shared.reach(&role(PROD, "backup"), &snapshot),
        Some(Certain)
    );
    let public = org(json!([{"Group": "all"}]));
    assert_eq!(public.reach("anyone", &snapshot), Some(Certain));
    assert_eq!(public.reach(TEST, &snapshot), Some(Certain));
    assert_eq!(org(json!([])).reach("anyone", &snapshot), None);
}

/// The key that AWS keeps for an account serves nobody else, and one that was not seen leaves it open.
#[test]
fn keys_that_are_not_at_hand() {
    let org = |encryption: Value| {
        let mut config = json!({ "PolicyDocument": lets(json!({"AWS": root(DEV)}), json!({})) });
        config["BucketEncryption"] = json!({"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": encryption}]});
        reader(reader(Org::three(), DEV), PROD).add(PROD, bucket(PROD, config))
    };
    let own = org(json!({"SSEAlgorithm": "aws:kms"}));
    assert_eq!(own.reach(&role(PROD, "reader"), BUCKET), Some(Certain));
    assert_eq!(own.reach(&role(DEV, "reader"), BUCKET), None);
    let unseen = org(json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn(TEST)}));
    assert_eq!(
        unseen.reach(&role(DEV, "reader"), BUCKET),
        Some(Conditional)
    );
    let plain = org(json!({"SSEAlgorithm": "AES256"}));
    assert_eq!(plain.reach(&role(DEV, "reader"), BUCKET), Some(Certain));
}

/// A policy that could not be seen lets nobody in by itself, and the report says that it is missing.
#[test]
fn a_policy_that_was_not_seen_is_told() {
    let mut document = bucket(PROD, json!({}));
    document["unknown"] = json!({"config.PolicyDocument": "AccessDenied: s3:GetBucketPolicy"});
    let survey = reader(Org::three(), DEV).add(PROD, document).survey();
    assert_eq!(survey.unjudged.len(), 1, "{:?}", survey.unjudged);
    assert_eq!(survey.unjudged[0].arn.to_string(), BUCKET);
}

const POINT: &str = "arn:aws:s3:eu-west-1:333333333333:accesspoint/orders";

/// The bucket with a policy, an access point of it with another, and a reader in dev with a policy for each ARN.
fn through_point(of_bucket: Value, of_point: Value, reads: &str) -> Org {
    Org::three()
        .add(PROD, bucket(PROD, json!({ "PolicyDocument": of_bucket })))
        .add(
            PROD,
            json!({"type": "AWS::S3::AccessPoint", "arn": POINT, "account": PROD, "region": "eu-west-1",
                "config": of_point}),
        )
        .role(DEV, "reader", nobody(), &[allow("s3:GetObject", reads)])
}

/// A bucket policy that leaves who reads to the access points of an account.
fn hands_on(account: &str) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*",
        "Resource": [BUCKET, format!("{BUCKET}/*")],
        "Condition": {"StringEquals": {"s3:DataAccessPointAccount": account}}}),
    ])
}

fn point(principal: Value, objects: &str, more: Value) -> Value {
    let mut config = json!({"Bucket": "orders", "Policy": policy(&[json!({"Effect": "Allow",
        "Principal": principal, "Action": "s3:GetObject", "Resource": format!("{POINT}/object/{objects}")})])});
    for (name, part) in more.as_object().unwrap() {
        config[name] = part.clone();
    }
    config
}

#[test]
fn an_access_point_and_its_bucket_both_let_in() {
    let reader = role(DEV, "reader");
    let dev = json!({"AWS": root(DEV)});
    let objects = format!("{POINT}/object/*");
    let reach = |of_bucket: Value, of_point: Value, reads: &str| {
        through_point(of_bucket, of_point, reads).reach(&reader, BUCKET)
    };
    let open = || point(dev.clone(), "*", json!({}));
    assert_eq!(reach(hands_on(PROD), open(), &objects), Some(Certain));
    // Neither the one nor the other alone, nor for whom its own policies do not.
    assert_eq!(reach(hands_on(TEST), open(), &objects), None);
    assert_eq!(
        reach(hands_on(PROD), json!({"Bucket": "orders"}), &objects),
        None
    );
    assert_eq!(reach(hands_on(PROD), open(), &format!("{BUCKET}/*")), None);
    let others = point(json!({"AWS": root(TEST)}), "*", json!({}));
    assert_eq!(reach(hands_on(PROD), others, &objects), None);
    // What is under a name alone, and what is asked for from inside a network.
    let some = point(dev.clone(), "public/*", json!({}));
    assert_eq!(reach(hands_on(PROD), some, &objects), Some(Conditional));
    let inside = point(
        dev.clone(),
        "*",
        json!({"VpcConfiguration": {"VpcId": "vpc-1"}}),
    );
    assert_eq!(reach(hands_on(PROD), inside, &objects), Some(Conditional));
    let whole = through_point(hands_on(PROD), open(), &objects);
    assert_eq!(whole.reach(DEV, BUCKET), Some(Certain));
    assert_eq!(whole.reach(TEST, BUCKET), None);
    let denied = whole.scp("no-reads", deny("s3:GetObject", "*"), &[DEV]);
    assert_eq!(denied.reach(DEV, BUCKET), None);
}

/// An access point keeps strangers out of what its policy opens to everybody, unless that is switched off.
#[test]
fn a_public_access_point() {
    let with = |more: Value| {
        let open = point(json!("*"), "*", more);
        through_point(hands_on(PROD), open, "*").reach("anyone", BUCKET)
    };
    assert_eq!(with(json!({})), None);
    let off = json!({"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": false}});
    assert_eq!(with(off), Some(Certain));
}

/// A request to the bucket itself has none of the keys of access points.
#[test]
fn a_bucket_that_leaves_it_to_access_points_lets_nobody_in_itself() {
    let org = reader(Org::three(), DEV).add(
        PROD,
        bucket(PROD, json!({"PolicyDocument": hands_on(PROD)})),
    );
    assert_eq!(org.reach(&role(DEV, "reader"), BUCKET), None);
    assert_eq!(org.reach("anyone", BUCKET), None);
}

#[test]
fn credentials_may_lie_in_what_is_not_there_to_hold_data() {
    let function = format!("arn:aws:lambda:eu-west-1:{DEV}:function:f");
    let org = |config: Value, observed: Value, action: &str| {
        Org::three()
            .role(DEV, "reader", nobody(), &[allow(action, "*")])
            .role(
                DEV,
                "other",
                nobody(),
                &[allow("lambda:InvokeFunction", "*")],
            )
            .add(
                DEV,
                json!({"type": "AWS::Lambda::Function", "arn": function, "account": DEV,
                    "region": "eu-west-1", "config": config, "observed": observed}),
            )
    };
    let data = format!("data of {function}");
    let with = |names: &[&str]| {
        let variables: serde_json::Map<String, Value> = names
            .iter()
            .map(|name| ((*name).to_owned(), json!("x")))
            .collect();
        json!({"FunctionName": "f", "Role": role(DEV, "other"),
            "Environment": {"Variables": variables}})
    };
    let reach = |org: &Org, who: &str| org.reach(&role(DEV, who), &data);
    for action in ["lambda:GetFunction", "lambda:List*"] {
        let told = org(with(&["STAGE", "DB_PASSWORD"]), json!({}), action);
        assert_eq!(reach(&told, "reader"), Some(Certain), "{action}");
        assert_eq!(reach(&told, "other"), None, "it may only invoke");
        assert_eq!(
            told.reach(&function, &data),
            Some(Certain),
            "its own code has it"
        );
        assert_eq!(told.reach(DEV, &data), Some(Certain));
    }
    let names = json!({"VariableNames": ["API_TOKEN"]});
    let live = org(
        json!({"FunctionName": "f", "Role": role(DEV, "other")}),
        names,
        "lambda:*",
    );
    assert_eq!(reach(&live, "reader"), Some(Certain));
    let fact = org(with(&["STAGE"]), json!({}), "lambda:*");
    assert!(
        fact.graph().find(&data).is_err(),
        "nothing telling is there"
    );
}

#[test]
fn an_environment_under_a_key_takes_the_key() {
    let function = format!("arn:aws:lambda:eu-west-1:{DEV}:function:f");
    let key = format!("arn:aws:kms:eu-west-1:{DEV}:key/1");
    let org = |actions: &[&str]| {
        let statements: Vec<Value> = actions
            .iter()
            .map(|action| statement("Allow", action, "*"))
            .collect();
        let document = |kind: &str, arn: &str, config: Value| {
            json!({"type": kind, "arn": arn, "account": DEV, "region": "eu-west-1",
                "config": config})
        };
        let own = json!([{"Effect": "Allow", "Principal": {"AWS": root(DEV)}, "Action": "kms:*",
            "Resource": "*"}]);
        Org::three()
            .role(DEV, "reader", nobody(), &[policy(&statements)])
            .add(
                DEV,
                document(
                    "AWS::KMS::Key",
                    &key,
                    json!({"KeyPolicy": {"Statement": own}}),
                ),
            )
            .add(
                DEV,
                document(
                    "AWS::Lambda::Function",
                    &function,
                    json!({"FunctionName": "f", "Role": role(DEV, "reader"), "KmsKeyArn": key,
                        "Environment": {"Variables": {"DB_PASSWORD": "x"}}}),
                ),
            )
    };
    let data = format!("data of {function}");
    let reach = |actions: &[&str]| org(actions).reach(&role(DEV, "reader"), &data);
    assert_eq!(reach(&["lambda:GetFunction"]), None);
    assert_eq!(reach(&["lambda:GetFunction", "kms:Decrypt"]), Some(Certain));
}

#[test]
fn what_could_not_be_seen_of_a_store_is_in_doubt() {
    let org = |more: Value| {
        let mut document = bucket(PROD, json!({"PolicyDocument": lets(json!("*"), json!({}))}));
        for (name, part) in more.as_object().unwrap() {
            document[name] = part.clone();
        }
        Org::three()
            .role(DEV, "reader", nobody(), &[allow("s3:GetObject", "*")])
            .add(PROD, document)
    };
    let reach = |more: Value| org(more).reach(&role(DEV, "reader"), BUCKET);
    assert_eq!(reach(json!({})), Some(Certain));
    for unknown in [
        "config.BucketEncryption",
        "config.PublicAccessBlockConfiguration",
    ] {
        let why = json!({"kind": "denied", "answer": "AccessDenied"});
        assert_eq!(
            reach(json!({"unknown": {unknown: why}})),
            Some(Conditional),
            "{unknown}"
        );
    }
}

#[test]
fn what_aws_says_of_a_policy_goes_before_what_it_looks_like() {
    let blocks = json!({"RestrictPublicBuckets": true});
    let path = "o-test000001/r-root/*";
    let policy = lets(
        json!("*"),
        json!({"Condition": {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": path}}}),
    );
    let org = |public: Value| {
        let mut document = bucket(
            PROD,
            json!({"PolicyDocument": policy, "PublicAccessBlockConfiguration": blocks}),
        );
        document["observed"] = json!({"PolicyIsPublic": public});
        Org::three()
            .role(DEV, "reader", nobody(), &[allow("s3:GetObject", "*")])
            .add(PROD, document)
    };
    let reach = |public: Value| org(public).reach(&role(DEV, "reader"), BUCKET);
    assert_eq!(reach(json!(false)), Some(Certain));
    assert_eq!(reach(json!(true)), None);
}

#[test]
fn the_id_of_a_role_is_that_of_its_sessions() {
    let only = |id: &str| {
        let mut denial = lets(json!("*"), json!({}))["Statement"][0].clone();
        denial["Effect"] = json!("Deny");
        denial["Condition"] = json!({"StringNotLike": {"aws:userId": [format!("{id}:*"), DEV]}});
        policy(&[denial])
    };
    let org = |id: &str| {
        let mut org = Org::three()
            .role(DEV, "reader", nobody(), &[allow("s3:GetObject", "*")])
            .add(DEV, bucket(DEV, json!({"PolicyDocument": only(id)})));
        let documents = &mut org.accounts.get_mut(DEV).unwrap().1;
        let role = documents
            .iter_mut()
            .find(|one| one["type"] == json!("AWS::IAM::Role"));
        role.unwrap()["observed"] = json!({"RoleId": "AROAEXAMPLEREADER"});
        org
    };
    let reach = |id: &str| org(id).reach(&role(DEV, "reader"), BUCKET);
    assert_eq!(reach("AROAEXAMPLEREADER"), Some(Certain));
    assert_eq!(reach("AROAEXAMPLEOTHER"), None);
}

#[test]
fn keys_of_sts_are_of_no_other_request() {
    let org = |condition: Value| {
        let mut reads = statement("Allow", "s3:GetObject", "*");
        reads["Condition"] = condition;
        Org::three()
            .role(DEV, "reader", nobody(), &[policy(&[reads])])
            .add(DEV, bucket(DEV, json!({})))
    };
    let reach = |condition: Value| org(condition).reach(&role(DEV, "reader"), BUCKET);
    assert_eq!(
        reach(json!({"StringEquals": {"sts:ExternalId": "x"}})),
        None
    );
    assert_eq!(
        reach(json!({"StringNotEquals": {"sts:ExternalId": "x"}})),
        Some(Certain)
    );
    assert_eq!(
        reach(json!({"Bool": {"aws:ViaAWSService": "false"}})),
        Some(Certain)
    );
    assert_eq!(
        reach(json!({"Bool": {"aws:ViaAWSService": "true"}})),
        Some(Conditional)
    );
}
