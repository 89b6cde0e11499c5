//! AWS Lambda: functions and their URLs.
//!
//! Source: AWS Lambda API Reference.

use serde_json::{Map, Value, json};

use crate::document::{list, object, set, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing, of_resource};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("ListFunctions", "lambda:ListFunctions", list_functions),
    of_resource(
        "ListFunctionUrlConfigs",
        "lambda:ListFunctionUrlConfigs",
        target,
        list_function_url_configs,
    ),
    of_resource("ListTags", "lambda:ListTags", target, list_tags),
    of_resource("GetPolicy", "lambda:GetPolicy", target, get_policy),
];

/// Where each operation is asked for.
pub(crate) const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/2015-03-31/functions", "ListFunctions"),
    (
        "GET",
        "/2021-10-31/functions/{Function}/urls",
        "ListFunctionUrlConfigs",
    ),
    ("GET", "/2017-03-31/tags/{Function}", "ListTags"),
    (
        "GET",
        "/2015-03-31/functions/{Function}/policy",
        "GetPolicy",
    ),
];

const KIND: &str = "AWS::Lambda::Function";

fn find<'a>(call: &Call<'a>) -> Result<&'a Value, Failure> {
    let asked = call.required("Function")?;
    let mut functions = call.account()?.documents(KIND, call.region);
    let found = functions.find(|function| text(function, "/arn") == asked);
    found.ok_or_else(|| {
        Failure::new(
            404,
            "ResourceNotFoundException",
            format!("Function not found: {asked}"),
        )
    })
}

fn target(call: &Call<'_>) -> Result<Target, Failure> {
    let arn = text(find(call)?, "/arn")
        .parse()
        .map_err(|_| Failure::validation("the document of the function has no ARN"))?;
    Ok(Target::resource(arn))
}

fn paged(call: &Call<'_>, name: &str, items: Vec<Value>) -> Result<Answer, Failure> {
    let page = page(items, call.input.get("Marker"), call.page_size("MaxItems"))?;
    Ok(Answer::Json(
        json!({ name: page.items, "NextMarker": page.next }),
    ))
}

fn list_functions(call: &Call<'_>) -> Result<Answer, Failure> {
    let functions = call.account()?.documents(KIND, call.region);
    let functions = functions.map(|function| {
        let mut answer = object(
            function,
            &[
                ("/arn", "FunctionArn"),
                ("/config/FunctionName", "FunctionName"),
                ("/config/Role", "Role"),
                ("/config/Runtime", "Runtime"),
                ("/config/PackageType", "PackageType"),
                ("/config/KmsKeyArn", "KMSKeyArn"),
            ],
        );
        let layers = list(function, "/config/Layers").iter();
        let layers: Vec<Value> = layers.map(|arn| json!({ "Arn": arn })).collect();
        set(&mut answer, "Layers", layers.into());
        if let Some(network) = function.pointer("/config/VpcConfig") {
            // A function is in a network if the answer names one; documents name its subnets alone.
            let mut network = network.clone();
            set(&mut network, "VpcId", "vpc-1".into());
            set(&mut answer, "VpcConfig", network);
        }
        let variables = list(function, "/observed/VariableNames").iter();
        let variables: Map<String, Value> = variables
            .filter_map(|name| Some((name.as_str()?.to_owned(), "a value".into())))
            .collect();
        if !variables.is_empty() {
            set(
                &mut answer,
                "Environment",
                json!({ "Variables": variables }),
            );
        }
        // Lambda writes the offset without a colon.
        let modified = text(function, "/observed/LastModified").replace('Z', ".000+0000");
        set(&mut answer, "LastModified", modified.into());
        answer
    });
    paged(call, "Functions", functions.collect())
}

fn list_function_url_configs(call: &Call<'_>) -> Result<Answer, Failure> {
    let function = text(find(call)?, "/arn");
    let urls = call.account()?.documents("AWS::Lambda::Url", call.region);
    let own = urls.filter(|url| text(url, "/config/TargetFunctionArn").starts_with(&function));
    let urls = own.map(|url| {
        object(
            url,
            &[
                ("/config/TargetFunctionArn", "FunctionArn"),
                ("/config/AuthType", "AuthType"),
                ("/config/InvokeMode", "InvokeMode"),
                ("/observed/FunctionUrl", "FunctionUrl"),
                ("/observed/CreationTime", "CreationTime"),
                ("/observed/CreationTime", "LastModifiedTime"),
            ],
        )
    });
    paged(call, "FunctionUrlConfigs", urls.collect())
}

fn list_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    let function = find(call)?;
    let tags = function.pointer("/tags").cloned();
    Ok(Answer::Json(
        json!({ "Tags": tags.unwrap_or_else(|| json!({})) }),
    ))
}

fn get_policy(call: &Call<'_>) -> Result<Answer, Failure> {
    let policy = find(call)?.pointer("/config/PolicyDocument");
    let policy = policy.ok_or_else(|| {
        Failure::new(
            404,
            "ResourceNotFoundException",
            "The resource you requested does not exist.",
        )
    })?;
    Ok(Answer::Json(json!({ "Policy": super::as_text(policy) })))
}
