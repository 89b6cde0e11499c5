//! What goes wrong, by whose doing.
//!
//! An [`EngineError`] is the machine's (no address space), a [`LoadError`] the plugin author's or
//! the user's, before anything was scanned. A [`Failure`] is what a plugin did in an evaluation:
//! it is data of the report and never stops the scan. All three are told apart by type, never by
//! text.

use std::time::Duration;

use blastwall_model::CheckId;

/// The sandbox could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Wasmtime refused the configuration or the machine has not enough address space.
    #[error("cannot set up the sandbox for plugins: {message}")]
    Sandbox {
        /// What wasmtime says.
        message: String,
    },
    /// The thread that counts time could not be started.
    #[error("cannot start the clock of the sandbox")]
    Clock(#[source] std::io::Error),
}

/// A component that is no plugin of ours.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// More bytes than are looked at.
    #[error("the component has {actual} bytes; {limit} are allowed")]
    TooLarge {
        /// Its size.
        actual: usize,
        /// [`Limits::component_bytes`](crate::Limits::component_bytes).
        limit: usize,
    },
    /// Not WebAssembly.
    #[error("this is no WebAssembly: the first bytes are not those of a component")]
    NotWebAssembly,
    /// WebAssembly, but not a component.
    #[error(
        "this is a core module, not a component: make a component of it, for example with `wasm-tools component new`"
    )]
    CoreModule,
    /// Broken, or with features that the sandbox does not have.
    #[error("the component is not valid: {message}")]
    Invalid {
        /// What and where.
        message: String,
    },
    /// It wants a clock, files or the like.
    #[error(
        "the plugin imports WASI ({}): plugins have no clock, files, randomness or network; build it without WASI \
         (Rust for `wasm32-unknown-unknown`, componentize-py with `--stub-wasi`, jco with its WASI stubs)",
        .imports.join(", ")
    )]
    Wasi {
        /// Which interfaces.
        imports: Vec<String>,
    },
    /// It wants something else that we do not have.
    #[error(
        "the plugin imports {}, which the host does not have: it has the interfaces of `blastwall:plugin@{version}`",
        .imports.join(", ")
    )]
    Imports {
        /// Which interfaces.
        imports: Vec<String>,
        /// The version of the contract that this host has.
        version: &'static str,
    },
    /// It was built for a version of the contract that this host does not serve.
    #[error(
        "the plugin was built for `blastwall:plugin@{plugin}` and this host serves `blastwall:plugin@{host}`: {}",
        if .plugin > .host { "use a newer blastwall" } else { "build the plugin again with the SDK of this version" }
    )]
    Version {
        /// What the plugin was built for.
        plugin: semver::Version,
        /// What this host serves.
        host: semver::Version,
    },
    /// It does not export what a plugin exports.
    #[error("the component is not of the world `blastwall:plugin/plugin@{version}`: {message}")]
    World {
        /// The version of the contract that this host has.
        version: &'static str,
        /// What differs.
        message: String,
    },
    /// Wasmtime could not compile it.
    #[error("the component cannot be compiled: {message}")]
    Compile {
        /// What wasmtime says.
        message: String,
    },
    /// Wasmtime took too long to compile it.
    #[error("compiling the component takes longer than {} s", .limit.as_secs_f64())]
    CompileTime {
        /// [`Limits::compile_time`](crate::Limits::compile_time).
        limit: Duration,
    },
    /// `describe` failed.
    #[error("the plugin cannot describe itself")]
    Describe(#[source] Failure),
    /// `describe` says what cannot be.
    #[error("the plugin describes itself wrongly: {message}")]
    Description {
        /// What is wrong.
        message: String,
    },
}

/// What a plugin did instead of judging.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It trapped: a panic, an access out of bounds, a division by zero.
    #[error("the plugin trapped: {message}{}", after(.said.as_deref()))]
    Trap {
        /// Which trap.
        message: String,
        /// The last error that it logged; the SDK logs a panic before the trap.
        said: Option<String>,
    },
    /// It ran for too long.
    #[error("the plugin took longer than {} s", .limit.as_secs_f64())]
    OutOfTime {
        /// [`Limits::time`](crate::Limits::time).
        limit: Duration,
    },
    /// It asked for too much memory.
    #[error("the plugin asked for more than {limit} bytes of memory")]
    OutOfMemory {
        /// [`Limits::memory`](crate::Limits::memory).
        limit: usize,
    },
    /// It asked for too large a table.
    #[error("the plugin asked for more than {limit} elements of tables")]
    OutOfTable {
        /// [`Limits::table_elements`](crate::Limits::table_elements).
        limit: usize,
    },
    /// It recursed too deep.
    #[error("the plugin used more than {limit} bytes of stack")]
    OutOfStack {
        /// [`Limits::stack`](crate::Limits::stack).
        limit: usize,
    },
    /// It reported too many findings.
    #[error("the plugin reported more than {limit} findings")]
    TooManyFindings {
        /// [`Limits::findings`](crate::Limits::findings).
        limit: usize,
    },
    /// It reported too large a finding, or too much in all.
    #[error("the plugin reported more than {limit} bytes of findings")]
    TooLargeFindings {
        /// [`Limits::finding_bytes`](crate::Limits::finding_bytes) or
        /// [`Limits::findings_bytes`](crate::Limits::findings_bytes).
        limit: usize,
    },
    /// It said something that the contract forbids.
    #[error("the plugin broke the contract: {how}")]
    ContractBroken {
        /// What it did.
        how: String,
    },
    /// It returned an error of its own.
    #[error("the plugin failed: {message}")]
    Reported {
        /// Its message, cut to the length of a log line.
        message: String,
    },
    /// It has failed so often that it was not asked.
    #[error("the plugin was not asked, because it had failed {failures} times in a row")]
    GivenUp {
        /// [`Limits::failures_in_a_row`](crate::Limits::failures_in_a_row).
        failures: u32,
    },
    /// The host could not answer it, which is no fault of its own.
    #[error("the host failed: {message}")]
    Host {
        /// What went wrong.
        message: String,
    },
    /// It was asked for a check that it does not have.
    #[error("the plugin has no check `{check}`")]
    NoSuchCheck {
        /// Which one.
        check: CheckId,
    },
}

fn after(said: Option<&str>) -> String {
    said.map_or_else(String::new, |said| format!(", after it said: {said}"))
}
