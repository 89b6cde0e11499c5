//! The one place that asks what time it is.

use jiff::{Timestamp, Unit};

/// Now, RFC 3339 in UTC, to the second.
pub(crate) fn now() -> String {
    let now = Timestamp::now();
    now.round(Unit::Second).unwrap_or(now).to_string()
}
