//! The commands, one file each.

pub(crate) mod accounts;
pub(crate) mod blast_radius;
pub(crate) mod can;
pub(crate) mod checks;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod init;
pub(crate) mod path;
pub(crate) mod plugin;
pub(crate) mod policy;
pub(crate) mod role_template;
pub(crate) mod scan;
pub(crate) mod who_can;
