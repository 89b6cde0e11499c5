//! The policies of the organization that keep something from somebody: those whose loss opens anything.

use blastwall_policy::{Effect, Pattern, Policy};

use crate::facts::{OrganizationFacts, Policies, PolicyType};

/// A policy that binds some account and restricts it.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    /// `p-…`.
    pub(crate) id: String,
    pub(crate) policy_type: PolicyType,
    /// Whether it denies something, or what it says was not seen.
    pub(crate) denies: bool,
    /// Whether it is attached to a unit, which accounts can be moved out of, or may be.
    pub(crate) on_unit: bool,
}

impl Guard {
    /// Those of an organization, in the order of their documents.
    pub(super) fn of(organization: &OrganizationFacts, policies: &Policies) -> Vec<Self> {
        let binding = organization.binding_policies();
        let guards = binding.filter_map(|(attached, places)| {
            let policy = attached.policy.and_then(|index| policies.get(index));
            let content = policy.map(|stored| &stored.policy);
            let denies = content.is_none_or(denies);
            let restricts = denies || content.is_some_and(|policy| !allows_everything(policy));
            restricts.then(|| Self {
                id: attached.id.clone(),
                policy_type: attached.policy_type,
                denies,
                on_unit: places.is_none_or(|places| places.iter().any(|id| id.starts_with("ou-"))),
            })
        });
        guards.collect()
    }
}

fn denies(policy: &Policy) -> bool {
    let mut statements = policy.statements.iter();
    statements.any(|statement| statement.effect == Effect::Deny)
}

/// Whether a policy allows every action on everything.
pub(crate) fn allows_everything(policy: &Policy) -> bool {
    let all = |patterns: &[Pattern]| patterns.iter().any(Pattern::matches_everything);
    policy.statements.iter().any(|statement| {
        let every_action = !statement.actions.negated && all(&statement.actions.patterns);
        let every_resource = statement
            .resources
            .as_ref()
            .is_none_or(|clause| !clause.negated && all(&clause.patterns));
        statement.effect == Effect::Allow
            && statement.conditions.is_empty()
            && every_action
            && every_resource
    })
}
