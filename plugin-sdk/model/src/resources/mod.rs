//! The resource types, one file a service.
//!
//! Each type is re-exported here, unless its name says little without its service.

pub mod access_analyzer;
pub mod account;
pub mod cloudformation;
pub mod cloudtrail;
pub mod cloudwatch;
pub mod codebuild;
pub mod config;
pub mod dynamodb;
pub mod ec2;
pub mod ecr;
pub mod ecs;
pub mod eks;
pub mod iam;
pub mod identity_center;
pub mod kms;
pub mod lambda;
pub mod load_balancing;
pub mod logs;
pub mod organizations;
pub mod ram;
pub mod rds;
pub mod s3;
pub mod secrets_manager;
pub mod security_hub;
pub mod sns;
pub mod sqs;
pub mod ssm;

pub use access_analyzer::{Analyzer, AnalyzerKind};
pub use account::{Contacts, ContactsKind};
pub use cloudformation::{Stack, StackKind};
pub use cloudtrail::{Trail, TrailKind};
pub use cloudwatch::{Alarm, AlarmKind};
pub use codebuild::{Project, ProjectKind};
pub use config::{
    ConfigurationRecorder, ConfigurationRecorderKind, DeliveryChannel, DeliveryChannelKind,
};
pub use dynamodb::{Table, TableKind};
pub use ec2::{
    EbsEncryptionByDefault, EbsEncryptionByDefaultKind, Eip, EipKind, FlowLog, FlowLogKind, Image,
    ImageBlockPublicAccess, ImageBlockPublicAccessKind, ImageKind, Instance, InstanceKind,
    InstanceMetadataDefaults, InstanceMetadataDefaultsKind, InternetGateway, InternetGatewayKind,
    KeyPair, KeyPairKind, LaunchTemplate, LaunchTemplateKind, NetworkAcl, NetworkAclKind,
    NetworkInterface, NetworkInterfaceKind, Region, RegionKind, RouteTable, RouteTableKind,
    SecurityGroup, SecurityGroupKind, Snapshot, SnapshotBlockPublicAccess,
    SnapshotBlockPublicAccessKind, SnapshotKind, Subnet, SubnetKind, TransitGateway,
    TransitGatewayAttachment, TransitGatewayAttachmentKind, TransitGatewayKind,
    TransitGatewayRouteTable, TransitGatewayRouteTableKind, Volume, VolumeKind, Vpc,
    VpcBlockPublicAccessOptions, VpcBlockPublicAccessOptionsKind, VpcEndpoint, VpcEndpointKind,
    VpcEndpointService, VpcEndpointServiceKind, VpcKind, VpcPeeringConnection,
    VpcPeeringConnectionKind,
};
pub use ecr::{Repository, RepositoryKind};
pub use ecs::{TaskDefinition, TaskDefinitionKind};
pub use eks::{
    AccessEntry, AccessEntryKind, Cluster, ClusterKind, FargateProfile, FargateProfileKind,
    Nodegroup, NodegroupKind, PodIdentityAssociation, PodIdentityAssociationKind,
};
pub use iam::{
    AccountPasswordPolicy, AccountPasswordPolicyKind, AccountSummary, AccountSummaryKind, Group,
    GroupKind, InstanceProfile, InstanceProfileKind, ManagedPolicy, ManagedPolicyKind,
    OidcProvider, OidcProviderKind, Role, RoleKind, RootUser, RootUserKind, SamlProvider,
    SamlProviderKind, ServerCertificate, ServerCertificateKind, ServiceSpecificCredentials,
    ServiceSpecificCredentialsKind, SigningCertificate, SigningCertificateKind, SshPublicKey,
    SshPublicKeyKind, User, UserKind,
};
pub use identity_center::{
    Assignment, AssignmentKind, DirectoryGroup, DirectoryGroupKind, DirectoryInstance,
    DirectoryInstanceKind, DirectoryUser, DirectoryUserKind, GroupMembership, GroupMembershipKind,
    PermissionSet, PermissionSetKind,
};
pub use kms::{Key, KeyKind};
pub use lambda::{Function, FunctionKind, FunctionUrl, FunctionUrlKind};
pub use load_balancing::{
    Listener, ListenerKind, ListenerRule, ListenerRuleKind, LoadBalancer, LoadBalancerKind,
    TargetGroup, TargetGroupKind,
};
pub use logs::{LogGroup, LogGroupKind, MetricFilter, MetricFilterKind};
pub use logs::{SubscriptionFilter, SubscriptionFilterKind};
pub use organizations::{
    Account, AccountKind, DelegatedAdministrator, DelegatedAdministratorKind, Organization,
    OrganizationKind, OrganizationalUnit, OrganizationalUnitKind, Policy, PolicyKind,
};
pub use ram::{ResourceShare, ResourceShareKind};
pub use rds::{
    DbCluster, DbClusterKind, DbClusterSnapshot, DbClusterSnapshotKind, DbInstance, DbInstanceKind,
    DbSnapshot, DbSnapshotKind,
};
pub use s3::{
    AccessPoint, AccessPointKind, AccountPublicAccessBlock, AccountPublicAccessBlockKind, Bucket,
    BucketKind,
};
pub use secrets_manager::{Secret, SecretKind};
pub use security_hub::{SecurityHub, SecurityHubKind};
pub use sns::{Topic, TopicKind};
pub use sqs::{Queue, QueueKind};
pub use ssm::{Parameter, ParameterKind};
