//! The graph: every rule that the link kinds find, ready for closures.
//!
//! Building asks the policies once; everything after is arithmetic on numbers, until somebody
//! wants to read a step.

use std::sync::Arc;

use blastwall_model::AccountId;
use blastwall_policy::Pattern;
use serde::{Deserialize, Serialize};

use crate::capability::Capabilities;
use crate::facts::{Facts, Unjudged};
use crate::rules::{FactId, IndexedRules};
use crate::subject::{OutsideParty, Subject};
use crate::world::World;

/// An account of the organization into which the graph cannot see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlindSpot {
    /// Which account.
    pub account: AccountId,
    /// Why, and what that means.
    pub why: String,
}

/// What the name of an environment has in front of it where it is to be nothing else.
const ENVIRONMENT: &str = "env:";

/// A start that is no account, principal or outside party of these facts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` {problem}")]
pub struct UnknownStart {
    /// What was asked for.
    pub text: String,
    /// What keeps it from being a start.
    pub problem: String,
}

impl UnknownStart {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            problem: "is no account, environment, user, role, workload or outside party of this \
                      organization"
                .to_owned(),
        }
    }
}

/// Facts and the rules between them.
#[derive(Clone, Debug)]
pub struct Graph {
    // Shared by clones: only the rules ever differ.
    pub(crate) world: Arc<World>,
    pub(crate) capabilities: Arc<Capabilities>,
    pub(crate) rules: IndexedRules,
    pub(crate) unjudged: Vec<Unjudged>,
}

/// How large a graph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Size {
    /// Accounts that can fall.
    pub accounts: usize,
    /// Users and roles.
    pub principals: usize,
    /// Rules between them.
    pub rules: usize,
}

impl Graph {
    /// Finds every link between the facts.
    #[must_use]
    pub fn build(mut facts: Facts) -> Self {
        let mut unjudged = std::mem::take(&mut facts.unjudged);
        let graph = Self::of(World::build(facts));
        unjudged.extend(graph.world.not_made.iter().cloned());
        unjudged.sort();
        unjudged.dedup();
        Self { unjudged, ..graph }
    }

    pub(crate) fn from_parts(
        world: World,
        capabilities: Capabilities,
        rules: IndexedRules,
    ) -> Self {
        Self {
            world: Arc::new(world),
            capabilities: Arc::new(capabilities),
            rules,
            unjudged: Vec::new(),
        }
    }

    /// What has a say in who reaches what and could not be read, sorted. Reach that hangs on it is
    /// unknown.
    #[must_use]
    pub fn unjudged(&self) -> &[Unjudged] {
        &self.unjudged
    }

    /// Accounts of the organization that were not looked into, sorted.
    #[must_use]
    pub fn blind_spots(&self) -> Vec<BlindSpot> {
        let unseen = self
            .world
            .accounts
            .iter()
            .filter(|row| !row.seen)
            .map(|row| {
                BlindSpot {
            account: row.id.clone(),
            why: "it was not looked into: what it reaches and who reaches it is known only as far \
                as policies of other accounts tell"
                .to_owned(),
        }
            });
        let set_aside = self.world.set_aside.iter().map(|(id, why)| BlindSpot {
            account: id.clone(),
            why: format!("{why}: it is left out"),
        });
        let mut blind_spots: Vec<_> = unseen.chain(set_aside).collect();
        blind_spots.sort();
        blind_spots
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> Size {
        Size {
            accounts: self.world.accounts.len(),
            principals: self.world.principals.len(),
            rules: self.rules.len(),
        }
    }

    /// Reads a start: an account id, the name of an account, or the ARN of a user, role or
    /// account root; `data of ARN` for what lies in something that is more than its data.
    ///
    /// # Errors
    /// If there is none such, or several accounts have the name.
    pub fn find(&self, text: &str) -> Result<Subject, UnknownStart> {
        let unknown = || UnknownStart::new(text);
        let account = |id: &str| {
            let row = self.world.account(self.world.find_account(id)?)?;
            Some(Subject::Account { id: row.id.clone() })
        };
        if let Some(subject) = account(text) {
            return Ok(subject);
        }
        let mut set_aside = self.world.set_aside.iter();
        if let Some((_, why)) = set_aside.find(|(id, _)| id.as_str() == text) {
            return Err(UnknownStart {
                text: text.to_owned(),
                problem: format!("is left out of the blast radius: {why}"),
            });
        }
        if let Some(index) = self.world.find_principal(text) {
            let row = self.world.principal(index).ok_or_else(unknown)?;
            return Ok(Subject::Principal {
                arn: row.arn.clone(),
            });
        }
        if let Some(row) = self
            .world
            .find_workload(text)
            .and_then(|index| self.world.workload(index))
        {
            return Ok(Subject::Workload {
                arn: row.arn.clone(),
            });
        }
        let of_data = text.strip_prefix("data of ").unwrap_or(text);
        if let Some(row) = self
            .world
            .find_store(of_data)
            .and_then(|index| self.world.store(index))
        {
            let arn = row.arn.clone();
            return Ok(match row.kind.holds_data() {
                true => Subject::Data { arn },
                false => Subject::Supply { arn },
            });
        }
        if text == GUARDRAILS {
            return Ok(Subject::Guardrails);
        }
        // What a bucket or vault holds comes before what it is evidence of.
        if let Some(row) = self.world.evidence.iter().find(|row| row.of == text) {
            return Ok(Subject::Evidence { of: row.of.clone() });
        }
        if let Some(root) = text.strip_suffix(":root")
            && let Some(subject) = root.rsplit(':').next().and_then(account)
        {
            return Ok(subject);
        }
        let mut named = self
            .world
            .accounts
            .iter()
            .filter(|row| row.name.as_deref() == Some(text));
        match (named.next(), named.next()) {
            (Some(row), None) => Ok(Subject::Account { id: row.id.clone() }),
            (Some(one), Some(other)) => {
                let all = [one, other].into_iter().chain(named);
                let ids: Vec<&str> = all.map(|row| row.id.as_str()).collect();
                Err(UnknownStart {
                    text: text.to_owned(),
                    problem: format!("is the name of several accounts: {}", ids.join(", ")),
                })
            }
            _ => self
                .find_outside(text)
                .or_else(|| self.find_role(text))
                .ok_or_else(|| {
                    let of_unseen = || self.of_unseen(text);
                    self.other_path(text)
                        .or_else(of_unseen)
                        .unwrap_or_else(unknown)
                }),
        }
    }

    /// The role of a session, `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`, as logs have it.
    fn find_role(&self, text: &str) -> Option<Subject> {
        let (account, name) = role_name(text, ":assumed-role/")?;
        self.role_of(account, name.split('/').next()?)
    }

    fn role_of(&self, account: &str, name: &str) -> Option<Subject> {
        let account = self.world.find_account(account)?;
        let role = self.world.find_role_by_name(account, name)?;
        let arn = self.world.principal(role)?.arn.clone();
        Some(Subject::Principal { arn })
    }

    /// That somebody is of an account that was not looked into, so that it is not known whether it is there.
    fn of_unseen(&self, text: &str) -> Option<UnknownStart> {
        let account = text.starts_with("arn:").then(|| text.split(':').nth(4))??;
        let row = self.world.account(self.world.find_account(account)?)?;
        (!row.seen).then(|| UnknownStart {
            text: text.to_owned(),
            problem: format!(
                "is of account {account}, which was not looked into: who and what is in it is not known"
            ),
        })
    }

    /// That a role of that name has another path.
    fn other_path(&self, text: &str) -> Option<UnknownStart> {
        let (account, name) = role_name(text, ":role/")?;
        let other = self.role_of(account, name.rsplit('/').next()?)?;
        Some(UnknownStart {
            text: text.to_owned(),
            problem: format!("is no role; the role of that name is {other}"),
        })
    }

    /// The same, or the name of an environment, which stands for all of its accounts at once; `env:prod` is the
    /// environment and nothing else. What says that it is a repository, `repo:acme/web`, is one, though no policy may
    /// know it: whoever runs it is anyone.
    ///
    /// # Errors
    /// As [`find`](Self::find), and if both an account and an environment of more accounts have the name.
    pub fn find_all(&self, text: &str) -> Result<Vec<Subject>, UnknownStart> {
        let name = text.strip_prefix(ENVIRONMENT).unwrap_or(text);
        let accounts = self.world.accounts.iter();
        let of_environment: Vec<Subject> = accounts
            .filter(|row| *row.environment.name == *name)
            .map(|row| Subject::Account { id: row.id.clone() })
            .collect();
        let unknown = match self.find(text) {
            Ok(Subject::Account { id }) if id.as_str() != text && !of_environment.is_empty() => {
                let account = Subject::Account { id: id.clone() };
                if of_environment == [account] {
                    return Ok(of_environment);
                }
                return Err(UnknownStart {
                    text: text.to_owned(),
                    problem: format!(
                        "is the name of account {id} and of an environment: write {id} or {ENVIRONMENT}{text}"
                    ),
                });
            }
            Ok(
                user @ Subject::Outside {
                    party: OutsideParty::IdentityCenter { group: false, .. },
                },
            ) => return Ok(self.person(text).unwrap_or_else(|| vec![user])),
            Ok(subject) => return Ok(vec![subject]),
            Err(unknown) => unknown,
        };
        if !of_environment.is_empty() {
            return Ok(of_environment);
        }
        if let Some(parties) = self.person(text) {
            if parties.is_empty() {
                return Err(UnknownStart {
                    text: text.to_owned(),
                    problem: "is a user of Identity Center to whom, and to whose groups, nothing is assigned in the \
                              accounts that were looked into"
                        .to_owned(),
                });
            }
            return Ok(parties);
        }
        let workflows: Vec<Subject> = self.workflows_of(text).collect();
        if !workflows.is_empty() {
            return Ok(workflows);
        }
        let named = text
            .strip_prefix("repo:")
            .filter(|name| is_repository(name));
        let Some(repository) = named else {
            return Err(unknown);
        };
        if self.is_named_otherwise(repository) {
            return Err(UnknownStart {
                text: text.to_owned(),
                problem: "is named by conditions on other claims of tokens than `sub`, by which repositories are not \
                          told apart: `anyone` tells what strangers reach"
                    .to_owned(),
            });
        }
        let stranger = OutsideParty::Repository {
            repository: repository.to_owned(),
        };
        let parties = [stranger, OutsideParty::Anyone];
        Ok(parties.map(|party| Subject::Outside { party }).into())
    }

    /// Whether some condition asks a claim besides the subject for a repository or its owner.
    fn is_named_otherwise(&self, repository: &str) -> bool {
        let owner = repository.split('/').next().unwrap_or_default();
        let policies = self.world.policies.iter();
        let statements = policies.flat_map(|stored| &stored.policy.statements);
        let conditions = statements.flat_map(|statement| &statement.conditions);
        let mut of_tokens = conditions.filter(|condition| {
            let claim = condition.key.rsplit_once(':');
            claim.is_some_and(|(provider, claim)| {
                !matches!(claim, "sub" | "aud") && crate::issuers::issuer(provider).is_some()
            })
        });
        of_tokens.any(|condition| {
            let mut values = condition.values.iter();
            values.any(|value| {
                let pattern = Pattern::glob(value.as_str());
                [repository, owner].iter().any(|name| pattern.matches(name))
            })
        })
    }

    /// Whether it is a repository that no policy names: a start all the same, from which nothing falls by itself.
    #[must_use]
    pub fn is_stranger(&self, subject: &Subject) -> bool {
        let Subject::Outside { party } = subject else {
            return false;
        };
        matches!(party, OutsideParty::Repository { .. }) && self.fact(subject).is_none()
    }

    /// The facts of a start, strangers left out.
    pub(crate) fn starts(&self, start: &[Subject]) -> Result<Vec<FactId>, UnknownStart> {
        let known = start.iter().filter(|subject| !self.is_stranger(subject));
        let facts = known.map(|subject| {
            self.fact(subject)
                .ok_or_else(|| UnknownStart::new(subject.to_string()))
        });
        facts.collect()
    }

    /// A user of Identity Center: as itself, if something is assigned to it, and as its groups.
    fn person(&self, text: &str) -> Option<Vec<Subject>> {
        let parties = self.world.workforce.person(text)?.iter();
        let parties = parties.filter_map(|party| self.world.outside.get(party.index()));
        let subjects = parties.map(|party| Subject::Outside {
            party: party.clone(),
        });
        Some(subjects.collect())
    }

    /// The names by which most is found: accounts, environments, users and roles.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let accounts = self.world.accounts.iter();
        let names = accounts.clone().filter_map(|row| row.name.as_deref());
        let environments = accounts.map(|row| &*row.environment.name);
        let principals = self.world.principals.iter().map(|row| row.arn.as_str());
        names.chain(environments).chain(principals)
    }

    /// Whether this is the name of an environment, and of nothing else.
    #[must_use]
    pub fn is_environment(&self, text: &str) -> bool {
        let name = text.strip_prefix(ENVIRONMENT).unwrap_or(text);
        let mut accounts = self.world.accounts.iter();
        self.find(text).is_err() && accounts.any(|row| *row.environment.name == *name)
    }

    /// The subjects of CI providers under which runs of a repository come, `acme/web` or `repo:acme/web`, and
    /// the repository itself.
    fn workflows_of(&self, repository: &str) -> impl Iterator<Item = Subject> {
        let named = repository.contains(['/', ':']);
        let workflows = self.world.outside.iter().filter(move |party| match party {
            OutsideParty::Workflow { provider, subject } => {
                named && crate::issuers::admits(provider, subject, repository)
            }
            OutsideParty::Repository { repository: own } => {
                let plain = repository.strip_prefix("repo:").unwrap_or(repository);
                let path = own.strip_suffix(plain);
                named && path.is_some_and(|before| before.is_empty() || before.ends_with('/'))
            }
            _ => false,
        });
        workflows.map(|party| Subject::Outside {
            party: party.clone(),
        })
    }

    /// The outside parties that some policy lets in, sorted.
    pub fn outside(&self) -> impl Iterator<Item = Subject> + '_ {
        self.world.outside.iter().map(|party| Subject::Outside {
            party: party.clone(),
        })
    }

    fn find_outside(&self, text: &str) -> Option<Subject> {
        let party = self.world.outside.iter().find(|party| {
            let named = match party {
                OutsideParty::Anyone => text == "anyone",
                OutsideParty::Account { id } => id.as_str() == text,
                OutsideParty::Organization { id } => id == text,
                OutsideParty::IdentityProvider { provider } => provider == text,
                OutsideParty::CertificateHolder { anchor } => anchor == text,
                OutsideParty::ApplicationUsers { pool } => pool == text,
                OutsideParty::IdentityCenter {
                    principal, name, ..
                } => principal == text || name.as_deref() == Some(text),
                OutsideParty::Workflow { subject, .. } => subject == text,
                OutsideParty::Repository { repository } => repository == text,
                OutsideParty::Service { name } => name == text,
            };
            // As it is printed, too.
            named || party.to_string() == text
        })?;
        Some(Subject::Outside {
            party: party.clone(),
        })
    }

    pub(crate) fn fact(&self, subject: &Subject) -> Option<FactId> {
        if let Subject::Rewritten { .. } = subject {
            let mut facts = self.capabilities.iter();
            let found = facts.find(|(_, one)| self.world.subject(*one).as_ref() == Some(subject));
            return found.map(|(fact, _)| fact);
        }
        self.capabilities.find(self.world.capability(subject)?)
    }
}
/// Whether this is the name of one repository: its owner and what it is called there.
fn is_repository(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    parts.len() > 1
        && parts.iter().all(|part| {
            let usual = |one: char| one.is_ascii_alphanumeric() || "._-".contains(one);
            !part.is_empty() && part.chars().all(usual)
        })
}

/// By which word the power over the organization's policies is found.
pub(crate) const GUARDRAILS: &str = "guardrails";

/// The account and the name behind `kind` of an ARN of that kind.
fn role_name<'t>(text: &'t str, kind: &str) -> Option<(&'t str, &'t str)> {
    let (head, name) = text.split_once(kind)?;
    Some((head.rsplit(':').next()?, name))
}
