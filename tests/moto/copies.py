"""Builds two accounts with boto3 that share copies of data, and have stacks and parameters; prints ARNs."""

import json

from builder import allow, client, members, role, trust

ids = members("dev", "prod")
dev, prod = ids["dev"], ids["prod"]
EC2 = trust({"Service": "ec2.amazonaws.com"})

role(
    dev,
    "restorer",
    EC2,
    allow(
        [
            "rds:RestoreDBInstanceFromDBSnapshot",
            "rds:ModifyDBInstance",
            "ec2:CreateVolume",
            "ec2:AttachVolume",
            "ebs:ListSnapshotBlocks",
            "ebs:GetSnapshotBlock",
        ]
    ),
)
role(dev, "cloner", EC2, allow(["rds:RestoreDBClusterToPointInTime", "rds:CreateDBInstance"]))
role(prod, "reader", EC2, allow("ssm:GetParameter", f"arn:aws:ssm:*:{prod}:parameter/shop/*"))
role(prod, "updater", EC2, allow("cloudformation:UpdateStack"))
stacks = role(prod, "stacks", trust({"Service": "cloudformation.amazonaws.com"}), allow("s3:*"))

built = {"dev": dev, "prod": prod, "shared": [], "own": [], "parameters": []}

rds = client("rds", prod)
rds.create_db_instance(
    DBInstanceIdentifier="orders",
    DBInstanceClass="db.t3.micro",
    Engine="postgres",
    AllocatedStorage=20,
    MasterUsername="admin",
    MasterUserPassword="hunter2hunter2",
)
for name in ("given", "kept"):
    arn = rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier=name)
    arn = arn["DBSnapshot"]["DBSnapshotArn"]
    if name == "given":
        rds.modify_db_snapshot_attribute(
            DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=[dev]
        )
    built["shared" if name == "given" else "own"].append(arn)

ec2 = client("ec2", prod)
volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
for name in ("given", "kept"):
    snapshot = ec2.create_snapshot(VolumeId=volume, Description=name)["SnapshotId"]
    if name == "given":
        ec2.modify_snapshot_attribute(
            SnapshotId=snapshot,
            Attribute="createVolumePermission",
            OperationType="add",
            UserIds=[dev],
        )
    arn = f"arn:aws:ec2:us-east-1::snapshot/{snapshot}"
    built["shared" if name == "given" else "own"].append(arn)

ssm = client("ssm", prod)
for name in ("/shop/password", "/blog/password"):
    ssm.put_parameter(Name=name, Value="hunter2", Type="String")
    built["parameters"].append(f"arn:aws:ssm:us-east-1:{prod}:parameter{name}")

template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
built["stack"] = client("cloudformation", prod).create_stack(
    StackName="shop", TemplateBody=json.dumps(template), RoleARN=stacks
)["StackId"]

built["clusters"] = [
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="admin",
        MasterUserPassword="hunter2hunter2",
    )["DBCluster"]["DBClusterArn"]
    for name in ("given", "kept")
]
client("ram").enable_sharing_with_aws_organization()
client("ram", prod).create_resource_share(
    name="clones",
    resourceArns=built["clusters"][:1],
    principals=[dev],
    allowExternalPrincipals=False,
)
print(json.dumps(built))
