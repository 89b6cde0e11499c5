//! Amazon Elastic Kubernetes Service.

use crate::resource::{kind, properties, shapes};

shapes! {
    /// The network of a cluster, and from where its control plane is reached.
    ResourcesVpcConfig {
        /// The ids of its subnets.
        subnet_ids: Vec<String>,
        /// The ids of further security groups of the control plane.
        security_group_ids: Vec<String>,
        /// Whether the internet reaches it.
        endpoint_public_access: bool,
        /// Whether its network does.
        endpoint_private_access: bool,
        /// Which addresses of the internet.
        public_access_cidrs: Vec<String>,
    }

    /// How identities of AWS get in.
    AccessConfig {
        /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`.
        authentication_mode: String,
    }

    /// The key that encrypts.
    EncryptionProvider {
        /// Its ARN.
        key_arn: String,
    }

    /// A key that encrypts what Kubernetes keeps.
    EncryptionConfig {
        /// The key.
        provider: EncryptionProvider,
    }
}

properties! {
    /// What is set on a cluster (`AWS::EKS::Cluster`).
    "config" ClusterConfig {
        /// Its name.
        "Name" name: String,
        /// The ARN of the role of its control plane.
        "RoleArn" role_arn: String,
        /// The version of Kubernetes.
        "Version" version: String,
        /// Its network.
        "ResourcesVpcConfig" resources_vpc_config: ResourcesVpcConfig,
        /// How identities of AWS get in.
        "AccessConfig" access_config: AccessConfig,
        /// The key of the account that encrypts what Kubernetes keeps; absent if it is one of the service.
        "EncryptionConfig" encryption_config: Vec<EncryptionConfig>,
    }
}

properties! {
    /// What is observed of a cluster.
    "observed" ClusterObserved {
        /// `ACTIVE`, `CREATING`, …
        "Status" status: String,
        /// RFC 3339.
        "CreatedAt" created_at: String,
        /// The address of the issuer of the tokens that its service accounts have.
        "OpenIdConnectIssuerUrl" open_id_connect_issuer_url: String,
    }
}

kind! {
    /// A cluster.
    Cluster, ClusterKind = "AWS::EKS::Cluster", ClusterConfig, ClusterObserved
}

shapes! {
    /// Where in a cluster an access policy is good.
    AccessScope {
        /// `cluster` or `namespace`.
        #[serde(rename = "Type")]
        scope_type: String,
        /// The namespaces.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        namespaces: Vec<String>,
    }

    /// An access policy of an entry.
    AccessPolicy {
        /// Its ARN.
        policy_arn: String,
        /// Where it is good.
        access_scope: AccessScope,
    }
}

properties! {
    /// What is set on an access entry (`AWS::EKS::AccessEntry`).
    "config" AccessEntryConfig {
        /// The cluster.
        "ClusterName" cluster_name: String,
        /// The ARN of the user or role.
        "PrincipalArn" principal_arn: String,
        /// Who that is in the cluster.
        "Username" username: String,
        /// `STANDARD`, `EC2_LINUX`, `FARGATE_LINUX`, …
        "Type" entry_type: String,
        /// The groups of the cluster that it is in.
        "KubernetesGroups" kubernetes_groups: Vec<String>,
        /// The access policies that it has.
        "AccessPolicies" access_policies: Vec<AccessPolicy>,
    }
}

properties! {
    /// What is observed of an access entry.
    "observed" AccessEntryObserved {
        /// RFC 3339.
        "CreatedAt" created_at: String,
    }
}

kind! {
    /// An access entry: whom a cluster lets in.
    AccessEntry, AccessEntryKind = "AWS::EKS::AccessEntry", AccessEntryConfig, AccessEntryObserved
}

properties! {
    /// What is set on an association (`AWS::EKS::PodIdentityAssociation`).
    "config" PodIdentityAssociationConfig {
        /// The cluster.
        "ClusterName" cluster_name: String,
        /// The namespace of the service account.
        "Namespace" namespace: String,
        /// The service account whose pods have the role.
        "ServiceAccount" service_account: String,
        /// The ARN of the role.
        "RoleArn" role_arn: String,
        /// The ARN of the role that is entered from there; absent if none is.
        "TargetRoleArn" target_role_arn: String,
    }
}

properties! {
    /// What is observed of an association.
    "observed" PodIdentityAssociationObserved {
        /// RFC 3339.
        "CreatedAt" created_at: String,
    }
}

kind! {
    /// A role that the pods of a service account have.
    PodIdentityAssociation, PodIdentityAssociationKind = "AWS::EKS::PodIdentityAssociation",
    PodIdentityAssociationConfig, PodIdentityAssociationObserved
}

properties! {
    /// What is set on a group of nodes (`AWS::EKS::Nodegroup`).
    "config" NodegroupConfig {
        /// The cluster.
        "ClusterName" cluster_name: String,
        /// Its name.
        "NodegroupName" nodegroup_name: String,
        /// The ARN of the role that nodes have.
        "NodeRole" node_role: String,
        /// The ids of the subnets.
        "Subnets" subnets: Vec<String>,
    }
}

properties! {
    /// What is observed of a group of nodes.
    "observed" NodegroupObserved {
        /// `ACTIVE`, `CREATING`, …
        "Status" status: String,
        /// RFC 3339.
        "CreatedAt" created_at: String,
    }
}

kind! {
    /// A group of nodes of a cluster.
    Nodegroup, NodegroupKind = "AWS::EKS::Nodegroup", NodegroupConfig, NodegroupObserved
}

properties! {
    /// What is set on a profile (`AWS::EKS::FargateProfile`).
    "config" FargateProfileConfig {
        /// The cluster.
        "ClusterName" cluster_name: String,
        /// Its name.
        "FargateProfileName" fargate_profile_name: String,
        /// The ARN of the role by which images are pulled.
        "PodExecutionRoleArn" pod_execution_role_arn: String,
        /// The ids of the subnets.
        "Subnets" subnets: Vec<String>,
    }
}

properties! {
    /// What is observed of a profile.
    "observed" FargateProfileObserved {
        /// `ACTIVE`, `CREATING`, …
        "Status" status: String,
        /// RFC 3339.
        "CreatedAt" created_at: String,
    }
}

kind! {
    /// A profile by which pods of a cluster run on Fargate.
    FargateProfile, FargateProfileKind = "AWS::EKS::FargateProfile",
    FargateProfileConfig, FargateProfileObserved
}
