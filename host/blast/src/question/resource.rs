//! The resource of a question: whose it is, and which policy it has.

use std::collections::BTreeMap;

use blastwall_model::resources::{AccountPublicAccessBlockKind, BucketKind};
use blastwall_model::{AccountId, Arn, Document, Kind, Tags};

use crate::facts::{Policies, PolicyIndex, in_words};

/// A bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) arn: Arn,
    pub(super) account: AccountId,
    pub(super) region: String,
    /// None if it has none.
    pub(super) policy: Result<Option<PolicyIndex>, String>,
    /// Whether strangers are kept out of it if its policy is public.
    restricted: Result<bool, String>,
    /// Whether AWS told that it is not (`GetBucketPolicyStatus`).
    is_not_public: bool,
    /// None if they are not known.
    pub(super) tags: Option<Tags>,
}

/// The buckets of all accounts, and the accounts' switches.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    by_name: BTreeMap<String, Bucket>,
    /// RestrictPublicBuckets of the accounts.
    restricted: BTreeMap<AccountId, Result<bool, String>>,
}

impl Buckets {
    pub(super) fn add(
        &mut self,
        account: &AccountId,
        documents: &[Document],
        policies: &mut Policies,
    ) {
        let own = documents
            .iter()
            .filter(|document| document.account == *account);
        for document in own {
            match document.kind.as_str() {
                BucketKind::TYPE => {
                    let bucket = bucket(document, policies);
                    self.by_name
                        .insert(document.arn.resource().to_owned(), bucket);
                }
                AccountPublicAccessBlockKind::TYPE => {
                    let switch = document
                        .to::<AccountPublicAccessBlockKind>()
                        .map_err(in_words)
                        .and_then(|block| {
                            let switches = &block.config.public_access_block_configuration;
                            let switches = switches.get().map_err(in_words)?;
                            Ok(switches.is_some_and(|switches| switches.restrict_public_buckets))
                        });
                    self.restricted.insert(account.clone(), switch);
                }
                _ => {}
            }
        }
    }

    /// Says why the switches of an account were not seen.
    pub(super) fn unseen_switch(&mut self, account: &AccountId, why: String) {
        self.restricted.entry(account.clone()).or_insert(Err(why));
    }

    pub(super) fn get(&self, name: &str) -> Option<&Bucket> {
        self.by_name.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The effective switch of a bucket: its own or its account's, which is off if the account has
    /// none.
    pub(super) fn restricted(&self, bucket: &Bucket) -> Result<bool, String> {
        if bucket.is_not_public {
            return Ok(false);
        }
        let of_account = self.restricted.get(&bucket.account).unwrap_or(&Ok(false));
        match (&bucket.restricted, of_account) {
            (Ok(true), _) | (_, Ok(true)) => Ok(true),
            (Err(why), _) | (_, Err(why)) => Err(why.clone()),
            (Ok(false), Ok(false)) => Ok(false),
        }
    }
}

fn bucket(document: &Document, policies: &mut Policies) -> Bucket {
    let read = document.to::<BucketKind>().map_err(in_words);
    let known = |why: &String| Err(why.clone());
    Bucket {
        arn: document.arn.clone(),
        account: document.account.clone(),
        region: document.region.to_string(),
        policy: read.as_ref().map_or_else(known, |bucket| {
            match bucket.config.policy_document.get().map_err(in_words)? {
                Some(policy) => policies.keep(policy).map(Some).map_err(in_words),
                None => Ok(None),
            }
        }),
        restricted: read.as_ref().map_or_else(
            |why| Err(why.clone()),
            |bucket| {
                let switches = &bucket.config.public_access_block_configuration;
                let switches = switches.get().map_err(in_words)?;
                Ok(switches.is_some_and(|switches| switches.restrict_public_buckets))
            },
        ),
        is_not_public: read
            .as_ref()
            .is_ok_and(|bucket| bucket.observed.policy_is_public.known() == Some(&false)),
        tags: read.ok().and_then(|bucket| {
            let tags = bucket.tags.get().ok()?;
            Some(tags.cloned().unwrap_or_default())
        }),
    }
}

/// The parts of an ARN that say where a resource is. Wider than [`Arn`], which has an account always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) name: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let (prefix, _) = (parts.next()?, parts.next()?);
        let place = Self {
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            name: parts.next()?,
        };
        (prefix == "arn" && !place.service.is_empty() && !place.name.is_empty()).then_some(place)
    }

    /// Whether it is of what is shared with accounts by name and has no policy.
    pub(super) fn is_shared(&self) -> bool {
        let mut kinds = SHARED.iter();
        kinds.any(|(service, name)| self.service == *service && self.name.starts_with(name))
    }

    /// The bucket that it is, or is in: bucket ARNs have neither region nor account.
    pub(super) fn bucket(&self) -> Option<&'a str> {
        (self.service == "s3" && self.account.is_empty())
            .then(|| self.name.split('/').next().unwrap_or_default())
    }
}

/// What is shared with accounts by name and has no policy, by the service of its ARN and the beginning of its
/// name.
const SHARED: [(&str, &str); 4] = [
    ("ec2", "image/"),
    ("ec2", "snapshot/"),
    ("rds", "cluster-snapshot:"),
    ("rds", "snapshot:"),
];

/// Services whose resources can have a policy, or be shared, by the service of their ARNs and the
/// beginnings of their names; no beginning means every resource. Those whose policies are collected
/// (buckets, role trust) are asked for before. Where it is not sure which resources of a service have
/// one, all do, because an answer that rests on a policy that was not seen is worse than none. As of 2026-11, from the actions
/// of the Service Authorization Reference that write such policies.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
const WITH_POLICIES: &[(&str, &[&str])] = &[
    ("acm-pca", &[]),
    ("aoss", &[]),
    ("apigateway", &[]),
    ("appsync", &[]),
    ("aps", &[]),
    ("arc-region-switch", &[]),
    ("aws-marketplace", &[]),
    ("backup", &["backup-vault:", "recovery-point:"]),
    ("bcm-dashboards", &[]),
    ("bedrock", &[]),
    ("bedrock-agentcore", &[]),
    ("billing", &[]),
    ("cloudfront", &[]),
    ("cloudhsm", &[]),
    ("cloudtrail", &["channel/", "dashboard/", "eventdatastore/"]),
    ("codeartifact", &[]),
    ("codebuild", &[]),
    ("codeguru-profiler", &[]),
    ("comprehend", &[]),
    ("datazone", &[]),
    ("dsql", &[]),
    ("dynamodb", &["table/"]),
    ("ec2", &["image/", "snapshot/"]),
    ("ecr", &["repository/"]),
    ("ecr-public", &[]),
    ("elasticfilesystem", &[]),
    ("elasticloadbalancing", &[]),
    ("entityresolution", &[]),
    ("es", &[]),
    ("events", &["event-bus/"]),
    ("execute-api", &[]),
    ("fsx", &[]),
    ("glacier", &[]),
    ("glue", &[]),
    ("grafana", &[]),
    ("imagebuilder", &[]),
    ("iot", &[]),
    ("kafka", &[]),
    ("kinesis", &["stream/"]),
    ("kms", &["key/"]),
    ("lakeformation", &[]),
    ("lambda", &["function:", "layer:"]),
    ("lex", &[]),
    (
        "logs",
        &["delivery-destination:", "destination:", "log-group:"],
    ),
    ("lookoutequipment", &[]),
    ("mediastore", &[]),
    ("mediatailor", &[]),
    ("mpa", &[]),
    ("network-firewall", &[]),
    ("networkmanager", &[]),
    ("odb", &[]),
    ("organizations", &[]),
    ("osis", &[]),
    ("qbusiness", &[]),
    ("ram", &[]),
    ("rds", &["cluster-snapshot:", "snapshot:"]),
    ("redshift", &[]),
    ("redshift-serverless", &[]),
    ("refactor-spaces", &[]),
    ("rekognition", &[]),
    ("resource-explorer-2", &[]),
    ("route53-recovery-control-config", &[]),
    ("route53resolver", &[]),
    ("rum", &[]),
    ("s3", &[]),
    ("s3-object-lambda", &[]),
    ("s3-outposts", &[]),
    ("s3express", &[]),
    ("s3tables", &[]),
    ("s3vectors", &[]),
    ("sagemaker", &[]),
    ("schemas", &[]),
    ("secretsmanager", &["secret:"]),
    ("serverlessrepo", &[]),
    ("servicecatalog", &[]),
    ("servicediscovery", &[]),
    ("ses", &[]),
    ("signer", &[]),
    ("sms-voice", &[]),
    ("sns", &[]),
    ("sqs", &[]),
    ("ssm", &["document/", "opsitemgroup/", "parameter/"]),
    ("ssm-incidents", &[]),
    ("vpc-lattice", &[]),
    ("waf", &[]),
    ("waf-regional", &[]),
    ("wafv2", &[]),
    ("xray", &[]),
];

/// Whether a resource can have a policy that is not collected.
pub(super) fn can_have_policy(place: &Place<'_>) -> bool {
    let found = WITH_POLICIES.binary_search_by(|(service, _)| (*service).cmp(place.service));
    let row = found.ok().and_then(|index| WITH_POLICIES.get(index));
    row.is_some_and(|(_, names)| {
        names.is_empty() || names.iter().any(|name| place.name.starts_with(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let place = Place::of("arn:aws:s3:::b/k:1/2").unwrap();
        assert_eq!((place.name, place.bucket()), ("b/k:1/2", Some("b")));
        let point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/x";
        assert_eq!(Place::of(point).unwrap().bucket(), None);
        for wrong in ["", "*", "b", "arn:aws:s3:::", "arn:aws::::x", "arn:aws:s3"] {
            assert_eq!(Place::of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(WITH_POLICIES.is_sorted_by_key(|(service, _)| service));
        for (arn, expected) in [
            ("arn:aws:kms:eu-west-1:111122223333:key/1", true),
            ("arn:aws:kms:eu-west-1:111122223333:alias/a", false),
            ("arn:aws:lambda:eu-west-1:111122223333:function:f", true),
            (
                "arn:aws:lambda:eu-west-1:111122223333:event-source-mapping:1",
                false,
            ),
            ("arn:aws:events:eu-west-1:111122223333:rule/r", false),
            ("arn:aws:ec2:eu-west-1:111122223333:instance/i-1", false),
            ("arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1", true),
            ("arn:aws:iam::111122223333:user/ann", false),
        ] {
            let place = Place::of(arn).unwrap();
            assert_eq!(can_have_policy(&place), expected, "{arn}");
        }
    }
}
