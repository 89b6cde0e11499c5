//! How Blastwall talks to AWS: client configuration, the guard that lets only declared read calls
//! out, the meter that counts them, and failures as data.
//!
//! Knows no service: which operations exist is declared by the crates that call them. Start with
//! [`Session`].

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod config;
mod declaration;
mod dns;
mod failure;
mod guard;
mod meter;
mod partition;
mod profiles;
mod session;
mod stranger;

pub use aws_config::SdkConfig;
pub use aws_credential_types::Credentials;
pub use config::{Settings, http_client, isolated, load};
pub use declaration::Declaration;
pub use failure::Failure;
pub use guard::Guard;
pub use meter::{Meter, Totals};
pub use partition::Partition;
pub use profiles::SettingsError;
pub use session::{Budget, Session};

/// What [`client!`] needs of the AWS SDK; not for use by name.
#[doc(hidden)]
pub mod sdk {
    pub use aws_smithy_runtime::client::retries::RetryPartition;
    pub use aws_types::region::Region;

    pub use crate::stranger::StrangersAreNotAskedAgain;
}

/// Makes the client of one service for a session and a region: `client!(aws_sdk_s3, session, "eu-west-1")`.
///
/// The client sends declared operations alone, is counted, and has a retry budget of its own, so
/// that throttling slows this account, region and service down and nothing else.
#[macro_export]
macro_rules! client {
    ($sdk:ident, $session:expr, $region:expr $(, $method:ident($($argument:expr),*))*) => {{
        let session: &$crate::Session = $session;
        let region: &str = $region;
        $sdk::Client::from_conf(
            $sdk::config::Builder::from(session.config())
                .region($crate::sdk::Region::new(region.to_owned()))
                .retry_partition($crate::sdk::RetryPartition::new(format!(
                    "{}/{}/{}",
                    session.account(),
                    region,
                    stringify!($sdk)
                )))
                .retry_classifier($crate::sdk::StrangersAreNotAskedAgain)
                .interceptor(session.guard(region))
                $(.$method($($argument),*))*
                .build(),
        )
    }};
}
