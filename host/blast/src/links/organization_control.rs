//! Services by which one account acts in all others: who may use them from the management account or
//! from the account that the organization delegated them to.
//!
//! The whole management account has every member anyway (`management-account`); these kinds are about
//! single principals in it, and about delegated administrators, which reach every account but the
//! management account.

use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{AccountIndex, AccountRow, World};

/// The task by which a root session leads to the whole account: a new password for the root user. The
/// others audit, delete credentials, or delete the policy of a bucket or queue. Source: IAM User Guide,
/// "Perform a privileged task on an AWS Organizations member account".
const ROOT_PASSWORD: &str = "arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword";

/// A service that acts in all accounts.
pub(super) struct OrganizationControl {
    documentation: LinkDocumentation,
    /// The service principals to which it is delegated and for which trusted access is on.
    service: &'static str,
    /// Lists of actions, each sufficient.
    ways: &'static [&'static [&'static str]],
    /// The feature of central root access that it takes, if any.
    feature: Option<&'static str>,
    /// What must be the case besides; empty if nothing.
    besides: &'static str,
}

pub(super) static STACK_SET: OrganizationControl = OrganizationControl {
    documentation: LinkDocumentation {
        id: "stackset",
        name: "CloudFormation StackSets",
        family: "organization",
        source: "principal of the management account, or of the delegated administrator for StackSets, that \
            may create stack sets and their instances",
        target: "every member account",
        precondition: "trusted access for StackSets is on; a template of the attacker's then runs with the \
            service's own administrator role in every account. A delegated administrator does not reach \
            the management account",
        mitigations: "cloudformation:TemplateUrl, aws:ResourceTag and narrow permissions in the two accounts",
        references: &[
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html",
        ],
    },
    service: "member.org.stacksets.cloudformation.amazonaws.com",
    ways: &[&[
        "cloudformation:CreateStackSet",
        "cloudformation:CreateStackInstances",
    ]],
    feature: None,
    besides: "",
};

pub(super) static ASSUME_ROOT: OrganizationControl = OrganizationControl {
    documentation: LinkDocumentation {
        id: "assume-root",
        name: "Central root access (sts:AssumeRoot)",
        family: "organization",
        source: "principal of the management account, or of the delegated administrator for IAM, that may \
            call sts:AssumeRoot",
        target: "every member account",
        precondition: "root sessions are on, and the account and the task of giving its root user a password \
            back (which then takes its mailbox) are allowed; the other tasks do not lead to the account",
        mitigations: "sts:TaskPolicyArn as a condition",
        references: &["https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html"],
    },
    service: "iam.amazonaws.com",
    ways: &[&["sts:AssumeRoot"]],
    feature: Some("RootSessions"),
    besides: "the attacker reads the mailbox of the account, where the new root password is asked for",
};

pub(super) static ACCOUNT_MANAGEMENT: OrganizationControl = OrganizationControl {
    documentation: LinkDocumentation {
        id: "account-mgmt",
        name: "Root e-mail of a member",
        family: "organization",
        source: "principal of the management account, or of the delegated administrator for Account \
            Management, that may change the e-mail address of root users",
        target: "every member account",
        precondition: "trusted access for Account Management is on; the new address then resets the \
            password of the root user",
        mitigations: "narrow permissions on account:StartPrimaryEmailUpdate; no root credentials by central \
            root access",
        references: &[
            "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-root-user-email.html",
        ],
    },
    service: "account.amazonaws.com",
    ways: &[&[
        "account:StartPrimaryEmailUpdate",
        "account:AcceptPrimaryEmailUpdate",
    ]],
    feature: None,
    besides: "",
};

pub(super) static IDENTITY_CENTER: OrganizationControl = OrganizationControl {
    documentation: LinkDocumentation {
        id: "sso-admin",
        name: "Administration of Identity Center",
        family: "organization",
        source: "principal of the management account, or of the delegated administrator for Identity Center, \
            that may assign permission sets, or rewrite those that are assigned",
        target: "every member account",
        precondition: "Identity Center is on. A delegated administrator may not touch permission sets that \
            are used in the management account",
        mitigations: "resources of the sso actions by permission set; service control policies in the \
            delegated account",
        references: &[
            "https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html",
        ],
    },
    service: "sso.amazonaws.com",
    ways: &[
        &["sso:CreateAccountAssignment"],
        &[
            "sso:AttachManagedPolicyToPermissionSet",
            "sso:ProvisionPermissionSet",
        ],
        &[
            "sso:PutInlinePolicyToPermissionSet",
            "sso:ProvisionPermissionSet",
        ],
    ],
    feature: None,
    besides: "the attacker can sign in as a user of Identity Center, and a permission set allows enough, or \
        is made to",
};

const ALL: &[&OrganizationControl] = &[
    &STACK_SET,
    &ASSUME_ROOT,
    &ACCOUNT_MANAGEMENT,
    &IDENTITY_CENTER,
];

impl OrganizationControl {
    /// Whether the service acts in the organization at all, and what that hangs on.
    fn is_on(&self, world: &World) -> Option<Judgement> {
        let on = match self.feature {
            Some(feature) => world.enabled(&world.organization_features, feature),
            None => world.enabled(&world.trusted_services, self.service),
        };
        let judgement = Judgement::default().also(self.besides);
        match on {
            Some(true) => Some(judgement),
            Some(false) => None,
            None => Some(judgement.also(match self.feature {
                Some(_) => "root sessions are on",
                None => "trusted access for the service is on",
            })),
        }
    }

    /// The accounts from which it is used: the management account, and those it is delegated to.
    fn homes(&self, world: &World) -> Vec<AccountIndex> {
        let delegated = world.delegated.get(self.service).into_iter().flatten();
        world
            .management
            .into_iter()
            .chain(delegated.copied())
            .collect()
    }

    /// Whether a principal may use it, on one account or on whichever.
    fn judge(
        &self,
        power: &Power<'_, '_>,
        on: Judgement,
        account: Option<&AccountRow>,
    ) -> Option<Judgement> {
        // Root sessions are asked for by account and task.
        let root = account.filter(|_| self.feature.is_some());
        let keys = match self.feature {
            Some(_) => power.keys().fixed("sts:TaskPolicyArn", [ROOT_PASSWORD]),
            None => power.keys(),
        };
        let may = |action: &str| match root {
            Some(row) => {
                let partition = power.row.arn.partition();
                let arn = format!("arn:{partition}:iam::{}:root", row.id);
                power.may(action, &arn, keys.clone())
            }
            None => power.may_somewhere(action, &keys),
        };
        let ways = self.ways.iter().map(|way| {
            way.iter()
                .try_fold(on.clone(), |all, action| Some(all.and(may(action)?)))
        });
        Some(power.complete(ways.fold(None, better)?))
    }
}

/// The accounts that a home reaches: every other member, and the management account only from itself.
fn reached(world: &World, home: AccountIndex) -> impl Iterator<Item = AccountIndex> + '_ {
    world.account_indices().filter(move |other| {
        *other != home
            && Some(*other) != world.management
            && world.account(*other).is_some_and(|row| row.member)
    })
}

impl LinkKind for OrganizationControl {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.documentation
    }

    fn actions(&self) -> Vec<&'static str> {
        self.ways.iter().copied().flatten().copied().collect()
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let Some(on) = self.is_on(world) else {
            return;
        };
        let actions = self.actions();
        for home in self.homes(world) {
            for principal in world.principals_of(home) {
                let Some(power) = rules.unspent(judge, principal, &actions) else {
                    continue;
                };
                let on_all = self.judge(&power, on.clone(), None);
                for account in reached(world, home) {
                    let judgement = match self.feature {
                        Some(_) => self.judge(&power, on.clone(), world.account(account)),
                        None => on_all.clone(),
                    };
                    if let Some(judgement) = judgement {
                        rules.add(
                            judgement.certainty,
                            &[Capability::Principal(principal)],
                            Capability::Account(account),
                        );
                    }
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
        match (premises, conclusion) {
            ([Capability::Principal(principal)], Capability::Account(account)) => self.judge(
                &Power::of(judge, *principal, Detail::Full)?,
                self.is_on(judge.world())?,
                judge.world().account(account),
            ),
            _ => None,
        }
    }
}

/// A whole account to which one of these services is delegated.
pub(super) struct DelegatedAdministrator;

pub(super) static DELEGATED_ADMINISTRATOR: DelegatedAdministrator = DelegatedAdministrator;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "delegated-admin",
    name: "Delegated administrator of a service",
    family: "organization",
    source: "whole account to which the organization delegated a service that acts in other accounts",
    target: "every member account but the management account",
    precondition: "the service is one that changes other accounts: StackSets, Identity Center, Account \
        Management, central root access. Services that only look (GuardDuty, Security Hub, AWS Config, \
        Access Analyzer) do not count",
    mitigations: "one service a delegated account; service control policies on the actions of the service",
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html",
    ],
};

impl DelegatedAdministrator {
    /// The surest of the services that are delegated to the account and that its service control
    /// policies leave open.
    fn judge(judge: &Judge<'_>, home: AccountIndex, detail: Detail) -> Option<Judgement> {
        let world = judge.world();
        let services = ALL.iter().filter(|control| {
            let to = world.delegated.get(control.service);
            to.is_some_and(|accounts| accounts.contains(&home))
        });
        let mut best = None;
        for control in services {
            let Some(on) = control.is_on(world) else {
                continue;
            };
            // Whoever has the account writes the policies; service control policies bind all the same.
            let anybody = world.principals_of(home).find_map(|principal| {
                let power = Power::of(judge, principal, detail)?;
                control.judge(
                    &power.with_any_policy().without_boundary(),
                    on.clone(),
                    None,
                )
            });
            let told = format!("{} is delegated to the account", control.service);
            best = better(
                best,
                anybody.map(|judgement| {
                    judgement.told("organization", "delegated administrators", &told)
                }),
            );
        }
        best
    }
}

impl LinkKind for DelegatedAdministrator {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let homes: std::collections::BTreeSet<AccountIndex> =
            world.delegated.values().flatten().copied().collect();
        for home in homes {
            let Some(judgement) = Self::judge(judge, home, Detail::Certainty) else {
                continue;
            };
            for account in reached(world, home) {
                rules.add(
                    judgement.certainty,
                    &[Capability::Account(home)],
                    Capability::Account(account),
                );
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        _conclusion: Capability,
    ) -> Option<Judgement> {
        match premises {
            [Capability::Account(home)] => Self::judge(judge, *home, Detail::Full),
            _ => None,
        }
    }
}
