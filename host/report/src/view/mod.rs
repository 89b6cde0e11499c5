//! Texts for people that are no reports: the checks there are, the tree of accounts, and the blast
//! radius of one thing.

pub mod accounts;
pub mod checks;
