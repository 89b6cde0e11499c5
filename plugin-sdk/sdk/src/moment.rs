//! Moments in time as AWS writes them, without a clock and without a date library.

const SECONDS_A_DAY: i64 = 86_400;

/// The seconds between the Unix epoch and a moment in RFC 3339, fractions cut off; `None` if the
/// text has another form.
pub(crate) fn seconds(rfc3339: &str) -> Option<i64> {
    let (date, time) = rfc3339.split_once(['T', 't', ' '])?;
    let mut date = date.split('-');
    let (year, month, day) = (
        number(date.next()?, 4)?,
        number(date.next()?, 2)?,
        number(date.next()?, 2)?,
    );
    if date.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let zone = time.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = time.split_at_checked(zone)?;
    let time = match time.split_once('.') {
        Some((time, fraction)) => {
            number(fraction, fraction.len().min(18))?;
            time
        }
        None => time,
    };
    let mut time = time.split(':');
    let (hour, minute, second) = (
        number(time.next()?, 2)?,
        number(time.next()?, 2)?,
        number(time.next()?, 2)?,
    );
    // 60 is a leap second.
    if time.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let size = number(hours, 2)? * 3600 + number(minutes, 2)? * 60;
            if zone.starts_with('-') { -size } else { size }
        }
    };
    Some(
        days_from_civil(year, month, day) * SECONDS_A_DAY + hour * 3600 + minute * 60 + second
            - offset,
    )
}

/// Whole days from one moment to a later one; negative if it is earlier.
pub(crate) fn days(from_seconds: i64, to_seconds: i64) -> i64 {
    (to_seconds - from_seconds).div_euclid(SECONDS_A_DAY)
}

fn number(digits: &str, length: usize) -> Option<i64> {
    let right = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
    if right { digits.parse().ok() } else { None }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar.
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (public domain).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day comes last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-01-01T00:00:00+00:00", 1_767_225_600),
            ("2026-01-01T02:00:00.123456Z", 1_767_232_800),
            ("2026-01-01T02:00:00+02:00", 1_767_225_600),
            ("2025-12-31T22:30:00-01:30", 1_767_225_600),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "no_information",
            "N/A",
            "2026-01-01",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "26-01-01T00:00:00Z",
            "2026-01-01T00:00:00.Z ",
            "2026-01-01T00:00:00+é",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_whole() {
        assert_eq!(days(0, 86_399), 0);
        assert_eq!(days(0, 86_400), 1);
        assert_eq!(days(86_400, 86_399), -1);
    }
}
