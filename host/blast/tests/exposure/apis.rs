//! APIs, function URLs, and services that are on the internet by themselves.

use super::balancers::{BALANCER, LISTENER, TARGETS, balanced, group_lets, lb_arn};
use super::*;

fn api_arn(what: &str) -> String {
    format!("arn:aws:apigateway:{REGION}::{what}")
}

fn uri(name: &str) -> String {
    format!(
        "arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{}/invocations",
        function(name)
    )
}

/// A function behind a REST API without authorization.
fn rest() -> Vec<Value> {
    vec![
        function_document("f"),
        doc(
            "AWS::ApiGateway::RestApi",
            &api_arn("/restapis/abc"),
            json!({"Name": "orders",
            "EndpointConfiguration": {"Types": ["REGIONAL"]}}),
            json!({}),
        ),
        doc(
            "AWS::ApiGateway::Method",
            &api_arn("/restapis/abc/resources/r/methods/GET"),
            json!({
            "RestApiId": "abc", "ResourceId": "r", "HttpMethod": "GET", "AuthorizationType": "NONE",
            "Integration": {"Type": "AWS_PROXY", "Uri": uri("f")}}),
            json!({}),
        ),
    ]
}

const REST: &str = "AWS::ApiGateway::RestApi";
const METHOD: &str = "AWS::ApiGateway::Method";

#[test]
fn an_api_that_asks_nobody_leads_to_its_function() {
    let f = function("f");
    assert_eq!(reach(&rest(), &f), Some(Certain));
    assert_eq!(
        org(&rest()).reach("anyone", &role(DEV, "app")),
        Some(Speculative)
    );
    for other in ["AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS"] {
        let asked = with(rest(), METHOD, "/config/AuthorizationType", json!(other));
        assert_eq!(reach(&asked, &f), None, "{other}");
    }
    let private = with(
        rest(),
        REST,
        "/config/EndpointConfiguration",
        json!({"Types": ["PRIVATE"]}),
    );
    assert_eq!(reach(&private, &f), None);
    let key = with(rest(), METHOD, "/config/ApiKeyRequired", json!(true));
    assert_eq!(reach(&key, &f), Some(Conditional));
    let disabled = with(
        rest(),
        REST,
        "/config/DisableExecuteApiEndpoint",
        json!(true),
    );
    assert_eq!(reach(&disabled, &f), Some(Conditional));
    let mapped = |id: &str| {
        reach(
            &and(
                disabled.clone(),
                vec![doc(
                    "AWS::ApiGateway::BasePathMapping",
                    &api_arn("/domainnames/d/basepathmappings/x"),
                    json!({"RestApiId": id}),
                    json!({}),
                )],
            ),
            &f,
        )
    };
    assert_eq!(mapped("abc"), Some(Certain));
    assert_eq!(mapped("other"), None);
    let other = with(
        rest(),
        METHOD,
        "/config/Integration",
        json!({"Type": "AWS_PROXY", "Uri": uri("g")}),
    );
    assert_eq!(reach(&other, &f), None);
    // The function has to let the API in.
    let lets_in = |more: Value| reach(&and(rest(), vec![permission("f", more)]), &f);
    let source = |id: &str| format!("arn:aws:execute-api:{REGION}:{DEV}:{id}/*/GET/");
    let service = "apigateway.amazonaws.com";
    assert_eq!(
        lets_in(json!({"Principal": service, "SourceArn": source("abc")})),
        Some(Certain)
    );
    assert_eq!(
        lets_in(json!({"Principal": service, "SourceArn": source("xyz")})),
        None
    );
    assert_eq!(lets_in(json!({"Principal": DEV})), None);
}

#[test]
fn the_policy_of_an_api_has_to_let_strangers_in() {
    let policed = |statements: Value| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        reach(
            &with(rest(), REST, "/config/Policy", policy),
            &function("f"),
        )
    };
    let open = json!({"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*"});
    assert_eq!(policed(json!([open])), Some(Certain));
    let mut addressed = open.clone();
    addressed["Condition"] = json!({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}});
    assert_eq!(policed(json!([addressed])), Some(Conditional));
    let mut account = open.clone();
    account["Principal"] = json!({"AWS": root(PROD)});
    assert_eq!(policed(json!([account])), None);
    let mut of_organization = open.clone();
    of_organization["Condition"] = json!({"StringEquals": {"aws:PrincipalOrgID": "o-test000001"}});
    assert_eq!(policed(json!([of_organization])), None);
    let mut denied = open.clone();
    denied["Effect"] = json!("Deny");
    assert_eq!(policed(json!([open, denied])), None);
    let mut one_path = open.clone();
    one_path["Resource"] = json!(format!(
        "arn:aws:execute-api:{REGION}:{DEV}:abc/prod/GET/public"
    ));
    assert_eq!(policed(json!([one_path])), Some(Conditional));
    let text = json!({"Statement": [open]}).to_string();
    assert_eq!(
        reach(
            &with(rest(), REST, "/config/Policy", json!(text)),
            &function("f")
        ),
        Some(Certain)
    );
}

/// A function behind an HTTP API without authorization.
fn http() -> Vec<Value> {
    vec![
        function_document("f"),
        doc(
            "AWS::ApiGatewayV2::Api",
            &api_arn("/apis/h1"),
            json!({"Name": "shop",
            "ProtocolType": "HTTP"}),
            json!({}),
        ),
        doc(
            "AWS::ApiGatewayV2::Route",
            &api_arn("/apis/h1/routes/r1"),
            json!({"ApiId": "h1",
            "RouteKey": "ANY /x", "AuthorizationType": "NONE", "Target": "integrations/i1"}),
            json!({}),
        ),
        doc(
            "AWS::ApiGatewayV2::Integration",
            &api_arn("/apis/h1/integrations/i1"),
            json!({
            "ApiId": "h1", "IntegrationType": "AWS_PROXY", "IntegrationUri": function("f")}),
            json!({}),
        ),
    ]
}

#[test]
fn http_and_websocket_apis_lead_to_functions_and_load_balancers() {
    let f = function("f");
    const ROUTE: &str = "AWS::ApiGatewayV2::Route";
    assert_eq!(reach(&http(), &f), Some(Certain));
    let asked = |kind: &str| {
        reach(
            &with(http(), ROUTE, "/config/AuthorizationType", json!(kind)),
            &f,
        )
    };
    assert_eq!(asked("JWT"), None);
    assert_eq!(asked("AWS_IAM"), None);
    let elsewhere = with(http(), ROUTE, "/config/Target", json!("integrations/i2"));
    assert_eq!(reach(&elsewhere, &f), None);
    assert_eq!(reach(&without(http(), ROUTE), &f), Some(Conditional));
    // Who may connect may send.
    let socket = with(
        http(),
        "AWS::ApiGatewayV2::Api",
        "/config/ProtocolType",
        json!("WEBSOCKET"),
    );
    let connect = |kind: &str| {
        reach(
            &and(
                socket.clone(),
                vec![doc(
                    ROUTE,
                    &api_arn("/apis/h1/routes/r0"),
                    json!({"ApiId": "h1", "RouteKey": "$connect", "AuthorizationType": kind}),
                    json!({}),
                )],
            ),
            &f,
        )
    };
    assert_eq!(connect("NONE"), Some(Certain));
    assert_eq!(connect("AWS_IAM"), None);

    // Through a link of the VPC to the listener of an internal load balancer.
    let linked = |group: &str| {
        let documents = with(balanced(), BALANCER, "/config/Scheme", json!("internal"));
        let documents = group_lets(
            documents,
            "sg-lb",
            json!([{"IpProtocol": "tcp", "FromPort": 443,
            "ToPort": 443, "SourceSecurityGroupId": "sg-link"}]),
        );
        let documents = and(documents, http());
        let documents = with(
            documents,
            "AWS::ApiGatewayV2::Integration",
            "/config",
            json!({
            "ApiId": "h1", "IntegrationType": "HTTP_PROXY", "ConnectionType": "VPC_LINK",
            "ConnectionId": "l1", "IntegrationUri": lb_arn("listener/app/shop/1/3")}),
        );
        instance(&and(
            documents,
            vec![
                ec2(
                    "SecurityGroup",
                    group,
                    json!({"GroupId": group, "SecurityGroupIngress": []}),
                    json!({}),
                ),
                doc(
                    "AWS::ApiGatewayV2::VpcLink",
                    &api_arn("/vpclinks/l1"),
                    json!({"VpcLinkId": "l1",
                "Name": "l", "SecurityGroupIds": [group], "SubnetIds": ["subnet-1"]}),
                    json!({}),
                ),
            ],
        ))
    };
    assert_eq!(linked("sg-link"), Some(Certain));
    assert_eq!(linked("sg-else"), None);
}

#[test]
fn a_function_url_is_open_if_the_function_lets_everybody_in_by_it() {
    let f = function("f");
    let url = |permissions: Vec<Value>| {
        let documents = vec![
            function_document("f"),
            doc(
                "AWS::Lambda::Url",
                &format!("{f}:url"),
                json!({"AuthType": "NONE", "TargetFunctionArn": f}),
                json!({}),
            ),
        ];
        reach(&and(documents, permissions), &f)
    };
    assert_eq!(
        url(vec![]),
        Some(Conditional),
        "permissions were not collected"
    );
    let open = json!({"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"});
    assert_eq!(url(vec![permission("f", open.clone())]), Some(Certain));
    let mut signed = open.clone();
    signed["FunctionUrlAuthType"] = json!("AWS_IAM");
    assert_eq!(url(vec![permission("f", signed)]), None);
    assert_eq!(url(vec![permission("g", open.clone())]), None);
    assert_eq!(
        url(vec![permission("f:live", open.clone())]),
        None,
        "another address's"
    );
    let mut organization = open;
    organization["PrincipalOrgID"] = json!("o-test000001");
    assert_eq!(url(vec![permission("f", organization)]), None);
}

#[test]
fn services_that_are_on_the_internet_by_themselves() {
    let app = format!("arn:aws:apprunner:{REGION}:{DEV}:service/web/1");
    let runs = |config: Value| {
        reach(
            &[doc("AWS::AppRunner::Service", &app, config, json!({}))],
            &app,
        )
    };
    assert_eq!(
        runs(json!({"InstanceConfiguration": {"InstanceRoleArn": role(DEV, "app")}})),
        Some(Certain)
    );
    let ingress = |public: bool| json!({"NetworkConfiguration": {"IngressConfiguration": {"IsPubliclyAccessible": public}}});
    assert_eq!(runs(ingress(true)), Some(Certain));
    assert_eq!(runs(ingress(false)), None);
    let cluster = format!("arn:aws:eks:{REGION}:{DEV}:cluster/c");
    let endpoint = |network: Value| {
        reach(
            &[doc(
                "AWS::EKS::Cluster",
                &cluster,
                json!({"Name": "c", "ResourcesVpcConfig": network}),
                json!({}),
            )],
            &cluster,
        )
    };
    assert_eq!(
        endpoint(json!({"EndpointPublicAccess": true})),
        Some(Certain)
    );
    assert_eq!(endpoint(json!({"EndpointPublicAccess": false})), None);
    assert_eq!(
        endpoint(json!({"EndpointPublicAccess": true, "PublicAccessCidrs": ["198.51.100.0/24"]})),
        None
    );
}

#[test]
fn nonsense_in_documents_is_no_way_in_and_no_panic() {
    let odd = [
        json!(null),
        json!(7),
        json!("x"),
        json!([]),
        json!([[1]]),
        json!({"a": []}),
    ];
    for value in odd {
        for (kind, pointer) in [
            (ROUTES, "/config/Routes"),
            (ACL, "/config/Entries"),
            (GROUP, "/config/SecurityGroupIngress"),
            (LISTENER, "/config/DefaultActions"),
            (LISTENER, "/config/Port"),
            (TARGETS, "/config/Targets"),
            (BALANCER, "/config/Subnets"),
        ] {
            // It is enough that there is an answer.
            let _ = instance(&with(balanced(), kind, pointer, value.clone()));
        }
    }
    let wide =
        json!([{"IpProtocol": "tcp", "FromPort": 70000, "ToPort": -5, "CidrIp": "999.0.0.0/99"}]);
    assert_eq!(
        instance(&with(public(), GROUP, "/config/SecurityGroupIngress", wide)),
        None
    );
}
