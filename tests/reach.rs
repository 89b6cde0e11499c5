//! Questions about reach, from outside: ways, who can, and what a change would change, on the
//! organizations in `examples/`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::PathBuf;

use blastwall_tests::{Blastwall, Run, example};
use serde_json::{Value, json};

fn organization(name: &str) -> String {
    example().join(name).to_str().unwrap().to_owned()
}

/// Asks about one of the example organizations.
fn ask(name: &str, arguments: &[&str]) -> Run {
    let directory = organization(name);
    let more = ["--from", directory.as_str()];
    Blastwall::new().run(arguments.iter().copied().chain(more))
}

fn answer(name: &str, arguments: &[&str]) -> Value {
    let run = ask(name, &[arguments, &["-o", "json"]].concat());
    serde_json::from_str(&run.exits(0).stdout).unwrap()
}

fn policy(directory: &tempfile::TempDir, name: &str, statement: &Value) -> PathBuf {
    let file = directory.path().join(name);
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    fs::write(&file, document.to_string()).unwrap();
    file
}

#[test]
fn a_way_is_told_step_by_step_with_what_would_stop_it() {
    let ways = answer("reach", &["path", "chain-dev", "chain-prod"]);
    assert_eq!(ways["complete"], true);
    let best = &ways["proofs"][0];
    assert_eq!(best["certainty"], "certain");
    assert_eq!(best["hops"], 2);
    let links: Vec<&str> = best["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["link"].as_str().unwrap())
        .collect();
    assert_eq!(
        links,
        ["assume-role", "assume-role", "account-administrator"]
    );
    assert_eq!(ways["cut"].as_array().unwrap().len(), 1);
    let text = ask("reach", &["path", "chain-dev", "chain-prod"]).exits(0);
    for part in [
        "Way 1",
        "role/runner of chain-test",
        "role/release of chain-prod",
        "trust policy of",
        "The fewest changes: 1 change",
        "--without '200000001001->arn:aws:iam::200000001002:role/runner'",
        "aws:PrincipalOrgID",
    ] {
        assert!(text.stdout.contains(part), "{part}: {}", text.stdout);
    }
    let tried = [
        "path",
        "chain-dev",
        "chain-prod",
        "--without",
        "200000001001->arn:aws:iam::200000001002:role/runner",
    ];
    let run = ask("reach", &tried).exits(1);
    assert!(run.stdout.contains("does not reach"), "{}", run.stdout);
}

const DEV: &str = "111111111111";
const PROD: &str = "222222222222";

/// An organization of its own, of an account for development and one for production with these resources.
fn of_two_accounts(dev: &[Value], prod: &[Value]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let file = |path: &str, lines: &[Value]| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        fs::write(path, lines.join("\n")).unwrap();
    };
    let management = "100000000000";
    let organization = |kind: &str, id: &str, config: Value| {
        json!({"type": format!("AWS::Organizations::{kind}"), "config": config,
            "arn": format!("arn:aws:organizations::{management}:{id}"),
            "observed": {"EnabledServicePrincipals": ["ram.amazonaws.com"]}})
    };
    let account = |id: &str, name: &str| {
        let config = json!({"AccountId": id, "AccountName": name, "ParentIds": ["r-root"]});
        organization("Account", &format!("account/o-1234567890/{id}"), config)
    };
    file(
        "manifest.json",
        &[json!({"format": "blastwall-organization/1"})],
    );
    file(
        "organization.jsonl",
        &[
            organization(
                "Organization",
                "organization/o-1234567890",
                json!({"Id": "o-1234567890", "RootId": "r-root", "FeatureSet": "ALL",
                    "ManagementAccountId": management}),
            ),
            account(management, "management"),
            account(DEV, "pay-dev"),
            account(PROD, "pay-prod"),
        ],
    );
    for (id, documents) in [(management, &[][..]), (DEV, dev), (PROD, prod)] {
        file(&format!("accounts/{id}/resources.jsonl"), documents);
    }
    directory
}

#[test]
fn an_environment_of_one_account_is_reached_by_a_part_of_it() {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{DEV}:root")}, "Action": "sts:AssumeRole"}]});
    let role = json!({"type": "AWS::IAM::Role", "arn": format!("arn:aws:iam::{PROD}:role/report"),
        "account": PROD, "config": {"RoleName": "report", "AssumeRolePolicyDocument": trust}});
    let directory = of_two_accounts(&[], &[role]);
    let from = directory.path().to_str().unwrap();
    let run = |target: &str| Blastwall::new().run(["path", "pay-dev", target, "--from", from]);
    let environment = run("prod").exits(0);
    assert!(
        environment.stdout.contains("to role/report of pay-prod"),
        "{}",
        environment.stdout
    );
    let of_name = run("env:prod").exits(0);
    assert_eq!(
        of_name.stdout,
        environment.stdout.replace("into prod", "into env:prod")
    );
    let json = Blastwall::new()
        .run(["path", "pay-dev", "prod", "--from", from, "-o", "json"])
        .exits(0);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["targets"].as_array().unwrap().len(), 1);
    let cut = json["cut"].as_array().unwrap();
    assert_eq!((cut.len(), &json["cut_is_fewest"]), (1, &json!(true)));
    let whole = run("pay-prod").exits(1);
    assert!(
        whole.stdout.contains("does not fall as a whole"),
        "{}",
        whole.stdout
    );
    let none = ask(
        "reach",
        &["path", "chain-dev", "chain-prod", "--limit", "0"],
    )
    .exits(2);
    assert!(none.stderr.contains("at least 1"), "{}", none.stderr);
}

#[test]
fn no_way_is_said_and_told_by_the_exit_code() {
    let run = ask("reach", &["path", "guardrail-dev", "guardrail-prod"]).exits(1);
    assert!(run.stdout.contains("does not reach"), "{}", run.stdout);
}

#[test]
fn ways_are_drawn() {
    let mermaid = ask(
        "reach",
        &["path", "chain-dev", "chain-prod", "-o", "mermaid"],
    )
    .exits(0);
    assert!(
        mermaid.stdout.starts_with("flowchart LR\n"),
        "{}",
        mermaid.stdout
    );
    assert!(mermaid.stdout.contains("-->|\"assume-role\"|"));
    let dot = ask("reach", &["path", "chain-dev", "chain-prod", "-o", "dot"]).exits(0);
    assert!(dot.stdout.starts_with("digraph ways {"), "{}", dot.stdout);
    assert_eq!(
        dot.stdout.matches('{').count(),
        dot.stdout.matches('}').count()
    );
}

#[test]
fn a_start_may_be_several_things_or_an_environment() {
    let half = ["blast-radius", "arn:aws:iam::200000007001:role/writer"];
    let falls = |answer: &Value| answer["facts"].as_array().unwrap().len();
    assert_eq!(falls(&answer("reach", &half)), 1);
    let both = [&half[..], &["arn:aws:iam::200000007001:role/worker"]].concat();
    assert!(falls(&answer("reach", &both)) > 2);
    let environment = answer("organization", &["blast-radius", "dev"]);
    assert!(
        environment["start"].as_array().unwrap().len() > 1,
        "{environment}"
    );
}

#[test]
fn a_policy_can_be_tried_out() {
    let directory = tempfile::tempdir().unwrap();
    let denies = json!({ "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*" });
    let scp = policy(&directory, "scp.json", &denies);
    let at = format!("{}@200000001001", scp.display());
    let changed = answer("reach", &["blast-radius", "chain-dev", "--with-scp", &at]);
    let gone: Vec<&Value> = changed["changes"].as_array().unwrap().iter().collect();
    assert!(
        gone.iter()
            .any(|change| change["subject"]["id"] == "200000001003"
                && change["before"] == "certain"
                && change["after"].is_null()),
        "{changed}"
    );
    let allows = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let grant = policy(&directory, "grant.json", &allows);
    let bystander = "arn:aws:iam::200000001001:role/bystander";
    let at = format!("{}@{bystander}", grant.display());
    let changed = answer("reach", &["blast-radius", bystander, "--with-policy", &at]);
    assert!(
        changed["changes"].as_array().unwrap().iter().any(|change| {
            change["subject"]["id"] == "200000001001" && change["after"] == "certain"
        }),
        "{changed}"
    );
    let nowhere = format!("{}@ou-none", scp.display());
    let _ = ask("reach", &["blast-radius", "--with-scp", &nowhere])
        .exits(2)
        .says(&["ou-none", "hint: "]);
    let broken = directory.path().join("broken.json");
    fs::write(&broken, "{").unwrap();
    let at = format!("{}@r-root", broken.display());
    let _ = ask("reach", &["blast-radius", "--with-scp", &at])
        .exits(2)
        .says(&["broken.json", "not JSON"]);
}

#[test]
fn a_link_can_be_taken_away() {
    let link = "arn:aws:iam::200000001002:role/runner->arn:aws:iam::200000001003:role/release";
    let start = "arn:aws:iam::200000001001:role/deployer";
    let ask = |more: &[&str]| ask("reach", &[&["path", start, "chain-prod"], more].concat());
    let _ = ask(&[]).exits(0);
    let _ = ask(&["--without", link]).exits(1);
    let _ = ask(&["--without", "chain-dev->chain-prod"])
        .exits(2)
        .says(&["is no link"]);
    let _ = ask(&["--without", "chain-dev"]).exits(2).says(&["`->`"]);
}

#[test]
fn who_can_is_answered_straight_and_at_any_distance() {
    let object = "arn:aws:s3:::reach-data-orders/x";
    let who = answer("reach", &["who-can", "s3:GetObject", object]);
    let straight: Vec<&str> = who["direct"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["principal"].as_str().unwrap())
        .collect();
    assert!(straight.contains(&"arn:aws:iam::200000008002:role/reporter"));
    assert!(straight.contains(&"arn:aws:iam::200000008003:role/app"));
    assert!(!straight.contains(&"arn:aws:iam::200000008001:role/viewer"));
    let reaching = who["reaching"].as_array().unwrap();
    assert!(
        reaching
            .iter()
            .any(|one| one["subject"]["id"] == "200000008002"),
        "{who}"
    );
    // No policy there asks for the address of the caller.
    let told = answer(
        "reach",
        &[
            "who-can",
            "s3:GetObject",
            object,
            "--context",
            "aws:SourceIp=192.0.2.1",
        ],
    );
    assert_eq!(told["direct"], who["direct"]);
    let _ = ask(
        "reach",
        &["who-can", "s3:GetObject", object, "--context", "SourceIp"],
    )
    .exits(2)
    .says(&["a condition key and a value"]);
    let _ = ask("reach", &["who-can", "s3:GetObjekt", object])
        .exits(2)
        .says(&["s3:GetObject"]);
}

#[test]
fn who_can_knows_of_shares_and_of_whole_accounts() {
    let reads = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "logs:FilterLogEvents", "Resource": "*"}]});
    let role = |name: &str, policy: Option<&Value>| {
        let arn = format!("arn:aws:iam::{DEV}:role/{name}");
        let policies = policy.map(|policy| json!({"PolicyName": "own", "PolicyDocument": policy}));
        let trust = json!({"Version": "2012-10-17", "Statement": []});
        json!({"type": "AWS::IAM::Role", "arn": arn, "account": DEV, "config": {"RoleName": name,
            "AssumeRolePolicyDocument": trust, "Policies": Vec::from_iter(policies)}})
    };
    let log = format!("arn:aws:logs:eu-west-1:{PROD}:log-group:app");
    let group = json!({"type": "AWS::Logs::LogGroup", "arn": log, "account": PROD, "region": "eu-west-1",
        "config": {"LogGroupName": "app"}});
    let link = json!({"type": "AWS::Oam::Link", "arn": format!("arn:aws:oam:eu-west-1:{PROD}:link/1"),
        "account": PROD, "region": "eu-west-1", "config": {"ResourceTypes": ["AWS::Logs::LogGroup"],
        "SinkIdentifier": format!("arn:aws:oam:eu-west-1:{DEV}:sink/1")}});
    let authority = format!("arn:aws:acm-pca:eu-west-1:{PROD}:certificate-authority/1");
    let private_ca = json!({"type": "AWS::ACMPCA::CertificateAuthority", "arn": authority, "account": PROD,
        "region": "eu-west-1", "config": {"Type": "SUBORDINATE"}});
    let organization = "arn:aws:organizations::100000000000:organization/o-1234567890";
    let share = json!({"type": "AWS::RAM::ResourceShare", "account": PROD, "region": "eu-west-1",
        "arn": format!("arn:aws:ram:eu-west-1:{PROD}:resource-share/1"),
        "config": {"ResourceArns": [authority], "Principals": [organization]}});
    let issues = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "acm-pca:IssueCertificate", "Resource": "*"}]});
    let viewers = [
        role("viewer", Some(&reads)),
        role("issuer", Some(&issues)),
        role("bystander", None),
    ];
    let directory = of_two_accounts(&viewers, &[group, link, private_ca, share]);
    let from = directory.path().to_str().unwrap();
    let who = |action: &str, resource: &str| -> Value {
        let question = ["who-can", action, resource, "--from", from, "-o", "json"];
        serde_json::from_str(&Blastwall::new().run(question).exits(0).stdout).unwrap()
    };
    let filtering = who("logs:FilterLogEvents", &log);
    let viewer =
        json!([{"principal": format!("arn:aws:iam::{DEV}:role/viewer"), "verdict": "allowed"}]);
    assert_eq!(filtering["direct"], viewer);
    assert_eq!(who("logs:GetLogEvents", &log)["direct"], json!([]));

    let issuing = who("acm-pca:IssueCertificate", &authority);
    let issuer =
        json!([{"principal": format!("arn:aws:iam::{DEV}:role/issuer"), "verdict": "allowed"}]);
    assert_eq!(issuing["direct"], issuer);

    // Nobody is there who can, and whoever has the account makes somebody.
    let instance = format!("arn:aws:ec2:eu-west-1:{PROD}:instance/i-0123456789abcdef0");
    let changing = who("ec2:TerminateInstances", &instance);
    assert_eq!(changing["direct"], json!([]));
    let accounts = changing["reaching"].as_array().unwrap().iter();
    let accounts: Vec<&str> = accounts
        .filter_map(|one| one["subject"]["id"].as_str())
        .collect();
    assert_eq!(accounts, ["100000000000", PROD]);
}

#[test]
fn who_can_tells_what_a_change_would_change() {
    let directory = tempfile::tempdir().unwrap();
    let app = "arn:aws:iam::200000008003:role/app";
    let question = [
        "who-can",
        "s3:GetObject",
        "arn:aws:s3:::reach-data-orders/x",
    ];
    let with = |change: &[&str]| answer("reach", &[&question[..], change].concat());
    let gone =
        json!([{"subject": {"kind": "principal", "arn": app}, "before": "certain", "after": null}]);

    let denies = json!({"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"});
    let scp = policy(&directory, "scp.json", &denies);
    let at = format!("{}@data-prod", scp.display());
    assert_eq!(with(&["--with-scp", &at])["changes"], gone);

    let link = format!("{app}->arn:aws:s3:::reach-data-orders");
    assert_eq!(with(&["--without", &link])["changes"], gone);

    let allows = json!({"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"});
    let grant = policy(&directory, "grant.json", &allows);
    let half = "arn:aws:iam::200000008002:role/half";
    let at = format!("{}@{half}", grant.display());
    let gained = json!([{"subject": {"kind": "principal", "arn": half}, "before": null, "after": "certain"}]);
    assert_eq!(with(&["--with-policy", &at])["changes"], gained);
    assert!(with(&[]).get("changes").is_none());
    // What was given is taken away again by name.
    let link = format!("{half}->arn:aws:s3:::reach-data-orders");
    let both = with(&["--with-policy", &at, "--without", &link]);
    assert_eq!(both["changes"], json!([]));

    // Not only of data.
    let runner = "arn:aws:iam::200000001002:role/runner";
    let link = format!("200000001001->{runner}");
    let assuming = ["who-can", "sts:AssumeRole", runner, "--without", &link];
    let changes = answer("reach", &assuming)["changes"].clone();
    let deployer = "arn:aws:iam::200000001001:role/deployer";
    assert!(
        changes
            .as_array()
            .unwrap()
            .iter()
            .any(|change| { change["subject"]["arn"] == deployer && change["after"].is_null() }),
        "{changes:#}"
    );
}

#[test]
fn advice_weighs_links_and_guardrails() {
    let survey = answer("reach", &["blast-radius", "--advise", "1"]);
    assert_eq!(
        survey["advice"]["improvements"].as_array().unwrap().len(),
        1
    );
    let guardrails = survey["advice"]["guardrails"].as_array().unwrap();
    assert_eq!(guardrails[0]["name"], "NoWayOut (p-fence001)");
    let dev_to_prod = survey["crossings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|crossing| crossing["from"] == "dev" && crossing["to"] == "prod");
    assert!(dev_to_prod.unwrap()["cut"].is_array());
    assert!(!survey["choke_points"].as_array().unwrap().is_empty());
}

#[test]
fn a_repository_is_a_start() {
    let answer = answer("reach", &["blast-radius", "anycompany/web"]);
    let facts = answer["facts"].as_array().unwrap();
    let pipeline = "arn:aws:iam::200000010001:role/pipeline";
    assert!(facts.iter().any(|fact| fact["subject"]["arn"] == pipeline));
    let _ = ask("reach", &["blast-radius", "somebody/else"]).exits(2);

    // What says that it is one is no slip. It gets in where strangers do.
    let stranger = ["blast-radius", "repo:somebody/else", "-o", "json"];
    let run = ask("reach", &stranger).exits(0);
    assert!(run.stderr.contains("named by no policy"), "{}", run.stderr);
    let radius: Value = serde_json::from_str(&run.stdout).unwrap();
    let mut of_anyone = self::answer("reach", &["blast-radius", "anyone"])["facts"].clone();
    let facts = radius["facts"].as_array().unwrap().iter();
    let (own, others): (Vec<&Value>, Vec<&Value>) =
        facts.partition(|fact| fact["subject"]["party"]["repository"] == "somebody/else");
    assert_eq!(own.len(), 1);
    assert_eq!(
        others,
        of_anyone.as_array_mut().unwrap().iter().collect::<Vec<_>>()
    );
    let path = ask("reach", &["path", "repo:somebody/else", "chain-prod"]).exits(1);
    assert!(path.stdout.contains("does not reach"), "{}", path.stdout);
    for no_repository in ["repo:somebody/*", "repo:somebody", "repo:"] {
        let _ = ask("reach", &["blast-radius", no_repository]).exits(2);
    }
}

#[test]
fn parts_of_an_account_that_does_not_fall_are_told() {
    let run = ask("reach", &["path", "chain-dev", "chain-test"]).exits(1);
    for part in ["does not fall as a whole", "role/runner of chain-test"] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
}
