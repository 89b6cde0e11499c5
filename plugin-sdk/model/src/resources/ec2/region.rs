//! Regions and what is set once in each.

use crate::resource::{kind, properties, shapes};

properties! {
    /// What identifies a region.
    "config" RegionConfig {
        /// Its name, `eu-west-1`.
        "RegionName" region_name: String,
    }
}

properties! {
    /// What is observed of a region.
    "observed" RegionObserved {
        /// `opt-in-not-required`, `opted-in` or `not-opted-in`.
        "OptInStatus" opt_in_status: String,
    }
}

kind! {
    /// A region that is enabled in the account; a type of our own.
    Region, RegionKind = "AWS::EC2::Region", RegionConfig, RegionObserved
}

properties! {
    /// What is set (`AWS::EC2::SnapshotBlockPublicAccess`).
    "config" SnapshotBlockPublicAccessConfig {
        /// `block-all-sharing`, `block-new-sharing` or `unblocked`.
        "State" state: String,
    }
}

properties! {
    /// Nothing is observed of it.
    "observed" SnapshotBlockPublicAccessObserved {}
}

kind! {
    /// Whether EBS snapshots of a region may be public; one a region.
    SnapshotBlockPublicAccess, SnapshotBlockPublicAccessKind =
        "AWS::EC2::SnapshotBlockPublicAccess",
    SnapshotBlockPublicAccessConfig, SnapshotBlockPublicAccessObserved
}

properties! {
    /// What is set.
    "config" ImageBlockPublicAccessConfig {
        /// `block-new-sharing` or `unblocked`.
        "State" state: String,
    }
}

properties! {
    /// Nothing is observed of it.
    "observed" ImageBlockPublicAccessObserved {}
}

kind! {
    /// Whether images of a region may be made public; a type of our own, one a region.
    ImageBlockPublicAccess, ImageBlockPublicAccessKind = "AWS::EC2::ImageBlockPublicAccess",
    ImageBlockPublicAccessConfig, ImageBlockPublicAccessObserved
}

properties! {
    /// What is set (`AWS::EC2::VPCBlockPublicAccessOptions`).
    "config" VpcBlockPublicAccessOptionsConfig {
        /// `block-bidirectional`, `block-ingress` or `off`.
        "InternetGatewayBlockMode" internet_gateway_block_mode: String,
    }
}

properties! {
    /// What is observed of it.
    "observed" VpcBlockPublicAccessOptionsObserved {
        /// `default-state`, `update-in-progress` or `update-complete`.
        "State" state: String,
        /// `account` or `declarative-policy`: who set it.
        "ManagedBy" managed_by: String,
    }
}

kind! {
    /// Whether internet gateways of a region let traffic through; one a region.
    VpcBlockPublicAccessOptions, VpcBlockPublicAccessOptionsKind =
        "AWS::EC2::VPCBlockPublicAccessOptions",
    VpcBlockPublicAccessOptionsConfig, VpcBlockPublicAccessOptionsObserved
}

properties! {
    /// What is set.
    "config" EbsEncryptionByDefaultConfig {
        /// Whether new volumes and copies of snapshots are encrypted unasked.
        "EbsEncryptionByDefault" ebs_encryption_by_default: bool,
    }
}

properties! {
    /// Nothing is observed of it.
    "observed" EbsEncryptionByDefaultObserved {}
}

kind! {
    /// Whether EBS encrypts by default in a region; a type of our own, one a region.
    EbsEncryptionByDefault, EbsEncryptionByDefaultKind = "AWS::EC2::EbsEncryptionByDefault",
    EbsEncryptionByDefaultConfig, EbsEncryptionByDefaultObserved
}

shapes! {
    /// How the metadata service of new instances answers, where the region sets it.
    InstanceMetadataDefaultsResponse {
        /// `required`, `optional` or none for no preference.
        #[serde(skip_serializing_if = "Option::is_none")]
        http_tokens: Option<String>,
        /// `enabled`, `disabled` or none for no preference.
        #[serde(skip_serializing_if = "Option::is_none")]
        http_endpoint: Option<String>,
        /// How many hops an answer may travel; none for no preference.
        #[serde(skip_serializing_if = "Option::is_none")]
        http_put_response_hop_limit: Option<i32>,
    }
}

properties! {
    /// What is set.
    "config" InstanceMetadataDefaultsConfig {
        /// The defaults.
        "AccountLevel" account_level: InstanceMetadataDefaultsResponse,
    }
}

properties! {
    /// Nothing is observed of them.
    "observed" InstanceMetadataDefaultsObserved {}
}

kind! {
    /// How the metadata service of new instances answers in a region; a type of our own, one a region.
    InstanceMetadataDefaults, InstanceMetadataDefaultsKind = "AWS::EC2::InstanceMetadataDefaults",
    InstanceMetadataDefaultsConfig, InstanceMetadataDefaultsObserved
}
