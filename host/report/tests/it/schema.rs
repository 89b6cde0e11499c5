//! The JSON format, its schema in the repository, and that a report can be read back.

use crate::sample;
use blastwall_report::{Format, Report, Style, schema};
use serde_json::Value;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/report.schema.json");

fn json(report: &Report) -> String {
    let mut text = Vec::new();
    Format::Json
        .render(report, &Style::FULL, &mut text)
        .unwrap();
    String::from_utf8(text).unwrap()
}

/// Run with `BLESS=1` to write the schema anew after a change that is meant.
#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(SCHEMA, schema()).unwrap();
    }
    // Compared as values: the order of keys depends on features of serde_json that other crates
    // of a build may turn on.
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let committed = std::fs::read_to_string(SCHEMA).unwrap();
    assert!(
        parsed(&committed) == parsed(&schema()),
        "{SCHEMA} is not the schema of the types; run the test with BLESS=1 and read the difference"
    );
}

#[test]
fn a_report_keeps_the_schema() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut report: Value = serde_json::from_str(&json(&sample::report())).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");

    // And the schema does refuse something.
    report["accounts"][0]["id"] = "12".into();
    assert!(!validator.is_valid(&report));
}

#[test]
fn a_report_survives_being_written_and_read() {
    let report = sample::report();
    let text = json(&report);
    let read: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(read, report);
    assert_eq!(json(&read.finish()), text);
    assert!(text.ends_with("}\n"));
}

#[test]
fn the_order_of_the_facts_does_not_matter() {
    let report = sample::report();
    let mut shuffled = report.clone();
    shuffled.accounts.reverse();
    shuffled.findings.rotate_left(5);
    shuffled.checks.reverse();
    shuffled.plugins.reverse();
    shuffled.coverage.reverse();
    assert_eq!(shuffled.finish(), report);
}

#[test]
fn a_later_format_is_refused_by_name() {
    let text = json(&sample::report()).replace("blastwall-report/1", "blastwall-report/2");
    let error = serde_json::from_str::<Report>(&text).unwrap_err();
    assert!(error.to_string().contains("blastwall-report/1"), "{error}");
}
