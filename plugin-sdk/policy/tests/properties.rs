//! Properties of decisions and of open questions, over small random policies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod naive;
mod world;

use blastwall_policy::{
    Context, DecisionKind, Keys, Layers, Policy, Principal, Reach, Request, decide,
};
use proptest::prelude::*;
use serde_json::json;
use world::{KEYS, LAYERS, config, context, one_by_one, policy, rename, statement, world};

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

    /// The engine and the naive evaluator agree, reason aside.
    #[test]
    fn a_second_evaluator_agrees(world in world(), pairs in context()) {
        let context = world.context(&pairs);
        prop_assert_eq!(naive::decide(&world.ask(&context)), world.decide(&context));
    }

    /// A statement with lists is worth the same as one for each combination of their members.
    #[test]
    fn splitting_statements_is_irrelevant(world in world(), pairs in context()) {
        let context = world.context(&pairs);
        let mut split = world.clone();
        for layer in 0..LAYERS {
            if let Some(statements) = split.layer(layer) {
                *statements = statements.iter().flat_map(one_by_one).collect();
            }
        }
        // Whether S3 calls a policy public is asked statement by statement, and its answer stays.
        prop_assert_eq!(world.decide(&context), split.decide(&context));
    }

    /// Other names, in policies and requests alike, change nothing.
    #[test]
    fn renaming_is_irrelevant(world in world(), pairs in context()) {
        let context = world.context(&pairs);
        let renamed = world.renamed();
        let other: Context = context
            .iter()
            .flat_map(|(key, values)| values.iter().map(move |value| (key, rename(value))))
            .collect();
        prop_assert_eq!(world.decide(&context), renamed.decide(&other));
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
            askers.push(format!("arn:aws:iam::{account}:role{}dev", world.role_path));
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

/// Properties of worlds that are all refused would say nothing.
#[test]
fn worlds_come_to_all_outcomes() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut counts = [0_u32; 3];
    for _ in 0..2_000 {
        let tree = (world(), context()).new_tree(&mut runner).unwrap();
        let (world, pairs) = tree.current();
        counts[match world.decide(&world.context(&pairs)) {
            DecisionKind::Allowed => 0,
            DecisionKind::ExplicitlyDenied => 1,
            DecisionKind::ImplicitlyDenied => 2,
        }] += 1;
    }
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
}
