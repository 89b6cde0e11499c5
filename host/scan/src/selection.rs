//! Which checks run, with which parameters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blastwall_model::{CheckId, CheckInfo, Parameter, PluginInfo, Severity};
use blastwall_runtime::{Evaluation, Plugin, Snapshot, Subject};
use serde_json::{Map, Value};

/// What the user asked for; empty lists ask for everything.
#[derive(Clone, Debug, Default)]
pub struct CheckFilter {
    /// Ids of checks.
    pub checks: Vec<String>,
    /// Names of plugins.
    pub plugins: Vec<String>,
    /// The least severity.
    pub severity: Option<Severity>,
}

/// The settings of one check in the configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckSettings {
    /// Whether it runs at all.
    pub enabled: Option<bool>,
    /// Parameters by name.
    pub parameters: BTreeMap<String, Value>,
}

/// One check to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// The index of its plugin.
    pub plugin: usize,
    /// What it says about itself.
    pub info: CheckInfo,
    /// The value of every parameter.
    pub parameters: Map<String, Value>,
}

/// The checks of a scan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Ordered by id.
    pub checks: Vec<Selected>,
}

/// A selection that cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No plugin has a check of this id.
    #[error("unknown check `{0}`")]
    UnknownCheck(String),
    /// No plugin has this name.
    #[error("unknown plugin `{0}`")]
    UnknownPlugin(String),
    /// A check does not have this parameter.
    #[error("check `{check}` has no parameter `{parameter}`")]
    UnknownParameter {
        /// The check.
        check: CheckId,
        /// What was set.
        parameter: String,
        /// The parameters that it has.
        known: Vec<String>,
    },
    /// A parameter cannot have this value.
    #[error("parameter `{parameter}` of check `{check}` cannot have this value: {reason}")]
    WrongValue {
        /// The check.
        check: CheckId,
        /// The parameter.
        parameter: String,
        /// Where in the value, a JSON pointer; empty for the whole.
        pointer: String,
        /// What is accepted.
        reason: String,
    },
    /// The schema of a parameter is none.
    #[error(
        "the schema that check `{check}` has for parameter `{parameter}` is not valid: {reason}"
    )]
    WrongSchema {
        /// The check.
        check: CheckId,
        /// The parameter.
        parameter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The plugin itself refuses the parameters of a check.
    #[error("the parameters of check `{check}` are refused: {answer}")]
    Refused {
        /// The check.
        check: CheckId,
        /// What the plugin says.
        answer: String,
    },
    /// Two plugins have a check of the same id.
    #[error("plugins `{first}` and `{second}` both have a check `{check}`")]
    Duplicate {
        /// The check.
        check: CheckId,
        /// The plugin that came first.
        first: String,
        /// The plugin that came second.
        second: String,
    },
    /// The filters leave nothing.
    #[error("no check is left by the filters")]
    Empty,
}

impl Selection {
    /// Chooses checks from what the plugins offer.
    ///
    /// # Errors
    /// Every name that means nothing, every parameter that does not fit, and an empty selection.
    pub fn choose(
        plugins: &[&PluginInfo],
        filter: &CheckFilter,
        settings: &BTreeMap<String, CheckSettings>,
    ) -> Result<Self, SelectionError> {
        let mut offered: BTreeMap<&str, (usize, &CheckInfo)> = BTreeMap::new();
        for (index, plugin) in plugins.iter().enumerate() {
            for check in &plugin.checks {
                if let Some((first, _)) = offered.insert(check.id.as_str(), (index, check)) {
                    return Err(SelectionError::Duplicate {
                        check: check.id.clone(),
                        first: plugins
                            .get(first)
                            .map_or_else(String::new, |plugin| plugin.name.clone()),
                        second: plugin.name.clone(),
                    });
                }
            }
        }
        let known_plugins: BTreeSet<&str> =
            plugins.iter().map(|plugin| plugin.name.as_str()).collect();
        if let Some(unknown) = filter
            .plugins
            .iter()
            .find(|name| !known_plugins.contains(name.as_str()))
        {
            return Err(SelectionError::UnknownPlugin(unknown.clone()));
        }
        if let Some(unknown) = filter
            .checks
            .iter()
            .chain(settings.keys())
            .find(|id| !offered.contains_key(id.as_str()))
        {
            return Err(SelectionError::UnknownCheck(unknown.clone()));
        }

        let mut checks = Vec::new();
        for (id, (plugin, info)) in offered {
            let settings = settings.get(id);
            let named = filter.checks.iter().any(|name| name == id);
            let of_plugin = plugins
                .get(plugin)
                .is_some_and(|plugin| filter.plugins.contains(&plugin.name));
            // Naming a check is stronger than switching it off in the configuration.
            let wanted = if !filter.checks.is_empty() || !filter.plugins.is_empty() {
                named || of_plugin
            } else {
                settings.and_then(|settings| settings.enabled) != Some(false)
            };
            if !wanted || filter.severity.is_some_and(|least| info.severity < least) {
                continue;
            }
            checks.push(Selected {
                plugin,
                info: info.clone(),
                parameters: parameters(info, settings)?,
            });
        }
        if checks.is_empty() {
            return Err(SelectionError::Empty);
        }
        Ok(Self { checks })
    }

    /// Puts the parameters that differ from their defaults to the plugins, on an account without
    /// resources, so that a value that a plugin cannot take is known before the scan.
    ///
    /// # Errors
    /// The first check whose parameters its plugin refuses.
    pub fn validate(&self, plugins: &[Arc<Plugin>]) -> Result<(), SelectionError> {
        let Ok(account) = "000000000000".parse() else {
            return Ok(());
        };
        let mut evaluation = Evaluation {
            subject: Subject::Account(account),
            partition: "aws".to_owned(),
            scanned_at: "2000-01-01T00:00:00Z".to_owned(),
            checks: BTreeMap::new(),
        };
        let nothing = Arc::new(Snapshot::default());
        for check in &self.checks {
            let changed =
                check.info.parameters.iter().any(|parameter| {
                    check.parameters.get(&parameter.name) != Some(&parameter.default)
                });
            let Some(plugin) = plugins.get(check.plugin).filter(|_| changed) else {
                continue;
            };
            evaluation.checks = BTreeMap::from([(check.info.id.clone(), check.parameters.clone())]);
            if let Some(failure) = plugin.evaluate(&evaluation, &nothing).failure {
                return Err(SelectionError::Refused {
                    check: check.info.id.clone(),
                    answer: failure.to_string(),
                });
            }
        }
        Ok(())
    }

    /// The resource types that the checks read.
    pub fn types(&self) -> BTreeSet<String> {
        self.checks
            .iter()
            .flat_map(|check| check.info.reads.iter().cloned())
            .collect()
    }
}

/// The value of every parameter of a check: what is set, else the default.
fn parameters(
    info: &CheckInfo,
    settings: Option<&CheckSettings>,
) -> Result<Map<String, Value>, SelectionError> {
    let mut values: Map<String, Value> = info
        .parameters
        .iter()
        .map(|parameter| (parameter.name.clone(), parameter.default.clone()))
        .collect();
    for (name, value) in settings.iter().flat_map(|settings| &settings.parameters) {
        let parameter = info.parameters.iter().find(|known| known.name == *name);
        let Some(parameter) = parameter else {
            return Err(SelectionError::UnknownParameter {
                check: info.id.clone(),
                parameter: name.clone(),
                known: info
                    .parameters
                    .iter()
                    .map(|known| known.name.clone())
                    .collect(),
            });
        };
        accept(&info.id, parameter, value)?;
        values.insert(name.clone(), value.clone());
    }
    Ok(values)
}

/// Holds a value to the schema of its parameter.
fn accept(check: &CheckId, parameter: &Parameter, value: &Value) -> Result<(), SelectionError> {
    let wrong = |pointer: String, reason: String| SelectionError::WrongValue {
        check: check.clone(),
        parameter: parameter.name.clone(),
        pointer,
        reason,
    };
    if parameter.schema.is_null() {
        let expected = json_type(&parameter.default);
        if expected == json_type(value) {
            return Ok(());
        }
        return Err(wrong(String::new(), format!("it must be {expected}")));
    }
    // Schemas come from plugins: an expression that backtracks for ever must not hang the host.
    let validator = jsonschema::draft202012::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&parameter.schema)
        .map_err(|error| SelectionError::WrongSchema {
            check: check.clone(),
            parameter: parameter.name.clone(),
            reason: error.to_string(),
        })?;
    match validator.validate(value) {
        Ok(()) => Ok(()),
        Err(error) => Err(wrong(error.instance_path().to_string(), error.to_string())),
    }
}

/// The JSON type of a value, with its article.
fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "a whole number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastwall_model::{Category, Scope};
    use serde_json::json;

    fn check(id: &str, severity: Severity) -> CheckInfo {
        CheckInfo {
            id: id.parse().unwrap(),
            title: String::new(),
            description: String::new(),
            severity,
            category: Category::Security,
            scope: Scope::Resource,
            reads: vec![format!("AWS::{id}")],
            parameters: vec![Parameter {
                name: "max-age-days".to_owned(),
                description: String::new(),
                default: json!(90),
                schema: Value::Null,
            }],
            controls: Vec::new(),
            remediation: String::new(),
            references: Vec::new(),
        }
    }

    fn plugin(name: &str, checks: Vec<CheckInfo>) -> PluginInfo {
        PluginInfo {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            checks,
        }
    }

    fn ids(selection: &Selection) -> Vec<&str> {
        selection
            .checks
            .iter()
            .map(|check| check.info.id.as_str())
            .collect()
    }

    fn settings(
        id: &str,
        enabled: Option<bool>,
        value: Option<Value>,
    ) -> BTreeMap<String, CheckSettings> {
        BTreeMap::from([(
            id.to_owned(),
            CheckSettings {
                enabled,
                parameters: value
                    .map(|value| ("max-age-days".to_owned(), value))
                    .into_iter()
                    .collect(),
            },
        )])
    }

    #[test]
    fn filters_narrow_and_settings_switch_off() {
        let iam = plugin(
            "iam",
            vec![check("a", Severity::High), check("b", Severity::Low)],
        );
        let s3 = plugin("s3", vec![check("c", Severity::Critical)]);
        let plugins = [&iam, &s3];
        let none = BTreeMap::new();
        let choose = |filter: CheckFilter, settings: &BTreeMap<_, _>| {
            Selection::choose(&plugins, &filter, settings)
        };
        let all = choose(CheckFilter::default(), &none).unwrap();
        assert_eq!(ids(&all), ["a", "b", "c"]);
        assert_eq!(all.types().len(), 3);

        let high = CheckFilter {
            severity: Some(Severity::High),
            ..CheckFilter::default()
        };
        assert_eq!(ids(&choose(high, &none).unwrap()), ["a", "c"]);

        let off = settings("b", Some(false), None);
        assert_eq!(
            ids(&choose(CheckFilter::default(), &off).unwrap()),
            ["a", "c"]
        );
        let named = CheckFilter {
            checks: vec!["b".to_owned()],
            ..CheckFilter::default()
        };
        assert_eq!(ids(&choose(named.clone(), &off).unwrap()), ["b"]);

        let s3_or_b = CheckFilter {
            plugins: vec!["s3".to_owned()],
            ..named
        };
        assert_eq!(ids(&choose(s3_or_b, &none).unwrap()), ["b", "c"]);
    }

    #[test]
    fn names_that_mean_nothing_are_errors() {
        let iam = plugin("iam", vec![check("a", Severity::High)]);
        let choose = |filter: CheckFilter, settings: &BTreeMap<_, _>| {
            Selection::choose(&[&iam], &filter, settings).unwrap_err()
        };
        let unknown = CheckFilter {
            checks: vec!["x".to_owned()],
            ..CheckFilter::default()
        };
        assert_eq!(
            choose(unknown, &BTreeMap::new()),
            SelectionError::UnknownCheck("x".to_owned())
        );
        assert!(matches!(
            choose(
                CheckFilter::default(),
                &settings("a", None, Some(json!("90")))
            ),
            SelectionError::WrongValue { reason, .. } if reason == "it must be a whole number"
        ));
        let low = CheckFilter {
            severity: Some(Severity::Critical),
            ..CheckFilter::default()
        };
        assert_eq!(choose(low, &BTreeMap::new()), SelectionError::Empty);
        assert!(matches!(
            Selection::choose(
                &[&iam, &plugin("x", iam.checks.clone())],
                &CheckFilter::default(),
                &BTreeMap::new()
            ),
            Err(SelectionError::Duplicate { .. })
        ));
    }

    #[test]
    fn values_are_held_to_the_schema() {
        let mut check = check("a", Severity::High);
        check.parameters[0].default = json!([80]);
        let choose = |schema: Value, value: Value| {
            let mut check = check.clone();
            check.parameters[0].schema = schema;
            let settings = settings("a", None, Some(value));
            Selection::choose(
                &[&plugin("iam", vec![check])],
                &CheckFilter::default(),
                &settings,
            )
        };
        let ports = json!({ "type": "array", "items": { "type": "integer", "maximum": 65535 } });
        assert!(choose(ports.clone(), json!([443])).is_ok());
        let Err(SelectionError::WrongValue {
            pointer, reason, ..
        }) = choose(ports, json!([443, 70000]))
        else {
            panic!("70000 is no port");
        };
        assert_eq!(pointer, "/1");
        assert_eq!(reason, "70000 is greater than the maximum of 65535");
        assert!(matches!(
            choose(json!({ "type": 5 }), json!([1])),
            Err(SelectionError::WrongSchema { .. })
        ));
        let remote = json!({ "$ref": "https://example.com/schema.json" });
        assert!(matches!(
            choose(remote, json!([1])),
            Err(SelectionError::WrongSchema { .. })
        ));
    }

    #[test]
    fn parameters_override_defaults() {
        let iam = plugin("iam", vec![check("a", Severity::High)]);
        let chosen = Selection::choose(
            &[&iam],
            &CheckFilter::default(),
            &settings("a", None, Some(json!(30))),
        )
        .unwrap();
        assert_eq!(chosen.checks[0].parameters["max-age-days"], json!(30));
    }
}
