//! Who uses a service of the organization: a principal with its own policies, or somebody whom whoever has
//! the account makes up.

use blastwall_policy::{Keys, Principal};

use crate::certainty::Certainty;
use crate::globs::names_within;
use crate::judge::{Case, Detail, Identity, Judge, Judgement};
use crate::links::power::{ANY_NAME, Power, better, is_certain};
use crate::regions::region_of;
use crate::request::RequestKeys;
use crate::world::{AccountIndex, AccountRow, World};

/// Somebody in an account from which a service is used.
pub(in crate::links) trait Actor {
    /// What is known of a request.
    fn keys(&self) -> Keys;

    /// A resource of CloudFormation in its account.
    fn of_its_account(&self, resource: &str) -> String;

    /// A resource of Identity Center, which lies in no account.
    fn of_identity_center(&self, resource: &str) -> String {
        format!("arn:{}:sso:::{resource}", self.world().partition)
    }

    fn world(&self) -> &World;

    /// The account that it is in.
    fn home(&self) -> AccountIndex;

    /// Whether it may do this to this.
    fn may(&self, action: &str, resource: &str, keys: Keys) -> Option<Judgement>;

    /// Whether it may do this to something of its own choice.
    fn may_somewhere(&self, action: &str, keys: &Keys) -> Option<Judgement>;

    /// The patterns of resources that its policies name for an action.
    fn named(&self, action: &str) -> Vec<String>;

    /// Resources that fit a pattern: of a name that no policy mentions, in each region that policies tell apart, and
    /// of those that its policies name.
    fn within(&self, action: &str, pattern: &str) -> Vec<String> {
        let named = self.named(action);
        let regions = self.world().regions();
        let all = regions.flat_map(|region| {
            let here = pattern.replacen(":*:", &format!(":{region}:"), 1);
            let any = here.replace('*', ANY_NAME).replace('?', "0");
            let met = names_within(&here, named.iter().map(String::as_str));
            std::iter::once(any).chain(met)
        });
        let mut all: Vec<String> = all.collect();
        all.extend(names_within(pattern, named.iter().map(String::as_str)));
        all
    }

    /// Whether it may do this to any of these.
    fn may_any(&self, action: &str, resources: &[String], keys: &Keys) -> Option<Judgement> {
        let mut best = None;
        for resource in resources {
            best = better(best, self.may(action, resource, keys.clone()));
            if is_certain(best.as_ref()) {
                break;
            }
        }
        best
    }
}

fn of_cloudformation(partition: &str, account: &AccountRow, resource: &str) -> String {
    format!("arn:{partition}:cloudformation:*:{}:{resource}", account.id)
}

/// A principal with the policies that it has.
pub(in crate::links) struct Held<'a, 'j, 'w> {
    pub(in crate::links) power: &'a Power<'j, 'w>,
    pub(in crate::links) world: &'w World,
}

impl Actor for Held<'_, '_, '_> {
    fn keys(&self) -> Keys {
        self.power.keys()
    }

    fn world(&self) -> &World {
        self.world
    }

    fn home(&self) -> AccountIndex {
        self.power.row.account
    }

    fn of_its_account(&self, resource: &str) -> String {
        of_cloudformation(self.power.row.arn.partition(), self.power.account, resource)
    }

    fn may(&self, action: &str, resource: &str, keys: Keys) -> Option<Judgement> {
        self.power.may(action, resource, keys)
    }

    fn may_somewhere(&self, action: &str, keys: &Keys) -> Option<Judgement> {
        self.power.may_somewhere(action, keys)
    }

    fn named(&self, action: &str) -> Vec<String> {
        self.world.allowed_patterns(self.power.row, action)
    }
}

/// A principal that the attacker makes up in an account that is his, with identity policies that he writes.
pub(in crate::links) struct MadeUp<'a, 'w> {
    judge: &'a Judge<'w>,
    home: AccountIndex,
    account: &'w AccountRow,
    principal: &'a Principal,
    detail: Detail,
}

impl<'a, 'w> MadeUp<'a, 'w> {
    pub(in crate::links) fn new(
        judge: &'a Judge<'w>,
        home: AccountIndex,
        principal: &'a Principal,
        detail: Detail,
    ) -> Option<Self> {
        Some(Self {
            judge,
            home,
            account: judge.world().account(home)?,
            principal,
            detail,
        })
    }
}

impl Actor for MadeUp<'_, '_> {
    fn world(&self) -> &World {
        self.judge.world()
    }

    fn home(&self) -> AccountIndex {
        self.home
    }

    fn keys(&self) -> Keys {
        RequestKeys::new(self.judge.world())
            .sent_from_account(self.home)
            .for_account(self.home)
            .build()
    }

    fn of_its_account(&self, resource: &str) -> String {
        of_cloudformation(&self.judge.world().partition, self.account, resource)
    }

    fn may(&self, action: &str, resource: &str, keys: Keys) -> Option<Judgement> {
        let keys = match region_of(action, resource, &self.judge.world().partition) {
            Some(region) => keys.fixed("aws:RequestedRegion", [region]),
            None => keys,
        };
        self.judge.judge(
            &Case {
                principal: self.principal,
                role_path: None,
                action,
                resource,
                resource_account: self.account.id.as_str(),
                keys,
                identity: Identity::Anything,
                boundary: None,
                scps: Some(self.account.scps),
                rcps: None,
                resource_policy: None,
                made_by_attacker: true,
            },
            self.detail,
        )
    }

    fn may_somewhere(&self, action: &str, keys: &Keys) -> Option<Judgement> {
        let partition = &self.judge.world().partition;
        let service = action.split(':').next().unwrap_or_default();
        let account = &self.account.id;
        let regions = self.judge.world().regions();
        let somewhere = regions.map(|region| {
            format!("arn:{partition}:{service}:{region}:{account}:{ANY_NAME}/{ANY_NAME}")
        });
        self.may_any(action, &somewhere.collect::<Vec<_>>(), keys)
    }

    fn named(&self, _action: &str) -> Vec<String> {
        Vec::new()
    }
}

/// Whether the root user of an account may give itself a password in a session of `sts:AssumeRoot`: service
/// control policies bind root users of members, and may tell such sessions apart.
///
/// Sources: AWS Organizations User Guide, "Service control policies"; IAM User Guide, "AWS global condition
/// context keys", `aws:AssumedRoot`.
pub(super) fn root_session(
    judge: &Judge<'_>,
    account: &AccountRow,
    root: &str,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let index = world.find_account(account.id.as_str())?;
    let keys = RequestKeys::new(world)
        .sent_from_account(index)
        .for_account(index)
        .build()
        .fixed("aws:AssumedRoot", ["true"]);
    let judgement = judge.judge(
        &Case {
            principal: &Principal::parse(root).ok()?,
            role_path: None,
            action: "iam:CreateLoginProfile",
            resource: root,
            resource_account: account.id.as_str(),
            keys,
            identity: Identity::Anything,
            boundary: None,
            scps: Some(account.scps),
            rcps: None,
            resource_policy: None,
            made_by_attacker: false,
        },
        detail,
    )?;
    Some(judgement.hanging_on(Certainty::Conditional, &account.scp_gaps))
}
