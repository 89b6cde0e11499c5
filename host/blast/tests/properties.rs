//! What must hold of every organization.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;

use blastwall_blast::{Certainty, Facts, Graph, Subject};
use proptest::prelude::*;
use serde_json::Value;
use support::naive::{self, Fallen};
use support::random::{ACCOUNTS, Model, a_deny, a_target, model};
use support::{Org, VENDOR, documents};

/// Every start that a model has: accounts, principals, and the outside account if it is let in.
fn starts(model: &Model, graph: &Graph) -> Vec<String> {
    ACCOUNTS
        .iter()
        .map(|account| (*account).to_owned())
        .chain(model.principals.iter().map(|principal| principal.arn()))
        .chain(graph.find(VENDOR).map(|_| VENDOR.to_owned()))
        .collect()
}

fn name(subject: &Subject) -> String {
    match subject {
        Subject::Account { id } => id.to_string(),
        Subject::Principal { arn }
        | Subject::Rewritten { arn, .. }
        | Subject::Workload { arn }
        | Subject::Network { arn }
        | Subject::Supply { arn }
        | Subject::Data { arn }
        | Subject::Encrypted { arn } => arn.to_string(),
        Subject::Outside { .. } => VENDOR.to_owned(),
        Subject::Guardrails => "the guardrails".to_owned(),
        Subject::Evidence { of } => of.clone(),
    }
}

fn fallen(graph: &Graph, start: &str) -> Fallen {
    let start = graph.find(start).unwrap();
    let radius = graph.radius(&[start]).unwrap();
    // Power over the guardrails is nothing that falls by itself.
    let facts = radius.facts.iter();
    facts
        .filter(|fact| fact.subject != Subject::Guardrails)
        .map(|fact| (name(&fact.subject), fact.certainty))
        .collect()
}

/// Nothing falls in `after` that does not fall in `before`, and nothing more surely.
fn assert_not_larger(before: &Fallen, after: &Fallen) -> Result<(), TestCaseError> {
    for (what, certainty) in after {
        let was = before.get(what);
        prop_assert!(
            was.is_some_and(|was| was <= certainty),
            "{what} was {was:?} and is {certainty:?}"
        );
    }
    Ok(())
}

fn rename(org: &Org, names: &[(&str, &str)]) -> Org {
    let text = |value: &Value| {
        let renamed = names
            .iter()
            .fold(value.to_string(), |text, (from, to)| text.replace(from, to));
        serde_json::from_str::<Value>(&renamed).unwrap()
    };
    let id = |id: &str| {
        names
            .iter()
            .find(|(from, _)| *from == id)
            .map_or(id, |(_, to)| to)
            .to_owned()
    };
    Org {
        organization: org.organization.iter().map(text).collect(),
        accounts: org
            .accounts
            .iter()
            .map(|(account, (environment, documents))| {
                (
                    id(account),
                    (environment.clone(), documents.iter().map(text).collect()),
                )
            })
            .collect(),
    }
}

/// Enough to meet every entry of the menus many times over, within seconds; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|cases| cases.parse().ok()).unwrap_or(192),
        // A case that failed once becomes a test by hand, worked out with a pencil.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_engine_agrees_with_the_naive_closure(model in model()) {
        let links = naive::Numbered::new(&naive::links(&model));
        let graph = model.org().graph();
        for start in starts(&model, &graph) {
            prop_assert_eq!(fallen(&graph, &start), naive::closure(&links, &start), "from {}", start);
        }
    }

    #[test]
    fn an_added_deny_never_enlarges_reach(
        model in model(),
        denial in a_deny(),
        target in a_target(),
        place in any::<prop::sample::Index>(),
    ) {
        let before = model.org().graph();
        let mut with_scp = model.clone();
        with_scp.scps.push((denial.clone(), target));
        let mut changed = vec![with_scp];
        if !model.principals.is_empty() {
            let mut with_policy = model.clone();
            let place = place.index(model.principals.len());
            with_policy.principals[place].policies.push(denial);
            changed.push(with_policy);
        }
        for changed in changed {
            let after = changed.org().graph();
            for start in starts(&model, &before) {
                assert_not_larger(&fallen(&before, &start), &fallen(&after, &start))?;
            }
        }
    }

    #[test]
    fn guardrails_on_the_management_account_change_nothing(model in model(), denial in a_deny()) {
        let mut changed = model.clone();
        changed.scps.push((denial, support::MANAGEMENT));
        // Both have a policy of the type, so that neither counts as switched off.
        let mut model = model;
        model.scps.push((support::admin(), support::MANAGEMENT));
        let (before, after) = (model.org().graph(), changed.org().graph());
        for start in starts(&model, &before) {
            prop_assert_eq!(fallen(&before, &start), fallen(&after, &start));
        }
    }

    #[test]
    fn renaming_changes_nothing(model in model()) {
        // The new ids and names sort the other way round.
        let names = [
            (support::DEV, "777777777777"),
            (support::TEST, "555555555555"),
            (support::PROD, "444444444444"),
            ("role-0", "zeta-0"),
            ("role-1", "beta-1"),
        ];
        let org = model.org();
        let (before, after) = (org.graph(), rename(&org, &names).graph());
        let new = |text: &str| names.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        for start in starts(&model, &before) {
            let ratings = |graph: &Graph, start: &str| -> BTreeMap<String, (Certainty, u32)> {
                let start = graph.find(start).unwrap();
                let radius = graph.radius(&[start]).unwrap();
                radius.facts.iter().map(|fact| (name(&fact.subject), (fact.certainty, fact.hops))).collect()
            };
            let renamed: BTreeMap<_, _> =
                ratings(&before, &start).into_iter().map(|(what, rating)| (new(&what), rating)).collect();
            prop_assert_eq!(renamed, ratings(&after, &new(&start)));
        }
    }

    #[test]
    fn the_order_of_documents_changes_nothing(model in model()) {
        let org = model.org();
        let mut facts = Facts::new();
        for (id, (environment, values)) in org.accounts.iter().rev() {
            let mut values = documents(values);
            values.reverse();
            let environment = blastwall_blast::Environment::new(environment.clone(), 1.0);
            facts.add_account(&id.parse().unwrap(), environment, &values);
        }
        let mut organization = documents(&org.organization);
        organization.reverse();
        facts.add_organization(&organization);
        let lines = |graph: Graph| serde_json::to_string_pretty(&graph.survey()).unwrap();
        let (straight, reversed) = (lines(org.graph()), lines(Graph::build(facts)));
        for (straight, reversed) in straight.lines().zip(reversed.lines()) {
            prop_assert_eq!(straight, reversed);
        }
    }

    #[test]
    fn survey_radius_and_paths_tell_the_same(model in model()) {
        let graph = model.org().graph();
        let survey = graph.survey();
        for blast in &survey.accounts {
            let start = Subject::Account { id: blast.account.clone() };
            let radius = graph.radius(std::slice::from_ref(&start)).unwrap();
            let mut counts: BTreeMap<String, [u32; 3]> = BTreeMap::new();
            for fact in &radius.facts {
                let Some(account) = fact.subject.account() else {
                    continue;
                };
                let account = account.to_string();
                let count = counts.entry(account).or_default();
                if matches!(fact.subject, Subject::Principal { .. }) {
                    count[fact.certainty as usize] += 1;
                }
                let path = radius.path(&fact.subject);
                prop_assert_eq!(path.is_empty(), fact.subject == start);
                let mut held = vec![start.clone()];
                for step in &path {
                    prop_assert!(step.from.iter().all(|premise| held.contains(premise)));
                    prop_assert!(step.certainty <= fact.certainty);
                    prop_assert_eq!(step.certainty == Certainty::Conditional, !step.conditions.is_empty());
                    held.push(step.to.clone());
                }
                if let Some(last) = path.last() {
                    prop_assert_eq!(&last.to, &fact.subject);
                }
            }
            counts.remove(blast.account.as_str());
            let surveyed: BTreeMap<String, [u32; 3]> = blast.reaches.iter().map(|reached| {
                let principals = reached.principals;
                (reached.account.to_string(),
                    [principals.certain, principals.conditional, principals.speculative])
            }).collect();
            prop_assert_eq!(surveyed, counts);
            prop_assert!((0.0..=1.0).contains(&blast.containment.score));
            // Exposure: who, alone, reaches anything in the account.
            let inside = |subject: &Subject| subject.account().as_ref() == Some(&blast.account);
            let reaching = model.principals.iter().filter(|principal| principal.account != blast.account.as_str())
                .filter(|principal| {
                    let start = graph.find(&principal.arn()).unwrap();
                    graph.radius(&[start]).unwrap().facts.iter().any(|fact| inside(&fact.subject))
                }).count();
            prop_assert_eq!(reaching, blast.exposure.principals);
        }
    }
}
