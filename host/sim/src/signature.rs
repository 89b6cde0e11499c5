//! AWS Signature Version 4, checked.
//!
//! Source: IAM User Guide, "Create a signed AWS API request".

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::request::Request;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What AWS leaves unencoded: letters, digits and these four.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The `Authorization` header of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub(crate) access_key_id: String,
    date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    signed_headers: String,
    signature: String,
}

impl Authorization {
    /// Reads the header; none if it is not of this form.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let parts = header.strip_prefix(ALGORITHM)?.trim_start();
        let part = |name: &str| {
            parts
                .split(',')
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
        };
        let mut scope = part("Credential")?.split('/');
        let authorization = Self {
            access_key_id: scope.next()?.to_owned(),
            date: scope.next()?.to_owned(),
            region: scope.next()?.to_owned(),
            service: scope.next()?.to_owned(),
            signed_headers: part("SignedHeaders")?.to_owned(),
            signature: part("Signature")?.to_owned(),
        };
        (scope.next() == Some("aws4_request") && scope.next().is_none()).then_some(authorization)
    }

    /// Whether the request was signed with this secret and has not been changed since.
    pub(crate) fn verify(&self, request: &Request, secret: &str) -> bool {
        self.check(request, secret).is_some()
    }

    fn check(&self, request: &Request, secret: &str) -> Option<()> {
        let time = request.header("x-amz-date")?;
        let body_hash = hex(&Sha256::digest(&request.body));
        let payload = match request.header("x-amz-content-sha256") {
            Some(unsigned @ "UNSIGNED-PAYLOAD") => unsigned,
            Some(sent) if sent != body_hash => return None,
            _ => &body_hash,
        };
        let canonical = self.canonical_request(request, payload)?;
        let scope = format!(
            "{}/{}/{}/aws4_request",
            self.date, self.region, self.service
        );
        let to_sign = format!(
            "{ALGORITHM}\n{time}\n{scope}\n{}",
            hex(&Sha256::digest(canonical.as_bytes()))
        );
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [&*self.date, &*self.region, &*self.service, "aws4_request"] {
            key = keyed(&key, part)?.finalize().into_bytes().to_vec();
        }
        keyed(&key, &to_sign)?
            .verify_slice(&unhex(&self.signature)?)
            .ok()
    }

    /// S3 signs the path as it is sent; the others encode each part of it a second time. Source: IAM User
    /// Guide, "Create a signed AWS API request".
    fn canonical_request(&self, request: &Request, payload: &str) -> Option<String> {
        let mut query: Vec<String> = request
            .query
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        query.sort();
        let path = if self.service.starts_with("s3") {
            request.path.clone()
        } else {
            let parts: Vec<String> = request.path.split('/').map(encode).collect();
            parts.join("/")
        };
        let mut headers = String::new();
        for name in self.signed_headers.split(';') {
            let values: Vec<String> = request
                .headers
                .get_all(name)
                .iter()
                .map(|value| value.to_str().map(collapse))
                .collect::<Result<_, _>>()
                .ok()?;
            headers.push_str(&format!("{name}:{}\n", values.join(",")));
        }
        Some(format!(
            "{}\n{}\n{}\n{headers}\n{}\n{payload}",
            request.method,
            path,
            query.join("&"),
            self.signed_headers
        ))
    }
}

/// The time at which a request says that it was signed, `20261123T180000Z`.
pub(crate) fn signing_time(request: &Request) -> Option<Timestamp> {
    jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", request.header("x-amz-date")?)
        .ok()?
        .to_datetime()
        .ok()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|time| time.timestamp())
}

fn keyed(key: &[u8], message: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(message.as_bytes());
    Some(mac)
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

fn collapse(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|start| u8::from_str_radix(text.get(start..start + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    /// The example of the AWS documentation: `GET ?Action=ListUsers` of IAM.
    fn documented() -> (Request, Authorization) {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "iam.amazonaws.com"),
            (
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            ("x-amz-date", "20150830T123600Z"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let request = Request {
            method: Method::GET,
            path: "/".to_owned(),
            query: vec![
                ("Action".to_owned(), "ListUsers".to_owned()),
                ("Version".to_owned(), "2010-05-08".to_owned()),
            ],
            headers,
            body: Vec::new(),
        };
        let authorization = Authorization::parse(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        )
        .unwrap();
        (request, authorization)
    }

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    #[test]
    fn the_documented_example_is_right() {
        let (request, authorization) = documented();
        assert!(authorization.verify(&request, SECRET));
        assert!(!authorization.verify(&request, "another secret"));
        assert_eq!(
            signing_time(&request).unwrap().to_string(),
            "2015-08-30T12:36:00Z"
        );
    }

    #[test]
    fn a_changed_request_is_wrong() {
        let (mut request, authorization) = documented();
        request.body = b"more".to_vec();
        assert!(!authorization.verify(&request, SECRET));
        let (mut request, authorization) = documented();
        request.query.pop();
        assert!(!authorization.verify(&request, SECRET));
    }
}
