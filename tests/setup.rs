//! What gets a user started and what sets accounts side by side: the commands `init`,
//! `role-template`, `doctor` and `compare`, on the simulated organization.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};

use blastwall_sim::Fault;
use blastwall_tests::{Blastwall, Simulation};
use serde_json::Value;

const CALLER: &str = "arn:aws:sts::111122223333:assumed-role/blastwall-auditor/demo";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn texts(list: &Value) -> BTreeSet<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_configuration_that_init_writes_is_read_and_fits() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let written = program.run(["init", "--file", "mine.toml"]).exits(0);
    assert!(written.stdout.is_empty(), "{}", written.stdout);
    let _ = program
        .run(["init", "--file", "mine.toml"])
        .exits(2)
        .says(&["mine.toml", "is there already", "--force"]);
    let text = std::fs::read_to_string(program.directory().join("mine.toml")).unwrap();
    assert!(text.contains("external-id = \"blastwall-demo\""), "{text}");

    let save = program.run(["scan", "--no-blast-radius", "-q", "--save", "today"]);
    assert_eq!(save.code, 0, "{}", save.stderr);
    let today = program.directory().join("today");
    let listed = Blastwall::new()
        .argument("--config")
        .argument(program.directory().join("mine.toml"))
        .run(["accounts", "-o", "json", "--from", today.to_str().unwrap()])
        .exits(0);
    let environments: BTreeMap<String, String> = json(&listed.stdout)["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| {
            let environment = account["environment"]["name"].as_str();
            (
                account["name"].as_str().unwrap().to_owned(),
                environment.unwrap().to_owned(),
            )
        })
        .collect();
    for (account, environment) in [
        ("management", "management"),
        ("prod-shop", "prod"),
        ("dev-shop", "dev"),
        ("log-archive", "security"),
        ("marketing-web", "marketing"),
        ("finance-ledger", "finance"),
        // Closed: nothing is suggested for what cannot be scanned.
        ("legacy-blog", "unclassified"),
    ] {
        assert_eq!(environments[account], environment, "{account}");
    }
}

#[test]
fn the_role_of_the_template_may_do_all_that_a_scan_does_and_nothing_else() {
    let simulation = Simulation::example();
    let _ = simulation
        .auditor()
        .run(["scan", "-q", "--with-tags"])
        .exits(0);
    let template = Blastwall::new()
        .run(["role-template", "--caller", CALLER])
        .exits(0);
    let start = template.stdout.find("\"Action\": [").unwrap();
    let end = template.stdout[start..].find(']').unwrap();
    let actions = texts(&json(
        &template.stdout[start + "\"Action\": ".len()..=start + end],
    ));
    let asked: BTreeSet<String> = simulation
        .log()
        .iter()
        .filter_map(|request| request.action)
        // What the caller itself does, before it enters an account.
        .filter(|action| {
            !action.starts_with("organizations:")
                && !action.starts_with("sts:")
                && *action != "iam:ListOrganizationsFeatures"
        })
        .map(str::to_owned)
        .collect();
    assert!(asked.len() > 50, "{asked:?}");
    let lacking: Vec<_> = asked.difference(&actions).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    for action in &actions {
        let (_, verb) = action.split_once(':').unwrap();
        assert!(
            [
                "Get",
                "BatchGet",
                "List",
                "Describe",
                "SearchTransitGatewayRoutes"
            ]
            .iter()
            .any(|read| verb.starts_with(read))
                || verb == "GenerateCredentialReport",
            "{action}"
        );
    }
    // The caller's session is trusted through its role; who else is, the condition says.
    let terraform = Blastwall::new()
        .run(["role-template", "--format", "terraform", "--caller", CALLER])
        .exits(0);
    assert!(
        terraform
            .stdout
            .contains("\"arn:aws:iam::111122223333:role/blastwall-auditor\"")
    );
    let asking = simulation.auditor().run(["role-template"]).exits(0);
    assert!(asking.stdout.contains("role/blastwall-auditor"));
    assert!(
        asking
            .stdout
            .contains("\"sts:ExternalId\": \"blastwall-demo\"")
    );
    let _ = Blastwall::new()
        .run([
            "role-template",
            "--caller",
            "arn:aws:iam::111122223333:root",
        ])
        .exits(2)
        .says(&["cannot be trusted with a role", "--caller"]);
}

#[test]
fn doctor_names_what_was_refused_and_the_statement_that_mends_it() {
    let simulation = Simulation::faulty([Fault {
        account: Some("777788889999".parse().unwrap()),
        ..Fault::new("kms:ListKeys", "AccessDeniedException", 400)
    }]);
    let found = simulation.auditor().run(["doctor", "-o", "json"]).exits(1);
    let found = json(&found.stdout);
    let fix = found["fixes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fix| texts(&fix["accounts"]).contains("777788889999"))
        .unwrap();
    assert!(texts(&fix["actions"]).contains("kms:ListKeys"), "{fix}");
    assert_eq!(fix["statement"]["Action"], fix["actions"]);
    assert_eq!(found["refused"][0]["account"], "343434565656");
    let text = simulation.auditor().run(["doctor"]).exits(1).stdout;
    for part in ["kms:ListKeys", "was not entered", "tried", "to do"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_comparison_counts_what_the_report_counts() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let report = program
        .run(["scan", "-q", "-o", "json", "--save", "today"])
        .exits(0)
        .report();
    for by in ["account", "environment", "ou"] {
        let compared = program
            .run(["compare", "--from", "today", "--by", by, "-o", "json"])
            .exits(0);
        let compared = json(&compared.stdout);
        let sum = |verdict: &str| -> u64 {
            let rows = compared["checks"].as_array().unwrap().iter();
            rows.flat_map(|row| row["cells"].as_array().unwrap())
                .map(|cell| cell[verdict].as_u64().unwrap())
                .sum()
        };
        let counted = |verdict: &str| {
            let findings = report.findings().iter();
            findings
                .filter(|finding| finding["verdict"] == verdict)
                .count() as u64
        };
        for verdict in ["pass", "fail", "unknown", "error"] {
            assert_eq!(sum(verdict), counted(verdict), "{by} {verdict}");
        }
        let accounts: u64 = compared["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| column["accounts"]["total"].as_u64().unwrap())
            .sum();
        assert_eq!(accounts, 13, "{by}");
    }
}

#[test]
fn a_comparison_tells_who_stands_out_and_in_what() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let compared = program
        .run([
            "compare",
            "--check",
            "iam-root-mfa,iam-password-length",
            "-o",
            "json",
        ])
        .exits(0);
    let compared = json(&compared.stdout);
    let mfa = &compared["checks"][0];
    assert_eq!(mfa["check"], "iam-root-mfa", "the worst first");
    let deviations = mfa["deviations"].as_array().unwrap();
    assert_eq!(deviations.len(), 1, "{deviations:#?}");
    assert_eq!(deviations[0]["account"], "232323454545");
    assert_eq!(
        deviations[0]["settings"][0],
        serde_json::json!({
            "pointer": "/observed/AccountMFAEnabled", "here": [false], "peers": [true]
        })
    );
    let text = program
        .run(["compare", "--check", "iam-root-mfa"])
        .exits(0)
        .stdout;
    assert!(
        text.contains("/observed/AccountMFAEnabled is false, at the others true"),
        "{text}"
    );
}
