//! The credential report: a table of all users and of the root user.
//! Source: IAM User Guide, "Get credential reports for your AWS account".

use std::collections::BTreeMap;

use crate::convert::time_text;

/// What the report has for no word.
const NOTHING: [&str; 4] = ["", "N/A", "no_information", "not_supported"];

/// The report's rows, by ARN.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report(BTreeMap<String, Row>);

/// One user, or the root user. What the report does not tell (`N/A`, `no_information`,
/// `not_supported`, or a column that is not there) is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) created: Option<String>,
    pub(super) password_enabled: Option<bool>,
    pub(super) password_last_used: Option<String>,
    pub(super) password_last_changed: Option<String>,
    pub(super) mfa_active: Option<bool>,
    /// Those access keys that exist.
    pub(super) keys: Vec<ReportedKey>,
    /// Whether there is a signing certificate, active or not.
    pub(super) has_certificate: bool,
}

/// An access key; the report does not tell its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ReportedKey {
    pub(super) active: bool,
    pub(super) last_rotated: Option<String>,
    pub(super) last_used: Option<String>,
    pub(super) last_used_service: Option<String>,
    pub(super) last_used_region: Option<String>,
}

/// A report that is not the table that it should be.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReportError {
    /// Not CSV.
    #[error("the credential report cannot be read")]
    Table(#[from] csv::Error),
    /// Without the column that names the users.
    #[error("the credential report has no column `arn`")]
    NoArn,
}

impl Report {
    /// Reads the table. Columns are found by name: AWS has added some over the years.
    pub(super) fn parse(table: &[u8]) -> Result<Self, ReportError> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table);
        let headers = reader.headers()?.clone();
        let mut rows = BTreeMap::new();
        for record in reader.records() {
            let record = record?;
            let columns: BTreeMap<&str, &str> = headers.iter().zip(record.iter()).collect();
            let arn = columns.get("arn").ok_or(ReportError::NoArn)?;
            rows.insert((*arn).to_owned(), Row::read(&columns));
        }
        Ok(Self(rows))
    }

    /// The row of a user or of the root user.
    pub(super) fn row(&self, arn: &str) -> Option<&Row> {
        self.0.get(arn)
    }
}

impl Row {
    fn read(columns: &BTreeMap<&str, &str>) -> Self {
        let text = |column: &str| columns.get(column).copied().unwrap_or_default();
        let time = |column: &str| time_text(text(column));
        let word = |column: &str| Some(text(column)).filter(|word| !NOTHING.contains(word));
        Self {
            created: time("user_creation_time"),
            password_enabled: truth(text("password_enabled")),
            password_last_used: time("password_last_used"),
            password_last_changed: time("password_last_changed"),
            mfa_active: truth(text("mfa_active")),
            keys: ["access_key_1", "access_key_2"]
                .iter()
                .map(|slot| ReportedKey {
                    active: truth(text(&format!("{slot}_active"))) == Some(true),
                    last_rotated: time(&format!("{slot}_last_rotated")),
                    last_used: time(&format!("{slot}_last_used_date")),
                    last_used_service: word(&format!("{slot}_last_used_service"))
                        .map(str::to_owned),
                    last_used_region: word(&format!("{slot}_last_used_region")).map(str::to_owned),
                })
                .filter(|key| key.active || key.last_rotated.is_some())
                .collect(),
            has_certificate: ["cert_1", "cert_2"].iter().any(|slot| {
                truth(text(&format!("{slot}_active"))) == Some(true)
                    || time(&format!("{slot}_last_rotated")).is_some()
            }),
        }
    }
}

/// A truth value, in whatever case.
fn truth(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text))
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

    fn row(line: &str) -> Row {
        let report = Report::parse(format!("{HEADER}\n{line}\n").as_bytes()).unwrap();
        let arn = line.split(',').nth(1).unwrap();
        report.row(arn).unwrap().clone()
    }

    #[test]
    fn a_user_with_everything() {
        let row = row(
            "ann,arn:aws:iam::111122223333:user/ann,2024-01-02T03:04:05+00:00,TRUE,2026-11-01T00:00:00+00:00,2025-01-01T00:00:00+00:00,N/A,TRUE,TRUE,2025-02-03T00:00:00+00:00,2026-11-02T00:00:00+00:00,eu-west-1,s3,FALSE,2025-01-03T00:00:00+00:00,N/A,N/A,N/A,FALSE,2025-05-05T00:00:00+00:00,FALSE,N/A",
        );
        assert_eq!(row.created.as_deref(), Some("2024-01-02T03:04:05Z"));
        assert_eq!(
            (row.password_enabled, row.mfa_active),
            (Some(true), Some(true))
        );
        assert_eq!(
            row.password_last_used.as_deref(),
            Some("2026-11-01T00:00:00Z")
        );
        assert!(row.has_certificate);
        let [first, second] = &row.keys[..] else {
            panic!("{:?}", row.keys)
        };
        assert!(first.active && !second.active);
        assert_eq!(first.last_used.as_deref(), Some("2026-11-02T00:00:00Z"));
        assert_eq!(first.last_used_service.as_deref(), Some("s3"));
        assert_eq!(first.last_used_region.as_deref(), Some("eu-west-1"));
        assert_eq!(
            (&second.last_used, &second.last_used_service),
            (&None, &None)
        );
    }

    #[test]
    fn the_root_user_and_words_for_nothing() {
        let row = row(
            "<root_account>,arn:aws:iam::111122223333:root,2024-01-02T03:04:05+00:00,not_supported,no_information,not_supported,not_supported,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
        );
        let expected = Row {
            created: Some("2024-01-02T03:04:05Z".to_owned()),
            mfa_active: Some(false),
            ..Row::default()
        };
        assert_eq!(row, expected);
    }

    #[test]
    fn short_and_foreign_tables() {
        let report = Report::parse(b"arn,added_later\narn:aws:iam::1:user/a\n").unwrap();
        assert_eq!(report.row("arn:aws:iam::1:user/a"), Some(&Row::default()));
        assert!(matches!(
            Report::parse(b"user\nann\n"),
            Err(ReportError::NoArn)
        ));
        assert!(Report::parse(b"arn\n\xff\n").is_err());
    }
}
