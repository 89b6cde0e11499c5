//! What can be read off a component without running or compiling it.

use wasmparser::{ComponentTypeRef, Encoding, Parser, Payload, Validator, WasmFeatures};

use crate::error::LoadError;

/// The version of the contract in `wit/`.
pub(crate) const CONTRACT: &str = "0.1.0";

const INTERFACES: &[&str] = &[
    "blastwall:plugin/types",
    "blastwall:plugin/resources",
    "blastwall:plugin/findings",
    "blastwall:plugin/log",
];

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
                    if name.starts_with("wasi:") {
                        wasi.push(name);
                    } else if !is_ours(&name) {
                        unknown.push(name);
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

fn is_ours(import: &str) -> bool {
    import
        .split_once('@')
        .is_some_and(|(interface, version)| INTERFACES.contains(&interface) && version == CONTRACT)
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
