//! Whoever is let into a cluster of EKS as an administrator runs code in its pods and on its nodes; whoever
//! does that has the roles of nodes and service accounts.

use std::collections::HashMap;

use blastwall_model::Tags;
use blastwall_policy::Principal;

use super::oidc::best_token;
use super::outside_caller::OutsideCaller;
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::CLUSTER;
use crate::judge::{Detail, Judge, Judgement, ResourcePolicy};
use crate::request::RequestKeys;
use crate::world::{ASSUME_ROLE_WITH_WEB_IDENTITY, PrincipalIndex, WorkloadIndex, WorkloadRow};

pub(super) struct EksAccess;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "eks-access",
    name: "EKS access entry",
    family: "workload",
    source: "principal that an access entry of the cluster lets in as an administrator or editor",
    target: "the pods and nodes of the cluster",
    precondition: "the entry has AmazonEKSClusterAdminPolicy, AmazonEKSAdminPolicy or AmazonEKSEditPolicy. For \
        a namespace alone it is conditional: only what runs there is had. So it is through a Kubernetes group, \
        whose rights AWS does not tell",
    mitigations: "access policies for single namespaces; AmazonEKSViewPolicy; private endpoints",
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html",
    ],
};

impl LinkKind for EksAccess {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for workload in world.workload_indices() {
            let entries = world.workload(workload).into_iter();
            for entry in entries.flat_map(|row| &row.entries) {
                let Some(principal) = world.find_principal(&entry.principal) else {
                    continue;
                };
                let certainty = match entry.limit {
                    None => Certainty::Certain,
                    Some(_) => Certainty::Conditional,
                };
                rules.add(
                    certainty,
                    &[Capability::Principal(principal)],
                    Capability::Workload(workload),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let ([Capability::Principal(principal)], Capability::Workload(workload)) =
            (premises, conclusion)
        else {
            return None;
        };
        let world = judge.world();
        let arn = world.principal(*principal)?.arn.as_str();
        let entries = &world.workload(workload)?.entries;
        let mut own = entries.iter().filter(|entry| entry.principal == arn);
        // The widest counts.
        let entry = own
            .clone()
            .find(|entry| entry.limit.is_none())
            .or_else(|| own.next())?;
        let judgement = Judgement::default().told("access entry", arn, &entry.told);
        Some(judgement.hanging_on(Certainty::Conditional, entry.limit.as_slice()))
    }
}

/// The instances of a cluster.
pub(super) struct ClusterNodes;

const NODES: LinkDocumentation = LinkDocumentation {
    id: "eks-node",
    name: "EKS cluster to its nodes",
    family: "workload",
    source: "the pods of a cluster, run as one likes",
    target: "the instances that are its nodes",
    precondition: "always: a privileged pod has its node. Nodes are known by the tags that EKS gives them, \
        eks:cluster-name and kubernetes.io/cluster/NAME",
    mitigations: "pod security standards; clusters of one purpose",
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html",
        "https://docs.aws.amazon.com/eks/latest/best-practices/pod-security.html",
    ],
};

/// Whether tags say that an instance is a node of the cluster of this name.
fn is_node(row: &WorkloadRow, cluster: &WorkloadRow) -> bool {
    let name = cluster.arn.resource().rsplit('/').next();
    let name = name.unwrap_or_default();
    let own = format!("kubernetes.io/cluster/{name}");
    let tagged = |tags: &Tags| {
        let mut tags = tags.iter();
        tags.any(|(key, value)| *key == own || (key == "eks:cluster-name" && value == name))
    };
    row.kind.kind == "AWS::EC2::Instance"
        && row.arn.region() == cluster.arn.region()
        && row.tags.as_ref().is_some_and(tagged)
}

impl LinkKind for ClusterNodes {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &NODES
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let is_cluster = |row: &&WorkloadRow| row.kind.kind == CLUSTER;
        for index in world.workload_indices() {
            let Some(cluster) = world.workload(index).filter(is_cluster) else {
                continue;
            };
            let nodes = world
                .workloads_of(cluster.account)
                .filter(|row| is_node(row, cluster));
            for node in nodes.filter_map(|node| world.find_workload(node.arn.as_str())) {
                let held = Capability::Workload(index);
                rules.add(Certainty::Certain, &[held], Capability::Workload(node));
            }
        }
    }
}

/// Roles for service accounts.
pub(super) struct ServiceAccountRole;

const SERVICE_ACCOUNT: LinkDocumentation = LinkDocumentation {
    id: "eks-service-account",
    name: "EKS cluster to the roles of its service accounts",
    family: "workload",
    source: "the pods of a cluster",
    target: "role, of any account, that trusts the OIDC provider of the cluster",
    precondition: "the trust policy lets in tokens of the cluster's issuer; whoever runs pods where they like \
        has a token of any service account",
    mitigations: "one cluster an environment; Pod Identity with conditions on the session's tags",
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/cross-account-access.html",
    ],
};

/// The subjects of service accounts. Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service
/// accounts".
const SUBJECTS: &str = "system:serviceaccount:*:*";

fn judge_role(
    judge: &Judge<'_>,
    workload: WorkloadIndex,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let issuer = world.workload(workload)?.issuer.as_deref()?;
    let row = world.principal(role)?;
    let policy = ResourcePolicy::of(row)?;
    let ResourcePolicy::Trust(index, _) = policy else {
        return None;
    };
    let named = world
        .trusts
        .get(&index)?
        .federated
        .iter()
        .find(|name| name.ends_with(issuer))?;
    let principal = Principal::parse(named).ok()?;
    let keys = RequestKeys::new(world).for_resource(row).build();
    let caller = OutsideCaller {
        principal: &principal,
        action: ASSUME_ROLE_WITH_WEB_IDENTITY,
        made_by_attacker: false,
    };
    best_token(world, index, issuer, SUBJECTS, &keys, |keys| {
        caller.enters(judge, role, keys, detail)
    })
}

impl LinkKind for ServiceAccountRole {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &SERVICE_ACCOUNT
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let mut clusters: HashMap<&str, Vec<WorkloadIndex>> = HashMap::new();
        for index in world.workload_indices() {
            if let Some(issuer) = world.workload(index).and_then(|row| row.issuer.as_deref()) {
                clusters.entry(issuer).or_default().push(index);
            }
        }
        if clusters.is_empty() {
            return;
        }
        for (role, _, trust) in world.trusting_roles() {
            let federated = world.trusts.get(&trust).into_iter();
            let issuers = federated
                .flat_map(|summary| &summary.federated)
                .filter_map(|name| Some(name.split_once(":oidc-provider/")?.1));
            for cluster in issuers.filter_map(|issuer| clusters.get(issuer)).flatten() {
                let Some(judgement) = judge_role(judge, *cluster, role, Detail::Certainty) else {
                    continue;
                };
                // Whoever has the account makes itself an administrator of the cluster.
                let account = world
                    .workload(*cluster)
                    .map(|row| Capability::Account(row.account));
                for holder in [Some(Capability::Workload(*cluster)), account]
                    .iter()
                    .flatten()
                {
                    rules.add(judgement.certainty, &[*holder], Capability::Principal(role));
                }
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        match (premises, conclusion) {
            ([Capability::Workload(cluster)], Capability::Principal(role)) => {
                judge_role(judge, *cluster, role, Detail::Full)
            }
            ([Capability::Account(account)], Capability::Principal(role)) => {
                let world = judge.world();
                let clusters = world.workload_indices().filter(|index| {
                    let row = world.workload(*index);
                    row.is_some_and(|row| row.account == *account && row.issuer.is_some())
                });
                let all = clusters.map(|cluster| judge_role(judge, cluster, role, Detail::Full));
                all.fold(None, better)
            }
            _ => None,
        }
    }
}
