//! What there is, a row each, and the numbers by which rows name each other.

use std::ops::Range;
use std::sync::Arc;

use blastwall_model::{AccountId, Arn, Tags};
use blastwall_policy::{KmsGrant, Principal};

use super::TrustSummary;
use crate::facts::{
    AccessEntry, Attachment, Boundary, Credentials, Environment, Exposure, FunctionFacts,
    GroupFacts, Lock, PolicyIndex, PrincipalKind, Replica, StoreKind, StorePolicy, Trust,
    WorkloadKind, networks::Host,
};
use crate::subject::OutsideParty;

macro_rules! index {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);

        impl $name {
            pub(crate) fn new(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }

            pub(crate) fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// The place of an account in [`World::accounts`].
    AccountIndex
);
index!(
    /// The place of a principal in [`World::principals`].
    PrincipalIndex
);
index!(
    /// The place of an outside party in [`World::outside`].
    OutsideIndex
);
index!(
    /// The place of a workload in [`World::workloads`].
    WorkloadIndex
);
index!(
    /// The place of a store in [`World::stores`].
    StoreIndex
);
index!(
    /// The place of a piece of evidence in [`World::evidence`].
    EvidenceIndex
);
index!(
    /// The place of an organization policy set in [`World::levels`].
    LevelsIndex
);

/// Policies of the organization by level, root first.
pub(crate) type Levels = Vec<Vec<Attachment>>;

/// An account that may be compromised.
#[derive(Clone, Debug)]
pub(crate) struct AccountRow {
    pub(crate) id: AccountId,
    pub(crate) name: Option<String>,
    pub(crate) environment: Environment,
    /// Whether it is an account of the organization.
    pub(crate) member: bool,
    /// Whether its documents were given.
    pub(crate) seen: bool,
    /// The service control policies that bind its principals.
    pub(crate) scps: LevelsIndex,
    /// The resource control policies that protect its resources.
    pub(crate) rcps: LevelsIndex,
    /// Policies of the organization that have a say and could not be read.
    pub(crate) scp_gaps: Vec<String>,
    pub(crate) rcp_gaps: Vec<String>,
    /// `aws:PrincipalOrgPaths` of its principals; none outside of an organization.
    pub(crate) organization_path: Option<String>,
    /// Its principals, as a range of [`World::principals`].
    pub(crate) principals: Range<usize>,
    pub(crate) groups: Vec<GroupFacts>,
    /// The managed policies that somebody could attach.
    pub(crate) managed: Vec<Attachment>,
}

impl AccountRow {
    /// What a principal gets besides by joining the group, or being attached the policy, at a place: groups
    /// come first.
    pub(crate) fn addition(&self, place: u16) -> &[Attachment] {
        let place = usize::from(place);
        match self.groups.get(place) {
            Some(group) => &group.identity,
            None => {
                let managed = self.managed.get(place - self.groups.len()..);
                managed.and_then(|rest| rest.get(..1)).unwrap_or_default()
            }
        }
    }
}

/// Something that runs code as a role.
#[derive(Clone, Debug)]
pub(crate) struct WorkloadRow {
    pub(crate) account: AccountIndex,
    pub(crate) arn: Arn,
    pub(crate) kind: &'static WorkloadKind,
    pub(crate) roles: Vec<PrincipalIndex>,
    /// None if they are not known.
    pub(crate) tags: Option<Tags>,
    /// How the internet reaches it, in each way.
    pub(crate) exposed: Vec<Exposure>,
    /// Of a function: who else may invoke or change it.
    pub(crate) function: Option<FunctionRow>,
    /// Where it is in networks.
    pub(crate) hosts: Vec<Host>,
    /// Of a cluster: whom it lets run code.
    pub(crate) entries: Vec<AccessEntry>,
    /// Of a cluster: the issuer of its service accounts' tokens, without the scheme.
    pub(crate) issuer: Option<String>,
    /// The action that it takes first, where it takes nothing from those who may change it as it is.
    pub(crate) opened_by: Option<&'static str>,
    /// Whether it hands no credentials out.
    pub(crate) is_silent: bool,
}

/// Who may invoke or change a function besides those whose own policies say so.
#[derive(Clone, Debug)]
pub(crate) struct FunctionRow {
    pub(crate) facts: FunctionFacts,
    /// Its policies and those of its versions and aliases, with whom they name.
    pub(crate) policies: Vec<FunctionPolicy>,
}

/// The policy of a function, or of a version or alias of it.
#[derive(Clone, Debug)]
pub(crate) struct FunctionPolicy {
    pub(crate) qualifier: Option<String>,
    pub(crate) policy: PolicyIndex,
    pub(crate) summary: TrustSummary,
}

/// Something that holds data.
#[derive(Clone, Debug)]
pub(crate) struct StoreRow {
    pub(crate) account: AccountIndex,
    pub(crate) arn: Arn,
    pub(crate) kind: &'static StoreKind,
    pub(crate) policy: StorePolicy,
    /// Of a bucket: what its access control list lets everybody read, as a policy, and whom that names.
    pub(crate) acl: Option<(PolicyIndex, TrustSummary)>,
    /// Its ARN as requests name it.
    pub(crate) asked: String,
    /// Whom its policy names.
    pub(crate) summary: TrustSummary,
    /// Its region, which the ARNs of some do not tell.
    pub(crate) region: Arc<str>,
    /// None if they are not known.
    pub(crate) tags: Option<Tags>,
    /// Whether its policy is public and access to what is public is restricted to its account.
    pub(crate) restricted: bool,
    /// Whether it is encrypted under a key that AWS keeps for the account, which nobody else may use.
    pub(crate) own_key: bool,
    /// Of a bucket: whether its key is asked about the bucket instead of each object.
    pub(crate) bucket_key: bool,
    /// Of a key: whether it decrypts nothing as it is.
    pub(crate) unusable: bool,
    /// Whether it is reached from inside a network alone.
    pub(crate) in_network: bool,
    /// The key that its data is encrypted under, if that is at hand.
    pub(crate) key: Option<StoreIndex>,
    /// Of a key: its grants that let somebody decrypt.
    pub(crate) grants: Vec<KmsGrant>,
    /// Whom they name, by ARN, in the same order.
    pub(crate) grantees: Vec<String>,
    /// The keys of the encryption contexts that they ask for.
    pub(crate) granted_contexts: Vec<String>,
    /// The accounts that it is shared with.
    pub(crate) shared_with: Vec<String>,
    /// What of it they get, if not all; in words.
    pub(crate) share_doubt: Option<String>,
    /// What reading it hangs on and was not seen, in words.
    pub(crate) doubts: Vec<String>,
    /// Whether it is shared with everybody.
    pub(crate) public: bool,
    /// Whether it could not be seen with whom it is shared.
    pub(crate) shares_unknown: bool,
    /// Of a repository: whether a tag stays what it is.
    pub(crate) immutable: bool,
    pub(crate) lock: Lock,
    /// Of a bucket: whether versions of objects are kept.
    pub(crate) versioned: bool,
    /// Of a bucket: where it is copied to.
    pub(crate) replicas: Vec<Replica>,
}

/// An access point of a bucket.
#[derive(Clone, Debug)]
pub(crate) struct AccessPointRow {
    pub(crate) account: AccountIndex,
    pub(crate) arn: Arn,
    /// The bucket behind it.
    pub(crate) bucket: StoreIndex,
    pub(crate) policy: StorePolicy,
    /// Whom its policy names.
    pub(crate) summary: TrustSummary,
    /// Whether it is reached from inside a VPC alone.
    pub(crate) in_network: bool,
    /// Whether nobody outside its account gets through, whatever its policy says.
    pub(crate) closed: bool,
}

/// What a workload is made of and who supplies it.
#[derive(Clone, Debug)]
pub(crate) struct SupplyRow {
    pub(crate) workload: WorkloadIndex,
    /// The ARN or id by which the workload names it.
    pub(crate) name: String,
    /// The object in the bucket, if that is told.
    pub(crate) object: Option<String>,
    /// The store that it comes from, if that is at hand.
    pub(crate) store: Option<StoreIndex>,
    /// The account that owns it, if that is at hand and the store is not.
    pub(crate) account: Option<AccountIndex>,
    /// The account that owns it, if that is outside.
    pub(crate) outside: Option<OutsideParty>,
    /// Whether the workload names one version, which nobody changes.
    pub(crate) pinned: bool,
}

/// A user or role.
#[derive(Clone, Debug)]
pub(crate) struct PrincipalRow {
    pub(crate) account: AccountIndex,
    pub(crate) arn: Arn,
    pub(crate) kind: PrincipalKind,
    /// The same as the policy crate sees it; none if the ARN is not one of a user or role.
    pub(crate) principal: Option<Principal>,
    pub(crate) identity: Vec<Attachment>,
    pub(crate) boundary: Boundary,
    pub(crate) gaps: Vec<String>,
    pub(crate) trust: Trust,
    pub(crate) tags: Option<Tags>,
    pub(crate) shaped_by: Vec<Arc<str>>,
    pub(crate) in_instance_profile: Option<bool>,
    pub(crate) credentials: Credentials,
    /// `AROA…` or `AIDA…`; none if it was not told.
    pub(crate) unique_id: Option<Box<str>>,
}

impl StoreRow {
    /// Whether nobody outside its account reads the data, whatever the policy says.
    pub(crate) fn is_closed(&self) -> bool {
        self.restricted || self.own_key
    }

    /// Whether an account is among those that it is shared with: by its id, or by the ARN of its organization
    /// or of a unit above it. Source: EC2 User Guide, "Share an AMI with organizations or OUs".
    pub(crate) fn is_shared_with(&self, account: &AccountRow) -> bool {
        let path = account.organization_path.as_deref().unwrap_or_default();
        self.shared_with.iter().any(|shared| {
            let last = shared.rsplit('/').next().unwrap_or_default();
            shared == account.id.as_str()
                || (shared.starts_with("arn:") && path.split('/').any(|place| place == last))
        })
    }
}

impl PrincipalRow {
    pub(crate) fn policy_indices(&self) -> Vec<PolicyIndex> {
        let mut indices: Vec<_> = self.identity.iter().map(|from| from.policy).collect();
        indices.sort_unstable();
        indices.dedup();
        indices
    }

    /// Whether AWS keeps even the account's administrators from changing or becoming it: roles of
    /// AWS services and of Identity Center.
    ///
    /// Sources: IAM User Guide, "Create a service-linked role"; IAM Identity Center User Guide,
    /// "Referencing permission sets in resource policies" (reserved roles cannot be modified).
    pub(crate) fn is_protected(&self) -> bool {
        let resource = self.arn.resource();
        self.is_service_linked() || resource.starts_with("role/aws-reserved/")
    }

    /// The name of the permission set that it is made for. Source: IAM Identity Center User Guide,
    /// "Referencing permission sets in resource policies": the name is followed by a hash.
    pub(crate) fn permission_set(&self) -> Option<&str> {
        let resource = self.arn.resource();
        let name = resource.strip_prefix("role/aws-reserved/sso.amazonaws.com/")?;
        let name = name.rsplit('/').next()?.strip_prefix("AWSReservedSSO_")?;
        Some(name.rsplit_once('_')?.0)
    }

    /// Whether it is a role of an AWS service, which no policy of the organization binds.
    pub(crate) fn is_service_linked(&self) -> bool {
        self.arn.resource().starts_with("role/aws-service-role/")
    }
}
