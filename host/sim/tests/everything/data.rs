//! What holds data in one region of the member account and has a policy of its own: secrets, queues, topics,
//! repositories, tables.

use serde_json::{Value, json};

use super::regional::{REGION, THEN, of, policy};
use super::{MEMBER, NASTY};

pub fn documents() -> Vec<Value> {
    [secrets(), queues(), topics(), repositories(), tables()].concat()
}

fn key() -> String {
    format!("arn:aws:kms:{REGION}:{MEMBER}:key/1")
}

fn secrets() -> Vec<Value> {
    let secret =
        |name: &str, parts: Value| of("secretsmanager", "SecretsManager::Secret", name, parts);
    vec![
        secret(
            "secret:database-AbCdEf",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Name": "database", "Description": NASTY, "KmsKeyId": key(), "ResourcePolicy": policy()
                },
                "observed": {
                    "CreatedDate": THEN, "LastChangedDate": THEN, "LastAccessedDate": "2026-01-02T00:00:00Z",
                    "LastRotatedDate": THEN, "RotationEnabled": true,
                    "RotationLambdaARN": format!("arn:aws:lambda:{REGION}:{MEMBER}:function:orders"),
                    "OwningService": "rds", "PrimaryRegion": "us-east-1"
                }
            }),
        ),
        secret(
            "secret:plain-AbCdEf",
            json!({
                "config": { "Name": "plain" },
                "observed": { "CreatedDate": THEN, "RotationEnabled": false }
            }),
        ),
        secret(
            "secret:shut-AbCdEf",
            json!({
                "config": { "Name": "shut" },
                "observed": { "RotationEnabled": false },
                "unknown": {
                    "config.ResourcePolicy": "AccessDeniedException: secretsmanager:GetResourcePolicy"
                }
            }),
        ),
    ]
}

fn queues() -> Vec<Value> {
    let url = |name: &str| format!("https://sqs.{REGION}.amazonaws.com/{MEMBER}/{name}");
    vec![
        of(
            "sqs",
            "SQS::Queue",
            "jobs.fifo",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "QueueName": "jobs.fifo", "FifoQueue": true, "KmsMasterKeyId": "alias/data",
                    "SqsManagedSseEnabled": false, "MessageRetentionPeriod": 345_600,
                    "RedrivePolicy": {
                        "deadLetterTargetArn": format!("arn:aws:sqs:{REGION}:{MEMBER}:dead.fifo"),
                        "maxReceiveCount": 3
                    },
                    "PolicyDocument": policy()
                },
                "observed": { "QueueUrl": url("jobs.fifo"), "CreatedTimestamp": THEN }
            }),
        ),
        of(
            "sqs",
            "SQS::Queue",
            "plain",
            json!({
                "config": { "QueueName": "plain", "SqsManagedSseEnabled": true },
                "observed": { "QueueUrl": url("plain") }
            }),
        ),
        // What is refused of a queue is all but its name and address.
        of(
            "sqs",
            "SQS::Queue",
            "shut",
            json!({
                "config": { "QueueName": "shut" },
                "observed": { "QueueUrl": url("shut") },
                "unknown": {
                    "config.FifoQueue": "AccessDenied: sqs:GetQueueAttributes",
                    "config.KmsMasterKeyId": "AccessDenied: sqs:GetQueueAttributes",
                    "config.MessageRetentionPeriod": "AccessDenied: sqs:GetQueueAttributes",
                    "config.PolicyDocument": "AccessDenied: sqs:GetQueueAttributes",
                    "config.RedrivePolicy": "AccessDenied: sqs:GetQueueAttributes",
                    "config.SqsManagedSseEnabled": "AccessDenied: sqs:GetQueueAttributes",
                    "observed.CreatedTimestamp": "AccessDenied: sqs:GetQueueAttributes"
                }
            }),
        ),
    ]
}

fn topics() -> Vec<Value> {
    vec![
        of(
            "sns",
            "SNS::Topic",
            "security.fifo",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "TopicName": "security.fifo", "DisplayName": NASTY, "FifoTopic": true,
                    "KmsMasterKeyId": key(), "PolicyDocument": policy()
                },
                "observed": { "Owner": MEMBER }
            }),
        ),
        of(
            "sns",
            "SNS::Topic",
            "plain",
            json!({
                "config": { "TopicName": "plain", "PolicyDocument": policy() },
                "observed": { "Owner": MEMBER }
            }),
        ),
    ]
}

fn repositories() -> Vec<Value> {
    vec![
        of(
            "ecr",
            "ECR::Repository",
            "repository/team/web",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "RepositoryName": "team/web", "ImageTagMutability": "IMMUTABLE",
                    "ImageScanningConfiguration": { "ScanOnPush": true },
                    "EncryptionConfiguration": { "EncryptionType": "KMS", "KmsKey": key() },
                    "RepositoryPolicyText": policy()
                },
                "observed": {
                    "RepositoryUri": format!("{MEMBER}.dkr.ecr.{REGION}.amazonaws.com/team/web"),
                    "CreatedAt": THEN
                }
            }),
        ),
        of(
            "ecr",
            "ECR::Repository",
            "repository/plain",
            json!({
                "config": {
                    "RepositoryName": "plain", "ImageTagMutability": "MUTABLE",
                    "ImageScanningConfiguration": { "ScanOnPush": false },
                    "EncryptionConfiguration": { "EncryptionType": "AES256" }
                }
            }),
        ),
    ]
}

fn tables() -> Vec<Value> {
    vec![
        of(
            "dynamodb",
            "DynamoDB::Table",
            "table/orders",
            json!({
                "tags": { "Name": NASTY, "Other": "x" },
                "config": {
                    "TableName": "orders", "DeletionProtectionEnabled": true,
                    "SSESpecification": { "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": key() },
                    "StreamSpecification": { "StreamViewType": "NEW_AND_OLD_IMAGES" },
                    "ResourcePolicy": { "PolicyDocument": policy() }
                },
                "observed": {
                    "TableStatus": "ACTIVE", "CreationDateTime": THEN, "ItemCount": 7,
                    "LatestStreamArn":
                        format!("arn:aws:dynamodb:{REGION}:{MEMBER}:table/orders/stream/{THEN}")
                }
            }),
        ),
        of(
            "dynamodb",
            "DynamoDB::Table",
            "table/plain",
            json!({
                "config": { "TableName": "plain", "DeletionProtectionEnabled": false }
            }),
        ),
        of(
            "dynamodb",
            "DynamoDB::Table",
            "table/shut",
            json!({
                "config": { "TableName": "shut", "DeletionProtectionEnabled": false },
                "unknown": {
                    "config.ResourcePolicy": "AccessDeniedException: dynamodb:GetResourcePolicy"
                }
            }),
        ),
    ]
}
