//! Reports as people and programs read them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may"
)]

mod sample;
mod schema;
mod text;
