//! The load balancers in one region of the member account, and what is behind them.

use serde_json::{Value, json};

use super::regional::{REGION, THEN, of};
use super::{MEMBER, NASTY};

const SERVICE: &str = "elasticloadbalancing";

fn arn(resource: &str) -> String {
    format!("arn:aws:{SERVICE}:{REGION}:{MEMBER}:{resource}")
}

fn v2(kind: &str, resource: &str, parts: Value) -> Value {
    of(
        SERVICE,
        &format!("ElasticLoadBalancingV2::{kind}"),
        resource,
        parts,
    )
}

pub fn documents() -> Vec<Value> {
    let balancer = "loadbalancer/app/web/1";
    let listener = "listener/app/web/1/1";
    let group = |name: &str| arn(&format!("targetgroup/{name}/1"));
    vec![
        v2(
            "LoadBalancer",
            balancer,
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Name": "web", "Scheme": "internet-facing", "Type": "application",
                    "IpAddressType": "ipv4", "SecurityGroups": ["sg-1", "sg-2"],
                    "Subnets": ["subnet-1", "subnet-2"]
                },
                "observed": {
                    "DNSName": format!("web-1.{REGION}.elb.amazonaws.com"), "VpcId": "vpc-1",
                    "State": "active", "CreatedTime": THEN
                }
            }),
        ),
        v2(
            "LoadBalancer",
            "loadbalancer/net/inside/1",
            json!({
                "config": {
                    "Name": "inside", "Scheme": "internal", "Type": "network", "Subnets": ["subnet-1"]
                },
                "observed": { "State": "provisioning" }
            }),
        ),
        v2(
            "Listener",
            listener,
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "LoadBalancerArn": arn(balancer), "Port": 443, "Protocol": "HTTPS",
                    "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
                    "Certificates": [
                        { "CertificateArn": format!("arn:aws:acm:{REGION}:{MEMBER}:certificate/1") }
                    ],
                    "MutualAuthentication": { "Mode": "verify", "TrustStoreArn": arn("truststore/t/1") },
                    "DefaultActions": [
                        { "Type": "authenticate-oidc", "Order": 1 },
                        { "Type": "forward", "Order": 2, "ForwardConfig": { "TargetGroups": [
                            { "TargetGroupArn": group("hosts"), "Weight": 1 },
                            { "TargetGroupArn": group("function"), "Weight": 0 }
                        ] } }
                    ]
                }
            }),
        ),
        v2(
            "Listener",
            "listener/app/web/1/2",
            json!({
                "config": {
                    "LoadBalancerArn": arn(balancer), "Port": 80, "Protocol": "HTTP",
                    "DefaultActions": [
                        { "Type": "redirect", "RedirectConfig": {
                            "Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}",
                            "StatusCode": "HTTP_301"
                        } }
                    ]
                }
            }),
        ),
        v2(
            "ListenerRule",
            "listener-rule/app/web/1/1/1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "ListenerArn": arn(listener), "Priority": 10,
                    "Conditions": [
                        { "Field": "host-header", "HostHeaderConfig": { "Values": ["example.com"] } },
                        { "Field": "path-pattern", "PathPatternConfig": { "RegexValues": ["^/a"] } },
                        { "Field": "source-ip", "SourceIpConfig": { "Values": ["192.0.2.0/24"] } },
                        { "Field": "http-header", "HttpHeaderConfig":
                            { "HttpHeaderName": "X-Key", "Values": [NASTY] } },
                        { "Field": "http-request-method", "HttpRequestMethodConfig": { "Values": ["GET"] } },
                        { "Field": "query-string" }
                    ],
                    "Actions": [{
                        "Type": "forward", "Order": 1, "TargetGroupArn": group("function"),
                        "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": group("function") }] }
                    }]
                }
            }),
        ),
        v2(
            "TargetGroup",
            "targetgroup/hosts/1",
            json!({
                "tags": { "Name": NASTY },
                "config": {
                    "Name": "hosts", "TargetType": "instance", "Port": 8080, "Protocol": "HTTP",
                    "ProtocolVersion": "HTTP1", "VpcId": "vpc-1",
                    "Targets": [
                        { "Id": "i-1", "Port": 8080 },
                        { "Id": "i-2", "Port": 8081, "AvailabilityZone": "all" }
                    ]
                },
                "observed": { "LoadBalancerArns": [arn(balancer)] }
            }),
        ),
        v2(
            "TargetGroup",
            "targetgroup/function/1",
            json!({
                "config": {
                    "Name": "function", "TargetType": "lambda",
                    "Targets": [{ "Id": format!("arn:aws:lambda:{REGION}:{MEMBER}:function:orders") }]
                }
            }),
        ),
        v2(
            "TargetGroup",
            "targetgroup/shut/1",
            json!({
                "config": { "Name": "shut", "TargetType": "ip", "Port": 80, "Protocol": "TCP" },
                "unknown": {
                    "config.Targets": "AccessDenied: elasticloadbalancing:DescribeTargetHealth"
                }
            }),
        ),
    ]
}
