//! The SDK as a workspace of its own: the sources of its crates, without their tests and benchmarks,
//! under a manifest that has what they inherit from the manifest of this repository.
//!
//! The SDK is in no registry. A project that carries it builds wherever the program runs.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use crate::{embedded, list};

/// The crates, named as their folders.
const CRATES: &[&str] = &["macros", "model", "policy", "sdk"];

/// Sections of a manifest that are about what is left out.
const LEFT_OUT: &[&str] = &["dev-dependencies", "[bench", "[test", "[example"];

/// Sections of the manifest of the repository that crates inherit from.
const INHERITED: &[&str] = &[
    "workspace.package",
    "workspace.dependencies",
    "workspace.lints",
];

/// The code of the list of files; the manifests are written to `out`.
pub(crate) fn code(root: &Path, out: &Path) -> io::Result<String> {
    let sources = root.join("plugin-sdk");
    let generated = out.join("sdk");
    if generated.exists() {
        fs::remove_dir_all(&generated)?;
    }
    let mut files = Vec::new();
    let mut inherited = BTreeSet::new();
    for name in CRATES {
        for folder in ["src", "data"].map(|folder| sources.join(name).join(folder)) {
            if folder.exists() {
                files.extend(list(&folder)?);
            }
        }
        let manifest = sources.join(name).join("Cargo.toml");
        println!("cargo::rerun-if-changed={}", manifest.display());
        let manifest = fs::read_to_string(manifest)?;
        let manifest = sections(&manifest, |header| {
            !LEFT_OUT.iter().any(|start| header.starts_with(start))
        });
        inherited.extend(manifest.lines().filter_map(dependency));
        fs::create_dir_all(generated.join(name))?;
        fs::write(generated.join(name).join("Cargo.toml"), manifest)?;
    }
    let manifest = root.join("Cargo.toml");
    println!("cargo::rerun-if-changed={}", manifest.display());
    let manifest = workspace(&fs::read_to_string(manifest)?, &inherited);
    fs::write(generated.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("LICENSE"), generated.join("LICENSE"))?;

    let mut code = embedded("SOURCES", &sources, &files)?;
    code.push_str(&embedded("MANIFESTS", &generated, &list(&generated)?)?);
    Ok(code)
}

/// The manifest of the workspace: of all that crates may inherit, what these do.
fn workspace(manifest: &str, inherited: &BTreeSet<String>) -> String {
    let kept = sections(manifest, |header| {
        INHERITED.iter().any(|start| header.starts_with(start))
    });
    let mut text = format!("[workspace]\nresolver = \"3\"\nmembers = {CRATES:?}\n\n");
    let mut in_dependencies = false;
    for line in kept.lines() {
        if line.starts_with('[') {
            in_dependencies = line == "[workspace.dependencies]";
        }
        let name = line.split([' ', '=']).next().unwrap_or_default();
        let is_header = line.starts_with('[') || line.is_empty();
        if !in_dependencies || is_header || inherited.contains(name) {
            text.push_str(&line.replace("path = \"plugin-sdk/", "path = \""));
            text.push('\n');
        }
    }
    text
}

/// The name of the dependency that a line inherits.
fn dependency(line: &str) -> Option<String> {
    let (name, value) = line.split_once('=')?;
    let name = match name.trim().strip_suffix(".workspace") {
        Some(name) => name,
        None if value.contains("workspace = true") => name.trim(),
        None => return None,
    };
    Some(name.to_owned())
}

/// The sections of a manifest whose header, without its first bracket, is wanted, with the comment
/// before each; in our manifests nothing else begins with a bracket, lists are indented.
fn sections(manifest: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    let mut kept = true;
    for line in manifest.lines() {
        if let Some(header) = line.strip_prefix('[') {
            let before = std::mem::replace(&mut kept, wanted(header));
            if before && !kept {
                let end = text.trim_end_matches('\n').rfind("\n\n");
                let comment = end.map_or(0, |end| end + 2);
                if text.get(comment..).unwrap_or_default().starts_with('#') {
                    text.truncate(comment);
                }
            }
        }
        if kept {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}
