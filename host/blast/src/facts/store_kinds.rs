//! The resource types that hold data: what reads, copies, shares and rewrites them, one row a type.
//!
//! Only the table; the documents are read in `stores.rs`.

/// A way to copy what holds data.
#[derive(Debug)]
pub(crate) struct Copying {
    /// The action that makes the copy, asked about the original.
    pub(crate) source: &'static str,
    /// The actions that read the copy or hand it over, all needed.
    pub(crate) copy: &'static [&'static str],
    /// Whether the copy goes to an account outside.
    pub(crate) hands_over: bool,
    /// What must be the case besides; empty if nothing.
    pub(crate) besides: &'static str,
}

const fn copying(source: &'static str, copy: &'static [&'static str]) -> Copying {
    Copying {
        source,
        copy,
        hands_over: false,
        besides: "",
    }
}

const fn sharing(source: &'static str, share: &'static [&'static str]) -> Copying {
    Copying {
        hands_over: true,
        ..copying(source, share)
    }
}

/// A way to read data.
#[derive(Debug)]
pub(crate) struct Way {
    /// The actions, all needed.
    pub(crate) actions: &'static [&'static str],
    /// What stands behind the ARN in its requests, if that is not the same for all ways.
    pub(crate) suffix: Option<&'static str>,
    /// Actions about something of the reader's own, all needed, and what: service and name.
    pub(crate) at_home: &'static [(&'static str, &'static str, &'static str)],
    /// What must be the case besides; empty if nothing.
    pub(crate) besides: &'static str,
}

const fn way(actions: &'static [&'static str]) -> Way {
    Way {
        actions,
        suffix: None,
        at_home: &[],
        besides: "",
    }
}

const fn way_if(actions: &'static [&'static str], besides: &'static str) -> Way {
    Way {
        besides,
        ..way(actions)
    }
}

/// A resource type that holds data.
#[derive(Debug)]
pub(crate) struct StoreKind {
    /// The resource type.
    pub(crate) kind: &'static str,
    /// The link by which its data is had.
    pub(crate) link: &'static str,
    /// The ways to read the data, each enough; none if only copies are read.
    pub(crate) ways: &'static [Way],
    /// What stands behind the ARN in a request for the data.
    pub(crate) suffix: &'static str,
    /// The actions that change what others run from it, all needed; empty if nobody does. Source: ECR User
    /// Guide, "IAM permissions for pushing an image"; a client of the API needs no token for a registry.
    pub(crate) push: &'static [&'static str],
    /// The actions, each enough, that rewrite its policy or share it otherwise.
    pub(crate) rewrites: &'static [&'static str],
    /// Further actions that its policy may have a say in.
    pub(crate) further: &'static [&'static str],
    /// The ways in which an insider copies it and has the copy.
    pub(crate) copies: &'static [Copying],
    /// A JSON pointer below `config` or `observed` to the list of those that it is shared with. What has one
    /// is shared with accounts outside its own, and only with those.
    pub(crate) shares: &'static str,
    /// A JSON pointer below `config`, or `observed` where CloudFormation has none, to its policy; empty if it
    /// has none there.
    pub(super) policy: &'static str,
    /// JSON pointers below `config` to the customer's key that encrypts it.
    pub(super) keys: &'static [&'static str],
    /// How the service that decrypts for a reader names itself in `kms:ViaService`.
    pub(crate) via: &'static str,
    /// The key of the encryption context in which the service tells the key what is read; empty if that is
    /// not told here.
    pub(crate) context: &'static str,
    /// Whether requests name it by an ARN without an account. Source: Service Authorization Reference,
    /// "Actions, resources, and condition keys for Amazon EC2", resource types.
    pub(crate) ownerless: bool,
}

impl StoreKind {
    /// Whether this action is one that reads the data.
    pub(crate) fn reads(&self, action: &str) -> bool {
        let mut actions = self.ways.iter().flat_map(|way| way.actions);
        actions.any(|reading| reading.eq_ignore_ascii_case(action))
    }

    /// Every action that its policy may have a say in.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &'static str> {
        let ways = self.ways.iter().flat_map(|way| way.actions);
        ways.chain(self.push)
            .chain(self.rewrites)
            .chain(self.further)
            .copied()
    }

    /// Whether there is anything in it to read; what has nothing is only there for others to build on.
    pub(crate) fn holds_data(&self) -> bool {
        !self.ways.is_empty() || !self.copies.is_empty()
    }

    /// Whether its document has its policy, so that one without says that there is none.
    pub(crate) fn tells_policy(&self) -> bool {
        !self.policy.is_empty()
    }
}

const fn store(
    kind: &'static str,
    link: &'static str,
    ways: &'static [Way],
    policy: &'static str,
) -> StoreKind {
    StoreKind {
        kind,
        link,
        ways,
        suffix: "",
        push: &[],
        rewrites: &[],
        further: &[],
        copies: &[],
        shares: "",
        policy,
        keys: &[],
        via: "",
        context: "",
        ownerless: false,
    }
}

/// The type of keys, which other data needs besides.
pub(crate) const KEY: &str = "AWS::KMS::Key";
pub(crate) const BUCKET: &str = "AWS::S3::Bucket";
pub(crate) const LOG_GROUP: &str = "AWS::Logs::LogGroup";
pub(crate) const BACKUP_VAULT: &str = "AWS::Backup::BackupVault";

/// Lets somebody use a key without a word in its policy.
pub(crate) const CREATE_GRANT: &str = "kms:CreateGrant";

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

const KINDS: &[StoreKind] = &[
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

/// The table.
pub(crate) fn store_kinds() -> &'static [StoreKind] {
    KINDS
}
