//! Why there is no component.
//!
//! Everything here is the user's to repair: a toolchain that lacks something, or a crate that does
//! not compile. What the compiler says is passed on as it is; nothing is decided by its text.

use std::path::PathBuf;

use crate::TARGET;

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A program of the toolchain cannot be run.
    #[error("cannot run {program}")]
    Run {
        /// `cargo` or `rustc`.
        program: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// `rustc` does not say where it is installed.
    #[error("rustc does not tell where it is installed: {answer}")]
    Sysroot {
        /// What it says instead.
        answer: String,
    },
    /// The compiler cannot compile to WebAssembly, and cannot be taught to here.
    #[error(
        "plugins are WebAssembly, and the Rust compiler in {} has no target {TARGET}.\n\
         `rustup target add {TARGET}` failed: {answer}\n\
         Ways out:\n\
         - with rustup: `rustup target add {TARGET}`, in reach of static.rust-lang.org;\n\
         - on Debian: `apt install rustc-web cargo-web rust-web-src lld-19`, then build with \
         `RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 /usr/bin/cargo build`;\n\
         - elsewhere: the package of your distribution that has the standard library for {TARGET}",
        sysroot.display()
    )]
    NoTarget {
        /// Where the compiler is installed.
        sysroot: PathBuf,
        /// What rustup says.
        answer: String,
    },
    /// The crate does not compile. What cargo said is in `said`, unless it was shown as it came.
    #[error("cargo cannot build it for {TARGET}{}", after(said))]
    Compile {
        /// What cargo said; empty if it was shown as it came.
        said: String,
    },
    /// The crate compiles, and is no library that could be loaded.
    #[error("{what} makes no WebAssembly module")]
    NoModule {
        /// The package or the folder.
        what: String,
    },
    /// A module cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The module.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The module is no plugin: it lacks the world's exports, or imports what the contract has not.
    #[error("{what} cannot be made a component: {message}")]
    Component {
        /// The module.
        what: String,
        /// What wit-component says.
        message: String,
    },
}

fn after(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!(":\n{said}")
    }
}
