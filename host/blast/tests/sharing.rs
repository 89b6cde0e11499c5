//! What accounts share with each other, worked out with a pencil: documents of Systems Manager, directories, names,
//! shares of AWS RAM.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional, Speculative};
use serde_json::{Value, json};
use support::*;

fn document(kind: &str, account: &str, arn: &str, config: Value) -> Value {
    json!({"type": kind, "account": account, "region": "eu-west-1", "arn": arn, "config": config})
}

fn observed(mut document: Value, observed: Value) -> Value {
    document["observed"] = observed;
    document
}

fn instance_arn(account: &str, id: &str) -> String {
    format!("arn:aws:ec2:eu-west-1:{account}:instance/{id}")
}

/// An instance that runs as the role `app` of its account.
fn instance(account: &str, id: &str, tags: Value, more: Value) -> Value {
    let mut config = json!({"IamInstanceProfile": "app"});
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    let arn = instance_arn(account, id);
    let mut document = document("AWS::EC2::Instance", account, &arn, config);
    document["tags"] = tags;
    document
}

fn command() -> String {
    format!("arn:aws:ssm:eu-west-1:{TEST}:document/harden")
}

/// A document of the test account, and an association of it in production.
fn associated(association: Value, permissions: Value) -> Org {
    let shared = document(
        "AWS::SSM::Document",
        TEST,
        &command(),
        json!({"Name": "harden"}),
    );
    let arn = format!("arn:aws:ssm:eu-west-1:{PROD}:association/1");
    Org::three()
        .role(
            TEST,
            "author",
            nobody(),
            &[policy(&[
                statement("Allow", "ssm:UpdateDocument", &command()),
                statement("Allow", "ssm:UpdateDocumentDefaultVersion", &command()),
            ])],
        )
        .role(TEST, "half", nobody(), &[allow("ssm:UpdateDocument", "*")])
        .role(
            TEST,
            "other",
            nobody(),
            &[policy(&[statement(
                "Allow",
                "ssm:Update*",
                "arn:aws:ssm:*:*:document/other",
            )])],
        )
        .role(DEV, "author", nobody(), &[allow("ssm:*", "*")])
        .role(PROD, "app", nobody(), &[])
        .add(TEST, observed(shared, permissions))
        .add(
            PROD,
            instance(PROD, "i-1", json!({"Name": "web"}), json!({})),
        )
        .add(
            PROD,
            instance(PROD, "i-2", json!({"Name": "mail"}), json!({})),
        )
        .add(
            PROD,
            document("AWS::SSM::Association", PROD, &arn, association),
        )
}

fn on(targets: Value) -> Value {
    json!({"Name": command(), "Targets": targets})
}

fn with_prod() -> Value {
    json!({"AccountIds": [PROD]})
}

fn reach(org: &Org, start: &str, id: &str) -> Option<Certainty> {
    org.reach(start, &instance_arn(PROD, id))
}

#[test]
fn whoever_changes_a_shared_document_has_the_instances_that_it_is_associated_with() {
    let one = json!([{"Key": "InstanceIds", "Values": ["i-1"]}]);
    let org = associated(on(one), with_prod());
    assert_eq!(reach(&org, &role(TEST, "author"), "i-1"), Some(Conditional));
    assert_eq!(reach(&org, TEST, "i-1"), Some(Conditional));
    assert_eq!(reach(&org, &role(TEST, "author"), "i-2"), None);
    assert_eq!(org.reach(TEST, &role(PROD, "app")), Some(Conditional));
    assert_eq!(
        reach(&org, &role(TEST, "half"), "i-1"),
        None,
        "the default version stays what it is"
    );
    assert_eq!(reach(&org, &role(TEST, "other"), "i-1"), None);
    assert_eq!(
        reach(&org, &role(DEV, "author"), "i-1"),
        None,
        "nobody changes what is shared with it"
    );
    let denied = org.scp("docs", deny("ssm:UpdateDocument", "*"), &[TEST]);
    let full = denied.scp("full", allow("*", "*"), &["r-root"]);
    assert_eq!(reach(&full, &role(TEST, "author"), "i-1"), None);
}

#[test]
fn targets_are_instances_tags_or_all() {
    let author = role(TEST, "author");
    let tagged = json!([{"Key": "tag:Name", "Values": ["web", "x"]}]);
    let tagged = associated(on(tagged), with_prod());
    assert_eq!(reach(&tagged, &author, "i-1"), Some(Conditional));
    assert_eq!(reach(&tagged, &author, "i-2"), None);
    let all = associated(
        on(json!([{"Key": "InstanceIds", "Values": ["*"]}])),
        with_prod(),
    );
    assert_eq!(reach(&all, &author, "i-1"), Some(Conditional));
    assert_eq!(reach(&all, &author, "i-2"), Some(Conditional));
    let single = json!({"Name": command(), "InstanceId": "i-2"});
    let single = associated(single, with_prod());
    assert_eq!(reach(&single, &author, "i-1"), None);
    assert_eq!(reach(&single, &author, "i-2"), Some(Conditional));
    let group = json!([{"Key": "resource-groups:Name", "Values": ["servers"]}]);
    let group = associated(on(group), with_prod());
    assert_eq!(reach(&group, &author, "i-1"), Some(Conditional));
}

#[test]
fn a_document_is_run_elsewhere_only_while_it_is_shared() {
    let all = || on(json!([{"Key": "InstanceIds", "Values": ["*"]}]));
    let author = role(TEST, "author");
    let shared = |observed: Value| reach(&associated(all(), observed), &author, "i-1");
    assert_eq!(shared(json!({"AccountIds": [DEV]})), None);
    assert_eq!(shared(json!({"AccountIds": []})), None);
    assert_eq!(shared(json!({"AccountIds": ["all"]})), Some(Conditional));
    assert_eq!(shared(json!({})), Some(Conditional), "it was not told");
}

#[test]
fn a_version_that_is_named_stays_what_it_is() {
    let author = role(TEST, "author");
    let version = |version: &str| {
        let association = json!({"Name": command(), "DocumentVersion": version,
            "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]});
        reach(&associated(association, with_prod()), &author, "i-1")
    };
    assert_eq!(version("$DEFAULT"), Some(Conditional));
    assert_eq!(version("$LATEST"), Some(Conditional));
    assert_eq!(version("3"), Some(Speculative));
}

/// Of one's own documents the newest version can be run, which takes no more than to make one.
#[test]
fn the_newest_version_of_an_own_document_takes_one_action() {
    let arn = format!("arn:aws:ssm:eu-west-1:{PROD}:document/own");
    let org = |version: &str| {
        let association = json!({"Name": "own", "DocumentVersion": version,
            "Targets": [{"Key": "InstanceIds", "Values": ["i-1"]}]});
        let told = format!("arn:aws:ssm:eu-west-1:{PROD}:association/2");
        associated(on(json!([])), with_prod())
            .role(PROD, "half", nobody(), &[allow("ssm:UpdateDocument", &arn)])
            .add(
                PROD,
                document("AWS::SSM::Document", PROD, &arn, json!({"Name": "own"})),
            )
            .add(
                PROD,
                document("AWS::SSM::Association", PROD, &told, association),
            )
    };
    let half = role(PROD, "half");
    assert_eq!(reach(&org("$LATEST"), &half, "i-1"), Some(Conditional));
    assert_eq!(reach(&org("$LATEST"), &half, "i-2"), None);
    assert_eq!(reach(&org("$DEFAULT"), &half, "i-1"), None);
}

#[test]
fn the_owner_of_a_document_outside_supplies_it() {
    let outside = format!("arn:aws:ssm:eu-west-1:{VENDOR}:document/agent");
    let association =
        json!({"Name": outside, "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]});
    let org = associated(association, with_prod());
    assert_eq!(reach(&org, VENDOR, "i-1"), Some(Conditional));
    let own = json!({"Name": "AWS-RunPatchBaseline", "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]});
    let org = associated(own, with_prod());
    assert_eq!(reach(&org, TEST, "i-1"), None);
}

#[test]
fn windows_and_instances_run_documents_too() {
    let window = |kind: &str, id: &str, config: Value| {
        document(
            kind,
            PROD,
            &format!("arn:aws:ssm:eu-west-1:{PROD}:{id}"),
            config,
        )
    };
    let task = json!({"TaskArn": command(), "TaskType": "RUN_COMMAND", "WindowId": "mw-1",
        "Targets": [{"Key": "WindowTargetIds", "Values": ["t-1"]}]});
    let targets = json!({"WindowId": "mw-1", "ResourceType": "INSTANCE",
        "Targets": [{"Key": "tag:Name", "Values": ["mail"]}]});
    let org = associated(on(json!([])), with_prod())
        .add(
            PROD,
            window("AWS::SSM::MaintenanceWindowTask", "windowtask/1", task),
        )
        .add(
            PROD,
            window(
                "AWS::SSM::MaintenanceWindowTarget",
                "windowtarget/t-1",
                targets,
            ),
        );
    let author = role(TEST, "author");
    assert_eq!(reach(&org, &author, "i-1"), None);
    assert_eq!(reach(&org, &author, "i-2"), Some(Conditional));
    let own = json!({"SsmAssociations": [{"DocumentName": command()}]});
    let org =
        associated(on(json!([])), with_prod()).add(PROD, instance(PROD, "i-3", json!({}), own));
    assert_eq!(reach(&org, &author, "i-3"), Some(Conditional));
    assert_eq!(reach(&org, &author, "i-1"), None);
}

/// A document of AWS that runs another one.
#[test]
fn a_document_that_another_hands_on_is_run() {
    let org = |version: &str| {
        let info = json!({"name": format!("{}{version}", command())}).to_string();
        let association = json!({"Name": "AWS-RunDocument",
            "Parameters": {"sourceType": ["SSMDocument"], "sourceInfo": [info]},
            "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]});
        associated(association, with_prod())
    };
    let author = role(TEST, "author");
    assert_eq!(reach(&org(""), &author, "i-1"), Some(Conditional));
    assert_eq!(reach(&org(":2"), &author, "i-1"), Some(Speculative));
}

#[test]
fn an_automation_acts_as_its_role() {
    let association = json!({"Name": command(), "Parameters": {"AutomationAssumeRole": [role(PROD, "fix")]},
        "Targets": [{"Key": "InstanceIds", "Values": ["*"]}]});
    let org = associated(association, with_prod()).role(PROD, "fix", nobody(), &[]);
    let author = role(TEST, "author");
    assert_eq!(org.reach(&author, &role(PROD, "fix")), Some(Conditional));
    assert_eq!(reach(&org, &author, "i-1"), None);
}

fn directory(shared: Value) -> Org {
    let arn = format!("arn:aws:ds:eu-west-1:{TEST}:directory/d-1111111111");
    let own = document(
        "AWS::DirectoryService::MicrosoftAD",
        TEST,
        &arn,
        json!({"Name": "corp.example.com", "VpcSettings": {"VpcId": "vpc-1"}}),
    );
    Org::three()
        .role(
            TEST,
            "reset",
            nobody(),
            &[allow("ds:ResetUserPassword", &arn)],
        )
        .role(TEST, "look", nobody(), &[allow("ds:Describe*", "*")])
        .role(PROD, "reset", nobody(), &[allow("ds:*", "*")])
        .role(PROD, "app", nobody(), &[])
        .add(TEST, observed(own, json!({"SharedDirectories": shared})))
        .add(PROD, instance(PROD, "i-1", json!({}), json!({})))
        .add(PROD, instance(PROD, "i-2", json!({}), json!({})))
}

fn join(id: &str, instance: &str) -> Value {
    let arn = format!("arn:aws:ssm:eu-west-1:{PROD}:association/join");
    document(
        "AWS::SSM::Association",
        PROD,
        &arn,
        json!({"Name": "AWS-JoinDirectoryServiceDomain",
        "Parameters": {"directoryId": [id], "directoryName": ["corp.example.com"]},
        "Targets": [{"Key": "InstanceIds", "Values": [instance]}]}),
    )
}

#[test]
fn the_administrator_of_a_directory_has_the_hosts_that_joined_it() {
    let shared = json!([{"SharedAccountId": PROD, "SharedDirectoryId": "d-2222222222", "ShareStatus": "Shared"}]);
    let org = directory(shared).add(PROD, join("d-2222222222", "i-1"));
    assert_eq!(reach(&org, &role(TEST, "reset"), "i-1"), Some(Certain));
    assert_eq!(reach(&org, TEST, "i-1"), Some(Certain));
    assert_eq!(reach(&org, &role(TEST, "reset"), "i-2"), Some(Conditional));
    assert_eq!(reach(&org, &role(TEST, "look"), "i-1"), None);
    assert_eq!(
        reach(&org, &role(PROD, "reset"), "i-1"),
        None,
        "passwords are reset in the account of the directory"
    );
}

#[test]
fn a_host_tells_itself_which_directory_it_is_in() {
    let reset = role(TEST, "reset");
    let own = instance(PROD, "i-3", json!({}), json!({}));
    let org = directory(json!([PROD])).add(
        PROD,
        observed(own, json!({"DirectoryName": "corp.example.com"})),
    );
    assert_eq!(reach(&org, &reset, "i-3"), Some(Certain));
    let own = instance(
        PROD,
        "i-3",
        json!({}),
        json!({"SsmAssociations": [
        {"DocumentName": "AWS-JoinDirectoryServiceDomain", "AssociationParameters": [
            {"Key": "directoryId", "Value": ["d-1111111111"]}]}]}),
    );
    let org = directory(json!([PROD])).add(PROD, own);
    assert_eq!(reach(&org, &reset, "i-3"), Some(Certain));
}

#[test]
fn a_directory_that_is_not_shared_has_no_hosts_elsewhere() {
    let reset = role(TEST, "reset");
    let org = directory(json!([])).add(PROD, join("d-1111111111", "i-1"));
    assert_eq!(reach(&org, &reset, "i-1"), None);
    let rejected = json!([{"SharedAccountId": PROD, "ShareStatus": "Rejected"}]);
    assert_eq!(reach(&directory(rejected), &reset, "i-1"), None);
    let plain = directory(json!([PROD]));
    assert_eq!(reach(&plain, &reset, "i-1"), Some(Conditional));
    let joined = directory(json!([PROD])).add(PROD, join("d-2222222222", "i-1"));
    assert_eq!(reach(&joined, &reset, "i-1"), Some(Certain));
}

fn host(account: &str, id: &str, vpc: &str) -> Value {
    let network = json!({"VpcId": vpc, "SubnetId": "subnet-1", "SecurityGroupIds": []});
    let instance = instance(account, id, json!({}), network);
    observed(instance, json!({"PrivateIpAddress": "10.0.0.1"}))
}

#[test]
fn whoever_writes_a_private_zone_leads_hosts_of_its_networks_astray() {
    let zone = "arn:aws:route53:::hostedzone/Z1";
    let own = document(
        "AWS::Route53::HostedZone",
        TEST,
        zone,
        json!({"Name": "corp.internal.", "VPCs": [{"VPCId": "vpc-0", "VPCRegion": "eu-west-1"}]}),
    );
    let own = observed(
        own,
        json!({"VPCs": [{"VPCId": "vpc-1", "VPCRegion": "eu-west-1"}]}),
    );
    let public = document(
        "AWS::Route53::HostedZone",
        TEST,
        "arn:aws:route53:::hostedzone/Z2",
        json!({"Name": "example.com."}),
    );
    let change = "route53:ChangeResourceRecordSets";
    let org = Org::three()
        .role(TEST, "dns", nobody(), &[allow(change, zone)])
        .role(
            TEST,
            "public",
            nobody(),
            &[allow(change, "arn:aws:route53:::hostedzone/Z2")],
        )
        .role(PROD, "app", nobody(), &[])
        .add(TEST, own)
        .add(TEST, public)
        .add(PROD, host(PROD, "i-1", "vpc-1"))
        .add(PROD, host(PROD, "i-2", "vpc-2"));
    assert_eq!(reach(&org, &role(TEST, "dns"), "i-1"), Some(Speculative));
    assert_eq!(reach(&org, TEST, "i-1"), Some(Speculative));
    assert_eq!(reach(&org, &role(TEST, "dns"), "i-2"), None);
    assert_eq!(reach(&org, &role(TEST, "public"), "i-1"), None);
}

#[test]
fn a_rule_forwards_for_the_networks_that_it_is_associated_with() {
    let arn = format!("arn:aws:route53resolver:eu-west-1:{TEST}:resolver-rule/rslvr-rr-1");
    let rule = |kind: &str| {
        document(
            "AWS::Route53Resolver::ResolverRule",
            TEST,
            &arn,
            json!({"DomainName": "corp.example.com", "RuleType": kind}),
        )
    };
    let association = document(
        "AWS::Route53Resolver::ResolverRuleAssociation",
        PROD,
        &format!("arn:aws:route53resolver:eu-west-1:{PROD}:resolver-rule-association/1"),
        json!({"ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-1"}),
    );
    let org = |kind: &str| {
        Org::three()
            .role(
                TEST,
                "dns",
                nobody(),
                &[allow("route53resolver:UpdateResolverRule", &arn)],
            )
            .role(PROD, "app", nobody(), &[])
            .add(TEST, rule(kind))
            .add(PROD, association.clone())
            .add(PROD, host(PROD, "i-1", "vpc-1"))
            .add(PROD, host(PROD, "i-2", "vpc-2"))
    };
    let dns = role(TEST, "dns");
    assert_eq!(reach(&org("FORWARD"), &dns, "i-1"), Some(Speculative));
    assert_eq!(reach(&org("FORWARD"), &dns, "i-2"), None);
    assert_eq!(reach(&org("SYSTEM"), &dns, "i-1"), None);
}

fn authority() -> String {
    format!("arn:aws:acm-pca:eu-west-1:{TEST}:certificate-authority/1")
}

/// A private authority of the test account that is shared by RAM, with sharing in the organization on if told.
fn shared(principals: Value, trusted: Option<&[&str]>, more: Value) -> Org {
    let mut config =
        json!({"Name": "pki", "ResourceArns": [authority()], "Principals": principals});
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    let share = format!("arn:aws:ram:eu-west-1:{TEST}:resource-share/1");
    let mut org = Org::new()
        .unit("ou-one", "r-root")
        .account(DEV, "dev", "r-root")
        .account(TEST, "test", "r-root")
        .account(PROD, "prod", "ou-one")
        .role(
            PROD,
            "issuer",
            nobody(),
            &[allow("acm-pca:IssueCertificate", "*")],
        )
        .role(
            PROD,
            "other",
            nobody(),
            &[allow("acm-pca:GetCertificate", "*")],
        )
        .role(
            DEV,
            "issuer",
            nobody(),
            &[allow("acm-pca:IssueCertificate", "*")],
        )
        .add(
            TEST,
            document(
                "AWS::ACMPCA::CertificateAuthority",
                TEST,
                &authority(),
                json!({}),
            ),
        )
        .add(
            TEST,
            document("AWS::RAM::ResourceShare", TEST, &share, config),
        );
    if let Some(trusted) = trusted {
        org.organization[0]["observed"]["EnabledServicePrincipals"] = json!(trusted);
    }
    org
}

const RAM: Option<&[&str]> = Some(&["ram.amazonaws.com"]);

#[test]
fn whom_a_resource_is_shared_with_uses_it_by_its_own_policies() {
    let org = shared(json!([PROD]), RAM, json!({}));
    assert_eq!(
        org.reach(&role(PROD, "issuer"), &authority()),
        Some(Certain)
    );
    assert_eq!(org.reach(PROD, &authority()), Some(Certain));
    assert_eq!(org.reach(&role(PROD, "other"), &authority()), None);
    assert_eq!(org.reach(&role(DEV, "issuer"), &authority()), None);
    assert_eq!(org.reach(DEV, &authority()), None);
    let denied = org
        .scp("pki", deny("acm-pca:*", "*"), &[PROD])
        .scp("full", admin(), &["r-root"]);
    assert_eq!(denied.reach(&role(PROD, "issuer"), &authority()), None);
    assert_eq!(denied.reach(PROD, &authority()), None);
}

#[test]
fn an_account_accepts_a_share_unless_sharing_is_on() {
    let org = shared(json!([PROD]), None, json!({}));
    assert_eq!(
        org.reach(&role(PROD, "issuer"), &authority()),
        Some(Conditional)
    );
    assert_eq!(
        org.reach(PROD, &authority()),
        Some(Certain),
        "it accepts by itself"
    );
}

#[test]
fn organizations_and_units_come_in_while_sharing_is_on() {
    let organization = format!("arn:aws:organizations::{MANAGEMENT}:organization/o-test000001");
    let unit = format!("arn:aws:organizations::{MANAGEMENT}:ou/o-test000001/ou-one");
    let all = shared(json!([organization]), RAM, json!({}));
    assert_eq!(
        all.reach(&role(PROD, "issuer"), &authority()),
        Some(Certain)
    );
    assert_eq!(all.reach(&role(DEV, "issuer"), &authority()), Some(Certain));
    let one = shared(json!([unit]), RAM, json!({}));
    assert_eq!(
        one.reach(&role(PROD, "issuer"), &authority()),
        Some(Certain)
    );
    assert_eq!(one.reach(&role(DEV, "issuer"), &authority()), None);
    let off = shared(json!([unit]), None, json!({}));
    assert_eq!(off.reach(&role(PROD, "issuer"), &authority()), None);
}

#[test]
fn a_role_alone_and_accounts_outside_are_named_too() {
    let issuer = role(PROD, "issuer");
    let org = shared(json!([issuer]), RAM, json!({})).role(
        PROD,
        "second",
        nobody(),
        &[allow("acm-pca:IssueCertificate", "*")],
    );
    assert_eq!(org.reach(&issuer, &authority()), Some(Certain));
    assert_eq!(org.reach(&role(PROD, "second"), &authority()), None);
    let org = shared(json!([VENDOR]), RAM, json!({}));
    assert_eq!(org.reach(VENDOR, &authority()), Some(Certain));
    let inside = shared(
        json!([VENDOR]),
        RAM,
        json!({"AllowExternalPrincipals": false}),
    );
    assert!(inside.graph().find(VENDOR).is_err(), "nobody knows it");
}

#[test]
fn what_is_taken_back_is_not_shared() {
    let org = |status: &str| {
        let mut org = shared(json!([PROD]), None, json!({}));
        let share = org.accounts.get_mut(TEST).unwrap().1.last_mut().unwrap();
        share["observed"] = json!({"ResourceShareAssociations": [
            {"AssociatedEntity": PROD, "AssociationType": "PRINCIPAL", "Status": status}]});
        org
    };
    let issuer = role(PROD, "issuer");
    assert_eq!(
        org("ASSOCIATED").reach(&issuer, &authority()),
        Some(Certain)
    );
    assert_eq!(
        org("ASSOCIATING").reach(&issuer, &authority()),
        Some(Conditional)
    );
    assert_eq!(org("DISASSOCIATED").reach(&issuer, &authority()), None);
}

#[test]
fn the_permissions_of_a_share_say_what_it_is_for() {
    let org = |permission: &str| {
        shared(json!([PROD]), RAM, json!({"PermissionArns": [permission]}))
            .reach(&role(PROD, "issuer"), &authority())
    };
    let of_aws = "arn:aws:ram::aws:permission/AWSRAM";
    let named = |name: &str| org(&format!("{of_aws}{name}CertificateAuthority"));
    assert_eq!(named("DefaultPermission"), Some(Certain));
    assert_eq!(
        named("SubordinateCACertificatePathLen0Issuance"),
        Some(Certain)
    );
    assert_eq!(named("RevokeCertificate"), None);
    let own = format!("arn:aws:ram:eu-west-1:{TEST}:permission/ours");
    assert_eq!(org(&own), Some(Conditional));
}

#[test]
fn what_is_shared_and_was_not_seen_is_told() {
    let mut org = shared(json!([PROD]), RAM, json!({}));
    let documents = &mut org.accounts.get_mut(TEST).unwrap().1;
    documents.retain(|document| document["type"] != "AWS::ACMPCA::CertificateAuthority");
    let graph = org.graph();
    let told = graph.unjudged().iter();
    assert!(
        told.map(|one| &one.why)
            .any(|why| why.contains("was not seen"))
    );
}

#[test]
fn a_cluster_that_is_shared_is_cloned() {
    let cluster = format!("arn:aws:rds:eu-west-1:{TEST}:cluster:orders");
    let key = format!("arn:aws:kms:eu-west-1:{TEST}:key/1");
    let org = |statements: &[Value]| {
        let own = document(
            "AWS::RDS::DBCluster",
            TEST,
            &cluster,
            json!({"KmsKeyId": key}),
        );
        let key = document(
            "AWS::KMS::Key",
            TEST,
            &key,
            json!({"KeyPolicy": policy(statements)}),
        );
        shared(json!([PROD]), RAM, json!({"ResourceArns": [cluster]}))
            .role(
                PROD,
                "cloner",
                nobody(),
                &[allow("rds:*", "*"), allow("kms:*", "*")],
            )
            .role(
                PROD,
                "restorer",
                nobody(),
                &[allow("rds:RestoreDBClusterToPointInTime", "*")],
            )
            .add(TEST, own)
            .add(TEST, key)
    };
    let root = |account: &str| {
        json!({"Effect": "Allow", "Principal": {"AWS": root(account)},
        "Action": "kms:*", "Resource": "*"})
    };
    let both = org(&[root(TEST), root(PROD)]);
    assert_eq!(
        both.reach(&role(PROD, "cloner"), &cluster),
        Some(Conditional)
    );
    assert_eq!(
        both.reach(&role(PROD, "restorer"), &cluster),
        None,
        "its own policies say nothing of the key"
    );
    let own = org(&[root(TEST)]);
    assert_eq!(
        own.reach(&role(PROD, "cloner"), &cluster),
        None,
        "its key is not shared"
    );
}

#[test]
fn a_parameter_that_is_shared_is_read() {
    let name = format!("arn:aws:ssm:eu-west-1:{TEST}:parameter/shop/password");
    let org = |permission: &str, with: &str| {
        let own = document(
            "AWS::SSM::Parameter",
            TEST,
            &name,
            json!({"Type": "String"}),
        );
        let permission = format!("arn:aws:ram::aws:permission/AWSRAM{permission}");
        let share = json!({"ResourceArns": [name], "PermissionArns": [permission]});
        shared(json!([with]), RAM, share)
            .role(PROD, "reader", nobody(), &[allow("ssm:GetParameter", "*")])
            .add(TEST, own)
            .reach(&role(PROD, "reader"), &name)
    };
    let default = "DefaultPermissionSSMParameterReadOnly";
    assert_eq!(org(default, PROD), Some(Certain));
    let history = "PermissionSSMParameterReadOnlyWithHistory";
    assert_eq!(org(history, PROD), Some(Certain));
    assert_eq!(org(default, DEV), None);
}

#[test]
fn a_type_that_is_not_known_is_told() {
    let strange = format!("arn:aws:teleport:eu-west-1:{TEST}:gate/1");
    let org = shared(json!([PROD]), RAM, json!({"ResourceArns": [strange]}));
    let graph = org.graph();
    assert!(
        graph
            .unjudged()
            .iter()
            .any(|one| one.why.contains("teleport"))
    );
    let outpost = format!("arn:aws:outposts:eu-west-1:{TEST}:outpost/op-1");
    let org = shared(json!([PROD]), RAM, json!({"ResourceArns": [outpost]}));
    assert!(org.graph().unjudged().is_empty());
}

fn security_group(id: &str, ingress: Value) -> Value {
    document(
        "AWS::EC2::SecurityGroup",
        PROD,
        &format!("arn:aws:ec2:eu-west-1:{PROD}:security-group/{id}"),
        json!({"GroupId": id, "VpcId": "vpc-9", "SecurityGroupIngress": ingress}),
    )
}

/// An instance that answers, in a security group.
fn behind(group: &str) -> Value {
    let network = json!({"VpcId": "vpc-9", "SubnetId": "subnet-9", "SecurityGroupIds": [group]});
    let instance = instance(PROD, "i-9", json!({}), network);
    observed(instance, json!({"PrivateIpAddress": "10.0.0.1"}))
}

/// A service of VPC Lattice in production that an instance answers for, in a network that a VPC of test is
/// associated with.
fn lattice(auth: &str, policies: &[Value], groups: Value) -> Org {
    let of = |account: &str, kind: &str, id: &str, config: Value| {
        document(
            &format!("AWS::VpcLattice::{kind}"),
            account,
            &format!("arn:aws:vpc-lattice:eu-west-1:{account}:{id}"),
            config,
        )
    };
    let org = Org::three()
        .role(TEST, "app", nobody(), &[allow("vpc-lattice-svcs:Invoke", "*")])
        .role(PROD, "app", nobody(), &[])
        .add(TEST, host(TEST, "i-1", "vpc-1"))
        .add(TEST, host(TEST, "i-2", "vpc-2"))
        .add(PROD, behind("sg-9"))
        .add(PROD, security_group("sg-9", json!([{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
            "CidrIp": "169.254.171.0/24"}])))
        .add(PROD, of(PROD, "Service", "service/svc-1", json!({"AuthType": auth})))
        .add(PROD, of(PROD, "ServiceNetwork", "servicenetwork/sn-1", json!({"AuthType": "NONE"})))
        .add(PROD, of(PROD, "ServiceNetworkServiceAssociation", "servicenetworkserviceassociation/snsa-1",
            json!({"ServiceIdentifier": "svc-1", "ServiceNetworkIdentifier": "sn-1"})))
        .add(TEST, of(TEST, "ServiceNetworkVpcAssociation", "servicenetworkvpcassociation/snva-1",
            json!({"VpcIdentifier": "vpc-1", "SecurityGroupIds": groups,
                "ServiceNetworkIdentifier": format!("arn:aws:vpc-lattice:eu-west-1:{PROD}:servicenetwork/sn-1")})))
        .add(PROD, of(PROD, "Listener", "service/svc-1/listener/listener-1",
            json!({"DefaultAction": {"Forward": {"TargetGroups": [{"TargetGroupIdentifier": "tg-1"}]}}})))
        .add(PROD, of(PROD, "TargetGroup", "targetgroup/tg-1",
            json!({"Type": "INSTANCE", "Targets": [{"Id": "i-9", "Port": 443}]})));
    match policies {
        [] => org,
        some => org.add(
            PROD,
            of(
                PROD,
                "AuthPolicy",
                "authpolicy/1",
                json!({"ResourceIdentifier": "svc-1", "Policy": policy(some)}),
            ),
        ),
    }
}

fn answers(org: &Org, start: &str) -> Option<Certainty> {
    let graph = org.graph();
    let radius = graph.radius(&[graph.find(start).unwrap()]).unwrap();
    let target = blastwall_blast::Subject::Network {
        arn: instance_arn(PROD, "i-9").parse().unwrap(),
    };
    radius.fact(&target).map(|fact| fact.certainty)
}

#[test]
fn hosts_of_an_associated_network_reach_what_answers() {
    let org = lattice("NONE", &[], json!([]));
    assert_eq!(answers(&org, &instance_arn(TEST, "i-1")), Some(Certain));
    assert_eq!(answers(&org, TEST), Some(Certain));
    assert_eq!(answers(&org, &instance_arn(TEST, "i-2")), None);
    assert_eq!(answers(&org, DEV), None);
    let grouped = lattice("NONE", &[], json!(["sg-1"]));
    assert_eq!(
        answers(&grouped, &instance_arn(TEST, "i-1")),
        Some(Conditional)
    );
    assert_eq!(
        reach(&org, &instance_arn(TEST, "i-1"), "i-9"),
        Some(Speculative)
    );
}

#[test]
fn a_service_that_asks_lets_in_whom_its_policy_names() {
    let lets = |account: &str| {
        json!({"Effect": "Allow", "Principal": {"AWS": root(account)},
            "Action": "vpc-lattice-svcs:Invoke", "Resource": "*"})
    };
    let host = instance_arn(TEST, "i-1");
    let of = |policies: &[Value]| answers(&lattice("AWS_IAM", policies, json!([])), &host);
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[lets(TEST)]), Some(Certain));
    assert_eq!(of(&[lets(DEV)]), None);
}

/// By its address in its VPC.
#[test]
fn a_target_by_address_is_the_host_that_has_it() {
    let mut org = lattice("NONE", &[], json!([]));
    let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
    for document in documents.iter_mut() {
        if document["type"] == "AWS::VpcLattice::TargetGroup" {
            document["config"] = json!({"Type": "IP", "Config": {"VpcIdentifier": "vpc-9"},
                "Targets": [{"Id": "10.0.0.1", "Port": 443}]});
        }
    }
    assert_eq!(answers(&org, TEST), Some(Certain));
    let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
    documents.retain(|document| document["type"] != "AWS::EC2::Instance");
    documents.push(instance(PROD, "i-9", json!({}), json!({})));
    assert_eq!(answers(&org, TEST), None);
}

#[test]
fn a_target_takes_what_its_security_groups_let_in() {
    let target = |port: &Value, peer: (&str, &str)| {
        let mut rule = json!({"IpProtocol": "tcp", "FromPort": port, "ToPort": port});
        rule[peer.0] = json!(peer.1);
        let mut org = lattice("NONE", &[], json!([]));
        let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
        documents.retain(|document| document["type"] != "AWS::EC2::SecurityGroup");
        documents.push(security_group("sg-9", json!([rule])));
        answers(&org, TEST)
    };
    let https = json!(443);
    assert_eq!(target(&https, ("CidrIp", "0.0.0.0/0")), Some(Certain));
    assert_eq!(target(&https, ("CidrIp", "10.0.0.0/8")), None);
    assert_eq!(target(&json!(80), ("CidrIp", "0.0.0.0/0")), None);
    let list = target(&https, ("SourcePrefixListId", "pl-1"));
    assert_eq!(list, Some(Conditional));

    let mut untold = lattice("NONE", &[], json!([]));
    let documents = &mut untold.accounts.get_mut(PROD).unwrap().1;
    documents.retain(|document| document["type"] != "AWS::EC2::SecurityGroup");
    assert_eq!(answers(&untold, TEST), Some(Conditional));
}

#[test]
fn a_target_function_has_to_let_vpc_lattice_in() {
    let function = format!("arn:aws:lambda:eu-west-1:{PROD}:function:f");
    let with = |service: &str| {
        let mut org = lattice("NONE", &[], json!([]));
        let documents = &mut org.accounts.get_mut(PROD).unwrap().1;
        for document in documents.iter_mut() {
            if document["type"] == "AWS::VpcLattice::TargetGroup" {
                document["config"] = json!({"Type": "LAMBDA", "Targets": [{"Id": function}]});
            }
        }
        let permission = json!({"FunctionName": function, "Action": "lambda:InvokeFunction", "Principal": service,
            "SourceArn": format!("arn:aws:vpc-lattice:eu-west-1:{PROD}:targetgroup/tg-1")});
        documents.push(document(
            "AWS::Lambda::Function",
            PROD,
            &function,
            json!({"FunctionName": "f", "Role": role(PROD, "app")}),
        ));
        documents.push(document(
            "AWS::Lambda::Permission",
            PROD,
            &format!("{function}/p"),
            permission,
        ));
        let graph = org.graph();
        let radius = graph.radius(&[graph.find(TEST).unwrap()]).unwrap();
        let arn = function.parse().unwrap();
        let reached = radius.fact(&blastwall_blast::Subject::Network { arn });
        reached.map(|fact| fact.certainty)
    };
    assert_eq!(with("vpc-lattice.amazonaws.com"), Some(Certain));
    assert_eq!(with("s3.amazonaws.com"), None);
}
