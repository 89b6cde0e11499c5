//! Services by which somebody without an identity of AWS becomes a role: IAM Roles Anywhere by a certificate,
//! Cognito identity pools as a user or guest of an application, Identity Center by its directory.

use blastwall_model::{Arn, Document};
use serde_json::Value;

use super::Unjudged;

const TRUST_ANCHOR: &str = "AWS::RolesAnywhere::TrustAnchor";
const PROFILE: &str = "AWS::RolesAnywhere::Profile";
const IDENTITY_POOL: &str = "AWS::Cognito::IdentityPool";
const POOL_ROLES: &str = "AWS::Cognito::IdentityPoolRoleAttachment";
const USER_POOL: &str = "AWS::Cognito::UserPool";
const DIRECTORY: &str = "AWS::SSO::Instance";
const SAML_PROVIDER: &str = "AWS::IAM::SAMLProvider";

/// Every type that is read here.
pub(super) fn types() -> impl Iterator<Item = &'static str> {
    [
        TRUST_ANCHOR,
        PROFILE,
        IDENTITY_POOL,
        POOL_ROLES,
        USER_POOL,
        DIRECTORY,
        SAML_PROVIDER,
    ]
    .into_iter()
}

/// A certificate authority whose certificates IAM Roles Anywhere takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustAnchor {
    pub(crate) arn: Arn,
    /// The ARN of the authority, if it is one of AWS Private CA.
    pub(crate) authority: Option<String>,
}

/// The roles that IAM Roles Anywhere hands out together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) arn: Arn,
    /// By ARN.
    pub(crate) roles: Vec<String>,
}

/// An identity pool of Cognito and the roles that it hands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdentityPool {
    /// `eu-west-1:1111…`, which is also the audience of its tokens.
    pub(crate) id: String,
    /// The ARN of the role of guests, if guests are let in.
    pub(crate) guests: Option<String>,
    /// Whether guests may ask for the role's credentials themselves, which then are not narrowed to the
    /// services that Cognito opens to guests.
    pub(crate) classic: bool,
    /// The ARNs of the roles of users who signed in.
    pub(crate) users: Vec<String>,
    /// The account that it is in, by id.
    pub(crate) account: String,
    /// Whether guests are let in, whatever role they get.
    pub(crate) lets_guests: bool,
    /// The ARNs of the user pools at hand whose users it takes.
    pub(crate) user_pools: Vec<String>,
    /// Whether strangers sign themselves up; none if the user pool is not at hand.
    pub(crate) open: Option<bool>,
}

/// What an account has of these.
#[derive(Clone, Debug, Default)]
pub(crate) struct FederationFacts {
    pub(crate) anchors: Vec<TrustAnchor>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) pools: Vec<IdentityPool>,
    /// The instances of Identity Center.
    pub(crate) directories: Vec<String>,
    /// The SAML providers that there are, by ARN.
    pub(crate) saml_providers: Vec<String>,
}

impl FederationFacts {
    /// Reads the documents of an account. What could not be seen of one may let somebody in.
    pub(super) fn read<'a>(
        documents: impl Iterator<Item = &'a Document>,
        unjudged: &mut Vec<Unjudged>,
    ) -> Self {
        let read: Vec<(&Document, Value)> = documents
            .filter(|document| types().any(|kind| kind == document.kind))
            .filter_map(|document| Some((document, serde_json::from_str(document.json()).ok()?)))
            .collect();
        for (document, value) in &read {
            let unknown = value.get("unknown").and_then(Value::as_object);
            let paths = unknown.into_iter().flatten();
            unjudged.extend(paths.filter(|(path, _)| path.starts_with("config")).map(
                |(path, why)| Unjudged {
                    arn: document.arn.clone(),
                    why: format!("{path}: {}", why.as_str().unwrap_or_default()),
                },
            ));
        }
        let of = |kind: &'static str| {
            let of_kind = move |one: &&(&Document, Value)| one.0.kind == kind;
            read.iter().filter(of_kind)
        };
        let pools = of(IDENTITY_POOL).map(|(document, pool)| {
            let id = text(pool, "/Id")
                .unwrap_or_else(|| last(document.arn.as_str()))
                .to_owned();
            let attached: Vec<&Value> = of(POOL_ROLES)
                .map(|(_, attachment)| attachment)
                .filter(|attachment| text(attachment, "/IdentityPoolId") == Some(&id))
                .collect();
            IdentityPool {
                account: document.account.to_string(),
                ..pool_of(id, pool, &attached, of(USER_POOL))
            }
        });
        Self {
            anchors: of(TRUST_ANCHOR)
                .filter(|(_, value)| is_enabled(value))
                .map(|(document, value)| TrustAnchor {
                    arn: document.arn.clone(),
                    authority: text(value, "/Source/SourceData/AcmPcaArn").map(str::to_owned),
                })
                .collect(),
            profiles: of(PROFILE)
                .filter(|(_, value)| is_enabled(value))
                .map(|(document, value)| Profile {
                    arn: document.arn.clone(),
                    roles: texts(value, "/RoleArns"),
                })
                .collect(),
            pools: pools.collect(),
            directories: of(DIRECTORY)
                .map(|(document, _)| document.arn.to_string())
                .collect(),
            saml_providers: of(SAML_PROVIDER)
                .map(|(document, _)| document.arn.to_string())
                .collect(),
        }
    }

    /// Takes in another part of the account.
    pub(crate) fn extend(&mut self, other: Self) {
        self.anchors.extend(other.anchors);
        self.profiles.extend(other.profiles);
        self.pools.extend(other.pools);
        self.directories.extend(other.directories);
        self.saml_providers.extend(other.saml_providers);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.anchors.is_empty()
            && self.profiles.is_empty()
            && self.pools.is_empty()
            && self.directories.is_empty()
            && self.saml_providers.is_empty()
    }
}

/// A pool with the roles that its attachments name. Roles chosen by rules or by the token stand in
/// `RoleMappings`; of those the rules name theirs.
fn pool_of<'a>(
    id: String,
    pool: &Value,
    attached: &[&Value],
    user_pools: impl Iterator<Item = &'a (&'a Document, Value)>,
) -> IdentityPool {
    let flag = |pointer: &str| pool.pointer(pointer).and_then(Value::as_bool) == Some(true);
    let role = |name: &str| {
        let mut roles = attached.iter();
        roles.find_map(|one| text(one, &format!("/Roles/{name}")))
    };
    let rules = attached.iter().flat_map(|one| {
        let mappings = one.pointer("/config/RoleMappings");
        let mappings = mappings.and_then(Value::as_object).into_iter().flatten();
        let rules = mappings.filter_map(|(_, one)| one.pointer("/RulesConfiguration/Rules"));
        let rules = rules.filter_map(Value::as_array).flatten();
        rules.filter_map(|rule| rule.get("RoleARN")?.as_str())
    });
    let mut users: Vec<String> = role("authenticated")
        .into_iter()
        .chain(rules)
        .map(str::to_owned)
        .collect();
    users.sort();
    users.dedup();
    let providers = pool.pointer("/config/CognitoIdentityProviders");
    let providers: Vec<&str> = providers
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|provider| provider.get("ProviderName")?.as_str())
        .map(last)
        .collect();
    let user_pools: Vec<_> = user_pools
        .filter(|(document, value)| {
            let id = text(value, "/UserPoolId").unwrap_or_else(|| last(document.arn.as_str()));
            providers.contains(&id)
        })
        .collect();
    let mut open = user_pools
        .iter()
        .map(|(_, value)| {
            let only = value.pointer("/config/AdminCreateUserConfig/AllowAdminCreateUserOnly");
            only.and_then(Value::as_bool) != Some(true)
        })
        .peekable();
    IdentityPool {
        account: String::new(),
        lets_guests: flag("/config/AllowUnauthenticatedIdentities"),
        user_pools: user_pools
            .iter()
            .map(|(document, _)| document.arn.to_string())
            .collect(),
        guests: flag("/config/AllowUnauthenticatedIdentities")
            .then(|| role("unauthenticated").map(str::to_owned))
            .flatten(),
        classic: flag("/config/AllowClassicFlow"),
        users,
        open: open.peek().is_some().then(|| open.any(|open| open)),
        id,
    }
}

/// Anchors and profiles are disabled until somebody enables them; a document that does not say is taken
/// for one that counts.
fn is_enabled(value: &Value) -> bool {
    value.pointer("/config/Enabled").and_then(Value::as_bool) != Some(false)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(&format!("/config{pointer}"))?.as_str()
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    let list = value.pointer(&format!("/config{pointer}"));
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

/// What stands behind the last slash: ids of pools have colons in them.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
