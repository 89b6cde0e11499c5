//! Random small organizations, as choices from menus that make links likely.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{
    DEV, MANAGEMENT, Org, PROD, TEST, VENDOR, admin, allow, deny, nobody, policy, role, root,
    trust, trust_if, user,
};

/// The accounts that principals live in.
pub(crate) const ACCOUNTS: [&str; 4] = [DEV, TEST, PROD, MANAGEMENT];

/// What a random organization is made of, before it becomes documents: the naive closure reads
/// this and never the documents.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) principals: Vec<Principal>,
    /// Document and target.
    pub(crate) scps: Vec<(Value, &'static str)>,
    pub(crate) rcps: Vec<(Value, &'static str)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Principal {
    pub(crate) account: &'static str,
    pub(crate) name: String,
    /// None for a user.
    pub(crate) trust: Option<Value>,
    pub(crate) policies: Vec<Value>,
    pub(crate) boundary: Option<Value>,
    /// Of one whose boundary is that of another: of which one.
    pub(crate) bounded_as: Option<String>,
    /// Whether it is not there until somebody makes it.
    pub(crate) made: bool,
}

impl Principal {
    pub(crate) fn arn(&self) -> String {
        match self.trust {
            Some(_) => role(self.account, &self.name),
            None => user(self.account, &self.name),
        }
    }

    /// The ARN of its boundary.
    pub(crate) fn boundary_arn(&self) -> Option<String> {
        self.boundary.as_ref()?;
        let name = self.bounded_as.as_ref().unwrap_or(&self.name);
        Some(format!(
            "arn:aws:iam::{}:policy/boundary-of-{name}",
            self.account
        ))
    }
}

/// The unit above an account; the management account is right under the root.
pub(crate) fn parent(account: &str) -> &'static str {
    match account {
        DEV | TEST => "ou-lower",
        PROD => "ou-upper",
        _ => "r-root",
    }
}

impl Model {
    pub(crate) fn org(&self) -> Org {
        let mut org = Org::new()
            .unit("ou-lower", "r-root")
            .unit("ou-upper", "r-root");
        for (account, name) in [(DEV, "dev"), (TEST, "test"), (PROD, "prod")] {
            org = org.account(account, name, parent(account));
        }
        for (kind, controls) in [("scp", &self.scps), ("rcp", &self.rcps)] {
            for (index, (document, target)) in controls.iter().enumerate() {
                org = org.control(kind, &format!("{kind}{index}"), document.clone(), &[target]);
            }
        }
        for principal in &self.principals {
            let mut more = json!({});
            if let Some(boundary) = &principal.boundary {
                let name = format!("boundary-of-{}", principal.name);
                org = org.managed(principal.account, &name, boundary.clone());
                more["PermissionsBoundary"] = json!(principal.boundary_arn());
            }
            org = match &principal.trust {
                Some(trust) => org.role_with(
                    principal.account,
                    &principal.name,
                    trust.clone(),
                    &principal.policies,
                    more,
                ),
                None => org.user(principal.account, &principal.name, &principal.policies, &[]),
            };
        }
        org
    }
}

fn account() -> impl Strategy<Value = &'static str> {
    select(ACCOUNTS.to_vec())
}

fn any_role() -> impl Strategy<Value = String> {
    (account(), 0..3_usize).prop_map(|(account, index)| role(account, &format!("role-{index}")))
}

fn a_trust() -> impl Strategy<Value = Value> {
    let named = (any_role(), account()).prop_map(|(role, account)| trust(&[&role, &root(account)]));
    let deny_one = (account(), any_role()).prop_map(|(account, role)| {
        policy(&[
            trust(&[&root(account)])["Statement"][0].clone(),
            json!({"Effect": "Deny", "Principal": {"AWS": role}, "Action": "sts:AssumeRole"}),
        ])
    });
    prop_oneof![
        2 => Just(nobody()),
        3 => account().prop_map(|account| trust(&[&root(account)])),
        3 => any_role().prop_map(|role| trust(&[&role])),
        1 => named,
        1 => deny_one,
        1 => Just(trust(&["*"])),
        1 => Just(trust(&[&root(VENDOR)])),
        1 => account().prop_map(|account| {
            trust_if(&[&root(account)], json!({"StringEquals": {"sts:ExternalId": "x"}}))
        }),
        1 => Just(trust_if(&["*"], json!({"StringEquals": {"aws:PrincipalOrgID": "o-test000001"}}))),
        1 => Just(trust_if(&["*"], json!({"ForAnyValue:StringLike":
            {"aws:PrincipalOrgPaths": "o-test000001/r-root/ou-lower/*"}}))),
        1 => Just(trust_if(&["*"], json!({"ArnLike":
            {"aws:PrincipalArn": "arn:aws:iam::*:role/role-1"}}))),
        1 => Just(trust_if(&["*"], json!({"StringEqualsIfExists":
            {"aws:PrincipalOrgID": "o-test000001"}}))),
        1 => Just(trust_if(&[&root(VENDOR)], json!({"Null": {"aws:PrincipalOrgID": "true"}}))),
        1 => account().prop_map(|account| {
            trust_if(&[&root(account)], json!({"StringEquals": {"aws:username": "user-1"}}))
        }),
        1 => account().prop_map(|account| policy(&[
            trust(&[&root(account), &root(VENDOR)])["Statement"][0].clone(),
            json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
                "Condition": {"StringNotLike": {"aws:PrincipalArn": "*:role/role-1"}}}),
        ])),
    ]
}

fn a_policy() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => Just(allow("sts:AssumeRole", "*")),
        3 => any_role().prop_map(|role| allow("sts:AssumeRole", &role)),
        1 => Just(allow("sts:*", "arn:aws:iam::*:role/role-0")),
        1 => any_role().prop_map(|role| policy(&[json!({"Effect": "Allow",
            "Action": "sts:AssumeRole", "NotResource": role})])),
        1 => Just(policy(&[json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})])),
        1 => Just(admin()),
        1 => Just(allow("iam:*", "*")),
        1 => Just(allow("s3:*", "*")),
        1 => any_role().prop_map(|role| allow("iam:PutRolePolicy", &role)),
        1 => Just(allow("iam:CreateRole", "*")),
        1 => Just(allow("iam:DeleteRolePermissionsBoundary", "*")),
        2 => Just(policy(&[json!({"Effect": "Allow", "Action": ["iam:CreateRole", "iam:PutRolePolicy"],
            "Resource": "*", "Condition": {"ArnLike": {"iam:PermissionsBoundary":
                ["arn:aws:iam::*:policy/boundary-of-role-0", "arn:aws:iam::*:policy/boundary-of-role-1"]}}})])),
        1 => any_role().prop_map(|role| allow("iam:AttachRolePolicy", &role)),
        1 => any_role().prop_map(|role| allow("iam:UpdateAssumeRolePolicy", &role)),
        1 => any_role().prop_map(|role| allow("iam:*Role*", &role)),
        1 => (account(), 0..3_usize).prop_map(|(account, index)| {
            allow("iam:CreateAccessKey", &user(account, &format!("user-{index}")))
        }),
        1 => (account(), 0..3_usize).prop_map(|(account, index)| {
            allow("iam:PutUserPolicy", &user(account, &format!("user-{index}")))
        }),
        1 => a_deny(),
        1 => Just(policy(&[json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}})])),
    ]
}

/// A policy that only denies.
pub(crate) fn a_deny() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_role().prop_map(|role| deny("sts:AssumeRole", &role)),
        Just(deny("sts:AssumeRole", "*")),
        Just(deny("iam:*", "*")),
        Just(deny("sts:AssumeRole", "arn:aws:iam::*:role/role-2")),
        Just(policy(&[
            json!({"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}})
        ])),
        Just(policy(&[
            json!({"Effect": "Deny", "Action": "sts:*", "Resource": "*",
            "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/role-0"}}})
        ])),
        Just(policy(&[
            json!({"Effect": "Deny", "Action": "sts:*", "Resource": "*",
            "Condition": {"StringNotLike": {"aws:PrincipalArn": "*/role-1"}}})
        ])),
    ]
}

fn a_resource_deny() -> impl Strategy<Value = Value> {
    let with = |condition: Value| {
        policy(&[
            json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
            "Resource": "*", "Condition": condition}),
        ])
    };
    prop_oneof![
        Just(with(
            json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-test000001"}})
        )),
        Just(with(
            json!({"StringNotEquals": {"aws:PrincipalAccount": [PROD, TEST]}})
        )),
        Just(with(
            json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/role-2"}})
        )),
    ]
}

pub(crate) fn a_target() -> impl Strategy<Value = &'static str> {
    select(vec![
        "r-root", "ou-lower", "ou-upper", DEV, TEST, PROD, MANAGEMENT,
    ])
}

fn principals(account: &'static str) -> impl Strategy<Value = Vec<Principal>> {
    let one = (
        proptest::bool::weighted(0.8),
        a_trust(),
        proptest::collection::vec(a_policy(), 0..3),
        proptest::option::weighted(
            0.25,
            prop_oneof![Just(allow("sts:*", "*")), Just(allow("s3:*", "*"))],
        ),
    );
    proptest::collection::vec(one, 0..4).prop_map(move |principals| {
        principals
            .into_iter()
            .enumerate()
            .map(|(index, (is_role, trust, policies, boundary))| Principal {
                account,
                name: format!("{}-{index}", if is_role { "role" } else { "user" }),
                trust: is_role.then_some(trust),
                policies,
                boundary: boundary.filter(|_| is_role),
                bounded_as: None,
                made: false,
            })
            .collect()
    })
}

pub(crate) fn model() -> impl Strategy<Value = Model> {
    (
        ACCOUNTS.map(principals),
        proptest::collection::vec((a_deny(), a_target()), 0..2),
        proptest::collection::vec((a_resource_deny(), a_target()), 0..2),
    )
        .prop_map(|(principals, scps, rcps)| Model {
            principals: principals.into_iter().flatten().collect(),
            scps,
            rcps,
        })
}
