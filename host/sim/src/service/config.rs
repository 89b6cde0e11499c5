//! AWS Config: recorders and delivery channels with their status.
//!
//! Source: AWS Config API Reference.

use serde_json::{Value, json};

use super::epoch_seconds;
use crate::document::{object, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorders",
        recorders,
    ),
    listing(
        "DescribeConfigurationRecorderStatus",
        "config:DescribeConfigurationRecorderStatus",
        recorder_status,
    ),
    listing(
        "DescribeDeliveryChannels",
        "config:DescribeDeliveryChannels",
        channels,
    ),
    listing(
        "DescribeDeliveryChannelStatus",
        "config:DescribeDeliveryChannelStatus",
        channel_status,
    ),
];

const RECORDER: &str = "AWS::Config::ConfigurationRecorder";
const CHANNEL: &str = "AWS::Config::DeliveryChannel";

fn answer(
    call: &Call<'_>,
    kind: &str,
    name: &str,
    item: impl Fn(&Value) -> Result<Value, Failure>,
) -> Result<Answer, Failure> {
    let documents = call.account()?.documents(kind, call.region);
    let items: Vec<Value> = documents.map(item).collect::<Result<_, _>>()?;
    Ok(Answer::Json(json!({ name: items })))
}

fn recorders(call: &Call<'_>) -> Result<Answer, Failure> {
    answer(call, RECORDER, "ConfigurationRecorders", |document| {
        let mut item = object(
            document,
            &[
                ("/arn", "arn"),
                ("/config/Name", "name"),
                ("/config/RoleARN", "roleARN"),
            ],
        );
        if let Some(group) = document.pointer("/config/RecordingGroup") {
            let mut inside = object(
                group,
                &[
                    ("/AllSupported", "allSupported"),
                    ("/IncludeGlobalResourceTypes", "includeGlobalResourceTypes"),
                    ("/ResourceTypes", "resourceTypes"),
                ],
            );
            if let Some(strategy) = group.pointer("/RecordingStrategy/UseOnly") {
                crate::document::set(
                    &mut inside,
                    "recordingStrategy",
                    json!({ "useOnly": strategy }),
                );
            }
            if let Some(types) = group.pointer("/ExclusionByResourceTypes/ResourceTypes") {
                crate::document::set(
                    &mut inside,
                    "exclusionByResourceTypes",
                    json!({ "resourceTypes": types }),
                );
            }
            crate::document::set(&mut item, "recordingGroup", inside);
        }
        Ok(item)
    })
}

fn recorder_status(call: &Call<'_>) -> Result<Answer, Failure> {
    answer(call, RECORDER, "ConfigurationRecordersStatus", |document| {
        let mut item = object(
            document,
            &[
                ("/arn", "arn"),
                ("/config/Name", "name"),
                ("/observed/Recording", "recording"),
                ("/observed/LastStatus", "lastStatus"),
                ("/observed/LastErrorCode", "lastErrorCode"),
            ],
        );
        set_time(
            &mut item,
            "lastStartTime",
            document,
            "/observed/LastStartTime",
        )?;
        Ok(item)
    })
}

fn channels(call: &Call<'_>) -> Result<Answer, Failure> {
    answer(call, CHANNEL, "DeliveryChannels", |document| {
        Ok(object(
            document,
            &[
                ("/config/Name", "name"),
                ("/config/S3BucketName", "s3BucketName"),
                ("/config/S3KmsKeyArn", "s3KmsKeyArn"),
                ("/config/SnsTopicARN", "snsTopicARN"),
            ],
        ))
    })
}

fn channel_status(call: &Call<'_>) -> Result<Answer, Failure> {
    answer(call, CHANNEL, "DeliveryChannelsStatus", |document| {
        let mut history = object(
            document,
            &[
                ("/observed/ConfigHistoryDeliveryStatus", "lastStatus"),
                ("/observed/ConfigHistoryDeliveryErrorCode", "lastErrorCode"),
            ],
        );
        let last = "/observed/ConfigHistoryLastSuccessfulTime";
        set_time(&mut history, "lastSuccessfulTime", document, last)?;
        Ok(json!({
            "name": document.pointer("/config/Name"), "configHistoryDeliveryInfo": history
        }))
    })
}

fn set_time(item: &mut Value, name: &str, document: &Value, pointer: &str) -> Result<(), Failure> {
    let time = text(document, pointer);
    if !time.is_empty() {
        crate::document::set(item, name, epoch_seconds(&time)?);
    }
    Ok(())
}
