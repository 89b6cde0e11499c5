//! The blast radius of an organization that boto3 builds (`reach.py`), live; worked out by hand.

use std::collections::BTreeMap;
use std::process::Command;

use blastwall_tests::{Blastwall, Moto};
use serde_json::Value;

/// What a script next to this file builds in a moto; what it prints of it.
pub(crate) fn build(moto: &Moto, script: &str) -> Value {
    let script = format!("{}/moto/{script}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(Moto::python())
        .args([&script, moto.endpoint()])
        // Nothing is left in the source.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The program, pointed at a moto with the credentials of the management account.
pub(crate) fn program(moto: &Moto) -> Blastwall {
    Blastwall::new()
        .variable("AWS_ENDPOINT_URL", moto.endpoint())
        .variable("AWS_REGION", "us-east-1")
        .credentials("AKIAIOSFODNN7EXAMPLE", "secret")
}

/// What falls with a start, how surely: subjects by ARN or id.
pub(crate) fn falls(program: &Blastwall, start: &str) -> BTreeMap<String, String> {
    // moto has thirty-eight regions, each with images of its own to make up at first sight.
    let run = program.run(["blast-radius", start, "--region", "us-east-1", "-o", "json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let facts = answer["facts"].as_array().unwrap().iter();
    facts
        .map(|fact| {
            let subject = &fact["subject"];
            let name = ["arn", "id"].iter().find_map(|key| subject[key].as_str());
            let kind = subject["kind"].as_str().unwrap();
            let certainty = fact["certainty"].as_str().unwrap().to_owned();
            (format!("{kind} {}", name.unwrap_or_default()), certainty)
        })
        .collect()
}

#[test]
fn what_falls_live_is_what_was_worked_out() {
    let moto = Moto::start(&[]);
    let ids = build(&moto, "reach.py");
    let id = |name: &str| ids[name].as_str().unwrap().to_owned();
    let (dev, prod) = (id("dev"), id("prod"));
    let program = program(&moto);
    let principal = |account: &str, name: &str| format!("arn:aws:iam::{account}:{name}");

    let of_dev = falls(&program, &dev);
    let database = format!("arn:aws:ec2:us-east-1:{prod}:instance/{}", id("database"));
    for (subject, certainty) in [
        (format!("account {prod}"), "certain"),
        (
            format!("principal {}", principal(&prod, "role/deploy")),
            "certain",
        ),
        ("data arn:aws:s3:::shop-orders".to_owned(), "certain"),
        (format!("network {database}"), "certain"),
        // Who has the account has what runs in it.
        (format!("workload {database}"), "certain"),
    ] {
        assert_eq!(
            of_dev.get(&subject).map(String::as_str),
            Some(certainty),
            "{subject}"
        );
    }

    let host = format!("arn:aws:ec2:us-east-1:{dev}:instance/{}", id("host"));
    let leaflets = "arn:aws:s3:::shop-leaflets";
    let project = format!("arn:aws:codebuild:us-east-1:{dev}:project/site");
    let function = format!("arn:aws:lambda:us-east-1:{dev}:function:shop");
    for (start, expected) in [
        (
            principal(&dev, "user/ann"),
            vec![(principal(&dev, "role/function"), "principal", "certain")],
        ),
        (principal(&dev, "user/bob"), vec![]),
        (
            principal(&dev, "role/reader"),
            vec![
                ("arn:aws:s3:::shop-orders".to_owned(), "data", "certain"),
                (leaflets.to_owned(), "data", "certain"),
            ],
        ),
        (
            "acme/shop".to_owned(),
            // Inside its own account a role needs no leave to read what is public.
            vec![
                (principal(&prod, "role/pipeline"), "principal", "certain"),
                (leaflets.to_owned(), "data", "certain"),
            ],
        ),
        (
            "anyone".to_owned(),
            vec![(leaflets.to_owned(), "data", "certain")],
        ),
        (
            principal(&dev, "role/coder"),
            vec![
                (function, "workload", "conditional"),
                (principal(&dev, "role/function"), "principal", "conditional"),
            ],
        ),
        (
            principal(&dev, "role/starter"),
            vec![
                (project, "workload", "certain"),
                (principal(&dev, "role/builds"), "principal", "certain"),
            ],
        ),
        (
            host,
            vec![
                (database.clone(), "network", "certain"),
                (database, "workload", "speculative"),
            ],
        ),
    ] {
        let mut fallen = falls(&program, &start);
        fallen.retain(|subject, _| !subject.ends_with(&start) && !subject.starts_with("outside"));
        let expected: BTreeMap<String, String> = expected
            .into_iter()
            .map(|(arn, kind, certainty)| (format!("{kind} {arn}"), certainty.to_owned()))
            .collect();
        assert_eq!(fallen, expected, "{start}");
    }
}
