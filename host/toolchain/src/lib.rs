//! From the Rust crate of a plugin to a component.
//!
//! A nested cargo compiles the crate for `wasm32-unknown-unknown`, which has no WASI to import, and
//! wit-component wraps the module. The build of the built-in plugins, `blastwall plugin build` and
//! the tests all come here, so that what an author ships is made the way ours are.
//!
//! It prints nothing and runs no plugin. Start with [`build`].

mod cargo;
mod component;
mod error;
mod sysroot;

pub use cargo::{Built, Job, Output, build};
pub use component::component;
pub use error::BuildError;
pub use sysroot::Sysroot;

/// What plugins are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";
