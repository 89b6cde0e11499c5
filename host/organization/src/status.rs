//! Where an account stands in its life.

use std::fmt;

/// Where an account stands in its life.
/// Source: Organizations User Guide, "Monitor the state of your AWS accounts".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// In use.
    Active,
    /// Created, and not yet activated.
    PendingActivation,
    /// Suspended by AWS.
    Suspended,
    /// Being closed.
    PendingClosure,
    /// Closed, to be deleted 90 days later.
    Closed,
    /// A word that we do not know, as AWS gives it.
    Other(String),
}

impl Status {
    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "ACTIVE" => Status::Active,
            "PENDING_ACTIVATION" => Status::PendingActivation,
            "SUSPENDED" => Status::Suspended,
            "PENDING_CLOSURE" => Status::PendingClosure,
            "CLOSED" => Status::Closed,
            other => Status::Other(other.to_owned()),
        }
    }

    /// The word for it, as AWS has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Status::Active => "ACTIVE",
            Status::PendingActivation => "PENDING_ACTIVATION",
            Status::Suspended => "SUSPENDED",
            Status::PendingClosure => "PENDING_CLOSURE",
            Status::Closed => "CLOSED",
            Status::Other(word) => word,
        }
    }

    /// Why an account in this state is not entered; none if it is. An unknown state is no reason:
    /// AWS's own answer then tells.
    #[must_use]
    pub fn skip_reason(&self) -> Option<&'static str> {
        match self {
            Status::Active | Status::Other(_) => None,
            Status::PendingActivation => Some("the account is not activated yet"),
            Status::Suspended => Some("the account is suspended"),
            Status::PendingClosure => Some("the account is being closed"),
            Status::Closed => Some("the account is closed"),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
