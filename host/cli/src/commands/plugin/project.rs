//! From what the user names, a project in Rust or a component, to the component.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use blastwall_cases::CaseFile;
use blastwall_model::PluginInfo;
use blastwall_report::visible;
use blastwall_runtime::{Engine, Limits, Overview, Plugin, default_cache_dir};
use blastwall_toolchain::{BuildError, Built, Job, Output, build};

use crate::config::nearest;
use crate::errors::Failure;
use crate::terminal::Terminal;

/// The profile that the template of a project sets up.
const PROFILE: &str = "release";

/// What makes a library a plugin.
const NO_PLUGIN: &str = "a plugin has one `blastwall_sdk::plugin!`, and no dependency that calls \
                         into a browser or an operating system";

/// A component, and where the cases of its checks are unless said otherwise.
pub(super) struct Project {
    pub(super) component: Vec<u8>,
    pub(super) cases: PathBuf,
}

impl Project {
    /// Reads a component, or builds the project in a folder.
    pub(super) fn open(path: &Path, terminal: Terminal) -> Result<Self, Failure> {
        if path.is_dir() {
            return Ok(Self {
                component: built(path, terminal)?.component,
                cases: path.join("cases"),
            });
        }
        Ok(Self {
            component: read(path)?,
            cases: "cases".into(),
        })
    }
}

/// Reads a component.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path)
        .with_context(|| format!("failed to read the plugin `{}`", path.display()))
        .map_err(Failure::usage)
}

/// Builds the project in a folder; what cargo says is shown as it comes.
pub(super) fn built(folder: &Path, terminal: Terminal) -> Result<Built, Failure> {
    if !folder.join("Cargo.toml").is_file() {
        let error = anyhow!("there is no Cargo.toml in `{}`", folder.display());
        return Err(Failure::usage(error).hint(
            "`blastwall plugin new NAME` starts a project in Rust; a component in any other \
             language is named by its file",
        ));
    }
    let job = Job {
        folder,
        packages: &[],
        profile: PROFILE,
        target_folder: None,
        locked: false,
        output: if terminal.is_quiet() {
            Output::Kept
        } else {
            Output::Shown
        },
    };
    let mut built = build(&job, &mut |note| terminal.note(note)).map_err(unbuilt)?;
    let built = built
        .pop()
        .ok_or_else(|| Failure::from(anyhow!("cargo has built nothing")))?;
    // A library without `plugin!` makes a component, of which nothing can be asked.
    match Overview::of(&built.component, &limits()).refused {
        None => Ok(built),
        Some(error) => {
            let error = anyhow::Error::from(error).context("the component is no plugin");
            Err(Failure::from(error).hint(NO_PLUGIN))
        }
    }
}

/// Why there is no component, and what to do about it.
fn unbuilt(error: BuildError) -> Failure {
    let hint = match &error {
        BuildError::Run { .. } | BuildError::Sysroot { .. } | BuildError::NoTarget { .. } => {
            Some("see `blastwall plugin doctor`")
        }
        BuildError::NoModule { .. } => {
            Some("a plugin has crate-type = [\"cdylib\", \"rlib\"] under [lib] of its Cargo.toml")
        }
        BuildError::Component { .. } => Some(NO_PLUGIN),
        BuildError::Compile { .. } | BuildError::Read { .. } => None,
    };
    let failure = Failure::from(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The limits of a scan, but for the circuit breaker: each case and measurement is one of its own.
pub(super) fn limits() -> Limits {
    Limits {
        failures_in_a_row: u32::MAX,
        ..Limits::default()
    }
}

/// Loads a component into a sandbox like that of a scan.
pub(super) fn load(component: &[u8]) -> Result<Plugin, Failure> {
    let engine = Engine::new(&limits(), default_cache_dir().as_deref())?;
    engine
        .load(component)
        .context("the plugin cannot be loaded")
        .map_err(|error| Failure::from(error).hint("see `blastwall plugin inspect FILE`"))
}

/// A file of cases.
pub(super) struct Cases {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) file: CaseFile,
}

/// Reads all files of cases in a folder, of the checks of this plugin.
pub(super) fn cases(folder: &Path, plugin: &PluginInfo) -> Result<Vec<Cases>, Failure> {
    let paths = CaseFile::paths(folder).map_err(|message| Failure::usage(anyhow!(message)))?;
    paths
        .into_iter()
        .map(|path| {
            let show = || path.display().to_string();
            let text = fs::read_to_string(&path).with_context(show)?;
            let file: CaseFile = serde_json::from_str(&text)
                .with_context(show)
                .map_err(Failure::usage)?;
            known(plugin, &file.check).map_err(|mut failure| {
                failure.error = failure.error.context(show());
                failure
            })?;
            Ok(Cases { path, text, file })
        })
        .collect()
}

/// Refuses the id of a check that the plugin does not have.
pub(super) fn known(plugin: &PluginInfo, check: &str) -> Result<(), Failure> {
    if plugin.checks.iter().any(|info| info.id == *check) {
        return Ok(());
    }
    let failure = Failure::usage(anyhow!("the plugin has no check `{check}`"));
    let ids = || plugin.checks.iter().map(|info| info.id.as_str());
    Err(failure.hint(match nearest(check, ids()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("it has {}", ids().collect::<Vec<_>>().join(", ")),
    }))
}

/// The name and version of a plugin, safe to show.
pub(super) fn title(plugin: &PluginInfo) -> String {
    visible(&format!("{} {}", plugin.name, plugin.version)).into_owned()
}

/// A number of bytes as people read it.
pub(super) fn bytes(count: usize) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{} kB", count / 1_000),
        _ => format!("{}.{} MB", count / 1_000_000, count / 100_000 % 10),
    }
}
