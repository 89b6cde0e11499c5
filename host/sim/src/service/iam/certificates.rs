//! Certificates and keys that are uploaded: of users for signing and for SSH, of servers for TLS, and
//! credentials for single services.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blastwall_model::resources::SigningCertificate;
use blastwall_model::resources::iam::ServiceSpecificCredential;

use super::credentials::asked_user;
use super::path_of;
use crate::failure::Failure;
use crate::operation::{Answer, Call};
use crate::page::page;
use crate::service::parse_time;
use crate::state::last_part;
use crate::xml::Element;

/// A page of members under the name that the answer has for it.
pub(super) fn listed(
    call: &Call<'_>,
    name: &str,
    members: Vec<Element>,
) -> Result<Answer, Failure> {
    let page = page(
        members,
        call.input.get("Marker"),
        call.page_size("MaxItems"),
    )?;
    Ok(Answer::Xml(
        Element::new("")
            .list(name, page.items)
            .text("IsTruncated", page.next.is_some())
            .maybe("Marker", page.next),
    ))
}

pub(super) fn list_signing_certificates(call: &Call<'_>) -> Result<Answer, Failure> {
    let user = last_part(asked_user(call)?.arn.as_str());
    let certificates = call.account()?.signing_certificates.iter();
    let members: Result<Vec<Element>, Failure> = certificates
        .filter(|certificate| {
            certificate
                .config
                .user_name
                .known()
                .is_some_and(|it| it == user)
        })
        .map(|certificate| {
            Ok(Element::new("member")
                .text("UserName", user)
                .text("CertificateId", last_part(certificate.arn.as_str()))
                .text("CertificateBody", pem(certificate)?)
                .maybe("Status", certificate.config.status.known())
                .maybe("UploadDate", certificate.observed.upload_date.known()))
        })
        .collect();
    listed(call, "Certificates", members?)
}

/// A certificate that has the dates of the document and nothing else: its fields are empty.
/// Sources: RFC 5280, 4.1; ITU-T X.690, 8.1.
fn pem(certificate: &SigningCertificate) -> Result<String, Failure> {
    const SEQUENCE: u8 = 0x30;
    let observed = &certificate.observed;
    let (Some(before), Some(after)) = (observed.not_before.known(), observed.not_after.known())
    else {
        return Ok("a certificate that cannot be read".to_owned());
    };
    let mut dates = time(before)?;
    dates.extend(time(after)?);
    let mut signed = tagged(0x02, &[1]);
    signed.extend(tagged(SEQUENCE, &[]));
    signed.extend(tagged(SEQUENCE, &[]));
    signed.extend(tagged(SEQUENCE, &dates));
    let certificate = tagged(SEQUENCE, &tagged(SEQUENCE, &signed));
    Ok(format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(certificate)
    ))
}

/// A value with its tag; what stands here is shorter than the 128 bytes that a short length allows.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap_or(0x7f);
    [&[tag, length], value].concat()
}

fn time(text: &str) -> Result<Vec<u8>, Failure> {
    let time = parse_time(text)?;
    Ok(tagged(
        0x18,
        time.strftime("%Y%m%d%H%M%SZ").to_string().as_bytes(),
    ))
}

pub(super) fn list_ssh_public_keys(call: &Call<'_>) -> Result<Answer, Failure> {
    let user = last_part(asked_user(call)?.arn.as_str());
    let keys = call.account()?.ssh_public_keys.iter();
    let members = keys
        .filter(|key| key.config.user_name.known().is_some_and(|it| it == user))
        .map(|key| {
            Element::new("member")
                .text("UserName", user)
                .text("SSHPublicKeyId", last_part(key.arn.as_str()))
                .maybe("Status", key.config.status.known())
                .maybe("UploadDate", key.observed.upload_date.known())
        })
        .collect();
    listed(call, "SSHPublicKeys", members)
}

pub(super) fn list_server_certificates(call: &Call<'_>) -> Result<Answer, Failure> {
    let certificates = call.account()?.server_certificates.iter();
    let members = certificates
        .map(|certificate| {
            let observed = &certificate.observed;
            Element::new("member")
                .text(
                    "Path",
                    path_of(certificate.config.path.known(), &certificate.arn),
                )
                .text("ServerCertificateName", last_part(certificate.arn.as_str()))
                .text("Arn", &certificate.arn)
                .maybe(
                    "ServerCertificateId",
                    observed.server_certificate_id.known(),
                )
                .maybe("UploadDate", observed.upload_date.known())
                .maybe("Expiration", observed.expiration.known())
        })
        .collect();
    listed(call, "ServerCertificateMetadataList", members)
}

/// Those of all users, or of one.
pub(super) fn list_service_specific_credentials(call: &Call<'_>) -> Result<Answer, Failure> {
    let all = call.input.get("AllUsers") == Some("true");
    let asked = if all { None } else { Some(asked_user(call)?) };
    let asked = asked.map(|user| last_part(user.arn.as_str()));
    let mut members = Vec::new();
    for document in &call.account()?.service_specific_credentials {
        let user = document.config.user_name.known();
        let user = user.map_or_else(|| last_part(document.arn.as_str()), String::as_str);
        if asked.is_none_or(|asked| asked == user) {
            let credentials = document.config.credentials.known().into_iter().flatten();
            members.extend(credentials.map(|credential| service_specific(user, credential)));
        }
    }
    listed(call, "ServiceSpecificCredentials", members)
}

fn service_specific(user: &str, credential: &ServiceSpecificCredential) -> Element {
    Element::new("member")
        .text("UserName", user)
        .text("Status", &credential.status)
        .text(
            "ServiceSpecificCredentialId",
            &credential.service_specific_credential_id,
        )
        .text("ServiceName", &credential.service_name)
        .maybe("CreateDate", credential.create_date.as_ref())
        .maybe("ExpirationDate", credential.expiration_date.as_ref())
}
