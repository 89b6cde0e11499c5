"""Builds one resource of each further type in moto with boto3, and prints what was built.

    more.py ENDPOINT

The answer is a JSON object: for each resource type, by the last part of its ARN, the properties that
a document of it must have. All of it follows from the calls below, nothing from Blastwall.
"""

import json
import subprocess
import sys

import boto3

REGION = "eu-west-1"
ACCOUNT = "123456789012"
STRANGER = "999988887777"

session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name=REGION)


def client(service):
    return session.client(service, endpoint_url=sys.argv[1])


built = {}


def expect(kind, name, config=None, observed=None, **parts):
    document = {"config": config or {}, "observed": observed or {}, **parts}
    built.setdefault(kind, {})[name] = document


def networks():
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    expect("AWS::EC2::VPC", vpc, {"VpcId": vpc, "CidrBlock": "10.7.0.0/16"}, {"IsDefault": False})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24", AvailabilityZone="eu-west-1b")
    subnet = subnet["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    expect(
        "AWS::EC2::Subnet",
        subnet,
        {
            "VpcId": vpc,
            "CidrBlock": "10.7.1.0/24",
            "AvailabilityZone": "eu-west-1b",
            "MapPublicIpOnLaunch": True,
        },
    )
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    expect("AWS::EC2::InternetGateway", gateway, {"VpcIds": [vpc]})
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl,
        RuleNumber=100,
        Protocol="6",
        RuleAction="allow",
        Egress=False,
        CidrBlock="0.0.0.0/0",
        PortRange={"From": 22, "To": 22},
    )
    expect("AWS::EC2::NetworkAcl", acl, {"VpcId": vpc})
    other = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)
    peering = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    expect("AWS::EC2::VPCPeeringConnection", peering, {"VpcId": vpc, "PeerVpcId": other})
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="10.8.0.0/16", VpcPeeringConnectionId=peering
    )
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    expect("AWS::EC2::RouteTable", table, {"VpcId": vpc})
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
    ]}
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table],
        PolicyDocument=json.dumps(policy),
    )["VpcEndpoint"]["VpcEndpointId"]
    expect(
        "AWS::EC2::VPCEndpoint",
        endpoint,
        {"VpcId": vpc, "ServiceName": f"com.amazonaws.{REGION}.s3", "PolicyDocument": policy},
    )
    client("s3").create_bucket(
        Bucket="flow-logs", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    log = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flow-logs",
    )["FlowLogIds"][0]
    expect("AWS::EC2::FlowLog", log, {"ResourceId": vpc, "TrafficType": "REJECT"})
    address = ec2.allocate_address(Domain="vpc")
    expect("AWS::EC2::EIP", address["AllocationId"], {"PublicIp": address["PublicIp"]})
    return subnet


def machines(subnet):
    ec2, iam = client("ec2"), client("iam")
    iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }],
    }))
    iam.create_instance_profile(InstanceProfileName="worker", Path="/team/")
    iam.add_role_to_instance_profile(InstanceProfileName="worker", RoleName="worker")
    expect(
        "AWS::IAM::InstanceProfile",
        "worker",
        {"InstanceProfileName": "worker", "Path": "/team/", "Roles": ["worker"]},
    )
    key = ec2.create_key_pair(KeyName="operators")["KeyPairId"]
    # Its ARN has the name.
    expect("AWS::EC2::KeyPair", "operators", {"KeyName": "operators"}, {"KeyPairId": key})
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        KeyName="operators",
        InstanceType="t3.micro",
        IamInstanceProfile={"Name": "worker"},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    )["Instances"][0]["InstanceId"]
    expect(
        "AWS::EC2::Instance",
        instance,
        {"ImageId": image, "SubnetId": subnet, "KeyName": "operators"},
        {"State": "running"},
    )
    own = ec2.create_image(InstanceId=instance, Name="golden")["ImageId"]
    ec2.modify_image_attribute(
        ImageId=own, LaunchPermission={"Add": [{"UserId": STRANGER}]}
    )
    expect("AWS::EC2::Image", own, {"Name": "golden"})
    volume = ec2.create_volume(AvailabilityZone="eu-west-1b", Size=8, Encrypted=False)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot,
        Attribute="createVolumePermission",
        OperationType="add",
        UserIds=[STRANGER],
    )
    expect("AWS::EC2::Snapshot", snapshot, {"VolumeId": volume, "Encrypted": False})
    template = ec2.create_launch_template(
        LaunchTemplateName="web",
        LaunchTemplateData={"InstanceType": "t3.micro", "MetadataOptions": {"HttpTokens": "optional"}},
    )["LaunchTemplate"]["LaunchTemplateId"]
    expect("AWS::EC2::LaunchTemplate", template, {"LaunchTemplateName": "web"})
    ec2.enable_ebs_encryption_by_default()
    expect("AWS::EC2::EbsEncryptionByDefault", "ebs-encryption-by-default", {"EbsEncryptionByDefault": True})


def credentials():
    iam = client("iam")
    certificate = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
         "-subj", "/CN=moto.example", "-keyout", "/dev/stdout"],
        check=True, capture_output=True, text=True,
    ).stdout
    end = "-----END PRIVATE KEY-----\n"
    private, certificate = certificate.split(end)
    iam.upload_server_certificate(
        ServerCertificateName="web", CertificateBody=certificate, PrivateKey=private + end
    )
    expect("AWS::IAM::ServerCertificate", "web", {"ServerCertificateName": "web"})
    iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["a" * 40],
    )
    expect(
        "AWS::IAM::OIDCProvider",
        "token.actions.githubusercontent.com",
        {"ClientIdList": ["sts.amazonaws.com"]},
    )
    iam.create_user(UserName="signer")
    answer = iam.upload_signing_certificate(UserName="signer", CertificateBody=certificate)
    expect(
        "AWS::IAM::SigningCertificate",
        answer["Certificate"]["CertificateId"],
        {"UserName": "signer"},
    )


def keys():
    kms = client("kms")
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
         "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"},
         "Action": "kms:Decrypt", "Resource": "*"},
    ]}
    key = kms.create_key(Description="of orders", Policy=json.dumps(policy))["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    kms.create_alias(AliasName="alias/orders", TargetKeyId=key)
    expect(
        "AWS::KMS::Key",
        key,
        {"Description": "of orders", "EnableKeyRotation": True, "KeyPolicy": policy},
        {"Aliases": ["alias/orders"], "KeyState": "Enabled"},
    )


def logs():
    logs = client("logs")
    logs.create_log_group(logGroupName="trail")
    logs.put_retention_policy(logGroupName="trail", retentionInDays=365)
    expect("AWS::Logs::LogGroup", "trail", {"LogGroupName": "trail", "RetentionInDays": 365})
    pattern = '{ $.userIdentity.type = "Root" }'
    logs.put_metric_filter(
        logGroupName="trail",
        filterName="root",
        filterPattern=pattern,
        metricTransformations=[
            {"metricName": "Root", "metricNamespace": "Security", "metricValue": "1"}
        ],
    )
    expect("AWS::Logs::MetricFilter", "root", {"FilterPattern": pattern, "LogGroupName": "trail"})


def recorders():
    config = client("config")
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"
    config.put_configuration_recorder(ConfigurationRecorder={
        "name": "default",
        "roleARN": role,
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
    })
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "flow-logs"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    expect(
        "AWS::Config::ConfigurationRecorder", "default", {"RoleARN": role}, {"Recording": True}
    )
    expect("AWS::Config::DeliveryChannel", "default", {"S3BucketName": "flow-logs"})


def buckets():
    s3 = client("s3")
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket="access-logs", CreateBucketConfiguration=place)
    s3.create_bucket(Bucket="orders", CreateBucketConfiguration=place)
    s3.put_bucket_versioning(Bucket="orders", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_ownership_controls(
        Bucket="orders", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )
    expect(
        "AWS::S3::Bucket",
        "orders",
        {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    )


def trails():
    trails = client("cloudtrail")
    trails.create_trail(Name="all", S3BucketName="flow-logs", IsMultiRegionTrail=True)
    trails.put_event_selectors(TrailName="all", EventSelectors=[{
        "ReadWriteType": "WriteOnly",
        "IncludeManagementEvents": True,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::orders/"]}],
    }])
    trails.start_logging(Name="all")
    expect(
        "AWS::CloudTrail::Trail",
        "all",
        {"IsMultiRegionTrail": True, "IsLogging": True, "S3BucketName": "flow-logs"},
    )


machines(networks())
credentials()
keys()
logs()
recorders()
buckets()
trails()
json.dump(built, sys.stdout)
