//! Amazon DynamoDB.

use serde_json::Value;

use crate::resource::{kind, properties, shapes};

shapes! {
    /// How a table is encrypted, if not by keys of the service's own.
    SseSpecification {
        /// Whether a key of KMS in the account encrypts.
        #[serde(rename = "SSEEnabled")]
        sse_enabled: bool,
        /// `KMS`.
        #[serde(rename = "SSEType", skip_serializing_if = "Option::is_none")]
        sse_type: Option<String>,
        /// The ARN of the key.
        #[serde(rename = "KMSMasterKeyId", skip_serializing_if = "Option::is_none")]
        kms_master_key_id: Option<String>,
    }

    /// The stream of changes.
    StreamSpecification {
        /// What of an item is in it, `NEW_AND_OLD_IMAGES`.
        #[serde(skip_serializing_if = "Option::is_none")]
        stream_view_type: Option<String>,
    }
}

/// A policy on a resource.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct ResourcePolicy {
    /// The decoded document.
    pub policy_document: Value,
}

properties! {
    /// What is set on a table (`AWS::DynamoDB::Table`).
    "config" TableConfig {
        /// Its name.
        "TableName" table_name: String,
        /// Whether it can be deleted only after this is taken back.
        "DeletionProtectionEnabled" deletion_protection_enabled: bool,
        /// How it is encrypted; absent if by a key of the service's own.
        "SSESpecification" sse_specification: SseSpecification,
        /// The stream of its changes; absent if there is none.
        "StreamSpecification" stream_specification: StreamSpecification,
        /// Its resource policy; absent if there is none.
        "ResourcePolicy" resource_policy: ResourcePolicy,
    }
}

properties! {
    /// What is observed of a table.
    "observed" TableObserved {
        /// `ACTIVE`, `CREATING`, `ARCHIVED`, …
        "TableStatus" table_status: String,
        /// RFC 3339.
        "CreationDateTime" creation_date_time: String,
        /// Items, as counted every six hours.
        "ItemCount" item_count: i64,
        /// The ARN of the stream of its changes.
        "LatestStreamArn" latest_stream_arn: String,
    }
}

kind! {
    /// A table with its policy.
    Table, TableKind = "AWS::DynamoDB::Table", TableConfig, TableObserved
}
