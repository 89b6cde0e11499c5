"""Builds one resource of each further type in moto with boto3, and prints what was built.

    more.py ENDPOINT

The answer is a JSON object: for each resource type, by the last part of its ARN, the properties that
a document of it must have. All of it follows from the calls below, nothing from Blastwall.
"""

import io
import json
import subprocess
import sys
import zipfile

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


def opened(resource="*", actions="*"):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "s", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"},
         "Action": actions, "Resource": resource}
    ]}


def stores():
    secrets = client("secretsmanager")
    secret = secrets.create_secret(Name="database", SecretString="hunter2", KmsKeyId="alias/orders")
    policy = opened(actions="secretsmanager:GetSecretValue")
    secrets.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=json.dumps(policy))
    expect(
        "AWS::SecretsManager::Secret",
        secret["ARN"].rsplit(":", 1)[1],
        {"Name": "database", "KmsKeyId": "alias/orders", "ResourcePolicy": policy},
        {"RotationEnabled": False},
    )
    sqs = client("sqs")
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    dead = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": dead["Attributes"]["QueueArn"], "maxReceiveCount": 3}
    policy = opened(actions="sqs:ReceiveMessage")
    sqs.create_queue(QueueName="jobs", Attributes={
        "Policy": json.dumps(policy),
        "KmsMasterKeyId": "alias/orders",
        "MessageRetentionPeriod": "3600",
        "RedrivePolicy": json.dumps(redrive),
    })
    expect(
        "AWS::SQS::Queue",
        "jobs",
        {
            "QueueName": "jobs",
            "PolicyDocument": policy,
            "KmsMasterKeyId": "alias/orders",
            "MessageRetentionPeriod": 3600,
            "RedrivePolicy": redrive,
        },
    )
    sns = client("sns")
    topic = sns.create_topic(Name="news", Attributes={"DisplayName": "News"})["TopicArn"]
    policy = opened(topic, "sns:Subscribe")
    for name, value in (("Policy", json.dumps(policy)), ("KmsMasterKeyId", "alias/orders")):
        sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
    expect(
        "AWS::SNS::Topic",
        "news",
        {"DisplayName": "News", "PolicyDocument": policy, "KmsMasterKeyId": "alias/orders"},
        {"Owner": ACCOUNT},
    )
    ecr = client("ecr")
    ecr.create_repository(
        repositoryName="web",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
    )
    policy = opened(actions="ecr:BatchGetImage")
    policy["Statement"][0].pop("Resource")
    ecr.set_repository_policy(repositoryName="web", policyText=json.dumps(policy))
    expect(
        "AWS::ECR::Repository",
        "web",
        {
            "ImageTagMutability": "IMMUTABLE",
            "ImageScanningConfiguration": {"ScanOnPush": True},
            "EncryptionConfiguration": {"EncryptionType": "AES256"},
            "RepositoryPolicyText": policy,
        },
    )
    dynamodb = client("dynamodb")
    table = dynamodb.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]["TableArn"]
    policy = opened(table, "dynamodb:Scan")
    dynamodb.put_resource_policy(ResourceArn=table, Policy=json.dumps(policy))
    expect(
        "AWS::DynamoDB::Table",
        "orders",
        {
            "TableName": "orders",
            "DeletionProtectionEnabled": True,
            "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
            "ResourcePolicy": {"PolicyDocument": policy},
        },
    )


def functions():
    code = io.BytesIO()
    zipfile.ZipFile(code, "w").writestr("main.py", "")
    functions = client("lambda")
    functions.create_function(
        FunctionName="shop",
        Role=f"arn:aws:iam::{ACCOUNT}:role/worker",
        Runtime="python3.12",
        Handler="main.run",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"PASSWORD": "hunter2"}},
    )
    functions.add_permission(
        FunctionName="shop",
        StatementId="outside",
        Action="lambda:InvokeFunction",
        Principal=STRANGER,
    )
    policy = json.loads(functions.get_policy(FunctionName="shop")["Policy"])
    assert policy["Statement"], policy
    expect(
        "AWS::Lambda::Function",
        "shop",
        {"FunctionName": "shop", "PolicyDocument": policy},
        {"VariableNames": ["PASSWORD"]},
    )


def balancers():
    ec2, elbv2 = client("ec2"), client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = sorted(
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=zone)[
            "Subnet"
        ]["SubnetId"]
        for number, zone in ((1, "eu-west-1a"), (2, "eu-west-1b"))
    )
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    balancer = elbv2.create_load_balancer(
        Name="web", Subnets=subnets, SecurityGroups=[group], Scheme="internet-facing"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    expect(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        balancer.rsplit("/", 1)[1],
        {
            "Name": "web",
            "Scheme": "internet-facing",
            "Type": "application",
            "Subnets": subnets,
            "SecurityGroups": [group],
        },
        {"VpcId": vpc},
    )
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    host = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnets[0])
    host = host["Instances"][0]["InstanceId"]
    targets = elbv2.create_target_group(
        Name="hosts", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="instance"
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.register_targets(TargetGroupArn=targets, Targets=[{"Id": host, "Port": 9090}])
    expect(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        targets.rsplit("/", 1)[1],
        {
            "Name": "hosts",
            "Protocol": "HTTP",
            "Port": 8080,
            "VpcId": vpc,
            "TargetType": "instance",
            "Targets": [{"Id": host, "Port": 9090}],
        },
    )
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{
            "Type": "redirect",
            "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
        }],
    )["Listeners"][0]["ListenerArn"]
    expect(
        "AWS::ElasticLoadBalancingV2::Listener",
        listener.rsplit("/", 1)[1],
        {"LoadBalancerArn": balancer, "Port": 80, "Protocol": "HTTP"},
    )
    rule = elbv2.create_rule(
        ListenerArn=listener,
        Priority=7,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": targets}],
    )["Rules"][0]["RuleArn"]
    expect(
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        rule.rsplit("/", 1)[1],
        {
            "ListenerArn": listener,
            "Priority": 7,
            "Conditions": [
                {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}
            ],
        },
    )
    inner = elbv2.create_load_balancer(
        Name="inner", Subnets=subnets, Scheme="internal", Type="network"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    service = ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[inner], AcceptanceRequired=True
    )["ServiceConfiguration"]["ServiceId"]
    ec2.modify_vpc_endpoint_service_permissions(ServiceId=service, AddAllowedPrincipals=["*"])
    expect(
        "AWS::EC2::VPCEndpointService",
        service,
        {"AcceptanceRequired": True, "NetworkLoadBalancerArns": [inner]},
        {"ServiceId": service, "AllowedPrincipals": ["*"]},
    )
    return subnets[0]


def builds():
    codebuild = client("codebuild")
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"
    codebuild.create_project(
        name="web",
        serviceRole=role,
        source={"type": "S3", "location": "code-bucket/web.zip"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "PASSWORD", "value": "hunter2"}],
        },
    )
    expect(
        "AWS::CodeBuild::Project",
        "web",
        {
            "Name": "web",
            "ServiceRole": role,
            "Source": {"Type": "S3", "Location": "code-bucket/web.zip"},
        },
        {"VariableNames": ["PASSWORD"]},
    )


def containers():
    ecs = client("ecs")
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"
    for image in ("web:1", "web:2"):
        ecs.register_task_definition(
            family="web",
            taskRoleArn=role,
            networkMode="awsvpc",
            containerDefinitions=[{
                "name": "web",
                "image": image,
                "privileged": True,
                "memory": 128,
                "environment": [{"name": "PASSWORD", "value": "hunter2"}],
            }],
        )
    # The latest of the family, whose ARN ends in its number.
    expect(
        "AWS::ECS::TaskDefinition",
        "2",
        {"Family": "web", "TaskRoleArn": role, "NetworkMode": "awsvpc"},
        {"Revision": 2, "Status": "ACTIVE", "VariableNames": ["PASSWORD"]},
    )


def clusters(subnet):
    eks = client("eks")
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"
    eks.create_cluster(
        name="main", roleArn=role, resourcesVpcConfig={"subnetIds": [subnet]}, version="1.33"
    )
    issuer = eks.describe_cluster(name="main")["cluster"]["identity"]["oidc"]["issuer"]
    expect(
        "AWS::EKS::Cluster",
        "main",
        {"Name": "main", "RoleArn": role, "Version": "1.33"},
        {"OpenIdConnectIssuerUrl": issuer},
    )
    group = eks.create_nodegroup(
        clusterName="main", nodegroupName="workers", nodeRole=role, subnets=[subnet]
    )["nodegroup"]["nodegroupArn"]
    expect(
        "AWS::EKS::Nodegroup",
        group.rsplit("/", 1)[1],
        {"ClusterName": "main", "NodegroupName": "workers", "NodeRole": role},
    )
    profile = eks.create_fargate_profile(
        clusterName="main",
        fargateProfileName="jobs",
        podExecutionRoleArn=role,
        subnets=[subnet],
        selectors=[{"namespace": "jobs"}],
    )["fargateProfile"]["fargateProfileArn"]
    expect(
        "AWS::EKS::FargateProfile",
        profile.rsplit("/", 1)[1],
        {"FargateProfileName": "jobs", "PodExecutionRoleArn": role},
    )


machines(networks())
credentials()
keys()
logs()
recorders()
buckets()
trails()
stores()
functions()
subnet = balancers()
builds()
containers()
clusters(subnet)
json.dump(built, sys.stdout)
