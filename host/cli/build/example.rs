//! The example organization and its configuration.

use std::io;
use std::path::Path;

use crate::{embedded, list};

/// Everything but the prose.
pub(crate) fn code(examples: &Path) -> io::Result<String> {
    let organization = examples.join("organization");
    let mut files = list(&organization)?;
    files.retain(|file| file.extension().is_none_or(|extension| extension != "md"));
    let mut code = embedded("ORGANIZATION", &organization, &files)?;
    let configuration = examples.join("blastwall.toml");
    println!("cargo::rerun-if-changed={}", configuration.display());
    code.push_str(&format!(
        "pub(crate) const CONFIGURATION: &str = include_str!({:?});\n",
        configuration.to_string_lossy()
    ));
    Ok(code)
}
