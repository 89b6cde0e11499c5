//! A reader who does what the guide says.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use blastwall_tests::target_directory;

use crate::output::{agree, essential};

/// Where the reader is, and with which program and toolchain.
pub(crate) struct Reader {
    folder: PathBuf,
    variables: Vec<(&'static str, OsString)>,
}

/// What a block of commands prints now.
pub(crate) struct Printed {
    /// The block as it has to be.
    pub(crate) text: String,
    /// What it differs in.
    pub(crate) difference: String,
}

impl Reader {
    /// A newcomer: an empty folder, and a home that has but a checkout of Blastwall.
    pub(crate) fn new() -> Self {
        let place = target_directory().join("tmp/guide");
        let _ = fs::remove_dir_all(&place);
        let (home, folder) = (place.join("home"), place.join("work"));
        fs::create_dir_all(home.join("blastwall")).unwrap();
        fs::create_dir_all(&folder).unwrap();
        let examples = root().join("examples");
        copy(
            &examples.join("organization"),
            &home.join("blastwall/examples/organization"),
        );

        let own_home = PathBuf::from(std::env::var_os("HOME").unwrap());
        let own = |name: &str, folder: &str| {
            std::env::var_os(name).unwrap_or_else(|| own_home.join(folder).into())
        };
        let mut path = target_directory().into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        let mut variables: Vec<(&'static str, OsString)> = vec![
            ("PATH", path),
            ("CARGO_HOME", own("CARGO_HOME", ".cargo")),
            ("RUSTUP_HOME", own("RUSTUP_HOME", ".rustup")),
            // The crates that this workspace is built of are here already, and so are those that
            // the other tests of projects have built.
            ("CARGO_NET_OFFLINE", "true".into()),
            (
                "CARGO_TARGET_DIR",
                target_directory().join("tmp/plugin-author/target").into(),
            ),
            ("CARGO_TERM_COLOR", "never".into()),
            ("HOME", home.clone().into()),
            ("XDG_CONFIG_HOME", home.join("config").into()),
            (
                "XDG_CACHE_HOME",
                target_directory().join("tmp/blastwall-tests-cache").into(),
            ),
            ("HTTPS_PROXY", "http://127.0.0.1:9".into()),
        ];
        for name in ["RUSTUP_TOOLCHAIN", "RUSTC_BOOTSTRAP"] {
            if let Some(value) = std::env::var_os(name) {
                variables.push((name, value));
            }
        }
        Self { folder, variables }
    }

    /// Runs the commands of a block; what they print if it is not what the block shows.
    pub(crate) fn run(&mut self, block: &str, exit: i32) -> Result<Option<Printed>, String> {
        let mut text = String::new();
        let mut difference = String::new();
        let commands: Vec<(String, String)> = commands(block)?;
        let count = commands.len();
        for (index, (command, shown)) in commands.into_iter().enumerate() {
            let expected = if index + 1 == count { exit } else { 0 };
            let printed = self.execute(&command, expected)?;
            let kept = if agree(&essential(&shown), &printed) {
                &shown
            } else {
                difference.push_str(&format!(
                    "`{command}` prints\n{printed}\nand the guide shows\n{shown}"
                ));
                &printed
            };
            text.push_str(&format!("$ {command}\n{kept}"));
        }
        let differs = !difference.is_empty();
        Ok(differs.then_some(Printed { text, difference }))
    }

    fn execute(&mut self, command: &str, expected: i32) -> Result<String, String> {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.folder = self.folder.join(folder).canonicalize().unwrap();
            return Ok(String::new());
        }
        // With the crates that this workspace has tested, and without asking a registry.
        let lock = self.folder.join("Cargo.lock");
        let builds = command.starts_with("cargo ") || command.starts_with("blastwall plugin ");
        if builds && self.folder.join("Cargo.toml").is_file() && !lock.exists() {
            fs::copy(root().join("Cargo.lock"), lock).unwrap();
        }
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let code = output.status.code();
        if code != Some(expected) {
            return Err(format!(
                "`{command}` ends with {code:?} instead of {expected}:\n{printed}"
            ));
        }
        let folder = self.folder.to_str().unwrap();
        Ok(essential(&printed.replace(folder, ".")))
    }

    /// Writes a file, which may be there.
    pub(crate) fn write(&self, path: &str, text: &str) -> Result<(), String> {
        fs::write(self.folder.join(path), text).map_err(|error| format!("{path}: {error}"))
    }

    /// Finds a part in a file.
    pub(crate) fn finds(&self, path: &str, part: &str) -> Result<(), String> {
        let whole = self.read(path)?;
        if whole.contains(part) {
            return Ok(());
        }
        Err(format!("`{path}` has no such part; it is\n{whole}"))
    }

    /// Changes a file.
    pub(crate) fn change(&self, path: &str, change: &str) -> Result<(), String> {
        let whole = self.read(path)?;
        let side = |own: char, other: char| -> String {
            let lines = change.lines().filter(|line| !line.starts_with(other));
            lines
                .map(|line| format!("{}\n", line.strip_prefix([own, ' ']).unwrap_or(line)))
                .collect()
        };
        let (old, new) = (side('-', '+'), side('+', '-'));
        match whole.matches(&old).count() {
            1 => self.write(path, &whole.replace(&old, &new)),
            count => Err(format!(
                "`{path}` has {count} places like\n{old}\nit is\n{whole}"
            )),
        }
    }

    fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.folder.join(path)).map_err(|error| format!("{path}: {error}"))
    }
}

/// The commands of a block, each with what is shown of its output.
fn commands(block: &str) -> Result<Vec<(String, String)>, String> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut continued = false;
    for line in block.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) if !continued => commands.push((command.to_owned(), String::new())),
            (_, Some((command, _))) if continued => {
                command.push('\n');
                command.push_str(line);
            }
            (_, Some((_, shown))) => {
                shown.push_str(line);
                shown.push('\n');
            }
            (_, None) => return Err("a console begins with `$ ` and a command".to_owned()),
        }
        let shown = commands.last().map(|(_, shown)| shown.as_str());
        continued = line.ends_with('\\') && shown == Some("");
    }
    Ok(commands)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
