//! The policy engine as its users ask it: cases, policies, and questions about what was scanned.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use blastwall_tests::{Blastwall, Run, example};
use serde_json::{Value, json};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../plugin-sdk/policy/tests/data")
        .join(name)
}

/// Runs it with something on standard input.
fn run_with(arguments: &[&str], input: &[u8]) -> Run {
    let program = Blastwall::new();
    let mut child = program
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // Where it has seen enough, it need not read the rest.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn lines(run: &Run) -> Vec<Value> {
    run.stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn known_cases_are_decided_as_known() {
    for name in ["iam-cases.json", "more-cases.json"] {
        let path = data(name);
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let cases = file["cases"].as_array().unwrap();
        let whole = Blastwall::new()
            .run(["policy", "decide", path.to_str().unwrap()])
            .exits(0);
        let by_line: String = cases.iter().map(|case| format!("{case}\n")).collect();
        let streamed = run_with(&["policy", "decide"], by_line.as_bytes()).exits(0);
        assert_eq!(whole.stdout, streamed.stdout);
        let answers = lines(&whole);
        assert_eq!(answers.len(), cases.len());
        for (answer, case) in answers.iter().zip(cases) {
            assert_eq!(answer["id"], case["id"]);
            assert_eq!(answer["kind"], case["expect_kind"], "{answer}");
            assert!(answer["reason"].is_string(), "{answer}");
        }
    }
}

#[test]
fn malformed_cases_are_errors_in_their_place() {
    let case = json!({"id": "good", "team": "x", "request": {"principal": "111111111111",
        "action": "s3:ListAllMyBuckets", "resource": "*", "resource_account": "111111111111"}});
    let input = format!("{case}\nnonsense\n\n{{\"id\": 2, \"requst\": {{}}}}\n\u{1b}\n{case}");
    let run = run_with(&["policy", "decide", "-"], input.as_bytes()).exits(3);
    let run = run.says(&["3 of 5 cases could not be read"]);
    let answers = lines(&run);
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[0]["decision"], "allow");
    assert_eq!(answers[0]["ignored"], json!(["team"]));
    assert!(answers[1]["error"].as_str().unwrap().contains("not JSON"));
    assert_eq!(
        answers[2],
        json!({"id": "2", "error": "unknown field `requst`; did you mean `request`?"})
    );
    assert!(answers[3]["error"].is_string());
    assert_eq!(answers[4], answers[0]);
    assert_eq!(run_with(&["policy", "decide"], b"").exits(0).stdout, "");
    let _ = Blastwall::new()
        .run(["policy", "decide", "nowhere.json"])
        .exits(2)
        .says(&["nowhere.json"]);
}

/// A case on a line of its own is answered before the next one comes.
#[test]
fn cases_are_answered_as_they_come() {
    use std::io::{BufRead, BufReader};
    let case = json!({"id": "a", "request": {"principal": "111111111111",
        "action": "s3:ListAllMyBuckets", "resource": "*", "resource_account": "111111111111"}});
    let program = Blastwall::new();
    let mut child = program
        .command(["policy", "decide"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..2 {
        writeln!(stdin, "{case}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains(r#""id":"a""#), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

const BUCKET_POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
    {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "PutObject", "Resource": "arn:aws:s3:::b/*"}
  ]
}"#;

#[test]
fn a_policy_is_explained() {
    let program = Blastwall::new();
    program.file("policy.json", BUCKET_POLICY);
    let explain = [
        "policy",
        "explain",
        "policy.json",
        "--account",
        "111111111111",
    ];
    let text = program.run(explain).exits(0).stdout;
    for part in [
        "policy.json is a policy of a resource",
        "statement 1 `Read`, line 4: Lets anyone do s3:GetObject",
        "account 222222222222, outside the account",
        "danger: It lets anyone in",
        "It does not require TLS",
        "--> policy.json:5:63",
        "^^^^^^^^ expected `*` or `service:action`",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let json = program.run(explain.iter().chain(&["-o", "json"])).exits(0);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["kind"], "resource");
    assert_eq!(json["lets_in"][0]["who"], "anyone");
    assert_eq!(json["safeguards"]["tls"], false);
    assert_eq!(json["misfits"][0]["pointer"], "/Statement/1/Action");
    assert_eq!(
        (&json["misfits"][0]["line"], &json["misfits"][0]["column"]),
        (&json!(5), &json!(63))
    );

    let identity =
        br#"{"Statement":{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}}"#;
    let text = run_with(&["policy", "explain", "-"], identity)
        .exits(0)
        .stdout;
    assert!(text.contains("a way to more permissions"), "{text}");
}

#[test]
fn a_malformed_policy_is_shown_where_it_is_wrong() {
    let program = Blastwall::new();
    program.file("policy.json", BUCKET_POLICY.replacen("Effect", "Efect", 1));
    let run = program.run(["policy", "explain", "policy.json"]).exits(2);
    let run = run.says(&[
        "/Statement/0/Efect",
        "policy.json:4:21",
        "^^^^^^^",
        "unknown element",
    ]);
    assert_eq!(run.stdout, "");
    let broken = b"{\"Statement\": [\n  \x1b[31m]}";
    let run = run_with(&["policy", "explain", "-"], broken).exits(2);
    let run = run.says(&["<standard input>:2:", "not JSON"]);
    assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    let _ = Blastwall::new()
        .run(["policy", "explain", "no.json"])
        .exits(2);
}

/// What the policy says cannot act on the terminal.
#[test]
fn what_a_policy_says_is_escaped() {
    let policy = br#"{"Statement":{"Sid":"\u001b[2J","Effect":"Allow","Action":"s3:\u202eteG","Resource":"*"}}"#;
    let text = run_with(&["policy", "explain", "-"], policy)
        .exits(0)
        .stdout;
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    assert!(text.contains(r"\u{1b}[2J"), "{text}");
}

fn can(arguments: &[&str]) -> Run {
    let from = example().join("organization");
    let from = ["--from", from.to_str().unwrap()];
    Blastwall::new().run(["can"].iter().chain(arguments).chain(&from))
}

fn answer(arguments: &[&str], code: i32) -> Value {
    let json: Vec<&str> = arguments.iter().copied().chain(["-o", "json"]).collect();
    serde_json::from_str(&can(&json).exits(code).stdout).unwrap()
}

fn contains(list: &Value, part: &str) -> bool {
    let list = list.as_array().unwrap();
    list.iter()
        .any(|text| text.as_str().unwrap().contains(part))
}

const ASSUME: &str = "sts:AssumeRole";

#[test]
fn allowed_across_accounts_by_role_and_trust() {
    let deploy = "arn:aws:iam::444455556666:role/deploy";
    let question = ["arn:aws:iam::888899990000:role/ci-runner", ASSUME, deploy];
    let answer = answer(&question, 0);
    assert_eq!(answer["verdict"], "allowed");
    assert_eq!(answer["statement"]["sid"], "Deploy");
    assert_eq!(answer["gaps"], json!([]));
    let text = can(&question).exits(0).stdout;
    assert!(text.starts_with("Allowed: "), "{text}");
    assert!(text.contains("trust policy: allows"), "{text}");
    // Its sessions are let in as the role is.
    let session = "arn:aws:sts::888899990000:assumed-role/ci-runner/build-7";
    let answer = self::answer(&[session, ASSUME, deploy], 0);
    assert!(contains(&answer["assumptions"], "session policies"));
}

#[test]
fn denied_by_a_service_control_policy() {
    let answer = answer(
        &[
            "arn:aws:iam::999900001111:role/qa-automation",
            ASSUME,
            "arn:aws:iam::555566667777:role/payments-support",
        ],
        1,
    );
    assert_eq!(answer["verdict"], "denied");
    assert_eq!(
        answer["statement"]["policy"],
        "TestStaysOutOfProd (p-teststay)"
    );
    assert_eq!(answer["statement"]["index"], 0);
    assert_eq!(answer["statement"]["sid"], "NoProdRoles");
}

#[test]
fn denied_by_a_resource_control_policy() {
    // The trust asks for no more than an external id, and the account is a stranger's.
    let answer = answer(
        &[
            "686868909090",
            "sts:TagSession",
            "arn:aws:iam::232323454545:role/VendorSeo",
        ],
        1,
    );
    assert_eq!(answer["verdict"], "denied");
    let answer = self::answer(
        &[
            "arn:aws:iam::686868909090:user/seo",
            ASSUME,
            "arn:aws:iam::232323454545:role/VendorSeo",
        ],
        1,
    );
    assert_eq!(
        answer["statement"]["policy"],
        "OrganizationIdentities (p-identity)"
    );
    assert!(contains(&answer["gaps"], "not of this organization"));
}

#[test]
fn denied_by_a_permissions_boundary() {
    let carlos = "arn:aws:iam::777788889999:user/carlos";
    let answer = answer(&[carlos, "iam:CreateUser", "*"], 1);
    assert_eq!(answer["statement"]["sid"], "NoIdentities");
    assert!(
        answer["reason"]
            .as_str()
            .unwrap()
            .contains("permissions boundary")
    );
    let uploads = "arn:aws:s3:::anycompany-dev-uploads/x";
    assert_eq!(
        self::answer(&[carlos, "s3:PutObject", uploads], 0)["verdict"],
        "allowed"
    );
}

#[test]
fn denied_for_want_of_a_key_that_can_be_given() {
    let question = [
        "arn:aws:iam::555566667777:user/oncall",
        ASSUME,
        "arn:aws:iam::555566667777:role/PaymentsOnCall",
    ];
    let without = answer(&question, 1);
    assert!(contains(
        &without["depends_on"],
        "aws:MultiFactorAuthPresent"
    ));
    let given = ["--context", "aws:MultiFactorAuthPresent=true"];
    let with: Vec<&str> = question.iter().chain(&given).copied().collect();
    assert_eq!(answer(&with, 0)["verdict"], "allowed");
}

#[test]
fn a_region_that_is_not_known_leaves_it_open() {
    let judy = "arn:aws:iam::999900001111:user/judy";
    let open = answer(&[judy, "ec2:RunInstances", "*"], 4);
    assert!(contains(&open["gaps"], "aws:RequestedRegion"));
    for (region, code) in [("eu-west-1", 0), ("ap-south-1", 1)] {
        let key = format!("aws:RequestedRegion={region}");
        let _ = answer(&[judy, "ec2:RunInstances", "*", "--context", &key], code);
        let instance = format!("arn:aws:ec2:{region}:999900001111:instance/i-1");
        let _ = answer(&[judy, "ec2:StopInstances", &instance], code);
    }
}

#[test]
fn what_was_not_collected_leaves_it_open() {
    let vault = [
        "arn:aws:iam::012345678901:role/LedgerAdmin",
        "s3:GetObject",
        "arn:aws:s3:::anycompany-ledger-vault/2025",
    ];
    let answer = answer(&vault, 4);
    assert_eq!(answer["verdict"], "undecided");
    assert!(contains(
        &answer["gaps"],
        "AccessDenied: s3:GetBucketPolicy"
    ));
    let text = can(&vault).exits(4).stdout;
    assert!(
        text.contains("Not seen:") && text.contains("by what was seen, allowed"),
        "{text}"
    );

    let key = "arn:aws:kms:eu-west-1:555566667777:key/4691f8be-9f7b-4a43-8ad9-4b5c5d69d56f";
    let sync = "arn:aws:iam::555566667777:role/settlement-sync";
    assert!(contains(
        &self::answer(&[sync, "kms:Decrypt", key], 4)["gaps"],
        "not collected"
    ));
    let nowhere = "arn:aws:s3:::anycompany-nowhere/x";
    assert!(contains(
        &self::answer(&[sync, "s3:GetObject", nowhere], 4)["gaps"],
        "owner"
    ));
    let unlisted = "arn:aws:iam::454545676767:role/legacy";
    assert!(contains(
        &self::answer(&[unlisted, "s3:GetObject", nowhere], 4)["gaps"],
        "SUSPENDED"
    ));
}

#[test]
fn buckets_and_groups() {
    let report = "arn:aws:s3:::anycompany-finance-reports/2026.csv";
    let analyst = "arn:aws:iam::121212343434:role/CostAnalyst";
    let answer = answer(&[analyst, "s3:GetObject", report], 0);
    assert_eq!(answer["resource_account"], "121212343434");
    let developer = "arn:aws:iam::777788889999:role/Developer";
    let dana = "arn:aws:iam::777788889999:user/dana";
    let by_group = self::answer(&[dana, ASSUME, developer], 0);
    assert!(
        by_group["reason"]
            .as_str()
            .unwrap()
            .contains("group Developers")
    );
    // The public policy does not help strangers: the account's switch overrules it.
    let media = "arn:aws:s3:::anycompany-shop-media/x";
    assert_eq!(
        self::answer(&[dana, "s3:GetObject", media], 1)["verdict"],
        "denied"
    );
    // Services are nobody's principals.
    let service = "ec2.amazonaws.com";
    let app = "arn:aws:iam::444455556666:role/shop-app";
    assert_eq!(
        self::answer(&[service, ASSUME, app], 0)["verdict"],
        "allowed"
    );
}

#[test]
fn questions_that_cannot_be_meant_are_usage_errors() {
    let s3 = "s3:GetObject";
    let _ = can(&["arn:aws:iam::777788889999:user/dena", s3, "*"])
        .exits(2)
        .says(&["there is no principal", "did you mean", "user/dana"]);
    let dana = "arn:aws:iam::777788889999:user/dana";
    let _ = can(&[dana, ASSUME, "arn:aws:iam::777788889999:role/Develoer"])
        .exits(2)
        .says(&["there is no role", "role/Developer"]);
    let _ = can(&["dana", s3, "*"])
        .exits(2)
        .says(&["dana", "give the ARN"]);
    let _ = can(&[dana, "GetObject", "*"])
        .exits(2)
        .says(&["service:Action"]);
    let _ = can(&[dana, s3, "bucket"]).exits(2).says(&["ARN"]);
    let _ = can(&[dana, s3, "*", "--context", "mfa"]).exits(2);
    let _ = Blastwall::new()
        .run(["can", dana, s3, "*"])
        .exits(2)
        .says(&["--from", "blastwall scan --save DIR"]);
    let _ = Blastwall::new()
        .run(["can", dana, s3, "*", "--from", "nowhere"])
        .exits(2);
}
