//! Amazon EKS: clusters, whom they let in, and the roles of their nodes and pods.
//!
//! Source: Amazon EKS API Reference.

use serde_json::{Value, json};

use super::epoch_seconds;
use crate::document::{list, object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListClusters", "eks:ListClusters", list_clusters),
    of_resource(
        "DescribeCluster",
        "eks:DescribeCluster",
        target,
        describe_cluster,
    ),
    of_resource(
        "ListAccessEntries",
        "eks:ListAccessEntries",
        target,
        list_access_entries,
    ),
    of_resource(
        "DescribeAccessEntry",
        "eks:DescribeAccessEntry",
        |call| part_target(call, &ENTRY),
        |call| describe(call, &ENTRY),
    ),
    of_resource(
        "ListAssociatedAccessPolicies",
        "eks:ListAssociatedAccessPolicies",
        |call| part_target(call, &ENTRY),
        list_associated_access_policies,
    ),
    of_resource(
        "ListPodIdentityAssociations",
        "eks:ListPodIdentityAssociations",
        target,
        list_associations,
    ),
    of_resource(
        "DescribePodIdentityAssociation",
        "eks:DescribePodIdentityAssociation",
        |call| part_target(call, &ASSOCIATION),
        |call| describe(call, &ASSOCIATION),
    ),
    of_resource("ListNodegroups", "eks:ListNodegroups", target, |call| {
        names(call, &NODEGROUP)
    }),
    of_resource(
        "DescribeNodegroup",
        "eks:DescribeNodegroup",
        |call| part_target(call, &NODEGROUP),
        |call| describe(call, &NODEGROUP),
    ),
    of_resource(
        "ListFargateProfiles",
        "eks:ListFargateProfiles",
        target,
        |call| names(call, &PROFILE),
    ),
    of_resource(
        "DescribeFargateProfile",
        "eks:DescribeFargateProfile",
        |call| part_target(call, &PROFILE),
        |call| describe(call, &PROFILE),
    ),
];

/// Where each operation is asked for.
pub(crate) const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/clusters", "ListClusters"),
    ("GET", "/clusters/{cluster}", "DescribeCluster"),
    (
        "GET",
        "/clusters/{cluster}/access-entries",
        "ListAccessEntries",
    ),
    (
        "GET",
        "/clusters/{cluster}/access-entries/{part}",
        "DescribeAccessEntry",
    ),
    (
        "GET",
        "/clusters/{cluster}/access-entries/{part}/access-policies",
        "ListAssociatedAccessPolicies",
    ),
    (
        "GET",
        "/clusters/{cluster}/pod-identity-associations",
        "ListPodIdentityAssociations",
    ),
    (
        "GET",
        "/clusters/{cluster}/pod-identity-associations/{part}",
        "DescribePodIdentityAssociation",
    ),
    ("GET", "/clusters/{cluster}/node-groups", "ListNodegroups"),
    (
        "GET",
        "/clusters/{cluster}/node-groups/{part}",
        "DescribeNodegroup",
    ),
    (
        "GET",
        "/clusters/{cluster}/fargate-profiles",
        "ListFargateProfiles",
    ),
    (
        "GET",
        "/clusters/{cluster}/fargate-profiles/{part}",
        "DescribeFargateProfile",
    ),
];

const KIND: &str = "AWS::EKS::Cluster";

/// Something that a cluster has.
struct Part {
    kind: &'static str,
    /// Where its document has what it is asked for by; none if that is the end of the ARN.
    name: Option<&'static str>,
    /// What its listing is called, and its description.
    listed: &'static str,
    described: &'static str,
    /// From where in a document to which member of the answer.
    members: &'static [(&'static str, &'static str)],
}

const ENTRY: Part = Part {
    kind: "AWS::EKS::AccessEntry",
    name: Some("/config/PrincipalArn"),
    listed: "accessEntries",
    described: "accessEntry",
    members: &[
        ("/arn", "accessEntryArn"),
        ("/config/ClusterName", "clusterName"),
        ("/config/PrincipalArn", "principalArn"),
        ("/config/Username", "username"),
        ("/config/Type", "type"),
        ("/config/KubernetesGroups", "kubernetesGroups"),
        ("/tags", "tags"),
    ],
};

const ASSOCIATION: Part = Part {
    kind: "AWS::EKS::PodIdentityAssociation",
    name: None,
    listed: "associations",
    described: "association",
    members: &[
        ("/arn", "associationArn"),
        ("/config/ClusterName", "clusterName"),
        ("/config/Namespace", "namespace"),
        ("/config/ServiceAccount", "serviceAccount"),
        ("/config/RoleArn", "roleArn"),
        ("/config/TargetRoleArn", "targetRoleArn"),
        ("/tags", "tags"),
    ],
};

const NODEGROUP: Part = Part {
    kind: "AWS::EKS::Nodegroup",
    name: Some("/config/NodegroupName"),
    listed: "nodegroups",
    described: "nodegroup",
    members: &[
        ("/arn", "nodegroupArn"),
        ("/config/ClusterName", "clusterName"),
        ("/config/NodegroupName", "nodegroupName"),
        ("/config/NodeRole", "nodeRole"),
        ("/config/Subnets", "subnets"),
        ("/observed/Status", "status"),
        ("/tags", "tags"),
    ],
};

const PROFILE: Part = Part {
    kind: "AWS::EKS::FargateProfile",
    name: Some("/config/FargateProfileName"),
    listed: "fargateProfileNames",
    described: "fargateProfile",
    members: &[
        ("/arn", "fargateProfileArn"),
        ("/config/ClusterName", "clusterName"),
        ("/config/FargateProfileName", "fargateProfileName"),
        ("/config/PodExecutionRoleArn", "podExecutionRoleArn"),
        ("/config/Subnets", "subnets"),
        ("/observed/Status", "status"),
        ("/tags", "tags"),
    ],
};

impl Part {
    /// What it is asked for by.
    fn name(&self, document: &Value) -> String {
        match self.name {
            Some(pointer) => text(document, pointer),
            None => crate::state::last_part(&text(document, "/arn")).to_owned(),
        }
    }

    /// All of a cluster.
    fn of<'a>(&self, call: &Call<'a>) -> Result<Vec<&'a Value>, Failure> {
        let cluster = call.required("cluster")?;
        let all = call.account()?.documents(self.kind, call.region);
        Ok(all
            .filter(|one| text(one, "/config/ClusterName") == cluster)
            .collect())
    }

    fn find<'a>(&self, call: &Call<'a>) -> Result<&'a Value, Failure> {
        let asked = call.required("part")?;
        let mut all = self.of(call)?.into_iter();
        let found = all.find(|one| self.name(one) == asked);
        found.ok_or_else(|| not_found(asked))
    }
}

fn not_found(what: &str) -> Failure {
    Failure::new(
        404,
        "ResourceNotFoundException",
        format!("No {what} was found."),
    )
}

fn find<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let asked = call.required("cluster")?;
    let mut clusters = call.account()?.documents(KIND, call.region);
    let found = clusters.find(|cluster| text(cluster, "/config/Name") == asked);
    found.ok_or_else(|| not_found(asked))
}

fn of_document(document: &Value) -> Result<Target, Failure> {
    let arn = text(document, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document has no ARN"))?;
    Ok(Target::resource(arn))
}

fn target(call: &Call<'_>) -> Result<Target, Failure> {
    of_document(find(call)?)
}

fn part_target(call: &Call<'_>, part: &Part) -> Result<Target, Failure> {
    of_document(part.find(call)?)
}

fn paged(call: &Call<'_>, name: &str, all: Vec<Value>) -> Result<Answer, Failure> {
    let limit = call.page_size("maxResults");
    let page = page(all, call.input.get("nextToken"), limit)?;
    Ok(Answer::Json(
        json!({ name: page.items, "nextToken": page.next }),
    ))
}

fn list_clusters(call: &Call<'_>) -> Result<Answer, Failure> {
    let clusters = call.account()?.documents(KIND, call.region);
    let clusters = clusters.map(|cluster| text(cluster, "/config/Name").into());
    paged(call, "clusters", clusters.collect())
}

fn names(call: &Call<'_>, part: &Part) -> Result<Answer, Failure> {
    let all = part.of(call)?.into_iter();
    paged(
        call,
        part.listed,
        all.map(|one| part.name(one).into()).collect(),
    )
}

fn list_associations(call: &Call<'_>) -> Result<Answer, Failure> {
    let all = ASSOCIATION.of(call)?.into_iter();
    let all = all.map(|one| json!({ "associationId": ASSOCIATION.name(one) }));
    paged(call, ASSOCIATION.listed, all.collect())
}

/// A cluster where the config map decides alone has no entries to ask for.
fn list_access_entries(call: &Call<'_>) -> Result<Answer, Failure> {
    let mode = text(find(call)?, "/config/AccessConfig/AuthenticationMode");
    if mode == "CONFIG_MAP" {
        return Err(Failure::new(
            400,
            "InvalidRequestException",
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
        ));
    }
    names(call, &ENTRY)
}

fn described(document: &Value, members: &crate::document::Members) -> Result<Value, Failure> {
    let mut answer = object(document, members);
    let created = text(document, "/observed/CreatedAt");
    if !created.is_empty() {
        set(&mut answer, "createdAt", epoch_seconds(&created)?);
    }
    Ok(answer)
}

fn describe(call: &Call<'_>, part: &Part) -> Result<Answer, Failure> {
    let document = part.find(call)?;
    let answer = described(document, part.members)?;
    Ok(Answer::Json(json!({ part.described: answer })))
}

fn describe_cluster(call: &Call<'_>) -> Result<Answer, Failure> {
    let cluster = find(call)?;
    let mut answer = described(
        cluster,
        &[
            ("/arn", "arn"),
            ("/config/Name", "name"),
            ("/config/RoleArn", "roleArn"),
            ("/config/Version", "version"),
            ("/observed/Status", "status"),
            ("/tags", "tags"),
        ],
    )?;
    if let Some(network) = cluster.pointer("/config/ResourcesVpcConfig") {
        let members = [
            ("/SubnetIds", "subnetIds"),
            ("/SecurityGroupIds", "securityGroupIds"),
            ("/EndpointPublicAccess", "endpointPublicAccess"),
            ("/EndpointPrivateAccess", "endpointPrivateAccess"),
            ("/PublicAccessCidrs", "publicAccessCidrs"),
        ];
        set(&mut answer, "resourcesVpcConfig", object(network, &members));
    }
    if let Some(access) = cluster.pointer("/config/AccessConfig") {
        let members = [("/AuthenticationMode", "authenticationMode")];
        set(&mut answer, "accessConfig", object(access, &members));
    }
    let encryption = list(cluster, "/config/EncryptionConfig").iter();
    let encryption = encryption.map(|one| {
        json!({
            "provider": { "keyArn": text(one, "/Provider/KeyArn") }
        })
    });
    set(&mut answer, "encryptionConfig", encryption.collect());
    let issuer = text(cluster, "/observed/OpenIdConnectIssuerUrl");
    if !issuer.is_empty() {
        let identity = json!({ "oidc": { "issuer": issuer } });
        set(&mut answer, "identity", identity);
    }
    Ok(Answer::Json(json!({ "cluster": answer })))
}

fn list_associated_access_policies(call: &Call<'_>) -> Result<Answer, Failure> {
    let entry = ENTRY.find(call)?;
    let policies = list(entry, "/config/AccessPolicies").iter().map(|policy| {
        json!({
            "policyArn": text(policy, "/PolicyArn"),
            "accessScope": {
                "type": text(policy, "/AccessScope/Type"),
                "namespaces": list(policy, "/AccessScope/Namespaces")
            }
        })
    });
    paged(call, "associatedAccessPolicies", policies.collect())
}
