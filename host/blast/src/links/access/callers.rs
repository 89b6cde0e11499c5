//! Principals that somebody who has an account makes up: of no particular name, and of each name that
//! makes a difference to a policy in the way.

use blastwall_policy::{Policy, Principal};

use super::Gate;
use crate::facts::Trust;
use crate::globs::{filled, meetings};
use crate::judge::{Case, Detail, Identity, Judge, Judgement};
use crate::links::power::{ANY_NAME, better, is_certain};
use crate::request::RequestKeys;
use crate::world::{CallerNames, LevelsIndex, PrincipalRow, World};

/// Roles and users that nobody can make or become, however much of the account is his: those of AWS
/// services and of Identity Center.
const PROTECTED: [&str; 2] = [":role/aws-service-role/", ":role/aws-reserved/"];

/// How the name of a session's role begins if Identity Center made it.
const IDENTITY_CENTER: &str = "AWSReservedSSO_";

/// Who makes them up.
#[derive(Clone, Copy, Debug)]
pub(in crate::links) struct Maker<'a> {
    pub(in crate::links) world: &'a World,
    /// The id of the account.
    pub(in crate::links) account: &'a str,
    /// The service control policies that bind the account's principals.
    pub(in crate::links) scps: Option<LevelsIndex>,
}

impl Maker<'_> {
    /// The best answer that any of the principals gets, `gate` being what they ask for if it has policies of
    /// its own. Names matter only where nobody gets through without one, and are told then.
    pub(in crate::links) fn best(
        &self,
        gate: Option<&Gate<'_>>,
        mut ask: impl FnMut(&Principal) -> Option<Judgement>,
    ) -> Option<Judgement> {
        let mut best = None;
        for principal in self.of_no_name() {
            best = better(best, ask(&principal));
            if is_certain(best.as_ref()) {
                return best;
            }
        }
        for principal in self.of_a_name(gate) {
            let mut told = || {
                let name = principal.as_str().splitn(6, ':').nth(5).unwrap_or_default();
                let fact = format!("the attacker acts as {name}");
                Some(ask(&principal)?.told("caller", &format!("account {}", self.account), &fact))
            };
            best = better(best, told());
            if is_certain(best.as_ref()) {
                return best;
            }
        }
        best
    }

    fn of_no_name(&self) -> impl Iterator<Item = Principal> {
        ["role", "user"].into_iter().filter_map(|kind| {
            let (partition, account) = (&self.world.partition, self.account);
            let arn = format!("arn:{partition}:iam::{account}:{kind}/{ANY_NAME}");
            Principal::parse(&arn).ok()
        })
    }

    fn of_a_name(&self, gate: Option<&Gate<'_>>) -> Vec<Principal> {
        let summary = gate.and_then(|gate| gate.summary);
        let named = summary
            .into_iter()
            .flat_map(|summary| &summary.identities)
            .filter(|principal| principal.account() == Some(self.account))
            .filter(|principal| !self.is_out_of_reach(principal))
            .cloned();
        let names = self.names(gate);
        let grantees = || gate.into_iter().flat_map(Gate::grantees);
        let patterns = || names.arns.iter().map(AsRef::as_ref).chain(grantees());
        let made_up = ["role", "user"].into_iter().flat_map(|kind| {
            let (partition, account) = (&self.world.partition, self.account);
            let base = format!("arn:{partition}:iam::{account}:{kind}/*");
            meetings(&base, patterns())
        });
        let made_up = made_up
            .filter_map(|pattern| Principal::parse(&filled(&pattern)).ok())
            .filter(can_be_made);
        let mut principals: Vec<Principal> = Vec::new();
        for principal in made_up.chain(named) {
            if !principals.contains(&principal) && self.may_become(&principal) {
                principals.push(principal);
            }
        }
        principals
    }

    /// Whether service control policies let somebody of no particular name make the principal, or, if it is
    /// there, open it: so that a guardrail is not passed by the one role that it spares and protects.
    fn may_become(&self, principal: &Principal) -> bool {
        let Some(account) = self.world.find_account(self.account) else {
            return true;
        };
        let Some(scps) = self.scps else { return true };
        let there = match principal {
            Principal::RoleSession { role, .. } => self.world.find_role_by_name(account, role),
            other => self.world.find_principal(other.as_str()),
        };
        let row = there.and_then(|index| self.world.principal(index));
        let arn = row.map_or(principal.as_str(), |row| row.arn.as_str());
        let user = arn.contains(":user/");
        let actions = match (row, user) {
            (Some(row), false) if self.lets_in_its_own(row) => return true,
            (Some(_), false) => &["iam:UpdateAssumeRolePolicy"][..],
            (Some(_), true) => &[
                "iam:CreateAccessKey",
                "iam:CreateLoginProfile",
                "iam:UpdateLoginProfile",
            ],
            (None, false) => &["iam:CreateRole"],
            (None, true) => &["iam:CreateUser"],
        };
        let judge = Judge::new(self.world);
        let keys = RequestKeys::new(self.world)
            .sent_from_account(account)
            .for_account(account)
            .build();
        let may = |caller: &Principal, action: &str| {
            let case = Case {
                principal: caller,
                role_path: None,
                action,
                resource: arn,
                resource_account: self.account,
                keys: keys.clone(),
                identity: Identity::Anything,
                boundary: None,
                scps: Some(scps),
                rcps: None,
                resource_policy: None,
                made_by_attacker: true,
            };
            judge.judge(&case, Detail::Certainty).is_some()
        };
        self.of_no_name()
            .any(|caller| actions.iter().any(|action| may(&caller, action)))
    }

    /// Whether the trust policy of a role lets in somebody of its own account.
    fn lets_in_its_own(&self, row: &PrincipalRow) -> bool {
        let trust = match row.trust {
            Trust::Policy(trust) => self.world.trusts.get(&trust),
            Trust::NotApplicable | Trust::Unknown => return true,
        };
        trust.is_some_and(|trust| {
            let own = |id: &str| id == self.account;
            let mut identities = trust.identities.iter();
            trust.anyone
                || trust.accounts.iter().any(|id| own(id))
                || identities.any(|one| one.account().is_some_and(own))
        })
    }

    /// The names that the policies on both sides compare a caller with.
    fn names(&self, gate: Option<&Gate<'_>>) -> CallerNames {
        let mut names = names_of_gate(self.world, gate);
        for policy in policies(self.world, self.scps, true) {
            names.add_policy(policy);
        }
        names
    }

    /// Whether the principal exists, or can, and yet nobody becomes it who has the account. Of an account
    /// outside, whoever it is that has it, the service or the directory may be his as well.
    fn is_out_of_reach(&self, principal: &Principal) -> bool {
        let Some(account) = self.world.find_account(self.account) else {
            return false;
        };
        match principal {
            Principal::RoleSession { role, .. } => {
                role.starts_with(IDENTITY_CENTER)
                    || self
                        .world
                        .find_role_by_name(account, role)
                        .and_then(|role| self.world.principal(role))
                        .is_some_and(|row| row.is_protected())
            }
            other => is_protected(other),
        }
    }
}

/// The names that the policy of a gate, and the resource control policies over it, compare a caller with.
pub(super) fn names_of_gate(world: &World, gate: Option<&Gate<'_>>) -> CallerNames {
    let summary = gate.and_then(|gate| gate.summary);
    let mut names = summary.map_or_else(CallerNames::default, |summary| summary.names.clone());
    for policy in policies(world, gate.map(|gate| gate.account.rcps), false) {
        names.add_policy(policy);
    }
    names
}

/// The policies of all levels, or those that ask who the caller is beyond its organization.
fn policies(
    world: &World,
    levels: Option<LevelsIndex>,
    of_callers: bool,
) -> impl Iterator<Item = &Policy> {
    levels
        .into_iter()
        .flat_map(|levels| world.levels(levels).iter().flatten())
        .filter_map(|from| world.policies.get(from.policy))
        .filter(move |stored| !of_callers || stored.asks_for_caller)
        .map(|stored| &stored.policy)
}

/// Whether the account's owner can make a principal of this name. Source: IAM API Reference, `CreateRole`,
/// the characters of `RoleName` and `Path`.
fn can_be_made(principal: &Principal) -> bool {
    let name = principal.as_str().splitn(6, ':').nth(5).unwrap_or_default();
    let usual =
        |character: char| character.is_ascii_alphanumeric() || "/_+=,.@-".contains(character);
    !is_protected(principal) && name.chars().all(usual)
}

fn is_protected(principal: &Principal) -> bool {
    PROTECTED
        .iter()
        .any(|path| principal.as_str().contains(path))
}
