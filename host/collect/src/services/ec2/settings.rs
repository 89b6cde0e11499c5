//! What is set once for a region: five types of one document a region each.

use aws_sdk_ec2::Client;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::ec2::{
    EbsEncryptionByDefaultKind, ImageBlockPublicAccessKind, InstanceMetadataDefaultsKind,
    InstanceMetadataDefaultsResponse, SnapshotBlockPublicAccessKind,
    VpcBlockPublicAccessOptionsKind,
};
use blastwall_model::{Kind, Resource};

use crate::Product;
use crate::context::Context;
use crate::convert::text;
use crate::harvest::Harvest;

const SNAPSHOTS: Declaration = super::call(
    "GetSnapshotBlockPublicAccessState",
    "ec2:GetSnapshotBlockPublicAccessState",
);
const IMAGES: Declaration = super::call(
    "GetImageBlockPublicAccessState",
    "ec2:GetImageBlockPublicAccessState",
);
const VPCS: Declaration = super::call(
    "DescribeVpcBlockPublicAccessOptions",
    "ec2:DescribeVpcBlockPublicAccessOptions",
);
const ENCRYPTION: Declaration =
    super::call("GetEbsEncryptionByDefault", "ec2:GetEbsEncryptionByDefault");
const METADATA: Declaration = super::call(
    "GetInstanceMetadataDefaults",
    "ec2:GetInstanceMetadataDefaults",
);

pub(super) const SNAPSHOT_BLOCK: Product =
    super::product(SnapshotBlockPublicAccessKind::TYPE, &[SNAPSHOTS]);
pub(super) const IMAGE_BLOCK: Product = super::product(ImageBlockPublicAccessKind::TYPE, &[IMAGES]);
pub(super) const VPC_BLOCK: Product =
    super::product(VpcBlockPublicAccessOptionsKind::TYPE, &[VPCS]);
pub(super) const EBS_ENCRYPTION: Product =
    super::product(EbsEncryptionByDefaultKind::TYPE, &[ENCRYPTION]);
pub(super) const METADATA_DEFAULTS: Product =
    super::product(InstanceMetadataDefaultsKind::TYPE, &[METADATA]);

pub(super) async fn snapshot_block(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.get_snapshot_block_public_access_state().send();
    let answer = context.session.call(request).await;
    setting::<SnapshotBlockPublicAccessKind, _>(
        (context, region),
        SNAPSHOTS,
        "snapshot-block-public-access",
        answer,
        |block, answer| block.config.state = text(answer.state().map(|it| it.as_str())).into(),
    )
}

pub(super) async fn image_block(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.get_image_block_public_access_state().send();
    let answer = context.session.call(request).await;
    setting::<ImageBlockPublicAccessKind, _>(
        (context, region),
        IMAGES,
        "image-block-public-access",
        answer,
        |block, answer| block.config.state = text(answer.image_block_public_access_state()).into(),
    )
}

pub(super) async fn vpc_block(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.describe_vpc_block_public_access_options().send();
    let answer = context.session.call(request).await;
    setting::<VpcBlockPublicAccessOptionsKind, _>(
        (context, region),
        VPCS,
        "vpc-block-public-access-options",
        answer,
        |block, answer| {
            let Some(options) = answer.vpc_block_public_access_options() else {
                return;
            };
            let mode = options.internet_gateway_block_mode();
            block.config.internet_gateway_block_mode = text(mode.map(|it| it.as_str())).into();
            block.observed.state = text(options.state().map(|it| it.as_str())).into();
            block.observed.managed_by = text(options.managed_by().map(|it| it.as_str())).into();
        },
    )
}

pub(super) async fn ebs_encryption(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2.get_ebs_encryption_by_default().send();
    let answer = context.session.call(request).await;
    setting::<EbsEncryptionByDefaultKind, _>(
        (context, region),
        ENCRYPTION,
        "ebs-encryption-by-default",
        answer,
        |setting, answer| {
            setting.config.ebs_encryption_by_default = answer.ebs_encryption_by_default().into();
        },
    )
}

pub(super) async fn metadata_defaults(
    context: &Context<'_>,
    region: &str,
    ec2: &Client,
) -> Harvest {
    let request = ec2.get_instance_metadata_defaults().send();
    let answer = context.session.call(request).await;
    setting::<InstanceMetadataDefaultsKind, _>(
        (context, region),
        METADATA,
        "instance-metadata-defaults",
        answer,
        |defaults, answer| {
            // AWS says "no preference" by leaving it out, by an empty answer, or in words.
            let word = |word: Option<&str>| text(word).filter(|word| word != "no-preference");
            let level = answer.account_level();
            defaults.config.account_level = InstanceMetadataDefaultsResponse {
                http_tokens: word(level.and_then(|it| it.http_tokens()).map(|it| it.as_str())),
                http_endpoint: word(
                    level
                        .and_then(|it| it.http_endpoint())
                        .map(|it| it.as_str()),
                ),
                http_put_response_hop_limit: level
                    .and_then(|it| it.http_put_response_hop_limit())
                    .filter(|limit| *limit > 0),
            }
            .into();
        },
    )
}

/// The one document of a type that a region has, of the answer to one call.
fn setting<K: Kind, A>(
    (context, region): (&Context<'_>, &str),
    call: Declaration,
    name: &str,
    answer: Result<A, Failure>,
    fill: impl FnOnce(&mut Resource<K>, &A),
) -> Harvest {
    let made = answer.and_then(|answer| {
        let arn = context.arn("ec2", region, name)?;
        let mut resource = Resource::<K>::new(arn, context.session.account().clone(), region);
        fill(&mut resource, &answer);
        Ok(resource)
    });
    match made {
        Ok(resource) => {
            let mut harvest = Harvest::default();
            harvest.add(&resource);
            harvest
        }
        Err(failure) => Harvest::failed(&[K::TYPE], call, region, &failure),
    }
}
