//! AWS Config.

use crate::resource::{kind, properties, shapes};

shapes! {
    /// Which types are recorded.
    RecordingGroup {
        /// Whether all types that are supported are recorded.
        all_supported: bool,
        /// Whether the types of global services are recorded, too.
        include_global_resource_types: bool,
        /// The types, if not all.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        resource_types: Vec<String>,
        /// How the types are chosen.
        #[serde(skip_serializing_if = "Option::is_none")]
        recording_strategy: Option<RecordingStrategy>,
        /// The types that are left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        exclusion_by_resource_types: Option<ExclusionByResourceTypes>,
    }

    /// How the recorded types are chosen.
    RecordingStrategy {
        /// `ALL_SUPPORTED_RESOURCE_TYPES`, `INCLUSION_BY_RESOURCE_TYPES` or
        /// `EXCLUSION_BY_RESOURCE_TYPES`.
        use_only: String,
    }

    /// The types that are left out.
    ExclusionByResourceTypes {
        /// The types.
        resource_types: Vec<String>,
    }
}

properties! {
    /// What is set on a recorder (`AWS::Config::ConfigurationRecorder`).
    "config" ConfigurationRecorderConfig {
        /// Its name.
        "Name" name: String,
        /// The role that it reads with.
        "RoleARN" role_arn: String,
        /// Which types it records.
        "RecordingGroup" recording_group: RecordingGroup,
    }
}

properties! {
    /// What is observed of a recorder.
    "observed" ConfigurationRecorderObserved {
        /// Whether it records, now.
        "Recording" recording: bool,
        /// `Success`, `Pending` or `Failure`.
        "LastStatus" last_status: String,
        /// The code of its last error; absent if none.
        "LastErrorCode" last_error_code: String,
        /// RFC 3339.
        "LastStartTime" last_start_time: String,
    }
}

kind! {
    /// A configuration recorder; at most one a region, next to those of services.
    ConfigurationRecorder, ConfigurationRecorderKind = "AWS::Config::ConfigurationRecorder",
    ConfigurationRecorderConfig, ConfigurationRecorderObserved
}

properties! {
    /// What is set on a delivery channel (`AWS::Config::DeliveryChannel`).
    "config" DeliveryChannelConfig {
        /// Its name.
        "Name" name: String,
        /// The bucket that it delivers to.
        "S3BucketName" s3_bucket_name: String,
        /// The ARN of the key that encrypts.
        "S3KmsKeyArn" s3_kms_key_arn: String,
        /// The topic that it notifies.
        "SnsTopicARN" sns_topic_arn: String,
    }
}

properties! {
    /// What is observed of a delivery channel.
    "observed" DeliveryChannelObserved {
        /// How the last history was delivered: `Success`, `Failure` or `Not_Applicable`.
        "ConfigHistoryDeliveryStatus" config_history_delivery_status: String,
        /// The error of that delivery; absent if none.
        "ConfigHistoryDeliveryErrorCode" config_history_delivery_error_code: String,
        /// When a history was last delivered, RFC 3339; absent if never.
        "ConfigHistoryLastSuccessfulTime" config_history_last_successful_time: String,
    }
}

kind! {
    /// Where what is recorded is delivered; at most one a region.
    DeliveryChannel, DeliveryChannelKind = "AWS::Config::DeliveryChannel",
    DeliveryChannelConfig, DeliveryChannelObserved
}
