//! An answer that is an error. The protocols give it its form.

/// What AWS says instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The error code.
    pub(crate) code: String,
    /// The text for people.
    pub(crate) message: String,
    /// The region to go to instead, where S3 redirects.
    pub(crate) bucket_region: Option<String>,
}

impl Failure {
    pub(crate) fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            bucket_region: None,
        }
    }

    /// An input that the operation cannot do without is missing or malformed.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }

    /// The failure that a document or a coverage remembers as `Code: message`.
    pub(crate) fn remembered(reason: &str) -> Self {
        let (code, message) = match reason.split_once(": ") {
            Some((code, message)) if is_code(code) => (code, message),
            _ if is_code(reason) => (reason, ""),
            _ => ("AccessDenied", reason),
        };
        Self::new(usual_status(code), code, message)
    }
}

fn is_code(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

/// The HTTP status that usually comes with an error code, where only the code is remembered.
fn usual_status(code: &str) -> u16 {
    const BY_PART: &[(&str, u16)] = &[
        ("NotFound", 404),
        ("NoSuch", 404),
        ("Denied", 403),
        ("Unauthorized", 403),
        ("AuthFailure", 401),
        ("OptInRequired", 403),
        ("Internal", 500),
        ("Unavailable", 503),
        ("SlowDown", 503),
    ];
    BY_PART
        .iter()
        .find(|(part, _)| code.contains(part))
        .map_or(400, |(_, status)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_remembered_as_they_were() {
        for (reason, code, message, status) in [
            (
                "AccessDenied: no: really",
                "AccessDenied",
                "no: really",
                403,
            ),
            ("NoSuchBucket", "NoSuchBucket", "", 404),
            (
                "the service is down",
                "AccessDenied",
                "the service is down",
                403,
            ),
        ] {
            let failure = Failure::remembered(reason);
            assert_eq!(
                (
                    failure.code.as_str(),
                    failure.message.as_str(),
                    failure.status
                ),
                (code, message, status)
            );
        }
    }
}
