use blastwall_model::{Access, Criticality, Evidence, GLOBAL};
use serde_json::json;

use super::*;
use crate::report::{Check, Environment, Scan};

const CHECK: &str = "iam-password-length";

fn id(number: usize) -> AccountId {
    format!("{number:012}").parse().unwrap()
}

fn account(number: usize, environment: &str) -> Account {
    Account {
        id: id(number),
        name: format!("account-{number}"),
        email: None,
        ou_path: vec![environment.to_uppercase()],
        status: "ACTIVE".to_owned(),
        tags: BTreeMap::new(),
        environment: Environment {
            name: environment.to_owned(),
            criticality: Criticality::Medium,
        },
        access: serde_json::from_value::<Access>(json!({"status": "entered"})).unwrap(),
        summary: VerdictCounts::default(),
    }
}

fn finding(number: usize, verdict: Verdict, length: u32) -> ReportedFinding {
    ReportedFinding {
        severity: Severity::Medium,
        finding: Finding {
            check: CHECK.parse().unwrap(),
            account: id(number),
            region: GLOBAL.into(),
            resource: None,
            resource_type: "".into(),
            verdict,
            message: format!("{length} characters").into(),
            evidence: vec![Evidence {
                pointer: "/config/MinimumPasswordLength".to_owned(),
                value: json!(length),
            }],
        },
    }
}

fn report(accounts: Vec<Account>, findings: Vec<ReportedFinding>) -> Report {
    let info = json!({
        "plugin": "iam", "id": CHECK, "title": "Ask for long passwords", "description": "",
        "severity": "medium", "category": "security", "scope": "resource",
        "reads": ["AWS::IAM::AccountPasswordPolicy"], "parameters": [], "controls": [],
        "remediation": "", "references": []
    });
    let check: Check = serde_json::from_value(info).unwrap();
    Report {
        format: crate::ReportFormat::V1,
        scan: Scan {
            tool: String::new(),
            scanned_at: "2026-01-01T00:00:00Z".to_owned(),
            caller: None,
            timings: None,
        },
        filters: crate::Filters::default(),
        organization: None,
        summary: crate::Summary::default(),
        environments: Vec::new(),
        accounts,
        checks: vec![check],
        plugins: Vec::new(),
        findings,
        coverage: Vec::new(),
        blast_radius: None,
        problems: Vec::new(),
    }
    .finish()
}

fn four() -> Report {
    let accounts = (1..=4).map(|number| account(number, "prod")).collect();
    let findings = vec![
        finding(1, Verdict::Pass, 14),
        finding(2, Verdict::Fail, 8),
        finding(3, Verdict::Pass, 14),
        finding(4, Verdict::Pass, 20),
    ];
    report(accounts, findings)
}

#[test]
fn the_one_that_is_different_stands_out_with_its_setting() {
    let comparison = compare(&four(), Grouping::Account);
    let row = &comparison.checks[0];
    assert_eq!(row.pass_share, Some(0.75));
    assert_eq!(comparison.columns[0].name, id(2).as_str(), "worst first");
    let [deviation] = &row.deviations[..] else {
        panic!("{:?}", row.deviations);
    };
    assert_eq!(deviation.account, id(2));
    assert_eq!(deviation.peers.environment.as_deref(), Some("prod"));
    assert_eq!((deviation.peers.agree, deviation.peers.of), (3, 3));
    assert_eq!(deviation.settings[0].here, [json!(8)]);
    assert_eq!(deviation.settings[0].peers, [json!(14), json!(20)]);
}

#[test]
fn where_opinions_are_divided_nobody_stands_out() {
    let accounts = (1..=4).map(|number| account(number, "prod")).collect();
    let findings = (1..=4)
        .map(|number| {
            let verdict = if number % 2 == 0 {
                Verdict::Fail
            } else {
                Verdict::Pass
            };
            finding(number, verdict, 8)
        })
        .collect();
    let comparison = compare(&report(accounts, findings), Grouping::Account);
    // Of three others two have the other verdict: each stands out from its own side.
    assert_eq!(comparison.checks[0].deviations.len(), 4);
    let accounts = (1..=2).map(|number| account(number, "prod")).collect();
    let findings = vec![finding(1, Verdict::Pass, 14), finding(2, Verdict::Fail, 8)];
    let comparison = compare(&report(accounts, findings), Grouping::Account);
    assert_eq!(comparison.checks[0].deviations, [], "one other is no group");
}

#[test]
fn what_could_not_be_seen_is_neither_share() {
    let accounts = (1..=2).map(|number| account(number, "prod")).collect();
    let findings = vec![
        finding(1, Verdict::Pass, 14),
        finding(2, Verdict::Unknown, 0),
    ];
    let comparison = compare(&report(accounts, findings), Grouping::Environment);
    let [cell] = &comparison.checks[0].cells[..] else {
        panic!("{comparison:?}");
    };
    assert_eq!((cell.pass, cell.unknown), (1, 1));
    assert_eq!(cell.worst(), Some(Verdict::Unknown));
    assert_eq!(comparison.columns[0].name, "prod");
}

#[test]
fn a_hostile_name_stays_text() {
    let mut report = four();
    report.accounts[1].name = "evil\u{1b}[31m\u{202e}".to_owned();
    let comparison = compare(&report, Grouping::Account);
    let mut text = Vec::new();
    write(&comparison, &report, &crate::Style::FULL, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    assert!(text.contains("8 characters"), "{text}");
    assert!(
        text.contains("/config/MinimumPasswordLength is 8, at the others 14 or 20"),
        "{text}"
    );
}
