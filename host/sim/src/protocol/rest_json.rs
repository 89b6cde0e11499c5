//! REST with JSON: the operation in method and path, JSON in and out. Account Management
//! and Access Analyzer speak it.
//!
//! Source: Smithy documentation, "AWS restJson1 protocol".

use http::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Protocol, Reply, Words, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};

/// The protocol, with the operations of a service by method and path.
pub(crate) struct RestJson {
    pub(crate) routes: &'static [(&'static str, &'static str, &'static str)],
}

const CONTENT_TYPE: &str = "application/json";

const WORDS: Words = Words {
    denied: (403, "AccessDeniedException"),
    denied_preface: "",
    unknown_operation: (404, "UnknownOperationException"),
    missing: (403, "MissingAuthenticationTokenException"),
    unknown_key: (403, "UnrecognizedClientException"),
    expired: (403, "ExpiredTokenException"),
    signature: (403, "InvalidSignatureException"),
    skewed: (403, "InvalidSignatureException"),
};

impl Protocol for RestJson {
    fn read(&self, request: &Request) -> (String, Input) {
        let route = self
            .routes
            .iter()
            .find(|(method, path, _)| request.method == *method && request.path == *path);
        let operation = route.map_or_else(
            || format!("{} {}", request.method, request.path),
            |(_, _, operation)| (*operation).to_owned(),
        );
        // A body that is no JSON gives an input without parameters, which operations refuse.
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let mut input = Input::from_json(&body);
        for (name, value) in &request.query {
            input.set(name, value);
        }
        (operation, input)
    }

    fn success(&self, _operation: &str, answer: Answer, id: &str) -> Reply {
        let body = match answer {
            Answer::Json(value) => value.to_string(),
            Answer::Xml(_) | Answer::Document(_) => "{}".to_owned(),
        };
        reply(200, CONTENT_TYPE, id, body)
    }

    fn failure(&self, failure: &Failure, id: &str) -> Reply {
        let body = json!({ "message": failure.message }).to_string();
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
