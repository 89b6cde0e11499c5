//! Blast radius as text: the survey of an organization, and one radius in detail.

pub(crate) mod advice;
pub(crate) mod changes;
pub(crate) mod path;
pub(crate) mod proofs;
pub(crate) mod radius;
pub(crate) mod survey;
pub(crate) mod unseen;
