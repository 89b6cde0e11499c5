//! What can be told of a component from its bytes: nothing is compiled, nothing runs.

use semver::Version;
use wasmparser::{ComponentExternalKind, ComponentTypeRef, Encoding, MemoryType, Parser, Payload};

use crate::error::LoadError;
use crate::inspect;
use crate::limits::Limits;

/// Bytes of a page of memory, unless a memory says otherwise.
const PAGE: u64 = 65_536;

/// What each interface of ours lets a plugin do.
const CAPABILITIES: &[(&str, &str)] = &[
    (
        "blastwall:plugin/types",
        "the shapes of data; lets it do nothing",
    ),
    (
        "blastwall:plugin/resources",
        "read the resources of the account that is judged, of the types that its checks declare",
    ),
    (
        "blastwall:plugin/organization",
        "read resources across the organization, of the types that its checks declare",
    ),
    (
        "blastwall:plugin/policy",
        "ask the policy engine what a policy means",
    ),
    ("blastwall:plugin/findings", "report verdicts"),
    ("blastwall:plugin/log", "write lines of log"),
];

/// What the world of the contract exports.
const EXPORTS: [&str; 2] = ["describe", "evaluate"];

/// A component as it lies there. Names are those in the component: whoever shows them escapes them.
#[derive(Debug, Default)]
pub struct Overview {
    /// What it asks of its host, in its order: all that it can ever do.
    pub imports: Vec<Import>,
    /// What it offers, in its order.
    pub exports: Vec<String>,
    /// The version of the contract that it was built for; none if it imports nothing of ours.
    pub contract: Option<Version>,
    /// The core modules that it is made of.
    pub modules: u32,
    /// The functions in them.
    pub functions: u32,
    /// Bytes of their code.
    pub code: usize,
    /// Bytes of their data.
    pub data: usize,
    /// Bytes that do nothing: names, producers and other custom sections.
    pub custom: usize,
    /// Bytes of memory that it begins with.
    pub memory: u64,
    /// Why the sandbox would not load it; none if nothing speaks against it. What only compiling or
    /// describing shows is not known here.
    pub refused: Option<LoadError>,
}

/// An import of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its name with the version, `blastwall:plugin/log@0.1.0`.
    pub name: String,
    /// What it lets the plugin do; none if it is no interface of ours.
    pub capability: Option<&'static str>,
}

impl Overview {
    /// Looks at a component. What is wrong with it is in [`Overview::refused`], next to what could
    /// be read all the same.
    #[must_use]
    pub fn of(bytes: &[u8], limits: &Limits) -> Self {
        let mut overview = Self::default();
        let read = overview.read(bytes);
        let refused = || {
            let limit = limits.component_bytes;
            if bytes.len() > limit {
                let actual = bytes.len();
                return Err(LoadError::TooLarge { actual, limit });
            }
            inspect::imports(bytes)?;
            inspect::validate(bytes)?;
            read.map_err(|error| LoadError::Invalid {
                message: error.to_string(),
            })
        };
        let refused = refused().err();
        let missing = EXPORTS.iter().find(|export| {
            let exports = overview.exports.iter();
            exports.filter(|name| name == export).count() == 0
        });
        overview.refused = refused.or_else(|| {
            missing.map(|export| LoadError::World {
                version: inspect::CONTRACT,
                message: format!("it exports no function `{export}`"),
            })
        });
        overview
    }

    fn read(&mut self, bytes: &[u8]) -> wasmparser::Result<()> {
        let mut depth = 0_u32;
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::Version { encoding, .. } => {
                    depth += 1;
                    if encoding == Encoding::Module {
                        self.modules += 1;
                    }
                }
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 1 => {
                    for import in section {
                        let import = import?;
                        // A type that the world uses by its short name: a name, no capability.
                        if !matches!(import.ty, ComponentTypeRef::Type(_)) {
                            self.import(import.name.name);
                        }
                    }
                }
                Payload::ComponentExportSection(section) if depth == 1 => {
                    for export in section {
                        let export = export?;
                        if export.kind != ComponentExternalKind::Type {
                            self.exports.push(export.name.name.to_owned());
                        }
                    }
                }
                Payload::CodeSectionStart { count, range, .. } => {
                    self.functions += count;
                    self.code += range.len();
                }
                Payload::DataSection(section) => self.data += section.range().len(),
                Payload::MemorySection(section) => {
                    for memory in section {
                        self.memory += start(&memory?);
                    }
                }
                Payload::CustomSection(section) => self.custom += section.range().len(),
                _ => {}
            }
        }
        Ok(())
    }

    fn import(&mut self, name: &str) {
        let interface = name.split('@').next().unwrap_or_default();
        let known = CAPABILITIES.iter().find(|(known, _)| *known == interface);
        if let Some(version) = inspect::ours(name) {
            self.contract.get_or_insert(version);
        }
        self.imports.push(Import {
            name: name.to_owned(),
            capability: known.map(|(_, words)| *words),
        });
    }
}

fn start(memory: &MemoryType) -> u64 {
    let page = memory
        .page_size_log2
        .map_or(PAGE, |exponent| 1_u64.checked_shl(exponent).unwrap_or(0));
    memory.initial.saturating_mul(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overview(text: &str) -> Overview {
        Overview::of(&wat::parse_str(text).unwrap(), &Limits::default())
    }

    #[test]
    fn a_foreign_import_is_told_and_refused() {
        let overview = overview(
            r#"(component
                (import "wasi:clocks/wall-clock@0.2.0" (instance))
                (import "blastwall:plugin/log@0.1.0" (instance)))"#,
        );
        let names = overview.imports.iter();
        let names: Vec<_> = names
            .map(|import| (import.name.as_str(), import.capability.is_some()))
            .collect();
        assert_eq!(
            names,
            [
                ("wasi:clocks/wall-clock@0.2.0", false),
                ("blastwall:plugin/log@0.1.0", true)
            ]
        );
        assert_eq!(overview.contract, Some(Version::new(0, 1, 0)));
        assert!(matches!(overview.refused, Some(LoadError::Wasi { .. })));
    }

    #[test]
    fn what_is_inside_is_counted() {
        let overview = overview(
            r#"(component
                (core module
                    (memory 2)
                    (data (i32.const 0) "four")
                    (func) (func))
                (component (import "nested" (func))))"#,
        );
        assert_eq!((overview.modules, overview.functions), (1, 2));
        assert_eq!(overview.memory, 2 * PAGE);
        assert!(overview.data >= 4 && overview.code > 0);
        // What a nested component imports comes from the one around it.
        assert!(overview.imports.is_empty());
        assert!(matches!(overview.refused, Some(LoadError::World { .. })));
    }

    #[test]
    fn every_interface_of_the_contract_has_its_words() {
        let words: Vec<_> = CAPABILITIES.iter().map(|(name, _)| *name).collect();
        assert_eq!(words, inspect::INTERFACES);
    }
}
