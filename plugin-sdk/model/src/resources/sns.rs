//! Amazon Simple Notification Service.

use serde_json::Value;

use crate::resource::{kind, properties};

properties! {
    /// What is set on a topic (`AWS::SNS::Topic` and `AWS::SNS::TopicPolicy`).
    "config" TopicConfig {
        /// Its name.
        "TopicName" topic_name: String,
        /// The sender that people see.
        "DisplayName" display_name: String,
        /// Whether messages keep their order.
        "FifoTopic" fifo_topic: bool,
        /// The ARN, id or alias of the key; absent if none encrypts.
        "KmsMasterKeyId" kms_master_key_id: String,
        /// The decoded topic policy.
        "PolicyDocument" policy_document: Value,
    }
}

properties! {
    /// What is observed of a topic.
    "observed" TopicObserved {
        /// The account that owns it.
        "Owner" owner: String,
    }
}

kind! {
    /// A topic with its policy.
    Topic, TopicKind = "AWS::SNS::Topic", TopicConfig, TopicObserved
}
