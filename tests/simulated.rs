//! The binary against our own AWS, which refuses what AWS would refuse: the example organization,
//! and variants of it in which calls fail.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use blastwall_aws::{Credentials, isolated};
use blastwall_sim::{Clock, Fault};
use blastwall_tests::{
    Blastwall, EXTERNAL_ID, KEY, Report, SECRET, Simulation, assert_same, example,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::runtime::Runtime;

const MANAGEMENT: &str = "111122223333";
const PROD_SHOP: &str = "444455556666";
const PROD_PAYMENTS: &str = "555566667777";
const DEV_SHOP: &str = "777788889999";
const CI_TOOLING: &str = "888899990000";
const TEST_SHOP: &str = "999900001111";
const FINANCE_LEDGER: &str = "012345678901";
const FINANCE_REPORTING: &str = "121212343434";
const MARKETING_WEB: &str = "232323454545";
const MARKETING_ANALYTICS: &str = "343434565656";
const LEGACY_BLOG: &str = "454545676767";

/// The checks on what a bucket's policy says.
const BUCKET_POLICY_CHECKS: [&str; 2] = ["s3-bucket-public-policy", "s3-bucket-tls"];

fn refused(action: &str) -> Fault {
    Fault::new(action, "AccessDenied", 403)
}

fn scan(simulation: &Simulation, arguments: &[&str]) -> Report {
    let arguments = ["scan", "-o", "json"].iter().chain(arguments);
    simulation.auditor().run(arguments).exits(0).report()
}

/// The demo's report: the example organization at its own time.
fn demo() -> &'static Report {
    static DEMO: OnceLock<Report> = OnceLock::new();
    DEMO.get_or_init(|| {
        let run = Blastwall::new().run(["demo", "-o", "json"]).exits(0);
        run.report()
    })
}

/// Check, account and the end of the resource's ARN of all that fails, without AWS's own policies.
fn failures(report: &Report) -> BTreeSet<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    report
        .findings()
        .iter()
        .filter(|finding| finding["verdict"] == "fail")
        .filter(|finding| !text(&finding["resource"]).contains(":iam::aws:policy/"))
        .map(|finding| {
            let resource = text(&finding["resource"]);
            let name = resource.rsplit([':', '/']).next().unwrap();
            (
                text(&finding["check"]),
                text(&finding["account"]),
                name.to_owned(),
            )
        })
        .collect()
}

#[test]
fn the_demo_finds_what_was_planted_and_nothing_else() {
    // As the README of the example organization has it, with resource ids in place of names.
    let planted = [
        ("iam-console-user-mfa", MANAGEMENT, "billing-reader"),
        ("ec2-volume-encryption", PROD_SHOP, "vol-0bab90a56a90b8667"),
        ("s3-bucket-tls", PROD_SHOP, "anycompany-shop-backups"),
        (
            "iam-policy-administration",
            PROD_PAYMENTS,
            "PaymentsBreakGlass",
        ),
        ("iam-console-user-mfa", DEV_SHOP, "erin"),
        ("iam-access-key-age", DEV_SHOP, "erin"),
        ("iam-access-key-age", DEV_SHOP, "prototype"),
        ("iam-policy-administration", DEV_SHOP, "EverythingForNow"),
        ("iam-policy-administration", DEV_SHOP, "DeveloperBoundary"),
        (
            "ec2-security-group-open-ports",
            DEV_SHOP,
            "sg-0f891b58d2296281a",
        ),
        (
            "ec2-security-group-open-ports",
            DEV_SHOP,
            "sg-0e46169311aae4802",
        ),
        (
            "ec2-security-group-all-ports",
            DEV_SHOP,
            "sg-0e46169311aae4802",
        ),
        ("s3-bucket-public-acl", DEV_SHOP, "anycompany-dev-uploads"),
        (
            "s3-bucket-default-encryption",
            DEV_SHOP,
            "anycompany-dev-uploads",
        ),
        ("s3-bucket-tls", DEV_SHOP, "anycompany-dev-uploads"),
        ("ec2-volume-encryption", DEV_SHOP, "vol-0583da8354505eccb"),
        ("ec2-volume-encryption", DEV_SHOP, "vol-0e9625a306f5b1528"),
        ("iam-access-key-age", CI_TOOLING, "jenkins"),
        ("iam-policy-administration", CI_TOOLING, "PipelineAdmin"),
        ("iam-access-key-age", TEST_SHOP, "load-test"),
        (
            "ec2-security-group-open-ports",
            TEST_SHOP,
            "sg-040226de1114d397e",
        ),
        ("s3-bucket-tls", TEST_SHOP, "anycompany-test-reports"),
        ("ec2-volume-encryption", TEST_SHOP, "vol-01013e1fb199602d8"),
        ("iam-root-access-keys", FINANCE_LEDGER, "root"),
        (
            "ec2-security-group-open-ports",
            FINANCE_LEDGER,
            "sg-0b080d7e6fba2036c",
        ),
        (
            "ec2-volume-encryption",
            FINANCE_LEDGER,
            "vol-0983476cd4551dfe1",
        ),
        ("iam-console-user-mfa", FINANCE_REPORTING, "temp-analyst"),
        (
            "s3-bucket-tls",
            FINANCE_REPORTING,
            "anycompany-finance-queries",
        ),
        ("iam-root-mfa", MARKETING_WEB, "root"),
        ("iam-console-user-mfa", MARKETING_WEB, "wendy"),
        ("iam-user-inline-administration", MARKETING_WEB, "wendy"),
        ("iam-access-key-age", MARKETING_WEB, "newsletter-sync"),
        (
            "s3-bucket-public-policy",
            MARKETING_WEB,
            "anycompany-marketing-assets",
        ),
        (
            "s3-bucket-tls",
            MARKETING_WEB,
            "anycompany-marketing-assets",
        ),
        (
            "s3-bucket-public-acl",
            MARKETING_WEB,
            "anycompany-newsletter-archive",
        ),
        (
            "s3-bucket-tls",
            MARKETING_WEB,
            "anycompany-newsletter-archive",
        ),
        (
            "s3-bucket-default-encryption",
            MARKETING_WEB,
            "anycompany-newsletter-archive",
        ),
        (
            "ec2-security-group-open-ports",
            MARKETING_WEB,
            "sg-0bcb3d2028e49df8d",
        ),
        (
            "ec2-security-group-open-ports",
            MARKETING_WEB,
            "sg-0201c3357527ded1f",
        ),
        (
            "ec2-security-group-all-ports",
            MARKETING_WEB,
            "sg-0201c3357527ded1f",
        ),
        (
            "ec2-volume-encryption",
            MARKETING_WEB,
            "vol-0316d1588027672a7",
        ),
        (
            "ec2-volume-encryption",
            MARKETING_WEB,
            "vol-0e152d57dee1a44a9",
        ),
        ("cloudtrail-all-regions", MARKETING_WEB, ""),
    ];
    let planted: BTreeSet<_> = planted
        .map(|(check, account, name)| (check.to_owned(), account.to_owned(), name.to_owned()))
        .into();
    // Of the kinds that were planted; what the organization simply does not have is counted below.
    let kinds: BTreeSet<&String> = planted.iter().map(|(check, ..)| check).collect();
    let found = failures(demo());
    let (found, lacking): (BTreeSet<_>, BTreeSet<_>) = found
        .into_iter()
        .partition(|(check, ..)| kinds.contains(check));
    let missed: Vec<_> = planted.difference(&found).collect();
    let invented: Vec<_> = found.difference(&planted).collect();
    assert!(
        missed.is_empty() && invented.is_empty(),
        "missed: {missed:#?}\ninvented: {invented:#?}"
    );
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (check, account, _) in lacking {
        *counts.entry((check, account)).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .into_iter()
        .map(|((check, account), count)| format!("{check} {account} {count}"))
        .collect();
    insta::assert_snapshot!("what_the_example_lacks", counts.join("\n"));
}

#[test]
fn no_plugin_fails_in_the_demo() {
    let report = demo();
    for plugin in report.0["plugins"].as_array().unwrap() {
        assert!(plugin.get("failures").is_none(), "{plugin}");
    }
}

#[test]
fn the_demo_tells_what_it_could_not_see() {
    let report = demo();
    let refused = &report.account(MARKETING_ANALYTICS)["access"];
    assert_eq!(refused["status"], "refused");
    for (key, part) in [
        ("tried", "arn:aws:iam::343434565656:role/BlastwallAudit"),
        ("answer", "AccessDenied"),
        ("hint", "trust"),
    ] {
        let said = refused[key].as_str().unwrap();
        assert!(said.contains(part), "{key}: {said}");
    }
    let skipped = &report.account(LEGACY_BLOG)["access"];
    assert_eq!(skipped["status"], "skipped");
    assert!(skipped["reason"].as_str().unwrap().contains("suspended"));
    assert_eq!(report.entered().len(), 11);

    for check in BUCKET_POLICY_CHECKS {
        assert_eq!(
            report.verdict(check, FINANCE_LEDGER, "anycompany-ledger-vault"),
            "unknown"
        );
        assert_eq!(
            report.verdict(check, FINANCE_LEDGER, "anycompany-ledger"),
            "pass"
        );
    }
    let gaps: Vec<_> = report.gaps().collect();
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    assert_eq!(gaps[0].0, FINANCE_LEDGER);
    assert_eq!(gaps[0].1["action"], "s3:GetBucketPolicy");
    assert_eq!(gaps[0].1["kind"], "denied");
}

#[test]
fn the_demo_finds_who_reaches_whom() {
    let report = demo();
    let way = |from: &str, to: &str| {
        let reached = report
            .reach(from, to)
            .unwrap_or_else(|| panic!("{from} reaches {to}"));
        let roles = reached["via"].as_array().unwrap().iter();
        let roles = roles
            .filter_map(|step| Some(step["to"]["arn"].as_str()?.rsplit('/').next()?.to_owned()));
        (reached["whole_account"].clone(), roles.collect::<Vec<_>>())
    };
    let (whole, roles) = way(DEV_SHOP, PROD_SHOP);
    assert!(!whole.is_null(), "ProdAdmin is an administrator");
    assert_eq!(roles.last().unwrap(), "deploy");
    assert!(roles.contains(&"ci-runner".to_owned()), "{roles:?}");

    let (whole, roles) = way(PROD_SHOP, PROD_PAYMENTS);
    assert!(whole.is_null(), "settlements and no more");
    assert_eq!(roles.last().unwrap(), "settlement-sync");

    assert_eq!(
        way(FINANCE_REPORTING, FINANCE_LEDGER).1.last().unwrap(),
        "ledger-reader"
    );
    for member in report.entered() {
        if member != MANAGEMENT {
            assert_eq!(way(MANAGEMENT, member).0, "certain", "{member}");
        }
    }
    // Service control policies forbid it, whatever trust and identity policies say.
    let by_itself = report.reach(TEST_SHOP, PROD_PAYMENTS);
    assert_eq!(by_itself, None);

    let crossings = report.0["blast_radius"]["crossings"].as_array().unwrap();
    assert!(
        crossings
            .iter()
            .any(|crossing| crossing["from"] == "dev" && crossing["to"] == "prod")
    );
}

#[test]
fn the_demo_says_the_same_twice() {
    let program = Blastwall::new()
        // What a machine of a developer has; the demo must not even look at it.
        .credentials("AKIAREALREALREALREAL", "a real secret")
        .variable("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .variable("AWS_PROFILE", "does-not-exist");
    let first = program.run(["demo", "-o", "json"]).exits(0);
    let second = program.run(["demo", "-o", "json"]).exits(0);
    assert_same(&first.report().0, &second.report().0);
    assert!(first.stdout == second.stdout, "two demos differ in form");
    assert_same(&first.report().0, &demo().0);
    let table = program.run(["demo"]).exits(0);
    for part in [
        "prod-shop",
        "marketing-analytics",
        "anycompany-ledger-vault",
        "dev",
    ] {
        assert!(
            table.stdout.contains(part),
            "no {part} in:\n{}",
            table.stdout
        );
    }
    assert!(!table.stdout.contains('\u{1b}'), "colour in a pipe");
    assert_eq!(table.stderr.lines().count(), 1, "{}", table.stderr);
}

#[test]
fn every_request_is_a_declared_read() {
    let simulation = Simulation::example();
    scan(&simulation, &["--with-tags"]);
    let everything = everything();
    let declared: BTreeSet<&str> = blastwall_collect::declarations(&everything)
        .iter()
        .chain(blastwall_organization::DECLARED)
        .map(|declaration| declaration.action)
        .collect();
    let log = simulation.log();
    assert!(log.len() > 100, "{} requests", log.len());
    for request in &log {
        let reads = [
            "Get",
            "BatchGet",
            "List",
            "Describe",
            "SearchTransitGatewayRoutes",
        ]
        .iter()
        .any(|verb| request.operation.starts_with(verb));
        let harmless = ["AssumeRole", "GenerateCredentialReport"];
        assert!(
            reads || harmless.contains(&request.operation.as_str()),
            "{request:?}"
        );
        match request.action {
            Some(action) => assert!(declared.contains(action), "undeclared: {request:?}"),
            None => assert_eq!(request.operation, "GetCallerIdentity", "{request:?}"),
        }
        // Members are read through the audit role alone.
        let principal = request.principal.as_deref().unwrap_or_default();
        assert!(
            principal.contains(":assumed-role/blastwall-auditor/")
                || principal.contains(":assumed-role/BlastwallAudit/"),
            "{request:?}"
        );
    }
}

#[test]
fn only_what_the_checks_read_is_fetched() {
    let simulation = Simulation::example();
    let report = scan(
        &simulation,
        &["--check", "s3-bucket-tls", "--no-blast-radius"],
    );
    assert_eq!(report.checks(), ["s3-bucket-tls"]);
    assert!(report.0["blast_radius"].is_null());
    let services: BTreeSet<String> = simulation
        .log()
        .into_iter()
        // What is central about root users is a fact about the organization that IAM has.
        .filter(|request| request.action != Some("iam:ListOrganizationsFeatures"))
        .map(|request| request.service)
        .collect();
    for unwanted in ["iam", "ec2", "cloudtrail", "s3-control"] {
        assert!(!services.contains(unwanted), "{services:?}");
    }
}

#[test]
fn everything_that_has_a_say_is_fetched_if_it_is_asked_for() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let listed = |option: &[&str]| -> bool {
        let scan = [
            "scan",
            "--check",
            "s3-bucket-tls",
            "--account",
            PROD_SHOP,
            "-o",
            "json",
        ];
        let report = program.run(scan.iter().chain(option)).exits(0).report();
        assert!(!report.0["blast_radius"].is_null());
        let mut log = simulation.log().into_iter();
        log.any(|request| request.action == Some("cloudformation:ListResources"))
    };
    assert!(!listed(&[]));
    // More than one session policy holds: the account is entered twice.
    assert!(listed(&["--deep"]));
    let template = |option: &[&str]| {
        let caller = format!("arn:aws:iam::{MANAGEMENT}:role/blastwall-auditor");
        let role = [
            "role-template",
            "--role",
            "Audit",
            "--caller",
            caller.as_str(),
        ];
        Blastwall::new()
            .run(role.iter().chain(option))
            .exits(0)
            .stdout
    };
    let policy = "events:DescribeEventBus";
    assert!(!template(&[]).contains(policy));
    let deep = template(&["--deep"]);
    assert!(deep.contains(policy) && !deep.contains("secretsmanager:GetSecretValue"));
}

#[test]
fn tags_are_fetched_if_they_are_asked_for() {
    const ACTIONS: [&str; 2] = ["s3:GetBucketTagging", "cloudtrail:ListTags"];
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let documents = |option: &[&str], directory: &str| -> Vec<Value> {
        let scan = ["scan", "--account", PROD_SHOP, "--save", directory];
        let _ = program.run(scan.iter().chain(option)).exits(0);
        let place = format!("{directory}/accounts/{PROD_SHOP}/resources.jsonl");
        let text = std::fs::read_to_string(program.directory().join(place)).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|document: &Value| {
                ["AWS::S3::Bucket", "AWS::CloudTrail::Trail"]
                    .contains(&document["type"].as_str().unwrap())
            })
            .collect()
    };
    let asked = || -> BTreeSet<&str> {
        let actions = simulation.log().into_iter();
        let actions = actions.filter_map(|request| request.action);
        actions.filter(|action| ACTIONS.contains(action)).collect()
    };

    let without = documents(&[], "without");
    assert!(asked().is_empty());
    for document in &without {
        // Not an empty set: nobody looked.
        assert_eq!(document["tags"], Value::Null);
        let reason = document["unknown"]["tags"].as_str().unwrap();
        let (code, action) = reason.split_once(": ").unwrap();
        assert!(
            code == "NotCollected" && ACTIONS.contains(&action),
            "{reason}"
        );
    }
    let with = documents(&["--with-tags"], "with");
    assert_eq!(asked(), ACTIONS.into());
    assert_eq!(with.len(), without.len());
    // They have none, and now that is known.
    assert!(
        with.iter()
            .all(|document| document["unknown"]["tags"].is_null())
    );

    // By configuration as well, for those who write checks that read them.
    let file = program.file("tags.toml", "version = 1\n[collect]\ntags = true\n");
    let again = Simulation::example();
    let configured = Blastwall::new()
        .credentials(KEY, SECRET)
        .variable("AWS_ENDPOINT_URL", again.endpoint())
        .run([
            "scan",
            "--account",
            MANAGEMENT,
            "--config",
            file.to_str().unwrap(),
        ]);
    let _ = configured.exits(0);
    let log = again.log();
    assert!(
        log.iter()
            .any(|request| request.action == Some("s3:GetBucketTagging"))
    );
}

#[test]
fn small_pages_and_slow_reports_change_nothing() {
    let patient = Simulation::with(&example().join("organization"), |options| {
        options.page_size = 2;
        options.report_polls = 2;
    });
    let (patient, usual) = (scan(&patient, &[]), scan(&Simulation::example(), &[]));
    for part in ["organization", "accounts", "findings", "blast_radius"] {
        assert_same(&patient.0[part], &usual.0[part]);
    }
}

#[test]
fn throttled_calls_are_repeated() {
    let undisturbed = scan(&Simulation::example(), &[]);
    for (action, code, status) in [
        ("s3:GetBucketPolicy", "SlowDown", 503),
        ("iam:GetAccountAuthorizationDetails", "Throttling", 400),
        ("ec2:DescribeSecurityGroups", "RequestLimitExceeded", 503),
        (
            "organizations:ListAccountsForParent",
            "TooManyRequestsException",
            400,
        ),
    ] {
        let simulation = Simulation::faulty([Fault {
            times: Some(2),
            ..Fault::new(action, code, status)
        }]);
        let mut report = scan(&simulation, &["--timings"]);
        let timings = report.0["scan"]["timings"].take();
        assert_eq!(timings["throttled"], 2, "{action}");
        assert_eq!(timings["retried"], 2, "{action}");
        // Two answers of hundreds: a pause, and no lasting slowness.
        assert!(
            timings["seconds"].as_f64().unwrap() < 20.0,
            "{action}: {timings}"
        );
        for part in ["findings", "coverage", "blast_radius"] {
            assert_same(&report.0[part], &undisturbed.0[part]);
        }
    }
}

#[test]
fn a_bucket_policy_that_is_denied_never_passes() {
    let simulation = Simulation::faulty([refused("s3:GetBucketPolicy")]);
    let report = scan(&simulation, &["--plugin", "s3"]);
    for check in BUCKET_POLICY_CHECKS {
        let mut verdicts = 0;
        for finding in report
            .findings()
            .iter()
            .filter(|finding| finding["check"] == check)
        {
            assert_eq!(finding["verdict"], "unknown", "{finding:#}");
            let message = finding["message"].as_str().unwrap();
            assert!(message.contains("AccessDenied"), "{message}");
            verdicts += 1;
        }
        let buckets = report
            .findings()
            .iter()
            .filter(|finding| finding["check"] == "s3-bucket-public-acl");
        assert_eq!(verdicts, buckets.count(), "one on each bucket");
    }
    // What needs no policy is decided as before.
    assert_eq!(
        report.verdict("s3-bucket-public-acl", DEV_SHOP, "anycompany-dev-uploads"),
        "fail"
    );
}

#[test]
fn a_listing_that_is_denied_is_unknown_on_the_account() {
    let simulation = Simulation::faulty([Fault {
        account: Some(DEV_SHOP.parse().unwrap()),
        region: Some("us-west-2".to_owned()),
        ..Fault::new("ec2:DescribeSecurityGroups", "UnauthorizedOperation", 403)
    }]);
    let report = scan(&simulation, &["--plugin", "network"]);
    for check in [
        "ec2-security-group-open-ports",
        "ec2-security-group-all-ports",
    ] {
        let blind: Vec<_> = report
            .of(check, DEV_SHOP)
            .filter(|finding| finding["resource"].is_null())
            .collect();
        assert_eq!(blind.len(), 1, "{blind:#?}");
        assert_eq!(blind[0]["verdict"], "unknown");
        assert_eq!(blind[0]["region"], "us-west-2");
        assert!(
            blind[0]["message"]
                .as_str()
                .unwrap()
                .contains("UnauthorizedOperation")
        );
        // The other regions and accounts are judged.
        assert_eq!(report.of(check, DEV_SHOP).count(), 4);
        assert!(
            report
                .of(check, PROD_SHOP)
                .all(|finding| finding["verdict"] == "pass")
        );
    }
}

#[test]
fn denials_everywhere_leave_no_pass() {
    let simulation = Simulation::faulty(declared_actions().map(refused));
    let report = scan(&simulation, &[]);
    let decided: Vec<_> = report
        .findings()
        .iter()
        .filter(|finding| finding["verdict"] != "unknown")
        // Which account is the management account, the organization tells.
        .filter(|finding| {
            finding["check"] != "organization-management-workloads"
                || finding["verdict"] != "not-applicable"
                || finding["account"] == MANAGEMENT
        })
        // What judges the organization itself reads what no account is asked for.
        .filter(|finding| !of_organization(&report, finding["check"].as_str().unwrap()))
        .collect();
    assert!(decided.is_empty(), "decided without data: {decided:#?}");
    // Every check says in every account that it could not decide.
    for account in report.entered() {
        for check in report.checks() {
            if of_organization(&report, check) {
                continue;
            }
            assert!(
                report.of(check, account).count() > 0,
                "{check} says nothing of {account}"
            );
        }
    }
}

/// Whether a check judges the organization, as a whole or what it has.
fn of_organization(report: &Report, check: &str) -> bool {
    let checks = report.0["checks"].as_array().unwrap();
    let info = checks.iter().find(|info| info["id"] == check).unwrap();
    let judged = info["reads"][0].as_str().unwrap_or_default();
    info["scope"] == "organization"
        || info["scope"] == "resource" && judged.starts_with("AWS::Organizations::")
}

/// Every type that a collector produces, and the one that the built-in checks have from Cloud Control.
fn everything() -> blastwall_collect::Request {
    blastwall_collect::Request {
        types: blastwall_collect::types()
            .into_iter()
            .chain(["AWS::SecurityHub::Hub"])
            .map(str::to_owned)
            .collect(),
        tags: true,
        regions: None,
    }
}

/// Every action that any collector declares, but for those that bring tags alone.
fn declared_actions() -> impl Iterator<Item = &'static str> {
    let request = blastwall_collect::Request {
        tags: false,
        ..everything()
    };
    blastwall_collect::actions(&request).into_iter()
}

/// What is refused may turn a verdict into unknown and take a resource away, but never into a pass.
#[test]
fn no_single_denial_makes_a_pass() {
    let verdicts = |report: &Report| -> BTreeMap<(String, String, String), String> {
        let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or("").to_owned();
        report
            .findings()
            .iter()
            .map(|finding| {
                let key = (
                    text(finding, "check"),
                    text(finding, "account"),
                    text(finding, "resource"),
                );
                (key, text(finding, "verdict"))
            })
            .collect()
    };
    let judge = |simulation: &Simulation| {
        let accounts = ["--account", DEV_SHOP, "--account", MARKETING_WEB];
        let rest = ["--no-blast-radius"];
        verdicts(&scan(simulation, &[&accounts[..], &rest[..]].concat()))
    };
    let before = judge(&Simulation::example());
    let mut tried = 0;
    for action in declared_actions() {
        for (key, verdict) in judge(&Simulation::faulty([refused(action)])) {
            let was = before.get(&key).map_or("nothing", String::as_str);
            assert!(
                verdict != "pass" || was == "pass",
                "{key:?} passes without {action}; it was {was}"
            );
        }
        tried += 1;
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn credentials_that_aws_does_not_accept() {
    let simulation = Simulation::example();
    let unknown = simulation
        .auditor()
        .credentials("AKIANOBODYNOBODY0000", "x");
    let run = unknown.run(["scan"]).exits(3);
    assert!(run.stdout.is_empty());
    let _ = run.says(&["InvalidClientTokenId", "hint: ", "access key"]);
    let wrong = simulation
        .auditor()
        .variable("AWS_SECRET_ACCESS_KEY", "wrong");
    let _ = wrong
        .run(["accounts"])
        .exits(3)
        .says(&["SignatureDoesNotMatch", "hint: "]);
}

#[test]
fn credentials_that_have_expired() {
    let hours = Arc::new(AtomicI64::new(0));
    let ahead = Arc::clone(&hours);
    let simulation = Simulation::with(&example().join("organization"), |options| {
        options.clock = Clock::new(move || {
            Timestamp::now() + SignedDuration::from_hours(ahead.load(Ordering::Relaxed))
        });
    });
    let caller = isolated(
        &simulation.endpoint(),
        "us-east-1",
        Credentials::new(KEY, SECRET, None, None, "test"),
    );
    let session = Runtime::new().unwrap().block_on(
        aws_sdk_sts::Client::new(&caller)
            .assume_role()
            .role_arn(format!("arn:aws:iam::{PROD_SHOP}:role/BlastwallAudit"))
            .role_session_name("test")
            .external_id(EXTERNAL_ID)
            .send(),
    );
    let session = session.unwrap().credentials.unwrap();
    let program = simulation
        .auditor()
        .credentials(session.access_key_id(), session.secret_access_key())
        .variable("AWS_SESSION_TOKEN", session.session_token());
    hours.store(2, Ordering::Relaxed);
    let run = program.run(["scan"]).exits(3);
    let _ = run.says(&[
        "the AWS credentials have expired",
        "ExpiredToken",
        "hint: ",
        "aws sso login",
    ]);
}

#[test]
fn a_role_that_nobody_has_is_a_line_for_each_account() {
    let simulation = Simulation::example();
    let report = scan(&simulation, &["--role", "NoSuchRole"]);
    assert_eq!(
        report.entered(),
        [MANAGEMENT],
        "the caller's own account needs no role"
    );
    let refused = &report.account(PROD_SHOP)["access"];
    assert_eq!(refused["status"], "refused");
    assert!(
        refused["answer"].as_str().unwrap().contains("AccessDenied"),
        "{refused}"
    );
    let wrong = scan(
        &simulation,
        &["--external-id", "guess", "--account", "prod-*"],
    );
    assert!(wrong.entered().is_empty());
    let right = scan(
        &simulation,
        &["--external-id", EXTERNAL_ID, "--account", "prod-*"],
    );
    assert_eq!(right.entered(), [PROD_SHOP, PROD_PAYMENTS]);
}
