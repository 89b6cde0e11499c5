//! Which types Cloud Control can list, and what reading them takes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// A type as the table has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Listed<'a> {
    /// The type, `AWS::SecurityHub::Hub`.
    #[serde(rename = "type")]
    pub(crate) kind: &'a str,
    /// What its list and read handlers do with the caller's credentials, as far as it reads settings.
    #[serde(borrow)]
    pub(crate) actions: Vec<&'a str>,
    /// The property with its ARN, if one has it.
    #[serde(borrow)]
    pub(super) arn: Option<&'a str>,
    /// The property with its tags, if it has any.
    #[serde(borrow)]
    pub(super) tags: Option<&'a str>,
    /// How it is found, if it cannot be listed by itself.
    #[serde(borrow)]
    pub(super) below: Option<Below<'a>>,
}

/// How resources are found that belong to one of another type.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Below<'a> {
    /// The type of their parents, of the same service.
    pub(super) of: &'a str,
    /// The property by which a list below one parent names it; without one there is a single resource, and it
    /// has the identifier of its parent.
    #[serde(borrow)]
    pub(super) by: Option<&'a str>,
}

/// Written by `tests/cloudformation/schemas.py` from the handlers that CloudFormation's resource schemas
/// declare, and held to them by a test. Types whose parent the schemas do not tell are left out.
const TABLE: &str = include_str!("types.json");

static TYPES: LazyLock<BTreeMap<&'static str, Listed<'static>>> = LazyLock::new(|| {
    // A test reads the table; were it broken, there would be no type in it.
    let types: Vec<Listed<'static>> = serde_json::from_str(TABLE).unwrap_or_default();
    types
        .into_iter()
        .map(|listed| (listed.kind, listed))
        .collect()
});

/// Services with one endpoint for all regions: they are asked once.
/// Source: AWS General Reference, "Service endpoints and quotas", the pages of these services.
const GLOBAL: &[&str] = &[
    "BCMDataExports",
    "Billing",
    "BillingConductor",
    "Budgets",
    "CE",
    "CUR",
    "CloudFront",
    "IAM",
    "Invoicing",
    "Organizations",
    "Route53",
    "Shield",
];

impl Listed<'_> {
    /// Whether its service has one endpoint for all regions.
    pub(crate) fn is_global(&self) -> bool {
        let service = self.kind.split("::").nth(1);
        service.is_some_and(|service| GLOBAL.contains(&service))
    }
}

/// The entry of a type.
pub(crate) fn listed(kind: &str) -> Option<&'static Listed<'static>> {
    TYPES.get(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_only_reads() {
        assert!(TYPES.len() > 1_000, "{}", TYPES.len());
        for listed in TYPES.values() {
            for action in &listed.actions {
                let (_, name) = action.split_once(':').unwrap();
                let reads = ["GET", "Get", "List", "Describe", "BatchGet", "Search"]
                    .iter()
                    .any(|verb| name.starts_with(verb));
                assert!(reads, "{}: {action}", listed.kind);
            }
        }
    }

    #[test]
    fn what_belongs_to_a_parent_is_found_below_it() {
        let below = |kind| listed(kind).unwrap().below.clone().unwrap();
        let entry = below("AWS::EKS::AccessEntry");
        assert_eq!(entry.of, "AWS::EKS::Cluster");
        assert_eq!(entry.by, Some("ClusterName"));
        assert_eq!(below("AWS::SQS::QueueInlinePolicy").by, None);
        for listed in TYPES.values() {
            let Some(below) = &listed.below else { continue };
            let parent = TYPES.get(below.of).unwrap();
            assert_eq!(parent.below, None, "{}", listed.kind);
        }
    }

    #[test]
    fn global_services_are_in_the_table() {
        for service in GLOBAL {
            let prefix = format!("AWS::{service}::");
            assert!(
                TYPES.keys().any(|kind| kind.starts_with(&prefix)),
                "{service}"
            );
        }
        assert!(listed("AWS::Route53::HostedZone").unwrap().is_global());
        assert!(!listed("AWS::SecurityHub::Hub").unwrap().is_global());
        assert_eq!(listed("AWS::No::Such"), None);
    }
}
