//! Policies of stores that are documents of their own, joined to what they are of.

use std::collections::BTreeMap;

use blastwall_model::Document;
use serde_json::{Value, json};

use super::store_kinds::BUCKET;

/// A type of such policies.
struct Apart {
    kind: &'static str,
    /// The type of what it is the policy of.
    of: &'static str,
    /// JSON pointers below `config`: what it names as what it is of, and the policy.
    names: &'static str,
    policy: &'static str,
}

/// The names of these have slashes in them.
const SECRET: &str = "AWS::SecretsManager::Secret";

const BUS_POLICY: &str = "AWS::Events::EventBusPolicy";

const POLICIES: &[Apart] = &[
    Apart {
        kind: "AWS::S3::BucketPolicy",
        of: BUCKET,
        names: "/Bucket",
        policy: "/PolicyDocument",
    },
    Apart {
        kind: "AWS::SecretsManager::ResourcePolicy",
        of: SECRET,
        names: "/SecretId",
        policy: "/ResourcePolicy",
    },
    Apart {
        kind: "AWS::SQS::QueuePolicy",
        of: "AWS::SQS::Queue",
        names: "/Queues",
        policy: "/PolicyDocument",
    },
    Apart {
        kind: "AWS::SQS::QueueInlinePolicy",
        of: "AWS::SQS::Queue",
        names: "/Queue",
        policy: "/PolicyDocument",
    },
    Apart {
        kind: "AWS::SNS::TopicInlinePolicy",
        of: "AWS::SNS::Topic",
        names: "/TopicArn",
        policy: "/PolicyDocument",
    },
    Apart {
        kind: "AWS::MSK::ClusterPolicy",
        of: "AWS::MSK::Cluster",
        names: "/ClusterArn",
        policy: "/Policy",
    },
    Apart {
        kind: "AWS::S3Tables::TableBucketPolicy",
        of: "AWS::S3Tables::TableBucket",
        names: "/TableBucketARN",
        policy: "/ResourcePolicy",
    },
    Apart {
        kind: "AWS::SNS::TopicPolicy",
        of: "AWS::SNS::Topic",
        names: "/Topics",
        policy: "/PolicyDocument",
    },
    Apart {
        kind: "AWS::Kinesis::ResourcePolicy",
        of: "AWS::Kinesis::Stream",
        names: "/ResourceArn",
        policy: "/ResourcePolicy",
    },
    // A statement each.
    Apart {
        kind: BUS_POLICY,
        of: "AWS::Events::EventBus",
        names: "/EventBusName",
        policy: "/Statement",
    },
];

/// The types of such documents.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    POLICIES.iter().map(|apart| apart.kind)
}

/// The policies of an account that are documents of their own: by the type of what they are of, its region
/// and its name.
#[derive(Debug, Default)]
pub(super) struct PoliciesApart(BTreeMap<(&'static str, String, String), Value>);

impl PoliciesApart {
    pub(super) fn read(documents: &[(&Document, Value)]) -> Self {
        let mut all = Self::default();
        for (document, value) in documents {
            let Some(apart) = POLICIES.iter().find(|apart| apart.kind == document.kind) else {
                continue;
            };
            let at = |pointer: &str| value.pointer(&format!("/config{pointer}"));
            let names: Vec<&str> = match at(apart.names) {
                Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
                Some(name) => name.as_str().into_iter().collect(),
                None if apart.kind == BUS_POLICY => vec!["default"],
                None => Vec::new(),
            };
            let policy = match at(apart.policy) {
                Some(policy) => policy.clone(),
                None if apart.kind == BUS_POLICY => bus_statement(value),
                None => continue,
            };
            for name in names {
                let (region, name) =
                    place(name, &document.region, document.account.as_str(), apart.of);
                let Some(name) = name else { continue };
                let region = match apart.of {
                    BUCKET => String::new(),
                    _ => region,
                };
                all.add(apart, (apart.of, region, name), &policy);
            }
        }
        all
    }

    fn add(&mut self, apart: &Apart, key: (&'static str, String, String), policy: &Value) {
        if apart.kind != BUS_POLICY {
            self.0.insert(key, policy.clone());
            return;
        }
        let whole = self
            .0
            .entry(key)
            .or_insert_with(|| json!({"Version": "2012-10-17", "Statement": []}));
        if let Some(statements) = whole.get_mut("Statement").and_then(Value::as_array_mut) {
            statements.push(policy.clone());
        }
    }

    /// The policy of what a document is about, by the name in its ARN or the one that it was given.
    pub(super) fn of(&self, document: &Document, value: &Value) -> Option<&Value> {
        let kind = POLICIES.iter().find(|apart| apart.of == document.kind)?.of;
        let (region, name) = place(
            document.arn.as_str(),
            &document.region,
            document.account.as_str(),
            kind,
        );
        let given = value.pointer("/config/Name").and_then(Value::as_str);
        let names = name.into_iter().chain(given.map(str::to_owned));
        names
            .map(|name| (kind, region.clone(), name))
            .find_map(|key| self.0.get(&key))
    }
}

/// The region of something and its name in there; no name if it is of another account. It is named by its
/// ARN, by the address of a queue, or by its name. Buckets are of no region, because their names are not.
fn place(name: &str, region: &str, account: &str, kind: &str) -> (String, Option<String>) {
    let ends: &[char] = if kind == SECRET { &[':'] } else { &['/', ':'] };
    let last = name.rsplit(ends).next().unwrap_or_default().to_owned();
    if let Some(address) = name.strip_prefix("https://") {
        // https://sqs.eu-west-1.amazonaws.com/111122223333/jobs
        let mut parts = address.split('/');
        let of_queue = parts.next().and_then(|host| host.split('.').nth(1));
        let own = parts.next().is_none_or(|owner| owner == account);
        return (of_queue.unwrap_or(region).to_owned(), own.then_some(last));
    }
    let mut parts = name.splitn(6, ':');
    if parts.next() == Some("arn") {
        let service = parts.nth(1).unwrap_or_default();
        let of_arn = parts.next().unwrap_or_default();
        let owner = parts.next().unwrap_or_default();
        let own = owner.is_empty() || owner == account;
        let region = if service == "s3" { "" } else { of_arn };
        return (region.to_owned(), own.then_some(last));
    }
    (region.to_owned(), Some(last))
}

/// A statement of a bus policy in the older form, which names an account and an action.
fn bus_statement(value: &Value) -> Value {
    let text = |pointer: &str| {
        let text = value.pointer(&format!("/config/{pointer}"));
        text.and_then(Value::as_str)
    };
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": text("Principal").map_or(json!({}), |who| json!({ "AWS": who })),
        "Action": text("Action").unwrap_or("events:PutEvents"),
        "Resource": "*",
    });
    if let (Some(operator), Some(key), Some(wanted)) = (
        text("Condition/Type"),
        text("Condition/Key"),
        text("Condition/Value"),
    ) && let Some(statement) = statement.as_object_mut()
    {
        statement.insert("Condition".to_owned(), json!({ operator: { key: wanted } }));
    }
    statement
}
