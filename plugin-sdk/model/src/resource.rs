//! Typed resource documents.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::field::Name;
use crate::{AccountId, Arn, Field, Unknown};

/// The tags of a resource.
pub type Tags = BTreeMap<String, String>;

/// A set of properties: the `config` or the `observed` part of a resource document.
///
/// Implemented by the `properties!` macro alone.
pub trait Properties:
    Clone + fmt::Debug + Default + PartialEq + Serialize + DeserializeOwned
{
    /// The JSON names of all properties.
    const NAMES: &'static [&'static str];

    /// Marks the property with this JSON name as unknown; false if there is none.
    fn mark_unknown(&mut self, name: &str, unknown: &Unknown) -> bool;

    /// Adds each unknown property to `unknown`, as path and reason.
    fn list_unknown(&self, unknown: &mut BTreeMap<String, String>);
}

/// A type of resource: the names of its properties and where AWS documents them.
pub trait Kind: Clone + fmt::Debug + PartialEq + 'static {
    /// The CloudFormation type name, `AWS::S3::Bucket`, or a name of the same form of our own
    /// where CloudFormation has none.
    const TYPE: &'static str;
    /// What it is, in a line or two.
    const DESCRIPTION: &'static str;
    /// What the account's owner sets; named and nested as in the CloudFormation resource schema.
    type Config: Properties;
    /// What only the running account knows; named as in the AWS API.
    type Observed: Properties;
}

/// One resource document: one AWS thing at one moment.
///
/// Two things that CloudFormation stores apart but people think of as one (a bucket and its
/// policy, a role and its inline policies) are one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource<K: Kind> {
    /// Its ARN, unique among all resources of its account and type.
    pub arn: Arn,
    /// The account that it was collected from.
    pub account: AccountId,
    /// Its region, [`GLOBAL`](crate::GLOBAL) if it belongs to none.
    pub region: String,
    /// Its tags.
    pub tags: Field<Tags>,
    /// What its owner has set.
    pub config: K::Config,
    /// What only the running account knows.
    pub observed: K::Observed,
    /// Unknown paths that name no property of this type; kept, so that nothing is lost.
    pub other_unknown: BTreeMap<String, String>,
    kind: PhantomData<K>,
}

impl<K: Kind> Resource<K> {
    /// A document with no properties yet.
    pub fn new(arn: Arn, account: AccountId, region: impl Into<String>) -> Self {
        Self {
            arn,
            account,
            region: region.into(),
            tags: no_tags(),
            config: K::Config::default(),
            observed: K::Observed::default(),
            other_unknown: BTreeMap::new(),
            kind: PhantomData,
        }
    }

    /// Marks a path of the document (`config.X`, `observed.X`, `tags`, or a whole part) as unknown.
    ///
    /// A path below a property marks the whole property: half a value is not a value.
    pub fn mark_unknown(&mut self, path: &str, reason: &str) {
        let unknown = Unknown {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let mut parts = path.split('.');
        let part = parts.next();
        let name = parts.next();
        let found = match (part, name) {
            (Some("tags"), _) => {
                self.tags = Field::Unknown(Box::new(unknown));
                true
            }
            (Some("config"), Some(name)) => self.config.mark_unknown(name, &unknown),
            (Some("observed"), Some(name)) => self.observed.mark_unknown(name, &unknown),
            (Some("config"), None) => mark_all(&mut self.config, "config", reason),
            (Some("observed"), None) => mark_all(&mut self.observed, "observed", reason),
            _ => false,
        };
        if !found {
            self.other_unknown
                .insert(path.to_owned(), reason.to_owned());
        }
    }

    /// Every path of the document that is unknown, with the reason.
    pub fn unknown(&self) -> BTreeMap<String, String> {
        let mut unknown = self.other_unknown.clone();
        if let Field::Unknown(tags) = &self.tags {
            unknown.insert(tags.path.clone(), tags.reason.clone());
        }
        self.config.list_unknown(&mut unknown);
        self.observed.list_unknown(&mut unknown);
        unknown
    }
}

fn mark_all<P: Properties>(properties: &mut P, part: &str, reason: &str) -> bool {
    for name in P::NAMES {
        properties.mark_unknown(
            name,
            &Unknown {
                path: format!("{part}.{name}"),
                reason: reason.to_owned(),
            },
        );
    }
    true
}

/// The JSON form, read.
#[derive(Deserialize)]
#[serde(bound = "C: Properties, O: Properties")]
struct Read<C, O> {
    r#type: String,
    arn: Arn,
    account: AccountId,
    #[serde(default = "global")]
    region: String,
    #[serde(default = "no_tags")]
    tags: Field<Tags>,
    #[serde(default)]
    config: C,
    #[serde(default)]
    observed: O,
    #[serde(default)]
    unknown: BTreeMap<String, String>,
}

fn no_tags() -> Field<Tags> {
    Field::Absent(Name::new("tags"))
}

fn global() -> String {
    crate::GLOBAL.to_owned()
}

impl<'de, K: Kind> Deserialize<'de> for Resource<K> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read: Read<K::Config, K::Observed> = Read::deserialize(deserializer)?;
        if read.r#type != K::TYPE {
            return Err(serde::de::Error::custom(format!(
                "a document of type {} was read as {}",
                read.r#type,
                K::TYPE
            )));
        }
        let mut resource = Self {
            arn: read.arn,
            account: read.account,
            region: read.region,
            tags: read.tags,
            config: read.config,
            observed: read.observed,
            other_unknown: BTreeMap::new(),
            kind: PhantomData,
        };
        for (path, reason) in &read.unknown {
            resource.mark_unknown(path, reason);
        }
        Ok(resource)
    }
}

/// The JSON form, written: empty parts are left out.
#[derive(Serialize)]
#[serde(bound = "C: Properties, O: Properties")]
struct Write<'a, C, O> {
    r#type: &'a str,
    arn: &'a Arn,
    account: &'a AccountId,
    region: &'a str,
    #[serde(skip_serializing_if = "Field::is_silent")]
    tags: &'a Field<Tags>,
    #[serde(skip_serializing_if = "is_default")]
    config: &'a C,
    #[serde(skip_serializing_if = "is_default")]
    observed: &'a O,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    unknown: BTreeMap<String, String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn is_default<P: Properties>(properties: &&P) -> bool {
    **properties == P::default()
}

impl<K: Kind> Serialize for Resource<K> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Write {
            r#type: K::TYPE,
            arn: &self.arn,
            account: &self.account,
            region: &self.region,
            tags: &self.tags,
            config: &self.config,
            observed: &self.observed,
            unknown: self.unknown(),
        }
        .serialize(serializer)
    }
}

/// Defines the `config` or `observed` part of a resource document.
///
/// Each property has its JSON name and the name of the field; every one is a [`Field`], because
/// every one can be unknown.
macro_rules! properties {
    (
        $(#[$meta:meta])*
        $part:literal $name:ident {
            $( $(#[$field_meta:meta])* $json:literal $field:ident: $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(default)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(rename = $json, skip_serializing_if = "crate::Field::is_silent")]
                pub $field: crate::Field<$type>,
            )*
        }

        // What a document leaves out is taken from here, so that it knows its own name.
        impl Default for $name {
            fn default() -> Self {
                Self {
                    $(
                        $field: crate::Field::Absent(crate::field::Name::new(
                            concat!($part, ".", $json),
                        )),
                    )*
                }
            }
        }

        impl crate::Properties for $name {
            const NAMES: &'static [&'static str] = &[$($json),*];

            #[allow(unused_variables, reason = "some types have nothing in this part")]
            fn mark_unknown(&mut self, name: &str, unknown: &crate::Unknown) -> bool {
                match name {
                    $($json => self.$field = crate::Field::Unknown(Box::new(unknown.clone())),)*
                    _ => return false,
                }
                #[allow(unreachable_code, reason = "some types have nothing in this part")]
                true
            }

            #[allow(unused_variables, reason = "some types have nothing in this part")]
            fn list_unknown(&self, unknown: &mut std::collections::BTreeMap<String, String>) {
                $(
                    if let crate::Field::Unknown(field) = &self.$field {
                        // A collector may leave the path empty: the property knows its own.
                        let path = if field.path.is_empty() {
                            concat!($part, ".", $json).to_owned()
                        } else {
                            field.path.clone()
                        };
                        unknown.insert(path, field.reason.clone());
                    }
                )*
            }
        }
    };
}

/// Defines the objects inside properties, by default named as AWS names them.
///
/// What is in them is known as a whole or unknown as a whole, with the property that holds them.
macro_rules! shapes {
    ($(
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty, )*
        }
    )*) => { $(
        $(#[$meta])*
        #[derive(
            Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "PascalCase", default)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }
    )* };
}

/// Defines a resource type from its two parts.
macro_rules! kind {
    ($(#[doc = $doc:literal])* $alias:ident, $kind:ident = $type:literal, $config:ty, $observed:ty) => {
        $(#[doc = $doc])*
        pub type $alias = crate::Resource<$kind>;

        #[doc = concat!("The type `", $type, "`.")]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $kind;

        impl crate::Kind for $kind {
            const TYPE: &'static str = $type;
            const DESCRIPTION: &'static str = concat!($($doc),*).trim_ascii();
            type Config = $config;
            type Observed = $observed;
        }
    };
}

pub(crate) use {kind, properties, shapes};

#[cfg(test)]
mod tests {
    use crate::resources::Bucket;
    use crate::{Document, Field};

    fn bucket() -> Bucket {
        let mut bucket = Bucket::new(
            "arn:aws:s3:::data".parse().unwrap(),
            "111122223333".parse().unwrap(),
            "eu-west-1",
        );
        bucket.config.bucket_name = "data".to_owned().into();
        bucket
    }

    #[test]
    fn unknown_paths_survive_the_round_trip() {
        let mut before = bucket();
        before.config.bucket_encryption = Field::unknown("", "AccessDenied");
        before.mark_unknown(
            "config.PublicAccessBlockConfiguration.BlockPublicAcls",
            "why",
        );
        before.mark_unknown("tags", "no tags for you");
        before.mark_unknown("config.FromTheFuture", "later");
        let json = serde_json::to_string(&before).unwrap();
        let after: Bucket = serde_json::from_str(&json).unwrap();
        assert_eq!(after.unknown(), before.unknown());
        assert_eq!(serde_json::to_string(&after).unwrap(), json);
        assert!(
            after
                .config
                .public_access_block_configuration
                .get()
                .is_err()
        );
        assert!(after.tags.get().is_err());
        assert_eq!(after.config.policy_document.get(), Ok(None));
        assert_eq!(
            after
                .config
                .bucket_encryption
                .get()
                .unwrap_err()
                .to_string(),
            "config.BucketEncryption is unknown: AccessDenied"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let document = Document::try_from(&bucket()).unwrap();
        let read = document.to::<crate::resources::BucketKind>().unwrap();
        let missing = read.observed.grants.required().unwrap_err();
        assert_eq!(missing.path, "observed.Grants");
        assert_eq!(read.tags.required().unwrap_err().path, "tags");
        assert_eq!(read, bucket());
    }

    #[test]
    fn a_whole_part_can_be_unknown() {
        let mut bucket = bucket();
        bucket.mark_unknown("observed", "the service is down");
        assert!(bucket.observed.grants.get().is_err());
        assert!(bucket.config.bucket_name.get().is_ok());
    }

    #[test]
    fn a_document_is_read_as_its_own_type_alone() {
        let document = Document::try_from(&bucket()).unwrap();
        assert!(document.to::<crate::resources::BucketKind>().is_ok());
        assert!(document.to::<crate::resources::RoleKind>().is_err());
        assert_eq!(Document::parse(document.json()).unwrap(), document);
    }
}
