//! How a role is assumed.

use std::ops::RangeInclusive;

/// External id, session name and duration, each as STS accepts it.
///
/// Sources: STS API reference, `AssumeRole`, request parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionSettings {
    external_id: Option<String>,
    session_name: String,
    duration_seconds: i32,
}

/// A setting that STS would not accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// See [`SessionSettings::with_external_id`].
    ///
    /// It is not shown: it is what keeps others from using the role.
    #[error("this is not an external id: expected 2 to 1224 letters, digits or `+=,.@:/_-`")]
    ExternalId,
    /// See [`SessionSettings::with_session_name`].
    #[error("`{0}` is not a session name: expected 2 to 64 letters, digits or `+=,.@_-`")]
    SessionName(String),
    /// See [`SessionSettings::with_duration_seconds`].
    #[error("a session cannot last {0} seconds: expected 900 to 43200")]
    Duration(u32),
}

const EXTERNAL_ID_LENGTH: RangeInclusive<usize> = 2..=1224;
const SESSION_NAME_LENGTH: RangeInclusive<usize> = 2..=64;
const DURATION: RangeInclusive<u32> = 900..=43_200;

impl Default for SessionSettings {
    /// No external id, sessions called `blastwall` of one hour: what every role allows.
    fn default() -> Self {
        Self {
            external_id: None,
            session_name: "blastwall".to_owned(),
            duration_seconds: 3_600,
        }
    }
}

impl SessionSettings {
    /// With an external id, which the role's trust policy may ask for.
    ///
    /// # Errors
    /// If it is shorter than 2 or longer than 1224 characters, or has others than letters, digits
    /// and `+=,.@:/_-`.
    pub fn with_external_id(mut self, external_id: &str) -> Result<Self, SettingsError> {
        if !is_word(external_id, &EXTERNAL_ID_LENGTH, b"+=,.@:/_-") {
            return Err(SettingsError::ExternalId);
        }
        self.external_id = Some(external_id.to_owned());
        Ok(self)
    }

    /// With another session name, which CloudTrail shows in the accounts.
    ///
    /// # Errors
    /// If it is shorter than 2 or longer than 64 characters, or has others than letters, digits
    /// and `+=,.@_-`.
    pub fn with_session_name(mut self, session_name: &str) -> Result<Self, SettingsError> {
        if !is_word(session_name, &SESSION_NAME_LENGTH, b"+=,.@_-") {
            return Err(SettingsError::SessionName(session_name.to_owned()));
        }
        session_name.clone_into(&mut self.session_name);
        Ok(self)
    }

    /// With another duration, in seconds. Credentials are renewed during a scan, so a longer
    /// duration only saves calls. The role's own maximum must allow it, and a caller that is
    /// itself a session of a role gets one hour at the most (role chaining).
    ///
    /// # Errors
    /// If it is below 900 or above 43200.
    pub fn with_duration_seconds(mut self, seconds: u32) -> Result<Self, SettingsError> {
        let valid = DURATION
            .contains(&seconds)
            .then(|| i32::try_from(seconds).ok())
            .flatten();
        self.duration_seconds = valid.ok_or(SettingsError::Duration(seconds))?;
        Ok(self)
    }

    /// The external id, if any.
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    /// The session name.
    #[must_use]
    pub fn session_name(&self) -> &str {
        &self.session_name
    }

    /// The duration in seconds.
    #[must_use]
    pub fn duration_seconds(&self) -> i32 {
        self.duration_seconds
    }
}

fn is_word(text: &str, length: &RangeInclusive<usize>, more: &[u8]) -> bool {
    length.contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_what_sts_accepts() {
        let settings = SessionSettings::default()
            .with_external_id("acme:audit/1")
            .and_then(|settings| settings.with_session_name("audit@acme"))
            .and_then(|settings| settings.with_duration_seconds(900))
            .unwrap();
        assert_eq!(settings.external_id(), Some("acme:audit/1"));
        assert_eq!(settings.session_name(), "audit@acme");
        assert_eq!(settings.duration_seconds(), 900);

        let long = "x".repeat(65);
        for bad in ["", "x", "a b", "a/b", "é!", &long] {
            let error = SessionSettings::default().with_session_name(bad);
            assert_eq!(error, Err(SettingsError::SessionName(bad.to_owned())));
        }
        let long = "x".repeat(1225);
        for bad in ["", "x", "a b", &long] {
            let error = SessionSettings::default().with_external_id(bad);
            assert_eq!(error, Err(SettingsError::ExternalId));
        }
        for bad in [0, 899, 43_201, u32::MAX] {
            let error = SessionSettings::default().with_duration_seconds(bad);
            assert_eq!(error, Err(SettingsError::Duration(bad)));
        }
    }
}
