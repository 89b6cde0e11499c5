//! Properties of decisions and of open questions, over small random policies.
//!
//! The pools are small on purpose, so that statements meet the request often enough to matter.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use blastwall_policy::{
    Context, DecisionKind, Keys, Layers, Level, Policy, Principal, Question, Reach, Request,
    decide, reach,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const PRINCIPALS: [&str; 8] = [
    "arn:aws:iam::111111111111:user/ann",
    "arn:aws:iam::111111111111:root",
    "arn:aws:sts::111111111111:assumed-role/dev/work",
    "arn:aws:sts::222222222222:assumed-role/dev/work",
    "arn:aws:sts::111111111111:federated-user/ann",
    "sns.amazonaws.com",
    "arn:aws:iam::111111111111:oidc-provider/example.com",
    "anonymous",
];
const ACTIONS: [&str; 6] = [
    "s3:GetObject",
    "s3:PutBucketPolicy",
    "sts:AssumeRole",
    "sts:AssumeRoleWithWebIdentity",
    "kms:Decrypt",
    "iam:ListUsers",
];
const RESOURCES: [&str; 4] = [
    "arn:aws:s3:::data-b/x.csv",
    "arn:aws:iam::111111111111:role/dev",
    "arn:aws:kms:us-east-1:111111111111:key/1",
    "*",
];
const KEYS: [&str; 8] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalTag/team",
    "aws:TagKeys",
    "aws:SourceIp",
    "aws:PrincipalArn",
    "aws:username",
    "aws:PrincipalIsAWSService",
    "sts:ExternalId",
];
const VALUES: [&str; 10] = [
    "o-1",
    "red",
    "blue",
    "*",
    "true",
    "10.0.0.1",
    "10",
    "ann",
    "arn:aws:iam::111111111111:role/dev",
    "arn:aws:iam::111111111111:user/ann",
];
const PATTERNS: [&str; 6] = [
    "${aws:PrincipalTag/team}",
    "${aws:username, 'red'}",
    "r*",
    "arn:aws:iam::*:role/${aws:TagKeys}",
    "10.0.0.0/8",
    "false",
];
const OPERATORS: [&str; 18] = [
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

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
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

fn any_statement() -> impl Strategy<Value = Value> {
    prop_oneof![5 => statement("Allow"), 1 => statement("Deny")]
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    proptest::collection::vec(any_statement(), 0..4)
}

/// Every layer as statements; `None` where the layer may be missing.
#[derive(Clone, Debug)]
struct World {
    principal: &'static str,
    action: &'static str,
    resource: &'static str,
    account: &'static str,
    scp: Option<Vec<Value>>,
    rcp: Option<Vec<Value>>,
    identity: Vec<Value>,
    boundary: Option<Vec<Value>>,
    session: Option<Vec<Value>>,
    resource_policy: Option<Vec<Value>>,
    endpoint: Option<Vec<Value>>,
    restrict: bool,
}

const LAYERS: usize = 7;

fn world() -> impl Strategy<Value = World> {
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
        any::<bool>(),
    )
        .prop_map(
            |(
                request,
                account,
                (scp, rcp, boundary, session, endpoint),
                identity,
                resource_policy,
                restrict,
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
            },
        )
}

fn context() -> impl Strategy<Value = Vec<(&'static str, Vec<&'static str>)>> {
    let key = (
        select(KEYS.to_vec()),
        proptest::collection::vec(select(VALUES.to_vec()), 0..3),
    );
    proptest::collection::vec(key, 0..6)
}

fn policy(statements: &[Value]) -> Policy {
    Policy::from_value(&json!({ "Version": "2012-10-17", "Statement": statements })).unwrap()
}

impl World {
    fn layer(&mut self, index: usize) -> Option<&mut Vec<Value>> {
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

    fn run<R>(&self, run: impl FnOnce(&Layers<'_>) -> R) -> R {
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

    fn decide(&self, context: &Context) -> DecisionKind {
        let principal = Principal::parse(self.principal).unwrap();
        self.run(|layers| {
            let request = Request {
                principal: &principal,
                role_path: Some("/"),
                action: self.action,
                resource: self.resource,
                resource_account: self.account,
                context,
            };
            decide(&request, layers).kind
        })
    }

    fn reach(&self, principal: &str, keys: &Keys) -> Reach {
        let principal = Principal::parse(principal).unwrap();
        self.run(|layers| {
            let question = Question {
                principal: &principal,
                role_path: Some("/"),
                action: self.action,
                resource: self.resource,
                resource_account: self.account,
                keys,
            };
            reach(&question, layers)
        })
    }

    /// The keys that follow from the principal, then the given ones that do not contradict it.
    fn context(&self, pairs: &[(&str, Vec<&str>)]) -> Context {
        let principal = Principal::parse(self.principal).unwrap();
        let mut context = Context::derived(&principal, Some("/"), self.account);
        for (key, values) in pairs {
            let free = match *key {
                "aws:PrincipalArn" | "aws:username" | "aws:PrincipalIsAWSService" => {
                    matches!(principal, Principal::IdentityProvider { .. })
                }
                "aws:PrincipalOrgID" | "aws:PrincipalTag/team" => {
                    !matches!(principal, Principal::Service { .. } | Principal::Anonymous)
                }
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
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases * 4,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_added_deny_never_allows(world in world(), pairs in context(), layer in 0..LAYERS, deny in statement("Deny")) {
        let context = world.context(&pairs);
        let before = world.decide(&context);
        let mut more = world.clone();
        if let Some(statements) = more.layer(layer) {
            statements.push(deny);
        }
        prop_assert!(before == DecisionKind::Allowed || more.decide(&context) != DecisionKind::Allowed);
    }

    #[test]
    fn an_added_allow_never_denies(world in world(), pairs in context(), layer in 0..LAYERS, allow in statement("Allow")) {
        // A public statement can close a bucket to other accounts; that is what the setting is for.
        let mut world = world;
        world.restrict = false;
        let context = world.context(&pairs);
        let before = world.decide(&context);
        let mut more = world.clone();
        if let Some(statements) = more.layer(layer) {
            statements.push(allow);
        }
        prop_assert!(before != DecisionKind::Allowed || more.decide(&context) == DecisionKind::Allowed);
    }

    #[test]
    fn the_order_of_statements_is_irrelevant(world in world(), pairs in context()) {
        let context = world.context(&pairs);
        let mut reversed = world.clone();
        for layer in 0..LAYERS {
            if let Some(statements) = reversed.layer(layer) {
                statements.reverse();
            }
        }
        prop_assert_eq!(world.decide(&context), reversed.decide(&context));
    }

    #[test]
    fn reach_errs_on_the_safe_side(world in world(), pairs in context(), known in 0_usize..4) {
        let context = world.context(&pairs);
        let mut keys = Keys::new();
        for key in KEYS.iter().take(known) {
            keys = match context.get(key) {
                Some(values) => keys.fixed(key, values.iter().cloned()),
                None => keys.absent(key),
            };
        }
        let allowed = world.decide(&context) == DecisionKind::Allowed;
        // A session, and the role behind it.
        let mut askers = vec![world.principal.to_owned()];
        if let Some(account) = world.principal.strip_prefix("arn:aws:sts::").and_then(|rest| rest.strip_suffix(":assumed-role/dev/work")) {
            askers.push(format!("arn:aws:iam::{account}:role/dev"));
        }
        for asker in askers {
            let answer = world.reach(&asker, &keys);
            match &answer {
                Reach::Yes { evidence } => {
                    prop_assert!(allowed, "{asker}: {answer}");
                    prop_assert!(!evidence.statements.is_empty() || evidence.rule.is_some());
                }
                Reach::OnlyIf { conditions, .. } => {
                    prop_assert!(!conditions.is_empty());
                    prop_assert!(conditions.iter().all(|term| !term.any_of.is_empty()));
                }
                Reach::No { .. } => prop_assert!(!allowed, "{asker}: {answer}"),
            }
        }
    }

    #[test]
    fn any_text_parses_or_errs(text in "\\PC{0,80}") {
        let _ = Policy::parse(&text);
        let _ = Principal::parse(&text);
        let policy = policy(&[json!({
            "Effect": "Allow", "Principal": {"AWS": text}, "Action": text, "Resource": text,
            "Condition": {
                "StringLike": {&text: text}, "ArnLike": {"aws:PrincipalArn": text}, "IpAddress": {"aws:SourceIp": text},
                "DateLessThan": {"aws:CurrentTime": text}, "NumericEquals": {"s3:max-keys": text},
            },
        })]);
        let mut context = Context::new();
        for key in [&*text, "aws:PrincipalArn", "aws:SourceIp", "aws:CurrentTime", "s3:max-keys"] {
            context.insert(key, [text.as_str()]);
        }
        let principal = Principal::Anonymous;
        let request = Request {
            principal: &principal, role_path: None, action: &text, resource: &text, resource_account: &text, context: &context,
        };
        let _ = decide(&request, &Layers { resource: Some(&policy), ..Layers::default() });
    }
}
