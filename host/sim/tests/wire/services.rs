//! Answers of each service, as its client reads them.

use aws_sdk_iam::types::EntityType;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use blastwall_sim::Server;
use serde_json::{Value, json};

use crate::common::{Fixture, MANAGEMENT, auditor, role, trust};

/// Text that breaks writers that do not escape.
const NASTY: &str = "a <b> & \"c\" 'd' é\u{2028}%20+,]]>";

async fn served(fixture: &Fixture) -> (Server, blastwall_aws::SdkConfig) {
    let server = fixture.serve().await;
    let config = auditor(&server);
    (server, config)
}

#[tokio::test]
async fn iam_details_come_in_pages() {
    let mut fixture = Fixture::new();
    fixture.options.page_size = 2;
    for name in ["one", "two", "three"] {
        let mut document = role(MANAGEMENT, name, trust("*"), json!({ "Nasty": NASTY }));
        document["tags"] = json!({ "key": NASTY });
        fixture.add(MANAGEMENT, document);
    }
    let (server, config) = served(&fixture).await;
    let pages: Vec<_> = aws_sdk_iam::Client::new(&config)
        .get_account_authorization_details()
        .filter(EntityType::Role)
        .filter(EntityType::User)
        .into_paginator()
        .send()
        .collect::<Result<_, _>>()
        .await
        .unwrap();
    assert_eq!(pages.len(), 2);
    assert_eq!(server.log().len(), 2);
    let roles: Vec<_> = pages
        .iter()
        .flat_map(|page| page.role_detail_list())
        .collect();
    let names: Vec<_> = roles.iter().map(|role| role.role_name().unwrap()).collect();
    assert_eq!(names, ["one", "three", "two"]);
    assert_eq!(roles[0].path(), Some("/"));
    assert_eq!(roles[0].tags()[0].value(), NASTY);
    let inline = roles[0].role_policy_list()[0].policy_document().unwrap();
    let decoded = percent_encoding::percent_decode_str(inline)
        .decode_utf8()
        .unwrap();
    let decoded: Value = serde_json::from_str(&decoded).unwrap();
    assert_eq!(decoded, json!({ "Nasty": NASTY }));
    assert_eq!(pages[0].user_detail_list()[0].user_name(), Some("auditor"));
}

#[tokio::test]
async fn credential_reports_are_made_first() {
    let mut fixture = Fixture::new();
    fixture.options.report_polls = 1;
    fixture.add(
        MANAGEMENT,
        json!({
            "type": "AWS::IAM::RootUser", "arn": format!("arn:aws:iam::{MANAGEMENT}:root"),
            "observed": { "AccountMFAEnabled": true, "PasswordLastUsed": "2026-01-02T03:04:05Z" }
        }),
    );
    fixture.add(MANAGEMENT, json!({
        "type": "AWS::IAM::User", "arn": format!("arn:aws:iam::{MANAGEMENT}:user/a,b"),
        "observed": {
            "CreateDate": "2025-01-01T00:00:00Z", "PasswordEnabled": true, "MFAActive": false,
            "AccessKeys": [
                { "AccessKeyId": "AKIA1", "Status": "Inactive", "CreateDate": "2025-02-01T00:00:00Z" },
                { "AccessKeyId": "AKIA2", "Status": "Active", "CreateDate": "2025-03-01T00:00:00Z",
                  "LastUsedDate": "2025-04-01T00:00:00Z" }
            ]
        }
    }));
    let (_server, config) = served(&fixture).await;
    let iam = aws_sdk_iam::Client::new(&config);
    let report = || iam.get_credential_report().send();
    assert_eq!(report().await.unwrap_err().code(), Some("ReportNotPresent"));
    let state = iam.generate_credential_report().send().await.unwrap();
    assert_eq!(state.state().unwrap().as_str(), "STARTED");
    assert_eq!(report().await.unwrap_err().code(), Some("ReportInProgress"));
    let content = report().await.unwrap().content.unwrap().into_inner();
    let text = String::from_utf8(content).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1],
        "<root_account>,arn:aws:iam::111122223333:root,no_information,not_supported,\
         2026-01-02T03:04:05+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,\
         false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
    );
    assert_eq!(
        lines[2],
        "\"a,b\",\"arn:aws:iam::111122223333:user/a,b\",2025-01-01T00:00:00+00:00,true,\
         no_information,N/A,N/A,false,false,2025-02-01T00:00:00+00:00,N/A,N/A,N/A,\
         true,2025-03-01T00:00:00+00:00,2025-04-01T00:00:00+00:00,N/A,N/A,false,N/A,false,N/A"
    );
    let keys = iam
        .list_access_keys()
        .user_name("a,b")
        .send()
        .await
        .unwrap();
    assert_eq!(keys.access_key_metadata().len(), 2);
    let used = iam
        .get_access_key_last_used()
        .access_key_id("AKIA2")
        .send()
        .await
        .unwrap();
    assert!(
        used.access_key_last_used()
            .unwrap()
            .last_used_date()
            .is_some()
    );
    let profile = iam.get_login_profile().user_name("a,b").send().await;
    assert!(profile.is_ok());
    let missing = iam.get_login_profile().user_name("auditor").send().await;
    assert_eq!(missing.unwrap_err().code(), Some("NoSuchEntity"));
}

#[tokio::test]
async fn buckets_are_listed_everywhere_and_read_in_their_region() {
    let mut fixture = Fixture::new();
    fixture.options.page_size = 1;
    for (name, region) in [("a", "eu-west-1"), ("b.c", "us-east-1")] {
        fixture.add(MANAGEMENT, json!({
            "type": "AWS::S3::Bucket", "arn": format!("arn:aws:s3:::{name}"), "region": region,
            "tags": { NASTY: NASTY },
            "config": { "BucketEncryption": { "ServerSideEncryptionConfiguration": [
                { "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" }, "BucketKeyEnabled": true }
            ]}},
            "observed": { "OwnerId": "owner", "Grants": [
                { "Grantee": { "Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers" },
                  "Permission": "READ" }
            ]}
        }));
    }
    let (server, config) = served(&fixture).await;
    let s3 = aws_sdk_s3::Client::new(&config);
    let buckets: Vec<_> = s3
        .list_buckets()
        .into_paginator()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .unwrap()
        .into_iter()
        .flat_map(|page| page.buckets.unwrap_or_default())
        .map(|bucket| (bucket.name.unwrap(), bucket.bucket_region.unwrap()))
        .collect();
    assert_eq!(buckets.len(), 2);
    assert_eq!(buckets[1], ("b.c".to_owned(), "us-east-1".to_owned()));

    let acl = s3.get_bucket_acl().bucket("a").send().await.unwrap();
    let grantee = acl.grants()[0].grantee().unwrap();
    assert_eq!(grantee.r#type().as_str(), "Group");
    let tags = s3.get_bucket_tagging().bucket("a").send().await.unwrap();
    assert_eq!(
        (tags.tag_set()[0].key(), tags.tag_set()[0].value()),
        (NASTY, NASTY)
    );
    let encryption = s3.get_bucket_encryption().bucket("a").send().await.unwrap();
    let rules = encryption
        .server_side_encryption_configuration
        .unwrap()
        .rules;
    assert_eq!(rules[0].bucket_key_enabled(), Some(true));
    let policy = s3.get_bucket_policy().bucket("a").send().await;
    assert_eq!(policy.unwrap_err().code(), Some("NoSuchBucketPolicy"));
    let block = s3.get_public_access_block().bucket("a").send().await;
    assert_eq!(
        block.unwrap_err().code(),
        Some("NoSuchPublicAccessBlockConfiguration")
    );
    let elsewhere = s3.get_bucket_acl().bucket("b.c").send().await.unwrap_err();
    assert_eq!(elsewhere.code(), Some("PermanentRedirect"));
    let location = s3.get_bucket_location().bucket("b.c").send().await.unwrap();
    assert_eq!(
        location.location_constraint().map_or("", |it| it.as_str()),
        ""
    );
    let missing = s3.get_bucket_acl().bucket("nobody").send().await;
    assert_eq!(missing.unwrap_err().code(), Some("NoSuchBucket"));

    // The host may carry the bucket instead of the path.
    let config = config
        .into_builder()
        .endpoint_url(format!("http://localhost:{}", server.port()))
        .build();
    let s3 = aws_sdk_s3::Client::new(&config);
    s3.get_bucket_acl().bucket("a").send().await.unwrap();
}

#[tokio::test]
async fn the_account_has_a_public_access_block_of_its_own() {
    let mut fixture = Fixture::new();
    let (_server, config) = served(&fixture).await;
    let ask = |config: &blastwall_aws::SdkConfig, account: &'static str| {
        aws_sdk_s3control::Client::new(config)
            .get_public_access_block()
            .account_id(account)
            .send()
    };
    assert_eq!(
        ask(&config, MANAGEMENT).await.unwrap_err().code(),
        Some("NoSuchPublicAccessBlockConfiguration")
    );
    assert_eq!(
        ask(&config, "999999999999").await.unwrap_err().code(),
        Some("AccessDenied")
    );
    fixture.add(
        MANAGEMENT,
        json!({
            "type": "AWS::S3::AccountPublicAccessBlock",
            "arn": format!("arn:aws:s3::{MANAGEMENT}:public-access-block"),
            "config": { "PublicAccessBlockConfiguration": { "BlockPublicAcls": true } }
        }),
    );
    let (_server, config) = served(&fixture).await;
    let block = ask(&config, MANAGEMENT).await.unwrap();
    let block = block.public_access_block_configuration.unwrap();
    assert_eq!(
        (block.block_public_acls(), block.block_public_policy()),
        (Some(true), Some(false))
    );
}

#[tokio::test]
async fn security_groups_have_rules_by_protocol_and_ports() {
    let mut fixture = Fixture::new();
    fixture.add(MANAGEMENT, json!({
        "type": "AWS::EC2::SecurityGroup", "region": "eu-west-1",
        "arn": format!("arn:aws:ec2:eu-west-1:{MANAGEMENT}:security-group/sg-1"),
        "tags": { "key": NASTY },
        "config": {
            "GroupName": "web", "GroupDescription": NASTY, "VpcId": "vpc-1",
            "SecurityGroupIngress": [
                { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "web" },
                { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0" },
                { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": "sg-2" },
                { "IpProtocol": "-1", "SourcePrefixListId": "pl-1" }
            ]
        }
    }));
    let (_server, config) = served(&fixture).await;
    let groups = aws_sdk_ec2::Client::new(&config)
        .describe_security_groups()
        .send()
        .await
        .unwrap();
    let group = &groups.security_groups()[0];
    assert_eq!(group.description(), Some(NASTY));
    assert_eq!(group.tags()[0].value(), Some(NASTY));
    let permissions = group.ip_permissions();
    assert_eq!(permissions.len(), 2);
    let web = &permissions[0];
    assert_eq!((web.from_port(), web.to_port()), (Some(443), Some(443)));
    assert_eq!(web.ip_ranges()[0].description(), Some("web"));
    assert_eq!(web.ipv6_ranges()[0].cidr_ipv6(), Some("::/0"));
    assert_eq!(web.user_id_group_pairs()[0].user_id(), Some(MANAGEMENT));
    assert_eq!(permissions[1].from_port(), None);
    assert_eq!(
        permissions[1].prefix_list_ids()[0].prefix_list_id(),
        Some("pl-1")
    );
}

#[tokio::test]
async fn instances_can_be_filtered_and_unknown_filters_are_errors() {
    let mut fixture = Fixture::new();
    for (id, state) in [("i-1", "running"), ("i-2", "stopped")] {
        fixture.add(
            MANAGEMENT,
            json!({
                "type": "AWS::EC2::Instance", "region": "eu-west-1",
                "arn": format!("arn:aws:ec2:eu-west-1:{MANAGEMENT}:instance/{id}"),
                "observed": { "State": state, "PublicIpAddress": "203.0.113.7" }
            }),
        );
    }
    let (_server, config) = served(&fixture).await;
    let ec2 = aws_sdk_ec2::Client::new(&config);
    let filtered = |name: &str, value: &str| {
        let filter = aws_sdk_ec2::types::Filter::builder()
            .name(name)
            .values(value)
            .build();
        ec2.describe_instances().filters(filter).send()
    };
    let running = filtered("instance-state-name", "running").await.unwrap();
    assert_eq!(running.reservations().len(), 1);
    let instance = &running.reservations()[0].instances()[0];
    assert_eq!(instance.instance_id(), Some("i-1"));
    assert_eq!(instance.public_ip_address(), Some("203.0.113.7"));
    assert_eq!(
        filtered("colour", "red").await.unwrap_err().code(),
        Some("InvalidParameterValue")
    );
    let regions = ec2.describe_regions().send().await.unwrap();
    let names: Vec<_> = regions
        .regions()
        .iter()
        .filter_map(|region| region.region_name())
        .collect();
    assert_eq!(names, ["eu-west-1", "us-east-1"]);
}

#[tokio::test]
async fn trails_of_every_region_are_seen_from_every_region() {
    let mut fixture = Fixture::new();
    for (name, home, everywhere) in [("near", "eu-west-1", false), ("far", "us-east-1", true)] {
        fixture.add(
            MANAGEMENT,
            json!({
                "type": "AWS::CloudTrail::Trail", "region": home,
                "arn": format!("arn:aws:cloudtrail:{home}:{MANAGEMENT}:trail/{name}"),
                "tags": { "key": NASTY },
                "config": { "IsMultiRegionTrail": everywhere, "IsLogging": true, "EventSelectors": [
                    { "ReadWriteType": "All", "IncludeManagementEvents": true }
                ]},
                "observed": { "LatestDeliveryTime": "2026-01-02T03:04:05Z" }
            }),
        );
    }
    let (_server, config) = served(&fixture).await;
    let cloudtrail = aws_sdk_cloudtrail::Client::new(&config);
    let all = cloudtrail.describe_trails().send().await.unwrap();
    assert_eq!(all.trail_list().len(), 2);
    let own = cloudtrail.describe_trails().include_shadow_trails(false);
    let own = own.send().await.unwrap();
    assert_eq!(own.trail_list()[0].name(), Some("near"));
    assert_eq!(own.trail_list().len(), 1);
    let status = cloudtrail
        .get_trail_status()
        .name("near")
        .send()
        .await
        .unwrap();
    assert_eq!(status.is_logging(), Some(true));
    assert_eq!(status.latest_delivery_time().unwrap().secs(), 1_767_323_045);
    let selectors = cloudtrail.get_event_selectors().trail_name("near");
    let selectors = selectors.send().await.unwrap();
    assert_eq!(
        selectors.event_selectors()[0].include_management_events(),
        Some(true)
    );
    let arn = own.trail_list()[0].trail_arn().unwrap();
    let tags = cloudtrail
        .list_tags()
        .resource_id_list(arn)
        .send()
        .await
        .unwrap();
    assert_eq!(
        tags.resource_tag_list()[0].tags_list()[0].value(),
        Some(NASTY)
    );
    let missing = cloudtrail.get_trail_status().name("far").send().await;
    assert_eq!(missing.unwrap_err().code(), Some("TrailNotFoundException"));
}

#[tokio::test]
async fn the_organization_is_a_tree() {
    let mut fixture = Fixture::new();
    fixture.options.page_size = 1;
    let (_server, config) = served(&fixture).await;
    let organizations = aws_sdk_organizations::Client::new(&config);
    let described = organizations.describe_organization().send().await.unwrap();
    let described = described.organization().unwrap();
    assert_eq!(described.master_account_id(), Some(MANAGEMENT));
    let roots = organizations.list_roots().send().await.unwrap();
    assert_eq!(roots.roots()[0].id(), Some("r-a"));
    let units = organizations
        .list_organizational_units_for_parent()
        .parent_id("r-a")
        .send()
        .await
        .unwrap();
    assert_eq!(units.organizational_units()[0].name(), Some("Workloads"));
    let pages: Vec<_> = organizations
        .list_accounts()
        .into_paginator()
        .send()
        .collect::<Result<_, _>>()
        .await
        .unwrap();
    let accounts: Vec<_> = pages.iter().flat_map(|page| page.accounts()).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(accounts.len(), 2);
    let parents = organizations.list_parents().child_id("444455556666");
    let parents = parents.send().await.unwrap();
    assert_eq!(parents.parents()[0].id(), Some("ou-a-workloads"));
    let missing = organizations.list_parents().child_id("999999999999").send();
    assert_eq!(
        missing.await.unwrap_err().code(),
        Some("ChildNotFoundException")
    );
}
