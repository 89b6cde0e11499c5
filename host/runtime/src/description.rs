//! From what a plugin says about itself to what the host believes.

use std::collections::BTreeSet;

use blastwall_model::{
    Category, CheckId, CheckInfo, Control, Parameter, PluginInfo, Scope, Severity,
};
use serde_json::Value;

use crate::bindings::types;

/// The checks that a plugin may have. The largest sets of rules for AWS have some six hundred.
const CHECKS: usize = 2_000;
/// Bytes of a name, an id, a title, a version, a resource type: what stands in one line of a report.
const LINE: usize = 512;
/// Bytes of a text in Markdown, a default or a schema.
const TEXT: usize = 64 * 1024;
/// Parameters, controls, references and types of one check.
const PARTS: usize = 256;

/// Reads a description.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(info: types::PluginInfo) -> Result<PluginInfo, String> {
    line("name", &info.name)?;
    line("version", &info.version)?;
    // A plugin is named as a check is.
    if info.name.parse::<CheckId>().is_err() {
        return Err(format!(
            "`{}` is no name of a plugin: expected lower-case words joined by hyphens",
            info.name
        ));
    }
    if info.checks.is_empty() {
        return Err("it has no checks".to_owned());
    }
    if info.checks.len() > CHECKS {
        let count = info.checks.len();
        return Err(format!("it has {count} checks; {CHECKS} are allowed"));
    }
    let mut ids = BTreeSet::new();
    let mut checks = Vec::with_capacity(info.checks.len());
    for check in info.checks {
        line("id of a check", &check.id)?;
        let id = check.id.clone();
        let check = read_check(check).map_err(|message| format!("check `{id}`: {message}"))?;
        if !ids.insert(check.id.clone()) {
            return Err(format!("check `{id}` is there twice"));
        }
        checks.push(check);
    }
    Ok(PluginInfo {
        name: info.name,
        version: info.version,
        checks,
    })
}

fn line(what: &str, text: &str) -> Result<(), String> {
    within(what, text, LINE)
}

fn text(what: &str, text: &str) -> Result<(), String> {
    within(what, text, TEXT)
}

/// The text is not shown: it is too long to be.
fn within(what: &str, text: &str, limit: usize) -> Result<(), String> {
    let length = text.len();
    if length <= limit {
        return Ok(());
    }
    Err(format!(
        "the {what} has {length} bytes; {limit} are allowed"
    ))
}

/// Holds everything that a check says about itself to the size that a reader can take.
fn bounded(check: &types::CheckInfo) -> Result<(), String> {
    line("title", &check.title)?;
    text("description", &check.description)?;
    text("remediation", &check.remediation)?;
    let parts = check.parameters.len() + check.controls.len();
    let parts = parts + check.references.len() + check.reads.len();
    if parts > PARTS {
        return Err(format!(
            "it has {parts} parameters, controls, references and types; {PARTS} are allowed"
        ));
    }
    for kind in &check.reads {
        line("resource type", kind)?;
    }
    for reference in &check.references {
        text("reference", reference)?;
    }
    for control in &check.controls {
        line("framework of a control", &control.framework)?;
        line("number of a control", &control.id)?;
    }
    for parameter in &check.parameters {
        line("name of a parameter", &parameter.name)?;
        text("description of a parameter", &parameter.description)?;
        text("default of a parameter", &parameter.default)?;
        text("schema of a parameter", &parameter.schema)?;
    }
    Ok(())
}

/// Whether a schema leads somewhere else, or back into itself.
fn refers(schema: &Value) -> bool {
    const WORDS: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];
    match schema {
        Value::Array(parts) => parts.iter().any(refers),
        Value::Object(parts) => parts
            .iter()
            .any(|(word, part)| WORDS.contains(&word.as_str()) || refers(part)),
        _ => false,
    }
}

fn read_check(check: types::CheckInfo) -> Result<CheckInfo, String> {
    bounded(&check)?;
    let scope = match check.scope {
        types::Scope::Resource => Scope::Resource,
        types::Scope::Account => Scope::Account,
        types::Scope::Organization => Scope::Organization,
    };
    if check.reads.is_empty() {
        return Err("it reads no resource type".to_owned());
    }
    Ok(CheckInfo {
        id: check
            .id
            .parse()
            .map_err(|error: blastwall_model::IdError| error.to_string())?,
        title: check.title,
        description: check.description,
        severity: match check.severity {
            types::Severity::Informational => Severity::Informational,
            types::Severity::Low => Severity::Low,
            types::Severity::Medium => Severity::Medium,
            types::Severity::High => Severity::High,
            types::Severity::Critical => Severity::Critical,
        },
        category: match check.category {
            types::Category::Security => Category::Security,
            types::Category::FaultTolerance => Category::FaultTolerance,
            types::Category::Cost => Category::Cost,
            types::Category::Performance => Category::Performance,
        },
        scope,
        reads: check.reads,
        parameters: check
            .parameters
            .into_iter()
            .map(read_parameter)
            .collect::<Result<_, _>>()?,
        controls: check
            .controls
            .into_iter()
            .map(|control| Control {
                framework: control.framework,
                id: control.id,
            })
            .collect(),
        remediation: check.remediation,
        references: check.references,
    })
}

fn read_parameter(parameter: types::Parameter) -> Result<Parameter, String> {
    let read = |what: &str, json: &str| -> Result<Value, String> {
        serde_json::from_str(json).map_err(|error| {
            format!(
                "the {what} of parameter `{}` is no JSON: {error}",
                parameter.name
            )
        })
    };
    let default = read("default", &parameter.default)?;
    let schema = match parameter.schema.as_str() {
        "" => Value::Null,
        schema => read("schema", schema)?,
    };
    if !(schema.is_null() || schema.is_object()) {
        return Err(format!(
            "the schema of parameter `{}` is no JSON object",
            parameter.name
        ));
    }
    // A schema that leads back into itself would have the validator go round for ever, and one that
    // leads elsewhere would have to be fetched.
    if refers(&schema) {
        return Err(format!(
            "the schema of parameter `{}` refers to another with `$ref`, which is not followed: write it out",
            parameter.name
        ));
    }
    Ok(Parameter {
        name: parameter.name,
        description: parameter.description,
        default,
        schema,
    })
}
