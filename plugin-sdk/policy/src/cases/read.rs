//! From JSON to a [`Case`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::answer::{CaseError, CaseProblem};
use super::case::{Case, CaseBucket, CaseOrganization, Levels};
use crate::arn;
use crate::context::Context;
use crate::decide::{GrantConstraint, KmsGrant};
use crate::language::{Policy, PolicyCache};
use crate::principal::Principal;

/// The fields of a case that have a say in its decision. What is nearly one of them is misspelt.
const DECIDING: [&str; 13] = [
    "request",
    "principal_role_path",
    "identity",
    "boundary",
    "session",
    "resource_policy",
    "access_point_bucket",
    "kms_grants",
    "scps",
    "rcps",
    "org",
    "vpce",
    "s3_restrict_public_buckets",
];
/// The fields of a case that the format has for its readers, and its id.
const OF_READERS: [&str; 7] = [
    "id",
    "rule",
    "why",
    "expect",
    "expect_kind",
    "confidence",
    "source",
];
/// Names that only describe, wherever they stand.
const DESCRIPTIVE: [&str; 15] = [
    "about",
    "comment",
    "comments",
    "description",
    "explanation",
    "label",
    "name",
    "note",
    "notes",
    "rationale",
    "source",
    "sources",
    "summary",
    "title",
    "why",
];
/// How many letters may differ in a misspelt name: two typing errors, of which a swap is one.
const TYPING_ERRORS: usize = 2;
const REQUEST_FIELDS: [&str; 5] = [
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
];
const ORGANIZATION_FIELDS: [&str; 3] = ["management_account", "scps_by_account", "rcps_by_account"];
const GRANT_FIELDS: [&str; 3] = ["grantee", "operations", "constraints"];
const BUCKET_FIELDS: [&str; 3] = ["resource", "resource_account", "policy"];
const CONSTRAINT_FIELDS: [&str; 2] = ["EncryptionContextEquals", "EncryptionContextSubset"];

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// When a field is missing, unknown or not what it should be.
    pub fn from_value(value: &Value) -> Result<Self, CaseError> {
        Self::read(value, &mut PolicyCache::new())
    }

    pub(super) fn read(value: &Value, policies: &mut PolicyCache) -> Result<Self, CaseError> {
        let id = value.get("id").and_then(scalar);
        let mut reader = Reader {
            policies,
            ignored: Vec::new(),
        };
        match reader.case(value, id.clone()) {
            Ok(case) => Ok(Case {
                ignored: reader.ignored,
                ..case
            }),
            Err(problem) => Err(CaseError::new(id, problem)),
        }
    }
}

struct Reader<'a> {
    policies: &'a mut PolicyCache,
    ignored: Vec<String>,
}

impl Reader<'_> {
    fn case(&mut self, value: &Value, id: Option<String>) -> Result<Case, CaseProblem> {
        let fields = self.annotated(value)?;
        let get = |name: &str| fields.get(name).filter(|value| !value.is_null());
        let request = get("request").ok_or_else(|| CaseProblem::Missing("request".to_owned()))?;
        let request = self.object(request, "request", &REQUEST_FIELDS)?;
        let resource = required(request, "resource")?;
        Ok(Case {
            id,
            ignored: Vec::new(),
            principal: Principal::parse(required(request, "principal")?)
                .map_err(CaseProblem::Principal)?,
            role_path: get("principal_role_path")
                .map(|value| text(value, "principal_role_path").map(path))
                .transpose()?,
            action: required(request, "action")?.to_owned(),
            resource_account: resource_account(request, resource)?,
            resource: resource.to_owned(),
            context: context(request.get("context"))?,
            identity: self.many(get("identity"), "identity")?,
            boundary: self.one(get("boundary"), "boundary")?,
            // A session made with no policies was made without.
            session: Some(self.many(get("session"), "session")?)
                .filter(|policies| !policies.is_empty()),
            resource_policy: self.one(get("resource_policy"), "resource_policy")?,
            kms_grants: get("kms_grants").map_or(Ok(Vec::new()), |value| self.grants(value))?,
            scps: self.levels(get("scps"), "scps")?,
            rcps: self.levels(get("rcps"), "rcps")?,
            vpc_endpoints: self.many(get("vpce"), "vpce")?,
            restrict_public_buckets: match get("s3_restrict_public_buckets") {
                None => false,
                Some(value) => value
                    .as_bool()
                    .ok_or_else(|| expected("s3_restrict_public_buckets", "true or false"))?,
            },
            organization: get("org")
                .map(|value| self.organization(value))
                .transpose()?,
            bucket: get("access_point_bucket")
                .map(|value| self.bucket(value))
                .transpose()?,
        })
    }

    fn bucket(&mut self, value: &Value) -> Result<CaseBucket, CaseProblem> {
        let at = "access_point_bucket";
        let fields = self.object(value, at, &BUCKET_FIELDS)?;
        let part = |name: &str| match fields.get(name) {
            None => Err(CaseProblem::Missing(format!("{at}.{name}"))),
            Some(value) => Ok(text(value, &format!("{at}.{name}"))?.to_owned()),
        };
        Ok(CaseBucket {
            resource: part("resource")?,
            resource_account: part("resource_account")?,
            policy: self.one(
                fields.get("policy").filter(|value| !value.is_null()),
                "access_point_bucket.policy",
            )?,
        })
    }

    fn organization(&mut self, value: &Value) -> Result<CaseOrganization, CaseProblem> {
        let fields = self.object(value, "org", &ORGANIZATION_FIELDS)?;
        Ok(CaseOrganization {
            management_account: match fields.get("management_account") {
                None | Some(Value::Null) => String::new(),
                Some(value) => text(value, "org.management_account")?.to_owned(),
            },
            scps: self.by_account(fields, "scps_by_account")?,
            rcps: self.by_account(fields, "rcps_by_account")?,
        })
    }

    fn by_account(
        &mut self,
        fields: &Map<String, Value>,
        name: &str,
    ) -> Result<BTreeMap<String, Levels>, CaseProblem> {
        let Some(value) = fields.get(name).filter(|value| !value.is_null()) else {
            return Ok(BTreeMap::new());
        };
        let accounts = value
            .as_object()
            .ok_or_else(|| expected(&format!("org.{name}"), "an object by account"))?;
        let mut table = BTreeMap::new();
        for (account, value) in accounts {
            let at = format!("org.{name}.{account}");
            if let Some(levels) = self.levels(Some(value), &at)? {
                table.insert(account.clone(), levels);
            }
        }
        Ok(table)
    }

    fn levels(
        &mut self,
        value: Option<&Value>,
        field: &str,
    ) -> Result<Option<Levels>, CaseProblem> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        value
            .as_array()
            .ok_or_else(|| expected(field, "a list of levels"))?
            .iter()
            .enumerate()
            .map(|(index, level)| self.many(Some(level), &format!("{field}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn many(
        &mut self,
        value: Option<&Value>,
        field: &str,
    ) -> Result<Vec<Arc<Policy>>, CaseProblem> {
        match value {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.policy(item, &format!("{field}[{index}]")))
                .collect(),
            Some(single) => Ok(vec![self.policy(single, field)?]),
        }
    }

    /// A list may stand for one policy, and an empty one for none.
    fn one(
        &mut self,
        value: Option<&Value>,
        field: &str,
    ) -> Result<Option<Arc<Policy>>, CaseProblem> {
        match value {
            None => Ok(None),
            Some(Value::Array(items)) => match items.as_slice() {
                [] => Ok(None),
                [only] => self.policy(only, field).map(Some),
                _ => Err(expected(field, "one policy")),
            },
            Some(value) => self.policy(value, field).map(Some),
        }
    }

    fn policy(&mut self, value: &Value, field: &str) -> Result<Arc<Policy>, CaseProblem> {
        let policy = match value {
            Value::String(document) => self.policies.parse(document),
            value => self.policies.read(value),
        };
        policy.map_err(|error| CaseProblem::Policy {
            field: field.to_owned(),
            error,
        })
    }

    fn grants(&mut self, value: &Value) -> Result<Vec<KmsGrant>, CaseProblem> {
        let items = value
            .as_array()
            .ok_or_else(|| expected("kms_grants", "a list of grants"))?;
        let mut grants = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at = format!("kms_grants[{index}]");
            let fields = self.object(item, &at, &GRANT_FIELDS)?;
            let grantee = fields
                .get("grantee")
                .and_then(Value::as_str)
                .ok_or_else(|| CaseProblem::Missing(format!("{at}.grantee")))?;
            let operations = fields
                .get("operations")
                .and_then(Value::as_array)
                .and_then(|items| items.iter().map(scalar).collect::<Option<Vec<_>>>())
                .ok_or_else(|| expected(&format!("{at}.operations"), "a list of operations"))?;
            let constraint = match fields.get("constraints") {
                None | Some(Value::Null) => None,
                Some(value) => Some(self.constraint(value, &format!("{at}.constraints"))?),
            };
            grants.push(KmsGrant::new(
                Principal::parse(grantee).map_err(CaseProblem::Principal)?,
                operations,
                constraint,
            ));
        }
        Ok(grants)
    }

    /// As in the KMS API: `EncryptionContextEquals` or `EncryptionContextSubset` with pairs.
    fn constraint(&mut self, value: &Value, at: &str) -> Result<GrantConstraint, CaseProblem> {
        let wanted = "`EncryptionContextEquals` or `EncryptionContextSubset` with pairs of strings";
        let fields = self.object(value, at, &CONSTRAINT_FIELDS)?;
        let mut fields = fields
            .iter()
            .filter(|(name, _)| CONSTRAINT_FIELDS.contains(&name.as_str()));
        let (Some((kind, pairs)), None) = (fields.next(), fields.next()) else {
            return Err(expected(at, wanted));
        };
        let pairs = pairs
            .as_object()
            .and_then(|pairs| {
                pairs
                    .iter()
                    .map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                    .collect::<Option<BTreeMap<_, _>>>()
            })
            .ok_or_else(|| expected(at, wanted))?;
        Ok(if kind == "EncryptionContextEquals" {
            GrantConstraint::Equals(pairs)
        } else {
            GrantConstraint::Subset(pairs)
        })
    }

    /// The fields of a case. People annotate cases, so that a field which is neither of the format nor
    /// nearly so is passed over, and said to be.
    fn annotated<'v>(&mut self, value: &'v Value) -> Result<&'v Map<String, Value>, CaseProblem> {
        let fields = value
            .as_object()
            .ok_or_else(|| expected("case", "an object"))?;
        for name in fields.keys().map(String::as_str) {
            if DECIDING.contains(&name) || OF_READERS.contains(&name) {
                continue;
            }
            let nearest = nearest(name, &DECIDING).filter(|_| !DESCRIPTIVE.contains(&name));
            if nearest.is_some() {
                return Err(CaseProblem::Unknown {
                    field: name.to_owned(),
                    nearest,
                });
            }
            self.ignored.push(name.to_owned());
        }
        Ok(fields)
    }

    /// The fields of an object within a case, where every one may be the one that decides.
    fn object<'v>(
        &mut self,
        value: &'v Value,
        field: &str,
        known: &[&'static str],
    ) -> Result<&'v Map<String, Value>, CaseProblem> {
        let fields = value
            .as_object()
            .ok_or_else(|| expected(field, "an object"))?;
        for name in fields.keys().map(String::as_str) {
            if known.contains(&name) {
                continue;
            }
            let path = format!("{field}.{name}");
            if !DESCRIPTIVE.contains(&name) {
                return Err(CaseProblem::Unknown {
                    field: path,
                    nearest: nearest(name, known),
                });
            }
            self.ignored.push(path);
        }
        Ok(fields)
    }
}

/// With a slash at both ends, as AWS writes paths.
fn path(text: &str) -> String {
    match text.trim_matches('/') {
        "" => "/".to_owned(),
        inner => format!("/{inner}/"),
    }
}

/// The owner of the resource: said, or else in the ARN.
fn resource_account(request: &Map<String, Value>, resource: &str) -> Result<String, CaseProblem> {
    match request.get("resource_account") {
        Some(Value::Null) | None => arn::split(resource)
            .map(|parts| parts.account)
            .filter(|account| arn::is_account_id(account))
            .map(str::to_owned)
            .ok_or_else(|| CaseProblem::Missing("request.resource_account".to_owned())),
        Some(value) => Ok(text(value, "request.resource_account")?.to_owned()),
    }
}

fn context(value: Option<&Value>) -> Result<Context, CaseProblem> {
    let mut context = Context::new();
    let keys = match value {
        None | Some(Value::Null) => return Ok(context),
        Some(Value::Object(keys)) => keys,
        Some(_) => return Err(expected("request.context", "an object of condition keys")),
    };
    for (key, value) in keys {
        let values: Option<Vec<String>> = match value {
            Value::Null => Some(Vec::new()),
            Value::Array(items) => items.iter().map(scalar).collect(),
            single => scalar(single).map(|value| vec![value]),
        };
        let values = values.ok_or_else(|| {
            expected(
                &format!("request.context.{key}"),
                "a string, number, boolean, or a list of these",
            )
        })?;
        context.insert(key, values);
    }
    Ok(context)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, CaseProblem> {
    value.as_str().ok_or_else(|| expected(field, "a string"))
}

fn required<'a>(request: &'a Map<String, Value>, name: &str) -> Result<&'a str, CaseProblem> {
    let field = format!("request.{name}");
    match request.get(name) {
        None | Some(Value::Null) => Err(CaseProblem::Missing(field)),
        Some(value) => text(value, &field),
    }
}

/// The known name that is meant, by how few letters differ; none if another word is as likely, as it
/// is where half of a short name differs.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    known
        .iter()
        .map(|known| {
            let distance = strsim::osa_distance(&name, &known.to_ascii_lowercase());
            (distance, *known)
        })
        .filter(|(distance, known)| *distance <= TYPING_ERRORS && 2 * distance < known.len())
        .min()
        .map(|(_, known)| known)
}

fn expected(field: &str, expected: &'static str) -> CaseProblem {
    CaseProblem::Expected {
        field: field.to_owned(),
        expected,
    }
}
