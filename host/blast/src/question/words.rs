//! Decisions in the words of an answer.

use blastwall_policy::decide::{LayerTrace, StatementTrace};
use blastwall_policy::{Decision, DecisionKind, Effect, Layer, Reason, StatementRef};

use super::answer::{LayerAnswer, StatementAnswer};
use crate::judge::{Case, Judge, ResourcePolicy};

/// Where the levels of an organization's policies are attached, in words.
pub(super) struct Places {
    pub(super) scps: Vec<String>,
    pub(super) rcps: Vec<String>,
}

impl Places {
    fn of(&self, layer: Layer) -> Option<&str> {
        match layer {
            Layer::Scp { level } => self.scps.get(level),
            Layer::Rcp { level } => self.rcps.get(level),
            _ => None,
        }
        .map(String::as_str)
    }
}

pub(super) fn reason(
    judge: &Judge<'_>,
    case: &Case<'_>,
    places: &Places,
    decision: &Decision,
) -> String {
    let how = match decision.kind {
        DecisionKind::Allowed => "allowed",
        DecisionKind::ExplicitlyDenied => "denied",
        DecisionKind::ImplicitlyDenied => "not allowed",
    };
    match &decision.reason {
        Reason::Statement(at) => {
            let evidence = judge.evidence(case, at);
            let place = attached_to(places, at.layer);
            format!(
                "{how} by {}, {} ({}{place})",
                evidence.policy, evidence.statement, evidence.layer
            )
        }
        Reason::MissingAllow(layer) => {
            let names = policies_of(judge, case, *layer);
            let place = format!(
                "{}{}",
                layer_name(case, *layer),
                attached_to(places, *layer)
            );
            if names.is_empty() {
                format!("{how}: no statement of the {place} allows it")
            } else {
                let names = names.join(", ");
                format!("{how}: no statement of the {place} allows it ({names})")
            }
        }
        Reason::Rule(rule) => format!("{how}: {rule}"),
    }
}

fn attached_to(places: &Places, layer: Layer) -> String {
    places
        .of(layer)
        .map_or_else(String::new, |place| format!(" of {place}"))
}

pub(super) fn layer_name(case: &Case<'_>, layer: Layer) -> &'static str {
    match layer {
        Layer::Scp { .. } => "service control policies",
        Layer::Rcp { .. } => "resource control policies",
        Layer::VpcEndpoint { .. } => "VPC endpoint policies",
        Layer::Resource => match case.resource_policy {
            Some(ResourcePolicy::Trust(..)) => "trust policy",
            Some(ResourcePolicy::Resource(..)) => "bucket policy",
            Some(ResourcePolicy::Granted(..)) => "key policy",
            Some(ResourcePolicy::NotSeen | ResourcePolicy::Opened) | None => "resource policy",
        },
        Layer::Identity => "identity policies",
        Layer::Boundary => "permissions boundary",
        Layer::Session => "session policies",
    }
}

/// The names of the policies in a layer.
pub(super) fn policies_of(judge: &Judge<'_>, case: &Case<'_>, layer: Layer) -> Vec<String> {
    let count = judge.with_layers(case, |layers| {
        (0..)
            .take_while(|index| layer.policy(layers, *index).is_some())
            // A layer of one policy has it at every index.
            .take(match layer {
                Layer::Resource | Layer::Boundary | Layer::VpcEndpoint { .. } => 1,
                _ => usize::MAX,
            })
            .count()
    });
    (0..count)
        .map(|policy| {
            let at = StatementRef {
                layer,
                policy,
                statement: 0,
                sid: None,
            };
            judge.evidence(case, &at).policy.to_string()
        })
        .collect()
}

pub(super) fn layer_answer(
    judge: &Judge<'_>,
    case: &Case<'_>,
    places: &Places,
    layer: &LayerTrace,
) -> LayerAnswer {
    LayerAnswer {
        layer: layer_name(case, layer.layer).to_owned(),
        level: match layer.layer {
            Layer::Scp { level } | Layer::Rcp { level } => Some(level),
            _ => None,
        },
        place: places.of(layer.layer).map(str::to_owned),
        policies: policies_of(judge, case, layer.layer),
        verdict: layer.verdict.to_string(),
        statements: layer
            .statements
            .iter()
            .map(|told| statement(judge, case, &told.at, Some(told)))
            .collect(),
    }
}

pub(super) fn statement(
    judge: &Judge<'_>,
    case: &Case<'_>,
    at: &StatementRef,
    told: Option<&StatementTrace>,
) -> StatementAnswer {
    let evidence = judge.evidence(case, at);
    StatementAnswer {
        policy: evidence.policy.to_string(),
        index: at.statement,
        sid: at.sid.as_ref().map(ToString::to_string),
        effect: told.map(|told| match told.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        }),
        misses: told.and_then(|told| told.miss.as_ref().map(ToString::to_string)),
        text: evidence.text.to_string(),
    }
}
