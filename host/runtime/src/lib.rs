//! Load, limit, feed and question plugins.
//!
//! A plugin is foreign code. It runs in a sandbox that links the interfaces of `wit/` and nothing
//! else, in a fresh instance for every account, under the [`Limits`]; whatever it does, the host
//! gets an [`Outcome`]: findings that it has checked, or a typed [`Failure`] that costs this
//! plugin its verdicts on this account and nothing else.
//!
//! [`Engine::load`] makes a [`Plugin`] of a component, [`Plugin::evaluate`] asks it about the
//! [`Snapshot`] of an account. Both are synchronous and may be called from many threads; at most
//! [`Limits::instances`] evaluations run at once, the others wait.
//!
//! Everything that knows wasmtime is in this crate. It knows nothing of AWS, and nothing of how
//! findings are shown: text that came from a plugin is passed on as it is, control characters and
//! all, and whoever prints it escapes it.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod bindings;
mod cache;
mod description;
mod engine;
mod error;
mod evaluation;
mod findings;
mod gate;
mod gathering;
mod inspect;
mod judging;
mod limits;
mod measure;
mod overview;
mod plugin;
mod policy;
mod snapshot;
mod state;
mod verdicts;

pub use cache::{CacheError, default_cache_dir};
pub use engine::Engine;
pub use error::{EngineError, Failure, LoadError};
pub use evaluation::{Evaluation, LogLevel, LogLine, Outcome, Subject};
pub use gathering::Gathering;
pub use limits::Limits;
pub use overview::{Import, Overview};
pub use plugin::{Plugin, digest};
pub use snapshot::Snapshot;
