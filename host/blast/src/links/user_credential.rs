//! Whoever may make credentials of a user becomes the user.

use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::PrincipalKind;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{PrincipalIndex, PrincipalRow};

pub(super) struct UserCredential;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "user-credential",
    name: "Credentials of an IAM user",
    family: "identity",
    source: "principal with iam:CreateAccessKey, iam:CreateLoginProfile or iam:UpdateLoginProfile on the \
        user",
    target: "user of the same account",
    precondition: "boundary and service control policies leave it open; a user has at most two access keys, \
        so a third takes iam:DeleteAccessKey too; a password may ask for the user's second factor, unless iam:DeactivateMFADevice takes that away",
    mitigations: "no users; service control policies on the actions",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html",
        "https://pathfinding.cloud/paths/iam-002",
    ],
};

const NEW_KEY: &str = "iam:CreateAccessKey";
const OLD_KEY: &str = "iam:DeleteAccessKey";
const NEW_PASSWORD: &str = "iam:CreateLoginProfile";
const OTHER_PASSWORD: &str = "iam:UpdateLoginProfile";
const NO_PASSWORD: &str = "iam:DeleteLoginProfile";
const NO_SECOND_FACTOR: &str = "iam:DeactivateMFADevice";

/// A user has at most so many. Source: IAM User Guide, "IAM and AWS STS quotas".
const ACCESS_KEYS: u8 = 2;

fn judge_pair(judge: &Judge<'_>, power: &Power<'_, '_>, user: PrincipalIndex) -> Option<Judgement> {
    let row = judge.world().principal(user)?;
    if row.kind != PrincipalKind::User {
        return None;
    }
    let has = row.credentials;
    let power = &power.asking_for(row);
    let may = |action| power.may(action, row.arn.as_str(), power.keys_about(row));
    let key = may(NEW_KEY).and_then(|new| match has.access_keys {
        Some(keys) if keys >= ACCESS_KEYS => Some(new.and(may(OLD_KEY)?)),
        _ => Some(new),
    });
    let make = may(NEW_PASSWORD);
    let new_password = match has.password {
        Some(false) => make,
        // One that is there is taken away first.
        Some(true) => make.and_then(|make| Some(make.and(may(NO_PASSWORD)?))),
        None => make.map(|make| make.also("the user has no password yet")),
    };
    let other_password = may(OTHER_PASSWORD)
        .filter(|_| has.password != Some(false))
        .map(|may| match has.password {
            Some(_) => may,
            None => may.also("the user has a password"),
        });
    let password = better(new_password, other_password).map(|password| {
        match (has.second_factor, may(NO_SECOND_FACTOR)) {
            (Some(false), _) => password,
            (_, Some(off)) => password.and(off),
            (Some(true), None) => password.also("the second factor of the user is had too"),
            (None, None) => password.also("signing in takes no second factor"),
        }
    });
    Some(power.complete(better(key, password)?))
}

impl LinkKind for UserCredential {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![
            NEW_KEY,
            OLD_KEY,
            NEW_PASSWORD,
            OTHER_PASSWORD,
            NO_PASSWORD,
            NO_SECOND_FACTOR,
        ]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let makes = [NEW_KEY, NEW_PASSWORD, OTHER_PASSWORD];
        rules.add_pairs(judge, &makes, |power, user| judge_pair(judge, power, user));
        // One takes an old key away, another makes a new one.
        let world = judge.world();
        for user in world.principal_indices() {
            let full = |row: &&PrincipalRow| row.credentials.access_keys >= Some(ACCESS_KEYS);
            let Some(row) = world.principal(user).filter(full) else {
                continue;
            };
            let holders = rules.holders(judge, row.account, &[NEW_KEY, OLD_KEY]);
            let able = |action: &str| {
                let able = holders.iter().filter_map(|(holder, own, power)| {
                    let may = power.may(action, row.arn.as_str(), power.keys_about(row))?;
                    (*own != user).then_some((*holder, power.complete(may).certainty))
                });
                able.collect()
            };
            rules.add_together(&[able(NEW_KEY), able(OLD_KEY)], Capability::Principal(user));
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        match (premises, conclusion) {
            ([maker], Capability::Principal(user)) => {
                judge_pair(judge, &Power::holding(judge, *maker, Detail::Full)?, user)
            }
            (holders, Capability::Principal(user)) => {
                let row = judge.world().principal(user)?;
                let by = |action: &str| {
                    let powers = holders.iter();
                    let powers = powers.map(|one| Power::holding(judge, *one, Detail::Full));
                    let able = powers.flatten().map(|power| {
                        let may = power.may(action, row.arn.as_str(), power.keys_about(row))?;
                        Some(power.complete(may))
                    });
                    able.fold(None, better)
                };
                Some(by(NEW_KEY)?.and(by(OLD_KEY)?))
            }
            _ => None,
        }
    }
}
