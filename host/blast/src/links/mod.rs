//! The kinds of link by which a compromise spreads, one a file, and their registry.
//!
//! To add one: write a file with a type that implements [`LinkKind`], and name it in [`REGISTRY`].
//! Nothing else changes, as long as the capabilities that it speaks of exist.

mod access;
mod access_point;
mod account_administrator;
mod account_principals;
mod assume_role;
mod bucket_acl;
mod changers;
mod classes;
mod codeartifact;
mod cognito_pool;
mod confused_deputy;
mod control_plane;
mod crossing;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod crossing_tests;
mod decryption;
mod directory_share;
mod eks_access;
mod evidence;
mod existing_compute;
mod federated_trust;
mod identity_directory;
mod image_recipe;
mod internet_workload;
mod kms_grant;
mod lambda_policy;
mod lattice;
mod listening_flaw;
mod management_account;
mod oidc;
mod organization_control;
mod outside_caller;
mod outside_trust;
mod passrole_compute;
mod pipeline;
mod policy_rewrite;
mod power;
mod privatelink;
mod provider_control;
mod ram_share;
mod replication;
mod roles_anywhere;
mod same_vpc;
mod self_escalation;
mod service_catalog;
mod service_trust;
mod shared_dns;
mod snapshot_grab;
mod ssm_share;
mod sso_assignment;
mod store_access;
mod supply;
mod tags;
mod transit_gateway;
mod trust_rewrite;
mod user_credential;
mod vpc_peering;
mod workload_role;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Serialize;

use crate::capability::{Capabilities, Capability, Rewrite};
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};
use crate::links::power::Power;
use crate::links::self_escalation::Escalations;
use crate::rules::{Cost, RuleSet};
use crate::world::{AccountIndex, PrincipalIndex};

pub(crate) use cognito_pool::users as application_users;
pub(crate) use control_plane::ACTIONS as POLICY_ADMINISTRATION;
pub(crate) use identity_directory::directory;
pub(crate) use lambda_policy::ACTIONS as FUNCTION_ACTIONS;
pub(crate) use roles_anywhere::holder as certificate_holder;

/// What a kind of link is: the text that documentation, explanations and reports share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LinkDocumentation {
    /// Its id, lower-case words joined by hyphens.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The family: `identity`, `organization`, `outside`, `account`, `workload`, `data`, `supply`, `network`.
    pub family: &'static str,
    /// What an attacker must hold.
    pub source: &'static str,
    /// What the attacker gets.
    pub target: &'static str,
    /// When it works.
    pub precondition: &'static str,
    /// What stops it.
    pub mitigations: &'static str,
    /// The pages of AWS that say so.
    pub references: &'static [&'static str],
}

/// A kind of link.
pub(crate) trait LinkKind: Sync {
    /// What it is.
    fn documentation(&'static self) -> &'static LinkDocumentation;

    /// The IAM actions that it asks policies about. Identity policies that mention no action of
    /// any kind are not kept.
    fn actions(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// How many hops a step counts for: 1 if the attacker moves to something else, 0 if what is
    /// gained is only another view of what is held.
    fn hops(&self) -> u8 {
        1
    }

    /// Adds a rule for each way in which it occurs.
    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>);

    /// Why a rule that it added holds, with conditions and statements; nothing to say unless told
    /// otherwise. The premises are never classes but the principals that stand for them.
    fn explain(
        &self,
        _judge: &Judge<'_>,
        _premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        Some(Judgement::default())
    }

    /// Whether steps of it are left out of paths.
    fn is_silent(&self) -> bool {
        false
    }

    /// Whether it hangs on a policy of what it leads to, so that one change there closes it for everybody of
    /// an account.
    fn hangs_on_target(&self) -> bool {
        false
    }

    /// Whether it lets in by a share, which stands in no policy of what it leads to.
    fn is_share(&self) -> bool {
        false
    }

    /// Whether it hangs on what the organization lets the account of its source do, so that one change there closes
    /// it for everybody of that account.
    fn hangs_on_account(&self) -> bool {
        false
    }

    /// Whether it follows from how AWS is made, so that nobody can take it away.
    fn is_structural(&self) -> bool {
        self.is_silent()
    }
}

/// All kinds. A rule stores its kind as the place in this list.
static REGISTRY: &[&dyn LinkKind] = &[
    &classes::SameClass,
    &account_principals::AccountPrincipals,
    &account_administrator::AccountAdministrator,
    &assume_role::AssumeRole,
    &self_escalation::SelfEscalation,
    &sso_assignment::SsoAssignment,
    &trust_rewrite::TrustRewrite,
    &user_credential::UserCredential,
    &passrole_compute::PassRoleCompute,
    &existing_compute::ExistingCompute,
    &eks_access::EksAccess,
    &eks_access::ClusterNodes,
    &eks_access::ServiceAccountRole,
    &workload_role::WorkloadRole,
    &listening_flaw::ListeningFlaw,
    &internet_workload::InternetWorkload,
    &lambda_policy::LambdaPolicy,
    &same_vpc::SAME_VPC,
    &vpc_peering::VPC_PEERING,
    &transit_gateway::TRANSIT_GATEWAY,
    &lattice::Lattice,
    &privatelink::PrivateLink,
    // Asks what the kinds below it found.
    &decryption::Decryption,
    &store_access::S3_POLICY,
    &access_point::AccessPoint,
    &bucket_acl::BucketAcl,
    &store_access::KMS_POLICY,
    &store_access::SECRET_POLICY,
    &store_access::QUEUE_TOPIC,
    &store_access::EVENT_BUS,
    &store_access::ECR_PULL,
    &store_access::DATA_STORE,
    &store_access::LOGS,
    &store_access::SES_POLICY,
    &store_access::SNAPSHOT_READ,
    &store_access::PRIVATE_CA,
    &store_access::STORED_CREDENTIAL,
    &ram_share::RamShare,
    &kms_grant::KmsGrant,
    &snapshot_grab::SnapshotGrab,
    &replication::Replication,
    &store_access::AccountData,
    &supply::SupplyUse,
    &supply::SupplyPush,
    &ssm_share::SsmShare,
    &pipeline::Pipeline,
    &codeartifact::CodeArtifact,
    &image_recipe::ImageRecipe,
    &service_catalog::ServiceCatalog,
    &directory_share::DirectoryShare,
    &shared_dns::SharedDns,
    &management_account::ManagementAccount,
    &control_plane::ControlPlane,
    &organization_control::STACK_SET,
    &organization_control::ASSUME_ROOT,
    &organization_control::ACCOUNT_MANAGEMENT,
    &organization_control::IDENTITY_CENTER,
    &organization_control::OWN_PERMISSION_SET,
    &organization_control::DELEGATED_ADMINISTRATOR,
    &identity_directory::GroupMembership,
    &evidence::LOG_ARCHIVE,
    &evidence::BACKUP,
    &evidence::SECURITY_SERVICE,
    &service_trust::SERVICE_TRUST,
    &federated_trust::FEDERATED_TRUST,
    &oidc::Oidc,
    &identity_directory::DirectoryAdministrator,
    &roles_anywhere::RolesAnywhere,
    &roles_anywhere::PrivateAuthority,
    &cognito_pool::CognitoPool,
    &provider_control::ProviderControl,
    &confused_deputy::ConfusedDeputy,
];

/// The documentation of every kind of link that can show up in a path.
pub fn link_kinds() -> impl Iterator<Item = &'static LinkDocumentation> {
    REGISTRY
        .iter()
        .filter(|kind| !kind.is_silent())
        .map(|kind| kind.documentation())
}

static ACTIONS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| REGISTRY.iter().flat_map(|kind| kind.actions()).collect());

/// The documentation of the kind with this id.
#[must_use]
pub fn link_kind(id: &str) -> Option<&'static LinkDocumentation> {
    link_kinds().find(|kind| kind.id == id)
}

/// Whether links of this kind follow from how AWS is made, so that nobody can take them away.
#[must_use]
pub fn is_structural(id: &str) -> bool {
    let mut kinds = REGISTRY.iter();
    kinds.any(|kind| kind.documentation().id == id && kind.is_structural())
}

/// Whether a step of this kind is a move to something else, and not another view of what is held.
#[must_use]
pub fn is_hop(id: &str) -> bool {
    let mut kinds = REGISTRY.iter();
    kinds.any(|kind| kind.documentation().id == id && kind.hops() > 0)
}

/// Every action that some kind asks for.
pub(crate) fn actions() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().copied()
}

/// The kind at a place of the registry.
pub(crate) fn kind(place: u8) -> Option<&'static dyn LinkKind> {
    REGISTRY.get(usize::from(place)).copied()
}

/// Where kinds put their rules.
pub(crate) struct Deriver<'a> {
    pub(crate) capabilities: &'a mut Capabilities,
    pub(crate) rules: &'a mut RuleSet,
    pub(crate) classes: &'a mut classes::Classes,
    /// How surely each principal has its account, by its place.
    administrators: &'a [Option<Certainty>],
    escalations: &'a Escalations,
    link: u8,
    cost: Cost,
}

impl Deriver<'_> {
    /// The power of a principal that may do one of these actions and does not certainly have the whole
    /// account, of which there is nothing left to gain inside.
    fn unspent<'j, 'w>(
        &self,
        judge: &'j Judge<'w>,
        principal: PrincipalIndex,
        actions: &[&str],
    ) -> Option<Power<'j, 'w>> {
        unspent(judge, self.administrators, principal, actions)
    }

    /// Whoever may act in an account by one of these actions and has not certainly the whole account: its
    /// principals, as they are and as they can be changed.
    fn holders<'j, 'w>(
        &self,
        judge: &'j Judge<'w>,
        account: AccountIndex,
        actions: &[&str],
    ) -> Vec<(Capability, PrincipalIndex, Power<'j, 'w>)> {
        let world = judge.world();
        let principals = world.principals_of(account).filter_map(|index| {
            let power = self.unspent(judge, index, actions)?;
            Some((Capability::Principal(index), index, power))
        });
        let rewritten = self.escalations.rewritten(account).iter();
        // Other tags alone change nothing where no policy of its own asks for them.
        let rewritten = rewritten.filter(|(index, rewrite)| {
            let alone = Rewrite {
                tagged: None,
                ..*rewrite
            };
            rewrite.tagged.is_none()
                || alone != Rewrite::default()
                || world.asked_for_tags_itself(*index)
        });
        let rewritten = rewritten.filter_map(|(index, rewrite)| {
            let power = Power::rewritten(judge, *index, *rewrite, Detail::Certainty)?;
            let acts = actions.iter().any(|action| power.mentions(action));
            acts.then_some((Capability::Rewritten(*index, *rewrite), *index, power))
        });
        principals.chain(rewritten).collect()
    }

    /// The same for one whose own policies need not allow anything.
    fn unspent_whatever<'j, 'w>(
        &self,
        judge: &'j Judge<'w>,
        principal: PrincipalIndex,
    ) -> Option<Power<'j, 'w>> {
        unspent(judge, self.administrators, principal, &[])
    }

    /// Adds a rule from somebody, and if what is gained is encrypted, another to the data for whoever may use
    /// the key as well.
    fn add_with_key(
        &mut self,
        judge: &Judge<'_>,
        judgement: &Judgement,
        caller: Capability,
        gained: Capability,
    ) {
        self.add(judgement.certainty, &[caller], gained);
        if let Capability::Encrypted(store) = gained
            && let Some(key) = access::ask::decrypts(judge, caller, store, Detail::Certainty)
        {
            let certainty = judgement.certainty.max(key.certainty);
            self.add(certainty, &[caller], Capability::Data(store));
        }
    }

    /// Adds a rule from each principal that may do one of these actions to each other principal of its
    /// account that it gains by them.
    fn add_pairs(
        &mut self,
        judge: &Judge<'_>,
        actions: &[&str],
        gains: impl Fn(&Power<'_, '_>, PrincipalIndex) -> Option<Judgement>,
    ) {
        for account in judge.world().account_indices() {
            for (holder, own, power) in self.holders(judge, account, actions) {
                for target in judge.world().principals_of(account) {
                    if target == own {
                        continue;
                    }
                    if let Some(judgement) = gains(&power, target) {
                        self.add(
                            judgement.certainty,
                            &[holder],
                            Capability::Principal(target),
                        );
                    }
                }
            }
        }
    }

    /// Adds a rule from those who together may take all steps, each of which is a request of its own; those
    /// who may alone have a rule already.
    fn add_together(&mut self, steps: &[Vec<(Capability, Certainty)>], conclusion: Capability) {
        let takes = |holder: Capability| {
            let mut steps = steps.iter();
            steps.all(|step| step.iter().any(|(other, _)| *other == holder))
        };
        let partly = steps
            .iter()
            .filter(|step| step.iter().any(|(holder, _)| !takes(*holder)));
        if partly.count() < 2 || steps.iter().any(Vec::is_empty) {
            return;
        }
        let mut last: Option<Vec<Capability>> = None;
        for worst in Certainty::ALL {
            let premises = steps.iter().map(|step| {
                let able = step.iter().filter(|(_, certainty)| *certainty <= worst);
                let able: Vec<Capability> = able.map(|(holder, _)| *holder).collect();
                (!able.is_empty()).then_some(able)
            });
            let Some(sets) = premises.collect::<Option<Vec<_>>>() else {
                continue;
            };
            let classes = sets.into_iter().map(|able| self.classes.any_of(able));
            let Some(mut premises) = classes.collect::<Option<Vec<_>>>() else {
                continue;
            };
            premises.sort_unstable();
            premises.dedup();
            if premises.len() > 1 && last.as_ref() != Some(&premises) {
                self.add(worst, &premises, conclusion);
            }
            last = Some(premises);
        }
    }

    /// Who holds all of `premises` also gets `conclusion`.
    pub(crate) fn add(
        &mut self,
        certainty: Certainty,
        premises: &[Capability],
        conclusion: Capability,
    ) {
        let premises: Vec<_> = premises
            .iter()
            .map(|premise| self.capabilities.id(*premise))
            .collect();
        let conclusion = self.capabilities.id(conclusion);
        self.rules
            .add(self.link, self.cost, certainty, &premises, conclusion);
    }
}

/// The power of a principal that may do one of these actions, if there are any, and does not certainly have
/// the whole account.
fn unspent<'j, 'w>(
    judge: &'j Judge<'w>,
    administrators: &[Option<Certainty>],
    principal: PrincipalIndex,
    actions: &[&str],
) -> Option<Power<'j, 'w>> {
    let administers = administrators.get(principal.index()).copied().flatten();
    if administers == Some(Certainty::Certain) {
        return None;
    }
    let power = Power::of(judge, principal, Detail::Certainty)?;
    let acts = actions.is_empty() || actions.iter().any(|action| power.mentions(action));
    acts.then_some(power)
}

/// The rules of all kinds.
pub(crate) fn derive_all(judge: &Judge<'_>) -> (Capabilities, RuleSet) {
    let mut capabilities = Capabilities::default();
    let mut rules = RuleSet::default();
    let mut classes = classes::Classes::new(judge.world());
    let world = judge.world();
    // Everything that a start or a report may name has a number, rules or not.
    for index in world.account_indices() {
        capabilities.id(Capability::Account(index));
    }
    for index in world.principal_indices() {
        capabilities.id(Capability::Principal(index));
    }
    for index in world.store_indices() {
        let holds_data = world.store(index).is_none_or(|row| row.kind.holds_data());
        capabilities.id(match holds_data {
            true => Capability::Data(index),
            false => Capability::Supply(index),
        });
    }
    for index in world.workload_indices() {
        capabilities.id(Capability::Workload(index));
    }
    for index in 0..world.outside.len() {
        capabilities.id(Capability::Outside(crate::world::OutsideIndex::new(index)));
    }
    let administrators = account_administrator::administrators(judge);
    let escalations = Escalations::explore(judge, &administrators);
    for (place, kind) in REGISTRY.iter().enumerate().rev() {
        // In reverse, because the first kind joins the classes that the others asked for, and a flaw
        // matters only where others found that there is network reach.
        let mut deriver = Deriver {
            capabilities: &mut capabilities,
            rules: &mut rules,
            classes: &mut classes,
            administrators: &administrators,
            escalations: &escalations,
            link: u8::try_from(place).unwrap_or(u8::MAX),
            cost: Cost {
                hops: kind.hops(),
                steps: u8::from(!kind.is_silent()),
            },
        };
        kind.derive(judge, &mut deriver);
    }
    (capabilities, rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_documented_once() {
        let mut ids: Vec<_> = link_kinds().map(|kind| kind.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for kind in link_kinds() {
            for text in [
                kind.id,
                kind.name,
                kind.family,
                kind.source,
                kind.target,
                kind.precondition,
                kind.mitigations,
            ] {
                assert!(!text.is_empty(), "{} leaves something out", kind.id);
            }
            assert!(
                kind.id
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            );
            assert!(!kind.references.is_empty(), "{} cites nothing", kind.id);
        }
    }
}
