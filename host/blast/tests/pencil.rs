//! Small organizations whose reach was worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use std::slice;

use blastwall_blast::Certainty::{Certain, Conditional, Speculative};
use blastwall_blast::{OutsideParty, Subject};
use serde_json::{Value, json};
use support::*;

/// dev's `deployer` may become test's `runner`, which may become prod's `release`, an
/// administrator.
fn chain() -> Org {
    Org::three()
        .role(
            DEV,
            "deployer",
            nobody(),
            &[allow("sts:AssumeRole", &role(TEST, "runner"))],
        )
        .role(
            TEST,
            "runner",
            trust(&[&role(DEV, "deployer")]),
            &[allow("sts:AssumeRole", "arn:aws:iam::*:role/release")],
        )
        .role(PROD, "release", trust(&[&root(TEST)]), &[admin()])
        .role(PROD, "reader", nobody(), &[allow("s3:Get*", "*")])
        .user(DEV, "ann", &[], &[])
}

#[test]
fn a_chain_over_three_accounts() {
    let radius = chain().radius(&role(DEV, "deployer"));
    assert_eq!(
        falls(&radius),
        [
            (format!("account {PROD}"), Certain, 2),
            (role(TEST, "runner"), Certain, 1),
            (role(PROD, "reader"), Certain, 2),
            (role(PROD, "release"), Certain, 2),
        ]
    );
    let path = radius.path(&principal(&role(PROD, "reader")));
    let kinds: Vec<_> = path.iter().map(|step| step.link.as_str()).collect();
    assert_eq!(
        kinds,
        [
            "assume-role",
            "assume-role",
            "account-administrator",
            "account-principals"
        ]
    );
    let first = &path[0];
    assert_eq!(first.evidence.len(), 2, "{first:#?}");
    assert!(first.evidence.iter().any(|evidence| {
        &*evidence.layer == "identity policy"
            && &*evidence.policy == "inline policy inline-0 of role deployer"
            && &*evidence.statement == "statement 1"
            && evidence.text.contains("sts:AssumeRole")
    }));
    assert!(first.evidence.iter().any(|evidence| {
        &*evidence.layer == "trust policy"
            && *evidence.policy == *format!("trust policy of {}", role(TEST, "runner"))
    }));
    assert_eq!(
        chain().reach(&user(DEV, "ann"), &role(PROD, "release")),
        None
    );
}

#[test]
fn the_survey_of_the_chain() {
    let survey = chain().survey();
    let dev = survey
        .accounts
        .iter()
        .find(|blast| &*blast.environment == "dev")
        .unwrap();
    let reached: Vec<_> = dev
        .reaches
        .iter()
        .map(|reached| {
            (
                &*reached.environment,
                reached.certainty,
                reached.hops,
                reached.whole_account,
                reached.principals.certain,
            )
        })
        .collect();
    assert_eq!(
        reached,
        [
            ("test", Certain, 1, None, 1),
            ("prod", Certain, 2, Some(Certain), 2)
        ]
    );
    // Outside of dev there are three accounts of weight 1: all of test's one role and the whole
    // of prod are lost, the management account is not.
    assert!((dev.containment.score - 1.0 / 3.0).abs() < 1e-9);
    let prod = survey
        .accounts
        .iter()
        .find(|blast| &*blast.environment == "prod")
        .unwrap();
    // Two of three principals outside prod reach in: deployer and runner, but not ann.
    assert!(
        (prod.exposure.score - 2.0 / 3.0).abs() < 1e-9,
        "{:?}",
        prod.exposure
    );
    assert_eq!(prod.exposure.principals, 2);
    let entered: Vec<_> = prod
        .entered_by
        .iter()
        .map(|entrance| {
            (
                entrance.environment.as_deref(),
                entrance.certainty,
                entrance.hops,
            )
        })
        .collect();
    assert_eq!(
        entered,
        [
            (Some("test"), Certain, 1),
            (Some("management"), Certain, 1),
            (Some("dev"), Certain, 2),
            (None, Speculative, 1)
        ]
    );
    let cells: Vec<_> = survey
        .crossings
        .iter()
        .map(|cell| (&*cell.from, &*cell.to, cell.hops, cell.via.len()))
        .collect();
    assert_eq!(
        cells,
        [
            ("dev", "prod", 2, 3),
            ("dev", "test", 1, 1),
            ("management", "dev", 1, 1),
            ("management", "prod", 1, 1),
            ("management", "test", 1, 1),
            ("test", "prod", 1, 2),
        ]
    );
}

#[test]
fn a_service_control_policy_cuts_it() {
    let cut = chain().scp(
        "no-release",
        deny("sts:AssumeRole", "arn:aws:iam::*:role/release"),
        &[TEST],
    );
    assert_eq!(cut.reach(DEV, &role(TEST, "runner")), Some(Certain));
    assert_eq!(cut.reach(DEV, PROD), None);
    assert_eq!(
        cut.reach(TEST, PROD),
        None,
        "it binds the whole account too"
    );

    // On a unit above, and on the root, it binds as well; elsewhere it does not.
    for (target, reach) in [("r-root", None), (DEV, Some(Certain))] {
        let org = chain().scp(
            "no-release",
            deny("sts:AssumeRole", &role(PROD, "release")),
            &[target],
        );
        assert_eq!(org.reach(TEST, PROD), reach, "{target}");
    }
}

#[test]
fn a_service_control_policy_that_cannot_be_read_is_a_condition() {
    let org = chain().scp("torn", json!("{not json"), &[DEV]);
    let radius = org.radius(DEV);
    let step = &radius.path(&principal(&role(TEST, "runner")))[0];
    assert_eq!(step.certainty, Conditional);
    let text = &step.conditions[0].text;
    assert!(
        text.starts_with("torn (p-torn), which could not be read"),
        "{text}"
    );
}

#[test]
fn every_level_of_an_allow_list_must_allow() {
    let org = |allowed: &str| {
        chain()
            .scp(
                "FullAWSAccess",
                allow("*", "*"),
                &["r-root", DEV, PROD, MANAGEMENT],
            )
            .scp("list", allow(allowed, "*"), &[TEST])
    };
    assert_eq!(org("sts:*").reach(TEST, PROD), Some(Certain));
    assert_eq!(org("s3:*").reach(TEST, PROD), None);
}

#[test]
fn service_control_policies_do_not_bind_the_management_account() {
    let org = Org::three()
        .role(
            PROD,
            "OrganizationAccountAccessRole",
            trust(&[&root(MANAGEMENT)]),
            &[admin()],
        )
        .role(MANAGEMENT, "ops", nobody(), &[allow("sts:AssumeRole", "*")])
        .scp("stop", deny("*", "*"), &["r-root", MANAGEMENT]);
    let into = role(PROD, "OrganizationAccountAccessRole");
    assert_eq!(org.reach(&role(MANAGEMENT, "ops"), &into), Some(Certain));
    // The role is bound in prod: it is no administrator there.
    assert_eq!(org.reach(&role(MANAGEMENT, "ops"), PROD), None);
    assert_eq!(org.reach(MANAGEMENT, PROD), Some(Certain));
}

#[test]
fn resource_control_policies_guard_the_role() {
    let org = chain().control(
        "rcp",
        "perimeter",
        policy(&[
            json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
            "Resource": "*",
            "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalAccount": [PROD]}}}),
        ]),
        &[PROD],
    );
    assert_eq!(org.reach(TEST, PROD), None);
    assert_eq!(org.reach(MANAGEMENT, PROD), Some(Certain));
}

#[test]
fn an_organization_perimeter_keeps_strangers_out_and_members_in() {
    let open = Org::three().role(PROD, "open", trust(&["*"]), &[]).role(
        DEV,
        "caller",
        nobody(),
        &[allow("sts:AssumeRole", "*")],
    );
    assert_eq!(open.reach("anyone", &role(PROD, "open")), Some(Certain));
    let guarded = open.control(
        "rcp",
        "perimeter",
        policy(&[
            json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
            "Resource": "*",
            "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-test000001"}}}),
        ]),
        &["r-root"],
    );
    assert_eq!(guarded.reach("anyone", &role(PROD, "open")), None);
    assert_eq!(
        guarded.reach(&role(DEV, "caller"), &role(PROD, "open")),
        Some(Certain)
    );
}

#[test]
fn an_external_id_is_a_condition_that_the_attacker_sets() {
    let org = Org::three()
        .role(
            PROD,
            "vendor",
            trust_if(
                &[&root(VENDOR)],
                json!({"StringEquals": {"sts:ExternalId": "c-42"}}),
            ),
            &[],
        )
        .role(
            PROD,
            "tested",
            trust_if(
                &[&root(TEST)],
                json!({"StringEquals": {"sts:ExternalId": "c-42"}}),
            ),
            &[],
        );
    assert_eq!(org.reach(VENDOR, &role(PROD, "vendor")), Some(Conditional));
    let radius = org.radius(TEST);
    let step = &radius.path(&principal(&role(PROD, "tested")))[0];
    assert_eq!(step.certainty, Conditional);
    assert!(step.conditions[0].attacker_can_set);
    assert!(
        step.conditions[0].text.contains("sts:ExternalId"),
        "{step:?}"
    );
    let survey = org.survey();
    let prod = survey
        .accounts
        .iter()
        .find(|blast| &*blast.environment == "prod")
        .unwrap();
    assert!(prod.entered_by.iter().any(|entrance| {
        entrance.from
            == Subject::Outside {
                party: OutsideParty::Account {
                    id: VENDOR.parse().unwrap(),
                },
            }
    }));
}

#[test]
fn a_boundary_limits_what_the_policies_allow() {
    let boundary = format!("arn:aws:iam::{DEV}:policy/boundary");
    let org = |content| {
        Org::three()
            .managed(DEV, "boundary", content)
            .role_with(
                DEV,
                "app",
                nobody(),
                &[admin()],
                json!({"PermissionsBoundary": boundary}),
            )
            .role(PROD, "release", trust(&[&root(DEV)]), &[])
            .role(PROD, "exact", trust(&[&role(DEV, "app")]), &[])
            .role(DEV, "local", trust(&[&role(DEV, "app")]), &[])
    };
    let bound = org(allow("s3:*", "*"));
    assert_eq!(bound.reach(&role(DEV, "app"), &role(PROD, "release")), None);
    assert_eq!(bound.reach(&role(DEV, "app"), &role(PROD, "exact")), None);
    assert_eq!(bound.reach(&role(DEV, "app"), DEV), None);
    assert_eq!(
        bound.reach(DEV, &role(PROD, "release")),
        Some(Certain),
        "the account may drop it"
    );
    let loose = org(allow("sts:*", "*"));
    assert_eq!(
        loose.reach(&role(DEV, "app"), &role(PROD, "release")),
        Some(Certain)
    );
    assert_eq!(loose.reach(&role(DEV, "app"), DEV), None);
}

#[test]
fn a_boundary_that_was_not_seen_takes_the_certainty() {
    let org = Org::three()
        .role_with(
            DEV,
            "app",
            nobody(),
            &[allow("sts:AssumeRole", "*")],
            json!({"PermissionsBoundary": format!("arn:aws:iam::{DEV}:policy/lost")}),
        )
        .role(PROD, "release", trust(&[&root(DEV)]), &[]);
    assert_eq!(
        org.reach(&role(DEV, "app"), &role(PROD, "release")),
        Some(Conditional)
    );
    assert_eq!(org.graph().unjudged().len(), 1);
}

#[test]
fn group_policies_count_for_the_users() {
    let org = Org::three()
        .group(DEV, "operators", &[allow("sts:AssumeRole", "*")])
        .user(DEV, "ann", &[], &["operators"])
        .user(DEV, "bob", &[], &[])
        .role(PROD, "release", trust(&[&root(DEV)]), &[]);
    assert_eq!(
        org.reach(&user(DEV, "ann"), &role(PROD, "release")),
        Some(Certain)
    );
    assert_eq!(org.reach(&user(DEV, "bob"), &role(PROD, "release")), None);
    let radius = org.radius(&user(DEV, "ann"));
    let step = &radius.path(&principal(&role(PROD, "release")))[0];
    assert!(
        step.evidence
            .iter()
            .any(|evidence| evidence.policy.ends_with("of group operators"))
    );
}

#[test]
fn an_explicit_deny_wins_on_either_side() {
    let base = |policies: &[serde_json::Value], trust| {
        Org::three()
            .role(DEV, "caller", nobody(), policies)
            .role(PROD, "release", trust, &[])
    };
    let open = trust(&[&root(DEV)]);
    let into = role(PROD, "release");
    let from = role(DEV, "caller");
    let may = allow("sts:*", "*");
    assert_eq!(
        base(slice::from_ref(&may), open.clone()).reach(&from, &into),
        Some(Certain)
    );
    assert_eq!(
        base(&[may.clone(), deny("sts:*", &into)], open.clone()).reach(&from, &into),
        None
    );
    let closed = policy(&[
        open["Statement"][0].clone(),
        json!({"Effect": "Deny", "Principal": {"AWS": from}, "Action": "sts:AssumeRole"}),
    ]);
    let org =
        base(slice::from_ref(&may), closed).role(DEV, "other", nobody(), slice::from_ref(&may));
    assert_eq!(
        org.reach(&role(DEV, "other"), &into),
        Some(Certain),
        "the same policies, and not the one that is denied"
    );
    assert_eq!(org.reach(&from, &into), None);
}

#[test]
fn not_action_and_not_resource() {
    let org = |statement: serde_json::Value| {
        Org::three()
            .role(DEV, "caller", nobody(), &[policy(&[statement])])
            .role(PROD, "release", trust(&[&root(DEV)]), &[])
            .role(PROD, "other", trust(&[&root(DEV)]), &[])
    };
    let from = role(DEV, "caller");
    let power_user = org(json!({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}));
    assert_eq!(
        power_user.reach(&from, &role(PROD, "release")),
        Some(Certain)
    );
    assert_eq!(power_user.reach(&from, DEV), None);
    let no_sts = org(json!({"Effect": "Allow", "NotAction": ["sts:*", "iam:*"], "Resource": "*"}));
    assert_eq!(no_sts.reach(&from, &role(PROD, "release")), None);
    let all_but = org(
        json!({"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": role(PROD, "release")}),
    );
    assert_eq!(all_but.reach(&from, &role(PROD, "release")), None);
    assert_eq!(all_but.reach(&from, &role(PROD, "other")), Some(Certain));
}

#[test]
fn trust_in_the_organization_or_a_unit_of_it() {
    let org = |condition| {
        Org::new()
            .unit("ou-a", "r-root")
            .unit("ou-b", "r-root")
            .account(DEV, "dev", "ou-a")
            .account(TEST, "test", "ou-b")
            .account(PROD, "prod", "ou-b")
            .role(DEV, "caller", nobody(), &[allow("sts:AssumeRole", "*")])
            .role(DEV, "mute", nobody(), &[])
            .role(PROD, "shared", trust_if(&["*"], condition), &[])
    };
    let into = role(PROD, "shared");
    let whole = org(json!({"StringEquals": {"aws:PrincipalOrgID": "o-test000001"}}));
    assert_eq!(whole.reach(DEV, &into), Some(Certain));
    assert_eq!(whole.reach(TEST, &into), Some(Certain));
    assert_eq!(whole.reach(MANAGEMENT, &into), Some(Certain));
    assert_eq!(whole.reach(&role(DEV, "caller"), &into), Some(Certain));
    assert_eq!(whole.reach(&role(DEV, "mute"), &into), None);
    assert_eq!(whole.reach("anyone", &into), None);
    let unit = org(json!({"ForAnyValue:StringLike":
        {"aws:PrincipalOrgPaths": "o-test000001/r-root/ou-b/*"}}));
    assert_eq!(unit.reach(DEV, &into), None);
    assert_eq!(unit.reach(&role(DEV, "caller"), &into), None);
    assert_eq!(unit.reach(TEST, &into), Some(Certain));
    let other = org(json!({"StringEquals": {"aws:PrincipalOrgID": "o-elsewhere"}}));
    assert_eq!(other.reach(DEV, &into), None);
    assert_eq!(other.reach("o-elsewhere", &into), Some(Certain));
}

#[test]
fn a_principal_arn_condition_is_met_by_making_such_a_role() {
    let org = Org::three()
        .role(DEV, "ci-build", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(DEV, "app", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(
            PROD,
            "release",
            trust_if(
                &[&root(DEV)],
                json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{DEV}:role/ci-*")}}),
            ),
            &[],
        );
    let into = role(PROD, "release");
    assert_eq!(org.reach(&role(DEV, "ci-build"), &into), Some(Certain));
    assert_eq!(org.reach(&role(DEV, "app"), &into), None);
    assert_eq!(org.reach(DEV, &into), Some(Certain));
}

#[test]
fn session_tags_win_over_the_tags_of_a_role() {
    let tagged = |trust| {
        json!({"type": "AWS::IAM::Role", "arn": role(DEV, "caller"), "account": DEV,
            "tags": {"team": "blue"},
            "config": {"RoleName": "caller", "AssumeRolePolicyDocument": trust, "Policies": [
                {"PolicyName": "assume", "PolicyDocument": allow("sts:AssumeRole", "*")}]}})
    };
    let org = |actions: &[&str]| {
        Org::three()
            .add(
                DEV,
                tagged(policy(&[
                    json!({"Effect": "Allow", "Principal": {"AWS": root(DEV)}, "Action": actions}),
                ])),
            )
            .role(
                PROD,
                "red",
                trust_if(
                    &[&root(DEV)],
                    json!({"StringEquals": {"aws:PrincipalTag/team": "red"}}),
                ),
                &[],
            )
    };
    let reach = |org: Org| org.reach(&role(DEV, "caller"), &role(PROD, "red"));
    assert_eq!(reach(org(&["sts:AssumeRole"])), None);
    assert_eq!(
        reach(org(&["sts:AssumeRole", "sts:TagSession"])),
        Some(Conditional)
    );
}

#[test]
fn roles_of_identity_center_cannot_be_made() {
    let sso = "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef";
    let into = role(PROD, "release");
    let org = Org::three()
        .role(
            PROD,
            "release",
            trust_if(
                &[&root(DEV)],
                json!({"ArnLike": {"aws:PrincipalArn": format!("arn:aws:iam::{DEV}:role/{}*", &sso[..40])}}),
            ),
            &[],
        );
    assert_eq!(org.reach(DEV, &into), None);
    let org = org.role(DEV, sso, nobody(), &[allow("sts:AssumeRole", "*")]);
    assert_eq!(org.reach(&role(DEV, sso), &into), Some(Certain));
    assert_eq!(org.reach(DEV, &into), Some(Speculative));
}

#[test]
fn inside_an_account() {
    let org = Org::three()
        .role(DEV, "a", nobody(), &[])
        .role(DEV, "b", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(DEV, "named", trust(&[&role(DEV, "a")]), &[])
        .role(DEV, "rooted", trust(&[&root(DEV)]), &[]);
    assert_eq!(
        org.reach(&role(DEV, "a"), &role(DEV, "named")),
        Some(Certain)
    );
    assert_eq!(org.reach(&role(DEV, "a"), &role(DEV, "rooted")), None);
    assert_eq!(org.reach(&role(DEV, "b"), &role(DEV, "named")), None);
    assert_eq!(
        org.reach(&role(DEV, "b"), &role(DEV, "rooted")),
        Some(Certain)
    );
    assert_eq!(
        org.reach(&role(DEV, "b"), &role(DEV, "b")),
        Some(Certain),
        "the start itself"
    );
}

#[test]
fn a_star_lets_the_own_account_in_without_further_permission() {
    let org = Org::three()
        .role(PROD, "open", trust(&["*"]), &[])
        .user(PROD, "ann", &[], &[])
        .user(DEV, "bob", &[], &[]);
    let into = role(PROD, "open");
    assert_eq!(org.reach(&user(PROD, "ann"), &into), Some(Certain));
    assert_eq!(org.reach(&user(DEV, "bob"), &into), None);
    assert_eq!(org.reach(DEV, &into), Some(Certain));
}

#[test]
fn administrators_and_what_stops_them() {
    let org = |policies: &[serde_json::Value]| Org::three().role(DEV, "x", nobody(), policies);
    let administers = |org: Org| org.reach(&role(DEV, "x"), DEV);
    assert_eq!(administers(org(&[admin()])), Some(Certain));
    assert_eq!(administers(org(&[allow("iam:*", "*")])), Some(Certain));
    assert_eq!(administers(org(&[allow("iam:Get*", "*")])), None);
    assert_eq!(
        administers(org(&[allow(
            "iam:*",
            &format!("arn:aws:iam::{DEV}:role/app-*")
        )])),
        Some(Certain),
        "a new role of such a name may be given any policy"
    );
    assert_eq!(
        administers(org(&[allow(
            "iam:Put*",
            &format!("arn:aws:iam::{DEV}:role/app-*")
        )])),
        None
    );
    assert_eq!(administers(org(&[admin(), deny("iam:*", "*")])), None);
    assert_eq!(
        administers(org(&[admin()]).scp("no-users", deny("iam:CreateUser", "*"), &[DEV])),
        Some(Certain)
    );
    assert_eq!(
        administers(org(&[admin()]).scp("no-iam", deny("iam:*", "*"), &[DEV])),
        None
    );
    let with_boundary = policy(&[
        json!({"Effect": "Allow", "Action": "iam:*", "Resource": "*",
        "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}}),
    ]);
    assert_eq!(administers(org(&[with_boundary])), None);
    // By its well-known name, without the document.
    let named = Org::three().role_with(
        DEV,
        "x",
        nobody(),
        &[],
        json!({"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}),
    );
    assert_eq!(administers(named), Some(Certain));
}

#[test]
fn what_cannot_be_read_is_told_and_never_certain() {
    let org = Org::three()
        .role(PROD, "text", json!("{\"Version\": oops"), &[])
        .role(
            PROD,
            "strange",
            json!({"Statement": {"Effect": "Perhaps"}}),
            &[],
        )
        .role(PROD, "fine", trust(&[&role(DEV, "partly")]), &[])
        .role_with(
            DEV,
            "partly",
            nobody(),
            &[allow("sts:AssumeRole", &role(PROD, "text"))],
            json!({"ManagedPolicyArns": ["arn:aws:iam::111111111111:policy/gone"]}),
        );
    let graph = org.graph();
    let arns: Vec<_> = graph
        .unjudged()
        .iter()
        .map(|entry| entry.arn.as_str().to_owned())
        .collect();
    assert_eq!(
        arns,
        [
            role(DEV, "partly"),
            role(PROD, "strange"),
            role(PROD, "text")
        ]
    );
    // Its policies do not allow it, but one was not seen.
    assert_eq!(
        org.reach(&role(DEV, "partly"), &role(PROD, "fine")),
        Some(Speculative)
    );
    // It is allowed to, but who is let in is not known.
    assert_eq!(
        org.reach(&role(DEV, "partly"), &role(PROD, "text")),
        Some(Speculative)
    );
    assert_eq!(org.survey().unjudged.len(), 3);
}

#[test]
fn an_account_that_was_not_entered_counts_as_far_as_others_tell() {
    let org = chain().refused(TEST);
    // As a whole it still reaches prod, because only service control policies bind it.
    assert_eq!(org.reach(TEST, PROD), Some(Certain));
    // Into it, a policy of dev names a role whose trust was not seen.
    assert_eq!(org.reach(DEV, &role(TEST, "runner")), Some(Speculative));
    assert_eq!(org.reach(MANAGEMENT, TEST), Some(Certain));
    let survey = org.survey();
    assert_eq!(survey.blind_spots.len(), 1);
    assert_eq!(survey.blind_spots[0].account, TEST);
}

#[test]
fn a_suspended_account_is_neither_inside_nor_outside() {
    let mut org = chain();
    for document in &mut org.organization {
        if document["config"]["AccountId"] == DEV {
            document["observed"]["Status"] = json!("SUSPENDED");
        }
    }
    for org in [org.clone(), org.refused(DEV)] {
        // Nobody can act in it, so that what trusts it lets nobody in.
        let error = org.graph().find(DEV).unwrap_err().to_string();
        assert!(error.ends_with("its status is SUSPENDED"), "{error}");
        let survey = org.survey();
        assert!(survey.accounts.iter().all(|blast| {
            blast
                .entered_by
                .iter()
                .all(|entrance| !entrance.from.to_string().contains(DEV))
        }));
        assert_eq!(survey.blind_spots.len(), 1);
        assert_eq!(survey.blind_spots[0].account, DEV);
    }
}

#[test]
fn a_wildcard_in_a_principal_names_nobody() {
    let org = Org::three()
        .role(PROD, "target", trust(&[&role(DEV, "*")]), &[])
        .role(DEV, "ci", nobody(), &[admin()]);
    assert_eq!(org.reach(&role(DEV, "ci"), &role(PROD, "target")), None);
    assert_eq!(org.reach(DEV, &role(PROD, "target")), None);
}

#[test]
fn services_and_identity_providers_are_outside_parties() {
    let provider = format!("arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com");
    let org = Org::three().role(PROD, "worker", nobody(), &[]).role(
        PROD,
        "ci",
        policy(&[
            json!({"Effect": "Allow", "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringLike":
                    {"token.actions.githubusercontent.com:sub": "repo:acme/*"}}}),
        ]),
        &[admin()],
    );
    assert_eq!(
        org.reach("ec2.amazonaws.com", &role(PROD, "worker")),
        Some(Speculative)
    );
    assert_eq!(org.reach(&provider, &role(PROD, "ci")), Some(Conditional));
    assert_eq!(org.reach(&provider, PROD), Some(Conditional));
    assert_eq!(org.reach("ec2.amazonaws.com", &role(PROD, "ci")), None);
}

#[test]
fn without_an_organization_every_account_stands_alone() {
    let mut org = chain();
    org.organization.clear();
    assert_eq!(org.reach(DEV, PROD), Some(Certain), "trust is trust");
    assert_eq!(org.reach(MANAGEMENT, PROD), None);
}

#[test]
fn policies_may_be_documents_of_their_own() {
    let enter = policy(&[statement("Allow", "sts:AssumeRole", "*")]);
    let part = |kind: &str, config: Value| {
        json!({"type": format!("AWS::IAM::{kind}"), "account": DEV,
            "arn": format!("arn:aws:iam::{DEV}:part/{kind}"), "config": config})
    };
    let org = |parts: &[Value]| {
        let org = Org::three()
            .role(DEV, "app", nobody(), &[])
            .user(DEV, "ann", &[], &[])
            .group(DEV, "staff", &[])
            .role(PROD, "prize", trust(&[&root(DEV)]), &[]);
        parts
            .iter()
            .fold(org, |org, part| org.add(DEV, part.clone()))
    };
    let reach = |from: &str, parts: &[Value]| org(parts).reach(from, &role(PROD, "prize"));
    let (app, ann) = (role(DEV, "app"), user(DEV, "ann"));
    let inline = |more: Value| {
        let mut config = json!({"PolicyName": "enter", "PolicyDocument": enter});
        for (name, value) in more.as_object().unwrap() {
            config[name] = value.clone();
        }
        config
    };
    assert_eq!(reach(&app, &[]), None);
    let own = part("RolePolicy", inline(json!({"RoleName": "app"})));
    assert_eq!(reach(&app, std::slice::from_ref(&own)), Some(Certain));
    assert_eq!(reach(&ann, &[own]), None);
    let of_user = part("UserPolicy", inline(json!({"UserName": "ann"})));
    assert_eq!(reach(&ann, &[of_user]), Some(Certain));
    let shared = part(
        "Policy",
        inline(json!({"Roles": ["app"], "Groups": ["staff"]})),
    );
    assert_eq!(reach(&app, std::slice::from_ref(&shared)), Some(Certain));
    assert_eq!(
        reach(&ann, std::slice::from_ref(&shared)),
        None,
        "in no group"
    );
    let joins = part(
        "UserToGroupAddition",
        json!({"GroupName": "staff", "Users": ["ann"]}),
    );
    assert_eq!(reach(&ann, &[shared, joins]), Some(Certain));
    let mut managed = part(
        "ManagedPolicy",
        json!({"ManagedPolicyName": "enter", "PolicyDocument": enter, "Roles": ["app"]}),
    );
    managed["arn"] = json!(format!("arn:aws:iam::{DEV}:policy/enter"));
    assert_eq!(reach(&app, &[managed]), Some(Certain));
}
