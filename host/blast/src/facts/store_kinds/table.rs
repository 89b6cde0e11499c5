//! What is there to hold data.

use super::{
    BACKUP_VAULT, BUCKET, CREATE_GRANT, Copying, KEY, LOG_GROUP, StoreKind, Way, copying, sharing,
    store, way, way_if,
};

const TABLE_WAYS: &[Way] = &[
    way(&["dynamodb:Scan"]),
    way(&["dynamodb:PartiQLSelect"]),
    way_if(&["dynamodb:Query"], ITEM_KEYS),
    way_if(&["dynamodb:GetItem"], ITEM_KEYS),
    way_if(&["dynamodb:BatchGetItem"], ITEM_KEYS),
];

const RESTORED: &str = "the attacker reaches the restored database over the network";

const ITEM_KEYS: &str = "the caller knows the keys of items";

/// The link by which those have the data who copy it.
const COPIED: &str = "snapshot-grab";

pub(super) const KINDS: &[StoreKind] = &[
    StoreKind {
        push: &["s3:PutObject"],
        rewrites: &["s3:PutBucketPolicy"],
        suffix: "/any-object",
        keys: &[
            "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
        ],
        via: "s3",
        context: "kms:EncryptionContext:aws:s3:arn",
        ..store(
            BUCKET,
            "s3-policy",
            &[
                way(&["s3:GetObject"]),
                way_if(
                    &["s3:GetObjectVersion"],
                    "the caller knows the id of a version",
                ),
            ],
            "/PolicyDocument",
        )
    },
    StoreKind {
        rewrites: &["kms:PutKeyPolicy", CREATE_GRANT],
        ..store(KEY, "kms-policy", &[way(&["kms:Decrypt"])], "/KeyPolicy")
    },
    StoreKind {
        rewrites: &["secretsmanager:PutResourcePolicy"],
        keys: &["/KmsKeyId"],
        via: "secretsmanager",
        context: "kms:EncryptionContext:SecretARN",
        ..store(
            "AWS::SecretsManager::Secret",
            "secret-policy",
            &[way(&["secretsmanager:GetSecretValue"])],
            "/ResourcePolicy",
        )
    },
    StoreKind {
        rewrites: &["sqs:SetQueueAttributes", "sqs:AddPermission"],
        keys: &["/KmsMasterKeyId"],
        via: "sqs",
        context: "kms:EncryptionContext:aws:sqs:arn",
        ..store(
            "AWS::SQS::Queue",
            "queue-topic",
            &[way(&["sqs:ReceiveMessage"])],
            "/PolicyDocument",
        )
    },
    StoreKind {
        rewrites: &["sns:SetTopicAttributes", "sns:AddPermission"],
        ..store(
            "AWS::SNS::Topic",
            "queue-topic",
            // Subscribers need no key: the service decrypts as itself for delivery. Source: SNS Developer
            // Guide, "Managing Amazon SNS encryption keys and costs".
            &[way(&["sns:Subscribe"])],
            "/PolicyDocument",
        )
    },
    StoreKind {
        rewrites: &["events:PutPermission"],
        ..store(
            "AWS::Events::EventBus",
            "eventbridge",
            &[way(&["events:PutEvents"])],
            "/Policy",
        )
    },
    StoreKind {
        push: &[
            "ecr:PutImage",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
        ],
        rewrites: &["ecr:SetRepositoryPolicy"],
        ..store(
            "AWS::ECR::Repository",
            "ecr-pull",
            // The manifest alone is no image.
            &[way(&["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])],
            "/RepositoryPolicyText",
        )
    },
    // What nobody reads data from and others build on: see the link for who changes it.
    StoreKind {
        push: &["codecommit:GitPush"],
        ..store(
            "AWS::CodeCommit::Repository",
            "data-store-policy",
            &[way(&["codecommit:GitPull"])],
            "",
        )
    },
    store("AWS::ImageBuilder::Component", "image-recipe", &[], ""),
    store("AWS::SSM::Document", "ssm-share", &[], ""),
    store(
        "AWS::ServiceCatalog::CloudFormationProduct",
        "service-catalog",
        &[],
        "",
    ),
    StoreKind {
        further: &["codeartifact:GetAuthorizationToken"],
        ..store(
            "AWS::CodeArtifact::Domain",
            "codeartifact",
            &[],
            "/PermissionsPolicyDocument",
        )
    },
    StoreKind {
        push: &["codeartifact:PublishPackageVersion"],
        rewrites: &["codeartifact:PutRepositoryPermissionsPolicy"],
        ..store(
            "AWS::CodeArtifact::Repository",
            "data-store-policy",
            &[way_if(
                &["codeartifact:ReadFromRepository"],
                "the caller has a token of the domain",
            )],
            "/PermissionsPolicyDocument",
        )
    },
    store(
        "AWS::DirectoryService::MicrosoftAD",
        "directory-share",
        &[],
        "",
    ),
    store(
        "AWS::DirectoryService::SimpleAD",
        "directory-share",
        &[],
        "",
    ),
    store("AWS::Route53::HostedZone", "shared-dns", &[], ""),
    store("AWS::Route53Resolver::ResolverRule", "shared-dns", &[], ""),
    StoreKind {
        rewrites: &["ec2:ModifyImageAttribute"],
        via: "ec2",
        ownerless: true,
        shares: "/LaunchPermissions",
        ..store(
            "AWS::EC2::Image",
            "snapshot-share",
            &[way(&["ec2:RunInstances"])],
            "",
        )
    },
    StoreKind {
        rewrites: &["dynamodb:PutResourcePolicy"],
        keys: &["/SSESpecification/KMSMasterKeyId"],
        via: "dynamodb",
        ..store(
            "AWS::DynamoDB::Table",
            "data-store-policy",
            TABLE_WAYS,
            "/ResourcePolicy/PolicyDocument",
        )
    },
    // The same in several regions; what is told of the first stands for all.
    StoreKind {
        rewrites: &["dynamodb:PutResourcePolicy"],
        keys: &["/Replicas/0/SSESpecification/KMSMasterKeyId"],
        via: "dynamodb",
        ..store(
            "AWS::DynamoDB::GlobalTable",
            "data-store-policy",
            TABLE_WAYS,
            "/Replicas/0/ResourcePolicy/PolicyDocument",
        )
    },
    StoreKind {
        rewrites: &["kinesis:PutResourcePolicy"],
        keys: &["/StreamEncryption/KeyId"],
        via: "kinesis",
        context: "kms:EncryptionContext:aws:kinesis:arn",
        ..store(
            "AWS::Kinesis::Stream",
            "data-store-policy",
            &[
                way(&["kinesis:GetRecords", "kinesis:GetShardIterator"]),
                Way {
                    suffix: Some("/consumer/any-consumer:1"),
                    ..way_if(
                        &["kinesis:SubscribeToShard"],
                        "the stream has a consumer with enhanced fan-out",
                    )
                },
            ],
            "",
        )
    },
    // File systems and domains decrypt by grants that were made with them, so that readers need no key. Sources:
    // Amazon EFS User Guide, "Encrypting data at rest"; OpenSearch Service Developer Guide, "Encryption of data
    // at rest".
    StoreKind {
        rewrites: &["elasticfilesystem:PutFileSystemPolicy"],
        ..store(
            "AWS::EFS::FileSystem",
            "data-store-policy",
            &[way(&["elasticfilesystem:ClientMount"])],
            "/FileSystemPolicy",
        )
    },
    StoreKind {
        rewrites: &["es:UpdateDomainConfig"],
        suffix: "/any-index",
        ..store(
            "AWS::OpenSearchService::Domain",
            "data-store-policy",
            &[way(&["es:ESHttpGet"]), way(&["es:ESHttpPost"])],
            "/AccessPolicies",
        )
    },
    StoreKind {
        rewrites: &["ec2:ModifySnapshotAttribute"],
        ownerless: true,
        shares: "/CreateVolumePermissions",
        keys: &["/KmsKeyId"],
        via: "ec2",
        ..store(
            "AWS::EC2::Snapshot",
            "snapshot-share",
            &[
                // The token of a block comes with the list of them.
                way(&["ebs:GetSnapshotBlock", "ebs:ListSnapshotBlocks"]),
                Way {
                    at_home: &[("ec2:AttachVolume", "ec2", "volume/any-name-at-all")],
                    ..way_if(
                        &["ec2:CreateVolume"],
                        "the attacker has an instance in the zone to attach the copy to",
                    )
                },
            ],
            "",
        )
    },
    StoreKind {
        keys: &["/KmsKeyId"],
        via: "ec2",
        copies: &[
            sharing("ec2:CreateSnapshot", &["ec2:ModifySnapshotAttribute"]),
            sharing("ec2:CreateSnapshots", &["ec2:ModifySnapshotAttribute"]),
            copying(
                "ec2:CreateSnapshot",
                &["ebs:ListSnapshotBlocks", "ebs:GetSnapshotBlock"],
            ),
            Copying {
                besides: "the attacker has an instance in the zone to attach the copy to",
                ..copying(
                    "ec2:CreateSnapshot",
                    &["ec2:CreateVolume", "ec2:AttachVolume"],
                )
            },
        ],
        ..store("AWS::EC2::Volume", COPIED, &[], "")
    },
    StoreKind {
        keys: &["/KmsKeyId"],
        via: "rds",
        copies: &[
            sharing("rds:CreateDBSnapshot", &["rds:ModifyDBSnapshotAttribute"]),
            Copying {
                besides: RESTORED,
                ..copying(
                    "rds:CreateDBSnapshot",
                    &[
                        "rds:RestoreDBInstanceFromDBSnapshot",
                        "rds:ModifyDBInstance",
                    ],
                )
            },
            Copying {
                besides: RESTORED,
                ..copying(
                    "rds:RestoreDBInstanceToPointInTime",
                    &["rds:ModifyDBInstance"],
                )
            },
        ],
        ..store("AWS::RDS::DBInstance", COPIED, &[], "")
    },
    StoreKind {
        keys: &["/KmsKeyId"],
        via: "rds",
        copies: &[
            sharing(
                "rds:CreateDBClusterSnapshot",
                &["rds:ModifyDBClusterSnapshotAttribute"],
            ),
            Copying {
                besides: RESTORED,
                ..copying(
                    "rds:CreateDBClusterSnapshot",
                    &[
                        "rds:RestoreDBClusterFromSnapshot",
                        "rds:CreateDBInstance",
                        "rds:ModifyDBCluster",
                    ],
                )
            },
            Copying {
                besides: RESTORED,
                ..copying(
                    "rds:RestoreDBClusterToPointInTime",
                    &["rds:CreateDBInstance", "rds:ModifyDBCluster"],
                )
            },
        ],
        ..store("AWS::RDS::DBCluster", COPIED, &[], "")
    },
    StoreKind {
        rewrites: &["acm-pca:PutPolicy"],
        ..store(
            "AWS::ACMPCA::CertificateAuthority",
            "private-ca",
            &[way(&["acm-pca:IssueCertificate"])],
            "/Policy",
        )
    },
    // CloudFormation has no type for the two: names as AWS Config has them, shares as the API tells them.
    StoreKind {
        rewrites: &["rds:ModifyDBSnapshotAttribute"],
        shares: "/DBSnapshotAttributes",
        keys: &["/KmsKeyId"],
        via: "rds",
        ..store(
            "AWS::RDS::DBSnapshot",
            "snapshot-share",
            &[Way {
                at_home: &[("rds:ModifyDBInstance", "rds", "db:any-name-at-all")],
                ..way_if(&["rds:RestoreDBInstanceFromDBSnapshot"], RESTORED)
            }],
            "",
        )
    },
    StoreKind {
        rewrites: &["rds:ModifyDBClusterSnapshotAttribute"],
        shares: "/DBClusterSnapshotAttributes",
        keys: &["/KmsKeyId"],
        via: "rds",
        ..store(
            "AWS::RDS::DBClusterSnapshot",
            "snapshot-share",
            &[Way {
                at_home: &[
                    ("rds:ModifyDBCluster", "rds", "cluster:any-name-at-all"),
                    ("rds:CreateDBInstance", "rds", "db:any-name-at-all"),
                ],
                ..way_if(&["rds:RestoreDBClusterFromSnapshot"], RESTORED)
            }],
            "",
        )
    },
    StoreKind {
        keys: &["/KmsKeyId"],
        via: "redshift",
        copies: &[sharing(
            "redshift:CreateClusterSnapshot",
            &["redshift:AuthorizeSnapshotAccess"],
        )],
        ..store("AWS::Redshift::Cluster", COPIED, &[], "")
    },
    // A parameter in plain text is read by the same actions. Source: Systems Manager User Guide, "How AWS
    // Systems Manager Parameter Store uses AWS KMS".
    StoreKind {
        keys: &["/KeyId"],
        via: "ssm",
        context: "kms:EncryptionContext:PARAMETER_ARN",
        ..store(
            "AWS::SSM::Parameter",
            "data-store-policy",
            &[
                way(&["ssm:GetParameter"]),
                way(&["ssm:GetParameters"]),
                way(&["ssm:GetParameterHistory"]),
                way(&["ssm:GetParametersByPath"]),
            ],
            "",
        )
    },
    StoreKind {
        rewrites: &["s3tables:PutTableBucketPolicy"],
        suffix: "/table/any-table",
        keys: &["/EncryptionConfiguration/KMSKeyArn"],
        via: "s3tables",
        ..store(
            "AWS::S3Tables::TableBucket",
            "data-store-policy",
            &[way(&["s3tables:GetTableData"])],
            "",
        )
    },
    StoreKind {
        rewrites: &["dsql:PutClusterPolicy"],
        ..store(
            "AWS::DSQL::Cluster",
            "data-store-policy",
            &[
                way(&["dsql:DbConnectAdmin"]),
                way_if(
                    &["dsql:DbConnect"],
                    "a database role that the caller is given reads the data",
                ),
            ],
            "/PolicyDocument",
        )
    },
    StoreKind {
        rewrites: &["kafka:PutClusterPolicy"],
        ..store(
            "AWS::MSK::Cluster",
            "data-store-policy",
            &[way_if(
                &["kafka-cluster:Connect"],
                "the caller opens connections to the brokers and may read topics (kafka-cluster:ReadData)",
            )],
            "",
        )
    },
    StoreKind {
        push: &["codecommit:GitPush"],
        ..store(
            "AWS::CodeCommit::Repository",
            "data-store-policy",
            &[way(&["codecommit:GitPull"])],
            "",
        )
    },
    // The service decrypts for readers as itself. Source: CloudWatch Logs User Guide, "Encrypt log data in
    // CloudWatch Logs using AWS Key Management Service".
    store(
        LOG_GROUP,
        "logs-oam",
        &[
            Way {
                suffix: Some(":*"),
                ..way(&["logs:FilterLogEvents"])
            },
            Way {
                suffix: Some(":log-stream:any-stream"),
                ..way(&["logs:GetLogEvents"])
            },
            Way {
                suffix: Some(":*"),
                ..way(&["logs:StartQuery", "logs:GetQueryResults"])
            },
        ],
        "/ResourcePolicyDocument",
    ),
    StoreKind {
        rewrites: &[
            "ses:PutIdentityPolicy",
            "ses:CreateEmailIdentityPolicy",
            "ses:UpdateEmailIdentityPolicy",
        ],
        ..store(
            "AWS::SES::EmailIdentity",
            "ses-policy",
            &[way(&["ses:SendEmail"]), way(&["ses:SendRawEmail"])],
            "/Policies",
        )
    },
    StoreKind {
        rewrites: &["backup:PutBackupVaultAccessPolicy"],
        ..store(
            BACKUP_VAULT,
            "data-store-policy",
            &[way(&["backup:CopyFromBackupVault"])],
            "/AccessPolicy",
        )
    },
];
