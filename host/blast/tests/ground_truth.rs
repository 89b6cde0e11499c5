//! The organization of `examples/reach`, whose complete reach was worked out by hand: everybody's, and
//! nothing besides.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use blastwall_blast::{Certainty, Environment, Facts, Graph, OutsideParty, Removal, Subject};
use blastwall_model::{AccountId, Document};

type Reach = BTreeMap<String, Certainty>;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/reach")
}

fn documents(path: &Path) -> Vec<Document> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| Document::parse(line).unwrap())
        .collect()
}

/// The graph, and every start there is: accounts, users, roles and parties outside.
fn organization() -> (Graph, Vec<Subject>) {
    let mut facts = Facts::new();
    let mut starts = Vec::new();
    facts.add_organization(&documents(&directory().join("organization.jsonl")));
    for account in fs::read_dir(directory().join("accounts")).unwrap() {
        let account = account.unwrap();
        let id: AccountId = account.file_name().to_str().unwrap().parse().unwrap();
        let documents = documents(&account.path().join("resources.jsonl"));
        let principals = documents
            .iter()
            .filter(|document| matches!(&*document.kind, "AWS::IAM::Role" | "AWS::IAM::User"));
        starts.extend(principals.map(|document| Subject::Principal {
            arn: document.arn.clone(),
        }));
        // Two environments, for what is said of those.
        let even = id.as_str().ends_with(['0', '2', '4', '6', '8']);
        let environment = Environment::new(if even { "even" } else { "odd" }, 1.0);
        facts.add_account(&id, environment, &documents);
        starts.push(Subject::Account { id });
    }
    let graph = Graph::build(facts);
    // Services act for whoever uses them, which is no start of its own.
    let is_service = |subject: &Subject| {
        matches!(
            subject,
            Subject::Outside {
                party: OutsideParty::Service { .. }
            }
        )
    };
    starts.extend(graph.outside().filter(|subject| !is_service(subject)));
    (graph, starts)
}

fn text(subject: &Subject) -> String {
    match subject {
        Subject::Account { id } => id.to_string(),
        other => other.to_string(),
    }
}

/// Everything that falls, in the words of `expected.json`: an account that falls stands for all that is
/// in it, and the start's own account for its own.
fn reach(graph: &Graph, start: &Subject, owners: &BTreeMap<String, String>) -> Reach {
    let radius = graph.radius(std::slice::from_ref(start)).unwrap();
    let whole: BTreeSet<String> = radius
        .facts
        .iter()
        .filter(|fact| fact.certainty == Certainty::Certain)
        .filter_map(|fact| match &fact.subject {
            Subject::Account { id } => Some(id.to_string()),
            _ => None,
        })
        .collect();
    radius
        .facts
        .iter()
        .filter(|fact| fact.subject != *start)
        .filter(|fact| {
            !matches!(
                fact.subject,
                Subject::Encrypted { .. } | Subject::Guardrails
            )
        })
        .filter(|fact| {
            let account = match &fact.subject {
                Subject::Account { .. } => return true,
                Subject::Data { arn } => owners.get(arn.as_str()).cloned(),
                Subject::Evidence { .. } => fact.account.as_ref().map(ToString::to_string),
                other => other.account().map(|id| id.to_string()),
            };
            account.is_none_or(|account| !whole.contains(&account))
        })
        .map(|fact| (text(&fact.subject), fact.certainty))
        .collect()
}

/// Whose each thing is, by ARN.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for account in fs::read_dir(directory().join("accounts")).unwrap() {
        for document in documents(&account.unwrap().path().join("resources.jsonl")) {
            owners.insert(document.arn.to_string(), document.account.to_string());
        }
    }
    owners
}

#[test]
fn everybody_reaches_what_was_worked_out_and_nothing_else() {
    let text_of_file = fs::read_to_string(directory().join("expected.json")).unwrap();
    let expected: BTreeMap<String, Reach> = serde_json::from_str(&text_of_file).unwrap();
    let (graph, starts) = organization();
    let owners = owners();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for start in &starts {
        let name = text(start);
        let found = reach(&graph, start, &owners);
        let wanted = expected.get(&name).cloned().unwrap_or_default();
        if found != wanted {
            let more: Vec<_> = found
                .iter()
                .filter(|one| !wanted.contains_key(one.0))
                .collect();
            let less: Vec<_> = wanted
                .iter()
                .filter(|one| !found.contains_key(one.0))
                .collect();
            wrong.push(format!(
                "{name}\n  too much: {more:?}\n  too little: {less:?}"
            ));
        }
        seen.insert(name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unknown: Vec<_> = expected
        .keys()
        .filter(|name| !seen.contains(*name))
        .collect();
    assert!(unknown.is_empty(), "starts that are not there: {unknown:?}");
    assert!(starts.len() > 100, "{}", starts.len());
}

/// The graph without what is printed, found by the words that are printed.
fn without(graph: &Graph, cut: &[Removal]) -> Graph {
    let links = cut.iter().map(|removal| {
        let words = removal.words();
        let (from, to) = words.split_once("->").unwrap();
        let from = (from != "*").then(|| graph.find(from).unwrap());
        (from, graph.find(to).unwrap())
    });
    let links: Vec<_> = links.collect();
    graph.clone().without(&links).unwrap()
}

#[test]
fn what_is_said_to_close_a_way_closes_it() {
    let (graph, starts) = organization();
    let mut closed = 0;
    for start in &starts {
        let start = std::slice::from_ref(start);
        let radius = graph.radius(start).unwrap();
        let others = radius
            .facts
            .iter()
            .filter(|fact| fact.hops > 0 && fact.subject.account() != start[0].account());
        for fact in others.take(4) {
            let found = graph.proofs(start, &fact.subject, 10).unwrap();
            let Some(cut) = &found.cut else { continue };
            let left = without(&graph, cut).proofs(start, &fact.subject, 1);
            let left = left.unwrap().proofs;
            assert!(
                left.is_empty(),
                "{start:?} {:?} {cut:#?} {left:#?}",
                fact.subject
            );
            closed += 1;
        }
    }
    assert!(closed > 50, "{closed}");
    for crossing in graph.survey().crossings {
        let Some(cut) = &crossing.cut else { continue };
        let after = without(&graph, cut).survey();
        let mut crossings = after.crossings.iter();
        let left = crossings.find(|one| one.from == crossing.from && one.to == crossing.to);
        assert_eq!(left, None, "{cut:#?}");
    }
}
