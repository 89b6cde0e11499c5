//! Services of ECS: the tasks that they run, and where.

use super::documents::{Documents, One, last, text, texts};
use super::hosts::STRANGERS_CODE;
use super::open::Place;
use super::ranges::Family;
use super::rules::Rules;
use super::{Exposure, Likelihood, WaysIn};
use crate::facts::interfaces::anywhere_in;

pub(super) const TYPES: [&str; 2] = [SERVICE, DEFINITION];

const SERVICE: &str = "AWS::ECS::Service";
const DEFINITION: &str = "AWS::ECS::TaskDefinition";

/// A service that runs tasks.
#[derive(Debug)]
pub(super) struct Service {
    name: String,
    region: String,
    /// The ARN of the definition of its tasks.
    pub(super) definition: String,
    /// Target groups by ARN, and classic load balancers by name, with the port of the container.
    balancers: Vec<(String, Option<u16>)>,
    /// Where its tasks have interfaces of their own, if they have.
    subnets: Vec<String>,
    groups: Option<Vec<String>>,
    public: bool,
}

/// The services of an account.
#[derive(Debug, Default)]
pub(super) struct Tasks(Vec<Service>);

impl Tasks {
    pub(super) fn read(documents: &Documents<'_>) -> Self {
        let definitions = documents.of(DEFINITION);
        let services = documents.of(SERVICE).iter();
        Self(
            services
                .filter_map(|one| service(one, definitions))
                .collect(),
        )
    }

    /// The services that register their tasks with a target group, or a classic load balancer, and the port.
    pub(super) fn behind(&self, balancer: &str) -> impl Iterator<Item = (&Service, Option<u16>)> {
        self.0.iter().flat_map(move |service| {
            let own = service.balancers.iter();
            own.filter(move |(name, _)| name == balancer)
                .map(move |(_, port)| (service, *port))
        })
    }

    /// Tasks with a public address of their own.
    pub(super) fn add_ways(&self, rules: &Rules, ways: &mut WaysIn) {
        for service in self.0.iter().filter(|service| service.public) {
            let opens = service.subnets.iter().filter_map(|subnet| {
                let place = service.place(subnet, rules.vpc_of(subnet));
                rules.open(&place, &[Family::V4], None)
            });
            if let Some(open) = opens.min_by_key(|open| open.conditions.len()) {
                let and = match open.by.as_str() {
                    "" => String::new(),
                    by => format!(", and {by}"),
                };
                let exposure = Exposure {
                    by: format!(
                        "tasks of the service {} have public addresses{and}",
                        service.name
                    ),
                    likelihood: match open.login {
                        Some(_) => Likelihood::High,
                        None => Likelihood::Low,
                    },
                    because: match open.login {
                        Some(port) => format!("port {port} is one to log in at"),
                        None => STRANGERS_CODE.to_owned(),
                    },
                    conditions: open.conditions,
                    past: None,
                };
                ways.add(&service.definition, exposure);
            }
        }
    }
}

impl Tasks {
    /// Where tasks with interfaces of their own are in networks.
    pub(super) fn add_interfaces(&self, ways: &mut WaysIn) {
        for service in &self.0 {
            let groups = service.groups.as_deref().unwrap_or_default();
            let somewhere = anywhere_in(&service.subnets, groups);
            let interfaces = ways.interfaces.entry(service.definition.clone());
            interfaces.or_default().extend(somewhere);
        }
    }
}

impl Service {
    /// Whether its tasks have interfaces of their own.
    pub(super) fn has_interfaces(&self) -> bool {
        !self.subnets.is_empty()
    }

    pub(super) fn subnets(&self) -> &[String] {
        &self.subnets
    }

    pub(super) fn place<'a>(&'a self, subnet: &'a str, vpc: &'a str) -> Place<'a> {
        Place {
            what: &self.name,
            region: &self.region,
            vpc,
            subnet,
            groups: self.groups.as_deref(),
            without_groups: false,
        }
    }
}

/// One that runs at least one task of a definition at hand.
fn service(one: &One<'_>, definitions: &[One<'_>]) -> Option<Service> {
    let none = one.at("/DesiredCount").and_then(serde_json::Value::as_i64) == Some(0);
    if none {
        return None;
    }
    let definition = definition(one, definitions)?;
    let balancers = one.list("/LoadBalancers").iter().filter_map(|balancer| {
        let name =
            text(balancer, "/TargetGroupArn").or_else(|| text(balancer, "/LoadBalancerName"));
        let port = super::documents::port(balancer, "/ContainerPort");
        Some((name?.to_owned(), port))
    });
    let network = one.at("/NetworkConfiguration/AwsvpcConfiguration");
    let names = |name: &str| texts(network.and_then(|network| network.get(name)));
    let public = network.and_then(|network| text(network, "/AssignPublicIp"));
    Some(Service {
        name: one
            .text("/ServiceName")
            .unwrap_or_else(|| last(one.arn()))
            .to_owned(),
        region: one.region().to_owned(),
        definition,
        balancers: balancers.collect(),
        subnets: names("Subnets"),
        groups: Some(names("SecurityGroups")).filter(|groups| !groups.is_empty()),
        public: public == Some("ENABLED"),
    })
}

/// The ARN of the definition that a service names: by its ARN, by family and revision, or by family alone,
/// which is its latest revision.
fn definition(one: &One<'_>, definitions: &[One<'_>]) -> Option<String> {
    let named = one.text("/TaskDefinition")?;
    let name = named.rsplit('/').next().unwrap_or_default();
    let revision = |arn: &str| arn.rsplit(':').next()?.parse::<u64>().ok();
    definitions
        .iter()
        .filter(|other| other.region() == one.region())
        .map(One::arn)
        .filter(|arn| {
            let own = arn.rsplit('/').next().unwrap_or_default();
            let family = own.split(':').next().unwrap_or_default();
            *arn == named || own == name || family == name
        })
        .max_by_key(|arn| revision(arn))
        .map(str::to_owned)
}
