//! REST with JSON: the operation in method and path, JSON in and out. Account Management, Access Analyzer
//! and Lambda speak it.
//!
//! Source: Smithy documentation, "AWS restJson1 protocol".

use http::header::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{Protocol, Reply, Words, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};

/// The protocol, with the operations of a service by method and path.
pub(crate) struct RestJson {
    /// Method, path and operation. A part of the path in braces is a parameter.
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

/// The parameters in a path, if it is one of this route. A slash at the end does not matter.
fn parameters(route: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut parameters = Vec::new();
    let mut parts = path.trim_end_matches('/').split('/');
    for expected in route.split('/') {
        let part = parts.next()?;
        let name = expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        match name {
            Some(name) => {
                let value = percent_decode_str(part).decode_utf8_lossy().into_owned();
                parameters.push((name.to_owned(), value));
            }
            None if part == expected => {}
            None => return None,
        }
    }
    parts.next().is_none().then_some(parameters)
}

impl Protocol for RestJson {
    fn read(&self, request: &Request) -> (String, Input) {
        let route = self.routes.iter().find_map(|(method, path, operation)| {
            let parameters = parameters(path, &request.path)?;
            (request.method == *method).then_some((operation, parameters))
        });
        let (operation, parameters) = route.map_or_else(
            || (format!("{} {}", request.method, request.path), Vec::new()),
            |(operation, parameters)| ((*operation).to_owned(), parameters),
        );
        // A body that is no JSON gives an input without parameters, which operations refuse.
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let mut input = Input::from_json(&body);
        for (name, value) in &request.query {
            input.set(name, value);
        }
        for (name, value) in &parameters {
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
