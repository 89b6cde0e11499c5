//! From when until when an X.509 certificate is valid.
//!
//! That is all that is wanted of a certificate, and it stands near its beginning, behind fields whose
//! contents do not matter here; so this steps over them instead of pulling in a crate that reads
//! them. Whatever does not have this form cannot be read, which is an answer.
//!
//! Sources: RFC 5280, 4.1 (the fields and their times); ITU-T X.690, 8.1 (tag, length, value).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::convert::time_text;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version, which certificates of the first one leave out.
const VERSION: u8 = 0xa0;

/// The two times of a certificate in PEM, RFC 3339; none if it cannot be read. Lines may have any
/// length: IAM hands back what was uploaded.
pub(super) fn validity(pem: &str) -> Option<(String, String)> {
    let (_, body) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = body.split_once("-----END CERTIFICATE-----")?;
    let base64: String = body.split_ascii_whitespace().collect();
    let certificate = STANDARD.decode(base64).ok()?;

    let (certificate, _) = expect(SEQUENCE, &certificate)?;
    let (signed, _) = expect(SEQUENCE, certificate)?;
    let rest = match value(signed)? {
        (VERSION, _, rest) => rest,
        _ => signed,
    };
    let (_serial_number, rest) = expect(INTEGER, rest)?;
    let (_signature_algorithm, rest) = expect(SEQUENCE, rest)?;
    let (_issuer, rest) = expect(SEQUENCE, rest)?;
    let (validity, _) = expect(SEQUENCE, rest)?;
    let (not_before, validity) = time(validity)?;
    let (not_after, _) = time(validity)?;
    Some((not_before, not_after))
}

/// The first value with its tag, and what follows it.
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, bytes) = bytes.split_first()?;
    let (&first, bytes) = bytes.split_first()?;
    // A length below 128 stands for itself; else the byte says how many bytes hold it.
    let (length, bytes) = if first < 0x80 {
        (usize::from(first), bytes)
    } else {
        let (length, bytes) = bytes.split_at_checked(usize::from(first & 0x7f))?;
        let length = length.iter().try_fold(0_usize, |sum, byte| {
            sum.checked_mul(256)?.checked_add(usize::from(*byte))
        })?;
        (length, bytes)
    };
    let (value, rest) = bytes.split_at_checked(length)?;
    Some((tag, value, rest))
}

/// The same of a value that must have this tag.
fn expect(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, value, rest) = value(bytes)?;
    (found == tag).then_some((value, rest))
}

/// A time, and what follows it: `YYMMDDHHMMSSZ`, or with four digits for the year.
fn time(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (tag, digits, rest) = value(bytes)?;
    let digits = std::str::from_utf8(digits).ok()?.strip_suffix('Z')?;
    let (year, digits) = match tag {
        // Years from 50 on are those of the last century.
        UTC_TIME => {
            let (year, digits) = digits.split_at_checked(2)?;
            let century = if year < "50" { "20" } else { "19" };
            (format!("{century}{year}"), digits)
        }
        GENERALIZED_TIME => {
            let (year, digits) = digits.split_at_checked(4)?;
            (year.to_owned(), digits)
        }
        _ => return None,
    };
    let part = |at: usize| digits.get(at..at + 2);
    let text = format!(
        "{year}-{}-{}T{}:{}:{}Z",
        part(0)?,
        part(2)?,
        part(4)?,
        part(6)?,
        part(8)?
    );
    (digits.len() == 10).then_some(())?;
    Some((time_text(&text)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `openssl req -x509 -days 3650`.
    const PEM: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhzCCAS2gAwIBAgIUAzyOJAbsYuiDNEPa+smmwhDgHvAwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOQmxhc3R3YWxsIHRlc3QwHhcNMjYxMTI0MDI1OTQxWhcNMzYx
MTIxMDI1OTQxWjAZMRcwFQYDVQQDDA5CbGFzdHdhbGwgdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABKt2qalvy5/yFbp9tuETl5uqP2E9EzrnI+7MtMwuSpwF
hKu9PcfIxbyMfFhoGkig2RP/7PbPIvq+qIgriOWc1TCjUzBRMB0GA1UdDgQWBBTh
0XhiimwbKYPlJDf52pkZFPBuHDAfBgNVHSMEGDAWgBTh0XhiimwbKYPlJDf52pkZ
FPBuHDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIGHtT1+++fe8
qML9jtJaIh9xs3qbiyzjLlAaPuJYxuO3AiEA0sYXzd9X50mXg6mA0KBcG8IRQx24
z0W/oBmLUxyZXSI=
-----END CERTIFICATE-----
";

    #[test]
    fn certificates_tell_their_dates() {
        let expected = Some((
            "2026-11-24T02:59:41Z".to_owned(),
            "2036-11-21T02:59:41Z".to_owned(),
        ));
        assert_eq!(validity(PEM), expected);
        let lines = PEM.replace('\n', "\r\n");
        assert_eq!(validity(&format!("Bag\n{lines}\n")), expected);
    }

    #[test]
    fn what_is_no_certificate_has_no_dates() {
        let wrap = |bytes: &[u8]| {
            let body = STANDARD.encode(bytes);
            format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----")
        };
        let body = PEM.split("-----").nth(2).unwrap();
        let body: String = body.split_ascii_whitespace().collect();
        let whole = STANDARD.decode(body).unwrap();
        assert!(validity(&wrap(&whole)).is_some());
        for length in 0..whole.len() {
            assert_eq!(validity(&wrap(&whole[..length])), None, "{length}");
        }
        for text in ["", "-----BEGIN CERTIFICATE-----", &wrap(&[0x30, 0xff, 1])] {
            assert_eq!(validity(text), None);
        }
    }

    #[test]
    fn years_have_two_digits_or_four() {
        let parsed = |tag: u8, text: &str| {
            let mut bytes = vec![tag, u8::try_from(text.len()).unwrap()];
            bytes.extend(text.bytes());
            time(&bytes).map(|(time, _)| time)
        };
        for (tag, text, expected) in [
            (UTC_TIME, "491231235959Z", Some("2049-12-31T23:59:59Z")),
            (UTC_TIME, "500101000000Z", Some("1950-01-01T00:00:00Z")),
            (
                GENERALIZED_TIME,
                "20500101000000Z",
                Some("2050-01-01T00:00:00Z"),
            ),
            (GENERALIZED_TIME, "500101000000Z", None),
            (UTC_TIME, "501301000000Z", None),
            (UTC_TIME, "5001010000Z", None),
            (UTC_TIME, "500101000000+0100", None),
            (SEQUENCE, "500101000000Z", None),
        ] {
            assert_eq!(parsed(tag, text).as_deref(), expected, "{text}");
        }
    }
}
