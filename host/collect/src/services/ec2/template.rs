//! What instances are started from: `AWS::EC2::LaunchTemplate`, `AWS::EC2::KeyPair`.

use aws_sdk_ec2::Client;
use aws_sdk_ec2::types;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::Kind;
use blastwall_model::resources::ec2::{
    LaunchTemplateData, LaunchTemplateInstanceProfile, LaunchTemplateNetworkInterface,
    MetadataOptions,
};
use blastwall_model::resources::{KeyPair, KeyPairKind, LaunchTemplate, LaunchTemplateKind};

use super::user_data;
use crate::Product;
use crate::context::Context;
use crate::convert::{sorted, text, time};
use crate::harvest::{Harvest, unknown};
use crate::services::listing::{list_pages, read_each};

const LIST_TEMPLATES: Declaration = super::call(
    "DescribeLaunchTemplateVersions",
    "ec2:DescribeLaunchTemplateVersions",
);
const LIST_KEY_PAIRS: Declaration = super::call("DescribeKeyPairs", "ec2:DescribeKeyPairs");

pub(super) const TEMPLATE: Product = super::product(LaunchTemplateKind::TYPE, &[LIST_TEMPLATES]);
pub(super) const KEY_PAIR: Product = super::product(KeyPairKind::TYPE, &[LIST_KEY_PAIRS]);

/// The most that a page of versions has.
/// Source: EC2 API Reference, `DescribeLaunchTemplateVersions`, `MaxResults`.
const VERSIONS: i32 = 200;

/// The default versions of all templates are one listing, if no template is named.
/// Source: EC2 API Reference, `DescribeLaunchTemplateVersions`, `LaunchTemplateVersion.N`.
pub(super) async fn list_templates(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    let request = ec2
        .describe_launch_template_versions()
        .versions("$Default")
        .max_results(VERSIONS);
    list_pages!(
        context,
        region,
        LIST_TEMPLATES,
        request,
        launch_template_versions,
        template
    )
}

/// One answer has all key pairs.
pub(super) async fn list_key_pairs(context: &Context<'_>, region: &str, ec2: &Client) -> Harvest {
    match context.session.call(ec2.describe_key_pairs().send()).await {
        Ok(answer) => {
            let mut harvest = Harvest::default();
            let at = (context, region);
            read_each(
                &mut harvest,
                at,
                LIST_KEY_PAIRS,
                answer.key_pairs(),
                key_pair,
            );
            harvest
        }
        Err(failure) => Harvest::failed(&[KeyPairKind::TYPE], LIST_KEY_PAIRS, region, &failure),
    }
}

fn template(
    context: &Context<'_>,
    region: &str,
    answer: &types::LaunchTemplateVersion,
) -> Result<LaunchTemplate, Failure> {
    let id = answer.launch_template_id().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("launch-template/{id}"))?;
    let mut template = LaunchTemplate::new(arn, context.session.account().clone(), region);
    template.config.launch_template_id = text(Some(id)).into();
    template.config.launch_template_name = text(answer.launch_template_name()).into();
    template.observed.default_version_number = answer.version_number().into();
    template.observed.create_time = answer.create_time().and_then(time).into();
    let data = answer.launch_template_data();
    template.config.launch_template_data = data.map(convert).into();
    template.observed.user_data = match data
        .and_then(|data| text(data.user_data()))
        .map(|encoded| user_data::facts(&encoded))
        .transpose()
    {
        Ok(facts) => facts.into(),
        Err(failure) => unknown(LIST_TEMPLATES, &failure),
    };
    Ok(template)
}

fn convert(data: &types::ResponseLaunchTemplateData) -> LaunchTemplateData {
    let profile = data.iam_instance_profile();
    let metadata = data.metadata_options();
    LaunchTemplateData {
        image_id: text(data.image_id()),
        instance_type: text(data.instance_type().map(|it| it.as_str())),
        key_name: text(data.key_name()),
        iam_instance_profile: profile.map(|profile| LaunchTemplateInstanceProfile {
            arn: text(profile.arn()),
            name: text(profile.name()),
        }),
        security_group_ids: sorted(data.security_group_ids().iter().cloned()),
        metadata_options: metadata.map(|options| MetadataOptions {
            http_tokens: text(options.http_tokens().map(|it| it.as_str())),
            http_endpoint: text(options.http_endpoint().map(|it| it.as_str())),
            http_put_response_hop_limit: options.http_put_response_hop_limit(),
        }),
        network_interfaces: data
            .network_interfaces()
            .iter()
            .map(|interface| LaunchTemplateNetworkInterface {
                associate_public_ip_address: interface.associate_public_ip_address(),
                groups: sorted(interface.groups().iter().cloned()),
                subnet_id: text(interface.subnet_id()),
            })
            .collect(),
    }
}

fn key_pair(
    context: &Context<'_>,
    region: &str,
    answer: &types::KeyPairInfo,
) -> Result<KeyPair, Failure> {
    let name = answer.key_name().unwrap_or_default();
    let arn = context.arn("ec2", region, &format!("key-pair/{name}"))?;
    let mut key_pair = KeyPair::new(arn, context.session.account().clone(), region);
    key_pair.tags = super::tags(answer.tags());
    key_pair.config.key_name = text(Some(name)).into();
    key_pair.config.key_type = text(answer.key_type().map(|it| it.as_str())).into();
    key_pair.observed.key_pair_id = text(answer.key_pair_id()).into();
    key_pair.observed.key_fingerprint = text(answer.key_fingerprint()).into();
    key_pair.observed.create_time = answer.create_time().and_then(time).into();
    Ok(key_pair)
}
