//! JSON Schema of resource documents, for authors in every language and for what checks documents.
//!
//! The schemas are those of the types: names, shapes and descriptions have no other source. They
//! say what a document looks like where something is known; any property may be missing.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::resources::{
    access_analyzer, account, cloudformation, cloudtrail, cloudwatch, codebuild, config, dynamodb,
    ec2, ecr, ecs, eks, iam, identity_center, kms, lambda, load_balancing, logs, organizations,
    ram, rds, s3, secrets_manager, security_hub, sns, sqs, ssm,
};
use crate::{AccountId, Arn, Field, Kind, Tags};

/// The schema of the documents of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceSchema {
    /// The type, `AWS::S3::Bucket`.
    pub resource_type: &'static str,
    /// What it is, in a line or two.
    pub description: &'static str,
    /// The schema, draft 2020-12.
    pub schema: Value,
}

/// The schemas of all resource types, by type.
#[must_use]
pub fn resource_schemas() -> Vec<ResourceSchema> {
    macro_rules! schemas {
        ($($kind:ty),* $(,)?) => { vec![$(schema::<$kind>()),*] };
    }
    let mut schemas = schemas![
        access_analyzer::AnalyzerKind,
        account::ContactsKind,
        cloudformation::StackKind,
        cloudtrail::TrailKind,
        cloudwatch::AlarmKind,
        codebuild::ProjectKind,
        config::ConfigurationRecorderKind,
        config::DeliveryChannelKind,
        dynamodb::TableKind,
        ec2::EbsEncryptionByDefaultKind,
        ec2::EipKind,
        ec2::FlowLogKind,
        ec2::ImageBlockPublicAccessKind,
        ec2::ImageKind,
        ec2::InstanceKind,
        ec2::InstanceMetadataDefaultsKind,
        ec2::InternetGatewayKind,
        ec2::KeyPairKind,
        ec2::LaunchTemplateKind,
        ec2::NetworkAclKind,
        ec2::NetworkInterfaceKind,
        ec2::RegionKind,
        ec2::RouteTableKind,
        ec2::SecurityGroupKind,
        ec2::SnapshotBlockPublicAccessKind,
        ec2::SnapshotKind,
        ec2::SubnetKind,
        ec2::TransitGatewayAttachmentKind,
        ec2::TransitGatewayKind,
        ec2::TransitGatewayRouteTableKind,
        ec2::VolumeKind,
        ec2::VpcBlockPublicAccessOptionsKind,
        ec2::VpcEndpointKind,
        ec2::VpcEndpointServiceKind,
        ec2::VpcKind,
        ec2::VpcPeeringConnectionKind,
        ecr::RepositoryKind,
        ecs::TaskDefinitionKind,
        eks::AccessEntryKind,
        eks::ClusterKind,
        eks::FargateProfileKind,
        eks::NodegroupKind,
        eks::PodIdentityAssociationKind,
        iam::AccountPasswordPolicyKind,
        iam::AccountSummaryKind,
        iam::GroupKind,
        iam::InstanceProfileKind,
        iam::ManagedPolicyKind,
        iam::OidcProviderKind,
        iam::RoleKind,
        iam::RootUserKind,
        iam::SamlProviderKind,
        iam::ServerCertificateKind,
        iam::ServiceSpecificCredentialsKind,
        iam::SigningCertificateKind,
        iam::SshPublicKeyKind,
        iam::UserKind,
        identity_center::AssignmentKind,
        identity_center::DirectoryGroupKind,
        identity_center::DirectoryInstanceKind,
        identity_center::DirectoryUserKind,
        identity_center::GroupMembershipKind,
        identity_center::PermissionSetKind,
        kms::KeyKind,
        lambda::FunctionKind,
        lambda::FunctionUrlKind,
        load_balancing::ListenerKind,
        load_balancing::ListenerRuleKind,
        load_balancing::LoadBalancerKind,
        load_balancing::TargetGroupKind,
        logs::LogGroupKind,
        logs::MetricFilterKind,
        logs::ResourcePolicyKind,
        logs::SubscriptionFilterKind,
        organizations::AccountKind,
        organizations::DelegatedAdministratorKind,
        organizations::OrganizationKind,
        organizations::OrganizationalUnitKind,
        organizations::PolicyKind,
        organizations::ResourcePolicyKind,
        ram::ResourceShareKind,
        rds::DbClusterKind,
        rds::DbClusterSnapshotKind,
        rds::DbInstanceKind,
        rds::DbSnapshotKind,
        s3::AccessPointKind,
        s3::AccountPublicAccessBlockKind,
        s3::BucketKind,
        secrets_manager::SecretKind,
        security_hub::SecurityHubKind,
        sns::TopicKind,
        sqs::QueueKind,
        ssm::ParameterKind,
    ];
    schemas.sort_by_key(|schema| schema.resource_type);
    schemas
}

/// A property has the shape of its value: it is left out where there is none, and named under
/// `unknown` where it could not be seen.
impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

fn schema<K: Kind>() -> ResourceSchema
where
    K::Config: JsonSchema,
    K::Observed: JsonSchema,
{
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let described = |mut schema: Schema, description: &str| {
        schema.insert("description".to_owned(), description.into());
        schema
    };
    let arn = described(
        Arn::json_schema(&mut generator),
        "Its ARN, unique among all resources of its account and type.",
    );
    let account = described(
        AccountId::json_schema(&mut generator),
        "The account that it was collected from.",
    );
    let tags = described(Tags::json_schema(&mut generator), "Its tags.");
    let config = K::Config::json_schema(&mut generator);
    let observed = K::Observed::json_schema(&mut generator);
    let mut schema = json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": K::TYPE,
        "description": K::DESCRIPTION,
        "type": "object",
        "required": ["type", "arn", "account"],
        "properties": {
            "type": { "const": K::TYPE },
            "arn": arn,
            "account": account,
            "region": {
                "description": "Its region; `global`, or left out, if it belongs to none.",
                "type": "string",
            },
            "tags": tags,
            "config": config,
            "observed": observed,
            "unknown": {
                "description": "Why a path, in dots as in `config.BucketEncryption`, could not be \
                                seen. A path below a property makes the whole property unknown, but \
                                for the last use of an access key.",
                "type": "object",
                "additionalProperties": { "type": "string" },
            },
        },
    });
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), definitions.into());
    }
    ResourceSchema {
        resource_type: K::TYPE,
        description: K::DESCRIPTION,
        schema: schema.into(),
    }
}
