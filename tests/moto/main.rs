//! The binary against a foreign AWS: an organization built in moto with AWS's own clients.
//!
//! What moto answers was written by others from AWS's documentation; what is expected here follows
//! from what was built (`organization.rs`), never from what the binary said.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod copies;
mod more;
mod organization;
mod policies;
mod reach;
mod seed;
mod stores;
mod workforce;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use blastwall_tests::{Blastwall, Report, assert_same};
use organization::{ELSEWHERE, Seeded, seeded};
use seed::REGION;
use serde_json::{Value, json};

/// The regions in which something was built; moto has many more, each with a network of its own.
const REGIONS: &str = "us-east-1,eu-west-1";

/// One scan of the seeded regions, for all tests that read it.
fn report() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| scan(&[]))
}

/// The checks whose facts are seeded, which are also those that moto can play: of what it lacks
/// (settings of regions, Access Analyzer, CloudWatch's protocol) the round trip through the simulator
/// speaks.
const CHECKS: &[&str] = &[
    "cloudtrail-all-regions",
    "ec2-security-group-all-ports",
    "ec2-security-group-open-ports",
    "ec2-volume-encryption",
    "iam-access-key-age",
    "iam-console-user-mfa",
    "iam-group-inline-administration",
    "iam-policy-administration",
    "iam-role-inline-administration",
    "iam-root-access-keys",
    "iam-root-mfa",
    "iam-user-inline-administration",
    "s3-bucket-default-encryption",
    "s3-bucket-public-acl",
    "s3-bucket-public-policy",
    "s3-bucket-tls",
];

/// The arguments of a scan by these checks alone.
fn scanning<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let checks = CHECKS.iter().flat_map(|check| ["--check", check]);
    ["scan", "--region", REGIONS]
        .into_iter()
        .chain(checks)
        .chain(arguments.iter().copied())
        .collect()
}

fn scan(arguments: &[&str]) -> Report {
    let arguments = scanning(&[&["-o", "json"], arguments].concat());
    seeded().blastwall().run(arguments).exits(0).report()
}

#[test]
fn every_account_is_listed_and_entered_or_explained() {
    let report = report();
    let seeded = seeded();
    assert_eq!(report.0["organization"]["id"], seeded.organization.id);
    assert_eq!(
        report.0["organization"]["management_account"],
        seeded.organization.management.id
    );
    let expected: [(&str, &[&str], &str); 6] = [
        (&seeded.security.id, &["Security"], "security"),
        (&seeded.shared.id, &["Infrastructure"], "shared"),
        (&seeded.prod.id, &["Workloads", "Prod"], "prod"),
        (
            &seeded.payments.id,
            &["Workloads", "Prod", "Critical"],
            "prod",
        ),
        (&seeded.dev.id, &["Workloads", "Dev"], "dev"),
        (&seeded.sandbox.id, &[], "test"),
    ];
    for (id, path, environment) in expected {
        let account = report.account(id);
        assert_eq!(account["ou_path"], json!(path));
        assert_eq!(account["environment"]["name"], environment);
        assert_eq!(account["status"], "ACTIVE");
        assert_eq!(account["access"]["status"], "entered");
        assert_eq!(
            account["access"]["role"],
            format!("arn:aws:iam::{id}:role/Audit")
        );
    }
    let payments = report.account(&seeded.payments.id);
    assert_eq!(
        payments["tags"],
        json!({ "team": "payments", "pci": "yes" })
    );
    assert_eq!(payments["email"], "payments@example.com");

    let management = report.account(&seeded.organization.management.id);
    assert_eq!(management["environment"]["name"], "management");
    assert_eq!(management["access"], json!({ "status": "entered" }));

    let closed = report.account(&seeded.closed.id);
    assert_eq!(closed["access"]["status"], "skipped", "{closed:#}");
    assert_ne!(closed["status"], "ACTIVE");
    assert_eq!(report.entered().len(), seeded.open_accounts().len());
    assert_eq!(report.0["accounts"].as_array().unwrap().len(), 8);
}

/// Check, account, the end of the resource's ARN, verdict.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str);

fn identities(seeded: &Seeded) -> Vec<Row<'_>> {
    let (dev, prod) = (seeded.dev.id.as_str(), seeded.prod.id.as_str());
    let sandbox = seeded.sandbox.id.as_str();
    let administrator = "policy/AdministratorAccess";
    vec![
        (
            "iam-console-user-mfa",
            dev,
            "user/console-without-mfa",
            "fail",
        ),
        ("iam-console-user-mfa", dev, "user/console-with-mfa", "pass"),
        (
            "iam-console-user-mfa",
            dev,
            "user/machine",
            "not-applicable",
        ),
        (
            "iam-console-user-mfa",
            dev,
            "user/administrator",
            "not-applicable",
        ),
        // Made a moment ago.
        ("iam-access-key-age", dev, "user/machine", "pass"),
        (
            "iam-access-key-age",
            dev,
            "user/administrator",
            "not-applicable",
        ),
        (
            "iam-policy-administration",
            dev,
            "policy/Everything",
            "fail",
        ),
        ("iam-policy-administration", prod, administrator, "fail"),
        (
            "iam-user-inline-administration",
            dev,
            "user/administrator",
            "fail",
        ),
        (
            "iam-user-inline-administration",
            dev,
            "user/machine",
            "pass",
        ),
        (
            "iam-user-inline-administration",
            dev,
            "user/console-with-mfa",
            "not-applicable",
        ),
        (
            "iam-group-inline-administration",
            dev,
            "group/administrators",
            "fail",
        ),
        (
            "iam-group-inline-administration",
            dev,
            "group/readers",
            "pass",
        ),
        (
            "iam-role-inline-administration",
            sandbox,
            "role/Inline",
            "fail",
        ),
        (
            "iam-role-inline-administration",
            sandbox,
            "role/Audit",
            "pass",
        ),
        (
            "iam-role-inline-administration",
            dev,
            "role/Developer",
            "pass",
        ),
    ]
}

fn data_and_networks(seeded: &Seeded) -> Vec<Row<'_>> {
    let (dev, prod) = (seeded.dev.id.as_str(), seeded.prod.id.as_str());
    let ids = &seeded.ids;
    vec![
        ("s3-bucket-public-policy", dev, ":dev-public-policy", "fail"),
        ("s3-bucket-public-policy", dev, ":dev-public-acl", "pass"),
        ("s3-bucket-public-policy", dev, ":dev-plain", "pass"),
        // Public, but for the account's switches.
        ("s3-bucket-public-policy", prod, ":prod-media", "pass"),
        ("s3-bucket-public-acl", dev, ":dev-public-acl", "fail"),
        ("s3-bucket-public-acl", dev, ":dev-public-policy", "pass"),
        ("s3-bucket-public-acl", prod, ":prod-orders", "pass"),
        ("s3-bucket-tls", prod, ":prod-orders", "pass"),
        ("s3-bucket-tls", prod, ":prod-media", "fail"),
        ("s3-bucket-tls", dev, ":dev-plain", "fail"),
        ("s3-bucket-default-encryption", prod, ":prod-orders", "pass"),
        ("s3-bucket-default-encryption", dev, ":dev-plain", "pass"),
        // moto has none unless told, as AWS had until 2023.
        (
            "s3-bucket-default-encryption",
            dev,
            ":dev-public-acl",
            "fail",
        ),
        (
            "s3-bucket-default-encryption",
            dev,
            ":dev-public-policy",
            "fail",
        ),
        ("s3-bucket-default-encryption", prod, ":prod-media", "fail"),
        ("s3-bucket-tls", dev, ":dev-public-acl", "fail"),
        ("s3-bucket-tls", dev, ":dev-public-policy", "fail"),
        ("ec2-security-group-open-ports", dev, &ids.ssh, "fail"),
        ("ec2-security-group-all-ports", dev, &ids.ssh, "pass"),
        (
            "ec2-security-group-open-ports",
            dev,
            &ids.everything,
            "fail",
        ),
        ("ec2-security-group-all-ports", dev, &ids.everything, "fail"),
        ("ec2-security-group-open-ports", dev, &ids.halves, "fail"),
        ("ec2-security-group-all-ports", dev, &ids.halves, "fail"),
        ("ec2-security-group-open-ports", prod, &ids.web, "pass"),
        ("ec2-security-group-all-ports", prod, &ids.web, "pass"),
        ("ec2-volume-encryption", prod, &ids.encrypted_volume, "pass"),
        ("ec2-volume-encryption", prod, &ids.plain_volume, "fail"),
    ]
}

fn trails(seeded: &Seeded) -> Vec<Row<'_>> {
    let check = "cloudtrail-all-regions";
    vec![
        (check, &seeded.security.id, "account", "pass"),
        // One region of two; a trail that does not log; no trail at all.
        (check, &seeded.prod.id, "account", "fail"),
        (check, &seeded.payments.id, "account", "fail"),
        (check, &seeded.dev.id, "account", "fail"),
    ]
}

fn hold(rows: Vec<Row<'_>>) {
    let report = report();
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(check, account, resource, expected)| {
            let found = report.verdict(check, account, resource);
            (found != expected)
                .then(|| format!("{check} on {resource}: {found}, expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn findings_on_identities() {
    hold(identities(seeded()));
}

#[test]
fn findings_on_data_and_networks() {
    hold(data_and_networks(seeded()));
}

#[test]
fn findings_on_trails() {
    hold(trails(seeded()));
}

#[test]
fn nothing_else_fails() {
    let seeded = seeded();
    let tables = [
        identities(seeded),
        data_and_networks(seeded),
        trails(seeded),
    ]
    .concat();
    let in_tables = |finding: &Value| {
        let resource = finding["resource"].as_str().unwrap_or("account");
        tables.iter().any(|(check, account, end, verdict)| {
            finding["check"] == *check
                && finding["account"] == *account
                && resource.ends_with(end)
                && *verdict == "fail"
        })
    };
    // What moto gives every account, and what comes with instances and trails.
    let by_itself = |finding: &Value| {
        let resource = finding["resource"].as_str().unwrap_or("account");
        let trail_bucket = ["everywhere-", "one-region-", "silent-"]
            .iter()
            .any(|name| resource.contains(name));
        match finding["check"].as_str().unwrap() {
            "iam-root-mfa" | "cloudtrail-all-regions" => true,
            "ec2-volume-encryption" => finding["region"] == REGION,
            "s3-bucket-tls" | "s3-bucket-default-encryption" => trail_bucket,
            _ => false,
        }
    };
    let unexpected: Vec<_> = report()
        .findings()
        .iter()
        .filter(|finding| finding["verdict"] == "fail")
        .filter(|finding| !in_tables(finding) && !by_itself(finding))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

#[test]
fn what_moto_does_not_say_is_a_gap() {
    // Its account summary leaves out whether the root user has a password, and its credential
    // report has no row for the root user.
    let report = report();
    let expected: BTreeSet<_> = report
        .entered()
        .into_iter()
        .flat_map(|account| {
            ["iam:GetAccountSummary", "iam:GetCredentialReport"]
                .map(|action| (account, action, "unsupported"))
        })
        .collect();
    let found: BTreeSet<_> = report
        .gaps()
        .map(|(account, gap)| {
            let text = |key: &str| gap[key].as_str().unwrap();
            (account, text("action"), text("kind"))
        })
        // Its answer for a bucket that never kept versions has the wrong root element.
        .filter(|gap| (gap.1, gap.2) != ("s3:GetBucketVersioning", "malformed"))
        .collect();
    assert_eq!(found, expected);
    // An unknown password excuses nobody from MFA.
    for account in report.entered() {
        assert_eq!(report.verdict("iam-root-mfa", account, ":root"), "fail");
        assert_eq!(
            report.verdict("iam-root-access-keys", account, ":root"),
            "pass"
        );
    }
}

#[test]
fn what_moto_cannot_answer_is_a_gap_and_never_a_pass() {
    let seeded = seeded();
    let run = seeded
        .lacking()
        .variable("AWS_MAX_ATTEMPTS", "2")
        .run(scanning(&["-o", "json"]))
        .exits(0);
    let report = run.report();
    assert_eq!(report.entered().len(), seeded.open_accounts().len());
    let of_check = |check: &str| -> BTreeMap<String, String> {
        let accounts = report.entered().into_iter();
        accounts
            .flat_map(|account| report.verdicts(check, account))
            .collect()
    };
    let all_unknown = |check: &str, number: usize| {
        let verdicts = of_check(check);
        assert_eq!(verdicts.len(), number, "{check}: {verdicts:#?}");
        assert!(
            verdicts.values().all(|verdict| verdict == "unknown"),
            "{check}: {verdicts:#?}"
        );
    };
    // A property of each bucket: each is known, and its encryption is not.
    all_unknown("s3-bucket-default-encryption", 8);
    // A listing: nothing is known, which each account says once for both regions.
    for account in report.entered() {
        let blind: Vec<_> = report.of("ec2-volume-encryption", account).collect();
        assert_eq!(blind.len(), 2, "{blind:#?}");
        for finding in blind {
            assert_eq!(finding["verdict"], "unknown");
            assert!(finding["resource"].is_null());
        }
    }
    // Something about the account: unknown where there is a trail, a failure where there is none.
    let trails = "cloudtrail-all-regions";
    for (account, expected) in [
        (&seeded.security, "unknown"),
        (&seeded.prod, "unknown"),
        (&seeded.payments, "unknown"),
        (&seeded.dev, "fail"),
    ] {
        assert_eq!(report.verdict(trails, &account.id, "account"), expected);
    }
    // The credential report has two stand-ins, the account summary and the users themselves.
    for user in ["console-with-mfa", "console-without-mfa"] {
        let verdict = report.verdict("iam-console-user-mfa", &seeded.dev.id, user);
        let wrong = if user == "console-with-mfa" {
            "fail"
        } else {
            "pass"
        };
        assert_ne!(verdict, wrong, "{user}");
    }
    // What does not hang on any of it is as before.
    for check in ["s3-bucket-tls", "ec2-security-group-open-ports"] {
        for account in report.entered() {
            assert_eq!(
                report.verdicts(check, account),
                self::report().verdicts(check, account)
            );
        }
    }
    let actions: BTreeSet<&str> = report
        .gaps()
        .map(|(_, gap)| gap["action"].as_str().unwrap())
        .collect();
    for action in [
        "s3:GetEncryptionConfiguration",
        "ec2:DescribeVolumes",
        "iam:GetCredentialReport",
        "cloudtrail:GetTrailStatus",
    ] {
        assert!(
            actions.contains(action),
            "{action} is not among {actions:?}"
        );
    }
    // Where it is not known what policies are attached to, no way may be called certain.
    let gaps = report.0["organization"]["gaps"].to_string();
    assert!(
        gaps.contains("organizations:ListTargetsForPolicy"),
        "{gaps}"
    );
    let reached = report.reach(&seeded.dev.id, &seeded.prod.id).unwrap();
    assert_ne!(reached["certainty"], "certain", "{reached:#}");
    assert_ne!(reached["whole_account"], "certain", "{reached:#}");
}

#[test]
fn dev_reaches_prod_through_the_pipeline() {
    let report = report();
    let seeded = seeded();
    let reached = report.reach(&seeded.dev.id, &seeded.prod.id).unwrap();
    let roles: Vec<_> = reached["via"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["to"]["arn"].as_str())
        .collect();
    let expected = [
        seeded.dev.role_arn("Developer"),
        seeded.shared.role_arn("Pipeline"),
        seeded.prod.role_arn("Deploy"),
    ];
    assert!(
        roles.ends_with(&expected[1..].iter().map(String::as_str).collect::<Vec<_>>()),
        "{roles:?}"
    );
    assert_eq!(reached["certainty"], "certain");
    assert_eq!(
        reached["whole_account"], "certain",
        "the role is an administrator"
    );
    assert_eq!(reached["environment"], "prod");
    let crossings = &report.blast(&seeded.dev.id)["crossings"];
    assert!(
        crossings
            .as_array()
            .unwrap()
            .iter()
            .any(|crossing| crossing["to"] == "prod")
    );
    let entered = report.blast(&seeded.prod.id)["entered_by"]
        .as_array()
        .unwrap();
    assert!(
        entered
            .iter()
            .any(|entrance| entrance["from"]["id"] == seeded.dev.id)
    );
}

#[test]
fn ways_that_only_look_like_ways() {
    let report = report();
    let seeded = seeded();
    // A service control policy of the unit forbids it.
    assert_eq!(report.reach(&seeded.payments.id, &seeded.prod.id), None);
    // Nobody in production may go back.
    assert_eq!(report.reach(&seeded.prod.id, &seeded.dev.id), None);
    // A trust policy that a person wrote is read all the same.
    let odd = report.reach(&seeded.dev.id, &seeded.sandbox.id).unwrap();
    assert_eq!(odd["certainty"], "certain", "{odd:#}");
    // Trust in the whole organization lets in whoever may assume roles: an administrator may.
    let inventory = report.reach(&seeded.prod.id, &seeded.shared.id).unwrap();
    let last = inventory["via"].as_array().unwrap().last().unwrap();
    assert_eq!(last["to"]["arn"], seeded.shared.role_arn("Inventory"));
    // Every member falls with the management account, and moto says so of none by a role.
    for member in [&seeded.security, &seeded.payments, &seeded.sandbox] {
        let management = &seeded.organization.management.id;
        assert!(report.reach(management, &member.id).is_some());
    }
}

#[test]
fn one_principal_at_a_time() {
    let seeded = seeded();
    let start = seeded.dev.role_arn("Developer");
    let run = seeded
        .blastwall()
        .run(["blast-radius", &start, "-o", "json"])
        .exits(0);
    let radius: Value = serde_json::from_str(&run.stdout).unwrap();
    let falls: BTreeSet<&str> = radius["facts"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|fact| fact["subject"]["arn"].as_str())
        .collect();
    for role in [
        seeded.prod.role_arn("Deploy"),
        seeded.sandbox.role_arn("Odd"),
    ] {
        assert!(falls.contains(role.as_str()), "{role} is not in {falls:?}");
    }
    assert!(!falls.contains(seeded.sandbox.role_arn("Inline").as_str()));
    let table = seeded
        .blastwall()
        .run(["blast-radius", &seeded.dev.id])
        .exits(0);
    for part in ["Pipeline", "Deploy", "prod"] {
        assert!(
            table.stdout.contains(part),
            "no {part} in:\n{}",
            table.stdout
        );
    }
}

#[test]
fn the_tree_of_accounts() {
    let seeded = seeded();
    let program = seeded.blastwall();
    let json = program.run(["accounts", "-o", "json"]).exits(0).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["accounts"].as_array().unwrap().len(), 8);
    let tree = program.run(["accounts"]).exits(0).stdout;
    for part in [
        "Workloads",
        "Critical",
        "payments",
        &seeded.payments.id,
        "prod",
    ] {
        assert!(tree.contains(part), "no {part} in:\n{tree}");
    }
}

#[test]
fn filters_narrow_the_scan() {
    let seeded = seeded();
    let entered = |arguments: &[&str]| -> BTreeSet<String> {
        let fast = ["--check", "s3-bucket-tls", "--no-blast-radius"];
        let report = scan(&[arguments, &fast].concat());
        report.entered().into_iter().map(str::to_owned).collect()
    };
    let (prod, payments) = (&seeded.prod.id, &seeded.payments.id);
    let shops = BTreeSet::from([prod.clone(), seeded.dev.id.clone()]);
    let production = BTreeSet::from([prod.clone(), payments.clone()]);
    assert_eq!(entered(&["--account", "shop*"]), shops);
    assert_eq!(
        entered(&["--account", &format!("{prod},{payments}")]),
        production
    );
    assert_eq!(entered(&["--ou", "Workloads/Prod"]), production);
    assert_eq!(entered(&["--environment", "prod"]), production);
    assert_eq!(entered(&["--tag", "team=sh*"]), shops);
    assert_eq!(
        entered(&["--tag", "team=sh*", "--environment", "prod"]),
        BTreeSet::from([prod.clone()])
    );
}

#[test]
fn checks_and_regions_narrow_the_scan() {
    let seeded = seeded();
    let arguments = [
        "scan",
        "-o",
        "json",
        "--region",
        ELSEWHERE,
        "--check",
        "ec2-security-group-all-ports",
        "--check",
        "ec2-security-group-open-ports",
        "--no-blast-radius",
    ];
    let report = seeded.blastwall().run(arguments).exits(0).report();
    assert_eq!(
        report.checks(),
        [
            "ec2-security-group-all-ports",
            "ec2-security-group-open-ports"
        ]
    );
    for finding in report.findings() {
        assert_eq!(finding["region"], ELSEWHERE);
    }
    assert_eq!(
        report.coverage(&seeded.dev.id)["regions"],
        json!([ELSEWHERE])
    );
    let check = "ec2-security-group-open-ports";
    assert_eq!(
        report.verdict(check, &seeded.dev.id, &seeded.ids.everything),
        "fail"
    );
}

#[test]
fn the_table_names_what_matters() {
    let seeded = seeded();
    let run = seeded.blastwall().run(scanning(&["-o", "table"])).exits(0);
    for part in [
        "shop-next",
        "iam-console-user-mfa",
        "dev-public-policy",
        "Pipeline",
        seeded.ids.everything.as_str(),
        "retired",
    ] {
        assert!(run.stdout.contains(part), "no {part} in:\n{}", run.stdout);
    }
}

#[test]
fn what_is_saved_is_judged_the_same() {
    let seeded = seeded();
    let program = seeded.blastwall();
    let arguments = scanning(&["-o", "json", "--save", "kept"]);
    let live = program.run(arguments).exits(0).report();
    let kept = program.directory().join("kept");
    let stored = Blastwall::new();
    let stored = stored
        .run(scanning(&["-o", "json", "--from", kept.to_str().unwrap()]))
        .exits(0)
        .report();
    for part in [
        "organization",
        "accounts",
        "findings",
        "coverage",
        "blast_radius",
    ] {
        assert_same(&live.0[part], &stored.0[part]);
    }
}
