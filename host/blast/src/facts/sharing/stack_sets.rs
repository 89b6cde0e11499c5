//! Stack sets that the service runs with its own role in every account that has an instance.
//!
//! Sources: CloudFormation User Guide, "Create CloudFormation StackSets with service-managed permissions";
//! API reference, "DeploymentTargets".

use serde_json::Value;

use super::{Read, list, of, text, texts};

const STACK_SET: &str = "AWS::CloudFormation::StackSet";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[STACK_SET];

/// A stack set of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StackSetFacts {
    pub(crate) arn: String,
    pub(crate) account: String,
    /// None if each account has a role of its own for it.
    targets: Option<Vec<Targets>>,
}

/// Where some of its instances are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Targets {
    units: Vec<String>,
    accounts: Vec<String>,
    /// How the accounts change what the units say.
    filter: Option<String>,
}

impl StackSetFacts {
    /// Whether the service runs it in this account, in these units.
    pub(crate) fn runs_in(&self, account: &str, units: &[&str]) -> bool {
        let mut targets = self.targets.iter().flatten();
        targets.any(|targets| {
            let named = targets.accounts.iter().any(|id| id == account);
            let mut own = targets.units.iter();
            let within = own.any(|unit| units.contains(&unit.as_str()));
            match targets.filter.as_deref() {
                Some("DIFFERENCE") => within && !named,
                Some("INTERSECTION") => within && named,
                Some("UNION") => within || named,
                _ if targets.units.is_empty() => named,
                _ => within && (targets.accounts.is_empty() || named),
            }
        })
    }
}

/// The stack sets of an account.
pub(super) fn read(read: &[Read<'_>]) -> Vec<StackSetFacts> {
    let sets = of(read, STACK_SET).map(|(document, value)| {
        let managed = text(value, "/PermissionModel") == Some("SERVICE_MANAGED");
        let groups = list(value.pointer("/config/StackInstancesGroup"));
        StackSetFacts {
            arn: document.arn.to_string(),
            account: document.account.to_string(),
            targets: managed.then(|| groups.filter_map(targets).collect()),
        }
    });
    sets.collect()
}

fn targets(group: &Value) -> Option<Targets> {
    let targets = group.get("DeploymentTargets")?;
    let filter = targets.get("AccountFilterType").and_then(Value::as_str);
    Some(Targets {
        units: texts(targets.get("OrganizationalUnitIds")),
        accounts: texts(targets.get("Accounts")),
        filter: filter.map(str::to_owned),
    })
}
