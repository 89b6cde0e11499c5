//! Instances, and what they are started from.

use serde::{Deserialize, Serialize};

use crate::resource::{kind, properties, shapes};

shapes! {
    /// What user data holds. The text itself never enters a document: it may hold secrets.
    UserData {
        /// Bytes, decoded.
        size: u32,
        /// Kinds of secrets that the text seems to hold, such as `AWS access key` or `private key`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        secrets: Vec<String>,
    }
}

/// How the metadata service of an instance answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct MetadataOptions {
    /// `required` (version 2 only) or `optional`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_tokens: Option<String>,
    /// `enabled` or `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_endpoint: Option<String>,
    /// How many hops an answer may travel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_put_response_hop_limit: Option<i32>,
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
        /// Its zone.
        "AvailabilityZone" availability_zone: String,
    }
}

properties! {
    /// What is observed of an instance.
    "observed" InstanceObserved {
        /// `running`, `stopped`, …
        "State" state: String,
        /// Absent if it has none.
        "PublicIpAddress" public_ip_address: String,
        /// Its first private IPv4 address.
        "PrivateIpAddress" private_ip_address: String,
        /// Its IPv6 addresses, which are public.
        "Ipv6Addresses" ipv6_addresses: Vec<String>,
        /// RFC 3339.
        "LaunchTime" launch_time: String,
        /// Why it last changed its state, with the time: `User initiated (2026-01-31 09:00:00 GMT)`.
        "StateTransitionReason" state_transition_reason: String,
        /// What its user data holds; absent if it has none.
        "UserData" user_data: UserData,
    }
}

kind! {
    /// An instance. Terminated ones are left out.
    Instance, InstanceKind = "AWS::EC2::Instance", InstanceConfig, InstanceObserved
}

shapes! {
    /// The instance profile of a launch template.
    LaunchTemplateInstanceProfile {
        /// Its ARN, if given so.
        #[serde(skip_serializing_if = "Option::is_none")]
        arn: Option<String>,
        /// Its name, if given so.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    /// A network interface of a launch template.
    LaunchTemplateNetworkInterface {
        /// Whether it gets a public address; none leaves it to the subnet.
        #[serde(skip_serializing_if = "Option::is_none")]
        associate_public_ip_address: Option<bool>,
        /// Its security groups.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        groups: Vec<String>,
        /// Its subnet.
        #[serde(skip_serializing_if = "Option::is_none")]
        subnet_id: Option<String>,
    }

    /// What instances are started with; user data is among what is observed.
    LaunchTemplateData {
        /// The image.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_id: Option<String>,
        /// The size.
        #[serde(skip_serializing_if = "Option::is_none")]
        instance_type: Option<String>,
        /// The name of the key pair.
        #[serde(skip_serializing_if = "Option::is_none")]
        key_name: Option<String>,
        /// The instance profile.
        #[serde(skip_serializing_if = "Option::is_none")]
        iam_instance_profile: Option<LaunchTemplateInstanceProfile>,
        /// The security groups.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        security_group_ids: Vec<String>,
        /// How the metadata service answers.
        #[serde(skip_serializing_if = "Option::is_none")]
        metadata_options: Option<MetadataOptions>,
        /// The network interfaces.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        network_interfaces: Vec<LaunchTemplateNetworkInterface>,
    }
}

properties! {
    /// What is set on a launch template (`AWS::EC2::LaunchTemplate`).
    "config" LaunchTemplateConfig {
        /// Its id, `lt-…`.
        "LaunchTemplateId" launch_template_id: String,
        /// Its name.
        "LaunchTemplateName" launch_template_name: String,
        /// Its default version.
        "LaunchTemplateData" launch_template_data: LaunchTemplateData,
    }
}

properties! {
    /// What is observed of a launch template.
    "observed" LaunchTemplateObserved {
        /// The number of the default version.
        "DefaultVersionNumber" default_version_number: i64,
        /// When that version was made, RFC 3339.
        "CreateTime" create_time: String,
        /// What the user data of the default version holds; absent if it has none.
        "UserData" user_data: UserData,
    }
}

kind! {
    /// A launch template in its default version.
    LaunchTemplate, LaunchTemplateKind = "AWS::EC2::LaunchTemplate",
    LaunchTemplateConfig, LaunchTemplateObserved
}

properties! {
    /// What is set on a key pair (`AWS::EC2::KeyPair`).
    "config" KeyPairConfig {
        /// Its name.
        "KeyName" key_name: String,
        /// `rsa` or `ed25519`.
        "KeyType" key_type: String,
    }
}

properties! {
    /// What is observed of a key pair.
    "observed" KeyPairObserved {
        /// Its id, `key-…`.
        "KeyPairId" key_pair_id: String,
        /// The digest of the private or public key, as the console shows it.
        "KeyFingerprint" key_fingerprint: String,
        /// RFC 3339.
        "CreateTime" create_time: String,
    }
}

kind! {
    /// A key pair for logging into instances.
    KeyPair, KeyPairKind = "AWS::EC2::KeyPair", KeyPairConfig, KeyPairObserved
}

shapes! {
    /// With whom an image is shared; one of these.
    LaunchPermission {
        /// `all` for everybody.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// An account.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<String>,
        /// An organization.
        #[serde(skip_serializing_if = "Option::is_none")]
        organization_arn: Option<String>,
        /// An organizational unit.
        #[serde(skip_serializing_if = "Option::is_none")]
        organizational_unit_arn: Option<String>,
    }
}

properties! {
    /// What is set on an image, named as in the EC2 API.
    "config" ImageConfig {
        /// Its id, `ami-…`.
        "ImageId" image_id: String,
        /// Its name.
        "Name" name: String,
        /// Whether everybody may start instances from it.
        "Public" public: bool,
        /// The snapshots of its volumes.
        "SnapshotIds" snapshot_ids: Vec<String>,
        /// With whom it is shared.
        "LaunchPermissions" launch_permissions: Vec<LaunchPermission>,
    }
}

properties! {
    /// What is observed of an image.
    "observed" ImageObserved {
        /// `available`, `disabled`, …
        "State" state: String,
        /// RFC 3339.
        "CreationDate" creation_date: String,
        /// RFC 3339; absent if never, or not within the days that AWS keeps track of.
        "LastLaunchedTime" last_launched_time: String,
    }
}

kind! {
    /// A machine image of the account; a type of our own.
    Image, ImageKind = "AWS::EC2::Image", ImageConfig, ImageObserved
}

properties! {
    /// What is set on an elastic address (`AWS::EC2::EIP`).
    "config" EipConfig {
        /// Its id, `eipalloc-…`.
        "AllocationId" allocation_id: String,
        /// The address.
        "PublicIp" public_ip: String,
        /// The instance that it is bound to; absent if none.
        "InstanceId" instance_id: String,
    }
}

properties! {
    /// What is observed of an elastic address.
    "observed" EipObserved {
        /// The id of its binding, `eipassoc-…`; absent if it is idle.
        "AssociationId" association_id: String,
        /// The network interface that it is bound to; absent if none.
        "NetworkInterfaceId" network_interface_id: String,
    }
}

kind! {
    /// An elastic IP address.
    Eip, EipKind = "AWS::EC2::EIP", EipConfig, EipObserved
}
