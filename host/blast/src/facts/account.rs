//! The principals of one account, from its resource documents.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use blastwall_model::resources::{
    Group, GroupKind, ManagedPolicyKind, RoleKind, UserKind, iam::InlinePolicy,
};
use blastwall_model::{AccountId, Arn, Document, Field, Kind, Tags};
use serde_json::{Value, json};

use super::access_points::{self, AccessPointFacts};
use super::assembled::assembled;
use super::evidence::EvidenceFacts;
use super::federation::FederationFacts;
use super::function_policies::FunctionPolicies;
use super::guests::Guests;
use super::networks::NetworkFacts;
use super::sharing::SharingFacts;
use super::stores::{self, StoreFacts};
use super::ways_in::WaysIn;
use super::workforce::WorkforceFacts;
use super::workloads::{self, WorkloadFacts};
use super::{Policies, PolicyIndex, Unjudged, in_words, known_policies};

/// A policy and where it comes from, in words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Attachment {
    /// An ARN, or whose inline policy it is.
    pub(crate) origin: Arc<str>,
    pub(crate) policy: PolicyIndex,
}

/// What kind of principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PrincipalKind {
    User,
    Role,
}

/// The permissions boundary of a principal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Boundary {
    None,
    Policy(Attachment),
    /// It has one, and what it says is not known.
    Unknown,
}

/// Who may assume a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Users have no trust policy.
    NotApplicable,
    Policy(PolicyIndex),
    /// The policy could not be read; [`Unjudged`] says why.
    Unknown,
}

/// A user or a role.
#[derive(Clone, Debug)]
pub(crate) struct PrincipalFacts {
    pub(crate) arn: Arn,
    pub(crate) kind: PrincipalKind,
    /// Its identity policies, those of its groups included, as far as a link kind asks for what
    /// they say.
    pub(crate) identity: Vec<Attachment>,
    pub(crate) boundary: Boundary,
    /// What of its identity policies or boundary is not known, in words.
    pub(crate) gaps: Vec<String>,
    pub(crate) trust: Trust,
    /// None if they are not known.
    pub(crate) tags: Option<Tags>,
    /// The groups and customer managed policies that say what it may do, by ARN: whoever rewrites one
    /// rewrites it.
    pub(crate) shaped_by: Vec<Arc<str>>,
    /// Whether an instance profile has it; none if that is not known.
    pub(crate) in_instance_profile: Option<bool>,
    pub(crate) credentials: Credentials,
    /// `AROA…` or `AIDA…`; none if it was not told.
    pub(crate) unique_id: Option<Box<str>>,
}

/// The credentials that a user has, each as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// How many access keys, active or not.
    pub(crate) access_keys: Option<u8>,
    pub(crate) password: Option<bool>,
    pub(crate) second_factor: Option<bool>,
}

/// A group of users.
#[derive(Clone, Debug)]
pub(crate) struct GroupFacts {
    pub(crate) arn: Arc<str>,
    pub(crate) identity: Vec<Attachment>,
}

/// What an account brings.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountFacts {
    pub(crate) principals: Vec<PrincipalFacts>,
    pub(crate) groups: Vec<GroupFacts>,
    /// The managed policies that somebody could attach: its own, and those of AWS that are known.
    pub(crate) managed: Vec<Attachment>,
    pub(crate) workloads: Vec<WorkloadFacts>,
    /// How the internet reaches what is not among its workloads.
    pub(crate) ways_in: WaysIn,
    pub(crate) stores: Vec<StoreFacts>,
    pub(crate) access_points: Vec<AccessPointFacts>,
    pub(crate) workforce: WorkforceFacts,
    pub(crate) networks: NetworkFacts,
    pub(crate) federation: FederationFacts,
    pub(crate) evidence: EvidenceFacts,
    pub(crate) sharing: SharingFacts,
}

impl AccountFacts {
    pub(super) fn read(
        account: &AccountId,
        documents: &[Document],
        policies: &mut Policies,
        unjudged: &mut Vec<Unjudged>,
        guests: &mut Guests,
    ) -> Self {
        let mut reader = Reader {
            policies,
            unjudged,
            managed: HashMap::new(),
            groups: BTreeMap::new(),
            names: HashMap::new(),
        };
        let assembled = assembled(documents);
        let whole = |(place, document)| assembled.get(&place).unwrap_or(document);
        let own = || {
            let documents = documents.iter().enumerate().map(whole);
            documents.filter(|document| document.account == *account)
        };
        for document in own() {
            reader.read_shared(document);
        }
        let mut principals: Vec<PrincipalFacts> = own()
            .filter_map(|document| reader.read_principal(document))
            .collect();
        if let Some(roles) = workloads::roles_in_profiles(own()) {
            for principal in &mut principals {
                let listed = roles.contains(name_of(&principal.arn));
                principal.in_instance_profile.get_or_insert(listed);
            }
        }
        let groups = reader.groups.values().cloned().collect::<Vec<_>>();
        let mut ways_in = WaysIn::read(own(), reader.policies, reader.unjudged);
        let functions = FunctionPolicies::read(own(), reader.policies, reader.unjudged);
        let facts = Self {
            principals,
            groups: groups.iter().map(|group| reader.group(group)).collect(),
            managed: reader.attachable(own()),
            workloads: workloads::read(own(), &mut ways_in, &functions),
            ways_in,
            stores: stores::read(own(), reader.policies, reader.unjudged),
            access_points: access_points::read(own(), reader.policies, reader.unjudged),
            workforce: WorkforceFacts::read(own(), reader.unjudged),
            networks: NetworkFacts::read(own()),
            federation: FederationFacts::read(own(), reader.unjudged),
            evidence: EvidenceFacts::read(own()),
            sharing: SharingFacts::read(own(), reader.policies, reader.unjudged),
        };
        guests.add(account, &facts, own());
        facts
    }

    /// Puts what was read of the ways in, with more that is known, in the place of what was.
    pub(super) fn set_ways_in(&mut self, mut ways_in: WaysIn) {
        for workload in &mut self.workloads {
            let arn = workload.arn.as_str();
            workload.exposed = ways_in.to.remove(arn).unwrap_or_default();
            ways_in.interfaces.remove(arn);
        }
        self.ways_in = ways_in;
    }
}

/// A managed policy of the account.
enum Managed {
    /// Told, and not kept so far: perhaps no link kind asks for what it says.
    Told(Value),
    /// Kept.
    Kept(PolicyIndex),
    /// It cannot be read, and why.
    Unreadable(String),
}

struct Reader<'a> {
    policies: &'a mut Policies,
    unjudged: &'a mut Vec<Unjudged>,
    managed: HashMap<String, Managed>,
    groups: BTreeMap<String, Group>,
    /// ARNs that many principals share.
    names: HashMap<String, Arc<str>>,
}

/// The identity side of a principal while it is put together.
#[derive(Default)]
struct Identity {
    attachments: Vec<Attachment>,
    gaps: Vec<String>,
    shaped_by: Vec<Arc<str>>,
}

impl Reader<'_> {
    fn note(&mut self, arn: &Arn, why: String) {
        self.unjudged.push(Unjudged {
            arn: arn.clone(),
            why,
        });
    }

    /// Groups and managed policies, which principals refer to.
    fn read_shared(&mut self, document: &Document) {
        match document.kind.as_str() {
            ManagedPolicyKind::TYPE => {
                let managed = match document.to::<ManagedPolicyKind>() {
                    Ok(policy) => match policy.config.policy_document.required() {
                        Ok(value) => Managed::Told(value.clone()),
                        Err(unknown) => Managed::Unreadable(in_words(unknown)),
                    },
                    Err(error) => Managed::Unreadable(in_words(error)),
                };
                self.managed.insert(document.arn.to_string(), managed);
            }
            GroupKind::TYPE => match document.to::<GroupKind>() {
                Ok(group) => {
                    let name = group.config.group_name.known().cloned();
                    let name = name.unwrap_or_else(|| name_of(&group.arn).to_owned());
                    self.groups.insert(name, group);
                }
                Err(error) => self.note(&document.arn, in_words(error)),
            },
            _ => {}
        }
    }

    fn read_principal(&mut self, document: &Document) -> Option<PrincipalFacts> {
        match document.kind.as_str() {
            UserKind::TYPE => self.read_user(document),
            RoleKind::TYPE => self.read_role(document),
            _ => None,
        }
    }

    fn read_user(&mut self, document: &Document) -> Option<PrincipalFacts> {
        let user = match document.to::<UserKind>() {
            Ok(user) => user,
            Err(error) => return self.unreadable(document, PrincipalKind::User, in_words(error)),
        };
        let mut identity = Identity::default();
        let owner = format!("user {}", name_of(&user.arn));
        let config = &user.config;
        self.add_inline(&mut identity, &owner, &config.policies);
        self.add_managed(&mut identity, &config.managed_policy_arns);
        match config.groups.get() {
            Ok(groups) => {
                for name in groups.into_iter().flatten() {
                    self.add_group(&mut identity, name);
                }
            }
            Err(unknown) => identity.gaps.push(in_words(unknown)),
        }
        let boundary = self.boundary(&mut identity, &config.permissions_boundary);
        let observed = &user.observed;
        let credentials = Credentials {
            access_keys: observed
                .access_keys
                .known()
                .map(|keys| u8::try_from(keys.len()).unwrap_or(u8::MAX)),
            password: observed.password_enabled.known().copied(),
            second_factor: observed.mfa_active.known().copied(),
        };
        let facts = self.finish(
            user.arn.clone(),
            PrincipalKind::User,
            identity,
            boundary,
            Trust::NotApplicable,
            &user.tags,
        );
        Some(PrincipalFacts {
            credentials,
            unique_id: observed.user_id.known().map(|id| id.as_str().into()),
            ..facts
        })
    }

    fn read_role(&mut self, document: &Document) -> Option<PrincipalFacts> {
        let role = match document.to::<RoleKind>() {
            Ok(role) => role,
            Err(error) => return self.unreadable(document, PrincipalKind::Role, in_words(error)),
        };
        let mut identity = Identity::default();
        let owner = format!("role {}", name_of(&role.arn));
        let config = &role.config;
        self.add_inline(&mut identity, &owner, &config.policies);
        self.add_managed(&mut identity, &config.managed_policy_arns);
        let boundary = self.boundary(&mut identity, &config.permissions_boundary);
        let trust = match config.assume_role_policy_document.required() {
            Ok(document) => self.policies.keep(document).map_err(in_words),
            Err(unknown) => Err(in_words(unknown)),
        };
        let trust = match trust {
            Ok(policy) => Trust::Policy(policy),
            Err(why) => {
                self.note(&role.arn, format!("trust policy: {why}"));
                Trust::Unknown
            }
        };
        let profiles = role.observed.instance_profiles.get().ok().flatten();
        let facts = self.finish(
            role.arn.clone(),
            PrincipalKind::Role,
            identity,
            boundary,
            trust,
            &role.tags,
        );
        Some(PrincipalFacts {
            in_instance_profile: profiles.map(|profiles| !profiles.is_empty()),
            unique_id: role.observed.role_id.known().map(|id| id.as_str().into()),
            ..facts
        })
    }

    /// The managed policies that somebody could attach: those of the account, which somebody may rewrite, and
    /// those of AWS that say something that matters. What does not matter says nothing here.
    fn attachable<'a>(&mut self, documents: impl Iterator<Item = &'a Document>) -> Vec<Attachment> {
        let own = documents.filter(|document| document.kind == ManagedPolicyKind::TYPE);
        let own: Vec<String> = own.map(|document| document.arn.to_string()).collect();
        let partition = own.first().and_then(|arn| arn.split(':').nth(1));
        let partition = partition.unwrap_or("aws").to_owned();
        let of_aws = known_policies::NAMES.iter();
        let of_aws = of_aws.map(|name| format!("arn:{partition}:iam::aws:policy/{name}"));
        let nothing = json!({"Version": "2012-10-17", "Statement": []});
        let nothing = self.policies.keep(&nothing).ok();
        let own = own.into_iter().map(|arn| (arn, nothing));
        own.chain(of_aws.map(|arn| (arn, None)))
            .filter_map(|(arn, otherwise)| {
                // One that cannot be read is told by whoever has it.
                let policy = self.managed(&arn, false).ok()?.or(otherwise)?;
                let origin = self.name(&arn);
                Some(Attachment { origin, policy })
            })
            .collect()
    }

    /// A principal of which nothing but its ARN is known.
    fn unreadable(
        &mut self,
        document: &Document,
        kind: PrincipalKind,
        why: String,
    ) -> Option<PrincipalFacts> {
        self.note(&document.arn, why.clone());
        Some(PrincipalFacts {
            arn: document.arn.clone(),
            kind,
            identity: Vec::new(),
            boundary: Boundary::Unknown,
            gaps: vec![why],
            trust: match kind {
                PrincipalKind::User => Trust::NotApplicable,
                PrincipalKind::Role => Trust::Unknown,
            },
            tags: None,
            shaped_by: Vec::new(),
            in_instance_profile: None,
            credentials: Credentials::default(),
            unique_id: None,
        })
    }

    fn finish(
        &mut self,
        arn: Arn,
        kind: PrincipalKind,
        mut identity: Identity,
        boundary: Boundary,
        trust: Trust,
        tags: &Field<Tags>,
    ) -> PrincipalFacts {
        for gap in &identity.gaps {
            self.unjudged.push(Unjudged {
                arn: arn.clone(),
                why: gap.clone(),
            });
        }
        identity.attachments.sort();
        identity.attachments.dedup();
        identity.shaped_by.sort();
        identity.shaped_by.dedup();
        PrincipalFacts {
            arn,
            kind,
            identity: identity.attachments,
            boundary,
            gaps: identity.gaps,
            trust,
            tags: tags
                .get()
                .ok()
                .map(|tags| tags.cloned().unwrap_or_default()),
            shaped_by: identity.shaped_by,
            in_instance_profile: None,
            credentials: Credentials::default(),
            unique_id: None,
        }
    }

    /// An ARN, kept once.
    fn name(&mut self, arn: &str) -> Arc<str> {
        if let Some(name) = self.names.get(arn) {
            return Arc::clone(name);
        }
        let name: Arc<str> = arn.into();
        self.names.insert(arn.to_owned(), Arc::clone(&name));
        name
    }

    fn group(&mut self, group: &Group) -> GroupFacts {
        let mut identity = Identity::default();
        let owner = format!("group {}", name_of(&group.arn));
        self.add_inline(&mut identity, &owner, &group.config.policies);
        self.add_managed(&mut identity, &group.config.managed_policy_arns);
        GroupFacts {
            arn: self.name(group.arn.as_str()),
            identity: identity.attachments,
        }
    }

    fn add_group(&mut self, identity: &mut Identity, name: &str) {
        let Some(group) = self.groups.get(name) else {
            identity
                .gaps
                .push(format!("group `{name}` is not among the documents"));
            return;
        };
        let (inline, managed) = (
            group.config.policies.clone(),
            group.config.managed_policy_arns.clone(),
        );
        let arn = group.arn.to_string();
        identity.shaped_by.push(self.name(&arn));
        self.add_inline(identity, &format!("group {name}"), &inline);
        self.add_managed(identity, &managed);
    }

    fn add_inline(
        &mut self,
        identity: &mut Identity,
        owner: &str,
        inline: &Field<Vec<InlinePolicy>>,
    ) {
        let inline = match inline.get() {
            Ok(inline) => inline,
            Err(unknown) => {
                identity.gaps.push(in_words(unknown));
                return;
            }
        };
        for policy in inline.into_iter().flatten() {
            let origin = || format!("inline policy {} of {owner}", policy.policy_name);
            match self.policies.keep_if_relevant(&policy.policy_document) {
                Ok(Some(index)) => identity.attachments.push(Attachment {
                    origin: origin().into(),
                    policy: index,
                }),
                Ok(None) => {}
                Err(error) => identity.gaps.push(format!("{}: {error}", origin())),
            }
        }
    }

    fn add_managed(&mut self, identity: &mut Identity, arns: &Field<Vec<String>>) {
        let arns = match arns.get() {
            Ok(arns) => arns,
            Err(unknown) => {
                identity.gaps.push(in_words(unknown));
                return;
            }
        };
        for arn in arns.into_iter().flatten() {
            // AWS's own cannot be rewritten by anybody.
            if !arn.contains(":iam::aws:") {
                identity.shaped_by.push(self.name(arn));
            }
            match self.managed(arn, false) {
                Ok(Some(policy)) => identity.attachments.push(Attachment {
                    origin: arn.as_str().into(),
                    policy,
                }),
                Ok(None) => {}
                Err(why) => identity.gaps.push(why),
            }
        }
    }

    /// The managed policy with this ARN; none if no link kind asks for what it says and it need
    /// not be kept all the same.
    fn managed(&mut self, arn: &str, keep: bool) -> Result<Option<PolicyIndex>, String> {
        let document = match self.managed.get(arn) {
            Some(Managed::Kept(index)) => return Ok(Some(*index)),
            Some(Managed::Unreadable(why)) => return Err(format!("managed policy {arn}: {why}")),
            Some(Managed::Told(document)) => Some(document.clone()),
            None => known_policies::document(arn).cloned(),
        };
        let Some(document) = document else {
            return Err(format!("managed policy {arn} is not among the documents"));
        };
        let kept = if keep {
            self.policies.keep(&document).map(Some)
        } else {
            self.policies.keep_if_relevant(&document)
        };
        match kept {
            Ok(Some(index)) => {
                self.managed.insert(arn.to_owned(), Managed::Kept(index));
                Ok(Some(index))
            }
            // The document stays, because it may yet be somebody's boundary.
            Ok(None) => Ok(None),
            Err(error) => Err(format!("managed policy {arn}: {}", in_words(error))),
        }
    }

    fn boundary(&mut self, identity: &mut Identity, arn: &Field<String>) -> Boundary {
        let arn = match arn.get() {
            Ok(None) => return Boundary::None,
            Ok(Some(arn)) => arn,
            Err(unknown) => {
                identity.gaps.push(in_words(unknown));
                return Boundary::Unknown;
            }
        };
        match self.managed(arn, true) {
            Ok(Some(policy)) => Boundary::Policy(Attachment {
                origin: arn.as_str().into(),
                policy,
            }),
            Ok(None) => Boundary::Unknown,
            Err(why) => {
                identity.gaps.push(format!("permissions boundary: {why}"));
                Boundary::Unknown
            }
        }
    }
}

/// The last part of an ARN.
fn name_of(arn: &Arn) -> &str {
    arn.resource().rsplit('/').next().unwrap_or_default()
}
