//! Where snapshots come from: AWS, or a directory that an earlier scan filled.

use std::collections::BTreeSet;
use std::sync::Arc;

use blastwall_aws::{Budget, Declaration, Meter, SdkConfig, Session};
use blastwall_collect::{Request, Shared, Snapshot, is_of_identity_center};
use blastwall_model::{Access, AccountId, Coverage, DocumentError, GLOBAL, Gap, GapKind};
use blastwall_organization::{
    AccountEntry, Caller, DECLARED, Entrance, EnumerateError, Organization, PolicyTooLarge, Role,
    SessionSettings,
};
use blastwall_store::{Directory, ReadError};

use crate::visits::{join, visits};
use crate::workforce::spokesmen;

/// Where snapshots come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// AWS, or something that speaks like it.
    Live(Box<Live>),
    /// A directory that an earlier scan filled.
    Stored(Box<Stored>),
}

/// AWS, as one caller sees it.
#[derive(Clone, Debug)]
pub struct Live {
    /// Credentials, region and endpoint of the caller.
    pub config: SdkConfig,
    /// Who that is.
    pub caller: Caller,
    /// The role to assume in each account.
    pub role: Role,
    /// How to assume it.
    pub settings: SessionSettings,
    /// Counts what is sent.
    pub meter: Meter,
    /// How many calls are in flight at once.
    pub parallel_calls: usize,
}

/// An organization at rest.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The directory.
    pub directory: Directory,
    /// Who collected it; the first account stands in where the directory does not tell.
    pub caller: Caller,
}

/// An organization that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// AWS did not tell.
    #[error("failed to read the organization")]
    Enumerate(#[from] EnumerateError),
    /// A stored file cannot be read.
    #[error("failed to read the stored organization")]
    Read(#[from] ReadError),
    /// A stored document cannot be read.
    #[error("failed to read the stored organization")]
    Document(#[from] DocumentError),
    /// The session policy for what is to be collected is longer than AWS accepts.
    #[error("failed to narrow the sessions to what is collected")]
    PolicyTooLarge(#[from] PolicyTooLarge),
}

impl OriginError {
    /// What the user can do.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            OriginError::Enumerate(error) => Some(error.hint()),
            OriginError::PolicyTooLarge(_) => Some("scan with fewer checks at once (`--check`)"),
            OriginError::Read(_) | OriginError::Document(_) => None,
        }
    }
}

/// Gives the snapshots of accounts.
pub(crate) struct Source {
    place: Place,
    /// The account that is asked what Identity Center alone tells; none if no account that is looked into can be.
    spokesman: Option<AccountId>,
}

enum Place {
    Live {
        /// How an account is entered, and what is collected then; once, unless that takes several sessions.
        visits: Vec<(Entrance, Request)>,
        /// The same for the account that is asked more.
        of_spokesman: Vec<(Entrance, Request)>,
        shared: Shared,
    },
    Stored {
        directory: Directory,
        /// What is asked for.
        types: BTreeSet<String>,
    },
}

/// The part of a request that every account is asked.
fn of_every_account(request: &Request) -> Request {
    let mut every = request.clone();
    every.types.retain(|kind| !is_of_identity_center(kind));
    every
}

/// Which of these accounts is asked what Identity Center tells: the first that lets us in. Of one there is no
/// choice.
async fn spokesman(able: Vec<AccountId>, visits: &[(Entrance, Request)]) -> Option<AccountId> {
    if let ([_, _, ..], [(entrance, _), ..]) = (able.as_slice(), visits) {
        for account in &able {
            if entrance.enter(account).await.is_ok() {
                return Some(account.clone());
            }
        }
    }
    able.into_iter().next()
}

impl Origin {
    /// The organization.
    ///
    /// # Errors
    /// If it cannot be had at all.
    pub async fn organization(&self) -> Result<Organization, OriginError> {
        match self {
            Origin::Live(live) => {
                let declared: Arc<[Declaration]> = DECLARED.into();
                Ok(
                    blastwall_organization::enumerate(&live.session(declared), &live.caller)
                        .await?,
                )
            }
            Origin::Stored(stored) => {
                let mut organization = stored.organization()?;
                stored.add_unlisted(&mut organization);
                Ok(organization)
            }
        }
    }

    /// A source of snapshots of the organization's accounts, those that are `looked_into`.
    pub(crate) async fn source(
        &self,
        organization: &Organization,
        request: Request,
        looked_into: impl Fn(&AccountId) -> bool,
    ) -> Result<Source, OriginError> {
        let mut able: Vec<AccountId> = spokesmen(organization).collect();
        able.retain(looked_into);
        let (place, spokesman) = match self {
            Origin::Live(live) => {
                let budget = Budget::new(live.parallel_calls);
                let entered = |request: &Request| -> Result<Vec<_>, PolicyTooLarge> {
                    let visits = visits(request)?.into_iter().map(|(request, policy)| {
                        let entrance = Entrance {
                            caller: live.caller.clone(),
                            session: live.session(DECLARED.into()),
                            management_account: organization.management_account.clone(),
                            role: live.role.clone(),
                            settings: live.settings.clone(),
                            policy,
                            declared: blastwall_collect::declarations(&request).into(),
                            meter: live.meter.clone(),
                            budget: budget.clone(),
                        };
                        (entrance, request)
                    });
                    Ok(visits.collect())
                };
                let every = of_every_account(&request);
                let of_spokesman = entered(&request)?;
                let spokesman = match every.types == request.types {
                    true => None,
                    false => spokesman(able, &of_spokesman).await,
                };
                let place = Place::Live {
                    visits: entered(&every)?,
                    of_spokesman,
                    shared: Shared::new(),
                };
                (place, spokesman)
            }
            Origin::Stored(stored) => {
                let place = Place::Stored {
                    directory: stored.directory.clone(),
                    types: request.types,
                };
                (place, able.into_iter().next())
            }
        };
        Ok(Source { place, spokesman })
    }
}

impl Live {
    /// A session with the caller's own credentials.
    fn session(&self, declared: Arc<[Declaration]>) -> Session {
        Session::new(
            self.caller.account.clone(),
            self.caller.partition.clone(),
            self.config.clone(),
            declared,
            self.meter.clone(),
            Budget::new(self.parallel_calls),
        )
    }
}

impl Stored {
    /// The organization as its documents tell of it.
    pub(crate) fn organization(&self) -> Result<Organization, OriginError> {
        let documents = self.directory.organization()?;
        let coverage = self.directory.organization_coverage()?;
        Ok(
            blastwall_organization::from_documents(&documents, self.caller.clone())?
                .with_coverage(coverage.unwrap_or_default()),
        )
    }

    /// Accounts that have a file and no document in the organization are accounts all the same:
    /// a directory need not have an organization.
    fn add_unlisted(&self, organization: &mut Organization) {
        for id in self.directory.accounts() {
            if organization.account(&id).is_none() {
                organization.accounts.push(AccountEntry::unlisted(id));
            }
        }
        organization
            .accounts
            .sort_by(|left, right| left.id.cmp(&right.id));
    }
}

impl Source {
    /// The account that is asked what Identity Center alone tells.
    pub(crate) fn spokesman(&self) -> Option<AccountId> {
        self.spokesman.clone()
    }

    /// Everything that can be had of an account. Never fails: what cannot be had is in the
    /// coverage.
    pub(crate) async fn snapshot(&self, account: &AccountId) -> Snapshot {
        let speaks = self.spokesman.as_ref() == Some(account);
        match &self.place {
            Place::Live {
                visits,
                of_spokesman,
                shared,
            } => {
                let visits = if speaks { of_spokesman } else { visits };
                let mut all: Option<Snapshot> = None;
                for (entrance, request) in visits {
                    let brought = match entrance.enter(account).await {
                        Ok(entered) => {
                            let access = entered.access();
                            blastwall_collect::collect(&entered.session, request, shared, access)
                                .await
                        }
                        Err(access) => nothing(account, access),
                    };
                    all = Some(match all {
                        // Whoever did not get in will not the next time.
                        None if !matches!(brought.coverage.access, Access::Entered { .. }) => {
                            return brought;
                        }
                        None => brought,
                        Some(first) => join(first, brought, &request.types),
                    });
                }
                let reason = "there is nothing to collect".to_owned();
                all.unwrap_or_else(|| nothing(account, Access::Skipped { reason }))
            }
            Place::Stored { directory, types } if speaks => stored(directory, account, types),
            Place::Stored { directory, types } => {
                let mut types = types.clone();
                types.retain(|kind| !is_of_identity_center(kind));
                stored(directory, account, &types)
            }
        }
    }
}

/// The snapshot of an account that was not looked into.
pub(crate) fn nothing(account: &AccountId, access: Access) -> Snapshot {
    Snapshot {
        documents: Vec::new(),
        coverage: Coverage {
            account: account.clone(),
            access,
            regions: Vec::new(),
            services: Default::default(),
            gaps: Vec::new(),
        },
    }
}

/// What is stored of an account. A type that is asked for and was not collected then is a gap: that
/// nothing of it is stored says nothing.
pub(crate) fn stored(
    directory: &Directory,
    account: &AccountId,
    types: &BTreeSet<String>,
) -> Snapshot {
    let refused = |error: &ReadError| {
        let access = Access::Refused {
            tried: format!(
                "reading account {account} in {}",
                directory.path().display()
            ),
            answer: error.to_string(),
            hint: "repair or remove the file, or scan the account again".to_owned(),
        };
        nothing(account, access)
    };
    let coverage = match directory.coverage(account) {
        Ok(coverage) => coverage,
        Err(error) => return refused(&error),
    };
    if coverage.is_none() && !directory.accounts().contains(account) {
        let reason = "nothing of the account is stored".to_owned();
        return nothing(account, Access::Skipped { reason });
    }
    match directory.resources(account) {
        Ok(documents) => {
            let mut coverage = coverage
                .unwrap_or_else(|| nothing(account, Access::Entered { role: None }).coverage);
            if matches!(coverage.access, Access::Entered { .. }) {
                coverage.gaps.extend(not_collected(directory, types));
                coverage.gaps.sort();
            }
            Snapshot {
                documents,
                coverage,
            }
        }
        Err(error) => refused(&error),
    }
}

fn not_collected(directory: &Directory, types: &BTreeSet<String>) -> Option<Gap> {
    let collected = directory.manifest().types.as_ref()?;
    let missing: Vec<String> = types.difference(collected).cloned().collect();
    (!missing.is_empty()).then(|| Gap {
        types: missing,
        action: "scan --save".to_owned(),
        region: GLOBAL.to_owned(),
        resource: None,
        kind: GapKind::Unsupported,
        answer:
            "NotCollected: the scan that is stored did not ask for it; scan again with these checks"
                .to_owned(),
    })
}
