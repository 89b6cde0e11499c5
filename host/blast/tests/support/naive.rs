//! The closure as one would write it down first: every pair is asked about, nothing is indexed or shared,
//! and the fixpoint is reached by trying again until nothing changes. Only answers are remembered.
//!
//! It works on the model of a random organization and on the policy language alone.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use blastwall_blast::Certainty;
use blastwall_policy::{Keys, Layers, Policy, Principal as Who, Question, Reach, reach};
use serde_json::Value;

use super::random::{ACCOUNTS, Model, Principal, parent};
use super::{MANAGEMENT, VENDOR, allow, policy, role};

/// What falls, how surely: accounts by id, principals by ARN.
pub(crate) type Fallen = BTreeMap<String, Certainty>;

thread_local! {
    static ANSWERS: RefCell<HashMap<String, Option<Certainty>>> = RefCell::default();
    static PARSED: RefCell<HashMap<String, &'static Policy>> = RefCell::default();
}

/// Leaked on purpose: a test binary that spells lifetimes out would be harder to believe.
fn parse(document: &Value) -> &'static Policy {
    PARSED.with_borrow_mut(|parsed| {
        let text = document.to_string();
        let parse = || &*Box::leak(Box::new(Policy::from_value(document).unwrap()));
        *parsed.entry(text).or_insert_with(parse)
    })
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
fn levels(controls: &[(Value, &'static str)], account: &str) -> Option<Vec<Vec<&'static Policy>>> {
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

fn slices<'a>(levels: &'a Option<Vec<Vec<&'static Policy>>>) -> Option<Vec<&'a [&'static Policy]>> {
    let levels = levels.as_ref()?;
    Some(levels.iter().map(Vec::as_slice).collect())
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
    ask_about(
        model,
        caller,
        action,
        resource,
        resource_account,
        trust,
        None,
    )
}

/// The same about a principal that has, or is to have, this boundary.
fn ask_about(
    model: &Model,
    caller: &Caller<'_>,
    action: &str,
    resource: &str,
    resource_account: &str,
    trust: Option<&Value>,
    boundary: Option<&str>,
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
    let keys = match boundary {
        Some(boundary) => keys.fixed("iam:PermissionsBoundary", [boundary]),
        None => keys.absent("iam:PermissionsBoundary"),
    };
    let identity: Vec<&Policy> = caller.policies.iter().map(parse).collect();
    let boundary = caller.boundary.as_ref().map(parse);
    let trust = trust.map(parse);
    let scps = caller
        .account
        .and_then(|account| levels(&model.scps, account));
    let rcps = trust
        .as_ref()
        .and_then(|_| levels(&model.rcps, resource_account));
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
                boundary,
                resource: trust,
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
    let by_key = trust.filter(|_| caller.arn.contains(":user/"));
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

/// Whether whoever has an account can be the principal of this ARN: it is made, or opened, by somebody of a name
/// that no policy knows, as far as service control policies let him; or it lets in its own account.
fn can_be(model: &Model, account: &'static str, arn: &str) -> bool {
    if arn.ends_with("/fresh") {
        return true;
    }
    let there = model.principals.iter().find(|one| one.arn() == arn);
    let opens = |trust: &Value| {
        let statements = trust["Statement"].as_array().unwrap();
        statements.iter().any(|statement| {
            let principals = statement["Principal"].to_string();
            statement["Effect"] == "Allow"
                && (principals.contains("\"*\"") || principals.contains(account))
        })
    };
    let actions: &[&str] = match (there, arn.contains(":user/")) {
        (Some(one), false) if one.trust.as_ref().is_some_and(opens) => return true,
        (Some(_), false) => &["iam:UpdateAssumeRolePolicy"],
        (Some(_), true) => &[
            "iam:CreateAccessKey",
            "iam:CreateLoginProfile",
            "iam:UpdateLoginProfile",
        ],
        (None, false) => &["iam:CreateRole"],
        (None, true) => &["iam:CreateUser"],
    };
    let bounds = ["boundary-of-role-0", "boundary-of-role-1"];
    let bounds = bounds.map(|name| Some(format!("arn:aws:iam::{account}:policy/{name}")));
    let bounds: Vec<Option<String>> = bounds.into_iter().chain([None]).collect();
    ["role/fresh", "user/fresh"].iter().any(|name| {
        let fresh = Caller {
            arn: format!("arn:aws:iam::{account}:{name}"),
            account: Some(account),
            elsewhere: false,
            policies: vec![full()],
            boundary: None,
        };
        let mut asked = actions
            .iter()
            .flat_map(|action| bounds.iter().map(move |one| (action, one)));
        asked.any(|(action, bound)| {
            ask_about(model, &fresh, action, arn, account, None, bound.as_deref()).is_some()
        })
    })
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
        if same && !principal.made {
            return principal.arn();
        }
        // A role that is not there is told by the boundary that it was made under.
        format!(
            "{}#{:?}#{:?}#{:?}",
            principal.arn(),
            principal.bounded_as,
            self.policies,
            self.boundary
        )
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
        let boundary = target.boundary_arn();
        let key = format!("{} {actions:?} {} {boundary:?}", self.name(), target.arn());
        // Asked for every form of the target, and the same for all.
        if let Some(known) = ANSWERS.with_borrow(|answers| answers.get(&key).copied()) {
            return known;
        }
        let answer = self.ask_any(model, actions, target);
        ANSWERS.with_borrow_mut(|answers| answers.insert(key, answer));
        answer
    }

    fn ask_any(&self, model: &Model, actions: &[&str], target: &Principal) -> Option<Certainty> {
        let caller = self.caller();
        let (arn, account) = (target.arn(), target.account);
        let boundary = target.boundary_arn();
        let boundary = boundary.as_deref();
        let answers = actions.iter();
        best(answers.map(|action| ask_about(model, &caller, action, &arn, account, None, boundary)))
    }
}

/// What `writer` may make of `target`, and how surely.
fn changes<'a>(model: &Model, writer: &Form<'_>, before: &Form<'a>) -> Vec<(Form<'a>, Certainty)> {
    let target = before.principal;
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
    let lifts = may(&[put.clone(), delete]).filter(|_| before.policies.iter().any(denies));
    let mut kept = before.policies.clone();
    if lifts.is_some() {
        kept.retain(|document| !denies(document));
    }
    let lifted = lifts.unwrap_or(Certainty::Certain);
    let mut bases = vec![(kept.clone(), lifted)];
    if let Some(write) = may(&[put, attach]) {
        // Once, behind what it has, so that it is the same whoever writes it first.
        if !target.policies.contains(&full()) {
            kept.retain(|document| *document != full());
            kept.push(full());
        }
        bases.push((kept, lifted.max(write)));
    }
    let unbound = before.boundary.as_ref().and_then(|_| may(&bound));
    let mut forms = Vec::new();
    for (policies, certainty) in bases {
        let mut add = |boundary: Option<Value>, certainty: Certainty| {
            let policies = policies.clone();
            let form = Form {
                principal: target,
                policies,
                boundary,
            };
            if form.name() != before.name() {
                forms.push((form, certainty));
            }
        };
        add(before.boundary.clone(), certainty);
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
        let rewrite = writer.may_any(model, &update, target)?;
        Some(rewrite.max(enters(model, writer, target)?))
    } else {
        let key = writer.may_any(model, &["iam:CreateAccessKey"], target);
        let password = ["iam:CreateLoginProfile", "iam:UpdateLoginProfile"];
        let password = writer.may_any(model, &password, target);
        best([key, password.map(|may| may.max(Certainty::Conditional))])
    }
}

/// New roles that `maker` makes, without a boundary or under one that is there, as they are made and as it may
/// change them then.
fn made<'a>(model: &Model, maker: &Form<'_>) -> Vec<(Form<'a>, Certainty)> {
    let account = maker.principal.account;
    let own = || model.principals.iter().filter(|one| one.account == account);
    let taken = |name: &str| own().any(|one| one.name == name);
    let names = (0..4)
        .map(|index| format!("role-{index}"))
        .chain(["whatever".to_owned()]);
    let names: Vec<String> = names.filter(|name| !taken(name)).collect();
    let mut all = Vec::new();
    let bounded = own().filter(|one| one.boundary.is_some());
    for bounded in bounded.map(Some).chain([None]) {
        for name in &names {
            // Leaked as above.
            let new: &'a Principal = Box::leak(Box::new(Principal {
                account,
                name: name.clone(),
                trust: Some(policy(&[])),
                policies: Vec::new(),
                boundary: bounded.and_then(|one| one.boundary.clone()),
                bounded_as: bounded.map(|one| one.name.clone()),
                made: true,
            }));
            let make = maker.may_any(model, &["iam:CreateRole"], new);
            let Some(make) = make.and_then(|make| Some(make.max(enters(model, maker, new)?)))
            else {
                continue;
            };
            let bare = Form::as_it_is(new);
            let changed = changes(model, maker, &bare).into_iter();
            all.extend(changed.map(|(form, certainty)| (form, certainty.max(make))));
            all.push((bare, make));
        }
    }
    all
}

/// How surely somebody gets into a role that lets in whomever `writer` likes.
fn enters(model: &Model, writer: &Form<'_>, target: &Principal) -> Option<Certainty> {
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
    enter(&caller).or_else(|| Some(enter(&stranger)?.max(Certainty::Conditional)))
}

/// For each name that is free: how surely somebody makes a role of that name, and gives it a policy.
fn halves(model: &Model, form: &Form<'_>) -> Vec<[Option<Certainty>; 2]> {
    let account = form.principal.account;
    let taken = |name: &str| {
        let mut all = model.principals.iter();
        all.any(|one| one.account == account && one.name == name)
    };
    let names = (0..4)
        .map(|index| format!("role-{index}"))
        .chain(["whatever".to_owned()]);
    let names = names.filter(|name| !taken(name)).map(|name| {
        let may = |action: &str| {
            let role = role(account, &name);
            ask(model, &form.caller(), action, &role, account, None)
        };
        let give = ["iam:PutRolePolicy", "iam:AttachRolePolicy"];
        [may("iam:CreateRole"), best(give.map(may))]
    });
    names.collect()
}

/// How surely two of one account have it together: one makes a role, the other gives it a policy.
fn administer_together(
    maker: &[[Option<Certainty>; 2]],
    giver: &[[Option<Certainty>; 2]],
) -> Option<Certainty> {
    let names = maker.iter().zip(giver);
    best(names.map(|([make, _], [_, give])| Some((*make)?.max((*give)?))))
}

/// What must be held, what follows, and how surely.
pub(crate) type Link = (Vec<String>, String, Certainty);

/// All links.
pub(crate) fn links(model: &Model) -> Vec<Link> {
    ANSWERS.with_borrow_mut(HashMap::clear);
    let mut links = Vec::new();
    let mut forms: Vec<Form<'_>> = model.principals.iter().map(Form::as_it_is).collect();
    let mut known: BTreeSet<String> = forms.iter().map(Form::name).collect();
    // Every pair once, those with new forms as well, until there are no more.
    let mut asked: BTreeSet<(String, String)> = BTreeSet::new();
    let mut whole: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = forms.len();
        for writer in forms.clone() {
            // Whoever has the account for certain gains nothing more in it.
            if asked.insert((writer.name(), "account".to_owned()))
                && administers(model, &writer.caller()) == Some(Certainty::Certain)
            {
                whole.insert(writer.name());
            }
            if whole.contains(&writer.name()) {
                continue;
            }
            if asked.insert((writer.name(), String::new())) {
                for (form, certainty) in made(model, &writer) {
                    links.push((vec![writer.name()], form.name(), certainty));
                    if known.insert(form.name()) {
                        forms.push(form);
                    }
                }
            }
            for target in forms.clone() {
                let own = target.principal;
                if writer.principal.account != own.account
                    || !asked.insert((writer.name(), target.name()))
                {
                    continue;
                }
                for (form, certainty) in changes(model, &writer, &target) {
                    let both = vec![writer.name(), target.name()];
                    links.push((both, form.name(), certainty));
                    if known.insert(form.name()) {
                        forms.push(form);
                    }
                }
                if target.name() == own.arn()
                    && own.arn() != writer.principal.arn()
                    && let Some(certainty) = becomes(model, &writer, own)
                {
                    links.push((vec![writer.name()], own.arn(), certainty));
                }
            }
        }
        if forms.len() == before {
            break;
        }
    }
    let parts: Vec<_> = forms
        .iter()
        .filter(|form| !whole.contains(&form.name()))
        .map(|form| (form.name(), form.principal.account, halves(model, form)))
        .collect();
    for (maker, account, makes) in &parts {
        for (giver, _, gives) in parts.iter().filter(|(_, other, _)| other == account) {
            if let Some(certainty) = administer_together(makes, gives) {
                let both = vec![maker.clone(), giver.clone()];
                links.push((both, (*account).to_owned(), certainty));
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
            let callers = at_will(account, Some(account), false);
            let callers = callers
                .iter()
                .filter(|caller| can_be(model, account, &caller.arn));
            let certainty = best(callers.map(enter));
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

/// The same by numbers, each once, at its surest: random organizations have many ways to the same thing.
pub(crate) struct Numbered {
    names: Vec<String>,
    links: Vec<(Vec<usize>, usize, Certainty)>,
}

impl Numbered {
    pub(crate) fn new(links: &[Link]) -> Self {
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let mut names = Vec::new();
        let mut best: BTreeMap<(Vec<usize>, usize), Certainty> = BTreeMap::new();
        for (from, to, certainty) in links {
            let mut number = |name| {
                *numbers.entry(name).or_insert_with(|| {
                    names.push(str::to_owned(name));
                    names.len() - 1
                })
            };
            let from: Vec<usize> = from.iter().map(|name| number(name.as_str())).collect();
            let known = best.entry((from, number(to))).or_insert(*certainty);
            *known = (*known).min(*certainty);
        }
        let links = best.into_iter();
        Self {
            links: links
                .map(|((from, to), certainty)| (from, to, certainty))
                .collect(),
            names,
        }
    }
}

/// Everything that falls with `start`.
pub(crate) fn closure(all: &Numbered, start: &str) -> Fallen {
    let mut fallen: Vec<Option<Certainty>> = vec![None; all.names.len()];
    let mut alone = Fallen::from([(start.to_owned(), Certainty::Certain)]);
    let Some(place) = all.names.iter().position(|name| name == start) else {
        return alone;
    };
    fallen[place] = Some(Certainty::Certain);
    loop {
        let before = fallen.clone();
        for (from, to, certainty) in &all.links {
            let held: Option<Vec<Certainty>> = from.iter().map(|one| fallen[*one]).collect();
            let Some(held) = held else {
                continue;
            };
            let gained = held.into_iter().fold(*certainty, Certainty::max);
            fallen[*to] = Some(fallen[*to].map_or(gained, |known| known.min(gained)));
        }
        if fallen == before {
            break;
        }
    }
    // Whoever is held with other permissions is held anyway.
    let shown = all.names.iter().zip(fallen);
    let shown = shown.filter(|(name, _)| !name.contains('#'));
    alone.extend(shown.filter_map(|(name, certainty)| Some((name.clone(), certainty?))));
    alone
}
