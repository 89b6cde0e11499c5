//! Amazon EC2.

use serde::{Deserialize, Serialize};

use crate::resource::{kind, properties};

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

/// A rule of a security group, one source or destination each, as CloudFormation has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct Rule {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.
    pub ip_protocol: String,
    /// First port, or ICMP type; none means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// Last port, or ICMP code; none means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// An IPv4 range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr_ip: Option<String>,
    /// An IPv6 range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr_ipv6: Option<String>,
    /// A prefix list (`SourcePrefixListId`, or `DestinationPrefixListId` on the way out).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_prefix_list_id: Option<String>,
    /// As above, on the way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_prefix_list_id: Option<String>,
    /// Another security group (inbound).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_security_group_id: Option<String>,
    /// The account of that group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_security_group_owner_id: Option<String>,
    /// Another security group (outbound).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_security_group_id: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

properties! {
    /// What is set on a security group (`AWS::EC2::SecurityGroup`).
    "config" SecurityGroupConfig {
        /// Its id, `sg-…`.
        "GroupId" group_id: String,
        /// Its name.
        "GroupName" group_name: String,
        /// Free text.
        "GroupDescription" group_description: String,
        /// The VPC that it belongs to.
        "VpcId" vpc_id: String,
        /// Inbound rules.
        "SecurityGroupIngress" security_group_ingress: Vec<Rule>,
        /// Outbound rules.
        "SecurityGroupEgress" security_group_egress: Vec<Rule>,
    }
}

properties! {
    /// Nothing is observed of a security group.
    "observed" SecurityGroupObserved {}
}

kind! {
    /// A security group with its rules.
    SecurityGroup, SecurityGroupKind = "AWS::EC2::SecurityGroup",
    SecurityGroupConfig, SecurityGroupObserved
}

/// How the metadata service of an instance answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct MetadataOptions {
    /// `required` (version 2 only) or `optional`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_tokens: Option<String>,
    /// `enabled` or `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_endpoint: Option<String>,
}

properties! {
    /// What is set on an instance (`AWS::EC2::Instance`).
    "config" InstanceConfig {
        /// Its id, `i-…`.
        "InstanceId" instance_id: String,
        /// The image that it was started from.
        "ImageId" image_id: String,
        /// Its size, `m7g.large`.
        "InstanceType" instance_type: String,
        /// The VPC that it runs in.
        "VpcId" vpc_id: String,
        /// The subnet of its first interface.
        "SubnetId" subnet_id: String,
        /// Its security groups.
        "SecurityGroupIds" security_group_ids: Vec<String>,
        /// The ARN of its instance profile.
        "IamInstanceProfile" iam_instance_profile: String,
        /// The name of its key pair.
        "KeyName" key_name: String,
        /// How its metadata service answers.
        "MetadataOptions" metadata_options: MetadataOptions,
    }
}

properties! {
    /// What is observed of an instance.
    "observed" InstanceObserved {
        /// `running`, `stopped`, …
        "State" state: String,
        /// Absent if it has none.
        "PublicIpAddress" public_ip_address: String,
        /// RFC 3339.
        "LaunchTime" launch_time: String,
    }
}

kind! {
    /// An instance. Terminated ones are left out.
    Instance, InstanceKind = "AWS::EC2::Instance", InstanceConfig, InstanceObserved
}

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
