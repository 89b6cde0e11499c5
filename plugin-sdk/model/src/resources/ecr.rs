//! Amazon Elastic Container Registry.

use serde_json::Value;

use crate::resource::{kind, properties, shapes};

shapes! {
    /// Whether images are looked at for flaws.
    ImageScanningConfiguration {
        /// As soon as they are pushed.
        scan_on_push: bool,
    }

    /// How images are encrypted.
    EncryptionConfiguration {
        /// `AES256`, `KMS` or `KMS_DSSE`.
        encryption_type: String,
        /// The ARN of the key, if one of KMS encrypts.
        #[serde(skip_serializing_if = "Option::is_none")]
        kms_key: Option<String>,
    }
}

properties! {
    /// What is set on a repository (`AWS::ECR::Repository`).
    "config" RepositoryConfig {
        /// Its name.
        "RepositoryName" repository_name: String,
        /// `MUTABLE` or `IMMUTABLE`, or one of both `_WITH_EXCLUSION`.
        "ImageTagMutability" image_tag_mutability: String,
        /// Whether images are looked at for flaws.
        "ImageScanningConfiguration" image_scanning_configuration: ImageScanningConfiguration,
        /// How images are encrypted.
        "EncryptionConfiguration" encryption_configuration: EncryptionConfiguration,
        /// The decoded repository policy; absent if there is none.
        "RepositoryPolicyText" repository_policy_text: Value,
    }
}

properties! {
    /// What is observed of a repository.
    "observed" RepositoryObserved {
        /// What images are pulled by, without tag.
        "RepositoryUri" repository_uri: String,
        /// RFC 3339.
        "CreatedAt" created_at: String,
    }
}

kind! {
    /// A repository of container images with its policy.
    Repository, RepositoryKind = "AWS::ECR::Repository", RepositoryConfig, RepositoryObserved
}
