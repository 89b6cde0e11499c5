//! The template of a project of a plugin.

use std::io;
use std::path::Path;

use crate::{embedded, list};

/// All its files.
pub(crate) fn code(folder: &Path) -> io::Result<String> {
    embedded("TEMPLATE", folder, &list(folder)?)
}
