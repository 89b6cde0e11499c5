//! AWS CloudTrail.

use serde::{Deserialize, Serialize};

use crate::resource::{kind, properties};

/// Which events a trail records, in the basic form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct EventSelector {
    /// `All`, `ReadOnly` or `WriteOnly`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_write_type: Option<String>,
    /// Whether management events are recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_management_events: Option<bool>,
    /// Sources of management events that are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_management_event_sources: Vec<String>,
    /// The data events that are recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_resources: Vec<DataResource>,
}

/// Data events that a trail records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct DataResource {
    /// `AWS::S3::Object`, …
    pub r#type: String,
    /// What the ARNs begin with; `arn:aws:s3` means all buckets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// Which events a trail records, in the advanced form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct AdvancedEventSelector {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All must match.
    pub field_selectors: Vec<FieldSelector>,
}

/// One condition of an advanced selector; several values are alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct FieldSelector {
    /// `eventCategory`, `readOnly`, …
    pub field: String,
    /// Equal to one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equals: Vec<String>,
    /// Equal to none of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_equals: Vec<String>,
    /// Begins with one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starts_with: Vec<String>,
    /// Begins with none of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_starts_with: Vec<String>,
    /// Ends with one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<String>,
    /// Ends with none of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_ends_with: Vec<String>,
}

/// An unusual activity that a trail looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct InsightSelector {
    /// `ApiCallRateInsight` or `ApiErrorRateInsight`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insight_type: Option<String>,
}

properties! {
    /// What is set on a trail (`AWS::CloudTrail::Trail`).
    "config" TrailConfig {
        /// Its name.
        "TrailName" trail_name: String,
        /// The bucket that it delivers to.
        "S3BucketName" s3_bucket_name: String,
        /// Whether it records, now.
        "IsLogging" is_logging: bool,
        /// Whether it records in every region.
        "IsMultiRegionTrail" is_multi_region_trail: bool,
        /// Whether it records for every account of the organization.
        "IsOrganizationTrail" is_organization_trail: bool,
        /// Whether it records events of global services.
        "IncludeGlobalServiceEvents" include_global_service_events: bool,
        /// Whether digests prove that the files are whole.
        "EnableLogFileValidation" enable_log_file_validation: bool,
        /// The key that encrypts the files.
        "KMSKeyId" kms_key_id: String,
        /// The log group that it delivers to.
        "CloudWatchLogsLogGroupArn" cloud_watch_logs_log_group_arn: String,
        /// Which events, basic form.
        "EventSelectors" event_selectors: Vec<EventSelector>,
        /// Which events, advanced form.
        "AdvancedEventSelectors" advanced_event_selectors: Vec<AdvancedEventSelector>,
        /// Which unusual activity it looks for; absent if none.
        "InsightSelectors" insight_selectors: Vec<InsightSelector>,
    }
}

properties! {
    /// What is observed of a trail.
    "observed" TrailObserved {
        /// The region that it was created in.
        "HomeRegion" home_region: String,
        /// RFC 3339; absent if never.
        "LatestDeliveryTime" latest_delivery_time: String,
        /// The last error of delivery to S3; absent if none.
        "LatestDeliveryError" latest_delivery_error: String,
    }
}

kind! {
    /// A trail, in its home region; an organization's trail is a document of every account that
    /// sees it, under the ARN of the account that owns it.
    Trail, TrailKind = "AWS::CloudTrail::Trail", TrailConfig, TrailObserved
}
