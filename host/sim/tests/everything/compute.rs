//! What runs code as a role in one region of the member account: builds, containers, clusters.

use serde_json::{Value, json};

use super::regional::{REGION, THEN, of};
use super::{MEMBER, NASTY};

pub fn documents() -> Vec<Value> {
    [projects(), task_definitions(), clusters(), members()].concat()
}

fn role(name: &str) -> String {
    format!("arn:aws:iam::{MEMBER}:role/{name}")
}

fn key() -> String {
    format!("arn:aws:kms:{REGION}:{MEMBER}:key/1")
}

fn projects() -> Vec<Value> {
    vec![
        of(
            "codebuild",
            "CodeBuild::Project",
            "project/web",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Name": "web", "ServiceRole": role("build"), "EncryptionKey": key(),
                    "Environment": {
                        "Type": "LINUX_CONTAINER", "Image": "aws/codebuild/standard:7.0",
                        "ComputeType": "BUILD_GENERAL1_SMALL", "PrivilegedMode": true,
                        "ImagePullCredentialsType": "CODEBUILD"
                    },
                    "Source": { "Type": "GITHUB", "Location": "https://github.com/acme/web.git" },
                    "VpcConfig": {
                        "VpcId": "vpc-1", "Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]
                    },
                    "Triggers": { "Webhook": true, "FilterGroups": [[
                        { "Type": "EVENT", "Pattern": "PUSH, PULL_REQUEST_CREATED" },
                        { "Type": "HEAD_REF", "Pattern": "^refs/heads/main$", "ExcludeMatchedPattern": true }
                    ]] },
                    "Visibility": "PUBLIC_READ", "ResourceAccessRole": role("logs")
                },
                "observed": { "Created": THEN, "LastModified": THEN, "VariableNames": ["STAGE", "TOKEN"] }
            }),
        ),
        of(
            "codebuild",
            "CodeBuild::Project",
            "project/plain",
            json!({
                "config": {
                    "Name": "plain", "ServiceRole": role("build"), "Source": { "Type": "NO_SOURCE" },
                    "Triggers": { "Webhook": true }, "Visibility": "PRIVATE"
                }
            }),
        ),
    ]
}

fn task_definitions() -> Vec<Value> {
    vec![
        of(
            "ecs",
            "ECS::TaskDefinition",
            "task-definition/web:7",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Family": "web", "TaskRoleArn": role("task"), "ExecutionRoleArn": role("execution"),
                    "NetworkMode": "awsvpc", "PidMode": "task", "RequiresCompatibilities": ["EC2", "FARGATE"],
                    "ContainerDefinitions": [
                        {
                            "Name": "web", "Image": "nginx:1", "Privileged": false, "User": "nobody",
                            "ReadonlyRootFilesystem": true,
                            "PortMappings": [{ "ContainerPort": 8080, "HostPort": 80, "Protocol": "tcp" }],
                            "Secrets": [{ "Name": "KEY", "ValueFrom": "arn:aws:ssm:eu-west-1:1:parameter/key" }]
                        },
                        { "Name": "side", "Image": "side:2" }
                    ]
                },
                "observed": {
                    "Revision": 7, "Status": "ACTIVE", "RegisteredAt": THEN, "VariableNames": ["TOKEN"]
                }
            }),
        ),
        of(
            "ecs",
            "ECS::TaskDefinition",
            "task-definition/empty:1",
            json!({
                "config": { "Family": "empty", "ContainerDefinitions": [] },
                "observed": { "Revision": 1, "Status": "ACTIVE" }
            }),
        ),
    ]
}

fn clusters() -> Vec<Value> {
    let cluster = |name: &str, parts: Value| of("eks", "EKS::Cluster", name, parts);
    vec![
        cluster(
            "cluster/main",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Name": "main", "RoleArn": role("cluster"), "Version": "1.33",
                    "ResourcesVpcConfig": {
                        "SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"],
                        "EndpointPublicAccess": true, "EndpointPrivateAccess": false,
                        "PublicAccessCidrs": ["0.0.0.0/0"]
                    },
                    "AccessConfig": { "AuthenticationMode": "API" },
                    "EncryptionConfig": [{ "Provider": { "KeyArn": key() } }]
                },
                "observed": {
                    "Status": "ACTIVE", "CreatedAt": THEN,
                    "OpenIdConnectIssuerUrl": format!("https://oidc.eks.{REGION}.amazonaws.com/id/ABC")
                }
            }),
        ),
        // It has no entries to ask for.
        cluster(
            "cluster/older",
            json!({
                "config": { "Name": "older", "AccessConfig": { "AuthenticationMode": "CONFIG_MAP" } }
            }),
        ),
    ]
}

fn members() -> Vec<Value> {
    vec![
        of(
            "eks",
            "EKS::AccessEntry",
            &format!("access-entry/main/role/{MEMBER}/operator/1"),
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "ClusterName": "main", "PrincipalArn": role("operator"), "Username": "operator",
                    "Type": "STANDARD", "KubernetesGroups": ["operators", "viewers"],
                    "AccessPolicies": [
                        {
                            "PolicyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                            "AccessScope": { "Type": "cluster" }
                        },
                        {
                            "PolicyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
                            "AccessScope": { "Type": "namespace", "Namespaces": ["a", "b"] }
                        }
                    ]
                },
                "observed": { "CreatedAt": THEN }
            }),
        ),
        of(
            "eks",
            "EKS::AccessEntry",
            &format!("access-entry/main/role/{MEMBER}/node/2"),
            json!({
                "config": {
                    "ClusterName": "main", "PrincipalArn": role("node"), "Type": "EC2_LINUX",
                    "KubernetesGroups": []
                },
                "unknown": {
                    "config.AccessPolicies": "AccessDeniedException: eks:ListAssociatedAccessPolicies"
                }
            }),
        ),
        of(
            "eks",
            "EKS::PodIdentityAssociation",
            "podidentityassociation/main/a-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "ClusterName": "main", "Namespace": "shop", "ServiceAccount": "web",
                    "RoleArn": role("pod"), "TargetRoleArn": role("target")
                },
                "observed": { "CreatedAt": THEN }
            }),
        ),
        of(
            "eks",
            "EKS::Nodegroup",
            "nodegroup/main/workers/1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "ClusterName": "main", "NodegroupName": "workers", "NodeRole": role("node"),
                    "Subnets": ["subnet-1"]
                },
                "observed": { "Status": "ACTIVE", "CreatedAt": THEN }
            }),
        ),
        of(
            "eks",
            "EKS::FargateProfile",
            "fargateprofile/main/jobs/1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "ClusterName": "main", "FargateProfileName": "jobs",
                    "PodExecutionRoleArn": role("fargate"), "Subnets": ["subnet-1"]
                },
                "observed": { "Status": "ACTIVE", "CreatedAt": THEN }
            }),
        ),
    ]
}
