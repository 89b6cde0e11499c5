//! Snapshots and images with whom they are shared: `AWS::EC2::Snapshot`, `AWS::EC2::Image`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::describe_images::DescribeImagesOutput as Images;
use aws_sdk_ec2::operation::describe_snapshots::DescribeSnapshotsOutput as Snapshots;
use aws_sdk_ec2::types::{self, ImageAttributeName, SnapshotAttributeName};
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::{CreateVolumePermission, LaunchPermission};
use blastwall_model::resources::{Image, ImageKind, Snapshot, SnapshotKind};

use crate::Product;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, text, time, time_text};
use crate::harvest::{About, Harvest};
use crate::services::listing::list_and_ask;

const LIST_SNAPSHOTS: Declaration = super::call("DescribeSnapshots", "ec2:DescribeSnapshots");
const SNAPSHOT_ATTRIBUTE: Declaration =
    super::call("DescribeSnapshotAttribute", "ec2:DescribeSnapshotAttribute");
const LIST_IMAGES: Declaration = super::call("DescribeImages", "ec2:DescribeImages");
const IMAGE_ATTRIBUTE: Declaration =
    super::call("DescribeImageAttribute", "ec2:DescribeImageAttribute");

pub(super) const SNAPSHOT: Product =
    super::product(SnapshotKind::TYPE, &[LIST_SNAPSHOTS, SNAPSHOT_ATTRIBUTE]);
pub(super) const IMAGE: Product = super::product(ImageKind::TYPE, &[LIST_IMAGES, IMAGE_ATTRIBUTE]);

pub(super) async fn list_snapshots(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2
        .describe_snapshots()
        .owner_ids("self")
        .max_results(super::PAGE);
    list_and_ask!(
        context,
        region,
        LIST_SNAPSHOTS,
        request,
        |page| own(context, page),
        snapshot,
        |snapshot| share_snapshot(context, ec2, snapshot)
    )
}

/// `self` leaves out all others, and yet some implementations of the API show those of public images.
fn own<'a>(
    context: &'a Context<'_>,
    page: &'a Snapshots,
) -> impl Iterator<Item = &'a types::Snapshot> {
    let account = context.session.account().as_str();
    let snapshots = page.snapshots().iter();
    snapshots.filter(move |answer| super::owner(context, answer.owner_id()) == account)
}

fn snapshot(
    context: &Context<'_>,
    region: &str,
    answer: &types::Snapshot,
) -> Result<Snapshot, Failure> {
    let id = answer.snapshot_id().unwrap_or_default();
    let partition = context.session.partition();
    let arn = parse_arn(&format!("arn:{partition}:ec2:{region}::snapshot/{id}"))?;
    let mut snapshot = Snapshot::new(arn, context.session.account().clone(), region);
    snapshot.tags = super::tags(answer.tags());
    let config = &mut snapshot.config;
    config.snapshot_id = text(Some(id)).into();
    config.volume_id = text(answer.volume_id()).into();
    config.volume_size = answer.volume_size().into();
    config.encrypted = answer.encrypted().into();
    config.kms_key_id = text(answer.kms_key_id()).into();
    config.description = text(answer.description()).into();
    let observed = &mut snapshot.observed;
    observed.state = text(answer.state().map(|it| it.as_str())).into();
    observed.start_time = answer.start_time().and_then(time).into();
    observed.storage_tier = text(answer.storage_tier().map(|it| it.as_str())).into();
    Ok(snapshot)
}

async fn share_snapshot(context: &Context<'_>, ec2: &Client, mut snapshot: Snapshot) -> Harvest {
    let mut harvest = Harvest::default();
    let request = ec2
        .describe_snapshot_attribute()
        .set_snapshot_id(snapshot.config.snapshot_id.known().cloned())
        .attribute(SnapshotAttributeName::CreateVolumePermission);
    let answer = context.session.call(request.send()).await;
    let permissions = answer.map(|answer| {
        let permissions = answer.create_volume_permissions().iter();
        Some(sorted(permissions.map(|one| CreateVolumePermission {
            group: text(one.group().map(|it| it.as_str())),
            user_id: text(one.user_id()),
        })))
    });
    let about = About::resource(&snapshot);
    snapshot.config.create_volume_permissions =
        harvest.field(&about, SNAPSHOT_ATTRIBUTE, permissions);
    harvest.add(&snapshot);
    harvest
}

pub(super) async fn list_images(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2
        .describe_images()
        .owners("self")
        .include_disabled(true)
        .max_results(super::PAGE);
    list_and_ask!(
        context,
        region,
        LIST_IMAGES,
        request,
        Images::images,
        image,
        |image| share_image(context, ec2, image)
    )
}

fn image(context: &Context<'_>, region: &str, answer: &types::Image) -> Result<Image, Failure> {
    let id = answer.image_id().unwrap_or_default();
    let partition = context.session.partition();
    let arn = parse_arn(&format!("arn:{partition}:ec2:{region}::image/{id}"))?;
    let mut image = Image::new(arn, context.session.account().clone(), region);
    image.tags = super::tags(answer.tags());
    let config = &mut image.config;
    config.image_id = text(Some(id)).into();
    config.name = text(answer.name()).into();
    config.public = answer.public().into();
    let disks = answer.block_device_mappings().iter();
    config.snapshot_ids =
        sorted(disks.filter_map(|disk| text(disk.ebs().and_then(|ebs| ebs.snapshot_id())))).into();
    let observed = &mut image.observed;
    observed.state = text(answer.state().map(|it| it.as_str())).into();
    observed.creation_date = answer.creation_date().and_then(time_text).into();
    observed.last_launched_time = answer.last_launched_time().and_then(time_text).into();
    Ok(image)
}

async fn share_image(context: &Context<'_>, ec2: &Client, mut image: Image) -> Harvest {
    let mut harvest = Harvest::default();
    let request = ec2
        .describe_image_attribute()
        .set_image_id(image.config.image_id.known().cloned())
        .attribute(ImageAttributeName::LaunchPermission);
    let answer = context.session.call(request.send()).await;
    let permissions = answer.map(|answer| {
        let permissions = answer.launch_permissions().iter();
        Some(sorted(permissions.map(|one| LaunchPermission {
            group: text(one.group().map(|it| it.as_str())),
            user_id: text(one.user_id()),
            organization_arn: text(one.organization_arn()),
            organizational_unit_arn: text(one.organizational_unit_arn()),
        })))
    });
    let about = About::resource(&image);
    image.config.launch_permissions = harvest.field(&about, IMAGE_ATTRIBUTE, permissions);
    harvest.add(&image);
    harvest
}
