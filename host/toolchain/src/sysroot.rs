//! The installed compiler, and whether it can compile to WebAssembly.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::TARGET;
use crate::error::BuildError;

/// Where a Rust toolchain is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sysroot {
    path: PathBuf,
}

impl Sysroot {
    /// The toolchain that is used in a folder, which may name its own.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(folder: &Path) -> Result<Self, BuildError> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(rustc)
            .current_dir(folder)
            .args(["--print", "sysroot"])
            .output()
            .map_err(|source| BuildError::Run {
                program: "rustc",
                source,
            })?;
        let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || path.is_empty() {
            let answer = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(BuildError::Sysroot { answer });
        }
        Ok(Self { path: path.into() })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the standard library for WebAssembly is installed.
    #[must_use]
    pub fn has_target(&self) -> bool {
        let libraries = self.path.join("lib/rustlib").join(TARGET).join("lib");
        libraries.is_dir()
    }

    /// Whether the standard library is compiled from its sources along with the plugins: where
    /// there is no target but the sources and leave to use an unstable option.
    #[must_use]
    pub fn builds_std(&self) -> bool {
        let sources = self.path.join("lib/rustlib/src/rust/library/std");
        !self.has_target()
            && sources.is_dir()
            && std::env::var_os("RUSTC_BOOTSTRAP").is_some_and(|value| value == "1")
    }

    /// Sees to it that the compiler can compile to WebAssembly, through rustup if need be.
    pub(crate) fn provide_target(
        &self,
        folder: &Path,
        note: &mut dyn FnMut(&str),
    ) -> Result<(), BuildError> {
        if self.has_target() || self.builds_std() {
            return Ok(());
        }
        note(&format!(
            "the compiler cannot build plugins yet: running `rustup target add {TARGET}`"
        ));
        let added = Command::new("rustup")
            .current_dir(folder)
            .args(["target", "add", TARGET])
            .output();
        let answer = match added {
            Ok(output) if output.status.success() && self.has_target() => return Ok(()),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        Err(BuildError::NoTarget {
            sysroot: self.path.clone(),
            answer,
        })
    }
}
