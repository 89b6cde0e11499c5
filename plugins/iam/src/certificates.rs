//! Certificates that are kept in IAM.

use blastwall_sdk::prelude::*;

/// How long before its end a certificate wants to be replaced.
#[derive(Parameters)]
pub(crate) struct Notice {
    /// Days before the certificate expires from which on the check fails; 0 waits until it has.
    #[parameter(default = 0)]
    notice_days: u32,
}

/// Delete TLS certificates that have expired
///
/// Looks at when each TLS certificate in IAM expires. One that has can be put on a load balancer by
/// mistake, and everybody who connects is warned. `notice_days` tells earlier.
///
/// # Remediation
///
/// Move to AWS Certificate Manager, which renews by itself, and delete the certificate; the console
/// does not show it:
///
/// ```sh
/// aws iam delete-server-certificate --server-certificate-name NAME
/// ```
///
/// Terraform: `aws_acm_certificate` in place of `aws_iam_server_certificate`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html>
#[check(
    id = "iam-server-certificate-expired",
    severity = Low,
    category = Security,
    controls = ["cis-aws-7.0:2.17"]
)]
pub(crate) fn server(
    certificate: &ServerCertificate,
    account: &Account,
    parameters: &Notice,
) -> Result<Outcome, Unknown> {
    let expiration = certificate.observed.expiration.required()?;
    let left = -account.days_since(expiration)?;
    Ok(expiry(left, parameters.notice_days).evidence("/observed/Expiration", expiration))
}

/// Delete signing certificates that have expired
///
/// Looks at when each active X.509 signing certificate of an IAM user expires. IAM goes on accepting
/// none that has, but what is left behind shows a credential that nobody looks after.
///
/// # Remediation
///
/// Few tools still sign with certificates; delete it:
///
/// ```sh
/// aws iam delete-signing-certificate --user-name NAME --certificate-id ID
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html>
/// - <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SigningCertificate.html>
#[check(
    id = "iam-signing-certificate-expired",
    severity = Low,
    category = Security
)]
pub(crate) fn signing(
    certificate: &SigningCertificate,
    account: &Account,
    parameters: &Notice,
) -> Result<Outcome, Unknown> {
    if let Some(outcome) = inactive(certificate)? {
        return Ok(outcome);
    }
    let expiration = certificate.observed.not_after.required()?;
    let left = -account.days_since(expiration)?;
    Ok(expiry(left, parameters.notice_days).evidence("/observed/NotAfter", expiration))
}

/// What counts as long.
#[derive(Parameters)]
pub(crate) struct Lifetime {
    /// The most days that a certificate may be valid.
    #[parameter(default = 365)]
    max_days: u32,
}

/// Keep signing certificates short-lived
///
/// Looks at for how long each active X.509 signing certificate of an IAM user is valid. It signs
/// requests like an access key does, and whoever copies its private key can until it expires.
///
/// # Remediation
///
/// Replace it by a role, or by a certificate with a shorter life:
///
/// ```sh
/// aws iam upload-signing-certificate --user-name NAME --certificate-body file://new.pem
/// aws iam delete-signing-certificate --user-name NAME --certificate-id ID
/// ```
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SigningCertificate.html>
#[check(
    id = "iam-signing-certificate-lifetime",
    severity = Medium,
    category = Security
)]
pub(crate) fn lifetime(
    certificate: &SigningCertificate,
    account: &Account,
    parameters: &Lifetime,
) -> Result<Outcome, Unknown> {
    if let Some(outcome) = inactive(certificate)? {
        return Ok(outcome);
    }
    let from = certificate.observed.not_before.required()?;
    let to = certificate.observed.not_after.required()?;
    let days = account.days_since(from)? - account.days_since(to)?;
    let message = format!("the certificate is valid for {days} days");
    let outcome = if days > i64::from(parameters.max_days) {
        fail(format!("{message}, more than {}", parameters.max_days))
    } else {
        pass(message)
    };
    Ok(outcome
        .evidence("/observed/NotBefore", from)
        .evidence("/observed/NotAfter", to))
}

fn inactive(certificate: &SigningCertificate) -> Result<Option<Outcome>, Unknown> {
    let status = certificate.config.status.required()?;
    Ok((status != "Active").then(|| {
        not_applicable("the certificate is switched off").evidence("/config/Status", status)
    }))
}

/// The verdict on a certificate that has some days left; negative if it expired.
fn expiry(left: i64, notice: u32) -> Outcome {
    if left <= 0 {
        fail(format!("the certificate expired {} days ago", -left))
    } else if left <= i64::from(notice) {
        fail(format!("the certificate expires in {left} days"))
    } else {
        pass(format!("the certificate is valid for {left} more days"))
    }
}
