//! Compiled code on disk.
//!
//! Loading compiled code runs it, so an entry is trusted as much as the program itself: it must
//! come from us. The folder and every entry belong to the user who runs us and nobody else may
//! write them; otherwise the cache is not used. The name of an entry is the hash of everything
//! that decides its content (component, engine, settings), and a hash over name and content inside
//! tells a broken or exchanged entry. Against someone who already acts as this user no hash helps,
//! and none is needed.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use blake3::Hash;

/// The entries that are kept; the oldest go first. A plugin has one, so this is many versions of
/// many plugins, and about 100 MB at most of what our own plugins compile to.
const ENTRIES: usize = 64;

/// Why compiled code is not kept.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The folder cannot be made or used.
    #[error("the cache folder {} cannot be used", .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Somebody else could put code there.
    #[error("the cache folder {} is not used: {reason}", .path.display())]
    Untrusted {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
}

/// Where compiled plugins are kept unless told otherwise: `blastwall/plugins` in the user's cache
/// folder; none if there is no home.
#[must_use]
pub fn default_cache_dir() -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.cache_dir().join("blastwall").join("plugins"))
}

/// A folder that only the user can write.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    owner: Owner,
}

impl Cache {
    pub(crate) fn open(folder: &Path) -> Result<Self, CacheError> {
        let failed = |source| CacheError::Io {
            path: folder.to_owned(),
            source,
        };
        let untrusted = |reason| CacheError::Untrusted {
            path: folder.to_owned(),
            reason,
        };
        create_private(folder).map_err(failed)?;
        let metadata = fs::symlink_metadata(folder).map_err(failed)?;
        if !metadata.is_dir() {
            return Err(untrusted("it is not a folder"));
        }
        // A file that we make shows who we are; the standard library has no other way to ask.
        let probe = folder.join(format!("probe-{}", std::process::id()));
        let ours = File::create(&probe).and_then(|file| file.metadata());
        let _ = fs::remove_file(&probe);
        let owner = Owner::of(&ours.map_err(failed)?);
        if !owner.alone_writes(&metadata) {
            return Err(untrusted(
                "it belongs to another user or others may write it",
            ));
        }
        Ok(Self {
            folder: folder.to_owned(),
            owner,
        })
    }

    fn path(&self, key: &Hash) -> PathBuf {
        self.folder.join(key.to_hex().as_str())
    }

    /// The content that was stored under the key by this user, as it was stored.
    pub(crate) fn get(&self, key: &Hash) -> Option<Vec<u8>> {
        let mut file = File::open(self.path(key)).ok()?;
        // Of the file that is open, not of the path: a path can be exchanged in between.
        let metadata = file.metadata().ok()?;
        if !metadata.is_file() || !self.owner.alone_writes(&metadata) {
            tracing::warn!(entry = %key, "an entry of the plugin cache is not ours and is not used");
            return None;
        }
        let mut entry = Vec::new();
        file.read_to_end(&mut entry).ok()?;
        let (found, content) = entry.split_first_chunk::<{ blake3::OUT_LEN }>()?;
        if tag(key, content) != Hash::from_bytes(*found) {
            tracing::warn!(entry = %key, "an entry of the plugin cache is broken and is not used");
            return None;
        }
        entry.drain(..blake3::OUT_LEN);
        Some(entry)
    }

    /// Stores content; a failure costs the next run some time and is only logged.
    pub(crate) fn put(&self, key: &Hash, content: &[u8]) {
        if let Err(error) = self.write(key, content) {
            tracing::warn!(%error, "a compiled plugin could not be kept");
        }
    }

    fn write(&self, key: &Hash, content: &[u8]) -> io::Result<()> {
        let temporary = self
            .folder
            .join(format!("{}-{}", key.to_hex(), std::process::id()));
        let written = create_private_file(&temporary).and_then(|mut file| {
            file.write_all(tag(key, content).as_bytes())?;
            file.write_all(content)
        });
        // In one step, so that nobody reads half an entry.
        let done = written.and_then(|()| fs::rename(&temporary, self.path(key)));
        if done.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        done?;
        self.shrink()
    }

    fn shrink(&self) -> io::Result<()> {
        let mut entries: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            entries.push((entry.metadata()?.modified()?, entry.path()));
        }
        entries.sort();
        let surplus = entries.len().saturating_sub(ENTRIES);
        for (_, path) in entries.into_iter().take(surplus) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

/// The hash over name and content.
fn tag(key: &Hash, content: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key.as_bytes());
    hasher.update(content);
    hasher.finalize()
}

#[cfg(unix)]
mod platform {
    use super::{File, Metadata, Path, fs, io};
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};

    const OTHERS_WRITE: u32 = 0o022;

    /// The user that we are.
    #[derive(Debug)]
    pub(crate) struct Owner(u32);

    impl Owner {
        pub(crate) fn of(metadata: &Metadata) -> Self {
            Self(metadata.uid())
        }

        pub(crate) fn alone_writes(&self, metadata: &Metadata) -> bool {
            metadata.uid() == self.0 && metadata.permissions().mode() & OTHERS_WRITE == 0
        }
    }

    pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
    }

    pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
        fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
    }
}

/// Where ownership cannot be asked for, nothing is trusted and nothing is kept.
#[cfg(not(unix))]
mod platform {
    use super::{File, Metadata, Path, fs, io};

    #[derive(Debug)]
    pub(crate) struct Owner;

    impl Owner {
        pub(crate) fn of(_: &Metadata) -> Self {
            Self
        }

        pub(crate) fn alone_writes(&self, _: &Metadata) -> bool {
            false
        }
    }

    pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
        File::create(path)
    }
}

use platform::{Owner, create_private, create_private_file};

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn key() -> Hash {
        blake3::hash(b"key")
    }

    #[test]
    fn what_was_put_is_got() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(&folder.path().join("a/b")).unwrap();
        assert_eq!(cache.get(&key()), None);
        cache.put(&key(), b"code");
        assert_eq!(cache.get(&key()).as_deref(), Some(&b"code"[..]));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.path().join("a/b")), 0o700);
        assert_eq!(mode(&cache.path(&key())), 0o600);
    }

    #[test]
    fn a_folder_that_others_write_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(
            Cache::open(folder.path()),
            Err(CacheError::Untrusted { .. })
        ));
    }

    #[test]
    fn an_entry_that_was_touched_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        cache.put(&key(), b"code");
        let path = cache.path(&key());
        let good = fs::read(&path).unwrap();

        let other = blake3::hash(b"other");
        fs::copy(&path, cache.path(&other)).unwrap();
        assert_eq!(cache.get(&other), None, "exchanged");

        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        fs::write(&path, flipped).unwrap();
        assert_eq!(cache.get(&key()), None, "flipped");

        fs::write(&path, &good[..10]).unwrap();
        assert_eq!(cache.get(&key()), None, "truncated");

        fs::write(&path, &good).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(cache.get(&key()), None, "writable by others");
    }

    #[test]
    fn the_oldest_entries_go() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        for number in 0..ENTRIES + 3 {
            cache.put(&blake3::hash(&number.to_le_bytes()), b"code");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), ENTRIES);
    }
}
