//! The binary as a delegated administrator starts it: the organization is listed from a member
//! account, which needs no role in itself and one everywhere else, the management account included.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::Path;

use blastwall_tests::{Report, Simulation, assert_same, example};
use serde_json::{Value, json};
use tempfile::TempDir;

const MANAGEMENT: &str = "111122223333";
const SECURITY_TOOLING: &str = "333344445555";
const LEGACY_BLOG: &str = "454545676767";
const MARKETING_ANALYTICS: &str = "343434565656";

/// The role that scans from the account of the delegated administrator.
const DELEGATED: &str = "arn:aws:iam::333344445555:role/BlastwallAudit";
/// A session of it.
const SESSION: &str = "arn:aws:sts::333344445555:assumed-role/BlastwallAudit/delegated";

/// Serves an organization to a session of the role of the delegated administrator's account.
fn delegated(directory: &Path) -> Simulation {
    Simulation::with(directory, |options| {
        options.delegated_administrators = vec![SECURITY_TOOLING.parse().unwrap()];
        options.callers[0].principal = SESSION.parse().unwrap();
    })
}

/// The example organization with audit roles that trust the delegated administrator's as well; in
/// the management account, which has none, only if asked for.
fn audited_from_a_member(management: bool) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let from = example().join("organization");
    for file in ["manifest.json", "organization.jsonl"] {
        fs::copy(from.join(file), copy.path().join(file)).unwrap();
    }
    for account in fs::read_dir(from.join("accounts")).unwrap() {
        let account = account.unwrap();
        let text = fs::read_to_string(account.path().join("resources.jsonl")).unwrap();
        let documents = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let mut documents: Vec<Value> = documents.collect();
        for document in &mut documents {
            trust(document);
        }
        let id = account.file_name().into_string().unwrap();
        if management && id == MANAGEMENT {
            documents.push(json!({
                "type": "AWS::IAM::Role", "arn": format!("arn:aws:iam::{id}:role/BlastwallAudit"),
                "config": {
                    "RoleName": "BlastwallAudit", "Path": "/",
                    "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [
                        { "Effect": "Allow", "Action": "sts:AssumeRole",
                          "Principal": { "AWS": DELEGATED } }
                    ]},
                    "ManagedPolicyArns": ["arn:aws:iam::aws:policy/SecurityAudit"],
                    "Policies": [{
                        "PolicyName": "what-security-audit-lacks",
                        "PolicyDocument": { "Version": "2012-10-17", "Statement": [{
                            "Effect": "Allow", "Resource": "*",
                            "Action": [
                                "account:GetContactInformation",
                                "cloudformation:GetResource",
                                "cloudformation:ListResources",
                            ],
                        }]},
                    }],
                },
                "observed": { "RoleId": "AROAMANAGEMENTEXAMPLE" }
            }));
        }
        let folder = copy.path().join("accounts").join(&id);
        fs::create_dir_all(&folder).unwrap();
        let lines: Vec<String> = documents.iter().map(Value::to_string).collect();
        fs::write(folder.join("resources.jsonl"), lines.join("\n")).unwrap();
    }
    copy
}

fn trust(document: &mut Value) {
    let statement = "/config/AssumeRolePolicyDocument/Statement/0/Principal/AWS";
    let auditor = "arn:aws:iam::111122223333:role/blastwall-auditor";
    if let Some(principal) = document.pointer_mut(statement)
        && *principal == auditor
    {
        *principal = json!([auditor, DELEGATED]);
    }
    if document["arn"] == DELEGATED {
        let policies = document["config"]["Policies"].as_array_mut().unwrap();
        policies.push(json!({
            "PolicyName": "enter-accounts",
            "PolicyDocument": { "Version": "2012-10-17", "Statement": [
                { "Effect": "Allow", "Action": "sts:AssumeRole",
                  "Resource": "arn:aws:iam::*:role/BlastwallAudit" }
            ]}
        }));
    }
}

fn scan(simulation: &Simulation) -> Report {
    let run = simulation.auditor().run(["scan", "-o", "json"]);
    run.exits(0).report()
}

#[test]
fn all_accounts_are_listed() {
    let example = example().join("organization");
    let simulation = delegated(&example);
    let listed = |simulation: &Simulation| {
        let run = simulation.auditor().run(["accounts", "-o", "json"]);
        serde_json::from_str::<Value>(&run.exits(0).stdout).unwrap()
    };
    let accounts = listed(&simulation);
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 13);
    // But for who asks, the same as from the management account.
    assert_same(
        &accounts["accounts"],
        &listed(&Simulation::example())["accounts"],
    );
}

#[test]
fn a_member_that_is_no_delegated_administrator_scans_itself() {
    let simulation = Simulation::with(&example().join("organization"), |options| {
        options.callers[0].principal = SESSION.parse().unwrap();
    });
    let report = scan(&simulation);
    assert_eq!(report.entered(), [SECURITY_TOOLING]);
    assert_eq!(report.0["accounts"].as_array().unwrap().len(), 1);
    let problems = report.0["problems"].to_string();
    assert!(problems.contains("delegated administrator"), "{problems}");
}

#[test]
fn roles_that_do_not_trust_the_delegated_administrator_are_explained() {
    // The audit role of its own account may read the organization and assume nothing.
    let simulation = delegated(&example().join("organization"));
    let report = scan(&simulation);
    assert_eq!(report.entered(), [SECURITY_TOOLING]);
    let accounts = report.0["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 13);
    for account in accounts {
        let (id, access) = (account["id"].as_str().unwrap(), &account["access"]);
        match id {
            SECURITY_TOOLING => assert_eq!(access["role"], Value::Null),
            LEGACY_BLOG => assert_eq!(access["status"], "skipped"),
            _ => {
                assert_eq!(access["status"], "refused", "{id}");
                let hint = access["hint"].as_str().unwrap();
                assert!(hint.contains("trust policy"), "{id}: {hint}");
                let by_hand = hint.contains("made there by hand");
                assert_eq!(by_hand, id == MANAGEMENT, "{id}: {hint}");
            }
        }
    }
}

#[test]
fn a_trusted_delegated_administrator_sees_what_the_management_account_sees() {
    let directory = audited_from_a_member(true);
    let own = delegated(directory.path());
    let report = scan(&own);
    let managing = scan(&Simulation::with(directory.path(), |_| ()));
    assert_eq!(report.entered().len(), 11);
    let role = |report: &Report, id: &str| report.account(id)["access"]["role"].clone();
    assert_eq!(
        role(&report, MANAGEMENT),
        format!("arn:aws:iam::{MANAGEMENT}:role/BlastwallAudit")
    );
    assert!(role(&report, SECURITY_TOOLING).is_null());
    assert!(role(&managing, MANAGEMENT).is_null());
    // It trusts a role that is gone, in either scan.
    assert_eq!(
        report.account(MARKETING_ANALYTICS)["access"]["status"],
        "refused"
    );
    for part in ["organization", "findings", "blast_radius", "summary"] {
        assert_same(&report.0[part], &managing.0[part]);
    }
    // The management account's own credentials are never those that enter a member.
    for request in own.log() {
        let principal = request.principal.unwrap_or_default();
        assert!(!principal.contains("blastwall-auditor"), "{principal}");
    }
}

#[test]
fn a_management_account_without_the_role_costs_itself_alone() {
    let directory = audited_from_a_member(false);
    let report = scan(&delegated(directory.path()));
    assert_eq!(report.entered().len(), 10);
    let access = &report.account(MANAGEMENT)["access"];
    assert_eq!(access["status"], "refused");
    let hint = access["hint"].as_str().unwrap();
    assert!(hint.contains("made there by hand"), "{hint}");
    // Its policies bind the members all the same; of Identity Center it would have told.
    let gaps = report.0["organization"]["gaps"].as_array().unwrap();
    let actions: Vec<&Value> = gaps.iter().map(|gap| &gap["action"]).collect();
    assert_eq!(actions, ["sso:ListInstances"]);
    let problems = report.0["problems"].to_string();
    let unheard = format!("NotAsked: account {MANAGEMENT}, which was to ask, was not entered");
    assert!(problems.contains(&unheard), "{problems}");
}

#[test]
fn identity_center_is_asked_where_it_is_delegated_to_if_the_management_account_lets_nobody_in() {
    let directory = audited_from_a_member(false);
    let organization = directory.path().join("organization.jsonl");
    let mut documents = fs::read_to_string(&organization).unwrap();
    let delegation = json!({
        "type": "AWS::Organizations::DelegatedAdministrator",
        "arn": format!("arn:aws:organizations::{MANAGEMENT}:delegated-administrator/{SECURITY_TOOLING}"),
        "account": MANAGEMENT, "region": "global",
        "config": { "AccountId": SECURITY_TOOLING, "ServicePrincipals": ["sso.amazonaws.com"] },
        "observed": { "DelegationEnabledDate": "2023-01-16T09:30:00Z" }
    });
    documents.push_str(&delegation.to_string());
    fs::write(&organization, documents).unwrap();
    let simulation = delegated(directory.path());
    let report = scan(&simulation);
    let problems = report.0["problems"].to_string();
    assert!(!problems.contains("Identity Center"), "{problems}");
    let log = simulation.log();
    let mut asked = log.iter().filter(|one| one.operation == "ListInstances");
    assert!(asked.clone().count() > 0);
    assert!(asked.all(|one| one.account == Some(SECURITY_TOOLING.parse().unwrap())));
}
