//! REST with JSON: the operation in method and path. Access Analyzer speaks it.
//!
//! Source: Smithy documentation, "AWS restJson1 protocol".

use http::Method;
use http::header::{HeaderName, HeaderValue};
use serde_json::json;

use super::{Protocol, Reply, Words, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};

/// The protocol, with the path of each operation that is a `GET`.
pub(crate) struct RestJson {
    pub(crate) paths: &'static [(&'static str, &'static str)],
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
        let input = Input::from_pairs(request.query.clone());
        let known = self.paths.iter().find(|(path, _)| *path == request.path);
        let operation = match known {
            Some((_, operation)) if request.method == Method::GET => (*operation).to_owned(),
            _ => format!("{} {}", request.method, request.path),
        };
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
