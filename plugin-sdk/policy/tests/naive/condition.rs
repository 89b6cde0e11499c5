//! Conditions, operator by operator.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::Value;

use super::text::{self, Glyph};
use super::{many, strings};

type Context = BTreeMap<String, Vec<String>>;

/// All operators, and all keys under each, must hold.
pub(crate) fn all_hold(conditions: &Value, variables: bool, context: &Context) -> bool {
    conditions
        .as_object()
        .into_iter()
        .flatten()
        .all(|(operator, keys)| {
            keys.as_object()
                .into_iter()
                .flatten()
                .all(|(key, values)| holds(operator, key, values, variables, context))
        })
}

fn holds(operator: &str, key: &str, values: &Value, variables: bool, context: &Context) -> bool {
    let values: Vec<String> = many(values)
        .into_iter()
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect();
    let actual = context
        .get(&key.to_lowercase())
        .cloned()
        .unwrap_or_default();
    let (quantifier, rest) = match operator.split_once(':') {
        Some((quantifier, rest)) => (quantifier, rest),
        None => ("", operator),
    };
    // An empty text is an empty set.
    let empty = actual.is_empty() || actual == [""];
    if rest == "Null" {
        return values.iter().any(|value| *value == empty.to_string());
    }
    let base = rest.trim_end_matches("IfExists");
    let positive = base.replacen("Not", "", 1);
    let negated = positive != base;
    let absent = if quantifier.is_empty() {
        actual.is_empty()
    } else {
        empty
    };
    if absent {
        return rest.ends_with("IfExists")
            || match quantifier {
                "ForAllValues" => true,
                "ForAnyValue" => false,
                _ => negated,
            };
    }
    let matched = |one: &String| {
        values
            .iter()
            .any(|value| compare(&positive, value, one, variables, context) == Some(true))
    };
    match quantifier {
        "ForAllValues" => actual.iter().all(|one| matched(one) != negated),
        "ForAnyValue" => actual.iter().any(|one| matched(one) != negated),
        _ => actual.iter().any(matched) != negated,
    }
}

/// Whether one value of the policy matches one of the request; nothing if a variable has no value.
fn compare(
    operator: &str,
    value: &str,
    actual: &str,
    variables: bool,
    context: &Context,
) -> Option<bool> {
    let expand = |text: &str| text::expand(text, variables, context);
    let literal = |glyphs: Vec<Glyph>| -> String {
        glyphs
            .into_iter()
            .map(|glyph| match glyph {
                Glyph::Plain(character) => character,
                Glyph::Any => '*',
                Glyph::One => '?',
            })
            .collect()
    };
    Some(match operator {
        "StringEquals" => literal(expand(value)?) == actual,
        "StringEqualsIgnoreCase" => literal(expand(value)?).eq_ignore_ascii_case(actual),
        "StringLike" => text::matches(&expand(value)?, actual),
        "Bool" => {
            ["true", "false"].contains(&value.to_lowercase().as_str())
                && value.eq_ignore_ascii_case(actual)
        }
        "IpAddress" => in_block(value, actual),
        "BinaryEquals" => value.trim_end_matches('=') == actual.trim_end_matches('='),
        "ArnEquals" | "ArnLike" => {
            if value == "*" {
                return Some(true);
            }
            let patterns = parts(value, variables);
            let fields = parts(actual, false);
            let expanded: Option<Vec<_>> = patterns.iter().map(|part| expand(part)).collect();
            // The parts of something that is no ARN are not looked at.
            if patterns.len() != 6 || fields.len() != 6 || fields[0] != "arn" {
                return Some(false);
            }
            expanded?
                .iter()
                .zip(fields)
                .all(|(pattern, field)| text::matches(pattern, &field))
        }
        numeric if numeric.starts_with("Numeric") => order(numeric, number(actual), number(value)),
        date if date.starts_with("Date") => order(date, instant(actual), instant(value)),
        other => panic!("unknown operator {other}"),
    })
}

fn order(operator: &str, left: Option<f64>, right: Option<f64>) -> bool {
    let (Some(left), Some(right)) = (left, right) else {
        return false;
    };
    match operator
        .trim_start_matches("Numeric")
        .trim_start_matches("Date")
    {
        "Equals" => left == right,
        "LessThan" => left < right,
        "LessThanEquals" => left <= right,
        "GreaterThan" => left > right,
        _ => left >= right,
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `2020-01-01T00:00:00Z` or seconds since 1970.
fn instant(text: &str) -> Option<f64> {
    let Some((date, time)) = text.split_once('T') else {
        return (text.len() > 4 && !text.contains('.'))
            .then(|| number(text))
            .flatten();
    };
    let mut date = date.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut days: u32 = (1970..year).map(|year| 365 + u32::from(leap(year))).sum();
    let months = [
        31,
        28 + u32::from(leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    days += months.iter().take(month as usize - 1).sum::<u32>() + day - 1;
    let mut time = time
        .trim_end_matches('Z')
        .split(':')
        .map(|part| part.parse::<f64>().ok());
    let seconds = time.next()?? * 3_600.0 + time.next()?? * 60.0 + time.next()??;
    Some(f64::from(days) * 86_400.0 + seconds)
}

fn in_block(block: &str, address: &str) -> bool {
    let (network, length) = match block.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (block, None),
    };
    match (network.parse(), address.parse()) {
        (Ok(IpAddr::V4(network)), Ok(IpAddr::V4(address))) => {
            let shift = 32 - length.unwrap_or(32);
            u64::from(network.to_bits()) >> shift == u64::from(address.to_bits()) >> shift
        }
        (Ok(IpAddr::V6(network)), Ok(IpAddr::V6(address))) => {
            let shift = 128 - length.unwrap_or(128);
            shift == 128 || network.to_bits() >> shift == address.to_bits() >> shift
        }
        _ => false,
    }
}

/// The six parts of an ARN, the last with its own colons; a variable's colon separates nothing.
fn parts(text: &str, variables: bool) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for character in text.chars() {
        inside = (inside || variables && character == '{') && character != '}';
        if character == ':' && !inside && parts.len() < 6 {
            parts.push(String::new());
        } else {
            let last = parts.len() - 1;
            parts[last].push(character);
        }
    }
    parts
}

/// Whether some condition keeps a statement from being public.
pub(crate) fn narrows(conditions: &Value) -> bool {
    let fixed = |value: &&str| !value.contains(['*', '?']) && !value.contains("${");
    conditions
        .as_object()
        .into_iter()
        .flatten()
        .any(|(operator, keys)| {
            let pins = !operator.contains("Not")
                && !operator.ends_with("IfExists")
                && !operator.starts_with("ForAllValues")
                && ["String", "Arn"].iter().any(|kind| {
                    operator
                        .trim_start_matches("ForAnyValue:")
                        .starts_with(kind)
                });
            keys.as_object().into_iter().flatten().any(|(key, values)| {
                let values = strings(values);
                match key.as_str() {
                    "aws:SourceIp" => operator == "IpAddress" && !values.iter().any(is_wide),
                    "aws:PrincipalOrgID" | "aws:PrincipalArn" => pins && values.iter().all(fixed),
                    _ => false,
                }
            })
        })
}

/// Blocks wider than /8, or /32 in IPv6, are as good as the internet.
fn is_wide(block: &&str) -> bool {
    let Some((network, length)) = block.split_once('/') else {
        return false;
    };
    match (network.parse(), length.parse::<u32>()) {
        (Ok(IpAddr::V4(_)), Ok(length)) => length < 8,
        (Ok(IpAddr::V6(_)), Ok(length)) => length < 32,
        _ => false,
    }
}
