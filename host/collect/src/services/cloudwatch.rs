//! Amazon CloudWatch: `AWS::CloudWatch::Alarm`, alarms on metrics; those on other alarms are left
//! out.

use aws_sdk_cloudwatch::types::{AlarmType, MetricAlarm};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::{Alarm, AlarmKind};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::text;
use crate::harvest::Harvest;
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "cloudwatch",
    products: &[Product {
        kind: AlarmKind::TYPE,
        calls: &[LIST],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = Declaration {
    service: "CloudWatch",
    operation: "DescribeAlarms",
    action: "cloudwatch:DescribeAlarms",
};

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let cloudwatch = client!(aws_sdk_cloudwatch, context.session, region);
    let mut harvest = Harvest::default();
    let stream = cloudwatch
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .max_records(100)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.metric_alarms() {
            match alarm(context, region, description) {
                Ok(alarm) => harvest.add(&alarm),
                Err(failure) => harvest.listing(&[AlarmKind::TYPE], LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[AlarmKind::TYPE], LIST, region, &failure);
    }
    harvest
}

fn alarm(context: &Context<'_>, region: &str, description: &MetricAlarm) -> Result<Alarm, Failure> {
    let arn = parse_arn(description.alarm_arn().unwrap_or_default())?;
    let mut alarm = Alarm::new(arn, context.session.account().clone(), region);
    let config = &mut alarm.config;
    config.alarm_name = text(description.alarm_name()).into();
    config.metric_name = text(description.metric_name()).into();
    config.namespace = text(description.namespace()).into();
    config.actions_enabled = description.actions_enabled().into();
    // In the order given: actions run in parallel, but the order is the author's.
    config.alarm_actions = description.alarm_actions().to_vec().into();
    config.statistic = text(description.statistic().map(|it| it.as_str())).into();
    config.period = description.period().into();
    config.evaluation_periods = description.evaluation_periods().into();
    config.comparison_operator =
        text(description.comparison_operator().map(|it| it.as_str())).into();
    config.threshold = description.threshold().into();
    alarm.observed.state_value = text(description.state_value().map(|it| it.as_str())).into();
    Ok(alarm)
}
