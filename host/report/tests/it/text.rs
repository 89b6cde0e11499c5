//! What people read, as snapshots. Look at them as a user would.

use crate::sample;
use blastwall_report::view;
use blastwall_report::view::accounts::AccountLeaf;
use blastwall_report::view::checks::CheckEntry;
use blastwall_report::{Format, Report, Style};
use serde_json::json;

const NARROW: Style = Style {
    color: false,
    width: Some(110),
    unicode: true,
    limit: Some(6),
};

fn text(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn table(report: &Report, style: &Style) -> String {
    text(|writer| Format::Table.render(report, style, writer))
}

#[test]
fn table_on_a_terminal() {
    insta::assert_snapshot!(table(&sample::report(), &NARROW));
}

#[test]
fn table_in_full() {
    insta::assert_snapshot!(table(&sample::report(), &Style::FULL));
}

#[test]
fn table_in_colour() {
    let style = Style {
        color: true,
        width: Some(100),
        limit: Some(3),
        ..NARROW
    };
    let text = table(&sample::report(), &style);
    // Visible in the snapshot, and the only escapes are colours.
    for part in text.split('\u{1b}').skip(1) {
        let end = part.find(|character: char| !matches!(character, '[' | ';' | '0'..='9'));
        assert_eq!(end.map(|end| &part[end..=end]), Some("m"), "{part:?}");
    }
    insta::assert_snapshot!(text.replace('\u{1b}', "^"));
}

#[test]
fn table_in_ascii_and_narrow() {
    let style = Style {
        unicode: false,
        width: Some(80),
        ..NARROW
    };
    let text = table(&sample::report(), &style);
    insta::assert_snapshot!(text);
}

/// Whatever somebody calls a resource, the page it is on stays as it is.
#[test]
fn nothing_hidden_reaches_the_page() {
    for width in [Some(40), Some(80), None] {
        let style = Style { width, ..NARROW };
        let report = sample::report();
        let mut texts = vec![table(&report, &style)];
        texts.push(text(|writer| {
            view::radius(&report, &sample::blast::radius(), &style, writer)
        }));
        texts.push(text(|writer| tree(&style, writer)));
        for text in texts {
            let hidden: Vec<char> = text
                .chars()
                .filter(|character| {
                    character.is_control() && *character != '\n' || *character == '\u{202e}'
                })
                .collect();
            assert!(hidden.is_empty(), "{hidden:?}");
            assert!(!text.lines().any(|line| line.starts_with("fake line")));
        }
    }
}

/// A scan that saw nothing must not read like one that found nothing.
#[test]
fn nothing_decided() {
    let mut report = sample::report();
    report.findings.clear();
    report.coverage.clear();
    report.blast_radius = None;
    report.problems.clear();
    report.organization = None;
    report.plugins.clear();
    report.checks.clear();
    report
        .accounts
        .retain(|account| account.id == "333333333333");
    insta::assert_snapshot!(table(&report.finish(), &NARROW));
}

fn tree(style: &Style, writer: &mut dyn std::io::Write) -> std::io::Result<()> {
    let report = sample::report();
    let accounts: Vec<AccountLeaf> = report
        .accounts
        .iter()
        .map(|account| AccountLeaf {
            id: account.id.clone(),
            name: account.name.clone(),
            ou_path: account.ou_path.clone(),
            email: account.email.clone(),
            joined: None,
            tags: account.tags.clone(),
            environment: account.environment.clone(),
            status: account.status.clone(),
            management: account.id == "111111111111",
        })
        .collect();
    let units = [vec!["Workloads".to_owned(), "Test".to_owned()]];
    view::accounts::tree(
        "Organization o-a1b2c3d4e5",
        &units,
        &accounts,
        style,
        writer,
    )
}

#[test]
fn accounts_as_a_tree() {
    insta::assert_snapshot!(text(|writer| tree(&NARROW, writer)));
}

#[test]
fn checks_listed_and_explained() {
    let report = sample::report();
    let entries: Vec<CheckEntry<'_>> = report
        .checks
        .iter()
        .map(|check| CheckEntry {
            plugin: &check.plugin,
            info: &check.info,
        })
        .collect();
    insta::assert_snapshot!(text(|writer| view::checks::list(&entries, &NARROW, writer)));
    let keys = report
        .checks
        .iter()
        .position(|check| check.info.id == "iam-access-key-age")
        .unwrap();
    let style = Style {
        width: Some(72),
        ..NARROW
    };
    insta::assert_snapshot!(text(|writer| view::checks::explain(
        &entries[keys],
        &style,
        writer
    )));
}

#[test]
fn one_radius() {
    insta::assert_snapshot!(text(|writer| view::radius(
        &sample::report(),
        &sample::blast::radius(),
        &NARROW,
        writer
    )));
}

/// What failed of the organization itself counts for every way, also where the call was about one thing; of an
/// account, only listings of what the blast radius reads.
#[test]
fn what_a_radius_did_not_see() {
    let mut report = sample::report();
    report.organization.as_mut().unwrap().gaps = serde_json::from_value(json!([
        {
            "types": ["AWS::Organizations::Organization"], "action": "iam:ListOrganizationsFeatures",
            "region": "global", "resource": "arn:aws:organizations::111111111111:organization/o-a1b2c3d4e5",
            "kind": "unavailable", "answer": "500: no message",
        },
        {
            "types": ["AWS::Organizations::DelegatedAdministrator"],
            "action": "organizations:ListDelegatedAdministrators",
            "region": "global", "kind": "denied", "answer": "AccessDenied: not authorized",
        },
    ]))
    .unwrap();
    let actions: Vec<&str> = view::unseen(&report)
        .map(|unseen| unseen.gap.action.as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "iam:ListOrganizationsFeatures",
            "organizations:ListDelegatedAdministrators"
        ]
    );
    let page = text(|writer| view::radius(&report, &sample::blast::radius(), &NARROW, writer));
    assert!(
        page.contains("organizations:ListDelegatedAdministrators"),
        "{page}"
    );
}

#[test]
fn nothing_reached_is_certain_only_of_what_was_looked_into() {
    let mut radius = sample::blast::radius();
    radius.facts.clear();
    let id = radius.start[0].account().unwrap();
    let mut report = sample::report();
    let mut say = |seen| {
        let survey = report.blast_radius.as_mut().unwrap();
        let own = survey.accounts.iter_mut().find(|own| own.account == id);
        own.unwrap().seen = seen;
        text(|writer| view::radius(&report, &radius, &NARROW, writer))
    };
    assert!(say(true).contains("No other account is reached."));
    assert!(say(false).contains("No other account is known to be reached."));
}
