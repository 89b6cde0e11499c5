//! Words to build an organization with: thin wrappers of AWS's own clients.
//!
//! Knows nothing of what is built, and nothing of Blastwall but how to reach a local endpoint.

use aws_sdk_ec2::types::{InstanceType, IpPermission, IpRange, Ipv6Range, VolumeType};
use aws_sdk_organizations::types::{PolicyType, Tag};
use aws_sdk_s3::types as s3;
use aws_sdk_s3control::types::PublicAccessBlockConfiguration;
use blastwall_aws::{Credentials, SdkConfig, isolated};
use serde_json::{Value, json};

/// The region that is seeded unless another is named.
pub(crate) const REGION: &str = "us-east-1";

/// A policy of one statement.
pub(crate) fn statement(statement: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// A policy that allows the actions on the resource.
pub(crate) fn allow(actions: &[&str], resource: &str) -> Value {
    statement(json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
}

/// A trust policy for an AWS principal.
pub(crate) fn trust(principal: &str) -> Value {
    statement(
        json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" }),
    )
}

/// An account, and a session in it that may do everything.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: String,
    endpoint: String,
    credentials: Credentials,
}

impl Account {
    /// The account that the keys of the tests belong to.
    pub(crate) async fn first(endpoint: &str, key: &str, secret: &str) -> Self {
        let mut account = Self {
            id: String::new(),
            endpoint: endpoint.to_owned(),
            credentials: Credentials::new(key, secret, None, None, "test"),
        };
        let identity = aws_sdk_sts::Client::new(&account.config(REGION))
            .get_caller_identity()
            .send()
            .await
            .unwrap();
        account.id = identity.account().unwrap().to_owned();
        account
    }

    fn config(&self, region: &str) -> SdkConfig {
        isolated(&self.endpoint, region, self.credentials.clone())
    }

    fn iam(&self) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.config(REGION))
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(&self.config(REGION))
                .force_path_style(true)
                .build(),
        )
    }

    fn ec2(&self, region: &str) -> aws_sdk_ec2::Client {
        aws_sdk_ec2::Client::new(&self.config(region))
    }

    /// The ARN of one of its roles.
    pub(crate) fn role_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:role/{name}", self.id)
    }

    pub(crate) async fn role(&self, name: &str, trust: Value) {
        self.iam()
            .create_role()
            .role_name(name)
            .assume_role_policy_document(trust.to_string())
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn role_policy(&self, role: &str, name: &str, policy: Value) {
        self.iam()
            .put_role_policy()
            .role_name(role)
            .policy_name(name)
            .policy_document(policy.to_string())
            .send()
            .await
            .unwrap();
    }

    /// Attaches a policy, by ARN, to a role.
    pub(crate) async fn attach(&self, role: &str, policy: &str) {
        self.iam()
            .attach_role_policy()
            .role_name(role)
            .policy_arn(policy)
            .send()
            .await
            .unwrap();
    }

    /// A customer-managed policy; its ARN.
    pub(crate) async fn managed_policy(&self, name: &str, policy: Value) -> String {
        let output = self
            .iam()
            .create_policy()
            .policy_name(name)
            .policy_document(policy.to_string())
            .send()
            .await
            .unwrap();
        output.policy().unwrap().arn().unwrap().to_owned()
    }

    pub(crate) async fn user(&self, name: &str) {
        self.iam()
            .create_user()
            .user_name(name)
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn user_policy(&self, user: &str, name: &str, policy: Value) {
        self.iam()
            .put_user_policy()
            .user_name(user)
            .policy_name(name)
            .policy_document(policy.to_string())
            .send()
            .await
            .unwrap();
    }

    /// A password for the console.
    pub(crate) async fn password(&self, user: &str) {
        self.iam()
            .create_login_profile()
            .user_name(user)
            .password("correct horse battery staple")
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn mfa(&self, user: &str) {
        let iam = self.iam();
        let device = iam
            .create_virtual_mfa_device()
            .virtual_mfa_device_name(user)
            .send()
            .await
            .unwrap();
        iam.enable_mfa_device()
            .user_name(user)
            .serial_number(device.virtual_mfa_device().unwrap().serial_number())
            .authentication_code1("123456")
            .authentication_code2("234567")
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn access_key(&self, user: &str) {
        self.iam()
            .create_access_key()
            .user_name(user)
            .send()
            .await
            .unwrap();
    }

    /// A group with one inline policy and these members.
    pub(crate) async fn group(&self, name: &str, policy: Value, members: &[&str]) {
        let iam = self.iam();
        iam.create_group().group_name(name).send().await.unwrap();
        iam.put_group_policy()
            .group_name(name)
            .policy_name("inline")
            .policy_document(policy.to_string())
            .send()
            .await
            .unwrap();
        for member in members {
            iam.add_user_to_group()
                .group_name(name)
                .user_name(*member)
                .send()
                .await
                .unwrap();
        }
    }

    /// A bucket with what AWS gives new ones, but for the switches that block public access.
    pub(crate) async fn bucket(&self, name: &str) {
        self.s3().create_bucket().bucket(name).send().await.unwrap();
    }

    pub(crate) async fn bucket_policy(&self, name: &str, policy: Value) {
        self.s3()
            .put_bucket_policy()
            .bucket(name)
            .policy(policy.to_string())
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn bucket_acl(&self, name: &str, acl: s3::BucketCannedAcl) {
        self.s3()
            .put_bucket_acl()
            .bucket(name)
            .acl(acl)
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn bucket_encryption(&self, name: &str) {
        let by_default = s3::ServerSideEncryptionByDefault::builder()
            .sse_algorithm(s3::ServerSideEncryption::AwsKms)
            .build()
            .unwrap();
        let rule = s3::ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(by_default)
            .build();
        self.s3()
            .put_bucket_encryption()
            .bucket(name)
            .server_side_encryption_configuration(
                s3::ServerSideEncryptionConfiguration::builder()
                    .rules(rule)
                    .build()
                    .unwrap(),
            )
            .send()
            .await
            .unwrap();
    }

    /// All four switches on, for the whole account.
    pub(crate) async fn block_public_access(&self) {
        aws_sdk_s3control::Client::new(&self.config(REGION))
            .put_public_access_block()
            .account_id(&self.id)
            .public_access_block_configuration(
                PublicAccessBlockConfiguration::builder()
                    .block_public_acls(true)
                    .ignore_public_acls(true)
                    .block_public_policy(true)
                    .restrict_public_buckets(true)
                    .build(),
            )
            .send()
            .await
            .unwrap();
    }

    /// A security group with inbound rules; its id.
    pub(crate) async fn security_group(
        &self,
        region: &str,
        name: &str,
        rules: impl IntoIterator<Item = IpPermission>,
    ) -> String {
        let ec2 = self.ec2(region);
        let group = ec2
            .create_security_group()
            .group_name(name)
            .description(name)
            .send()
            .await
            .unwrap();
        let id = group.group_id().unwrap().to_owned();
        ec2.authorize_security_group_ingress()
            .group_id(&id)
            .set_ip_permissions(Some(rules.into_iter().collect()))
            .send()
            .await
            .unwrap();
        id
    }

    /// An instance; its id.
    pub(crate) async fn instance(&self, region: &str, security_group: &str) -> String {
        let run = self
            .ec2(region)
            .run_instances()
            .image_id("ami-12c6146b")
            .instance_type(InstanceType::T3Micro)
            .security_group_ids(security_group)
            .min_count(1)
            .max_count(1)
            .send()
            .await
            .unwrap();
        run.instances()[0].instance_id().unwrap().to_owned()
    }

    /// A volume; its id.
    pub(crate) async fn volume(&self, region: &str, encrypted: bool) -> String {
        let volume = self
            .ec2(region)
            .create_volume()
            .availability_zone(format!("{region}a"))
            .volume_type(VolumeType::Gp3)
            .size(8)
            .encrypted(encrypted)
            .send()
            .await
            .unwrap();
        volume.volume_id().unwrap().to_owned()
    }

    /// A trail with a bucket of its own.
    pub(crate) async fn trail(&self, name: &str, every_region: bool, logging: bool) {
        let bucket = format!("{name}-{}", self.id);
        self.bucket(&bucket).await;
        let cloudtrail = aws_sdk_cloudtrail::Client::new(&self.config(REGION));
        cloudtrail
            .create_trail()
            .name(name)
            .s3_bucket_name(bucket)
            .is_multi_region_trail(every_region)
            .include_global_service_events(true)
            .send()
            .await
            .unwrap();
        if logging {
            cloudtrail.start_logging().name(name).send().await.unwrap();
        }
    }
}

/// A rule for one range of TCP ports; for all protocols and ports if there is none.
pub(crate) fn open(ports: Option<(i32, i32)>, network: &str) -> IpPermission {
    let mut rule = IpPermission::builder().ip_protocol(if ports.is_some() { "tcp" } else { "-1" });
    if let Some((from, to)) = ports {
        rule = rule.from_port(from).to_port(to);
    }
    if network.contains(':') {
        rule = rule.ipv6_ranges(Ipv6Range::builder().cidr_ipv6(network).build());
    } else {
        rule = rule.ip_ranges(IpRange::builder().cidr_ip(network).build());
    }
    rule.build()
}

/// An organization, through its management account.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) management: Account,
    pub(crate) id: String,
    pub(crate) root: String,
    client: aws_sdk_organizations::Client,
}

impl Organization {
    pub(crate) async fn create(management: Account) -> Self {
        let client = aws_sdk_organizations::Client::new(&management.config(REGION));
        let created = client.create_organization().send().await.unwrap();
        let roots = client.list_roots().send().await.unwrap();
        let root = roots.roots()[0].id().unwrap().to_owned();
        for kind in [
            PolicyType::ServiceControlPolicy,
            PolicyType::ResourceControlPolicy,
        ] {
            client
                .enable_policy_type()
                .root_id(&root)
                .policy_type(kind)
                .send()
                .await
                .unwrap();
        }
        Self {
            id: created.organization().unwrap().id().unwrap().to_owned(),
            management,
            root,
            client,
        }
    }

    /// A unit below a root or a unit; its id.
    pub(crate) async fn unit(&self, parent: &str, name: &str) -> String {
        let unit = self
            .client
            .create_organizational_unit()
            .parent_id(parent)
            .name(name)
            .send()
            .await
            .unwrap();
        unit.organizational_unit().unwrap().id().unwrap().to_owned()
    }

    /// A member, entered through the role that AWS makes in new accounts.
    pub(crate) async fn account(&self, parent: &str, name: &str, tags: &[(&str, &str)]) -> Account {
        let tags = tags
            .iter()
            .map(|(key, value)| Tag::builder().key(*key).value(*value).build().unwrap())
            .collect();
        let created = self
            .client
            .create_account()
            .account_name(name)
            .email(format!("{name}@example.com"))
            .set_tags(Some(tags))
            .send()
            .await
            .unwrap();
        let id = created
            .create_account_status()
            .unwrap()
            .account_id()
            .unwrap()
            .to_owned();
        self.client
            .move_account()
            .account_id(&id)
            .source_parent_id(&self.root)
            .destination_parent_id(parent)
            .send()
            .await
            .unwrap();
        let session = aws_sdk_sts::Client::new(&self.management.config(REGION))
            .assume_role()
            .role_arn(format!(
                "arn:aws:iam::{id}:role/OrganizationAccountAccessRole"
            ))
            .role_session_name("seed")
            .send()
            .await
            .unwrap();
        let credentials = session.credentials().unwrap();
        Account {
            id,
            endpoint: self.management.endpoint.clone(),
            credentials: Credentials::new(
                credentials.access_key_id(),
                credentials.secret_access_key(),
                Some(credentials.session_token().to_owned()),
                None,
                "test",
            ),
        }
    }

    /// Closes a member.
    pub(crate) async fn close(&self, account: &Account) {
        self.client
            .close_account()
            .account_id(&account.id)
            .send()
            .await
            .unwrap();
    }

    /// A policy of the organization, attached to a root, a unit or an account.
    pub(crate) async fn policy(&self, kind: PolicyType, name: &str, content: Value, target: &str) {
        let policy = self
            .client
            .create_policy()
            .name(name)
            .description(name)
            .r#type(kind)
            .content(content.to_string())
            .send()
            .await
            .unwrap();
        let id = policy
            .policy()
            .unwrap()
            .policy_summary()
            .unwrap()
            .id()
            .unwrap();
        self.client
            .attach_policy()
            .policy_id(id)
            .target_id(target)
            .send()
            .await
            .unwrap();
    }
}
