//! A second evaluator, written from the AWS documentation for clarity alone.
//!
//! It works on the documents as they are, compiles nothing, recurses where that is shortest and
//! shares no code with the engine, so that the two can be held against each other. It leaves out
//! what the random requests do not have (KMS grants).

mod condition;
mod text;

use std::collections::BTreeMap;

use blastwall_policy::DecisionKind;
use serde_json::Value;

/// A request and the documents of every layer.
pub(crate) struct Ask<'a> {
    pub(crate) principal: &'a str,
    pub(crate) role_path: &'a str,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) account: &'a str,
    /// Keys in lower case.
    pub(crate) context: BTreeMap<String, Vec<String>>,
    pub(crate) scps: Option<Vec<Value>>,
    pub(crate) rcps: Option<Vec<Value>>,
    pub(crate) identity: Value,
    pub(crate) boundary: Option<Value>,
    pub(crate) session: Option<Value>,
    pub(crate) resource_policy: Option<Value>,
    pub(crate) endpoint: Option<Value>,
    pub(crate) restrict: bool,
}

/// In which way a statement covers the caller.
#[derive(Clone, Copy, Default)]
struct Who {
    direct: bool,
    role: bool,
    account: bool,
}

impl Who {
    fn any(self) -> bool {
        self.direct || self.role || self.account
    }
}

/// Whose policy it is, as far as reading its principals goes.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Attached to the caller.
    Identity,
    /// A resource's: a statement without principal covers nobody.
    Resource,
    /// An endpoint's or an RCP: a statement without principal covers everybody.
    Gate,
}

pub(crate) fn decide(ask: &Ask<'_>) -> DecisionKind {
    use DecisionKind::{Allowed, ExplicitlyDenied, ImplicitlyDenied};
    let is = |action: &str| ask.action.eq_ignore_ascii_case(action);
    let in_service = |service: &str| {
        ask.action
            .to_lowercase()
            .starts_with(&format!("{service}:"))
    };
    let root = ask.principal.ends_with(":root");
    let user = ask.principal.contains(":user/");
    let service = ask.principal.ends_with(".amazonaws.com");
    let provider = ask.principal.contains(":oidc-provider/");
    let role = ask.principal.contains(":assumed-role/");
    let federated = ask.principal.contains(":federated-user/");
    let anonymous = ask.principal == "anonymous";
    let owner = (!provider).then(|| account_of(ask.principal)).flatten();

    if is("sts:GetCallerIdentity") && !anonymous || is("sts:GetSessionToken") && (user || root) {
        return Allowed;
    }

    // SCPs bind whoever has an account, except service-linked roles; RCPs bind supported services.
    let linked = role && ask.role_path.starts_with("/aws-service-role/");
    let scps = ask
        .scps
        .iter()
        .flatten()
        .filter(|_| owner.is_some() && !linked);
    let rcps = ask.rcps.iter().flatten().filter(|_| {
        !linked
            && ["s3", "sts", "kms"]
                .iter()
                .any(|service| in_service(service))
    });

    // An explicit deny anywhere wins.
    let own_bucket_policy = root
        && owner == Some(ask.account)
        && [
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
        ]
        .iter()
        .any(|action| is(action));
    let resource_policy = ask.resource_policy.as_ref();
    let denied = scps
        .clone()
        .any(|policy| denies(policy, Kind::Identity, ask))
        || rcps.clone().any(|policy| denies(policy, Kind::Gate, ask))
        || ask
            .endpoint
            .iter()
            .any(|policy| denies(policy, Kind::Gate, ask))
        || resource_policy
            .iter()
            .any(|policy| !own_bucket_policy && denies(policy, Kind::Resource, ask))
        || [
            Some(&ask.identity),
            ask.boundary.as_ref(),
            ask.session.as_ref(),
        ]
        .into_iter()
        .flatten()
        .any(|policy| denies(policy, Kind::Identity, ask));
    if denied {
        return ExplicitlyDenied;
    }

    // What no policy can change.
    let exchange = [
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
        "sts:SetSourceIdentity",
    ];
    let refused = root && is("sts:AssumeRole")
        || anonymous && (in_service("kms") || in_service("sts"))
        || federated && in_service("sts")
        || role && (is("sts:GetSessionToken") || is("sts:GetFederationToken"))
        || provider && !exchange.iter().any(|action| is(action));
    if refused {
        return ImplicitlyDenied;
    }
    if ask.restrict
        && in_service("s3")
        && !service
        && account_of(ask.principal) != Some(ask.account)
        && resource_policy.is_some_and(is_public)
    {
        return ExplicitlyDenied;
    }

    // Every SCP level and the endpoint must allow.
    if !scps
        .clone()
        .all(|policy| allows(policy, Kind::Identity, ask).direct)
        || !ask
            .endpoint
            .iter()
            .all(|policy| allows(policy, Kind::Gate, ask).any())
    {
        return ImplicitlyDenied;
    }

    let resource = resource_policy
        .map(|policy| allows(policy, Kind::Resource, ask))
        .unwrap_or_default();
    let identity = root || allows(&ask.identity, Kind::Identity, ask).direct;
    let boundary = ask
        .boundary
        .as_ref()
        .is_none_or(|policy| allows(policy, Kind::Identity, ask).direct);
    let session = match &ask.session {
        Some(policy) => allows(policy, Kind::Identity, ask).direct,
        None => !federated,
    };
    let limits = boundary && session;
    let must_delegate = in_service("kms") && ask.resource.contains(":key/")
        || [
            "sts:AssumeRole",
            "sts:AssumeRoleWithWebIdentity",
            "sts:TagSession",
        ]
        .iter()
        .any(|action| is(action))
            && ask.resource.contains(":role/");
    let allowed = match owner {
        None => resource.any(),
        Some(account) if account != ask.account => identity && resource.any() && limits,
        Some(_) => {
            resource.direct
                || resource.role && limits
                || identity && limits && (!must_delegate || resource.any())
        }
    };
    if allowed { Allowed } else { ImplicitlyDenied }
}

fn account_of(principal: &str) -> Option<&str> {
    principal
        .starts_with("arn:")
        .then(|| principal.split(':').nth(4))
        .flatten()
}

fn statements(policy: &Value) -> Vec<&Value> {
    many(&policy["Statement"])
}

/// One or many.
fn many(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn strings(value: &Value) -> Vec<&str> {
    many(value).into_iter().filter_map(Value::as_str).collect()
}

fn denies(policy: &Value, kind: Kind, ask: &Ask<'_>) -> bool {
    statements(policy).into_iter().any(|statement| {
        statement["Effect"] == "Deny" && applies(policy, statement, kind, ask).any()
    })
}

fn allows(policy: &Value, kind: Kind, ask: &Ask<'_>) -> Who {
    let mut who = Who::default();
    for statement in statements(policy) {
        if statement["Effect"] == "Allow" {
            let one = applies(policy, statement, kind, ask);
            who.direct |= one.direct;
            who.role |= one.role;
            who.account |= one.account;
        }
    }
    who
}

fn applies(policy: &Value, statement: &Value, kind: Kind, ask: &Ask<'_>) -> Who {
    let variables = policy["Version"] == "2012-10-17";
    let holds = action_applies(statement, ask)
        && resource_applies(statement, variables, ask)
        && condition::all_hold(&statement["Condition"], variables, &ask.context);
    if !holds {
        return Who::default();
    }
    let everybody = Who {
        direct: true,
        ..Who::default()
    };
    let named = statement.get("Principal");
    let excepted = statement.get("NotPrincipal");
    match (kind, named, excepted) {
        (Kind::Identity, _, _) | (Kind::Gate, None, None) => everybody,
        (Kind::Resource, None, None) => Who::default(),
        (_, Some(element), _) => covered(element, ask),
        (_, None, Some(element)) => Who {
            direct: !exempt(element, statement["Effect"] == "Deny", ask),
            ..Who::default()
        },
    }
}

fn action_applies(statement: &Value, ask: &Ask<'_>) -> bool {
    let matches = |element: &str| {
        strings(&statement[element])
            .iter()
            .any(|pattern| text::like(&pattern.to_lowercase(), &ask.action.to_lowercase()))
    };
    if statement.get("Action").is_some() {
        matches("Action")
    } else {
        !matches("NotAction")
    }
}

fn resource_applies(statement: &Value, variables: bool, ask: &Ask<'_>) -> bool {
    // Listing users or asking for a token has no resource; it is always on everything.
    let resource = match ask.action {
        "iam:ListUsers" | "sts:GetSessionToken" => "*",
        _ => ask.resource,
    };
    let any = |element: &str| {
        // A pattern with a variable without value matches no resource.
        strings(&statement[element])
            .into_iter()
            .filter_map(|pattern| text::expand(pattern, variables, &ask.context))
            .any(|pattern| text::matches(&pattern, resource))
    };
    if statement.get("Resource").is_some() {
        any("Resource")
    } else if statement.get("NotResource").is_some() {
        !any("NotResource")
    } else {
        true
    }
}

fn covered(element: &Value, ask: &Ask<'_>) -> Who {
    let mut who = Who::default();
    if element == "*" {
        who.direct = true;
    }
    for entry in strings(&element["AWS"]) {
        let caller =
            account_of(ask.principal).filter(|_| !ask.principal.contains(":oidc-provider/"));
        let of_account = entry.len() == 12 || entry.ends_with(":root");
        if entry == "*" {
            who.direct = true;
        } else if of_account {
            let id = if entry.len() == 12 {
                entry
            } else {
                entry.split(':').nth(4).unwrap_or_default()
            };
            who.account |= caller == Some(id);
            who.direct |= caller == Some(id) && ask.principal.ends_with(":root");
        } else if entry.contains(":role/") {
            who.role |= role_of(ask).as_deref() == Some(entry);
        } else if let Some((_, session)) = ask.principal.split_once(":federated-user/")
            && entry.contains(":user/")
        {
            // The user who federated, taken to be the one of that name.
            who.role |= account_of(entry) == caller && entry.rsplit('/').next() == Some(session);
        } else {
            who.direct |= entry == ask.principal;
        }
    }
    who.direct |= strings(&element["Service"]).contains(&ask.principal);
    who.direct |= strings(&element["Federated"]).contains(&ask.principal);
    who
}

/// `arn:aws:sts::A:assumed-role/NAME/SESSION` to `arn:aws:iam::A:role/PATH/NAME`.
fn role_of(ask: &Ask<'_>) -> Option<String> {
    let (_, rest) = ask.principal.split_once(":assumed-role/")?;
    let name = rest.split('/').next()?;
    let account = account_of(ask.principal)?;
    Some(format!(
        "arn:aws:iam::{account}:role{}{name}",
        ask.role_path
    ))
}

/// A deny spares nobody who has a boundary, and others only if listed together with their account.
fn exempt(element: &Value, deny: bool, ask: &Ask<'_>) -> bool {
    let who = covered(element, ask);
    let everyone = element == "*" || strings(&element["AWS"]).contains(&"*");
    let has_account =
        account_of(ask.principal).is_some() && !ask.principal.contains(":oidc-provider/");
    if !deny || !has_account || everyone {
        who.any()
    } else {
        // Where sessions of the role are listed, its others are not meant.
        let own = ask
            .principal
            .rsplit_once('/')
            .map(|(role, _)| format!("{role}/"));
        let sessions = ask.principal.contains(":assumed-role/")
            && own.is_some_and(|own| {
                let mut listed = strings(&element["AWS"]).into_iter();
                listed.any(|entry| entry.starts_with(&own))
            });
        ask.boundary.is_none() && who.account && (who.direct || (who.role && !sessions))
    }
}

/// Public in the sense of S3, for the keys that the random policies use.
fn is_public(policy: &Value) -> bool {
    statements(policy).into_iter().any(|statement| {
        let element = &statement["Principal"];
        let everyone = element == "*"
            || strings(&element["AWS"]).contains(&"*")
            || statement.get("NotPrincipal").is_some();
        statement["Effect"] == "Allow" && everyone && !condition::narrows(&statement["Condition"])
    })
}
