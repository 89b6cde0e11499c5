//! REST with XML: the operation in method, path and query. S3 and S3 Control speak it.
//!
//! Sources: Smithy documentation, "AWS restXml protocol"; Amazon S3 User Guide, "Virtual hosting
//! of general purpose buckets".

use http::Method;
use http::header::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::{Protocol, Reply, Words, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};
use crate::xml::Element;

/// The protocol as S3 has it: errors are not wrapped.
pub(crate) struct S3;

/// The protocol as S3 Control has it.
pub(crate) struct S3Control;

/// Where the operations of S3 Control begin.
pub(crate) const CONTROL_PATH: &str = "/v20180820/";

/// Names of this machine under which virtual-hosted buckets are asked for.
const HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

/// What follows the `?` when a bucket is asked for one of its settings.
const SUBRESOURCES: &[(&str, &str)] = &[
    ("acl", "GetBucketAcl"),
    ("encryption", "GetBucketEncryption"),
    ("location", "GetBucketLocation"),
    ("logging", "GetBucketLogging"),
    ("object-lock", "GetObjectLockConfiguration"),
    ("ownershipControls", "GetBucketOwnershipControls"),
    ("policy", "GetBucketPolicy"),
    ("policyStatus", "GetBucketPolicyStatus"),
    ("publicAccessBlock", "GetPublicAccessBlock"),
    ("replication", "GetBucketReplication"),
    ("tagging", "GetBucketTagging"),
    ("versioning", "GetBucketVersioning"),
];

const WORDS: Words = Words {
    denied: (403, "AccessDenied"),
    denied_preface: "",
    unknown_operation: (405, "MethodNotAllowed"),
    missing: (403, "AccessDenied"),
    unknown_key: (403, "InvalidAccessKeyId"),
    expired: (400, "ExpiredToken"),
    signature: (403, "SignatureDoesNotMatch"),
    skewed: (403, "RequestTimeTooSkewed"),
};

const XML: &str = "application/xml";

impl Protocol for S3 {
    fn read(&self, request: &Request) -> (String, Input) {
        let mut input = Input::from_pairs(request.query.clone());
        let path = percent_decode_str(&request.path).decode_utf8_lossy();
        let path = path.trim_start_matches('/');
        let (bucket, key) = match virtual_bucket(request) {
            Some(bucket) => (bucket, path),
            None => path.split_once('/').unwrap_or((path, "")),
        };
        let asked = |name: &str| request.query.iter().any(|(asked, _)| asked == name);
        let subresource = SUBRESOURCES.iter().find(|(name, _)| asked(name));
        let operation = match subresource {
            _ if request.method != Method::GET || !key.is_empty() => None,
            None if bucket.is_empty() => Some("ListBuckets"),
            Some((_, operation)) if !bucket.is_empty() => Some(*operation),
            _ => None,
        };
        input.set("Bucket", bucket);
        let operation = operation.map_or_else(
            || format!("{} /{bucket}/{key}", request.method),
            ToOwned::to_owned,
        );
        (operation, input)
    }

    fn success(&self, _operation: &str, answer: Answer, id: &str) -> Reply {
        rest_success(answer, id)
    }

    fn failure(&self, failure: &Failure, id: &str) -> Reply {
        let document = error("Error", failure)
            .maybe("Region", failure.bucket_region.as_ref())
            .text("RequestId", id)
            .text("HostId", id)
            .document();
        let mut reply = reply(failure.status, XML, id, document);
        if let Some(Ok(region)) = failure.bucket_region.as_deref().map(HeaderValue::from_str) {
            reply
                .headers_mut()
                .insert(HeaderName::from_static("x-amz-bucket-region"), region);
        }
        reply
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}

impl Protocol for S3Control {
    fn read(&self, request: &Request) -> (String, Input) {
        let mut input = Input::from_pairs(request.query.clone());
        if let Some(account) = request.header("x-amz-account-id") {
            input.set("AccountId", account);
        }
        let path = request.path.strip_prefix(CONTROL_PATH).unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let operation = match parts.as_slice() {
            _ if request.method != Method::GET => None,
            ["configuration", "publicAccessBlock"] => Some("GetPublicAccessBlock"),
            ["accesspoint"] => Some("ListAccessPoints"),
            ["accesspoint", name] => {
                input.set("Name", *name);
                Some("GetAccessPoint")
            }
            ["accesspoint", name, "policy"] => {
                input.set("Name", *name);
                Some("GetAccessPointPolicy")
            }
            _ => None,
        };
        let operation =
            operation.map_or_else(|| format!("{} {path}", request.method), ToOwned::to_owned);
        (operation, input)
    }

    fn success(&self, _operation: &str, answer: Answer, id: &str) -> Reply {
        rest_success(answer, id)
    }

    fn failure(&self, failure: &Failure, id: &str) -> Reply {
        let document = Element::new("ErrorResponse")
            .child(error("Error", failure))
            .text("RequestId", id)
            .document();
        reply(failure.status, XML, id, document)
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}

fn rest_success(answer: Answer, id: &str) -> Reply {
    match answer {
        Answer::Xml(element) => reply(200, XML, id, element.document()),
        Answer::Document(text) => reply(200, "application/json", id, text),
        Answer::Json(value) => reply(200, "application/json", id, value.to_string()),
    }
}

fn error(name: &str, failure: &Failure) -> Element {
    Element::new(name)
        .text("Code", &failure.code)
        .text("Message", &failure.message)
}

/// The bucket that the host names, `bucket.localhost:8080`.
fn virtual_bucket(request: &Request) -> Option<&str> {
    let host = request.header("host")?;
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    HOSTS
        .iter()
        .find_map(|base| host.strip_suffix(base)?.strip_suffix('.'))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;
    use crate::request::parse_pairs;

    fn read(host: &'static str, path: &str, query: &str) -> (String, String) {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static(host));
        let request = Request {
            method: Method::GET,
            path: path.to_owned(),
            query: parse_pairs(query, false),
            headers,
            body: Vec::new(),
        };
        let (operation, input) = S3.read(&request);
        (operation, input.get("Bucket").unwrap().to_owned())
    }

    #[test]
    fn buckets_are_in_the_path_or_in_the_host() {
        for (host, path, query, operation, bucket) in [
            ("127.0.0.1:80", "/", "x-id=ListBuckets", "ListBuckets", ""),
            ("127.0.0.1:80", "/a.b", "policy", "GetBucketPolicy", "a.b"),
            ("localhost:80", "/a/", "acl", "GetBucketAcl", "a"),
            (
                "a.b.localhost:80",
                "/",
                "tagging",
                "GetBucketTagging",
                "a.b",
            ),
            ("a.localhost", "/key", "", "GET /a/key", "a"),
            ("localhost", "/a", "website", "GET /a/", "a"),
        ] {
            assert_eq!(
                read(host, path, query),
                (operation.to_owned(), bucket.to_owned())
            );
        }
    }
}
