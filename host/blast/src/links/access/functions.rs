//! Gates to functions and APIs.

use blastwall_model::Arn;
use blastwall_policy::Known;

use super::{Gate, NOBODY};
use crate::capability::Capability;
use crate::facts::{StorePolicy, with_qualifier};
use crate::judge::ResourcePolicy;
use crate::world::{FunctionPolicy, WorkloadRow, World};

/// What a request for an API asks for.
const INVOKE: &str = "execute-api:Invoke";

/// What permissions of functions ask for and a request of one's own does not have. Source: Service
/// Authorization Reference, "Condition keys for AWS Lambda".
const NOT_DIRECT: [&str; 5] = [
    "lambda:FunctionUrlAuthType",
    "lambda:InvokedViaFunctionUrl",
    "lambda:EventSourceToken",
    "aws:SourceArn",
    "aws:SourceAccount",
];

impl<'w> Gate<'w> {
    /// Past the policy of a function, or of a version or alias of it, to something that is done to it: of the
    /// request this is known, and that it is the caller's own.
    pub(in crate::links) fn past_function(
        world: &'w World,
        row: &'w WorkloadRow,
        policy: &'w FunctionPolicy,
        actions: &[&'static str],
        known: Vec<(String, Known)>,
        conclusion: Capability,
    ) -> Option<Self> {
        let (first, with) = actions.split_first()?;
        let resource = with_qualifier(row.arn.as_str(), policy.qualifier.as_deref());
        let owner = (row.account, world.account(row.account)?);
        let absent = NOT_DIRECT.map(|key| (key.to_owned(), Known::Absent));
        Some(Self {
            policy: Some(ResourcePolicy::Resource(policy.policy, &row.arn)),
            summary: Some(&policy.summary),
            by_policy: true,
            with: with.to_vec(),
            known: absent.into_iter().chain(known).collect(),
            tags: row.tags.as_ref(),
            ..Self::to(first, resource, owner, conclusion)
        })
    }

    /// Past the policy of an API, for those who sign nothing.
    pub(in crate::links) fn past_api(
        world: &'w World,
        arn: &'w Arn,
        policy: &StorePolicy,
        conclusion: Capability,
    ) -> Option<Self> {
        let owner = world.find_account(arn.account())?;
        let owner = (owner, world.account(owner)?);
        let resource = format!("{arn}/any-stage/GET/any-path");
        let gate = Self::to(INVOKE, resource, owner, conclusion);
        Some(match policy {
            StorePolicy::None => return None,
            StorePolicy::Unknown => Self {
                policy: Some(ResourcePolicy::NotSeen),
                summary: Some(&NOBODY),
                ..gate
            },
            StorePolicy::Policy(index) => Self {
                policy: Some(ResourcePolicy::Resource(*index, arn)),
                summary: Some(&NOBODY),
                below: Some(arn.as_str().into()),
                names: world
                    .policies
                    .get(*index)
                    .into_iter()
                    .flat_map(|stored| stored.names_below(INVOKE, arn.as_str()))
                    .collect(),
                ..gate
            },
        })
    }

    /// The same if this has to be the case as well.
    pub(in crate::links) fn also(mut self, what: &str) -> Self {
        if !what.is_empty() {
            self.besides.push(what.to_owned());
        }
        self
    }
}
