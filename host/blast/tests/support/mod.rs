//! A small language for organizations in tests: accounts and principals by short names, policies
//! as JSON.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test support, shared by several test binaries of which each uses a part"
)]

pub(crate) mod naive;
pub(crate) mod random;
pub(crate) mod sides;

use std::collections::BTreeMap;

use blastwall_blast::{Certainty, Environment, Facts, Graph, Radius, Subject, Survey};
use blastwall_model::{AccountId, Document};
use serde_json::{Value, json};

/// The management account of every test organization.
pub(crate) const MANAGEMENT: &str = "999999999999";
pub(crate) const DEV: &str = "111111111111";
pub(crate) const TEST: &str = "222222222222";
pub(crate) const PROD: &str = "333333333333";
pub(crate) const VENDOR: &str = "888888888888";

#[derive(Clone, Default)]
pub(crate) struct Org {
    pub(crate) organization: Vec<Value>,
    pub(crate) accounts: BTreeMap<String, (String, Vec<Value>)>,
}

pub(crate) fn statement(effect: &str, action: &str, resource: &str) -> Value {
    json!({"Effect": effect, "Action": action, "Resource": resource})
}

pub(crate) fn policy(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

pub(crate) fn allow(action: &str, resource: &str) -> Value {
    policy(&[statement("Allow", action, resource)])
}

pub(crate) fn deny(action: &str, resource: &str) -> Value {
    policy(&[statement("Deny", action, resource)])
}

pub(crate) fn admin() -> Value {
    allow("*", "*")
}

/// A trust policy for AWS principals.
pub(crate) fn trust(principals: &[&str]) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "sts:AssumeRole"}),
    ])
}

pub(crate) fn trust_if(principals: &[&str], condition: Value) -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "sts:AssumeRole",
        "Condition": condition}),
    ])
}

pub(crate) fn nobody() -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole"}),
    ])
}

/// A trust policy that lets in whatever runs code, and no principal.
pub(crate) fn runs() -> Value {
    let services = [
        "amplify",
        "bedrock-agentcore",
        "cloudformation",
        "codebuild",
        "codepipeline",
        "credentials.iot",
        "ec2",
        "ecs-tasks",
        "glue",
        "lambda",
        "sagemaker",
        "states",
        "tasks.apprunner",
    ];
    let services: Vec<String> = services
        .iter()
        .map(|service| format!("{service}.amazonaws.com"))
        .collect();
    policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": services},
        "Action": "sts:AssumeRole"}),
    ])
}

pub(crate) fn role(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:role/{name}")
}

pub(crate) fn user(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:user/{name}")
}

pub(crate) fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

fn inline(policies: &[Value]) -> Value {
    policies
        .iter()
        .enumerate()
        .map(|(index, document)| {
            json!({"PolicyName": format!("inline-{index}"), "PolicyDocument": document})
        })
        .collect()
}

impl Org {
    /// An organization with all features, its management account, and nothing else.
    pub(crate) fn new() -> Self {
        let mut org = Self::default();
        org.organization
            .push(json!({"type": "AWS::Organizations::Organization",
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:organization/o-test000001"),
            "account": MANAGEMENT,
            "config": {"Id": "o-test000001", "RootId": "r-root", "FeatureSet": "ALL",
                "ManagementAccountId": MANAGEMENT},
            "observed": {"EnabledPolicyTypes":
                ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"]}}));
        org.account(MANAGEMENT, "management", "r-root")
    }

    /// The three accounts of most tests, under a root each.
    pub(crate) fn three() -> Self {
        Self::new()
            .account(DEV, "dev", "r-root")
            .account(TEST, "test", "r-root")
            .account(PROD, "prod", "r-root")
    }

    pub(crate) fn unit(mut self, id: &str, parent: &str) -> Self {
        self.organization
            .push(json!({"type": "AWS::Organizations::OrganizationalUnit",
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:ou/o-test000001/{id}"),
            "account": MANAGEMENT, "config": {"Id": id, "Name": id, "ParentId": parent}}));
        self
    }

    /// An account whose environment has its own name.
    pub(crate) fn account(mut self, id: &str, name: &str, parent: &str) -> Self {
        self.organization
            .push(json!({"type": "AWS::Organizations::Account",
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:account/o-test000001/{id}"),
            "account": MANAGEMENT,
            "config": {"AccountId": id, "AccountName": name, "ParentIds": [parent]},
            "observed": {"Status": "ACTIVE"}}));
        self.accounts
            .insert(id.to_owned(), (name.to_owned(), Vec::new()));
        self
    }

    /// A service control or resource control policy.
    pub(crate) fn control(
        mut self,
        kind: &str,
        name: &str,
        content: Value,
        targets: &[&str],
    ) -> Self {
        self.organization.push(json!({"type": "AWS::Organizations::Policy",
            "arn": format!("arn:aws:organizations::{MANAGEMENT}:policy/o-test000001/{kind}/p-{name}"),
            "account": MANAGEMENT,
            "config": {"Id": format!("p-{name}"), "Name": name,
                "Type": if kind == "scp" { "SERVICE_CONTROL_POLICY" } else { "RESOURCE_CONTROL_POLICY" },
                "Content": content, "TargetIds": targets}}));
        self
    }

    pub(crate) fn scp(self, name: &str, content: Value, targets: &[&str]) -> Self {
        self.control("scp", name, content, targets)
    }

    pub(crate) fn add(mut self, account: &str, document: Value) -> Self {
        self.accounts
            .get_mut(account)
            .expect("the account was added before")
            .1
            .push(document);
        self
    }

    pub(crate) fn role(self, account: &str, name: &str, trust: Value, policies: &[Value]) -> Self {
        self.role_with(account, name, trust, policies, json!({}))
    }

    /// A role with further properties.
    pub(crate) fn role_with(
        self,
        account: &str,
        name: &str,
        trust: Value,
        policies: &[Value],
        more: Value,
    ) -> Self {
        let short = name.rsplit('/').next().unwrap();
        let mut config = json!({"RoleName": short, "AssumeRolePolicyDocument": trust,
            "Policies": inline(policies)});
        for (key, value) in more.as_object().unwrap() {
            config[key] = value.clone();
        }
        let document = json!({"type": "AWS::IAM::Role", "arn": role(account, name),
            "account": account, "config": config});
        self.add(account, document)
    }

    pub(crate) fn user(
        self,
        account: &str,
        name: &str,
        policies: &[Value],
        groups: &[&str],
    ) -> Self {
        let document = json!({"type": "AWS::IAM::User", "arn": user(account, name),
            "account": account,
            "config": {"UserName": name, "Policies": inline(policies), "Groups": groups}});
        self.add(account, document)
    }

    pub(crate) fn group(self, account: &str, name: &str, policies: &[Value]) -> Self {
        let document = json!({"type": "AWS::IAM::Group",
            "arn": format!("arn:aws:iam::{account}:group/{name}"), "account": account,
            "config": {"GroupName": name, "Policies": inline(policies)}});
        self.add(account, document)
    }

    pub(crate) fn managed(self, account: &str, name: &str, content: Value) -> Self {
        let document = json!({"type": "AWS::IAM::ManagedPolicy",
            "arn": format!("arn:aws:iam::{account}:policy/{name}"), "account": account,
            "config": {"ManagedPolicyName": name, "PolicyDocument": content}});
        self.add(account, document)
    }

    /// Forgets that an account was looked into.
    pub(crate) fn refused(mut self, account: &str) -> Self {
        self.accounts.remove(account);
        self
    }

    pub(crate) fn facts(&self) -> Facts {
        let mut facts = Facts::new();
        facts.add_organization(&documents(&self.organization));
        for (id, (environment, resources)) in &self.accounts {
            let id: AccountId = id.parse().unwrap();
            facts.add_account(
                &id,
                Environment::new(environment.clone(), 1.0),
                &documents(resources),
            );
        }
        facts
    }

    pub(crate) fn graph(&self) -> Graph {
        Graph::build(self.facts())
    }

    pub(crate) fn survey(&self) -> Survey {
        self.graph().survey()
    }

    pub(crate) fn radius(&self, start: &str) -> Radius {
        let graph = self.graph();
        let start = graph.find(start).unwrap();
        graph.radius(&[start]).unwrap()
    }

    /// How surely all of `starts` together reach `target`; none if they do not.
    pub(crate) fn reach_together(&self, starts: &[String], target: &str) -> Option<Certainty> {
        let graph = self.graph();
        let starts: Vec<Subject> = starts.iter().map(|one| graph.find(one).unwrap()).collect();
        let target = graph.find(target).unwrap();
        let radius = graph.radius(&starts).unwrap();
        for step in radius.facts.iter().filter_map(|fact| fact.witness.as_ref()) {
            let certain = step.certainty == Certainty::Certain;
            assert_eq!(certain, step.conditions.is_empty(), "{step:?}");
        }
        radius.fact(&target).map(|fact| fact.certainty)
    }

    /// How surely `start` (an account, ARN or outside party) reaches `target`; none if it does not.
    pub(crate) fn reach(&self, start: &str, target: &str) -> Option<Certainty> {
        let graph = self.graph();
        let start = graph.find(start).unwrap();
        let target = graph.find(target).unwrap();
        let radius = graph.radius(&[start]).unwrap();
        for step in radius.facts.iter().filter_map(|fact| fact.witness.as_ref()) {
            // What is in doubt says why, and nothing else does.
            assert_eq!(
                step.certainty == Certainty::Certain,
                step.conditions.is_empty(),
                "{step:?}"
            );
        }
        radius.fact(&target).map(|fact| fact.certainty)
    }
}

pub(crate) fn documents(values: &[Value]) -> Vec<Document> {
    values
        .iter()
        .map(|value| Document::parse(&value.to_string()).unwrap())
        .collect()
}

/// Everything that falls, as text, certainty and hops; the start left out.
pub(crate) fn falls(radius: &Radius) -> Vec<(String, Certainty, u32)> {
    radius
        .facts
        .iter()
        .filter(|fact| !radius.start.contains(&fact.subject))
        .map(|fact| (fact.subject.to_string(), fact.certainty, fact.hops))
        .collect()
}

pub(crate) fn principal(arn: &str) -> Subject {
    Subject::Principal {
        arn: arn.parse().unwrap(),
    }
}
