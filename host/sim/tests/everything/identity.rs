//! Credentials that are uploaded, and identity providers.

use serde_json::{Value, json};

use super::{MANAGEMENT, MEMBER, NASTY, iam};

/// What users of the management account have.
pub fn management() -> Vec<Value> {
    let certificate = |id: &str, status: &str| {
        let resource = format!("signing-certificate/{id}");
        iam(
            MANAGEMENT,
            "SigningCertificate",
            &resource,
            json!({
                "config": { "UserName": "auditor", "Status": status },
                "observed": {
                    "CertificateId": id, "UploadDate": "2024-05-06T07:08:09Z",
                    "NotBefore": "2024-01-01T00:00:00Z", "NotAfter": "2051-01-01T00:00:00Z"
                }
            }),
        )
    };
    vec![
        certificate("CERTIFICATE0000000000001", "Active"),
        certificate("CERTIFICATE0000000000002", "Inactive"),
        iam(
            MANAGEMENT,
            "SSHPublicKey",
            "ssh-public-key/APKA0000000000000001",
            json!({
                "config": { "UserName": "plain,name", "Status": "Inactive" },
                "observed": {
                    "SSHPublicKeyId": "APKA0000000000000001", "UploadDate": "2024-05-06T07:08:09Z"
                }
            }),
        ),
        iam(
            MANAGEMENT,
            "ServiceSpecificCredentials",
            "service-specific-credentials/auditor",
            json!({ "config": { "UserName": "auditor", "Credentials": [
                { "ServiceSpecificCredentialId": "ACCA0000000000000001", "Status": "Active",
                  "ServiceName": "codecommit.amazonaws.com", "CreateDate": "2024-05-06T07:08:09Z" },
                { "ServiceSpecificCredentialId": "ACCA0000000000000002", "Status": "Inactive",
                  "ServiceName": "bedrock.amazonaws.com", "CreateDate": "2024-05-06T07:08:09Z",
                  "ExpirationDate": "2027-05-06T07:08:09Z" }
            ]}}),
        ),
    ]
}

/// What the member has.
pub fn member() -> Vec<Value> {
    vec![
        iam(
            MEMBER,
            "ServerCertificate",
            "server-certificate/cdn/shop",
            json!({
                "config": { "ServerCertificateName": "shop", "Path": "/cdn/" },
                "observed": {
                    "ServerCertificateId": "ASCA00000000000000001",
                    "UploadDate": "2024-05-06T07:08:09Z", "Expiration": "2026-05-06T07:08:09Z"
                },
                "unknown": { "tags": "NotCollected: iam:ListServerCertificateTags" }
            }),
        ),
        iam(
            MEMBER,
            "InstanceProfile",
            "instance-profile/audit",
            json!({
                "config": { "InstanceProfileName": "audit", "Path": "/", "Roles": ["audit"] },
                "observed": {
                    "InstanceProfileId": "AIPA00000000000000001", "CreateDate": "2024-01-02T03:04:05Z"
                },
                "unknown": { "tags": "NotCollected: iam:ListInstanceProfileTags" }
            }),
        ),
        iam(
            MEMBER,
            "SAMLProvider",
            "saml-provider/Directory",
            json!({
                "tags": { "team": NASTY },
                "config": { "Name": "Directory" },
                "observed": {
                    "EntityId": format!("https://idp.example.com/{NASTY}"),
                    "CreateDate": "2024-01-02T03:04:05Z", "ValidUntil": "2034-01-02T03:04:05Z"
                }
            }),
        ),
        iam(
            MEMBER,
            "SAMLProvider",
            "saml-provider/Hidden",
            json!({
                "config": { "Name": "Hidden" },
                "observed": { "CreateDate": "2024-01-02T03:04:05Z" },
                "unknown": {
                    "observed.EntityId": "AccessDenied: iam:GetSAMLProvider",
                    "tags": "AccessDenied: iam:GetSAMLProvider"
                }
            }),
        ),
        iam(
            MEMBER,
            "OIDCProvider",
            "oidc-provider/token.actions.githubusercontent.com",
            json!({
                "tags": { "team": NASTY },
                "config": {
                    "Url": "token.actions.githubusercontent.com",
                    "ClientIdList": ["sts.amazonaws.com"],
                    "ThumbprintList": ["6938fd4d98bab03faadb97b34396831e3780aea1"]
                },
                "observed": { "CreateDate": "2024-01-02T03:04:05Z" }
            }),
        ),
    ]
}
