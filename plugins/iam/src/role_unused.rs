//! Roles that nobody uses.

use blastwall_sdk::prelude::*;

use crate::in_use::is_service_linked;

/// What counts as unused.
#[derive(Parameters)]
pub(crate) struct Unused {
    /// Days without use after which a role is unused.
    #[parameter(default = 90)]
    max_days: u32,
}

/// Remove roles that nobody uses
///
/// Looks at when each role was last used; one that never was counts from the day it was made. What
/// nobody uses, nobody watches. Roles that AWS made for its services do not count.
///
/// # Remediation
///
/// Refuse everything to the role first, and delete it once nothing breaks:
///
/// ```sh
/// aws iam attach-role-policy --role-name NAME --policy-arn arn:aws:iam::aws:policy/AWSDenyAll
/// aws iam delete-role --role-name NAME
/// ```
///
/// Terraform: remove the `aws_iam_role`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>
#[check(id = "iam-role-unused", severity = Low, category = Security)]
pub(crate) fn check(
    role: &Role,
    account: &Account,
    parameters: &Unused,
) -> Result<Outcome, Unknown> {
    if is_service_linked(role) {
        return Ok(not_applicable("the role belongs to a service of AWS"));
    }
    let limit = i64::from(parameters.max_days);
    let last = role.observed.role_last_used.get()?;
    let used = last.and_then(|last| last.last_used_date.as_ref());
    if let Some(used) = used {
        let days = account.days_since(used)?;
        let message = format!("the role was last used {days} days ago");
        let outcome = if days > limit {
            fail(message)
        } else {
            pass(message)
        };
        return Ok(outcome.evidence("/observed/RoleLastUsed/LastUsedDate", used));
    }
    let created = role.observed.create_date.required()?;
    let days = account.days_since(created)?;
    let outcome = if days > limit {
        fail(format!("the role was made {days} days ago and never used"))
    } else {
        pass(format!("the role is {days} days old and was not used yet"))
    };
    Ok(outcome.evidence("/observed/CreateDate", created))
}
