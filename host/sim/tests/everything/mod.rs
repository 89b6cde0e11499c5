//! An organization of two accounts that has every property of every type at least once.

mod compute;
mod data;
mod identity;
mod identity_center;
mod regional;
mod shared;
mod storage;
mod traffic;

use blastwall_model::{Access, AccountId, Coverage, Gap, GapKind};
use serde_json::{Value, json};

const MANAGEMENT: &str = "111122223333";
const MEMBER: &str = "444455556666";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
/// Text that has to be escaped in XML, in JSON and in addresses.
const NASTY: &str = "<a> & \"b\" 'c' é %20+,;";

/// The documents of the organization itself.
pub fn organization() -> Vec<Value> {
    let document = |kind: &str, resource: &str, config: Value, observed: Value| {
        let mut document = json!({
            "type": format!("AWS::Organizations::{kind}"), "account": MANAGEMENT, "region": "global",
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:{resource}"), "config": config
        });
        if !observed.is_null() {
            document["observed"] = observed;
        }
        document
    };
    let unit = |id: &str, name: &str, parent: &str| {
        let config = json!({ "Id": id, "Name": name, "ParentId": parent });
        let mut unit = document(
            "OrganizationalUnit",
            &format!("ou/o-abcdefghij/{id}"),
            config,
            Value::Null,
        );
        unit["tags"] = json!({ "purpose": NASTY });
        unit
    };
    let account = |id: &str, name: &str, parent: &str, method: &str| {
        let config = json!({
            "AccountId": id, "AccountName": name, "Email": format!("{name}@example.com"),
            "ParentIds": [parent]
        });
        let observed = json!({
            "Status": "ACTIVE", "JoinedMethod": method, "JoinedTimestamp": "2020-01-02T03:04:05Z"
        });
        document(
            "Account",
            &format!("account/o-abcdefghij/{id}"),
            config,
            observed,
        )
    };
    let policy = |kind: &str, path: &str, id: &str, content: Value, targets: Value, aws: bool| {
        let mut policy = document(
            "Policy",
            &format!("policy/o-abcdefghij/{path}/{id}"),
            json!({ "Id": id, "Name": id, "Type": kind, "Content": content, "TargetIds": targets }),
            json!({ "AwsManaged": aws }),
        );
        if aws {
            policy["arn"] = json!(format!("arn:aws:organizations::aws:policy/{path}/{id}"));
        }
        policy
    };
    let everywhere = json!([
        MANAGEMENT,
        MEMBER,
        "ou-abcd-11111111",
        "ou-abcd-22222222",
        "r-abcd"
    ]);
    let full = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" }
    ]});
    let full_resources = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }
    ]});
    let fence = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "Fence", "Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*",
          "Condition": { "StringNotLike": { "aws:PrincipalTag/what": NASTY } } }
    ]});
    let mut tagged = account(MEMBER, "member", "ou-abcd-22222222", "INVITED");
    tagged["tags"] = json!({ "environment": "prod", "note": NASTY });
    vec![
        document(
            "Organization",
            "organization/o-abcdefghij",
            json!({
                "Id": "o-abcdefghij", "RootId": "r-abcd", "FeatureSet": "ALL",
                "ManagementAccountId": MANAGEMENT, "ManagementAccountEmail": "management@example.com"
            }),
            json!({
                "EnabledPolicyTypes": ["DECLARATIVE_POLICY_EC2", "RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY"],
                "EnabledServicePrincipals": ["cloudtrail.amazonaws.com", "iam.amazonaws.com"],
                "EnabledFeatures": ["RootCredentialsManagement", "RootSessions"]
            }),
        ),
        unit("ou-abcd-11111111", "Workloads", "r-abcd"),
        unit("ou-abcd-22222222", "Prod & more", "ou-abcd-11111111"),
        account(MANAGEMENT, "management", "r-abcd", "CREATED"),
        tagged,
        policy(
            "SERVICE_CONTROL_POLICY",
            "service_control_policy",
            "p-FullAWSAccess",
            full,
            everywhere.clone(),
            true,
        ),
        policy(
            "SERVICE_CONTROL_POLICY",
            "service_control_policy",
            "p-fencefence",
            fence,
            json!(["ou-abcd-11111111"]),
            false,
        ),
        policy(
            "RESOURCE_CONTROL_POLICY",
            "resource_control_policy",
            "p-RCPFullAWSAccess",
            full_resources,
            everywhere,
            true,
        ),
        policy(
            "DECLARATIVE_POLICY_EC2",
            "declarative_policy_ec2",
            "p-declared",
            json!({ "ec2_attributes": { "snapshot_block_public_access": {
                "state": { "@@assign": "block_new_sharing" }
            }}}),
            json!(["ou-abcd-22222222"]),
            false,
        ),
        document(
            "DelegatedAdministrator",
            &format!("delegated-administrator/{MEMBER}"),
            json!({
                "AccountId": MEMBER,
                "ServicePrincipals": ["config.amazonaws.com", "guardduty.amazonaws.com"]
            }),
            json!({ "DelegationEnabledDate": "2025-01-02T03:04:05Z" }),
        ),
        resource_policy(document(
            "ResourcePolicy",
            "resourcepolicy/o-abcdefghij/rp-abcdefgh",
            json!({ "Id": "rp-abcdefgh", "Content": { "Version": "2012-10-17", "Statement": [
                { "Sid": "Delegate", "Effect": "Allow", "Action": "organizations:Describe*",
                  "Resource": "*", "Principal": { "AWS": format!("arn:aws:iam::{MEMBER}:root") } }
            ]}}),
            Value::Null,
        )),
    ]
}

fn resource_policy(mut document: Value) -> Value {
    document["unknown"] = json!({ "tags": "NotCollected: organizations:ListTagsForResource" });
    document
}

/// A document of an account.
fn document(account: &str, kind: &str, arn: String, region: &str, parts: Value) -> Value {
    let mut document = json!({
        "type": format!("AWS::{kind}"), "arn": arn, "account": account, "region": region
    });
    for (name, part) in parts.as_object().unwrap() {
        document[name] = part.clone();
    }
    document
}

fn iam(account: &str, kind: &str, resource: &str, parts: Value) -> Value {
    let arn = format!("arn:aws:iam::{account}:{resource}");
    document(account, &format!("IAM::{kind}"), arn, "global", parts)
}

fn policy_of(action: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "One", "Effect": "Allow", "Action": action, "Resource": "*",
          "Condition": { "StringNotEquals": { "aws:PrincipalTag/nasty": NASTY } } }
    ]})
}

/// What every account has whatever else is in it.
fn basics(account: &str, attached: u32) -> Vec<Value> {
    let region = |name: &str, status: &str| {
        let arn = format!("arn:aws:ec2:{name}:{account}:region/{name}");
        document(
            account,
            "EC2::Region",
            arn,
            name,
            json!({
                "config": { "RegionName": name }, "observed": { "OptInStatus": status }
            }),
        )
    };
    vec![
        region("us-east-1", "opt-in-not-required"),
        region("eu-west-1", "opt-in-not-required"),
        region("eu-south-1", "opted-in"),
        document(
            account,
            "IAM::ManagedPolicy",
            ADMINISTRATOR.to_owned(),
            "global",
            json!({
                "config": {
                    "ManagedPolicyName": "AdministratorAccess", "Path": "/",
                    "PolicyDocument": { "Version": "2012-10-17", "Statement": [
                        { "Effect": "Allow", "Action": "*", "Resource": "*" }
                    ]}
                },
                "observed": {
                    "PolicyId": "ANPAIWMBCKSKIEE64ZLYK", "DefaultVersionId": "v1",
                    "AttachmentCount": attached, "PermissionsBoundaryUsageCount": 0
                }
            }),
        ),
    ]
}

fn summary(root_key: i64) -> Value {
    json!({ "observed": { "SummaryMap": {
        "Users": 2, "Groups": 1, "Roles": 2, "Policies": 1, "UsersQuota": 5000,
        "AccountMFAEnabled": 1, "AccountAccessKeysPresent": root_key,
        "AccountSigningCertificatesPresent": 0, "AccountPasswordPresent": 1,
        "MFADevicesInUse": if root_key == 1 { 1 } else { 3 }
    }}})
}

fn root(has_key: bool) -> Value {
    let mut root = json!({ "observed": {
        "AccountMFAEnabled": true, "AccountAccessKeysPresent": has_key,
        "AccountSigningCertificatesPresent": false, "AccountPasswordPresent": true,
        "PasswordLastUsed": "2026-01-02T03:04:05Z", "VirtualMFADevice": has_key
    }});
    if has_key {
        root["observed"]["AccessKeyLastUsed"] = json!("2026-02-03T04:05:06Z");
    }
    root
}

/// The accounts with their documents.
pub fn accounts() -> Vec<(AccountId, Vec<Value>)> {
    vec![
        (MANAGEMENT.parse().unwrap(), management()),
        (MEMBER.parse().unwrap(), member()),
    ]
}

fn management() -> Vec<Value> {
    let mut documents = basics(MANAGEMENT, 1);
    documents.extend(identity::management());
    documents.extend(identity_center::management());
    documents.push(storage::contacts(MANAGEMENT, json!([])));
    documents.extend([
        iam(MANAGEMENT, "User", "user/division/auditor", json!({
            "tags": { "team": NASTY },
            "config": {
                "UserName": "auditor", "Path": "/division/", "Groups": ["watchers"],
                "ManagedPolicyArns": [ADMINISTRATOR],
                "Policies": [{ "PolicyName": "inline", "PolicyDocument": policy_of("s3:*") }],
                "PermissionsBoundary": format!("arn:aws:iam::{MANAGEMENT}:policy/edge")
            },
            "observed": {
                "UserId": "AIDA00000000000000001", "CreateDate": "2024-01-02T03:04:05Z",
                "PasswordEnabled": true, "PasswordLastUsed": "2026-02-03T04:05:06Z",
                "PasswordLastChanged": "2025-02-03T04:05:06Z", "MFAActive": true,
                "AccessKeys": [
                    { "AccessKeyId": "AKIA0000000000000001", "Status": "Active",
                      "CreateDate": "2024-02-03T04:05:06Z", "LastUsedDate": "2026-03-04T05:06:07Z",
                      "LastUsedService": "s3", "LastUsedRegion": "eu-west-1" },
                    { "AccessKeyId": "AKIA0000000000000002", "Status": "Inactive",
                      "CreateDate": "2024-03-04T05:06:07Z" }
                ],
                "MFADevices": [
                    { "SerialNumber": format!("arn:aws:iam::{MANAGEMENT}:mfa/auditor"),
                      "EnableDate": "2024-01-02T03:04:05Z", "Kind": "virtual" },
                    { "SerialNumber": format!("arn:aws:iam::{MANAGEMENT}:u2f/user/auditor/key"),
                      "EnableDate": "2024-01-02T03:04:05Z", "Kind": "security-key" }
                ]
            }
        })),
        iam(MANAGEMENT, "User", "user/plain,name", json!({
            "config": {
                "UserName": "plain,name", "Path": "/", "Groups": [], "ManagedPolicyArns": [], "Policies": []
            },
            "observed": {
                "UserId": "AIDA00000000000000002", "CreateDate": "2024-01-02T03:04:05Z",
                "PasswordEnabled": false, "MFAActive": false, "AccessKeys": [], "MFADevices": []
            }
        })),
        iam(MANAGEMENT, "Group", "group/watchers", json!({
            "config": {
                "GroupName": "watchers", "Path": "/",
                "ManagedPolicyArns": [format!("arn:aws:iam::{MANAGEMENT}:policy/edge")],
                "Policies": [{ "PolicyName": "inline", "PolicyDocument": policy_of("ec2:*") }]
            },
            "observed": { "GroupId": "AGPA00000000000000001", "CreateDate": "2024-01-02T03:04:05Z" }
        })),
        iam(MANAGEMENT, "ManagedPolicy", "policy/edge", json!({
            "config": {
                "ManagedPolicyName": "edge", "Path": "/",
                "PolicyDocument": { "Version": "2012-10-17", "Statement": [
                    { "Effect": "Allow", "Action": "*", "Resource": "*" }
                ]}
            },
            "observed": {
                "PolicyId": "ANPA00000000000000001", "DefaultVersionId": "v7",
                "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 1
            },
            "unknown": { "tags": "NotCollected: iam:ListPolicyTags" }
        })),
        iam(MANAGEMENT, "RootUser", "root", root(false)),
        iam(MANAGEMENT, "AccountSummary", "account-summary", summary(0)),
        iam(MANAGEMENT, "AccountPasswordPolicy", "account-password-policy", json!({ "config": {
            "PolicyPresent": true, "MinimumPasswordLength": 14, "RequireSymbols": true,
            "RequireNumbers": false, "RequireUppercaseCharacters": true,
            "RequireLowercaseCharacters": false, "AllowUsersToChangePassword": true,
            "MaxPasswordAge": 90, "PasswordReusePrevention": 24, "HardExpiry": false
        }})),
        document(MANAGEMENT, "S3::AccountPublicAccessBlock",
            format!("arn:aws:s3::{MANAGEMENT}:public-access-block"), "global",
            json!({ "config": { "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "BlockPublicPolicy": false,
                "IgnorePublicAcls": true, "RestrictPublicBuckets": false
            }}})),
        trail(MANAGEMENT, "eu-west-1", MANAGEMENT, "organization", json!({ "AdvancedEventSelectors": [
            { "Name": NASTY, "FieldSelectors": [
                { "Field": "eventCategory", "Equals": ["Management"], "NotEquals": ["Data"] },
                { "Field": "eventSource", "StartsWith": ["a"], "NotStartsWith": ["b"],
                  "EndsWith": ["c"], "NotEndsWith": ["d"] }
            ]}
        ]})),
    ]);
    documents
}

fn trail(account: &str, home: &str, owner: &str, name: &str, selectors: Value) -> Value {
    let is_organization = name == "organization";
    let arn = format!("arn:aws:cloudtrail:{home}:{owner}:trail/{name}");
    let mut trail = document(
        account,
        "CloudTrail::Trail",
        arn,
        home,
        json!({
            "tags": { "kept": NASTY },
            "config": {
                "TrailName": name, "S3BucketName": "trail-bucket", "IsLogging": true,
                "IsMultiRegionTrail": is_organization, "IsOrganizationTrail": is_organization,
                "IncludeGlobalServiceEvents": true, "EnableLogFileValidation": true,
                "KMSKeyId": format!("arn:aws:kms:{home}:{owner}:key/1"),
                "CloudWatchLogsLogGroupArn": format!("arn:aws:logs:{home}:{owner}:log-group:trail:*")
            },
            "observed": {
                "HomeRegion": home, "LatestDeliveryTime": "2026-03-04T05:06:07Z",
                "LatestDeliveryError": "AccessDenied"
            }
        }),
    );
    for (name, value) in selectors.as_object().unwrap() {
        trail["config"][name] = value.clone();
    }
    trail
}

fn member() -> Vec<Value> {
    let mut documents = basics(MEMBER, 2);
    documents.extend(identities());
    documents.extend(identity::member());
    documents.extend(storage::member());
    documents.extend(buckets());
    documents.extend(network());
    documents.extend(regional::documents());
    documents.extend(data::documents());
    documents.extend(compute::documents());
    documents.extend(traffic::documents());
    documents.extend(shared::documents());
    documents.push(trail(
        MEMBER,
        "eu-west-1",
        MANAGEMENT,
        "organization",
        json!({}),
    ));
    documents.push(trail(
        MEMBER,
        "eu-south-1",
        MEMBER,
        "local",
        json!({ "EventSelectors": [
            { "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true,
              "ExcludeManagementEventSources": ["kms.amazonaws.com"],
              "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }] }
        ], "InsightSelectors": [{ "InsightType": "ApiCallRateInsight" }] }),
    ));
    documents
}

fn identities() -> Vec<Value> {
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "sts:AssumeRole",
          "Principal": { "AWS": format!("arn:aws:iam::{MANAGEMENT}:user/division/auditor") },
          "Condition": { "StringEquals": { "sts:ExternalId": "open sesame" } } }
    ]});
    vec![
        iam(
            MEMBER,
            "Role",
            "role/service/audit",
            json!({
                "tags": { "team": NASTY },
                "config": {
                    "RoleName": "audit", "Path": "/service/", "AssumeRolePolicyDocument": trust,
                    "ManagedPolicyArns": [ADMINISTRATOR],
                    "Policies": [{ "PolicyName": "inline", "PolicyDocument": policy_of("sts:*") }]
                },
                "observed": {
                    "RoleId": "AROA00000000000000001", "CreateDate": "2024-01-02T03:04:05Z",
                    "RoleLastUsed": { "LastUsedDate": "2026-03-04T05:06:07Z", "Region": "eu-west-1" },
                    "InstanceProfiles": [format!("arn:aws:iam::{MEMBER}:instance-profile/audit")]
                }
            }),
        ),
        iam(
            MEMBER,
            "Role",
            "role/strange",
            json!({
                "config": {
                    "RoleName": "strange", "Path": "/", "AssumeRolePolicyDocument": "{ not JSON",
                    "ManagedPolicyArns": [ADMINISTRATOR], "Policies": [],
                    "PermissionsBoundary": format!("arn:aws:iam::{MEMBER}:policy/edge")
                },
                "observed": {
                    "RoleId": "AROA00000000000000002", "CreateDate": "2024-01-02T03:04:05Z",
                    "InstanceProfiles": []
                }
            }),
        ),
        iam(MEMBER, "RootUser", "root", root(true)),
        iam(MEMBER, "AccountSummary", "account-summary", summary(1)),
        iam(
            MEMBER,
            "AccountPasswordPolicy",
            "account-password-policy",
            json!({ "config": { "PolicyPresent": false } }),
        ),
        document(
            MEMBER,
            "S3::AccountPublicAccessBlock",
            format!("arn:aws:s3::{MEMBER}:public-access-block"),
            "global",
            json!({}),
        ),
    ]
}

fn buckets() -> Vec<Value> {
    let bucket = |name: &str, region: &str, parts: Value| {
        let mut bucket = document(
            MEMBER,
            "S3::Bucket",
            format!("arn:aws:s3:::{name}"),
            region,
            parts,
        );
        bucket["config"]["BucketName"] = json!(name);
        bucket["observed"]["CreationDate"] = json!("2024-01-02T03:04:05Z");
        bucket
    };
    let owner = json!({ "Type": "CanonicalUser", "ID": "0123abcd" });
    let everyone =
        json!({ "Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers" });
    vec![
        bucket(
            "rich.bucket",
            "eu-west-1",
            json!({
                "tags": { "data": NASTY },
                "config": {
                    "PolicyDocument": { "Version": "2012-10-17", "Statement": [
                        { "Sid": NASTY, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
                          "Resource": "arn:aws:s3:::rich.bucket/*",
                          "Condition": { "Bool": { "aws:SecureTransport": "false" } } }
                    ]},
                    "PublicAccessBlockConfiguration": {
                        "BlockPublicAcls": false, "BlockPublicPolicy": true,
                        "IgnorePublicAcls": false, "RestrictPublicBuckets": true
                    },
                    "BucketEncryption": { "ServerSideEncryptionConfiguration": [{
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": format!("arn:aws:kms:eu-west-1:{MEMBER}:key/1")
                        },
                        "BucketKeyEnabled": true
                    }]},
                    "VersioningConfiguration": { "Status": "Enabled" },
                    "LoggingConfiguration": {
                        "DestinationBucketName": "bare-bucket", "LogFilePrefix": NASTY
                    },
                    "OwnershipControls": { "Rules": [{ "ObjectOwnership": "BucketOwnerPreferred" }] },
                    "ObjectLockConfiguration": {
                        "ObjectLockEnabled": "Enabled",
                        "Rule": { "DefaultRetention": { "Mode": "COMPLIANCE", "Days": 30 } }
                    },
                    "ReplicationConfiguration": {
                        "Role": format!("arn:aws:iam::{MEMBER}:role/service/audit"),
                        "Rules": [{ "Id": NASTY, "Status": "Enabled", "Destination": {
                            "Bucket": "arn:aws:s3:::bare-bucket", "Account": MANAGEMENT
                        }}]
                    }
                },
                "observed": { "OwnerId": "0123abcd", "MFADelete": "Disabled", "PolicyIsPublic": false, "Grants": [
                    { "Grantee": owner, "Permission": "FULL_CONTROL" },
                    { "Grantee": everyone, "Permission": "READ_ACP" }
                ]}
            }),
        ),
        bucket(
            "bare-bucket",
            "us-east-1",
            json!({
                "observed": { "OwnerId": "0123abcd", "Grants": [] }
            }),
        ),
        bucket(
            "hidden-bucket",
            "eu-south-1",
            json!({
                "observed": {},
                "unknown": {
                    "config.PolicyDocument": "AccessDenied: s3:GetBucketPolicy",
                    "config.BucketEncryption": "AccessDenied: s3:GetEncryptionConfiguration",
                    "config.PublicAccessBlockConfiguration": "AccessDenied: s3:GetBucketPublicAccessBlock",
                    "observed.Grants": "AccessDenied: s3:GetBucketAcl",
                    "observed.OwnerId": "AccessDenied: s3:GetBucketAcl",
                    "config.VersioningConfiguration": "AccessDenied: s3:GetBucketVersioning",
                    "observed.MFADelete": "AccessDenied: s3:GetBucketVersioning",
                    "config.LoggingConfiguration": "AccessDenied: s3:GetBucketLogging",
                    "config.OwnershipControls": "AccessDenied: s3:GetBucketOwnershipControls",
                    "config.ObjectLockConfiguration": "AccessDenied: s3:GetBucketObjectLockConfiguration",
                    "config.ReplicationConfiguration": "AccessDenied: s3:GetReplicationConfiguration",
                    "observed.PolicyIsPublic": "AccessDenied: s3:GetBucketPolicy",
                    "tags": "AccessDenied: s3:GetBucketTagging"
                }
            }),
        ),
    ]
}

fn network() -> Vec<Value> {
    let ec2 = |kind: &str, resource: &str, parts: Value| {
        let arn = format!("arn:aws:ec2:eu-west-1:{MEMBER}:{resource}");
        document(MEMBER, &format!("EC2::{kind}"), arn, "eu-west-1", parts)
    };
    vec![
        ec2(
            "SecurityGroup",
            "security-group/sg-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "GroupId": "sg-1", "GroupName": "web", "GroupDescription": NASTY, "VpcId": "vpc-1",
                    "SecurityGroupIngress": [
                        { "IpProtocol": "-1", "SourceSecurityGroupId": "sg-2", "SourceSecurityGroupOwnerId": MANAGEMENT },
                        { "IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "10.0.0.0/8" },
                        { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourcePrefixListId": "pl-1" },
                        { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0" },
                        { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": NASTY }
                    ],
                    "SecurityGroupEgress": [
                        { "IpProtocol": "-1", "DestinationSecurityGroupId": "sg-1" },
                        { "IpProtocol": "-1", "DestinationPrefixListId": "pl-2" },
                        { "IpProtocol": "-1", "CidrIp": "0.0.0.0/0" }
                    ]
                }
            }),
        ),
        ec2(
            "Instance",
            "instance/i-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "InstanceId": "i-1", "ImageId": "ami-1", "InstanceType": "m7g.large", "VpcId": "vpc-1",
                    "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1", "sg-2"],
                    "IamInstanceProfile": format!("arn:aws:iam::{MEMBER}:instance-profile/audit"),
                    "KeyName": "key", "AvailabilityZone": "eu-west-1a", "MetadataOptions": {
                        "HttpTokens": "required", "HttpEndpoint": "enabled",
                        "HttpPutResponseHopLimit": 2
                    }
                },
                "observed": {
                    "State": "running", "PublicIpAddress": "203.0.113.7", "LaunchTime": "2026-01-02T03:04:05Z",
                    "PrivateIpAddress": "10.0.1.5", "Ipv6Addresses": ["2001:db8::5"],
                    "StateTransitionReason": "User initiated (2026-01-02 03:04:05 GMT)",
                    "UserData": { "Size": 300, "Secrets": ["AWS access key"] }
                }
            }),
        ),
        ec2(
            "Volume",
            "volume/vol-1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "VolumeId": "vol-1", "Size": 100, "VolumeType": "gp3", "AvailabilityZone": "eu-west-1a",
                    "Encrypted": true, "KmsKeyId": format!("arn:aws:kms:eu-west-1:{MEMBER}:key/1"),
                    "SnapshotId": "snap-1"
                },
                "observed": {
                    "State": "in-use", "CreateTime": "2026-01-02T03:04:05Z",
                    "Attachments": [{ "InstanceId": "i-1", "Device": "/dev/xvda", "State": "attached" }]
                }
            }),
        ),
    ]
}

/// What could not be seen of an account: in the member, the volumes of one region.
pub fn coverage(account: &AccountId) -> Coverage {
    let gap = Gap {
        types: vec!["AWS::EC2::Volume".to_owned()],
        action: "ec2:DescribeVolumes".to_owned(),
        region: "us-east-1".to_owned(),
        resource: None,
        kind: GapKind::Denied,
        answer: "UnauthorizedOperation: You are not authorized to perform this operation."
            .to_owned(),
    };
    Coverage {
        account: account.clone(),
        access: Access::Entered { role: None },
        regions: Vec::new(),
        services: Default::default(),
        gaps: if account.as_str() == MEMBER {
            vec![gap]
        } else {
            Vec::new()
        },
    }
}
