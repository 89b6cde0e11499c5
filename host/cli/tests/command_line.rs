//! What the binary says of itself, as its user asks for it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use std::process::Command;

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_blastwall"))
        .args(arguments)
        .arg("--help")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that a help text lists.
fn commands(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

#[test]
fn every_command_shows_an_example() {
    let main = help(&[]);
    assert!(
        main.contains("Exit codes:") && main.contains("Examples:"),
        "{main}"
    );
    let shows = |command: &[&str]| {
        let text = help(command);
        let name = command.join(" ");
        assert!(text.contains("Example"), "{name}:\n{text}");
        assert!(
            text.contains(&format!("blastwall {name}")),
            "{name}:\n{text}"
        );
        text
    };
    let names = commands(&main);
    assert!(names.len() >= 6, "{names:?}");
    for command in names {
        let text = shows(&[command]);
        for below in commands(&text) {
            shows(&[command, below]);
        }
    }
}

#[test]
fn a_misspelt_command_is_a_usage_error_with_a_suggestion() {
    let output = Command::new(env!("CARGO_BIN_EXE_blastwall"))
        .arg("scna")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("scan"), "{text}");
}

#[test]
fn the_list_of_checks_in_the_documentation_is_true() {
    let output = Command::new(env!("CARGO_BIN_EXE_blastwall"))
        .args(["checks", "-o", "json"])
        .output()
        .unwrap();
    let checks: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let page = include_str!("../../../plugins/README.md");
    let rows: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let checks = checks.as_array().unwrap();
    assert_eq!(rows.len(), checks.len(), "{rows:#?}");
    for check in checks {
        let field = |name: &str| check[name].as_str().unwrap().to_owned();
        let row = format!(
            "| `{}` | {} | {} |",
            field("id"),
            field("title"),
            field("severity")
        );
        assert!(
            rows.iter().any(|found| found.starts_with(&row)),
            "no row {row}"
        );
    }
}

/// Runs a command in an empty directory with this configuration; gives its code and its errors.
fn refused(configuration: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("blastwall.toml"), configuration).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_blastwall"))
        .args(arguments)
        .current_dir(folder.path())
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_value_that_a_plugin_cannot_take_is_known_before_the_scan() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/organization");
    let (code, errors) = refused(
        "[checks.ec2-security-group-open-ports]\nports = [22, 70000]\n",
        &["scan", "--from", example],
    );
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("blastwall.toml:2:1"), "{errors}");
    assert!(errors.contains("70000"), "{errors}");
}

#[test]
fn a_rule_for_every_account_must_say_so() {
    let (code, errors) = refused("[[environments]]\nname = \"prod\"\n", &["accounts"]);
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("has no condition"), "{errors}");
}

#[test]
fn what_cannot_be_meant_is_said_before_anything_is_sent() {
    for (arguments, expected) in [
        (
            &["scan", "-o", "json", "-o", "table"][..],
            "only one format",
        ),
        (
            &["accounts", "--endpoint-url", "127.0.0.1:4"],
            "is no address",
        ),
    ] {
        let (code, errors) = refused("", arguments);
        assert_eq!(code, Some(2), "{errors}");
        assert!(errors.contains(expected), "{errors}");
    }
}
