//! Things that hold data and have a policy of their own: buckets, keys, secrets, queues, tables.
//!
//! The table of types, `store_kinds/`, says for each which actions read the data, where its document has
//! the policy and where the key that encrypts it. Policies that CloudFormation keeps apart are joined to
//! what they are of in `apart.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::{Arn, Document, Tags};
use blastwall_policy::GrantConstraint;
use serde_json::{Value, json};

use super::apart::{self, PoliciesApart};
use super::bucket_acls::{self, BucketAcl};
use super::store_kinds::{BUCKET, KEY, LOG_GROUP, StoreKind, may_hold_credentials, store_kinds};
use super::{Policies, PolicyIndex, Unjudged, in_words};

/// How a bucket encrypts, below `config`.
const ALGORITHM: &str = "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/SSEAlgorithm";

/// Whether a bucket asks its key once for many objects, below `config`.
const BUCKET_KEY: &str =
    "/config/BucketEncryption/ServerSideEncryptionConfiguration/0/BucketKeyEnabled";

/// States of a key in which it decrypts nothing. Source: KMS Developer Guide, "Key states of AWS KMS keys".
const UNUSABLE: [&str; 4] = [
    "Disabled",
    "PendingDeletion",
    "PendingImport",
    "PendingReplicaDeletion",
];

/// What keeps strangers out of all buckets of an account.
const BLOCK: &str = "AWS::S3::AccountPublicAccessBlock";

/// What lets a monitoring account see what an account logs. Source: CloudWatch User Guide, "CloudWatch
/// cross-account observability".
const LINK: &str = "AWS::Oam::Link";

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    store_kinds()
        .map(|kind| kind.kind)
        .chain(apart::types())
        .chain([BLOCK, LINK, ALIAS])
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
    /// The encryption context that it asks for.
    pub(crate) constraint: Option<GrantConstraint>,
}

/// Something that holds data.
#[derive(Clone, Debug)]
pub(crate) struct StoreFacts {
    pub(crate) kind: &'static StoreKind,
    pub(crate) arn: Arn,
    pub(crate) policy: StorePolicy,
    /// Of a bucket: what its access control list lets everybody read, as a policy.
    pub(crate) acl: Option<PolicyIndex>,
    pub(crate) region: Arc<str>,
    /// None if they are not known.
    pub(crate) tags: Option<Tags>,
    /// Whether strangers are kept out whatever the policy says, if it is public.
    pub(crate) restricted: bool,
    /// Whether the policy is public, where AWS told (`GetBucketPolicyStatus`).
    pub(crate) policy_is_public: Option<bool>,
    /// The key that encrypts it: its ARN, or its id.
    pub(crate) key: Option<String>,
    /// Whether it may be under a key that was not told.
    pub(crate) perhaps_encrypted: bool,
    /// Whether it was not seen if strangers are kept out.
    pub(crate) perhaps_restricted: bool,
    /// Whether that is a key that AWS keeps for the account, which nobody else may use. Source: KMS
    /// Developer Guide, "AWS managed keys".
    pub(crate) own_key: bool,
    /// Of a bucket: whether its key is asked about the bucket instead of each object.
    pub(crate) bucket_key: bool,
    /// Of a key: whether it decrypts nothing as it is.
    pub(crate) unusable: bool,
    /// Of a key: its aliases, `alias/…`.
    pub(crate) aliases: Vec<String>,
    /// Whether it is reached from inside a network alone.
    pub(crate) in_network: bool,
    /// Of a key: whom grants let decrypt.
    pub(crate) grants: Vec<GrantFacts>,
    /// The accounts that it is shared with, and the ARNs of organizations and units.
    pub(crate) shared_with: Vec<String>,
    /// What of it they get, if not all; in words.
    pub(crate) share_doubt: Option<String>,
    /// Whether it is shared with everybody.
    pub(crate) public: bool,
    /// Whether it could not be seen with whom it is shared.
    pub(crate) shares_unknown: bool,
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
    let apart = PoliciesApart::read(&read);
    let account_restricted = read
        .iter()
        .any(|(document, value)| document.kind == BLOCK && restricts(value));
    let block_unknown = read.iter().any(|(document, value)| {
        document.kind == BLOCK && is_unknown(value, "/PublicAccessBlockConfiguration")
    });
    let links: Vec<(&Document, &Value)> = read
        .iter()
        .filter(|(document, _)| document.kind == LINK)
        .map(|(document, value)| (*document, value))
        .collect();
    let acls_ignored = read
        .iter()
        .any(|(document, value)| document.kind == BLOCK && bucket_acls::ignores_public(value));
    let snapshot_keys: BTreeMap<&str, &str> = read
        .iter()
        .filter(|(document, _)| document.kind == "AWS::EC2::Snapshot")
        .filter_map(|(document, value)| {
            let id = document.arn.as_str().rsplit('/').next()?;
            Some((id, value.pointer("/config/KmsKeyId")?.as_str()?))
        })
        .collect();
    let mut stores = Vec::new();
    for (document, value) in &read {
        let Some(kind) = store_kinds().find(|kind| kind.kind == document.kind) else {
            continue;
        };
        if !may_hold_credentials(kind, value) {
            continue;
        }
        let shares_unknown = !kind.shares.is_empty() && is_unknown(value, kind.shares);
        if shares_unknown {
            unjudged.push(Unjudged {
                arn: document.arn.clone(),
                why: "with whom it is shared could not be seen".to_owned(),
            });
        }
        let linked = match kind.kind {
            LOG_GROUP => links.as_slice(),
            _ => &[],
        };
        let monitored = monitors(linked, document);
        let joined = apart.of(document, value);
        let policy = policy_of(document, value, kind.policy, joined, policies, unjudged);
        let mut acl = BucketAcl::default();
        if kind.kind == BUCKET {
            let own = below(value, kind.policy).map(merged);
            acl = bucket_acls::read(value, own.as_ref().or(joined), acls_ignored);
        }
        unjudged.extend(acl.unjudged.map(|why| Unjudged {
            arn: document.arn.clone(),
            why,
        }));
        let text = |pointer: &str| value.pointer(&format!("/config{pointer}"))?.as_str();
        let key = kind.keys.iter().find_map(|pointer| text(pointer));
        // What is in an image is under the keys of its snapshots.
        let of_snapshots = || {
            let ids = value.pointer("/config/SnapshotIds")?.as_array()?.iter();
            ids.filter_map(Value::as_str)
                .find_map(|id| snapshot_keys.get(id).copied())
        };
        let key = key.or_else(of_snapshots);
        let own_key = match (kind.kind, key) {
            (_, Some(name)) => name.contains("alias/aws/"),
            ("AWS::SecretsManager::Secret", None) => true,
            (BUCKET, None) => text(ALGORITHM).is_some_and(|name| name.starts_with("aws:kms")),
            // Encrypted under a key of KMS, and none is named. Source: DynamoDB Developer Guide,
            // "Resource-based policy considerations".
            ("AWS::DynamoDB::Table", None) => is_set(value, "/SSESpecification/SSEEnabled"),
            ("AWS::DynamoDB::GlobalTable", None) => is_set(value, "/SSESpecification/SSEEnabled"),
            (_, None) => false,
        };
        stores.push(StoreFacts {
            kind,
            arn: document.arn.clone(),
            policy,
            acl: acl.reads.and_then(|reads| policies.keep(&reads).ok()),
            region: Arc::clone(&document.region),
            tags: tags(value),
            restricted: kind.kind == BUCKET && (account_restricted || restricts(value)),
            policy_is_public: value
                .pointer("/observed/PolicyIsPublic")
                .and_then(Value::as_bool),
            key: key.filter(|_| !own_key).map(str::to_owned),
            perhaps_encrypted: key.is_none()
                && (key_unknown(kind, value) || shared_under_key(value, kind)),
            perhaps_restricted: kind.kind == BUCKET
                && (block_unknown || is_unknown(value, "/PublicAccessBlockConfiguration")),
            own_key,
            bucket_key: value
                .pointer(BUCKET_KEY)
                .and_then(Value::as_bool)
                .unwrap_or_default(),
            unusable: kind.kind == KEY && is_unusable(value),
            aliases: aliases(&read, document, value),
            in_network: value
                .pointer("/config/VPCOptions/SubnetIds")
                .and_then(Value::as_array)
                .is_some_and(|subnets| !subnets.is_empty()),
            grants: grants(value),
            shared_with: shared_with(value, kind.shares)
                .into_iter()
                .chain(monitored.iter().map(|(account, _)| account.clone()))
                .collect(),
            share_doubt: monitored.into_iter().find_map(|(_, filter)| filter),
            public: is_public(value, kind.shares),
            shares_unknown,
            immutable: text("/ImageTagMutability") == Some("IMMUTABLE"),
            lock: lock(value),
            versioned: text("/VersioningConfiguration/Status") == Some("Enabled"),
            replicas: replicas(value),
        });
    }
    stores
}

/// The policy of something: at a pointer, or else one that is a document of its own.
pub(super) fn policy_of(
    document: &Document,
    value: &Value,
    pointer: &str,
    apart: Option<&Value>,
    policies: &mut Policies,
    unjudged: &mut Vec<Unjudged>,
) -> StorePolicy {
    let mut note = |why: String| {
        unjudged.push(Unjudged {
            arn: document.arn.clone(),
            why,
        });
        StorePolicy::Unknown
    };
    if is_unknown(value, pointer) {
        let why = "its policy could not be seen, so who is let in from outside is not known";
        return note(why.to_owned());
    }
    let own = below(value, pointer).map(merged);
    match own.as_ref().or(apart).map(|policy| keep(policy, policies)) {
        None => StorePolicy::None,
        Some(Ok(index)) => StorePolicy::Policy(index),
        Some(Err(why)) => note(format!("policy: {why}")),
    }
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

/// Whether what a pointer leads to could not be seen, or something that holds it, below what is configured or
/// observed.
fn is_unknown(value: &Value, pointer: &str) -> bool {
    let below = pointer.replace('/', ".");
    let holds = |key: &String| {
        ["config", "observed"].iter().any(|part| {
            let path = format!("{part}{below}");
            let rest = path.strip_prefix(key.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let unknown = value.get("unknown").and_then(Value::as_object);
    unknown.is_some_and(|unknown| unknown.keys().any(holds))
}

/// What a pointer leads to, below what is configured or else what is observed.
fn below<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    let of = |part: &str| value.pointer(&format!("/{part}{pointer}"));
    (!pointer.is_empty())
        .then(|| of("config").or_else(|| of("observed")))
        .flatten()
}

/// Several policies by their names as one: each says what it says whichever it is in.
fn merged(policy: &Value) -> Value {
    let Some(named) = policy
        .as_object()
        .filter(|one| !one.is_empty() && !one.contains_key("Statement"))
    else {
        return policy.clone();
    };
    let mut all = Vec::new();
    for one in named.values() {
        let parsed = one
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok());
        match parsed.as_ref().unwrap_or(one).get("Statement") {
            Some(Value::Array(statements)) => all.extend(statements.iter().cloned()),
            Some(statement) => all.push(statement.clone()),
            None => return policy.clone(),
        }
    }
    json!({ "Version": "2012-10-17", "Statement": all })
}

/// The accounts that see a log group through a link of its account and region, with what of it in words, if not
/// all.
fn monitors(links: &[(&Document, &Value)], group: &Document) -> Vec<(String, Option<String>)> {
    let here = links.iter().filter(|(link, _)| link.region == group.region);
    let seen = here.filter_map(|(_, link)| {
        let types = link.pointer("/config/ResourceTypes")?.as_array()?;
        let sink = link.pointer("/config/SinkIdentifier")?.as_str()?;
        let filter = link.pointer("/config/LinkConfiguration/LogGroupConfiguration/Filter");
        let doubt = filter
            .and_then(Value::as_str)
            .map(|filter| format!("the filter of the link, {filter}, lets the log group through"));
        let account = sink.split(':').nth(4)?.to_owned();
        types
            .iter()
            .any(|kind| kind == LOG_GROUP)
            .then_some((account, doubt))
    });
    seen.collect()
}

fn is_unusable(value: &Value) -> bool {
    let state = value.pointer("/observed/KeyState").and_then(Value::as_str);
    state.is_some_and(|state| UNUSABLE.contains(&state))
}

/// The tags that a request is judged by. What has none is untagged; what does not say, or could not be
/// asked, is unknown, and so is what the tags of a bucket say of its objects.
fn tags(value: &Value) -> Option<Tags> {
    let unknown = value.get("unknown").and_then(Value::as_object);
    if unknown.is_some_and(|unknown| unknown.contains_key("tags"))
        || value.get("type").and_then(Value::as_str) == Some(BUCKET)
    {
        return None;
    }
    match value.get("tags") {
        None => Some(Tags::default()),
        Some(tags) => serde_json::from_value(tags.clone()).ok(),
    }
}

/// Whether the key of something could not be seen.
fn key_unknown(kind: &StoreKind, value: &Value) -> bool {
    kind.keys.iter().any(|pointer| is_unknown(value, pointer))
}

/// Whether something encrypted is shared, of which no key is told: what others can use is under none of those that
/// AWS keeps. Source: EBS User Guide, "Share an EBS snapshot", encrypted snapshots.
fn shared_under_key(value: &Value, kind: &StoreKind) -> bool {
    is_set(value, "/Encrypted") && !shared_with(value, kind.shares).is_empty()
}

fn restricts(value: &Value) -> bool {
    value
        .pointer("/config/PublicAccessBlockConfiguration/RestrictPublicBuckets")
        .and_then(Value::as_bool)
        .unwrap_or_default()
}

const ALIAS: &str = "AWS::KMS::Alias";

/// The aliases of a key: as it tells them, and those that are documents of their own.
fn aliases(read: &[(&Document, Value)], key: &Document, value: &Value) -> Vec<String> {
    if key.kind != KEY {
        return Vec::new();
    }
    let told = value.pointer("/observed/Aliases").and_then(Value::as_array);
    let told = told.into_iter().flatten().filter_map(Value::as_str);
    let apart = read
        .iter()
        .filter(|(alias, _)| alias.kind == ALIAS && alias.region == key.region);
    let apart = apart.filter_map(|(_, alias)| {
        let of = alias.pointer("/config/TargetKeyId")?.as_str()?;
        let id = key.arn.as_str().rsplit('/').next()?;
        (of.rsplit('/').next() == Some(id)).then(|| alias.pointer("/config/AliasName")?.as_str())?
    });
    told.chain(apart).map(str::to_owned).collect()
}

/// Whether a property below `config` is true.
fn is_set(value: &Value, pointer: &str) -> bool {
    let set = value.pointer(&format!("/config{pointer}"));
    set.and_then(Value::as_bool) == Some(true)
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
    let algorithm = value.pointer(&format!("/config{ALGORITHM}"));
    let under_key = algorithm
        .and_then(Value::as_str)
        .is_some_and(|name| name.starts_with("aws:kms"));
    // What is under a key of KMS is copied only if the rule says so. Source: S3 User Guide, "Replicating
    // encrypted objects".
    let selected = |rule: &Value| {
        let selection = "/SourceSelectionCriteria/SseKmsEncryptedObjects/Status";
        rule.pointer(selection).and_then(Value::as_str) == Some("Enabled")
    };
    rules
        .filter(|rule| rule.get("Status").and_then(Value::as_str) != Some("Disabled"))
        .filter(|rule| !under_key || selected(rule))
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
    let list = below(value, pointer);
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    // Snapshots of databases have a list of attributes, each with a list of accounts.
    entries.flat_map(|entry| match entry.get("AttributeValues") {
        Some(Value::Array(accounts)) => accounts.as_slice(),
        _ => std::slice::from_ref(entry),
    })
}

fn shared_with(value: &Value, pointer: &str) -> Vec<String> {
    shares(value, pointer)
        .filter_map(|share| {
            let whom = ["UserId", "OrganizationArn", "OrganizationalUnitArn"];
            let named = whom.iter().find_map(|name| share.get(name)?.as_str());
            Some(
                named
                    .or_else(|| share.as_str().filter(|name| *name != "all"))?
                    .to_owned(),
            )
        })
        .collect()
}

fn is_public(value: &Value, pointer: &str) -> bool {
    shares(value, pointer).any(|share| {
        let group = share.get("Group").or(Some(share));
        group.and_then(Value::as_str) == Some("all")
    })
}

/// The grants of a key that let somebody decrypt.
fn grants(value: &Value) -> Vec<GrantFacts> {
    let grants = value.pointer("/observed/Grants").and_then(Value::as_array);
    let decrypts = |grant: &&Value| {
        let operations = grant.get("Operations").and_then(Value::as_array);
        operations.is_some_and(|operations| operations.iter().any(|one| one == "Decrypt"))
    };
    let pairs = |grant: &Value, name: &str| -> Option<BTreeMap<String, String>> {
        serde_json::from_value(grant.get("Constraints")?.get(name)?.clone()).ok()
    };
    grants
        .into_iter()
        .flatten()
        .filter(decrypts)
        .filter_map(|grant| {
            let equals = pairs(grant, "EncryptionContextEquals").map(GrantConstraint::Equals);
            let subset = || pairs(grant, "EncryptionContextSubset").map(GrantConstraint::Subset);
            Some(GrantFacts {
                grantee: grant.get("GranteePrincipal")?.as_str()?.to_owned(),
                constraint: equals.or_else(subset),
            })
        })
        .collect()
}
