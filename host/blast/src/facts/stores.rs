//! Things that hold data and have a policy of their own: buckets, keys, secrets, queues, tables.
//!
//! One table says for each resource type which action reads the data, where its document has the policy
//! and where the key that encrypts it. Policies that CloudFormation keeps apart are joined to what they
//! are of.

use std::collections::BTreeMap;

use blastwall_model::{Arn, Document};
use serde_json::Value;

use super::{Policies, PolicyIndex, Unjudged, in_words};

/// A way to copy what holds data.
#[derive(Debug)]
pub(crate) struct Copying {
    /// The action that makes the copy, asked about the original.
    pub(crate) source: &'static str,
    /// The actions that read the copy or hand it over, all needed.
    pub(crate) copy: &'static [&'static str],
    /// What must be the case besides; empty if nothing.
    pub(crate) besides: &'static str,
}

const fn copying(source: &'static str, copy: &'static [&'static str]) -> Copying {
    Copying {
        source,
        copy,
        besides: "",
    }
}

/// A resource type that holds data.
#[derive(Debug)]
pub(crate) struct StoreKind {
    /// The resource type.
    pub(crate) kind: &'static str,
    /// The link by which its data is had.
    pub(crate) link: &'static str,
    /// The action that reads the data.
    pub(crate) action: &'static str,
    /// What stands behind the ARN in a request for the data.
    pub(crate) suffix: &'static str,
    /// The actions that change what others run from it, all needed; empty if nobody does.
    pub(crate) push: &'static [&'static str],
    /// The actions, each enough, that rewrite its policy or share it otherwise.
    pub(crate) rewrites: &'static [&'static str],
    /// The ways in which an insider copies it and has the copy.
    pub(crate) copies: &'static [Copying],
    /// A JSON pointer below `config` to the list of those that it is shared with.
    shares: &'static str,
    /// A JSON pointer below `config` to its policy; empty if it has none there.
    policy: &'static str,
    /// JSON pointers below `config` to the customer's key that encrypts it.
    keys: &'static [&'static str],
}

impl StoreKind {
    /// Whether its document has its policy, so that one without says that there is none.
    pub(crate) fn tells_policy(&self) -> bool {
        !self.policy.is_empty()
    }
}

const fn store(
    kind: &'static str,
    link: &'static str,
    action: &'static str,
    policy: &'static str,
) -> StoreKind {
    StoreKind {
        kind,
        link,
        action,
        suffix: "",
        push: &[],
        rewrites: &[],
        copies: &[],
        shares: "",
        policy,
        keys: &[],
    }
}

/// The type of keys, which other data needs besides.
pub(crate) const KEY: &str = "AWS::KMS::Key";
pub(crate) const BUCKET: &str = "AWS::S3::Bucket";
pub(crate) const BACKUP_VAULT: &str = "AWS::Backup::BackupVault";

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
        ..store(BUCKET, "s3-policy", "s3:GetObject", "/PolicyDocument")
    },
    StoreKind {
        rewrites: &["kms:PutKeyPolicy", "kms:CreateGrant"],
        ..store(KEY, "kms-policy", "kms:Decrypt", "/KeyPolicy")
    },
    StoreKind {
        rewrites: &["secretsmanager:PutResourcePolicy"],
        keys: &["/KmsKeyId"],
        ..store(
            "AWS::SecretsManager::Secret",
            "secret-policy",
            "secretsmanager:GetSecretValue",
            "/ResourcePolicy",
        )
    },
    StoreKind {
        rewrites: &["sqs:SetQueueAttributes", "sqs:AddPermission"],
        keys: &["/KmsMasterKeyId"],
        ..store("AWS::SQS::Queue", "queue-topic", "sqs:ReceiveMessage", "")
    },
    StoreKind {
        rewrites: &["sns:SetTopicAttributes", "sns:AddPermission"],
        keys: &["/KmsMasterKeyId"],
        ..store("AWS::SNS::Topic", "queue-topic", "sns:Subscribe", "")
    },
    store(
        "AWS::Events::EventBus",
        "eventbridge",
        "events:PutEvents",
        "/Policy",
    ),
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
            "ecr:BatchGetImage",
            "/RepositoryPolicyText",
        )
    },
    StoreKind {
        rewrites: &["ec2:ModifyImageAttribute"],
        shares: "/LaunchPermissions",
        ..store("AWS::EC2::Image", "snapshot-share", "ec2:RunInstances", "")
    },
    StoreKind {
        rewrites: &["dynamodb:PutResourcePolicy"],
        keys: &["/SSESpecification/KMSMasterKeyId"],
        ..store(
            "AWS::DynamoDB::Table",
            "data-store-policy",
            "dynamodb:Scan",
            "/ResourcePolicy/PolicyDocument",
        )
    },
    StoreKind {
        rewrites: &["kinesis:PutResourcePolicy"],
        keys: &["/StreamEncryption/KeyId"],
        ..store(
            "AWS::Kinesis::Stream",
            "data-store-policy",
            "kinesis:GetRecords",
            "",
        )
    },
    StoreKind {
        rewrites: &["elasticfilesystem:PutFileSystemPolicy"],
        keys: &["/KmsKeyId"],
        ..store(
            "AWS::EFS::FileSystem",
            "data-store-policy",
            "elasticfilesystem:ClientMount",
            "/FileSystemPolicy",
        )
    },
    StoreKind {
        rewrites: &["es:UpdateDomainConfig"],
        suffix: "/any-index",
        keys: &["/EncryptionAtRestOptions/KmsKeyId"],
        ..store(
            "AWS::OpenSearchService::Domain",
            "data-store-policy",
            "es:ESHttpGet",
            "/AccessPolicies",
        )
    },
    StoreKind {
        rewrites: &["ec2:ModifySnapshotAttribute"],
        shares: "/CreateVolumePermissions",
        keys: &["/KmsKeyId"],
        ..store(
            "AWS::EC2::Snapshot",
            "snapshot-share",
            "ebs:GetSnapshotBlock",
            "",
        )
    },
    StoreKind {
        keys: &["/KmsKeyId"],
        copies: &[
            copying("ec2:CreateSnapshot", &["ec2:ModifySnapshotAttribute"]),
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
        ..store("AWS::EC2::Volume", COPIED, "", "")
    },
    StoreKind {
        keys: &["/KmsKeyId"],
        copies: &[
            copying("rds:CreateDBSnapshot", &["rds:ModifyDBSnapshotAttribute"]),
            Copying {
                besides: "the attacker reaches the restored database over the network",
                ..copying(
                    "rds:CreateDBSnapshot",
                    &[
                        "rds:RestoreDBInstanceFromDBSnapshot",
                        "rds:ModifyDBInstance",
                    ],
                )
            },
        ],
        ..store("AWS::RDS::DBInstance", COPIED, "", "")
    },
    StoreKind {
        keys: &["/KmsKeyId"],
        copies: &[copying(
            "rds:CreateDBClusterSnapshot",
            &["rds:ModifyDBClusterSnapshotAttribute"],
        )],
        ..store("AWS::RDS::DBCluster", COPIED, "", "")
    },
    store(
        "AWS::ACMPCA::CertificateAuthority",
        "private-ca",
        "acm-pca:IssueCertificate",
        "/Policy",
    ),
    store(
        BACKUP_VAULT,
        "data-store-policy",
        "backup:CopyFromBackupVault",
        "/AccessPolicy",
    ),
];

/// The table.
pub(crate) fn store_kinds() -> &'static [StoreKind] {
    KINDS
}

/// Policies that are documents of their own: their type, where they name what they are of, the policy.
const POLICIES: &[(&str, &str, &str)] = &[
    ("AWS::S3::BucketPolicy", "/Bucket", "/PolicyDocument"),
    (
        "AWS::SecretsManager::ResourcePolicy",
        "/SecretId",
        "/ResourcePolicy",
    ),
    ("AWS::SQS::QueuePolicy", "/Queues", "/PolicyDocument"),
    ("AWS::SNS::TopicPolicy", "/Topics", "/PolicyDocument"),
    (
        "AWS::Kinesis::ResourcePolicy",
        "/ResourceArn",
        "/ResourcePolicy",
    ),
];

/// How a bucket encrypts, below `config`.
const ALGORITHM: &str = "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/SSEAlgorithm";

/// What keeps strangers out of all buckets of an account.
const BLOCK: &str = "AWS::S3::AccountPublicAccessBlock";

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    KINDS
        .iter()
        .map(|kind| kind.kind)
        .chain(POLICIES.iter().map(|(kind, ..)| *kind))
        .chain([BLOCK])
}

/// The policy of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StorePolicy {
    None,
    Policy(PolicyIndex),
    /// It could not be read.
    Unknown,
}

/// Whether what is in a store may be deleted before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lock {
    #[default]
    None,
    /// By those with a permission of its own.
    Governance,
    /// By nobody. Sources: S3 User Guide, "Locking objects with Object Lock"; AWS Backup Developer Guide,
    /// "AWS Backup Vault Lock".
    Compliance,
}

impl Lock {
    /// What deleting takes besides; none if nothing.
    pub(crate) fn words(self) -> Option<&'static str> {
        (self == Self::Governance)
            .then_some("the lock, which is in governance mode, is bypassed or taken off")
    }
}

/// Where a bucket is copied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replica {
    /// The ARN of the other bucket.
    pub(crate) bucket: String,
    /// Its account, if that is told.
    pub(crate) account: Option<String>,
}

/// A grant of a key that lets somebody decrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrantFacts {
    /// Whom, by ARN.
    pub(crate) grantee: String,
    /// Whether only with some encryption context.
    pub(crate) constrained: bool,
}

/// Something that holds data.
#[derive(Clone, Debug)]
pub(crate) struct StoreFacts {
    pub(crate) kind: &'static StoreKind,
    pub(crate) arn: Arn,
    pub(crate) policy: StorePolicy,
    /// Whether strangers are kept out whatever the policy says, if it is public.
    pub(crate) restricted: bool,
    /// The key that encrypts it: its ARN, or its id.
    pub(crate) key: Option<String>,
    /// Whether that is a key that AWS keeps for the account, which nobody else may use. Source: KMS
    /// Developer Guide, "AWS managed keys".
    pub(crate) own_key: bool,
    /// Of a key: whom grants let decrypt.
    pub(crate) grants: Vec<GrantFacts>,
    /// The accounts that it is shared with, and the ARNs of organizations and units.
    pub(crate) shared_with: Vec<String>,
    /// Whether it is shared with everybody.
    pub(crate) public: bool,
    /// Of a repository: whether a tag stays what it is.
    pub(crate) immutable: bool,
    pub(crate) lock: Lock,
    /// Of a bucket: whether versions of objects are kept.
    pub(crate) versioned: bool,
    /// Of a bucket: where it is copied to.
    pub(crate) replicas: Vec<Replica>,
}

/// Reads what holds data in an account.
pub(super) fn read<'a>(
    documents: impl Iterator<Item = &'a Document>,
    policies: &mut Policies,
    unjudged: &mut Vec<Unjudged>,
) -> Vec<StoreFacts> {
    let read: Vec<(&Document, Value)> = documents
        .filter(|document| types().any(|kind| kind == document.kind))
        .filter_map(|document| Some((document, serde_json::from_str(document.json()).ok()?)))
        .collect();
    let apart = policies_apart(&read);
    let account_restricted = read
        .iter()
        .any(|(document, value)| document.kind == BLOCK && restricts(value));
    let mut stores = Vec::new();
    for (document, value) in &read {
        let Some(kind) = KINDS.iter().find(|kind| kind.kind == document.kind) else {
            continue;
        };
        let own = (!kind.policy.is_empty())
            .then(|| value.pointer(&format!("/config{}", kind.policy)))
            .flatten();
        let apart = apart.get(&(policy_type(kind.kind), last(document.arn.as_str())));
        let unknown = is_unknown(value, kind.policy);
        let policy = match own.or(apart.copied()) {
            _ if unknown => {
                unjudged.push(Unjudged {
                    arn: document.arn.clone(),
                    why: "its policy could not be seen, so who is let in from outside is not known"
                        .to_owned(),
                });
                StorePolicy::Unknown
            }
            None => StorePolicy::None,
            Some(policy) => match keep(policy, policies) {
                Ok(index) => StorePolicy::Policy(index),
                Err(why) => {
                    unjudged.push(Unjudged {
                        arn: document.arn.clone(),
                        why: format!("policy: {why}"),
                    });
                    StorePolicy::Unknown
                }
            },
        };
        let text = |pointer: &str| value.pointer(&format!("/config{pointer}"))?.as_str();
        let key = kind.keys.iter().find_map(|pointer| text(pointer));
        let own_key = match (kind.kind, key) {
            (_, Some(name)) => name.contains("alias/aws/"),
            ("AWS::SecretsManager::Secret", None) => true,
            ("AWS::S3::Bucket", None) => {
                text(ALGORITHM).is_some_and(|name| name.starts_with("aws:kms"))
            }
            (_, None) => false,
        };
        stores.push(StoreFacts {
            kind,
            arn: document.arn.clone(),
            policy,
            restricted: kind.kind == "AWS::S3::Bucket" && (account_restricted || restricts(value)),
            key: key.filter(|_| !own_key).map(str::to_owned),
            own_key,
            grants: grants(value),
            shared_with: shared_with(value, kind.shares),
            public: is_public(value, kind.shares),
            immutable: text("/ImageTagMutability") == Some("IMMUTABLE"),
            lock: lock(value),
            versioned: text("/VersioningConfiguration/Status") == Some("Enabled"),
            replicas: replicas(value),
        });
    }
    stores
}

/// By policy type and last part of the name of what it is of.
fn policies_apart<'a>(
    read: &'a [(&Document, Value)],
) -> BTreeMap<(&'static str, &'a str), &'a Value> {
    let mut apart = BTreeMap::new();
    for (document, value) in read {
        let Some((kind, of, policy)) = POLICIES.iter().find(|(kind, ..)| *kind == document.kind)
        else {
            continue;
        };
        let (Some(of), Some(policy)) = (
            value.pointer(&format!("/config{of}")),
            value.pointer(&format!("/config{policy}")),
        ) else {
            continue;
        };
        let names = match of {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect::<Vec<_>>(),
        };
        for name in names {
            apart.insert((*kind, last(name)), policy);
        }
    }
    apart
}

fn policy_type(kind: &str) -> &'static str {
    let service = kind.rsplit_once("::").map_or(kind, |(service, _)| service);
    POLICIES
        .iter()
        .map(|(policy, ..)| *policy)
        .find(|policy| policy.starts_with(service))
        .unwrap_or_default()
}

/// A policy, as JSON or as JSON in a text.
fn keep(policy: &Value, policies: &mut Policies) -> Result<PolicyIndex, String> {
    match policy {
        Value::String(text) => {
            let parsed: Value = serde_json::from_str(text).map_err(in_words)?;
            policies.keep(&parsed).map_err(in_words)
        }
        policy => policies.keep(policy).map_err(in_words),
    }
}

fn is_unknown(value: &Value, pointer: &str) -> bool {
    let path = pointer.trim_start_matches('/').replace('/', ".");
    let unknown = value.get("unknown").and_then(Value::as_object);
    unknown.is_some_and(|unknown| {
        unknown
            .keys()
            .any(|key| key == "config" || (!path.is_empty() && *key == format!("config.{path}")))
    })
}

fn restricts(value: &Value) -> bool {
    value
        .pointer("/config/PublicAccessBlockConfiguration/RestrictPublicBuckets")
        .and_then(Value::as_bool)
        .unwrap_or_default()
}

/// The lock that a bucket's objects get unless the writer says otherwise, or that of a vault.
fn lock(value: &Value) -> Lock {
    let retention = value.pointer("/config/ObjectLockConfiguration/Rule/DefaultRetention/Mode");
    if let Some(mode) = retention.and_then(Value::as_str) {
        return match mode {
            "COMPLIANCE" => Lock::Compliance,
            _ => Lock::Governance,
        };
    }
    match value.pointer("/config/LockConfiguration") {
        // With a day from which nobody changes it any more it is in compliance mode.
        Some(lock) if lock.get("ChangeableForDays").is_some() => Lock::Compliance,
        Some(lock) if lock.is_object() => Lock::Governance,
        _ => Lock::None,
    }
}

fn replicas(value: &Value) -> Vec<Replica> {
    let rules = value.pointer("/config/ReplicationConfiguration/Rules");
    let rules = rules.and_then(Value::as_array).into_iter().flatten();
    rules
        .filter(|rule| rule.get("Status").and_then(Value::as_str) != Some("Disabled"))
        .filter_map(|rule| {
            let text = |name: &str| Some(rule.pointer(name)?.as_str()?.to_owned());
            Some(Replica {
                bucket: text("/Destination/Bucket")?,
                account: text("/Destination/Account"),
            })
        })
        .collect()
}

fn shares<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    let list = (!pointer.is_empty())
        .then(|| value.pointer(&format!("/config{pointer}")))
        .flatten();
    list.and_then(Value::as_array).into_iter().flatten()
}

fn shared_with(value: &Value, pointer: &str) -> Vec<String> {
    shares(value, pointer)
        .filter_map(|share| {
            let whom = ["UserId", "OrganizationArn", "OrganizationalUnitArn"];
            let named = whom.iter().find_map(|name| share.get(name)?.as_str())?;
            Some(named.to_owned())
        })
        .collect()
}

fn is_public(value: &Value, pointer: &str) -> bool {
    shares(value, pointer).any(|share| share.get("Group").and_then(Value::as_str) == Some("all"))
}

/// The grants of a key that let somebody decrypt.
fn grants(value: &Value) -> Vec<GrantFacts> {
    let grants = value.pointer("/observed/Grants").and_then(Value::as_array);
    let decrypts = |grant: &&Value| {
        let operations = grant.get("Operations").and_then(Value::as_array);
        operations.is_some_and(|operations| operations.iter().any(|one| one == "Decrypt"))
    };
    grants
        .into_iter()
        .flatten()
        .filter(decrypts)
        .filter_map(|grant| {
            Some(GrantFacts {
                grantee: grant.get("GranteePrincipal")?.as_str()?.to_owned(),
                constrained: grant.get("Constraints").is_some_and(|constraints| {
                    constraints
                        .as_object()
                        .is_some_and(|constraints| !constraints.is_empty())
                }),
            })
        })
        .collect()
}

fn last(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or_default()
}
