//! Collecting from a simulation gives back the documents that it was given: for one organization
//! that has every property of every type, and for the example organization.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    dead_code,
    reason = "a failing test may panic, and tests are nobody's interface"
)]

mod common;
mod everything;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blastwall_aws::{Budget, Declaration, Meter, Partition, SdkConfig, Session};
use blastwall_collect::{Request, Shared, collect, declarations, types};
use blastwall_model::resources::{self as kinds, organizations};
use blastwall_model::{Access, AccountId, Document, Kind, Properties};
use blastwall_organization::{DECLARED, caller, enumerate};
use blastwall_sim::{Caller, Options, Server, Simulator};
use blastwall_store::{Directory, Writer};
use serde_json::{Value, json};

use common::{KEY, SECRET, enter_with};

/// How the accounts of an organization are entered.
struct Way {
    role: &'static str,
    external_id: Option<&'static str>,
}

fn session(account: &AccountId, config: &SdkConfig, declared: Vec<Declaration>) -> Session {
    Session::new(
        account.clone(),
        Partition::AWS,
        config.clone(),
        Arc::from(declared),
        Meter::default(),
        Budget::new(64),
    )
}

async fn account(
    server: &Server,
    first: &SdkConfig,
    own: &AccountId,
    id: &AccountId,
    way: &Way,
) -> Option<Vec<Document>> {
    let config = if id == own {
        first.clone()
    } else {
        enter_with(server, first, id.as_str(), way.role, way.external_id, None).await?
    };
    let request = everything_there_is();
    let session = session(id, &config, declarations(&request));
    let access = Access::Entered { role: None };
    let snapshot = collect(&session, &request, &Shared::new(), access).await;
    Some(snapshot.documents)
}

/// Types that no collector produces.
const BY_CLOUD_CONTROL: [&str; 5] = [
    "AWS::EKS::Addon",
    "AWS::Events::EventBus",
    "AWS::Route53::HostedZone",
    "AWS::SNS::TopicInlinePolicy",
    "AWS::SecurityHub::Hub",
];

fn everything_there_is() -> Request {
    Request {
        types: types()
            .into_iter()
            .chain(BY_CLOUD_CONTROL)
            .map(ToOwned::to_owned)
            .collect(),
        tags: true,
        regions: None,
    }
}

/// By type and ARN; only that way are differences readable.
fn by_name(documents: &[Document]) -> BTreeMap<(String, String), Value> {
    documents
        .iter()
        .map(|document| {
            let mut value: Value = serde_json::from_str(document.json()).unwrap();
            // No tags may be said by an empty object and by nothing at all.
            if value["tags"]
                .as_object()
                .is_some_and(|tags| tags.is_empty())
            {
                value.as_object_mut().unwrap().remove("tags");
            }
            ((document.kind.clone(), document.arn.to_string()), value)
        })
        .collect()
}

fn assert_same(given: &[Document], collected: &[Document]) {
    let (given, collected) = (by_name(given), by_name(collected));
    for (name, document) in &given {
        let Some(found) = collected.get(name) else {
            panic!("{name:?} did not come back");
        };
        assert_eq!(
            format!("{found:#}"),
            format!("{document:#}"),
            "{name:?} came back changed"
        );
    }
    for (name, document) in &collected {
        assert!(
            given.contains_key(name) || is_first_setting(document),
            "{name:?} came from nowhere"
        );
    }
}

/// Whether a document is a setting that every region has, as AWS begins with it; organizations need
/// not describe those.
fn is_first_setting(document: &Value) -> bool {
    let first = match document["type"].as_str().unwrap() {
        kinds::EbsEncryptionByDefaultKind::TYPE => json!({ "EbsEncryptionByDefault": false }),
        kinds::SnapshotBlockPublicAccessKind::TYPE | kinds::ImageBlockPublicAccessKind::TYPE => {
            json!({ "State": "unblocked" })
        }
        kinds::VpcBlockPublicAccessOptionsKind::TYPE => {
            json!({ "InternetGatewayBlockMode": "off" })
        }
        kinds::InstanceMetadataDefaultsKind::TYPE => json!({ "AccountLevel": {} }),
        _ => return false,
    };
    document["config"] == first
}

/// Collects the whole organization and compares it; gives the accounts that could not be entered.
async fn compare(directory: &Directory, options: Options, way: Way) -> Vec<AccountId> {
    let first = options.callers[0].clone();
    let simulator = Simulator::load(directory, options).unwrap();
    let server = simulator
        .serve("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let token = first.session_token.as_deref();
    let config = common::signed_by(
        &server,
        &first.access_key_id,
        &first.secret_access_key,
        token,
    );
    let who = caller(&config).await.unwrap();
    assert_eq!(who.arn, first.principal);

    let organization = enumerate(&session(&who.account, &config, DECLARED.to_vec()), &who)
        .await
        .unwrap();
    assert_same(&directory.organization().unwrap(), &organization.documents);

    let mut refused = Vec::new();
    for id in directory.accounts() {
        match account(&server, &config, &who.account, &id, &way).await {
            Some(documents) => assert_same(&directory.resources(&id).unwrap(), &documents),
            None => refused.push(id),
        }
    }
    let declared = actions();
    for request in server.log() {
        let is_declared = request
            .action
            .is_none_or(|action| declared.contains(action));
        assert!(is_declared, "{request:?}");
        assert_ne!(
            request.error.as_deref(),
            Some("InvalidAction"),
            "{request:?}"
        );
        assert_ne!(request.service, "unknown", "{request:?}");
    }
    refused
}

/// Every action that collecting declares.
fn actions() -> BTreeSet<&'static str> {
    let ours = DECLARED.iter().map(|declared| declared.action);
    blastwall_collect::actions(&everything_there_is())
        .into_iter()
        .chain(ours)
        .collect()
}

#[tokio::test]
async fn every_property_of_every_type_comes_back() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("organization");
    let writer = Writer::create(&path, blastwall_store::Manifest::default()).unwrap();
    let documents = |values: Vec<Value>| -> Vec<Document> {
        let parse = |value: Value| Document::parse(&value.to_string()).unwrap();
        values.into_iter().map(parse).collect()
    };
    let organization = documents(everything::organization());
    writer.organization(&organization).unwrap();
    let mut all = organization;
    for (id, values) in everything::accounts() {
        let account = documents(values);
        let coverage = everything::coverage(&id);
        writer.account(&id, &account, &coverage).unwrap();
        all.extend(account);
    }
    writer.finish().unwrap();
    assert_complete(&all);

    let directory = Directory::open(&path).unwrap();
    for page_size in [100, 1] {
        let auditor = "arn:aws:iam::111122223333:user/division/auditor"
            .parse()
            .unwrap();
        let options = Options {
            callers: vec![Caller::new(KEY, SECRET, auditor)],
            report_polls: 1,
            page_size,
            ..Options::default()
        };
        let way = Way {
            role: "service/audit",
            external_id: Some("open sesame"),
        };
        assert!(compare(&directory, options, way).await.is_empty());
    }
}

/// A property that no document has would be one that this test says nothing about.
fn assert_complete(documents: &[Document]) {
    fn check<K: Kind>(documents: &[Document]) {
        let mut found = BTreeSet::new();
        for document in documents.iter().filter(|document| document.kind == K::TYPE) {
            document.to::<K>().unwrap();
            let value: Value = serde_json::from_str(document.json()).unwrap();
            for part in ["config", "observed"] {
                let members = value[part].as_object().into_iter().flatten();
                found.extend(members.map(|(name, _)| format!("{part}.{name}")));
            }
        }
        let config = K::Config::NAMES.iter().map(|name| format!("config.{name}"));
        let observed = K::Observed::NAMES
            .iter()
            .map(|name| format!("observed.{name}"));
        let expected: BTreeSet<String> = config.chain(observed).collect();
        assert_eq!(found, expected, "{}", K::TYPE);
    }
    check::<organizations::OrganizationKind>(documents);
    check::<organizations::OrganizationalUnitKind>(documents);
    check::<organizations::AccountKind>(documents);
    check::<organizations::PolicyKind>(documents);
    check::<organizations::DelegatedAdministratorKind>(documents);
    check::<organizations::ResourcePolicyKind>(documents);
    check::<kinds::InstanceProfileKind>(documents);
    check::<kinds::OidcProviderKind>(documents);
    check::<kinds::SamlProviderKind>(documents);
    check::<kinds::ServerCertificateKind>(documents);
    check::<kinds::ServiceSpecificCredentialsKind>(documents);
    check::<kinds::SigningCertificateKind>(documents);
    check::<kinds::SshPublicKeyKind>(documents);
    check::<kinds::UserKind>(documents);
    check::<kinds::GroupKind>(documents);
    check::<kinds::RoleKind>(documents);
    check::<kinds::ManagedPolicyKind>(documents);
    check::<kinds::RootUserKind>(documents);
    check::<kinds::AccountPasswordPolicyKind>(documents);
    check::<kinds::AccountSummaryKind>(documents);
    check::<kinds::BucketKind>(documents);
    check::<kinds::AccessPointKind>(documents);
    check::<kinds::ContactsKind>(documents);
    check::<kinds::AccountPublicAccessBlockKind>(documents);
    check::<kinds::RegionKind>(documents);
    check::<kinds::SecurityGroupKind>(documents);
    check::<kinds::InstanceKind>(documents);
    check::<kinds::VolumeKind>(documents);
    check::<kinds::TrailKind>(documents);
    check::<kinds::EbsEncryptionByDefaultKind>(documents);
    check::<kinds::EipKind>(documents);
    check::<kinds::FlowLogKind>(documents);
    check::<kinds::ImageBlockPublicAccessKind>(documents);
    check::<kinds::ImageKind>(documents);
    check::<kinds::InstanceMetadataDefaultsKind>(documents);
    check::<kinds::InternetGatewayKind>(documents);
    check::<kinds::AssignmentKind>(documents);
    check::<kinds::DirectoryGroupKind>(documents);
    check::<kinds::DirectoryInstanceKind>(documents);
    check::<kinds::DirectoryUserKind>(documents);
    check::<kinds::GroupMembershipKind>(documents);
    check::<kinds::PermissionSetKind>(documents);
    check::<kinds::StackKind>(documents);
    check::<kinds::ParameterKind>(documents);
    check::<kinds::ResourceShareKind>(documents);
    check::<kinds::DbInstanceKind>(documents);
    check::<kinds::DbClusterKind>(documents);
    check::<kinds::DbSnapshotKind>(documents);
    check::<kinds::DbClusterSnapshotKind>(documents);
    check::<kinds::KeyKind>(documents);
    check::<kinds::KeyPairKind>(documents);
    check::<kinds::LaunchTemplateKind>(documents);
    check::<kinds::NetworkAclKind>(documents);
    check::<kinds::NetworkInterfaceKind>(documents);
    check::<kinds::RouteTableKind>(documents);
    check::<kinds::SnapshotBlockPublicAccessKind>(documents);
    check::<kinds::SnapshotKind>(documents);
    check::<kinds::SubnetKind>(documents);
    check::<kinds::TransitGatewayAttachmentKind>(documents);
    check::<kinds::TransitGatewayKind>(documents);
    check::<kinds::TransitGatewayRouteTableKind>(documents);
    check::<kinds::VpcBlockPublicAccessOptionsKind>(documents);
    check::<kinds::VpcEndpointKind>(documents);
    check::<kinds::VpcKind>(documents);
    check::<kinds::VpcPeeringConnectionKind>(documents);
    check::<kinds::AlarmKind>(documents);
    check::<kinds::AnalyzerKind>(documents);
    check::<kinds::ConfigurationRecorderKind>(documents);
    check::<kinds::DeliveryChannelKind>(documents);
    check::<kinds::LogGroupKind>(documents);
    check::<kinds::MetricFilterKind>(documents);
    check::<kinds::SubscriptionFilterKind>(documents);
    check::<kinds::logs::ResourcePolicyKind>(documents);
    check::<kinds::SecurityHubKind>(documents);
    check::<kinds::ProjectKind>(documents);
    check::<kinds::TaskDefinitionKind>(documents);
    check::<kinds::ClusterKind>(documents);
    check::<kinds::AccessEntryKind>(documents);
    check::<kinds::PodIdentityAssociationKind>(documents);
    check::<kinds::NodegroupKind>(documents);
    check::<kinds::FargateProfileKind>(documents);
    check::<kinds::SecretKind>(documents);
    check::<kinds::QueueKind>(documents);
    check::<kinds::TopicKind>(documents);
    check::<kinds::RepositoryKind>(documents);
    check::<kinds::TableKind>(documents);
    check::<kinds::FunctionKind>(documents);
    check::<kinds::FunctionUrlKind>(documents);
    check::<kinds::LoadBalancerKind>(documents);
    check::<kinds::ListenerKind>(documents);
    check::<kinds::ListenerRuleKind>(documents);
    check::<kinds::TargetGroupKind>(documents);
    let seen: BTreeSet<&str> = documents
        .iter()
        .map(|document| document.kind.as_str())
        .collect();
    for kind in types().into_iter().chain(BY_CLOUD_CONTROL) {
        assert!(
            seen.contains(kind),
            "{kind} is collected and not in this test"
        );
    }
}

fn example() -> (Directory, Options) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/organization");
    let directory = Directory::open(path).unwrap();
    let principal = directory.manifest().caller.clone().unwrap();
    let options = Options {
        callers: vec![Caller {
            session_token: Some("the demo's token".to_owned()),
            ..Caller::new("ASIADEMO000000000001", SECRET, principal)
        }],
        ..Options::default()
    };
    (directory, options)
}

#[tokio::test]
async fn the_example_organization_comes_back() {
    let (directory, options) = example();
    let way = Way {
        role: "BlastwallAudit",
        external_id: Some("blastwall-demo"),
    };
    let refused = compare(&directory, options, way).await;
    assert_eq!(
        refused.iter().map(AccountId::as_str).collect::<Vec<_>>(),
        ["343434565656"]
    );
}

/// The region of the first calls need not be on in the account that is looked into.
#[tokio::test]
async fn a_region_that_is_off_does_not_hide_which_are_on() {
    let (directory, options) = example();
    let first = options.callers[0].clone();
    let simulator = Simulator::load(&directory, options).unwrap();
    let server = simulator
        .serve("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let token = first.session_token.as_deref();
    let config = common::signed_by(
        &server,
        &first.access_key_id,
        &first.secret_access_key,
        token,
    );
    let config = config
        .into_builder()
        .region(aws_config::Region::new("eu-south-1"))
        .build();
    let own: AccountId = first.principal.account().parse().unwrap();
    let request = Request {
        types: BTreeSet::from(["AWS::EC2::Volume".to_owned()]),
        tags: false,
        regions: Some(vec!["eu-south-1".to_owned(), "us-east-1".to_owned()]),
    };
    let session = session(&own, &config, declarations(&request));
    let access = Access::Entered { role: None };
    let coverage = collect(&session, &request, &Shared::new(), access)
        .await
        .coverage;
    assert_eq!(coverage.regions, ["us-east-1"]);
    let answers: Vec<&str> = coverage
        .gaps
        .iter()
        .map(|gap| gap.answer.as_str())
        .collect();
    assert!(
        matches!(answers[..], [only] if only.starts_with("RegionDisabled")),
        "{answers:?}"
    );
}
