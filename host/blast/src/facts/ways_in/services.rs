//! What is on the internet by itself: addresses of functions, services of App Runner, clusters of EKS.

use serde_json::Value;

use super::documents::{Documents, One};
use super::hosts::STRANGERS_CODE;
use super::ranges::{Share, share_of};
use super::{Exposure, Likelihood, Past, WaysIn, function_of};
use crate::facts::workload_kinds::CLUSTER;

pub(super) const TYPES: [&str; 3] = [URL, APP_RUNNER, CLUSTER];

const URL: &str = "AWS::Lambda::Url";
const APP_RUNNER: &str = "AWS::AppRunner::Service";

pub(super) fn add_ways(documents: &Documents<'_>, ways: &mut WaysIn) {
    for one in documents.of(URL) {
        if one.text("/AuthType") == Some("NONE") {
            add_url(one, ways);
        }
    }
    let filters = super::balancers::web_acls(documents);
    for one in documents.of(APP_RUNNER) {
        // Public unless it is said otherwise. Source: App Runner API Reference, `IngressConfiguration`.
        let public = one.at("/NetworkConfiguration/IngressConfiguration/IsPubliclyAccessible");
        let paused = matches!(one.text("/Status"), Some("PAUSED" | "DELETED"));
        if paused || public.and_then(Value::as_bool) == Some(false) {
            continue;
        }
        let filter = filters.get(one.arn());
        let filter = filter.map(|acl| format!(", filtered by the web ACL {acl}"));
        let by = format!(
            "the service has an address on the internet{}",
            filter.unwrap_or_default()
        );
        ways.add(one.arn(), low(by, STRANGERS_CODE, None));
    }
    for one in documents.of(CLUSTER) {
        add_cluster(one, ways);
    }
}

fn add_url(one: &One<'_>, ways: &mut WaysIn) {
    let partition = one.document.arn.partition();
    let Some(name) = one.text("/TargetFunctionArn") else {
        return;
    };
    let Some((function, behind)) = function_of(name, partition, one.region(), one.account()) else {
        return;
    };
    let qualifier = one.text("/Qualifier").map(str::to_owned).or(behind);
    let by = "a function URL asks nobody who they are".to_owned();
    let past = Some(Past::Url { qualifier });
    ways.add(
        &function,
        low(by, "the function would have to run code of strangers", past),
    );
}

/// The endpoint of the Kubernetes API, which is public unless it is said otherwise. Source: EKS User Guide,
/// "Cluster API server endpoint".
fn add_cluster(one: &One<'_>, ways: &mut WaysIn) {
    let Some(network) = one.at("/ResourcesVpcConfig") else {
        return;
    };
    if network.get("EndpointPublicAccess").and_then(Value::as_bool) == Some(false) {
        return;
    }
    let ranges = super::documents::texts(network.get("PublicAccessCidrs"));
    let mut conditions = Vec::new();
    if !ranges.is_empty() {
        match share_of(&ranges) {
            Share::World => {}
            Share::Large => {
                conditions
                    .push("the attacker sends from an address that the endpoint takes".to_owned());
            }
            Share::Little => return,
        }
    }
    let exposure = low(
        "the endpoint of the Kubernetes API is on the internet".to_owned(),
        "the Kubernetes API asks for a credential of the cluster",
        None,
    );
    ways.add(
        one.arn(),
        Exposure {
            conditions,
            ..exposure
        },
    );
}

fn low(by: String, because: &str, past: Option<Past>) -> Exposure {
    Exposure {
        by,
        likelihood: Likelihood::Low,
        because: because.to_owned(),
        conditions: Vec::new(),
        past,
    }
}
