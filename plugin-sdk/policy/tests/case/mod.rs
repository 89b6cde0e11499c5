//! Reading the case file.

use std::collections::BTreeMap;

use blastwall_policy::{
    Context, Keys, Layers, Level, Organization, Policy, Principal, Question, Request,
};
use serde_json::Value;

pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) rule: String,
    pub(crate) expect_kind: String,
    principal: Principal,
    role_path: Option<String>,
    action: String,
    resource: String,
    resource_account: String,
    context: Context,
    identity: Vec<Policy>,
    boundary: Option<Policy>,
    session: Option<Policy>,
    resource_policy: Option<Policy>,
    scps: Option<Vec<Vec<Policy>>>,
    rcps: Option<Vec<Vec<Policy>>>,
    vpce: Vec<Policy>,
    restrict: bool,
    org: Option<Org>,
}

struct Org {
    management_account: String,
    scps: BTreeMap<String, Vec<Vec<Policy>>>,
    rcps: BTreeMap<String, Vec<Vec<Policy>>>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn policy(value: &Value) -> Policy {
    Policy::from_value(value).unwrap_or_else(|error| panic!("{error} in {value}"))
}

fn policies(value: &Value) -> Vec<Policy> {
    match value {
        Value::Array(items) => items.iter().map(policy).collect(),
        Value::Null => Vec::new(),
        single => vec![policy(single)],
    }
}

fn levels(value: &Value) -> Vec<Vec<Policy>> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .map(policies)
        .collect()
}

fn by_account(value: &Value) -> BTreeMap<String, Vec<Vec<Policy>>> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(account, value)| (account.clone(), levels(value)))
        .collect()
}

fn optional<T>(value: &Value, read: fn(&Value) -> T) -> Option<T> {
    (!value.is_null()).then(|| read(value))
}

impl Case {
    pub(crate) fn all() -> Vec<Self> {
        let files = [
            include_str!("../data/iam-cases.json"),
            include_str!("../data/more-cases.json"),
        ];
        let mut cases = Vec::new();
        for file in files {
            let file: Value = serde_json::from_str(file).unwrap();
            cases.extend(file["cases"].as_array().unwrap().iter().map(Self::read));
        }
        cases
    }

    fn read(value: &Value) -> Self {
        let request = &value["request"];
        let mut context = Context::new();
        for (key, values) in request["context"].as_object().into_iter().flatten() {
            match values {
                Value::Array(items) => context.insert(key, items.iter().map(text)),
                single => context.insert(key, [text(single)]),
            }
        }
        Self {
            id: text(&value["id"]),
            rule: text(&value["rule"]),
            expect_kind: text(&value["expect_kind"]),
            principal: Principal::parse(&text(&request["principal"])).unwrap(),
            role_path: value["principal_role_path"].as_str().map(str::to_owned),
            action: text(&request["action"]),
            resource: text(&request["resource"]),
            resource_account: text(&request["resource_account"]),
            context,
            identity: policies(&value["identity"]),
            boundary: optional(&value["boundary"], policy),
            session: optional(&value["session"], policy),
            resource_policy: optional(&value["resource_policy"], policy),
            scps: optional(&value["scps"], levels),
            rcps: optional(&value["rcps"], levels),
            vpce: policies(&value["vpce"]),
            restrict: value["s3_restrict_public_buckets"]
                .as_bool()
                .unwrap_or(false),
            org: optional(&value["org"], |org| Org {
                management_account: text(&org["management_account"]),
                scps: by_account(&org["scps_by_account"]),
                rcps: by_account(&org["rcps_by_account"]),
            }),
        }
    }

    /// The context as fixed keys of an open question. Others stay open.
    pub(crate) fn keys_of_context(&self) -> Keys {
        self.context
            .iter()
            .fold(Keys::new(), |keys, (key, values)| {
                keys.fixed(key, values.iter().cloned())
            })
    }

    pub(crate) fn with_layers<R>(&self, run: impl FnOnce(&Request<'_>, &Layers<'_>) -> R) -> R {
        let request = Request {
            principal: &self.principal,
            role_path: self.role_path.as_deref(),
            action: &self.action,
            resource: &self.resource,
            resource_account: &self.resource_account,
            context: &self.context,
        };
        let identity: Vec<&Policy> = self.identity.iter().collect();
        let session: Option<Vec<&Policy>> = self.session.as_ref().map(|policy| vec![policy]);
        let vpce: Vec<&Policy> = self.vpce.iter().collect();
        let scps = self.scps.as_deref().map(references);
        let rcps = self.rcps.as_deref().map(references);
        let scps = scps.as_deref().map(slices);
        let rcps = rcps.as_deref().map(slices);
        let mut layers = Layers {
            scps: scps.as_deref(),
            rcps: rcps.as_deref(),
            identity: &identity,
            boundary: self.boundary.as_ref(),
            session: session.as_deref(),
            resource: self.resource_policy.as_ref(),
            vpc_endpoints: &vpce,
            restrict_public_buckets: self.restrict,
        };
        let Some(org) = &self.org else {
            return run(&request, &layers);
        };
        let all_scps: BTreeMap<&str, _> = org
            .scps
            .iter()
            .map(|(account, levels)| (account.as_str(), references(levels)))
            .collect();
        let all_rcps: BTreeMap<&str, _> = org
            .rcps
            .iter()
            .map(|(account, levels)| (account.as_str(), references(levels)))
            .collect();
        let scp_slices: BTreeMap<&str, _> = all_scps
            .iter()
            .map(|(account, levels)| (*account, slices(levels)))
            .collect();
        let rcp_slices: BTreeMap<&str, _> = all_rcps
            .iter()
            .map(|(account, levels)| (*account, slices(levels)))
            .collect();
        let organization = Organization {
            management_account: &org.management_account,
            scps: scp_slices
                .iter()
                .map(|(account, levels)| (*account, levels.as_slice()))
                .collect(),
            rcps: rcp_slices
                .iter()
                .map(|(account, levels)| (*account, levels.as_slice()))
                .collect(),
        };
        let selected = organization.select(
            &self.principal,
            self.role_path.as_deref(),
            &self.action,
            &self.resource_account,
        );
        layers = selected.with(layers);
        run(&request, &layers)
    }
}

fn references(levels: &[Vec<Policy>]) -> Vec<Vec<&Policy>> {
    levels.iter().map(|level| level.iter().collect()).collect()
}

fn slices<'a>(levels: &'a [Vec<&'a Policy>]) -> Vec<Level<'a>> {
    levels.iter().map(Vec::as_slice).collect()
}

pub(crate) fn question<'a>(request: &Request<'a>, keys: &'a Keys) -> Question<'a> {
    Question {
        principal: request.principal,
        role_path: request.role_path,
        action: request.action,
        resource: request.resource,
        resource_account: request.resource_account,
        keys,
    }
}
