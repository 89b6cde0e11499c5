//! Why a scan is of one account instead of an organization.

use std::fmt;

use blastwall_model::AccountId;
use serde::{Deserialize, Serialize};

/// Why one account is all that is to be scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Note {
    /// The account belongs to no organization.
    Outside,
    /// The caller's account is a plain member: neither management account nor delegated
    /// administrator, so that AWS shows it nothing but its management account.
    Member {
        /// The management account, if AWS told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        management_account: Option<AccountId>,
        /// What AWS answered.
        answer: String,
    },
    /// The caller may not list the organization.
    Refused {
        /// What AWS answered.
        answer: String,
    },
}

impl Note {
    /// What the user can do to scan the organization.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Note::Outside => {
                "nothing is missing; to scan an organization, use credentials of its management account"
            }
            Note::Member { .. } => {
                "use credentials of the management account or of a delegated administrator to scan the whole organization"
            }
            Note::Refused { .. } => {
                "allow organizations:Describe* and organizations:List* to the caller to scan the whole organization"
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::Outside => {
                formatter.write_str("the account is in no organization; it is scanned on its own")
            }
            Note::Member {
                management_account,
                answer,
            } => {
                formatter.write_str("the credentials are of a member account that is neither management account nor delegated administrator")?;
                if let Some(management) = management_account {
                    write!(formatter, " (the management account is {management})")?;
                }
                write!(formatter, "; it is scanned on its own: {answer}")
            }
            Note::Refused { answer } => write!(
                formatter,
                "the caller may not list the organization; its account is scanned on its own: {answer}"
            ),
        }
    }
}
