//! Terms on one key that cannot be met together: found by trying the values that policies tell apart.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Reach;
use super::requirement::Requirement;
use crate::condition::{Condition, OperatorKind};
use crate::context::Known;
use crate::decide::{Layers, StatementRef};
use crate::language::Policy;

/// So many values of a key are tried; more are taken as possible.
const MOST: usize = 64;

/// A value that no policy names.
const OTHER: &str = "a value that no policy names";

/// The statement of the last of several terms on one key that no value of the key meets together; none if some value
/// may, `once` being the answer with the key fixed. Keys whose tests are not told apart by single values are left
/// alone.
pub(super) fn excluded(
    requirements: &[Requirement],
    layers: &Layers<'_>,
    once: impl Fn(&str, Known) -> Reach,
) -> Option<StatementRef> {
    let keys = requirements.iter().enumerate().filter_map(|(place, one)| {
        let earlier = requirements.get(..place)?;
        let key = one.any_of.first()?.key.to_ascii_lowercase();
        let again = earlier.iter().flat_map(|other| &other.any_of);
        let mut again = again.filter(|test| test.key.eq_ignore_ascii_case(&key));
        again.next()?;
        Some((key, &one.statement))
    });
    for (key, statement) in keys {
        if let Some(values) = values(&key, layers)
            && !values
                .into_iter()
                .any(|known| once(&key, known).is_possible())
        {
            return Some(statement.clone());
        }
    }
    None
}

/// Values of a key that stand for all that policies tell apart; none if they cannot be listed.
fn values(key: &str, layers: &Layers<'_>) -> Option<Vec<Known>> {
    // What tags are, variables of resources ask for as well.
    if key.contains("tag/") || key.starts_with("aws:user") {
        return None;
    }
    let mut texts: Vec<String> = vec![OTHER.to_owned()];
    let statements = policies(layers).flat_map(|policy| &policy.statements);
    let conditions = statements.flat_map(|statement| &statement.conditions);
    for condition in conditions.filter(|condition| &*condition.key == key) {
        texts.extend(told_apart(condition)?);
    }
    texts.sort();
    texts.dedup();
    if texts.len() > MOST {
        return None;
    }
    let fixed = texts.into_iter().map(|text| Known::Fixed(vec![text]));
    Some(fixed.chain([Known::Absent]).collect())
}

fn policies<'a>(layers: &Layers<'a>) -> impl Iterator<Item = &'a Policy> + use<'a> {
    let levels = [layers.scps, layers.rcps].into_iter().flatten().flatten();
    let levels = levels.flat_map(|level| level.iter());
    let several = [layers.identity, layers.vpc_endpoints];
    let several = several.into_iter().chain(layers.session).flatten();
    let single = [layers.boundary, layers.resource].into_iter().flatten();
    levels.chain(several).copied().chain(single)
}

/// The values that a test tells apart from each other and from all others.
fn told_apart(condition: &Condition) -> Option<Vec<String>> {
    let values = condition.values.iter().map(|value| value.as_str());
    if condition.operator.quantifier.is_some() || values.clone().any(|value| value.contains("${")) {
        return None;
    }
    match condition.operator.kind {
        OperatorKind::StringEquals => Some(values.map(str::to_owned).collect()),
        OperatorKind::Bool => Some(vec!["true".to_owned(), "false".to_owned()]),
        OperatorKind::Null => Some(Vec::new()),
        OperatorKind::IpAddress => {
            let mut ends = Vec::new();
            for value in values {
                let address = value.parse::<IpAddr>().map(IpNet::from);
                ends.extend(around(&value.parse::<IpNet>().or(address).ok()?));
            }
            Some(ends.iter().map(IpAddr::to_string).collect())
        }
        _ => None,
    }
}

/// The addresses at both ends of a block, inside and outside: whatever other blocks there are, each part that they
/// leave has one such address.
fn around(block: &IpNet) -> Vec<IpAddr> {
    let (first, last) = (block.network(), block.broadcast());
    let beside = |address: IpAddr, up: bool| match address {
        IpAddr::V4(address) => {
            let bits = u32::from(address);
            let next = if up {
                bits.checked_add(1)
            } else {
                bits.checked_sub(1)
            };
            next.map(|bits| IpAddr::V4(bits.into()))
        }
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            let next = if up {
                bits.checked_add(1)
            } else {
                bits.checked_sub(1)
            };
            next.map(|bits| IpAddr::V6(bits.into()))
        }
    };
    let outside = [beside(first, false), beside(last, true)];
    [first, last]
        .into_iter()
        .chain(outside.into_iter().flatten())
        .collect()
}
