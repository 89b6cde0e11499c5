//! Who asks: access keys, sessions that were handed out, and the check of a request against them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use blastwall_model::{AccountId, Arn};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use crate::options::{Caller, Clock};
use crate::request::Request;
use crate::signature::{Authorization, hex, signing_time};
use crate::state::{LoadError, State, last_part};

/// How far the clocks of client and service may be apart.
/// Source: IAM User Guide, "Troubleshoot Signature Version 4 signed requests".
const SKEW: SignedDuration = SignedDuration::from_mins(15);

/// What a principal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// A root user.
    Root,
    /// An IAM user, by name.
    User(String),
    /// A session of a role, by the name of the role and its own.
    Session {
        /// The name of the role.
        role: String,
        /// The name of the session.
        name: String,
    },
}

/// Someone whose signature was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    pub(crate) account: AccountId,
    /// As AWS names it in messages.
    pub(crate) arn: Arn,
    pub(crate) identity: Identity,
    /// What narrows the session: none of these, or an action must be allowed by one of them.
    pub(crate) session_policies: Vec<String>,
}

/// Why a signature is not accepted. Each protocol has its own words for these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// There is no signature.
    Missing,
    /// Nobody has the access key, or not with this session token.
    UnknownKey,
    /// The session is over.
    Expired,
    /// It was made with another secret, or the request was changed.
    Signature,
    /// It was made too long ago, or lies in the future.
    Skewed,
}

#[derive(Debug)]
struct Credential {
    secret: String,
    token: Option<String>,
    expires: Option<Timestamp>,
    principal: Principal,
}

/// Fresh temporary credentials.
pub(crate) struct Issued {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: String,
    pub(crate) expires: Timestamp,
}

/// All access keys that are good.
#[derive(Debug)]
pub(crate) struct Credentials {
    clock: Clock,
    by_key: Mutex<BTreeMap<String, Credential>>,
}

impl Credentials {
    /// The keys of the callers that the simulation begins with.
    ///
    /// # Errors
    /// If a caller is nobody that the documents know.
    pub(crate) fn new(callers: &[Caller], state: &State, clock: Clock) -> Result<Self, LoadError> {
        let mut by_key = BTreeMap::new();
        for caller in callers {
            let principal = principal(caller, state).ok_or_else(|| LoadError::Caller {
                access_key_id: caller.access_key_id.clone(),
                principal: caller.principal.clone(),
            })?;
            by_key.insert(
                caller.access_key_id.clone(),
                Credential {
                    secret: caller.secret_access_key.clone(),
                    token: caller.session_token.clone(),
                    expires: None,
                    principal,
                },
            );
        }
        Ok(Self {
            clock,
            by_key: Mutex::new(by_key),
        })
    }

    /// Whose request it is.
    ///
    /// # Errors
    /// Why its signature is not accepted.
    pub(crate) fn authenticate(
        &self,
        authorization: &Authorization,
        request: &Request,
    ) -> Result<Principal, Rejection> {
        let credentials = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let credential = credentials
            .get(&authorization.access_key_id)
            .ok_or(Rejection::UnknownKey)?;
        if credential.token.as_deref() != request.header("x-amz-security-token") {
            return Err(Rejection::UnknownKey);
        }
        let now = self.clock.now();
        if credential.expires.is_some_and(|expires| expires <= now) {
            return Err(Rejection::Expired);
        }
        if !authorization.verify(request, &credential.secret) {
            return Err(Rejection::Signature);
        }
        let signed = signing_time(request).ok_or(Rejection::Signature)?;
        if now.duration_since(signed).abs() > SKEW {
            return Err(Rejection::Skewed);
        }
        Ok(credential.principal.clone())
    }

    /// Hands out a session.
    pub(crate) fn issue(&self, principal: Principal, lifetime: SignedDuration) -> Issued {
        let now = self.clock.now();
        let expires = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        // Made from the session's place in the row, so that a test sees the same keys each time.
        // They open nothing but this simulation.
        let seed = format!("{} {}", by_key.len(), principal.arn);
        let digest = |purpose: &str| hex(&Sha256::digest(format!("{purpose} {seed}")));
        let key = digest("key").to_ascii_uppercase();
        let issued = Issued {
            access_key_id: format!("ASIA{}", key.get(..16).unwrap_or_default()),
            secret_access_key: digest("secret").get(..40).unwrap_or_default().to_owned(),
            session_token: format!("FwoGZXIvYXdzE{}", digest("token")),
            expires,
        };
        by_key.insert(
            issued.access_key_id.clone(),
            Credential {
                secret: issued.secret_access_key.clone(),
                token: Some(issued.session_token.clone()),
                expires: Some(expires),
                principal,
            },
        );
        issued
    }
}

/// Finds a caller among the documents.
fn principal(caller: &Caller, state: &State) -> Option<Principal> {
    let arn = &caller.principal;
    let id: AccountId = arn.account().parse().ok()?;
    let account = state.accounts.get(&id)?;
    let (kind, rest) = arn
        .resource()
        .split_once('/')
        .unwrap_or((arn.resource(), ""));
    let identity = match kind {
        "root" => Identity::Root,
        "user" => {
            let user = account.users.get(last_part(rest))?;
            (user.arn == *arn).then(|| Identity::User(last_part(rest).to_owned()))?
        }
        "assumed-role" => {
            let (role, name) = rest.split_once('/')?;
            account.roles.get(role)?;
            Identity::Session {
                role: role.to_owned(),
                name: name.to_owned(),
            }
        }
        _ => return None,
    };
    Some(Principal {
        account: id,
        arn: arn.clone(),
        identity,
        session_policies: Vec::new(),
    })
}
