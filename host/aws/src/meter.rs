//! Counts what is sent, for the progress display and the report.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts calls over a whole scan. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    calls: AtomicU64,
    attempts: AtomicU64,
    throttles: AtomicU64,
    failures: AtomicU64,
}

/// What a [`Meter`] has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Totals {
    /// Operations asked for.
    pub calls: u64,
    /// Requests sent: first attempts and retries.
    pub attempts: u64,
    /// Answers that asked us to slow down.
    pub throttles: u64,
    /// Operations that ended without data.
    pub failures: u64,
}

impl Meter {
    /// What has been counted so far.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals {
            calls: self.0.calls.load(Ordering::Relaxed),
            attempts: self.0.attempts.load(Ordering::Relaxed),
            throttles: self.0.throttles.load(Ordering::Relaxed),
            failures: self.0.failures.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn call(&self) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn attempt(&self) {
        self.0.attempts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn throttle(&self) {
        self.0.throttles.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn failure(&self) {
        self.0.failures.fetch_add(1, Ordering::Relaxed);
    }
}
