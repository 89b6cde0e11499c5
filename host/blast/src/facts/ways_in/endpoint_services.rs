//! Endpoint services of AWS `PrivateLink`: what is behind their load balancers, whom they let connect, and the
//! endpoints that lead to them.
//!
//! Sources: AWS PrivateLink Guide, "Share your services through AWS PrivateLink", "Configure an endpoint
//! service" (permissions, acceptance) and "Interface endpoints".

use std::collections::BTreeSet;

use blastwall_model::Arn;
use serde_json::json;

use super::WaysIn;
use super::balancers::Balancers;
use super::documents::{Documents, last};
use crate::facts::{Policies, PolicyIndex};

const SERVICE: &str = "AWS::EC2::VPCEndpointService";
const PERMISSIONS: &str = "AWS::EC2::VPCEndpointServicePermissions";
const ENDPOINT: &str = "AWS::EC2::VPCEndpoint";

pub(super) const TYPES: [&str; 3] = [SERVICE, PERMISSIONS, ENDPOINT];

/// What whoever makes an endpoint asks for.
pub(crate) const CREATE_ENDPOINT: &str = "ec2:CreateVpcEndpoint";

/// A service that endpoints of other VPCs lead to.
#[derive(Clone, Debug)]
pub(crate) struct EndpointService {
    pub(crate) arn: Arn,
    pub(crate) account: String,
    /// `vpce-svc-…`.
    pub(crate) id: String,
    /// Whether somebody accepts each endpoint; none if that was not told.
    pub(crate) asks: Option<bool>,
    /// Whom it allows to connect, as a policy; none if nobody.
    pub(crate) leave: Option<PolicyIndex>,
    /// What is behind its load balancers.
    pub(crate) ways: WaysIn,
}

/// An endpoint in a VPC that leads to an endpoint service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) arn: Arn,
    /// The account that owns it.
    pub(crate) account: String,
    /// The id of the service.
    pub(crate) service: String,
    pub(crate) vpc: String,
    pub(crate) subnets: Vec<String>,
    pub(crate) groups: Vec<String>,
    /// Whether it was accepted; none if that was not told.
    pub(crate) accepted: Option<bool>,
}

/// The services of an account.
pub(super) fn services(
    documents: &Documents<'_>,
    balancers: &Balancers<'_>,
    policies: &mut Policies,
) -> Vec<EndpointService> {
    let mut services = Vec::new();
    for one in documents.of(SERVICE) {
        let id = last(one.arn()).to_owned();
        let mut ways = WaysIn::default();
        let by = format!("the endpoint service {id}");
        for balancer in one.texts("/NetworkLoadBalancerArns") {
            balancers.add_ways_behind(&balancer, None, &by, &mut ways);
        }
        let permissions = documents.of(PERMISSIONS).iter();
        let permissions = permissions.filter(|one| one.text("/ServiceId") == Some(&id));
        let mut allowed: BTreeSet<String> = one.texts("/AllowedPrincipals").into_iter().collect();
        allowed.extend(permissions.flat_map(|one| one.texts("/AllowedPrincipals")));
        let leave = (!allowed.is_empty()).then(|| {
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"AWS": allowed}, "Action": CREATE_ENDPOINT, "Resource": "*"}]})
        });
        services.push(EndpointService {
            arn: one.document.arn.clone(),
            account: one.account().to_owned(),
            asks: one
                .at("/AcceptanceRequired")
                .and_then(serde_json::Value::as_bool),
            leave: leave.and_then(|leave| policies.keep(&leave).ok()),
            id,
            ways,
        });
    }
    services
}

/// The endpoints of an account that lead to such services, those that were turned down left out.
pub(super) fn endpoints(documents: &Documents<'_>) -> Vec<Endpoint> {
    let endpoints = documents.of(ENDPOINT).iter().filter_map(|one| {
        // com.amazonaws.vpce.eu-west-1.vpce-svc-0123
        let service = one.text("/ServiceName")?.rsplit('.').next()?;
        let state = one.text("/State").map(str::to_ascii_lowercase);
        let accepted = match state.as_deref() {
            None => None,
            Some("available" | "pending") => Some(true),
            Some("pendingacceptance") => Some(false),
            Some(_) => return None,
        };
        service.starts_with("vpce-svc-").then(|| Endpoint {
            arn: one.document.arn.clone(),
            account: one.text("/OwnerId").unwrap_or(one.account()).to_owned(),
            service: service.to_owned(),
            vpc: one.text("/VpcId").unwrap_or_default().to_owned(),
            subnets: one.texts("/SubnetIds"),
            groups: one.texts("/SecurityGroupIds"),
            accepted,
        })
    });
    endpoints.collect()
}
