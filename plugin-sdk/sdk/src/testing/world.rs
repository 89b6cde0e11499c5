//! An account made for a test.

use std::collections::BTreeMap;

use blastwall_model::{AccountId, Arn, CheckInfo, GLOBAL};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::check::{Check, Registration};
use crate::facts::{Judged, Place, Request, Source};
use crate::listing::Listed;
use crate::outcome::{Judgement, Outcome};
use crate::plugin::Plugin;

/// The account of a world that names no other.
pub const ACCOUNT: &str = "111122223333";

/// The moment of the scan in a world that names no other.
pub const SCANNED_AT: &str = "2026-01-01T00:00:00Z";

/// The organization of a world that names no other.
pub const ORGANIZATION: &str = "o-exampleorg";

/// The documents of one page in tests: few, so that pages matter.
const PAGE: usize = 2;

/// What stands for a document: type, account and ARN.
type Key = (String, AccountId, Arn);

/// An account, or an organization, with its resources, gaps and the parameters of the check under
/// test.
#[derive(Clone, Debug)]
pub struct World {
    account: AccountId,
    organization: String,
    partition: String,
    scanned_at: String,
    parameters: Map<String, Value>,
    documents: BTreeMap<Key, Value>,
    gaps: BTreeMap<String, Vec<String>>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// An account in which nothing is.
    #[must_use]
    pub fn new() -> Self {
        Self {
            account: read(ACCOUNT).unwrap_or_else(|message| panic!("{message}")),
            organization: ORGANIZATION.to_owned(),
            partition: "aws".to_owned(),
            scanned_at: SCANNED_AT.to_owned(),
            parameters: Map::new(),
            documents: BTreeMap::new(),
            gaps: BTreeMap::new(),
        }
    }

    /// Adds a resource: a typed one, or a JSON document, which may leave out `account` and
    /// `region`. A second one of the same type, account and ARN replaces the first.
    #[must_use]
    pub fn resource(self, resource: impl Serialize) -> Self {
        self.with_resource(resource)
            .unwrap_or_else(|message| panic!("{message}"))
    }

    /// The same as [`World::resource`], for documents that may be malformed.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub fn with_resource(mut self, resource: impl Serialize) -> Result<Self, String> {
        let mut document = match serde_json::to_value(resource) {
            Ok(Value::Object(document)) => document,
            Ok(other) => return Err(format!("a resource document is a JSON object, not {other}")),
            Err(error) => return Err(format!("the resource has no JSON form: {error}")),
        };
        document
            .entry("account")
            .or_insert_with(|| self.account.as_str().into());
        document.entry("region").or_insert_with(|| GLOBAL.into());
        let key = |name: &str| match document.get(name) {
            Some(Value::String(value)) => Ok(value.clone()),
            _ => Err(format!(
                "a resource document needs `{name}`: {}",
                Value::from(document.clone())
            )),
        };
        let key = (key("type")?, read(&key("account")?)?, read(&key("arn")?)?);
        self.documents.insert(key, document.into());
        Ok(self)
    }

    /// Says that resources of a type may be missing, and why.
    #[must_use]
    pub fn gap<T: Listed>(self, reason: impl Into<String>) -> Self {
        self.gap_of(T::TYPE, reason)
    }

    /// Says that resources of a type may be missing, by the name of the type.
    #[must_use]
    pub fn gap_of(mut self, resource_type: &str, reason: impl Into<String>) -> Self {
        self.gaps
            .entry(resource_type.to_owned())
            .or_default()
            .push(reason.into());
        self
    }

    /// Sets a parameter of the check under test; others have their defaults.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the account.
    #[must_use]
    pub fn account(self, account: &str) -> Self {
        self.with_account(account)
            .unwrap_or_else(|message| panic!("{message}"))
    }

    /// The same as [`World::account`], for text that may be no account.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn with_account(mut self, account: &str) -> Result<Self, String> {
        self.account = read(account)?;
        Ok(self)
    }

    /// Sets the id of the organization, for checks of the organization.
    #[must_use]
    pub fn organization(mut self, id: &str) -> Self {
        id.clone_into(&mut self.organization);
        self
    }

    /// Sets the partition: `aws`, `aws-cn` or `aws-us-gov`.
    #[must_use]
    pub fn partition(mut self, partition: &str) -> Self {
        partition.clone_into(&mut self.partition);
        self
    }

    /// Sets the moment of the scan, RFC 3339.
    #[must_use]
    pub fn scanned_at(mut self, moment: &str) -> Self {
        moment.clone_into(&mut self.scanned_at);
        self
    }

    /// The documents, sorted by type, account and ARN.
    pub fn documents(&self) -> impl Iterator<Item = &Value> {
        self.documents.values()
    }

    /// The reasons why resources of a type may be missing.
    #[must_use]
    pub fn gaps(&self, resource_type: &str) -> &[String] {
        self.gaps.get(resource_type).map_or(&[], Vec::as_slice)
    }

    /// The reasons of all types.
    #[must_use]
    pub fn all_gaps(&self) -> &BTreeMap<String, Vec<String>> {
        &self.gaps
    }

    /// The request for one check, to the organization or to the account.
    #[must_use]
    pub fn request(&self, check: &CheckInfo) -> Request {
        let parameters = Value::Object(self.parameters.clone()).to_string();
        Request {
            checks: vec![(check.id.to_string(), parameters)],
            judged: if check.judges_organization() {
                Judged::Organization(self.organization.clone())
            } else {
                Judged::Account(self.account.clone())
            },
            partition: self.partition.clone(),
            scanned_at: self.scanned_at.clone(),
        }
    }

    /// Everything that a check concludes, in the order of the ARNs.
    ///
    /// # Panics
    /// If its parameters are wrong.
    #[must_use]
    pub fn judge<C: Check>(&self) -> Vec<Judgement> {
        let plugin = Plugin::new("test", "0.0.0", const { &[Registration::of::<C>()] });
        self.judge_by(&plugin, C::METADATA.id)
    }

    /// Everything that the check with this id concludes, in the order of the ARNs.
    ///
    /// # Panics
    /// If the plugin has no such check or its parameters are wrong.
    #[must_use]
    pub fn judge_by(&self, plugin: &Plugin, check: &str) -> Vec<Judgement> {
        let info = plugin.describe().unwrap_or_else(|error| panic!("{error}"));
        let info = info.checks.iter().find(|info| info.id == *check);
        let info = info.unwrap_or_else(|| panic!("there is no check `{check}`"));
        let mut judgements = Vec::new();
        plugin
            .evaluate(&self.request(info), Box::new(self.clone()), &mut |batch| {
                judgements.extend(batch)
            })
            .unwrap_or_else(|message| panic!("{message}"));
        judgements.sort_by(|one, other| one.resource.cmp(&other.resource));
        judgements
    }

    /// The one outcome of a check, in a world where it judges one thing.
    ///
    /// # Panics
    /// If it judges nothing or several things.
    #[must_use]
    pub fn outcome<C: Check>(&self) -> Outcome {
        let mut judgements = self.judge::<C>();
        match (judgements.pop(), judgements.is_empty()) {
            (Some(judgement), true) => judgement.outcome,
            (last, _) => panic!(
                "one judgement was expected, there are {}",
                judgements.len() + usize::from(last.is_some())
            ),
        }
    }
}

impl Source for World {
    fn pages(&self, _: Place, resource_type: &str) -> Box<dyn Iterator<Item = String> + '_> {
        let documents: Vec<&Value> = self
            .documents
            .iter()
            .filter(|((kind, ..), _)| kind == resource_type)
            .map(|(_, document)| document)
            .collect();
        let pages: Vec<String> = documents
            .chunks(PAGE)
            .map(|page| Value::from_iter(page.iter().copied().cloned()).to_string())
            .collect();
        Box::new(pages.into_iter())
    }

    fn gaps(&self, _: Place, resource_type: &str) -> Vec<String> {
        World::gaps(self, resource_type).to_vec()
    }
}

/// An identifier out of a test.
fn read<T: std::str::FromStr<Err = blastwall_model::IdError>>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|error: blastwall_model::IdError| error.to_string())
}
