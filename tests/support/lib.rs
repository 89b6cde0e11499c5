//! What the outside tests share: the binary under test, and servers that play AWS.
//!
//! Everything here sees Blastwall as its users do: a program with arguments, an environment, two
//! streams and an exit code. Start with [`Blastwall`]; [`Simulation`] and [`Moto`] are what it is
//! pointed at, [`Report`] is what it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "support of tests, which may fail loudly"
)]

mod moto;
mod program;
mod python;
mod report;
mod simulation;

pub use moto::{Moto, moto_python};
pub use program::{Blastwall, Run, target_directory};
pub use python::python;
pub use report::{Report, assert_same};
pub use simulation::{EXTERNAL_ID, KEY, SECRET, Simulation, example};
