"""Builds an organization with boto3 whose workforce has permission sets in two accounts, and prints ids."""

import json

from builder import allow, client, document, members, role, trust

ids = members("dev", "prod")
dev, prod = ids["dev"], ids["prod"]

sso = client("sso-admin")
instance = sso.list_instances()["Instances"][0]
store = instance["IdentityStoreId"]
directory = client("identitystore")


def user(name):
    made = directory.create_user(
        IdentityStoreId=store,
        UserName=name,
        DisplayName=name,
        Name={"GivenName": name, "FamilyName": "Doe"},
    )
    return made["UserId"]


def group(name, *users):
    made = directory.create_group(IdentityStoreId=store, DisplayName=name)["GroupId"]
    for one in users:
        directory.create_group_membership(
            IdentityStoreId=store, GroupId=made, MemberId={"UserId": one}
        )
    return made


def permission_set(name, *assigned):
    """With the role that Identity Center makes in each account that it is assigned in."""
    arn = sso.create_permission_set(
        Name=name, InstanceArn=instance["InstanceArn"], SessionDuration="PT1H"
    )
    arn = arn["PermissionSet"]["PermissionSetArn"]
    for kind, principal, account in assigned:
        sso.create_account_assignment(
            InstanceArn=instance["InstanceArn"],
            TargetId=account,
            TargetType="AWS_ACCOUNT",
            PermissionSetArn=arn,
            PrincipalType=kind,
            PrincipalId=principal,
        )
    for account in {account for _, _, account in assigned}:
        client("iam", account).create_role(
            Path="/aws-reserved/sso.amazonaws.com/",
            RoleName=f"AWSReservedSSO_{name}_0123456789abcdef",
            AssumeRolePolicyDocument=trust(
                {"Federated": f"arn:aws:iam::{account}:saml-provider/AWSSSO_0_DO_NOT_DELETE"},
                ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            ),
        )


alice, bob, carol = (user(name) for name in ("alice", "bob", "carol"))
operators = group("Operators", alice, bob)
group("Readers", carol)
permission_set("Ops", ("GROUP", operators, prod))
permission_set("Develop", ("USER", alice, dev))

# Whoever helps users out puts them into groups.
role(None, "helpdesk", trust({"Service": "ec2.amazonaws.com"}), allow("identitystore:CreateGroupMembership"))

print(json.dumps({"dev": dev, "prod": prod, "operators": operators}))
