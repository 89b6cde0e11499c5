//! Amazon S3.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{kind, properties};

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
