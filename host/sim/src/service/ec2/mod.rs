//! Amazon EC2: regions, security groups, instances and volumes here; what is listed as it is
//! described, what is set for a region, and attributes in modules of their own.
//!
//! Source: Amazon EC2 API Reference.

mod listings;
mod settings;
mod started;
mod transit_gateways;

use blastwall_model::resources::ec2::Rule;
use blastwall_model::resources::{Instance, SecurityGroup, Volume};
use blastwall_model::{Field, Tags};

use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;
use crate::state::last_part;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[&[Operation]] = &[
    OWN,
    listings::OPERATIONS,
    settings::OPERATIONS,
    started::OPERATIONS,
    transit_gateways::OPERATIONS,
];

const OWN: &[Operation] = &[
    listing("DescribeRegions", "ec2:DescribeRegions", describe_regions),
    listing(
        "DescribeSecurityGroups",
        "ec2:DescribeSecurityGroups",
        describe_security_groups,
    ),
    listing(
        "DescribeInstances",
        "ec2:DescribeInstances",
        describe_instances,
    ),
    listing("DescribeVolumes", "ec2:DescribeVolumes", describe_volumes),
];

/// What one entry of a listing is to each filter that a client may set.
type Filterable = Vec<(&'static str, String)>;

/// Whether an entry passes the filters of the request: each filter must have one of its values.
///
/// # Errors
/// If a filter is not known, because a filter that is passed over would show too much.
fn passes(call: &Call<'_>, known: &Filterable) -> Result<bool, Failure> {
    for index in 1.. {
        let Some(name) = call.input.get(&format!("Filter.{index}.Name")) else {
            break;
        };
        let Some((_, value)) = known.iter().find(|(known, _)| *known == name) else {
            return Err(Failure::new(
                400,
                "InvalidParameterValue",
                format!("The filter '{name}' is invalid"),
            ));
        };
        let values = call.input.list(&format!("Filter.{index}.Value"));
        if !values.contains(&value.as_str()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A page of a listing, filtered, under the name that the answer has for it.
fn listed(
    call: &Call<'_>,
    name: &str,
    entries: impl IntoIterator<Item = (Filterable, Element)>,
) -> Result<Answer, Failure> {
    let mut items = Vec::new();
    for (known, element) in entries {
        if passes(call, &known)? {
            items.push(element.named("item"));
        }
    }
    let page = page(
        items,
        call.input.get("NextToken"),
        call.page_size("MaxResults"),
    )?;
    Ok(Answer::Xml(
        Element::new("")
            .list(name, page.items)
            .maybe("nextToken", page.next),
    ))
}

fn tag_set(element: Element, tags: &Field<Tags>) -> Element {
    let tags = tags.known().into_iter().flatten();
    element.list(
        "tagSet",
        tags.map(|(key, value)| Element::new("item").text("key", key).text("value", value)),
    )
}

fn known(field: &Field<String>) -> String {
    field.known().cloned().unwrap_or_default()
}

fn describe_regions(call: &Call<'_>) -> Result<Answer, Failure> {
    let account = call.account()?;
    let all = call.input.flag("AllRegions") == Some(true);
    let names = call.input.list("RegionName");
    let mut regions = account.enabled_regions();
    if all {
        regions.extend(account.regions.keys().map(String::as_str));
    }
    let mut items = Vec::new();
    for name in regions {
        let status = account
            .regions
            .get(name)
            .and_then(|region| region.observed.opt_in_status.known())
            .map_or("opt-in-not-required", String::as_str);
        let endpoint = format!("ec2.{name}.amazonaws.com");
        let filterable = vec![
            ("region-name", name.to_owned()),
            ("opt-in-status", status.to_owned()),
            ("endpoint", endpoint.clone()),
        ];
        if (names.is_empty() || names.contains(&name)) && passes(call, &filterable)? {
            items.push(
                Element::new("item")
                    .text("regionName", name)
                    .text("regionEndpoint", endpoint)
                    .text("optInStatus", status),
            );
        }
    }
    Ok(Answer::Xml(Element::new("").list("regionInfo", items)))
}

fn describe_security_groups(call: &Call<'_>) -> Result<Answer, Failure> {
    let groups = call.account()?.security_groups.iter();
    let asked = call.input.list("GroupId");
    listed(
        call,
        "securityGroupInfo",
        groups
            .filter(|group| group.region == call.region)
            .filter(|group| asked.is_empty() || asked.contains(&last_part(group.arn.as_str())))
            .map(|group| (filterable_group(group), security_group(call, group))),
    )
}

fn filterable_group(group: &SecurityGroup) -> Filterable {
    vec![
        ("group-id", last_part(group.arn.as_str()).to_owned()),
        ("group-name", known(&group.config.group_name)),
        ("vpc-id", known(&group.config.vpc_id)),
    ]
}

fn security_group(call: &Call<'_>, group: &SecurityGroup) -> Element {
    let config = &group.config;
    let ingress = config.security_group_ingress.known();
    let egress = config.security_group_egress.known();
    let element = Element::new("item")
        .text("ownerId", &call.principal.account)
        .text("groupId", last_part(group.arn.as_str()))
        .text("securityGroupArn", &group.arn)
        .maybe("groupName", config.group_name.known())
        .maybe("groupDescription", config.group_description.known())
        .maybe("vpcId", config.vpc_id.known())
        .maybe_child(ingress.map(|rules| permissions(call, "ipPermissions", rules)))
        .maybe_child(egress.map(|rules| permissions(call, "ipPermissionsEgress", rules)));
    tag_set(element, &group.tags)
}

/// The sources or destinations of the rules that share protocol and ports.
struct Permission<'a> {
    first: &'a Rule,
    rules: Vec<&'a Rule>,
}

/// The rules as the API has them: one entry for each protocol and port range, with all its sources.
fn permissions(call: &Call<'_>, name: &'static str, rules: &[Rule]) -> Element {
    let mut entries: Vec<Permission<'_>> = Vec::new();
    for rule in rules {
        let entry = entries.iter_mut().find(|entry| {
            entry.first.ip_protocol == rule.ip_protocol
                && entry.first.from_port == rule.from_port
                && entry.first.to_port == rule.to_port
        });
        match entry {
            Some(entry) => entry.rules.push(rule),
            None => entries.push(Permission {
                first: rule,
                rules: vec![rule],
            }),
        }
    }
    Element::new(name).extend(entries.iter().map(|entry| permission(call, entry)))
}

fn permission(call: &Call<'_>, entry: &Permission<'_>) -> Element {
    let described = |value: Option<&String>, name: &str, rule: &Rule| {
        value.map(|value| {
            Element::new("item")
                .text(name, value)
                .maybe("description", rule.description.as_ref())
        })
    };
    let sources = |find: &dyn Fn(&Rule) -> Option<Element>| -> Vec<Element> {
        entry.rules.iter().filter_map(|rule| find(rule)).collect()
    };
    let group = |rule: &Rule| {
        let id = rule
            .source_security_group_id
            .as_ref()
            .or(rule.destination_security_group_id.as_ref())?;
        let owner = rule.source_security_group_owner_id.as_deref();
        Some(
            Element::new("item")
                .text("groupId", id)
                .text("userId", owner.unwrap_or(call.principal.account.as_str()))
                .maybe("description", rule.description.as_ref()),
        )
    };
    let prefix_list = |rule: &Rule| {
        let id = rule
            .source_prefix_list_id
            .as_ref()
            .or(rule.destination_prefix_list_id.as_ref());
        described(id, "prefixListId", rule)
    };
    Element::new("item")
        .text("ipProtocol", &entry.first.ip_protocol)
        .maybe("fromPort", entry.first.from_port)
        .maybe("toPort", entry.first.to_port)
        .list("groups", sources(&group))
        .list(
            "ipRanges",
            sources(&|rule| described(rule.cidr_ip.as_ref(), "cidrIp", rule)),
        )
        .list(
            "ipv6Ranges",
            sources(&|rule| described(rule.cidr_ipv6.as_ref(), "cidrIpv6", rule)),
        )
        .list("prefixListIds", sources(&prefix_list))
}

fn describe_instances(call: &Call<'_>) -> Result<Answer, Failure> {
    let instances = call.account()?.instances.iter();
    let asked = call.input.list("InstanceId");
    listed(
        call,
        "reservationSet",
        instances
            .filter(|instance| instance.region == call.region)
            .filter(|instance| {
                asked.is_empty() || asked.contains(&last_part(instance.arn.as_str()))
            })
            .map(|instance| (filterable_instance(instance), reservation(call, instance))),
    )
}

fn state_of(instance: &Instance) -> &str {
    instance
        .observed
        .state
        .known()
        .map_or("running", String::as_str)
}

fn filterable_instance(instance: &Instance) -> Filterable {
    vec![
        ("instance-id", last_part(instance.arn.as_str()).to_owned()),
        ("instance-state-name", state_of(instance).to_owned()),
        ("vpc-id", known(&instance.config.vpc_id)),
    ]
}

/// Documents do not say which instances were started together: each is a reservation of its own.
fn reservation(call: &Call<'_>, document: &Instance) -> Element {
    let id = last_part(document.arn.as_str());
    Element::new("item")
        .text("reservationId", id.replacen("i-", "r-", 1))
        .text("ownerId", &call.principal.account)
        .list("groupSet", [])
        .list("instancesSet", [instance(document)])
}

/// The number that goes with the name of an instance's state.
/// Source: EC2 API Reference, "InstanceState".
const STATES: &[(&str, u16)] = &[
    ("pending", 0),
    ("running", 16),
    ("shutting-down", 32),
    ("terminated", 48),
    ("stopping", 64),
    ("stopped", 80),
];

fn instance(instance: &Instance) -> Element {
    let config = &instance.config;
    let observed = &instance.observed;
    let state = state_of(instance);
    let code = STATES
        .iter()
        .find(|(name, _)| *name == state)
        .map(|(_, code)| code);
    let groups = config.security_group_ids.known().map(|ids| {
        Element::new("groupSet").extend(
            ids.iter()
                .map(|id| Element::new("item").text("groupId", id)),
        )
    });
    let profile = config.iam_instance_profile.known().map(|arn| {
        Element::new("iamInstanceProfile")
            .text("arn", arn)
            .text("id", super::iam::made_up_id("AIPA", arn))
    });
    let metadata = config.metadata_options.known().map(|options| {
        Element::new("metadataOptions")
            .text("state", "applied")
            .maybe("httpTokens", options.http_tokens.as_ref())
            .maybe("httpEndpoint", options.http_endpoint.as_ref())
            .maybe(
                "httpPutResponseHopLimit",
                options.http_put_response_hop_limit,
            )
    });
    let placement = config
        .availability_zone
        .known()
        .map(|zone| Element::new("placement").text("availabilityZone", zone));
    let interfaces = observed.ipv6_addresses.known().map(|addresses| {
        let addresses = addresses
            .iter()
            .map(|address| Element::new("item").text("ipv6Address", address));
        Element::new("networkInterfaceSet")
            .child(Element::new("item").list("ipv6AddressesSet", addresses))
    });
    let element = Element::new("item")
        .text("instanceId", last_part(instance.arn.as_str()))
        .maybe("imageId", config.image_id.known())
        .child(
            Element::new("instanceState")
                .maybe("code", code)
                .text("name", state),
        )
        .maybe("keyName", config.key_name.known())
        .maybe("instanceType", config.instance_type.known())
        .maybe("launchTime", observed.launch_time.known())
        .maybe("subnetId", config.subnet_id.known())
        .maybe("vpcId", config.vpc_id.known())
        .maybe("ipAddress", observed.public_ip_address.known())
        .maybe("privateIpAddress", observed.private_ip_address.known())
        .maybe("reason", observed.state_transition_reason.known())
        .maybe_child(placement)
        .maybe_child(interfaces)
        .maybe_child(groups)
        .maybe_child(profile)
        .maybe_child(metadata);
    tag_set(element, &instance.tags)
}

fn describe_volumes(call: &Call<'_>) -> Result<Answer, Failure> {
    let volumes = call.account()?.volumes.iter();
    let asked = call.input.list("VolumeId");
    listed(
        call,
        "volumeSet",
        volumes
            .filter(|volume| volume.region == call.region)
            .filter(|volume| asked.is_empty() || asked.contains(&last_part(volume.arn.as_str())))
            .map(|document| (filterable_volume(document), volume(document))),
    )
}

fn filterable_volume(volume: &Volume) -> Filterable {
    let encrypted = volume.config.encrypted.known().copied().unwrap_or_default();
    vec![
        ("volume-id", last_part(volume.arn.as_str()).to_owned()),
        ("status", known(&volume.observed.state)),
        ("encrypted", encrypted.to_string()),
    ]
}

fn volume(volume: &Volume) -> Element {
    let config = &volume.config;
    let observed = &volume.observed;
    let id = last_part(volume.arn.as_str());
    let attachments = observed.attachments.known().map(|attachments| {
        Element::new("attachmentSet").extend(attachments.iter().map(|attachment| {
            Element::new("item")
                .text("volumeId", id)
                .text("instanceId", &attachment.instance_id)
                .maybe("device", attachment.device.as_ref())
                .maybe("status", attachment.state.as_ref())
        }))
    });
    let element = Element::new("item")
        .text("volumeId", id)
        .maybe("size", config.size.known())
        .maybe("snapshotId", config.snapshot_id.known())
        .maybe("availabilityZone", config.availability_zone.known())
        .maybe("status", observed.state.known())
        .maybe("createTime", observed.create_time.known())
        .maybe_child(attachments)
        .maybe("volumeType", config.volume_type.known())
        .maybe("encrypted", config.encrypted.known())
        .maybe("kmsKeyId", config.kms_key_id.known());
    tag_set(element, &volume.tags)
}
