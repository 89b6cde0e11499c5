//! Callers from outside of all accounts, who have no policies of their own: services, and whom identity
//! providers vouch for.

use blastwall_policy::{Keys, Principal};

use crate::certainty::Certainty;
use crate::globs::filled;
use crate::judge::{Case, Detail, Identity, Judge, Judgement, ResourcePolicy};
use crate::world::{PrincipalIndex, World, provider_of};

/// Somebody before a role.
pub(super) struct OutsideCaller<'a> {
    pub(super) principal: &'a Principal,
    /// By which it becomes the role.
    pub(super) action: &'static str,
    /// Whether the attacker says what stands in its tags and claims.
    pub(super) made_by_attacker: bool,
}

impl OutsideCaller<'_> {
    /// Whether the trust policy of the role and the resource control policies let it in.
    pub(super) fn enters(
        &self,
        judge: &Judge<'_>,
        role: PrincipalIndex,
        keys: Keys,
        detail: Detail,
    ) -> Option<Judgement> {
        let world = judge.world();
        let row = world.principal(role)?;
        let account = world.account(row.account)?;
        // A provider of another account vouches for nobody here. Source: IAM User Guide, "Create a role for a
        // third-party identity provider": the provider is one of the same account.
        let provider = match self.principal {
            Principal::IdentityProvider { .. } => self.principal.as_str().strip_prefix("arn:"),
            _ => None,
        };
        if provider.is_some_and(|arn| arn.split(':').nth(3) != Some(account.id.as_str())) {
            return None;
        }
        let policy = ResourcePolicy::of(row)?;
        let judgement = judge.judge(
            &Case {
                principal: self.principal,
                role_path: None,
                action: self.action,
                resource: row.arn.as_str(),
                resource_account: account.id.as_str(),
                keys: self.with_claims(world, policy, keys),
                identity: Identity::Attached(&[]),
                boundary: None,
                scps: None,
                rcps: Some(account.rcps),
                resource_policy: Some(policy),
                made_by_attacker: self.made_by_attacker,
            },
            detail,
        )?;
        Some(judgement.hanging_on(Certainty::Conditional, &account.rcp_gaps))
    }

    /// A token has the claims of its own issuer alone, whose name their keys begin with; an assertion is for AWS's own
    /// address, since AWS takes no other. Sources: IAM User Guide, "Available keys for AWS OIDC federation",
    /// "Available keys for SAML-based AWS STS federation" and "Configure SAML assertions for the authentication
    /// response".
    fn with_claims(&self, world: &World, policy: ResourcePolicy<'_>, keys: Keys) -> Keys {
        let (Principal::IdentityProvider { .. }, ResourcePolicy::Trust(trust, _)) =
            (self.principal, policy)
        else {
            return keys;
        };
        let issuer = provider_of(self.principal.as_str());
        let stored = world.policies.get(trust).into_iter();
        let statements = stored.flat_map(|stored| &stored.policy.statements);
        let conditions = statements.flat_map(|statement| &statement.conditions);
        let audiences = conditions.clone().filter(|one| &*one.key == "saml:aud");
        let mut audiences = audiences
            .flat_map(|one| &one.values)
            .map(|one| one.as_str());
        let signs_in = |audience: &&str| {
            let address = audience.strip_prefix("https://");
            let host = address.and_then(|address| address.split('/').next());
            host.is_some_and(|host| {
                let mut ends = [
                    "signin.aws.amazon.com",
                    "signin.amazonaws.cn",
                    "signin.amazonaws-us-gov.com",
                ]
                .iter();
                ends.any(|end| host.ends_with(end))
            })
        };
        let keys = match audiences.find(signs_in) {
            Some(audience) => keys.fixed("saml:aud", [filled(audience)]),
            None => keys,
        };
        let others = conditions.filter(|condition| {
            let claim = condition.key.rsplit_once(':');
            claim.is_some_and(|(host, _)| host.contains('.') && !host.eq_ignore_ascii_case(issuer))
        });
        others.fold(keys, |keys, condition| keys.absent(&condition.key))
    }
}
