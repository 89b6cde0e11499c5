//! The shared configuration files as the user meant them: the profile that was asked for, and how
//! patient calls are.
//!
//! The SDK reads the same files and is more lenient than the AWS CLI: it takes a profile that
//! nobody has for one without credentials, and panics on a retry setting that it cannot read. Both
//! are mistakes that the user should hear of before anything is sent.

use std::borrow::Cow;
use std::path::PathBuf;
use std::str::FromStr;

use aws_config::profile::{ProfileFileLoadError, ProfileSet};
use aws_config::retry::{RetryConfig, RetryMode};
use aws_types::os_shim_internal::{Env, Fs};

/// Attempts a call: a scan makes thousands of calls, so more patience than the SDK's 3. A call that
/// is throttled each time is given up after 16 seconds on average.
pub(crate) const MAX_ATTEMPTS: u32 = 6;

/// The profile that need not exist.
const DEFAULT: &str = "default";

/// Settings of the user that cannot be meant.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// No file has the profile.
    #[error(
        "the profile `{name}`, given by {place}, is in none of {}",
        listed(files)
    )]
    UnknownProfile {
        /// The profile.
        name: String,
        /// Who asked for it: `--profile` or `AWS_PROFILE`.
        place: &'static str,
        /// The files that were looked at, whether they exist or not.
        files: Vec<PathBuf>,
        /// The profiles that there are, sorted.
        known: Vec<String>,
    },
    /// The files cannot be read.
    #[error("failed to read the shared AWS configuration")]
    Unreadable(#[source] ProfileFileLoadError),
    /// A setting of retries is none.
    #[error("{place} is `{value}`; expected {expected}")]
    Retries {
        /// Where it stands: a variable, or a key of a profile.
        place: String,
        /// What stands there.
        value: String,
        /// What can.
        expected: &'static str,
    },
}

fn listed(files: &[PathBuf]) -> String {
    let files: Vec<String> = files
        .iter()
        .map(|file| format!("`{}`", file.display()))
        .collect();
    files.join(" and ")
}

/// The profiles of the shared configuration files, one of them chosen.
pub(crate) struct Profiles {
    env: Env,
    set: ProfileSet,
}

impl Profiles {
    /// Reads the files; `named` is the profile of the command line, which wins over `AWS_PROFILE`.
    pub(crate) async fn load(
        env: Env,
        fs: &Fs,
        named: Option<&str>,
    ) -> Result<Self, SettingsError> {
        let asked = match named {
            Some(name) => Some((name.to_owned(), "--profile")),
            None => variable(&env, "AWS_PROFILE").map(|name| (name, "AWS_PROFILE")),
        };
        let chosen = asked.as_ref().map(|(name, _)| Cow::Owned(name.clone()));
        let set = aws_config::profile::load(fs, &env, &Default::default(), chosen)
            .await
            .map_err(SettingsError::Unreadable)?;
        match asked {
            Some((name, place)) if name != DEFAULT && set.get_profile(&name).is_none() => {
                let mut known: Vec<String> = set.profiles().map(str::to_owned).collect();
                known.sort();
                Err(SettingsError::UnknownProfile {
                    name,
                    place,
                    files: files(&env),
                    known,
                })
            }
            _ => Ok(Self { env, set }),
        }
    }

    /// `AWS_MAX_ATTEMPTS` and `AWS_RETRY_MODE`, or the profile's settings, each on its own; ours
    /// where there is none. Source: AWS SDKs and Tools Reference Guide, "Retry behavior".
    pub(crate) fn retries(&self) -> Result<RetryConfig, SettingsError> {
        let attempts = self.setting(
            "AWS_MAX_ATTEMPTS",
            "max_attempts",
            "a whole number from 1",
            |text| text.parse().ok().filter(|attempts| *attempts > 0),
        )?;
        let mode = self.setting(
            "AWS_RETRY_MODE",
            "retry_mode",
            "`standard`, `adaptive` or `legacy`",
            // The AWS CLI's legacy mode is none of the SDK's; its standard mode stands in.
            |text| match text {
                "legacy" => Some(RetryMode::Standard),
                text => RetryMode::from_str(text).ok(),
            },
        )?;
        Ok(RetryConfig::standard()
            .with_retry_mode(mode.unwrap_or(RetryMode::Standard))
            .with_max_attempts(attempts.unwrap_or(MAX_ATTEMPTS)))
    }

    /// The region of the environment or the profile.
    pub(crate) fn region(&self) -> Option<String> {
        ["AWS_REGION", "AWS_DEFAULT_REGION"]
            .iter()
            .find_map(|name| variable(&self.env, name))
            .or_else(|| self.set.get("region").map(str::to_owned))
    }

    fn setting<T>(
        &self,
        name: &str,
        key: &str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        let (place, value) = match (variable(&self.env, name), self.set.get(key)) {
            (Some(value), _) => (name.to_owned(), value),
            (None, Some(value)) => {
                let profile = self.set.selected_profile();
                (
                    format!("`{key}` of the profile `{profile}`"),
                    value.to_owned(),
                )
            }
            (None, None) => return Ok(None),
        };
        match parse(value.trim()) {
            Some(setting) => Ok(Some(setting)),
            None => Err(SettingsError::Retries {
                place,
                value,
                expected,
            }),
        }
    }
}

/// A variable that says something: one that is empty counts as not set, as in the AWS CLI.
fn variable(env: &Env, name: &str) -> Option<String> {
    env.get(name).ok().filter(|value| !value.is_empty())
}

/// The files that profiles are looked for in.
/// Source: AWS SDKs and Tools Reference Guide, "Location of the shared config and credentials files".
fn files(env: &Env) -> Vec<PathBuf> {
    let home = variable(env, "HOME")
        .or_else(|| variable(env, "USERPROFILE"))
        .map_or_else(|| PathBuf::from("~"), PathBuf::from);
    [
        ("AWS_CONFIG_FILE", "config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ]
    .map(|(name, file)| {
        variable(env, name).map_or_else(|| home.join(".aws").join(file), PathBuf::from)
    })
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[default]\nmax_attempts = 4\n[profile audit]\nregion = eu-west-1\nretry_mode = adaptive\n[profile old]\nretry_mode = legacy\n";

    async fn load(
        variables: &[(&str, &str)],
        named: Option<&str>,
    ) -> Result<Profiles, SettingsError> {
        let home = [("HOME", "/home/me")];
        let variables: Vec<_> = home.iter().chain(variables).copied().collect();
        let fs = Fs::from_slice(&[("/home/me/.aws/config", CONFIG)]);
        Profiles::load(Env::from_slice(&variables), &fs, named).await
    }

    #[tokio::test]
    async fn a_profile_that_nobody_has_is_named_with_the_files() {
        for (variables, named, name, place) in [
            (&[][..], Some("audti"), "audti", "--profile"),
            (&[("AWS_PROFILE", "nobody")], None, "nobody", "AWS_PROFILE"),
            // The command line wins.
            (
                &[("AWS_PROFILE", "audit")],
                Some("audti"),
                "audti",
                "--profile",
            ),
        ] {
            let error = load(variables, named).await.err().unwrap();
            assert_eq!(
                error.to_string(),
                format!(
                    "the profile `{name}`, given by {place}, is in none of \
                     `/home/me/.aws/config` and `/home/me/.aws/credentials`"
                )
            );
            let SettingsError::UnknownProfile { known, .. } = error else {
                panic!("{error}");
            };
            assert_eq!(known, ["audit", "default", "old"]);
        }
        assert!(load(&[("AWS_PROFILE", "")], None).await.is_ok());
        assert!(load(&[("AWS_PROFILE", "audit")], None).await.is_ok());
        let elsewhere = [("AWS_CONFIG_FILE", "/etc/aws"), ("AWS_PROFILE", "audit")];
        let error = load(&elsewhere, None).await.err().unwrap();
        assert!(error.to_string().contains("`/etc/aws`"), "{error}");
        // What everybody has without a file.
        assert!(load(&elsewhere, Some("default")).await.is_ok());
    }

    #[tokio::test]
    async fn each_setting_of_retries_counts_on_its_own() {
        let standard = RetryConfig::standard();
        for (variables, named, expected) in [
            (
                &[("AWS_RETRY_MODE", "standard"), ("AWS_MAX_ATTEMPTS", "3")][..],
                None,
                standard.clone().with_max_attempts(3),
            ),
            (&[], None, standard.clone().with_max_attempts(4)),
            (
                &[("AWS_MAX_ATTEMPTS", "9")],
                None,
                standard.clone().with_max_attempts(9),
            ),
            (
                &[("AWS_MAX_ATTEMPTS", "")],
                Some("audit"),
                RetryConfig::adaptive().with_max_attempts(MAX_ATTEMPTS),
            ),
            (
                &[("AWS_RETRY_MODE", "standard")],
                Some("audit"),
                standard.clone().with_max_attempts(MAX_ATTEMPTS),
            ),
            (&[], Some("old"), standard.with_max_attempts(MAX_ATTEMPTS)),
        ] {
            let retries = load(variables, named).await.ok().unwrap().retries();
            assert_eq!(retries.unwrap(), expected, "{variables:?} {named:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_setting_of_retries_is_said() {
        for (name, value, expected) in [
            ("AWS_MAX_ATTEMPTS", "0", "a whole number from 1"),
            ("AWS_MAX_ATTEMPTS", "many", "a whole number from 1"),
            ("AWS_RETRY_MODE", "eager", "`adaptive`"),
        ] {
            let profiles = load(&[(name, value)], None).await.ok().unwrap();
            let error = profiles.retries().unwrap_err().to_string();
            assert!(
                error.contains(&format!("{name} is `{value}`")) && error.contains(expected),
                "{error}"
            );
        }
    }
}
