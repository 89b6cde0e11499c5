//! Reading a directory.
//!
//! Errors name the file, and the line where there is one: the files are written by people as often
//! as by the tool. Nothing is skipped silently, because a document that is not read would look
//! like a resource that does not exist.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use blastwall_model::{AccountId, Coverage, Document, DocumentError, is_of_organization};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::manifest::{FORMAT, Head, Manifest};
use crate::{
    ACCOUNTS, MANIFEST, ORGANIZATION, ORGANIZATION_COVERAGE, coverage_path, resources_path,
};

/// An organization at rest, opened.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
    manifest: Manifest,
    accounts: Vec<AccountId>,
}

/// Why a directory cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory, or a part of it, cannot be read.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// The answer of the operating system.
        #[source]
        source: io::Error,
    },
    /// There is no such directory.
    #[error("there is no directory `{}`", path.display())]
    Absent {
        /// Where it should be.
        path: PathBuf,
    },
    /// There is no manifest: it is something else, or it was never finished.
    #[error("`{}` is missing: not an organization at rest, or an unfinished one", path.display())]
    NoManifest {
        /// Where it should be.
        path: PathBuf,
    },
    /// The manifest cannot be understood.
    #[error("`{}` is not a manifest", path.display())]
    Manifest {
        /// Where it is.
        path: PathBuf,
        /// What is wrong and where.
        #[source]
        source: serde_json::Error,
    },
    /// The manifest is of a format that this version does not know.
    #[error("`{}` has the format `{found}`; this version knows `{FORMAT}`", path.display())]
    Format {
        /// Where it is.
        path: PathBuf,
        /// The format that it names.
        found: String,
    },
    /// A name among the accounts is no account id.
    #[error("`{}` is not named after an account: twelve digits are expected", path.display())]
    AccountName {
        /// Where it is.
        path: PathBuf,
    },
}

/// Why a file of a directory cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// The answer of the operating system.
        #[source]
        source: io::Error,
    },
    /// The file is not the one that the manifest describes.
    #[error("`{}` does not match its digest in the manifest: it was changed or cut short", path.display())]
    Digest {
        /// Which file.
        path: PathBuf,
    },
    /// The file is not text.
    #[error("`{}` is not UTF-8", path.display())]
    Text {
        /// Which file.
        path: PathBuf,
        /// Where it stops being text.
        #[source]
        source: std::str::Utf8Error,
    },
    /// A line is no resource document.
    #[error("{}:{line}", path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: DocumentError,
    },
    /// A line belongs elsewhere, or is there twice.
    #[error("{}:{line}: {problem}", path.display())]
    Misplaced {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The file is no coverage.
    #[error("`{}` is not a coverage", path.display())]
    Coverage {
        /// Which file.
        path: PathBuf,
        /// What is wrong and where.
        #[source]
        source: serde_json::Error,
    },
}

impl Directory {
    /// Opens the directory: reads its manifest and the list of its accounts, not yet their files.
    ///
    /// # Errors
    /// If it is no organization at rest, or of a version that this crate does not know.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        let path = path.into();
        let manifest = read_manifest(&path.join(MANIFEST))?;
        let accounts = list_accounts(&path.join(ACCOUNTS))?;
        Ok(Self {
            path,
            manifest,
            accounts,
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says about itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The documents of the organization itself; none if the accounts are in no organization.
    ///
    /// # Errors
    /// If the file cannot be read, was changed, or has a line that is no such document.
    pub fn organization(&self) -> Result<Vec<Document>, ReadError> {
        self.documents(ORGANIZATION, None)
    }

    /// What could not be seen of the organization itself; none if the directory does not say.
    ///
    /// # Errors
    /// If the file cannot be read, was changed or is no coverage.
    pub fn organization_coverage<T: DeserializeOwned>(&self) -> Result<Option<T>, ReadError> {
        self.object(ORGANIZATION_COVERAGE)
    }

    /// The accounts, sorted.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountId> {
        self.accounts.clone()
    }

    /// The documents of an account, in the order of the file.
    ///
    /// # Errors
    /// If the file cannot be read, was changed, or has a line that is no document of the account.
    pub fn resources(&self, account: &AccountId) -> Result<Vec<Document>, ReadError> {
        self.documents(&resources_path(account), Some(account))
    }

    /// What was looked at in an account; none if the directory does not say.
    ///
    /// # Errors
    /// If the file cannot be read, was changed or is no coverage.
    pub fn coverage(&self, account: &AccountId) -> Result<Option<Coverage>, ReadError> {
        self.object(&coverage_path(account))
    }

    /// What a file of one JSON object says; none if there is no such file.
    fn object<T: DeserializeOwned>(&self, relative: &str) -> Result<Option<T>, ReadError> {
        let Some(bytes) = self.bytes(relative)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| ReadError::Coverage {
                path: self.path.join(relative),
                source,
            })
    }

    /// The bytes of a file, compared with its digest if there is one; none if it does not exist
    /// and no digest says that it should.
    fn bytes(&self, relative: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let path = self.path.join(relative);
        let digest = self.manifest.digests.get(relative);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound && digest.is_none() => {
                return Ok(None);
            }
            Err(source) => return Err(ReadError::Io { path, source }),
        };
        match digest {
            Some(digest) if *blake3::hash(&bytes).to_hex() != **digest => {
                Err(ReadError::Digest { path })
            }
            _ => Ok(Some(bytes)),
        }
    }

    fn documents(
        &self,
        relative: &str,
        account: Option<&AccountId>,
    ) -> Result<Vec<Document>, ReadError> {
        let path = self.path.join(relative);
        let Some(bytes) = self.bytes(relative)? else {
            return Ok(Vec::new());
        };
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            Err(source) => return Err(ReadError::Text { path, source }),
        };
        let mut documents = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, text) in text.lines().enumerate() {
            if text.trim().is_empty() {
                continue;
            }
            let line = index + 1;
            let document = read_line(text, account).map_err(|source| ReadError::Line {
                path: path.clone(),
                line,
                source,
            })?;
            let problem = match account {
                Some(account) if document.account != *account => Some(format!(
                    "{} is of account {}, the file of account {account}",
                    document.arn, document.account
                )),
                None if !is_of_organization(&document.kind) => Some(format!(
                    "{} belongs in the file of its account, not in that of the organization",
                    document.kind
                )),
                _ if !seen.insert((document.kind.clone(), document.arn.clone())) => {
                    Some(format!("{} {} is there twice", document.kind, document.arn))
                }
                _ => None,
            };
            if let Some(problem) = problem {
                return Err(ReadError::Misplaced {
                    path,
                    line,
                    problem,
                });
            }
            documents.push(document);
        }
        Ok(documents)
    }
}

/// Reads one document; people may leave out the account, which the place of the file tells.
fn read_line(text: &str, account: Option<&AccountId>) -> Result<Document, DocumentError> {
    Document::parse(text).or_else(|error| {
        let Ok(Value::Object(mut object)) = serde_json::from_str(text) else {
            return Err(error);
        };
        if object.contains_key("account") {
            return Err(error);
        }
        let account = match account {
            Some(account) => account.to_string(),
            None => object
                .get("arn")
                .and_then(Value::as_str)
                .and_then(|arn| arn.split(':').nth(4))
                .unwrap_or_default()
                .to_owned(),
        };
        object.insert("account".to_owned(), Value::String(account));
        Document::parse(&Value::Object(object).to_string())
    })
}

fn read_manifest(path: &Path) -> Result<Manifest, OpenError> {
    let bytes = std::fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound if path.parent().is_some_and(|it| !it.is_dir()) => {
            let directory = path.parent().unwrap_or(path);
            OpenError::Absent {
                path: directory.to_owned(),
            }
        }
        io::ErrorKind::NotADirectory => OpenError::Absent {
            path: path.parent().unwrap_or(path).to_owned(),
        },
        io::ErrorKind::NotFound => OpenError::NoManifest {
            path: path.to_owned(),
        },
        _ => OpenError::Io {
            path: path.to_owned(),
            source,
        },
    })?;
    let malformed = |source| OpenError::Manifest {
        path: path.to_owned(),
        source,
    };
    let head: Head = serde_json::from_slice(&bytes).map_err(malformed)?;
    if head.format != FORMAT {
        return Err(OpenError::Format {
            path: path.to_owned(),
            found: head.format,
        });
    }
    serde_json::from_slice(&bytes).map_err(malformed)
}

fn list_accounts(path: &Path) -> Result<Vec<AccountId>, OpenError> {
    let failed = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut accounts = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let account = name
            .parse()
            .map_err(|_| OpenError::AccountName { path: entry.path() })?;
        accounts.push(account);
    }
    accounts.sort();
    Ok(accounts)
}
