//! What an operation of a service is: the action that allows it, what it is asked of, and how it
//! is answered.

use blastwall_model::{AccountId, Arn, Tags};
use serde_json::Value;

use crate::credentials::Principal;
use crate::failure::Failure;
use crate::request::Input;
use crate::simulator::Simulation;
use crate::state::Account;
use crate::xml::Element;

/// One operation of a service.
pub(crate) struct Operation {
    /// Its name on the wire.
    pub(crate) name: &'static str,
    /// The IAM action that allows it; none if everybody may.
    pub(crate) action: Option<&'static str>,
    /// Whether policies are asked before it runs; if not, it asks them itself or needs none.
    pub(crate) checked: bool,
    /// What it is asked of.
    pub(crate) target: fn(&Call<'_>) -> Result<Target, Failure>,
    /// The answer, once it is allowed.
    pub(crate) run: fn(&Call<'_>) -> Result<Answer, Failure>,
}

/// Lists that are asked of the caller's account as a whole.
pub(crate) const fn listing(
    name: &'static str,
    action: &'static str,
    run: fn(&Call<'_>) -> Result<Answer, Failure>,
) -> Operation {
    Operation {
        name,
        action: Some(action),
        checked: true,
        target: Target::everything,
        run,
    }
}

/// Operations that are asked of one resource.
pub(crate) const fn of_resource(
    name: &'static str,
    action: &'static str,
    target: fn(&Call<'_>) -> Result<Target, Failure>,
    run: fn(&Call<'_>) -> Result<Answer, Failure>,
) -> Operation {
    Operation {
        name,
        action: Some(action),
        checked: true,
        target,
        run,
    }
}

/// What an operation is asked of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    /// The resource; none if the action has no resource.
    pub(crate) arn: Option<Arn>,
    /// The account that owns it; none if it is the caller's.
    pub(crate) account: Option<AccountId>,
    /// The policy of the resource, if it has one.
    pub(crate) policy: Option<Value>,
    /// Its tags.
    pub(crate) tags: Tags,
    /// The document that it is about, where that is not the resource that policies name.
    pub(crate) document: Option<(AccountId, Arn)>,
    /// Whether strangers are kept out of it if its policy is public.
    pub(crate) restrict_public_buckets: bool,
}

impl Target {
    /// The account as a whole.
    pub(crate) fn everything(_: &Call<'_>) -> Result<Self, Failure> {
        Ok(Self::default())
    }

    /// A resource of the caller's account without a policy of its own.
    pub(crate) fn resource(arn: Arn) -> Self {
        Self {
            arn: Some(arn),
            ..Self::default()
        }
    }
}

/// An operation being called.
pub(crate) struct Call<'a> {
    pub(crate) simulation: &'a Simulation,
    pub(crate) principal: &'a Principal,
    pub(crate) region: &'a str,
    pub(crate) input: Input,
}

impl<'a> Call<'a> {
    /// The account of the caller.
    ///
    /// # Errors
    /// If it has been taken away, which callers that were checked at the start never see.
    pub(crate) fn account(&self) -> Result<&'a Account, Failure> {
        self.simulation
            .state
            .accounts
            .get(&self.principal.account)
            .ok_or_else(|| Failure::new(500, "InternalFailure", "the account does not exist"))
    }

    /// An ARN in the caller's account.
    ///
    /// # Errors
    /// If the resource part is empty.
    pub(crate) fn arn(&self, service: &str, region: &str, resource: &str) -> Result<Arn, Failure> {
        format!(
            "arn:{}:{service}:{region}:{}:{resource}",
            self.simulation.state.partition, self.principal.account
        )
        .parse()
        .map_err(|_| Failure::validation("the name of the resource is empty"))
    }

    /// An input that the operation cannot do without.
    ///
    /// # Errors
    /// If it was not sent.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Failure> {
        self.input
            .get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Failure::validation(format!("the parameter {name} is missing")))
    }

    /// How many entries a page may hold, if the client asks for so many.
    pub(crate) fn page_size(&self, parameter: &str) -> usize {
        let limit = self.simulation.options.page_size;
        self.input
            .number(parameter)
            .map_or(limit, |asked| asked.min(limit))
    }
}

/// What an operation answers, before the protocol wraps it.
pub(crate) enum Answer {
    /// Elements: the children are the members of the answer. S3 sends the element itself.
    Xml(Element),
    /// A JSON object.
    Json(Value),
    /// A JSON document as it is, the body of S3's `GetBucketPolicy`.
    Document(String),
}
