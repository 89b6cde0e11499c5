"""Words to build an organization with boto3, for the scripts next to this one: SCRIPT ENDPOINT."""

import json
import sys

import boto3

URL = sys.argv[1]
ROLE = "OrganizationAccountAccessRole"


def client(service, account=None):
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    if account:
        arn = f"arn:aws:iam::{account}:role/{ROLE}"
        session = client("sts").assume_role(RoleArn=arn, RoleSessionName="builder")["Credentials"]
        keys = {
            "aws_access_key_id": session["AccessKeyId"],
            "aws_secret_access_key": session["SecretAccessKey"],
            "aws_session_token": session["SessionToken"],
        }
    return boto3.client(service, endpoint_url=URL, region_name="us-east-1", **keys)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*"):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def trust(principal, action="sts:AssumeRole", **more):
    return document({"Effect": "Allow", "Principal": principal, "Action": action, **more})


def role(account, name, trusts, *statements):
    iam = client("iam", account)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusts)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    return f"arn:aws:iam::{account}:role/{name}"


def members(*names):
    """An organization with these members, each in a unit of its own; their ids by name."""
    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    ids = {}
    for name in names:
        unit = organizations.create_organizational_unit(ParentId=root, Name=name.title())
        status = organizations.create_account(
            Email=f"{name}@example.com", AccountName=f"shop-{name}"
        )
        ids[name] = status["CreateAccountStatus"]["AccountId"]
        organizations.move_account(
            AccountId=ids[name],
            SourceParentId=root,
            DestinationParentId=unit["OrganizationalUnit"]["Id"],
        )
    return ids
