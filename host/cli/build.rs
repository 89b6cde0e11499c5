//! Embeds the example organization and its configuration, so that `blastwall demo` works anywhere.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let examples = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?)
        .join("../../examples")
        .canonicalize()?;
    let organization = examples.join("organization");
    let mut files = Vec::new();
    list(&organization, &mut files)?;
    files.sort();

    let mut code = String::from("pub(crate) const ORGANIZATION: &[(&str, &str)] = &[\n");
    for file in &files {
        let name = file
            .strip_prefix(&organization)
            .map_err(io::Error::other)?
            .display();
        writeln!(
            code,
            "    ({:?}, include_str!({:?})),",
            name.to_string(),
            file.display().to_string()
        )
        .map_err(io::Error::other)?;
    }
    writeln!(
        code,
        "];\npub(crate) const CONFIGURATION: &str = include_str!({:?});",
        examples.join("blastwall.toml").display().to_string()
    )
    .map_err(io::Error::other)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("example.rs"), code)?;
    Ok(())
}

/// All files below a folder but the prose, each of which makes cargo run this again if it changes.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    emit(folder);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.extension().is_none_or(|extension| extension != "md") {
            emit(&path);
            files.push(path);
        }
    }
    Ok(())
}

fn emit(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}
