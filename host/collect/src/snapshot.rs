//! One account, collected: all wanted types, side by side, into one sorted snapshot.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_aws::Session;
use blastwall_model::{Access, Coverage, Document, GLOBAL, Gap, GapKind, Service};
use futures::future::BoxFuture;
use futures::stream;
use futures::{FutureExt, StreamExt};

use crate::catalogue::{Run, by_cloud_control};
use crate::context::Context;
use crate::harvest::Harvest;
use crate::services::cloud_control;
use crate::{Collector, Shared, catalogue, regions, types};

/// How many (service, region) pairs of one account are collected side by side. Most of them wait
/// for one listing each; an account has about 17 regions of its own.
const PLACES_AT_ONCE: usize = 24;

/// What to collect of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The resource types. One that no collector produces is asked of Cloud Control, and leaves a gap
    /// if that does not list it either. Those of the organization
    /// (`AWS::Organizations::*`) are not an account's and have no place here.
    pub types: BTreeSet<String>,
    /// Whether to fetch tags that take calls of their own; without it they are unknown. Tags that
    /// come with other answers, as those of EC2 and of users and roles do, are always there.
    pub tags: bool,
    /// The regions to look at; none means all that are enabled in the account. Global services
    /// are always looked at; buckets count by the region that they are in.
    pub regions: Option<Vec<String>>,
}

/// All that was seen of an account at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The documents, sorted by type and ARN; no two have both in common.
    pub documents: Vec<Document>,
    /// What was asked, what came of it, and what could not be seen.
    pub coverage: Coverage,
}

/// Collects the requested types from the account that the session is in.
///
/// Always gives a snapshot: whatever is refused or fails is a gap in its coverage. `access` says
/// how the account was entered, for the coverage.
///
/// The session must allow the calls that [`declarations`](crate::declarations) gives for the
/// request.
pub async fn collect(
    session: &Session,
    request: &Request,
    shared: &Shared,
    access: Access,
) -> Snapshot {
    let mut context = Context {
        session,
        types: &request.types,
        tags: request.tags,
        shared,
        regions: &[],
        confined: request.regions.as_deref(),
    };
    let mut harvest = not_collected(&request.types);
    let regional = regional(&request.types);
    let mut looked_at = Vec::new();
    if !regional.is_empty() {
        let (regions, found) = regions::regions(&context, &regional).await;
        looked_at = regions;
        harvest.append(found);
    }
    context.regions = &looked_at;

    let mut places = stream::iter(places(&context)).buffer_unordered(PLACES_AT_ONCE);
    while let Some(found) = places.next().await {
        harvest.append(found);
    }
    drop(places);
    snapshot(session, looked_at, harvest, access)
}

/// Everything that is to be collected, place by place.
fn places<'a>(context: &'a Context<'a>) -> Vec<BoxFuture<'a, Harvest>> {
    let mut places = Vec::new();
    for collector in catalogue() {
        if collector.wanted(context.types).next().is_none() {
            continue;
        }
        match collector.run {
            Run::Global(run) | Run::AllRegions(run) => places.push(run(context)),
            Run::EachRegion(run) => {
                places.extend(context.regions.iter().map(|region| run(context, region)));
            }
        }
    }
    for listed in by_cloud_control(context.types) {
        let collect = |region| cloud_control::collect(context, listed, region).boxed();
        if listed.is_global() {
            places.push(collect(context.global_region()));
        } else {
            places.extend(context.regions.iter().map(|region| collect(region)));
        }
    }
    places
}

/// The wanted types that are collected region by region.
fn regional(wanted: &BTreeSet<String>) -> Vec<&'static str> {
    let own = catalogue()
        .iter()
        .filter(|collector| matches!(collector.run, Run::EachRegion(_)))
        .flat_map(|collector| collector.wanted(wanted))
        .map(|product| product.kind);
    let listed = by_cloud_control(wanted)
        .filter(|listed| !listed.is_global())
        .map(|listed| listed.kind);
    own.chain(listed).collect()
}

/// What nobody can list cannot be seen, and the coverage says so.
fn not_collected(wanted: &BTreeSet<String>) -> Harvest {
    let mut known = types();
    known.extend(by_cloud_control(wanted).map(|listed| listed.kind));
    let gaps = wanted
        .iter()
        .filter(|kind| !known.contains(kind.as_str()))
        .map(|kind| without_collector(kind))
        .collect();
    Harvest {
        documents: Vec::new(),
        gaps,
    }
}

/// The gap of a type that nobody can list.
#[must_use]
pub fn without_collector(kind: &str) -> Gap {
    Gap {
        types: vec![kind.to_owned()],
        action: String::new(),
        region: GLOBAL.to_owned(),
        resource: None,
        kind: GapKind::Unsupported,
        answer: "NoCollector: this version does not collect the type, and Cloud Control does not list it \
                 without a parent".to_owned(),
    }
}

fn snapshot(session: &Session, regions: Vec<String>, harvest: Harvest, access: Access) -> Snapshot {
    let Harvest {
        mut documents,
        mut gaps,
    } = harvest;
    documents.sort();
    documents.dedup_by(|one, other| one.kind == other.kind && one.arn == other.arn);
    gaps.sort();
    gaps.dedup();
    Snapshot {
        coverage: Coverage {
            account: session.account().clone(),
            access,
            regions,
            services: services(session.calls(), &documents),
            gaps,
        },
        documents,
    }
}

/// Calls and documents by `service/region`.
fn services(
    calls: BTreeMap<(String, &'static str), u64>,
    documents: &[Document],
) -> BTreeMap<String, Service> {
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    for ((region, action), count) in calls {
        let service = action.split(':').next().unwrap_or_default();
        let global = catalogue().iter().any(|collector| {
            collector.service == service && matches!(collector.run, Run::Global(_))
        });
        let region = if global { GLOBAL } else { &region };
        let entry = services.entry(format!("{service}/{region}")).or_default();
        *entry.calls.entry(action.to_owned()).or_default() += count;
    }
    for document in documents {
        let service = catalogue()
            .iter()
            .find(|collector| collector.produces(&document.kind))
            .map_or(cloud_control::SERVICE, |collector| collector.service);
        let entry = services
            .entry(format!("{service}/{}", document.region))
            .or_default();
        *entry.resources.entry(document.kind.clone()).or_default() += 1;
    }
    services
}

impl Collector {
    fn produces(&self, kind: &str) -> bool {
        self.products.iter().any(|product| product.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_without_a_collector_are_gaps() {
        let wanted = BTreeSet::from(["AWS::No::Such".to_owned(), "AWS::IAM::User".to_owned()]);
        let harvest = not_collected(&wanted);
        let [gap] = &harvest.gaps[..] else {
            panic!("{:?}", harvest.gaps)
        };
        assert_eq!(gap.types, ["AWS::No::Such"]);
        assert_eq!(gap.resource, None);
    }

    #[test]
    fn calls_and_documents_meet_by_service_and_region() {
        let calls = BTreeMap::from([
            (("us-east-1".to_owned(), "iam:GetAccountSummary"), 1),
            (("eu-west-1".to_owned(), "ec2:DescribeVolumes"), 2),
        ]);
        let documents = [
            r#"{"type":"AWS::IAM::User","arn":"arn:aws:iam::111122223333:user/a","account":"111122223333"}"#,
            r#"{"type":"AWS::EC2::Volume","arn":"arn:aws:ec2:eu-west-1:111122223333:volume/vol-1","account":"111122223333","region":"eu-west-1"}"#,
        ]
        .map(|json| Document::parse(json).unwrap());
        let services = services(calls, &documents);
        let keys: Vec<_> = services.keys().map(String::as_str).collect();
        assert_eq!(keys, ["ec2/eu-west-1", "iam/global"]);
        let volumes = &services["ec2/eu-west-1"];
        assert_eq!(volumes.calls["ec2:DescribeVolumes"], 2);
        assert_eq!(volumes.resources["AWS::EC2::Volume"], 1);
    }
}
