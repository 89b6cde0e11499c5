//! What is saved is judged as it was when it was seen: the same report and the same exit code.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeSet;

use blastwall_sim::Fault;
use blastwall_tests::{Blastwall, Report, Run, Simulation, assert_same, example};
use serde_json::Value;

/// What two reports on the same facts share; the rest is who asked and how long it took.
const PARTS: [&str; 9] = [
    "organization",
    "summary",
    "environments",
    "accounts",
    "checks",
    "findings",
    "coverage",
    "blast_radius",
    "problems",
];

/// Scans live and saves, then scans what was saved, with the same arguments.
fn twice(simulation: &Simulation, arguments: &[&str]) -> (Run, Run) {
    let scan = |program: &Blastwall, option: &str, directory: &str| {
        let own = ["scan", "-o", "json", option, directory];
        program.run(own.iter().chain(arguments))
    };
    let program = simulation.auditor();
    let live = scan(&program, "--save", "today");
    let today = program.directory().join("today");
    let offline = Blastwall::new()
        .argument("--config")
        .argument(example().join("blastwall.toml"));
    let stored = scan(&offline, "--from", today.to_str().unwrap());
    (live, stored)
}

fn agree(live: &Run, stored: &Run) -> Report {
    assert_eq!(live.code, stored.code, "{}\n{}", live.stderr, stored.stderr);
    let (live, stored) = (live.report(), stored.report());
    for part in PARTS {
        assert_same(&live.0[part], &stored.0[part]);
    }
    live
}

#[test]
fn what_is_saved_is_judged_the_same() {
    let (live, stored) = twice(&Simulation::example(), &[]);
    agree(&live, &stored);
    assert_eq!(live.code, 0);
}

#[test]
fn what_could_not_be_seen_of_the_organization_is_saved() {
    // Nothing of this account fails or is unknown, so that the organization alone decides.
    let quiet = [
        "--check",
        "iam-root-mfa",
        "--account",
        "prod-payments",
        "--no-blast-radius",
        "--fail-on",
        "low",
    ];
    let (live, stored) = twice(&Simulation::example(), &quiet);
    agree(&live, &stored);
    assert_eq!(live.code, 0, "{}", live.stderr);

    for action in [
        "organizations:DescribeOrganization",
        "organizations:ListRoots",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListPolicies",
        "organizations:ListTargetsForPolicy",
        "organizations:DescribePolicy",
        "organizations:ListTagsForResource",
    ] {
        let simulation = Simulation::faulty([Fault::new(action, "AccessDeniedException", 400)]);
        let (live, stored) = twice(&simulation, &quiet);
        let report = agree(&live, &stored);
        assert_eq!(live.code, 4, "{action}: {}", live.stderr);
        let gaps = report.0["organization"]["gaps"].to_string();
        assert!(gaps.contains(action), "{gaps}");
    }
    let simulation = Simulation::faulty(
        [
            "organizations:ListTargetsForPolicy",
            "organizations:ListTagsForResource",
        ]
        .map(|action| Fault::new(action, "AccessDeniedException", 400)),
    );
    let (live, stored) = twice(&simulation, &[]);
    agree(&live, &stored);
}

#[test]
fn why_one_account_was_scanned_is_saved() {
    let simulation = Simulation::with(&example().join("organization"), |options| {
        options.callers[0].principal = "arn:aws:sts::333344445555:assumed-role/BlastwallAudit/me"
            .parse()
            .unwrap();
    });
    let (live, stored) = twice(&simulation, &["--fail-on", "critical"]);
    let report = agree(&live, &stored);
    let problems = report.0["problems"].to_string();
    assert!(problems.contains("delegated administrator"), "{problems}");
}

#[test]
fn what_was_not_collected_then_does_not_pass_now() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let _ = program
        .run(
            [
                "scan",
                "--check",
                "ec2-volume-encryption",
                "--no-blast-radius",
            ]
            .into_iter()
            .chain(["--region", "eu-west-1", "--save", "narrow"]),
        )
        .exits(0);
    let narrow = program.directory().join("narrow");
    let narrow = narrow.to_str().unwrap();
    let offline = Blastwall::new();
    let same = [
        "scan",
        "-o",
        "json",
        "--from",
        narrow,
        "--check",
        "ec2-volume-encryption",
    ];
    let report = offline
        .run([&same[..], &["--no-blast-radius"]].concat())
        .exits(0)
        .report();
    assert_eq!(report.0["filters"]["regions"][0], "eu-west-1");
    assert!(verdicts(&report).contains("pass"));

    let other = [
        "scan",
        "-o",
        "json",
        "--from",
        narrow,
        "--check",
        "s3-bucket-tls",
        "--fail-on",
        "low",
    ];
    let report = offline.run(other).exits(4).report();
    assert_eq!(verdicts(&report), ["unknown"].into());
    for finding in report.0["findings"].as_array().unwrap() {
        assert!(
            finding["message"]
                .as_str()
                .unwrap()
                .contains("NotCollected")
        );
    }
}

fn verdicts(report: &Report) -> BTreeSet<&str> {
    let findings = report.0["findings"].as_array().unwrap();
    let verdicts = findings.iter().map(|finding| &finding["verdict"]);
    verdicts.map(|verdict| verdict.as_str().unwrap()).collect()
}

#[test]
fn assignments_that_a_confined_scan_did_not_find_are_not_taken_for_none() {
    let simulation = Simulation::example();
    let program = simulation.auditor();
    let scan = ["scan", "--check", "iam-root-mfa", "-o", "json"];
    let narrow = ["--region", "eu-west-1", "--save", "narrow"];
    let live = program.run([&scan[..], &narrow[..]].concat());
    let problems = live.exits(0).report().0["problems"].to_string();
    let why = "NotFound: Identity Center lives in one region, and no instance of it was seen in eu-west-1";
    assert!(problems.contains(why), "{problems}");
    let question = ["blast-radius", "777788889999", "-o", "json"];
    let stored = program.run([&question[..], &["--from", "narrow"]].concat());
    let answer: Value = serde_json::from_str(&stored.exits(0).stdout).unwrap();
    assert!(answer["unseen"].to_string().contains(why), "{answer:#}");

    // Single requests do not hang on it.
    let who = "arn:aws:iam::777788889999:role/BlastwallAudit";
    let can = program.run(["can", who, "s3:ListAllMyBuckets", "*", "--from", "narrow"]);
    assert!(can.exits(0).stdout.starts_with("Allowed"));
}
