//! Service control policies over every account.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_sdk::policy::analysis::grants_administration;
use blastwall_sdk::policy::language::Effect;
use blastwall_sdk::prelude::*;

/// Put guardrails around every account
///
/// Looks at whether a service control policy that denies something, or allows less than everything,
/// is in effect on each active member account: attached to it, to a unit above it or to the root. The
/// management account does not count, because no service control policy limits it. What the policies
/// ought to deny depends on the company; that none does is surely wrong.
///
/// # Remediation
///
/// Write down what nobody may do, such as leaving the organization or stopping trails, and attach it
/// to the root, after trying it on one unit:
///
/// ```sh
/// aws organizations create-policy --type SERVICE_CONTROL_POLICY --name guardrails \
///   --description "what nobody may do" --content file://guardrails.json
/// aws organizations attach-policy --policy-id p-EXAMPLE --target-id r-EXAMPLE
/// ```
///
/// Terraform: `aws_organizations_policy` and `aws_organizations_policy_attachment`.
///
/// # References
///
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
/// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples.html>
#[check(
    id = "organization-guardrails",
    severity = Medium,
    category = Security,
    controls = ["cis-aws-7.0:2.1.2"],
    reads = [
        OrganizationDescription,
        OrganizationalUnit,
        OrganizationAccount,
        OrganizationPolicy
    ]
)]
pub(crate) fn check(organization: &Organization) -> Result<Outcome, Unknown> {
    let fenced = fenced(organization)?;
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    for unit in organization.all::<OrganizationalUnit>()? {
        parents.insert(
            unit.config.id.required()?,
            unit.config.parent_id.required()?,
        );
    }
    let mut management = None;
    for description in organization.all::<OrganizationDescription>()? {
        management = Some(
            description
                .config
                .management_account_id
                .required()?
                .as_str(),
        );
    }
    let mut without = Vec::new();
    let mut accounts = 0_usize;
    for account in organization.all::<OrganizationAccount>()? {
        let id = account.config.account_id.required()?;
        if Some(id.as_str()) == management || account.observed.status.required()? != "ACTIVE" {
            continue;
        }
        accounts += 1;
        let mut at = Some(id.as_str());
        let mut above = account
            .config
            .parent_ids
            .required()?
            .first()
            .map(String::as_str);
        // A tree in which units are above each other would have no end.
        let mut steps = parents.len() + 2;
        let mut found = false;
        while let Some(target) = at {
            found |= fenced.contains(target);
            if found || steps == 0 {
                break;
            }
            steps -= 1;
            at = above;
            above = above.and_then(|target| parents.get(target).copied());
        }
        if !found {
            without.push(id.as_str());
        }
    }
    Ok(if accounts == 0 {
        not_applicable("there is no account but the management account")
    } else if without.is_empty() {
        pass(format!(
            "a service control policy limits each of {accounts} accounts"
        ))
    } else {
        fail(format!(
            "no service control policy limits {} of {accounts} accounts: {}",
            without.len(),
            without.join(", ")
        ))
    })
}

/// The targets whose service control policies limit anything: one denies, or none allows everything.
/// What the policies of one target allow adds up.
///
/// # Errors
/// If the policies could not be seen; one that cannot be read limits nothing for certain, so it is
/// an error too.
fn fenced(organization: &Organization) -> Result<BTreeSet<&str>, Unknown> {
    let mut attached = BTreeSet::new();
    let mut denying = BTreeSet::new();
    let mut open = BTreeSet::new();
    for policy in organization.all::<OrganizationPolicy>()? {
        if policy.config.policy_type.required()? != "SERVICE_CONTROL_POLICY" {
            continue;
        }
        let targets = policy.config.target_ids.required()?;
        if targets.is_empty() {
            continue;
        }
        let parsed = read_policy(
            policy.config.content.required()?,
            format!("config.Content of {}", policy.arn),
        )?;
        let targets = || targets.iter().map(String::as_str);
        attached.extend(targets());
        let statements = || parsed.statements.iter();
        if statements().any(|statement| statement.effect == Effect::Deny) {
            denying.extend(targets());
        }
        if grants_administration(&parsed).is_some() {
            open.extend(targets());
        }
    }
    attached.retain(|target| denying.contains(target) || !open.contains(target));
    Ok(attached)
}
