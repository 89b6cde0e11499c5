//! EC2 Query: like AWS Query, with answers that are not wrapped and lists that are flat.
//!
//! Source: Smithy documentation, "AWS EC2 query protocol".

use super::query::{elements, read_form};
use super::{Protocol, Reply, Words, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};
use crate::xml::Element;

/// The protocol.
pub(crate) struct Ec2;

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

const WORDS: Words = Words {
    denied: (403, "UnauthorizedOperation"),
    denied_preface: "You are not authorized to perform this operation. ",
    unknown_operation: (400, "InvalidAction"),
    missing: (401, "AuthFailure"),
    unknown_key: (401, "AuthFailure"),
    expired: (400, "RequestExpired"),
    signature: (403, "SignatureDoesNotMatch"),
    skewed: (400, "RequestExpired"),
};

impl Protocol for Ec2 {
    fn read(&self, request: &Request) -> (String, Input) {
        read_form(request)
    }

    fn success(&self, operation: &str, answer: Answer, id: &str) -> Reply {
        let document = elements(answer)
            .named(format!("{operation}Response"))
            .attribute("xmlns", NAMESPACE)
            .text("requestId", id)
            .document();
        reply(200, "text/xml;charset=UTF-8", id, document)
    }

    fn failure(&self, failure: &Failure, id: &str) -> Reply {
        let document = Element::new("Response")
            .child(
                Element::new("Errors").child(
                    Element::new("Error")
                        .text("Code", &failure.code)
                        .text("Message", &failure.message),
                ),
            )
            .text("RequestID", id)
            .document();
        reply(failure.status, "text/xml;charset=UTF-8", id, document)
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}
