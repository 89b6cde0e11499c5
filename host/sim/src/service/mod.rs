//! The services: what each can be asked, and the answers made from the documents.

mod access_analyzer;
mod account;
mod cloud_control;
mod cloudformation;
mod cloudtrail;
mod cloudwatch;
mod codebuild;
mod config;
mod dynamodb;
mod ec2;
mod ecr;
mod ecs;
mod eks;
pub(crate) mod iam;
mod identity_center;
mod kms;
mod lambda;
mod load_balancing;
mod logs;
mod organizations;
mod ram;
mod rds;
mod s3;
mod s3_control;
mod secrets_manager;
mod sns;
mod sqs;
mod ssm;
mod sts;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::document::scalar;
use crate::failure::Failure;
use crate::operation::Operation;
use crate::protocol::Protocol;
use crate::protocol::cbor::Cbor;
use crate::protocol::ec2::Ec2;
use crate::protocol::json::Json;
use crate::protocol::query::Query;
use crate::protocol::rest::{CONTROL_PATH, S3, S3Control};
use crate::protocol::rest_json::RestJson;
use crate::request::Request;
use crate::signature::Authorization;
use crate::xml::Element;

/// One service.
pub(crate) struct Service {
    /// The name that requests are signed for; S3 Control shares that of S3.
    pub(crate) name: &'static str,
    /// How it speaks.
    pub(crate) protocol: &'static dyn Protocol,
    /// Whether each region has its own, which accounts must have enabled.
    pub(crate) regional: bool,
    /// What it can be asked, in groups that belong together.
    pub(crate) operations: &'static [&'static [Operation]],
}

impl Service {
    /// The operation of a name.
    pub(crate) fn operation(&self, name: &str) -> Option<&'static Operation> {
        let mut all = self.operations.iter().copied().flatten();
        all.find(|operation| operation.name == name)
    }
}

const SERVICES: &[Service] = &[
    Service {
        name: "sts",
        protocol: &Query {
            namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        },
        // Its first endpoint is global, and tokens of it are good everywhere.
        regional: false,
        operations: &[sts::OPERATIONS],
    },
    Service {
        name: "iam",
        protocol: &Query {
            namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
        },
        regional: false,
        operations: &[iam::OPERATIONS],
    },
    Service {
        name: "organizations",
        protocol: &Json,
        regional: false,
        operations: &[organizations::OPERATIONS],
    },
    Service {
        name: "account",
        protocol: &RestJson {
            routes: account::ROUTES,
        },
        regional: false,
        operations: &[account::OPERATIONS],
    },
    Service {
        name: "cloudtrail",
        protocol: &Json,
        regional: true,
        operations: &[cloudtrail::OPERATIONS],
    },
    Service {
        name: "access-analyzer",
        protocol: &RestJson {
            routes: access_analyzer::ROUTES,
        },
        regional: true,
        operations: &[access_analyzer::OPERATIONS],
    },
    Service {
        name: "lambda",
        protocol: &RestJson {
            routes: lambda::ROUTES,
        },
        regional: true,
        operations: &[lambda::OPERATIONS],
    },
    Service {
        name: "cloudcontrolapi",
        protocol: &Json,
        regional: true,
        operations: &[cloud_control::OPERATIONS],
    },
    Service {
        name: "config",
        protocol: &Json,
        regional: true,
        operations: &[config::OPERATIONS],
    },
    Service {
        name: "sso",
        protocol: &Json,
        regional: true,
        operations: &[identity_center::OPERATIONS],
    },
    Service {
        name: "identitystore",
        protocol: &Json,
        regional: true,
        operations: &[identity_center::DIRECTORY],
    },
    Service {
        name: "cloudformation",
        protocol: &Query {
            namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
        },
        regional: true,
        operations: &[cloudformation::OPERATIONS],
    },
    Service {
        name: "ram",
        protocol: &RestJson {
            routes: ram::ROUTES,
        },
        regional: true,
        operations: &[ram::OPERATIONS],
    },
    Service {
        name: "rds",
        protocol: &Query {
            namespace: "http://rds.amazonaws.com/doc/2014-10-31/",
        },
        regional: true,
        operations: &[rds::OPERATIONS],
    },
    Service {
        name: "ssm",
        protocol: &Json,
        regional: true,
        operations: &[ssm::OPERATIONS],
    },
    Service {
        name: "kms",
        protocol: &Json,
        regional: true,
        operations: &[kms::OPERATIONS],
    },
    Service {
        name: "logs",
        protocol: &Json,
        regional: true,
        operations: &[logs::OPERATIONS],
    },
    Service {
        name: "codebuild",
        protocol: &Json,
        regional: true,
        operations: &[codebuild::OPERATIONS],
    },
    Service {
        name: "ecs",
        protocol: &Json,
        regional: true,
        operations: &[ecs::OPERATIONS],
    },
    Service {
        name: "eks",
        protocol: &RestJson {
            routes: eks::ROUTES,
        },
        regional: true,
        operations: &[eks::OPERATIONS],
    },
    Service {
        name: "dynamodb",
        protocol: &Json,
        regional: true,
        operations: &[dynamodb::OPERATIONS],
    },
    Service {
        name: "ecr",
        protocol: &Json,
        regional: true,
        operations: &[ecr::OPERATIONS],
    },
    Service {
        name: "secretsmanager",
        protocol: &Json,
        regional: true,
        operations: &[secrets_manager::OPERATIONS],
    },
    Service {
        name: "sqs",
        protocol: &Json,
        regional: true,
        operations: &[sqs::OPERATIONS],
    },
    Service {
        name: "sns",
        protocol: &Query {
            namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
        },
        regional: true,
        operations: &[sns::OPERATIONS],
    },
    Service {
        name: "elasticloadbalancing",
        protocol: &Query {
            namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
        },
        regional: true,
        operations: &[load_balancing::OPERATIONS],
    },
    Service {
        name: "monitoring",
        protocol: &Cbor,
        regional: true,
        operations: &[cloudwatch::OPERATIONS],
    },
    Service {
        name: "ec2",
        protocol: &Ec2,
        regional: true,
        operations: ec2::OPERATIONS,
    },
    Service {
        name: "s3",
        protocol: &S3,
        regional: false,
        operations: &[s3::OPERATIONS],
    },
];

const S3_CONTROL: Service = Service {
    name: "s3-control",
    protocol: &S3Control,
    regional: false,
    operations: &[s3_control::OPERATIONS],
};

/// A service that the simulation lacks, speaking REST: it knows no operation.
const OTHER_REST: Service = Service {
    name: "unknown",
    protocol: &S3,
    regional: false,
    operations: &[],
};

/// A service that the simulation lacks, speaking JSON.
const OTHER_JSON: Service = Service {
    name: "unknown",
    protocol: &Json,
    regional: false,
    operations: &[],
};

/// A service that the simulation lacks, speaking Query; also whoever sends a form unsigned.
const OTHER_QUERY: Service = Service {
    name: "unknown",
    protocol: &Query {
        namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    },
    regional: false,
    operations: &[],
};

/// The service that a request was signed for. One endpoint serves all of them, as with other
/// local implementations of AWS, and the signature tells them apart.
pub(crate) fn find(request: &Request, authorization: Option<&Authorization>) -> &'static Service {
    let name = authorization.map_or("", |authorization| authorization.service.as_str());
    if name == "s3" && request.path.starts_with(CONTROL_PATH) {
        return &S3_CONTROL;
    }
    if let Some(service) = SERVICES.iter().find(|service| service.name == name) {
        return service;
    }
    let content_type = request.header("content-type").unwrap_or_default();
    if request.header("x-amz-target").is_some() {
        &OTHER_JSON
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        &OTHER_QUERY
    } else {
        &OTHER_REST
    }
}

/// A document inside an answer, as its text: a policy, say. What is text already was none that could be read.
pub(crate) fn as_text(document: &Value) -> String {
    match document {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The tags of a document.
pub(crate) fn tags(document: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let tags = document.get("tags").and_then(Value::as_object);
    tags.into_iter().flatten()
}

/// The tags of a document, as JSON protocols list them.
pub(crate) fn key_values(document: &Value) -> Value {
    let tags = tags(document);
    tags.map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect()
}

/// The tags of a document, as the Query protocol lists them.
pub(crate) fn tag_members(document: &Value) -> impl Iterator<Item = Element> {
    tags(document).map(|(key, value)| {
        Element::new("member")
            .text("Key", key)
            .maybe("Value", scalar(value))
    })
}

/// A time of a document as JSON protocols send it: seconds since 1970.
///
/// # Errors
/// If it is no RFC 3339 time.
pub(crate) fn epoch_seconds(time: &str) -> Result<Value, Failure> {
    let time = parse_time(time)?;
    Ok(if time.subsec_nanosecond() == 0 {
        json!(time.as_second())
    } else {
        json!(time.as_duration().as_secs_f64())
    })
}

/// A time of a document.
///
/// # Errors
/// If it is no RFC 3339 time.
pub(crate) fn parse_time(time: &str) -> Result<Timestamp, Failure> {
    time.parse().map_err(|_| {
        Failure::new(
            500,
            "InternalFailure",
            format!("a document has `{time}`, which is no RFC 3339 time"),
        )
    })
}
