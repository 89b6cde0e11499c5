//! The organization that the tests find in moto: who is in it, and what is good and bad there.

use std::sync::OnceLock;

use aws_sdk_organizations::types::PolicyType;
use aws_sdk_s3::types::BucketCannedAcl;
use blastwall_tests::{Blastwall, Moto};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::seed::{Account, Organization, REGION, allow, open, statement, trust};

/// The audit role of every member.
pub(crate) const AUDIT: &str = "Audit";
/// A second region with something in it.
pub(crate) const ELSEWHERE: &str = "eu-west-1";
/// AWS's own policy that allows everything.
pub(crate) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Operations that moto is made not to know behind its second endpoint, in the words of requests.
const LACKING: [&str; 5] = [
    "GET ?encryption",
    "Action=DescribeVolumes&",
    "Action=GetCredentialReport&",
    "CloudTrail_20131101.GetTrailStatus",
    "AWSOrganizationsV20161128.ListTargetsForPolicy",
];

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A seeded moto.
pub(crate) struct Seeded {
    moto: Moto,
    pub(crate) organization: Organization,
    pub(crate) security: Account,
    pub(crate) shared: Account,
    pub(crate) prod: Account,
    pub(crate) payments: Account,
    pub(crate) dev: Account,
    pub(crate) sandbox: Account,
    pub(crate) closed: Account,
    /// Security groups, instances and volumes, whose ids moto makes up, by name.
    pub(crate) ids: Ids,
}

pub(crate) struct Ids {
    /// SSH open to the world.
    pub(crate) ssh: String,
    /// Everything open to every IPv6 address, in [`ELSEWHERE`].
    pub(crate) everything: String,
    /// All TCP ports, in two halves of the Internet.
    pub(crate) halves: String,
    /// HTTPS open to the world, SSH to an office.
    pub(crate) web: String,
    pub(crate) encrypted_volume: String,
    pub(crate) plain_volume: String,
}

/// The organization that all tests read; none of them changes it.
pub(crate) fn seeded() -> &'static Seeded {
    static SEEDED: OnceLock<Seeded> = OnceLock::new();
    SEEDED.get_or_init(|| {
        let moto = Moto::start(&LACKING);
        Runtime::new().unwrap().block_on(seed(moto))
    })
}

impl Seeded {
    /// The program, pointed at this moto with the credentials of the management account.
    pub(crate) fn blastwall(&self) -> Blastwall {
        auditor(self.moto.endpoint())
    }

    /// The same, where moto lacks some operations.
    pub(crate) fn lacking(&self) -> Blastwall {
        auditor(self.moto.lacking())
    }

    /// All accounts that can be entered.
    pub(crate) fn open_accounts(&self) -> [&Account; 7] {
        [
            &self.organization.management,
            &self.security,
            &self.shared,
            &self.prod,
            &self.payments,
            &self.dev,
            &self.sandbox,
        ]
    }
}

fn auditor(endpoint: &str) -> Blastwall {
    Blastwall::new()
        .credentials(KEY, SECRET)
        .argument("--endpoint-url")
        .argument(endpoint)
        .argument("--role")
        .argument(AUDIT)
}

async fn seed(moto: Moto) -> Seeded {
    let management = Account::first(moto.endpoint(), KEY, SECRET).await;
    let organization = Organization::create(management).await;
    let root = organization.root.clone();
    let workloads = organization.unit(&root, "Workloads").await;
    let prod_unit = organization.unit(&workloads, "Prod").await;
    let critical = organization.unit(&prod_unit, "Critical").await;
    let dev_unit = organization.unit(&workloads, "Dev").await;
    let security_unit = organization.unit(&root, "Security").await;
    let infrastructure = organization.unit(&root, "Infrastructure").await;

    let security = organization
        .account(&security_unit, "log-archive", &[])
        .await;
    let shared = organization
        .account(&infrastructure, "pipelines", &[("team", "platform")])
        .await;
    let prod = organization
        .account(&prod_unit, "shop", &[("team", "shop")])
        .await;
    let payments = organization
        .account(
            &critical,
            "payments",
            &[("team", "payments"), ("pci", "yes")],
        )
        .await;
    let dev = organization
        .account(&dev_unit, "shop-next", &[("team", "shop")])
        .await;
    // Neither its unit nor its name says what it is.
    let sandbox = organization
        .account(&root, "misc", &[("environment", "test")])
        .await;
    let closed = organization.account(&dev_unit, "retired", &[]).await;
    organization.close(&closed).await;

    for member in [&security, &shared, &prod, &payments, &dev, &sandbox] {
        member
            .role(
                AUDIT,
                trust(&format!("arn:aws:iam::{}:root", organization.management.id)),
            )
            .await;
        member
            .role_policy(AUDIT, "reads", allow(&["iam:List*", "iam:Get*"], "*"))
            .await;
    }
    policies(&organization, &prod_unit, &critical).await;
    chain(&organization, [&shared, &prod, &payments, &dev, &sandbox]).await;
    identities(&dev, &sandbox).await;
    buckets(&prod, &dev).await;
    let ids = networks(&prod, &dev).await;
    security.trail("everywhere", true, true).await;
    prod.trail("one-region", false, true).await;
    payments.trail("silent", true, false).await;

    Seeded {
        moto,
        organization,
        security,
        shared,
        prod,
        payments,
        dev,
        sandbox,
        closed,
        ids,
    }
}

/// Service control policies: one that cuts a way into payments, one that does not matter.
async fn policies(organization: &Organization, prod_unit: &str, critical: &str) {
    let scp = PolicyType::ServiceControlPolicy;
    let keep_trails = statement(json!({
        "Effect": "Deny", "Action": "cloudtrail:StopLogging", "Resource": "*"
    }));
    organization
        .policy(scp.clone(), "KeepTrails", keep_trails, prod_unit)
        .await;
    let nothing_leaves = statement(json!({
        "Sid": "NoWayOut", "Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"
    }));
    organization
        .policy(scp, "NoWayOut", nothing_leaves, critical)
        .await;
}

/// Who may assume what: dev → shared → prod, and ways that only look like ways.
async fn chain(organization: &Organization, [shared, prod, payments, dev, sandbox]: [&Account; 5]) {
    let assume = |role: String| allow(&["sts:AssumeRole"], &role);
    dev.role("Developer", trust(&format!("arn:aws:iam::{}:root", dev.id)))
        .await;
    dev.role_policy(
        "Developer",
        "pipelines",
        assume(shared.role_arn("Pipeline")),
    )
    .await;
    shared
        .role("Pipeline", trust(&dev.role_arn("Developer")))
        .await;
    shared
        .role_policy("Pipeline", "deploy", assume(prod.role_arn("Deploy")))
        .await;
    prod.role("Deploy", trust(&shared.role_arn("Pipeline")))
        .await;
    prod.attach("Deploy", ADMINISTRATOR).await;

    // Payments is trusted by the shop, but its organizational unit lets nobody assume anything.
    payments
        .role(
            "Settlement",
            trust(&format!("arn:aws:iam::{}:root", payments.id)),
        )
        .await;
    payments
        .role_policy("Settlement", "out", assume(prod.role_arn("Ledger")))
        .await;
    prod.role("Ledger", trust(&payments.role_arn("Settlement")))
        .await;

    // Everybody in the organization may; and a trust policy as only a person writes it: one
    // statement that is no list, the action in odd case, an account id without an ARN, and the
    // version left to its default.
    shared
        .role(
            "Inventory",
            statement(json!({
                "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole",
                "Condition": { "StringEquals": { "aws:PrincipalOrgID": organization.id } }
            })),
        )
        .await;
    sandbox
        .role(
            "Odd",
            json!({ "Statement": {
                "Sid": "", "Effect": "Allow", "Principal": { "AWS": [dev.id] },
                "Action": ["sts:AssumeRole"],
                "Condition": { "StringLikeIfExists": { "aws:PrincipalArn": ["arn:aws:iam::*:role/Dev*"] } }
            } }),
        )
        .await;
    dev.role_policy("Developer", "odd", assume(sandbox.role_arn("Odd")))
        .await;
}

/// Users, groups and policies.
async fn identities(dev: &Account, sandbox: &Account) {
    for user in [
        "console-with-mfa",
        "console-without-mfa",
        "machine",
        "administrator",
    ] {
        dev.user(user).await;
    }
    dev.password("console-with-mfa").await;
    dev.mfa("console-with-mfa").await;
    dev.password("console-without-mfa").await;
    dev.access_key("machine").await;
    dev.user_policy("administrator", "everything", allow(&["*"], "*"))
        .await;
    dev.user_policy("machine", "little", allow(&["s3:GetObject"], "*"))
        .await;
    dev.group(
        "administrators",
        allow(&["*:*"], "*"),
        &["console-with-mfa"],
    )
    .await;
    dev.group(
        "readers",
        allow(&["s3:Get*"], "*"),
        &["console-without-mfa"],
    )
    .await;
    let everything = dev.managed_policy("Everything", allow(&["*"], "*")).await;
    dev.managed_policy(
        "Almost",
        statement(json!({
            "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"
        })),
    )
    .await;
    dev.role("Powerful", trust(&format!("arn:aws:iam::{}:root", dev.id)))
        .await;
    dev.attach("Powerful", &everything).await;
    sandbox
        .role(
            "Inline",
            trust(&format!("arn:aws:iam::{}:root", sandbox.id)),
        )
        .await;
    sandbox
        .role_policy("Inline", "everything", allow(&["*"], "*"))
        .await;
}

fn on_bucket(name: &str, statement: Value) -> Value {
    let mut statement = statement;
    statement["Resource"] = json!([
        format!("arn:aws:s3:::{name}"),
        format!("arn:aws:s3:::{name}/*")
    ]);
    crate::seed::statement(statement)
}

/// A bucket policy that refuses plain HTTP.
fn tls_only(name: &str) -> Value {
    on_bucket(
        name,
        json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Condition": { "Bool": { "aws:SecureTransport": "false" } }
        }),
    )
}

fn public_read(name: &str) -> Value {
    on_bucket(
        name,
        json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject" }),
    )
}

/// Buckets: production blocks public access for the whole account, development does not.
async fn buckets(prod: &Account, dev: &Account) {
    for bucket in ["prod-orders", "prod-media"] {
        prod.bucket(bucket).await;
    }
    prod.bucket_policy("prod-orders", tls_only("prod-orders"))
        .await;
    prod.bucket_encryption("prod-orders").await;
    prod.bucket_policy("prod-media", public_read("prod-media"))
        .await;
    prod.block_public_access().await;

    for bucket in ["dev-public-policy", "dev-public-acl", "dev-plain"] {
        dev.bucket(bucket).await;
    }
    dev.bucket_policy("dev-public-policy", public_read("dev-public-policy"))
        .await;
    dev.bucket_acl("dev-public-acl", BucketCannedAcl::PublicRead)
        .await;
    dev.bucket_encryption("dev-plain").await;
}

/// Security groups, instances and volumes.
async fn networks(prod: &Account, dev: &Account) -> Ids {
    let web = [
        open(Some((443, 443)), "0.0.0.0/0"),
        open(Some((22, 22)), "198.51.100.0/24"),
    ];
    let web = prod.security_group(REGION, "web", web).await;
    prod.instance(REGION, &web).await;
    let ssh = dev
        .security_group(REGION, "ssh", [open(Some((20, 25)), "0.0.0.0/0")])
        .await;
    dev.instance(REGION, &ssh).await;
    Ids {
        web,
        ssh,
        everything: dev
            .security_group(ELSEWHERE, "everything", [open(None, "::/0")])
            .await,
        halves: dev
            .security_group(
                ELSEWHERE,
                "halves",
                [
                    open(Some((0, 65535)), "0.0.0.0/1"),
                    open(Some((0, 65535)), "128.0.0.0/1"),
                ],
            )
            .await,
        encrypted_volume: prod.volume(REGION, true).await,
        plain_volume: prod.volume(ELSEWHERE, false).await,
    }
}
