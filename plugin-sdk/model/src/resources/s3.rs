//! Amazon S3.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{kind, properties, shapes};

/// The four switches of S3 Block Public Access; a switch left out is off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct PublicAccessBlockConfiguration {
    /// Refuses new public ACLs.
    pub block_public_acls: bool,
    /// Refuses new public bucket policies.
    pub block_public_policy: bool,
    /// Ignores public ACLs that exist.
    pub ignore_public_acls: bool,
    /// Keeps strangers out of buckets whose policy is public.
    pub restrict_public_buckets: bool,
}

/// How objects are encrypted unless the writer says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct BucketEncryption {
    /// The rules; AWS allows one.
    pub server_side_encryption_configuration: Vec<ServerSideEncryptionRule>,
}

/// One rule of a default encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct ServerSideEncryptionRule {
    /// The algorithm and key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_side_encryption_by_default: Option<ServerSideEncryptionByDefault>,
    /// Whether a bucket key saves calls to KMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_key_enabled: Option<bool>,
}

/// The algorithm and key of a default encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ServerSideEncryptionByDefault {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    #[serde(rename = "SSEAlgorithm")]
    pub sse_algorithm: String,
    /// The KMS key.
    #[serde(rename = "KMSMasterKeyID", skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
}

/// Whom an entry of an access control list names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grantee {
    /// `CanonicalUser`, `AmazonCustomerByEmail` or `Group`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The canonical user id.
    #[serde(rename = "ID", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The group, such as `http://acs.amazonaws.com/groups/global/AllUsers`.
    #[serde(rename = "URI", default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

/// An entry of an access control list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct Grant {
    /// Whom it names.
    pub grantee: Grantee,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

shapes! {
    /// Whether old versions of objects are kept.
    VersioningConfiguration {
        /// `Enabled` or `Suspended`; none if it was never switched on.
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<String>,
    }

    /// Where requests to a bucket are logged.
    LoggingConfiguration {
        /// The bucket that the logs go to.
        destination_bucket_name: String,
        /// What their names begin with.
        #[serde(skip_serializing_if = "Option::is_none")]
        log_file_prefix: Option<String>,
    }

    /// Who owns new objects.
    OwnershipControls {
        /// The rules; AWS allows one.
        rules: Vec<OwnershipControlsRule>,
    }

    /// Who owns new objects.
    OwnershipControlsRule {
        /// `BucketOwnerEnforced` (which switches access control lists off), `BucketOwnerPreferred`
        /// or `ObjectWriter`.
        object_ownership: String,
    }

    /// Whether objects can be kept from being deleted.
    ObjectLockConfiguration {
        /// `Enabled`.
        #[serde(skip_serializing_if = "Option::is_none")]
        object_lock_enabled: Option<String>,
        /// How long new objects are kept.
        #[serde(skip_serializing_if = "Option::is_none")]
        rule: Option<ObjectLockRule>,
    }

    /// How long new objects are kept.
    ObjectLockRule {
        /// Unless the writer says otherwise.
        #[serde(skip_serializing_if = "Option::is_none")]
        default_retention: Option<DefaultRetention>,
    }

    /// How long new objects are kept; days or years.
    DefaultRetention {
        /// `GOVERNANCE` or `COMPLIANCE`.
        #[serde(skip_serializing_if = "Option::is_none")]
        mode: Option<String>,
        /// Days.
        #[serde(skip_serializing_if = "Option::is_none")]
        days: Option<i32>,
        /// Years.
        #[serde(skip_serializing_if = "Option::is_none")]
        years: Option<i32>,
    }

    /// Where objects are copied to.
    ReplicationConfiguration {
        /// The role that copies.
        role: String,
        /// The rules.
        rules: Vec<ReplicationRule>,
    }

    /// One rule of a replication.
    ReplicationRule {
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// `Enabled` or `Disabled`.
        status: String,
        /// Where objects are copied to.
        destination: ReplicationDestination,
    }

    /// Where objects are copied to.
    ReplicationDestination {
        /// The ARN of the bucket.
        bucket: String,
        /// Its account, if that becomes the owner of the copies.
        #[serde(skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    }
}

properties! {
    /// What is set on a bucket (`AWS::S3::Bucket` and `AWS::S3::BucketPolicy`).
    "config" BucketConfig {
        /// Its name.
        "BucketName" bucket_name: String,
        /// The bucket policy, decoded; absent if it has none.
        "PolicyDocument" policy_document: Value,
        /// Its own switches; absent if it has none. The account's may be stricter.
        "PublicAccessBlockConfiguration" public_access_block_configuration: PublicAccessBlockConfiguration,
        /// Default encryption; absent if it has none.
        "BucketEncryption" bucket_encryption: BucketEncryption,
        /// Whether old versions of objects are kept.
        "VersioningConfiguration" versioning_configuration: VersioningConfiguration,
        /// Where requests are logged; absent if nowhere.
        "LoggingConfiguration" logging_configuration: LoggingConfiguration,
        /// Who owns new objects; absent if it has none.
        "OwnershipControls" ownership_controls: OwnershipControls,
        /// Whether objects can be kept from being deleted; absent if not.
        "ObjectLockConfiguration" object_lock_configuration: ObjectLockConfiguration,
        /// Where objects are copied to; absent if nowhere.
        "ReplicationConfiguration" replication_configuration: ReplicationConfiguration,
    }
}

properties! {
    /// What is observed of a bucket.
    "observed" BucketObserved {
        /// RFC 3339.
        "CreationDate" creation_date: String,
        /// The canonical user id of the owner.
        "OwnerId" owner_id: String,
        /// The access control list.
        "Grants" grants: Vec<Grant>,
        /// Whether deleting versions needs MFA: `Enabled` or `Disabled`; absent if it was never set.
        "MFADelete" mfa_delete: String,
        /// Whether S3 takes the bucket policy for public; absent if there is no policy.
        "PolicyIsPublic" policy_is_public: bool,
    }
}

kind! {
    /// An S3 bucket with its policy, access control list and encryption.
    Bucket, BucketKind = "AWS::S3::Bucket", BucketConfig, BucketObserved
}

properties! {
    /// The account's switches, which hold for all its buckets.
    "config" AccountPublicAccessBlockConfig {
        /// Absent if the account has set none.
        "PublicAccessBlockConfiguration" public_access_block_configuration: PublicAccessBlockConfiguration,
    }
}

properties! {
    /// Nothing is observed of the account's switches.
    "observed" AccountPublicAccessBlockObserved {}
}

kind! {
    /// S3 Block Public Access of an account; a type of our own, one a account.
    AccountPublicAccessBlock, AccountPublicAccessBlockKind = "AWS::S3::AccountPublicAccessBlock",
    AccountPublicAccessBlockConfig, AccountPublicAccessBlockObserved
}

shapes! {
    /// The VPC that an access point is bound to.
    VpcConfiguration {
        /// Its id.
        vpc_id: String,
    }
}

properties! {
    /// What is set on an access point (`AWS::S3::AccessPoint`).
    "config" AccessPointConfig {
        /// Its name.
        "Name" name: String,
        /// The bucket that it leads to.
        "Bucket" bucket: String,
        /// The account of the bucket.
        "BucketAccountId" bucket_account_id: String,
        /// The VPC that it is bound to; absent if the internet may use it.
        "VpcConfiguration" vpc_configuration: VpcConfiguration,
        /// Its own switches.
        "PublicAccessBlockConfiguration" public_access_block_configuration: PublicAccessBlockConfiguration,
        /// Its policy, decoded; absent if it has none.
        "Policy" policy: Value,
    }
}

properties! {
    /// What is observed of an access point.
    "observed" AccessPointObserved {
        /// `Internet` or `VPC`.
        "NetworkOrigin" network_origin: String,
        /// Its alias, which stands for a bucket name.
        "Alias" alias: String,
        /// RFC 3339.
        "CreationDate" creation_date: String,
    }
}

kind! {
    /// An S3 access point with its policy.
    AccessPoint, AccessPointKind = "AWS::S3::AccessPoint", AccessPointConfig, AccessPointObserved
}
