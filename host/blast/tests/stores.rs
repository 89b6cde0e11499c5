//! What it takes to read a store, put something into it or rewrite its policy, type by type.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional};
use serde_json::{Value, json};
use support::*;

const BUCKET: &str = "arn:aws:s3:::orders";
const OBJECTS: &str = "arn:aws:s3:::orders/*";

fn store(kind: &str, arn: &str, config: Value) -> Value {
    json!({"type": kind, "arn": arn, "account": PROD, "region": "eu-west-1", "config": config})
}

fn lets(principal: Value, action: Value, resource: &str) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource})
}

fn bucket(statements: &[Value], more: Value) -> Value {
    let mut config = json!({"PolicyDocument": policy(statements)});
    for (name, part) in more.as_object().unwrap() {
        config[name] = part.clone();
    }
    store("AWS::S3::Bucket", BUCKET, config)
}

/// A role in each of dev and production with these statements, and a store in production.
fn org(document: Value, here: &[Value], there: &[Value]) -> Org {
    Org::three()
        .add(PROD, document)
        .role(PROD, "app", nobody(), &[policy(here)])
        .role(DEV, "app", nobody(), &[policy(there)])
}

fn here(org: &Org, arn: &str) -> Option<Certainty> {
    org.reach(&role(PROD, "app"), arn)
}

fn there(org: &Org, arn: &str) -> Option<Certainty> {
    org.reach(&role(DEV, "app"), arn)
}

fn default_key() -> Value {
    json!({"BucketEncryption": {"ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}})
}

/// What keeps other accounts out leaves those of the account whom the policy names.
#[test]
fn what_is_closed_is_open_to_the_account() {
    let app = json!({"AWS": role(PROD, "app")});
    let named = lets(app.clone(), json!("s3:GetObject"), OBJECTS);
    let by_key = org(
        bucket(std::slice::from_ref(&named), default_key()),
        &[],
        &[],
    );
    assert_eq!(here(&by_key, BUCKET), Some(Certain));
    let public = lets(
        json!("*"),
        json!("s3:GetObject"),
        &format!("{BUCKET}/pub/*"),
    );
    let block = json!({"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": true}});
    let restricted = org(bucket(&[named, public], block), &[], &[]);
    assert_eq!(here(&restricted, BUCKET), Some(Certain));
    assert_eq!(restricted.reach(DEV, BUCKET), None);

    let secret = format!("arn:aws:secretsmanager:eu-west-1:{PROD}:secret:db-AbCdEf");
    let named = lets(app, json!("secretsmanager:GetSecretValue"), "*");
    let config = json!({"ResourcePolicy": policy(&[named])});
    let kept = org(
        store("AWS::SecretsManager::Secret", &secret, config),
        &[],
        &[],
    );
    assert_eq!(here(&kept, &secret), Some(Certain));
}

#[test]
fn a_policy_may_open_what_is_under_a_name_alone() {
    let account = json!({"AWS": root(DEV)});
    let all = statement("Allow", "s3:GetObject", OBJECTS);
    let some = statement("Allow", "s3:GetObject", &format!("{BUCKET}/public/*"));
    let open = |resource: &str| {
        bucket(
            &[lets(account.clone(), json!("s3:GetObject"), resource)],
            json!({}),
        )
    };
    let by_bucket = org(open(&format!("{BUCKET}/public/*")), &[], &[all]);
    assert_eq!(there(&by_bucket, BUCKET), Some(Conditional));
    let by_identity = org(open(OBJECTS), &[], std::slice::from_ref(&some));
    assert_eq!(there(&by_identity, BUCKET), Some(Conditional));
    let apart = org(open(&format!("{BUCKET}/private/*")), &[], &[some]);
    assert_eq!(there(&apart, BUCKET), None);
}

#[test]
fn versions_are_read_by_an_action_of_their_own() {
    let versions = "s3:GetObjectVersion";
    let open = lets(json!({"AWS": root(DEV)}), json!(versions), OBJECTS);
    let with = |action| {
        let document = bucket(std::slice::from_ref(&open), json!({}));
        there(
            &org(document, &[], &[statement("Allow", action, OBJECTS)]),
            BUCKET,
        )
    };
    assert_eq!(with(versions), Some(Conditional));
    assert_eq!(with("s3:GetObject"), None);
}

/// Whatever is there to read with: each way by itself, but all of it.
#[test]
fn there_is_more_than_one_way_to_read() {
    let reads = |kind: &str, resource: &str, config: Value, actions: &[&str]| {
        let arn = format!("arn:aws:{resource}");
        let mut allowed = statement("Allow", "", "*");
        allowed["Action"] = json!(actions);
        here(&org(store(kind, &arn, config), &[allowed], &[]), &arn)
    };
    let table = |actions: &[&str]| {
        let arn = format!("dynamodb:eu-west-1:{PROD}:table/orders");
        reads("AWS::DynamoDB::Table", &arn, json!({}), actions)
    };
    assert_eq!(table(&["dynamodb:Scan"]), Some(Certain));
    assert_eq!(table(&["dynamodb:PartiQLSelect"]), Some(Certain));
    assert_eq!(table(&["dynamodb:GetItem"]), Some(Conditional));
    let stream = |actions: &[&str]| {
        let arn = format!("kinesis:eu-west-1:{PROD}:stream/orders");
        reads("AWS::Kinesis::Stream", &arn, json!({}), actions)
    };
    assert_eq!(stream(&["kinesis:GetRecords"]), None);
    assert_eq!(
        stream(&["kinesis:GetRecords", "kinesis:GetShardIterator"]),
        Some(Certain)
    );
    assert_eq!(stream(&["kinesis:SubscribeToShard"]), Some(Conditional));
    let images = |actions: &[&str]| {
        let arn = format!("ecr:eu-west-1:{PROD}:repository/web");
        reads("AWS::ECR::Repository", &arn, json!({}), actions)
    };
    assert_eq!(images(&["ecr:BatchGetImage"]), None);
    assert_eq!(
        images(&["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]),
        Some(Certain)
    );
    let snapshot = |actions: &[&str]| {
        let arn = format!("ec2:eu-west-1:{PROD}:snapshot/snap-1");
        reads("AWS::EC2::Snapshot", &arn, json!({}), actions)
    };
    assert_eq!(snapshot(&["ebs:GetSnapshotBlock"]), None);
    assert_eq!(snapshot(&["ec2:CreateVolume"]), None);
    assert_eq!(
        snapshot(&["ec2:CreateVolume", "ec2:AttachVolume"]),
        Some(Conditional)
    );
}

#[test]
fn a_shared_snapshot_is_attached_by_whom_it_is_shared_with() {
    let snapshot = format!("arn:aws:ec2:eu-west-1:{PROD}:snapshot/snap-1");
    let config = json!({"CreateVolumePermissions": [{"UserId": DEV}]});
    let mut attaches = statement("Allow", "", "*");
    attaches["Action"] = json!(["ec2:CreateVolume", "ec2:AttachVolume"]);
    let org = org(
        store("AWS::EC2::Snapshot", &snapshot, config),
        &[],
        &[attaches],
    );
    assert_eq!(there(&org, &snapshot), Some(Conditional));
}

/// A policy that names a principal for the rewriting is enough inside the account.
#[test]
fn a_policy_lets_itself_be_rewritten() {
    let app = json!({"AWS": role(PROD, "app")});
    let named = lets(app, json!("s3:PutBucketPolicy"), BUCKET);
    let org = org(bucket(&[named], json!({})), &[], &[]);
    assert_eq!(here(&org, BUCKET), Some(Certain));
}

/// A stranger never uses the key that AWS keeps for an account.
#[test]
fn a_default_key_keeps_strangers_out_of_what_is_rewritten() {
    let secret = format!("arn:aws:secretsmanager:eu-west-1:{PROD}:secret:db-AbCdEf");
    let rewrite = statement("Allow", "secretsmanager:PutResourcePolicy", "*");
    let document = |config| store("AWS::SecretsManager::Secret", &secret, config);
    let open = org(document(json!({})), std::slice::from_ref(&rewrite), &[]);
    assert_eq!(here(&open, &secret), Some(Certain));
    let unread = open.scp(
        "unread",
        deny("secretsmanager:GetSecretValue", "*"),
        &[PROD],
    );
    assert_eq!(here(&unread, &secret), None);
}

/// Names of queues are of one region.
#[test]
fn a_policy_is_joined_in_its_region() {
    let queue = |region: &str| {
        let arn = format!("arn:aws:sqs:{region}:{PROD}:jobs");
        let mut document = store("AWS::SQS::Queue", &arn, json!({"QueueName": "jobs"}));
        document["region"] = json!(region);
        (arn, document)
    };
    let (one, other) = (queue("eu-west-1"), queue("us-east-1"));
    let open = policy(&[lets(json!({"AWS": root(DEV)}), json!("sqs:*"), "*")]);
    let apart = store(
        "AWS::SQS::QueuePolicy",
        &one.0,
        json!({"Queues": [format!("https://sqs.eu-west-1.amazonaws.com/{PROD}/jobs")],
            "PolicyDocument": open}),
    );
    let reader = [statement("Allow", "sqs:*", "*")];
    let org = org(one.1, &[], &reader).add(PROD, other.1).add(PROD, apart);
    assert_eq!(there(&org, &one.0), Some(Certain));
    assert_eq!(there(&org, &other.0), None);
}

/// As they are collected, queues and topics have their policy in their own document.
#[test]
fn a_queue_and_a_topic_have_their_policy_themselves() {
    for (kind, name, action) in [
        ("AWS::SQS::Queue", "sqs", "sqs:ReceiveMessage"),
        ("AWS::SNS::Topic", "sns", "sns:Subscribe"),
    ] {
        let arn = format!("arn:aws:{name}:eu-west-1:{PROD}:jobs");
        let reader = [statement("Allow", action, "*")];
        let shut = org(store(kind, &arn, json!({})), &[], &reader);
        assert_eq!(there(&shut, &arn), None, "{kind}");
        let open = policy(&[lets(json!({"AWS": root(DEV)}), json!(action), &arn)]);
        let open = store(kind, &arn, json!({ "PolicyDocument": open }));
        assert_eq!(
            there(&org(open, &[], &reader), &arn),
            Some(Certain),
            "{kind}"
        );
    }
}

/// A policy that could not be seen is not one that is not there, whether the document names it or what it is in.
#[test]
fn a_policy_that_was_not_seen_is_told() {
    let table = format!("arn:aws:dynamodb:eu-west-1:{PROD}:table/orders");
    let queue = format!("arn:aws:sqs:eu-west-1:{PROD}:jobs");
    let unjudged = |kind: &str, arn: &str, path: &str| {
        let mut document = store(kind, arn, json!({}));
        document["unknown"] = json!({ path: "AccessDenied: no" });
        org(document, &[], &[]).graph().unjudged().len()
    };
    let of_table = |path| unjudged("AWS::DynamoDB::Table", &table, path);
    assert_eq!(of_table("config.ResourcePolicy"), 1);
    assert_eq!(of_table("config.ResourcePolicy.PolicyDocument"), 1);
    assert_eq!(of_table("config"), 1);
    assert_eq!(of_table("config.ResourcePolicyOfTheStream"), 0);
    assert_eq!(of_table("tags"), 0);
    assert_eq!(
        unjudged("AWS::SQS::Queue", &queue, "config.PolicyDocument"),
        1
    );
}

#[test]
fn statements_of_a_bus_and_policies_of_a_secret_by_name_are_joined() {
    let bus = format!("arn:aws:events:eu-west-1:{PROD}:event-bus/main");
    let open = lets(json!({"AWS": root(DEV)}), json!("events:PutEvents"), &bus);
    let apart = |name: &str, statement: Value| {
        store(
            "AWS::Events::EventBusPolicy",
            &format!("{bus}/{name}"),
            json!({"EventBusName": "main", "StatementId": name, "Statement": statement}),
        )
    };
    let nobody = lets(json!({"AWS": root(TEST)}), json!("events:PutEvents"), &bus);
    let org_of_bus = org(
        store("AWS::Events::EventBus", &bus, json!({"Name": "main"})),
        &[],
        &[statement("Allow", "events:PutEvents", "*")],
    )
    .add(PROD, apart("one", nobody))
    .add(PROD, apart("two", open));
    assert_eq!(there(&org_of_bus, &bus), Some(Certain));

    let secret = format!("arn:aws:secretsmanager:eu-west-1:{PROD}:secret:db-AbCdEf");
    let reads = json!("secretsmanager:GetSecretValue");
    let named = lets(json!({"AWS": role(PROD, "app")}), reads, "*");
    let apart = store(
        "AWS::SecretsManager::ResourcePolicy",
        &secret,
        json!({"SecretId": "db", "ResourcePolicy": policy(&[named])}),
    );
    let document = store(
        "AWS::SecretsManager::Secret",
        &secret,
        json!({"Name": "db"}),
    );
    let org_of_secret = org(document, &[], &[]).add(PROD, apart);
    assert_eq!(here(&org_of_secret, &secret), Some(Certain));
}

/// The policy that a topic gets by default names everybody and means the account.
#[test]
fn the_default_policy_of_a_topic_is_for_its_account() {
    let topic = format!("arn:aws:sns:eu-west-1:{PROD}:alarms");
    let mut open = lets(json!({"AWS": "*"}), json!("SNS:Subscribe"), &topic);
    open["Condition"] = json!({"StringEquals": {"AWS:SourceOwner": PROD}});
    let apart = store(
        "AWS::SNS::TopicPolicy",
        &topic,
        json!({"Topics": [topic], "PolicyDocument": policy(&[open])}),
    );
    let document = store("AWS::SNS::Topic", &topic, json!({"TopicName": "alarms"}));
    let org = org(document, &[], &[statement("Allow", "sns:*", "*")]).add(PROD, apart);
    assert_eq!(there(&org, &topic), None);
    assert_eq!(org.reach(DEV, &topic), None);
    assert_eq!(org.reach("anyone", &topic), None);
    assert_eq!(here(&org, &topic), Some(Certain));
}

#[test]
fn a_search_domain_in_a_network_has_no_strangers() {
    let domain = format!("arn:aws:es:eu-west-1:{PROD}:domain/logs");
    let reach = |more: Value| {
        let open = lets(json!({"AWS": "*"}), json!("es:*"), &format!("{domain}/*"));
        let mut config = more;
        config["AccessPolicies"] = policy(&[open]);
        let document = store("AWS::OpenSearchService::Domain", &domain, config);
        org(document, &[], &[]).reach("anyone", &domain)
    };
    assert_eq!(reach(json!({})), Some(Certain));
    assert_eq!(
        reach(json!({"VPCOptions": {"SubnetIds": ["subnet-1"]}})),
        None
    );
}

#[test]
fn tags_of_a_store_are_known() {
    let secret = format!("arn:aws:secretsmanager:eu-west-1:{PROD}:secret:db-AbCdEf");
    let reach = |tags: Value| {
        let mut reads = statement("Allow", "secretsmanager:GetSecretValue", "*");
        reads["Condition"] = json!({"StringEquals": {"secretsmanager:ResourceTag/team": "a"}});
        let mut document = store("AWS::SecretsManager::Secret", &secret, json!({}));
        document["tags"] = tags;
        here(&org(document, &[reads], &[]), &secret)
    };
    assert_eq!(reach(json!({"team": "a"})), Some(Certain));
    assert_eq!(reach(json!({"team": "b"})), None);
    assert_eq!(reach(json!({})), None);
}
