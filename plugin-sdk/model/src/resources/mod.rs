//! The resource types, one file a service.

pub mod cloudtrail;
pub mod ec2;
pub mod iam;
pub mod organizations;
pub mod s3;

pub use cloudtrail::{Trail, TrailKind};
pub use ec2::{
    Instance, InstanceKind, Region, RegionKind, SecurityGroup, SecurityGroupKind, Volume,
    VolumeKind,
};
pub use iam::{
    AccountPasswordPolicy, AccountPasswordPolicyKind, AccountSummary, AccountSummaryKind, Group,
    GroupKind, ManagedPolicy, ManagedPolicyKind, Role, RoleKind, RootUser, RootUserKind, User,
    UserKind,
};
pub use organizations::{
    Account, AccountKind, Organization, OrganizationKind, OrganizationalUnit,
    OrganizationalUnitKind, Policy, PolicyKind,
};
pub use s3::{AccountPublicAccessBlock, AccountPublicAccessBlockKind, Bucket, BucketKind};
