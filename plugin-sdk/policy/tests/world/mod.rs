//! Small random requests with policies in every layer.
//!
//! The pools are small on purpose, so that statements meet the request often enough to matter.
#![allow(dead_code, reason = "each test uses a part of it")]

use blastwall_policy::{
    Context, DecisionKind, Keys, Layers, Level, Policy, Principal, Question, Reach, Request,
    decide, reach,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::naive::Ask;

pub(crate) const PRINCIPALS: [&str; 8] = [
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::111111111111:root",
    "arn:aws:sts::111111111111:assumed-role/dev/work",
    "arn:aws:sts::222222222222:assumed-role/dev/work",
    "arn:aws:sts::111111111111:federated-user/ann",
    "sns.amazonaws.com",
    "arn:aws:iam::111111111111:oidc-provider/example.com",
    "anonymous",
];
const ACTIONS: [&str; 9] = [
    "s3:GetObject",
    "s3:PutBucketPolicy",
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "kms:Decrypt",
    "iam:ListUsers",
    "sts:GetSessionToken",
    "sts:GetFederationToken",
    "sns:Publish",
];
const RESOURCES: [&str; 4] = [
    "arn:aws:s3:::data-b/x.csv",
    "arn:aws:iam::111111111111:role/dev",
    "arn:aws:kms:us-east-1:111111111111:key/1",
    "*",
];
pub(crate) const KEYS: [&str; 8] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/team",
    "aws:TagKeys",
    "aws:SourceIp",
    "aws:PrincipalArn",
    "aws:username",
    "aws:PrincipalIsAWSService",
    "sts:ExternalId",
];
const VALUES: [&str; 15] = [
    "o-1",
    "red",
    "Red",
    "",
    "2001:db8::7",
    "1767323046",
    "2025-12-31T23:59:59Z",
    "blue",
    "*",
    "true",
    "10.0.0.1",
    "10",
    "ann",
    "arn:aws:iam::111111111111:role/dev",
    "arn:aws:iam::111111111111:user/ann",
];
const PATTERNS: [&str; 14] = [
    "${aws:PrincipalTag/team}",
    "${aws:username, 'red'}",
    "${*}",
    "R?d",
    "2026-01-02T03:04:05Z",
    "1767323045",
    "9.5",
    "2001:db8::/32",
    "203.0.113.0/24",
    "0.0.0.0/1",
    "r*",
    "arn:aws:iam::*:role/${aws:TagKeys}",
    "10.0.0.0/8",
    "false",
];
const OPERATORS: [&str; 31] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringEqualsIfExists",
    "StringNotEqualsIfExists",
    "ForAllValues:StringLike",
    "ForAnyValue:StringLike",
    "ForAllValues:StringNotEquals",
    "ForAnyValue:StringNotLike",
    "Null",
    "Bool",
    "IpAddress",
    "NotIpAddress",
    "NumericLessThan",
    "ArnLike",
    "ArnNotLikeIfExists",
    "ArnEquals",
    "ForAnyValue:ArnLike",
    "StringNotEqualsIgnoreCase",
    "ForAnyValue:StringEqualsIfExists",
    "ForAllValues:Bool",
    "NumericEquals",
    "NumericNotEquals",
    "NumericGreaterThanEquals",
    "DateLessThan",
    "DateGreaterThanEquals",
    "DateNotEquals",
    "DateEqualsIfExists",
    "BinaryEquals",
];

fn one_or_two(pool: Vec<String>) -> impl Strategy<Value = Value> {
    proptest::collection::vec(select(pool), 1..3).prop_map(|items| json!(items))
}

fn owned(pools: &[&[&str]]) -> Vec<String> {
    pools
        .iter()
        .flat_map(|pool| pool.iter().map(ToString::to_string))
        .collect()
}

fn conditions() -> impl Strategy<Value = Value> {
    let line = (
        select(OPERATORS.to_vec()),
        select(KEYS.to_vec()),
        one_or_two(owned(&[&VALUES, &PATTERNS])),
    );
    proptest::collection::vec(line, 0..3).prop_map(|lines| {
        let mut conditions = json!({});
        for (operator, key, values) in lines {
            conditions[operator][key] = values;
        }
        conditions
    })
}

fn principal_element() -> impl Strategy<Value = Value> {
    let aws = owned(&[
        &PRINCIPALS[..5],
        &[
            "*",
            "111111111111",
            "arn:aws:iam::111111111111:role/dev",
            "arn:aws:iam::111111111111:role/team/dev",
            "arn:aws:iam::222222222222:role/dev",
        ],
    ]);
    prop_oneof![
        2 => Just(json!("*")),
        4 => one_or_two(aws).prop_map(|entries| json!({ "AWS": entries })),
        1 => Just(json!({ "Service": "sns.amazonaws.com" })),
        1 => Just(json!({ "Federated": PRINCIPALS[6] })),
    ]
}

pub(crate) fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    // Half of the draws meet any request, or next to no world would allow anything.
    let actions = owned(&[&ACTIONS, &["s3:*", "sts:Assume*"], &["*"; 8]]);
    let resources = owned(&[
        &RESOURCES,
        &["*"; 6],
        &[
            "arn:aws:s3:::data-*",
            "arn:aws:s3:::data-b/${aws:username}.csv",
            "arn:aws:s3:::${aws:PrincipalTag/team, 'data-b'}/*",
        ],
    ]);
    (
        [rarely(), rarely(), rarely()],
        one_or_two(actions),
        one_or_two(resources),
        principal_element(),
        conditions(),
    )
        .prop_map(
            move |(negated, actions, resources, principal, conditions)| {
                let name = |negated: bool, name: &str| {
                    if negated {
                        format!("Not{name}")
                    } else {
                        name.to_owned()
                    }
                };
                json!({
                    "Effect": effect,
                    name(negated[0], "Action"): actions,
                    name(negated[1], "Resource"): resources,
                    name(negated[2], "Principal"): principal,
                    "Condition": conditions,
                })
            },
        )
}

fn rarely() -> impl Strategy<Value = bool> {
    proptest::bool::weighted(0.1)
}

pub(crate) fn any_statement() -> impl Strategy<Value = Value> {
    prop_oneof![5 => statement("Allow"), 1 => statement("Deny")]
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    proptest::collection::vec(any_statement(), 0..4)
}

/// Every layer as statements; `None` where the layer may be missing.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) principal: &'static str,
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) account: &'static str,
    pub(crate) scp: Option<Vec<Value>>,
    pub(crate) rcp: Option<Vec<Value>>,
    pub(crate) identity: Vec<Value>,
    pub(crate) boundary: Option<Vec<Value>>,
    pub(crate) session: Option<Vec<Value>>,
    pub(crate) resource_policy: Option<Vec<Value>>,
    pub(crate) endpoint: Option<Vec<Value>>,
    pub(crate) restrict: bool,
    pub(crate) version: &'static str,
    pub(crate) role_path: &'static str,
}

pub(crate) const LAYERS: usize = 7;

pub(crate) fn world() -> impl Strategy<Value = World> {
    // A layer that limits often allows all but for what the random statements deny.
    let limit = (statements(), any::<bool>()).prop_map(|(mut statements, open)| {
        if open {
            statements
                .push(json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}));
        }
        statements
    });
    let limit = limit.boxed();
    let maybe = || proptest::option::weighted(0.3, limit.clone());
    (
        (
            select(PRINCIPALS.to_vec()),
            select(ACTIONS.to_vec()),
            select(RESOURCES.to_vec()),
        ),
        select(vec!["111111111111", "222222222222"]),
        (maybe(), maybe(), maybe(), maybe(), maybe()),
        statements(),
        proptest::option::weighted(0.8, statements()),
        (
            any::<bool>(),
            prop_oneof![7 => Just("2012-10-17"), 1 => Just("2008-10-17")],
            prop_oneof![7 => Just("/"), 1 => Just("/aws-service-role/sns.amazonaws.com/"), 1 => Just("/team/")],
        ),
    )
        .prop_map(
            |(
                request,
                account,
                (scp, rcp, boundary, session, endpoint),
                identity,
                resource_policy,
                (restrict, version, role_path),
            )| World {
                principal: request.0,
                action: request.1,
                resource: request.2,
                account,
                scp,
                rcp,
                identity,
                boundary,
                session,
                resource_policy,
                endpoint,
                restrict,
                version,
                role_path,
            },
        )
}

pub(crate) fn context() -> impl Strategy<Value = Vec<(&'static str, Vec<&'static str>)>> {
    let key = (
        select(KEYS.to_vec()),
        proptest::collection::vec(select(VALUES.to_vec()), 0..3),
    );
    proptest::collection::vec(key, 0..6)
}

pub(crate) fn document(version: &str, statements: &[Value]) -> Value {
    json!({ "Version": version, "Statement": statements })
}

pub(crate) fn policy(statements: &[Value]) -> Policy {
    Policy::from_value(&document("2012-10-17", statements)).unwrap()
}

impl World {
    /// The same for the naive evaluator.
    pub(crate) fn ask(&self, context: &Context) -> Ask<'_> {
        let document = |statements: &Vec<Value>| document(self.version, statements);
        Ask {
            principal: self.principal,
            role_path: self.role_path,
            action: self.action,
            resource: self.resource,
            account: self.account,
            context: context
                .iter()
                .map(|(key, values)| (key.to_owned(), values.to_vec()))
                .collect(),
            scps: self
                .scp
                .as_ref()
                .map(|statements| vec![document(statements)]),
            rcps: self
                .rcp
                .as_ref()
                .map(|statements| vec![document(statements)]),
            identity: document(&self.identity),
            boundary: self.boundary.as_ref().map(document),
            session: self.session.as_ref().map(document),
            resource_policy: self.resource_policy.as_ref().map(document),
            endpoint: self.endpoint.as_ref().map(document),
            restrict: self.restrict,
        }
    }

    pub(crate) fn layer(&mut self, index: usize) -> Option<&mut Vec<Value>> {
        match index {
            0 => self.scp.as_mut(),
            1 => self.rcp.as_mut(),
            2 => Some(&mut self.identity),
            3 => self.boundary.as_mut(),
            4 => self.session.as_mut(),
            5 => self.resource_policy.as_mut(),
            _ => self.endpoint.as_mut(),
        }
    }

    pub(crate) fn run<R>(&self, run: impl FnOnce(&Layers<'_>) -> R) -> R {
        let policy =
            |statements: &[Value]| Policy::from_value(&document(self.version, statements)).unwrap();
        let scp = self.scp.as_deref().map(policy);
        let rcp = self.rcp.as_deref().map(policy);
        let identity = policy(&self.identity);
        let boundary = self.boundary.as_deref().map(policy);
        let session = self.session.as_deref().map(policy);
        let resource = self.resource_policy.as_deref().map(policy);
        let endpoint = self.endpoint.as_deref().map(policy);
        let scp_level: Option<[&Policy; 1]> = scp.as_ref().map(|policy| [policy]);
        let rcp_level: Option<[&Policy; 1]> = rcp.as_ref().map(|policy| [policy]);
        let scps: Option<[Level<'_>; 1]> = scp_level.as_ref().map(|level| [level.as_slice()]);
        let rcps: Option<[Level<'_>; 1]> = rcp_level.as_ref().map(|level| [level.as_slice()]);
        let session: Option<[&Policy; 1]> = session.as_ref().map(|policy| [policy]);
        let endpoints: Vec<&Policy> = endpoint.iter().collect();
        run(&Layers {
            scps: scps.as_ref().map(|levels| levels.as_slice()),
            rcps: rcps.as_ref().map(|levels| levels.as_slice()),
            identity: &[&identity],
            boundary: boundary.as_ref(),
            session: session.as_ref().map(|policies| policies.as_slice()),
            resource: resource.as_ref(),
            kms_grants: &[],
            vpc_endpoints: &endpoints,
            restrict_public_buckets: self.restrict,
        })
    }

    pub(crate) fn decide(&self, context: &Context) -> DecisionKind {
        let principal = Principal::parse(self.principal).unwrap();
        self.run(|layers| {
            let request = Request {
                principal: &principal,
                role_path: Some(self.role_path),
                action: self.action,
                resource: self.resource,
                resource_account: self.account,
                context,
            };
            decide(&request, layers).kind
        })
    }

    pub(crate) fn reach(&self, principal: &str, keys: &Keys) -> Reach {
        let principal = Principal::parse(principal).unwrap();
        self.run(|layers| {
            let question = Question {
                principal: &principal,
                role_path: Some(self.role_path),
                action: self.action,
                resource: self.resource,
                resource_account: self.account,
                keys,
            };
            reach(&question, layers)
        })
    }

    /// The keys that follow from the principal, then the given ones that do not contradict it.
    pub(crate) fn context(&self, pairs: &[(&str, Vec<&str>)]) -> Context {
        let principal = Principal::parse(self.principal).unwrap();
        let mut context = Context::derived(&principal, Some(self.role_path), self.account);
        for (key, values) in pairs {
            let free = match *key {
                "aws:PrincipalArn" | "aws:username" => {
                    matches!(principal, Principal::IdentityProvider { .. })
                }
                // Known of everybody; who comes with a token has no signature that would tell it.
                "aws:PrincipalIsAWSService" => false,
                "aws:PrincipalOrgID" => !matches!(
                    principal,
                    Principal::Service { .. }
                        | Principal::Anonymous
                        | Principal::IdentityProvider { .. }
                ),
                "aws:PrincipalTag/team" => {
                    !matches!(principal, Principal::Service { .. } | Principal::Anonymous)
                }
                // Requests to STS alone have it.
                "sts:ExternalId" => self.action.starts_with("sts:"),
                _ => true,
            };
            if free {
                context.insert(key, values.iter().copied());
            }
        }
        context
    }
}

/// Four times the usual number of cases, because many worlds refuse the request for a dull reason;
/// `PROPTEST_CASES` scales it.
pub(crate) fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases * 4,
        ..usual
    }
}

/// Lists of a plain element, taken apart. Those of a negated element belong together.
pub(crate) fn one_by_one(statement: &Value) -> Vec<Value> {
    let mut all = vec![statement.clone()];
    for element in ["Action", "Resource"] {
        all = all
            .into_iter()
            .flat_map(|statement| match statement.get(element) {
                Some(Value::Array(items)) => items
                    .iter()
                    .map(|item| {
                        let mut one = statement.clone();
                        one[element] = item.clone();
                        one
                    })
                    .collect(),
                _ => vec![statement],
            })
            .collect();
    }
    all
}

/// Other names of the same length and case for people, buckets, teams and accounts.
pub(crate) fn rename(text: &str) -> String {
    [
        ("ann", "eve"),
        ("data-", "info-"),
        ("work", "play"),
        ("111111111111", "333333333333"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

impl World {
    pub(crate) fn renamed(&self) -> Self {
        fn statements(statements: &[Value]) -> Vec<Value> {
            let text = rename(&Value::from(statements.to_vec()).to_string());
            serde_json::from_str(&text).unwrap()
        }
        let leaked = |text: &str| -> &'static str { Box::leak(rename(text).into_boxed_str()) };
        let optional = |layer: &Option<Vec<Value>>| layer.as_deref().map(statements);
        Self {
            principal: leaked(self.principal),
            resource: leaked(self.resource),
            account: leaked(self.account),
            scp: optional(&self.scp),
            rcp: optional(&self.rcp),
            identity: statements(&self.identity),
            boundary: optional(&self.boundary),
            session: optional(&self.session),
            resource_policy: optional(&self.resource_policy),
            endpoint: optional(&self.endpoint),
            ..*self
        }
    }
}
