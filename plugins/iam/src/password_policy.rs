//! The rules for passwords of IAM users.

use blastwall_sdk::prelude::*;

/// How long passwords must be.
#[derive(Parameters)]
pub(crate) struct Length {
    /// The fewest characters that the policy may ask for.
    #[parameter(default = 14)]
    min_length: u32,
}

/// Ask for long passwords
///
/// Looks at the fewest characters that the account's password policy asks of IAM users. Length is
/// what makes a password hard to guess. Without a policy of its own an account asks for eight.
///
/// # Remediation
///
/// Set a policy (console: IAM, "Account settings"). The call replaces the whole policy, so name
/// everything that it shall ask for:
///
/// ```sh
/// aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24
/// ```
///
/// Terraform: `minimum_password_length` in `aws_iam_account_password_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>
#[check(
    id = "iam-password-length",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:2.8"]
)]
pub(crate) fn length(
    policy: &AccountPasswordPolicy,
    parameters: &Length,
) -> Result<Outcome, Unknown> {
    if let Some(outcome) = no_policy(policy)? {
        return Ok(outcome);
    }
    let config = &policy.config;
    let length = config.minimum_password_length.required()?;
    let message = format!("passwords must have {length} characters");
    let outcome = if *length >= parameters.min_length {
        pass(message)
    } else {
        fail(format!("{message}, fewer than {}", parameters.min_length))
    };
    Ok(outcome.evidence("/config/MinimumPasswordLength", length))
}

/// How many passwords are remembered.
#[derive(Parameters)]
pub(crate) struct Reuse {
    /// The fewest former passwords that may not be used again; 24 is the most that IAM remembers.
    #[parameter(default = 24, schema = { "minimum": 1, "maximum": 24 })]
    min_remembered: u32,
}

/// Keep old passwords from being used again
///
/// Looks at how many former passwords the account's password policy refuses to IAM users. A password
/// that leaked once is tried again for years.
///
/// # Remediation
///
/// Set a policy (console: IAM, "Account settings"). The call replaces the whole policy, so name
/// everything that it shall ask for:
///
/// ```sh
/// aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24
/// ```
///
/// Terraform: `password_reuse_prevention` in `aws_iam_account_password_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>
#[check(
    id = "iam-password-reuse",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:2.9"]
)]
pub(crate) fn reuse(
    policy: &AccountPasswordPolicy,
    parameters: &Reuse,
) -> Result<Outcome, Unknown> {
    if let Some(outcome) = no_policy(policy)? {
        return Ok(outcome);
    }
    let config = &policy.config;
    let Some(remembered) = config.password_reuse_prevention.get()? else {
        return Ok(fail("old passwords may be used again"));
    };
    let message = format!("{remembered} former passwords may not be used again");
    let outcome = if *remembered >= parameters.min_remembered {
        pass(message)
    } else {
        fail(format!(
            "{message}, fewer than {}",
            parameters.min_remembered
        ))
    };
    Ok(outcome.evidence("/config/PasswordReusePrevention", remembered))
}

/// Ask for several kinds of characters in passwords
///
/// Looks at whether the account's password policy asks IAM users for a lower-case and an upper-case
/// letter, a digit and a symbol. AWS Trusted Advisor and AWS Config ask for all four.
///
/// # Remediation
///
/// Set a policy (console: IAM, "Account settings"). The call replaces the whole policy, so name
/// everything that it shall ask for:
///
/// ```sh
/// aws iam update-account-password-policy --minimum-password-length 14 \
///   --require-lowercase-characters --require-uppercase-characters --require-numbers --require-symbols
/// ```
///
/// Terraform: `require_lowercase_characters` and its like in `aws_iam_account_password_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>
/// - <https://docs.aws.amazon.com/config/latest/developerguide/iam-password-policy.html>
#[check(id = "iam-password-characters", severity = Low, category = Security)]
pub(crate) fn characters(policy: &AccountPasswordPolicy) -> Result<Outcome, Unknown> {
    if let Some(outcome) = no_policy(policy)? {
        return Ok(outcome);
    }
    let config = &policy.config;
    let parts = [
        (
            "a lower-case letter",
            "RequireLowercaseCharacters",
            &config.require_lowercase_characters,
        ),
        (
            "an upper-case letter",
            "RequireUppercaseCharacters",
            &config.require_uppercase_characters,
        ),
        ("a digit", "RequireNumbers", &config.require_numbers),
        ("a symbol", "RequireSymbols", &config.require_symbols),
    ];
    let mut missing = Vec::new();
    let mut unseen = None;
    for (words, name, part) in parts {
        match part.required() {
            Ok(true) => {}
            Ok(false) => missing.push((words, name)),
            Err(unknown) => unseen = Some(unknown),
        }
    }
    if missing.is_empty() {
        return match unseen {
            Some(unknown) => Err(unknown),
            None => Ok(pass("passwords must have all four kinds of characters")),
        };
    }
    let words: Vec<&str> = missing.iter().map(|(words, _)| *words).collect();
    let outcome = fail(format!("passwords need not have {}", words.join(" or ")));
    Ok(missing.iter().fold(outcome, |outcome, (_, name)| {
        outcome.evidence(format!("/config/{name}"), &false)
    }))
}

/// How long passwords live.
#[derive(Parameters)]
pub(crate) struct Expiry {
    /// The most days after which a password expires.
    #[parameter(default = 90)]
    max_days: u32,
}

/// Let passwords expire
///
/// Looks at after how many days the account's password policy lets passwords of IAM users expire, as
/// AWS Config's managed rule does. Newer advice (NIST SP 800-63B) is against it: raise `max_days` or
/// leave the check out where everybody has MFA.
///
/// # Remediation
///
/// Set a policy (console: IAM, "Account settings"). The call replaces the whole policy, so name
/// everything that it shall ask for:
///
/// ```sh
/// aws iam update-account-password-policy --minimum-password-length 14 --max-password-age 90
/// ```
///
/// Terraform: `max_password_age` in `aws_iam_account_password_policy`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/config/latest/developerguide/iam-password-policy.html>
#[check(
    id = "iam-password-expiry",
    severity = Informational,
    category = Security
)]
pub(crate) fn expiry(
    policy: &AccountPasswordPolicy,
    parameters: &Expiry,
) -> Result<Outcome, Unknown> {
    if let Some(outcome) = no_policy(policy)? {
        return Ok(outcome);
    }
    let config = &policy.config;
    let Some(days) = config.max_password_age.get()? else {
        return Ok(fail("passwords never expire"));
    };
    let message = format!("passwords expire after {days} days");
    let outcome = if *days <= parameters.max_days {
        pass(message)
    } else {
        fail(format!("{message}, more than {}", parameters.max_days))
    };
    Ok(outcome.evidence("/config/MaxPasswordAge", days))
}

/// The verdict on an account without a policy of its own. AWS's default holds there: eight characters
/// of three kinds, no expiry, any former password.
fn no_policy(policy: &AccountPasswordPolicy) -> Result<Option<Outcome>, Unknown> {
    let present = policy.config.policy_present.required()?;
    Ok((!present).then(|| {
        fail("the account has no password policy of its own")
            .evidence("/config/PolicyPresent", present)
    }))
}
