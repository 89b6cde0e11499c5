//! What a simulation is told beside the documents.

use std::fmt;
use std::sync::Arc;

use blastwall_model::{AccountId, Arn};
use jiff::Timestamp;

/// How a simulation behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Who may sign requests from the start.
    pub callers: Vec<Caller>,
    /// Accounts that the organization trusts with its read operations.
    pub delegated_administrators: Vec<AccountId>,
    /// Calls that fail.
    pub faults: Vec<Fault>,
    /// The most entries a page holds, whatever the client asks for; small pages exercise clients.
    pub page_size: usize,
    /// How often a credential report is still in progress after it was asked for. Zero means that
    /// there is a recent one already, as in any account that was looked at in the last four hours.
    pub report_polls: u32,
    /// The time.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            callers: Vec::new(),
            delegated_administrators: Vec::new(),
            faults: Vec::new(),
            page_size: 100,
            report_polls: 0,
            clock: Clock::default(),
        }
    }
}

/// An access key and whom it belongs to.
#[derive(Clone)]
pub struct Caller {
    /// `AKIA…`.
    pub access_key_id: String,
    /// What signatures are made with.
    pub secret_access_key: String,
    /// `arn:…:user/…`, `arn:…:root` or `arn:aws:sts::…:assumed-role/ROLE/SESSION`; the user or the
    /// role must be among the documents.
    pub principal: Arn,
    /// What temporary credentials carry along.
    pub session_token: Option<String>,
}

impl Caller {
    /// Long-term credentials of a user or of a root user.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        principal: Arn,
    ) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            principal,
            session_token: None,
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Caller")
            .field("access_key_id", &self.access_key_id)
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}

/// A call that fails, for tests of what a client makes of it.
#[derive(Clone, Debug)]
pub struct Fault {
    /// In this account alone; in every account if none.
    pub account: Option<AccountId>,
    /// In this region alone; in every region if none.
    pub region: Option<String>,
    /// The IAM action, `s3:GetBucketPolicy`.
    pub action: String,
    /// The error code, `Throttling`.
    pub code: String,
    /// What the answer says.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
    /// How often; always if none.
    pub times: Option<u32>,
}

impl Fault {
    /// A call that always fails, everywhere.
    pub fn new(action: impl Into<String>, code: impl Into<String>, status: u16) -> Self {
        Self {
            account: None,
            region: None,
            action: action.into(),
            code: code.into(),
            message: "a fault of the simulation".to_owned(),
            status,
            times: None,
        }
    }
}

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    /// The clock of the machine: clients sign with it, so a simulation must share it with them.
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}
