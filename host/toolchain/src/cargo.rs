//! The nested cargo.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::TARGET;
use crate::component::component;
use crate::error::BuildError;
use crate::sysroot::Sysroot;

/// Variables of cargo that the nested build keeps: where things are, how to reach registries, and
/// the linker and jobs that the user has chosen.
const KEPT: &[&str] = &[
    "CARGO_BUILD_JOBS",
    "CARGO_HOME",
    "CARGO_HTTP_",
    "CARGO_MAKEFLAGS",
    "CARGO_NET_",
    "CARGO_REGISTRIES_",
    "CARGO_REGISTRY_",
    "CARGO_SOURCE_",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
    "CARGO_TERM_",
];

/// Variables that say where the user's target folder is; kept where none is given.
const TARGET_FOLDER: &[&str] = &[
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_TARGET_DIR",
];

/// Variables that are not cargo's by name and change what it builds: flags for the host, and the
/// wrapper by which clippy takes the place of the compiler.
const DROPPED: &[&str] = &["RUSTFLAGS", "RUSTDOCFLAGS", "RUSTC_WORKSPACE_WRAPPER"];

/// What is to be built, and how.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Where cargo runs: the folder of a crate or of a workspace.
    pub folder: &'a Path,
    /// The packages; none for the one in `folder`.
    pub packages: &'a [String],
    /// The profile of cargo.
    pub profile: &'a str,
    /// The target folder; none for the one that the user has set.
    pub target_folder: Option<&'a Path>,
    /// Whether the lock file must be there and stay as it is.
    pub locked: bool,
    /// Where the words of cargo go.
    pub output: Output,
}

/// Where the words of cargo go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// To standard error, as they come.
    Shown,
    /// Into the error, if it comes to one.
    Kept,
}

/// A plugin that was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// The name of the library, that of the package with hyphens: `my-checks`.
    pub name: String,
    /// The component.
    pub component: Vec<u8>,
}

/// Builds packages and returns a component for each, in their order. `note` is told what is
/// installed on the way.
///
/// # Errors
/// If the target is missing and cannot be installed, or a package does not build.
pub fn build(job: &Job<'_>, note: &mut dyn FnMut(&str)) -> Result<Vec<Built>, BuildError> {
    let sysroot = Sysroot::of(job.folder)?;
    sysroot.provide_target(job.folder, note)?;
    let run = |source| BuildError::Run {
        program: "cargo",
        source,
    };
    let mut cargo = command(job, &sysroot);
    let output = cargo.output().map_err(run)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(BuildError::Compile { said });
    }
    let modules = modules(&output.stdout);
    if job.packages.is_empty() {
        let manifest = job.folder.join("Cargo.toml").canonicalize().map_err(run)?;
        let what = job.folder.display().to_string();
        let module = modules.iter().find(|module| module.manifest == manifest);
        return Ok(vec![wrapped(module, what)?]);
    }
    job.packages
        .iter()
        .map(|package| {
            let library = package.replace('-', "_");
            let module = modules.iter().find(|module| module.library == library);
            wrapped(module, format!("package {package}"))
        })
        .collect()
}

fn command(job: &Job<'_>, sysroot: &Sysroot) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let kept = KEPT.iter().any(|kept| name.starts_with(kept))
            || job.target_folder.is_none() && TARGET_FOLDER.contains(&&*name);
        if DROPPED.contains(&&*name) || name.starts_with("CARGO_") && !kept {
            cargo.env_remove(&*name);
        }
    }
    cargo
        .current_dir(job.folder)
        .stdin(Stdio::null())
        .args(["build", "--lib", "--target", TARGET])
        .args(["--profile", job.profile])
        .args(["--message-format", "json-render-diagnostics"]);
    if let Some(folder) = job.target_folder {
        cargo.arg("--target-dir").arg(folder);
    }
    if job.locked {
        cargo.arg("--locked");
    }
    for package in job.packages {
        cargo.args(["--package", package]);
    }
    if sysroot.builds_std() {
        cargo.arg("-Zbuild-std=std,panic_abort");
    }
    if job.output == Output::Shown {
        cargo.stderr(Stdio::inherit());
    }
    cargo
}

/// A module that cargo has made.
struct Module {
    library: String,
    manifest: PathBuf,
    file: PathBuf,
}

/// The modules that cargo tells of, fresh ones included.
/// <https://doc.rust-lang.org/cargo/reference/external-tools.html#artifact-messages>
fn modules(messages: &[u8]) -> Vec<Module> {
    let messages = messages.split(|byte| *byte == b'\n');
    let messages = messages.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let module = |message: Value| {
        if message.get("reason")?.as_str()? != "compiler-artifact" {
            return None;
        }
        let files = message.get("filenames")?.as_array()?.iter();
        let mut files = files.filter_map(Value::as_str);
        let file = files.find(|file| file.ends_with(".wasm"))?;
        Some(Module {
            library: message.pointer("/target/name")?.as_str()?.to_owned(),
            manifest: message.get("manifest_path")?.as_str()?.into(),
            file: file.into(),
        })
    };
    messages.filter_map(module).collect()
}

fn wrapped(module: Option<&Module>, what: String) -> Result<Built, BuildError> {
    let Some(module) = module else {
        return Err(BuildError::NoModule { what });
    };
    let bytes = std::fs::read(&module.file).map_err(|source| BuildError::Read {
        path: module.file.clone(),
        source,
    })?;
    Ok(Built {
        name: module.library.replace('_', "-"),
        component: component(&what, &bytes)?,
    })
}
