//! The wire protocols: how an operation and its input are read from a request, and how answers and
//! errors are written. They know no service and no document.

pub(crate) mod cbor;
pub(crate) mod ec2;
pub(crate) mod json;
pub(crate) mod query;
pub(crate) mod rest;
pub(crate) mod rest_json;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use hyper::body::Bytes;

use crate::credentials::Rejection;
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};

/// A whole response.
pub(crate) type Reply = Response<Full<Bytes>>;

/// One of the wire protocols.
pub(crate) trait Protocol: Sync {
    /// The operation that a request names, and its input.
    fn read(&self, request: &Request) -> (String, Input);

    /// The response that carries an answer.
    fn success(&self, operation: &str, answer: Answer, id: &str) -> Reply;

    /// The response that carries an error.
    fn failure(&self, failure: &Failure, id: &str) -> Reply;

    /// What it calls the errors that every service has.
    fn words(&self) -> &'static Words;
}

/// HTTP status and error code.
type Word = (u16, &'static str);

/// The errors that every service has, in the words of a protocol.
pub(crate) struct Words {
    /// Policies do not allow it.
    pub(crate) denied: Word,
    /// What stands before the reason for that.
    pub(crate) denied_preface: &'static str,
    /// There is no such operation.
    pub(crate) unknown_operation: Word,
    /// The request is not signed.
    pub(crate) missing: Word,
    /// Nobody has the access key.
    pub(crate) unknown_key: Word,
    /// The session is over.
    pub(crate) expired: Word,
    /// The signature is wrong.
    pub(crate) signature: Word,
    /// The signature is too old.
    pub(crate) skewed: Word,
}

impl Words {
    /// The error for a signature that is not accepted.
    pub(crate) fn rejection(&self, rejection: Rejection, access_key_id: &str) -> Failure {
        let ((status, code), message) = match rejection {
            Rejection::Missing => (self.missing, "Missing Authentication Token"),
            Rejection::UnknownKey if self.unknown_key.1 == "InvalidAccessKeyId" => (
                self.unknown_key,
                "The AWS Access Key Id you provided does not exist in our records.",
            ),
            Rejection::UnknownKey if self.unknown_key.1 == "AuthFailure" => (
                self.unknown_key,
                "AWS was not able to validate the provided access credentials",
            ),
            Rejection::UnknownKey => (
                self.unknown_key,
                "The security token included in the request is invalid.",
            ),
            Rejection::Expired => (
                self.expired,
                "The security token included in the request is expired",
            ),
            Rejection::Signature => (
                self.signature,
                "The request signature we calculated does not match the signature you provided. \
                 Check your AWS Secret Access Key and signing method.",
            ),
            Rejection::Skewed => (
                self.skewed,
                "Signature expired: the difference between the request time and the current time \
                 is too large.",
            ),
        };
        tracing::debug!(access_key_id, code, "a signature was not accepted");
        Failure::new(status, code, message)
    }
}

/// Puts a response together.
pub(crate) fn reply(status: u16, content_type: &'static str, id: &str, body: String) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(body)));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-amzn-requestid"), id.clone());
        headers.insert(HeaderName::from_static("x-amz-request-id"), id);
    }
    reply
}

/// Whether an error is the service's own fault, which XML errors say in words.
fn blame(status: u16) -> &'static str {
    if status < 500 { "Sender" } else { "Receiver" }
}
