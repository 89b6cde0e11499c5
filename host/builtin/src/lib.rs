//! The built-in plugins, compiled to components and embedded.
//!
//! The build script builds each crate under plugins/; there is no list of them to keep. Nothing
//! here runs a plugin, and nothing of a plugin is compiled into the host in any other way.

/// A plugin that comes with the program.
#[derive(Clone, Copy)]
pub struct Builtin {
    /// Its name, that of its folder under plugins/.
    pub name: &'static str,
    /// The component.
    pub component: &'static [u8],
}

/// All of them, sorted by name.
pub const PLUGINS: &[Builtin] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));
