//! Packages from PyPI, each in a virtual environment of its own below the build directory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::target_directory;

/// The Python of an environment with a package, `cfn-lint==1.58.0`, made once per build directory.
///
/// # Panics
/// If Python or the package cannot be had: a foreign proof that is skipped is none.
#[must_use]
pub fn python(requirement: &str) -> PathBuf {
    let target = target_directory();
    let (package, version) = requirement
        .split_once("==")
        .unwrap_or((requirement, "latest"));
    let package = package.split('[').next().unwrap_or(package);
    let ready = target.join(format!("{package}-{version}"));
    let lock = File::create(target.join(format!("{package}.lock"))).unwrap();
    // Several test binaries, or several `cargo test`, may want it at the same time.
    lock.lock().unwrap();
    if !ready.join("installed").is_file() {
        // Environments do not survive being moved, so it is made in place and marked when done.
        let _ = fs::remove_dir_all(&ready);
        install(&ready, requirement);
        File::create(ready.join("installed")).unwrap();
    }
    ready.join("bin/python")
}

fn install(directory: &Path, requirement: &str) {
    run(
        Command::new("python3").args(["-m", "venv"]).arg(directory),
        "Python 3 with its module `venv` is needed for the tests against foreign programs; \
         on Debian and Ubuntu: apt-get install python3-venv",
    );
    run(
        Command::new(directory.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg(requirement),
        "the package could not be installed from PyPI; PIP_INDEX_URL names another index",
    );
}

fn run(command: &mut Command, what_to_do: &str) {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{what_to_do}\n{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{what_to_do}\n{command:?}:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
