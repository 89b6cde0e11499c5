//! AWS CloudFormation.

use crate::resource::{kind, properties};

properties! {
    /// What is set on a stack (`AWS::CloudFormation::Stack`). Its template, parameters and outputs are never asked
    /// for, or never kept: they may hold secrets.
    "config" StackConfig {
        /// Its name.
        "StackName" stack_name: String,
        /// The ARN of the role as which CloudFormation changes what is in it; absent if whoever changes the stack
        /// needs the permissions.
        "RoleARN" role_arn: String,
        /// `CAPABILITY_IAM` and the like, sorted.
        "Capabilities" capabilities: Vec<String>,
        /// Whether it cannot be deleted.
        "EnableTerminationProtection" enable_termination_protection: bool,
    }
}

properties! {
    /// What is observed of a stack.
    "observed" StackObserved {
        /// `CREATE_COMPLETE` and the like.
        "StackStatus" stack_status: String,
        /// RFC 3339.
        "CreationTime" creation_time: String,
        /// RFC 3339; absent if it was never updated.
        "LastUpdatedTime" last_updated_time: String,
        /// The id of the stack that it is nested in.
        "ParentId" parent_id: String,
    }
}

kind! {
    /// A stack: what was made from one template, and the role that changes it.
    Stack, StackKind = "AWS::CloudFormation::Stack", StackConfig, StackObserved
}
