//! AWS Query: a form in, XML out. IAM and STS speak it.
//!
//! Source: Smithy documentation, "AWS Query protocol".

use super::{Protocol, Reply, Words, blame, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request, parse_pairs};
use crate::xml::Element;

/// The protocol, in the XML namespace of a service.
pub(crate) struct Query {
    pub(crate) namespace: &'static str,
}

const WORDS: Words = Words {
    denied: (403, "AccessDenied"),
    denied_preface: "",
    unknown_operation: (400, "InvalidAction"),
    missing: (403, "MissingAuthenticationToken"),
    unknown_key: (403, "InvalidClientTokenId"),
    expired: (403, "ExpiredToken"),
    signature: (403, "SignatureDoesNotMatch"),
    skewed: (403, "SignatureDoesNotMatch"),
};

/// The operation and the input of a form.
pub(super) fn read_form(request: &Request) -> (String, Input) {
    let mut pairs = request.query.clone();
    pairs.extend(parse_pairs(&String::from_utf8_lossy(&request.body), true));
    let input = Input::from_pairs(pairs);
    (input.get("Action").unwrap_or_default().to_owned(), input)
}

/// The elements of an answer; the query protocols have no others.
pub(super) fn elements(answer: Answer) -> Element {
    match answer {
        Answer::Xml(element) => element,
        Answer::Json(_) | Answer::Document(_) => Element::new(""),
    }
}

impl Protocol for Query {
    fn read(&self, request: &Request) -> (String, Input) {
        read_form(request)
    }

    fn success(&self, operation: &str, answer: Answer, id: &str) -> Reply {
        let document = Element::new(format!("{operation}Response"))
            .attribute("xmlns", self.namespace)
            .child(elements(answer).named(format!("{operation}Result")))
            .child(Element::new("ResponseMetadata").text("RequestId", id))
            .document();
        reply(200, "text/xml", id, document)
    }

    fn failure(&self, failure: &Failure, id: &str) -> Reply {
        let document = Element::new("ErrorResponse")
            .attribute("xmlns", self.namespace)
            .child(
                Element::new("Error")
                    .text("Type", blame(failure.status))
                    .text("Code", &failure.code)
                    .text("Message", &failure.message),
            )
            .text("RequestId", id)
            .document();
        reply(failure.status, "text/xml", id, document)
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}
