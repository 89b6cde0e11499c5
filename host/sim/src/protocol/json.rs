//! AWS JSON 1.1: the operation in a header, JSON in and out. Organizations and CloudTrail speak it.
//!
//! Source: Smithy documentation, "AWS JSON 1.1 protocol".

use http::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Protocol, Reply, Words, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};

/// The protocol.
pub(crate) struct Json;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

const WORDS: Words = Words {
    denied: (400, "AccessDeniedException"),
    denied_preface: "",
    unknown_operation: (400, "UnknownOperationException"),
    missing: (400, "MissingAuthenticationTokenException"),
    unknown_key: (400, "UnrecognizedClientException"),
    expired: (400, "ExpiredTokenException"),
    signature: (400, "InvalidSignatureException"),
    skewed: (400, "InvalidSignatureException"),
};

impl Protocol for Json {
    fn read(&self, request: &Request) -> (String, Input) {
        let target = request.header("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        // A body that is no JSON gives an input without parameters, which operations refuse.
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        (operation, Input::from_json(&body))
    }

    fn success(&self, _operation: &str, answer: Answer, id: &str) -> Reply {
        let body = match answer {
            Answer::Json(value) => value.to_string(),
            Answer::Xml(_) | Answer::Document(_) => "{}".to_owned(),
        };
        reply(200, CONTENT_TYPE, id, body)
    }

    fn failure(&self, failure: &Failure, id: &str) -> Reply {
        let body = json!({ "__type": failure.code, "message": failure.message }).to_string();
        let mut reply = reply(failure.status, CONTENT_TYPE, id, body);
        if let Ok(code) = HeaderValue::from_str(&failure.code) {
            reply
                .headers_mut()
                .insert(HeaderName::from_static("x-amzn-errortype"), code);
        }
        reply
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}
