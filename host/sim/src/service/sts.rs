//! AWS Security Token Service.
//!
//! Source: AWS STS API Reference, "AssumeRole" and "GetCallerIdentity".

use blastwall_model::resources::Role;
use blastwall_model::{AccountId, Arn};
use blastwall_policy::language::Policy;
use jiff::SignedDuration;

use crate::authority::{authorize, user_id};
use crate::credentials::{Identity, Principal};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target};
use crate::state::last_part;
use crate::xml::Element;

/// The most characters that the text of a session policy may have.
const POLICY_LIMIT: usize = 2048;

/// Seconds that a session lasts: at least, unless asked otherwise, at most, and at most if a
/// session made it.
const SHORTEST: i64 = 900;
const USUAL: i64 = 3600;
const LONGEST: i64 = 43200;
const LONGEST_CHAINED: i64 = 3600;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetCallerIdentity",
        action: None,
        checked: false,
        target: Target::everything,
        run: get_caller_identity,
    },
    Operation {
        name: "AssumeRole",
        action: Some("sts:AssumeRole"),
        // It asks the policies itself, because a role that does not exist and one that does not
        // trust the caller must look the same.
        checked: false,
        target: role_target,
        run: assume_role,
    },
];

fn get_caller_identity(call: &Call<'_>) -> Result<Answer, Failure> {
    let caller = call.principal;
    Ok(Answer::Xml(
        Element::new("")
            .text("Arn", &caller.arn)
            .text("UserId", user_id(&call.simulation.state, caller))
            .text("Account", &caller.account),
    ))
}

fn role_arn(call: &Call<'_>) -> Result<Arn, Failure> {
    call.required("RoleArn")?
        .parse()
        .ok()
        .filter(|arn: &Arn| arn.service() == "iam" && arn.resource().starts_with("role/"))
        .ok_or_else(|| Failure::validation("the parameter RoleArn is no ARN of a role"))
}

/// The role by its ARN, path included, in an account that is open.
fn find_role<'a>(call: &Call<'a>, arn: &Arn) -> Option<(AccountId, &'a Role)> {
    let state = &call.simulation.state;
    let id: AccountId = arn.account().parse().ok()?;
    let is_closed = state
        .organization
        .as_ref()
        .and_then(|organization| organization.accounts.get(id.as_str()))
        .and_then(|account| account.observed.status.known())
        .is_some_and(|status| status != "ACTIVE");
    if is_closed {
        return None;
    }
    let role = state
        .accounts
        .get(&id)?
        .roles
        .get(last_part(arn.as_str()))?;
    (role.arn == *arn).then_some((id, role))
}

fn role_target(call: &Call<'_>) -> Result<Target, Failure> {
    let arn = role_arn(call)?;
    let found = find_role(call, &arn);
    Ok(Target {
        // What has no trust policy, or one that cannot be read, trusts nobody.
        policy: found
            .as_ref()
            .and_then(|(_, role)| role.config.assume_role_policy_document.known().cloned()),
        tags: found
            .as_ref()
            .and_then(|(_, role)| role.tags.known().cloned())
            .unwrap_or_default(),
        account: arn.account().parse().ok(),
        arn: Some(arn),
        ..Target::default()
    })
}

fn assume_role(call: &Call<'_>) -> Result<Answer, Failure> {
    let session_name = session_name(call)?;
    let lifetime = lifetime(call)?;
    let session_policies = session_policies(call)?;
    let target = role_target(call)?;
    let arn = role_arn(call)?;

    let mut keys = vec![("sts:RoleSessionName", session_name)];
    keys.extend(
        call.input
            .get("ExternalId")
            .map(|external| ("sts:ExternalId", external)),
    );
    let refusal = authorize(call, "sts:AssumeRole", &target, &keys).err();
    let found = find_role(call, &arn);
    let (account, role) = match (refusal, found) {
        (None, Some(found)) => found,
        (refusal, _) => {
            let message = refusal.map_or_else(
                || {
                    format!(
                        "User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}",
                        call.principal.arn
                    )
                },
                |refusal| refusal.bare(),
            );
            return Err(Failure::new(403, "AccessDenied", message));
        }
    };
    let name = last_part(arn.as_str());
    let session_arn: Arn = format!(
        "arn:{}:sts::{account}:assumed-role/{name}/{session_name}",
        arn.partition()
    )
    .parse()
    .map_err(|_| Failure::validation("the parameter RoleSessionName is malformed"))?;
    let principal = Principal {
        account,
        arn: session_arn.clone(),
        identity: Identity::Session {
            role: name.to_owned(),
            name: session_name.to_owned(),
        },
        session_policies,
    };
    let id = user_id(&call.simulation.state, &principal);
    tracing::debug!(role = %role.arn, session = session_name, "a role was assumed");
    let issued = call.simulation.credentials.issue(principal, lifetime);
    let packed = call
        .input
        .get("Policy")
        .map(|policy| (policy.len() * 100).div_ceil(POLICY_LIMIT));
    Ok(Answer::Xml(
        Element::new("")
            .child(
                Element::new("AssumedRoleUser")
                    .text("AssumedRoleId", id)
                    .text("Arn", session_arn),
            )
            .child(
                Element::new("Credentials")
                    .text("AccessKeyId", issued.access_key_id)
                    .text("SecretAccessKey", issued.secret_access_key)
                    .text("SessionToken", issued.session_token)
                    .text("Expiration", issued.expires.strftime("%Y-%m-%dT%H:%M:%SZ")),
            )
            .maybe("PackedPolicySize", packed),
    ))
}

fn session_name<'a>(call: &'a Call<'_>) -> Result<&'a str, Failure> {
    let name = call.required("RoleSessionName")?;
    let is_valid = (2..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_=,.@-".contains(&byte));
    if is_valid {
        Ok(name)
    } else {
        Err(Failure::validation(format!(
            "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )))
    }
}

fn lifetime(call: &Call<'_>) -> Result<SignedDuration, Failure> {
    let seconds = match call.input.get("DurationSeconds") {
        None => USUAL,
        Some(text) => text
            .parse()
            .ok()
            .filter(|seconds| (SHORTEST..=LONGEST).contains(seconds))
            .ok_or_else(|| {
                Failure::validation(format!(
                    "1 validation error detected: Value '{text}' at 'durationSeconds' failed to \
                     satisfy constraint: Member must have value between {SHORTEST} and {LONGEST}"
                ))
            })?,
    };
    if matches!(call.principal.identity, Identity::Session { .. }) && seconds > LONGEST_CHAINED {
        return Err(Failure::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining.",
        ));
    }
    Ok(SignedDuration::from_secs(seconds))
}

/// The policies that narrow the session: the text of one, ARNs of managed ones.
fn session_policies(call: &Call<'_>) -> Result<Vec<String>, Failure> {
    let mut policies = Vec::new();
    if let Some(policy) = call.input.get("Policy") {
        if policy.chars().count() > POLICY_LIMIT {
            return Err(Failure::validation(format!(
                "1 validation error detected: Value at 'policy' failed to satisfy constraint: \
                 Member must have length less than or equal to {POLICY_LIMIT}"
            )));
        }
        Policy::parse(policy).map_err(|error| {
            Failure::new(
                400,
                "MalformedPolicyDocument",
                format!("the session policy is malformed: {error}"),
            )
        })?;
        policies.push(policy.to_owned());
    }
    for index in 1.. {
        let Some(arn) = call.input.get(&format!("PolicyArns.{index}.arn")) else {
            break;
        };
        policies.push(arn.to_owned());
    }
    Ok(policies)
}
