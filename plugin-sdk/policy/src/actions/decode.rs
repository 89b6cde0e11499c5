//! Reading the embedded text.
//!
//! The first line says where it comes from. Then for each service, tab-separated:
//!
//! - `@prefix`, name;
//! - `k` and a condition key, its type (`s`tring, `a`rn, `b`ool, `n`umeric, `d`ate, `i`p address;
//!   `*` for several values);
//! - `r` and a resource type, its ARN, the places of its condition keys in the list above;
//! - an upper-case letter and an action: the letter says how many characters its name shares with
//!   the one before (`A` none), then access level (`L`ist, `R`ead, `W`rite, `T`agging,
//!   `P`ermissions) with the places of its resource types (`!` if required), and the places of its
//!   condition keys. What is the same as for the action before is left out.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{AccessLevel, Action, ConditionKey, KeyType, ResourceType};
use crate::lowered::Lowered;

static TEXT: &str = include_str!("../../data/actions.txt");

/// One AWS service.
#[derive(Clone, Debug)]
pub struct Service {
    /// What its actions start with, lower case.
    pub prefix: &'static str,
    /// For example `Amazon S3`.
    pub name: &'static str,
    /// The condition keys that its actions and resources know.
    pub condition_keys: Vec<ConditionKey>,
    /// Its resource types.
    pub resource_types: Vec<ResourceType>,
    actions: Vec<Action>,
    /// The same in lower case, sorted.
    lower: Vec<(Box<str>, usize)>,
}

impl Service {
    /// Its actions, in order.
    pub fn actions(&self) -> std::slice::Iter<'_, Action> {
        self.actions.iter()
    }

    /// The action of a name without prefix, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Action> {
        self.find_lower(Lowered::new(name).as_str())
    }

    pub(super) fn find_lower(&self, name: &str) -> Option<&Action> {
        let at = self
            .lower
            .binary_search_by(|(known, _)| (**known).cmp(name))
            .ok()?;
        let (_, place) = self.lower.get(at)?;
        self.actions.get(*place)
    }
}

/// Where a service's text is, and what it decodes to.
struct Entry {
    text: &'static str,
    decoded: OnceLock<Service>,
}

fn index() -> &'static BTreeMap<&'static str, Entry> {
    static INDEX: OnceLock<BTreeMap<&'static str, Entry>> = OnceLock::new();
    INDEX.get_or_init(|| {
        TEXT.split("\n@")
            .skip(1)
            .filter_map(|text| {
                let prefix = text.split('\t').next()?;
                let decoded = OnceLock::new();
                Some((prefix, Entry { text, decoded }))
            })
            .collect()
    })
}

/// The package, version and date of the data.
#[must_use]
pub fn source() -> &'static str {
    TEXT.lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("# ")
}

/// The service of a prefix, in any case.
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    service_of_lower(Lowered::new(prefix).as_str())
}

pub(super) fn service_of_lower(prefix: &str) -> Option<&'static Service> {
    let entry = index().get(prefix)?;
    Some(entry.decoded.get_or_init(|| decode(entry.text)))
}

/// Every service, in order of prefix.
pub fn services() -> impl Iterator<Item = &'static Service> {
    index().keys().filter_map(|prefix| service(prefix))
}

/// A text that is not in the format gives fewer actions; a test holds that none are lost.
fn decode(text: &'static str) -> Service {
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default().split('\t');
    let mut service = Service {
        prefix: first.next().unwrap_or_default(),
        name: first.next().unwrap_or_default(),
        condition_keys: Vec::new(),
        resource_types: Vec::new(),
        actions: Vec::new(),
        lower: Vec::new(),
    };
    for line in lines {
        let Some((kind, rest)) = line.split_at_checked(1) else {
            continue;
        };
        let mut fields = rest.split('\t');
        let name = fields.next().unwrap_or_default();
        match kind {
            "k" => service
                .condition_keys
                .push(condition_key(name, fields.next().unwrap_or_default())),
            "r" => service.resource_types.push(ResourceType {
                name,
                arn: fields.next().unwrap_or_default(),
                keys: places(fields.next().unwrap_or_default()),
            }),
            letter => {
                let action = action(&service, letter, name, fields.next(), fields.next());
                service.actions.push(action);
            }
        }
    }
    service.lower = service
        .actions
        .iter()
        .enumerate()
        .map(|(place, action)| (action.name.to_ascii_lowercase().into(), place))
        .collect();
    service.lower.sort_unstable();
    service
}

fn action(
    service: &Service,
    letter: &str,
    rest: &str,
    shape: Option<&str>,
    keys: Option<&str>,
) -> Action {
    let previous = service.actions.last();
    let shared = letter
        .bytes()
        .next()
        .map_or(0, |letter| usize::from(letter.saturating_sub(b'A')));
    let before = previous.map_or("", |action| &action.name);
    let mut name = before.get(..shared).unwrap_or_default().to_owned();
    name.push_str(rest);
    let (access, types, keys) = match (shape, previous) {
        (None, Some(same)) => (same.access, same.types.clone(), same.keys.clone()),
        (shape, _) => {
            let mut parts = shape.unwrap_or_default().split(' ');
            let access = match parts.next() {
                Some("L") => AccessLevel::List,
                Some("R") => AccessLevel::Read,
                Some("T") => AccessLevel::Tagging,
                Some("P") => AccessLevel::PermissionsManagement,
                _ => AccessLevel::Write,
            };
            let types = parts
                .filter_map(|part| {
                    let place = part.trim_end_matches('!');
                    Some((place.parse().ok()?, place.len() < part.len()))
                })
                .collect();
            (access, types, places(keys.unwrap_or_default()))
        }
    };
    Action {
        service: service.prefix,
        name: name.into(),
        access,
        types,
        keys,
    }
}

fn condition_key(name: &'static str, code: &str) -> ConditionKey {
    ConditionKey {
        name,
        value_type: match code.get(..1) {
            Some("a") => KeyType::Arn,
            Some("b") => KeyType::Bool,
            Some("n") => KeyType::Numeric,
            Some("d") => KeyType::Date,
            Some("i") => KeyType::IpAddress,
            _ => KeyType::String,
        },
        multivalued: code.ends_with('*'),
    }
}

fn places(text: &str) -> Box<[u16]> {
    text.split(' ')
        .filter_map(|place| place.parse().ok())
        .collect()
}
