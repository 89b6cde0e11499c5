"""Builds an organization of three accounts with boto3 whose reach was worked out by hand, and prints ids."""

import io
import json
import zipfile

from builder import allow, client, document, members, role, trust

GITHUB = "token.actions.githubusercontent.com"


def network(account, cidr):
    ec2 = client("ec2", account)
    vpc = ec2.create_vpc(CidrBlock=f"{cidr}.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{cidr}.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="app", Description="app", VpcId=vpc)["GroupId"]
    return ec2, vpc, subnet, group


def instance(ec2, subnet, group, **more):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    started = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group], **more
    )
    return started["Instances"][0]["InstanceId"]


ids = members("dev", "prod")
dev, prod = ids["dev"], ids["prod"]

role(dev, "coder", trust({"Service": "ec2.amazonaws.com"}), allow("lambda:Update*"))

# The pipeline of dev deploys to prod, and may do there what it likes.
ci = role(
    dev,
    "ci",
    trust({"Service": "codebuild.amazonaws.com"}),
    allow("sts:AssumeRole", f"arn:aws:iam::{prod}:role/deploy"),
)
role(prod, "deploy", trust({"AWS": ci}), allow("iam:*"))

# Ann passes a role to a function; Bob may not invoke one.
function_role = role(dev, "function", trust({"Service": "lambda.amazonaws.com"}))
iam = client("iam", dev)
for user, actions in {
    "ann": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    "bob": ["iam:PassRole", "lambda:CreateFunction"],
}.items():
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=document(allow(actions)))

# Whoever changes its code has its role.
code = io.BytesIO()
zipfile.ZipFile(code, "w").writestr("main.py", "")
functions = client("lambda", dev)
functions.create_function(
    FunctionName="shop",
    Role=function_role,
    Runtime="python3.12",
    Handler="main.run",
    Code={"ZipFile": code.getvalue()},
)

# Whoever starts a build with commands of one's own has its role.
role(dev, "starter", trust({"Service": "ec2.amazonaws.com"}), allow("codebuild:StartBuild"))
builds = role(dev, "builds", trust({"Service": "codebuild.amazonaws.com"}))
client("codebuild", dev).create_project(
    name="site",
    serviceRole=builds,
    source={"type": "S3", "location": "shop-code/site.zip"},
    artifacts={"type": "NO_ARTIFACTS"},
    environment={
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:7.0",
        "computeType": "BUILD_GENERAL1_SMALL",
    },
)

# A bucket of prod lets dev read; its reader there may, and bob may not.
role(dev, "reader", trust({"Service": "ec2.amazonaws.com"}), allow("s3:GetObject"))
storage = client("s3", prod)
storage.create_bucket(Bucket="shop-orders")
statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{dev}:root"}}
statement |= {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop-orders/*"}
storage.put_bucket_policy(Bucket="shop-orders", Policy=document(statement))

storage.create_bucket(Bucket="shop-leaflets")
statement |= {"Principal": "*", "Resource": "arn:aws:s3:::shop-leaflets/*"}
storage.put_bucket_policy(Bucket="shop-leaflets", Policy=document(statement))

# A repository deploys to prod.
role(
    prod,
    "pipeline",
    trust(
        {"Federated": f"arn:aws:iam::{prod}:oidc-provider/{GITHUB}"},
        "sts:AssumeRoleWithWebIdentity",
        Condition={"StringLike": {f"{GITHUB}:sub": "repo:acme/shop:*"}},
    ),
)

# Hosts of dev reach one of prod through a peering connection.
near, near_vpc, near_subnet, near_group = network(dev, "10.1")
far, far_vpc, far_subnet, far_group = network(prod, "10.2")
peering = near.create_vpc_peering_connection(VpcId=near_vpc, PeerVpcId=far_vpc, PeerOwnerId=prod)
peering = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
far.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
for ec2, vpc, other in ((near, near_vpc, "10.2.0.0/16"), (far, far_vpc, "10.1.0.0/16")):
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    ec2.create_route(
        RouteTableId=tables["RouteTables"][0]["RouteTableId"],
        DestinationCidrBlock=other,
        VpcPeeringConnectionId=peering,
    )
far.authorize_security_group_ingress(
    GroupId=far_group,
    IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    ],
)
host = instance(near, near_subnet, near_group)
database = instance(far, far_subnet, far_group)

print(json.dumps({"dev": dev, "prod": prod, "host": host, "database": database}))
