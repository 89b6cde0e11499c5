//! The contract keeps its promises: what was released stays as it was.
//!
//! `wit/released/` has a copy of the contract as of each release, and `tests/released/` a plugin
//! that was built for it. `BLESS=1 cargo test -p blastwall-runtime --test contract` adds both for
//! the version in `wit/plugin.wit`, and changes nothing that is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use blastwall_sdk::model::Verdict;
use support::{buckets, engine, evaluate, root};
use wit_parser::{
    Function, Handle, PackageId, Resolve, Type, TypeDefKind, TypeId, UnresolvedPackageGroup, World,
    WorldItem,
};

/// A contract with every name in it spelled out: two that are spelled the same are the same to a
/// plugin.
struct Contract {
    version: semver::Version,
    /// What a plugin can import: `resources.open` and its type.
    imports: BTreeMap<String, String>,
    /// What a plugin must export.
    exports: BTreeMap<String, String>,
}

impl Contract {
    fn read(path: &std::path::Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let group = UnresolvedPackageGroup::parse(path, &text).unwrap();
        let mut resolve = Resolve::default();
        let package = resolve.push_group(group).unwrap();
        Self::of(&resolve, package)
    }

    fn of(resolve: &Resolve, package: PackageId) -> Self {
        let world = resolve.select_world(&[package], Some("plugin")).unwrap();
        let world: &World = &resolve.worlds[world];
        let items = |items: &wit_parser::IndexMap<_, WorldItem>| {
            let mut found = BTreeMap::new();
            for (key, item) in items {
                let name = resolve.name_world_key(key);
                match item {
                    WorldItem::Function(function) => {
                        found.insert(name, spell_function(resolve, function));
                    }
                    WorldItem::Interface { id, .. } => {
                        let interface = &resolve.interfaces[*id];
                        let name = interface.name.clone().unwrap();
                        for (function, signature) in &interface.functions {
                            let spelled = spell_function(resolve, signature);
                            found.insert(format!("{name}.{function}"), spelled);
                        }
                    }
                    // A name for a type, which is spelled out where it is used.
                    WorldItem::Type { .. } => {}
                }
            }
            found
        };
        Self {
            version: resolve.packages[package].name.version.clone().unwrap(),
            imports: items(&world.imports),
            exports: items(&world.exports),
        }
    }

    fn current() -> Self {
        Self::read(&root().join("wit/plugin.wit"))
    }
}

fn spell_function(resolve: &Resolve, function: &Function) -> String {
    let parameters: Vec<String> = function
        .params
        .iter()
        .map(|parameter| format!("{}: {}", parameter.name, spell(resolve, &parameter.ty)))
        .collect();
    let result = function.result.as_ref();
    let result = result.map_or("nothing".to_owned(), |kind| spell(resolve, kind));
    format!("({}) -> {result}", parameters.join(", "))
}

fn spell(resolve: &Resolve, kind: &Type) -> String {
    match kind {
        Type::Id(id) => spell_type(resolve, *id),
        primitive => format!("{primitive:?}").to_lowercase(),
    }
}

fn spell_type(resolve: &Resolve, id: TypeId) -> String {
    let optional = |kind: &Option<Type>| {
        let kind = kind.as_ref();
        kind.map_or("_".to_owned(), |kind| spell(resolve, kind))
    };
    let definition = &resolve.types[id];
    match &definition.kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            let fields =
                fields.map(|field| format!("{}: {}", field.name, spell(resolve, &field.ty)));
            format!("record {{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Variant(variant) => {
            let cases = variant.cases.iter();
            let cases = cases.map(|case| format!("{}({})", case.name, optional(&case.ty)));
            format!("variant {{ {} }}", cases.collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Enum(words) => {
            let cases = words.cases.iter().map(|case| case.name.as_str());
            format!("enum {{ {} }}", cases.collect::<Vec<_>>().join(", "))
        }
        TypeDefKind::Option(kind) => format!("option<{}>", spell(resolve, kind)),
        TypeDefKind::List(kind) => format!("list<{}>", spell(resolve, kind)),
        TypeDefKind::Result(result) => {
            format!(
                "result<{}, {}>",
                optional(&result.ok),
                optional(&result.err)
            )
        }
        TypeDefKind::Type(kind) => spell(resolve, kind),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => {
            format!("handle of {}", spell_type(resolve, *id))
        }
        TypeDefKind::Resource => format!("resource {}", definition.name.clone().unwrap()),
        other => panic!(
            "the contract has no {} so far: spell it here",
            other.as_str()
        ),
    }
}

/// The file of each release in a folder, by version.
fn released(folder: PathBuf) -> Vec<(String, PathBuf)> {
    let mut files: Vec<(String, PathBuf)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    files.sort();
    files
}

fn bless() -> bool {
    std::env::var_os("BLESS").is_some()
}

#[test]
fn what_was_released_is_still_there() {
    let current = Contract::current();
    let copy = root().join(format!("wit/released/{}.wit", current.version));
    if bless() && !copy.exists() {
        std::fs::copy(root().join("wit/plugin.wit"), copy).unwrap();
    }
    let mut versions = Vec::new();
    for (version, path) in released(root().join("wit/released")) {
        let old = Contract::read(&path);
        assert_eq!(old.version.to_string(), version);
        for (name, signature) in &old.imports {
            assert_eq!(
                current.imports.get(name),
                Some(signature),
                "plugins for {version} import `{name}`"
            );
        }
        assert_eq!(
            current.exports, old.exports,
            "plugins for {version} export what they were to export then"
        );
        versions.push(version);
    }
    assert!(
        versions.contains(&current.version.to_string()),
        "freeze {} before it is released: run this test with BLESS=1",
        current.version
    );
}

#[test]
fn plugins_that_were_built_then_run_now() {
    let folder = root().join("host/runtime/tests/released");
    let version = Contract::current().version;
    let file = folder.join(format!("{version}.wasm"));
    if bless() && !file.exists() {
        std::fs::write(file, support::one_pass()).unwrap();
    }
    let plugins = released(folder);
    let contracts = released(root().join("wit/released"));
    assert_eq!(plugins.len(), contracts.len(), "one plugin a release");
    for (version, path) in plugins {
        let plugin = engine().load(&std::fs::read(path).unwrap());
        let plugin = plugin.unwrap_or_else(|error| panic!("{version}: {error}"));
        let outcome = evaluate(&plugin, "check", &buckets(1));
        assert_eq!(outcome.failure, None, "{version}");
        assert_eq!(outcome.findings[0].verdict, Verdict::Pass, "{version}");
    }
}
