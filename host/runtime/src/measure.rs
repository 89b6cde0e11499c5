//! Counting what plugins execute, for whoever wants to know what a check costs.
//!
//! An engine that meters has the compiler count instructions ("fuel") in every block, which makes
//! code a quarter to a half slower. The count is the same on every machine and in every run, unlike
//! time. A scan does not meter; its clock is the epoch.

use std::path::Path;

use wasmtime::Store;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::limits::Limits;
use crate::state::State;

impl Engine {
    /// A sandbox that counts what plugins execute; see [`Outcome::fuel`](crate::Outcome::fuel).
    /// Otherwise it is as [`Engine::new`] makes it.
    ///
    /// # Errors
    /// As for [`Engine::new`].
    pub fn metered(limits: &Limits, cache_dir: Option<&Path>) -> Result<Self, EngineError> {
        Self::build(limits, cache_dir, true)
    }
}

/// Fills the tank of an instance of an engine that meters. It never runs dry: what ends an instance
/// is its time.
pub(crate) fn fill(store: &mut Store<State>) {
    // Fails only where the engine does not meter.
    let _ = store.set_fuel(u64::MAX);
}

/// What an instance has used of it.
pub(crate) fn used(store: &Store<State>) -> Option<u64> {
    store.get_fuel().ok().map(|left| u64::MAX - left)
}
