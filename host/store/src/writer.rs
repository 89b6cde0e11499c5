//! Writing a directory.
//!
//! Each file is written beside its place, synced and renamed, so that a file that has its name is
//! whole; the manifest comes last, so that a directory that has one is whole.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use blastwall_model::{AccountId, Coverage, Document};
use serde::Serialize;
use serde_json::Value;

use crate::manifest::{FORMAT, Manifest, Written};
use crate::{MANIFEST, ORGANIZATION, ORGANIZATION_COVERAGE, coverage_path, resources_path};

/// A directory that is being written. Accounts may come from several threads, in any order.
#[derive(Debug)]
pub struct Writer {
    path: PathBuf,
    manifest: Manifest,
    digests: Mutex<BTreeMap<String, String>>,
}

/// Why a directory cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Io {
        /// Which file or directory.
        path: PathBuf,
        /// The answer of the operating system.
        #[source]
        source: io::Error,
    },
    /// The directory already holds something; a scan is never mixed into another.
    #[error("`{}` is not empty; give a directory that is empty or does not exist", path.display())]
    NotEmpty {
        /// Which directory.
        path: PathBuf,
    },
    /// A value cannot be written as JSON.
    #[error("cannot write `{}` as JSON", path.display())]
    Json {
        /// Which file it was for.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

impl Writer {
    /// Makes the directory, with its parents if need be. Digests in `manifest` are ignored.
    ///
    /// # Errors
    /// If it cannot be made or is not empty.
    pub fn create(path: impl Into<PathBuf>, manifest: Manifest) -> Result<Self, WriteError> {
        let path = path.into();
        make_directory(&path)?;
        let is_empty = std::fs::read_dir(&path)
            .map_err(|source| WriteError::Io {
                path: path.clone(),
                source,
            })?
            .next()
            .is_none();
        if !is_empty {
            return Err(WriteError::NotEmpty { path });
        }
        Ok(Self {
            path,
            manifest,
            digests: Mutex::default(),
        })
    }

    /// Writes the documents of the organization itself.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn organization(&self, documents: &[Document]) -> Result<(), WriteError> {
        self.write(ORGANIZATION, &self.lines(ORGANIZATION, documents)?)
    }

    /// Writes what could not be seen of the organization itself.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn organization_coverage(&self, coverage: &impl Serialize) -> Result<(), WriteError> {
        let path = ORGANIZATION_COVERAGE;
        self.write(path, &self.pretty(path, coverage)?)
    }

    /// Writes the documents and the coverage of an account.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn account(
        &self,
        account: &AccountId,
        documents: &[Document],
        coverage: &Coverage,
    ) -> Result<(), WriteError> {
        let resources = resources_path(account);
        self.write(&resources, &self.lines(&resources, documents)?)?;
        let path = coverage_path(account);
        self.write(&path, &self.pretty(&path, coverage)?)
    }

    /// Writes the manifest, after which the directory is whole.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(mut self) -> Result<(), WriteError> {
        self.manifest.digests = std::mem::take(
            self.digests
                .get_mut()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let written = Written {
            format: FORMAT,
            manifest: &self.manifest,
        };
        self.write(MANIFEST, &self.pretty(MANIFEST, &written)?)
    }

    fn json_error(&self, relative: &str) -> impl FnOnce(serde_json::Error) -> WriteError {
        let path = self.path.join(relative);
        move |source| WriteError::Json { path, source }
    }

    fn pretty(&self, relative: &str, value: &impl Serialize) -> Result<Vec<u8>, WriteError> {
        let mut bytes = serde_json::to_vec_pretty(value).map_err(self.json_error(relative))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The documents, one a line, sorted by type and ARN.
    fn lines(&self, relative: &str, documents: &[Document]) -> Result<Vec<u8>, WriteError> {
        let mut sorted: Vec<&Document> = documents.iter().collect();
        sorted.sort_by_key(|document| (&document.kind, &document.arn));
        let mut bytes = Vec::new();
        for document in sorted {
            let json = document.json();
            if json.contains(['\n', '\r']) {
                let value: Value = serde_json::from_str(json).map_err(self.json_error(relative))?;
                bytes.extend_from_slice(value.to_string().as_bytes());
            } else {
                bytes.extend_from_slice(json.as_bytes());
            }
            bytes.push(b'\n');
        }
        Ok(bytes)
    }

    fn write(&self, relative: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let path = self.path.join(relative);
        if let Some(parent) = path.parent() {
            make_directory(parent)?;
        }
        write_whole(&path, bytes).map_err(|source| WriteError::Io { path, source })?;
        self.digests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(
                relative.to_owned(),
                blake3::hash(bytes).to_hex().to_string(),
            );
        Ok(())
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut file = create_private(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a directory and its parents. A directory that is already there keeps its mode: it may be
/// one that the user has made for the purpose.
fn make_directory(path: &Path) -> Result<(), WriteError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| WriteError::Io {
        path: path.to_owned(),
        source,
    })
}
