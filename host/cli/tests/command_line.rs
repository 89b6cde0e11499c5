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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/README.md");
    let page = std::fs::read_to_string(path).unwrap();
    let table = table(checks.as_array().unwrap());
    let start = page.find("| check |").unwrap();
    let end = start + page[start..].find("\n\n").unwrap() + 1;
    if std::env::var_os("BLESS").is_some() {
        let page = format!("{}{table}{}", &page[..start], &page[end..]);
        std::fs::write(path, page).unwrap();
        return;
    }
    assert!(
        page[start..end] == table,
        "the table of plugins/README.md is not that of the program; run this test with BLESS=1 and \
         read the difference"
    );
}

/// The checks as a table, by plugin.
fn table(checks: &[serde_json::Value]) -> String {
    let mut table = String::from(
        "| check | title | severity | reads | parameters |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut plugin = "";
    let mut checks: Vec<_> = checks.iter().collect();
    checks.sort_by_key(|check| (check["plugin"].as_str(), check["id"].as_str()));
    for check in checks {
        let field = |name: &str| check[name].as_str().unwrap();
        if field("plugin") != plugin {
            plugin = field("plugin");
            table += &format!("| **{plugin}** | | | | |\n");
        }
        let reads: Vec<String> = check["reads"]
            .as_array()
            .unwrap()
            .iter()
            .map(|kind| format!("`{}`", kind.as_str().unwrap()))
            .collect();
        let parameters: Vec<String> = check["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| {
                let default = match &parameter["default"] {
                    serde_json::Value::Array(items) if items.is_empty() => "none".to_owned(),
                    serde_json::Value::Array(items) => {
                        let items = items.iter().map(|item| match item.as_str() {
                            Some(text) => text.to_owned(),
                            None => item.to_string(),
                        });
                        items.collect::<Vec<_>>().join(", ")
                    }
                    other => other.to_string(),
                };
                format!("`{}` = {default}", parameter["name"].as_str().unwrap())
            })
            .collect();
        table += &format!(
            "| `{}` | {} | {} | {} | {}|\n",
            field("id"),
            field("title"),
            field("severity"),
            reads.join(", "),
            parameters
                .iter()
                .map(|one| format!("{one} "))
                .collect::<Vec<_>>()
                .join("; ")
                .replace(" ; ", "; "),
        );
    }
    table
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
