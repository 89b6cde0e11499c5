//! Who becomes a role without an identity of AWS, worked out with a pencil.
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

fn of_region(account: &str, kind: &str, arn: String, config: Value) -> Value {
    json!({"type": kind, "arn": arn, "account": account, "region": "eu-west-1", "config": config})
}

fn anchor() -> String {
    format!("arn:aws:rolesanywhere:eu-west-1:{PROD}:trust-anchor/a")
}

fn authority(account: &str) -> String {
    format!("arn:aws:acm-pca:eu-west-1:{account}:certificate-authority/ca")
}

fn lets_in_certificates(condition: Value) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": condition}),
    ])
}

/// A trust anchor of prod over an authority of test.
fn anywhere(condition: Value, enabled: bool) -> Org {
    let profile = anchor().replace("trust-anchor/a", "profile/p");
    Org::three()
        .role(PROD, "machine", lets_in_certificates(condition), &[])
        .role(PROD, "other", lets_in_certificates(json!({})), &[])
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::RolesAnywhere::TrustAnchor",
                anchor(),
                json!({"Enabled": true,
                "Source": {"SourceType": "AWS_ACM_PCA",
                    "SourceData": {"AcmPcaArn": authority(TEST)}}}),
            ),
        )
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::RolesAnywhere::Profile",
                profile,
                json!({"Enabled": enabled,
                "RoleArns": [role(PROD, "machine")]}),
            ),
        )
}

#[test]
fn a_certificate_gives_the_roles_of_the_profiles() {
    let pinned = json!({"ArnEquals": {"aws:SourceArn": anchor()}});
    let org = anywhere(pinned.clone(), true);
    assert_eq!(org.reach(&anchor(), &role(PROD, "machine")), Some(Certain));
    assert_eq!(
        org.reach(&anchor(), &role(PROD, "other")),
        None,
        "no profile has it"
    );
    assert_eq!(
        org.reach(TEST, &role(PROD, "machine")),
        Some(Certain),
        "the account of the authority"
    );
    assert_eq!(org.reach(DEV, &role(PROD, "machine")), None);
    let named = json!({"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "host-1"}});
    let org = anywhere(named, true);
    assert_eq!(
        org.reach(&anchor(), &role(PROD, "machine")),
        Some(Conditional)
    );
    let other = json!({"ArnEquals": {"aws:SourceArn": format!("{}b", anchor())}});
    assert_eq!(
        anywhere(other, true).reach(&anchor(), &role(PROD, "machine")),
        None
    );
    assert_eq!(
        anywhere(pinned, false).reach(&anchor(), &role(PROD, "machine")),
        None
    );
}

#[test]
fn whoever_may_issue_has_a_certificate() {
    let org = anywhere(json!({}), true)
        .role(
            TEST,
            "issuer",
            nobody(),
            &[allow("acm-pca:IssueCertificate", "*")],
        )
        .role(TEST, "viewer", nobody(), &[allow("acm-pca:Get*", "*")])
        .add(
            TEST,
            of_region(
                TEST,
                "AWS::ACMPCA::CertificateAuthority",
                authority(TEST),
                json!({}),
            ),
        );
    let machine = role(PROD, "machine");
    assert_eq!(org.reach(&role(TEST, "issuer"), &machine), Some(Certain));
    assert_eq!(org.reach(&role(TEST, "viewer"), &machine), None);
    assert_eq!(org.reach(TEST, &machine), Some(Certain));
}

const POOL: &str = "eu-west-1:11111111-2222-3333-4444-555555555555";

fn lets_in_visitors(pool: &str, how: &str) -> Value {
    policy(&[json!({"Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
            "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": how}}})])
}

fn pool(config: Value, only_administrators: bool) -> Org {
    let arn = |rest: &str| format!("arn:aws:cognito-identity:eu-west-1:{PROD}:{rest}");
    let mut config = config;
    config["CognitoIdentityProviders"] =
        json!([{"ProviderName": "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_users"}]);
    Org::three()
        .role(
            PROD,
            "guest",
            lets_in_visitors(POOL, "unauthenticated"),
            &[],
        )
        .role(
            PROD,
            "customer",
            lets_in_visitors(POOL, "authenticated"),
            &[],
        )
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::Cognito::IdentityPool",
                arn(&format!("identitypool/{POOL}")),
                config,
            ),
        )
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::Cognito::IdentityPoolRoleAttachment",
                arn("attachment/1"),
                json!({"IdentityPoolId": POOL, "Roles": {"authenticated": role(PROD, "customer"),
                    "unauthenticated": role(PROD, "guest")}}),
            ),
        )
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::Cognito::UserPool",
                format!("arn:aws:cognito-idp:eu-west-1:{PROD}:userpool/eu-west-1_users"),
                json!({"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": only_administrators}}),
            ),
        )
}

#[test]
fn a_pool_of_which_something_was_not_seen_is_told() {
    let arn = format!("arn:aws:cognito-identity:eu-west-1:{PROD}:identitypool/{POOL}");
    let mut pool = of_region(PROD, "AWS::Cognito::IdentityPool", arn, json!({}));
    pool["unknown"] = json!({"config.AllowUnauthenticatedIdentities": "AccessDenied: no"});
    let graph = Org::three().add(PROD, pool).graph();
    let [unjudged] = graph.unjudged() else {
        panic!("{:?}", graph.unjudged())
    };
    assert_eq!(
        unjudged.why,
        "config.AllowUnauthenticatedIdentities: AccessDenied: no"
    );
}

#[test]
fn guests_of_an_identity_pool_are_anyone() {
    let (guest, customer) = (role(PROD, "guest"), role(PROD, "customer"));
    let classic = json!({"AllowUnauthenticatedIdentities": true, "AllowClassicFlow": true});
    let open = pool(classic, true);
    assert_eq!(open.reach("anyone", &guest), Some(Certain));
    assert_eq!(open.reach("anyone", &customer), None);
    assert_eq!(open.reach(POOL, &customer), Some(Certain));
    assert_eq!(open.reach(POOL, &guest), None);
    let narrowed = pool(json!({"AllowUnauthenticatedIdentities": true}), true);
    assert_eq!(narrowed.reach("anyone", &guest), Some(Conditional));
    let closed = pool(json!({"AllowUnauthenticatedIdentities": false}), false);
    assert_eq!(closed.reach("anyone", &guest), None);
    assert_eq!(
        closed.reach("anyone", &customer),
        Some(Conditional),
        "strangers sign up"
    );
}

fn assignment(principal: &str, kind: &str, account: &str) -> Value {
    let arn = format!("arn:aws:sso:::assignment/{principal}/{account}");
    of_region(
        MANAGEMENT,
        "AWS::SSO::Assignment",
        arn,
        json!({"PrincipalId": principal,
        "PrincipalType": kind, "TargetId": account, "TargetType": "AWS_ACCOUNT",
        "PermissionSetArn": "arn:aws:sso:::permissionSet/ssoins-1/ps-1"}),
    )
}

fn identity_center() -> Org {
    let reserved = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef";
    Org::three()
        .role(PROD, reserved, nobody(), &[])
        .role(DEV, reserved, nobody(), &[])
        .add(
            MANAGEMENT,
            of_region(
                MANAGEMENT,
                "AWS::SSO::Instance",
                "arn:aws:sso:::instance/ssoins-1".to_owned(),
                json!({}),
            ),
        )
        .add(
            MANAGEMENT,
            of_region(
                MANAGEMENT,
                "AWS::SSO::PermissionSet",
                "arn:aws:sso:::permissionSet/ssoins-1/ps-1".to_owned(),
                json!({"Name": "Ops"}),
            ),
        )
        .add(MANAGEMENT, assignment("group-1", "GROUP", PROD))
        .add(MANAGEMENT, assignment("user-1", "USER", DEV))
        .role(
            MANAGEMENT,
            "helpdesk",
            nobody(),
            &[allow("identitystore:CreateGroupMembership", "*")],
        )
}

#[test]
fn the_directory_of_identity_center_has_all_of_its_users() {
    let org = identity_center();
    let reserved = |account: &str| {
        role(
            account,
            "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef",
        )
    };
    let directory = "arn:aws:sso:::instance/ssoins-1";
    assert_eq!(org.reach(directory, &reserved(PROD)), Some(Certain));
    assert_eq!(org.reach(directory, &reserved(DEV)), Some(Certain));
    assert_eq!(org.reach("user-1", &reserved(PROD)), None);
    let helpdesk = role(MANAGEMENT, "helpdesk");
    assert_eq!(org.reach(&helpdesk, &reserved(PROD)), Some(Conditional));
    assert_eq!(
        org.reach(&helpdesk, &reserved(DEV)),
        None,
        "a user is no group to join"
    );
}

/// With names: carla is in the group of operators, dora is assigned something herself.
fn workforce() -> Org {
    let person = |id: &str, name: &str| {
        of_region(
            MANAGEMENT,
            "AWS::IdentityStore::User",
            format!("arn:aws:identitystore:::user/{id}"),
            json!({"UserId": id, "UserName": name}),
        )
    };
    identity_center()
        .add(MANAGEMENT, person("user-1", "dora@example.com"))
        .add(MANAGEMENT, person("user-2", "carla@example.com"))
        .add(MANAGEMENT, person("user-3", "emil@example.com"))
        .add(
            MANAGEMENT,
            of_region(
                MANAGEMENT,
                "AWS::IdentityStore::Group",
                "arn:aws:identitystore:::group/group-1".to_owned(),
                json!({"GroupId": "group-1", "DisplayName": "Operators"}),
            ),
        )
        .add(
            MANAGEMENT,
            of_region(
                MANAGEMENT,
                "AWS::IdentityStore::GroupMembership",
                "arn:aws:identitystore:::membership/1".to_owned(),
                json!({"GroupId": "group-1", "MemberId": {"UserId": "user-2"}}),
            ),
        )
}

#[test]
fn a_user_of_identity_center_is_its_groups() {
    let graph = workforce().graph();
    let names = |text: &str| -> Vec<String> {
        let found = graph.find_all(text).unwrap();
        found.iter().map(ToString::to_string).collect()
    };
    let operators = "Identity Center group Operators";
    for text in [
        "carla@example.com",
        "Carla@Example.com",
        "user-2",
        "Operators",
        "group-1",
        operators,
    ] {
        assert_eq!(names(text), [operators], "{text}");
    }
    assert_eq!(
        names("dora@example.com"),
        ["Identity Center user dora@example.com"]
    );
    let problem = graph.find_all("emil@example.com").unwrap_err().to_string();
    assert!(problem.contains("nothing is assigned"), "{problem}");
    assert!(graph.find_all("nobody@example.com").is_err());
}

#[test]
fn a_permission_set_without_a_name_is_any_that_is_not_known() {
    let reserved = |name: &str| {
        format!("aws-reserved/sso.amazonaws.com/AWSReservedSSO_{name}_0123456789abcdef")
    };
    let unnamed = |principal: &str, account: &str| {
        let mut assignment = assignment(principal, "USER", account);
        assignment["config"]["PermissionSetArn"] =
            json!("arn:aws:sso:::permissionSet/ssoins-1/ps-9");
        assignment
    };
    let org = identity_center()
        .role(PROD, &reserved("Read"), nobody(), &[])
        .role(TEST, &reserved("Read"), nobody(), &[])
        .role(TEST, &reserved("Write"), nobody(), &[])
        .add(MANAGEMENT, unnamed("user-5", PROD))
        .add(MANAGEMENT, unnamed("user-6", TEST));
    let (read, write) = (
        role(TEST, &reserved("Read")),
        role(TEST, &reserved("Write")),
    );
    assert_eq!(
        org.reach("user-5", &role(PROD, &reserved("Read"))),
        Some(Certain)
    );
    let ops = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef";
    assert_eq!(org.reach("user-5", &role(PROD, ops)), None);
    assert_eq!(org.reach("user-6", &read), Some(Conditional));
    assert_eq!(org.reach("user-6", &write), Some(Conditional));
}

#[test]
fn a_directory_has_the_users_of_its_own_instance_alone() {
    let of_an_account = "arn:aws:sso:::instance/ssoins-2";
    let org = identity_center().add(
        DEV,
        of_region(
            DEV,
            "AWS::SSO::Instance",
            of_an_account.to_owned(),
            json!({}),
        ),
    );
    let reserved = role(
        PROD,
        "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef",
    );
    assert_eq!(
        org.reach("arn:aws:sso:::instance/ssoins-1", &reserved),
        Some(Certain)
    );
    assert_eq!(org.reach(of_an_account, &reserved), None);
}

const ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF0123456789";

fn cluster() -> String {
    format!("arn:aws:eks:eu-west-1:{PROD}:cluster/shop")
}

/// A cluster of prod with a node group, a pod identity, and an access entry of a role of dev.
fn kubernetes(access: Value) -> Org {
    let eks = |rest: &str| format!("arn:aws:eks:eu-west-1:{PROD}:{rest}");
    let service_account = policy(&[json!({"Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{TEST}:oidc-provider/{ISSUER}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {format!("{ISSUER}:sub"): "system:serviceaccount:shop:web",
            format!("{ISSUER}:aud"): "sts.amazonaws.com"}}})]);
    Org::three()
        .role(PROD, "node", nobody(), &[])
        .role(PROD, "pod", nobody(), &[])
        .role(TEST, "web", service_account, &[])
        .role(DEV, "ops", nobody(), &[])
        .role(PROD, "granter", nobody(), &[allow("eks:*", "*")])
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::EKS::Cluster",
                cluster(),
                json!({"Name": "shop", "OpenIdConnectIssuerUrl": format!("https://{ISSUER}")}),
            ),
        )
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::EKS::Nodegroup",
                eks("nodegroup/shop/n/1"),
                json!({"ClusterName": "shop", "NodeRole": role(PROD, "node")}),
            ),
        )
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::EKS::PodIdentityAssociation",
                eks("podidentityassociation/shop/a"),
                json!({"ClusterName": "shop", "RoleArn": role(PROD, "pod")}),
            ),
        )
        .add(
            PROD,
            of_region(
                PROD,
                "AWS::EKS::AccessEntry",
                eks("access-entry/shop/role/1"),
                json!({"ClusterName": "shop", "PrincipalArn": role(DEV, "ops"),
                    "AccessPolicies": access}),
            ),
        )
}

fn access(policy: &str, scope: &str) -> Value {
    json!([{"PolicyArn": format!("arn:aws:eks::aws:cluster-access-policy/{policy}"),
        "AccessScope": {"Type": scope}}])
}

#[test]
fn an_administrator_of_a_cluster_has_its_roles() {
    let org = kubernetes(access("AmazonEKSClusterAdminPolicy", "cluster"));
    for start in [role(DEV, "ops"), role(PROD, "granter"), cluster()] {
        for reached in [role(PROD, "node"), role(PROD, "pod"), role(TEST, "web")] {
            assert_eq!(
                org.reach(&start, &reached),
                Some(Certain),
                "{start} {reached}"
            );
        }
    }
    let narrow = kubernetes(access("AmazonEKSEditPolicy", "namespace"));
    assert_eq!(
        narrow.reach(&role(DEV, "ops"), &role(PROD, "node")),
        Some(Conditional)
    );
    let viewer = kubernetes(access("AmazonEKSViewPolicy", "cluster"));
    assert_eq!(viewer.reach(&role(DEV, "ops"), &role(PROD, "node")), None);
}

/// A role of prod with these policies beside what an organization has.
fn operated(org: Org, policies: &[Value]) -> Org {
    org.role(PROD, "operator", nobody(), policies)
}

fn operator() -> String {
    role(PROD, "operator")
}

#[test]
fn whoever_replaces_a_saml_provider_signs_in_as_anyone() {
    let provider = |name: &str| format!("arn:aws:iam::{PROD}:saml-provider/{name}");
    let trusting = policy(&[
        json!({"Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
        "Principal": {"Federated": provider("idp")},
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}),
    ]);
    let org = |action: &str, known: &[&str]| {
        let mut org = operated(Org::three(), &[allow(action, &provider("*"))]).role(
            PROD,
            "staff",
            trusting.clone(),
            &[],
        );
        for name in known {
            let document = json!({"type": "AWS::IAM::SAMLProvider", "arn": provider(name),
                "account": PROD, "config": {"Name": name}});
            org = org.add(PROD, document);
        }
        org
    };
    let reach =
        |action: &str, known: &[&str]| org(action, known).reach(&operator(), &provider("idp"));
    assert_eq!(reach("iam:UpdateSAMLProvider", &["idp"]), Some(Certain));
    assert_eq!(reach("iam:UpdateSAMLProvider", &[]), Some(Certain));
    assert_eq!(
        reach("iam:UpdateSAMLProvider", &["other"]),
        None,
        "it is gone"
    );
    assert_eq!(reach("iam:CreateSAMLProvider", &["other"]), Some(Certain));
    assert_eq!(reach("iam:CreateSAMLProvider", &[]), Some(Conditional));
    assert_eq!(
        reach("iam:CreateSAMLProvider", &["idp"]),
        None,
        "it is there"
    );
    assert_eq!(reach("iam:GetSAMLProvider", &["idp"]), None);
    let org = org("iam:UpdateSAMLProvider", &["idp"]);
    assert_eq!(
        org.reach(&operator(), &role(PROD, "staff")),
        org.reach(&provider("idp"), &role(PROD, "staff"))
    );
    let guarded = org.scp("no", deny("iam:UpdateSAMLProvider", "*"), &[PROD]);
    assert_eq!(guarded.reach(&operator(), &role(PROD, "staff")), None);
}

#[test]
fn whoever_changes_anchors_has_certificates() {
    let pinned = json!({"ArnEquals": {"aws:SourceArn": anchor()}});
    let machine = role(PROD, "machine");
    let reach = |action: &str, condition: &Value, enabled: bool| {
        operated(anywhere(condition.clone(), enabled), &[allow(action, "*")])
            .reach(&operator(), &machine)
    };
    let open = json!({});
    let update = "rolesanywhere:UpdateTrustAnchor";
    assert_eq!(reach(update, &pinned, true), Some(Certain));
    assert_eq!(reach(update, &pinned, false), None, "no profile has it");
    let create = "rolesanywhere:CreateTrustAnchor";
    assert_eq!(reach(create, &open, true), Some(Certain));
    assert_eq!(
        reach(create, &pinned, true),
        None,
        "another anchor is not let in"
    );
    assert_eq!(reach(create, &open, false), None);
    assert_eq!(reach("rolesanywhere:ListTrustAnchors", &open, true), None);
}

#[test]
fn whoever_changes_a_pool_has_its_roles() {
    let (guest, customer) = (role(PROD, "guest"), role(PROD, "customer"));
    let closed = json!({"AllowUnauthenticatedIdentities": false});
    let reach = |actions: &[&str], config: &Value, target: &str| {
        let statements: Vec<Value> = actions
            .iter()
            .map(|action| statement("Allow", action, "*"))
            .collect();
        operated(pool(config.clone(), true), &[policy(&statements)]).reach(&operator(), target)
    };
    let (set, pass, update) = (
        "cognito-identity:SetIdentityPoolRoles",
        "iam:PassRole",
        "cognito-identity:UpdateIdentityPool",
    );
    let guests = json!({"AllowUnauthenticatedIdentities": true, "AllowClassicFlow": true});
    let narrow = json!({"AllowUnauthenticatedIdentities": true});
    assert_eq!(reach(&[set, pass], &closed, &guest), None);
    assert_eq!(reach(&[set, pass, update], &closed, &guest), Some(Certain));
    assert_eq!(reach(&[set, pass], &guests, &guest), Some(Certain));
    assert_eq!(reach(&[set, pass], &narrow, &guest), Some(Conditional));
    assert_eq!(reach(&[set], &closed, &guest), None);
    assert_eq!(
        reach(&[set, pass, update], &closed, &customer),
        None,
        "guests are not let in"
    );
    let users = [
        "cognito-idp:AdminCreateUser",
        "cognito-idp:AdminSetUserPassword",
    ];
    for action in users {
        assert_eq!(
            reach(&[action], &closed, &customer),
            Some(Conditional),
            "{action}"
        );
        assert_eq!(reach(&[action], &closed, &guest), None, "{action}");
    }
    assert_eq!(reach(&["cognito-idp:ListUsers"], &closed, &customer), None);
}

#[test]
fn an_assertion_is_for_the_address_of_aws() {
    let provider = format!("arn:aws:iam::{PROD}:saml-provider/okta");
    let org = |audience: &str| {
        Org::three().role(
            PROD,
            "staff",
            policy(&[
                json!({"Effect": "Allow", "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithSAML",
                "Condition": {"StringEquals": {"SAML:aud": audience}}}),
            ]),
            &[],
        )
    };
    let reach = |audience| org(audience).reach(&provider, &role(PROD, "staff"));
    assert_eq!(reach("https://signin.aws.amazon.com/saml"), Some(Certain));
    assert_eq!(
        reach("https://eu-west-1.signin.aws.amazon.com/saml"),
        Some(Certain)
    );
    assert_eq!(
        reach("https://somewhere.example.com/saml"),
        Some(Conditional)
    );
}

#[test]
fn a_token_has_no_claims_of_another_issuer() {
    let [one, other] = ["A", "B"].map(|id| format!("oidc.eks.eu-west-1.amazonaws.com/id/{id}"));
    let org = |issuer: &str| {
        Org::three().role(
            PROD,
            "pod",
            policy(&[json!({"Effect": "Allow",
                "Principal": {"Federated": format!("arn:aws:iam::{PROD}:oidc-provider/{one}")},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {format!("{issuer}:sub"): "system:serviceaccount:a:b"}}})]),
            &[],
        )
    };
    let start = format!("arn:aws:iam::{PROD}:oidc-provider/{one}");
    let reach = |issuer: &str| org(issuer).reach(&start, &role(PROD, "pod"));
    assert_eq!(reach(&one), Some(Conditional));
    assert_eq!(reach(&other), None);
}
