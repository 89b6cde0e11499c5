//! Parties outside and administrators of policies, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional, Speculative};
use serde_json::{Value, json};
use support::*;

const GITHUB: &str = "token.actions.githubusercontent.com";

fn trusts_github(operator: &str, subject: &str) -> Value {
    trusts_github_of(PROD, operator, subject)
}

/// By the provider of an account, which lets in there alone.
fn trusts_github_of(account: &str, operator: &str, subject: &str) -> Value {
    policy(&[json!({"Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{account}:oidc-provider/{GITHUB}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"},
            operator: {format!("{GITHUB}:sub"): subject}}})])
}

fn deployed_by(operator: &str, subject: &str) -> Org {
    Org::three().role(PROD, "deploy", trusts_github(operator, subject), &[])
}

/// The best certainty of the role from any of the subjects that a reader's word stands for.
fn from_repository(org: &Org, repository: &str) -> Option<Certainty> {
    let graph = org.graph();
    let starts = graph.find_all(repository).ok()?;
    let radius = graph.radius(&starts).unwrap();
    let role = graph.find(&role(PROD, "deploy")).unwrap();
    radius.fact(&role).map(|fact| fact.certainty)
}

#[test]
fn a_repository_reaches_the_roles_whose_subjects_admit_it() {
    let branch = deployed_by("StringEquals", "repo:acme/web:ref:refs/heads/main");
    assert_eq!(from_repository(&branch, "acme/web"), Some(Certain));
    assert_eq!(from_repository(&branch, "repo:acme/web"), Some(Certain));
    assert_eq!(from_repository(&branch, "acme/api"), None);
    let owner = deployed_by("StringLike", "repo:acme/*");
    assert_eq!(from_repository(&owner, "acme/api"), Some(Certain));
    assert_eq!(from_repository(&owner, "other/api"), None);
    // The star is no separator: anybody may found acme-evil.
    let wide = deployed_by("StringLike", "repo:acme*");
    assert_eq!(from_repository(&wide, "acme-evil/x"), Some(Certain));
    // A wildcard is none in StringEquals.
    let equals = deployed_by("StringEquals", "repo:acme/*");
    assert_eq!(from_repository(&equals, "acme/api"), None);
}

#[test]
fn a_subject_is_told_in_words_and_guardrails_bind_it() {
    let org = deployed_by("StringLike", "repo:acme*");
    let graph = org.graph();
    let start = graph.find("repo:acme*").unwrap();
    let radius = graph.radius(&[start]).unwrap();
    let path = radius.path(&graph.find(&role(PROD, "deploy")).unwrap());
    let told = format!("{:?}", path[0].evidence);
    assert!(told.contains("which anybody may found: too wide"), "{told}");
    let fenced = deployed_by("StringLike", "repo:acme/*").control(
        "rcp",
        "no-web-identity",
        policy(&[json!({"Effect": "Deny", "Principal": "*",
            "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*"})]),
        &[PROD],
    );
    assert_eq!(from_repository(&fenced, "acme/web"), None);
}

/// A role in production by the statement of its trust policy for GitHub.
fn statement_for(condition: Value) -> Value {
    json!({"Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{PROD}:oidc-provider/{GITHUB}")},
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition})
}

fn claim(name: &str) -> String {
    format!("{GITHUB}:{name}")
}

#[test]
fn strangers_get_in_where_no_owner_is_asked_for() {
    let from_anyone = |statements: &[Value]| {
        let org = Org::three().role(PROD, "deploy", policy(statements), &[]);
        let start = org.graph().find("anyone").ok()?;
        let radius = org.graph();
        let radius = radius.radius(&[start]).unwrap();
        let target = org.graph().find(&role(PROD, "deploy")).unwrap();
        radius.fact(&target).map(|fact| fact.certainty)
    };
    let audience = json!({"StringEquals": {claim("aud"): "sts.amazonaws.com"}});
    assert_eq!(from_anyone(&[statement_for(audience)]), Some(Certain));
    for subject in ["*", "repo:*", "repo:acme*", "repo:*/web:*"] {
        let asked = json!({"StringLike": {claim("sub"): subject}});
        assert_eq!(
            from_anyone(&[statement_for(asked)]),
            Some(Certain),
            "{subject}"
        );
    }
    for subject in ["repo:acme/*", "repo:acme/web:ref:refs/heads/main"] {
        let asked = json!({"StringLike": {claim("sub"): subject}});
        assert_eq!(from_anyone(&[statement_for(asked)]), None, "{subject}");
    }
    let but_acme = json!({"StringNotLike": {claim("sub"): "repo:acme/*"}});
    assert_eq!(from_anyone(&[statement_for(but_acme)]), Some(Certain));
    let owned = json!({"StringEquals": {claim("repository_owner"): "acme"}});
    assert_eq!(from_anyone(&[statement_for(owned)]), None);
    // The issuer of an enterprise vouches for nobody else.
    let mut enterprise = statement_for(json!({}));
    enterprise["Principal"]["Federated"] =
        json!(format!("arn:aws:iam::{PROD}:oidc-provider/{GITHUB}/acme"));
    assert_eq!(from_anyone(&[enterprise]), None);
}

#[test]
fn a_subject_gets_into_every_role_that_admits_it() {
    let subject = "repo:acme/web:ref:refs/heads/main";
    let org = deployed_by("StringLike", "repo:acme/*")
        .role(
            TEST,
            "one",
            trusts_github_of(TEST, "StringEquals", subject),
            &[],
        )
        .role(
            TEST,
            "other",
            trusts_github_of(TEST, "StringEquals", "repo:acme/api:x"),
            &[],
        )
        .role(TEST, "foreign", trusts_github("StringEquals", subject), &[]);
    assert_eq!(org.reach(subject, &role(PROD, "deploy")), Some(Certain));
    assert_eq!(org.reach(subject, &role(TEST, "one")), Some(Certain));
    assert_eq!(
        org.reach(subject, &role(TEST, "foreign")),
        None,
        "the provider of another account vouches for nobody here"
    );
    assert_eq!(org.reach(subject, &role(TEST, "other")), None);
    // Some repository of the owner is not every one of them.
    assert_eq!(org.reach("repo:acme/*", &role(TEST, "other")), None);
}

#[test]
fn the_audience_and_the_run_are_those_that_suit_the_statement() {
    let other = json!({"StringEquals": {claim("aud"): "other", claim("sub"): "repo:q/q:x"}});
    let own = json!({"StringEquals": {claim("aud"): "mine"},
        "StringLike": {claim("sub"): "repo:acme/*"}});
    let statements = [statement_for(other), statement_for(own.clone())];
    let org = Org::three().role(PROD, "deploy", policy(&statements), &[]);
    assert_eq!(
        org.reach("repo:acme/*", &role(PROD, "deploy")),
        Some(Certain)
    );
    let mut denial =
        statement_for(json!({"StringNotLike": {claim("sub"): "repo:*:environment:special"}}));
    denial["Effect"] = json!("Deny");
    let org = Org::three().role(PROD, "deploy", policy(&[statement_for(own), denial]), &[]);
    assert_eq!(
        org.reach("repo:acme/*", &role(PROD, "deploy")),
        Some(Certain)
    );
}

fn delegation(principal: &str, actions: &[&str]) -> Value {
    json!({"type": "AWS::Organizations::ResourcePolicy", "account": MANAGEMENT,
        "arn": format!("arn:aws:organizations::{MANAGEMENT}:resourcepolicy/o-test000001/rp-1"),
        "config": {"Id": "rp-1", "Content": policy(&[json!({"Effect": "Allow",
            "Principal": {"AWS": principal}, "Action": actions, "Resource": "*"})])}})
}

fn administered(principal: &str, actions: &[&str]) -> Org {
    let mut org = Org::three()
        .scp("fence", deny("s3:*", "*"), &[PROD])
        .role(TEST, "guard", nobody(), &[allow("organizations:*", "*")])
        .role(TEST, "other", nobody(), &[allow("s3:*", "*")]);
    org.organization.push(delegation(principal, actions));
    org
}

fn guards(org: &Org, start: &str) -> Option<Certainty> {
    let graph = org.graph();
    let start = graph.find(start).unwrap();
    let radius = graph.radius(&[start]).unwrap();
    let fact = radius.fact(&blastwall_blast::Subject::Guardrails);
    fact.map(|fact| fact.certainty)
}

#[test]
fn whom_the_organization_makes_an_administrator_of_policies_has_the_guardrails() {
    let org = administered(
        &root(TEST),
        &["organizations:DetachPolicy", "organizations:List*"],
    );
    assert_eq!(guards(&org, TEST), Some(Certain));
    assert_eq!(guards(&org, &role(TEST, "guard")), Some(Certain));
    assert_eq!(guards(&org, &role(TEST, "other")), None);
    assert_eq!(guards(&org, DEV), None);
    assert_eq!(guards(&org, MANAGEMENT), Some(Certain));
    let looks = administered(
        &root(TEST),
        &["organizations:List*", "organizations:Describe*"],
    );
    assert_eq!(guards(&looks, TEST), None);
    let fenced = administered(&root(TEST), &["organizations:DetachPolicy"]).scp(
        "no-policies",
        deny("organizations:*", "*"),
        &[TEST],
    );
    assert_eq!(guards(&fenced, TEST), None);
}

fn shared(condition: Value) -> Org {
    let mut statement = json!({"Effect": "Allow",
        "Principal": {"Service": "serverlessrepo.amazonaws.com"}, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::code/*"});
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    Org::three().add(
        PROD,
        json!({"type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::code", "account": PROD,
            "config": {"PolicyDocument": policy(&[statement])}}),
    )
}

#[test]
fn a_service_without_conditions_reads_for_strangers() {
    let bucket = "arn:aws:s3:::code";
    assert_eq!(
        shared(Value::Null).reach("anyone", bucket),
        Some(Speculative)
    );
    for (operator, key, value) in [
        ("StringEquals", "aws:SourceAccount", PROD),
        (
            "ArnLike",
            "aws:SourceArn",
            "arn:aws:serverlessrepo:*:333333333333:*",
        ),
        ("StringEquals", "aws:SourceOrgID", "o-test000001"),
    ] {
        let closed = shared(json!({operator: {key: value}}));
        assert_eq!(closed.reach("anyone", bucket), None, "{key}");
    }
    let source = "arn:aws:serverlessrepo:*:*:applications/*";
    let any_account = shared(json!({"ArnLike": {"aws:SourceArn": source}}));
    assert_eq!(any_account.reach("anyone", bucket), Some(Speculative));
    let by_guardrail = shared(Value::Null).control(
        "rcp",
        "deputies",
        policy(&[
            json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-test000001"},
                "Null": {"aws:SourceAccount": "false"},
                "Bool": {"aws:PrincipalIsAWSService": "true"}}}),
        ]),
        &[PROD],
    );
    assert_eq!(by_guardrail.reach("anyone", bucket), None);
}

#[test]
fn the_whole_provider_stays_a_party_of_its_own() {
    let org = deployed_by("StringLike", "repo:acme/*");
    let provider = format!("arn:aws:iam::{PROD}:oidc-provider/{GITHUB}");
    assert_eq!(
        org.reach(&provider, &role(PROD, "deploy")),
        Some(Conditional)
    );
}
