//! Amazon Simple Queue Service.

use serde_json::Value;

use crate::resource::{kind, properties, shapes};

shapes! {
    /// Where messages go that nobody can process.
    RedrivePolicy {
        /// The ARN of the other queue.
        #[serde(rename = "deadLetterTargetArn")]
        dead_letter_target_arn: String,
        /// After how many tries.
        #[serde(rename = "maxReceiveCount")]
        max_receive_count: i32,
    }
}

properties! {
    /// What is set on a queue (`AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`).
    "config" QueueConfig {
        /// Its name.
        "QueueName" queue_name: String,
        /// Whether messages keep their order.
        "FifoQueue" fifo_queue: bool,
        /// The ARN, id or alias of the key; absent if none of KMS encrypts.
        "KmsMasterKeyId" kms_master_key_id: String,
        /// Whether keys of the service's own encrypt.
        "SqsManagedSseEnabled" sqs_managed_sse_enabled: bool,
        /// Seconds that a message is kept.
        "MessageRetentionPeriod" message_retention_period: i32,
        /// Where messages go that nobody can process.
        "RedrivePolicy" redrive_policy: RedrivePolicy,
        /// The decoded queue policy; absent if there is none.
        "PolicyDocument" policy_document: Value,
    }
}

properties! {
    /// What is observed of a queue.
    "observed" QueueObserved {
        /// Its address.
        "QueueUrl" queue_url: String,
        /// RFC 3339.
        "CreatedTimestamp" created_timestamp: String,
    }
}

kind! {
    /// A queue with its policy.
    Queue, QueueKind = "AWS::SQS::Queue", QueueConfig, QueueObserved
}
