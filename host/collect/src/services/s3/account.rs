//! The account's own S3 Block Public Access: `AWS::S3::AccountPublicAccessBlock`.

use aws_sdk_s3control::types::PublicAccessBlockConfiguration as Answer;
use blastwall_aws::{Declaration, client};
use blastwall_model::resources::s3::PublicAccessBlockConfiguration;
use blastwall_model::resources::{AccountPublicAccessBlock, AccountPublicAccessBlockKind};
use blastwall_model::{GLOBAL, Kind};

use crate::Product;
use crate::context::Context;
use crate::harvest::{About, Harvest, absent};

const GET: Declaration = Declaration {
    service: "S3 Control",
    operation: "GetPublicAccessBlock",
    action: "s3:GetAccountPublicAccessBlock",
};

pub(super) const PRODUCT: Product = Product {
    kind: AccountPublicAccessBlockKind::TYPE,
    calls: &[GET],
    tags: &[],
};

/// The document is there even if its one property could not be fetched: every account has the
/// switches, set or not.
pub(super) async fn get(context: &Context<'_>) -> Harvest {
    let account = context.session.account();
    let control = client!(aws_sdk_s3control, context.session, context.global_region());
    let answer = context
        .session
        .call(
            control
                .get_public_access_block()
                .account_id(account.as_str())
                .send(),
        )
        .await;
    let mut harvest = Harvest::default();
    match context.arn("s3", "", "public-access-block") {
        Ok(arn) => {
            let mut switches = AccountPublicAccessBlock::new(arn, account.clone(), GLOBAL);
            let answer = absent(answer, &["NoSuchPublicAccessBlockConfiguration"]).map(|answer| {
                answer
                    .and_then(|answer| answer.public_access_block_configuration)
                    .map(|configuration| convert(&configuration))
            });
            switches.config.public_access_block_configuration =
                harvest.field(&About::resource(&switches), GET, answer);
            harvest.add(&switches);
        }
        Err(failure) => harvest.listing(&[PRODUCT.kind], GET, GLOBAL, &failure),
    }
    harvest
}

pub(super) fn convert(answer: &Answer) -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration {
        block_public_acls: answer.block_public_acls().unwrap_or_default(),
        block_public_policy: answer.block_public_policy().unwrap_or_default(),
        ignore_public_acls: answer.ignore_public_acls().unwrap_or_default(),
        restrict_public_buckets: answer.restrict_public_buckets().unwrap_or_default(),
    }
}
