//! What most likely repairs a refused entry.
//!
//! The kind of a refusal comes from AWS's error code. STS answers `AccessDenied` alike for a role
//! that does not exist, a trust policy that leaves us out and a wrong external id; in some cases
//! its message names the kind of policy that decided. That wording is documented (IAM User Guide,
//! "Troubleshoot access denied error messages") and is used here for the hint and nothing else, so
//! that a change of it makes a hint more general and no result wrong.

use blastwall_aws::Failure;
use blastwall_model::GapKind;

use crate::Caller;
use crate::sessions::SessionSettings;

/// Kinds of policies as AWS's messages name them, in lower case, and what to do about each.
const BY_POLICY: &[(&str, &str)] = &[
    (
        "service control policy",
        "a service control policy denies sts:AssumeRole to the caller: exempt the caller's principal in it",
    ),
    (
        "resource control policy",
        "a resource control policy on the account denies sts:AssumeRole: exempt the caller's principal in it",
    ),
    (
        "permissions boundary",
        "the permissions boundary of the caller does not allow sts:AssumeRole on this role: extend it",
    ),
    (
        "session policy",
        "the session policy of the caller's own session does not allow sts:AssumeRole on this role: use a session without it",
    ),
    (
        "identity-based policy",
        "allow sts:AssumeRole on this role in a policy of the caller",
    ),
];

/// Why a role that every member has is missing in the management account. Sources: Organizations
/// User Guide, "Accessing member accounts"; CloudFormation User Guide, "StackSets and Organizations".
const MANAGEMENT: &str = "; neither AWS Organizations nor a stack set with service-managed permissions makes roles in the management account, so it has to be made there by hand";

/// What most likely lets this caller in, in an account that is the `management` account or not.
pub(super) fn hint(
    failure: &Failure,
    caller: &Caller,
    settings: &SessionSettings,
    management: bool,
) -> String {
    match failure.code.as_str() {
        "AccessDenied" | "AccessDeniedException" => denied(failure, caller, settings, management),
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => {
            "the caller's own credentials have expired: get new ones (`aws sso login`) and scan again"
                .to_owned()
        }
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => {
            "the caller's credentials are not accepted in this region: check that the region is enabled in the caller's account, or choose another with `--region`".to_owned()
        }
        "RegionDisabledException" => {
            "STS is switched off in this region: activate it in the account settings of IAM, or choose another region with `--region`".to_owned()
        }
        "ValidationError" if caller.is_role_session() && settings.duration_seconds() > 3_600 => {
            "the caller is itself a session of a role, and such callers get one hour at the most: use a session duration of 3600 seconds or less".to_owned()
        }
        "ValidationError" => {
            "check the role, and that its maximum session duration allows the duration asked for"
                .to_owned()
        }
        "MalformedPolicyDocument" | "MalformedPolicyDocumentException" | "PackedPolicyTooLarge"
        | "PackedPolicyTooLargeException" => {
            "AWS does not accept the session policy: choose fewer checks, and please report this with the message".to_owned()
        }
        _ => by_kind(failure.kind).to_owned(),
    }
}

fn by_kind(kind: GapKind) -> &'static str {
    match kind {
        GapKind::Throttled => "STS throttles the caller: scan with less concurrency",
        GapKind::Unavailable => {
            "STS did not answer: check the network and the endpoint, and scan again"
        }
        _ => {
            "check that the account exists and has the role, and that `aws sts assume-role` works with the same settings"
        }
    }
}

fn denied(
    failure: &Failure,
    caller: &Caller,
    settings: &SessionSettings,
    management: bool,
) -> String {
    let message = failure.message.to_lowercase();
    if let Some((_, hint)) = BY_POLICY
        .iter()
        .find(|(policy, _)| message.contains(policy))
    {
        return (*hint).to_owned();
    }
    let external_id = if settings.external_id().is_some() {
        "with the external id that was given"
    } else {
        "and asks for no external id (`--external-id` gives one)"
    };
    let missing = if management { MANAGEMENT } else { "" };
    format!(
        "check that the role exists in the account, that its trust policy allows {} {external_id}, and that the caller may use sts:AssumeRole on it{missing}",
        caller.arn
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastwall_aws::Partition;

    fn caller(arn: &str) -> Caller {
        Caller {
            account: "111122223333".parse().unwrap(),
            arn: arn.parse().unwrap(),
            partition: Partition::AWS,
        }
    }

    #[test]
    fn hints_follow_the_answer() {
        let user = caller("arn:aws:iam::111122223333:user/me");
        let settings = SessionSettings::default();
        let on = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/audit";
        for (code, message, expected) in [
            ("AccessDenied", on.to_owned(), "check that the role exists"),
            (
                "AccessDenied",
                on.to_owned(),
                "user/me and asks for no external id",
            ),
            (
                "AccessDenied",
                format!(
                    "{on} with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1"
                ),
                "a service control policy denies",
            ),
            (
                "AccessDenied",
                format!("{on} because no identity-based policy allows the sts:AssumeRole action"),
                "allow sts:AssumeRole on this role in a policy of the caller",
            ),
            (
                "AccessDenied",
                format!("{on} with an explicit deny in a resource control policy"),
                "a resource control policy on the account",
            ),
            (
                "ExpiredToken",
                "The security token included in the request is expired".to_owned(),
                "`aws sso login`",
            ),
            (
                "RegionDisabledException",
                String::new(),
                "STS is switched off",
            ),
            ("InvalidClientTokenId", String::new(), "`--region`"),
            ("ValidationError", String::new(), "maximum session duration"),
            ("PackedPolicyTooLarge", String::new(), "fewer checks"),
            ("Throttling", String::new(), "less concurrency"),
            ("500", String::new(), "did not answer"),
            ("Strange", String::new(), "check that the account exists"),
        ] {
            let found = hint(&Failure::answered(code, &message), &user, &settings, false);
            assert!(found.contains(expected), "{code} {message}: {found}");
        }
        let with_id = settings.clone().with_external_id("acme").unwrap();
        let found = hint(
            &Failure::answered("AccessDenied", on),
            &user,
            &with_id,
            false,
        );
        assert!(
            found.contains("with the external id that was given"),
            "{found}"
        );
        let found = hint(
            &Failure::answered("AccessDenied", on),
            &user,
            &settings,
            true,
        );
        assert!(found.ends_with("made there by hand"), "{found}");

        let session = caller("arn:aws:sts::111122223333:assumed-role/admin/me");
        let long = settings.with_duration_seconds(7_200).unwrap();
        let found = hint(
            &Failure::answered("ValidationError", ""),
            &session,
            &long,
            false,
        );
        assert!(found.contains("one hour at the most"), "{found}");
    }
}
