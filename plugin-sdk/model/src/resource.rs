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

    /// Marks the property that a path begins with (`AccessKeys`, `AccessKeys[0].LastUsedDate`) as
    /// unknown, or, if it is [partly](Partly) known, what the path names alone; false if there is no
    /// such property.
    fn mark_unknown(&mut self, path: &str, unknown: &Unknown) -> bool;

    /// Adds each unknown property to `unknown`, as path and reason.
    fn list_unknown(&self, unknown: &mut BTreeMap<String, String>);
}

/// A value of which one part can be unknown while the rest is known.
///
/// Half a value is no value, so a property is known as a whole or not at all; but of a list of
/// things that are fetched one by one, what is known of each is worth having.
pub trait Partly {
    /// Marks what a path inside the value names as unknown; false if it names nothing that can be.
    fn mark_unknown(&mut self, path: &str, unknown: &Unknown) -> bool;

    /// Adds each unknown part to `unknown`, as path and reason; `path` is that of the value itself.
    fn list_unknown(&self, path: &str, unknown: &mut BTreeMap<String, String>);
}

/// Paths inside a list have the form `[0].LastUsedDate`.
impl<T: Partly> Partly for Vec<T> {
    fn mark_unknown(&mut self, path: &str, unknown: &Unknown) -> bool {
        let named = || {
            let (index, rest) = path.strip_prefix('[')?.split_once("].")?;
            Some((index.parse::<usize>().ok()?, rest))
        };
        named().is_some_and(|(index, rest)| {
            self.get_mut(index)
                .is_some_and(|item| item.mark_unknown(rest, unknown))
        })
    }

    fn list_unknown(&self, path: &str, unknown: &mut BTreeMap<String, String>) {
        for (index, item) in self.iter().enumerate() {
            item.list_unknown(&format!("{path}[{index}]"), unknown);
        }
    }
}

/// The name of the property that a path begins with, and what follows it.
pub(crate) fn first_name(path: &str) -> (&str, &str) {
    path.split_at(path.find(['.', '[']).unwrap_or(path.len()))
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
    /// A path below a property marks the whole property, unless it is [partly](Partly) known.
    pub fn mark_unknown(&mut self, path: &str, reason: &str) {
        let unknown = Unknown {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let (part, below) = match path.split_once('.') {
            Some((part, below)) => (part, Some(below)),
            None => (path, None),
        };
        let found = match (part, below) {
            ("tags", _) => {
                self.tags = Field::Unknown(Box::new(unknown));
                true
            }
            ("config", Some(below)) => self.config.mark_unknown(below, &unknown),
            ("observed", Some(below)) => self.observed.mark_unknown(below, &unknown),
            ("config", None) => mark_all(&mut self.config, "config", reason),
            ("observed", None) => mark_all(&mut self.observed, "observed", reason),
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
/// every one can be unknown. One whose type is followed by `as Partly` can be so in part.
macro_rules! properties {
    (
        $(#[$meta:meta])*
        $part:literal $name:ident {
            $( $(#[$field_meta:meta])* $json:literal $field:ident: $type:ty $(as $partly:ident)?, )*
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
            fn mark_unknown(&mut self, path: &str, unknown: &crate::Unknown) -> bool {
                let (name, below) = crate::resource::first_name(path);
                match name {
                    $($json => {
                        $(
                            if let crate::Field::Known(value) = &mut self.$field
                                && crate::$partly::mark_unknown(value, below, unknown)
                            {
                                return true;
                            }
                        )?
                        self.$field = crate::Field::Unknown(Box::new(unknown.clone()));
                    })*
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
                    $(
                        if let crate::Field::Known(value) = &self.$field {
                            let path = concat!($part, ".", $json);
                            crate::$partly::list_unknown(value, path, unknown);
                        }
                    )?
                )*
            }
        }
    };
}

/// Defines the objects inside properties, by default named as AWS names them.
///
/// What is in them is known as a whole or unknown as a whole, with the property that holds them;
/// see [`Partly`] for the exceptions.
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
    use crate::resources::iam::AccessKey;
    use crate::resources::{Bucket, User};
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
    fn a_part_of_a_property_can_be_unknown() {
        let mut user = User::new(
            "arn:aws:iam::111122223333:user/ann".parse().unwrap(),
            "111122223333".parse().unwrap(),
            crate::GLOBAL,
        );
        let key = |last_used_date: Field<String>| AccessKey {
            status: "Active".to_owned(),
            last_used_date,
            ..AccessKey::default()
        };
        let used = key("2026-01-01T00:00:00Z".to_owned().into());
        let unseen = key(Field::unknown("", "NotReported"));
        user.observed.access_keys = vec![used, unseen].into();
        let json = serde_json::to_string(&user).unwrap();
        let mut read: User = serde_json::from_str(&json).unwrap();
        assert_eq!(read.unknown(), user.unknown());
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        let keys = read.observed.access_keys.required().unwrap();
        assert!(keys[0].last_used_date.get().is_ok());
        assert_eq!(
            keys[1].last_used_date.get().unwrap_err().to_string(),
            "observed.AccessKeys[1].LastUsedDate is unknown: NotReported"
        );

        // What names no part that can be unknown makes the whole so.
        for path in ["[0].Status", "[7].LastUsedDate", ".LastUsedDate", "[0]"] {
            let mut other = read.clone();
            other.mark_unknown(&format!("observed.AccessKeys{path}"), "why");
            assert!(other.observed.access_keys.get().is_err(), "{path}");
        }
        read.mark_unknown("observed.AccessKeys", "why");
        assert!(read.observed.access_keys.get().is_err());
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
