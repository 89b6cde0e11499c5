//! Generates a large organization and measures what the graph costs.
//!
//! ```text
//! cargo run --release -p blastwall-blast --example large -- 1000 200
//! ```
//!
//! The arguments are accounts and roles per account. The roles are shaped like those of a real
//! organization: most trust a service and may not assume anything, some trust their own account,
//! a few are entered from a tooling account, and each account has an administrator that the
//! management account enters, and one role that trusts the whole organization.

use std::io::Write;
use std::time::{Duration, Instant};

use blastwall_blast::{Environment, Facts, Graph};
use blastwall_model::{AccountId, Document};
use serde_json::{Value, json};

const MANAGEMENT: &str = "100000000000";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let accounts: u64 = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let roles: u64 = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let mut output = std::io::stdout().lock();

    let mut facts = Facts::new();
    let mut taken = Duration::ZERO;
    facts.add_organization(&documents(&organization(accounts))?);
    for account in 0..accounts {
        let id: AccountId = id(account).parse()?;
        let environment = if account % 3 == 0 { "prod" } else { "dev" };
        let documents = documents(&resources(account, roles))?;
        let start = Instant::now();
        facts.add_account(&id, Environment::new(environment, 1.0), &documents);
        taken += start.elapsed();
    }
    writeln!(output, "facts   {taken:>8.2?}  {}", memory())?;

    let start = Instant::now();
    let graph = Graph::build(facts);
    writeln!(
        output,
        "graph   {:>8.2?}  {}  {:?}",
        start.elapsed(),
        memory(),
        graph.size()
    )?;

    let start = Instant::now();
    let survey = graph.survey();
    let reaches: usize = survey.accounts.iter().map(|account| account.reached).sum();
    writeln!(
        output,
        "survey  {:>8.2?}  {}  {reaches} pairs of accounts, {} crossings",
        start.elapsed(),
        memory(),
        survey.crossings.len()
    )?;

    let start = Instant::now();
    let everything = graph.radius(&[graph.find(MANAGEMENT)?])?;
    writeln!(
        output,
        "radius  {:>8.2?}  {} facts from the management account",
        start.elapsed(),
        everything.facts.len()
    )?;
    Ok(())
}

/// The most memory that the process held so far, where Linux tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.unwrap_or("?").trim().to_owned()
}

fn id(account: u64) -> String {
    format!("{:012}", 100_000_000_000 + account)
}

fn documents(values: &[Value]) -> Result<Vec<Document>, blastwall_model::DocumentError> {
    values
        .iter()
        .map(|value| Document::parse(&value.to_string()))
        .collect()
}

fn organization(accounts: u64) -> Vec<Value> {
    let document = |kind: &str, name: &str, config: Value| {
        json!({"type": format!("AWS::Organizations::{kind}"), "account": MANAGEMENT,
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:{kind}/o-large/{name}"),
            "config": config})
    };
    let mut all = vec![document(
        "Organization",
        "o-large",
        json!({"Id": "o-large", "RootId": "r-root", "FeatureSet": "ALL",
            "ManagementAccountId": MANAGEMENT}),
    )];
    for unit in 0..10 {
        let unit = format!("ou-{unit}");
        all.push(document(
            "OrganizationalUnit",
            &unit,
            json!({"Id": unit, "ParentId": "r-root"}),
        ));
    }
    all.push(document(
        "Policy",
        "p-leave",
        json!({"Id": "p-leave", "Name": "guard", "Type": "SERVICE_CONTROL_POLICY",
            "TargetIds": ["r-root"],
            "Content": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"},
                {"Effect": "Deny", "Action": ["iam:CreateUser", "iam:CreateAccessKey"], "Resource": "*"}]}}),
    ));
    for account in 0..accounts {
        let id = id(account);
        all.push(document(
            "Account",
            &id,
            json!({"AccountId": id, "AccountName": format!("account-{account}"),
                "ParentIds": [format!("ou-{}", account % 10)]}),
        ));
    }
    all
}

fn policy(statement: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn trust(principal: Value) -> Value {
    policy(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}))
}

fn resources(account: u64, roles: u64) -> Vec<Value> {
    let own = id(account);
    let role = |name: String, trust: Value, policies: Vec<Value>| {
        let policies: Vec<Value> = policies
            .into_iter()
            .map(|document| json!({"PolicyName": "inline", "PolicyDocument": document}))
            .collect();
        json!({"type": "AWS::IAM::Role", "account": own,
            "arn": format!("arn:aws:iam::{own}:role/{name}"),
            "config": {"RoleName": name, "AssumeRolePolicyDocument": trust, "Policies": policies}})
    };
    let allow = |action: &str, resource: &str| {
        policy(json!({"Effect": "Allow", "Action": action, "Resource": resource}))
    };
    let root = |id: &str| json!({"AWS": format!("arn:aws:iam::{id}:root")});
    let tooling = id(account - account % 20);
    let mut all = vec![
        role(
            "OrganizationAccountAccessRole".to_owned(),
            trust(root(MANAGEMENT)),
            vec![allow("*", "*")],
        ),
        role(
            "shared-reader".to_owned(),
            policy(
                json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-large"}}}),
            ),
            vec![allow("s3:Get*", "*")],
        ),
    ];
    for index in 0..roles.saturating_sub(2) {
        let name = format!("role-{index}");
        all.push(match index % 20 {
            0 => role(
                name,
                trust(json!({"AWS": format!("arn:aws:iam::{tooling}:role/role-1")})),
                vec![allow("ec2:*", "*")],
            ),
            1 => role(
                name,
                trust(json!({"Service": "codebuild.amazonaws.com"})),
                vec![allow("sts:AssumeRole", "arn:aws:iam::*:role/role-*")],
            ),
            2..=4 => role(
                name,
                trust(root(&own)),
                vec![allow(
                    "s3:*",
                    &format!("arn:aws:s3:::bucket-{account}-{index}/*"),
                )],
            ),
            5 => role(
                name,
                trust(json!({"Service": "lambda.amazonaws.com"})),
                vec![allow(
                    "sts:AssumeRole",
                    &format!("arn:aws:iam::{own}:role/role-2"),
                )],
            ),
            _ => role(
                name,
                trust(json!({"Service": "lambda.amazonaws.com"})),
                vec![allow(
                    "dynamodb:*",
                    &format!("arn:aws:dynamodb:*:{own}:table/t-{index}"),
                )],
            ),
        });
    }
    all
}
