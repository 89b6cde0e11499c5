//! From the SDK's types to those of documents: dates, policy documents, tags, lists.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use blastwall_model::{Field, Tags};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A time as documents have it: RFC 3339 in UTC, whole seconds.
pub(crate) fn time(time: &DateTime) -> Option<String> {
    DateTime::from_secs(time.secs()).fmt(Format::DateTime).ok()
}

/// The same out of a text with any offset; none if the text is no time.
pub(crate) fn time_text(text: &str) -> Option<String> {
    DateTime::from_str(text, Format::DateTimeWithOffset)
        .ok()
        .as_ref()
        .and_then(time)
}

/// A policy document, and whether it is JSON. Text that is not is kept as a JSON string: that
/// AWS holds such text is a fact about the account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Policy {
    pub(crate) document: Value,
    pub(crate) readable: bool,
}

impl Policy {
    /// A document as IAM sends it, percent-encoded (RFC 3986).
    /// Source: IAM API Reference, `PolicyDetail`.
    pub(crate) fn encoded(text: &str) -> Self {
        // A brace can only stand in text that is not encoded; some implementations of the API do
        // not encode, and their documents may hold a percent sign of their own.
        if text.contains('{') {
            return Self::plain(text);
        }
        Self::plain(&percent_decode_str(text).decode_utf8_lossy())
    }

    /// A document as it is.
    pub(crate) fn plain(text: &str) -> Self {
        match serde_json::from_str(text) {
            Ok(document) => Self {
                document,
                readable: true,
            },
            Err(_) => Self {
                document: Value::String(text.to_owned()),
                readable: false,
            },
        }
    }
}

/// Tags out of keys and values; no tags are none, not an empty set.
pub(crate) fn tags<'a>(
    tags: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>,
) -> Field<Tags> {
    let tags: Tags = tags
        .filter_map(|(key, value)| Some((key?.to_owned(), value.unwrap_or_default().to_owned())))
        .collect();
    Some(tags).filter(|tags| !tags.is_empty()).into()
}

/// A text of an answer; AWS sends empty ones for "none".
pub(crate) fn text(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A list in an order of its own, for lists whose order means nothing and may change between
/// two calls.
pub(crate) fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort();
    items
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_whole_seconds_in_utc() {
        for text in [
            "2026-11-02T09:30:00+00:00",
            "2026-11-02T09:30:00Z",
            "2026-11-02T09:30:00.731Z",
            "2026-11-02T11:30:00+02:00",
        ] {
            assert_eq!(
                time_text(text).as_deref(),
                Some("2026-11-02T09:30:00Z"),
                "{text}"
            );
        }
        for text in ["N/A", "no_information", "not_supported", "", "2026"] {
            assert_eq!(time_text(text), None, "{text}");
        }
    }

    #[test]
    fn policies_are_decoded_once() {
        let document = json!({"Statement": [{"Resource": "arn:aws:s3:::a%20b/*"}]});
        let encoded = "%7B%22Statement%22%3A%5B%7B%22Resource%22%3A%22arn%3Aaws%3As3%3A%3A%3Aa%2520b%2F%2A%22%7D%5D%7D";
        for text in [encoded, &document.to_string()] {
            let policy = Policy::encoded(text);
            assert_eq!(policy.document, document);
            assert!(policy.readable);
        }
    }

    #[test]
    fn text_that_is_no_json_stays_text() {
        let policy = Policy::encoded("%7B%22Statement%22%3A");
        assert_eq!(policy.document, json!("{\"Statement\":"));
        assert!(!policy.readable);
        assert!(!Policy::plain("").readable);
    }

    #[test]
    fn no_tags_are_absent() {
        assert_eq!(tags(std::iter::empty()), Field::ABSENT);
        let one = tags([(Some("a"), None), (None, Some("b"))].into_iter());
        assert_eq!(one.known().map(Tags::len), Some(1));
    }
}
