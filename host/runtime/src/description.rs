//! From what a plugin says about itself to what the host believes.

use std::collections::BTreeSet;

use blastwall_model::{
    Category, CheckId, CheckInfo, Control, Parameter, PluginInfo, Scope, Severity,
};
use serde_json::Value;

use crate::bindings::types;

/// Reads a description.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(info: types::PluginInfo) -> Result<PluginInfo, String> {
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
    let mut ids = BTreeSet::new();
    let mut checks = Vec::with_capacity(info.checks.len());
    for check in info.checks {
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

fn read_check(check: types::CheckInfo) -> Result<CheckInfo, String> {
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
    Ok(Parameter {
        name: parameter.name,
        description: parameter.description,
        default,
        schema,
    })
}
