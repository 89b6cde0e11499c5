//! Blast radius as text: the survey of an organization, and one radius in detail.

mod path;
pub(crate) mod radius;
pub(crate) mod survey;
