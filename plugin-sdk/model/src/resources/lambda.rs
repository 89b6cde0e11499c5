//! AWS Lambda.

use serde_json::Value;

use crate::resource::{kind, properties, shapes};

shapes! {
    /// The network that a function is joined to.
    VpcConfig {
        /// The ids of its security groups.
        security_group_ids: Vec<String>,
        /// The ids of its subnets.
        subnet_ids: Vec<String>,
    }
}

properties! {
    /// What is set on a function (`AWS::Lambda::Function` and `AWS::Lambda::Permission`). Of its environment
    /// only the names of variables are collected: it may hold secrets.
    "config" FunctionConfig {
        /// Its name.
        "FunctionName" function_name: String,
        /// The ARN of the role that it runs as.
        "Role" role: String,
        /// What runs it, `python3.13`; absent for container images.
        "Runtime" runtime: String,
        /// `Zip` or `Image`.
        "PackageType" package_type: String,
        /// The ARNs of its layers, with their versions.
        "Layers" layers: Vec<String>,
        /// The key that encrypts its environment; absent if it is AWS's.
        "KmsKeyArn" kms_key_arn: String,
        /// The network that it is joined to; absent if to none.
        "VpcConfig" vpc_config: VpcConfig,
        /// The decoded resource policy of the function itself; absent if there is none. Versions and aliases
        /// have their own, which are not collected.
        "PolicyDocument" policy_document: Value,
    }
}

properties! {
    /// What is observed of a function.
    "observed" FunctionObserved {
        /// When it was last changed, RFC 3339.
        "LastModified" last_modified: String,
        /// The names of the variables of its environment, sorted; absent if there are none.
        "VariableNames" variable_names: Vec<String>,
    }
}

kind! {
    /// A function.
    Function, FunctionKind = "AWS::Lambda::Function", FunctionConfig, FunctionObserved
}

properties! {
    /// What is set on a function URL (`AWS::Lambda::Url`).
    "config" FunctionUrlConfig {
        /// The ARN of the function, with an alias behind it if it is of one.
        "TargetFunctionArn" target_function_arn: String,
        /// `AWS_IAM`, or `NONE` if it asks nobody who they are.
        "AuthType" auth_type: String,
        /// `BUFFERED` or `RESPONSE_STREAM`.
        "InvokeMode" invoke_mode: String,
    }
}

properties! {
    /// What is observed of a function URL.
    "observed" FunctionUrlObserved {
        /// The address.
        "FunctionUrl" function_url: String,
        /// RFC 3339.
        "CreationTime" creation_time: String,
    }
}

kind! {
    /// An address on the internet at which a function answers.
    FunctionUrl, FunctionUrlKind = "AWS::Lambda::Url", FunctionUrlConfig, FunctionUrlObserved
}
