//! What the commands read: a file, or standard input.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use anyhow::Context;

use crate::errors::Failure;

/// Whether standard input is meant.
pub(super) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Opens a file; standard input for `-`. A file that is not there is a mistake on the command line.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if is_standard_input(path) {
        return Ok(Box::new(stdin()));
    }
    let file = File::open(path)
        .and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(std::io::ErrorKind::IsADirectory.into());
            }
            Ok(file)
        })
        .with_context(|| format!("failed to open `{}`", path.display()))
        .map_err(Failure::usage)?;
    Ok(Box::new(file))
}
