//! The configuration file: found, read, checked.
//!
//! What stands in the file becomes a [`Config`]; merging it with the command line is up to the
//! commands. Everything that is wrong is reported at once, with file, line and caret.

mod decoder;
mod limits;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Context;
use blastwall_organization::{Conditions, Criticality, Rule};
use blastwall_scan::{CheckSettings, SelectionError};
use toml::de::DeTable;

pub(crate) use crate::diagnostic::nearest;
use crate::diagnostic::{InvalidFile, Problem};
use decoder::{Problems, Table};
pub(crate) use limits::PluginLimits;

/// The version of the format that this program reads.
const VERSION: i64 = 1;

/// The name of the file in the working directory and in the user's configuration directory.
const FILE_NAME: &str = "blastwall.toml";

/// What a configuration file says; a file that says nothing is the default.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) role: RoleConfig,
    pub(crate) scan: ScanConfig,
    pub(crate) collect: CollectConfig,
    /// None leaves the built-in rules in force.
    pub(crate) environments: Option<Vec<Rule>>,
    pub(crate) checks: BTreeMap<String, CheckSettings>,
    /// Plugins of the user's own, relative paths resolved against the file's directory.
    pub(crate) plugin_files: Vec<PathBuf>,
    /// How much plugins may use.
    pub(crate) limits: PluginLimits,
}

/// `[role]`.
#[derive(Debug, Default)]
pub(crate) struct RoleConfig {
    pub(crate) name: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) session_name: Option<String>,
    pub(crate) duration_seconds: Option<u32>,
}

/// `[scan]`.
#[derive(Debug, Default)]
pub(crate) struct ScanConfig {
    pub(crate) regions: Option<Vec<String>>,
    pub(crate) parallel_accounts: Option<u16>,
    pub(crate) parallel_calls: Option<u16>,
}

/// `[collect]`.
#[derive(Debug, Default)]
pub(crate) struct CollectConfig {
    pub(crate) tags: bool,
    pub(crate) deep: bool,
}

/// A configuration with the text that it was read from, so that what only plugins can tell about
/// it can be reported at its place as well.
#[derive(Debug, Default)]
pub(crate) struct ConfigFile {
    pub(crate) config: Config,
    path: PathBuf,
    source: String,
    /// Where the settings of checks stand: `check`, `check.parameter`, and each part of a value as
    /// `check.parameter=` with a JSON pointer.
    spans: BTreeMap<String, Range<usize>>,
}

impl ConfigFile {
    /// Reads the file named on the command line, or the first that exists of the usual places, or
    /// nothing.
    pub(crate) fn find(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = match named {
            Some(path) => path.to_owned(),
            None => match usual_places().into_iter().find(|path| path.is_file()) {
                Some(path) => path,
                None => return Ok(Self::default()),
            },
        };
        let source = fs::read_to_string(&path)
            .with_context(|| format!("failed to read the configuration `{}`", path.display()))?;
        Ok(Self::parse(&path, &source)?)
    }

    fn parse(path: &Path, source: &str) -> Result<Self, InvalidFile> {
        let (root, errors) = DeTable::parse_recoverable(source);
        if !errors.is_empty() {
            let problems = errors
                .into_iter()
                .map(|error| Problem {
                    span: error.span().unwrap_or(0..0),
                    message: "this is not TOML".to_owned(),
                    label: error.message().to_owned(),
                })
                .collect();
            return Err(InvalidFile::new(path, source, problems));
        }
        let problems = Problems::default();
        let mut spans = BTreeMap::new();
        let table = Table::new(root.get_ref(), 0..0, &problems);
        let config = read(table, path, &mut spans);
        let problems = problems.into_inner();
        if problems.is_empty() {
            Ok(Self {
                config,
                path: path.to_owned(),
                source: source.to_owned(),
                spans,
            })
        } else {
            Err(InvalidFile::new(path, source, problems))
        }
    }

    /// Limits for a plugin that is not there.
    pub(crate) fn check_limits(&self, known: &[&str]) -> Result<(), InvalidFile> {
        let limits = self.config.limits.names();
        let problems: Vec<Problem> = limits
            .filter(|name| !known.contains(name))
            .map(|name| Problem {
                span: self
                    .spans
                    .get(&limits::place(name))
                    .cloned()
                    .unwrap_or(0..0),
                message: format!("limits for the plugin `{name}`, which is not there"),
                label: match nearest(name, known.iter().copied()) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("there are {}", known.join(", ")),
                },
            })
            .collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(InvalidFile::new(&self.path, &self.source, problems))
    }

    /// The place in the file where a selection went wrong, if the file is to blame.
    pub(crate) fn blame(&self, error: &SelectionError, known: &[&str]) -> Option<InvalidFile> {
        let (key, label) = match error {
            SelectionError::UnknownCheck(id) => (
                id.clone(),
                nearest(id, known.iter().copied()).map_or_else(
                    || "see `blastwall checks`".to_owned(),
                    |id| format!("did you mean `{id}`?"),
                ),
            ),
            SelectionError::UnknownParameter {
                check,
                parameter,
                known,
            } => (
                format!("{check}.{parameter}"),
                match nearest(parameter, known.iter().map(String::as_str)) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None if known.is_empty() => "this check has no parameters".to_owned(),
                    None => format!("known parameters: {}", known.join(", ")),
                },
            ),
            SelectionError::WrongValue {
                check,
                parameter,
                pointer,
                reason,
            } => (format!("{check}.{parameter}={pointer}"), reason.clone()),
            SelectionError::Refused { check, .. } => {
                // With one parameter set there is no doubt which one is meant.
                let settings = self.config.checks.get(check.as_str())?;
                let mut names = settings.parameters.keys();
                let key = match (names.next(), names.next()) {
                    (Some(name), None) => format!("{check}.{name}"),
                    _ => check.to_string(),
                };
                (key, "the plugin cannot take this".to_owned())
            }
            SelectionError::UnknownPlugin(_)
            | SelectionError::WrongSchema { .. }
            | SelectionError::Duplicate { .. }
            | SelectionError::Empty => return None,
        };
        let problem = Problem {
            span: self.spans.get(&key)?.clone(),
            message: error.to_string(),
            label,
        };
        Some(InvalidFile::new(&self.path, &self.source, vec![problem]))
    }
}

/// Where a configuration is looked for, in order.
fn usual_places() -> Vec<PathBuf> {
    let home = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")));
    [
        Some(PathBuf::from(FILE_NAME)),
        home.map(|home| home.join("blastwall").join(FILE_NAME)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn read(mut root: Table<'_>, path: &Path, spans: &mut BTreeMap<String, Range<usize>>) -> Config {
    let mut config = Config::default();
    root.integer("version", VERSION..=VERSION);
    if let Some(mut role) = root.table("role") {
        config.role = RoleConfig {
            name: role.string("name").map(toml::Spanned::into_inner),
            external_id: role.string("external-id").map(toml::Spanned::into_inner),
            session_name: role.string("session-name").map(toml::Spanned::into_inner),
            duration_seconds: role
                .integer("duration-seconds", 900..=43200)
                .and_then(|seconds| u32::try_from(seconds).ok()),
        };
        role.finish();
    }
    if let Some(mut scan) = root.table("scan") {
        config.scan = ScanConfig {
            regions: scan.list("regions"),
            parallel_accounts: scan
                .integer("parallel-accounts", 1..=1024)
                .and_then(|number| u16::try_from(number).ok()),
            parallel_calls: scan
                .integer("parallel-calls", 1..=4096)
                .and_then(|number| u16::try_from(number).ok()),
        };
        scan.finish();
    }
    if let Some(mut collect) = root.table("collect") {
        config.collect.tags = collect.boolean("tags").unwrap_or_default();
        config.collect.deep = collect.boolean("deep").unwrap_or_default();
        collect.finish();
    }
    let rules: Vec<Rule> = root
        .tables("environments")
        .into_iter()
        .filter_map(environment)
        .collect();
    config.environments = (!rules.is_empty()).then_some(rules);
    if let Some(checks) = root.table("checks") {
        config.checks = check_settings(&checks, spans);
    }
    if let Some(mut plugins) = root.table("plugins") {
        let directory = path.parent().unwrap_or(Path::new(""));
        config.plugin_files = plugins
            .list::<PathBuf>("files")
            .unwrap_or_default()
            .into_iter()
            .map(|file| directory.join(file))
            .collect();
        if let Some(limits) = plugins.table("limits") {
            config.limits = limits::read(limits, spans);
        }
        plugins.finish();
    }
    root.finish();
    config
}

/// One `[[environments]]`.
fn environment(mut table: Table<'_>) -> Option<Rule> {
    let span = table.span();
    let problems = table.problems();
    let name = table.string("name").map(toml::Spanned::into_inner);
    let criticality = table.parsed::<Criticality>("criticality");
    let when = Conditions {
        ou: table.list("ou").unwrap_or_default(),
        name: table.list("account-name").unwrap_or_default(),
        tag: table.list("tag").unwrap_or_default(),
        account: table.list("account-id").unwrap_or_default(),
        management: table.boolean("management"),
    };
    table.finish();
    let Some(name) = name else {
        problems.add(span, "an environment needs a `name`", "in this rule");
        return None;
    };
    if when == Conditions::default() {
        problems.add(
            span,
            format!("the rule for `{name}` has no condition"),
            "give `ou`, `account-name`, `tag` or `account-id`; `account-name = [\"*\"]` is every account",
        );
        return None;
    }
    Some(Rule {
        name,
        criticality: criticality.unwrap_or(Criticality::Medium),
        when,
    })
}

/// `[checks.ID]`: `enabled`, and parameters that the plugins validate.
fn check_settings(
    checks: &Table<'_>,
    spans: &mut BTreeMap<String, Range<usize>>,
) -> BTreeMap<String, CheckSettings> {
    let mut settings = BTreeMap::new();
    for (id, value) in checks.entries() {
        let Some(entries) = value.get_ref().as_table() else {
            checks.problems().add(
                value.span(),
                format!("`{}` must be a table", id.get_ref()),
                "such as { enabled = false }",
            );
            continue;
        };
        spans.insert(id.get_ref().to_string(), id.span());
        let mut check = CheckSettings::default();
        for (key, value) in entries {
            if *key.get_ref() == "enabled" {
                check.enabled = value.get_ref().as_bool();
                if check.enabled.is_none() {
                    checks.problems().add(
                        value.span(),
                        "`enabled` must be `true` or `false`",
                        "this is something else",
                    );
                }
                continue;
            }
            let name = format!("{}.{}", id.get_ref(), key.get_ref());
            decoder::spans(value, &mut |pointer, span| {
                spans.insert(format!("{name}={pointer}"), span);
            });
            spans.insert(name, key.span());
            check
                .parameters
                .insert(key.get_ref().to_string(), decoder::to_json(value.get_ref()));
        }
        settings.insert(id.get_ref().to_string(), check);
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str) -> Result<ConfigFile, InvalidFile> {
        ConfigFile::parse(Path::new("blastwall.toml"), source)
    }

    #[test]
    fn the_example_is_valid() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/blastwall.toml");
        let file = ConfigFile::find(Some(&path)).unwrap();
        assert!(file.config.environments.is_some());
    }

    #[test]
    fn an_empty_file_is_a_configuration() {
        assert!(parse("").unwrap().config.environments.is_none());
    }

    #[test]
    fn everything_wrong_is_reported_at_its_place() {
        let source = "\
version = 2
[role]
extrnal-id = \"x\"
duration-seconds = \"1h\"
[scan]
regions = \"eu-west-1\"
[[environments]]
criticality = \"critcal\"
ou = [\"Prod/**\"]
[checks.iam-root-mfa]
enabled = 1
";
        let error = parse(source).unwrap_err().to_string();
        for expected in [
            "blastwall.toml:1:11",
            "must be from 1 to 1",
            "unknown key `extrnal-id`",
            "did you mean `external-id`?",
            "`duration-seconds` must be a whole number",
            "this is a string",
            "`regions` must be a list of strings",
            "`criticality` is not valid",
            "an environment needs a `name`",
            "`enabled` must be `true` or `false`",
        ] {
            assert!(error.contains(expected), "{expected:?} not in:\n{error}");
        }
    }

    #[test]
    fn what_is_not_toml_points_at_the_place() {
        let error = parse("[role\nname = 1").unwrap_err().to_string();
        assert!(error.contains("blastwall.toml:1"), "{error}");
    }

    #[test]
    fn a_wrong_check_is_blamed_on_its_line() {
        let file = parse("[checks.iam-rot-mfa]\nenabled = false\n").unwrap();
        let error = SelectionError::UnknownCheck("iam-rot-mfa".to_owned());
        let blamed = file.blame(&error, &["iam-root-mfa", "s3-tls"]).unwrap();
        assert!(blamed.to_string().contains("did you mean `iam-root-mfa`?"));
    }
}
