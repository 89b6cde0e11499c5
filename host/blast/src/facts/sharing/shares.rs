//! Shares of AWS Resource Access Manager, as the resource policies that they amount to.
//!
//! RAM writes a policy for each resource that it shares, which not every type shows. Here it is written anew from
//! the share: one for accounts, users and roles, another for organizations and units, because those come in only
//! while sharing with the organization is on. Source: AWS RAM User Guide, "How AWS RAM works with IAM" and
//! "Enable resource sharing within AWS Organizations".

use std::collections::BTreeSet;

use blastwall_model::Arn;
use serde_json::{Value, json};

use super::shared_kinds::{self, Gain, SharedKind};
use super::{Read, list, of, texts};
use crate::facts::store_kinds::Way;
use crate::facts::{Policies, PolicyIndex, Unjudged};

const SHARE: &str = "AWS::RAM::ResourceShare";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[SHARE];

/// Data that is shared.
#[derive(Clone, Debug)]
pub(crate) struct ShareFacts {
    /// The share.
    pub(crate) share: Arn,
    /// The ARN of the resource.
    pub(crate) resource: String,
    pub(crate) ways: &'static [Way],
    /// Whether accounts of other organizations may be let in.
    pub(crate) external: bool,
    /// The accounts that it names, by itself or by a user or role.
    pub(crate) accounts: Vec<String>,
    /// Whether all of them are known to have accepted it.
    pub(crate) accepted: bool,
    /// What of its permissions is not known, in words.
    pub(crate) hanging: Vec<String>,
    /// What lets those in.
    pub(crate) named: Option<PolicyIndex>,
    /// What lets in whoever is of an organization or unit.
    pub(crate) organization: Option<PolicyIndex>,
}

/// The shares of an account, of whose documents these were seen.
pub(super) fn read(
    read: &[Read<'_>],
    seen: &BTreeSet<&str>,
    policies: &mut Policies,
    unjudged: &mut Vec<Unjudged>,
) -> Vec<ShareFacts> {
    let mut shares = Vec::new();
    for (document, value) in of(read, SHARE) {
        let mut note = |why: String| {
            unjudged.push(Unjudged {
                arn: document.arn.clone(),
                why,
            });
        };
        let status = value.pointer("/observed/Status").and_then(Value::as_str);
        if status.is_some_and(|status| !matches!(status, "ACTIVE" | "PENDING")) {
            continue;
        }
        let unknown = value.get("unknown").and_then(Value::as_object);
        for (path, why) in unknown.into_iter().flatten() {
            if path.starts_with("config") {
                note(format!("{path}: {}", why.as_str().unwrap_or_default()));
            }
        }
        let principals = Principals::read(value);
        let resources = texts(value.pointer("/config/ResourceArns"));
        for resource in resources {
            let kind = shared_kinds::find(&resource);
            let (kind, ways) = match kind.map(|kind| (kind, &kind.gain)) {
                Some((kind, Gain::Data(ways))) => (kind, *ways),
                Some((_, Gain::Elsewhere | Gain::Nothing)) => continue,
                None => {
                    note(format!(
                        "what {resource} is to whom it is shared with is not known"
                    ));
                    continue;
                }
            };
            let Some(hanging) = permitted(value, kind) else {
                continue;
            };
            if !seen.contains(resource.as_str()) {
                note(format!("{resource}, which it shares, was not seen"));
            }
            let mut keep = |statements: Vec<Value>| {
                let policy = json!({"Version": "2012-10-17", "Statement": statements});
                (!statements.is_empty())
                    .then(|| policies.keep(&policy).ok())
                    .flatten()
            };
            shares.push(ShareFacts {
                named: keep(principals.named(ways)),
                organization: keep(principals.of_organizations(ways)),
                share: document.arn.clone(),
                resource,
                ways,
                external: value
                    .pointer("/config/AllowExternalPrincipals")
                    .and_then(Value::as_bool)
                    .unwrap_or(true),
                accounts: principals.accounts().map(str::to_owned).collect(),
                accepted: principals.accepted,
                hanging,
            });
        }
    }
    shares
}

/// What of the permissions of a share must allow the use of a type; none if they do not. Without any it has the
/// default of each type. Those of AWS say in their names what they are for; what an owner wrote is not told here.
/// Source: AWS RAM User Guide, "Managed permissions".
fn permitted(value: &Value, kind: &SharedKind) -> Option<Vec<String>> {
    let permissions = texts(value.pointer("/config/PermissionArns"));
    let name = |arn: &String| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let (of_aws, own): (Vec<&String>, Vec<&String>) = permissions
        .iter()
        .partition(|arn| arn.contains(":ram::aws:"));
    let mut of_type = of_aws
        .into_iter()
        .map(name)
        .filter(|name| name.ends_with(kind.permission));
    match of_type.next() {
        Some(name) => (!name.contains("Revoke")).then(Vec::new),
        None => Some(
            own.into_iter()
                .map(|arn| {
                    format!("the permission {arn} of the share, which was not read, allows it")
                })
                .collect(),
        ),
    }
}

/// Whom a share names.
#[derive(Default)]
struct Principals {
    /// Accounts by id; users and roles by ARN.
    named: Vec<String>,
    /// Organizations and units by ARN.
    organizations: Vec<String>,
    accepted: bool,
}

impl Principals {
    fn read(value: &Value) -> Self {
        let text = |one: &Value, names: [&str; 2]| {
            let text = names.iter().find_map(|name| one.get(*name)?.as_str());
            text.map(str::to_owned)
        };
        // As GetResourceShareAssociations tells it: whom the share is no longer, or not yet, with. What has to be
        // accepted is associating until it is.
        let places = [
            "/observed/ResourceShareAssociations",
            "/observed/PrincipalAssociations",
        ];
        let associations = places.iter().flat_map(|place| list(value.pointer(place)));
        let status: Vec<(String, String)> = associations
            .filter_map(|one| {
                let whom = text(one, ["AssociatedEntity", "associatedEntity"])?;
                Some((whom, text(one, ["Status", "status"])?))
            })
            .collect();
        let of = |whom: &str| {
            let found = status.iter().find(|(name, _)| name == whom);
            found.map(|(_, status)| status.as_str())
        };
        let mut principals = Self {
            accepted: true,
            ..Self::default()
        };
        for whom in texts(value.pointer("/config/Principals")) {
            let status = of(&whom);
            if status.is_some_and(|status| !matches!(status, "ASSOCIATED" | "ASSOCIATING")) {
                continue;
            }
            if whom.contains(":organizations:") {
                principals.organizations.push(whom);
            } else {
                principals.accepted &= status == Some("ASSOCIATED");
                principals.named.push(whom);
            }
        }
        principals
    }

    fn accounts(&self) -> impl Iterator<Item = &str> {
        self.named
            .iter()
            .filter_map(|whom| match whom.starts_with("arn:") {
                true => whom.split(':').nth(4),
                false => Some(whom.as_str()),
            })
    }

    fn named(&self, ways: &[Way]) -> Vec<Value> {
        if self.named.is_empty() {
            return Vec::new();
        }
        vec![
            json!({"Effect": "Allow", "Action": actions(ways), "Resource": "*",
            "Principal": {"AWS": self.named}}),
        ]
    }

    fn of_organizations(&self, ways: &[Way]) -> Vec<Value> {
        let statements = self.organizations.iter().filter_map(|arn| {
            // arn:aws:organizations::999999999999:ou/o-exampleorgid/ou-abcd-11111111
            let (_, name) = arn.split_once(":organizations::")?;
            let (_, name) = name.split_once(':')?;
            let mut parts = name.split('/');
            let (kind, organization) = (parts.next()?, parts.next()?);
            let condition = match (kind, parts.next()) {
                ("organization", _) => {
                    json!({"StringEquals": {"aws:PrincipalOrgID": organization}})
                }
                ("ou", Some(unit)) => json!({"ForAnyValue:StringLike":
                    {"aws:PrincipalOrgPaths": format!("{organization}/*/{unit}/*")}}),
                _ => return None,
            };
            Some(
                json!({"Effect": "Allow", "Action": actions(ways), "Resource": "*",
                "Principal": {"AWS": "*"}, "Condition": condition}),
            )
        });
        statements.collect()
    }
}

fn actions(ways: &[Way]) -> Vec<&'static str> {
    ways.iter().flat_map(|way| way.actions).copied().collect()
}
