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
    let perimeter = policy(&[json!({"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}})]);
    let bound = org.scp("perimeter", perimeter, &[DEV]);
    assert_eq!(there(&bound, &snapshot), None, "it is of another account");
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

/// A request for a version takes the permission for versions and no other. Source: S3 API Reference,
/// `GetObject`, "Permissions".
#[test]
fn who_may_read_versions_alone_needs_their_ids() {
    let all = statement("Allow", "s3:Get*", "*");
    let current = statement("Deny", "s3:GetObject", "*");
    let org = |more: Value| {
        org(
            bucket(&[], json!({})),
            &[all.clone(), current.clone(), more],
            &[],
        )
    };
    let versions = org(statement("Allow", "s3:GetObjectVersion", "*"));
    assert_eq!(here(&versions, BUCKET), Some(Conditional));
    let radius = versions.radius(&role(PROD, "app"));
    let fact = radius
        .fact(&versions.graph().find(BUCKET).unwrap())
        .unwrap();
    let step = fact.witness.as_ref().unwrap();
    assert!(
        step.conditions
            .iter()
            .any(|one| one.text.contains("id of a version")),
        "{step:?}"
    );
    let neither = org(statement("Deny", "s3:GetObjectVersion", "*"));
    assert_eq!(here(&neither, BUCKET), None);
}

/// A list of exceptions that has the account and somebody in it denies everybody else there for certain.
#[test]
fn a_list_of_exceptions_is_complete_with_the_account() {
    let with = |listed: Value, name: &str| {
        let denial = json!({"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Action": "s3:*",
            "Resource": [BUCKET, OBJECTS]});
        let reads = policy(&[statement("Allow", "s3:GetObject", OBJECTS)]);
        Org::three()
            .add(PROD, bucket(&[denial], json!({})))
            .user(PROD, "ann", std::slice::from_ref(&reads), &[])
            .user(PROD, "bob", std::slice::from_ref(&reads), &[])
            .role(PROD, "app", nobody(), &[reads])
            .reach(name, BUCKET)
    };
    let (ann, bob, app) = (user(PROD, "ann"), user(PROD, "bob"), role(PROD, "app"));
    for (listed, caller, expected) in [
        (json!([root(PROD), app]), &ann, None),
        (json!([root(PROD), app]), &app, Some(Certain)),
        (json!([root(PROD), ann]), &bob, None),
        (json!([root(PROD), ann]), &ann, Some(Certain)),
        (json!([ann]), &ann, Some(Conditional)),
        (json!([root(DEV)]), &ann, None),
    ] {
        assert_eq!(with(listed.clone(), caller), expected, "{listed} {caller}");
    }
}

/// What is over at the moment that the facts are of never holds again.
#[test]
fn time_runs_on() {
    let reach = |effect: &str, operator: &str, moment: &str, now: Option<&str>| {
        let mut reads = statement(effect, "s3:GetObject", OBJECTS);
        reads["Condition"] = json!({operator: {"aws:CurrentTime": moment}});
        let always = match effect {
            "Deny" => vec![statement("Allow", "s3:GetObject", OBJECTS), reads],
            _ => vec![reads],
        };
        let org = org(bucket(&[], json!({})), &always, &[]);
        let mut facts = org.facts();
        if let Some(now) = now {
            facts.set_time(now);
        }
        let graph = blastwall_blast::Graph::build(facts);
        let find = |name: &str| graph.find(name).unwrap();
        let radius = graph.radius(&[find(&role(PROD, "app"))]).unwrap();
        let fact = radius.fact(&find(BUCKET))?;
        let conditions = fact.witness.as_ref().map(|step| step.conditions.clone());
        Some((fact.certainty, conditions.unwrap_or_default()))
    };
    let certainty = |effect, operator, moment, now| {
        reach(effect, operator, moment, now).map(|(certainty, _)| certainty)
    };
    let now = Some("2026-01-01T00:00:00Z");
    let (past, future) = ("2020-01-01T00:00:00Z", "2031-01-01T00:00:00Z");
    for (effect, operator, moment, now, expected) in [
        ("Allow", "DateLessThan", past, None, Some(Conditional)),
        ("Allow", "DateLessThan", past, now, None),
        ("Allow", "DateLessThan", future, now, Some(Conditional)),
        ("Allow", "DateGreaterThan", past, now, Some(Certain)),
        ("Allow", "DateGreaterThan", future, now, Some(Conditional)),
        ("Deny", "DateLessThan", past, now, Some(Certain)),
        ("Deny", "DateGreaterThan", past, now, None),
        ("Deny", "DateGreaterThan", future, now, Some(Conditional)),
    ] {
        assert_eq!(
            certainty(effect, operator, moment, now),
            expected,
            "{effect} {operator} {moment}"
        );
    }
    let (_, conditions) = reach("Allow", "DateLessThan", future, now).unwrap();
    assert!(
        conditions[0].text.contains("until 2031-01-01"),
        "{conditions:?}"
    );
}

/// The rows of the table that nothing else tests: by which actions each is read, and by which not.
#[test]
fn more_stores_are_read_by_their_own_actions() {
    let reads = |kind: &str, name: &str, actions: &[&str]| {
        let arn = format!("arn:aws:{name}").replace("ACCOUNT", PROD);
        let mut allowed = statement("Allow", "", "*");
        allowed["Action"] = json!(actions);
        here(&org(store(kind, &arn, json!({})), &[allowed], &[]), &arn)
    };
    let parameter = "ssm:eu-west-1:ACCOUNT:parameter/db/password";
    let group = "logs:eu-west-1:ACCOUNT:log-group:app:*";
    let snapshot = "rds:eu-west-1:ACCOUNT:snapshot:s1";
    for (kind, name, actions, expected) in [
        (
            "AWS::SSM::Parameter",
            parameter,
            &["ssm:GetParameter"][..],
            Some(Certain),
        ),
        (
            "AWS::SSM::Parameter",
            parameter,
            &["ssm:GetParametersByPath"],
            Some(Certain),
        ),
        (
            "AWS::SSM::Parameter",
            parameter,
            &["ssm:DescribeParameters"],
            None,
        ),
        (
            "AWS::Logs::LogGroup",
            group,
            &["logs:FilterLogEvents"],
            Some(Certain),
        ),
        (
            "AWS::Logs::LogGroup",
            group,
            &["logs:GetLogEvents"],
            Some(Certain),
        ),
        ("AWS::Logs::LogGroup", group, &["logs:StartQuery"], None),
        (
            "AWS::Logs::LogGroup",
            group,
            &["logs:StartQuery", "logs:GetQueryResults"],
            Some(Certain),
        ),
        (
            "AWS::RDS::DBSnapshot",
            snapshot,
            &[
                "rds:RestoreDBInstanceFromDBSnapshot",
                "rds:ModifyDBInstance",
            ],
            Some(Conditional),
        ),
        (
            "AWS::RDS::DBSnapshot",
            snapshot,
            &["rds:RestoreDBInstanceFromDBSnapshot"],
            None,
        ),
        (
            "AWS::RDS::DBSnapshot",
            snapshot,
            &["rds:ModifyDBSnapshotAttribute"],
            Some(Certain),
        ),
        (
            "AWS::Redshift::Cluster",
            "redshift:eu-west-1:ACCOUNT:cluster:dw",
            &[
                "redshift:CreateClusterSnapshot",
                "redshift:AuthorizeSnapshotAccess",
            ],
            Some(Certain),
        ),
        (
            "AWS::S3Tables::TableBucket",
            "s3tables:eu-west-1:ACCOUNT:bucket/lake",
            &["s3tables:GetTableData"],
            Some(Certain),
        ),
        (
            "AWS::DSQL::Cluster",
            "dsql:eu-west-1:ACCOUNT:cluster/c1",
            &["dsql:DbConnectAdmin"],
            Some(Certain),
        ),
        (
            "AWS::DSQL::Cluster",
            "dsql:eu-west-1:ACCOUNT:cluster/c1",
            &["dsql:DbConnect"],
            Some(Conditional),
        ),
        (
            "AWS::MSK::Cluster",
            "kafka:eu-west-1:ACCOUNT:cluster/events/1-2",
            &["kafka-cluster:Connect"],
            Some(Conditional),
        ),
        (
            "AWS::CodeCommit::Repository",
            "codecommit:eu-west-1:ACCOUNT:app",
            &["codecommit:GitPull"],
            Some(Certain),
        ),
        (
            "AWS::DynamoDB::GlobalTable",
            "dynamodb:eu-west-1:ACCOUNT:table/orders",
            &["dynamodb:Scan"],
            Some(Certain),
        ),
        (
            "AWS::SES::EmailIdentity",
            "ses:eu-west-1:ACCOUNT:identity/acme.example",
            &["ses:SendRawEmail"],
            Some(Certain),
        ),
    ] {
        assert_eq!(reads(kind, name, actions), expected, "{kind} {actions:?}");
    }
}

/// Log groups are named with what stands for all of their streams. Source: CloudWatch Logs User Guide,
/// "CloudWatch Logs resources and operations".
#[test]
fn log_groups_are_named_with_their_streams() {
    for end in ["", ":*"] {
        let arn = format!("arn:aws:logs:eu-west-1:{PROD}:log-group:app{end}");
        let with = |resource: &str| {
            let resource = format!("arn:aws:logs:eu-west-1:{PROD}:log-group:{resource}");
            let reads = statement("Allow", "logs:FilterLogEvents", &resource);
            here(
                &org(store("AWS::Logs::LogGroup", &arn, json!({})), &[reads], &[]),
                &arn,
            )
        };
        assert_eq!(with("app:*"), Some(Certain), "{end}");
        assert_eq!(with("other:*"), None, "{end}");
    }
}

/// A parameter under a customer's key takes the key, in the context of its ARN.
#[test]
fn a_secure_parameter_takes_its_key() {
    let parameter = format!("arn:aws:ssm:eu-west-1:{PROD}:parameter/db");
    let key = format!("arn:aws:kms:eu-west-1:{PROD}:key/k1");
    let with = |context: &str| {
        let mut opens = lets(json!({"AWS": role(PROD, "app")}), json!("kms:Decrypt"), "*");
        opens["Condition"] =
            json!({"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": context}});
        let config = json!({"Type": "SecureString", "KeyId": key});
        let reads = statement("Allow", "ssm:GetParameter", "*");
        let org = org(
            store("AWS::SSM::Parameter", &parameter, config),
            &[reads],
            &[],
        )
        .add(
            PROD,
            store(
                "AWS::KMS::Key",
                &key,
                json!({"KeyPolicy": policy(&[opens])}),
            ),
        );
        here(&org, &parameter)
    };
    assert_eq!(with(&parameter), Some(Certain));
    assert_eq!(with("arn:aws:ssm:eu-west-1:1:parameter/other"), None);
}

/// What is shared as a list of attributes, each with its accounts.
#[test]
fn snapshots_of_databases_are_shared_by_attributes() {
    let snapshot = format!("arn:aws:rds:eu-west-1:{PROD}:snapshot:s1");
    let org = |accounts: Value| {
        let mut document = store("AWS::RDS::DBSnapshot", &snapshot, json!({}));
        document["observed"] = json!({"DBSnapshotAttributes":
            [{"AttributeName": "restore", "AttributeValues": accounts}]});
        org(document, &[], &[statement("Allow", "rds:*", "*")])
    };
    let shared = org(json!([DEV, VENDOR]));
    assert_eq!(shared.reach(DEV, &snapshot), Some(Certain));
    assert_eq!(there(&shared, &snapshot), Some(Conditional));
    assert_eq!(shared.reach(VENDOR, &snapshot), Some(Certain));
    assert_eq!(shared.reach(TEST, &snapshot), None);
    let public = org(json!(["all"]));
    assert_eq!(public.reach("anyone", &snapshot), Some(Certain));
    assert_eq!(org(json!([])).reach(DEV, &snapshot), None);
}

/// Requests name a snapshot by an ARN without an account. Source: Service Authorization Reference, "Amazon EC2".
#[test]
fn a_snapshot_is_of_no_account_in_policies() {
    let arn = format!("arn:aws:ec2:eu-west-1:{PROD}:snapshot/snap-1");
    let with = |resource: &str| {
        let mut reads = statement("Allow", "", resource);
        reads["Action"] = json!(["ebs:GetSnapshotBlock", "ebs:ListSnapshotBlocks"]);
        here(
            &org(store("AWS::EC2::Snapshot", &arn, json!({})), &[reads], &[]),
            &arn,
        )
    };
    assert_eq!(with("arn:aws:ec2:*::snapshot/*"), Some(Certain));
    assert_eq!(with(&arn), None);
}

/// The policies of an identity are several, by name.
#[test]
fn mail_is_sent_by_whom_a_policy_of_the_identity_lets() {
    let identity = format!("arn:aws:ses:eu-west-1:{PROD}:identity/acme.example");
    let mut document = store("AWS::SES::EmailIdentity", &identity, json!({}));
    document["observed"] = json!({"Policies": {
        "one": policy(&[lets(json!({"AWS": root(TEST)}), json!("ses:SendEmail"), &identity)]),
        "two": policy(&[lets(json!({"AWS": root(VENDOR)}), json!("ses:SendEmail"), &identity)]).to_string(),
    }});
    let org = org(document, &[], &[]);
    assert_eq!(org.reach(TEST, &identity), Some(Certain));
    assert_eq!(org.reach(VENDOR, &identity), Some(Certain));
    assert_eq!(org.reach(DEV, &identity), None);
}

/// Policies that are documents of their own are joined to what they name.
#[test]
fn policies_apart_are_joined() {
    let queue = format!("arn:aws:sqs:eu-west-1:{PROD}:jobs");
    let topic = format!("arn:aws:sns:eu-west-1:{PROD}:news");
    let cluster = format!("arn:aws:kafka:eu-west-1:{PROD}:cluster/events/1-2");
    let tables = format!("arn:aws:s3tables:eu-west-1:{PROD}:bucket/lake");
    let apart = |kind: &str, config: Value| {
        json!({"type": kind, "account": PROD, "region": "eu-west-1", "config": config,
            "arn": format!("arn:aws:cloudcontrolapi:eu-west-1:{PROD}:{kind}/1")})
    };
    let opens = |action: &str| policy(&[lets(json!({"AWS": root(DEV)}), json!(action), "*")]);
    for (kind, arn, policy_kind, config, expected) in [
        (
            "AWS::SQS::Queue",
            &queue,
            "AWS::SQS::QueueInlinePolicy",
            json!({"Queue": format!("https://sqs.eu-west-1.amazonaws.com/{PROD}/jobs"),
                "PolicyDocument": opens("sqs:ReceiveMessage")}),
            Certain,
        ),
        (
            "AWS::SNS::Topic",
            &topic,
            "AWS::SNS::TopicInlinePolicy",
            json!({"TopicArn": topic, "PolicyDocument": opens("sns:Subscribe")}),
            Certain,
        ),
        (
            "AWS::MSK::Cluster",
            &cluster,
            "AWS::MSK::ClusterPolicy",
            json!({"ClusterArn": cluster, "Policy": opens("kafka-cluster:Connect")}),
            Conditional,
        ),
        (
            "AWS::S3Tables::TableBucket",
            &tables,
            "AWS::S3Tables::TableBucketPolicy",
            json!({"TableBucketARN": tables, "ResourcePolicy": opens("s3tables:GetTableData")}),
            Certain,
        ),
    ] {
        let closed = org(store(kind, arn, json!({})), &[], &[]);
        assert_eq!(closed.reach(DEV, arn), None, "{kind}");
        let open = closed.add(PROD, apart(policy_kind, config));
        assert_eq!(open.reach(DEV, arn), Some(expected), "{kind}");
        assert_eq!(open.reach(TEST, arn), None, "{kind}");
    }
}

/// Whom an account lets monitor it sees its log groups, as far as the link says and in the link's region.
#[test]
fn observability_links_show_log_groups() {
    let group = format!("arn:aws:logs:eu-west-1:{PROD}:log-group:app");
    let with = |region: &str, link: Value| {
        let mut config = json!({"ResourceTypes": ["AWS::Logs::LogGroup"],
            "SinkIdentifier": format!("arn:aws:oam:{region}:{TEST}:sink/s1")});
        for (name, part) in link.as_object().unwrap() {
            config[name] = part.clone();
        }
        org(store("AWS::Logs::LogGroup", &group, json!({})), &[], &[])
            .add(
                PROD,
                json!({"type": "AWS::Oam::Link", "account": PROD, "region": region, "config": config,
                    "arn": format!("arn:aws:oam:{region}:{PROD}:link/l1")}),
            )
            .role(TEST, "reads", nobody(), &[allow("logs:FilterLogEvents", "*")])
            .role(TEST, "other", nobody(), &[allow("s3:GetObject", "*")])
    };
    let linked = with("eu-west-1", json!({}));
    assert_eq!(linked.reach(TEST, &group), Some(Certain));
    assert_eq!(linked.reach(&role(TEST, "reads"), &group), Some(Certain));
    assert_eq!(linked.reach(&role(TEST, "other"), &group), None);
    assert_eq!(linked.reach(DEV, &group), None);
    let filtered = with(
        "eu-west-1",
        json!({"LinkConfiguration": {"LogGroupConfiguration": {"Filter": "LogGroupName LIKE 'a%'"}}}),
    );
    assert_eq!(filtered.reach(TEST, &group), Some(Conditional));
    assert_eq!(with("us-east-1", json!({})).reach(TEST, &group), None);
    let metrics = with(
        "eu-west-1",
        json!({"ResourceTypes": ["AWS::CloudWatch::Metric"]}),
    );
    assert_eq!(metrics.reach(TEST, &group), None);
}

/// SNS decrypts for delivery as itself: whoever subscribes needs no key.
#[test]
fn subscribers_need_no_key() {
    let topic = format!("arn:aws:sns:eu-west-1:{PROD}:news");
    let config = json!({"KmsMasterKeyId": "alias/aws/sns"});
    let reads = statement("Allow", "sns:Subscribe", "*");
    let org = org(store("AWS::SNS::Topic", &topic, config), &[reads], &[]);
    assert_eq!(here(&org, &topic), Some(Certain));
}

/// A bucket with a grant to somebody, and whether public lists of its account are ignored.
fn listed(statements: &[Value], config: Value, grantee: Value, right: &str, block: bool) -> Org {
    let mut document = bucket(statements, config);
    document["observed"] = json!({"OwnerId": "own", "Grants": [
        {"Grantee": {"Type": "CanonicalUser", "ID": "own"}, "Permission": "FULL_CONTROL"},
        {"Grantee": grantee, "Permission": right}]});
    org(document, &[], &[]).add(
        PROD,
        store(
            "AWS::S3::AccountPublicAccessBlock",
            &format!("arn:aws:s3:eu-west-1:{PROD}:account-public-access-block"),
            json!({"PublicAccessBlockConfiguration": {"IgnorePublicAcls": block}}),
        ),
    )
}

fn acl_group(name: &str) -> Value {
    json!({"Type": "Group", "URI": format!("http://acs.amazonaws.com/groups/{name}")})
}

#[test]
fn a_public_access_control_list_may_let_everybody_read() {
    let everybody = || acl_group("global/AllUsers");
    let reach = |org: Org| org.reach("anyone", BUCKET);
    let with = |config: Value, grantee: Value, right: &str, block| {
        reach(listed(&[], config, grantee, right, block))
    };
    let open = || json!({});
    assert_eq!(with(open(), everybody(), "READ", false), Some(Conditional));
    let signed = acl_group("global/AuthenticatedUsers");
    assert_eq!(
        with(open(), signed, "FULL_CONTROL", false),
        Some(Conditional)
    );
    assert_eq!(with(open(), everybody(), "READ_ACP", false), None);
    assert_eq!(with(open(), everybody(), "READ", true), None, "ignored");
    let enforced =
        json!({"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}});
    assert_eq!(with(enforced, everybody(), "READ", false), None);
    let logs = acl_group("s3/LogDelivery");
    assert_eq!(with(open(), logs.clone(), "READ", false), None);
    let canned = json!({"AccessControl": "PublicRead"});
    assert_eq!(with(canned, logs, "WRITE", false), Some(Conditional));
    assert_eq!(
        with(default_key(), everybody(), "READ", false),
        None,
        "under a key"
    );
    let tls = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [BUCKET, format!("{BUCKET}/*")],
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}});
    let denied = listed(&[tls], open(), everybody(), "READ", false);
    assert_eq!(reach(denied), None, "the policy denies strangers");
}

#[test]
fn what_of_an_access_control_list_is_not_judged_is_told() {
    let told = |grantee: Value, right: &str, block: bool| {
        let org = listed(&[], json!({}), grantee, right, block);
        let unjudged = org.survey().unjudged;
        unjudged
            .iter()
            .any(|one| one.why.contains("access control list"))
    };
    let everybody = || acl_group("global/AllUsers");
    assert!(!told(everybody(), "READ", false), "that is judged");
    assert!(told(everybody(), "WRITE", false));
    assert!(!told(everybody(), "WRITE", true));
    assert!(!told(acl_group("s3/LogDelivery"), "WRITE", false));
    let id = |id: &str| json!({"Type": "CanonicalUser", "ID": id});
    assert!(told(id("else"), "READ", true));
    assert!(!told(id("own"), "READ", false));
}

/// What a role of production reads that may do these things, of a store beside a key whose policy leaves the
/// decision to its account.
fn beside_key(document: Value, actions: &[&str]) -> Option<Certainty> {
    let key = format!("arn:aws:kms:eu-west-1:{PROD}:key/k1");
    let policy_of_key = policy(&[lets(json!({"AWS": root(PROD)}), json!("kms:*"), "*")]);
    let mut key_document = store("AWS::KMS::Key", &key, json!({"KeyPolicy": policy_of_key}));
    key_document["observed"] = json!({"Aliases": ["alias/mine"]});
    let arn = document["arn"].as_str().unwrap().to_owned();
    let statements = actions.iter().map(|action| statement("Allow", action, "*"));
    let statements: Vec<Value> = statements.collect();
    let org = org(document, &statements, &[]).add(PROD, key_document);
    here(&org, &arn)
}

#[test]
fn a_key_may_be_named_by_an_alias() {
    let under = |name: &str| {
        let encryption = json!([{"ServerSideEncryptionByDefault":
            {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": name}}]);
        bucket(
            &[],
            json!({"BucketEncryption": {"ServerSideEncryptionConfiguration": encryption}}),
        )
    };
    let arn = format!("arn:aws:kms:eu-west-1:{PROD}:alias/mine");
    for name in ["alias/mine", &arn] {
        assert_eq!(beside_key(under(name), &["s3:GetObject"]), None, "{name}");
        let both = ["s3:GetObject", "kms:Decrypt"];
        assert_eq!(beside_key(under(name), &both), Some(Certain), "{name}");
    }
    let other = beside_key(under("alias/other"), &["s3:GetObject"]);
    assert_eq!(other, Some(Conditional), "which key that is was not seen");
}

#[test]
fn file_systems_and_domains_decrypt_by_themselves() {
    let key = format!("arn:aws:kms:eu-west-1:{PROD}:key/k1");
    let system = format!("arn:aws:elasticfilesystem:eu-west-1:{PROD}:file-system/fs-1");
    let system = store("AWS::EFS::FileSystem", &system, json!({"KmsKeyId": key}));
    assert_eq!(
        beside_key(system, &["elasticfilesystem:ClientMount"]),
        Some(Certain)
    );
    let table = format!("arn:aws:dynamodb:eu-west-1:{PROD}:table/t");
    let open = policy(&[lets(json!({"AWS": root(DEV)}), json!("dynamodb:Scan"), "*")]);
    let table = |more: Value| {
        let config = json!({"ResourcePolicy": {"PolicyDocument": open}, "SSESpecification": more});
        org(
            store("AWS::DynamoDB::Table", &table, config),
            &[],
            &[statement("Allow", "dynamodb:Scan", "*")],
        )
    };
    let arn = format!("arn:aws:dynamodb:eu-west-1:{PROD}:table/t");
    assert_eq!(there(&table(json!({})), &arn), Some(Certain));
    let managed = json!({"SSEEnabled": true, "SSEType": "KMS"});
    assert_eq!(
        there(&table(managed), &arn),
        None,
        "the key of AWS is for the account alone"
    );
}
