//! What is shared, stacked, configured, and kept in databases.

use serde_json::{Value, json};

use super::NASTY;
use super::regional::{REGION, THEN, of};
use super::{MANAGEMENT, MEMBER};

pub fn documents() -> Vec<Value> {
    [stacks(), parameters(), shares(), databases()].concat()
}

fn stacks() -> Vec<Value> {
    vec![
        of(
            "cloudformation",
            "CloudFormation::Stack",
            "stack/shop/11111111-2222-3333-4444-555555555555",
            json!({
                "tags": { "team": NASTY },
                "config": {
                    "StackName": "shop", "RoleARN": format!("arn:aws:iam::{MEMBER}:role/deploy"),
                    "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
                    "EnableTerminationProtection": true
                },
                "observed": {
                    "StackStatus": "UPDATE_COMPLETE", "CreationTime": THEN, "LastUpdatedTime": THEN,
                    "ParentId": format!("arn:aws:cloudformation:{REGION}:{MEMBER}:stack/all/1")
                }
            }),
        ),
        of(
            "cloudformation",
            "CloudFormation::Stack",
            "stack/plain/11111111-2222-3333-4444-666666666666",
            json!({
                "config": {
                    "StackName": "plain", "Capabilities": [], "EnableTerminationProtection": false
                },
                "observed": { "StackStatus": "CREATE_COMPLETE", "CreationTime": THEN }
            }),
        ),
    ]
}

fn parameters() -> Vec<Value> {
    let parameter = |resource: &str, config: Value| {
        of(
            "ssm",
            "SSM::Parameter",
            resource,
            json!({
                "config": config, "observed": { "LastModifiedDate": THEN, "Version": 3 },
                "unknown": { "tags": "NotCollected: ssm:ListTagsForResource" }
            }),
        )
    };
    vec![
        parameter(
            "parameter/shop/database/password",
            json!({
                "Name": "/shop/database/password", "Type": "SecureString", "Tier": "Advanced",
                "KeyId": "alias/shop", "DataType": "text"
            }),
        ),
        parameter(
            "parameter/image",
            json!({ "Name": "image", "Type": "String", "Tier": "Standard", "DataType": "aws:ec2:image" }),
        ),
    ]
}

fn shares() -> Vec<Value> {
    let unit = format!("arn:aws:organizations::{MANAGEMENT}:ou/o-abcdefghij/ou-abcd-11111111");
    vec![of(
        "ram",
        "RAM::ResourceShare",
        "resource-share/11111111-2222-3333-4444-555555555555",
        json!({
            "tags": { "team": NASTY },
            "config": {
                "Name": NASTY, "AllowExternalPrincipals": true,
                "ResourceArns": [format!("arn:aws:ec2:{REGION}:{MEMBER}:subnet/subnet-1")],
                "Principals": ["999988887777", unit],
                "PermissionArns": ["arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSubnet"]
            },
            "observed": {
                "Status": "ACTIVE", "CreationTime": THEN,
                "PrincipalAssociations": [
                    { "AssociatedEntity": "999988887777", "Status": "ASSOCIATING", "External": true },
                    { "AssociatedEntity": unit, "Status": "ASSOCIATED", "External": false }
                ]
            }
        }),
    )]
}

fn databases() -> Vec<Value> {
    let key = format!("arn:aws:kms:{REGION}:{MEMBER}:key/1");
    let rds = |kind: &str, resource: &str, config: Value, observed: Value| {
        of(
            "rds",
            &format!("RDS::{kind}"),
            resource,
            json!({ "tags": { "team": NASTY }, "config": config, "observed": observed }),
        )
    };
    vec![
        rds(
            "DBInstance",
            "db:shop-1",
            json!({
                "DBInstanceIdentifier": "shop-1", "DBClusterIdentifier": "shop",
                "Engine": "aurora-postgresql", "StorageEncrypted": true, "KmsKeyId": key,
                "PubliclyAccessible": false, "EnableIAMDatabaseAuthentication": true,
                "VPCSecurityGroups": ["sg-1", "sg-2"]
            }),
            json!({ "DBInstanceStatus": "available", "InstanceCreateTime": THEN }),
        ),
        rds(
            "DBCluster",
            "cluster:shop",
            json!({
                "DBClusterIdentifier": "shop", "Engine": "aurora-postgresql", "StorageEncrypted": true,
                "KmsKeyId": key, "EnableIAMDatabaseAuthentication": true,
                "VpcSecurityGroupIds": ["sg-1"]
            }),
            json!({ "Status": "available", "ClusterCreateTime": THEN }),
        ),
        rds(
            "DBSnapshot",
            "snapshot:before",
            json!({
                "DBSnapshotIdentifier": "before", "DBInstanceIdentifier": "shop-1",
                "Engine": "postgres", "Encrypted": true, "KmsKeyId": key,
                "DBSnapshotAttributes": [
                    { "AttributeName": "restore", "AttributeValues": ["999988887777", "all"] }
                ]
            }),
            json!({ "Status": "available", "SnapshotCreateTime": THEN }),
        ),
        rds(
            "DBClusterSnapshot",
            "cluster-snapshot:before",
            json!({
                "DBClusterSnapshotIdentifier": "before", "DBClusterIdentifier": "shop",
                "Engine": "aurora-postgresql", "Encrypted": false, "KmsKeyId": key,
                "DBClusterSnapshotAttributes": [{ "AttributeName": "restore", "AttributeValues": [] }]
            }),
            json!({ "Status": "available", "SnapshotCreateTime": THEN }),
        ),
    ]
}
