//! S3 Block Public Access, as it holds for a bucket: its own switches and the account's.
//!
//! AWS applies the more restrictive of the two. An organization can switch all four on for its
//! accounts; that is no third place, because what AWS tells of an account includes it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html>
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>

use blastwall_sdk::model::resources::s3::PublicAccessBlockConfiguration as Switches;
use blastwall_sdk::prelude::*;

/// Where a switch is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    Bucket,
    Account,
}

impl Where {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Where::Bucket => "the bucket's",
            Where::Account => "the account's",
        }
    }
}

/// Where a switch is on for this bucket, if anywhere.
///
/// # Errors
/// If one side is off and the other is unknown.
pub(crate) fn switched_on(
    bucket: &Bucket,
    account: &Account,
    switch: impl Fn(&Switches) -> bool,
) -> Result<Option<Where>, Unknown> {
    let on = |switches: Option<&Switches>| switches.is_some_and(&switch);
    let own = bucket
        .config
        .public_access_block_configuration
        .get()
        .map(on);
    if own == Ok(true) {
        return Ok(Some(Where::Bucket));
    }
    let of_account = account
        .all::<AccountPublicAccessBlock>()
        .and_then(|blocks| match blocks.first() {
            Some(block) => block.config.public_access_block_configuration.get().map(on),
            None => Ok(false),
        });
    if of_account == Ok(true) {
        return Ok(Some(Where::Account));
    }
    own?;
    of_account?;
    Ok(None)
}
