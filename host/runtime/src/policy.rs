//! The policy engine as plugins may question it: the analyses and decisions of `blastwall-policy`,
//! carried over the contract. Nothing here decides anything.

use blastwall_policy::Policy;
use blastwall_policy::analysis::{self, Audience};
use wasmtime::Result;

use crate::bindings::policy as wit;
use crate::state::State;

impl wit::Host for State {
    fn who(
        &mut self,
        policy: String,
        owner_account: String,
    ) -> Result<Result<Vec<wit::Grant>, String>> {
        self.judging()?;
        if let Err(large) = readable(&owner_account, NAME) {
            return Ok(Err(large));
        }
        Ok(parse(&policy).map(|policy| {
            let grants = analysis::audience(&policy, &owner_account);
            grants.into_iter().map(grant).collect()
        }))
    }

    fn public_access(
        &mut self,
        policy: String,
    ) -> Result<Result<Option<wit::PublicGrant>, String>> {
        self.judging()?;
        Ok(parse(&policy).map(|policy| {
            let public = analysis::public_access(&policy, "")?;
            Some(wit::PublicGrant {
                statement: index(public.statement),
                sid: public.sid,
                actions: public.actions,
                actions_negated: public.actions_negated,
            })
        }))
    }

    fn requires_tls(
        &mut self,
        policy: String,
        bucket: String,
    ) -> Result<Result<wit::Transport, String>> {
        self.judging()?;
        if let Err(large) = readable(&bucket, NAME) {
            return Ok(Err(large));
        }
        Ok(
            parse(&policy).map(|policy| match analysis::requires_tls(&policy, &bucket) {
                Ok(statements) => {
                    wit::Transport::TlsRequired(statements.into_iter().map(index).collect())
                }
                Err(plain) => wit::Transport::PlainHttp(plain.to_string()),
            }),
        )
    }

    fn grants_administration(&mut self, policy: String) -> Result<Result<Option<u32>, String>> {
        self.judging()?;
        Ok(parse(&policy).map(|policy| analysis::grants_administration(&policy).map(index)))
    }

    fn decide(&mut self, question: String) -> Result<Result<wit::Decision, String>> {
        self.judging()?;
        if let Err(large) = readable(&question, QUESTION) {
            return Ok(Err(large));
        }
        let answer = blastwall_policy::cases::decide(&question);
        Ok(answer
            .map(|answer| wit::Decision {
                allowed: answer.decision.is_allowed(),
                reason: answer.decision.to_string(),
            })
            .map_err(|error| error.to_string()))
    }
}

/// Bytes of one policy. AWS allows 20 KB for most, and nowhere more than 32 KB.
const POLICY: usize = 64 * 1024;
/// Bytes of an ARN or an account.
const NAME: usize = 2 * 1024;
/// Bytes of a question: every policy that binds one request, a few dozen at the most.
const QUESTION: usize = 512 * 1024;

/// Refuses what AWS would not store. The host answers while the clock of the plugin stands still,
/// and comparing two long texts takes the product of their lengths.
fn readable(json: &str, limit: usize) -> Result<(), String> {
    let length = json.len();
    if length <= limit {
        return Ok(());
    }
    Err(format!("it has {length} bytes; {limit} are read"))
}

fn parse(json: &str) -> Result<Policy, String> {
    readable(json, POLICY)?;
    Policy::parse(json).map_err(|error| error.to_string())
}

/// No document of the size that a plugin may hand over has more statements than this holds.
fn index(statement: usize) -> u32 {
    u32::try_from(statement).unwrap_or(u32::MAX)
}

fn grant(grant: analysis::Grant) -> wit::Grant {
    wit::Grant {
        audience: match grant.audience {
            Audience::Anyone => wit::Audience::Anyone,
            Audience::Organization(id) => wit::Audience::Organization(id),
            Audience::OrganizationPath(path) => wit::Audience::OrganizationPath(path),
            Audience::Account(id) => wit::Audience::Account(id),
            Audience::Principal(principal) => wit::Audience::Principal(principal.to_string()),
            Audience::PrincipalPattern(pattern) => wit::Audience::PrincipalPattern(pattern),
            Audience::CanonicalUser(id) => wit::Audience::CanonicalUser(id),
            Audience::Service { name, guarded } => {
                wit::Audience::Service(wit::Service { name, guarded })
            }
            Audience::IdentityProvider { provider, pinned } => {
                wit::Audience::IdentityProvider(wit::IdentityProvider { provider, pinned })
            }
            Audience::Nobody(name) => wit::Audience::Nobody(name),
        },
        statement: index(grant.statement),
        sid: grant.sid,
        actions: grant.actions,
        actions_negated: grant.actions_negated,
        conditions: grant.conditions,
        external: grant.external,
    }
}
