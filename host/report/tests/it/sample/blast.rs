//! The blast radius of the sample: dev reaches prod by a chain of roles.

use blastwall_blast::{Radius, Survey};
use serde_json::{Value, json};

const ROOT: &str = "111111111111";
const PROD: &str = "222222222222";
const LEGACY: &str = "333333333333";
const CI: &str = "444444444444";
const WEB: &str = "555555555555";

fn account(id: &str) -> Value {
    json!({ "kind": "account", "id": id })
}

fn role(account: &str, name: &str) -> Value {
    json!({ "kind": "principal", "arn": format!("arn:aws:iam::{account}:role/{name}") })
}

fn step(link: &str, from: &Value, to: &Value, conditions: Value, evidence: Value) -> Value {
    let certainty = if conditions == json!([]) {
        "certain"
    } else {
        "conditional"
    };
    json!({
        "link": link, "from": [from], "to": to, "certainty": certainty,
        "conditions": conditions, "evidence": evidence,
    })
}

fn own(account_id: &str, name: &str) -> Value {
    step(
        "account-principals",
        &account(account_id),
        &role(account_id, name),
        json!([]),
        json!([]),
    )
}

/// All of ci → role/runner → role/deploy of prod.
fn ci_to_prod() -> Value {
    step(
        "assume-role",
        &role(CI, "runner"),
        &role(PROD, "deploy"),
        json!([]),
        json!([
            {
                "layer": "trust policy", "policy": "role deploy", "statement": "AllowRunner",
                "text": "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::444444444444:role/runner\"},\"Action\":\"sts:AssumeRole\"}",
            },
            {
                "layer": "identity policy", "policy": "inline policy deploy of role runner",
                "statement": "statement 1",
                "text": "{\"Effect\":\"Allow\",\"Action\":\"sts:*\",\"Resource\":\"*\\u001b[2J\"}",
            },
        ]),
    )
}

/// Role web of web-dev → role/runner of ci, if the external id is known.
fn web_to_ci() -> Value {
    step(
        "assume-role",
        &role(WEB, "web"),
        &role(CI, "runner"),
        json!([{ "text": "sts:ExternalId StringEquals \"c-42\"", "attacker_can_set": true }]),
        json!([{
            "layer": "trust policy", "policy": "role runner", "statement": "statement 1",
            "text": "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"555555555555\"},\"Action\":\"sts:AssumeRole\",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"c-42\"}}}",
        }]),
    )
}

/// Role deploy of prod → role/vault beside it, with a second factor.
fn deploy_to_vault() -> Value {
    step(
        "assume-role",
        &role(PROD, "deploy"),
        &role(PROD, "vault"),
        json!([{ "text": "aws:MultiFactorAuthPresent Bool \"true\"", "attacker_can_set": false }]),
        json!([]),
    )
}

fn management(to: &str) -> Value {
    step(
        "management-account",
        &account(ROOT),
        &account(to),
        json!([]),
        json!([]),
    )
}

fn principals(total: u64, certain: u64, conditional: u64) -> Value {
    json!({ "total": total, "certain": certain, "conditional": conditional, "speculative": 0 })
}

fn reached(id: &str, environment: &str, certainty: &str, hops: u32, via: Value) -> Value {
    let whole = matches!(via[0]["link"].as_str(), Some("management-account"));
    let mut reached = json!({
        "account": id, "environment": environment, "certainty": certainty, "hops": hops,
        "principals": principals(8, u64::from(certainty == "certain"), u64::from(certainty != "certain")),
        "via": via,
    });
    if whole {
        reached["whole_account"] = json!(certainty);
    }
    reached
}

fn entrance(from: &Value, certainty: &str, hops: u32, via: Value) -> Value {
    json!({
        "from": from, "certainty": certainty, "hops": hops,
        "principals": principals(8, 1, 0), "via": via,
    })
}

fn score(score: f64, principals: Option<u32>) -> Value {
    let mut value = json!({
        "score": score, "outside": 10.0, "certain": 0.0, "conditional": 0.0, "speculative": 0.0,
    });
    if let Some(principals) = principals {
        value["principals"] = json!(principals);
    }
    value
}

fn blast(
    id: &str,
    environment: &str,
    (contained, exposed): (f64, f64),
    reaches: Vec<Value>,
    crossings: Value,
    entered_by: Vec<Value>,
) -> Value {
    json!({
        "account": id, "environment": environment, "seen": id != LEGACY,
        "containment": score(contained, None),
        "exposure": score(exposed, Some(u32::from(exposed > 0.0) * 3)),
        "reaches": reaches, "crossings": crossings, "entered_by": entered_by,
    })
}

pub(crate) fn survey() -> Survey {
    let github = json!({ "kind": "outside", "party": {
        "party": "identity-provider", "provider": "token.actions.githubusercontent.com" } });
    let supplier = json!({ "kind": "outside", "party": {
        "party": "account", "id": "999999999999" } });
    let lambda = json!({ "kind": "outside", "party": {
        "party": "service", "name": "lambda.amazonaws.com" } });
    let by_github = step(
        "federated-trust",
        &github,
        &role(CI, "runner"),
        json!([]),
        json!([]),
    );
    let by_supplier = step(
        "assume-role",
        &supplier,
        &role(PROD, "billing"),
        json!([{ "text": "sts:ExternalId StringEquals \"x\"", "attacker_can_set": true }]),
        json!([]),
    );
    let by_lambda = step(
        "service-trust",
        &lambda,
        &role(WEB, "web"),
        json!([]),
        json!([]),
    );
    serde_json::from_value(json!({
        "accounts": [
            blast(ROOT, "management", (0.0, 0.0),
                [(PROD, "prod"), (LEGACY, "prod"), (CI, "dev"), (WEB, "dev")]
                    .map(|(id, environment)| reached(id, environment, "certain", 1,
                        json!([management(id)]))).to_vec(),
                json!([
                    { "to": "dev", "accounts": 2, "certainty": "certain", "hops": 1 },
                    { "to": "prod", "accounts": 2, "certainty": "certain", "hops": 1 },
                ]),
                vec![]),
            blast(PROD, "prod", (1.0, 0.31), vec![], json!([]), vec![
                entrance(&account(CI), "certain", 1, json!([own(CI, "runner"), ci_to_prod()])),
                entrance(&account(WEB), "conditional", 2,
                    json!([own(WEB, "web"), web_to_ci(), ci_to_prod()])),
                entrance(&supplier, "conditional", 1, json!([by_supplier])),
            ]),
            blast(LEGACY, "prod", (1.0, 0.12), vec![], json!([]), vec![]),
            blast(CI, "dev", (0.94, 0.25),
                vec![reached(PROD, "prod", "certain", 1, json!([own(CI, "runner"), ci_to_prod()]))],
                json!([{ "to": "prod", "accounts": 1, "certainty": "certain", "hops": 1 }]),
                vec![
                    entrance(&account(WEB), "conditional", 1, json!([own(WEB, "web"), web_to_ci()])),
                    entrance(&github, "certain", 1, json!([by_github])),
                ]),
            blast(WEB, "dev", (0.9, 0.0),
                vec![
                    reached(CI, "dev", "conditional", 1, json!([own(WEB, "web"), web_to_ci()])),
                    reached(PROD, "prod", "conditional", 2,
                        json!([own(WEB, "web"), web_to_ci(), ci_to_prod()])),
                ],
                json!([{ "to": "prod", "accounts": 1, "certainty": "conditional", "hops": 2 }]),
                vec![entrance(&lambda, "speculative", 1, json!([by_lambda]))]),
        ],
        "crossings": [
            { "from": "dev", "to": "dev", "sources": 1, "targets": 1, "pairs": [0, 1, 0],
              "certainty": "conditional", "hops": 1, "via": [own(WEB, "web"), web_to_ci()] },
            { "from": "dev", "to": "prod", "sources": 2, "targets": 1, "pairs": [1, 1, 0],
              "certainty": "certain", "hops": 1, "via": [own(CI, "runner"), ci_to_prod()] },
            { "from": "management", "to": "dev", "sources": 1, "targets": 2, "pairs": [2, 0, 0],
              "certainty": "certain", "hops": 1, "via": [management(CI)] },
            { "from": "management", "to": "prod", "sources": 1, "targets": 2, "pairs": [2, 0, 0],
              "certainty": "certain", "hops": 1, "via": [management(PROD)] },
        ],
        "blind_spots": [{
            "account": LEGACY,
            "why": "it was not looked into: what it reaches and who reaches it is known only as far as policies of other accounts tell",
        }],
        "unjudged": [{
            "arn": "arn:aws:iam::555555555555:role/web",
            "why": "inline policy tools: AccessDenied: iam:GetRolePolicy",
        }],
        "size": { "accounts": 5, "principals": 40, "rules": 96 },
    }))
    .unwrap()
}

/// What falls when all of web-dev falls.
pub(crate) fn radius() -> Radius {
    let fact = |subject: Value, certainty: &str, hops: u32, witness: Option<Value>| {
        let mut fact = json!({ "subject": subject, "certainty": certainty, "hops": hops });
        if let Some(witness) = witness {
            fact["witness"] = witness;
        }
        fact
    };
    let mut radius: Radius = serde_json::from_value(json!({
        "start": [account(WEB)],
        "facts": [
            fact(account(WEB), "certain", 0, None),
            fact(role(WEB, "web"), "certain", 0, Some(own(WEB, "web"))),
            fact(role(WEB, "batch"), "certain", 0, Some(own(WEB, "batch"))),
            fact(role(CI, "runner"), "conditional", 1, Some(web_to_ci())),
            fact(role(PROD, "deploy"), "conditional", 2, Some(ci_to_prod())),
            fact(role(PROD, "vault"), "conditional", 3, Some(deploy_to_vault())),
        ],
    }))
    .unwrap();
    radius
        .facts
        .sort_by(|left, right| left.subject.cmp(&right.subject));
    radius
}
