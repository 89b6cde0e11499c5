//! Services by which one account acts in all others: who may use them from the management account or
//! from the account that the organization delegated them to.
//!
//! The whole management account has every member anyway (`management-account`); these kinds are about
//! single principals in it, and about delegated administrators, which reach every account but the
//! management account. Who administers, a principal or whoever has the account, is in [`actor`].

mod actor;
mod identity_center;

pub(super) use actor::{Actor, Held, MadeUp};

use super::access::callers::Maker;
use super::power::{Power, better, is_certain};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::judge::{Detail, Judge, Judgement};
use crate::world::{AccountIndex, AccountRow, World};

/// The task by which a root session leads to the whole account: a new password for the root user. The
/// others audit, delete credentials, or delete the policy of a bucket or queue. Source: IAM User Guide,
/// "Perform a privileged task on an AWS Organizations member account".
const ROOT_PASSWORD: &str = "arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword";

pub(super) use identity_center::OWN_PERMISSION_SET;

/// Actions that are enough together.
type Way = &'static [&'static str];

/// A service that acts in all accounts.
pub(super) struct OrganizationControl {
    documentation: LinkDocumentation,
    /// The service principals to which it is delegated and for which trusted access is on.
    service: &'static str,
    /// Lists of actions, each sufficient.
    ways: &'static [Way],
    /// The feature of central root access that it takes, if any.
    feature: Option<&'static str>,
    /// What is asked for each account by itself.
    each: Each,
    /// What must be the case besides; empty if nothing.
    besides: &'static str,
}

/// What is asked for each account by itself, besides the ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Each {
    /// Every action is authorized on the account, as one of the organization. Source: Service Authorization
    /// Reference, "Actions, resources, and condition keys for AWS Account Management", `accountInOrganization`.
    AccountInOrganization,
    /// The instances of a stack set are authorized on the accounts and units that they go to. Source: Service
    /// Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation", and
    /// CloudFormation User Guide, "Grant self-managed permissions", with `stackset-target/` in an example.
    StackSetTarget,
    /// A root session is asked for by account and task, and binds itself to the account's policies.
    RootSession,
    /// Assigning or provisioning a permission set is authorized on the instance, the permission set and the
    /// account, each by itself. Source: Service Authorization Reference, "Actions, resources, and condition
    /// keys for AWS IAM Identity Center".
    Assignment,
}

/// The action that makes the instances of a stack set.
const INSTANCES: &str = "cloudformation:CreateStackInstances";

/// The action that gives a stack set, and with it all of its instances, another template.
const UPDATE: &str = "cloudformation:UpdateStackSet";

/// How ARNs name a stack set: by its name, which is free, and a UUID.
const STACK_SET_NAME: &str = "*:????????-????-????-????-????????????";

pub(super) static STACK_SET: OrganizationControl = OrganizationControl {
    documentation: LinkDocumentation {
        id: "stackset",
        name: "CloudFormation StackSets",
        family: "organization",
        source: "principal of the management account, or of the delegated administrator for StackSets, that \
            may create stack sets and their instances, or update one that has instances",
        target: "every member account; those where the updated one has instances",
        precondition: "trusted access for StackSets is on; a template of the attacker's then runs with the \
            service's own administrator role in every account, that of a delegated administrator included, \
            to which the policies allow instances (`stackset-target`). A delegated administrator does not \
            reach the management account.",
        mitigations: "cloudformation:TemplateUrl, aws:ResourceTag and narrow permissions in the two accounts",
        references: &[
            "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-delegated-admin.html",
        ],
    },
    service: "member.org.stacksets.cloudformation.amazonaws.com",
    ways: &[&["cloudformation:CreateStackSet"], &[UPDATE]],
    feature: None,
    each: Each::StackSetTarget,
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
            back (which then takes its mailbox) are allowed; the service control policies of the account let \
            its root user do that in such a session. The other tasks do not lead to the account",
        mitigations: "sts:TaskPolicyArn as a condition; service control policies on root users, sessions \
            with aws:AssumedRoot included",
        references: &[
            "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html",
            "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
        ],
    },
    service: "iam.amazonaws.com",
    ways: &[&[]],
    feature: Some("RootSessions"),
    each: Each::RootSession,
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
    each: Each::AccountInOrganization,
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
        precondition: "Identity Center is on, and the policies leave the instance, a permission set and the \
            account open. A delegated administrator may not touch permission sets that are used in the \
            management account",
        mitigations: "resources of the sso actions by permission set and account; service control policies in the \
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
        &[
            "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
            "sso:ProvisionPermissionSet",
        ],
    ],
    feature: None,
    each: Each::Assignment,
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

    /// The ways that somebody may go, whatever the account.
    fn anywhere(&self, actor: &dyn Actor, on: &Judgement) -> Vec<(Way, Judgement)> {
        let keys = actor.keys();
        let ways = self.ways.iter().filter_map(|way| {
            let mut actions = way.iter();
            let all = actions.try_fold(on.clone(), |all, action| {
                let may = match self.each {
                    Each::Assignment => identity_center::anywhere(actor, action)?,
                    // What is asked is the account, and the stack set that is there.
                    Each::AccountInOrganization => Judgement::default(),
                    Each::StackSetTarget if *action == UPDATE => Judgement::default(),
                    _ => actor.may_somewhere(action, &keys)?,
                };
                Some(all.and(may))
            })?;
            // Updating makes no instances.
            if self.each != Each::StackSetTarget || way.contains(&UPDATE) {
                return Some((*way, all));
            }
            let set = actor.of_its_account(&format!("stackset/{STACK_SET_NAME}"));
            let sets = actor.within(INSTANCES, &set);
            Some((*way, all.and(actor.may_any(INSTANCES, &sets, &keys)?)))
        });
        ways.collect()
    }

    /// Whether it may be used on this account by one of the ways.
    fn reaches(
        &self,
        judge: &Judge<'_>,
        actor: &dyn Actor,
        anywhere: &[(Way, Judgement)],
        account: &AccountRow,
        detail: Detail,
    ) -> Option<Judgement> {
        let ways = anywhere.iter().map(|(way, anywhere)| {
            let here = self.on(judge, actor, way, account, detail)?;
            Some(anywhere.clone().and(here))
        });
        ways.fold(None, better)
    }

    /// Whether it may be used on this account.
    fn on(
        &self,
        judge: &Judge<'_>,
        actor: &dyn Actor,
        way: Way,
        account: &AccountRow,
        detail: Detail,
    ) -> Option<Judgement> {
        match self.each {
            Each::AccountInOrganization => {
                let resource = in_organization(judge.world(), account)?;
                let mut actions = way.iter();
                actions.try_fold(Judgement::default(), |all, action| {
                    Some(all.and(actor.may(action, &resource, actor.keys())?))
                })
            }
            Each::Assignment => identity_center::on(actor, way, account),
            Each::StackSetTarget if way.contains(&UPDATE) => updates(actor, account),
            Each::StackSetTarget => places(account)
                .flat_map(|place| [format!("{STACK_SET_NAME}/{place}"), place.to_owned()])
                .map(|target| {
                    let pattern = actor.of_its_account(&format!("stackset-target/{target}"));
                    let targets = actor.within(INSTANCES, &pattern);
                    actor.may_any(INSTANCES, &targets, &actor.keys())
                })
                .fold(None, better),
            Each::RootSession => {
                let partition = &judge.world().partition;
                let root = format!("arn:{partition}:iam::{}:root", account.id);
                let keys = actor.keys().fixed("sts:TaskPolicyArn", [ROOT_PASSWORD]);
                let may = actor.may("sts:AssumeRoot", &root, keys)?;
                Some(may.and(actor::root_session(judge, account, &root, detail)?))
            }
        }
    }
}

/// Whether it may give a stack set with an instance in the account another template. Those of a delegated
/// administrator are told of its account or of the management account.
fn updates(actor: &dyn Actor, account: &AccountRow) -> Option<Judgement> {
    let world = actor.world();
    let homes = [Some(actor.home()), world.management];
    let homes = homes.map(|home| Some(world.account(home?)?.id.as_str()));
    let sets = world.sharing.stack_sets.iter();
    let sets = sets.filter(|set| homes.contains(&Some(set.account.as_str())));
    let units: Vec<&str> = places(account).skip(1).collect();
    let ways = sets
        .filter(|set| set.runs_in(account.id.as_str(), &units))
        .map(|set| actor.may(UPDATE, &set.arn, actor.keys()));
    ways.fold(None, better)
}

/// An account as one of the organization.
fn in_organization(world: &World, account: &AccountRow) -> Option<String> {
    let management = world.management.and_then(|index| world.account(index))?;
    let (partition, id) = (&world.partition, &account.id);
    let organization = world.organization_id.as_deref().unwrap_or("o-unknown");
    Some(format!(
        "arn:{partition}:account::{}:account/{organization}/{id}",
        management.id
    ))
}

/// What the target of a stack set may be named by: the account, or a unit that it is in.
fn places(account: &AccountRow) -> impl Iterator<Item = &str> {
    let path = account.organization_path.as_deref().unwrap_or_default();
    let units = path.split('/').skip(1).filter(|unit| !unit.is_empty());
    std::iter::once(account.id.as_str()).chain(units)
}

/// The accounts that a home reaches: every member, itself included, and the management account only from
/// itself.
fn reached(world: &World) -> impl Iterator<Item = AccountIndex> + '_ {
    world.account_indices().filter(move |other| {
        Some(*other) != world.management && world.account(*other).is_some_and(|row| row.member)
    })
}

impl LinkKind for OrganizationControl {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.documentation
    }

    fn hangs_on_account(&self) -> bool {
        true
    }

    fn actions(&self) -> Vec<&'static str> {
        let each = match self.each {
            Each::AccountInOrganization | Each::Assignment => None,
            Each::StackSetTarget => Some(INSTANCES),
            Each::RootSession => Some("sts:AssumeRoot"),
        };
        let ways = self.ways.iter().copied().flatten().copied();
        ways.chain(each).collect()
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
                let actor = Held {
                    power: &power,
                    world,
                };
                let anywhere = self.anywhere(&actor, &on);
                if anywhere.is_empty() {
                    continue;
                }
                for account in reached(world) {
                    let row = world.account(account);
                    let here = row.and_then(|row| {
                        self.reaches(judge, &actor, &anywhere, row, Detail::Certainty)
                    });
                    if let Some(here) = here {
                        rules.add(
                            power.complete(here).certainty,
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
            ([Capability::Principal(principal)], Capability::Account(account)) => {
                let power = Power::of(judge, *principal, Detail::Full)?;
                let world = judge.world();
                let actor = Held {
                    power: &power,
                    world,
                };
                let anywhere = self.anywhere(&actor, &self.is_on(world)?);
                let row = world.account(account)?;
                Some(power.complete(self.reaches(judge, &actor, &anywhere, row, Detail::Full)?))
            }
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
    /// policies leave open, for use on another account.
    fn judge(
        judge: &Judge<'_>,
        home: AccountIndex,
        account: AccountIndex,
        detail: Detail,
    ) -> Option<Judgement> {
        let world = judge.world();
        let (row, target) = (world.account(home)?, world.account(account)?);
        let services = ALL.iter().filter(|control| {
            let to = world.delegated.get(control.service);
            to.is_some_and(|accounts| accounts.contains(&home))
        });
        // Whoever has the account acts as whom he likes, with policies of his own; service control policies
        // bind all the same.
        let maker = Maker {
            world,
            account: row.id.as_str(),
            scps: Some(row.scps),
        };
        let mut best = None;
        for control in services {
            let Some(on) = control.is_on(world) else {
                continue;
            };
            let anybody = maker.best(None, |principal| {
                let actor = MadeUp::new(judge, home, principal, detail)?;
                let anywhere = control.anywhere(&actor, &on);
                control.reaches(judge, &actor, &anywhere, target, detail)
            });
            let told = format!("{} is delegated to the account", control.service);
            best = better(
                best,
                anybody.map(|judgement| {
                    judgement
                        .hanging_on(Certainty::Conditional, &row.scp_gaps)
                        .told("organization", "delegated administrators", &told)
                }),
            );
            if is_certain(best.as_ref()) {
                break;
            }
        }
        best
    }
}

impl LinkKind for DelegatedAdministrator {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn hangs_on_account(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let homes: std::collections::BTreeSet<AccountIndex> =
            world.delegated.values().flatten().copied().collect();
        for home in homes {
            for account in reached(world).filter(|account| *account != home) {
                if let Some(judgement) = Self::judge(judge, home, account, Detail::Certainty) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Account(home)],
                        Capability::Account(account),
                    );
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
            ([Capability::Account(home)], Capability::Account(account)) => {
                Self::judge(judge, *home, account, Detail::Full)
            }
            _ => None,
        }
    }
}
