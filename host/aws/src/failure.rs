//! Failed calls as data.
//!
//! A failing call never aborts a scan: it becomes a [`Failure`], and the caller records which data
//! is missing because of it. What AWS answered is kept; what kind of failure it is decides how the
//! report speaks of it. Kinds are told apart by error code and by the SDK's error type, never by
//! the text of a message.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use blastwall_model::GapKind;

/// A call that gave no data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Failure {
    /// Why, by kind.
    pub kind: GapKind,
    /// AWS's error code, `AccessDenied`, or a word of ours where AWS gave none.
    pub code: String,
    /// AWS's message, or the chain of causes where AWS did not answer.
    pub message: String,
}

/// Error codes by what they mean. The codes differ by service and protocol; sources: the "Common
/// errors" pages of the IAM, EC2, S3, Organizations and CloudTrail API references.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "UnauthorizedAccess",
    "NotAuthorized",
    "AuthFailure",
    "OptInRequired",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "InvalidToken",
    "AllAccessDisabled",
    "AccountProblem",
    "403",
];
const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "TooManyRequests",
    "SlowDown",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "429",
];
const UNSUPPORTED: &[&str] = &[
    "InvalidAction",
    "UnknownOperation",
    "UnknownOperationException",
    "UnsupportedOperation",
    "UnsupportedOperationException",
    "NotImplemented",
    "MethodNotAllowed",
    "404",
    "405",
    "501",
];
const UNAVAILABLE: &[&str] = &[
    "InternalFailure",
    "InternalError",
    "InternalServerError",
    "ServiceException",
    "ServiceUnavailable",
    "Unavailable",
    "ServiceFailure",
    "ServiceFailureException",
    "500",
    "502",
    "503",
    "504",
];

/// What EC2 writes before the encoded part of a refusal.
const ENCODED: &str = "Encoded authorization failure message:";

/// AWS messages are short; what is longer is an HTML page or worse.
const MESSAGE_LIMIT: usize = 500;

impl Failure {
    /// The failure behind an error of any SDK client.
    pub fn from_sdk<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            // The SDK calls an answer that it cannot read an error of the service.
            SdkError::ServiceError(service)
                if service.raw().status().is_success() && service.err().code().is_none() =>
            {
                Self::new(
                    GapKind::Malformed,
                    "UnreadableAnswer",
                    &chain(service.err()),
                )
            }
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16().to_string();
                let code = service.err().code().unwrap_or(&status);
                let message = service.err().message().unwrap_or("no message");
                Self::answered(code, message)
            }
            SdkError::TimeoutError(_) => Self::new(GapKind::Unavailable, "Timeout", &chain(error)),
            SdkError::DispatchFailure(_) => {
                Self::new(GapKind::Unavailable, "NoAnswer", &chain(error))
            }
            SdkError::ResponseError(response) => Self::new(
                GapKind::Malformed,
                &format!("HTTP {}", response.raw().status().as_u16()),
                &chain(error),
            ),
            _ => Self::new(GapKind::Rejected, "NotSent", &chain(error)),
        }
    }

    /// The failure that an answer with this error code is.
    #[must_use]
    pub fn answered(code: &str, message: &str) -> Self {
        // EC2 names missing permissions for a resource `Client.UnauthorizedOperation`.
        let bare = code.strip_prefix("Client.").unwrap_or(code);
        let kind = [
            (DENIED, GapKind::Denied),
            (THROTTLED, GapKind::Throttled),
            (UNSUPPORTED, GapKind::Unsupported),
            (UNAVAILABLE, GapKind::Unavailable),
        ]
        .into_iter()
        .find(|(codes, _)| codes.contains(&bare))
        .map_or(GapKind::Rejected, |(_, kind)| kind);
        Self::new(kind, code, message)
    }

    /// A failure from its parts.
    #[must_use]
    pub fn new(kind: GapKind, code: &str, message: &str) -> Self {
        // What follows is for `sts:DecodeAuthorizationMessage`, long and another one at each call.
        let message = message.split(ENCODED).next().unwrap_or_default();
        let mut message = message.trim_end().to_owned();
        if message.len() > MESSAGE_LIMIT {
            let end = (0..=MESSAGE_LIMIT)
                .rev()
                .find(|end| message.is_char_boundary(*end))
                .unwrap_or(0);
            message.truncate(end);
            message.push('…');
        }
        Self {
            kind,
            code: code.to_owned(),
            message,
        }
    }

    /// Code and message, as they stand in the report.
    #[must_use]
    pub fn answer(&self) -> String {
        self.to_string()
    }
}

/// The messages of an error and its causes.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let message = next.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    #[test]
    fn codes_tell_the_kind() {
        for (code, kind) in [
            ("AccessDenied", GapKind::Denied),
            ("Client.UnauthorizedOperation", GapKind::Denied),
            ("ThrottlingException", GapKind::Throttled),
            ("404", GapKind::Unsupported),
            ("500", GapKind::Unavailable),
            ("ValidationError", GapKind::Rejected),
        ] {
            assert_eq!(Failure::answered(code, "m").kind, kind, "{code}");
        }
    }

    #[test]
    fn a_success_that_cannot_be_read_is_malformed() {
        let answer = |status: u16| {
            let raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
            let error = ErrorMetadata::builder().message("no XML").build();
            Failure::from_sdk(&SdkError::service_error(error, raw))
        };
        let unreadable = answer(200);
        assert_eq!(unreadable.kind, GapKind::Malformed);
        assert!(unreadable.message.contains("no XML"), "{unreadable}");
        assert_eq!(answer(403).kind, GapKind::Denied);
    }

    #[test]
    fn what_differs_from_call_to_call_is_cut() {
        let failure = Failure::answered(
            "UnauthorizedOperation",
            "You are not authorized. Encoded authorization failure message: 4fTk…",
        );
        assert_eq!(failure.message, "You are not authorized.");
    }

    #[test]
    fn long_messages_are_cut_between_characters() {
        let failure = Failure::answered("500", &"ä".repeat(400));
        assert!(failure.message.len() <= MESSAGE_LIMIT + '…'.len_utf8());
        assert!(failure.message.ends_with('…'));
    }
}
