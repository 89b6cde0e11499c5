//! AWS Identity and Access Management.
//!
//! Users, groups, roles and customer-managed policies come from `GetAccountAuthorizationDetails`,
//! passwords, MFA and keys from the credential report, the rest from one call each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::resource::{kind, properties, shapes};
use crate::{Field, Partly, Unknown};

/// A policy embedded in a user, group or role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    /// Its name.
    pub policy_name: String,
    /// The decoded document.
    pub policy_document: Value,
}

/// An access key, without its secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    /// Its id, `AKIA…`; empty where only the credential report could be read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub access_key_id: String,
    /// `Active` or `Inactive`.
    pub status: String,
    /// When it was created, RFC 3339.
    pub create_date: String,
    /// When it was last used, RFC 3339; absent if never, or not since AWS keeps track. It can be
    /// unknown while the rest is known, as of a key that is newer than the credential report: the
    /// document then has `observed.AccessKeys[INDEX].LastUsedDate` among what is unknown.
    #[serde(default, skip_serializing_if = "Field::is_silent")]
    pub last_used_date: Field<String>,
    /// The service of that use, `s3`; none if the date is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_service: Option<String>,
    /// The region of that use; none if the date is not known, or if the service has no regions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_region: Option<String>,
}

impl Partly for AccessKey {
    fn mark_unknown(&mut self, path: &str, unknown: &Unknown) -> bool {
        let found = path == "LastUsedDate";
        if found {
            self.last_used_date = Field::Unknown(Box::new(unknown.clone()));
        }
        found
    }

    fn list_unknown(&self, path: &str, unknown: &mut BTreeMap<String, String>) {
        if let Field::Unknown(field) = &self.last_used_date {
            unknown.insert(format!("{path}.LastUsedDate"), field.reason.clone());
        }
    }
}

shapes! {
    /// An MFA device of a user.
    MfaDevice {
        /// An ARN for virtual devices and security keys, a serial number for hardware tokens.
        serial_number: String,
        /// RFC 3339.
        #[serde(skip_serializing_if = "Option::is_none")]
        enable_date: Option<String>,
        /// `virtual`, `security-key` or `hardware`, as the serial number tells.
        kind: String,
    }

    /// A credential for one service, without its secret: CodeCommit, Keyspaces, Bedrock.
    ServiceSpecificCredential {
        /// Its id, `ACCA…`.
        service_specific_credential_id: String,
        /// The service, `codecommit.amazonaws.com`.
        service_name: String,
        /// `Active`, `Inactive` or `Expired`.
        status: String,
        /// RFC 3339.
        #[serde(skip_serializing_if = "Option::is_none")]
        create_date: Option<String>,
        /// RFC 3339; none if it never expires.
        #[serde(skip_serializing_if = "Option::is_none")]
        expiration_date: Option<String>,
    }
}

/// When and where a role was last used, as far back as AWS keeps track (400 days).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed {
    /// RFC 3339; none if not within the tracking period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_date: Option<String>,
    /// The region of that use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

properties! {
    /// What is set on a user (`AWS::IAM::User`).
    "config" UserConfig {
        /// Its name.
        "UserName" user_name: String,
        /// Its path, `/` unless set.
        "Path" path: String,
        /// The names of its groups.
        "Groups" groups: Vec<String>,
        /// The ARNs of the managed policies attached to it.
        "ManagedPolicyArns" managed_policy_arns: Vec<String>,
        /// Its inline policies.
        "Policies" policies: Vec<InlinePolicy>,
        /// The ARN of its permissions boundary.
        "PermissionsBoundary" permissions_boundary: String,
    }
}

properties! {
    /// What is observed of a user.
    "observed" UserObserved {
        /// The unique id, `AIDA…`.
        "UserId" user_id: String,
        /// RFC 3339.
        "CreateDate" create_date: String,
        /// Whether it has a password for the console.
        "PasswordEnabled" password_enabled: bool,
        /// RFC 3339; absent if never.
        "PasswordLastUsed" password_last_used: String,
        /// RFC 3339; absent if it has no password.
        "PasswordLastChanged" password_last_changed: String,
        /// Whether any MFA device is assigned.
        "MFAActive" mfa_active: bool,
        /// Its access keys, at most two.
        "AccessKeys" access_keys: Vec<AccessKey> as Partly,
        /// Its MFA devices, at most eight.
        "MFADevices" mfa_devices: Vec<MfaDevice>,
    }
}

kind! {
    /// An IAM user with its groups, policies and credentials.
    User, UserKind = "AWS::IAM::User", UserConfig, UserObserved
}

properties! {
    /// What is set on a group (`AWS::IAM::Group`).
    "config" GroupConfig {
        /// Its name.
        "GroupName" group_name: String,
        /// Its path, `/` unless set.
        "Path" path: String,
        /// The ARNs of the managed policies attached to it.
        "ManagedPolicyArns" managed_policy_arns: Vec<String>,
        /// Its inline policies.
        "Policies" policies: Vec<InlinePolicy>,
    }
}

properties! {
    /// What is observed of a group.
    "observed" GroupObserved {
        /// The unique id, `AGPA…`.
        "GroupId" group_id: String,
        /// RFC 3339.
        "CreateDate" create_date: String,
    }
}

kind! {
    /// An IAM group with its policies; its members are in the users.
    Group, GroupKind = "AWS::IAM::Group", GroupConfig, GroupObserved
}

properties! {
    /// What is set on a role (`AWS::IAM::Role`).
    "config" RoleConfig {
        /// Its name.
        "RoleName" role_name: String,
        /// Its path, `/` unless set.
        "Path" path: String,
        /// The trust policy: who may assume it. If AWS holds text that is no JSON, a JSON string.
        "AssumeRolePolicyDocument" assume_role_policy_document: Value,
        /// The ARNs of the managed policies attached to it.
        "ManagedPolicyArns" managed_policy_arns: Vec<String>,
        /// Its inline policies.
        "Policies" policies: Vec<InlinePolicy>,
        /// The ARN of its permissions boundary.
        "PermissionsBoundary" permissions_boundary: String,
    }
}

properties! {
    /// What is observed of a role.
    "observed" RoleObserved {
        /// The unique id, `AROA…`.
        "RoleId" role_id: String,
        /// RFC 3339.
        "CreateDate" create_date: String,
        /// When and where it was last used.
        "RoleLastUsed" role_last_used: RoleLastUsed,
        /// The ARNs of the instance profiles that carry it.
        "InstanceProfiles" instance_profiles: Vec<String>,
    }
}

kind! {
    /// An IAM role with its trust policy and its policies.
    Role, RoleKind = "AWS::IAM::Role", RoleConfig, RoleObserved
}

properties! {
    /// What is set on a managed policy (`AWS::IAM::ManagedPolicy`).
    "config" ManagedPolicyConfig {
        /// Its name.
        "ManagedPolicyName" managed_policy_name: String,
        /// Its path, `/` unless set.
        "Path" path: String,
        /// The default version, decoded.
        "PolicyDocument" policy_document: Value,
    }
}

properties! {
    /// What is observed of a managed policy.
    "observed" ManagedPolicyObserved {
        /// The unique id, `ANPA…`.
        "PolicyId" policy_id: String,
        /// Which version is the default, `v1`.
        "DefaultVersionId" default_version_id: String,
        /// How many users, groups and roles of the account it is attached to.
        "AttachmentCount" attachment_count: u32,
        /// How many users and roles of the account have it as permissions boundary.
        "PermissionsBoundaryUsageCount" permissions_boundary_usage_count: u32,
    }
}

kind! {
    /// A managed policy: the account's own ones, and those of AWS that are attached in the account.
    ManagedPolicy, ManagedPolicyKind = "AWS::IAM::ManagedPolicy",
    ManagedPolicyConfig, ManagedPolicyObserved
}

properties! {
    /// Nothing is set on a root user.
    "config" RootUserConfig {}
}

properties! {
    /// What is observed of a root user, from the account summary and the credential report.
    "observed" RootUserObserved {
        /// Whether any MFA device is assigned.
        "AccountMFAEnabled" account_mfa_enabled: bool,
        /// Whether it has access keys.
        "AccountAccessKeysPresent" account_access_keys_present: bool,
        /// Whether it has X.509 signing certificates.
        "AccountSigningCertificatesPresent" account_signing_certificates_present: bool,
        /// Whether it has a password.
        "AccountPasswordPresent" account_password_present: bool,
        /// RFC 3339; absent if never.
        "PasswordLastUsed" password_last_used: String,
        /// Whether one of its MFA devices is a virtual one, on a phone or computer.
        "VirtualMFADevice" virtual_mfa_device: bool,
        /// RFC 3339, of either access key; absent if never, or if it has none.
        "AccessKeyLastUsed" access_key_last_used: String,
    }
}

kind! {
    /// The root user of an account; a type of our own.
    RootUser, RootUserKind = "AWS::IAM::RootUser", RootUserConfig, RootUserObserved
}

properties! {
    /// The rules for passwords of IAM users, named as in the IAM API.
    "config" AccountPasswordPolicyConfig {
        /// Whether the account has set a policy of its own; without one AWS's default holds.
        "PolicyPresent" policy_present: bool,
        /// Characters.
        "MinimumPasswordLength" minimum_password_length: u32,
        /// Whether a symbol is needed.
        "RequireSymbols" require_symbols: bool,
        /// Whether a digit is needed.
        "RequireNumbers" require_numbers: bool,
        /// Whether an upper-case letter is needed.
        "RequireUppercaseCharacters" require_uppercase_characters: bool,
        /// Whether a lower-case letter is needed.
        "RequireLowercaseCharacters" require_lowercase_characters: bool,
        /// Whether users may change their own password.
        "AllowUsersToChangePassword" allow_users_to_change_password: bool,
        /// Days until a password expires; absent if it never does.
        "MaxPasswordAge" max_password_age: u32,
        /// How many former passwords may not be used again; absent if all may.
        "PasswordReusePrevention" password_reuse_prevention: u32,
        /// Whether an expired password needs an administrator.
        "HardExpiry" hard_expiry: bool,
    }
}

properties! {
    /// Nothing is observed of a password policy.
    "observed" AccountPasswordPolicyObserved {}
}

kind! {
    /// The password policy of an account; a type of our own, one a account.
    AccountPasswordPolicy, AccountPasswordPolicyKind = "AWS::IAM::AccountPasswordPolicy",
    AccountPasswordPolicyConfig, AccountPasswordPolicyObserved
}

properties! {
    /// Nothing is set on an account summary.
    "config" AccountSummaryConfig {}
}

properties! {
    /// The counts that IAM keeps of an account.
    "observed" AccountSummaryObserved {
        /// Count by name, as `GetAccountSummary` gives them.
        "SummaryMap" summary_map: BTreeMap<String, i64>,
    }
}

kind! {
    /// The counts that IAM keeps of an account; a type of our own, one a account.
    AccountSummary, AccountSummaryKind = "AWS::IAM::AccountSummary",
    AccountSummaryConfig, AccountSummaryObserved
}

properties! {
    /// What is set on a signing certificate, named as in the IAM API.
    "config" SigningCertificateConfig {
        /// The user that it belongs to.
        "UserName" user_name: String,
        /// `Active` or `Inactive`.
        "Status" status: String,
    }
}

properties! {
    /// What is observed of a signing certificate.
    "observed" SigningCertificateObserved {
        /// Its id.
        "CertificateId" certificate_id: String,
        /// RFC 3339.
        "UploadDate" upload_date: String,
        /// When it becomes valid, RFC 3339, as the certificate says.
        "NotBefore" not_before: String,
        /// When it expires, RFC 3339, as the certificate says.
        "NotAfter" not_after: String,
    }
}

kind! {
    /// An X.509 signing certificate of a user; a type of our own.
    SigningCertificate, SigningCertificateKind = "AWS::IAM::SigningCertificate",
    SigningCertificateConfig, SigningCertificateObserved
}

properties! {
    /// What is set on an SSH public key, named as in the IAM API.
    "config" SshPublicKeyConfig {
        /// The user that it belongs to.
        "UserName" user_name: String,
        /// `Active` or `Inactive`.
        "Status" status: String,
    }
}

properties! {
    /// What is observed of an SSH public key.
    "observed" SshPublicKeyObserved {
        /// Its id, `APKA…`.
        "SSHPublicKeyId" ssh_public_key_id: String,
        /// RFC 3339.
        "UploadDate" upload_date: String,
    }
}

kind! {
    /// An SSH public key of a user, for CodeCommit; a type of our own.
    SshPublicKey, SshPublicKeyKind = "AWS::IAM::SSHPublicKey",
    SshPublicKeyConfig, SshPublicKeyObserved
}

properties! {
    /// What is set on a server certificate (`AWS::IAM::ServerCertificate`).
    "config" ServerCertificateConfig {
        /// Its name.
        "ServerCertificateName" server_certificate_name: String,
        /// Its path, `/` unless set.
        "Path" path: String,
    }
}

properties! {
    /// What is observed of a server certificate.
    "observed" ServerCertificateObserved {
        /// The unique id, `ASCA…`.
        "ServerCertificateId" server_certificate_id: String,
        /// RFC 3339.
        "UploadDate" upload_date: String,
        /// When it expires, RFC 3339.
        "Expiration" expiration: String,
    }
}

kind! {
    /// A TLS certificate that is kept in IAM.
    ServerCertificate, ServerCertificateKind = "AWS::IAM::ServerCertificate",
    ServerCertificateConfig, ServerCertificateObserved
}

properties! {
    /// What is set on an instance profile (`AWS::IAM::InstanceProfile`).
    "config" InstanceProfileConfig {
        /// Its name.
        "InstanceProfileName" instance_profile_name: String,
        /// Its path, `/` unless set.
        "Path" path: String,
        /// The names of its roles; AWS allows one.
        "Roles" roles: Vec<String>,
    }
}

properties! {
    /// What is observed of an instance profile.
    "observed" InstanceProfileObserved {
        /// The unique id, `AIPA…`.
        "InstanceProfileId" instance_profile_id: String,
        /// RFC 3339.
        "CreateDate" create_date: String,
    }
}

kind! {
    /// An instance profile: what carries a role into an instance.
    InstanceProfile, InstanceProfileKind = "AWS::IAM::InstanceProfile",
    InstanceProfileConfig, InstanceProfileObserved
}

properties! {
    /// What is set on a SAML provider (`AWS::IAM::SAMLProvider`), without its metadata.
    "config" SamlProviderConfig {
        /// Its name.
        "Name" name: String,
    }
}

properties! {
    /// What is observed of a SAML provider.
    "observed" SamlProviderObserved {
        /// The entity id of the identity provider, as its metadata says.
        "EntityId" entity_id: String,
        /// RFC 3339.
        "CreateDate" create_date: String,
        /// When its metadata expires, RFC 3339.
        "ValidUntil" valid_until: String,
    }
}

kind! {
    /// A SAML identity provider.
    SamlProvider, SamlProviderKind = "AWS::IAM::SAMLProvider",
    SamlProviderConfig, SamlProviderObserved
}

properties! {
    /// What is set on an OpenID Connect provider (`AWS::IAM::OIDCProvider`).
    "config" OidcProviderConfig {
        /// Its URL, without the scheme.
        "Url" url: String,
        /// The audiences that it may speak to.
        "ClientIdList" client_id_list: Vec<String>,
        /// The digests of the certificates that it may show.
        "ThumbprintList" thumbprint_list: Vec<String>,
    }
}

properties! {
    /// What is observed of an OpenID Connect provider.
    "observed" OidcProviderObserved {
        /// RFC 3339.
        "CreateDate" create_date: String,
    }
}

kind! {
    /// An OpenID Connect identity provider.
    OidcProvider, OidcProviderKind = "AWS::IAM::OIDCProvider",
    OidcProviderConfig, OidcProviderObserved
}

properties! {
    /// What is set on a user's credentials for single services, named as in the IAM API.
    "config" ServiceSpecificCredentialsConfig {
        /// The user that they belong to.
        "UserName" user_name: String,
        /// The credentials.
        "Credentials" credentials: Vec<ServiceSpecificCredential>,
    }
}

properties! {
    /// Nothing is observed of them.
    "observed" ServiceSpecificCredentialsObserved {}
}

kind! {
    /// The credentials of a user for single services, if it has any; a type of our own.
    ServiceSpecificCredentials, ServiceSpecificCredentialsKind =
        "AWS::IAM::ServiceSpecificCredentials",
    ServiceSpecificCredentialsConfig, ServiceSpecificCredentialsObserved
}
