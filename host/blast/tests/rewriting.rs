//! What follows from changed permissions that stop short of the account, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{Certain, Conditional};
use serde_json::{Value, json};
use support::*;

fn w() -> String {
    role(DEV, "w")
}

fn policy_arn(name: &str) -> String {
    format!("arn:aws:iam::{DEV}:policy/{name}")
}

fn allow_all(actions: &[&str]) -> Value {
    policy(&[json!({"Effect": "Allow", "Action": actions, "Resource": "*"})])
}

/// A role of dev under a boundary, and a role of prod that the account of dev may enter.
fn bounded(policies: &[Value], boundary: Value) -> Org {
    let more = json!({"PermissionsBoundary": policy_arn("b")});
    Org::three()
        .role_with(DEV, "w", nobody(), policies, more)
        .managed(DEV, "b", boundary)
        .role(PROD, "prize", trust(&[&root(DEV)]), &[])
}

#[test]
fn under_a_boundary_new_permissions_lead_as_far_as_it_lets() {
    let write = [allow("iam:PutRolePolicy", &w())];
    let open = bounded(&write, allow_all(&["iam:PutRolePolicy", "sts:AssumeRole"]));
    assert_eq!(open.reach(&w(), &role(PROD, "prize")), Some(Certain));
    let closed = bounded(&write, allow_all(&["iam:PutRolePolicy", "s3:*"]));
    assert_eq!(closed.reach(&w(), &role(PROD, "prize")), None);
    assert_eq!(closed.reach(&w(), DEV), None);
    let radius = open.radius(&w());
    assert!(
        radius
            .facts
            .iter()
            .all(|fact| fact.subject.to_string() != format!("{} with any policy", w())),
        "what stands between is nothing more that falls"
    );
    assert_eq!(radius.rewritten.len(), 1);
}

#[test]
fn a_boundary_is_put_by_the_new_one_and_taken_away_by_the_old_one() {
    let only = |boundary: &str| {
        policy(&[
            json!({"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": w()}),
            json!({"Effect": "Allow", "Action": "iam:PutRolePermissionsBoundary", "Resource": w(),
                "Condition": {"StringEquals": {"iam:PermissionsBoundary": boundary}}}),
        ])
    };
    // The boundary lets it put no other boundary than itself, so that rewriting does not help either.
    let b = policy(&[
        json!({"Effect": "Allow", "Action": ["s3:*", "iam:PutRolePolicy"], "Resource": "*"}),
        json!({"Effect": "Allow", "Action": "iam:PutRolePermissionsBoundary", "Resource": "*",
            "Condition": {"StringEquals": {"iam:PermissionsBoundary":
                [policy_arn("b"), policy_arn("wide")]}}}),
    ]);
    let org = |boundary: &str| bounded(&[only(boundary)], b.clone()).managed(DEV, "wide", admin());
    assert_eq!(org(&policy_arn("wide")).reach(&w(), DEV), Some(Certain));
    let same = bounded(
        &[only(&policy_arn("b"))],
        policy(&[
            json!({"Effect": "Allow", "Action": ["s3:*", "iam:PutRolePolicy"], "Resource": w()}),
            json!({"Effect": "Allow", "Action": "iam:PutRolePermissionsBoundary", "Resource": "*",
                "Condition": {"StringEquals": {"iam:PermissionsBoundary": policy_arn("b")}}}),
        ]),
    );
    assert_eq!(same.reach(&w(), DEV), None);
}

#[test]
fn denials_stay_unless_they_can_be_taken_away() {
    let guard = policy(&[
        json!({"Effect": "Deny", "Resource": "*", "Action": ["iam:Create*",
        "iam:Update*", "iam:Attach*", "iam:Detach*", "iam:Delete*", "iam:Set*", "iam:PassRole", "sts:*"]}),
    ]);
    let with = |actions: &[&str]| {
        let more = json!({"ManagedPolicyArns": [policy_arn("guard")]});
        Org::three()
            .role_with(DEV, "w", nobody(), &[allow_all(actions)], more)
            .managed(DEV, "guard", guard.clone())
    };
    assert_eq!(with(&["iam:PutRolePolicy"]).reach(&w(), DEV), None);
    let lax = policy(&[json!({"Effect": "Deny", "Resource": "*",
        "Action": ["iam:Create*", "iam:Update*", "iam:Put*", "iam:Attach*"]})]);
    let detaches = Org::three()
        .role_with(
            DEV,
            "w",
            nobody(),
            &[admin()],
            json!({"ManagedPolicyArns": [policy_arn("lax")]}),
        )
        .managed(DEV, "lax", lax);
    assert_eq!(
        detaches.reach(&w(), DEV),
        Some(Certain),
        "it detaches the denial"
    );
}

#[test]
fn a_group_gives_what_it_has() {
    let ann = user(DEV, "ann");
    let org = Org::three()
        .user(DEV, "ann", &[allow("iam:AddUserToGroup", "*")], &[])
        .group(DEV, "deployers", &[allow("sts:AssumeRole", "*")])
        .role(PROD, "prize", trust(&[&root(DEV)]), &[]);
    assert_eq!(org.reach(&ann, &role(PROD, "prize")), Some(Certain));
    assert_eq!(org.reach(&ann, DEV), None);
}

#[test]
fn one_adds_and_another_writes_what_was_added() {
    let user_arn = format!("arn:aws:iam::{DEV}:user/ann");
    let group = format!("arn:aws:iam::{DEV}:group/staff");
    let on = |actions: &[&str], resource: &str| {
        let statements = actions
            .iter()
            .map(|action| statement("Allow", action, resource));
        policy(&statements.collect::<Vec<_>>())
    };
    let org = |adds: Value, writes: Value, members: &[Value]| {
        Org::three()
            .user(DEV, "ann", &[adds], &[])
            .role(DEV, "w", nobody(), &[writes])
            .group(DEV, "staff", members)
            .managed(DEV, "lax", policy(&[statement("Allow", "s3:List*", "*")]))
    };
    let joins = || on(&["iam:AddUserToGroup"], &group);
    let attaches = || {
        policy(&[
            json!({"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": user_arn,
            "Condition": {"ArnEquals": {"iam:PolicyARN": policy_arn("lax")}}}),
        ])
    };
    let versions = || on(&["iam:CreatePolicyVersion"], &policy_arn("lax"));
    for (what, org) in [
        (
            "a group of nobody and nothing",
            org(joins(), on(&["iam:PutGroupPolicy"], &group), &[]),
        ),
        (
            "a group that allows something",
            org(
                joins(),
                on(&["iam:AttachGroupPolicy"], &group),
                &[allow("s3:List*", "*")],
            ),
        ),
        ("a managed policy", org(attaches(), versions(), &[])),
    ] {
        let both = [user(DEV, "ann"), w()];
        assert_eq!(org.reach_together(&both, DEV), Some(Certain), "{what}");
        assert_eq!(org.reach(&both[0], DEV), None, "{what}, the one who adds");
        assert_eq!(org.reach(&both[1], DEV), None, "{what}, the one who writes");
    }
    let other = org(attaches(), on(&["iam:PutGroupPolicy"], &group), &[]);
    let both = [user(DEV, "ann"), w()];
    assert_eq!(
        other.reach_together(&both, DEV),
        None,
        "each has half of another way"
    );
}

#[test]
fn a_new_principal_of_a_scoped_name_is_as_good_as_any() {
    let org = |put: &str| {
        let actions = policy(&[
            statement(
                "Allow",
                "iam:CreateRole",
                &format!("arn:aws:iam::{DEV}:role/app/*"),
            ),
            statement(
                "Allow",
                "iam:PutRolePolicy",
                &format!("arn:aws:iam::{DEV}:role/{put}/*"),
            ),
        ]);
        Org::three().role(DEV, "w", nobody(), &[actions])
    };
    assert_eq!(org("app").reach(&w(), DEV), Some(Certain));
    assert_eq!(
        org("other").reach(&w(), DEV),
        None,
        "no role has both names"
    );
}

#[test]
fn regions_and_types_of_resources_decide() {
    let lambda = policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole"}),
    ]);
    let org = || {
        let actions = [
            "iam:PassRole",
            "lambda:CreateFunction",
            "lambda:InvokeFunction",
        ];
        Org::three()
            .role(DEV, "w", nobody(), &[allow_all(&actions)])
            .role(DEV, "v", lambda.clone(), &[])
    };
    let reach = |org: Org| org.reach(&w(), &role(DEV, "v"));
    assert_eq!(reach(org()), Some(Certain));
    let typed = deny("lambda:CreateFunction", "arn:aws:lambda:*:*:function:*");
    assert_eq!(reach(org().scp("typed", typed, &[DEV])), None);
    let but = policy(
        &[json!({"Effect": "Deny", "Action": "lambda:CreateFunction",
        "NotResource": "arn:aws:lambda:*:*:function:sandbox-*"})],
    );
    assert_eq!(reach(org().scp("but", but, &[DEV])), Some(Certain));
    let region = |name: &str| {
        policy(&[
            json!({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": name}}}),
        ])
    };
    let elsewhere = org().scp("region", region("eu-west-1"), &[DEV]);
    assert_eq!(reach(elsewhere), Some(Certain), "it goes where it may");
}

#[test]
fn halves_of_several_make_a_whole() {
    let lambda = policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole"}),
    ]);
    let arn = format!("arn:aws:lambda:eu-west-1:{DEV}:function:f");
    let org = Org::three()
        .role(
            DEV,
            "maker",
            nobody(),
            &[allow_all(&["iam:PassRole", "lambda:CreateFunction"])],
        )
        .role(
            DEV,
            "caller",
            nobody(),
            &[allow_all(&["lambda:InvokeFunction"])],
        )
        .role(
            DEV,
            "coder",
            nobody(),
            &[allow_all(&["lambda:UpdateFunctionCode"])],
        )
        .role(DEV, "v", lambda, &[])
        .role(DEV, "runs", runs(), &[])
        .add(
            DEV,
            json!({"type": "AWS::Lambda::Function", "arn": arn, "account": DEV,
                "region": "eu-west-1", "config": {"Role": role(DEV, "runs")}}),
        );
    let graph = org.graph();
    let reach = |start: &[&str], target: &str| {
        let start: Vec<_> = start
            .iter()
            .map(|name| graph.find(&role(DEV, name)).unwrap())
            .collect();
        let radius = graph.radius(&start).unwrap();
        let target = graph.find(&role(DEV, target)).unwrap();
        let path = radius.path(&target);
        assert!(
            path.iter()
                .all(|step| !step.evidence.is_empty() || step.link == "workload-role")
        );
        radius.fact(&target).map(|fact| fact.certainty)
    };
    assert_eq!(reach(&["maker", "caller"], "v"), Some(Certain));
    assert_eq!(reach(&["maker"], "v"), None);
    assert_eq!(reach(&["caller"], "v"), None);
    assert_eq!(reach(&["coder", "caller"], "runs"), Some(Certain));
    assert_eq!(
        reach(&["coder"], "runs"),
        Some(Conditional),
        "something invokes it"
    );
}

/// Makes a role or user, under a boundary that is forced by the policy itself.
fn maker(kind: &str, more: &[&str]) -> Value {
    let condition = json!({"StringEquals": {"iam:PermissionsBoundary": policy_arn("b")}});
    let make = [format!("iam:Create{kind}"), format!("iam:Put{kind}Policy")];
    policy(&[
        json!({"Effect": "Allow", "Action": make, "Resource": "*", "Condition": condition}),
        json!({"Effect": "Allow", "Action": more, "Resource": "*"}),
    ])
}

#[test]
fn a_new_principal_under_a_boundary_has_what_that_leaves() {
    let org = |policies: &[Value], boundary: Value| {
        Org::three()
            .role(DEV, "w", nobody(), policies)
            .managed(DEV, "b", boundary)
            .role(PROD, "prize", trust(&[&root(DEV)]), &[])
            .role(
                DEV,
                "passed",
                policy(&[json!({"Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"}})]),
                &[],
            )
    };
    let prize = |org: &Org| org.reach(&w(), &role(PROD, "prize"));
    let walks = || allow("sts:AssumeRole", "*");
    let made = org(&[maker("Role", &["s3:ListBucket"])], walks());
    assert_eq!(prize(&made), Some(Certain));
    assert_eq!(made.reach(&w(), DEV), None);
    assert_eq!(
        prize(&org(
            &[maker("Role", &["s3:ListBucket"])],
            allow("s3:*", "*")
        )),
        None
    );
    let no_policy = policy(&[
        json!({"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*",
        "Condition": {"StringEquals": {"iam:PermissionsBoundary": policy_arn("b")}}}),
    ]);
    assert_eq!(prize(&org(&[no_policy], walks())), None);
    let passes = allow_all(&[
        "iam:PassRole",
        "lambda:CreateFunction",
        "lambda:InvokeFunction",
    ]);
    let passing = org(&[maker("Role", &["s3:ListBucket"])], passes);
    assert_eq!(passing.reach(&w(), &role(DEV, "passed")), Some(Certain));
    // A boundary that lets itself be taken away bounds nothing.
    let lax = |more: &str| {
        let boundary = policy(&[
            statement("Allow", "iam:DeleteRolePermissionsBoundary", "*"),
            statement("Allow", more, "*"),
        ]);
        org(&[maker("Role", &["s3:ListBucket"])], boundary)
    };
    assert_eq!(lax("s3:GetObject").reach(&w(), DEV), Some(Certain));
    let kept = lax("s3:GetObject").scp("keep", deny("iam:Delete*Boundary", "*"), &[DEV]);
    assert_eq!(kept.reach(&w(), DEV), None);
    // Users take credentials besides.
    let user = |more: &[&str]| org(&[maker("User", more)], walks());
    assert_eq!(prize(&user(&["s3:ListBucket"])), None);
    assert_eq!(prize(&user(&["iam:CreateAccessKey"])), Some(Certain));
    assert_eq!(prize(&user(&["iam:CreateLoginProfile"])), Some(Certain));
    // What stops it.
    for denial in ["iam:CreateRole", "iam:PutRolePolicy"] {
        let guarded = made.clone().scp("guard", deny(denial, "*"), &[DEV]);
        assert_eq!(prize(&guarded), None, "{denial}");
    }
    let radius = made.radius(&w());
    assert!(
        radius
            .facts
            .iter()
            .all(|fact| !fact.subject.to_string().contains("any-name"))
    );
    let path = radius.path(&principal(&role(PROD, "prize")));
    let links: Vec<&str> = path.iter().map(|step| step.link.as_str()).collect();
    assert_eq!(links, ["iam-selfesc", "assume-role"]);
}

#[test]
fn a_new_principal_takes_a_name_that_is_free() {
    let org = |resource: &str, taken: Option<&str>| {
        let make = json!({"Effect": "Allow", "Action": ["iam:CreateRole", "iam:PutRolePolicy"],
            "Resource": resource,
            "Condition": {"StringEquals": {"iam:PermissionsBoundary": policy_arn("b")}}});
        let org = Org::three()
            .role(DEV, "w", nobody(), &[policy(&[make])])
            .managed(DEV, "b", allow("sts:AssumeRole", "*"))
            .role(PROD, "prize", trust(&[&role(DEV, "team/gone")]), &[]);
        taken
            .iter()
            .fold(org, |org, name| org.role(DEV, name, nobody(), &[]))
    };
    let prize = |org: &Org| org.reach(&w(), &role(PROD, "prize"));
    let any = role(DEV, "*");
    assert_eq!(prize(&org(&any, None)), Some(Certain), "the trust names it");
    assert_eq!(prize(&org(&role(DEV, "other-*"), None)), None);
    for taken in ["gone", "GONE", "other/gone"] {
        assert_eq!(prize(&org(&any, Some(taken))), None, "{taken} has the name");
    }
    assert_eq!(prize(&org(&any, Some("gone-too"))), Some(Certain));
}

/// Of its name alone, with nothing that was given to it.
#[test]
fn a_new_principal_is_let_in_as_it_was_made() {
    let org = |actions: &[&str], lets_in: &str| {
        Org::three()
            .user(DEV, "maker", &[allow_all(actions)], &[])
            .role(DEV, "safe", trust(&[lets_in]), &[])
            .role(PROD, "safe", trust(&[lets_in]), &[])
    };
    let safe = |org: &Org| org.reach(&user(DEV, "maker"), &role(DEV, "safe"));
    let door = role(DEV, "door");
    let by_role = org(&["iam:CreateRole"], &door);
    assert_eq!(safe(&by_role), Some(Certain));
    let far = by_role.reach(&user(DEV, "maker"), &role(PROD, "safe"));
    assert_eq!(far, None, "another account asks for a policy of its own");
    assert_eq!(safe(&org(&["iam:TagRole"], &door)), None);
    let radius = by_role.radius(&user(DEV, "maker"));
    let path = radius.path(&principal(&role(DEV, "safe")));
    let steps: Vec<String> = path.iter().map(|step| step.to.to_string()).collect();
    assert_eq!(steps, [format!("{door} made for it"), role(DEV, "safe")]);

    let door = user(DEV, "door");
    let with_key = ["iam:CreateUser", "iam:CreateAccessKey"];
    assert_eq!(safe(&org(&with_key, &door)), Some(Certain));
    assert_eq!(safe(&org(&["iam:CreateUser"], &door)), None);
}

/// A guardrail keeps everybody from assuming roles but one by its name, which is free. Whoever may make it has it,
/// let in from outside, where guardrails do not reach, and a trust policy for all of the organization asks no more
/// of it.
#[test]
fn a_name_that_a_guardrail_leaves_out_is_made() {
    let all = trust_if(
        &["*"],
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-test000001"}}),
    );
    let fence = policy(
        &[json!({"Effect": "Deny", "Action": "sts:*", "Resource": "*",
        "Condition": {"StringNotLike": {"aws:PrincipalArn": "*/free"}}})],
    );
    let safe = |resource: &str| {
        Org::three()
            .user(DEV, "maker", &[allow("iam:CreateRole", resource)], &[])
            .role(DEV, "safe", all.clone(), &[])
            .scp("fence", fence.clone(), &["r-root"])
            .reach(&user(DEV, "maker"), &role(DEV, "safe"))
    };
    assert_eq!(safe("*"), Some(Conditional));
    assert_eq!(safe(&role(DEV, "free")), Some(Conditional));
    assert_eq!(safe(&role(DEV, "other-*")), None);
}

#[test]
fn names_that_were_not_tried_are_told() {
    let org = |names: usize| {
        let resources: Vec<String> = (0..names)
            .map(|name| role(DEV, &format!("0-{name:03}")))
            .collect();
        let make = json!({"Effect": "Allow", "Action": ["iam:CreateRole", "iam:PutRolePolicy"],
            "Resource": resources,
            "Condition": {"StringEquals": {"iam:PermissionsBoundary": policy_arn("b")}}});
        Org::three()
            .role(DEV, "w", nobody(), &[policy(&[make])])
            .managed(DEV, "b", allow("sts:AssumeRole", "*"))
            .graph()
    };
    assert!(org(3).unjudged().is_empty());
    let many = org(30);
    let [told] = many.unjudged() else {
        panic!("{:?}", many.unjudged())
    };
    assert!(told.why.contains("16 of 31 names"), "{}", told.why);
}

#[test]
fn a_guardrail_that_forces_a_boundary_leaves_what_it_leaves() {
    let force = policy(&[json!({"Effect": "Deny", "Resource": "*",
        "Action": ["iam:CreateRole", "iam:CreateUser", "iam:Put*Policy", "iam:Attach*Policy",
            "iam:Update*", "iam:AddUserToGroup", "iam:Delete*", "iam:Create*Version", "iam:Set*"],
        "Condition": {"ArnNotLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/b"}}})]);
    let org = |boundary: Value| {
        Org::three()
            .role(
                DEV,
                "w",
                nobody(),
                &[allow_all(&["iam:CreateRole", "iam:AttachRolePolicy"])],
            )
            .managed(DEV, "b", boundary)
            .role(PROD, "prize", trust(&[&root(DEV)]), &[])
            .scp("force", force.clone(), &[DEV])
    };
    let prize = |org: Org| org.reach(&w(), &role(PROD, "prize"));
    assert_eq!(prize(org(allow("sts:*", "*"))), Some(Certain));
    assert_eq!(prize(org(allow("s3:*", "*"))), None);
    let none = Org::three()
        .role(
            DEV,
            "w",
            nobody(),
            &[allow_all(&["iam:CreateRole", "iam:AttachRolePolicy"])],
        )
        .role(PROD, "prize", trust(&[&root(DEV)]), &[])
        .scp("force", force.clone(), &[DEV]);
    assert_eq!(prize(none), None, "there is no such policy to be bound by");
}

#[test]
fn a_new_role_has_the_policies_that_may_be_attached() {
    let org = |name: &str| {
        let attach = policy(&[
            json!({"Effect": "Allow", "Action": "iam:CreateRole",
                "Resource": format!("arn:aws:iam::{DEV}:role/app/*")}),
            json!({"Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*",
                "Condition": {"ArnEquals": {"iam:PolicyARN": policy_arn(name)}}}),
        ]);
        Org::three()
            .role(DEV, "w", nobody(), &[attach])
            .managed(DEV, "walk", allow("sts:AssumeRole", "*"))
            .managed(DEV, "read", allow("s3:GetObject", "*"))
            .role(PROD, "prize", trust(&[&root(DEV)]), &[])
    };
    assert_eq!(org("walk").reach(&w(), &role(PROD, "prize")), Some(Certain));
    assert_eq!(org("read").reach(&w(), &role(PROD, "prize")), None);
}

/// How surely all of these together reach something.
fn reach_all(org: &Org, start: &[&str], target: &str) -> Option<blastwall_blast::Certainty> {
    let graph = org.graph();
    let start: Vec<_> = start
        .iter()
        .map(|name| graph.find(&role(DEV, name)).unwrap())
        .collect();
    let radius = graph.radius(&start).unwrap();
    let target = graph.find(target).unwrap();
    for fact in radius.facts.iter().chain(&radius.rewritten) {
        for step in fact.witness.iter() {
            let certain = step.certainty == Certain;
            assert_eq!(certain, step.conditions.is_empty(), "{step:?}");
            assert!(
                step.link == "account-principals" || !step.evidence.is_empty(),
                "{step:?}"
            );
        }
    }
    radius.fact(&target).map(|fact| fact.certainty)
}

#[test]
fn one_makes_a_role_and_another_gives_it_a_policy() {
    let org = |make: &str, give: &str, other: &str| {
        Org::three()
            .role(
                DEV,
                "maker",
                nobody(),
                &[allow(make, &format!("arn:aws:iam::{DEV}:{other}/app/*"))],
            )
            .role(
                DEV,
                "giver",
                nobody(),
                &[allow(give, &format!("arn:aws:iam::{DEV}:{other}/app/x*"))],
            )
            .role(DEV, "keys", nobody(), &[allow("iam:CreateAccessKey", "*")])
    };
    for give in ["iam:PutRolePolicy", "iam:AttachRolePolicy"] {
        let org = org("iam:CreateRole", give, "role");
        assert_eq!(
            reach_all(&org, &["maker", "giver"], DEV),
            Some(Certain),
            "{give}"
        );
        assert_eq!(reach_all(&org, &["maker"], DEV), None);
        assert_eq!(reach_all(&org, &["giver", "keys"], DEV), None);
    }
    let three = org("iam:CreateUser", "iam:AttachUserPolicy", "user");
    assert_eq!(
        reach_all(&three, &["maker", "giver", "keys"], DEV),
        Some(Certain)
    );
    assert_eq!(reach_all(&three, &["maker", "giver"], DEV), None);
    let guarded = org("iam:CreateRole", "iam:PutRolePolicy", "role").scp(
        "no",
        deny("iam:PutRolePolicy", "*"),
        &[DEV],
    );
    assert_eq!(reach_all(&guarded, &["maker", "giver"], DEV), None);
}

#[test]
fn one_takes_the_boundary_away_and_another_writes_a_policy() {
    let org = |lifts: &str| {
        let more = json!({"PermissionsBoundary": policy_arn("b")});
        Org::three()
            .role_with(DEV, "w", trust(&[&role(DEV, "writer")]), &[], more)
            .managed(DEV, "b", allow("s3:GetObject", "*"))
            .role(DEV, "writer", nobody(), &[allow("iam:PutRolePolicy", &w())])
            .role(DEV, "lifter", nobody(), &[allow(lifts, &w())])
    };
    let both = org("iam:DeleteRolePermissionsBoundary");
    assert_eq!(reach_all(&both, &["writer", "lifter"], DEV), Some(Certain));
    assert_eq!(reach_all(&both, &["writer"], DEV), None);
    assert_eq!(reach_all(&both, &["lifter"], DEV), None);
    assert_eq!(reach_all(&both, &["lifter", "w"], DEV), None);
    assert_eq!(
        reach_all(&org("iam:GetRole"), &["writer", "lifter"], DEV),
        None
    );
    let denied = |lifts: &str| {
        let guard = deny("iam:*", "*");
        let more = json!({"ManagedPolicyArns": [policy_arn("guard")]});
        Org::three()
            .role_with(DEV, "w", trust(&[&role(DEV, "writer")]), &[], more)
            .managed(DEV, "guard", guard)
            .role(DEV, "writer", nobody(), &[allow("iam:PutRolePolicy", &w())])
            .role(DEV, "lifter", nobody(), &[allow(lifts, &w())])
    };
    let lifted = denied("iam:DetachRolePolicy");
    assert_eq!(
        reach_all(&lifted, &["writer", "lifter"], DEV),
        Some(Certain)
    );
    assert_eq!(reach_all(&lifted, &["writer"], DEV), None);
    assert_eq!(
        reach_all(&denied("iam:GetRole"), &["writer", "lifter"], DEV),
        None
    );
}
