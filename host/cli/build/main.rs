//! Embeds what the program carries along: the example organization for `blastwall demo`, and the
//! SDK with the template of a project for `blastwall plugin new`, so that both work anywhere.

#![allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]

mod example;
mod sdk;
mod template;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let variable = |name| env::var(name).map_err(io::Error::other).map(PathBuf::from);
    let folder = variable("CARGO_MANIFEST_DIR")?;
    let root = folder.join("../..").canonicalize()?;
    let out = variable("OUT_DIR")?;
    println!("cargo::rerun-if-changed=build");
    fs::write(
        out.join("example.rs"),
        example::code(&root.join("examples"))?,
    )?;
    fs::write(out.join("sdk.rs"), sdk::code(&root, &out)?)?;
    let templates = folder.join("templates/plugin");
    fs::write(out.join("template.rs"), template::code(&templates)?)
}

/// All files below a folder, sorted, each of which makes cargo run this again if it changes.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(list(&path)?);
        } else {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The code of a list of files: name below `folder`, and content.
fn embedded<'a>(
    name: &str,
    folder: &Path,
    files: impl IntoIterator<Item = &'a PathBuf>,
) -> io::Result<String> {
    let mut code = format!("pub(crate) const {name}: &[(&str, &str)] = &[\n");
    for file in files {
        let below = file.strip_prefix(folder).map_err(io::Error::other)?;
        // The names of what is written somewhere else are those of every system.
        let below = below.to_string_lossy().replace('\\', "/");
        let path = file.to_string_lossy();
        code.push_str(&format!("    ({below:?}, include_str!({path:?})),\n"));
    }
    code.push_str("];\n");
    Ok(code)
}
