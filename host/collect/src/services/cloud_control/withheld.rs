//! What of a resource's properties stays where it is: values that people put secrets into.
//!
//! Passwords and the like are write-only in the schemas and do not come back; environment variables and
//! user data do. They are taken out before anything is kept, and said to be unknown.

use serde_json::{Map, Value};

/// Names, in lower case, of properties that hold whatever somebody typed in.
const NAMES: &[&str] = &[
    "commands",
    "environmentvariables",
    "runtimeenvironmentvariables",
    "userdata",
    "variables",
];

/// Parts of names, in lower case, of properties that hold secrets themselves.
const PARTS: &[&str] = &[
    "password",
    "secret",
    "privatekey",
    "authtoken",
    "accesstoken",
    "credential",
    "activationkey",
    "appkey",
    "authkey",
    "hectoken",
    "sessionkeys",
    "solutionkey",
    "streamkey",
    "vsankey",
];

/// Secrets whose names say nothing, by type.
const OF_TYPES: &[(&str, &str)] = &[
    ("AWS::ApiGateway::ApiKey", "value"),
    ("AWS::IVS::StreamKey", "value"),
    ("AWS::SSM::Parameter", "value"),
];

/// Ends of names, in lower case, of properties that only say which secret is meant.
const REFERENCES: &[&str] = &["arn", "arns", "id", "ids", "name", "version"];

/// Takes such properties of a resource of a type out; their paths, as documents name what is unknown.
pub(super) fn withhold(kind: &str, config: &mut Map<String, Value>) -> Vec<String> {
    let mut paths = Vec::new();
    config.retain(|name, _| {
        let name_says = |secret: &str| name.eq_ignore_ascii_case(secret);
        let mut types = OF_TYPES.iter();
        let kept = !types.any(|(of, secret)| *of == kind && name_says(secret));
        if !kept {
            paths.push(format!("config.{name}"));
        }
        kept
    });
    take(config, "config", &mut paths);
    paths.sort();
    paths.dedup();
    paths
}

fn take(object: &mut Map<String, Value>, path: &str, paths: &mut Vec<String>) {
    object.retain(|name, value| {
        let below = format!("{path}.{name}");
        if is_withheld(name, value) {
            paths.push(below);
            return false;
        }
        descend(value, &below, paths);
        true
    });
}

fn descend(value: &mut Value, path: &str, paths: &mut Vec<String>) {
    match value {
        Value::Object(object) => take(object, path, paths),
        Value::Array(items) => items.iter_mut().for_each(|item| descend(item, path, paths)),
        _ => {}
    }
}

fn is_withheld(name: &str, value: &Value) -> bool {
    let name = name.to_ascii_lowercase();
    // A list of names and values; as an object it describes machines, with the variables inside.
    let listed = name == "environment" && value.is_array();
    let secret = PARTS.iter().any(|part| name.contains(part))
        && !REFERENCES.iter().any(|end| name.ends_with(end))
        && !matches!(value, Value::Bool(_) | Value::Number(_));
    listed || NAMES.contains(&name.as_str()) || secret
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_put_secrets_into_is_taken_out() {
        let value = json!({
            "ContainerDefinitions": [
                { "Image": "web", "Environment": [{ "Name": "KEY", "Value": "hunter2" }] }
            ],
            "Environment": { "ComputeType": "small", "EnvironmentVariables": [{ "Value": "hunter2" }] },
            "MasterUserPassword": "hunter2",
            "UserData": "hunter2",
            "SecretArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a",
            "MasterUserSecret": { "SecretString": "hunter2" },
            "ManageMasterUserPassword": true,
            "MetadataOptions": { "HttpTokens": "required" },
            "Tags": [{ "Key": "a", "Value": "b" }]
        });
        let Value::Object(mut config) = value else {
            panic!("no object")
        };
        let paths = withhold("AWS::ECS::TaskDefinition", &mut config);
        assert_eq!(
            paths,
            [
                "config.ContainerDefinitions.Environment",
                "config.Environment.EnvironmentVariables",
                "config.MasterUserPassword",
                "config.MasterUserSecret",
                "config.UserData",
            ]
        );
        let kept = Value::from(config);
        assert!(!kept.to_string().contains("hunter2"), "{kept}");
        assert_eq!(kept["Environment"]["ComputeType"], "small");
        assert_eq!(kept["ManageMasterUserPassword"], true);
        assert!(kept["SecretArn"].is_string());
        assert_eq!(kept["MetadataOptions"]["HttpTokens"], "required");
    }
    #[test]
    fn secrets_with_plain_names_are_known_by_their_type() {
        let value = || json!({ "Name": "a", "Value": "hunter2", "StreamKey": "hunter2" });
        let paths = |kind: &str| {
            let Value::Object(mut config) = value() else {
                panic!("no object")
            };
            let paths = withhold(kind, &mut config);
            (paths, Value::from(config).to_string().contains("hunter2"))
        };
        let both = vec!["config.StreamKey".to_owned(), "config.Value".to_owned()];
        assert_eq!(paths("AWS::SSM::Parameter"), (both, false));
        let one = vec!["config.StreamKey".to_owned()];
        assert_eq!(paths("AWS::Route53::HostedZone"), (one, true));
    }
}
