//! AWS Systems Manager.

use crate::resource::{kind, properties};

properties! {
    /// What is set on a parameter (`AWS::SSM::Parameter`). Its value is never asked for.
    "config" ParameterConfig {
        /// Its name, as a path or not.
        "Name" name: String,
        /// `String`, `StringList` or `SecureString`.
        "Type" parameter_type: String,
        /// `Standard`, `Advanced` or `Intelligent-Tiering`.
        "Tier" tier: String,
        /// The key that a `SecureString` is encrypted under: id, ARN or alias; `alias/aws/ssm` if it is that of
        /// the account.
        "KeyId" key_id: String,
        /// What it holds: `text`, `aws:ec2:image` and the like.
        "DataType" data_type: String,
    }
}

properties! {
    /// What is observed of a parameter.
    "observed" ParameterObserved {
        /// When it was changed, RFC 3339.
        "LastModifiedDate" last_modified_date: String,
        /// How often it was changed.
        "Version" version: i64,
    }
}

kind! {
    /// A parameter, without its value.
    Parameter, ParameterKind = "AWS::SSM::Parameter", ParameterConfig, ParameterObserved
}
