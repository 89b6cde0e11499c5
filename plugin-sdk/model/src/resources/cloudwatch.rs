//! Amazon CloudWatch.

use crate::resource::{kind, properties};

properties! {
    /// What is set on an alarm (`AWS::CloudWatch::Alarm`).
    "config" AlarmConfig {
        /// Its name.
        "AlarmName" alarm_name: String,
        /// The metric that it watches; absent if it watches an expression.
        "MetricName" metric_name: String,
        /// The namespace of the metric.
        "Namespace" namespace: String,
        /// Whether it acts at all.
        "ActionsEnabled" actions_enabled: bool,
        /// The ARNs of what it does when it goes off.
        "AlarmActions" alarm_actions: Vec<String>,
        /// `Sum`, `Average`, …
        "Statistic" statistic: String,
        /// Seconds.
        "Period" period: i32,
        /// How many periods are looked at.
        "EvaluationPeriods" evaluation_periods: i32,
        /// `GreaterThanOrEqualToThreshold`, …
        "ComparisonOperator" comparison_operator: String,
        /// What the statistic is compared with.
        "Threshold" threshold: f64,
    }
}

properties! {
    /// What is observed of an alarm.
    "observed" AlarmObserved {
        /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        "StateValue" state_value: String,
    }
}

kind! {
    /// An alarm on one metric.
    Alarm, AlarmKind = "AWS::CloudWatch::Alarm", AlarmConfig, AlarmObserved
}
