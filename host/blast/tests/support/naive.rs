//! The closure as one would write it down first: every pair is asked about, nothing is indexed,
//! shared or remembered, and the fixpoint is reached by trying again until nothing changes.
//!
//! It works on the model of a random organization and on the policy language alone.

use std::collections::{BTreeMap, BTreeSet};

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
    let may = |action: &str, name: &str| {
        let resource = format!("arn:aws:iam::{account}:role/{name}");
        ask(model, caller, action, &resource, account, None)
    };
    let way =
        |first: &str, name: &str| Some(may(first, name)?.max(may("iam:PutRolePolicy", name)?));
    // Names that nobody has yet, and that some policy could ask for.
    let free = (0..4).map(|index| format!("role-{index}")).filter(|name| {
        let taken = |one: &Principal| one.account == account && one.name == **name;
        !model.principals.iter().any(taken)
    });
    let made = free
        .chain(["whatever".to_owned()])
        .map(|name| way("iam:CreateRole", &name));
    best(made.chain([way("iam:UpdateAssumeRolePolicy", "whatever")]))
}

/// A principal as it is, or with permissions that were changed.
#[derive(Clone, Debug)]
struct Form<'a> {
    principal: &'a Principal,
    policies: Vec<Value>,
    boundary: Option<Value>,
}

impl Form<'_> {
    fn as_it_is(principal: &Principal) -> Form<'_> {
        Form {
            principal,
            policies: principal.policies.clone(),
            boundary: principal.boundary.clone(),
        }
    }

    /// The ARN; with whatever was changed behind it.
    fn name(&self) -> String {
        let principal = self.principal;
        let same = self.policies == principal.policies && self.boundary == principal.boundary;
        match same {
            true => principal.arn(),
            false => format!(
                "{}#{:?}#{:?}",
                principal.arn(),
                self.policies,
                self.boundary
            ),
        }
    }

    fn caller(&self) -> Caller<'_> {
        Caller {
            arn: self.principal.arn(),
            account: Some(self.principal.account),
            elsewhere: false,
            policies: self.policies.clone(),
            boundary: self.boundary.clone(),
        }
    }

    /// How surely it may do one of these to `target`, which is of its account.
    fn may_any(&self, model: &Model, actions: &[&str], target: &Principal) -> Option<Certainty> {
        let caller = self.caller();
        let (arn, account) = (target.arn(), target.account);
        let answers = actions.iter();
        best(answers.map(|action| ask(model, &caller, action, &arn, account, None)))
    }
}

/// What `writer` may make of `target`, and how surely.
fn changes<'a>(
    model: &Model,
    writer: &Form<'_>,
    target: &'a Principal,
) -> Vec<(Form<'a>, Certainty)> {
    let kind = if target.trust.is_some() {
        "Role"
    } else {
        "User"
    };
    let may = |actions: &[String]| {
        let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        writer.may_any(model, &actions, target)
    };
    let [put, attach, delete] =
        ["Put", "Attach", "Delete"].map(|verb| format!("iam:{verb}{kind}Policy"));
    let bound = ["Delete", "Put"].map(|verb| format!("iam:{verb}{kind}PermissionsBoundary"));
    let denies = |document: &Value| document["Statement"][0]["Effect"] == "Deny";
    // Denials that can be taken away, or written over, are.
    let lifts = may(&[put.clone(), delete]).filter(|_| target.policies.iter().any(denies));
    let mut kept = target.policies.clone();
    if lifts.is_some() {
        kept.retain(|document| !denies(document));
    }
    let lifted = lifts.unwrap_or(Certainty::Certain);
    let mut bases = vec![(kept.clone(), lifted)];
    if let Some(write) = may(&[put, attach]) {
        kept.push(full());
        bases.push((kept, lifted.max(write)));
    }
    let unbound = target.boundary.as_ref().and_then(|_| may(&bound));
    let mut forms = Vec::new();
    for (policies, certainty) in bases {
        let mut add = |boundary: Option<Value>, certainty: Certainty| {
            let policies = policies.clone();
            let form = Form {
                principal: target,
                policies,
                boundary,
            };
            if form.name() != target.arn() {
                forms.push((form, certainty));
            }
        };
        add(target.boundary.clone(), certainty);
        if let Some(unbound) = unbound {
            add(None, certainty.max(unbound));
        }
    }
    forms
}

/// How surely `writer` becomes `target`, of its account, by its rights over it.
fn becomes(model: &Model, writer: &Form<'_>, target: &Principal) -> Option<Certainty> {
    if target.trust.is_some() {
        let update = ["iam:UpdateAssumeRolePolicy"];
        writer.may_any(model, &update, target).and_then(|rewrite| {
            let anybody = policy(&[serde_json::json!({"Effect": "Allow", "Principal": "*",
                "Action": "*", "Resource": "*"})]);
            let caller = Caller {
                policies: vec![full()],
                ..writer.caller()
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
        let key = writer.may_any(model, &["iam:CreateAccessKey"], target);
        let password = ["iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
        let password = writer.may_any(model, &password, target);
        best([key, password.map(|may| may.max(Certainty::Conditional))])
    }
}

/// What must be held, what follows, and how surely.
pub(crate) type Link = (Vec<String>, String, Certainty);

/// All links.
pub(crate) fn links(model: &Model) -> Vec<Link> {
    let mut links = Vec::new();
    let mut forms: Vec<Form<'_>> = model.principals.iter().map(Form::as_it_is).collect();
    let mut known: BTreeSet<String> = forms.iter().map(Form::name).collect();
    let mut next = 0;
    while let Some(writer) = forms.get(next).cloned() {
        next += 1;
        for target in &model.principals {
            if writer.principal.account != target.account {
                continue;
            }
            for (form, certainty) in changes(model, &writer, target) {
                let both = vec![writer.name(), target.arn()];
                links.push((both, form.name(), certainty));
                if known.insert(form.name()) {
                    forms.push(form);
                }
            }
            if target.arn() != writer.principal.arn()
                && let Some(certainty) = becomes(model, &writer, target)
            {
                links.push((vec![writer.name()], target.arn(), certainty));
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
    for form in &forms {
        let certainty = administers(model, &form.caller());
        link(&form.name(), form.principal.account, certainty);
    }
    for principal in &model.principals {
        link(
            principal.account,
            &principal.arn(),
            Some(Certainty::Certain),
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
        for other in &forms {
            link(&other.name(), &principal.arn(), enter(&other.caller()));
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
            // Whoever is held with other permissions is held anyway.
            fallen.retain(|name, _| !name.contains('#'));
            return fallen;
        }
    }
}
