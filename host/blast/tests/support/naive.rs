//! The closure as one would write it down first: every pair is asked about, nothing is indexed,
//! shared or remembered, and the fixpoint is reached by trying again until nothing changes.
//!
//! It works on the model of a random organization and on the policy language alone.

use std::collections::BTreeMap;

use blastwall_blast::Certainty;
use blastwall_policy::{Keys, Layers, Policy, Principal as Who, Question, Reach, reach};
use serde_json::Value;

use super::random::{ACCOUNTS, Model, Principal, parent};
use super::{MANAGEMENT, VENDOR, allow};

/// What falls, how surely: accounts by id, principals by ARN.
pub(crate) type Fallen = BTreeMap<String, Certainty>;

fn parse(document: &Value) -> Policy {
    Policy::from_value(document).unwrap()
}

fn full() -> Value {
    allow("*", "*")
}

struct Caller<'a> {
    arn: String,
    /// None outside the organization.
    account: Option<&'a str>,
    policies: Vec<Value>,
    boundary: Option<Value>,
}

/// The levels of an account; the documents leave the full-access policy out.
fn levels(controls: &[(Value, &'static str)], account: &str) -> Option<Vec<Vec<Policy>>> {
    if account == MANAGEMENT {
        return None;
    }
    let mut places = vec!["r-root", parent(account), account];
    places.dedup();
    let level = |place: &&str| {
        let attached = controls.iter().filter(|(_, target)| target == place);
        attached
            .map(|(document, _)| document.clone())
            .chain([full()])
            .map(|document| parse(&document))
            .collect()
    };
    Some(places.iter().map(level).collect())
}

fn path(account: &str) -> String {
    match parent(account) {
        "r-root" => "o-test000001/r-root/".to_owned(),
        unit => format!("o-test000001/r-root/{unit}/"),
    }
}

fn ask(
    model: &Model,
    caller: &Caller<'_>,
    action: &str,
    resource: &str,
    resource_account: &str,
    trust: Option<&Value>,
) -> Option<Certainty> {
    let who = Who::parse(&caller.arn).unwrap();
    let keys = match caller.account {
        Some(account) => Keys::new()
            .fixed("aws:PrincipalOrgID", ["o-test000001"])
            .fixed("aws:PrincipalOrgPaths", [path(account)]),
        None => Keys::new()
            .fixed("aws:PrincipalOrgID", ["o-foreign"])
            .fixed("aws:PrincipalOrgPaths", ["o-foreign/r-foreign/"]),
    };
    let identity: Vec<Policy> = caller.policies.iter().map(parse).collect();
    let identity: Vec<&Policy> = identity.iter().collect();
    let boundary = caller.boundary.as_ref().map(parse);
    let trust = trust.map(parse);
    let scps = caller
        .account
        .and_then(|account| levels(&model.scps, account));
    let rcps = trust
        .as_ref()
        .and_then(|_| levels(&model.rcps, resource_account));
    let borrow = |levels: &Option<Vec<Vec<Policy>>>| -> Option<Vec<Vec<&'static Policy>>> {
        // Leaked on purpose: a test binary that spells lifetimes out would be harder to believe.
        levels.as_ref().map(|levels| {
            levels
                .iter()
                .map(|level| {
                    level
                        .iter()
                        .map(|policy| &*Box::leak(Box::new(policy.clone())))
                        .collect()
                })
                .collect()
        })
    };
    let (scps, rcps) = (borrow(&scps), borrow(&rcps));
    let slices =
        |levels: &Option<Vec<Vec<&'static Policy>>>| -> Option<Vec<&'static [&'static Policy]>> {
            levels.as_ref().map(|levels| {
                levels
                    .iter()
                    .map(|level| &*Vec::leak(level.clone()))
                    .collect()
            })
        };
    let (scps, rcps) = (slices(&scps), slices(&rcps));
    let answer = reach(
        &Question {
            principal: &who,
            role_path: None,
            action,
            resource,
            resource_account,
            keys: &keys,
        },
        &Layers {
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            identity: &identity,
            boundary: boundary.as_ref(),
            resource: trust.as_ref(),
            ..Layers::default()
        },
    );
    match answer {
        Reach::Yes { .. } => Some(Certainty::Certain),
        Reach::OnlyIf { .. } => Some(Certainty::Conditional),
        Reach::No { .. } => None,
    }
}

fn as_it_is(principal: &Principal) -> Caller<'_> {
    Caller {
        arn: principal.arn(),
        account: Some(principal.account),
        policies: principal.policies.clone(),
        boundary: principal.boundary.clone(),
    }
}

/// Every principal that whoever has an account could act as: of any name that could matter.
fn at_will<'a>(id: &str, account: Option<&'a str>) -> Vec<Caller<'a>> {
    let names = (0..4)
        .flat_map(|index| [format!("role/role-{index}"), format!("user/user-{index}")])
        .chain(["role/fresh".to_owned()]);
    names
        .map(|name| Caller {
            arn: format!("arn:aws:iam::{id}:{name}"),
            account,
            policies: vec![full()],
            boundary: None,
        })
        .collect()
}

fn best(answers: impl IntoIterator<Item = Option<Certainty>>) -> Option<Certainty> {
    answers.into_iter().flatten().min()
}

fn administers(model: &Model, principal: &Principal) -> Option<Certainty> {
    let resource = format!("arn:aws:iam::{}:role/whatever", principal.account);
    let may = |action| {
        ask(
            model,
            &as_it_is(principal),
            action,
            &resource,
            principal.account,
            None,
        )
    };
    Some(may("iam:CreateRole")?.max(may("iam:PutRolePolicy")?))
}

/// All links, as from, to and certainty.
pub(crate) fn links(model: &Model) -> Vec<(String, String, Certainty)> {
    let mut links = Vec::new();
    let mut link = |from: &str, to: &str, certainty: Option<Certainty>| {
        if let Some(certainty) = certainty {
            links.push((from.to_owned(), to.to_owned(), certainty));
        }
    };
    for account in ACCOUNTS {
        if account != MANAGEMENT {
            link(MANAGEMENT, account, Some(Certainty::Certain));
        }
    }
    for principal in &model.principals {
        link(
            principal.account,
            &principal.arn(),
            Some(Certainty::Certain),
        );
        link(
            &principal.arn(),
            principal.account,
            administers(model, principal),
        );
        let Some(trust) = &principal.trust else {
            continue;
        };
        let enter = |caller: &Caller<'_>| {
            ask(
                model,
                caller,
                "sts:AssumeRole",
                &principal.arn(),
                principal.account,
                Some(trust),
            )
        };
        for other in &model.principals {
            link(&other.arn(), &principal.arn(), enter(&as_it_is(other)));
        }
        for account in ACCOUNTS {
            let certainty = best(at_will(account, Some(account)).iter().map(enter));
            link(account, &principal.arn(), certainty);
        }
        let certainty = best(at_will(VENDOR, None).iter().map(enter));
        link(VENDOR, &principal.arn(), certainty);
    }
    links
}

/// Everything that falls with `start`.
pub(crate) fn closure(links: &[(String, String, Certainty)], start: &str) -> Fallen {
    let mut fallen = Fallen::from([(start.to_owned(), Certainty::Certain)]);
    loop {
        let before = fallen.clone();
        for (from, to, certainty) in links {
            let Some(held) = fallen.get(from).copied() else {
                continue;
            };
            let gained = held.max(*certainty);
            let known = fallen.entry(to.clone()).or_insert(gained);
            *known = (*known).min(gained);
        }
        if fallen == before {
            return fallen;
        }
    }
}
