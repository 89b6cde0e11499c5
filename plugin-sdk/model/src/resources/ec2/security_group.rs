//! Security groups.

use serde::{Deserialize, Serialize};

use crate::resource::{kind, properties};

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
