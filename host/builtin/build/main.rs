//! Builds every crate under plugins/ to a component and embeds them.

#![allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use blastwall_toolchain::{Job, Output, build};

fn main() -> Result<()> {
    let variable = |name: &str| std::env::var_os(name).with_context(|| format!("no {name}"));
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../..");
    let root = root.canonicalize().context("no workspace")?;
    let out = PathBuf::from(variable("OUT_DIR")?);

    // Everything that a plugin is made of; a change of anything else does not come here.
    for input in ["plugins", "plugin-sdk", "wit", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    println!("cargo::rerun-if-changed=build");

    let packages = packages(&root.join("plugins"))?;
    let job = Job {
        folder: &root,
        packages: &packages,
        profile: PROFILE,
        target_folder: Some(&target_folder(&out)?),
        locked: true,
        output: Output::Kept,
    };
    let plugins = build(&job, &mut |note| println!("cargo::warning={note}"))?;

    let mut source = String::from("&[\n");
    for (package, plugin) in packages.iter().zip(plugins) {
        let name = package.trim_start_matches(PREFIX);
        let path = out.join(format!("{name}.wasm"));
        std::fs::write(&path, plugin.component).context("cannot write a component")?;
        writeln!(
            source,
            "    Builtin {{ name: {name:?}, component: include_bytes!({path:?}) }},"
        )?;
    }
    source.push(']');
    std::fs::write(out.join("builtin.rs"), source).context("cannot write the list of plugins")
}

/// The profile of the workspace for what runs in the sandbox.
const PROFILE: &str = "plugin";

/// What the package of a built-in plugin is called, before the name of its folder.
const PREFIX: &str = "blastwall-plugin-";

/// The packages under plugins/, sorted: one a folder, `plugins/s3` is `blastwall-plugin-s3`.
fn packages(plugins: &Path) -> Result<Vec<String>> {
    let mut packages = Vec::new();
    for entry in std::fs::read_dir(plugins).context("no folder plugins/")? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").is_file() {
            let name = entry.file_name();
            let name = name.to_str().context("a plugin with a strange name")?;
            packages.push(format!("{PREFIX}{name}"));
        }
    }
    packages.sort();
    Ok(packages)
}

/// A target folder of our own beside those of the profiles, so that all builds share it and none
/// waits for the lock of the build that runs us: `target/plugins`.
///
/// `OUT_DIR` is `<target>/[<triple>/]<profile>/build/<package>/out`.
fn target_folder(out: &Path) -> Result<PathBuf> {
    let target = out
        .ancestors()
        .nth(4)
        .context("OUT_DIR is not in a target folder")?;
    Ok(target.join("plugins"))
}
