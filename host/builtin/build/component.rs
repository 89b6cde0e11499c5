//! From the crates of plugins to components.
//!
//! A nested cargo compiles them for `wasm32-unknown-unknown`, which has no WASI to import, and
//! wit-component wraps the modules. Tests that build plugins of their own include this file.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use wit_component::ComponentEncoder;

const TARGET: &str = "wasm32-unknown-unknown";

/// The profile of the workspace for what runs in the sandbox.
const PROFILE: &str = "plugin";

/// Variables of cargo that the nested build keeps: where things are, how to reach registries, and
/// the linker and jobs that the user has chosen.
const KEPT: &[&str] = &[
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

/// Variables that are not cargo's by name and change what it builds: flags for the host, and the
/// wrapper by which clippy takes the place of the compiler.
const DROPPED: &[&str] = &["RUSTFLAGS", "RUSTDOCFLAGS", "RUSTC_WORKSPACE_WRAPPER"];

/// Builds packages of the workspace at `root` and returns a component for each, in their order.
///
/// # Errors
/// If the target is missing and cannot be installed, or a package does not build.
pub(crate) fn build(
    root: &Path,
    target_folder: &Path,
    packages: &[String],
) -> Result<Vec<Vec<u8>>> {
    let sysroot = Sysroot::find()?;
    sysroot.provide_target()?;

    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let kept = KEPT.iter().any(|kept| name.starts_with(kept));
        if DROPPED.contains(&&*name) || name.starts_with("CARGO_") && !kept {
            cargo.env_remove(&*name);
        }
    }
    cargo
        .current_dir(root)
        .args(["build", "--locked", "--lib", "--target", TARGET])
        .args(["--profile", PROFILE, "--target-dir"])
        .arg(target_folder);
    for package in packages {
        cargo.args(["--package", package]);
    }
    if sysroot.builds_std() {
        cargo.arg("-Zbuild-std=std,panic_abort");
    }
    let output = cargo.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!(
            "the plugins cannot be built for {TARGET}:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    let modules = target_folder.join(TARGET).join(PROFILE);
    packages
        .iter()
        .map(|package| {
            let file = modules.join(format!("{}.wasm", package.replace('-', "_")));
            let module = std::fs::read(&file)
                .with_context(|| format!("package {package} has made no {}", file.display()))?;
            ComponentEncoder::default()
                .validate(true)
                .module(&module)
                .and_then(|mut encoder| encoder.encode())
                .with_context(|| format!("package {package} cannot be made a component"))
        })
        .collect()
}

/// The installed toolchain.
struct Sysroot {
    path: std::path::PathBuf,
}

impl Sysroot {
    fn find() -> Result<Self> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(rustc)
            .args(["--print", "sysroot"])
            .output()
            .context("cannot run rustc")?;
        let path = String::from_utf8(output.stdout).context("a strange sysroot")?;
        Ok(Self {
            path: path.trim().into(),
        })
    }

    fn has_target(&self) -> bool {
        self.path
            .join("lib/rustlib")
            .join(TARGET)
            .join("lib")
            .is_dir()
    }

    /// Whether the standard library is compiled from its sources along with the plugins: where
    /// there is no target but the sources and leave to use an unstable option.
    fn builds_std(&self) -> bool {
        let sources = self.path.join("lib/rustlib/src/rust/library/std");
        !self.has_target()
            && sources.is_dir()
            && std::env::var_os("RUSTC_BOOTSTRAP").is_some_and(|value| value == "1")
    }

    #[allow(
        clippy::print_stdout,
        reason = "this is how a build script speaks to cargo"
    )]
    fn provide_target(&self) -> Result<()> {
        if self.has_target() || self.builds_std() {
            return Ok(());
        }
        println!(
            "cargo::warning=the compiler cannot build plugins yet: running `rustup target add {TARGET}`"
        );
        let added = Command::new("rustup")
            .args(["target", "add", TARGET])
            .output();
        let answer = match added {
            Ok(output) if output.status.success() && self.has_target() => return Ok(()),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        bail!(
            "the built-in plugins are WebAssembly, and the Rust compiler in {} has no target {TARGET}.\n\
             `rustup target add {TARGET}` failed: {answer}\n\
             Ways out:\n\
             - with rustup: `rustup target add {TARGET}`, in reach of static.rust-lang.org;\n\
             - on Debian: `apt install rustc-web cargo-web rust-web-src lld-19`, then build with \
             `RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 /usr/bin/cargo build`;\n\
             - elsewhere: the package of your distribution that has the standard library for {TARGET}",
            self.path.display()
        )
    }
}
