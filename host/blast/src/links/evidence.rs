//! Whoever may destroy what tells what happened, or what brings it back, has power over evidence: no foothold,
//! but what an attacker does there goes unseen or cannot be undone.

use super::access::{Gate, ask, candidates};
use super::power::{Power, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind, policy_rewrite};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{EvidenceIndex, EvidenceRow, World};

/// A kind of evidence.
pub(super) struct EvidenceControl(LinkDocumentation);

pub(super) static LOG_ARCHIVE: EvidenceControl = EvidenceControl(LinkDocumentation {
    id: "log-archive",
    name: "Trails and log archives",
    family: "organization",
    source: "principal or whole account that may stop or rewrite a trail, or delete from the bucket that \
        trails, AWS Config or flow logs deliver to",
    target: "evidence: what the trail or bucket tells of every account that it is about",
    precondition: "cloudtrail:StopLogging, DeleteTrail, UpdateTrail or PutEventSelectors on the trail in its \
        own account; s3:DeleteObject (DeleteObjectVersion where versions are kept) or \
        s3:PutLifecycleConfiguration on the bucket. Object lock in compliance mode stops everybody, in \
        governance mode those without s3:BypassGovernanceRetention",
    mitigations: "object lock in compliance mode; service control policies on the actions; an account of its \
        own for the archive",
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
    ],
});

pub(super) static BACKUP: EvidenceControl = EvidenceControl(LinkDocumentation {
    id: "backup",
    name: "Backup vaults",
    family: "organization",
    source: "principal or whole account that may delete recovery points",
    target: "evidence: the last copies of what the vault protects",
    precondition: "backup:DeleteRecoveryPoint in the vault's account. A vault lock in compliance mode stops \
        everybody, in governance mode those who may not take it off",
    mitigations: "vault lock in compliance mode; copies in a vault of another account; denials in the policy \
        of the vault",
    references: &["https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html"],
});

pub(super) static SECURITY_SERVICE: EvidenceControl = EvidenceControl(LinkDocumentation {
    id: "security-service",
    name: "Delegated administrator of a service that watches or protects",
    family: "organization",
    source: "whole account to which the organization delegated the service, or principal of it that may \
        switch it off or hide what it finds",
    target: "evidence: what the service tells of every account, or what it enforces there",
    precondition: "the service only watches or protects (GuardDuty, Security Hub, AWS Config, Access Analyzer, \
        Macie, Inspector, Detective, CloudTrail, AWS Backup, Firewall Manager): its administrator sees all \
        accounts and can blind them, but does not get into them",
    mitigations: "service control policies on the actions in the delegated account; a second consumer of the \
        findings",
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html",
    ],
});

/// The ways to destroy it, each enough.
fn gates<'w>(world: &'w World, index: EvidenceIndex, row: &'w EvidenceRow) -> Vec<Gate<'w>> {
    let requests = row.requests.iter();
    requests
        .filter_map(|(action, resource)| Gate::to_evidence(world, index, action, resource.clone()))
        .collect()
}

/// Whether whoever has an account that owns it may destroy it: its policies are the attacker's to write, but
/// for those of the organization.
fn judge_owner(
    judge: &Judge<'_>,
    index: EvidenceIndex,
    row: &EvidenceRow,
    detail: Detail,
) -> Option<Judgement> {
    let mut best = None;
    for gate in gates(judge.world(), index, row) {
        let gate = gate.for_owner();
        best = better(best, ask::from_account(judge, row.owner, &gate, detail));
        if is_certain(best.as_ref()) {
            break;
        }
    }
    best
}

/// Whether somebody who rewrites the policy of what holds it first, and lets itself, destroys it then.
fn judge_rewriter(
    judge: &Judge<'_>,
    writer: Capability,
    row: &EvidenceRow,
    detail: Detail,
) -> Option<Judgement> {
    let store = row.store?;
    let opens = policy_rewrite::opens(judge, writer, store, detail)?;
    let power = Power::holding(judge, writer, detail)?;
    let free = power.with_any_policy();
    let requests = row.requests.iter();
    let destroys = requests
        .map(|(action, resource)| free.may_once_let_in(action, resource, free.keys()))
        .fold(None, better)?;
    let lock = judge.world().store(store)?.lock.words();
    Some(
        power
            .complete(opens.and(destroys))
            .also(lock.unwrap_or_default()),
    )
}

impl LinkKind for EvidenceControl {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.0
    }

    fn actions(&self) -> Vec<&'static str> {
        crate::world::evidence_actions(self.0.id).collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (index, row) in world.evidence_of(self.0.id) {
            if let Some(judgement) = judge_owner(judge, index, row, Detail::Certainty) {
                rules.add(
                    judgement.certainty,
                    &[Capability::Account(row.owner)],
                    Capability::Evidence(index),
                );
            }
            for gate in gates(world, index, row) {
                candidates::add_links(judge, rules, &gate);
            }
            let writers = match row.store {
                Some(store) => policy_rewrite::openers(judge, rules, store),
                None => Vec::new(),
            };
            for (writer, _) in writers {
                let judgement = judge_rewriter(judge, writer, row, Detail::Certainty);
                if let Some(judgement) = judgement {
                    rules.add(judgement.certainty, &[writer], Capability::Evidence(index));
                }
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let Capability::Evidence(index) = conclusion else {
            return None;
        };
        let row = judge.world().evidence(index)?;
        let judgement = match premises {
            [Capability::Account(owner)] if *owner == row.owner => {
                judge_owner(judge, index, row, Detail::Full)
            }
            _ => {
                let rewriter = premises.first().filter(|_| premises.len() == 1);
                let by_policy =
                    rewriter.and_then(|writer| judge_rewriter(judge, *writer, row, Detail::Full));
                gates(judge.world(), index, row)
                    .iter()
                    .map(|gate| ask::from(judge, premises, gate, Detail::Full))
                    .fold(by_policy, better)
            }
        };
        Some(judgement?.told("evidence", &row.of, &row.told))
    }
}
