//! Several sessions in one account, where what is to be collected does not fit into one session policy.
//!
//! STS takes two thousand characters as a session policy. Rather than leave something out, or narrow less,
//! an account is entered again, each time for a part of the types.

use std::collections::BTreeSet;

use blastwall_collect::{Request, Snapshot};
use blastwall_model::{Access, GLOBAL, Gap, GapKind};
use blastwall_organization::{PolicyTooLarge, SessionPolicy};

/// The parts of a request, each with the policy of its session. Types with a collector of their own come
/// before those that Cloud Control is asked for.
pub(crate) fn visits(request: &Request) -> Result<Vec<(Request, SessionPolicy)>, PolicyTooLarge> {
    let error = match SessionPolicy::new(blastwall_collect::actions(request)) {
        Ok(policy) => return Ok(vec![(request.clone(), policy)]),
        Err(error) => error,
    };
    let own = blastwall_collect::types();
    let (first, second): (BTreeSet<String>, BTreeSet<String>) = request
        .types
        .iter()
        .cloned()
        .partition(|kind| own.contains(kind.as_str()));
    let parts = if first.is_empty() || second.is_empty() {
        let half = request.types.len() / 2;
        let mut first = request.types.clone();
        let middle = first.iter().nth(half).cloned().unwrap_or_default();
        let second = first.split_off(&middle);
        [first, second]
    } else {
        [first, second]
    };
    if parts.iter().any(BTreeSet::is_empty) {
        return Err(error);
    }
    let mut all = Vec::new();
    for types in parts {
        let part = Request {
            types,
            ..request.clone()
        };
        all.extend(visits(&part)?);
    }
    Ok(all)
}

/// Both of what two visits brought. The types of the second are missing where it could not enter.
pub(crate) fn join(mut first: Snapshot, second: Snapshot, types: &BTreeSet<String>) -> Snapshot {
    let coverage = &mut first.coverage;
    match second.coverage.access {
        Access::Entered { .. } => {}
        Access::Refused { answer, .. } | Access::Skipped { reason: answer } => {
            coverage.gaps.push(Gap {
                types: types.iter().cloned().collect(),
                action: "sts:AssumeRole".to_owned(),
                region: GLOBAL.to_owned(),
                resource: None,
                kind: GapKind::Denied,
                answer,
            });
        }
    }
    first.documents.extend(second.documents);
    first
        .documents
        .sort_by(|one, other| (&one.kind, &one.arn).cmp(&(&other.kind, &other.arn)));
    coverage.regions.extend(second.coverage.regions);
    coverage.regions.sort();
    coverage.regions.dedup();
    for (place, service) in second.coverage.services {
        let known = coverage.services.entry(place).or_default();
        for (action, calls) in service.calls {
            *known.calls.entry(action).or_default() += calls;
        }
        for (kind, count) in service.resources {
            *known.resources.entry(kind).or_default() += count;
        }
    }
    coverage.gaps.extend(second.coverage.gaps);
    coverage.gaps.sort();
    coverage.gaps.dedup();
    first
}

#[cfg(test)]
mod tests {
    use blastwall_blast::PRINCIPAL_TYPES;

    use super::*;
    use crate::plan::{BLAST_TYPES, DATA_TYPES};

    fn request(types: impl Iterator<Item = String>) -> Request {
        Request {
            types: types.collect(),
            tags: true,
            regions: None,
        }
    }

    /// Each further one would cost a session and a listing of regions an account. The one account that is asked
    /// about the workforce as well may take more.
    #[test]
    fn a_live_blast_radius_takes_one_visit_an_account() {
        let types = PRINCIPAL_TYPES
            .iter()
            .chain(&BLAST_TYPES)
            .chain(&DATA_TYPES);
        let parts = visits(&Request {
            tags: false,
            ..request(types.map(|kind| (*kind).to_owned()))
        })
        .unwrap();
        let policies: Vec<&str> = parts.iter().map(|(_, policy)| policy.as_str()).collect();
        assert_eq!(parts.len(), 1, "{policies:#?}");
    }

    #[test]
    fn what_fits_is_one_visit_and_nothing_is_lost_of_what_does_not() {
        let few = request(["AWS::S3::Bucket".to_owned()].into_iter());
        assert_eq!(visits(&few).unwrap().len(), 1);
        let own = blastwall_collect::types().into_iter().map(str::to_owned);
        let many = request(own.chain(crate::deep_types()));
        let parts = visits(&many).unwrap();
        assert!(parts.len() > 1);
        let all: Vec<&String> = parts.iter().flat_map(|(part, _)| &part.types).collect();
        assert_eq!(all.len(), many.types.len());
        assert!(many.types.iter().all(|kind| all.contains(&kind)));
    }
}
