//! The binary under test.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::Report;

/// The program with an environment of its own: nothing of the machine's credentials, profiles or
/// configuration reaches it, and it cannot reach AWS.
#[derive(Debug)]
pub struct Blastwall {
    home: TempDir,
    variables: Vec<(OsString, OsString)>,
    trailing: Vec<OsString>,
}

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Default for Blastwall {
    fn default() -> Self {
        Self::new()
    }
}

impl Blastwall {
    /// The program without any credentials.
    #[must_use]
    pub fn new() -> Self {
        let mut program = Self {
            home: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
            trailing: Vec::new(),
        };
        let path = program.home.path().to_owned();
        // Compiled plugins are keyed by their content, so the runs of all tests can share them.
        let cache = target_directory().join("tmp/blastwall-tests-cache");
        for (name, value) in [
            ("HOME", path.as_path()),
            ("XDG_CONFIG_HOME", &path.join("config")),
            ("XDG_CACHE_HOME", &cache),
            ("PATH", Path::new("/usr/bin:/bin")),
            ("TMPDIR", &std::env::temp_dir()),
        ] {
            program = program.variable(name, value);
        }
        program
            .variable("AWS_EC2_METADATA_DISABLED", "true")
            // AWS speaks HTTPS, the servers of the tests do not: whatever would leave this machine
            // ends at a port on which nothing listens.
            .variable("HTTPS_PROXY", "http://127.0.0.1:9")
    }

    /// With an environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.into(), value.as_ref().into()));
        self
    }

    /// With access keys.
    #[must_use]
    pub fn credentials(self, access_key_id: &str, secret_access_key: &str) -> Self {
        self.variable("AWS_ACCESS_KEY_ID", access_key_id)
            .variable("AWS_SECRET_ACCESS_KEY", secret_access_key)
            .variable("AWS_REGION", "us-east-1")
    }

    /// With an argument that every run has, after its own.
    #[must_use]
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.trailing.push(argument.as_ref().into());
        self
    }

    /// The directory that it runs in, empty at first.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file into the directory that it runs in.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The command, for tests that need its streams.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(binary());
        command
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .args(arguments)
            .args(&self.trailing)
            .current_dir(self.home.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run {
            code: output
                .status
                .code()
                .unwrap_or_else(|| panic!("{} ended by a signal", binary().display())),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Run {
    /// Itself, if the exit code is this one.
    #[must_use]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "standard error:\n{}", self.stderr);
        self
    }

    /// Standard output as a report.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::parse(&self.stdout)
    }

    /// Itself, if standard error says all of this.
    #[must_use]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(
                self.stderr.contains(part),
                "standard error does not say {part:?}:\n{}",
                self.stderr
            );
        }
        self
    }
}

/// The directory of the build profile that this test belongs to, `target/debug`.
#[must_use]
pub fn target_directory() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // target/debug/deps/TEST
    test.ancestors().nth(2).unwrap().to_owned()
}

fn binary() -> PathBuf {
    let path = target_directory().join(format!("blastwall{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} does not exist: build it with `cargo build`, or run the tests with \
         `cargo test --workspace`, which does",
        path.display()
    );
    path
}
