//! Roots, organizational units and accounts.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_organizations::types;
use aws_smithy_types::date_time::Format;
use blastwall_aws::Failure;
use blastwall_model::resources::{
    Account, AccountKind, OrganizationKind, OrganizationalUnit, OrganizationalUnitKind,
};
use blastwall_model::{AccountId, Arn, Field, GLOBAL, Gap, Kind};
use futures::{StreamExt, stream};

use super::listing::{CONCURRENCY, Connection, gap, reason};

/// What the walk from the root to the accounts found.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) roots: Vec<types::Root>,
    /// Units by id, each with its parent.
    units: BTreeMap<String, (types::OrganizationalUnit, String)>,
    /// Accounts by id, each with its parent or the reason why that is not known.
    accounts: BTreeMap<String, (types::Account, Field<String>)>,
    /// Why the root is not known, if it is not.
    pub(super) root_failure: Option<Failure>,
    pub(super) gaps: Vec<Gap>,
}

/// What one root or unit holds.
struct Level {
    parent: String,
    units: super::listing::Listing<types::OrganizationalUnit>,
    accounts: super::listing::Listing<types::Account>,
}

const LIST_UNITS: &str = "ListOrganizationalUnitsForParent";
const LIST_ACCOUNTS_IN: &str = "ListAccountsForParent";

/// Walks the whole organization, level by level.
///
/// If a part of it does not show itself, the flat list of accounts is asked for too, so that no
/// account is lost with its unit.
pub(super) async fn walk(connection: Connection<'_>) -> Walk {
    let mut walk = Walk::default();
    let roots = connection
        .pages(
            connection.client.list_roots().into_paginator().send(),
            |page| page.roots,
        )
        .await;
    if let Some(failure) = roots.failure {
        let types = [OrganizationKind::TYPE, OrganizationalUnitKind::TYPE];
        walk.gaps.push(gap(&types, "ListRoots", None, &failure));
        walk.root_failure = Some(failure);
    }
    walk.roots = roots.items;

    let mut level: Vec<String> = walk
        .roots
        .iter()
        .filter_map(|root| root.id.clone())
        .collect();
    let mut complete = walk.root_failure.is_none();
    // Parents that were asked: a level can only hold new ones, so the walk ends.
    let mut asked = BTreeSet::new();
    while !level.is_empty() {
        asked.extend(level.iter().cloned());
        let found: Vec<Level> = stream::iter(level)
            .map(|parent| children(connection, parent))
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await;
        level = Vec::new();
        for found in found {
            complete &= walk.take(found, &asked, &mut level);
        }
    }
    if !complete {
        walk.fall_back(connection).await;
    }
    walk
}

async fn children(connection: Connection<'_>, parent: String) -> Level {
    let units = connection
        .client
        .list_organizational_units_for_parent()
        .parent_id(&parent);
    let accounts = connection
        .client
        .list_accounts_for_parent()
        .parent_id(&parent);
    let (units, accounts) = futures::join!(
        connection.pages(units.into_paginator().send(), |page| page
            .organizational_units),
        connection.pages(accounts.into_paginator().send(), |page| page.accounts),
    );
    Level {
        parent,
        units,
        accounts,
    }
}

impl Walk {
    /// Takes over what a parent holds; false if something of it could not be listed.
    fn take(&mut self, found: Level, asked: &BTreeSet<String>, next: &mut Vec<String>) -> bool {
        let mut complete = true;
        for (operation, kind, failure) in [
            (
                LIST_UNITS,
                OrganizationalUnitKind::TYPE,
                found.units.failure,
            ),
            (LIST_ACCOUNTS_IN, AccountKind::TYPE, found.accounts.failure),
        ] {
            if let Some(failure) = failure {
                let mut gap = gap(&[kind], operation, None, &failure);
                gap.answer = format!("{} (asked for what is in {})", gap.answer, found.parent);
                self.gaps.push(gap);
                complete = false;
            }
        }
        for unit in found.units.items {
            let Some(id) = unit.id.clone() else { continue };
            if !asked.contains(&id) {
                next.push(id.clone());
            }
            self.units.insert(id, (unit, found.parent.clone()));
        }
        for account in found.accounts.items {
            let Some(id) = account.id.clone() else {
                continue;
            };
            self.accounts
                .insert(id, (account, Field::Known(found.parent.clone())));
        }
        complete
    }

    /// Asks for the flat list of accounts and adds those that the walk missed.
    async fn fall_back(&mut self, connection: Connection<'_>) {
        let why = self.root_failure.as_ref().map_or_else(
            || "a unit above the account could not be listed".to_owned(),
            |failure| reason(failure, "ListRoots"),
        );
        let request = connection.client.list_accounts();
        let listing = connection
            .pages(request.into_paginator().send(), |page| page.accounts)
            .await;
        if let Some(failure) = listing.failure {
            self.gaps
                .push(gap(&[AccountKind::TYPE], "ListAccounts", None, &failure));
        }
        for account in listing.items {
            let Some(id) = account.id.clone() else {
                continue;
            };
            let parent = parent_by_path(&account).map_or_else(
                || Field::unknown("config.ParentIds", why.clone()),
                Field::Known,
            );
            self.accounts.entry(id).or_insert((account, parent));
        }
    }

    /// Any ARN of the organization's own: it names the management account and the organization.
    pub(super) fn any_arn(&self) -> Option<Arn> {
        self.roots
            .iter()
            .filter_map(|root| root.arn.as_ref())
            .chain(self.accounts.values().filter_map(|(a, _)| a.arn.as_ref()))
            .find_map(|arn| arn.parse().ok())
    }

    /// Whether any account was listed.
    pub(super) fn found_accounts(&self) -> bool {
        !self.accounts.is_empty()
    }

    /// The documents of the units, each with the id that its tags are asked by.
    pub(super) fn unit_documents(&self, owner: &AccountId) -> Vec<(String, OrganizationalUnit)> {
        self.units
            .iter()
            .filter_map(|(id, (unit, parent))| {
                Some((id.clone(), unit_document(unit, parent, owner)?))
            })
            .collect()
    }

    /// The documents of the accounts, each with the id that its tags are asked by.
    pub(super) fn account_documents(&self, owner: &AccountId) -> Vec<(String, Account)> {
        self.accounts
            .iter()
            .filter_map(|(id, (account, parent))| {
                Some((id.clone(), account_document(account, parent, owner)?))
            })
            .collect()
    }
}

/// The id of the parent, from the path that newer answers have:
/// `o-abc/r-def/ou-ghi/ou-jkl/111122223333/`.
fn parent_by_path(account: &types::Account) -> Option<String> {
    let path = account.paths().first()?;
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let last = parts.next()?;
    let parent = parts.next()?;
    let is_parent = parent.starts_with("ou-") || parent.starts_with("r-");
    (Some(last) == account.id() && is_parent).then(|| parent.to_owned())
}

fn unit_document(
    unit: &types::OrganizationalUnit,
    parent: &str,
    owner: &AccountId,
) -> Option<OrganizationalUnit> {
    let arn = unit.arn.as_ref()?.parse().ok()?;
    let mut document = OrganizationalUnit::new(arn, owner.clone(), GLOBAL);
    document.config.id = unit.id.clone().into();
    document.config.name = unit.name.clone().into();
    document.config.parent_id = parent.to_owned().into();
    Some(document)
}

fn account_document(
    account: &types::Account,
    parent: &Field<String>,
    owner: &AccountId,
) -> Option<Account> {
    let arn = account.arn.as_ref()?.parse().ok()?;
    let mut document = Account::new(arn, owner.clone(), GLOBAL);
    document.config.account_id = account.id.clone().into();
    document.config.account_name = account.name.clone().into();
    document.config.email = account.email.clone().into();
    document.config.parent_ids = match parent {
        Field::Known(parent) => Field::Known(vec![parent.clone()]),
        Field::Absent(_) => Field::ABSENT,
        Field::Unknown(unknown) => Field::Unknown(unknown.clone()),
    };
    let observed = &mut document.observed;
    observed.status = status(account).into();
    observed.joined_method = account
        .joined_method
        .as_ref()
        .map(|method| method.as_str().to_owned())
        .into();
    observed.joined_timestamp = account
        .joined_timestamp
        .and_then(|time| time.fmt(Format::DateTime).ok())
        .into();
    Some(document)
}

/// `State` is what AWS keeps; `Status`, which it retires, is what older implementations have.
fn status(account: &types::Account) -> Option<String> {
    account
        .state
        .as_ref()
        .map(types::AccountState::as_str)
        .or_else(|| {
            #[allow(deprecated, reason = "see above")]
            account.status.as_ref().map(types::AccountStatus::as_str)
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> types::builders::AccountBuilder {
        types::Account::builder()
            .id("111122223333")
            .arn("arn:aws:organizations::999999999999:account/o-1/111122223333")
    }

    #[test]
    fn state_wins_over_status() {
        let both = account()
            .status(types::AccountStatus::Active)
            .state(types::AccountState::PendingActivation)
            .build();
        assert_eq!(status(&both).as_deref(), Some("PENDING_ACTIVATION"));
        let old = account().status(types::AccountStatus::Suspended).build();
        assert_eq!(status(&old).as_deref(), Some("SUSPENDED"));
        assert_eq!(status(&account().build()), None);
    }

    #[test]
    fn the_path_of_an_account_tells_its_parent() {
        let parent = |path: &str| parent_by_path(&account().paths(path).build());
        assert_eq!(
            parent("o-1/r-2/ou-3/ou-4/111122223333/").as_deref(),
            Some("ou-4")
        );
        assert_eq!(parent("o-1/r-2/111122223333/").as_deref(), Some("r-2"));
        assert_eq!(parent("o-1/111122223333/"), None);
        assert_eq!(parent("o-1/r-2/444455556666/"), None);
        assert_eq!(parent_by_path(&account().build()), None);
    }
}
