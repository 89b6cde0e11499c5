//! Whoever has the management account has every member account.
//!
//! Ways in that need no role to be there: central root access (`sts:AssumeRoot` once the feature
//! is on, which the management account switches on), a stack set with service-managed
//! permissions that makes a role of choice in whole units, and a new e-mail address for the
//! member's root user (`account:StartPrimaryEmailUpdate`) followed by a password reset. Service
//! control policies do not bind the management account, and it can detach them from the members.
//! Roles such as `OrganizationAccountAccessRole` come out of `assume-role`, since they trust the
//! management account.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};

pub(super) struct ManagementAccount;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "management-account",
    name: "Management account to member",
    family: "organization",
    source: "whole management account",
    target: "every active member account",
    precondition: "the organization has all features enabled; then the management account can \
        switch on central root access, deploy a stack set into any unit, or change the e-mail \
        address of a member's root user, and no service control policy binds it",
    mitigations: "no workloads and as few principals as possible in the management account",
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-access-management.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html",
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html",
    ],
};

/// How sure it is: an organization for consolidated billing alone gives no control.
fn certainty(feature_set: Option<&str>) -> Option<Certainty> {
    match feature_set {
        Some("ALL") => Some(Certainty::Certain),
        Some(_) => None,
        None => Some(Certainty::Conditional),
    }
}

impl LinkKind for ManagementAccount {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let (Some(management), Some(certainty)) =
            (world.management, certainty(world.feature_set.as_deref()))
        else {
            return;
        };
        for index in world.account_indices() {
            if world.account(index).is_some_and(|row| row.member) {
                rules.add(
                    certainty,
                    &[Capability::Account(management)],
                    Capability::Account(index),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        _premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        let certainty = certainty(judge.world().feature_set.as_deref())?;
        let open = (certainty == Certainty::Conditional)
            .then(|| "the organization has all features enabled".to_owned());
        Some(Judgement::default().hanging_on(certainty, open.as_slice()))
    }
}
