//! What is in one region of the member account: networks, disks, keys, logs and what watches them.

use serde_json::{Value, json};

use super::{MANAGEMENT, MEMBER, NASTY, document};

pub const REGION: &str = "eu-west-1";
pub const THEN: &str = "2026-01-02T03:04:05Z";

pub fn of(service: &str, kind: &str, resource: &str, parts: Value) -> Value {
    let arn = format!("arn:aws:{service}:{REGION}:{MEMBER}:{resource}");
    document(MEMBER, kind, arn, REGION, parts)
}

pub fn policy() -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": NASTY, "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }
    ]})
}

pub fn documents() -> Vec<Value> {
    [
        networks(),
        transit_gateways(),
        started(),
        settings(),
        keys(),
        watched(),
        by_cloud_control(),
    ]
    .concat()
}

/// What no collector produces: of a known type, with tags, without an ARN, of a service without regions, below
/// a parent, and under the name of one.
fn by_cloud_control() -> Vec<Value> {
    let zone = format!("arn:aws:cloudcontrolapi::{MEMBER}:AWS::Route53::HostedZone/Z1");
    vec![
        of(
            "securityhub",
            "SecurityHub::Hub",
            "hub/default",
            json!({ "config": {
                "AutoEnableControls": true, "ControlFindingGenerator": "SECURITY_CONTROL",
                "SubscribedAt": THEN
            }}),
        ),
        of(
            "events",
            "Events::EventBus",
            "event-bus/security",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Name": "security", "Tags": [{ "Key": "Name", "Value": NASTY }],
                    "Arn": format!("arn:aws:events:{REGION}:{MEMBER}:event-bus/security")
                }
            }),
        ),
        of(
            "sns",
            "SNS::TopicInlinePolicy",
            "plain",
            json!({ "config": {
                "TopicArn": format!("arn:aws:sns:{REGION}:{MEMBER}:plain"),
                "PolicyDocument": policy()
            }}),
        ),
        addon("main", "vpc-cni"),
        addon("main", "coredns"),
        document(
            MEMBER,
            "Route53::HostedZone",
            zone,
            "global",
            json!({ "config": { "Id": "Z1", "Name": NASTY } }),
        ),
    ]
}

/// What a list has only below its cluster.
fn addon(cluster: &str, name: &str) -> Value {
    let resource = format!("addon/{cluster}/{name}/1");
    let arn = format!("arn:aws:eks:{REGION}:{MEMBER}:{resource}");
    let config = json!({ "config": { "AddonName": name, "Arn": arn, "ClusterName": cluster } });
    of("eks", "EKS::Addon", &resource, config)
}

fn networks() -> Vec<Value> {
    let ec2 = |kind: &str, resource: &str, parts: Value| {
        of("ec2", &format!("EC2::{kind}"), resource, parts)
    };
    vec![
        ec2(
            "VPC",
            "vpc/vpc-1",
            json!({
                "tags": { "Name": NASTY },
                "config": { "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "InstanceTenancy": "default" },
                "observed": {
                    "IsDefault": false, "State": "available",
                    "CidrBlocks": ["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/56"]
                }
            }),
        ),
        ec2(
            "Subnet",
            "subnet/subnet-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24",
                    "Ipv6CidrBlock": "2001:db8::/64", "AvailabilityZone": "eu-west-1a",
                    "MapPublicIpOnLaunch": true
                },
                "observed": {
                    "State": "available", "AvailableIpAddressCount": 250, "OwnerId": MEMBER
                }
            }),
        ),
        ec2(
            "InternetGateway",
            "internet-gateway/igw-1",
            json!({
                "config": { "InternetGatewayId": "igw-1", "VpcIds": ["vpc-1"] }
            }),
        ),
        ec2(
            "RouteTable",
            "route-table/rtb-1",
            json!({
                "config": {
                    "RouteTableId": "rtb-1", "VpcId": "vpc-1",
                    "Routes": [
                        { "DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active" },
                        { "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active" },
                        { "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active" },
                        { "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active" },
                        { "DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": "pcx-1", "State": "blackhole" },
                        { "DestinationCidrBlock": "10.3.0.0/16", "NatGatewayId": "nat-1", "State": "active" },
                        { "DestinationCidrBlock": "10.4.0.0/16", "TransitGatewayId": "tgw-1", "State": "active" },
                        { "DestinationCidrBlock": "10.5.0.0/16", "NetworkInterfaceId": "eni-1", "State": "active" }
                    ],
                    "Associations": [
                        { "Main": false, "GatewayId": "igw-1" },
                        { "Main": false, "SubnetId": "subnet-1" },
                        { "Main": true }
                    ]
                }
            }),
        ),
        ec2(
            "NetworkAcl",
            "network-acl/acl-1",
            json!({
                "config": {
                    "Id": "acl-1", "VpcId": "vpc-1", "SubnetIds": ["subnet-1"],
                    "Entries": [
                        { "RuleNumber": 100, "RuleAction": "allow", "Egress": false, "Protocol": "6",
                          "CidrBlock": "0.0.0.0/0", "PortRange": { "From": 22, "To": 22 } },
                        { "RuleNumber": 110, "RuleAction": "deny", "Egress": false, "Protocol": "58",
                          "Ipv6CidrBlock": "::/0", "Icmp": { "Code": -1, "Type": -1 } },
                        { "RuleNumber": 32767, "RuleAction": "deny", "Egress": true, "Protocol": "-1",
                          "CidrBlock": "0.0.0.0/0" }
                    ]
                },
                "observed": { "IsDefault": true }
            }),
        ),
        ec2(
            "VPCPeeringConnection",
            "vpc-peering-connection/pcx-1",
            json!({
                "config": {
                    "Id": "pcx-1", "VpcId": "vpc-1", "PeerVpcId": "vpc-9", "PeerOwnerId": MANAGEMENT,
                    "PeerRegion": "us-east-1"
                },
                "observed": {
                    "OwnerId": MEMBER, "Region": REGION, "Status": "active",
                    "CidrBlocks": ["10.0.0.0/16", "2001:db8::/56"], "PeerCidrBlocks": ["10.2.0.0/16"]
                }
            }),
        ),
        ec2(
            "VPCEndpoint",
            "vpc-endpoint/vpce-1",
            json!({
                "config": {
                    "Id": "vpce-1", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3",
                    "VpcEndpointType": "Interface", "PolicyDocument": policy(),
                    "RouteTableIds": ["rtb-1"], "SubnetIds": ["subnet-1"],
                    "SecurityGroupIds": ["sg-1"], "PrivateDnsEnabled": true
                },
                "observed": { "State": "available", "OwnerId": MEMBER }
            }),
        ),
        ec2(
            "VPCEndpointService",
            "vpc-endpoint-service/vpce-svc-1",
            json!({
                "config": {
                    "AcceptanceRequired": true,
                    "NetworkLoadBalancerArns": [format!(
                        "arn:aws:elasticloadbalancing:{REGION}:{MEMBER}:loadbalancer/net/nlb/1")],
                    "GatewayLoadBalancerArns": []
                },
                "observed": {
                    "ServiceId": "vpce-svc-1",
                    "ServiceName": format!("com.amazonaws.vpce.{REGION}.vpce-svc-1"),
                    "ServiceState": "Available", "AllowedPrincipals": ["*"]
                }
            }),
        ),
        ec2(
            "FlowLog",
            "vpc-flow-log/fl-1",
            json!({
                "config": {
                    "Id": "fl-1", "ResourceId": "vpc-1", "TrafficType": "ALL",
                    "LogDestinationType": "cloud-watch-logs",
                    "LogDestination": format!("arn:aws:logs:{REGION}:{MEMBER}:log-group:flow"),
                    "LogGroupName": "flow",
                    "DeliverLogsPermissionArn": format!("arn:aws:iam::{MEMBER}:role/flow")
                },
                "observed": {
                    "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "CreationTime": THEN
                }
            }),
        ),
        ec2(
            "NetworkInterface",
            "network-interface/eni-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Id": "eni-1", "SubnetId": "subnet-1", "GroupSet": ["sg-1"],
                    "PrivateIpAddress": "10.0.1.5", "InterfaceType": "interface",
                    "SourceDestCheck": true, "Description": NASTY
                },
                "observed": {
                    "VpcId": "vpc-1", "Status": "in-use", "InstanceId": "i-1",
                    "PublicIp": "203.0.113.7", "Ipv6Addresses": ["2001:db8::5"],
                    "RequesterId": "amazon-elb", "RequesterManaged": false
                }
            }),
        ),
        ec2(
            "EIP",
            "elastic-ip/eipalloc-1",
            json!({
                "tags": { "Name": NASTY },
                "config": { "AllocationId": "eipalloc-1", "PublicIp": "203.0.113.7", "InstanceId": "i-1" },
                "observed": { "AssociationId": "eipassoc-1", "NetworkInterfaceId": "eni-1" }
            }),
        ),
    ]
}

fn transit_gateways() -> Vec<Value> {
    let ec2 = |kind: &str, resource: &str, parts: Value| {
        of("ec2", &format!("EC2::{kind}"), resource, parts)
    };
    vec![
        ec2(
            "TransitGateway",
            "transit-gateway/tgw-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Id": "tgw-1", "AssociationDefaultRouteTableId": "tgw-rtb-1",
                    "PropagationDefaultRouteTableId": "tgw-rtb-1",
                    "DefaultRouteTableAssociation": "enable",
                    "DefaultRouteTablePropagation": "disable",
                    "SecurityGroupReferencingSupport": "enable"
                },
                "observed": { "OwnerId": MEMBER, "State": "available" }
            }),
        ),
        ec2(
            "TransitGatewayAttachment",
            "transit-gateway-attachment/tgw-attach-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Id": "tgw-attach-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1",
                    "SubnetIds": ["subnet-1", "subnet-2"],
                    "Options": { "SecurityGroupReferencingSupport": "disable" }
                },
                "observed": {
                    "State": "available", "ResourceOwnerId": MEMBER,
                    "TransitGatewayOwnerId": MEMBER, "AssociationRouteTableId": "tgw-rtb-1"
                }
            }),
        ),
        ec2(
            "TransitGatewayRouteTable",
            "transit-gateway-route-table/tgw-rtb-1",
            json!({
                "tags": { "Name": NASTY },
                "config": { "TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayId": "tgw-1" },
                "observed": {
                    "Routes": [
                        { "DestinationCidrBlock": "10.0.0.0/16", "Type": "propagated",
                          "State": "active", "TransitGatewayAttachmentId": "tgw-attach-1" },
                        { "DestinationCidrBlock": "10.9.0.0/16", "Type": "static",
                          "State": "blackhole" },
                        { "DestinationCidrBlock": "2001:db8::/56", "Type": "static",
                          "State": "active", "TransitGatewayAttachmentId": "tgw-attach-1" }
                    ],
                    "Associations": ["tgw-attach-1", "tgw-attach-2"]
                }
            }),
        ),
    ]
}

fn started() -> Vec<Value> {
    let shared = |kind: &str, resource: &str, parts: Value| {
        let arn = format!("arn:aws:ec2:{REGION}::{resource}");
        document(MEMBER, &format!("EC2::{kind}"), arn, REGION, parts)
    };
    let organizations = format!("arn:aws:organizations::{MANAGEMENT}");
    vec![
        shared(
            "Snapshot",
            "snapshot/snap-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "SnapshotId": "snap-1", "VolumeId": "vol-1", "VolumeSize": 100, "Encrypted": true,
                    "KmsKeyId": format!("arn:aws:kms:{REGION}:{MEMBER}:key/1"), "Description": NASTY,
                    "CreateVolumePermissions": [{ "UserId": MANAGEMENT }, { "Group": "all" }]
                },
                "observed": { "State": "completed", "StartTime": THEN, "StorageTier": "standard" }
            }),
        ),
        shared(
            "Snapshot",
            "snapshot/snap-2",
            json!({
                "config": { "SnapshotId": "snap-2" },
                "unknown": {
                    "config.CreateVolumePermissions": "UnauthorizedOperation: ec2:DescribeSnapshotAttribute"
                }
            }),
        ),
        shared(
            "Image",
            "image/ami-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "ImageId": "ami-1", "Name": NASTY, "Public": true, "SnapshotIds": ["snap-1"],
                    "LaunchPermissions": [
                        { "OrganizationalUnitArn": format!("{organizations}:ou/o-abcdefghij/ou-abcd-11111111") },
                        { "OrganizationArn": format!("{organizations}:organization/o-abcdefghij") },
                        { "UserId": MANAGEMENT },
                        { "Group": "all" }
                    ]
                },
                "observed": {
                    "State": "available", "CreationDate": THEN, "LastLaunchedTime": THEN
                }
            }),
        ),
        of(
            "ec2",
            "EC2::KeyPair",
            "key-pair/key",
            json!({
                "tags": { "Name": NASTY },
                "config": { "KeyName": "key", "KeyType": "ed25519" },
                "observed": { "KeyPairId": "key-1", "KeyFingerprint": "aa:bb", "CreateTime": THEN }
            }),
        ),
        of(
            "ec2",
            "EC2::LaunchTemplate",
            "launch-template/lt-1",
            json!({
                "config": {
                    "LaunchTemplateId": "lt-1", "LaunchTemplateName": "web",
                    "LaunchTemplateData": {
                        "ImageId": "ami-1", "InstanceType": "m7g.large", "KeyName": "key",
                        "IamInstanceProfile": { "Arn": format!("arn:aws:iam::{MEMBER}:instance-profile/audit") },
                        "SecurityGroupIds": ["sg-1"],
                        "MetadataOptions": {
                            "HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2
                        },
                        "NetworkInterfaces": [
                            { "AssociatePublicIpAddress": true, "Groups": ["sg-1", "sg-2"], "SubnetId": "subnet-1" }
                        ]
                    }
                },
                "observed": {
                    "DefaultVersionNumber": 3, "CreateTime": THEN,
                    "UserData": { "Size": 300, "Secrets": ["AWS access key", "private key"] }
                }
            }),
        ),
    ]
}

fn settings() -> Vec<Value> {
    let ec2 = |kind: &str, resource: &str, parts: Value| {
        of("ec2", &format!("EC2::{kind}"), resource, parts)
    };
    vec![
        ec2(
            "EbsEncryptionByDefault",
            "ebs-encryption-by-default",
            json!({
                "config": { "EbsEncryptionByDefault": true }
            }),
        ),
        ec2(
            "SnapshotBlockPublicAccess",
            "snapshot-block-public-access",
            json!({
                "config": { "State": "block-all-sharing" }
            }),
        ),
        ec2(
            "ImageBlockPublicAccess",
            "image-block-public-access",
            json!({
                "config": { "State": "block-new-sharing" }
            }),
        ),
        ec2(
            "VPCBlockPublicAccessOptions",
            "vpc-block-public-access-options",
            json!({
                "config": { "InternetGatewayBlockMode": "block-ingress" },
                "observed": { "State": "update-complete", "ManagedBy": "declarative-policy" }
            }),
        ),
        ec2(
            "InstanceMetadataDefaults",
            "instance-metadata-defaults",
            json!({
                "config": { "AccountLevel": {
                    "HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1
                }}
            }),
        ),
    ]
}

fn keys() -> Vec<Value> {
    let opened = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": NASTY, "Effect": "Allow", "Action": "kms:*", "Resource": "*",
          "Principal": { "AWS": format!("arn:aws:iam::{MEMBER}:root") } }
    ]});
    vec![
        of(
            "kms",
            "KMS::Key",
            "key/1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "KeyId": "1", "Description": NASTY, "Enabled": false, "KeyPolicy": opened,
                    "EnableKeyRotation": true, "RotationPeriodInDays": 365,
                    "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
                    "MultiRegion": false, "Origin": "AWS_KMS"
                },
                "observed": {
                    "KeyManager": "CUSTOMER", "KeyState": "PendingDeletion", "CreationDate": THEN,
                    "DeletionDate": "2026-12-02T03:04:05Z", "Aliases": ["alias/data", "alias/other"],
                    "Grants": [{
                        "GrantId": "grant-1", "Name": NASTY,
                        "GranteePrincipal": format!("arn:aws:iam::{MANAGEMENT}:root"),
                        "RetiringPrincipal": format!("arn:aws:iam::{MEMBER}:root"),
                        "IssuingAccount": format!("arn:aws:iam::{MEMBER}:root"),
                        "Operations": ["Decrypt", "Encrypt"],
                        "Constraints": {
                            "EncryptionContextSubset": { "a": NASTY },
                            "EncryptionContextEquals": { "b": "c" }
                        }
                    }]
                }
            }),
        ),
        of(
            "kms",
            "KMS::Key",
            "key/2",
            json!({
                "config": {
                    "KeyId": "2", "Enabled": true, "KeySpec": "SYMMETRIC_DEFAULT",
                    "KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": false, "Origin": "AWS_KMS"
                },
                "observed": {
                    "KeyManager": "AWS", "KeyState": "Enabled", "CreationDate": THEN,
                    "Aliases": ["alias/aws/ebs"]
                },
                "unknown": {
                    "config.KeyPolicy": "NotCollected: kms:GetKeyPolicy",
                    "config.EnableKeyRotation": "NotCollected: kms:GetKeyRotationStatus",
                    "config.RotationPeriodInDays": "NotCollected: kms:GetKeyRotationStatus",
                    "observed.Grants": "NotCollected: kms:ListGrants",
                    "tags": "NotCollected: kms:ListResourceTags"
                }
            }),
        ),
        of(
            "kms",
            "KMS::Key",
            "key/3",
            json!({
                "config": {
                    "KeyId": "3", "Enabled": true, "KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY",
                    "MultiRegion": true, "Origin": "EXTERNAL"
                },
                "observed": {
                    "KeyManager": "CUSTOMER", "KeyState": "Enabled", "CreationDate": THEN, "Aliases": []
                },
                "unknown": {
                    "config.KeyPolicy": "AccessDeniedException: kms:GetKeyPolicy",
                    "observed.Grants": "AccessDeniedException: kms:ListGrants"
                }
            }),
        ),
    ]
}

fn watched() -> Vec<Value> {
    let group = "log-group:/trail/main";
    vec![
        of(
            "logs",
            "Logs::LogGroup",
            group,
            json!({
                "config": {
                    "LogGroupName": "/trail/main", "RetentionInDays": 365,
                    "KmsKeyId": format!("arn:aws:kms:{REGION}:{MEMBER}:key/1"),
                    "LogGroupClass": "STANDARD"
                },
                "observed": { "CreationTime": THEN, "StoredBytes": 5_000_000_000_u64 }
            }),
        ),
        of(
            "logs",
            "Logs::MetricFilter",
            &format!("{group}:metric-filter:root"),
            json!({
                "config": {
                    "FilterName": "root", "LogGroupName": "/trail/main",
                    "FilterPattern": "{ $.userIdentity.type = \"Root\" }",
                    "MetricTransformations": [
                        { "MetricName": "Root", "MetricNamespace": "Security", "MetricValue": "1" }
                    ]
                },
                "observed": { "CreationTime": THEN }
            }),
        ),
        of(
            "logs",
            "Logs::SubscriptionFilter",
            &format!("{group}:subscription-filter:out"),
            json!({
                "config": {
                    "FilterName": "out", "LogGroupName": "/trail/main", "FilterPattern": "",
                    "DestinationArn": format!("arn:aws:logs:{REGION}:{MANAGEMENT}:destination:all"),
                    "RoleArn": format!("arn:aws:iam::{MEMBER}:role/out")
                },
                "observed": { "CreationTime": THEN }
            }),
        ),
        of(
            "logs",
            "Logs::ResourcePolicy",
            "resource-policy:open",
            json!({
                "config": { "PolicyName": "open", "PolicyDocument": policy() },
                "observed": { "LastUpdatedTime": THEN }
            }),
        ),
        of(
            "cloudwatch",
            "CloudWatch::Alarm",
            "alarm:root",
            json!({
                "config": {
                    "AlarmName": "root", "MetricName": "Root", "Namespace": "Security",
                    "ActionsEnabled": true,
                    "AlarmActions": [format!("arn:aws:sns:{REGION}:{MEMBER}:security")],
                    "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1,
                    "ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 1.5
                },
                "observed": { "StateValue": "OK" }
            }),
        ),
        of(
            "config",
            "Config::ConfigurationRecorder",
            "configuration-recorder/default/abc",
            json!({
                "config": {
                    "Name": "default", "RoleARN": format!("arn:aws:iam::{MEMBER}:role/config"),
                    "RecordingGroup": {
                        "AllSupported": false, "IncludeGlobalResourceTypes": true,
                        "ResourceTypes": ["AWS::EC2::Instance"],
                        "RecordingStrategy": { "UseOnly": "EXCLUSION_BY_RESOURCE_TYPES" },
                        "ExclusionByResourceTypes": { "ResourceTypes": ["AWS::S3::Bucket"] }
                    }
                },
                "observed": {
                    "Recording": true, "LastStatus": "Failure", "LastErrorCode": "403",
                    "LastStartTime": THEN
                }
            }),
        ),
        of(
            "config",
            "Config::DeliveryChannel",
            "delivery-channel/default",
            json!({
                "config": {
                    "Name": "default", "S3BucketName": "config-bucket",
                    "S3KmsKeyArn": format!("arn:aws:kms:{REGION}:{MEMBER}:key/1"),
                    "SnsTopicARN": format!("arn:aws:sns:{REGION}:{MEMBER}:config")
                },
                "observed": {
                    "ConfigHistoryDeliveryStatus": "Failure",
                    "ConfigHistoryDeliveryErrorCode": "AccessDenied",
                    "ConfigHistoryLastSuccessfulTime": THEN
                }
            }),
        ),
        of(
            "access-analyzer",
            "AccessAnalyzer::Analyzer",
            "analyzer/outside",
            json!({
                "tags": { "Name": NASTY },
                "config": { "AnalyzerName": "outside", "Type": "ACCOUNT" },
                "observed": {
                    "Status": "ACTIVE", "CreatedAt": THEN, "LastResourceAnalyzedAt": THEN
                }
            }),
        ),
        of(
            "lambda",
            "Lambda::Function",
            "function:orders",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "FunctionName": "orders", "Runtime": "python3.13", "PackageType": "Zip",
                    "Role": format!("arn:aws:iam::{MEMBER}:role/orders"),
                    "Layers": [format!("arn:aws:lambda:{REGION}:{MEMBER}:layer:tracer:3")],
                    "KmsKeyArn": format!("arn:aws:kms:{REGION}:{MEMBER}:key/1"),
                    "VpcConfig": { "SecurityGroupIds": ["sg-1"], "SubnetIds": ["subnet-1", "subnet-2"] },
                    "PolicyDocument": policy()
                },
                "observed": { "LastModified": THEN, "VariableNames": ["DB_PASSWORD", "STAGE"] }
            }),
        ),
        of(
            "lambda",
            "Lambda::Url",
            "function:orders:url",
            json!({
                "config": {
                    "TargetFunctionArn": format!("arn:aws:lambda:{REGION}:{MEMBER}:function:orders"),
                    "AuthType": "NONE", "InvokeMode": "BUFFERED"
                },
                "observed": {
                    "FunctionUrl": "https://abc.lambda-url.eu-west-1.on.aws/", "CreationTime": THEN
                }
            }),
        ),
    ]
}
