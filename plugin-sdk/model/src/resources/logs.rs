//! Amazon CloudWatch Logs.

use serde_json::Value;

use crate::resource::{kind, properties, shapes};

properties! {
    /// What is set on a log group (`AWS::Logs::LogGroup`).
    "config" LogGroupConfig {
        /// Its name.
        "LogGroupName" log_group_name: String,
        /// Days; absent if events are kept for ever.
        "RetentionInDays" retention_in_days: i32,
        /// The ARN of the key; absent if AWS's own key encrypts.
        "KmsKeyId" kms_key_id: String,
        /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
        "LogGroupClass" log_group_class: String,
    }
}

properties! {
    /// What is observed of a log group.
    "observed" LogGroupObserved {
        /// RFC 3339.
        "CreationTime" creation_time: String,
        /// Bytes.
        "StoredBytes" stored_bytes: i64,
    }
}

kind! {
    /// A log group.
    LogGroup, LogGroupKind = "AWS::Logs::LogGroup", LogGroupConfig, LogGroupObserved
}

shapes! {
    /// The metric that a filter counts.
    MetricTransformation {
        /// Its name.
        metric_name: String,
        /// Its namespace.
        metric_namespace: String,
        /// What each event adds, `1`.
        metric_value: String,
    }
}

properties! {
    /// What is set on a metric filter (`AWS::Logs::MetricFilter`).
    "config" MetricFilterConfig {
        /// Its name.
        "FilterName" filter_name: String,
        /// The log group that it reads.
        "LogGroupName" log_group_name: String,
        /// Which events it counts.
        "FilterPattern" filter_pattern: String,
        /// The metrics that it counts; AWS allows one.
        "MetricTransformations" metric_transformations: Vec<MetricTransformation>,
    }
}

properties! {
    /// What is observed of a metric filter.
    "observed" MetricFilterObserved {
        /// RFC 3339.
        "CreationTime" creation_time: String,
    }
}

kind! {
    /// A metric filter of a log group.
    MetricFilter, MetricFilterKind = "AWS::Logs::MetricFilter",
    MetricFilterConfig, MetricFilterObserved
}

properties! {
    /// What is set on a subscription filter (`AWS::Logs::SubscriptionFilter`).
    "config" SubscriptionFilterConfig {
        /// Its name.
        "FilterName" filter_name: String,
        /// The log group that it reads.
        "LogGroupName" log_group_name: String,
        /// Which events it passes on; empty for all.
        "FilterPattern" filter_pattern: String,
        /// The ARN of where they go.
        "DestinationArn" destination_arn: String,
        /// The role that delivers.
        "RoleArn" role_arn: String,
    }
}

properties! {
    /// What is observed of a subscription filter.
    "observed" SubscriptionFilterObserved {
        /// RFC 3339.
        "CreationTime" creation_time: String,
    }
}

kind! {
    /// A subscription filter of a log group.
    SubscriptionFilter, SubscriptionFilterKind = "AWS::Logs::SubscriptionFilter",
    SubscriptionFilterConfig, SubscriptionFilterObserved
}

properties! {
    /// What is set on a resource policy (`AWS::Logs::ResourcePolicy`).
    "config" ResourcePolicyConfig {
        /// Its name.
        "PolicyName" policy_name: String,
        /// The decoded document: who may write to log groups of the region.
        "PolicyDocument" policy_document: Value,
    }
}

properties! {
    /// What is observed of a resource policy.
    "observed" ResourcePolicyObserved {
        /// RFC 3339.
        "LastUpdatedTime" last_updated_time: String,
    }
}

kind! {
    /// A resource policy of CloudWatch Logs in a region.
    ResourcePolicy, ResourcePolicyKind = "AWS::Logs::ResourcePolicy",
    ResourcePolicyConfig, ResourcePolicyObserved
}
