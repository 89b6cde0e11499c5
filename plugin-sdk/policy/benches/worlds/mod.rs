//! Requests with their policies in three sizes, for benchmarks and for the count of allocations.

use blastwall_policy::{Context, Decision, Layers, Level, Policy, Principal, Request, decide};

const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/app/work";
const OBJECT: &str = "arn:aws:s3:::data-bucket/reports/2026/11/summary.csv";

pub(crate) const FULL_ACCESS: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// A request and every policy that applies to it, compiled.
pub(crate) struct World {
    principal: Principal,
    context: Context,
    scps: Vec<Vec<Policy>>,
    identity: Vec<Policy>,
    boundary: Option<Policy>,
    resource: Option<Policy>,
    action: &'static str,
    resource_arn: &'static str,
}

fn policy(text: &str) -> Policy {
    Policy::parse(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

fn document(statements: &[String]) -> Policy {
    policy(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    ))
}

/// A statement like those of real roles: a service's reads on some resources, half of them with a
/// condition or a policy variable.
fn statement(index: usize) -> String {
    const SERVICES: [&str; 8] = [
        "ec2",
        "sqs",
        "dynamodb",
        "kms",
        "lambda",
        "s3",
        "logs",
        "secretsmanager",
    ];
    let service = SERVICES[index % SERVICES.len()];
    let condition = match index % 4 {
        0 => {
            r#","Condition":{"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}"#
        }
        1 => r#","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/other-*"}}"#,
        _ => "",
    };
    let resource = match index % 3 {
        0 => format!("arn:aws:{service}:*:111111111111:thing-{index}/*"),
        1 => format!("arn:aws:{service}:*:*:team/${{aws:PrincipalTag/team}}/{index}"),
        _ => format!("arn:aws:{service}:::bucket-{index}/*"),
    };
    format!(
        r#"{{"Sid":"S{index}","Effect":"Allow","Action":["{service}:Get*","{service}:List*","{service}:Describe{index}"],"Resource":"{resource}"{condition}}}"#
    )
}

fn grant() -> String {
    r#"{"Sid":"Grant","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::data-bucket","arn:aws:s3:::data-bucket/*"],"Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#.to_owned()
}

fn guard() -> String {
    r#"{"Sid":"Guard","Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc123"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}"#.to_owned()
}

impl World {
    fn new(identity: Vec<Policy>, resource: Option<Policy>) -> Self {
        let principal = Principal::parse(SESSION).unwrap_or(Principal::Anonymous);
        let mut context = Context::derived(&principal, Some("/"), "111111111111");
        for (key, value) in [
            ("aws:SecureTransport", "true"),
            ("aws:PrincipalOrgID", "o-abc123"),
            ("aws:PrincipalTag/team", "red"),
            ("aws:RequestedRegion", "eu-west-1"),
            ("aws:SourceIp", "203.0.113.7"),
            ("aws:CurrentTime", "2026-11-23T20:00:00.5Z"),
        ] {
            context.insert(key, [value]);
        }
        Self {
            principal,
            context,
            scps: Vec::new(),
            identity,
            boundary: None,
            resource,
            action: "s3:GetObject",
            resource_arn: OBJECT,
        }
    }

    fn with_levels(mut self, levels: usize) -> Self {
        self.scps = (0..levels)
            .map(|_| vec![policy(FULL_ACCESS), document(&[guard()])])
            .collect();
        self
    }

    /// Two levels of SCPs, one identity policy, a resource policy.
    pub(crate) fn small() -> Self {
        let resource = policy(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/app"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::data-bucket/*"}]}"#,
        );
        Self::new(Vec::new(), Some(resource)).with_levels(2)
    }

    /// Twenty statements, a boundary, three levels of SCPs.
    pub(crate) fn medium() -> Self {
        let mut world = Self::with_statements(20).with_levels(3);
        world.boundary = Some(policy(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sqs:*","logs:*"],"Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#,
        ));
        world
    }

    /// Four hundred statements in ten policies, three levels of SCPs.
    pub(crate) fn large() -> Self {
        Self::with_statements(400).with_levels(3)
    }

    /// A number of statements, forty a policy; the last one grants.
    pub(crate) fn with_statements(count: usize) -> Self {
        let mut statements: Vec<String> = (1..count).map(statement).collect();
        statements.push(grant());
        Self::new(statements.chunks(40).map(document).collect(), None)
    }

    /// A pattern with this many stars that nearly matches a text of sixteen times the length.
    #[allow(dead_code, reason = "only the benchmarks grow patterns")]
    pub(crate) fn with_stars(stars: usize) -> Self {
        Self::nearly_matched(&("*a".repeat(stars) + "*b*"), stars)
    }

    /// The same with a variable after each star, whose value is all but the end of a long run: every
    /// place of the text nearly fits.
    #[allow(dead_code, reason = "only the benchmarks grow patterns")]
    pub(crate) fn with_variables(stars: usize) -> Self {
        let mut world = Self::nearly_matched(&("*${aws:PrincipalTag/team}b".repeat(stars)), stars);
        world
            .context
            .insert("aws:PrincipalTag/team", ["a".repeat(stars)]);
        world
    }

    fn nearly_matched(pattern: &str, stars: usize) -> Self {
        let mut world = Self::new(
            vec![policy(&format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{pattern}"}}]}}"#
            ))],
            None,
        );
        let text = format!("arn:aws:s3:::{}", "a".repeat(stars * 16));
        world.resource_arn = Box::leak(text.into_boxed_str());
        world
    }

    /// Borrows everything and runs something on it, so that only that is measured.
    pub(crate) fn run<R>(&self, run: impl FnOnce(&dyn Fn() -> Decision) -> R) -> R {
        let scps: Vec<Vec<&Policy>> = self
            .scps
            .iter()
            .map(|level| level.iter().collect())
            .collect();
        let scps: Vec<Level<'_>> = scps.iter().map(Vec::as_slice).collect();
        let identity: Vec<&Policy> = self.identity.iter().collect();
        let layers = Layers {
            scps: (!scps.is_empty()).then_some(&*scps),
            identity: &identity,
            boundary: self.boundary.as_ref(),
            resource: self.resource.as_ref(),
            ..Layers::default()
        };
        let request = Request {
            principal: &self.principal,
            role_path: Some("/"),
            action: self.action,
            resource: self.resource_arn,
            resource_account: "111111111111",
            context: &self.context,
        };
        run(&|| decide(&request, &layers))
    }
}
