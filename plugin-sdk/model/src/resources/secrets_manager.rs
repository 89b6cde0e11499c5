//! AWS Secrets Manager.

use serde_json::Value;

use crate::resource::{kind, properties};

properties! {
    /// What is set on a secret (`AWS::SecretsManager::Secret`). What it holds is never asked for.
    "config" SecretConfig {
        /// Its name.
        "Name" name: String,
        /// Free text.
        "Description" description: String,
        /// The ARN, id or alias of the key; absent if it is the account's `aws/secretsmanager`.
        "KmsKeyId" kms_key_id: String,
        /// The decoded resource policy; absent if there is none.
        "ResourcePolicy" resource_policy: Value,
    }
}

properties! {
    /// What is observed of a secret.
    "observed" SecretObserved {
        /// RFC 3339.
        "CreatedDate" created_date: String,
        /// When it or its settings were changed, RFC 3339.
        "LastChangedDate" last_changed_date: String,
        /// When its value was read, RFC 3339 to the day; absent if never.
        "LastAccessedDate" last_accessed_date: String,
        /// When its value was renewed, RFC 3339; absent if never.
        "LastRotatedDate" last_rotated_date: String,
        /// Whether its value is renewed by itself.
        "RotationEnabled" rotation_enabled: bool,
        /// The ARN of the function that renews it.
        "RotationLambdaARN" rotation_lambda_arn: String,
        /// The service that keeps it for the account, `rds`; absent if none does.
        "OwningService" owning_service: String,
        /// The region that it is copied from; absent if it is no copy and has none.
        "PrimaryRegion" primary_region: String,
    }
}

kind! {
    /// A secret with its policy, without what it holds.
    Secret, SecretKind = "AWS::SecretsManager::Secret", SecretConfig, SecretObserved
}
