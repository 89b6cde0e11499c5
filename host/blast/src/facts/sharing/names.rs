//! Names that the hosts of a VPC resolve: private zones of Route 53 and rules of its resolver, with the VPCs that
//! they are associated with.
//!
//! Sources: Route 53 Developer Guide, "Working with private hosted zones" and "Managing forwarding rules".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Read, last, list, of, text};

const ZONE: &str = "AWS::Route53::HostedZone";
const RULE: &str = "AWS::Route53Resolver::ResolverRule";
const ASSOCIATION: &str = "AWS::Route53Resolver::ResolverRuleAssociation";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[ZONE, RULE, ASSOCIATION];

/// A zone or a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamesFacts {
    /// Whether it is a rule that forwards questions.
    pub(crate) forwards: bool,
    /// Its domain.
    pub(crate) domain: String,
    /// The VPCs that its own document tells.
    pub(crate) vpcs: BTreeSet<String>,
}

/// Zones and rules by ARN, and the VPCs that rules are associated with by their id.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResolvingFacts {
    pub(crate) names: BTreeMap<String, NamesFacts>,
    associations: BTreeMap<String, BTreeSet<String>>,
}

impl ResolvingFacts {
    pub(super) fn read(read: &[Read<'_>]) -> Self {
        let mut facts = Self::default();
        for (document, value) in of(read, ZONE) {
            let associated = ["/config/VPCs", "/observed/VPCs"];
            let vpcs = associated
                .into_iter()
                .flat_map(|place| list(value.pointer(place)))
                .filter_map(|vpc| vpc.get("VPCId").or_else(|| vpc.get("VpcId"))?.as_str());
            let names = NamesFacts {
                forwards: false,
                domain: text(value, "/Name").unwrap_or_default().to_owned(),
                vpcs: vpcs.map(str::to_owned).collect(),
            };
            facts.names.insert(document.arn.to_string(), names);
        }
        for (document, value) in of(read, RULE) {
            // A rule of the system asks nobody else.
            if text(value, "/RuleType").is_some_and(|kind| kind != "FORWARD") {
                continue;
            }
            let names = NamesFacts {
                forwards: true,
                domain: text(value, "/DomainName").unwrap_or_default().to_owned(),
                vpcs: BTreeSet::new(),
            };
            facts.names.insert(document.arn.to_string(), names);
        }
        for (_, value) in of(read, ASSOCIATION) {
            let status = value.pointer("/observed/Status").and_then(Value::as_str);
            let holds = status.is_none_or(|status| matches!(status, "COMPLETE" | "CREATING"));
            if let (Some(rule), Some(vpc), true) =
                (text(value, "/ResolverRuleId"), text(value, "/VPCId"), holds)
            {
                let vpcs = facts.associations.entry(last(rule).to_owned()).or_default();
                vpcs.insert(vpc.to_owned());
            }
        }
        facts
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.names.extend(other.names);
        for (rule, vpcs) in other.associations {
            self.associations.entry(rule).or_default().extend(vpcs);
        }
    }

    /// The VPCs whose hosts ask it.
    pub(crate) fn vpcs<'f>(&'f self, arn: &str, names: &'f NamesFacts) -> BTreeSet<&'f str> {
        let associated = names
            .forwards
            .then(|| self.associations.get(last(arn)))
            .flatten();
        names
            .vpcs
            .iter()
            .chain(associated.into_iter().flatten())
            .map(String::as_str)
            .collect()
    }
}
