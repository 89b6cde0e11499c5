//! Amazon S3 Control: the account's own public access block.
//!
//! Source: Amazon S3 API Reference, "AWS S3 Control".

use super::s3::public_access_block;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    target: account_target,
    ..listing(
        "GetPublicAccessBlock",
        "s3:GetAccountPublicAccessBlock",
        get_public_access_block,
    )
}];

/// The account itself; another one is nobody's to ask about.
fn account_target(call: &Call<'_>) -> Result<Target, Failure> {
    match call.input.get("AccountId") {
        Some(account) if call.principal.account == *account => {
            let document = call.account()?.public_access_block.as_ref();
            Ok(Target {
                document: document.map(|it| (it.account.clone(), it.arn.clone())),
                ..Target::default()
            })
        }
        Some(_) => Err(Failure::new(403, "AccessDenied", "Access Denied")),
        None => Err(Failure::new(
            400,
            "InvalidRequest",
            "Missing required header for this request: x-amz-account-id",
        )),
    }
}

fn get_public_access_block(call: &Call<'_>) -> Result<Answer, Failure> {
    call.account()?
        .public_access_block
        .as_ref()
        .and_then(|block| block.config.public_access_block_configuration.known())
        .map(public_access_block)
        .ok_or_else(|| {
            Failure::new(
                404,
                "NoSuchPublicAccessBlockConfiguration",
                "The public access block configuration was not found",
            )
        })
}
