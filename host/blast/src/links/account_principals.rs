//! Whoever has an account has its principals and its workloads.

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Judge, Judgement};

pub(super) struct AccountPrincipals;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "account-principals",
    name: "Account to what is in it",
    family: "account",
    source: "whole account",
    target: "every user, role and workload in it",
    precondition: "always: an administrator can reset a user's credentials and rewrite a role's trust. \
        Roles of AWS services and of Identity Center cannot be changed from inside the account and \
        stay speculative. An administrator changes what workloads run, and opens sessions in them",
    mitigations: "service control policies that protect single roles do not change that the account \
        is lost",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html",
        "https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html",
    ],
};

impl LinkKind for AccountPrincipals {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn hops(&self) -> u8 {
        0
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for index in judge.world().principal_indices() {
            let Some(row) = judge.world().principal(index) else {
                continue;
            };
            let certainty = if row.is_protected() {
                Certainty::Speculative
            } else {
                Certainty::Certain
            };
            rules.add(
                certainty,
                &[Capability::Account(row.account)],
                Capability::Principal(index),
            );
        }
        for account in judge.world().account_indices() {
            for workload in judge.world().workload_indices_of(account) {
                rules.add(
                    Certainty::Certain,
                    &[Capability::Account(account)],
                    Capability::Workload(workload),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        _premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let index = match conclusion {
            Capability::Principal(index) => index,
            Capability::Workload(_) => return Some(Judgement::default()),
            _ => return None,
        };
        let row = judge.world().principal(index)?;
        let protected = row
            .is_protected()
            .then(|| "the role can be changed by an AWS service only".to_owned());
        Some(Judgement::default().hanging_on(Certainty::Speculative, protected.as_slice()))
    }
}
