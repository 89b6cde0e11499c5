//! Writing the verdicts that were given into the file of the cases.
//!
//! Only the lists of cases that differ are written anew; every other byte of the file stays, so
//! that the difference in version control is the difference in verdicts.

use std::collections::BTreeMap;
use std::ops::Range;

use blastwall_sdk::testing::{Actual, Expectation};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The longest line that an expectation is written on.
const WIDTH: usize = 100;

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    cases: Vec<Case<'a>>,
}

#[derive(Deserialize)]
struct Case<'a> {
    #[serde(borrow)]
    expect: &'a RawValue,
}

/// The text of a file of cases, with these verdicts expected in the cases at these places.
///
/// Words of a message that are still true are kept: the author has chosen which ones matter.
///
/// # Errors
/// If the text is no file of cases.
pub fn bless(text: &str, verdicts: &BTreeMap<usize, &[Actual]>) -> serde_json::Result<String> {
    let file: File<'_> = serde_json::from_str(text)?;
    let mut blessed = String::with_capacity(text.len());
    let mut done = 0;
    for (place, case) in file.cases.iter().enumerate() {
        let Some(actual) = verdicts.get(&place) else {
            continue;
        };
        let expected: Vec<Expectation> = serde_json::from_str(case.expect.get())?;
        let range = range(text, case.expect.get());
        blessed.push_str(text.get(done..range.start).unwrap_or_default());
        let line = text.get(..range.start).unwrap_or_default();
        let line = line.rsplit('\n').next().unwrap_or_default();
        let indent = line.len() - line.trim_start().len();
        blessed.push_str(&list(actual, &expected, indent));
        done = range.end;
    }
    blessed.push_str(text.get(done..).unwrap_or_default());
    Ok(blessed)
}

/// Where a part of a text stands in it.
fn range(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    start..start + part.len()
}

fn list(actual: &[Actual], expected: &[Expectation], indent: usize) -> String {
    if actual.is_empty() {
        return "[]".to_owned();
    }
    let mut actual: Vec<&Actual> = actual.iter().collect();
    // In the order that the author has chosen; what is new comes last.
    actual.sort_by_key(|actual| {
        let place = |expected: &Expectation| expected.resource == actual.resource;
        let place = expected.iter().position(place);
        (place.unwrap_or(expected.len()), actual.resource.clone())
    });
    let items: Vec<String> = actual
        .into_iter()
        .map(|actual| {
            let kept = expected.iter().find(|expected| {
                let still_true = !expected.message.is_empty()
                    && expected.resource == actual.resource
                    && actual.message.contains(&expected.message);
                still_true || expected.agrees(actual)
            });
            let message = kept.map_or(&actual.message, |kept| &kept.message);
            item(actual, message, indent + 2)
        })
        .collect();
    format!("[\n{}\n{:indent$}]", items.join(",\n"), "")
}

/// One expectation: on a line of its own if there is room, else a line a property.
fn item(actual: &Actual, message: &str, indent: usize) -> String {
    let mut properties = Vec::new();
    if let Some(resource) = &actual.resource {
        properties.push(property("resource", resource.as_str()));
    }
    properties.push(property("verdict", actual.verdict.as_str()));
    if !message.is_empty() {
        properties.push(property("message", message));
    }
    let line = format!("{:indent$}{{ {} }}", "", properties.join(", "));
    if line.chars().count() < WIDTH {
        return line;
    }
    let separator = format!(",\n{:1$}", "", indent + 2);
    format!(
        "{:indent$}{{\n{:deeper$}{}\n{:indent$}}}",
        "",
        "",
        properties.join(&separator),
        "",
        deeper = indent + 2
    )
}

fn property(name: &str, value: &str) -> String {
    let object = Map::from_iter([(name.to_owned(), Value::from(value))]);
    let json = Value::from(object).to_string();
    // `{"name":"value"}`, of which the name is ours and has no colon.
    json.trim_start_matches('{')
        .strip_suffix('}')
        .unwrap_or_default()
        .replacen("\":", "\": ", 1)
}

#[cfg(test)]
mod tests {
    use blastwall_model::Verdict;

    use super::*;

    const FILE: &str = r#"{
  "check": "example",
  "cases": [
    { "name": "kept",   "expect": [ {"verdict":"pass"} ] },
    {
      "name": "changed",
      "resources": [],
      "expect": [
        { "resource": "arn:aws:s3:::b", "verdict": "fail", "message": "words" },
        { "resource": "arn:aws:s3:::a", "verdict": "fail" }
      ]
    },
    { "name": "new", "expect": [] }
  ]
}
"#;

    fn actual(resource: &str, verdict: Verdict, message: &str) -> Actual {
        Actual {
            resource: (!resource.is_empty()).then(|| resource.parse().unwrap()),
            verdict,
            message: message.to_owned(),
        }
    }

    #[test]
    fn only_what_differs_is_written() {
        let changed = [
            actual("arn:aws:s3:::a", Verdict::Pass, "a \"quoted\": message"),
            actual("arn:aws:s3:::b", Verdict::Fail, "with words of its own"),
            actual("arn:aws:s3:::c", Verdict::Unknown, &"long ".repeat(20)),
        ];
        let new = [actual("", Verdict::NotApplicable, "")];
        let verdicts = BTreeMap::from([(1, &changed[..]), (2, &new[..])]);
        let long = "long ".repeat(20);
        let expected = format!(
            r#"{{
  "check": "example",
  "cases": [
    {{ "name": "kept",   "expect": [ {{"verdict":"pass"}} ] }},
    {{
      "name": "changed",
      "resources": [],
      "expect": [
        {{ "resource": "arn:aws:s3:::b", "verdict": "fail", "message": "words" }},
        {{ "resource": "arn:aws:s3:::a", "verdict": "pass", "message": "a \"quoted\": message" }},
        {{
          "resource": "arn:aws:s3:::c",
          "verdict": "unknown",
          "message": "{long}"
        }}
      ]
    }},
    {{ "name": "new", "expect": [
      {{ "verdict": "not-applicable" }}
    ] }}
  ]
}}
"#
        );
        let blessed = bless(FILE, &verdicts).unwrap();
        assert_eq!(blessed, expected);
        // A file that was blessed is read back, and blessing it again changes nothing.
        assert_eq!(bless(&blessed, &verdicts).unwrap(), blessed);
        assert_eq!(bless(FILE, &BTreeMap::new()).unwrap(), FILE);
    }
}
