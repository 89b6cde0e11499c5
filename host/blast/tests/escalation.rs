//! Escalation inside an account, workloads, and services that act in all accounts: organizations whose
//! reach was worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{Certain, Conditional, Speculative};
use serde_json::{Value, json};
use support::*;

fn service(name: &str) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": name}, "Action": "sts:AssumeRole"}),
    ])
}

/// The account of dev, as `reach` names it.
fn all_of(account: &str) -> String {
    account.to_owned()
}

#[test]
fn a_principal_that_writes_its_own_policies_has_the_account() {
    for (action, own) in [
        ("iam:PutRolePolicy", true),
        ("iam:AttachRolePolicy", true),
        ("iam:PutUserPolicy", false),
    ] {
        let org = Org::three().role(
            DEV,
            "builder",
            nobody(),
            &[allow(action, &role(DEV, "builder"))],
        );
        let expected = own.then_some(Certain);
        assert_eq!(org.reach(&role(DEV, "builder"), DEV), expected, "{action}");
    }
    let elsewhere = Org::three().role(
        DEV,
        "builder",
        nobody(),
        &[allow("iam:PutRolePolicy", &role(DEV, "other"))],
    );
    assert_eq!(elsewhere.reach(&role(DEV, "builder"), DEV), None);
}

#[test]
fn a_boundary_stops_it_unless_it_can_be_taken_away() {
    let bounded = |policies: &[Value]| {
        Org::three()
            .managed(
                DEV,
                "edge",
                policy(&[statement("Allow", "iam:*Role*", "*")]),
            )
            .role_with(
                DEV,
                "builder",
                nobody(),
                policies,
                json!({"PermissionsBoundary": format!("arn:aws:iam::{DEV}:policy/edge")}),
            )
    };
    let own = role(DEV, "builder");
    // The boundary lets every action on roles through, the deletion of boundaries too.
    let writes = allow("iam:PutRolePolicy", &own);
    let unbinds = allow("iam:DeleteRolePermissionsBoundary", &own);
    assert_eq!(
        bounded(&[writes.clone(), unbinds]).reach(&own, DEV),
        Some(Certain)
    );
    let narrow = Org::three()
        .managed(DEV, "edge", allow("iam:PutRolePolicy", "*"))
        .role_with(
            DEV,
            "builder",
            nobody(),
            &[writes],
            json!({"PermissionsBoundary": format!("arn:aws:iam::{DEV}:policy/edge")}),
        );
    assert_eq!(narrow.reach(&own, DEV), None);
}

#[test]
fn a_guardrail_stops_it_too() {
    let org = || Org::three().role(DEV, "builder", nobody(), &[allow("iam:PutRolePolicy", "*")]);
    let own = role(DEV, "builder");
    assert_eq!(org().reach(&own, DEV), Some(Certain));
    let guarded = org().scp("no-inline", deny("iam:PutRolePolicy", "*"), &[DEV]);
    assert_eq!(guarded.reach(&own, DEV), None);
}

/// Two halves: one may write the other's policies, and only somebody with both gains anything.
#[test]
fn writing_to_another_takes_the_other_too() {
    let org = Org::three()
        .role(
            DEV,
            "writer",
            nobody(),
            &[allow("iam:PutRolePolicy", &role(DEV, "worker"))],
        )
        .role(DEV, "worker", nobody(), &[]);
    let (writer, worker) = (role(DEV, "writer"), role(DEV, "worker"));
    assert_eq!(org.reach(&writer, DEV), None);
    assert_eq!(org.reach(&worker, DEV), None);
    let graph = org.graph();
    let both = [graph.find(&writer).unwrap(), graph.find(&worker).unwrap()];
    let radius = graph.radius(&both).unwrap();
    let account = graph.find(DEV).unwrap();
    assert_eq!(radius.fact(&account).unwrap().certainty, Certain);
    let path = radius.path(&account);
    assert_eq!(path.last().unwrap().link, "iam-selfesc");
    assert_eq!(path.last().unwrap().from.len(), 2);
    // Whoever may become the other has both.
    let trusted = Org::three()
        .role(
            DEV,
            "writer",
            nobody(),
            &[allow("iam:PutRolePolicy", &role(DEV, "worker"))],
        )
        .role(DEV, "worker", trust(&[&writer]), &[]);
    assert_eq!(trusted.reach(&writer, DEV), Some(Certain));
}

#[test]
fn policies_and_groups_that_shape_a_principal_count() {
    let org = |action: &str, resource: &str| {
        Org::three()
            .managed(DEV, "team", allow("s3:GetObject", "*"))
            .group(DEV, "staff", &[])
            .group(DEV, "admins", &[admin()])
            .add(
                DEV,
                json!({"type": "AWS::IAM::User", "arn": user(DEV, "ann"), "account": DEV,
                    "config": {"UserName": "ann", "Groups": ["staff"],
                        "ManagedPolicyArns": [format!("arn:aws:iam::{DEV}:policy/team")],
                        "Policies": [{"PolicyName": "p", "PolicyDocument": allow(action, resource)}]}}),
            )
    };
    let iam = |resource: &str| format!("arn:aws:iam::{DEV}:{resource}");
    for (action, resource, expected) in [
        ("iam:CreatePolicyVersion", "policy/team", Some(Certain)),
        (
            "iam:SetDefaultPolicyVersion",
            "policy/team",
            Some(Conditional),
        ),
        ("iam:CreatePolicyVersion", "policy/other", None),
        ("iam:PutGroupPolicy", "group/staff", Some(Certain)),
        ("iam:AttachGroupPolicy", "group/admins", None),
        ("iam:AddUserToGroup", "group/admins", Some(Certain)),
        ("iam:AddUserToGroup", "group/staff", None),
    ] {
        let org = org(action, &iam(resource));
        assert_eq!(
            org.reach(&user(DEV, "ann"), DEV),
            expected,
            "{action} on {resource}"
        );
    }
}

#[test]
fn a_trust_policy_that_can_be_rewritten_lets_in() {
    let org = Org::three()
        .role(
            DEV,
            "writer",
            nobody(),
            &[allow("iam:UpdateAssumeRolePolicy", &role(DEV, "deploy"))],
        )
        .role(DEV, "deploy", nobody(), &[])
        .role(DEV, "other", nobody(), &[])
        .role(
            DEV,
            "aws-service-role/x.amazonaws.com/linked",
            nobody(),
            &[],
        );
    let writer = role(DEV, "writer");
    assert_eq!(org.reach(&writer, &role(DEV, "deploy")), Some(Certain));
    assert_eq!(org.reach(&writer, &role(DEV, "other")), None);
    let guarded = org.scp("no-assume", deny("sts:AssumeRole", "*"), &[DEV]);
    // An account outside is not bound by it, but by a resource control policy.
    assert_eq!(
        guarded.reach(&writer, &role(DEV, "deploy")),
        Some(Conditional)
    );
    let strangers = policy(&[
        json!({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-test000001"}}}),
    ]);
    let closed = guarded.control("rcp", "no-strangers", strangers, &["r-root"]);
    assert_eq!(closed.reach(&writer, &role(DEV, "deploy")), None);
}

#[test]
fn a_boundary_that_can_be_taken_away_bounds_nothing() {
    let fence = "arn:aws:iam::111111111111:policy/fence";
    let bounded = |action: &str| {
        Org::three()
            .managed(
                DEV,
                "fence",
                policy(&[
                    statement("Allow", "s3:*", "*"),
                    statement("Allow", action, "*"),
                ]),
            )
            .role_with(
                DEV,
                "admin",
                nobody(),
                &[admin()],
                json!({"PermissionsBoundary": fence}),
            )
    };
    for (action, expected) in [
        ("iam:DeleteRolePermissionsBoundary", Some(Certain)),
        ("iam:PutRolePermissionsBoundary", Some(Certain)),
        ("iam:CreatePolicyVersion", Some(Certain)),
        ("iam:SetDefaultPolicyVersion", Some(Conditional)),
        ("iam:GetRole", None),
    ] {
        let org = bounded(action);
        assert_eq!(org.reach(&role(DEV, "admin"), DEV), expected, "{action}");
    }
}

#[test]
fn what_is_known_of_credentials_decides() {
    let org = |action: &str, observed: Value| {
        let mut org = Org::three()
            .role(DEV, "maker", nobody(), &[allow(action, "*")])
            .user(DEV, "ann", &[], &[]);
        let user = org.accounts.get_mut(DEV).unwrap().1.last_mut().unwrap();
        user["observed"] = observed;
        org.reach(&role(DEV, "maker"), &user_arn("ann"))
    };
    let keys = |count: usize| {
        let keys: Vec<Value> = (0..count)
            .map(|place| {
                json!({"AccessKeyId": format!("AKIA{place}"), "Status": "Active",
                "CreateDate": "2026-01-01T00:00:00Z"})
            })
            .collect();
        json!({ "AccessKeys": keys })
    };
    assert_eq!(org("iam:CreateAccessKey", keys(1)), Some(Certain));
    assert_eq!(org("iam:CreateAccessKey", keys(2)), None);
    assert_eq!(org("iam:*AccessKey", keys(2)), Some(Certain));
    let password = |has: bool, mfa: bool| json!({"PasswordEnabled": has, "MFAActive": mfa});
    for (action, observed, expected) in [
        (
            "iam:UpdateLoginProfile",
            password(true, false),
            Some(Certain),
        ),
        (
            "iam:UpdateLoginProfile",
            password(true, true),
            Some(Conditional),
        ),
        ("iam:UpdateLoginProfile", password(false, false), None),
        (
            "iam:CreateLoginProfile",
            password(false, false),
            Some(Certain),
        ),
        ("iam:CreateLoginProfile", password(true, false), None),
        ("iam:CreateLoginProfile", json!({}), Some(Conditional)),
    ] {
        assert_eq!(org(action, observed), expected, "{action}");
    }
}

fn user_arn(name: &str) -> String {
    user(DEV, name)
}

#[test]
fn credentials_of_a_user_make_the_user() {
    let org = |action: &str| {
        Org::three()
            .role(
                DEV,
                "helpdesk",
                nobody(),
                &[allow(action, &user(DEV, "ann"))],
            )
            .user(DEV, "ann", &[], &[])
            .user(DEV, "bob", &[], &[])
    };
    let helpdesk = role(DEV, "helpdesk");
    for (action, expected) in [
        ("iam:CreateAccessKey", Some(Certain)),
        ("iam:CreateLoginProfile", Some(Conditional)),
        ("iam:UpdateLoginProfile", Some(Conditional)),
        ("iam:ListAccessKeys", None),
    ] {
        assert_eq!(org(action).reach(&helpdesk, &user(DEV, "ann")), expected);
        assert_eq!(org(action).reach(&helpdesk, &user(DEV, "bob")), None);
    }
}

fn passing(more: &[Value]) -> Org {
    let pass = policy(&[json!({"Effect": "Allow", "Action": "iam:PassRole",
        "Resource": role(DEV, "function"),
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}})]);
    let policies = [&[pass][..], more].concat();
    Org::three()
        .role(DEV, "coder", nobody(), &policies)
        .role(DEV, "function", service("lambda.amazonaws.com"), &[])
        .role(DEV, "machine", service("ec2.amazonaws.com"), &[])
}

#[test]
fn a_role_that_can_be_passed_is_had() {
    let (coder, function) = (role(DEV, "coder"), role(DEV, "function"));
    let creates = allow("lambda:CreateFunction", "*");
    let invokes = allow(
        "lambda:InvokeFunction",
        &format!("arn:aws:lambda:*:{DEV}:function:tool-*"),
    );
    assert_eq!(passing(&[]).reach(&coder, &function), None);
    assert_eq!(
        passing(std::slice::from_ref(&creates)).reach(&coder, &function),
        None
    );
    let both = passing(&[creates, invokes]);
    assert_eq!(both.reach(&coder, &function), Some(Certain));
    assert_eq!(both.reach(&coder, &role(DEV, "machine")), None);
    let radius = both.radius(&coder);
    let step = &radius.path(&principal(&function))[0];
    assert_eq!(step.link, "passrole-compute");
    let statements: String = step.evidence.iter().map(|one| &*one.text).collect();
    for part in [
        "iam:PassRole",
        "lambda:CreateFunction",
        "lambda:InvokeFunction",
    ] {
        assert!(statements.contains(part), "{part}: {statements}");
    }
}

#[test]
fn what_the_account_has_settles_what_a_way_takes_besides() {
    let org = |actions: &[&str], more: Value| {
        Org::three()
            .role(
                DEV,
                "w",
                nobody(),
                &[policy(&[
                    json!({"Effect": "Allow", "Action": actions, "Resource": "*"}),
                ])],
            )
            .role(DEV, "etl", service("glue.amazonaws.com"), &[])
            .role(DEV, "machine", service("ec2.amazonaws.com"), &[])
            .add(
                DEV,
                json!({"type": "AWS::IAM::InstanceProfile", "account": DEV,
                    "arn": format!("arn:aws:iam::{DEV}:instance-profile/machine"),
                    "config": {"InstanceProfileName": "machine", "Roles": ["machine"]}}),
            )
            .add(DEV, more)
    };
    let job = |account: &str| {
        json!({"type": "AWS::Glue::Job", "account": account, "region": "eu-west-1",
            "arn": format!("arn:aws:glue:eu-west-1:{account}:job/nightly"),
            "config": {"Name": "nightly", "Role": "etl"}})
    };
    let emr = |service: &str| {
        json!({"type": "AWS::IAM::Role", "account": DEV, "arn": role(DEV, "emr"),
            "config": {"RoleName": "emr", "AssumeRolePolicyDocument": policy(&[json!({
                "Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})])}})
    };
    let jobs = ["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"];
    let reach =
        |actions: &[&str], more, to| org(actions, more).reach(&role(DEV, "w"), &role(DEV, to));
    assert_eq!(reach(&jobs, job(DEV), "etl"), Some(Certain));
    let other = emr("config.amazonaws.com");
    assert_eq!(reach(&jobs, other.clone(), "etl"), Some(Conditional));
    assert_eq!(reach(&jobs[1..], job(DEV), "etl"), None);
    let flows = ["iam:PassRole", "elasticmapreduce:RunJobFlow"];
    let allowed = emr("elasticmapreduce.amazonaws.com");
    assert_eq!(reach(&flows, allowed, "machine"), Some(Certain));
    assert_eq!(reach(&flows, other, "machine"), Some(Conditional));
}

#[test]
fn an_instance_takes_a_profile() {
    let org = |profiles: Value| {
        let mut machine = json!({"type": "AWS::IAM::Role", "arn": role(DEV, "machine"),
            "account": DEV, "config": {"RoleName": "machine",
                "AssumeRolePolicyDocument": service("ec2.amazonaws.com")}});
        if !profiles.is_null() {
            machine["observed"] = json!({ "InstanceProfiles": profiles });
        }
        Org::three()
            .role(
                DEV,
                "operator",
                nobody(),
                &[policy(&[
                    statement("Allow", "iam:PassRole", "*"),
                    statement("Allow", "ec2:RunInstances", "*"),
                ])],
            )
            .add(DEV, machine)
    };
    let reach = |profiles| org(profiles).reach(&role(DEV, "operator"), &role(DEV, "machine"));
    assert_eq!(reach(json!(["machine"])), Some(Certain));
    assert_eq!(reach(json!([])), None);
    assert_eq!(reach(Value::Null), Some(Conditional));
}

#[test]
fn existing_code_runs_as_its_role() {
    let function = format!("arn:aws:lambda:eu-west-1:{DEV}:function:report");
    let org = |actions: &[&str]| {
        let statements: Vec<Value> = actions
            .iter()
            .map(|action| statement("Allow", action, &function))
            .collect();
        Org::three()
            .role(DEV, "coder", nobody(), &[policy(&statements)])
            .role(DEV, "report", service("lambda.amazonaws.com"), &[])
            .add(
                DEV,
                json!({"type": "AWS::Lambda::Function", "arn": function, "account": DEV,
                    "region": "eu-west-1",
                    "config": {"FunctionName": "report", "Role": role(DEV, "report")}}),
            )
    };
    let reach = |actions| org(actions).reach(&role(DEV, "coder"), &role(DEV, "report"));
    assert_eq!(reach(&[]), None);
    assert_eq!(reach(&["lambda:UpdateFunctionCode"]), Some(Conditional));
    assert_eq!(
        reach(&["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]),
        Some(Certain)
    );
    let org = org(&["lambda:UpdateFunctionCode"]);
    assert_eq!(org.reach(&function, &role(DEV, "report")), Some(Certain));
}

fn instance(public: bool) -> Org {
    let mut document = json!({"type": "AWS::EC2::Instance", "account": DEV, "region": "eu-west-1",
        "arn": format!("arn:aws:ec2:eu-west-1:{DEV}:instance/i-1"),
        "config": {"InstanceId": "i-1", "SecurityGroupIds": ["sg-1"],
            "IamInstanceProfile": format!("arn:aws:iam::{DEV}:instance-profile/web")},
        "observed": {"State": "running"}});
    if public {
        document["observed"]["PublicIpAddress"] = json!("203.0.113.7");
    }
    Org::three()
        .role(DEV, "web-role", service("ec2.amazonaws.com"), &[])
        .add(
            DEV,
            json!({"type": "AWS::IAM::InstanceProfile", "account": DEV,
                "arn": format!("arn:aws:iam::{DEV}:instance-profile/web"),
                "config": {"InstanceProfileName": "web", "Roles": ["web-role"]}}),
        )
        .add(
            DEV,
            json!({"type": "AWS::EC2::SecurityGroup", "account": DEV, "region": "eu-west-1",
                "arn": format!("arn:aws:ec2:eu-west-1:{DEV}:security-group/sg-1"),
                "config": {"GroupId": "sg-1", "SecurityGroupIngress": [
                    {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]}}),
        )
        .add(DEV, document)
}

#[test]
fn the_internet_may_get_into_a_public_instance() {
    let open = instance(true);
    assert_eq!(
        open.reach("anyone", &role(DEV, "web-role")),
        Some(Speculative)
    );
    assert_eq!(
        instance(false).reach("anyone", &role(DEV, "web-role")),
        None
    );
}

#[test]
fn a_command_in_an_instance_is_its_role() {
    let org = instance(false).role(DEV, "operator", nobody(), &[allow("ssm:SendCommand", "*")]);
    assert_eq!(
        org.reach(&role(DEV, "operator"), &role(DEV, "web-role")),
        Some(Conditional)
    );
}

fn delegated(services: &[&str], trusted: Value) -> Org {
    let mut org = Org::three();
    org.organization[0]["observed"]["EnabledServicePrincipals"] = trusted;
    org.organization.push(
        json!({"type": "AWS::Organizations::DelegatedAdministrator", "account": MANAGEMENT,
        "arn": format!("arn:aws:organizations::{MANAGEMENT}:delegated-administrator/{TEST}"),
        "config": {"AccountId": TEST, "ServicePrincipals": services}}),
    );
    org
}

const STACK_SETS: &str = "member.org.stacksets.cloudformation.amazonaws.com";

#[test]
fn stack_sets_reach_every_member_from_where_they_are_run() {
    let deployer = |org: Org, account: &str| {
        org.role(
            account,
            "stacks",
            nobody(),
            &[policy(&[
                statement("Allow", "cloudformation:CreateStackSet", "*"),
                statement("Allow", "cloudformation:CreateStackInstances", "*"),
            ])],
        )
    };
    let on = || delegated(&[STACK_SETS], json!([STACK_SETS]));
    let in_test = deployer(on(), TEST);
    assert_eq!(in_test.reach(&role(TEST, "stacks"), PROD), Some(Certain));
    assert_eq!(in_test.reach(&role(TEST, "stacks"), MANAGEMENT), None);
    assert_eq!(in_test.reach(&all_of(TEST), PROD), Some(Certain));
    let in_dev = deployer(on(), DEV);
    assert_eq!(in_dev.reach(&role(DEV, "stacks"), PROD), None);
    let in_management = deployer(on(), MANAGEMENT);
    assert_eq!(
        in_management.reach(&role(MANAGEMENT, "stacks"), PROD),
        Some(Certain)
    );
    let off = deployer(
        delegated(&["guardduty.amazonaws.com"], json!([])),
        MANAGEMENT,
    );
    assert_eq!(off.reach(&role(MANAGEMENT, "stacks"), PROD), None);
    let guarded = in_test.scp("no-stacks", deny("cloudformation:*", "*"), &[TEST]);
    assert_eq!(guarded.reach(&role(TEST, "stacks"), PROD), None);
    assert_eq!(guarded.reach(&all_of(TEST), PROD), None);
}

#[test]
fn a_stack_set_is_updated_where_it_is() {
    let of_unit = |unit: &str| json!({"DeploymentTargets": {"OrganizationalUnitIds": [unit]}});
    let set = |model: &str, groups: &[Value]| {
        json!({"type": "AWS::CloudFormation::StackSet", "account": TEST, "region": "eu-west-1",
            "arn": format!("arn:aws:cloudformation:eu-west-1:{TEST}:stackset/base:1"),
            "config": {"StackSetName": "base", "PermissionModel": model,
                "StackInstancesGroup": groups}})
    };
    let org = |documents: &[Value]| {
        let update = allow("cloudformation:UpdateStackSet", "*");
        let org = delegated(&[STACK_SETS], json!([STACK_SETS]));
        let org = org.role(TEST, "stacks", nobody(), &[update]);
        let documents = documents.iter().cloned();
        documents.fold(org, |org, document| org.add(TEST, document))
    };
    let reach = |documents: &[Value], to| org(documents).reach(&role(TEST, "stacks"), to);
    let managed = |groups: &[Value]| [set("SERVICE_MANAGED", groups)];
    assert_eq!(reach(&[], PROD), None);
    assert_eq!(reach(&managed(&[of_unit("r-root")]), PROD), Some(Certain));
    assert_eq!(reach(&managed(&[]), PROD), None);
    assert_eq!(reach(&managed(&[of_unit("ou-other")]), PROD), None);
    assert_eq!(
        reach(&[set("SELF_MANAGED", &[of_unit("r-root")])], PROD),
        None
    );
    let accounts = |filter: &str, named: &[&str]| {
        let mut group = of_unit("r-root");
        group["DeploymentTargets"]["AccountFilterType"] = json!(filter);
        group["DeploymentTargets"]["Accounts"] = json!(named);
        [PROD, DEV].map(|to| reach(&managed(std::slice::from_ref(&group)), to).is_some())
    };
    assert_eq!(accounts("INTERSECTION", &[PROD]), [true, false]);
    // The account of the set, which has all of it, is to be none of its targets.
    assert_eq!(accounts("DIFFERENCE", &[PROD, TEST]), [false, true]);
    assert_eq!(accounts("UNION", &[PROD]), [true, true]);
}

#[test]
fn services_that_only_look_give_no_reach() {
    let org = delegated(
        &["guardduty.amazonaws.com"],
        json!(["guardduty.amazonaws.com"]),
    )
    .role(TEST, "analyst", nobody(), &[]);
    assert_eq!(org.reach(&all_of(TEST), PROD), None);
}

#[test]
fn root_sessions_hang_on_the_task() {
    let org = |features: Value| {
        let mut org = Org::three().role(
            MANAGEMENT,
            "rootless",
            nobody(),
            &[allow("sts:AssumeRoot", "arn:aws:iam::*:root")],
        );
        org.organization[0]["observed"]["EnabledFeatures"] = features;
        org
    };
    let reach = |features| org(features).reach(&role(MANAGEMENT, "rootless"), PROD);
    assert_eq!(reach(json!(["RootSessions"])), Some(Conditional));
    assert_eq!(reach(json!(["RootCredentialsManagement"])), None);
}

/// Two ways that share one step, and one step that they do not share.
#[test]
fn all_ways_and_the_fewest_links_to_cut() {
    let (start, goal) = (role(DEV, "start"), role(PROD, "goal"));
    let (left, right) = (role(TEST, "left"), role(TEST, "right"));
    let org = Org::three()
        .role(DEV, "start", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(
            TEST,
            "left",
            trust(&[&start]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(
            TEST,
            "right",
            trust(&[&start]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(PROD, "goal", trust(&[&left, &right]), &[]);
    let ways = |org: &Org| {
        let graph = org.graph();
        let (from, to) = (graph.find(&start).unwrap(), graph.find(&goal).unwrap());
        graph.proofs(&[from], &to, 10).unwrap()
    };
    let found = ways(&org);
    assert!(found.complete);
    assert_eq!(found.proofs.len(), 2);
    assert!(found.proofs.iter().all(|proof| proof.hops == 2));
    // Both are of one account, which the trust policy of the goal lets in or not.
    let cut = found.cut.as_ref().unwrap();
    assert_eq!(cut.len(), 1);
    assert_eq!(cut[0].to.to_string(), goal);
    let elsewhere = role(PROD, "right");
    let apart = Org::three()
        .role(DEV, "start", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(
            TEST,
            "left",
            trust(&[&start]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(
            PROD,
            "right",
            trust(&[&start]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(PROD, "goal", trust(&[&left, &elsewhere]), &[]);
    assert_eq!(ways(&apart).cut.unwrap().len(), 2);
    let narrow = Org::three()
        .role(DEV, "start", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(
            TEST,
            "left",
            trust(&[&start]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(PROD, "goal", trust(&[&left, &right]), &[])
        .role(TEST, "right", nobody(), &[]);
    let found = ways(&narrow);
    assert_eq!(found.proofs.len(), 1);
    assert_eq!(found.cut.unwrap().len(), 1);
    let none = narrow.scp("stop", deny("sts:AssumeRole", "*"), &[DEV]);
    let found = ways(&none);
    assert!(found.proofs.is_empty() && found.complete);
    assert_eq!(found.cut, None);
}

/// A way that needs two things is cut by taking one of them away.
#[test]
fn a_conjunction_is_cut_at_one_of_its_parts() {
    let (start, worker) = (role(DEV, "start"), role(DEV, "worker"));
    let org = Org::three()
        .role(DEV, "start", nobody(), &[])
        .role(
            DEV,
            "writer",
            trust(&[&start]),
            &[allow("iam:PutRolePolicy", &worker)],
        )
        .role(DEV, "worker", trust(&[&start]), &[]);
    let graph = org.graph();
    let (from, to) = (graph.find(&start).unwrap(), graph.find(DEV).unwrap());
    let found = graph.proofs(&[from], &to, 10).unwrap();
    assert_eq!(found.proofs.len(), 1);
    assert_eq!(found.proofs[0].steps.len(), 3);
    assert_eq!(found.cut.unwrap().len(), 1);
}

/// What only a guardrail keeps apart opens for whoever may take it away.
#[test]
fn a_second_wave_comes_without_the_guardrails() {
    let admin = role(MANAGEMENT, "policies");
    let org = Org::three()
        .role(
            MANAGEMENT,
            "policies",
            nobody(),
            &[
                allow("organizations:DetachPolicy", "*"),
                allow("sts:AssumeRole", &role(DEV, "door")),
            ],
        )
        .role(
            DEV,
            "door",
            trust(&[&admin]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(PROD, "goal", trust(&[&role(DEV, "door")]), &[])
        .scp("stay", deny("sts:AssumeRole", "*"), &[DEV]);
    assert_eq!(org.reach(&admin, &role(DEV, "door")), Some(Certain));
    assert_eq!(org.reach(&admin, &role(PROD, "goal")), None);
    let graph = org.graph();
    let wave = |start: &str| graph.second_wave(&[graph.find(start).unwrap()]).unwrap();
    let opened: Vec<String> = wave(&admin)
        .unwrap()
        .iter()
        .map(|change| change.subject.to_string())
        .collect();
    assert_eq!(opened, [role(PROD, "goal")]);
    assert_eq!(wave(&role(DEV, "door")), None);
}

#[test]
fn advice_names_the_link_and_the_guardrail_that_matter() {
    let org = Org::three()
        .role(DEV, "start", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(
            TEST,
            "hub",
            trust(&[&role(DEV, "start")]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(PROD, "goal", trust(&[&role(TEST, "hub")]), &[admin()])
        .role(PROD, "back", nobody(), &[allow("sts:AssumeRole", "*")])
        .role(DEV, "open", trust(&[&role(PROD, "back")]), &[])
        .scp("stay", deny("sts:AssumeRole", "*"), &[PROD]);
    let advice = org.graph().advice(1);
    assert!(advice.expected > 0.0 && advice.expected < 1.0);
    let [best] = &advice.improvements[..] else {
        panic!("{advice:#?}")
    };
    // The trust of the hub: without it dev reaches neither test nor prod.
    assert_eq!(best.remove.step.link, "assume-role");
    assert_eq!(best.remove.to.to_string(), role(TEST, "hub"));
    assert!(best.expected < advice.expected);
    let names: Vec<&str> = advice
        .guardrails
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["stay (p-stay)"]);
    assert!(advice.guardrails[0].expected > advice.expected);
}

#[test]
fn a_crossing_is_cut_at_its_neck() {
    let mut org = Org::three()
        .role(
            TEST,
            "neck",
            trust(&[&root(DEV)]),
            &[allow("sts:AssumeRole", "*")],
        )
        .role(PROD, "goal", trust(&[&role(TEST, "neck")]), &[]);
    for number in 0..5 {
        org = org.role(
            DEV,
            &format!("start-{number}"),
            nobody(),
            &[allow("sts:AssumeRole", "*")],
        );
    }
    let survey = org.survey();
    let crossing = |from: &str, to: &str| {
        let mut crossings = survey.crossings.iter();
        crossings
            .find(|one| *one.from == *from && *one.to == *to)
            .unwrap()
    };
    let cut = crossing("dev", "prod").cut.as_ref().unwrap();
    assert!(crossing("dev", "prod").cut_is_fewest);
    assert_eq!(cut.len(), 1, "{cut:#?}");
    assert_eq!(
        cut[0].to.to_string(),
        role(TEST, "neck"),
        "one trust policy lets in the account and all of its principals"
    );
    assert_eq!(crossing("management", "prod").cut, None);
    assert_eq!(
        survey.choke_points[0].removal.to.to_string(),
        role(TEST, "neck")
    );
}

/// One user of Identity Center has a role in each account that is assigned.
#[test]
fn identity_center_assignments_are_roles() {
    let set = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
    let reserved = |account: &str| {
        role(
            account,
            "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Operator_0123456789abcdef",
        )
    };
    let mut org = Org::three().add(
        MANAGEMENT,
        json!({"type": "AWS::SSO::PermissionSet", "arn": set, "account": MANAGEMENT,
            "config": {"Name": "Operator", "PermissionSetArn": set}}),
    );
    for account in [DEV, PROD] {
        org = org
            .add(
                MANAGEMENT,
                json!({"type": "AWS::SSO::Assignment", "account": MANAGEMENT,
                    "arn": format!("arn:aws:cloudcontrolapi::{MANAGEMENT}:AWS::SSO::Assignment/{account}"),
                    "config": {"PermissionSetArn": set, "PrincipalId": "group-1",
                        "PrincipalType": "GROUP", "TargetId": account,
                        "TargetType": "AWS_ACCOUNT"}}),
            )
            .role(
                account,
                "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Operator_0123456789abcdef",
                nobody(),
                &[],
            );
    }
    assert_eq!(org.reach("group-1", &reserved(DEV)), Some(Certain));
    assert_eq!(org.reach("group-1", &reserved(PROD)), Some(Certain));
    assert_eq!(org.reach("group-1", TEST), None);
}

#[test]
fn more_of_what_runs_as_a_role_is_taken_over() {
    let kinds: [(&str, &str, Value, &[&str], blastwall_blast::Certainty); 6] = [
        (
            "AWS::BedrockAgentCore::CodeInterpreterCustom",
            "bedrock-agentcore:eu-west-1:ACCOUNT:code-interpreter-custom/c",
            json!({"ExecutionRoleArn": role(DEV, "runs")}),
            &[
                "bedrock-agentcore:StartCodeInterpreterSession",
                "bedrock-agentcore:InvokeCodeInterpreter",
            ],
            Certain,
        ),
        (
            "AWS::BedrockAgentCore::Runtime",
            "bedrock-agentcore:eu-west-1:ACCOUNT:runtime/r",
            json!({"RoleArn": role(DEV, "runs")}),
            &["bedrock-agentcore:InvokeAgentRuntimeCommand"],
            Conditional,
        ),
        (
            "AWS::EMR::Cluster",
            "elasticmapreduce:eu-west-1:ACCOUNT:cluster/j-1",
            json!({"JobFlowRole": "runs"}),
            &["elasticmapreduce:AddJobFlowSteps"],
            Certain,
        ),
        (
            "AWS::SageMaker::UserProfile",
            "sagemaker:eu-west-1:ACCOUNT:user-profile/d/u",
            json!({"UserSettings": {"ExecutionRole": role(DEV, "runs")}}),
            &["sagemaker:CreatePresignedDomainUrl"],
            Certain,
        ),
        (
            "AWS::Amplify::App",
            "amplify:eu-west-1:ACCOUNT:apps/a",
            json!({"IAMServiceRole": role(DEV, "runs")}),
            &["amplify:UpdateApp", "amplify:StartJob"],
            Conditional,
        ),
        (
            "AWS::IoT::RoleAlias",
            "iot:eu-west-1:ACCOUNT:rolealias/a",
            json!({"RoleArn": role(DEV, "runs")}),
            &[
                "iot:CreateKeysAndCertificate",
                "iot:CreatePolicy",
                "iot:AttachPolicy",
            ],
            Certain,
        ),
    ];
    for (kind, arn, config, actions, expected) in kinds {
        let arn = format!("arn:aws:{}", arn.replace("ACCOUNT", DEV));
        let org = |actions: &[&str]| {
            let statements: Vec<Value> = actions
                .iter()
                .map(|action| statement("Allow", action, "*"))
                .collect();
            Org::three()
                .role(DEV, "coder", nobody(), &[policy(&statements)])
                .role(DEV, "runs", runs(), &[])
                .add(
                    DEV,
                    json!({"type": kind, "arn": arn, "account": DEV, "region": "eu-west-1",
                        "config": config}),
                )
        };
        let reach = |org: Org| org.reach(&role(DEV, "coder"), &role(DEV, "runs"));
        assert_eq!(reach(org(actions)), Some(expected), "{kind}");
        for place in 0..actions.len() {
            let mut fewer = vec!["s3:ListBucket"];
            fewer.extend(
                actions
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != place)
                    .map(|(_, one)| *one),
            );
            assert_eq!(
                reach(org(&fewer)),
                None,
                "{kind} without {}",
                actions[place]
            );
            let guarded = org(actions).scp("no", deny(actions[place], "*"), &[DEV]);
            assert_eq!(reach(guarded), None, "{kind} denied {}", actions[place]);
        }
    }
}

#[test]
fn services_of_which_few_think_take_roles_too() {
    let cases: [(&str, &[&str], blastwall_blast::Certainty); 3] = [
        (
            "bedrock-agentcore.amazonaws.com",
            &[
                "bedrock-agentcore:CreateAgentRuntime",
                "bedrock-agentcore:CreateAgentRuntimeEndpoint",
                "bedrock-agentcore:CreateWorkloadIdentity",
                "bedrock-agentcore:InvokeAgentRuntimeCommand",
            ],
            Certain,
        ),
        (
            "credentials.iot.amazonaws.com",
            &[
                "iot:CreateRoleAlias",
                "iot:CreateKeysAndCertificate",
                "iot:CreatePolicy",
                "iot:AttachPolicy",
            ],
            Certain,
        ),
        (
            "amplify.amazonaws.com",
            &[
                "amplify:CreateApp",
                "amplify:CreateBranch",
                "amplify:StartJob",
            ],
            Conditional,
        ),
    ];
    for (name, actions, expected) in cases {
        let org = |actions: &[&str]| {
            let statements: Vec<Value> = actions
                .iter()
                .map(|action| statement("Allow", action, "*"))
                .collect();
            Org::three()
                .role(DEV, "coder", nobody(), &[policy(&statements)])
                .role(DEV, "passed", service(name), &[])
        };
        let reach =
            |actions: &[&str]| org(actions).reach(&role(DEV, "coder"), &role(DEV, "passed"));
        let with_pass = [actions, &["iam:PassRole"]].concat();
        assert_eq!(reach(&with_pass), Some(expected), "{name}");
        assert_eq!(reach(actions), None, "{name}");
    }
}

#[test]
fn signed_code_and_the_config_map_keep_others_out() {
    let function = format!("arn:aws:lambda:eu-west-1:{DEV}:function:report");
    let signing = format!("arn:aws:lambda:eu-west-1:{DEV}:code-signing-config:csc-1");
    let coder = |more: &[&str]| {
        let actions = ["lambda:UpdateFunctionCode", "lambda:InvokeFunction"];
        let actions = actions.iter().chain(more);
        let statements: Vec<Value> = actions
            .map(|action| statement("Allow", action, "*"))
            .collect();
        Org::three()
            .role(DEV, "coder", nobody(), &[policy(&statements)])
            .role(DEV, "report", service("lambda.amazonaws.com"), &[])
    };
    let signed = |deployment: &str, more: &[&str]| {
        let config = json!({"CodeSigningPolicies": {"UntrustedArtifactOnDeployment": deployment}});
        coder(more)
            .add(
                DEV,
                json!({"type": "AWS::Lambda::CodeSigningConfig", "arn": signing, "account": DEV,
                    "region": "eu-west-1", "config": config}),
            )
            .add(
                DEV,
                json!({"type": "AWS::Lambda::Function", "arn": function, "account": DEV,
                    "region": "eu-west-1", "config": {"FunctionName": "report",
                        "Role": role(DEV, "report"), "CodeSigningConfigArn": signing}}),
            )
            .reach(&role(DEV, "coder"), &role(DEV, "report"))
    };
    assert_eq!(signed("Warn", &[]), Some(Certain));
    assert_eq!(signed("Enforce", &[]), None);
    let lifts = ["lambda:DeleteFunctionCodeSigningConfig"];
    assert_eq!(
        signed("Enforce", &lifts),
        Some(Certain),
        "the signing is taken off first"
    );
}

#[test]
fn whoever_administers_a_cluster_has_its_nodes() {
    let cluster = format!("arn:aws:eks:eu-west-1:{DEV}:cluster/k");
    let document = |kind: &str, arn: &str, tags: Value, config: Value| {
        json!({"type": kind, "arn": arn, "account": DEV, "region": "eu-west-1", "tags": tags,
            "config": config, "observed": {"State": "running"}})
    };
    let node = |name: &str| format!("arn:aws:ec2:eu-west-1:{DEV}:instance/i-{name}");
    let machine = |name: &str, tags: Value| {
        let profile = format!("arn:aws:iam::{DEV}:instance-profile/p");
        let config = json!({"InstanceId": format!("i-{name}"), "IamInstanceProfile": profile});
        document("AWS::EC2::Instance", &node(name), tags, config)
    };
    let org = |mode: &str| {
        let entry = json!({"ClusterName": "k", "PrincipalArn": role(DEV, "operator"),
            "AccessPolicies": [{"AccessScope": {"Type": "cluster"}, "PolicyArn":
                "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"}]});
        Org::three()
            .role(DEV, "operator", nobody(), &[])
            .role(DEV, "machine", service("ec2.amazonaws.com"), &[])
            .add(
                DEV,
                json!({"type": "AWS::IAM::InstanceProfile", "account": DEV,
                    "arn": format!("arn:aws:iam::{DEV}:instance-profile/p"),
                    "config": {"InstanceProfileName": "p", "Roles": ["machine"]}}),
            )
            .add(
                DEV,
                document(
                    "AWS::EKS::Cluster",
                    &cluster,
                    json!({}),
                    json!({"Name": "k", "AccessConfig": {"AuthenticationMode": mode},
                        "OpenIdConnectIssuerUrl": "https://oidc.eks.eu-west-1.amazonaws.com/id/A"}),
                ),
            )
            .add(
                DEV,
                document(
                    "AWS::EKS::AccessEntry",
                    &format!("arn:aws:eks:eu-west-1:{DEV}:access-entry/k/role/1/operator/2"),
                    json!({}),
                    entry,
                ),
            )
            .add(DEV, machine("own", json!({"eks:cluster-name": "k"})))
            .add(
                DEV,
                machine("other", json!({"eks:cluster-name": "another"})),
            )
    };
    let reach = |mode: &str, to: &str| org(mode).reach(&role(DEV, "operator"), &node(to));
    assert_eq!(reach("API", "own"), Some(Certain));
    assert_eq!(reach("API", "other"), None);
    assert_eq!(
        reach("CONFIG_MAP", "own"),
        None,
        "entries count for nothing"
    );
}

#[test]
fn a_workload_is_its_role_if_the_role_trusts_its_service() {
    let function = format!("arn:aws:lambda:eu-west-1:{DEV}:function:f");
    let org = |trust: Value| {
        Org::three().role(DEV, "runs", trust, &[]).add(
            DEV,
            json!({"type": "AWS::Lambda::Function", "arn": function, "account": DEV,
                "region": "eu-west-1", "config": {"FunctionName": "f", "Role": role(DEV, "runs")}}),
        )
    };
    let reach = |trust| org(trust).reach(&function, &role(DEV, "runs"));
    assert_eq!(reach(service("lambda.amazonaws.com")), Some(Certain));
    let handed_out_before = Some(Conditional);
    assert_eq!(reach(service("ec2.amazonaws.com")), handed_out_before);
    assert_eq!(reach(nobody()), handed_out_before);
    let narrowed = |account: &str| {
        policy(&[
            json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole", "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": format!("arn:aws:lambda:*:{account}:function:*")}}}),
        ])
    };
    assert_eq!(reach(narrowed(DEV)), Some(Certain), "it runs as it is");
    assert_eq!(reach(narrowed(PROD)), handed_out_before);
}

#[test]
fn an_instance_without_metadata_service_hands_nothing_out() {
    let org = |endpoint: &str| {
        let mut org = instance(false);
        let machines = &mut org.accounts.get_mut(DEV).unwrap().1;
        let machine = machines.last_mut().unwrap();
        machine["config"]["MetadataOptions"] = json!({"HttpEndpoint": endpoint});
        org
    };
    let machine = format!("arn:aws:ec2:eu-west-1:{DEV}:instance/i-1");
    let reach = |endpoint| org(endpoint).reach(&machine, &role(DEV, "web-role"));
    assert_eq!(reach("enabled"), Some(Certain));
    assert_eq!(reach("disabled"), Some(Speculative));
}

#[test]
fn code_on_an_instance_gives_it_another_role() {
    let machine = format!("arn:aws:ec2:eu-west-1:{DEV}:instance/i-1");
    let org = |own: &[Value], trust: &str| {
        let mut org = instance(false).role(DEV, "admin", service(trust), &[]).add(
            DEV,
            json!({"type": "AWS::IAM::InstanceProfile", "account": DEV,
                "arn": format!("arn:aws:iam::{DEV}:instance-profile/admin"),
                "config": {"InstanceProfileName": "admin", "Roles": ["admin"]}}),
        );
        let roles = &mut org.accounts.get_mut(DEV).unwrap().1;
        let own_role = roles
            .iter_mut()
            .find(|document| document["arn"] == json!(role(DEV, "web-role")));
        own_role.unwrap()["config"]["Policies"] =
            json!([{"PolicyName": "p", "PolicyDocument": policy(own)}]);
        org
    };
    let swap = statement("Allow", "ec2:ReplaceIamInstanceProfileAssociation", "*");
    let pass = statement("Allow", "iam:PassRole", &role(DEV, "admin"));
    let both = [swap.clone(), pass.clone()];
    let reach = |own: &[Value], trust, from: &str| org(own, trust).reach(from, &role(DEV, "admin"));
    let ec2 = "ec2.amazonaws.com";
    assert_eq!(reach(&both, ec2, &machine), Some(Certain));
    assert_eq!(reach(&both, "lambda.amazonaws.com", &machine), None);
    assert_eq!(reach(&[swap], ec2, &machine), None);
    assert_eq!(reach(&[pass], ec2, &machine), None);
    // Its role alone is in no instance.
    assert_eq!(reach(&both, ec2, &role(DEV, "web-role")), None);
}
