//! Who is refused, and in which words.

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use blastwall_sim::{Caller, Clock, Fault, Server};
use serde_json::json;

use crate::common::{
    Fixture, KEY, MANAGEMENT, MEMBER, SECRET, allow, auditor, deny, enter, role, scp, signed_by,
    trust, user,
};

/// Code and message of an error.
fn error<T: std::fmt::Debug>(
    result: Result<T, impl ProvideErrorMetadata + std::fmt::Debug>,
) -> (String, String) {
    let error = result.unwrap_err();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    (text(error.code()), text(error.message()))
}

async fn assume(
    server: &Server,
    role: &str,
    external_id: Option<&str>,
) -> Result<(), (String, String)> {
    let result = aws_sdk_sts::Client::new(&auditor(server))
        .assume_role()
        .role_arn(role)
        .role_session_name("test")
        .set_external_id(external_id.map(ToOwned::to_owned))
        .send()
        .await;
    match result {
        Ok(_) => Ok(()),
        Err(failed) => Err(error::<()>(Err(failed))),
    }
}

fn member_role(name: &str) -> String {
    format!("arn:aws:iam::{MEMBER}:role/{name}")
}

#[tokio::test]
async fn credentials_must_be_known_and_signatures_right() {
    let server = Fixture::new().serve().await;
    for (key, secret, token, codes) in [
        (
            "AKIANOBODY0000000000",
            SECRET,
            None,
            [
                "InvalidClientTokenId",
                "InvalidAccessKeyId",
                "UnrecognizedClientException",
                "AuthFailure",
            ],
        ),
        (
            KEY,
            SECRET,
            Some("no token of ours"),
            [
                "InvalidClientTokenId",
                "InvalidAccessKeyId",
                "UnrecognizedClientException",
                "AuthFailure",
            ],
        ),
        (
            KEY,
            "another secret",
            None,
            [
                "SignatureDoesNotMatch",
                "SignatureDoesNotMatch",
                "InvalidSignatureException",
                "SignatureDoesNotMatch",
            ],
        ),
    ] {
        let config = signed_by(&server, key, secret, token);
        let identity = aws_sdk_sts::Client::new(&config).get_caller_identity();
        let buckets = aws_sdk_s3::Client::new(&config).list_buckets();
        let roots = aws_sdk_organizations::Client::new(&config).list_roots();
        let config = config
            .into_builder()
            .region(aws_config::Region::new("us-east-1"))
            .build();
        let regions = aws_sdk_ec2::Client::new(&config).describe_regions();
        let found = [
            error(identity.send().await).0,
            error(buckets.send().await).0,
            error(roots.send().await).0,
            error(regions.send().await).0,
        ];
        assert_eq!(found, codes);
    }
}

#[tokio::test]
async fn sessions_end() {
    let mut fixture = Fixture::new();
    // The clock has two settings, so that nobody has to wait.
    let later = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_later = later.clone();
    fixture.options.clock = Clock::new(move || {
        let now = jiff::Timestamp::now();
        if is_later.load(std::sync::atomic::Ordering::Relaxed) {
            now + jiff::SignedDuration::from_hours(2)
        } else {
            now
        }
    });
    let server = fixture.serve().await;
    let session = enter(&server, &auditor(&server), MEMBER, "audit", None).await;
    later.store(true, std::sync::atomic::Ordering::Relaxed);
    let sts = aws_sdk_sts::Client::new(&session);
    assert_eq!(
        error(sts.get_caller_identity().send().await).0,
        "ExpiredToken"
    );
    let trails = aws_sdk_organizations::Client::new(&session);
    assert_eq!(
        error(trails.list_roots().send().await).0,
        "ExpiredTokenException"
    );
}

#[tokio::test]
async fn roles_that_are_unknown_and_roles_that_do_not_trust_look_the_same() {
    let mut fixture = Fixture::new();
    let stranger = "arn:aws:iam::999999999999:root";
    fixture
        .add(
            MEMBER,
            role(MEMBER, "closed", trust(stranger), allow(&["*"])),
        )
        .add(
            MEMBER,
            role(MEMBER, "strange", json!("not { JSON"), allow(&["*"])),
        );
    let server = fixture.serve().await;
    for name in ["closed", "strange", "no-such-role", "path/audit"] {
        let arn = member_role(name);
        assert_eq!(
            assume(&server, &arn, None).await.unwrap_err(),
            (
                "AccessDenied".to_owned(),
                format!(
                    "User: arn:aws:iam::{MANAGEMENT}:user/auditor is not authorized to perform: \
                     sts:AssumeRole on resource: {arn}"
                )
            )
        );
    }
    let elsewhere = "arn:aws:iam::777777777777:role/audit";
    assert_eq!(
        assume(&server, elsewhere, None).await.unwrap_err().0,
        "AccessDenied"
    );
    assert_eq!(assume(&server, &member_role("audit"), None).await, Ok(()));
}

#[tokio::test]
async fn external_ids_are_checked() {
    let mut fixture = Fixture::new();
    let mut trusting = trust(&format!("arn:aws:iam::{MANAGEMENT}:root"));
    trusting["Statement"][0]["Condition"] =
        json!({ "StringEquals": { "sts:ExternalId": "secret" } });
    fixture.add(MEMBER, role(MEMBER, "guarded", trusting, allow(&["*"])));
    let server = fixture.serve().await;
    let arn = member_role("guarded");
    assert!(assume(&server, &arn, None).await.is_err());
    assert!(assume(&server, &arn, Some("guess")).await.is_err());
    assert_eq!(assume(&server, &arn, Some("secret")).await, Ok(()));
}

#[tokio::test]
async fn callers_need_permission_of_their_own_account_too() {
    let mut fixture = Fixture::new();
    fixture
        .add(MANAGEMENT, user(MANAGEMENT, "powerless", allow(&["s3:*"])))
        .add(
            MEMBER,
            role(
                MEMBER,
                "open",
                trust(&format!("arn:aws:iam::{MANAGEMENT}:root")),
                allow(&["*"]),
            ),
        );
    let powerless = format!("arn:aws:iam::{MANAGEMENT}:user/powerless")
        .parse()
        .unwrap();
    fixture
        .options
        .callers
        .push(Caller::new("AKIAPOWERLESS0000001", SECRET, powerless));
    let server = fixture.serve().await;
    let config = signed_by(&server, "AKIAPOWERLESS0000001", SECRET, None);
    let refused = aws_sdk_sts::Client::new(&config)
        .assume_role()
        .role_arn(member_role("open"))
        .role_session_name("test")
        .send()
        .await;
    assert_eq!(error(refused).0, "AccessDenied");
    let identity = aws_sdk_sts::Client::new(&config)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(identity.account(), Some(MANAGEMENT));
    let refused = aws_sdk_iam::Client::new(&config)
        .get_account_summary()
        .send()
        .await;
    assert_eq!(
        error(refused),
        (
            "AccessDenied".to_owned(),
            format!(
                "User: arn:aws:iam::{MANAGEMENT}:user/powerless is not authorized to perform: \
                 iam:GetAccountSummary on resource: * because no identity-based policy allows the \
                 iam:GetAccountSummary action"
            )
        )
    );
}

#[tokio::test]
async fn session_policies_narrow_a_session() {
    let server = Fixture::new().serve().await;
    let policy = allow(&["ec2:DescribeRegions", "iam:GetAccountSummary"]);
    let session = enter(&server, &auditor(&server), MEMBER, "audit", Some(policy)).await;
    let iam = aws_sdk_iam::Client::new(&session);
    iam.get_account_summary().send().await.unwrap();
    let (code, message) = error(iam.get_account_password_policy().send().await);
    assert_eq!(code, "AccessDenied");
    assert!(
        message
            .ends_with("because no session policy allows the iam:GetAccountPasswordPolicy action"),
        "{message}"
    );
    let first_region = session
        .to_builder()
        .region(aws_config::Region::new("us-east-1"))
        .build();
    let volumes = aws_sdk_ec2::Client::new(&first_region)
        .describe_volumes()
        .send()
        .await;
    let (code, message) = error(volumes);
    assert_eq!(code, "UnauthorizedOperation");
    assert!(
        message.starts_with("You are not authorized to perform this operation. User: arn:aws:sts:"),
        "{message}"
    );
    let buckets = aws_sdk_s3::Client::new(&session)
        .list_buckets()
        .send()
        .await;
    assert_eq!(error(buckets).0, "AccessDenied");
}

#[tokio::test]
async fn long_and_malformed_session_policies_are_refused() {
    let server = Fixture::new().serve().await;
    for (policy, expected) in [
        ("x".repeat(2049), "ValidationError"),
        ("not a policy".to_owned(), "MalformedPolicyDocument"),
    ] {
        let refused = aws_sdk_sts::Client::new(&auditor(&server))
            .assume_role()
            .role_arn(member_role("audit"))
            .role_session_name("test")
            .policy(policy)
            .send()
            .await;
        assert_eq!(error(refused).0, expected);
    }
}

#[tokio::test]
async fn service_control_policies_bind_members_and_not_the_management_account() {
    let mut fixture = Fixture::new();
    fixture.organize(scp("p-deny", deny(&["s3:*"]), &["r-a"]));
    let server = fixture.serve().await;
    let management = auditor(&server);
    aws_sdk_s3::Client::new(&management)
        .list_buckets()
        .send()
        .await
        .unwrap();
    let session = enter(&server, &management, MEMBER, "audit", None).await;
    let refused = aws_sdk_s3::Client::new(&session)
        .list_buckets()
        .send()
        .await;
    let (code, message) = error(refused);
    assert_eq!(code, "AccessDenied");
    assert!(
        message.ends_with("with an explicit deny in a service control policy"),
        "{message}"
    );
    aws_sdk_iam::Client::new(&session)
        .get_account_summary()
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn a_bucket_may_shut_its_own_account_out() {
    let mut fixture = Fixture::new();
    fixture.add(
        MANAGEMENT,
        json!({
            "type": "AWS::S3::Bucket", "arn": "arn:aws:s3:::shut", "region": "eu-west-1",
            "config": { "PolicyDocument": { "Version": "2012-10-17", "Statement": [{
                "Effect": "Deny", "Principal": "*", "Action": "s3:GetBucketAcl",
                "Resource": "arn:aws:s3:::shut"
            }]}}
        }),
    );
    let server = fixture.serve().await;
    let s3 = aws_sdk_s3::Client::new(&auditor(&server));
    let (code, message) = error(s3.get_bucket_acl().bucket("shut").send().await);
    assert_eq!(code, "AccessDenied");
    assert!(
        message.ends_with("with an explicit deny in a resource-based policy"),
        "{message}"
    );
    s3.get_bucket_policy().bucket("shut").send().await.unwrap();
    // Not in another account's hands either.
    let session = enter(&server, &auditor(&server), MEMBER, "audit", None).await;
    let s3 = aws_sdk_s3::Client::new(&session);
    assert_eq!(
        error(s3.get_bucket_policy().bucket("shut").send().await).0,
        "AccessDenied"
    );
}

#[tokio::test]
async fn members_may_not_look_into_the_organization() {
    let mut fixture = Fixture::new();
    let server = fixture.serve().await;
    let session = enter(&server, &auditor(&server), MEMBER, "audit", None).await;
    let organizations = aws_sdk_organizations::Client::new(&session);
    organizations.describe_organization().send().await.unwrap();
    assert_eq!(
        error(organizations.list_accounts().send().await).0,
        "AccessDeniedException"
    );
    fixture.options.delegated_administrators = vec![MEMBER.parse().unwrap()];
    let server = fixture.serve().await;
    let session = enter(&server, &auditor(&server), MEMBER, "audit", None).await;
    let organizations = aws_sdk_organizations::Client::new(&session);
    let accounts = organizations.list_accounts().send().await.unwrap();
    assert_eq!(accounts.accounts().len(), 2);
}

#[tokio::test]
async fn regions_must_be_enabled() {
    let mut fixture = Fixture::new();
    fixture.add(
        MANAGEMENT,
        json!({
            "type": "AWS::EC2::Region", "region": "us-east-1",
            "arn": format!("arn:aws:ec2:us-east-1:{MANAGEMENT}:region/us-east-1")
        }),
    );
    let server = fixture.serve().await;
    let ec2 = aws_sdk_ec2::Client::new(&auditor(&server));
    assert_eq!(error(ec2.describe_volumes().send().await).0, "AuthFailure");
    let trails = aws_sdk_cloudtrail::Client::new(&auditor(&server));
    assert_eq!(
        error(trails.describe_trails().send().await).0,
        "UnrecognizedClientException"
    );
}

#[tokio::test]
async fn faults_are_injected_and_everything_is_written_down() {
    let mut fixture = Fixture::new();
    fixture.options.faults.push(Fault {
        times: Some(1),
        ..Fault::new("iam:GetAccountSummary", "InternalFailure", 500)
    });
    fixture
        .options
        .faults
        .push(Fault::new("iam:GetAccountPasswordPolicy", "Strange", 418));
    let server = fixture.serve().await;
    let iam = aws_sdk_iam::Client::new(&auditor(&server));
    iam.get_account_summary().send().await.unwrap();
    assert_eq!(
        error(iam.get_account_password_policy().send().await).0,
        "Strange"
    );
    assert_eq!(error(iam.list_users().send().await).0, "InvalidAction");
    let log = server.log();
    let lines: Vec<_> = log
        .iter()
        .map(|entry| {
            (
                entry.operation.as_str(),
                entry.action,
                entry.error.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            (
                "GetAccountSummary",
                Some("iam:GetAccountSummary"),
                Some("InternalFailure")
            ),
            ("GetAccountSummary", Some("iam:GetAccountSummary"), None),
            (
                "GetAccountPasswordPolicy",
                Some("iam:GetAccountPasswordPolicy"),
                Some("Strange")
            ),
            ("ListUsers", None, Some("InvalidAction")),
        ]
    );
    assert_eq!(log[0].account.as_ref().unwrap().as_str(), MANAGEMENT);
    assert_eq!(
        (log[0].service.as_str(), log[0].region.as_str()),
        ("iam", "eu-west-1")
    );
}
