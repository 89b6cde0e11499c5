//! Whoever may make credentials of a user becomes the user.

use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::PrincipalKind;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::PrincipalIndex;

pub(super) struct UserCredential;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "user-credential",
    name: "Credentials of an IAM user",
    family: "identity",
    source: "principal with iam:CreateAccessKey, iam:CreateLoginProfile or iam:UpdateLoginProfile on the \
        user",
    target: "user of the same account",
    precondition: "boundary and service control policies leave it open; a user has at most two access keys, \
        so a third takes iam:DeleteAccessKey too; a password may ask for the user's second factor",
    mitigations: "no users; service control policies on the actions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html",
        "https://pathfinding.cloud/paths/iam-002",
    ],
};

/// Each with what must be the case besides.
const WAYS: &[(&str, &str)] = &[
    ("iam:CreateAccessKey", ""),
    ("iam:CreateLoginProfile", "the user has no password yet"),
    (
        "iam:UpdateLoginProfile",
        "the user has a password, and signing in takes no second factor",
    ),
];

fn judge_pair(judge: &Judge<'_>, power: &Power<'_, '_>, user: PrincipalIndex) -> Option<Judgement> {
    let row = judge.world().principal(user)?;
    if row.kind != PrincipalKind::User {
        return None;
    }
    let ways = WAYS.iter().map(|(action, besides)| {
        let may = power.may(action, row.arn.as_str(), power.keys_about(row));
        may.map(|may| may.also(besides))
    });
    Some(power.complete(ways.fold(None, better)?))
}

impl LinkKind for UserCredential {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        WAYS.iter().map(|(action, _)| *action).collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        rules.add_pairs(judge, &self.actions(), |power, user| {
            judge_pair(judge, power, user)
        });
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        match (premises, conclusion) {
            ([Capability::Principal(maker)], Capability::Principal(user)) => {
                judge_pair(judge, &Power::of(judge, *maker, Detail::Full)?, user)
            }
            _ => None,
        }
    }
}
