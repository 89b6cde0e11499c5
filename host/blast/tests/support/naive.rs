//! The closure as one would write it down first: every pair is asked about, nothing is indexed,
//! shared or remembered, and the fixpoint is reached by trying again until nothing changes.
//!
//! It works on the model of a random organization and on the policy language alone.

use std::collections::BTreeMap;

use blastwall_blast::Certainty;
use blastwall_policy::{Keys, Layers, Policy, Principal as Who, Question, Reach, reach};
use serde_json::Value;

use super::random::{ACCOUNTS, Model, Principal, parent};
use super::{MANAGEMENT, VENDOR, allow, policy};

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
    /// Of one outside, whether it is in another organization or in none.
    elsewhere: bool,
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
        None if caller.elsewhere => Keys::new()
            .fixed("aws:PrincipalOrgID", ["o-foreign"])
            .fixed("aws:PrincipalOrgPaths", ["o-foreign/r-foreign/"]),
        None => Keys::new()
            .absent("aws:PrincipalOrgID")
            .absent("aws:PrincipalOrgPaths"),
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
    let answer = |keys: &Keys| {
        let answer = reach(
            &Question {
                principal: &who,
                role_path: None,
                action,
                resource,
                resource_account,
                keys,
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
    };
    // A user signs with an access key, or signs in, as it likes.
    let by_key = trust.as_ref().filter(|_| caller.arn.contains(":user/"));
    best([
        answer(&keys),
        by_key.and_then(|_| answer(&keys.clone().absent("aws:MultiFactorAuthPresent"))),
    ])
}

fn as_it_is(principal: &Principal) -> Caller<'_> {
    Caller {
        arn: principal.arn(),
        account: Some(principal.account),
        elsewhere: false,
        policies: principal.policies.clone(),
        boundary: principal.boundary.clone(),
    }
}

/// Every principal that whoever has an account could act as: of any name that could matter.
fn at_will<'a>(id: &str, account: Option<&'a str>, elsewhere: bool) -> Vec<Caller<'a>> {
    let names = (0..4)
        .flat_map(|index| {
            // Under a path, or as a user, a name is another principal that the same patterns fit.
            let places = ["role/role", "user/user", "user/role", "role/path/role"];
            places.map(|place| format!("{place}-{index}"))
        })
        .chain(["role/fresh".to_owned()]);
    names
        .map(|name| Caller {
            arn: format!("arn:aws:iam::{id}:{name}"),
            account,
            elsewhere,
            policies: vec![full()],
            boundary: None,
        })
        .collect()
}

fn best(answers: impl IntoIterator<Item = Option<Certainty>>) -> Option<Certainty> {
    answers.into_iter().flatten().min()
}

fn administers(model: &Model, caller: &Caller<'_>) -> Option<Certainty> {
    let account = caller.account.unwrap();
    let resource = format!("arn:aws:iam::{account}:role/whatever");
    let may = |action| ask(model, caller, action, &resource, account, None);
    Some(may("iam:CreateRole")?.max(may("iam:PutRolePolicy")?))
}

/// How surely `writer` may do one of these to `target`, which is of its account.
fn may_any(
    model: &Model,
    writer: &Principal,
    actions: &[&str],
    target: &Principal,
) -> Option<Certainty> {
    let caller = as_it_is(writer);
    best(
        actions
            .iter()
            .map(|action| ask(model, &caller, action, &target.arn(), target.account, None)),
    )
}

/// What `writer` gains from its rights over `target`: the account, if it has the target too, and the
/// target.
fn rewriting(
    model: &Model,
    writer: &Principal,
    target: &Principal,
) -> (Option<Certainty>, Option<Certainty>) {
    let is_role = target.trust.is_some();
    let (writes, unbinds): (&[&str], &[&str]) = if is_role {
        (
            &["iam:PutRolePolicy", "iam:AttachRolePolicy"],
            &[
                "iam:DeleteRolePermissionsBoundary",
                "iam:PutRolePermissionsBoundary",
            ],
        )
    } else {
        (
            &["iam:PutUserPolicy", "iam:AttachUserPolicy"],
            &[
                "iam:DeleteUserPermissionsBoundary",
                "iam:PutUserPermissionsBoundary",
            ],
        )
    };
    let all_powerful = |boundary: Option<Value>| Caller {
        policies: vec![full()],
        boundary,
        ..as_it_is(target)
    };
    let account = may_any(model, writer, writes, target).and_then(|write| {
        let gain = administers(model, &all_powerful(target.boundary.clone())).or_else(|| {
            target.boundary.as_ref()?;
            let unbind = may_any(model, writer, unbinds, target)?;
            Some(unbind.max(administers(model, &all_powerful(None))?))
        })?;
        Some(write.max(gain))
    });
    let freed = target.boundary.as_ref().and_then(|_| {
        let unbind = may_any(model, writer, unbinds, target)?;
        let free = Caller {
            boundary: None,
            ..as_it_is(target)
        };
        Some(unbind.max(administers(model, &free)?))
    });
    let account = best([account, freed]);
    let becomes = if is_role {
        may_any(model, writer, &["iam:UpdateAssumeRolePolicy"], target).and_then(|rewrite| {
            let anybody = policy(&[serde_json::json!({"Effect": "Allow", "Principal": "*",
                "Action": "*", "Resource": "*"})]);
            let caller = Caller {
                policies: vec![full()],
                ..as_it_is(writer)
            };
            let (role, account) = (target.arn(), target.account);
            let stranger = Caller {
                arn: "arn:aws:iam::000000000000:role/stranger".to_owned(),
                account: None,
                elsewhere: true,
                policies: vec![full()],
                boundary: None,
            };
            let enter = |caller: &Caller<'_>| {
                ask(
                    model,
                    caller,
                    "sts:AssumeRole",
                    &role,
                    account,
                    Some(&anybody),
                )
            };
            let from_outside = || Some(enter(&stranger)?.max(Certainty::Conditional));
            Some(rewrite.max(enter(&caller).or_else(from_outside)?))
        })
    } else {
        let key = may_any(model, writer, &["iam:CreateAccessKey"], target);
        let password = ["iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
        let password = may_any(model, writer, &password, target);
        best([key, password.map(|may| may.max(Certainty::Conditional))])
    };
    (account, becomes)
}

/// What must be held, what follows, and how surely.
pub(crate) type Link = (Vec<String>, String, Certainty);

/// All links.
pub(crate) fn links(model: &Model) -> Vec<Link> {
    let mut links = Vec::new();
    for writer in &model.principals {
        for target in &model.principals {
            if writer.account != target.account {
                continue;
            }
            let (account, becomes) = rewriting(model, writer, target);
            if let Some(certainty) = account {
                let both = vec![writer.arn(), target.arn()];
                links.push((both, target.account.to_owned(), certainty));
            }
            if let Some(certainty) = becomes {
                links.push((vec![writer.arn()], target.arn(), certainty));
            }
        }
    }
    let mut link = |from: &str, to: &str, certainty: Option<Certainty>| {
        if let Some(certainty) = certainty {
            links.push((vec![from.to_owned()], to.to_owned(), certainty));
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
            administers(model, &as_it_is(principal)),
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
            let certainty = best(at_will(account, Some(account), false).iter().map(enter));
            link(account, &principal.arn(), certainty);
        }
        // The vendor's account is in an organization or in none, nobody knows which; another account, which
        // he opens, is as he likes.
        let outside = |id: &str| {
            [false, true].map(|elsewhere| best(at_will(id, None, elsewhere).iter().map(enter)))
        };
        let of_vendor = match outside(VENDOR) {
            [Some(alone), Some(elsewhere)] => Some(alone.max(elsewhere)),
            [alone, elsewhere] => best([alone, elsewhere]).map(|_| Certainty::Conditional),
        };
        let of_his_own = best(outside("000000000000"));
        link(VENDOR, &principal.arn(), best([of_vendor, of_his_own]));
    }
    links
}

/// Everything that falls with `start`.
pub(crate) fn closure(links: &[Link], start: &str) -> Fallen {
    let mut fallen = Fallen::from([(start.to_owned(), Certainty::Certain)]);
    loop {
        let before = fallen.clone();
        for (from, to, certainty) in links {
            let held: Option<Vec<Certainty>> =
                from.iter().map(|one| fallen.get(one).copied()).collect();
            let Some(held) = held else {
                continue;
            };
            let gained = held.into_iter().fold(*certainty, Certainty::max);
            let known = fallen.entry(to.clone()).or_insert(gained);
            *known = (*known).min(gained);
        }
        if fallen == before {
            return fallen;
        }
    }
}
