//! Conditions on tags and those who write tags, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty;
use blastwall_blast::Certainty::{Certain, Conditional};
use serde_json::{Value, json};
use support::*;

fn w() -> String {
    role(DEV, "w")
}

fn when(action: &str, resource: &str, condition: Value) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}),
    ])
}

/// A role or user with tags, which are known.
fn tagged(org: Org, arn: &str, trust: Option<Value>, policies: &[Value], tags: Value) -> Org {
    let name = arn.rsplit('/').next().unwrap();
    let inline: Value = policies
        .iter()
        .enumerate()
        .map(|(place, document)| json!({"PolicyName": format!("p{place}"), "PolicyDocument": document}))
        .collect();
    let account = arn.split(':').nth(4).unwrap().to_owned();
    let document = match trust {
        Some(trust) => {
            json!({"type": "AWS::IAM::Role", "arn": arn, "account": account, "tags": tags,
            "config": {"RoleName": name, "AssumeRolePolicyDocument": trust, "Policies": inline}})
        }
        None => json!({"type": "AWS::IAM::User", "arn": arn, "account": account, "tags": tags,
            "config": {"UserName": name, "Policies": inline}}),
    };
    org.add(&account, document)
}

/// A role that assumes whatever trusts it, and a role of prod that asks for a tag.
fn asked(policies: &[Value], condition: Value) -> Org {
    let policies = [&[allow("sts:AssumeRole", "*")][..], policies].concat();
    let org = tagged(Org::three(), &w(), Some(nobody()), &policies, json!({}));
    org.role(PROD, "prize", trust_if(&[&root(DEV)], condition), &[])
}

fn prize(org: &Org) -> Option<Certainty> {
    org.reach(&w(), &role(PROD, "prize"))
}

#[test]
fn whoever_tags_itself_has_what_asks_for_a_tag() {
    let red = json!({"StringEquals": {"aws:PrincipalTag/Team": "red"}});
    let org = |policies: &[Value]| asked(policies, red.clone());
    assert_eq!(prize(&org(&[])), None);
    assert_eq!(prize(&org(&[allow("iam:TagRole", &w())])), Some(Certain));
    assert_eq!(
        prize(&org(&[allow("iam:TagRole", &role(DEV, "other"))])),
        None
    );
    assert_eq!(prize(&org(&[allow("iam:TagUser", "*")])), None);
    for (condition, expected) in [
        (
            json!({"StringEquals": {"aws:RequestTag/Team": "red"}}),
            Some(Certain),
        ),
        (
            json!({"StringEquals": {"aws:RequestTag/Team": "blue"}}),
            None,
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}),
            Some(Certain),
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["Cost"]}}),
            None,
        ),
        (
            json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            Some(Conditional),
        ),
        (
            json!({"StringEquals": {"aws:ResourceTag/Owner": "w"}}),
            None,
        ),
    ] {
        let org = org(&[when("iam:TagRole", &w(), condition.clone())]);
        assert_eq!(prize(&org), expected, "{condition}");
    }
    let may = org(&[allow("iam:TagRole", &w())]);
    let guard = policy(&[
        json!({"Effect": "Deny", "Action": "iam:TagRole", "Resource": "*",
        "Condition": {"Null": {"aws:RequestTag/Team": "false"}}}),
    ]);
    assert_eq!(prize(&may.clone().scp("guard", guard, &[DEV])), None);
    let other = policy(&[
        json!({"Effect": "Deny", "Action": "iam:TagRole", "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestTag/Team": "blue"}}}),
    ]);
    assert_eq!(
        prize(&may.clone().scp("guard", other, &[DEV])),
        Some(Certain)
    );
    // The step says by which statement the tag is written.
    let radius = may.radius(&w());
    let path = radius.path(&principal(&role(PROD, "prize")));
    assert_eq!(path.len(), 2);
    let said: String = path[1].evidence.iter().map(|one| &*one.text).collect();
    assert!(said.contains("iam:TagRole"), "{said}");
}

#[test]
fn several_tags_and_other_ways_to_ask_for_them() {
    let tags = [allow("iam:TagRole", &w())];
    for (condition, expected) in [
        (
            json!({"StringEquals": {"aws:PrincipalTag/a": "1", "aws:PrincipalTag/b": "2"}}),
            Some(Certain),
        ),
        (
            json!({"StringLike": {"aws:PrincipalTag/a": "team-*"}}),
            Some(Certain),
        ),
        (
            json!({"Null": {"aws:PrincipalTag/a": "false"}}),
            Some(Certain),
        ),
        (
            json!({"StringEquals": {"aws:PrincipalTag/a": "1"}, "StringNotEquals": {"aws:PrincipalTag/a": "1"}}),
            None,
        ),
        (
            json!({"StringEquals": {"aws:PrincipalTag/a": "1", "sts:ExternalId": "x"}}),
            Some(Conditional),
        ),
    ] {
        assert_eq!(
            prize(&asked(&tags, condition.clone())),
            expected,
            "{condition}"
        );
    }
}

#[test]
fn a_tag_is_made_to_match_that_of_what_is_asked_for() {
    let same = when(
        "sts:AssumeRole",
        "*",
        json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
    );
    let org = |more: &[Value]| {
        let policies = [std::slice::from_ref(&same), more].concat();
        let org = tagged(
            Org::three(),
            &w(),
            Some(nobody()),
            &policies,
            json!({"team": "red"}),
        );
        tagged(
            org,
            &role(PROD, "prize"),
            Some(trust(&[&root(DEV)])),
            &[],
            json!({"team": "blue"}),
        )
    };
    assert_eq!(prize(&org(&[])), None);
    assert_eq!(prize(&org(&[allow("iam:TagRole", &w())])), Some(Certain));
    let blue = json!({"StringEquals": {"aws:RequestTag/team": "blue"}});
    assert_eq!(
        prize(&org(&[when("iam:TagRole", &w(), blue)])),
        Some(Certain)
    );
    let green = json!({"StringEquals": {"aws:RequestTag/team": "green"}});
    assert_eq!(prize(&org(&[when("iam:TagRole", &w(), green)])), None);
}

#[test]
fn tags_are_written_for_another_too() {
    let red = json!({"StringEquals": {"aws:PrincipalTag/team": "red"}});
    let org = |trusts: Value| {
        let org = tagged(
            Org::three(),
            &w(),
            Some(nobody()),
            &[allow("iam:TagRole", "*")],
            json!({}),
        );
        let walks = [allow("sts:AssumeRole", "*")];
        tagged(org, &role(DEV, "walker"), Some(trusts), &walks, json!({})).role(
            PROD,
            "prize",
            trust_if(&[&role(DEV, "walker")], red.clone()),
            &[],
        )
    };
    assert_eq!(prize(&org(nobody())), None, "nobody has the other");
    assert_eq!(prize(&org(trust(&[&w()]))), Some(Certain));
}

#[test]
fn whoever_tags_a_role_has_what_asks_for_its_tags() {
    let lambda = policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole"}),
    ]);
    let open = json!({"StringEquals": {"aws:ResourceTag/open": "yes"}});
    let compute = allow("lambda:*", "*");
    let cases: [(&str, Vec<Value>, Value); 5] = [
        (
            "assumes",
            vec![when("sts:AssumeRole", "*", open.clone())],
            trust(&[&root(DEV)]),
        ),
        (
            "passes",
            vec![when("iam:PassRole", "*", open.clone()), compute],
            lambda,
        ),
        (
            "rewrites",
            vec![when("iam:UpdateAssumeRolePolicy", "*", open.clone())],
            nobody(),
        ),
        (
            "passes by the key of IAM",
            vec![
                when(
                    "iam:PassRole",
                    "*",
                    json!({"StringEquals": {"iam:ResourceTag/open": "yes"}}),
                ),
                allow("ec2:RunInstances", "*"),
                allow("iam:*InstanceProfile", "*"),
            ],
            nobody(),
        ),
        (
            "denied without",
            vec![
                allow("sts:AssumeRole", "*"),
                policy(&[
                    json!({"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:ResourceTag/open": "yes"}}}),
                ]),
            ],
            trust(&[&root(DEV)]),
        ),
    ];
    for (name, policies, trusts) in cases {
        let org = |more: &[Value]| {
            let policies = [policies.as_slice(), more].concat();
            let org = tagged(Org::three(), &w(), Some(nobody()), &policies, json!({}));
            tagged(
                org,
                &role(DEV, "prize"),
                Some(trusts.clone()),
                &[],
                json!({}),
            )
        };
        let reach = |org: &Org| org.reach(&w(), &role(DEV, "prize"));
        assert_eq!(reach(&org(&[])), None, "{name}");
        let tags = allow("iam:TagRole", "*");
        assert_eq!(
            reach(&org(std::slice::from_ref(&tags))),
            Some(Certain),
            "{name}"
        );
        let guarded = org(&[tags]).scp("no-tags", deny("iam:TagRole", "*"), &[DEV]);
        assert_eq!(reach(&guarded), None, "{name}");
    }
}

#[test]
fn a_tag_leads_to_the_account() {
    let own = json!({"StringEquals": {"aws:PrincipalTag/admin": "true"}});
    let org = |more: &[Value]| {
        let policies = [&[when("*", "*", own.clone())][..], more].concat();
        tagged(
            Org::three(),
            &user(DEV, "ann"),
            None,
            &policies,
            json!({"admin": "false"}),
        )
    };
    let reach = |org: &Org| org.reach(&user(DEV, "ann"), DEV);
    assert_eq!(reach(&org(&[])), None);
    assert_eq!(reach(&org(&[allow("iam:TagUser", "*")])), Some(Certain));
    let boundary = org(&[allow("iam:TagUser", "*")]).scp("no", deny("iam:TagUser", "*"), &[DEV]);
    assert_eq!(reach(&boundary), None);
}

#[test]
fn a_workload_is_given_the_tags_that_are_asked_for() {
    let arn = format!("arn:aws:lambda:eu-west-1:{DEV}:function:report");
    let open = json!({"StringEquals": {"aws:ResourceTag/open": "yes"}});
    let org = |more: &[Value]| {
        let policies = [&[when("lambda:*Function*", "*", open.clone())][..], more].concat();
        let org = tagged(Org::three(), &w(), Some(nobody()), &policies, json!({}));
        org.role(DEV, "runs", runs(), &[]).add(
            DEV,
            json!({"type": "AWS::Lambda::Function", "arn": arn, "account": DEV, "tags": {},
                "region": "eu-west-1", "config": {"Role": role(DEV, "runs")}}),
        )
    };
    let reach = |org: &Org| org.reach(&w(), &role(DEV, "runs"));
    assert_eq!(reach(&org(&[])), None);
    let tags = allow("lambda:TagResource", "*");
    assert_eq!(reach(&org(std::slice::from_ref(&tags))), Some(Certain));
    let no = json!({"StringEquals": {"aws:RequestTag/open": "no"}});
    assert_eq!(reach(&org(&[when("lambda:TagResource", "*", no)])), None);
    let guarded = org(&[tags]).scp("no", deny("lambda:TagResource", "*"), &[DEV]);
    assert_eq!(reach(&guarded), None);
}

#[test]
fn a_policy_by_one_and_a_tag_by_another_are_put_together() {
    let org = |tags: &str| {
        let org = tagged(
            Org::three(),
            &w(),
            Some(trust(&[&role(DEV, "writer")])),
            &[],
            json!({}),
        );
        org.managed(DEV, "walk", allow("sts:AssumeRole", "*"))
            .role(
                DEV,
                "writer",
                nobody(),
                &[when(
                    "iam:AttachRolePolicy",
                    &w(),
                    json!({"ArnEquals": {"iam:PolicyARN": format!("arn:aws:iam::{DEV}:policy/walk")}}),
                )],
            )
            .role(DEV, "tagger", nobody(), &[allow(tags, &w())])
            .role(
                PROD,
                "prize",
                trust_if(&[&root(DEV)], json!({"StringEquals": {"aws:PrincipalTag/team": "red"}})),
                &[],
            )
    };
    let reach = |org: &Org, start: &[&str]| {
        let graph = org.graph();
        let start: Vec<_> = start
            .iter()
            .map(|name| graph.find(&role(DEV, name)).unwrap())
            .collect();
        let radius = graph.radius(&start).unwrap();
        let prize = graph.find(&role(PROD, "prize")).unwrap();
        radius.fact(&prize).map(|fact| fact.certainty)
    };
    let both = org("iam:TagRole");
    assert_eq!(reach(&both, &["writer", "tagger"]), Some(Certain));
    assert_eq!(reach(&both, &["writer"]), None);
    assert_eq!(reach(&both, &["tagger"]), None);
    assert_eq!(reach(&org("iam:GetRole"), &["writer", "tagger"]), None);
}
