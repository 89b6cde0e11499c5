//! Volumes and snapshots.

use serde::{Deserialize, Serialize};

use crate::resource::{kind, properties, shapes};

/// Where a volume is attached.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct VolumeAttachment {
    /// The instance.
    pub instance_id: String,
    /// The device name there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// `attached`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

properties! {
    /// What is set on a volume (`AWS::EC2::Volume`).
    "config" VolumeConfig {
        /// Its id, `vol-…`.
        "VolumeId" volume_id: String,
        /// GiB.
        "Size" size: i32,
        /// `gp3`, …
        "VolumeType" volume_type: String,
        /// Its zone.
        "AvailabilityZone" availability_zone: String,
        /// Whether it is encrypted.
        "Encrypted" encrypted: bool,
        /// The ARN of the key.
        "KmsKeyId" kms_key_id: String,
        /// The snapshot that it was made from.
        "SnapshotId" snapshot_id: String,
    }
}

properties! {
    /// What is observed of a volume.
    "observed" VolumeObserved {
        /// `in-use`, `available`, …
        "State" state: String,
        /// RFC 3339.
        "CreateTime" create_time: String,
        /// Where it is attached.
        "Attachments" attachments: Vec<VolumeAttachment>,
    }
}

kind! {
    /// An EBS volume.
    Volume, VolumeKind = "AWS::EC2::Volume", VolumeConfig, VolumeObserved
}

shapes! {
    /// With whom a snapshot is shared; one of these.
    CreateVolumePermission {
        /// `all` for everybody.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// An account.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<String>,
    }
}

properties! {
    /// What is set on a snapshot, named as in the EC2 API.
    "config" SnapshotConfig {
        /// Its id, `snap-…`.
        "SnapshotId" snapshot_id: String,
        /// The volume that it was made of; `vol-ffffffff` if that is not known.
        "VolumeId" volume_id: String,
        /// GiB.
        "VolumeSize" volume_size: i32,
        /// Whether it is encrypted.
        "Encrypted" encrypted: bool,
        /// The ARN of the key.
        "KmsKeyId" kms_key_id: String,
        /// Free text.
        "Description" description: String,
        /// With whom it is shared.
        "CreateVolumePermissions" create_volume_permissions: Vec<CreateVolumePermission>,
    }
}

properties! {
    /// What is observed of a snapshot.
    "observed" SnapshotObserved {
        /// `completed`, `pending` or `error`.
        "State" state: String,
        /// RFC 3339.
        "StartTime" start_time: String,
        /// `standard` or `archive`.
        "StorageTier" storage_tier: String,
    }
}

kind! {
    /// An EBS snapshot of the account; a type of our own.
    Snapshot, SnapshotKind = "AWS::EC2::Snapshot", SnapshotConfig, SnapshotObserved
}
