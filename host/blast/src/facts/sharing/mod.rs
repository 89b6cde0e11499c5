//! What accounts share with each other, and what others build on: documents of Systems Manager, directories,
//! packages, products, zones, shares of AWS RAM, stack sets.
//!
//! Each file reads one service. What is shared is a store where somebody may change it (`store_kinds/`); here
//! is who has to do with it.

mod builds;
mod catalog;
mod directories;
mod documents;
mod lattice;
mod names;
mod packages;
mod recipes;
mod shared_kinds;
mod shares;
mod stack_sets;

use blastwall_model::Document;
use serde_json::Value;

use super::{Policies, Unjudged};

pub(in crate::facts) use builds::sources;
pub(crate) use builds::{BuildsFacts, party as repository_party};
pub(crate) use catalog::{CatalogFacts, LaunchRole};
pub(crate) use directories::DirectoryFacts;
pub(crate) use documents::{Association, JOIN, Target, Version};
pub(crate) use lattice::{LatticeFacts, LatticeVpc};
pub(crate) use names::NamesFacts;
pub(crate) use packages::RepositoryFacts;
pub(crate) use shared_kinds::actions as shared_actions;
pub(crate) use shares::ShareFacts;
pub(crate) use stack_sets::StackSetFacts;

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    let all = [
        builds::TYPES,
        catalog::TYPES,
        directories::TYPES,
        documents::TYPES,
        lattice::TYPES,
        names::TYPES,
        packages::TYPES,
        recipes::TYPES,
        shares::TYPES,
        stack_sets::TYPES,
    ];
    all.into_iter().flatten().copied()
}

/// What is shared, of all accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharingFacts {
    pub(crate) documents: documents::DocumentsFacts,
    pub(crate) directories: Vec<DirectoryFacts>,
    pub(crate) resolving: names::ResolvingFacts,
    pub(crate) shares: Vec<ShareFacts>,
    pub(crate) repositories: Vec<RepositoryFacts>,
    pub(crate) catalog: CatalogFacts,
    pub(crate) builds: BuildsFacts,
    pub(crate) lattice: lattice::LatticesFacts,
    pub(crate) recipes: recipes::RecipesFacts,
    pub(crate) stack_sets: Vec<StackSetFacts>,
}

/// A document and what is in it.
type Read<'a> = (&'a Document, Value);

impl SharingFacts {
    /// Reads the documents of an account.
    pub(super) fn read<'a>(
        documents: impl Iterator<Item = &'a Document> + Clone,
        policies: &mut Policies,
        unjudged: &mut Vec<Unjudged>,
    ) -> Self {
        let shares = documents
            .clone()
            .any(|document| shares::TYPES.contains(&document.kind.as_str()));
        let seen = documents
            .clone()
            .filter(|_| shares)
            .map(|document| document.arn.as_str())
            .collect();
        let read: Vec<Read<'_>> = documents
            .filter(|document| types().any(|kind| kind == document.kind))
            .filter(|document| documents::tells(document) && builds::tells(document))
            .filter_map(|document| Some((document, serde_json::from_str(document.json()).ok()?)))
            .collect();
        Self {
            documents: documents::DocumentsFacts::read(&read),
            directories: directories::read(&read),
            resolving: names::ResolvingFacts::read(&read),
            shares: shares::read(&read, &seen, policies, unjudged),
            repositories: packages::read(&read),
            catalog: CatalogFacts::read(&read),
            builds: BuildsFacts::read(&read),
            lattice: lattice::LatticesFacts::read(&read, policies, unjudged),
            recipes: recipes::RecipesFacts::read(&read),
            stack_sets: stack_sets::read(&read),
        }
    }

    /// Takes in what another account, or another part of it, has.
    pub(crate) fn extend(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.directories.extend(other.directories);
        self.resolving.extend(other.resolving);
        self.shares.extend(other.shares);
        self.repositories.extend(other.repositories);
        self.catalog.extend(other.catalog);
        self.builds.extend(other.builds);
        self.lattice.extend(other.lattice);
        self.recipes.extend(other.recipes);
        self.stack_sets.extend(other.stack_sets);
    }

    /// The accounts that something is shared with or comes from, by id.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        let shares = self.shares.iter().filter(|share| share.external);
        let accounts = shares.flat_map(|share| &share.accounts);
        let parts = self.recipes.parts.values().flatten();
        self.documents
            .owners()
            .chain(accounts.map(String::as_str))
            .chain(parts.filter_map(|part| part.split(':').nth(4)))
    }
}

/// The documents of one type.
fn of<'r, 'a>(
    read: &'r [Read<'a>],
    kind: &'static str,
) -> impl Iterator<Item = &'r Read<'a>> + use<'r, 'a> {
    read.iter()
        .filter(move |(document, _)| document.kind == kind)
}

/// A text below `config`.
fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(&format!("/config{pointer}"))?.as_str()
}

/// The elements of a list.
fn list<'v>(value: Option<&'v Value>) -> impl Iterator<Item = &'v Value> + use<'v> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list; a text by itself is a list of one.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        other => list(other)
            .filter_map(|text| Some(text.as_str()?.to_owned()))
            .collect(),
    }
}

/// What stands behind the last slash or colon.
fn last(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or_default()
}
