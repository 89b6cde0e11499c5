//! Identifiers, parsed once at the border. Copies share the text: a scan has millions of findings
//! about the same few things.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The region of resources that belong to no region (IAM, Organizations, the account itself).
pub const GLOBAL: &str = "global";

/// An identifier that does not have the form it must have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not twelve digits.
    #[error("`{0}` is not an AWS account id: expected twelve digits")]
    AccountId(String),
    /// Not six colon-separated parts that begin with `arn:`.
    #[error("`{0}` is not an ARN: expected `arn:partition:service:region:account:resource`")]
    Arn(String),
    /// Not lower-case words joined by hyphens.
    #[error(
        "`{0}` is not a check id: expected lower-case letters, digits and single hyphens, beginning with a letter"
    )]
    CheckId(String),
}

macro_rules! string_id {
    ($name:ident, $error:ident, $valid:path) => {
        impl $name {
            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if $valid(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(IdError::$error(text.to_owned()))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }
    };
}

/// The twelve digits of an AWS account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = r"^[0-9]{12}$")))]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(Arc<str>);

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

string_id!(AccountId, AccountId, is_account_id);

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// Only the outer form is checked; the resource part is whatever the service puts there.
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = r"^arn:[^:]+:[^:]+:[^:]*:[^:]*:")))]
#[serde(try_from = "String", into = "String")]
pub struct Arn(Arc<str>);

fn is_arn(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| !partition.is_empty())
        && parts.next().is_some_and(|service| !service.is_empty())
        && parts.nth(2).is_some_and(|resource| !resource.is_empty())
}

string_id!(Arn, Arn, is_arn);

impl Arn {
    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, …
    #[must_use]
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// The service prefix, such as `s3`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The region, empty for global resources.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The account, empty where the service leaves it out (S3 buckets) and `aws` for what AWS owns.
    #[must_use]
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// Everything after the fifth colon, such as `role/path/name`.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.part(5)
    }
}

/// The id of a check: lower-case words joined by hyphens, `iam-root-mfa`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("pattern" = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")))]
#[serde(try_from = "String", into = "String")]
pub struct CheckId(Arc<str>);

fn is_check_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

string_id!(CheckId, CheckId, is_check_id);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_twelve_digits() {
        assert!("111122223333".parse::<AccountId>().is_ok());
        for bad in [
            "",
            "11112222333",
            "1111222233334",
            "11112222333x",
            "１１１１22223333",
        ] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn arns_have_six_parts() {
        let arn: Arn = "arn:aws:iam::111122223333:role/a/b:c".parse().unwrap();
        assert_eq!(
            (
                arn.partition(),
                arn.service(),
                arn.region(),
                arn.account(),
                arn.resource()
            ),
            ("aws", "iam", "", "111122223333", "role/a/b:c")
        );
        assert!("arn:aws:s3:::bucket".parse::<Arn>().is_ok());
        for bad in [
            "",
            "arn",
            "arn:aws:iam",
            "arn:aws:iam::1:",
            "urn:aws:iam::1:x",
        ] {
            assert!(bad.parse::<Arn>().is_err(), "{bad}");
        }
    }

    #[test]
    fn check_ids_are_kebab_case() {
        assert!("iam-root-mfa".parse::<CheckId>().is_ok());
        for bad in ["", "-a", "a-", "a--b", "A", "a_b", "1a"] {
            assert!(bad.parse::<CheckId>().is_err(), "{bad}");
        }
    }
}
