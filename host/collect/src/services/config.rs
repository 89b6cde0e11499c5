//! AWS Config: `AWS::Config::ConfigurationRecorder`, `AWS::Config::DeliveryChannel`.
//!
//! A listing and the status of all that it lists are two calls a region for each type. Recorders
//! that services make for themselves are listed only to those who name the service, and left out.

use aws_sdk_config::Client;
use aws_sdk_config::types;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::config::{
    ExclusionByResourceTypes, RecordingGroup, RecordingStrategy,
};
use blastwall_model::resources::{
    ConfigurationRecorder, ConfigurationRecorderKind, DeliveryChannel, DeliveryChannelKind,
};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, text, time};
use crate::harvest::{About, Harvest, unknown};
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "config",
    products: &[
        Product {
            kind: ConfigurationRecorderKind::TYPE,
            calls: &[RECORDERS, RECORDER_STATUS],
            tags: &[],
        },
        Product {
            kind: DeliveryChannelKind::TYPE,
            calls: &[CHANNELS, CHANNEL_STATUS],
            tags: &[],
        },
    ],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const RECORDERS: Declaration = call(
    "DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorders",
);
const RECORDER_STATUS: Declaration = call(
    "DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorderStatus",
);
const CHANNELS: Declaration = call(
    "DescribeDeliveryChannels",
    "config:DescribeDeliveryChannels",
);
const CHANNEL_STATUS: Declaration = call(
    "DescribeDeliveryChannelStatus",
    "config:DescribeDeliveryChannelStatus",
);

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "Config Service",
        operation,
        action,
    }
}

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let config = client!(aws_sdk_config, context.session, region);
    let mut harvest = Harvest::default();
    if context.wants(ConfigurationRecorderKind::TYPE) {
        harvest.append(recorders(context, &config, region).await);
    }
    if context.wants(DeliveryChannelKind::TYPE) {
        harvest.append(channels(context, &config, region).await);
    }
    harvest
}

async fn recorders(context: &Context<'_>, config: &Client, region: &str) -> Harvest {
    const KIND: &str = ConfigurationRecorderKind::TYPE;
    let session = context.session;
    let answer = session.call(config.describe_configuration_recorders().send());
    let answer = match answer.await {
        Ok(answer) => answer,
        Err(failure) => return Harvest::failed(&[KIND], RECORDERS, region, &failure),
    };
    let mut harvest = Harvest::default();
    if answer.configuration_recorders().is_empty() {
        return harvest;
    }
    let status = session.call(config.describe_configuration_recorder_status().send());
    let status = status.await;
    for description in answer.configuration_recorders() {
        let mut recorder = match recorder(context, region, description) {
            Ok(recorder) => recorder,
            Err(failure) => {
                harvest.listing(&[KIND], RECORDERS, region, &failure);
                continue;
            }
        };
        let observed = &mut recorder.observed;
        match &status {
            Ok(answer) => {
                let mut all = answer.configuration_recorders_status().iter();
                if let Some(own) = all.find(|status| status.name() == description.name()) {
                    observed.recording = Some(own.recording()).into();
                    observed.last_status = text(own.last_status().map(|it| it.as_str())).into();
                    observed.last_error_code = text(own.last_error_code()).into();
                    observed.last_start_time = own.last_start_time().and_then(time).into();
                }
            }
            Err(failure) => {
                observed.recording = unknown(RECORDER_STATUS, failure);
                observed.last_status = unknown(RECORDER_STATUS, failure);
                observed.last_error_code = unknown(RECORDER_STATUS, failure);
                observed.last_start_time = unknown(RECORDER_STATUS, failure);
                harvest.incomplete(&About::resource(&recorder), RECORDER_STATUS, failure);
            }
        }
        harvest.add(&recorder);
    }
    harvest
}

fn recorder(
    context: &Context<'_>,
    region: &str,
    description: &types::ConfigurationRecorder,
) -> Result<ConfigurationRecorder, Failure> {
    let name = description.name().unwrap_or_default();
    let arn = match description.arn() {
        Some(arn) => parse_arn(arn)?,
        None => context.arn("config", region, &format!("configuration-recorder/{name}"))?,
    };
    let account = context.session.account().clone();
    let mut recorder = ConfigurationRecorder::new(arn, account, region);
    let config = &mut recorder.config;
    config.name = text(Some(name)).into();
    config.role_arn = text(description.role_arn()).into();
    config.recording_group = description.recording_group().map(group).into();
    Ok(recorder)
}

fn group(answer: &types::RecordingGroup) -> RecordingGroup {
    let names =
        |types: &[types::ResourceType]| sorted(types.iter().map(|one| one.as_str().to_owned()));
    let excluded = answer.exclusion_by_resource_types();
    RecordingGroup {
        all_supported: answer.all_supported(),
        include_global_resource_types: answer.include_global_resource_types(),
        resource_types: names(answer.resource_types()),
        recording_strategy: answer
            .recording_strategy()
            .and_then(|strategy| text(strategy.use_only().map(|it| it.as_str())))
            .map(|use_only| RecordingStrategy { use_only }),
        exclusion_by_resource_types: excluded
            .filter(|excluded| !excluded.resource_types().is_empty())
            .map(|excluded| ExclusionByResourceTypes {
                resource_types: names(excluded.resource_types()),
            }),
    }
}

async fn channels(context: &Context<'_>, config: &Client, region: &str) -> Harvest {
    const KIND: &str = DeliveryChannelKind::TYPE;
    let session = context.session;
    let answer = session.call(config.describe_delivery_channels().send());
    let answer = match answer.await {
        Ok(answer) => answer,
        Err(failure) => return Harvest::failed(&[KIND], CHANNELS, region, &failure),
    };
    let mut harvest = Harvest::default();
    if answer.delivery_channels().is_empty() {
        return harvest;
    }
    let status = session.call(config.describe_delivery_channel_status().send());
    let status = status.await;
    for description in answer.delivery_channels() {
        let name = description.name().unwrap_or_default();
        let arn = match context.arn("config", region, &format!("delivery-channel/{name}")) {
            Ok(arn) => arn,
            Err(failure) => {
                harvest.listing(&[KIND], CHANNELS, region, &failure);
                continue;
            }
        };
        let mut channel = DeliveryChannel::new(arn, session.account().clone(), region);
        let config = &mut channel.config;
        config.name = text(Some(name)).into();
        config.s3_bucket_name = text(description.s3_bucket_name()).into();
        config.s3_kms_key_arn = text(description.s3_kms_key_arn()).into();
        config.sns_topic_arn = text(description.sns_topic_arn()).into();
        let observed = &mut channel.observed;
        match &status {
            Ok(answer) => {
                let mut all = answer.delivery_channels_status().iter();
                let own = all.find(|status| status.name() == description.name());
                if let Some(history) = own.and_then(|own| own.config_history_delivery_info()) {
                    observed.config_history_delivery_status =
                        text(history.last_status().map(|it| it.as_str())).into();
                    observed.config_history_delivery_error_code =
                        text(history.last_error_code()).into();
                    observed.config_history_last_successful_time =
                        history.last_successful_time().and_then(time).into();
                }
            }
            Err(failure) => {
                observed.config_history_delivery_status = unknown(CHANNEL_STATUS, failure);
                observed.config_history_delivery_error_code = unknown(CHANNEL_STATUS, failure);
                observed.config_history_last_successful_time = unknown(CHANNEL_STATUS, failure);
                harvest.incomplete(&About::resource(&channel), CHANNEL_STATUS, failure);
            }
        }
        harvest.add(&channel);
    }
    harvest
}
