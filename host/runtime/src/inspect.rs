//! What can be read off a component without running or compiling it.

use semver::Version;
use wasmparser::{ComponentTypeRef, Encoding, Parser, Payload, Validator, WasmFeatures};

use crate::error::LoadError;
use crate::state::cut;

/// The version of the contract in `wit/`.
pub(crate) const CONTRACT: &str = "0.1.0";

pub(crate) const INTERFACES: &[&str] = &[
    "blastwall:plugin/types",
    "blastwall:plugin/resources",
    "blastwall:plugin/organization",
    "blastwall:plugin/policy",
    "blastwall:plugin/findings",
    "blastwall:plugin/log",
];

/// How deep components may be nested. Tools compose two or three; validating and compiling takes the
/// square of the depth, minutes for twenty thousand, which fit into a hundred kilobytes.
const DEPTH: u32 = 64;

/// Refuses what is no component and what imports more than the contract has.
pub(crate) fn imports(bytes: &[u8]) -> Result<(), LoadError> {
    let invalid = |error: wasmparser::BinaryReaderError| LoadError::Invalid {
        message: error.to_string(),
    };
    if !bytes.starts_with(b"\0asm") {
        return Err(LoadError::NotWebAssembly);
    }
    let mut wasi = Vec::new();
    let mut unknown = Vec::new();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(invalid)? {
            Payload::Version { encoding, .. } => {
                if depth == 0 && encoding == Encoding::Module {
                    return Err(LoadError::CoreModule);
                }
                depth += 1;
                if depth > DEPTH {
                    return Err(LoadError::Invalid {
                        message: format!("components are nested deeper than {DEPTH}"),
                    });
                }
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            // Nested components import from ours, which is their own affair.
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    let import = import.map_err(invalid)?;
                    // A type that the world uses by its short name: a name, no capability.
                    if matches!(import.ty, ComponentTypeRef::Type(_)) {
                        continue;
                    }
                    let name = import.name.name.to_owned();
                    match ours(&name) {
                        Some(version) if serves(&version) => {}
                        Some(plugin) => {
                            let host = contract();
                            return Err(LoadError::Version { plugin, host });
                        }
                        None if name.starts_with("wasi:") => note(&mut wasi, name),
                        None => note(&mut unknown, name),
                    }
                }
            }
            _ => {}
        }
    }
    if !wasi.is_empty() {
        return Err(LoadError::Wasi { imports: wasi });
    }
    if !unknown.is_empty() {
        return Err(LoadError::Imports {
            imports: unknown,
            version: CONTRACT,
        });
    }
    Ok(())
}

/// Adds an import to those that an error names, unless it names enough already.
fn note(names: &mut Vec<String>, name: String) {
    const ENOUGH: usize = 32;
    const LENGTH: usize = 256;
    if names.len() < ENOUGH {
        names.push(cut(name, LENGTH));
    }
}

/// The version of the contract that an import is of; none if it is no interface of ours.
///
/// An interface that this version does not know may be one of another version, so it is the version
/// that is looked at first.
pub(crate) fn ours(import: &str) -> Option<Version> {
    let (interface, version) = import.split_once('@')?;
    let version: Version = version.parse().ok()?;
    let known = INTERFACES.contains(&interface);
    let foreign = interface.starts_with("blastwall:plugin/") && !serves(&version);
    (known || foreign).then_some(version)
}

/// Whether a plugin built for a version of the contract finds here what it expects: the rules of
/// semantic versions. A newer patch may ask for what is not here yet, which then names itself.
fn serves(version: &Version) -> bool {
    let host = contract();
    let compatible = |version: &Version| {
        if version.major > 0 {
            (version.major, 0, 0)
        } else if version.minor > 0 {
            (0, version.minor, 0)
        } else {
            (0, 0, version.patch)
        }
    };
    compatible(version) == compatible(&host)
}

fn contract() -> Version {
    CONTRACT.parse().unwrap_or_else(|_| Version::new(0, 0, 0))
}

/// Checks the whole component, so that the compiler meets nothing that it may not rely on.
pub(crate) fn validate(bytes: &[u8]) -> Result<(), LoadError> {
    Validator::new_with_features(WasmFeatures::default())
        .validate_all(bytes)
        .map(drop)
        .map_err(|error| LoadError::Invalid {
            message: error.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_promise_the_same_are_served() {
        for (version, served) in [
            ("0.1.0", true),
            ("0.1.7", true),
            ("0.2.0", false),
            ("0.0.1", false),
            ("1.1.0", false),
        ] {
            assert_eq!(serves(&version.parse().unwrap()), served, "{version}");
        }
    }

    #[test]
    fn only_our_interfaces_are_ours() {
        let version = |name: &str| ours(name).map(|version| version.to_string());
        assert_eq!(
            version("blastwall:plugin/log@0.1.0").as_deref(),
            Some("0.1.0")
        );
        assert_eq!(version("blastwall:plugin/network@0.1.0"), None);
        assert_eq!(
            version("blastwall:plugin/network@0.2.0").as_deref(),
            Some("0.2.0")
        );
        assert_eq!(version("blastwall:plugin/log"), None);
        assert_eq!(version("wasi:clocks/wall-clock@0.2.0"), None);
    }
}
