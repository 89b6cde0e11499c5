//! Users and groups of Identity Center, live (`workforce.py`): what they are assigned, directly and by groups.

use std::collections::BTreeSet;

use blastwall_tests::{Blastwall, Moto};
use serde_json::Value;

use crate::reach::{build, falls, program};

#[test]
fn the_workforce_has_what_it_is_assigned() {
    let moto = Moto::start(&[]);
    let ids = build(&moto, "workforce.py");
    let program = program(&moto);
    let role = |account: &str, set: &str| {
        format!(
            "principal arn:aws:iam::{}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{set}_0123456789abcdef",
            ids[account].as_str().unwrap()
        )
    };
    let certain = |start: &str| -> BTreeSet<String> {
        let fallen = falls(&program, start).into_iter();
        fallen
            .filter(|(subject, certainty)| {
                subject.starts_with("principal") && certainty == "certain"
            })
            .map(|(subject, _)| subject)
            .collect()
    };
    let (ops, develop) = (role("prod", "Ops"), role("dev", "Develop"));
    assert_eq!(
        certain("alice"),
        BTreeSet::from([ops.clone(), develop.clone()])
    );
    assert_eq!(certain("Bob"), BTreeSet::from([ops.clone()]));
    assert_eq!(certain("Operators"), BTreeSet::from([ops.clone()]));
    assert_eq!(
        certain(ids["operators"].as_str().unwrap()),
        BTreeSet::from([ops.clone()])
    );

    let helpdesk = falls(&program, "arn:aws:iam::123456789012:role/helpdesk");
    assert_eq!(helpdesk.get(&ops).map(String::as_str), Some("conditional"));
    assert_eq!(helpdesk.get(&develop), None, "a user is no group to join");

    let run = program.run(["blast-radius", "carol", "--region", "us-east-1"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("nothing is assigned"), "{}", run.stderr);

    a_confined_scan_says_that_it_did_not_hear_of_it(&program, ids["dev"].as_str().unwrap());
}

/// A scan that leaves out who may ask must not look as if nobody were assigned anything; nor may what it saves.
fn a_confined_scan_says_that_it_did_not_hear_of_it(program: &Blastwall, dev: &str) {
    const CHECK: [&str; 5] = ["scan", "--check", "iam-root-mfa", "-o", "json"];
    let scan = |more: &[&str]| {
        // moto has thirty-eight regions.
        let one = ["--region", "us-east-1"];
        let run = program.run(CHECK.iter().chain(&one).chain(more)).exits(0);
        run.report().0["problems"].to_string()
    };
    let whole = scan(&[]);
    assert!(!whole.contains("Identity Center"), "{whole}");

    let saved = program.directory().join("saved");
    let saved = saved.to_str().unwrap();
    let alone = scan(&["--account", dev, "--save", saved]);
    let unheard = "NotAsked: nobody but 123456789012 may ask, and the filters leave that out";
    assert!(alone.contains(unheard), "{alone}");
    let read = program.run(["blast-radius", dev, "--from", saved, "-o", "json"]);
    let answer: Value = serde_json::from_str(&read.exits(0).stdout).unwrap();
    let unseen = answer["unseen"].to_string();
    assert!(unseen.contains(unheard), "{unseen}");
}
