//! What is to be scanned, settled before the first call.

use std::collections::BTreeSet;
use std::path::PathBuf;

use blastwall_blast::PRINCIPAL_TYPES;
use blastwall_collect::Request;
use blastwall_model::is_of_organization;
use blastwall_organization::Rule;
use blastwall_report::Filters;

use crate::{AccountFilter, Selection, WhatIf};

/// The resource types besides principals that are collected for the blast graph. It reads further ones
/// where a check or a stored scan has them: each would cost a listing a region.
pub(crate) const BLAST_TYPES: [&str; 3] = [
    "AWS::EC2::Instance",
    "AWS::EC2::SecurityGroup",
    "AWS::IAM::InstanceProfile",
];

/// Who of the workforce becomes which role, collected for the blast graph too; one account tells it for all.
pub(crate) const WORKFORCE_TYPES: [&str; 6] = [
    "AWS::IdentityStore::Group",
    "AWS::IdentityStore::GroupMembership",
    "AWS::IdentityStore::User",
    "AWS::SSO::Assignment",
    "AWS::SSO::Instance",
    "AWS::SSO::PermissionSet",
];

/// What holds data or tells what happened, and the networks between workloads, collected for the blast graph
/// where nothing but the graph is asked for: with all checks most of it is collected anyway, and a scan with a
/// single check should stay small. Snapshots take a call each to tell whom they are shared with. VPCs also tell
/// which regions have none and need not be asked for what is in one.
pub(crate) const DATA_TYPES: [&str; 43] = [
    "AWS::CloudFormation::Stack",
    "AWS::CloudTrail::Trail",
    "AWS::CodeBuild::Project",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Image",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::RouteTable",
    "AWS::EC2::Snapshot",
    "AWS::EC2::Subnet",
    "AWS::EC2::TransitGateway",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayRouteTable",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::VPCEndpointService",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::Volume",
    "AWS::ECR::Repository",
    "AWS::ECS::TaskDefinition",
    "AWS::EKS::AccessEntry",
    "AWS::EKS::Cluster",
    "AWS::EKS::FargateProfile",
    "AWS::EKS::Nodegroup",
    "AWS::EKS::PodIdentityAssociation",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Lambda::Url",
    "AWS::RAM::ResourceShare",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBClusterSnapshot",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBSnapshot",
    "AWS::S3::AccountPublicAccessBlock",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
];

/// Everything that the blast graph reads and that can be collected. Types without a collector of their own
/// cost a call a resource.
pub fn deep_types() -> impl Iterator<Item = String> {
    blastwall_blast::read_types()
        .filter(|kind| blastwall_collect::is_collected(kind))
        .map(str::to_owned)
}

/// What is to be scanned, settled before the first call.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name and version of the program, for the report.
    pub tool: String,
    /// The moment that counts as the time of the scan, RFC 3339 in UTC.
    pub scanned_at: String,
    /// Which accounts.
    pub accounts: AccountFilter,
    /// Which checks.
    pub selection: Selection,
    /// Whether tags are collected that take calls of their own.
    pub tags: bool,
    /// Which regions; none means all that are enabled in an account.
    pub regions: Option<Vec<String>>,
    /// How accounts become environments.
    pub environments: Vec<Rule>,
    /// Whether the blast radius is computed, and what only it reads collected.
    pub blast_radius: bool,
    /// Whether one question about the blast radius is asked alone, so that the answers about every account are left
    /// out.
    pub one_question: bool,
    /// Whether everything that the blast radius reads and that can be collected is, whatever it costs.
    pub deep: bool,
    /// Changes whose effect on the blast radius is asked for.
    pub what_if: WhatIf,
    /// How many accounts are in flight at once.
    pub parallel_accounts: usize,
    /// Plugins that were to take part and could not be loaded; the report names them.
    pub unloaded: Vec<UnloadedPlugin>,
    /// Where everything that was collected is kept.
    pub save: Option<PathBuf>,
    /// The filters in the words of the command line, for the report.
    pub filters: Filters,
}

/// A plugin that was to take part and could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnloadedPlugin {
    /// The name of its file without the extension: what it calls itself is not known.
    pub name: String,
    /// The BLAKE3 hash of the file, in hexadecimal.
    pub digest: String,
    /// Why.
    pub message: String,
}

impl Plan {
    /// The resource types of accounts that the checks and the blast graph read.
    #[must_use]
    pub fn types(&self) -> BTreeSet<String> {
        let mut types = self.selection.types();
        // The organization is read anyway.
        types.retain(|kind| !is_of_organization(kind));
        if self.blast_radius {
            let alone = self.selection.checks.is_empty();
            let data: &[&str] = if alone { &DATA_TYPES } else { &[] };
            let read = PRINCIPAL_TYPES
                .iter()
                .chain(&BLAST_TYPES)
                .chain(&WORKFORCE_TYPES)
                .chain(data);
            types.extend(read.map(|kind| (*kind).to_owned()));
            if self.deep {
                types.extend(deep_types());
            }
        }
        types
    }

    /// The changes that are asked about, if there are any.
    pub(crate) fn changes(&self) -> Option<&WhatIf> {
        let asked = self.blast_radius && !self.what_if.is_empty();
        asked.then_some(&self.what_if)
    }

    /// What is to be collected of each account.
    #[must_use]
    pub fn request(&self) -> Request {
        Request {
            types: self.types(),
            tags: self.tags,
            regions: self.regions.clone(),
        }
    }
}
