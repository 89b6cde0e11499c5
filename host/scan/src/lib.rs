//! The conductor: it takes an organization from its first call to its report.
//!
//! Knows the order of things and nothing of their insides: organization, sessions, collection,
//! plugins, blast facts, report. Start with [`scan`] and [`Plan`].

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod account;
mod actions;
mod blast;
mod conduct;
mod filter;
mod interrupt;
mod judge;
mod observer;
mod organization;
mod origin;
mod plan;
mod question;
mod roster;
mod selection;
mod visits;
mod what_if;
mod workforce;

pub use actions::all_actions;
pub use conduct::{Outcome, ScanError, scan};
pub use filter::{AccountFilter, FilterError};
pub use interrupt::Interrupt;
pub use observer::{Event, Observer};
pub use origin::{Live, Origin, OriginError, Stored};
pub use plan::{Plan, UnloadedPlugin, deep_types};
pub use question::{questions, questions_of_all};
pub use roster::{Member, Roster, RosterError, roster};
pub use selection::{CheckFilter, CheckSettings, Selected, Selection, SelectionError};
pub use what_if::{UnmetChange, WhatIf};
