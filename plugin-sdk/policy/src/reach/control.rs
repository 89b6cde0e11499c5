//! Who decides the value of a condition key.

/// Who decides the value of a condition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyControl {
    /// Whoever sends the request chooses it: a parameter, a header, a tag in the request.
    Attacker,
    /// It depends on circumstances this tool cannot see: network, time, MFA, the calling service.
    Unknown,
    /// It belongs to the principal or the resource, or is vouched for by AWS or a provider.
    Fixed,
}

/// Keys and prefixes (ending in `/` or `:`) that the sender of a request chooses, sorted.
///
/// AWS IAM User Guide, "AWS global condition context keys", properties of the request
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>; for
/// STS, IAM, S3 and KMS the condition key tables of the Service Authorization Reference.
const ATTACKER: [&str; 41] = [
    "aws:referer",
    "aws:requestedregion",
    "aws:requesttag/",
    "aws:securetransport",
    "aws:tagkeys",
    "aws:useragent",
    "dynamodb:attributes",
    "dynamodb:leadingkeys",
    "dynamodb:select",
    "ec2:createaction",
    "iam:associatedresourcearn",
    "iam:awsservicename",
    "iam:passedtoservice",
    "iam:permissionsboundary",
    "iam:policyarn",
    "kms:bypasspolicylockoutsafetycheck",
    "kms:encryptioncontext:",
    "kms:encryptioncontextkeys",
    "kms:granteeprincipal",
    "kms:grantisforawsresource",
    "kms:grantoperations",
    "s3:delimiter",
    "s3:max-keys",
    "s3:prefix",
    "s3:requestobjecttag/",
    "s3:requestobjecttagkeys",
    "s3:signatureversion",
    "s3:tlsversion",
    "s3:versionid",
    "s3:x-amz-acl",
    "s3:x-amz-grant-full-control",
    "s3:x-amz-metadata-directive",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-storage-class",
    "sns:endpoint",
    "sns:protocol",
    "sts:externalid",
    "sts:rolesessionname",
    "sts:sourceidentity",
    "sts:transitivetagkeys",
];

/// Keys and prefixes that the principal, the resource or AWS decides, sorted.
const FIXED: [&str; 36] = [
    "accounts.google.com:",
    "aws:ec2instancesourceprivateipv4",
    "aws:ec2instancesourcevpc",
    "aws:federatedprovider",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:principaltag/",
    "aws:principaltype",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:resourcetag/",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:userid",
    "aws:username",
    "cognito-identity.amazonaws.com:",
    "ec2:resourcetag/",
    "ec2:sourceinstancearn",
    "iam:resourcetag/",
    "kms:calleraccount",
    "kms:resourcealiases",
    "lambda:sourcefunctionarn",
    "s3:dataaccesspointaccount",
    "s3:existingobjecttag/",
    "s3:resourceaccount",
    "saml:",
    "secretsmanager:resourcetag/",
];

impl KeyControl {
    /// Who decides a key, in any case. Keys of OIDC providers (`host/path:claim`) are vouched for by
    /// the provider; keys that are in no table are [`KeyControl::Unknown`].
    #[must_use]
    pub fn of(key: &str) -> Self {
        let key = key.to_ascii_lowercase();
        let listed = |table: &[&str]| {
            table.iter().any(|entry| {
                if entry.ends_with(['/', ':']) {
                    key.starts_with(entry)
                } else {
                    key == *entry
                }
            })
        };
        if listed(&ATTACKER) {
            Self::Attacker
        } else if listed(&FIXED)
            || key
                .split_once(':')
                .is_some_and(|(provider, _)| provider.contains('.'))
        {
            Self::Fixed
        } else {
            Self::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        assert!(ATTACKER.is_sorted() && FIXED.is_sorted());
        assert_eq!(KeyControl::of("sts:ExternalId"), KeyControl::Attacker);
        assert_eq!(KeyControl::of("aws:RequestTag/Team"), KeyControl::Attacker);
        assert_eq!(KeyControl::of("aws:PrincipalTag/Team"), KeyControl::Fixed);
        assert_eq!(
            KeyControl::of("token.actions.githubusercontent.com:sub"),
            KeyControl::Fixed
        );
        assert_eq!(KeyControl::of("aws:SourceIp"), KeyControl::Unknown);
    }
}
