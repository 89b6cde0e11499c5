//! Condition keys that follow from who asks and what is asked for.
//!
//! Only what AWS documents as always present or always absent for that kind of caller is derived;
//! everything else stays open. Source: AWS IAM User Guide, "AWS global condition context keys"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html> and the
//! table of "IAM policy elements: Variables and tags"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use crate::arn;
use crate::context::{Context, Fact, Keys, Known};
use crate::principal::Principal;

/// The facts of an open question.
pub(crate) struct Derived<'a> {
    keys: &'a Keys,
    principal: &'a Principal,
    /// Whether an action of STS is asked for, which alone has keys of STS.
    of_sts: bool,
    /// The ARN of the role behind a session, where its path is known.
    role_arn: Option<String>,
    resource_account: &'a str,
}

/// The keys that [`Derived::derive`] may know, as [`Context::derived`] writes them.
const DERIVABLE: [&str; 9] = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalType",
    "aws:ResourceAccount",
    "aws:username",
    "kms:CallerAccount",
    "s3:ResourceAccount",
];

/// The one service that comes with tags of a principal.
const ROLES_ANYWHERE: &str = "rolesanywhere.amazonaws.com";

impl<'a> Derived<'a> {
    pub(crate) fn new(
        principal: &'a Principal,
        role_path: Option<&str>,
        action: &str,
        resource_account: &'a str,
        keys: &'a Keys,
    ) -> Self {
        let service = action.split(':').next().unwrap_or_default();
        let role_arn = match (principal, role_path) {
            (
                Principal::RoleSession {
                    arn, account, role, ..
                },
                Some(path),
            ) => arn::split(arn)
                .map(|parts| format!("arn:{}:iam::{account}:role{path}{role}", parts.partition)),
            _ => None,
        };
        Self {
            keys,
            principal,
            of_sts: service.eq_ignore_ascii_case("sts"),
            role_arn,
            resource_account,
        }
    }

    /// Looks a lower-case key up: what the question says, else what follows from the principal.
    pub(crate) fn lookup(&self, key: &str) -> Fact<'_> {
        match self.keys.get_lower(key) {
            Some(Known::Fixed(values)) if !values.is_empty() => Fact::Values(values),
            Some(Known::Since(moment)) => Fact::Since(moment),
            Some(Known::Fixed(_) | Known::Absent) => Fact::Absent,
            None => self.derive(key),
        }
    }

    fn derive(&self, key: &str) -> Fact<'_> {
        let is_service = matches!(self.principal, Principal::Service { .. });
        match key {
            "aws:resourceaccount" | "s3:resourceaccount"
                if arn::is_account_id(self.resource_account) =>
            {
                Fact::One(self.resource_account)
            }
            // Source: Service Authorization Reference, "Condition keys for AWS Security Token Service".
            "sts:externalid"
            | "sts:rolesessionname"
            | "sts:sourceidentity"
            | "sts:transitivetagkeys"
                if !self.of_sts =>
            {
                Fact::Absent
            }
            // Set only on calls that a service makes directly, as itself.
            "aws:sourcearn"
            | "aws:sourceaccount"
            | "aws:sourceorgid"
            | "aws:sourceorgpaths"
            | "aws:principalservicename"
            | "aws:principalservicenameslist"
                if !is_service =>
            {
                Fact::Absent
            }
            _ => match self.principal {
                Principal::Service { name } => service(key, name),
                Principal::Anonymous => anonymous(key),
                Principal::IdentityProvider { .. } => federated(key),
                identity => self.identity(key, identity),
            },
        }
    }

    fn identity(&self, key: &str, identity: &'a Principal) -> Fact<'_> {
        let account = identity.account().map_or(Fact::Unknown, Fact::One);
        match key {
            // The older name by which SNS tells the caller's account. Source: SNS Developer Guide, "Special
            // SNS policy keys" and "Default access policy".
            "aws:principalaccount" | "aws:sourceowner" | "kms:calleraccount" => account,
            "aws:principalisawsservice" => Fact::One("false"),
            // For a role session this is the ARN of the role.
            "aws:principalarn" => match identity {
                Principal::RoleSession { .. } => {
                    self.role_arn.as_deref().map_or(Fact::Unknown, Fact::One)
                }
                other => Fact::One(other.as_str()),
            },
            "aws:principaltype" => Fact::One(match identity {
                Principal::Root { .. } => "Account",
                Principal::User { .. } => "User",
                Principal::FederatedUser { .. } => "FederatedUser",
                _ => "AssumedRole",
            }),
            "aws:username" => match identity {
                Principal::User { name, .. } => Fact::One(name),
                _ => Fact::Absent,
            },
            // Always there; a service that passes a request on says true.
            "aws:viaawsservice" => Fact::Present,
            // Sessions have temporary credentials only. A user, and a root user, may have either kind.
            "aws:tokenissuetime" => match identity {
                Principal::User { .. } | Principal::Root { .. } => Fact::Unknown,
                _ => Fact::Present,
            },
            _ => Fact::Unknown,
        }
    }
}

fn service<'a>(key: &str, name: &'a str) -> Fact<'a> {
    match key {
        "aws:principalisawsservice" => Fact::One("true"),
        "aws:principalservicename" => Fact::One(name),
        "aws:principalorgid"
        | "aws:principalorgpaths"
        | "aws:principalaccount"
        | "aws:principalarn"
        | "aws:username" => Fact::Absent,
        // It hands on what a certificate says. Source: IAM Roles Anywhere User Guide, "Trust model".
        _ if key.starts_with("aws:principaltag/") && name != ROLES_ANYWHERE => Fact::Absent,
        _ => Fact::Unknown,
    }
}

/// Whoever exchanges a token or an assertion for a session is no principal yet, and so in no
/// organization; the request is not signed, so that `aws:PrincipalIsAWSService` is missing too. What it
/// carries besides and the provider's claims is not documented.
fn federated<'a>(key: &str) -> Fact<'a> {
    match key {
        "aws:principalorgid" | "aws:principalorgpaths" | "aws:principalisawsservice" => {
            Fact::Absent
        }
        _ => Fact::Unknown,
    }
}

fn anonymous<'a>(key: &str) -> Fact<'a> {
    match key {
        "aws:principaltype" => Fact::One("Anonymous"),
        "aws:principalorgid"
        | "aws:principalorgpaths"
        | "aws:principalaccount"
        | "aws:principalarn"
        | "aws:principalisawsservice"
        | "aws:username"
        | "aws:multifactorauthpresent"
        | "aws:multifactorauthage"
        | "aws:tokenissuetime"
        | "aws:sourceidentity"
        | "aws:federatedprovider" => Fact::Absent,
        _ if key.starts_with("aws:principaltag/") => Fact::Absent,
        _ => Fact::Unknown,
    }
}

impl Context {
    /// The condition keys that follow from the principal and the resource's owner, to start a
    /// request's context with. A session's `aws:PrincipalArn` needs the role's path.
    #[must_use]
    pub fn derived(principal: &Principal, role_path: Option<&str>, resource_account: &str) -> Self {
        let keys = Keys::new();
        let derived = Derived::new(
            principal,
            role_path,
            "s3:GetObject",
            resource_account,
            &keys,
        );
        let mut context = Self::new();
        for key in DERIVABLE {
            if let Fact::One(value) = derived.lookup(&key.to_ascii_lowercase()) {
                context.insert(key, [value]);
            }
        }
        context
    }
}
