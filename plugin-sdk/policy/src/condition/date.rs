//! Instants: ISO 8601 in the forms of the W3C note, or seconds since 1970.
//! <https://www.w3.org/TR/NOTE-datetime>

/// Nanoseconds since the start of 1970 UTC; `None` when the text is no instant.
pub(super) fn parse(text: &str) -> Option<i128> {
    let text = text.trim();
    let seconds = text.strip_prefix('-').unwrap_or(text);
    // Four digits are a year, more are an epoch.
    if seconds.len() > 4 && seconds.len() <= 18 && seconds.bytes().all(|byte| byte.is_ascii_digit())
    {
        return text
            .parse::<i64>()
            .ok()
            .map(|value| i128::from(value) * NANOSECONDS);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_from_civil(year, month, day);
    let within_day = match time {
        Some(time) => time_of_day(time)?,
        None => 0,
    };
    Some(i128::from(days) * 86_400 * NANOSECONDS + within_day)
}

pub(super) const NANOSECONDS: i128 = 1_000_000_000;

/// `hh:mm[:ss[.fraction]]` and a zone (`Z`, `±hh:mm`, or none for UTC), as nanoseconds.
fn time_of_day(text: &str) -> Option<i128> {
    let (clock, offset) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => {
            let zone = text.get(at..)?;
            let offset = match zone {
                "Z" | "z" => 0,
                _ => {
                    let sign = if zone.starts_with('-') { -1 } else { 1 };
                    let zone = zone.get(1..)?;
                    let (hours, minutes) =
                        zone.split_once(':').or_else(|| zone.split_at_checked(2))?;
                    sign * (number(hours, 2)? * 60 + number(minutes, 2)?) * 60
                }
            };
            (text.get(..at)?, offset)
        }
        None => (text, 0),
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, digits)) => (clock, fraction(digits)?),
        None => (clock, 0),
    };
    let mut parts = clock.split(':');
    let hours = number(parts.next()?, 2)?;
    let minutes = number(parts.next()?, 2)?;
    let seconds = parts.next().map_or(Some(0), |part| number(part, 2))?;
    if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some(i128::from(hours * 3_600 + minutes * 60 + seconds - offset) * NANOSECONDS + fraction)
}

fn fraction(digits: &str) -> Option<i128> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Nine digits are nanoseconds; further ones are less.
    Some(
        digits
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0')),
    )
}

fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in 400-year eras that start
/// in March so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let expected = Some(1_376_654_400 * NANOSECONDS);
        assert_eq!(parse("2013-08-16T12:00:00Z"), expected);
        assert_eq!(parse("2013-08-16T14:00+02:00"), expected);
        assert_eq!(parse("2013-08-16T12:00:00.000Z"), expected);
        assert_eq!(parse("1376654400"), expected);
        assert_eq!(parse("1970"), Some(0));
        assert_eq!(parse("2000-03"), Some(951_868_800 * NANOSECONDS));
        assert_eq!(parse("1969-12-31"), Some(-86_400 * NANOSECONDS));
        for bad in [
            "",
            "x",
            "2013-13-01",
            "2013-08-16T",
            "2013-08-16T12",
            "é013-08-16",
            "2013-08-16T12:00é",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
