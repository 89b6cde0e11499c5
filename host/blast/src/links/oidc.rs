//! Whoever runs a workflow at a CI provider, under a subject that a role's trust policy asks for.
//!
//! `federated-trust` has the whole provider, whose tokens may say anything; this kind has those who come
//! under one subject, and says how wide it is.

use blastwall_policy::{Keys, Principal};

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::facts::PolicyIndex;
use crate::issuers::issuer;
use crate::judge::{Case, Detail, Identity, Judge, Judgement, RequestKeys, ResourcePolicy};
use crate::subject::OutsideParty;
use crate::world::{ASSUME_ROLE_WITH_WEB_IDENTITY, OutsideIndex, PrincipalIndex, World};

pub(super) struct Oidc;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "oidc",
    name: "Workload identity federation by subject",
    family: "outside",
    source: "whoever runs a workflow at GitHub, GitLab, HCP Terraform, CircleCI, Buildkite or Bitbucket under \
        a subject that the trust policy asks for",
    target: "role that trusts the provider",
    precondition: "the trust policy lets in the provider with this subject; the audience is of the \
        workflow's own choice. A wildcard in the name of the organization lets in strangers",
    mitigations: "sub with StringEquals, of one repository and branch or environment; job_workflow_ref; \
        resource control policies on sts:AssumeRoleWithWebIdentity",
    references: &[
        "https://docs.github.com/en/actions/reference/security/oidc",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
    ],
};

/// The claims that a trust policy asks of a token, with a value that suits it: the audience is of the
/// workflow's own choice, and so is the subject for whoever has the whole issuer.
pub(super) fn token(world: &World, trust: PolicyIndex, provider: &str, keys: Keys) -> Keys {
    let asked = |name: String| {
        let stored = world.policies.get(trust)?;
        let statements = stored.policy.statements.iter();
        let mut conditions = statements.flat_map(|statement| &statement.conditions);
        let condition = conditions.find(|condition| condition.key.eq_ignore_ascii_case(&name))?;
        Some(condition.values.first()?.as_str().replace(['*', '?'], "x"))
    };
    let [subject, audience] = ["sub", "aud"].map(|claim| format!("{provider}:{claim}"));
    let value = asked(audience.clone()).unwrap_or_else(|| "sts.amazonaws.com".to_owned());
    let keys = keys.fixed(&audience, [value]);
    match asked(subject.clone()) {
        Some(value) => keys.fixed(&subject, [value]),
        None => keys,
    }
}

/// Whether a run under the subject of the workflow gets into the role.
fn judge_pair(
    judge: &Judge<'_>,
    workflow: OutsideIndex,
    role: PrincipalIndex,
    detail: Detail,
) -> Option<Judgement> {
    let world = judge.world();
    let OutsideParty::Workflow { provider, subject } = world.outside.get(workflow.index())? else {
        return None;
    };
    let row = world.principal(role)?;
    let account = world.account(row.account)?;
    let policy = ResourcePolicy::of(row)?;
    let ResourcePolicy::Trust(index, _) = policy else {
        return None;
    };
    let trust = world.trusts.get(&index)?;
    let named = trust.federated.iter().find(|name| {
        let name = name
            .split_once(":oidc-provider/")
            .map_or(&***name, |(_, name)| name);
        name == provider
    })?;
    let principal = Principal::parse(named).ok()?;
    // Some run that comes under the pattern.
    let run = subject.replace(['*', '?'], "x");
    let keys = RequestKeys::new(world).for_resource(row).build();
    let keys = token(world, index, provider, keys).fixed(&format!("{provider}:sub"), [run]);
    let judgement = judge.judge(
        &Case {
            principal: &principal,
            role_path: None,
            action: ASSUME_ROLE_WITH_WEB_IDENTITY,
            resource: row.arn.as_str(),
            resource_account: account.id.as_str(),
            keys,
            identity: Identity::Attached(&[]),
            boundary: None,
            scps: None,
            rcps: Some(account.rcps),
            resource_policy: Some(policy),
            made_by_attacker: false,
        },
        detail,
    )?;
    let (words, strangers) = issuer(provider)?.analyse(subject);
    let words = if strangers {
        format!("{words}: too wide")
    } else {
        words
    };
    Some(
        judgement
            .told("subject", subject, &words)
            .hanging_on(crate::certainty::Certainty::Conditional, &account.rcp_gaps),
    )
}

impl LinkKind for Oidc {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for (role, _, trust) in world.trusting_roles() {
            let Some(summary) = world.trusts.get(&trust) else {
                continue;
            };
            for (provider, subject) in &summary.workflows {
                let party = OutsideParty::Workflow {
                    provider: provider.to_string(),
                    subject: subject.to_string(),
                };
                let Some(outside) = world.find_outside(&party) else {
                    continue;
                };
                if let Some(judgement) = judge_pair(judge, outside, role, Detail::Certainty) {
                    rules.add(
                        judgement.certainty,
                        &[Capability::Outside(outside)],
                        Capability::Principal(role),
                    );
                }
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        match (premises, conclusion) {
            ([Capability::Outside(outside)], Capability::Principal(role)) => {
                judge_pair(judge, *outside, role, Detail::Full)
            }
            _ => None,
        }
    }
}
