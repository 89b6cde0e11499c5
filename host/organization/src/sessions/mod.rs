//! Sessions in the accounts of an organization.
//!
//! Each account but the caller's own is entered through a role, and each such session is narrowed
//! by a session policy to the reads that were declared, so that even an administrator role is
//! harmless in our hands. The caller's own account needs no role, and so its session cannot be
//! narrowed: there the guard of `blastwall-aws` alone keeps undeclared operations from being sent.
//!
//! An account that refuses is data of the scan, never the end of it. Start with [`Entrance`].

mod hint;
mod policy;
mod provider;
mod role;
mod settings;

pub use policy::{PolicyTooLarge, SessionPolicy};
pub use role::{Role, RoleError};
pub use settings::{SessionSettings, SettingsError};

use std::sync::Arc;
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
use aws_types::region::Region;
use blastwall_aws::{Budget, Declaration, Failure, Meter, Session};
use blastwall_model::{Access, AccountId, Arn, GapKind};

use crate::Caller;
use provider::AssumedRole;

/// How long before their end credentials are renewed: longer than any one call with its retries.
const RENEWAL: Duration = Duration::from_secs(5 * 60);
/// How long a renewal may take, retries included; the SDK's own 5 seconds are short for a service
/// that throttles us.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(60);

/// The way into every account of a scan.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// Who asks.
    pub caller: Caller,
    /// The caller's own session; it must be allowed to send [`DECLARED`](crate::DECLARED).
    pub session: Session,
    /// The management account, if known: a delegated administrator needs a role there too, and
    /// nothing makes that role on its own.
    pub management_account: Option<AccountId>,
    /// The role to assume in each account.
    pub role: Role,
    /// How to assume it.
    pub settings: SessionSettings,
    /// What assumed sessions are narrowed to.
    pub policy: SessionPolicy,
    /// What the sessions in the accounts may send, the caller's own account included.
    pub declared: Arc<[Declaration]>,
    /// Counts what they send.
    pub meter: Meter,
    /// Bounds what they send at once.
    pub budget: Budget,
}

/// An account that was entered.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The session in it; its credentials are renewed as long as it lives.
    pub session: Session,
    /// The role that was assumed; none in the caller's own account.
    pub role: Option<Arn>,
}

impl Entered {
    /// The same as it stands in the coverage of the account.
    #[must_use]
    pub fn access(&self) -> Access {
        Access::Entered {
            role: self.role.clone(),
        }
    }
}

impl Entrance {
    /// Enters an account.
    ///
    /// The role is assumed at once, so that a refusal is known before anything is collected. Later
    /// calls renew the credentials on their own before they end.
    ///
    /// # Errors
    /// [`Access::Refused`] with what was tried, AWS's answer and the likely repair.
    pub async fn enter(&self, account: &AccountId) -> Result<Entered, Access> {
        if *account == self.caller.account {
            return Ok(Entered {
                session: self.session_with(account, self.session.config().clone()),
                role: None,
            });
        }
        let role = self
            .role
            .arn(&self.caller.partition, account)
            .map_err(|error| Access::Refused {
                tried: format!("sts:AssumeRole in account {account}"),
                answer: error.to_string(),
                hint: "correct the role (`--role`)".to_owned(),
            })?;
        let request = self.request(&role);
        let refused = |failure: &Failure| Access::Refused {
            tried: format!("sts:AssumeRole on {role}"),
            answer: failure.answer(),
            hint: hint::hint(
                failure,
                &self.caller,
                &self.settings,
                self.management_account.as_ref() == Some(account),
            ),
        };
        let answer = self
            .session
            .call(request.clone().send())
            .await
            .map_err(|failure| refused(&failure))?;
        let Some(credentials) = provider::credentials(answer) else {
            return Err(refused(&Failure::new(
                GapKind::Malformed,
                "NoCredentials",
                "the answer holds no credentials",
            )));
        };
        let config = self.session.config();
        let provider = AssumedRole::new(request, credentials, config.time_source());
        let config = config
            .clone()
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(provider))
            .identity_cache(
                IdentityCache::lazy()
                    .buffer_time(RENEWAL)
                    .load_timeout(RENEWAL_TIMEOUT)
                    .build(),
            )
            .build();
        Ok(Entered {
            session: self.session_with(account, config),
            role: Some(role),
        })
    }

    fn session_with(&self, account: &AccountId, config: aws_types::SdkConfig) -> Session {
        Session::new(
            account.clone(),
            self.caller.partition.clone(),
            config,
            self.declared.clone(),
            self.meter.clone(),
            self.budget.clone(),
        )
    }

    /// The request that gives credentials of the role, sent through the caller's session.
    ///
    /// STS answers in the caller's region: credentials of a regional endpoint are good for every
    /// region, those that the old global one gives only for regions that are on by default.
    fn request(&self, role: &Arn) -> AssumeRoleFluentBuilder {
        let region = self
            .session
            .config()
            .region()
            .map_or(self.caller.partition.global_region(), Region::as_ref)
            .to_owned();
        blastwall_aws::client!(aws_sdk_sts, &self.session, &region)
            .assume_role()
            .role_arn(role.as_str())
            .role_session_name(self.settings.session_name())
            .duration_seconds(self.settings.duration_seconds())
            .set_external_id(self.settings.external_id().map(str::to_owned))
            .policy(self.policy.as_str())
    }
}
