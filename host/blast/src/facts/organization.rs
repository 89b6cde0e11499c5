//! The organization: its accounts, units and the policies attached to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use blastwall_model::resources::organizations::ResourcePolicyKind;
use blastwall_model::resources::{
    AccountKind, DelegatedAdministratorKind, OrganizationKind, OrganizationalUnitKind, PolicyKind,
};
use blastwall_model::{AccountId, Arn, Document, Field, Kind};
use serde_json::json;

use super::{Attachment, Policies, PolicyIndex, Unjudged, in_words};

/// The two kinds of policy that bind requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PolicyType {
    /// Service control policies bind the principals of an account.
    ServiceControl,
    /// Resource control policies bind the resources of an account.
    ResourceControl,
}

impl PolicyType {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "SERVICE_CONTROL_POLICY" => Some(PolicyType::ServiceControl),
            "RESOURCE_CONTROL_POLICY" => Some(PolicyType::ResourceControl),
            _ => None,
        }
    }

    /// As Organizations calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            PolicyType::ServiceControl => "SERVICE_CONTROL_POLICY",
            PolicyType::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }
}

/// An account of the organization.
#[derive(Clone, Debug, Default)]
pub(crate) struct Membership {
    pub(crate) name: Option<String>,
    /// The root or unit that it is in.
    pub(crate) parent: Option<String>,
    /// `ACTIVE` and so on; none counts as active.
    pub(crate) status: Option<String>,
}

impl Membership {
    /// Whether anything can happen in the account. AWS closes a suspended account to everyone.
    pub(crate) fn is_active(&self) -> bool {
        self.status
            .as_deref()
            .is_none_or(|status| status == "ACTIVE")
    }
}

/// A service or resource control policy.
#[derive(Clone, Debug)]
pub(crate) struct ControlPolicy {
    /// `p-…`.
    pub(crate) id: String,
    pub(crate) policy_type: PolicyType,
    /// None if it could not be read.
    pub(crate) policy: Option<PolicyIndex>,
    /// What it is attached to; none if that is not known.
    targets: Option<Vec<String>>,
}

/// What the organization's documents say.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrganizationFacts {
    pub(crate) id: Option<String>,
    pub(crate) root: Option<String>,
    pub(crate) management_account: Option<AccountId>,
    /// `ALL` or `CONSOLIDATED_BILLING`; none if it was not told.
    pub(crate) feature_set: Option<String>,
    /// Features of central root access; none if they were not told.
    pub(crate) features: Option<Vec<String>>,
    /// Services with trusted access; none if they were not told.
    pub(crate) trusted_services: Option<Vec<String>>,
    /// The services that an account administers for the organization.
    pub(crate) delegated: BTreeMap<AccountId, Vec<String>>,
    /// The policy that delegates administration of policies, and its ARN.
    pub(crate) resource_policy: Option<(Arn, PolicyIndex)>,
    enabled_types: Option<Vec<String>>,
    /// Unit to parent.
    pub(crate) parents: BTreeMap<String, String>,
    unit_names: BTreeMap<String, String>,
    pub(crate) accounts: BTreeMap<AccountId, Membership>,
    control_policies: Vec<ControlPolicy>,
    attached: BTreeMap<(PolicyType, String), Vec<Attachment>>,
    /// Policies that could not be read: type, target and policy name.
    unreadable: BTreeMap<(PolicyType, String), Vec<String>>,
    /// Policies of which it is not known what they are attached to: they may bind any account.
    unplaced: BTreeMap<PolicyType, Vec<String>>,
    /// Whether AWS's own policy that allows everything is among the documents. AWS lists it
    /// always, so a description without it was written by hand and leaves out the default.
    full_access_told: bool,
    /// That policy, to complete such a description.
    full_access: Option<Attachment>,
}

impl OrganizationFacts {
    pub(super) fn add(
        &mut self,
        documents: &[Document],
        policies: &mut Policies,
        unjudged: &mut Vec<Unjudged>,
    ) {
        let allow_all = json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
        self.full_access = policies.keep(&allow_all).ok().map(|policy| Attachment {
            origin: "FullAWSAccess (implied)".into(),
            policy,
        });
        for document in documents {
            let read = match document.kind.as_str() {
                OrganizationKind::TYPE => self.add_organization(document),
                OrganizationalUnitKind::TYPE => self.add_unit(document),
                AccountKind::TYPE => self.add_account(document),
                DelegatedAdministratorKind::TYPE => self.add_delegated(document),
                PolicyKind::TYPE => self.add_policy(document, policies, unjudged),
                ResourcePolicyKind::TYPE => self.add_resource_policy(document, policies),
                _ => Ok(()),
            };
            if let Err(why) = read {
                unjudged.push(Unjudged {
                    arn: document.arn.clone(),
                    why,
                });
            }
        }
    }

    /// Says that documents of a type could not be listed.
    pub(super) fn add_gap(&mut self, kind: &str, why: &str) {
        if kind != PolicyKind::TYPE {
            return;
        }
        for policy_type in [PolicyType::ServiceControl, PolicyType::ResourceControl] {
            let unplaced = self.unplaced.entry(policy_type).or_default();
            unplaced.push(format!("some policy of the organization ({why})"));
        }
    }

    fn add_organization(&mut self, document: &Document) -> Result<(), String> {
        let organization = document.to::<OrganizationKind>().map_err(in_words)?;
        let config = &organization.config;
        self.id = config.id.known().cloned();
        self.root = config.root_id.known().cloned();
        self.feature_set = config.feature_set.known().cloned();
        let observed = &organization.observed;
        self.enabled_types = observed.enabled_policy_types.known().cloned();
        // What is not there is off; only what could not be seen is open.
        let told = |list: &Field<Vec<String>>| {
            let list = list.get().ok()?;
            Some(list.cloned().unwrap_or_default())
        };
        self.features = told(&observed.enabled_features);
        self.trusted_services = told(&observed.enabled_service_principals);
        self.management_account = match config.management_account_id.known() {
            Some(id) => Some(id.parse().map_err(in_words)?),
            None => Some(organization.account.clone()),
        };
        Ok(())
    }

    fn add_delegated(&mut self, document: &Document) -> Result<(), String> {
        let delegated = document
            .to::<DelegatedAdministratorKind>()
            .map_err(in_words)?;
        let config = &delegated.config;
        let id = config.account_id.required().map_err(in_words)?;
        let services = config.service_principals.required().map_err(in_words)?;
        self.delegated
            .insert(id.parse().map_err(in_words)?, services.clone());
        Ok(())
    }

    fn add_unit(&mut self, document: &Document) -> Result<(), String> {
        let unit = document.to::<OrganizationalUnitKind>().map_err(in_words)?;
        let id = unit.config.id.required().map_err(in_words)?;
        if let Some(name) = unit.config.name.known() {
            self.unit_names.insert(id.clone(), name.clone());
        }
        if let Some(parent) = unit.config.parent_id.get().map_err(in_words)? {
            self.parents.insert(id.clone(), parent.clone());
        }
        Ok(())
    }

    fn add_account(&mut self, document: &Document) -> Result<(), String> {
        let account = document.to::<AccountKind>().map_err(in_words)?;
        let id = account.config.account_id.required().map_err(in_words)?;
        let parent = account.config.parent_ids.get().map_err(in_words)?;
        self.accounts.insert(
            id.parse().map_err(in_words)?,
            Membership {
                name: account.config.account_name.known().cloned(),
                parent: parent.and_then(|parents| parents.first().cloned()),
                status: account.observed.status.known().cloned(),
            },
        );
        Ok(())
    }

    fn add_resource_policy(
        &mut self,
        document: &Document,
        policies: &mut Policies,
    ) -> Result<(), String> {
        let delegation = document.to::<ResourcePolicyKind>().map_err(in_words)?;
        let content = delegation.config.content.required().map_err(in_words)?;
        let kept = policies.keep(content).map_err(in_words)?;
        self.resource_policy = Some((document.arn.clone(), kept));
        Ok(())
    }

    fn add_policy(
        &mut self,
        document: &Document,
        policies: &mut Policies,
        unjudged: &mut Vec<Unjudged>,
    ) -> Result<(), String> {
        let policy = document.to::<PolicyKind>().map_err(in_words)?;
        let config = &policy.config;
        let type_name = config.policy_type.required().map_err(in_words)?;
        let Some(policy_type) = PolicyType::from_name(type_name) else {
            return Ok(());
        };
        let of_arn = document.arn.as_str().rsplit('/').next();
        let id = config.id.known().map(String::as_str).or(of_arn);
        let id = id.unwrap_or_default();
        if policy_type == PolicyType::ServiceControl && id == "p-FullAWSAccess" {
            self.full_access_told = true;
        }
        let name = config.name.known().map_or(id, String::as_str);
        let origin: Arc<str> = format!("{name} ({id})").into();
        let kept = match config.content.required() {
            Ok(content) => policies.keep(content).map_err(in_words),
            Err(unknown) => Err(in_words(unknown)),
        };
        let targets = config.target_ids.get();
        self.control_policies.push(ControlPolicy {
            id: id.to_owned(),
            policy_type,
            policy: kept.as_ref().ok().copied(),
            targets: targets
                .as_ref()
                .ok()
                .map(|targets| targets.cloned().unwrap_or_default()),
        });
        let targets = match targets {
            Ok(targets) => targets,
            Err(unknown) => {
                let unplaced = self.unplaced.entry(policy_type).or_default();
                unplaced.push(origin.to_string());
                return Err(in_words(unknown));
            }
        };
        if let Err(why) = &kept {
            unjudged.push(Unjudged {
                arn: document.arn.clone(),
                why: why.clone(),
            });
        }
        for target in targets.into_iter().flatten() {
            let place = (policy_type, target.clone());
            match &kept {
                Ok(policy) => self.attached.entry(place).or_default().push(Attachment {
                    origin: Arc::clone(&origin),
                    policy: *policy,
                }),
                Err(_) => self
                    .unreadable
                    .entry(place)
                    .or_default()
                    .push(origin.to_string()),
            }
        }
        Ok(())
    }

    /// The root and units above an account, root first, then the account itself.
    ///
    /// Units that lead in a circle (only a damaged description has that) end the walk.
    pub(crate) fn lineage(&self, account: &AccountId) -> Vec<String> {
        let mut lineage = vec![account.to_string()];
        let mut above = self
            .accounts
            .get(account)
            .and_then(|membership| membership.parent.clone())
            .or_else(|| self.root.clone());
        while let Some(place) = above {
            if lineage.contains(&place) {
                break;
            }
            above = self.parents.get(&place).cloned();
            lineage.push(place);
        }
        lineage.reverse();
        lineage
    }

    /// The policies of one type per level above an account, root first, account last; empty if
    /// the type is off. That they do not bind the management account is the caller's business.
    ///
    /// AWS does not let the last policy of a level be detached, so a level for which none is told
    /// has the default, which allows everything, and is left out here. Where the default policy is
    /// not among the documents, a level with denials alone has it too; and so has one to which a
    /// policy may belong that could not be read or placed, which is a condition of its own
    /// ([`Self::unreadable`]).
    pub(crate) fn levels(
        &self,
        policy_type: PolicyType,
        account: &AccountId,
        policies: &Policies,
    ) -> Vec<Vec<Attachment>> {
        // What allows may be the very policy that could not be placed or read.
        let unplaced = self.unplaced.contains_key(&policy_type);
        self.attached_above(policy_type, account)
            .into_iter()
            .map(|(place, attached)| {
                let unseen = unplaced || self.unreadable.contains_key(&(policy_type, place));
                let mut level = attached.clone();
                if policy_type == PolicyType::ServiceControl
                    && (unseen || !self.full_access_told)
                    && !level.iter().any(|attachment| allows(policies, attachment))
                {
                    level.extend(self.full_access.clone());
                }
                // Not in the order of the documents.
                level.sort();
                level
            })
            .collect()
    }

    /// The places of [`Self::levels`], in its order and in words: the root, units and accounts with
    /// their names, as far as they are told.
    pub(crate) fn level_names(&self, policy_type: PolicyType, account: &AccountId) -> Vec<String> {
        self.attached_above(policy_type, account)
            .into_iter()
            .map(|(place, _)| {
                let (kind, name) = if self.root.as_ref() == Some(&place) {
                    ("root", None)
                } else if place == account.as_str() {
                    let membership = self.accounts.get(account);
                    let name = membership.and_then(|membership| membership.name.as_ref());
                    ("account", name)
                } else if place.starts_with("r-") {
                    ("root", None)
                } else {
                    ("unit", self.unit_names.get(&place))
                };
                match name {
                    Some(name) => format!("{kind} {place} ({name})"),
                    None => format!("{kind} {place}"),
                }
            })
            .collect()
    }

    fn is_off(&self, policy_type: PolicyType) -> bool {
        let enabled = self.enabled_types.as_ref();
        enabled.is_some_and(|enabled| !enabled.iter().any(|name| name == policy_type.name()))
    }

    /// The policies that bind some account, and which of the places above accounts they are attached to; none
    /// where that is not known. None binds the management account.
    pub(crate) fn binding_policies(
        &self,
    ) -> impl Iterator<Item = (&ControlPolicy, Option<Vec<&str>>)> {
        let members = self.accounts.keys();
        let members = members.filter(|id| Some(*id) != self.management_account.as_ref());
        let above: BTreeSet<String> = members.flat_map(|id| self.lineage(id)).collect();
        let on = self.control_policies.iter();
        let on = on.filter(|policy| !self.is_off(policy.policy_type));
        on.filter_map(move |policy| {
            let Some(targets) = &policy.targets else {
                return Some((policy, None));
            };
            let binding = targets.iter().filter(|place| above.contains(*place));
            let binding: Vec<&str> = binding.map(String::as_str).collect();
            (!binding.is_empty()).then_some((policy, Some(binding)))
        })
    }

    /// Where above an account policies of one type are attached, and which; nowhere if the type is off.
    fn attached_above(
        &self,
        policy_type: PolicyType,
        account: &AccountId,
    ) -> Vec<(String, &Vec<Attachment>)> {
        if self.is_off(policy_type) {
            return Vec::new();
        }
        self.lineage(account)
            .into_iter()
            .filter_map(|place| {
                let attached = self.attached.get(&(policy_type, place.clone()))?;
                Some((place, attached))
            })
            .collect()
    }

    /// Policies of one type that could not be read, or not placed, and that are or may be above an
    /// account, each as the condition that it lets through what is asked.
    pub(crate) fn unreadable(&self, policy_type: PolicyType, account: &AccountId) -> Vec<String> {
        self.lineage(account)
            .into_iter()
            .filter_map(|place| self.unreadable.get(&(policy_type, place)))
            .chain(self.unplaced.get(&policy_type))
            .flatten()
            .map(|origin| {
                format!("{origin}, which could not be read or placed, does not stand in the way")
            })
            .collect()
    }
}

fn allows(policies: &Policies, attachment: &Attachment) -> bool {
    policies.get(attachment.policy).is_some_and(|stored| {
        stored
            .policy
            .statements
            .iter()
            .any(|statement| statement.effect == blastwall_policy::Effect::Allow)
    })
}
