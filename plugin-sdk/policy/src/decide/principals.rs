//! Whom a `Principal` or `NotPrincipal` element covers, and in which way.
//!
//! The way matters: naming a user or a session grants outright, naming a role grants within its
//! boundary and session policy, naming an account only hands the question to that account.
//!
//! Sources: AWS IAM User Guide, "AWS JSON policy elements: Principal"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>,
//! "Policy evaluation for requests within a single account"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html>
//! and "AWS JSON policy elements: NotPrincipal"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>.

use super::statement::Query;
use crate::language::{Effect, PrincipalClause, PrincipalEntry};
use crate::principal::Principal;
use crate::truth::Truth;

/// In which ways a statement covers the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// The user, the session, the service, or everyone.
    pub(crate) direct: Truth,
    /// The role behind the session, or the user behind a federated one.
    pub(crate) role: Truth,
    /// The caller's account.
    pub(crate) account: Truth,
}

/// One of the ways in which a statement covers the caller; see [`Who`].
#[derive(Clone, Copy)]
pub(crate) enum Covering {
    Itself,
    Role,
    Account,
}

impl Who {
    pub(crate) const NOBODY: Self = Self {
        direct: Truth::False,
        role: Truth::False,
        account: Truth::False,
    };
    pub(crate) const DIRECT: Self = Self {
        direct: Truth::True,
        role: Truth::False,
        account: Truth::False,
    };

    /// Covered in one way.
    pub(crate) fn by(self, covering: Covering) -> Truth {
        match covering {
            Covering::Itself => self.direct,
            Covering::Role => self.role,
            Covering::Account => self.account,
        }
    }

    /// Covered in any way.
    pub(crate) fn any(self) -> Truth {
        self.direct.or(self.role).or(self.account)
    }

    /// Covered by one or the other.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            direct: self.direct.or(other.direct),
            role: self.role.or(other.role),
            account: self.account.or(other.account),
        }
    }

    /// Covered only as far as `truth` holds.
    pub(crate) fn limited(self, truth: Truth) -> Self {
        Self {
            direct: self.direct.and(truth),
            role: self.role.and(truth),
            account: self.account.and(truth),
        }
    }

    fn directly(truth: Truth) -> Self {
        Self {
            direct: truth,
            ..Self::NOBODY
        }
    }

    /// Whether the clause covers the caller of the query.
    pub(crate) fn covered(clause: &PrincipalClause, effect: Effect, query: &Query<'_>) -> Self {
        let named = Self::named(&clause.entries, query);
        if !clause.negated {
            return named;
        }
        match effect {
            Effect::Allow => Self::directly(named.any().negate()),
            Effect::Deny => Self::directly(exempt(&clause.entries, named, query).negate()),
        }
    }

    fn named(entries: &[PrincipalEntry], query: &Query<'_>) -> Self {
        let mut who = Self::NOBODY;
        for entry in entries {
            who.add(entry, query);
        }
        who
    }

    fn add(&mut self, entry: &PrincipalEntry, query: &Query<'_>) {
        let principal = query.principal;
        match entry {
            PrincipalEntry::Anyone => self.direct = Truth::True,
            PrincipalEntry::Account { id, text } => {
                if principal.acting_account() == Some(id)
                    && same_partition(text, principal.as_str())
                {
                    self.account = Truth::True;
                    // For the root user the ARN of the account is its own.
                    if matches!(principal, Principal::Root { .. }) {
                        self.direct = Truth::True;
                    }
                }
            }
            PrincipalEntry::Identity(Principal::Role {
                arn,
                account,
                name,
                path,
            }) => {
                // The role's path is in its ARN and never in that of a session; names are unique
                // within an account, so the name is enough when the path is not known.
                let covers = match principal {
                    Principal::Role { arn: own, .. } => own == arn,
                    Principal::RoleSession {
                        account: own,
                        role,
                        arn: session,
                        ..
                    } => {
                        own == account
                            && role == name
                            && query.role_path.is_none_or(|known| known == &**path)
                            && same_partition(arn, session)
                    }
                    _ => false,
                };
                self.role = self.role.or(covers.into());
            }
            PrincipalEntry::Identity(Principal::RoleSession {
                account,
                role,
                session,
                arn,
            }) => {
                let covers = match principal {
                    Principal::RoleSession {
                        account: own,
                        role: own_role,
                        session: own_session,
                        arn: own_arn,
                    } => (own == account
                        && own_role == role
                        && own_session == session
                        && same_partition(arn, own_arn))
                    .into(),
                    // A role stands for any of its sessions, and whoever assumes it names the session.
                    Principal::Role {
                        account: own,
                        name,
                        arn: own_arn,
                        ..
                    } if query.facts.is_open()
                        && own == account
                        && name == role
                        && same_partition(arn, own_arn) =>
                    {
                        Truth::Maybe
                    }
                    _ => Truth::False,
                };
                self.direct = self.direct.or(covers);
            }
            // "If a resource-based policy grants permission to the ARN of the IAM user who federated,
            // then requests made by the federated user during the session are limited by an implicit
            // deny in a permission boundary or session policy." A request does not tell who
            // federated: a decision takes the user of the session's name, and an open question
            // leaves every user of the account open.
            PrincipalEntry::Identity(Principal::User { account, name, arn })
                if let Principal::FederatedUser {
                    account: own,
                    name: session,
                    arn: own_arn,
                } = principal =>
            {
                if own == account && same_partition(arn, own_arn) {
                    self.role = self.role.or(if query.facts.is_open() {
                        Truth::Maybe
                    } else {
                        (name == session).into()
                    });
                }
            }
            PrincipalEntry::Identity(other) => {
                self.direct = self
                    .direct
                    .or((other.as_str() == principal.as_str()).into())
            }
            PrincipalEntry::Service(text) => {
                let covers = matches!(principal, Principal::Service { name } if &**text == "*" || name == text);
                self.direct = self.direct.or(covers.into());
            }
            PrincipalEntry::Federated(text) => {
                let covers = matches!(principal, Principal::IdentityProvider { provider, .. } if &**text == "*" || provider == text);
                self.direct = self.direct.or(covers.into());
            }
            PrincipalEntry::CanonicalUser(_)
            | PrincipalEntry::Deleted(_)
            | PrincipalEntry::Other(_) => {}
        }
    }
}

/// Whether a `Deny` with `NotPrincipal` leaves the caller out.
///
/// The account must be listed as well as the user or role in it, or the deny may take the whole
/// account; listing the account alone exempts only its root user. Where sessions of a role are
/// listed, its other sessions are not left out. A caller with a permissions boundary is never left
/// out. What AWS does with an incomplete list depends on the service, so an open question leaves it
/// open, and a decision follows the documented requirement. A list that has the account together with
/// somebody in it is complete, and takes everybody else there for certain.
fn exempt(entries: &[PrincipalEntry], named: Who, query: &Query<'_>) -> Truth {
    let everyone = entries.contains(&PrincipalEntry::Anyone);
    let Some(account) = query.principal.acting_account().filter(|_| !everyone) else {
        return named.any();
    };
    if query.has_boundary {
        return Truth::False;
    }
    let itself = if lists_sessions(entries, query.principal) {
        named.direct
    } else {
        named.direct.or(named.role)
    };
    let complete = named.account.and(itself);
    if !query.facts.is_open() || complete != Truth::False {
        return complete;
    }
    let lists_neighbours = entries.iter().any(|entry| match entry {
        PrincipalEntry::Identity(other) => other.account() == Some(account),
        _ => false,
    });
    let incomplete = if named.account == Truth::False {
        itself != Truth::False
    } else {
        !lists_neighbours
    };
    if incomplete {
        Truth::Maybe
    } else {
        Truth::False
    }
}

/// Whether sessions are listed of the role that the caller is, or is a session of.
fn lists_sessions(entries: &[PrincipalEntry], caller: &Principal) -> bool {
    let (account, name) = match caller {
        Principal::Role { account, name, .. } => (account, name),
        Principal::RoleSession { account, role, .. } => (account, role),
        _ => return false,
    };
    entries.iter().any(|entry| {
        matches!(entry, PrincipalEntry::Identity(Principal::RoleSession { account: of, role, .. })
            if of == account && role == name)
    })
}

/// Whether two texts belong to the same partition; a bare account id belongs to any.
fn same_partition(one: &str, other: &str) -> bool {
    let partition = |text: &'_ str| -> Option<(usize, usize)> {
        let start = text.strip_prefix("arn:").map(|_| 4)?;
        let length = text.get(start..)?.find(':')?;
        Some((start, start + length))
    };
    match (partition(one), partition(other)) {
        (Some((start, end)), Some((other_start, other_end))) => {
            one.get(start..end) == other.get(other_start..other_end)
        }
        _ => true,
    }
}
