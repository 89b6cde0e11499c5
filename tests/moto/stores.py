"""Builds two accounts with boto3: what holds data in the one lets the other in, or does not; prints ARNs."""

import json

from builder import allow, client, document, members, role, trust

ids = members("dev", "prod")
dev, prod = ids["dev"], ids["prod"]
EC2 = trust({"Service": "ec2.amazonaws.com"})

role(
    dev,
    "reader",
    EC2,
    allow(
        [
            "secretsmanager:GetSecretValue",
            "kms:Decrypt",
            "sqs:ReceiveMessage",
            "sns:Subscribe",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "dynamodb:Scan",
        ]
    ),
)
# Only the door, without leave to go through it.
role(dev, "idle", EC2, allow("ec2:DescribeInstances"))


def opened(actions, resource="*"):
    """A policy that lets all of dev do this."""
    who = {"AWS": f"arn:aws:iam::{dev}:root"}
    return document(
        {"Effect": "Allow", "Principal": who, "Action": actions, "Resource": resource}
    )


kms = client("kms", prod)
own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{prod}:root"}}
own |= {"Action": "kms:*", "Resource": "*"}
shared = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{dev}:root"}}
shared |= {"Action": "kms:Decrypt", "Resource": "*"}
key = kms.create_key(Policy=document(own, shared))["KeyMetadata"]["Arn"]
shut_key = kms.create_key(Policy=document(own))["KeyMetadata"]["Arn"]

secrets = client("secretsmanager", prod)
built = {"open": [key], "closed": [shut_key]}
for name, more, state in (
    ("open", {"KmsKeyId": key}, "open"),
    # Its policy lets dev in, but its key does not.
    ("locked", {"KmsKeyId": shut_key}, "closed"),
    # The key that AWS keeps for the account is for nobody else.
    ("default-key", {}, "closed"),
):
    arn = secrets.create_secret(Name=name, SecretString="hunter2", **more)["ARN"]
    secrets.put_resource_policy(
        SecretId=arn, ResourcePolicy=opened("secretsmanager:GetSecretValue")
    )
    built[state].append(arn)
built["closed"].append(secrets.create_secret(Name="own", SecretString="hunter2")["ARN"])

sqs = client("sqs", prod)
for name, attributes, state in (
    ("open-jobs", {"Policy": opened("sqs:ReceiveMessage")}, "open"),
    ("own-jobs", {}, "closed"),
):
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    built[state].append(answer["Attributes"]["QueueArn"])

sns = client("sns", prod)
for name, state in (("open-news", "open"), ("own-news", "closed")):
    # The policy that a topic begins with is for its account.
    arn = sns.create_topic(Name=name)["TopicArn"]
    if state == "open":
        sns.set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=opened("sns:Subscribe", arn)
        )
    built[state].append(arn)

ecr = client("ecr", prod)
for name, state in (("open/web", "open"), ("own/web", "closed")):
    repository = ecr.create_repository(repositoryName=name)["repository"]
    if state == "open":
        statement = {"Sid": "pull", "Effect": "Allow"}
        statement |= {"Principal": {"AWS": f"arn:aws:iam::{dev}:root"}}
        statement |= {"Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}
        ecr.set_repository_policy(repositoryName=name, policyText=document(statement))
    built[state].append(repository["repositoryArn"])

dynamodb = client("dynamodb", prod)
for name, state in (("open-orders", "open"), ("own-orders", "closed")):
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]
    if state == "open":
        dynamodb.put_resource_policy(
            ResourceArn=table["TableArn"], Policy=opened("dynamodb:Scan", table["TableArn"])
        )
    built[state].append(table["TableArn"])

print(json.dumps({"dev": dev, "prod": prod} | built))
