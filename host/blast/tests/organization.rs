//! Services that act in all accounts, and power over policies, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional};
use blastwall_blast::{Environment, Facts, Graph, Subject};
use serde_json::{Value, json};
use support::*;

const STACK_SETS: &str = "member.org.stacksets.cloudformation.amazonaws.com";

/// An organization that delegates a service to the account `TEST`, in which a role has these policies.
fn delegated(service: &str, policies: &[Value]) -> Org {
    let mut org = Org::three().role(TEST, "operator", nobody(), policies);
    let organization = &mut org.organization[0]["observed"];
    organization["EnabledServicePrincipals"] = json!([service]);
    organization["EnabledFeatures"] = json!(["RootSessions"]);
    org.organization
        .push(json!({"type": "AWS::Organizations::DelegatedAdministrator",
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:delegated-administrator/{TEST}"),
            "account": MANAGEMENT,
            "config": {"AccountId": TEST, "ServicePrincipals": [service]}}));
    org
}

fn operator() -> String {
    role(TEST, "operator")
}

fn deploys() -> Value {
    allow("cloudformation:Create*", "*")
}

#[test]
fn a_delegated_principal_gets_its_own_account_too() {
    let org = delegated(STACK_SETS, &[deploys()]);
    assert_eq!(org.reach(&operator(), PROD), Some(Certain));
    assert_eq!(org.reach(&operator(), TEST), Some(Certain));
    assert_eq!(org.reach(&operator(), MANAGEMENT), None);
}

#[test]
fn whoever_has_a_delegated_account_needs_no_principal_that_is_there() {
    let mut org = delegated(STACK_SETS, &[]);
    assert_eq!(org.reach(TEST, PROD), Some(Certain));
    org.accounts.get_mut(TEST).unwrap().1.clear();
    assert_eq!(org.reach(TEST, PROD), Some(Certain));
    assert_eq!(org.clone().refused(TEST).reach(TEST, PROD), Some(Certain));
    let fenced = org.scp("no-stacks", deny("cloudformation:*", "*"), &[TEST]);
    let linked = "aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let fenced = fenced.role(TEST, linked, nobody(), &[]);
    assert_eq!(fenced.reach(TEST, PROD), None);
    let excepted = delegated(STACK_SETS, &[]).scp(
        "stacks",
        policy(&[
            json!({"Effect": "Deny", "Action": "cloudformation:*", "Resource": "*",
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/stack-admin"}}}),
        ]),
        &[TEST],
    );
    assert_eq!(excepted.reach(TEST, PROD), Some(Certain));
    let graph = excepted.graph();
    let radius = graph.radius(&[graph.find(TEST).unwrap()]).unwrap();
    let path = radius.path(&graph.find(PROD).unwrap());
    let told = format!("{:?}", path[0].evidence);
    assert!(
        told.contains("the attacker acts as role/stack-admin"),
        "{told}"
    );
}

#[test]
fn instances_of_stack_sets_go_where_the_policies_let_them() {
    let target = |target: &str| {
        delegated(
            STACK_SETS,
            &[policy(&[
                statement("Allow", "cloudformation:CreateStackSet", "*"),
                json!({"Effect": "Allow", "Action": "cloudformation:CreateStackInstances",
                    "Resource": [format!("arn:aws:cloudformation:*:{TEST}:stackset/*"),
                        "arn:aws:cloudformation:*:*:type/*",
                        format!("arn:aws:cloudformation:*:{TEST}:stackset-target/{target}")]}),
            ])],
        )
    };
    for one in [DEV, &format!("*/{DEV}"), &format!("base:*/{DEV}")] {
        assert_eq!(target(one).reach(&operator(), DEV), Some(Certain), "{one}");
        assert_eq!(target(one).reach(&operator(), PROD), None, "{one}");
    }
    assert_eq!(target("*/r-root").reach(&operator(), PROD), Some(Certain));
    assert_eq!(target("base:*").reach(&operator(), PROD), Some(Certain));
}

#[test]
fn policies_on_root_users_bind_root_sessions() {
    let org = delegated("iam.amazonaws.com", &[allow("sts:AssumeRoot", "*")]);
    assert_eq!(org.reach(&operator(), PROD), Some(Conditional));
    assert_eq!(org.reach(TEST, PROD), Some(Conditional));
    let no_root = |more: Value| {
        let mut condition = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}});
        for (operator, test) in more.as_object().unwrap() {
            condition[operator] = test.clone();
        }
        let denial = json!({"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": condition});
        org.clone().scp("no-root", policy(&[denial]), &[PROD])
    };
    let bound = no_root(json!({}));
    assert_eq!(bound.reach(&operator(), PROD), None);
    assert_eq!(bound.reach(TEST, PROD), None);
    assert_eq!(bound.reach(&operator(), DEV), Some(Conditional));
    let central = no_root(json!({"BoolIfExists": {"aws:AssumedRoot": "false"}}));
    assert_eq!(central.reach(&operator(), PROD), Some(Conditional));
}

fn guards(org: &Org) -> Option<Certainty> {
    let graph = org.graph();
    let start = graph.find(&role(MANAGEMENT, "guard")).unwrap();
    let radius = graph.radius(&[start]).unwrap();
    let fact = radius.fact(&Subject::Guardrails);
    fact.map(|fact| fact.certainty)
}

fn guarding(policies: &[Value]) -> Org {
    Org::three()
        .role(MANAGEMENT, "guard", nobody(), policies)
        .scp("fence", deny("s3:*", "*"), &[PROD])
}

#[test]
fn rights_over_other_types_of_policy_open_nothing() {
    let on = |kind: &str| {
        let resource = format!("arn:aws:organizations::{MANAGEMENT}:policy/o-test000001/{kind}/*");
        guarding(&[allow("organizations:DetachPolicy", &resource)])
    };
    assert_eq!(guards(&on("tag_policy")), None);
    assert_eq!(guards(&on("service_control_policy")), Some(Certain));
    // No policy of that type binds anybody here.
    assert_eq!(guards(&on("resource_control_policy")), None);
    let by_type = |name: &str| {
        guarding(&[policy(&[json!({"Effect": "Allow",
            "Action": ["organizations:DetachPolicy", "organizations:UpdatePolicy"],
            "Resource": "*",
            "Condition": {"StringEquals": {"organizations:PolicyType": name}}})])])
    };
    assert_eq!(guards(&by_type("TAG_POLICY")), None);
    assert_eq!(guards(&by_type("SERVICE_CONTROL_POLICY")), Some(Certain));
}

#[test]
fn attaching_opens_what_allows_little() {
    let attaches = [allow("organizations:AttachPolicy", "*")];
    assert_eq!(guards(&guarding(&attaches)), None);
    let little = guarding(&attaches).scp("little", allow("s3:*", "*"), &[DEV]);
    assert_eq!(guards(&little), Some(Certain));
}

#[test]
fn an_account_out_of_the_organization_is_bound_by_nothing() {
    let removes = [allow("organizations:RemoveAccountFromOrganization", "*")];
    assert_eq!(guards(&guarding(&removes)), Some(Conditional));
}

const SETS: &str = "arn:aws:sso:::permissionSet/ssoins-0123456789abcdef";

#[test]
fn assignments_go_where_the_policies_let_them() {
    let org = |resources: Value| {
        let policies = [policy(&[json!({"Effect": "Allow", "Resource": resources,
            "Action": ["sso:CreateAccountAssignment"]})])];
        delegated("sso.amazonaws.com", &policies)
    };
    let instance = "arn:aws:sso:::instance/ssoins-0123456789abcdef";
    let set = format!("{SETS}/ps-1");
    let account = |id: &str| format!("arn:aws:sso:::account/{id}");
    let one = org(json!([instance, set, account(DEV)]));
    assert_eq!(one.reach(&operator(), DEV), Some(Conditional));
    assert_eq!(one.reach(&operator(), PROD), None);
    let all = org(json!([instance, set, account("*")]));
    assert_eq!(all.reach(&operator(), PROD), Some(Conditional));
    for missing in [
        json!([instance, account(DEV)]),
        json!([set, account(DEV)]),
        json!([instance, set]),
    ] {
        assert_eq!(
            org(missing.clone()).reach(&operator(), DEV),
            None,
            "{missing}"
        );
    }
    let rewrites = delegated(
        "sso.amazonaws.com",
        &[policy(&[
            json!({"Effect": "Allow", "Resource": [instance, set],
                "Action": "sso:PutInlinePolicyToPermissionSet"}),
            json!({"Effect": "Allow", "Resource": [instance, set, account(DEV)],
                "Action": "sso:ProvisionPermissionSet"}),
        ])],
    );
    assert_eq!(rewrites.reach(&operator(), DEV), Some(Conditional));
    assert_eq!(rewrites.reach(&operator(), PROD), None);
}

#[test]
fn whoever_rewrites_its_own_permission_set_has_the_account() {
    let name =
        |set: &str| format!("aws-reserved/sso.amazonaws.com/AWSReservedSSO_{set}_0123456789abcdef");
    let set = |name: &str, id: &str| {
        json!({"type": "AWS::SSO::PermissionSet", "arn": format!("{SETS}/{id}"), "account": MANAGEMENT,
            "config": {"Name": name, "PermissionSetArn": format!("{SETS}/{id}")}})
    };
    let org = |home: &str, action: &str, resources: Value| {
        let rewrites = policy(&[json!({"Effect": "Allow", "Resource": resources,
            "Action": [action, "sso:ProvisionPermissionSet"]})]);
        delegated("sso.amazonaws.com", &[])
            .role(home, &name("Ops"), nobody(), &[rewrites])
            .role(PROD, &name("Ops"), nobody(), &[])
            .add(MANAGEMENT, set("Ops", "ps-ops"))
            .add(MANAGEMENT, set("Dev", "ps-dev"))
    };
    let all = json!("*");
    let own = json!([
        "arn:aws:sso:::instance/*",
        format!("{SETS}/ps-ops"),
        "arn:aws:sso:::account/*"
    ]);
    let other = json!([
        "arn:aws:sso:::instance/*",
        format!("{SETS}/ps-dev"),
        "arn:aws:sso:::account/*"
    ]);
    let here = |home: &str, action: &str, resources: &Value| {
        org(home, action, resources.clone()).reach(&role(home, &name("Ops")), home)
    };
    for action in [
        "sso:PutInlinePolicyToPermissionSet",
        "sso:AttachManagedPolicyToPermissionSet",
        "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
    ] {
        assert_eq!(here(MANAGEMENT, action, &all), Some(Certain), "{action}");
        assert_eq!(here(TEST, action, &own), Some(Certain), "{action}");
    }
    let put = "sso:PutInlinePolicyToPermissionSet";
    assert_eq!(
        here(TEST, put, &other),
        Some(Conditional),
        "it is of another permission set, for whoever has that"
    );
    assert_eq!(here(DEV, put, &all), None, "nobody administers from there");
    assert_eq!(here(TEST, "sso:GetPermissionSet", &all), None);
    let ops = role(TEST, &name("Ops"));
    assert_eq!(
        org(TEST, put, own.clone()).reach(&ops, PROD),
        Some(Conditional)
    );
    assert_eq!(
        org(TEST, put, own.clone()).reach(&ops, DEV),
        Some(Conditional),
        "to somebody else"
    );
    let used = org(TEST, put, own).role(MANAGEMENT, &name("Ops"), nobody(), &[]);
    assert_eq!(
        used.reach(&ops, TEST),
        None,
        "it is used in the management account"
    );
}

#[test]
fn the_address_of_a_root_user_is_changed_account_by_account() {
    let both = json!([
        "account:StartPrimaryEmailUpdate",
        "account:AcceptPrimaryEmailUpdate"
    ]);
    let org = |resource: &str| {
        let policy = policy(&[json!({"Effect": "Allow", "Action": both, "Resource": resource})]);
        delegated("account.amazonaws.com", &[policy])
    };
    let of = |account: &str| format!("arn:aws:account::{MANAGEMENT}:account/*/{account}");
    let only = org(&of(PROD));
    assert_eq!(only.reach(&operator(), PROD), Some(Certain));
    assert_eq!(only.reach(&operator(), DEV), None);
    assert_eq!(org("*").reach(&operator(), DEV), Some(Certain));
}

#[test]
fn power_over_policies_that_keep_nothing_from_anybody_is_none() {
    let everything = allow("*", "*");
    let administers = |org: Org| {
        org.role(
            MANAGEMENT,
            "guard",
            nobody(),
            &[allow("organizations:*", "*")],
        )
    };
    let unguarded = Org::three().scp("everything", everything.clone(), &["r-root", PROD]);
    assert_eq!(guards(&administers(unguarded.clone())), None);
    assert_eq!(
        guards(&administers(unguarded.clone().scp(
            "fence",
            deny("s3:*", "*"),
            &[]
        ))),
        None,
        "attached to nothing"
    );
    assert_eq!(
        guards(&administers(unguarded.scp(
            "fence",
            deny("s3:*", "*"),
            &[MANAGEMENT]
        ))),
        None,
        "binds nobody there"
    );
}

#[test]
fn a_policy_is_rewritten_by_those_who_may_rewrite_that_one() {
    let org = |name: &str| {
        let kind = "service_control_policy";
        let arn =
            format!("arn:aws:organizations::{MANAGEMENT}:policy/o-test000001/{kind}/p-{name}");
        guarding(&[allow("organizations:UpdatePolicy", &arn)]).scp("spare", deny("s3:*", "*"), &[])
    };
    assert_eq!(guards(&org("fence")), Some(Certain));
    assert_eq!(guards(&org("spare")), None, "attached to nothing");
}

#[test]
fn accounts_leave_units_and_not_the_root() {
    let moves = [allow("organizations:MoveAccount", "*")];
    assert_eq!(guards(&guarding(&moves)), None, "it is the account's own");
    let mut org = guarding(&moves);
    org.organization.push(
        json!({"type": "AWS::Organizations::OrganizationalUnit", "account": MANAGEMENT,
        "arn": format!("arn:aws:organizations::{MANAGEMENT}:ou/o-test000001/ou-root-1"),
        "config": {"Id": "ou-root-1", "Name": "unit", "ParentId": "r-root"}}),
    );
    let org = org.account("555555555555", "inside", "ou-root-1").scp(
        "unit",
        deny("ec2:*", "*"),
        &["ou-root-1"],
    );
    assert_eq!(guards(&org), Some(Certain));
}

#[test]
fn policies_that_could_not_be_listed_are_in_doubt() {
    let mut facts = Facts::new();
    let org = Org::three()
        .role(DEV, "walker", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(PROD, "goal", trust(&[&root(DEV)]), &[]);
    let reach = |facts: Facts| {
        let graph = Graph::build(facts);
        let start = graph.find(&role(DEV, "walker")).unwrap();
        let radius = graph.radius(&[start]).unwrap();
        let goal = graph.find(&role(PROD, "goal")).unwrap();
        radius.fact(&goal).map(|fact| fact.certainty)
    };
    let add = |facts: &mut Facts| {
        facts.add_organization(&documents(&org.organization));
        for (id, (_, resources)) in &org.accounts {
            let id = id.parse().unwrap();
            facts.add_account(&id, Environment::default(), &documents(resources));
        }
    };
    add(&mut facts);
    assert_eq!(reach(facts), Some(Certain));
    let mut facts = Facts::new();
    add(&mut facts);
    facts.add_organization_gap("AWS::Organizations::Policy", "AccessDenied");
    assert_eq!(reach(facts), Some(Conditional));
}

#[test]
fn a_second_wave_is_no_surer_than_the_power_that_brings_it() {
    let org = |condition: Value| {
        let mut lets_in = trust(&[&root(DEV)]);
        if !condition.is_null() {
            lets_in["Statement"][0]["Condition"] = condition;
        }
        Org::three()
            .role(
                MANAGEMENT,
                "guard",
                lets_in,
                &[allow("organizations:*", "*")],
            )
            .role(DEV, "walker", nobody(), &[allow("sts:AssumeRole", "*")])
            .role(PROD, "goal", trust(&[&root(DEV)]), &[])
            .scp("fence", deny("sts:AssumeRole", &role(PROD, "goal")), &[DEV])
    };
    let wave = |condition: Value| {
        let graph = org(condition).graph();
        let start = graph.find(&role(DEV, "walker")).unwrap();
        let wave = graph.second_wave(&[start]).unwrap().unwrap();
        let goal = graph.find(&role(PROD, "goal")).unwrap();
        let change = wave.into_iter().find(|change| change.subject == goal);
        change.and_then(|change| change.after)
    };
    assert_eq!(wave(Value::Null), Some(Certain));
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    assert_eq!(wave(mfa), Some(Conditional));
}
