//! Which changes close the ways between accounts, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Subject;
use serde_json::{Value, json};
use support::*;

fn walks() -> Value {
    allow("sts:AssumeRole", "*")
}

fn account(id: &str) -> Subject {
    Subject::Account {
        id: id.parse().unwrap(),
    }
}

/// The fewest changes between two accounts, as `--without` has them.
fn cut(org: &Org, from: &str, to: &str) -> Vec<String> {
    let (cut, fewest) = org.graph().cut(&[account(from)], &[account(to)]).unwrap();
    assert!(fewest);
    cut.iter().map(blastwall_blast::Removal::words).collect()
}

#[test]
fn ways_back_are_no_part_of_a_cut() {
    // Dev gets into prod, and prod back into dev.
    let org = Org::three()
        .role(DEV, "z", trust(&[&role(PROD, "x")]), &[walks()])
        .role(PROD, "x", trust(&[&root(DEV)]), &[walks()])
        .role(TEST, "y", trust(&[&role(PROD, "x")]), &[]);
    assert_eq!(
        cut(&org, DEV, PROD),
        [format!("{DEV}->{}", role(PROD, "x"))]
    );
    assert_eq!(cut(&org, DEV, TEST).len(), 1);
}

#[test]
fn a_statement_for_everybody_is_one_change() {
    let everybody = policy(&[
        json!({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-test000001"}}}),
    ]);
    let org = Org::three()
        .role(PROD, "r", everybody, &[])
        .role(PROD, "r2", trust(&[&root(DEV)]), &[walks()])
        .role(DEV, "d", nobody(), &[walks()]);
    let graph = org.graph();
    let goal = graph.find(&role(PROD, "r")).unwrap();
    let ways = graph.proofs(&[account(DEV)], &goal, 10).unwrap();
    let cut = ways.cut.unwrap();
    assert_eq!(cut.len(), 1);
    assert_eq!(cut[0].words(), format!("*->{}", role(PROD, "r")));
}

#[test]
fn an_account_that_administers_no_more_has_nobody_who_does() {
    const SERVICE: &str = "member.org.stacksets.cloudformation.amazonaws.com";
    let mut org = Org::three().role(DEV, "stacks", nobody(), &[allow("cloudformation:*", "*")]);
    org.organization[0]["observed"]["EnabledServicePrincipals"] = json!([SERVICE]);
    org.organization.push(
        json!({"type": "AWS::Organizations::DelegatedAdministrator", "account": MANAGEMENT,
        "arn": format!("arn:aws:organizations::{MANAGEMENT}:delegated-administrator/{DEV}"),
        "config": {"AccountId": DEV, "ServicePrincipals": [SERVICE]}}),
    );
    assert_eq!(cut(&org, DEV, PROD), [format!("{DEV}->{PROD}")]);
}

#[test]
fn a_pair_of_accounts_counts_once_for_a_change() {
    // Test gets into prod by dev; whichever way, by what dev may do to prod's role.
    let org = Org::three()
        .role(PROD, "r", trust(&[&root(DEV)]), &[])
        .role(DEV, "d", trust(&[&root(TEST)]), &[walks()])
        .role(TEST, "t", nobody(), &[walks()]);
    let survey = org.graph().survey();
    let point = survey
        .choke_points
        .iter()
        .find(|point| point.removal.words() == format!("{DEV}->{}", role(PROD, "r")));
    assert_eq!(point.unwrap().pairs, 2);
}

#[test]
fn whoever_has_an_account_has_what_runs_in_it() {
    let function = format!("arn:aws:lambda:eu-west-1:{PROD}:function:f");
    let org = Org::three()
        .role(PROD, "runs", nobody(), &[])
        .add(
            PROD,
            json!({"type": "AWS::Lambda::Function", "arn": function, "account": PROD,
                "region": "eu-west-1", "config": {"FunctionName": "f", "Role": role(PROD, "runs")}}),
        )
        .scp("no", deny("lambda:*", "*"), &[PROD]);
    assert_eq!(
        org.reach(PROD, &function),
        Some(blastwall_blast::Certainty::Certain)
    );
    assert_eq!(org.reach(DEV, &function), None);
}
