//! What capabilities are called outside, and which account they lie in.

use super::{AccountIndex, EvidenceIndex, PrincipalIndex, World};
use crate::capability::{Capability, Rewrite};
use crate::facts::Boundary;
use crate::subject::Subject;

impl World {
    /// What a capability is called outside; none for what never shows.
    pub(crate) fn subject(&self, capability: Capability) -> Option<Subject> {
        match capability {
            Capability::Account(index) => Some(Subject::Account {
                id: self.account(index)?.id.clone(),
            }),
            Capability::Principal(index) => Some(Subject::Principal {
                arn: self.principal(index)?.arn.clone(),
            }),
            Capability::Rewritten(index, rewrite) => Some(Subject::Rewritten {
                arn: self.principal(index)?.arn.clone(),
                how: self.words(index, rewrite)?,
            }),
            Capability::Outside(index) => Some(Subject::Outside {
                party: self.outside.get(index.index())?.clone(),
            }),
            Capability::Workload(index) => Some(Subject::Workload {
                arn: self.workload(index)?.arn.clone(),
            }),
            Capability::Supply(index) => Some(Subject::Supply {
                arn: self.store(index)?.arn.clone(),
            }),
            Capability::Network(index) => Some(Subject::Network {
                arn: self.workload(index)?.arn.clone(),
            }),
            Capability::Data(index) | Capability::Through(index) => Some(Subject::Data {
                arn: self.store(index)?.arn.clone(),
            }),
            Capability::Encrypted(index) => Some(Subject::Encrypted {
                arn: self.store(index)?.arn.clone(),
            }),
            Capability::Guardrails => Some(Subject::Guardrails),
            Capability::Evidence(index) => Some(Subject::Evidence {
                of: self.evidence(index)?.of.clone(),
            }),
            Capability::Class(_) => None,
        }
    }

    /// The capability that a subject stands for; none if the subject is not known here.
    pub(crate) fn capability(&self, subject: &Subject) -> Option<Capability> {
        match subject {
            Subject::Account { id } => self.find_account(id.as_str()).map(Capability::Account),
            Subject::Principal { arn } => {
                self.find_principal(arn.as_str()).map(Capability::Principal)
            }
            // What can be changed into what only the links tell.
            Subject::Rewritten { .. } => None,
            Subject::Outside { party } => self.find_outside(party).map(Capability::Outside),
            Subject::Data { arn } => self.find_store(arn.as_str()).map(Capability::Data),
            Subject::Encrypted { arn } => self.find_store(arn.as_str()).map(Capability::Encrypted),
            Subject::Guardrails => Some(Capability::Guardrails),
            Subject::Evidence { of } => {
                let mut rows = self.evidence.iter();
                let place = rows.position(|row| row.of == *of)?;
                Some(Capability::Evidence(EvidenceIndex::new(place)))
            }
            Subject::Workload { arn } => self.find_workload(arn.as_str()).map(Capability::Workload),
            Subject::Supply { arn } => self.find_store(arn.as_str()).map(Capability::Supply),
            Subject::Network { arn } => self.find_workload(arn.as_str()).map(Capability::Network),
        }
    }

    /// How the permissions of a principal were changed.
    fn words(&self, index: PrincipalIndex, rewrite: Rewrite) -> Option<String> {
        let row = self.principal(index)?;
        let mut words = Vec::new();
        if self.is_makeable(index) {
            words.push("made for it".to_owned());
            if let Boundary::Policy(from) = &row.boundary
                && !rewrite.unbound
            {
                words.push(format!("under {}", from.origin));
            }
        }
        if rewrite.anything {
            words.push("with any policy".to_owned());
        }
        if let Some(place) = rewrite.added {
            let account = self.account(row.account)?;
            let group = account.groups.get(usize::from(place));
            let addition = || account.addition(place).first().map(|from| &from.origin);
            words.push(match group {
                Some(group) => format!("in {}", group.arn),
                None => format!("with {}", addition()?),
            });
        }
        let gone = row.identity.iter().enumerate();
        let gone = gone.filter(|(place, _)| *place < 32 && rewrite.without & (1 << place) != 0);
        words.extend(gone.map(|(_, from)| format!("without {}", from.origin)));
        if rewrite.unbound {
            words.push("without its boundary".to_owned());
        }
        if let Some(tagger) = rewrite.tagged {
            let by = &self.principal(tagger.by)?.arn;
            words.push(match tagger.by == index {
                true => "with tags that it writes itself".to_owned(),
                false => format!("with tags that {by} writes"),
            });
        }
        Some(words.join(", "))
    }

    /// The account that a capability lies in, as a foothold.
    pub(crate) fn account_of(&self, capability: Capability) -> Option<AccountIndex> {
        match capability {
            Capability::Account(index) => Some(index),
            Capability::Principal(index) | Capability::Rewritten(index, _) => {
                self.principal(index).map(|row| row.account)
            }
            Capability::Workload(index) => self.workload(index).map(|row| row.account),
            // Neither data, an open port nor power over logs is a foothold in the account that it is in.
            Capability::Data(_)
            | Capability::Through(_)
            | Capability::Encrypted(_)
            | Capability::Network(_)
            | Capability::Supply(_)
            | Capability::Outside(_)
            | Capability::Evidence(_)
            | Capability::Guardrails
            | Capability::Class(_) => None,
        }
    }

    /// The account that owns what a capability is about, foothold or not.
    pub(crate) fn owner(&self, capability: Capability) -> Option<AccountIndex> {
        match capability {
            Capability::Data(index)
            | Capability::Through(index)
            | Capability::Encrypted(index)
            | Capability::Supply(index) => self.store(index).map(|row| row.account),
            Capability::Network(index) => self.workload(index).map(|row| row.account),
            Capability::Evidence(index) => self.evidence(index).map(|row| row.owner),
            other => self.account_of(other),
        }
    }
}
