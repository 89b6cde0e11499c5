//! Elastic Load Balancing: application, network and gateway load balancers.
//!
//! Source: Elastic Load Balancing API Reference, version 2015-12-01.

use blastwall_model::Arn;
use serde_json::Value;

use crate::document::{items, list, members, scalar, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, listing};
use crate::page::page;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing(
        "DescribeLoadBalancers",
        "elasticloadbalancing:DescribeLoadBalancers",
        describe_load_balancers,
    ),
    about(
        "DescribeListeners",
        "elasticloadbalancing:DescribeListeners",
        |call| named(call, "LoadBalancerArn"),
        describe_listeners,
    ),
    about(
        "DescribeRules",
        "elasticloadbalancing:DescribeRules",
        |call| named(call, "ListenerArn"),
        describe_rules,
    ),
    listing(
        "DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetGroups",
        describe_target_groups,
    ),
    about(
        "DescribeTargetHealth",
        "elasticloadbalancing:DescribeTargetHealth",
        |call| named(call, "TargetGroupArn"),
        describe_target_health,
    ),
    listing(
        "DescribeTags",
        "elasticloadbalancing:DescribeTags",
        describe_tags,
    ),
];

const KIND: &str = "AWS::ElasticLoadBalancingV2";

/// The kinds of resource that have tags, below [`KIND`].
const TAGGED: [&str; 4] = ["LoadBalancer", "Listener", "ListenerRule", "TargetGroup"];

/// An operation about one resource that policies do not name: all that describes is about `*`.
/// Source: Service Authorization Reference, "Elastic Load Balancing V2".
const fn about(
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

fn named(call: &Call<'_>, parameter: &str) -> Result<Target, Failure> {
    let arn: Arn = call
        .required(parameter)?
        .parse()
        .map_err(|_| Failure::validation(format!("{parameter} is no ARN")))?;
    Ok(Target {
        document: Some((call.principal.account.clone(), arn)),
        ..Target::default()
    })
}

/// The resources of a kind in the caller's account and region.
fn documents<'a>(
    call: &Call<'a>,
    kind: &str,
) -> Result<impl Iterator<Item = &'a Value> + use<'a>, Failure> {
    Ok(call
        .account()?
        .documents(&format!("{KIND}::{kind}"), call.region)
        .collect::<Vec<_>>()
        .into_iter())
}

fn paged(call: &Call<'_>, name: &str, all: Vec<Element>) -> Result<Answer, Failure> {
    let page = page(all, call.input.get("Marker"), call.page_size("PageSize"))?;
    Ok(Answer::Xml(
        Element::new("")
            .list(name, page.items)
            .maybe("NextMarker", page.next),
    ))
}

fn member() -> Element {
    Element::new("member")
}

/// A list of texts.
fn texts(element: Element, document: &Value, pointer: &str, name: &str) -> Element {
    let texts = list(document, pointer).iter().filter_map(scalar);
    element.list(name, texts.map(|text| member().content(text)))
}

fn describe_load_balancers(call: &Call<'_>) -> Result<Answer, Failure> {
    let balancers = documents(call, "LoadBalancer")?.map(|balancer| {
        let zones = items(balancer, "/config/Subnets", &[("", "SubnetId")]);
        let state = text(balancer, "/observed/State");
        let element = members(
            member(),
            balancer,
            &[
                ("/arn", "LoadBalancerArn"),
                ("/config/Name", "LoadBalancerName"),
                ("/config/Scheme", "Scheme"),
                ("/config/Type", "Type"),
                ("/config/IpAddressType", "IpAddressType"),
                ("/observed/DNSName", "DNSName"),
                ("/observed/VpcId", "VpcId"),
                ("/observed/CreatedTime", "CreatedTime"),
            ],
        )
        .list("AvailabilityZones", zones.map(|zone| zone.named("member")))
        .child(Element::new("State").text("Code", state));
        texts(
            element,
            balancer,
            "/config/SecurityGroups",
            "SecurityGroups",
        )
    });
    paged(call, "LoadBalancers", balancers.collect())
}

fn describe_listeners(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("LoadBalancerArn")?;
    let listeners = documents(call, "Listener")?
        .filter(|listener| text(listener, "/config/LoadBalancerArn") == asked)
        .map(|listener| {
            let certificates = items(
                listener,
                "/config/Certificates",
                &[("/CertificateArn", "CertificateArn")],
            );
            let mutual = listener.pointer("/config/MutualAuthentication");
            members(
                member(),
                listener,
                &[
                    ("/arn", "ListenerArn"),
                    ("/config/LoadBalancerArn", "LoadBalancerArn"),
                    ("/config/Port", "Port"),
                    ("/config/Protocol", "Protocol"),
                    ("/config/SslPolicy", "SslPolicy"),
                ],
            )
            .list(
                "DefaultActions",
                actions(listener, "/config/DefaultActions"),
            )
            .list("Certificates", certificates.map(|one| one.named("member")))
            .maybe_child(mutual.map(|mutual| {
                members(
                    Element::new("MutualAuthentication"),
                    mutual,
                    &[("/Mode", "Mode"), ("/TrustStoreArn", "TrustStoreArn")],
                )
            }))
        });
    paged(call, "Listeners", listeners.collect())
}

fn actions<'a>(document: &'a Value, pointer: &str) -> impl Iterator<Item = Element> + use<'a> {
    list(document, pointer).iter().map(|action| {
        let forward = action.pointer("/ForwardConfig").map(|forward| {
            let groups = items(
                forward,
                "/TargetGroups",
                &[("/TargetGroupArn", "TargetGroupArn"), ("/Weight", "Weight")],
            );
            Element::new("ForwardConfig")
                .list("TargetGroups", groups.map(|group| group.named("member")))
        });
        let redirect = action.pointer("/RedirectConfig").map(|redirect| {
            members(
                Element::new("RedirectConfig"),
                redirect,
                &[
                    ("/Protocol", "Protocol"),
                    ("/Port", "Port"),
                    ("/Host", "Host"),
                    ("/Path", "Path"),
                    ("/StatusCode", "StatusCode"),
                ],
            )
        });
        members(
            member(),
            action,
            &[
                ("/Type", "Type"),
                ("/Order", "Order"),
                ("/TargetGroupArn", "TargetGroupArn"),
            ],
        )
        .maybe_child(forward)
        .maybe_child(redirect)
    })
}

/// The rules of a listener: those of the account, and the one that its default actions are.
fn describe_rules(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("ListenerArn")?;
    let first = documents(call, "Listener")?
        .filter(|listener| text(listener, "/arn") == asked)
        .map(|listener| {
            let arn = text(listener, "/arn").replacen(":listener/", ":listener-rule/", 1);
            member()
                .text("RuleArn", format!("{arn}/default"))
                .text("Priority", "default")
                .text("IsDefault", true)
                .list("Actions", actions(listener, "/config/DefaultActions"))
        });
    let rules = documents(call, "ListenerRule")?
        .filter(|rule| text(rule, "/config/ListenerArn") == asked)
        .map(|rule| {
            let conditions = list(rule, "/config/Conditions").iter().map(condition);
            members(
                member(),
                rule,
                &[("/arn", "RuleArn"), ("/config/Priority", "Priority")],
            )
            .text("IsDefault", false)
            .list("Conditions", conditions)
            .list("Actions", actions(rule, "/config/Actions"))
        });
    paged(call, "Rules", first.chain(rules).collect())
}

fn condition(condition: &Value) -> Element {
    let configured = [
        "HostHeaderConfig",
        "PathPatternConfig",
        "SourceIpConfig",
        "HttpHeaderConfig",
        "HttpRequestMethodConfig",
    ];
    let configured = configured.iter().filter_map(|name| {
        let config = condition.get(name)?;
        let header = config.get("HttpHeaderName").and_then(scalar);
        let element = Element::new(*name).maybe("HttpHeaderName", header);
        let element = texts(element, config, "/Values", "Values");
        Some(texts(element, config, "/RegexValues", "RegexValues"))
    });
    members(member(), condition, &[("/Field", "Field")]).extend(configured)
}

fn describe_target_groups(call: &Call<'_>) -> Result<Answer, Failure> {
    let groups = documents(call, "TargetGroup")?.map(|group| {
        let element = members(
            member(),
            group,
            &[
                ("/arn", "TargetGroupArn"),
                ("/config/Name", "TargetGroupName"),
                ("/config/TargetType", "TargetType"),
                ("/config/Port", "Port"),
                ("/config/Protocol", "Protocol"),
                ("/config/ProtocolVersion", "ProtocolVersion"),
                ("/config/VpcId", "VpcId"),
            ],
        );
        texts(
            element,
            group,
            "/observed/LoadBalancerArns",
            "LoadBalancerArns",
        )
    });
    paged(call, "TargetGroups", groups.collect())
}

fn describe_target_health(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("TargetGroupArn")?;
    let group = documents(call, "TargetGroup")?.find(|group| text(group, "/arn") == asked);
    let group = group.ok_or_else(|| {
        Failure::new(
            400,
            "TargetGroupNotFound",
            "One or more target groups not found",
        )
    })?;
    let targets = list(group, "/config/Targets").iter().map(|target| {
        let described = members(
            Element::new("Target"),
            target,
            &[
                ("/Id", "Id"),
                ("/Port", "Port"),
                ("/AvailabilityZone", "AvailabilityZone"),
            ],
        );
        member()
            .child(described)
            .child(Element::new("TargetHealth").text("State", "healthy"))
    });
    Ok(Answer::Xml(
        Element::new("").list("TargetHealthDescriptions", targets),
    ))
}

fn describe_tags(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.input.list("ResourceArns");
    let mut described = Vec::new();
    for kind in TAGGED {
        let found = documents(call, kind)?.filter(|one| asked.contains(&&*text(one, "/arn")));
        described.extend(found.map(|one| {
            member()
                .text("ResourceArn", text(one, "/arn"))
                .list("Tags", super::tag_members(one))
        }));
    }
    Ok(Answer::Xml(
        Element::new("").list("TagDescriptions", described),
    ))
}
