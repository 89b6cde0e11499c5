//! APIs of API Gateway that ask nobody who they are, and the functions and load balancers behind them.
//!
//! Sources: API Gateway Developer Guide, "How API Gateway resource policies affect authorization workflow"
//! (without another authorization the policy has to allow it), "Control and manage access to HTTP APIs",
//! "Disable the default endpoint".

use std::collections::BTreeMap;

use blastwall_model::Arn;
use serde_json::Value;

use super::balancers::{Balancers, web_acls};
use super::documents::{Documents, One};
use super::hosts::STRANGERS_CODE;
use super::open::Sender;
use super::{Exposure, Likelihood, Past, WaysIn, function_of};
use crate::facts::stores::StorePolicy;
use crate::facts::{Policies, Unjudged, in_words};

pub(super) const TYPES: [&str; 10] = [
    REST_API,
    "AWS::ApiGateway::Method",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::VpcLink",
    API,
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::VpcLink",
];

const REST_API: &str = "AWS::ApiGateway::RestApi";
const API: &str = "AWS::ApiGatewayV2::Api";

const SERVICE: &str = "apigateway.amazonaws.com";

pub(super) fn add_ways(
    documents: &Documents<'_>,
    balancers: &Balancers<'_>,
    policies: &mut Policies,
    unjudged: &mut Vec<Unjudged>,
    ways: &mut WaysIn,
) {
    let filters = web_acls(documents);
    for one in documents.of(REST_API) {
        add_rest_api(
            documents, balancers, &filters, one, policies, unjudged, ways,
        );
    }
    for one in documents.of(API) {
        add_api(documents, balancers, one, ways);
    }
}

/// The id of an API, or of something of one.
fn id_of<'a>(one: &'a One<'_>, names: &[&str]) -> &'a str {
    let mut given = names.iter().filter_map(|name| one.text(name));
    let last = one.arn().rsplit('/').next().unwrap_or_default();
    given.next().unwrap_or(last)
}

/// What an API is called.
fn name_of<'a>(one: &'a One<'_>, id: &'a str) -> &'a str {
    one.text("/Name").unwrap_or(id)
}

fn is_true(one: &One<'_>, name: &str) -> bool {
    one.at(name).and_then(Value::as_bool) == Some(true)
}

/// What has to be the case for an API to answer at all; none if it does not.
fn served(
    documents: &Documents<'_>,
    one: &One<'_>,
    id: &str,
    (of_api, mapping): (&str, &str),
) -> Option<Vec<String>> {
    if !is_true(one, "/DisableExecuteApiEndpoint") {
        return Some(Vec::new());
    }
    // Without an address of its own it answers under the names that lead to it.
    let mapped = documents.of(mapping).iter();
    let mut mapped = mapped.filter(|one| one.text(of_api) == Some(id));
    match mapped.next() {
        Some(_) => Some(Vec::new()),
        None if documents.has(mapping) => None,
        None => Some(vec![format!(
            "a domain name leads to the API {}",
            name_of(one, id)
        )]),
    }
}

fn add_rest_api(
    documents: &Documents<'_>,
    balancers: &Balancers<'_>,
    filters: &BTreeMap<String, String>,
    one: &One<'_>,
    policies: &mut Policies,
    unjudged: &mut Vec<Unjudged>,
    ways: &mut WaysIn,
) {
    let id = id_of(one, &["/RestApiId"]);
    if one
        .texts("/EndpointConfiguration/Types")
        .iter()
        .any(|kind| kind == "PRIVATE")
    {
        return;
    }
    let mapping = ("/RestApiId", "AWS::ApiGateway::BasePathMapping");
    let Some(served) = served(documents, one, id, mapping) else {
        return;
    };
    let stages = documents.of("AWS::ApiGateway::Stage").iter();
    let mut own_stages = stages
        .filter(|stage| stage.text("/RestApiId") == Some(id))
        .peekable();
    if documents.has("AWS::ApiGateway::Stage") && own_stages.peek().is_none() {
        return;
    }
    let filter = filters.iter().find(|(resource, _)| {
        let of_api = format!("/restapis/{id}/");
        resource.contains(&of_api)
    });
    let filter = filter.map(|(_, acl)| format!(", filtered by the web ACL {acl}"));
    let by = format!(
        "the API {} asks nobody who they are{}",
        name_of(one, id),
        filter.unwrap_or_default()
    );
    let arn = format!(
        "arn:{}:execute-api:{}:{}:{id}",
        one.document.arn.partition(),
        one.region(),
        one.account()
    );
    let policy = policy(one, &arn, policies, unjudged);
    let Ok(arn) = arn.parse::<Arn>() else { return };
    let past = |then| match policy {
        StorePolicy::None => then,
        ref policy => Some(Past::Api {
            arn: arn.clone(),
            policy: policy.clone(),
            then: Box::new(then),
        }),
    };
    let methods = documents.of("AWS::ApiGateway::Method").iter();
    for method in methods.filter(|method| method.text("/RestApiId") == Some(id)) {
        if method.text("/AuthorizationType").unwrap_or("NONE") != "NONE" {
            continue;
        }
        let mut conditions = served.clone();
        if is_true(method, "/ApiKeyRequired") {
            conditions.push(API_KEY.to_owned());
        }
        let uri = method.text("/Integration/Uri").unwrap_or_default();
        let role = method.text("/Integration/Credentials").is_some();
        if let Some((function, qualifier)) = invoked(uri, one) {
            let then = (!role).then(|| Past::Service {
                service: SERVICE,
                source: id.to_owned(),
                qualifier,
            });
            ways.add(&function, exposure(&by, conditions, past(then)));
        } else if method.text("/Integration/ConnectionType") == Some("VPC_LINK") {
            let link = method.text("/Integration/ConnectionId").unwrap_or_default();
            let links = documents.of("AWS::ApiGateway::VpcLink").iter();
            let links = links.filter(|one| id_of(one, &["/VpcLinkId"]) == link);
            for target in links.flat_map(|link| link.texts("/TargetArns")) {
                let mut behind = WaysIn::default();
                balancers.add_ways_behind(&target, None, &by, &mut behind);
                add_behind(behind, &conditions, &past(None), ways);
            }
        }
    }
}

/// Adds what is behind an API in the network, under the conditions of the API.
fn add_behind(behind: WaysIn, conditions: &[String], past: &Option<Past>, ways: &mut WaysIn) {
    let with = |exposure: Exposure| Exposure {
        conditions: conditions
            .iter()
            .cloned()
            .chain(exposure.conditions)
            .collect(),
        past: match past {
            Some(Past::Api { arn, policy, .. }) => Some(Past::Api {
                arn: arn.clone(),
                policy: policy.clone(),
                then: Box::new(exposure.past),
            }),
            _ => exposure.past,
        },
        ..exposure
    };
    for (arn, exposures) in behind.to {
        for exposure in exposures {
            ways.add(&arn, with(exposure));
        }
    }
    for to in behind.to_addresses {
        ways.to_addresses.push(super::ToAddress {
            exposure: with(to.exposure),
            ..to
        });
    }
}

const API_KEY: &str = "the attacker has a key of the API";

/// The policy of an API. Its resources may be written in short, `execute-api:/stage/method/path`.
fn policy(
    one: &One<'_>,
    arn: &str,
    policies: &mut Policies,
    unjudged: &mut Vec<Unjudged>,
) -> StorePolicy {
    let mut note = |why: String| {
        unjudged.push(Unjudged {
            arn: one.document.arn.clone(),
            why: format!("policy: {why}"),
        });
        StorePolicy::Unknown
    };
    if one.is_unknown("Policy") {
        return note(
            "it could not be seen, so whether strangers are let in is not known".to_owned(),
        );
    }
    let parsed = match one.at("/Policy") {
        None | Some(Value::Null) => return StorePolicy::None,
        Some(Value::String(text)) if text.is_empty() => return StorePolicy::None,
        Some(Value::String(text)) => serde_json::from_str(text).map_err(in_words),
        Some(policy) => Ok(policy.clone()),
    };
    let kept = parsed.and_then(|mut policy: Value| {
        expand(&mut policy, arn);
        policies.keep(&policy).map_err(in_words)
    });
    match kept {
        Ok(index) => StorePolicy::Policy(index),
        Err(why) => note(why),
    }
}

/// Writes the resources of a policy in full.
fn expand(value: &mut Value, arn: &str) {
    match value {
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix("execute-api:/") {
                *text = format!("{arn}/{}", rest.trim_start_matches('/'));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| expand(value, arn)),
        Value::Object(values) => values.values_mut().for_each(|value| expand(value, arn)),
        _ => {}
    }
}

/// The function that an integration invokes:
/// `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:…/invocations`, or its ARN.
fn invoked(uri: &str, one: &One<'_>) -> Option<(String, Option<String>)> {
    let start = uri.find("arn:").filter(|_| uri.contains(":function:"))?;
    let inner = match uri.rfind("/functions/") {
        Some(place) => uri.get(place + "/functions/".len()..)?,
        None => uri.get(start..)?,
    };
    let arn = inner.split('/').next()?;
    let partition = one.document.arn.partition();
    function_of(arn, partition, one.region(), one.account())
}

fn add_api(documents: &Documents<'_>, balancers: &Balancers<'_>, one: &One<'_>, ways: &mut WaysIn) {
    let id = id_of(one, &["/ApiId"]);
    let mapping = ("/ApiId", "AWS::ApiGatewayV2::ApiMapping");
    let Some(mut conditions) = served(documents, one, id, mapping) else {
        return;
    };
    let all_routes = documents.of("AWS::ApiGatewayV2::Route");
    let routes: Vec<&One<'_>> = all_routes
        .iter()
        .filter(|route| route.text("/ApiId") == Some(id))
        .collect();
    let is_open = |route: &One<'_>| route.text("/AuthorizationType").unwrap_or("NONE") == "NONE";
    let is_socket = one.text("/ProtocolType") == Some("WEBSOCKET");
    if is_socket {
        // Who may connect may send.
        let connect = routes
            .iter()
            .find(|route| route.text("/RouteKey") == Some("$connect"));
        if connect.is_some_and(|route| !is_open(route)) {
            return;
        }
        if connect.is_some_and(|route| is_true(route, "/ApiKeyRequired")) {
            conditions.push(API_KEY.to_owned());
        }
    }
    let by = format!("the API {} asks nobody who they are", name_of(one, id));
    let mut integrate = |uri: &str, link: Option<&str>, role: bool, conditions: Vec<String>| {
        if let Some((function, qualifier)) = invoked(uri, one) {
            let past = (!role).then(|| Past::Service {
                service: SERVICE,
                source: id.to_owned(),
                qualifier,
            });
            ways.add(&function, exposure(&by, conditions, past));
        } else if uri.contains(":elasticloadbalancing:") {
            let links = documents.of("AWS::ApiGatewayV2::VpcLink").iter();
            let mut links = links.filter(|one| Some(id_of(one, &["/VpcLinkId"])) == link);
            let mut behind = WaysIn::default();
            match links.next() {
                Some(link) => {
                    let (groups, subnets) =
                        (link.texts("/SecurityGroupIds"), link.texts("/SubnetIds"));
                    let what = format!("the link {}", link.text("/Name").unwrap_or(id));
                    let sender = Sender {
                        what: &what,
                        groups: &groups,
                        subnets: &subnets,
                        from: balancers.ranges_of(&subnets),
                    };
                    balancers.add_ways_behind(uri, Some(&sender), &by, &mut behind);
                }
                None => balancers.add_ways_behind(uri, None, &by, &mut behind),
            }
            add_behind(behind, &conditions, &None, ways);
        }
    };
    // Made in one go, with a route for everything.
    if let Some(target) = one.text("/Target").filter(|_| routes.is_empty()) {
        integrate(
            target,
            None,
            one.text("/CredentialsArn").is_some(),
            conditions.clone(),
        );
    }
    let integrations = documents.of("AWS::ApiGatewayV2::Integration").iter();
    for integration in integrations.filter(|other| other.text("/ApiId") == Some(id)) {
        let own = id_of(integration, &["/IntegrationId"]);
        let target = format!("integrations/{own}");
        let leading = routes
            .iter()
            .filter(|route| route.text("/Target") == Some(target.as_str()));
        let mut open = leading
            .filter(|route| is_socket || is_open(route))
            .peekable();
        let mut conditions = conditions.clone();
        if all_routes.is_empty() {
            conditions.push(
                "a route, which was not seen, leads there and asks nobody who they are".to_owned(),
            );
        } else if open.peek().is_none() {
            continue;
        } else if !is_socket && open.all(|route| is_true(route, "/ApiKeyRequired")) {
            conditions.push(API_KEY.to_owned());
        }
        let uri = integration.text("/IntegrationUri").unwrap_or_default();
        let link = integration.text("/ConnectionId");
        let role = integration.text("/CredentialsArn").is_some();
        integrate(uri, link, role, conditions);
    }
}

fn exposure(by: &str, conditions: Vec<String>, past: Option<Past>) -> Exposure {
    Exposure {
        by: by.to_owned(),
        likelihood: Likelihood::Low,
        because: STRANGERS_CODE.to_owned(),
        conditions,
        past,
    }
}

#[cfg(test)]
mod tests {
    use super::super::documents::text;
    use super::expand;

    #[test]
    fn resources_of_a_policy_are_written_in_full() {
        let mut policy = serde_json::json!({"Statement": [
            {"Resource": "execute-api:/*"},
            {"Resource": ["execute-api:/prod/GET/x", "arn:aws:execute-api:eu-west-1:1:abc/*"]}]});
        expand(&mut policy, "arn:aws:execute-api:eu-west-1:1:abc");
        let first = text(&policy, "/Statement/0/Resource");
        assert_eq!(first, Some("arn:aws:execute-api:eu-west-1:1:abc/*"));
        let second = text(&policy, "/Statement/1/Resource/0");
        assert_eq!(
            second,
            Some("arn:aws:execute-api:eu-west-1:1:abc/prod/GET/x")
        );
    }
}
