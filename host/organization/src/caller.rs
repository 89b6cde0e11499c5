//! Who we are: the account and principal behind the credentials that we were given.
//!
//! Errors here end the program before anything is scanned, so each says what was tried and has a
//! hint with what the user can do. They are told apart by the SDK's error types and by AWS's error
//! codes, never by text.

use std::error::Error;

use aws_config::imds::client::error::ImdsError;
use aws_config::meta::ProviderChainError;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;
use aws_types::region::Region;
use blastwall_aws::{Failure, Partition};
use blastwall_model::{AccountId, Arn};

/// The principal that the scan runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its account.
    pub account: AccountId,
    /// Its ARN: a user, the root user, or a session of a role.
    pub arn: Arn,
    /// Its partition.
    pub partition: Partition,
}

impl Caller {
    /// Whether the caller is itself a session of a role, so that roles it assumes last one hour at
    /// the most. Source: IAM User Guide, "Methods to assume a role", role chaining.
    #[must_use]
    pub fn is_role_session(&self) -> bool {
        self.arn.resource().starts_with("assumed-role/")
    }
}

/// Why it is not known who the caller is.
#[derive(Debug, thiserror::Error)]
pub enum CallerError {
    /// No place where credentials are looked for had any.
    #[error("found no AWS credentials; tried {tried}")]
    NoCredentials {
        /// What each place answered.
        tried: String,
    },
    /// Credentials are configured and could not be loaded.
    #[error("failed to load the configured AWS credentials: {answer}")]
    CredentialsFailed {
        /// What went wrong, with causes.
        answer: String,
    },
    /// The credentials were valid once.
    #[error("the AWS credentials have expired: {0}")]
    Expired(Failure),
    /// AWS does not accept the credentials.
    #[error("AWS refused sts:GetCallerIdentity in region `{region}`: {failure}")]
    Refused {
        /// Where it was asked.
        region: String,
        /// What AWS answered.
        failure: Failure,
    },
    /// No answer, or none that could be read.
    #[error("got no usable answer to sts:GetCallerIdentity from {endpoint}: {failure}")]
    Unreachable {
        /// What was asked: a region's service or an address.
        endpoint: String,
        /// What happened instead.
        failure: Failure,
    },
}

impl CallerError {
    /// What the user can do.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            CallerError::NoCredentials { .. } => {
                "give them in one of these ways: a profile of ~/.aws/config (`--profile` or AWS_PROFILE; for IAM Identity Center, sign in first with `aws sso login`); the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN; the role of the instance or container that this runs in"
            }
            CallerError::CredentialsFailed { .. } => {
                "check the profile in ~/.aws/config; if it uses IAM Identity Center, sign in again with `aws sso login`; `aws sts get-caller-identity` must work with the same settings; credentials in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY need no profile"
            }
            CallerError::Expired(_) => {
                "get new credentials: `aws sso login` for IAM Identity Center, or a new session token; AWS_SESSION_TOKEN in the environment wins over a profile that is up to date"
            }
            CallerError::Refused { .. } => {
                "check that the access key exists and is active, that AWS_SESSION_TOKEN belongs to it, that the clock of this machine is right, and that the region is enabled and in the partition of the account (`--region`, AWS_REGION)"
            }
            CallerError::Unreachable { .. } => {
                "check the name of the region (`--region`, AWS_REGION), the address in `--endpoint-url` or AWS_ENDPOINT_URL, and the network or proxy settings"
            }
        }
    }
}

/// Error codes of credentials that were valid once.
const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// The region that is asked if none is configured.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// Asks STS who the credentials in `config` belong to.
///
/// The call needs no permission, so that a refusal means that the credentials themselves are not
/// accepted. Source: STS API reference, `GetCallerIdentity`.
///
/// # Errors
/// If there are no credentials, or they are not accepted, or STS does not answer.
pub async fn caller(config: &SdkConfig) -> Result<Caller, CallerError> {
    let region = config
        .region()
        .map_or(DEFAULT_REGION, Region::as_ref)
        .to_owned();
    let client = aws_sdk_sts::Client::from_conf(
        aws_sdk_sts::config::Builder::from(config)
            .region(Region::new(region.clone()))
            .build(),
    );
    let endpoint = config
        .endpoint_url()
        .map_or_else(|| format!("region `{region}`"), |url| format!("`{url}`"));
    let identity = client
        .get_caller_identity()
        .send()
        .await
        .map_err(|error| explain(&error, &region, &endpoint))?;
    let arn: Option<Arn> = identity.arn().and_then(|arn| arn.parse().ok());
    let account: Option<AccountId> = identity.account().and_then(|account| account.parse().ok());
    let (Some(arn), Some(account)) = (arn, account) else {
        return Err(CallerError::Unreachable {
            endpoint,
            failure: Failure::new(
                blastwall_model::GapKind::Malformed,
                "NoIdentity",
                "the answer names no account or principal",
            ),
        });
    };
    let partition = Partition::named(arn.partition());
    Ok(Caller {
        account,
        arn,
        partition,
    })
}

fn explain<E>(error: &SdkError<E, HttpResponse>, region: &str, endpoint: &str) -> CallerError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(credentials) = credentials_error(error) {
        return match credentials {
            CredentialsError::CredentialsNotLoaded(_) => CallerError::NoCredentials {
                tried: attempts(credentials),
            },
            // The metadata of an instance are the last place to look: the others had none, and
            // this one is closed to us rather than configured by anyone.
            _ if causes(credentials).any(|cause| cause.is::<ImdsError>()) => {
                CallerError::NoCredentials {
                    tried: format!(
                        "the environment, the profile, a web identity token and the container, which have none, and the instance metadata: {}",
                        last(credentials)
                    ),
                }
            }
            _ => CallerError::CredentialsFailed {
                answer: chain(credentials),
            },
        };
    }
    let failure = Failure::from_sdk(error);
    match error {
        SdkError::ServiceError(_) if EXPIRED.contains(&failure.code.as_str()) => {
            CallerError::Expired(failure)
        }
        SdkError::ServiceError(_) if failure.kind == blastwall_model::GapKind::Denied => {
            CallerError::Refused {
                region: region.to_owned(),
                failure,
            }
        }
        _ => CallerError::Unreachable {
            endpoint: endpoint.to_owned(),
            failure,
        },
    }
}

/// The error of the credentials provider behind a failed call, if that is what failed.
fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    causes(error).find_map(|cause| cause.downcast_ref::<CredentialsError>())
}

/// What each place that was looked at answered.
fn attempts(error: &CredentialsError) -> String {
    let chain = causes(error)
        .find_map(|cause| cause.downcast_ref::<ProviderChainError<CredentialsError>>());
    let Some(chain) = chain else {
        return format!("the profile: {}", last(error));
    };
    let attempts: Vec<String> = chain
        .attempts()
        .iter()
        .map(|attempt| {
            let place = match attempt.name() {
                "Environment" => "the environment",
                "Profile" => "the profile",
                "WebIdentityToken" => "a web identity token",
                "EcsContainer" => "the container",
                "Ec2InstanceMetadata" => "the instance metadata",
                other => other,
            };
            format!("{place} ({})", last(attempt.error()))
        })
        .collect();
    attempts.join(", ")
}

/// What the innermost cause says: those around it say that something failed, and no more.
fn last(error: &(dyn Error + 'static)) -> String {
    let last = causes(error).last().map(ToString::to_string);
    match last {
        // The SDK's words for a provider that has nothing to say about why.
        Some(text) if text == NOT_LOADED => "no credentials there".to_owned(),
        Some(text) => text,
        None => String::new(),
    }
}

/// What the SDK says of a place without credentials, if it says nothing else.
const NOT_LOADED: &str = "the credential provider was not enabled";

/// An error and its causes.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// The messages of an error and its causes, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut messages: Vec<String> = causes(error)
        .map(|cause| {
            let message = cause.to_string();
            let lines: Vec<&str> = message.lines().map(str::trim).collect();
            lines.join(" ")
        })
        .collect();
    messages.dedup();
    messages.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_config::BehaviorVersion;
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_credential_types::provider::{ProvideCredentials, future};

    #[derive(Debug)]
    struct Nothing(fn() -> CredentialsError);

    impl ProvideCredentials for Nothing {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::ready(Err(self.0()))
        }
    }

    fn config(provider: impl ProvideCredentials + 'static) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(blastwall_aws::http_client())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(provider))
            // A port on which nothing listens.
            .endpoint_url("http://127.0.0.1:9")
            .build()
    }

    #[tokio::test]
    async fn missing_credentials_are_told_from_failing_ones() {
        let missing = config(Nothing(|| CredentialsError::not_loaded("no profile")));
        let error = caller(&missing).await.unwrap_err();
        assert!(
            matches!(&error, CallerError::NoCredentials { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("no profile"), "{error}");
        assert!(error.hint().contains("AWS_PROFILE"));

        let failing = config(Nothing(|| {
            CredentialsError::provider_error("the token of the session is old")
        }));
        let error = caller(&failing).await.unwrap_err();
        assert!(
            matches!(&error, CallerError::CredentialsFailed { .. }),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .contains("the token of the session is old")
        );
    }

    #[tokio::test]
    async fn an_endpoint_that_does_not_answer_is_named() {
        let error = caller(&config(Credentials::from_keys("AKID", "secret", None)))
            .await
            .unwrap_err();
        assert!(
            matches!(&error, CallerError::Unreachable { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("http://127.0.0.1:9"), "{error}");
    }

    #[test]
    fn role_sessions_are_known_by_their_arn() {
        let caller = |arn: &str| Caller {
            account: "111122223333".parse().unwrap(),
            arn: arn.parse().unwrap(),
            partition: Partition::AWS,
        };
        assert!(caller("arn:aws:sts::111122223333:assumed-role/admin/me").is_role_session());
        assert!(!caller("arn:aws:iam::111122223333:user/me").is_role_session());
    }
}
