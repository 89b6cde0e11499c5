//! `blastwall init`.

use std::path::Path;

use anyhow::anyhow;
use blastwall_aws::Meter;
use blastwall_organization::{Basis, Organization, Suggestion, suggest};
use blastwall_report::visible;
use blastwall_scan::{Event, Observer as _};

use crate::args::InitArguments;
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::output::{Output, write};
use crate::progress::Progress;
use crate::terminal::Terminal;
use crate::{exit, setup};

/// Writes a configuration that fits the organization.
pub(crate) async fn run(
    arguments: InitArguments,
    file: ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let to_stdout = arguments.file == Path::new("-");
    if !to_stdout && !arguments.force && arguments.file.exists() {
        let there = arguments.file.display();
        return Err(Failure::usage(anyhow!("`{there}` is there already"))
            .hint("--force replaces it, `--file -` prints instead"));
    }
    let meter = Meter::default();
    let from = arguments.from.as_deref();
    let origin = setup::origin(&arguments.aws, &file.config, from, meter.clone()).await?;
    let progress = Progress::new(terminal.is_quiet(), meter);
    progress.event(Event::Organization);
    let organization = origin.organization().await;
    progress.clear();
    let organization = organization.map_err(setup::origin_failure)?;
    for gap in &organization.gaps {
        terminal.warn(&format!("{} was not answered: {}", gap.action, gap.answer));
    }
    let suggestions = suggest(&organization.accounts);
    let (role, settings) = setup::role(&arguments.aws, &file.config)?;
    let text = configuration(
        &organization,
        &suggestions,
        &role.to_string(),
        settings.external_id(),
    );
    let output = Output {
        path: (!to_stdout).then(|| arguments.file.clone()),
        ..Output::STDOUT
    };
    write(&output, |writer| writer.write_all(text.as_bytes()))?;
    if !to_stdout {
        let rules = suggestions.len();
        let name = arguments.file.display();
        terminal.note(&format!(
            "wrote `{name}` with {rules} rules for environments; read it, then see what it makes of the accounts: blastwall accounts"
        ));
    }
    Ok(exit::SUCCESS)
}

/// The configuration as text.
fn configuration(
    organization: &Organization,
    suggestions: &[Suggestion],
    role: &str,
    external_id: Option<&str>,
) -> String {
    let whose = organization.id.as_deref().map_or_else(
        || "an account in no organization".to_owned(),
        |id| format!("organization {id}"),
    );
    let mut text = format!(
        "\
# The configuration of Blastwall for {whose}, as its units, tags and names suggest it.
# Read it before you trust it. What is given on the command line wins.

version = 1

# The role that is assumed in every account but the caller's own; `blastwall role-template` prints it.
[role]
name = {}
",
        quoted(role)
    );
    if let Some(id) = external_id {
        text.push_str(&format!("external-id = {}\n", quoted(id)));
    }
    text.push_str(
        "
# [scan]
# By default every region that is enabled in an account is looked at.
# regions = [\"eu-central-1\", \"us-east-1\"]

# Environments, in order: the first rule that matches an account decides, and an account that matches
# none is `unclassified`. `ou` covers everything below a unit too.
",
    );
    if suggestions.is_empty() {
        text.push_str(
            "# Nothing in the organization names one, so the built-in rules hold. A rule looks like this:
#
# [[environments]]
# name = \"prod\"
# criticality = \"critical\"   # critical, high, medium or low
# account-name = [\"*-prod\"]
",
        );
    }
    for suggestion in suggestions {
        text.push_str(&rule(suggestion));
    }
    text.push_str(
        "
# Settings of single checks: `blastwall checks` lists them with their parameters.
# [checks.\"iam-access-key-age\"]
# max-age-days = 90
",
    );
    text
}

/// One rule, with what it rests on.
fn rule(suggestion: &Suggestion) -> String {
    let accounts = match suggestion.accounts {
        1 => "1 account".to_owned(),
        count => format!("{count} accounts"),
    };
    let doubt = if suggestion.usual {
        ""
    } else {
        "; the criticality is a guess"
    };
    let mut text = format!("\n# {accounts}{doubt}.\n[[environments]]\n");
    text.push_str(&format!("name = {}\n", quoted(&suggestion.environment)));
    text.push_str(&format!("criticality = \"{}\"\n", suggestion.criticality));
    match &suggestion.basis {
        Basis::Accounts(accounts) => {
            text.push_str("account-id = [\n");
            for (id, name) in accounts {
                text.push_str(&format!("  \"{id}\", # {}\n", visible(name)));
            }
            text.push_str("]\n");
        }
        Basis::Tag(key, values) => {
            let tags: Vec<String> = values
                .iter()
                .map(|value| quoted(&format!("{key}={}", literal(value))))
                .collect();
            text.push_str(&format!("tag = [{}]\n", tags.join(", ")));
        }
        Basis::Unit(path) => {
            let path: Vec<String> = path.iter().map(|name| literal(name)).collect();
            text.push_str(&format!("ou = [{}]\n", quoted(&path.join("/"))));
        }
    }
    text
}

/// A text as a pattern that matches only itself: each character with a meaning in a class of its own.
fn literal(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '*' | '?' | '[' | ']' | '{' | '}' => format!("[{character}]"),
            '\\' => "\\\\".to_owned(),
            _ => character.to_string(),
        })
        .collect()
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
