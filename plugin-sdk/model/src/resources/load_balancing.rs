//! Elastic Load Balancing: application, network and gateway load balancers.

use crate::resource::{kind, properties, shapes};

properties! {
    /// What is set on a load balancer (`AWS::ElasticLoadBalancingV2::LoadBalancer`).
    "config" LoadBalancerConfig {
        /// Its name.
        "Name" name: String,
        /// `internet-facing` or `internal`; absent for gateway load balancers.
        "Scheme" scheme: String,
        /// `application`, `network` or `gateway`.
        "Type" load_balancer_type: String,
        /// `ipv4`, `dualstack` or `dualstack-without-public-ipv4`.
        "IpAddressType" ip_address_type: String,
        /// The ids of its security groups; absent if it has none.
        "SecurityGroups" security_groups: Vec<String>,
        /// The ids of its subnets.
        "Subnets" subnets: Vec<String>,
    }
}

properties! {
    /// What is observed of a load balancer.
    "observed" LoadBalancerObserved {
        /// Its name in DNS.
        "DNSName" dns_name: String,
        /// The id of its VPC.
        "VpcId" vpc_id: String,
        /// `active`, `provisioning`, `active_impaired` or `failed`.
        "State" state: String,
        /// RFC 3339.
        "CreatedTime" created_time: String,
    }
}

kind! {
    /// A load balancer.
    LoadBalancer, LoadBalancerKind = "AWS::ElasticLoadBalancingV2::LoadBalancer",
    LoadBalancerConfig, LoadBalancerObserved
}

shapes! {
    /// One of several target groups that share what is forwarded.
    TargetGroupTuple {
        /// Its ARN.
        target_group_arn: String,
        /// Its share; with zero it gets nothing.
        #[serde(skip_serializing_if = "Option::is_none")]
        weight: Option<i32>,
    }

    /// Where requests are forwarded to.
    ForwardConfig {
        /// The target groups.
        target_groups: Vec<TargetGroupTuple>,
    }

    /// Where clients are sent to instead.
    RedirectConfig {
        /// `HTTP`, `HTTPS` or `#{protocol}`.
        #[serde(skip_serializing_if = "Option::is_none")]
        protocol: Option<String>,
        /// A port or `#{port}`.
        #[serde(skip_serializing_if = "Option::is_none")]
        port: Option<String>,
        /// A host or `#{host}`.
        #[serde(skip_serializing_if = "Option::is_none")]
        host: Option<String>,
        /// A path or `/#{path}`.
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        /// `HTTP_301` or `HTTP_302`.
        status_code: String,
    }

    /// What is done with a request.
    Action {
        /// `forward`, `redirect`, `fixed-response`, `authenticate-oidc`, `authenticate-cognito` or
        /// `jwt-validation`.
        #[serde(rename = "Type")]
        action_type: String,
        /// Which of several comes first.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<i32>,
        /// The ARN of the target group, if there is one alone.
        #[serde(skip_serializing_if = "Option::is_none")]
        target_group_arn: Option<String>,
        /// The target groups, of one that forwards.
        #[serde(skip_serializing_if = "Option::is_none")]
        forward_config: Option<ForwardConfig>,
        /// Where to, of one that redirects.
        #[serde(skip_serializing_if = "Option::is_none")]
        redirect_config: Option<RedirectConfig>,
    }

    /// A certificate of a listener.
    ListenerCertificate {
        /// Its ARN.
        certificate_arn: String,
    }

    /// Whether clients show certificates.
    MutualAuthentication {
        /// `off`, `verify` or `passthrough`.
        mode: String,
        /// The ARN of the trust store.
        #[serde(skip_serializing_if = "Option::is_none")]
        trust_store_arn: Option<String>,
    }
}

properties! {
    /// What is set on a listener (`AWS::ElasticLoadBalancingV2::Listener`).
    "config" ListenerConfig {
        /// The ARN of its load balancer.
        "LoadBalancerArn" load_balancer_arn: String,
        /// The port; absent for gateway load balancers.
        "Port" port: i32,
        /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, …
        "Protocol" protocol: String,
        /// What is done with requests that no rule is about.
        "DefaultActions" default_actions: Vec<Action>,
        /// The policy that says which versions of TLS and which ciphers.
        "SslPolicy" ssl_policy: String,
        /// The certificate that is shown unless another fits.
        "Certificates" certificates: Vec<ListenerCertificate>,
        /// Whether clients show certificates; absent if it cannot be.
        "MutualAuthentication" mutual_authentication: MutualAuthentication,
    }
}

properties! {
    /// What is observed of a listener.
    "observed" ListenerObserved {}
}

kind! {
    /// A listener of a load balancer.
    Listener, ListenerKind = "AWS::ElasticLoadBalancingV2::Listener", ListenerConfig, ListenerObserved
}

shapes! {
    /// Values of which one is enough.
    ConditionValues {
        /// The values.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
        /// Regular expressions.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        regex_values: Vec<String>,
    }

    /// Addresses of which one is enough.
    SourceIpConfig {
        /// The address ranges.
        values: Vec<String>,
    }

    /// Methods of which one is enough.
    HttpRequestMethodConfig {
        /// The methods.
        values: Vec<String>,
    }

    /// Values of a header of which one is enough.
    HttpHeaderConfig {
        /// The header.
        http_header_name: String,
        /// The values.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
        /// Regular expressions.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        regex_values: Vec<String>,
    }

    /// What a request must be for a rule.
    RuleCondition {
        /// What is looked at: `host-header`, `path-pattern`, `source-ip`, `http-header`,
        /// `http-request-method` or `query-string`.
        field: String,
        /// The hosts.
        #[serde(skip_serializing_if = "Option::is_none")]
        host_header_config: Option<ConditionValues>,
        /// The paths.
        #[serde(skip_serializing_if = "Option::is_none")]
        path_pattern_config: Option<ConditionValues>,
        /// The addresses that it comes from.
        #[serde(skip_serializing_if = "Option::is_none")]
        source_ip_config: Option<SourceIpConfig>,
        /// A header.
        #[serde(skip_serializing_if = "Option::is_none")]
        http_header_config: Option<HttpHeaderConfig>,
        /// The methods.
        #[serde(skip_serializing_if = "Option::is_none")]
        http_request_method_config: Option<HttpRequestMethodConfig>,
    }
}

properties! {
    /// What is set on a rule (`AWS::ElasticLoadBalancingV2::ListenerRule`).
    "config" ListenerRuleConfig {
        /// The ARN of its listener.
        "ListenerArn" listener_arn: String,
        /// The lowest that fits is followed.
        "Priority" priority: i32,
        /// What a request must be; all of it.
        "Conditions" conditions: Vec<RuleCondition>,
        /// What is done with it.
        "Actions" actions: Vec<Action>,
    }
}

properties! {
    /// What is observed of a rule.
    "observed" ListenerRuleObserved {}
}

kind! {
    /// A rule of a listener, besides the one that its default actions are.
    ListenerRule, ListenerRuleKind = "AWS::ElasticLoadBalancingV2::ListenerRule",
    ListenerRuleConfig, ListenerRuleObserved
}

shapes! {
    /// What requests are forwarded to.
    TargetDescription {
        /// The id of an instance, an address, or the ARN of a function or load balancer.
        id: String,
        /// The port; absent for functions.
        #[serde(skip_serializing_if = "Option::is_none")]
        port: Option<i32>,
        /// The zone of an address, `all` if it is not in the VPC.
        #[serde(skip_serializing_if = "Option::is_none")]
        availability_zone: Option<String>,
    }
}

properties! {
    /// What is set on a target group (`AWS::ElasticLoadBalancingV2::TargetGroup`).
    "config" TargetGroupConfig {
        /// Its name.
        "Name" name: String,
        /// `instance`, `ip`, `lambda` or `alb`.
        "TargetType" target_type: String,
        /// The port; absent for functions.
        "Port" port: i32,
        /// `HTTP`, `HTTPS`, `TCP`, …; absent for functions.
        "Protocol" protocol: String,
        /// `HTTP1`, `HTTP2` or `GRPC`.
        "ProtocolVersion" protocol_version: String,
        /// The id of the VPC; absent for functions.
        "VpcId" vpc_id: String,
        /// What is registered, without what is on its way out.
        "Targets" targets: Vec<TargetDescription>,
    }
}

properties! {
    /// What is observed of a target group.
    "observed" TargetGroupObserved {
        /// The ARNs of the load balancers that forward to it.
        "LoadBalancerArns" load_balancer_arns: Vec<String>,
    }
}

kind! {
    /// A target group with its targets.
    TargetGroup, TargetGroupKind = "AWS::ElasticLoadBalancingV2::TargetGroup",
    TargetGroupConfig, TargetGroupObserved
}
