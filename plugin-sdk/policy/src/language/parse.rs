//! From JSON to [`Policy`].
//!
//! Element names are matched with regard to case, as IAM does; values that may be one or many are
//! read either way; numbers and booleans in conditions count as their text.

use serde_json::{Map, Value};

use super::error::child;
use super::locate::{self, Position};
use super::{
    ActionClause, Effect, Policy, PolicyError, PolicyProblem, PrincipalClause, PrincipalEntry,
    ResourceClause, Statement, Version,
};
use crate::condition::{Condition, Operator};

impl Policy {
    /// Parses the JSON text of a policy document.
    ///
    /// # Errors
    /// When the text is not JSON or not a policy, or names something twice; the error says where.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            let position = Position {
                line: error.line(),
                column: error.column(),
            };
            PolicyError::new("", PolicyProblem::NotJson(error.to_string())).at(Some(position))
        })?;
        if let Some((pointer, position)) = locate::duplicate(text) {
            return Err(PolicyError::new(pointer, PolicyProblem::Duplicate).at(Some(position)));
        }
        Self::from_value(&value).map_err(|error| {
            let position = locate::locate(text, &error.pointer);
            error.at(position)
        })
    }

    /// Reads a policy document that is JSON already.
    ///
    /// # Errors
    /// When the value is not a policy; the error says where.
    pub fn from_value(value: &Value) -> Result<Self, PolicyError> {
        let document = object(value, "")?;
        let mut version = Version::V2008;
        let mut id = None;
        let mut statements = None;
        for (name, value) in document {
            let pointer = child("", name);
            match name.as_str() {
                "Version" => {
                    version = match value.as_str() {
                        Some("2012-10-17") => Version::V2012,
                        Some("2008-10-17") => Version::V2008,
                        _ => return Err(expected(&pointer, "`2012-10-17` or `2008-10-17`")),
                    }
                }
                "Id" => id = Some(string(value, &pointer)?.into()),
                "Statement" => statements = Some((value, pointer)),
                _ => return Err(PolicyError::new(pointer, PolicyProblem::UnknownElement)),
            }
        }
        let (value, pointer) =
            statements.ok_or_else(|| PolicyError::new("", PolicyProblem::Missing("Statement")))?;
        let statements = match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| statement(item, &format!("{pointer}/{index}"), version))
                .collect::<Result<_, _>>()?,
            single => vec![statement(single, &pointer, version)?],
        };
        Ok(Self {
            version,
            id,
            statements,
        })
    }
}

/// The elements of a statement as found, before they are put together.
#[derive(Default)]
struct Elements<'a> {
    sid: Option<&'a str>,
    effect: Option<Effect>,
    principal: Option<PrincipalClause>,
    actions: Option<ActionClause>,
    resources: Option<ResourceClause>,
    conditions: Vec<Condition>,
}

fn statement(value: &Value, pointer: &str, version: Version) -> Result<Statement, PolicyError> {
    let variables = version == Version::V2012;
    let mut found = Elements::default();
    for (name, value) in object(value, pointer)? {
        let at = child(pointer, name);
        let negated = name.starts_with("Not");
        match name.as_str() {
            "Sid" => found.sid = Some(string(value, &at)?),
            "Effect" => {
                found.effect = Some(match value.as_str() {
                    Some("Allow") => Effect::Allow,
                    Some("Deny") => Effect::Deny,
                    _ => return Err(expected(&at, "`Allow` or `Deny`")),
                });
            }
            "Principal" | "NotPrincipal" => {
                exclusive(
                    found.principal.is_some(),
                    pointer,
                    "Principal",
                    "NotPrincipal",
                )?;
                found.principal = Some(PrincipalClause {
                    negated,
                    entries: principals(value, &at)?,
                });
            }
            "Action" | "NotAction" => {
                exclusive(found.actions.is_some(), pointer, "Action", "NotAction")?;
                found.actions = Some(ActionClause::compile(negated, &strings(value, &at)?));
            }
            "Resource" | "NotResource" => {
                exclusive(
                    found.resources.is_some(),
                    pointer,
                    "Resource",
                    "NotResource",
                )?;
                found.resources = Some(ResourceClause::compile(
                    negated,
                    &strings(value, &at)?,
                    variables,
                ));
            }
            "Condition" => found.conditions = conditions(value, &at, variables)?,
            _ => return Err(PolicyError::new(at, PolicyProblem::UnknownElement)),
        }
    }
    let missing = |name| PolicyError::new(pointer, PolicyProblem::Missing(name));
    Ok(Statement {
        sid: found.sid.map(Into::into),
        effect: found.effect.ok_or_else(|| missing("Effect"))?,
        principal: found.principal,
        actions: found.actions.ok_or_else(|| missing("Action"))?,
        resources: found.resources,
        conditions: found.conditions,
    })
}

fn principals(value: &Value, pointer: &str) -> Result<Vec<PrincipalEntry>, PolicyError> {
    if value.as_str() == Some("*") {
        return Ok(vec![PrincipalEntry::Anyone]);
    }
    let Value::Object(kinds) = value else {
        return Err(expected(pointer, "`*` or an object of principals"));
    };
    let mut entries = Vec::new();
    for (kind, values) in kinds {
        let at = child(pointer, kind);
        let read: fn(&str) -> PrincipalEntry = match kind.as_str() {
            "AWS" => PrincipalEntry::aws,
            "Service" => |text| PrincipalEntry::Service(text.into()),
            "Federated" => |text| PrincipalEntry::Federated(text.into()),
            "CanonicalUser" => |text| PrincipalEntry::CanonicalUser(text.into()),
            // Old bucket policies and some services write {"*": "*"}.
            "*" => |text| {
                PrincipalEntry::anyone_if_star(text)
                    .unwrap_or_else(|| PrincipalEntry::Other(text.into()))
            },
            _ => return Err(PolicyError::new(at, PolicyProblem::UnknownElement)),
        };
        entries.extend(strings(values, &at)?.into_iter().map(read));
    }
    Ok(entries)
}

fn conditions(
    value: &Value,
    pointer: &str,
    variables: bool,
) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for (name, keys) in object(value, pointer)? {
        let at = child(pointer, name);
        let operator = Operator::parse(name)
            .ok_or_else(|| PolicyError::new(at.as_str(), PolicyProblem::UnknownOperator))?;
        for (key, values) in object(keys, &at)? {
            let at = child(&at, key);
            let values = match values {
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| scalar(item, &format!("{at}/{index}")))
                    .collect::<Result<Vec<_>, _>>()?,
                single => vec![scalar(single, &at)?],
            };
            conditions.push(Condition::compile(operator, key, values, variables));
        }
    }
    Ok(conditions)
}

fn scalar(value: &Value, pointer: &str) -> Result<String, PolicyError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        _ => Err(expected(pointer, "a string, number or boolean")),
    }
}

fn object<'a>(value: &'a Value, pointer: &str) -> Result<&'a Map<String, Value>, PolicyError> {
    value
        .as_object()
        .ok_or_else(|| expected(pointer, "an object"))
}

fn string<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, PolicyError> {
    value.as_str().ok_or_else(|| expected(pointer, "a string"))
}

fn strings<'a>(value: &'a Value, pointer: &str) -> Result<Vec<&'a str>, PolicyError> {
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                item.as_str()
                    .ok_or_else(|| expected(&format!("{pointer}/{index}"), "a string"))
            })
            .collect(),
        single => single
            .as_str()
            .map(|text| vec![text])
            .ok_or_else(|| expected(pointer, "a string or a list of strings")),
    }
}

fn expected(pointer: &str, what: &'static str) -> PolicyError {
    PolicyError::new(pointer, PolicyProblem::Expected(what))
}

fn exclusive(
    already: bool,
    pointer: &str,
    one: &'static str,
    other: &'static str,
) -> Result<(), PolicyError> {
    if already {
        return Err(PolicyError::new(
            pointer,
            PolicyProblem::Exclusive(one, other),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Policy::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn one_or_many() {
        let policy = Policy::parse(
            r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":["s3:*"],"Resource":"*",
                "Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"s3:max-keys":[10,"20"]}}}}"#,
        )
        .unwrap();
        assert_eq!(policy.version, Version::V2008);
        let statement = policy.statements.first().unwrap();
        assert_eq!(statement.conditions.len(), 2);
        assert_eq!(statement.sid, None);
    }

    #[test]
    fn errors_say_where() {
        assert!(error("{").contains("not JSON"));
        assert_eq!(error("{}"), "missing `Statement`");
        assert_eq!(
            error(r#"{"Statement":[{"Effect":"allow","Action":"*"}]}"#),
            "at `/Statement/0/Effect` (line 1, column 16): expected `Allow` or `Deny`"
        );
        assert_eq!(
            error(r#"{"Statement":[{"Effect":"Allow","Action":"*","Conditions":{}}]}"#),
            "at `/Statement/0/Conditions` (line 1, column 46): unknown element"
        );
        assert_eq!(
            error(
                r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"StringIs":{"a/b":"c"}}}}"#
            ),
            "at `/Statement/Condition/StringIs` (line 1, column 58): unknown condition operator"
        );
        assert_eq!(
            error(
                r#"{"Statement":{"Effect":"Allow","Action":"*","Condition":{"StringLike":{"a/b":[null]}}}}"#
            ),
            "at `/Statement/Condition/StringLike/a~1b/0` (line 1, column 79): expected a string, number or boolean"
        );
    }

    #[test]
    fn nothing_is_lost_to_a_second_name() {
        assert_eq!(
            error(
                "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\n \"Condition\":{\"Bool\":{\"a\":true},\"Bool\":{}}}}"
            ),
            "at `/Statement/Condition/Bool` (line 2, column 33): given twice"
        );
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(error(&deep).contains("not JSON"));
    }
}
