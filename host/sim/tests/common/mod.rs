//! Organizations for tests: written to a directory, loaded, served, and asked by the real clients.

use blastwall_aws::{Credentials, SdkConfig, isolated};
use blastwall_sim::{Caller, Options, Server, Simulator};
use blastwall_store::Directory;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The management account.
pub const MANAGEMENT: &str = "111122223333";
/// A member.
pub const MEMBER: &str = "444455556666";
/// The access key of the user `auditor` of the management account.
pub const KEY: &str = "AKIAAUDITOR000000001";
/// Its secret.
pub const SECRET: &str = "the auditor's secret";

/// An organization being written.
pub struct Fixture {
    directory: TempDir,
    organization: Vec<Value>,
    accounts: Vec<(String, Vec<Value>)>,
    pub options: Options,
}

/// A policy that allows the actions on everything.
pub fn allow(actions: &[&str]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": actions, "Resource": "*" }
    ]})
}

/// A policy that denies the actions on everything.
pub fn deny(actions: &[&str]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Deny", "Action": actions, "Resource": "*" }
    ]})
}

/// A trust policy that trusts a principal.
pub fn trust(principal: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" }
    ]})
}

/// A role with one inline policy.
pub fn role(account: &str, name: &str, trust: Value, policy: Value) -> Value {
    json!({
        "type": "AWS::IAM::Role", "arn": format!("arn:aws:iam::{account}:role/{name}"),
        "config": {
            "AssumeRolePolicyDocument": trust,
            "Policies": [{ "PolicyName": "inline", "PolicyDocument": policy }]
        }
    })
}

/// A user with one inline policy.
pub fn user(account: &str, name: &str, policy: Value) -> Value {
    json!({
        "type": "AWS::IAM::User", "arn": format!("arn:aws:iam::{account}:user/{name}"),
        "config": { "Policies": [{ "PolicyName": "inline", "PolicyDocument": policy }] }
    })
}

/// A service control policy with its targets.
pub fn scp(id: &str, content: Value, targets: &[&str]) -> Value {
    json!({
        "type": "AWS::Organizations::Policy",
        "arn": format!("arn:aws:organizations::{MANAGEMENT}:policy/o-a/service_control_policy/{id}"),
        "config": {
            "Id": id, "Name": id, "Type": "SERVICE_CONTROL_POLICY", "Content": content,
            "TargetIds": targets
        }
    })
}

impl Fixture {
    /// A management account with an auditor who may do everything, and a member whose role `audit`
    /// trusts the auditor and may do everything.
    pub fn new() -> Self {
        let organization = "arn:aws:organizations::111122223333:organization/o-a";
        let account = |id: &str, parent: &str| {
            json!({
                "type": "AWS::Organizations::Account",
                "arn": format!("arn:aws:organizations::{MANAGEMENT}:account/o-a/{id}"),
                "config": { "AccountId": id, "AccountName": id, "ParentIds": [parent] }
            })
        };
        let everything = || allow(&["*"]);
        let auditor = format!("arn:aws:iam::{MANAGEMENT}:user/auditor");
        let mut fixture = Self {
            directory: tempfile::tempdir().unwrap(),
            organization: vec![
                json!({ "type": "AWS::Organizations::Organization", "arn": organization,
                        "config": { "Id": "o-a", "RootId": "r-a" } }),
                json!({ "type": "AWS::Organizations::OrganizationalUnit",
                        "arn": "arn:aws:organizations::111122223333:ou/o-a/ou-a-workloads",
                        "config": { "Id": "ou-a-workloads", "Name": "Workloads", "ParentId": "r-a" } }),
                account(MANAGEMENT, "r-a"),
                account(MEMBER, "ou-a-workloads"),
            ],
            accounts: Vec::new(),
            options: Options {
                callers: vec![Caller::new(KEY, SECRET, auditor.parse().unwrap())],
                ..Options::default()
            },
        };
        fixture.add(MANAGEMENT, user(MANAGEMENT, "auditor", everything()));
        fixture.add(MEMBER, role(MEMBER, "audit", trust(&auditor), everything()));
        fixture
    }

    /// Adds a document of the organization.
    pub fn organize(&mut self, document: Value) -> &mut Self {
        self.organization.push(document);
        self
    }

    /// Adds a document to an account.
    pub fn add(&mut self, account: &str, document: Value) -> &mut Self {
        match self.accounts.iter_mut().find(|(id, _)| id == account) {
            Some((_, documents)) => documents.push(document),
            None => self.accounts.push((account.to_owned(), vec![document])),
        }
        self
    }

    /// Writes the directory.
    pub fn write(&self) -> Directory {
        let path = self.directory.path();
        let lines = |documents: &[Value]| -> String {
            documents
                .iter()
                .map(|document| format!("{document}\n"))
                .collect()
        };
        let manifest = json!({ "format": blastwall_store::FORMAT });
        std::fs::write(path.join("manifest.json"), manifest.to_string()).unwrap();
        std::fs::write(path.join("organization.jsonl"), lines(&self.organization)).unwrap();
        for (id, documents) in &self.accounts {
            let account = path.join("accounts").join(id);
            std::fs::create_dir_all(&account).unwrap();
            std::fs::write(account.join("resources.jsonl"), lines(documents)).unwrap();
        }
        Directory::open(path).unwrap()
    }

    /// Serves it.
    pub async fn serve(&self) -> Server {
        let simulator = Simulator::load(&self.write(), self.options.clone()).unwrap();
        simulator
            .serve("127.0.0.1:0".parse().unwrap())
            .await
            .unwrap()
    }
}

/// The auditor's client configuration.
pub fn auditor(server: &Server) -> SdkConfig {
    signed_by(server, KEY, SECRET, None)
}

/// A client configuration with these credentials.
pub fn signed_by(server: &Server, key: &str, secret: &str, token: Option<&str>) -> SdkConfig {
    let token = token.map(ToOwned::to_owned);
    isolated(
        &server.endpoint(),
        "eu-west-1",
        Credentials::new(key, secret, token, None, "test"),
    )
}

/// Enters an account through one of its roles.
pub async fn enter(
    server: &Server,
    config: &SdkConfig,
    account: &str,
    role: &str,
    policy: Option<Value>,
) -> SdkConfig {
    enter_with(server, config, account, role, None, policy)
        .await
        .unwrap()
}

/// Enters an account through one of its roles, if it lets us.
pub async fn enter_with(
    server: &Server,
    config: &SdkConfig,
    account: &str,
    role: &str,
    external_id: Option<&str>,
    policy: Option<Value>,
) -> Option<SdkConfig> {
    let output = aws_sdk_sts::Client::new(config)
        .assume_role()
        .role_arn(format!("arn:aws:iam::{account}:role/{role}"))
        .role_session_name("test")
        .set_external_id(external_id.map(ToOwned::to_owned))
        .set_policy(policy.map(|policy| policy.to_string()))
        .send()
        .await
        .ok()?;
    let credentials = output.credentials().unwrap();
    Some(signed_by(
        server,
        credentials.access_key_id(),
        credentials.secret_access_key(),
        Some(credentials.session_token()),
    ))
}
