//! What is asked for: whose it is, what is known of it, and which keys depend on it.

use blastwall_policy::{Layers, Requirement};

use super::ask::{Asked, QuestionError, Questions};
use super::caller::Caller;
use super::resource::{Bucket, Place, can_have_policy};
use crate::facts::{StorePolicy, with_qualifier};
use crate::judge::ResourcePolicy;
use crate::world::{FunctionRow, PrincipalRow, StoreRow, WorkloadRow};

/// Keys that every request has, or every one that a person or a program sends itself. Without a value
/// for one that matters there is no answer.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
pub(super) const ALWAYS_SENT: [&str; 5] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:requestedregion",
    "aws:sourceip",
    "aws:useragent",
];

/// The keys that requests with temporary credentials have.
pub(super) const OF_SESSIONS: [&str; 2] = ["aws:multifactorauthpresent", "aws:tokenissuetime"];

/// The resource with what is known of it.
pub(super) struct Target<'q> {
    pub(super) account: Option<String>,
    pub(super) owner_unknown: bool,
    pub(super) region: Option<&'q str>,
    pub(super) role: Option<&'q PrincipalRow>,
    pub(super) bucket: Option<&'q Bucket>,
    pub(super) policy: Option<ResourcePolicy<'q>>,
    pub(super) restricted: bool,
    pub(super) gaps: Vec<String>,
}

impl Questions {
    pub(super) fn target<'q>(
        &'q self,
        asked: &Asked<'q>,
        caller: &Caller<'_>,
    ) -> Result<Target<'q>, QuestionError> {
        let own = caller.principal.acting_account();
        let mut target = Target {
            account: own.map(str::to_owned),
            owner_unknown: false,
            region: None,
            role: None,
            bucket: None,
            policy: None,
            restricted: false,
            gaps: Vec::new(),
        };
        if asked.resource == "*" {
            return Ok(target);
        }
        let place = Place::of(asked.resource)
            .ok_or_else(|| QuestionError::Resource(asked.resource.to_owned()))?;
        target.region = Some(place.region).filter(|region| !region.is_empty());
        if !place.account.is_empty() && place.account != "aws" {
            target.account = Some(place.account.to_owned());
        }
        if let Some(name) = place.bucket() {
            self.bucket(name, own, &mut target);
        } else if place.service == "iam" && place.name.starts_with("role/") {
            self.role(asked, place, &mut target)?;
        } else if let Some(row) = self.store(asked.resource) {
            target.policy = match row.policy {
                StorePolicy::Policy(index) => Some(ResourcePolicy::Resource(index, &row.arn)),
                StorePolicy::None => None,
                StorePolicy::Unknown => Some(ResourcePolicy::NotSeen),
            };
            if row.policy == StorePolicy::Unknown {
                target.gaps.push(format!("the policy of {}", row.arn));
            }
        } else if let Some((row, function)) = self.function(asked.resource) {
            let policy = function.policies.iter().find(|policy| {
                let of = with_qualifier(row.arn.as_str(), policy.qualifier.as_deref());
                of == asked.resource
            });
            target.policy = policy.map(|one| ResourcePolicy::Resource(one.policy, &row.arn));
            if !function.facts.known {
                target.policy = Some(ResourcePolicy::NotSeen);
                target.gaps.push(format!(
                    "the permissions of {}, which no document tells",
                    row.arn
                ));
            }
        } else if place.is_shared() {
            self.shared(asked.resource, place, own, &mut target);
        } else if can_have_policy(&place) {
            target.policy = Some(ResourcePolicy::NotSeen);
            target.gaps.push(format!(
                "the policy of {}, if it has one: such policies are not collected",
                asked.resource
            ));
        }
        Ok(target)
    }

    /// A function, asked for itself or as a version or alias of it.
    fn function(&self, arn: &str) -> Option<(&WorkloadRow, &FunctionRow)> {
        let mut functions = self.world.workloads.iter().filter_map(|row| {
            let rest = arn.strip_prefix(row.arn.as_str())?;
            let asked = rest.is_empty() || rest.starts_with(':');
            Some((row, row.function.as_ref().filter(|_| asked)?))
        });
        functions.next()
    }

    /// What holds data, where documents tell its policy, or that it has none.
    fn store(&self, arn: &str) -> Option<&StoreRow> {
        let row = self.world.store(self.world.find_store(arn)?)?;
        let told = row.policy != StorePolicy::None || row.kind.tells_policy();
        told.then_some(row)
    }

    /// What has no policy but is shared with accounts by name: in its own account identity policies decide,
    /// and of others those with whom it is shared.
    fn shared<'q>(
        &'q self,
        arn: &str,
        place: Place<'_>,
        own: Option<&str>,
        target: &mut Target<'q>,
    ) {
        let mut stores = self.world.stores.iter();
        let row = stores.find(|row| row.arn.as_str() == arn || row.asked == arn);
        let owner = row.and_then(|row| self.world.account(row.account));
        if let Some(owner) = owner {
            target.account = Some(owner.id.to_string());
        } else if place.account.is_empty() {
            target.account = None;
            target.owner_unknown = true;
        }
        if own.is_some() && target.account.as_deref() == own {
            return;
        }
        let caller = own.and_then(|own| self.world.account(self.world.find_account(own)?));
        match row {
            Some(row) if row.shares_unknown => {
                target.policy = Some(ResourcePolicy::NotSeen);
                target.gaps.push(format!("with whom {arn} is shared"));
            }
            Some(row) => {
                let by_id = row.shared_with.iter().any(|id| Some(id.as_str()) == own);
                let named = by_id || caller.is_some_and(|caller| row.is_shared_with(caller));
                if row.public || named {
                    target.policy = Some(ResourcePolicy::Opened);
                }
            }
            None => {
                target.policy = Some(ResourcePolicy::NotSeen);
                target.gaps.push(if target.owner_unknown {
                    format!(
                        "{arn} is not among the documents: neither whose it is, in whose account identity \
                         policies alone decide, nor with whom it is shared is known"
                    )
                } else {
                    format!("with whom {arn} is shared, which no document tells")
                });
            }
        }
    }

    pub(super) fn bucket<'q>(&'q self, name: &str, own: Option<&str>, target: &mut Target<'q>) {
        let Some(bucket) = self.buckets.get(name) else {
            target.account = None;
            target.owner_unknown = true;
            target.policy = Some(ResourcePolicy::NotSeen);
            target.gaps.push(format!(
                "the bucket `{name}` was not seen in any account: neither its owner nor its policy is known"
            ));
            return;
        };
        target.bucket = Some(bucket);
        target.account = Some(bucket.account.to_string());
        target.region = Some(bucket.region.as_str());
        match &bucket.policy {
            Ok(None) => {}
            Ok(Some(index)) => {
                target.policy = Some(ResourcePolicy::Resource(*index, &bucket.arn));
            }
            Err(why) => {
                target.policy = Some(ResourcePolicy::NotSeen);
                target
                    .gaps
                    .push(format!("the policy of the bucket `{name}`: {why}"));
            }
        }
        // The switch keeps strangers out alone, and only where there is a policy.
        let matters = target.policy.is_some() && own != Some(bucket.account.as_str());
        match self.buckets.restricted(bucket) {
            Ok(restricted) => target.restricted = restricted,
            Err(why) if matters => target.gaps.push(format!(
                "whether the bucket `{name}` keeps strangers out (RestrictPublicBuckets): {why}"
            )),
            Err(_) => {}
        }
    }

    /// A role has a trust policy, which has a say on who gets into it and on nothing else.
    pub(super) fn role<'q>(
        &'q self,
        asked: &Asked<'_>,
        place: Place<'_>,
        target: &mut Target<'q>,
    ) -> Result<(), QuestionError> {
        target.role = self
            .world
            .find_principal(asked.resource)
            .and_then(|index| self.world.principal(index));
        let entering = asked
            .action
            .split_once(':')
            .is_some_and(|(service, _)| service.eq_ignore_ascii_case("sts"));
        if !entering {
            return Ok(());
        }
        if target.role.is_none() {
            let account = self.world.find_account(place.account);
            self.exists(account, "role", asked.resource, |row| {
                row.arn.resource().starts_with("role/")
            })?;
        }
        target.policy = target
            .role
            .map_or(Some(ResourcePolicy::NotSeen), ResourcePolicy::of);
        if let Some(ResourcePolicy::NotSeen) = target.policy {
            let noted = self
                .unjudged
                .iter()
                .find(|noted| noted.arn.as_str() == asked.resource);
            let why =
                noted.map_or_else(|| self.why_unseen(place.account), |noted| noted.why.clone());
            target
                .gaps
                .push(format!("the trust policy of {}: {why}", asked.resource));
        }
        Ok(())
    }
}

impl Target<'_> {
    pub(super) fn tags_unknown(&self) -> bool {
        match (self.bucket, self.role) {
            (Some(bucket), _) => bucket.tags.is_none(),
            (None, Some(role)) => role.tags.is_none(),
            (None, None) => true,
        }
    }

    pub(super) fn with_switch<'a>(&self, layers: &Layers<'a>) -> Layers<'a> {
        Layers {
            // A policy that was not seen may be one that is not public.
            restrict_public_buckets: self.restricted
                && matches!(self.policy, Some(ResourcePolicy::Resource(..))),
            ..*layers
        }
    }

    /// Keys that matter and that the request has, or may well have, with a value that is not known.
    pub(super) fn key_gaps(
        &self,
        open: &[Requirement],
        of_session: bool,
        caller_tags_unknown: bool,
        caller_organization_unknown: bool,
    ) -> Vec<String> {
        let tests = open.iter().flat_map(|requirement| &requirement.any_of);
        tests
            .filter_map(|test| {
                let key = test.key.to_ascii_lowercase();
                if ALWAYS_SENT.contains(&key.as_str())
                    || (of_session && OF_SESSIONS.contains(&key.as_str()))
                {
                    Some(format!(
                        "{}, which such a request has; give it with --context",
                        test.key
                    ))
                } else if (key.contains("resourcetag/") || key.starts_with("s3:buckettag/"))
                    && self.tags_unknown()
                    || key.starts_with("s3:existingobjecttag/")
                {
                    Some(format!(
                        "{}: the tags of the resource were not seen; give it with --context",
                        test.key
                    ))
                } else if key.starts_with("aws:principaltag/") && caller_tags_unknown {
                    Some(format!(
                        "{}: the tags of the caller are not known; give it with --context",
                        test.key
                    ))
                } else if key.starts_with("aws:principalorg") && caller_organization_unknown {
                    Some(format!(
                        "{}: the organization of the caller was not seen; give it with --context",
                        test.key
                    ))
                } else {
                    None
                }
            })
            .collect()
    }
}
