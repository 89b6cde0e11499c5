//! Checks of every form, written as an author writes them and run natively.

#![allow(missing_docs, clippy::unwrap_used, reason = "these are tests")]

use blastwall_sdk::model::{CheckInfo, resources};
use blastwall_sdk::prelude::*;
use blastwall_sdk::testing::World;
use blastwall_sdk::{Category, Severity, Verdict, json};

/// Keep a policy
///
/// The description,
/// in two lines.
///
/// # Remediation
/// Put one there.
///
/// # References
/// - <https://docs.aws.amazon.com/>
#[check(
    id = "bucket-policy",
    severity = High,
    category = Security,
    controls = ["cis-aws-7.0:2.11"],
    reads = [AccountPublicAccessBlock]
)]
fn bucket_policy(bucket: &Bucket, account: &Account) -> Result<Outcome, Unknown> {
    let Some(policy) = bucket.config.policy_document.get()? else {
        return Ok(fail("there is no policy"));
    };
    let blocks = account.all::<AccountPublicAccessBlock>()?;
    Ok(
        pass(format!("there is a policy and {} block", blocks.len()))
            .evidence("/config/PolicyDocument", policy),
    )
}

#[derive(Parameters)]
struct Age {
    /// Days after which a bucket is old.
    #[parameter(default = 90)]
    max_age_days: i64,
    /// Names that may be old.
    #[parameter(default = ["archive"])]
    may_be_old: Vec<String>,
}

/// Keep buckets young
///
/// Text.
///
/// # Remediation
/// Text.
#[check(id = "bucket-age", severity = Low, category = Cost)]
fn bucket_age(bucket: &Bucket, parameters: &Age, account: &Account) -> Result<Outcome, Unknown> {
    if parameters
        .may_be_old
        .contains(bucket.config.bucket_name.required()?)
    {
        return Ok(not_applicable("it may be old"));
    }
    let days = account.days_since(bucket.observed.creation_date.required()?)?;
    Ok(if days > parameters.max_age_days {
        fail(format!("it is {days} days old"))
    } else {
        pass("it is young")
    })
}

/// Keep a bucket
///
/// Text.
///
/// # Remediation
/// Text.
#[check(id = "account-buckets", severity = Low, category = Cost, reads = [Bucket])]
fn account_buckets(account: &Account) -> Result<Outcome, Unknown> {
    Ok(match account.all::<Bucket>()?.len() {
        0 => fail("there is none"),
        count => pass(format!("there are {count}")),
    })
}

/// Look at what was not asked for
///
/// Text.
///
/// # Remediation
/// Text.
#[check(id = "undeclared", severity = Low, category = Cost, reads = [Bucket])]
fn undeclared(account: &Account) -> Result<Outcome, Unknown> {
    account.all::<Role>()?;
    Ok(pass("it must not come here"))
}

/// Name buckets once
///
/// Text.
///
/// # Remediation
/// Text.
#[check(
    id = "organization-buckets",
    severity = Low,
    category = Security,
    reads = [Bucket, resources::Account]
)]
fn organization_buckets(organization: &Organization) -> Result<Outcome, Unknown> {
    let mut buckets = 0;
    organization.each::<Bucket>(|_| buckets += 1)?;
    let accounts = organization.all::<resources::Account>()?.len();
    Ok(pass(format!("{buckets} in {accounts} accounts")))
}

/// Name units
///
/// Text.
///
/// # Remediation
/// Text.
#[check(id = "unit-name", severity = Low, category = Security)]
fn unit_name(unit: &resources::OrganizationalUnit) -> Result<Outcome, Unknown> {
    Ok(match unit.config.name.required()?.as_str() {
        "" => fail("it has no name"),
        name => pass(name),
    })
}

/// Know one's neighbours
///
/// Text.
///
/// # Remediation
/// Text.
#[check(
    id = "bucket-neighbours",
    severity = Low,
    category = Security,
    reads = [resources::Account, Role]
)]
fn neighbours(bucket: &Bucket, organization: &Organization) -> Result<Outcome, Unknown> {
    let accounts = organization.all::<resources::Account>()?.len();
    Ok(match organization.all::<Role>() {
        Err(unknown) => fail(format!("{accounts} accounts, but {unknown}")),
        Ok(_) => pass(bucket.region.clone()),
    })
}

blastwall_sdk::plugin! {
    name = "example",
    checks = [
        bucket_policy, bucket_age, account_buckets, undeclared, organization_buckets,
        unit_name, neighbours
    ]
}

fn info(check: &str) -> CheckInfo {
    let checks = PLUGIN.describe().unwrap().checks;
    checks.into_iter().find(|info| info.id == *check).unwrap()
}

fn bucket(name: &str) -> blastwall_sdk::model::resources::Bucket {
    let mut bucket = Bucket::new(
        format!("arn:aws:s3:::{name}").parse().unwrap(),
        "111122223333".parse().unwrap(),
        "eu-west-1",
    );
    bucket.config.bucket_name = name.to_owned().into();
    bucket.observed.creation_date = "2025-06-01T00:00:00+00:00".to_owned().into();
    bucket
}

fn verdicts(judgements: &[blastwall_sdk::Judgement]) -> Vec<(Option<&str>, Verdict)> {
    judgements
        .iter()
        .map(|judgement| {
            let resource = judgement.resource.as_ref().map(|arn| arn.as_str());
            (resource, judgement.outcome.verdict)
        })
        .collect()
}

#[test]
fn a_plugin_describes_itself_by_the_documentation_of_its_checks() {
    let info = PLUGIN.describe().unwrap();
    assert_eq!((info.name.as_str(), info.checks.len()), ("example", 7));
    let check = info.checks.first().unwrap();
    assert_eq!(check.id, "bucket-policy");
    assert_eq!(check.title, "Keep a policy");
    assert_eq!(check.description, "The description,\nin two lines.");
    assert_eq!(check.severity, Severity::High);
    assert_eq!(check.category, Category::Security);
    assert_eq!(
        check.reads,
        ["AWS::S3::Bucket", "AWS::S3::AccountPublicAccessBlock"]
    );
    assert_eq!(check.remediation, "Put one there.");
    assert_eq!(check.references, ["https://docs.aws.amazon.com/"]);
    let control = check.controls.first().unwrap();
    assert_eq!(
        (control.framework.as_str(), control.id.as_str()),
        ("cis-aws-7.0", "2.11")
    );
    let age = info.checks.get(1).unwrap();
    let parameter = age.parameters.first().unwrap();
    assert_eq!(parameter.name, "max-age-days");
    assert_eq!(parameter.description, "Days after which a bucket is old.");
    assert_eq!(parameter.default, json!(90));
}

#[test]
fn unknown_data_is_an_unknown_verdict() {
    let mut hidden = bucket("hidden");
    hidden.mark_unknown("config.PolicyDocument", "AccessDenied: s3:GetBucketPolicy");
    let outcome = World::new().resource(&hidden).outcome::<bucket_policy>();
    assert_eq!(outcome.verdict, Verdict::Unknown);
    assert_eq!(
        outcome.message,
        "config.PolicyDocument is unknown: AccessDenied: s3:GetBucketPolicy"
    );
}

#[test]
fn joins_and_gaps() {
    let mut open = bucket("open");
    open.config.policy_document = json!({ "Statement": [] }).into();
    let world = World::new().resource(&open);
    let outcome = world.outcome::<bucket_policy>();
    assert_eq!(outcome.message, "there is a policy and 0 block");
    assert_eq!(outcome.evidence.len(), 1);
    let outcome = world
        .gap::<AccountPublicAccessBlock>("AccessDenied")
        .gap::<AccountPublicAccessBlock>("again")
        .outcome::<bucket_policy>();
    assert_eq!(outcome.verdict, Verdict::Unknown);
    assert_eq!(
        outcome.message,
        "the list of AWS::S3::AccountPublicAccessBlock is unknown: AccessDenied (and 1 more)"
    );
}

#[test]
fn a_document_of_another_shape_costs_itself_alone() {
    let world = World::new()
        .resource(bucket("a"))
        .resource(json!({
            "type": "AWS::S3::Bucket",
            "arn": "arn:aws:s3:::b",
            "config": { "BucketName": 7 },
        }))
        .resource(bucket("c"));
    let judgements = world.judge::<bucket_policy>();
    assert_eq!(
        verdicts(&judgements),
        [
            (Some("arn:aws:s3:::a"), Verdict::Fail),
            (Some("arn:aws:s3:::b"), Verdict::Unknown),
            (Some("arn:aws:s3:::c"), Verdict::Fail),
        ]
    );
    assert!(
        judgements
            .get(1)
            .unwrap()
            .outcome
            .message
            .starts_with("the document does not have the shape of AWS::S3::Bucket: ")
    );
    assert_eq!(world.outcome::<account_buckets>().verdict, Verdict::Unknown);
}

#[test]
fn parameters_have_defaults_and_types() {
    let world = World::new()
        .resource(bucket("archive"))
        .resource(bucket("data"));
    let expected = |data| {
        [
            (Some("arn:aws:s3:::archive"), Verdict::NotApplicable),
            (Some("arn:aws:s3:::data"), data),
        ]
    };
    assert_eq!(
        verdicts(&world.judge::<bucket_age>()),
        expected(Verdict::Fail)
    );
    let patient = world.clone().parameter("max-age-days", 365);
    assert_eq!(
        verdicts(&patient.judge::<bucket_age>()),
        expected(Verdict::Pass)
    );

    for (name, value, message) in [
        (
            "max-age-days",
            json!("x"),
            "parameter `max-age-days` cannot be \"x\"",
        ),
        (
            "min-age-days",
            json!(1),
            "there is no parameter `min-age-days`",
        ),
    ] {
        let request = world
            .clone()
            .parameter(name, value)
            .request(&info("bucket-age"));
        let error = PLUGIN
            .evaluate(&request, Box::new(world.clone()), &mut |_| ())
            .unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn the_account_is_judged_once_and_sees_what_it_declared() {
    let world = World::new();
    assert_eq!(world.outcome::<account_buckets>().verdict, Verdict::Fail);
    let outcome = World::new()
        .resource(bucket("a"))
        .resource(bucket("b"))
        .resource(bucket("c"))
        .outcome::<account_buckets>();
    assert_eq!(outcome.message, "there are 3");
    assert_eq!(
        world.outcome::<undeclared>().message,
        "the list of AWS::IAM::Role is unknown: the check does not name the type in `reads`"
    );
}

#[test]
fn checks_of_one_type_share_its_pages() {
    let world = World::new()
        .resource(bucket("a"))
        .resource(bucket("b"))
        .resource(bucket("c"));
    let mut request = world.request(&info("bucket-age"));
    request
        .checks
        .push(("bucket-policy".to_owned(), "{}".to_owned()));
    let mut judgements = Vec::new();
    PLUGIN
        .evaluate(&request, Box::new(world), &mut |batch| {
            judgements.extend(batch)
        })
        .unwrap();
    assert_eq!(judgements.len(), 6);
    request.checks.push(("forged".to_owned(), "{}".to_owned()));
    let error = PLUGIN
        .evaluate(&request, Box::new(World::new()), &mut |_| ())
        .unwrap_err();
    assert_eq!(error, "plugin `example` has no check `forged`");
}

#[test]
fn the_organization_is_judged_as_a_whole_and_by_what_it_has() {
    let unit = json!({
        "type": "AWS::Organizations::OrganizationalUnit",
        "arn": "arn:aws:organizations::111122223333:ou/o-exampleorg/ou-abcd-11111111",
        "config": { "Id": "ou-abcd-11111111", "Name": "Prod", "ParentId": "r-abcd" },
    });
    let mut elsewhere = bucket("b");
    elsewhere.account = "444455556666".parse().unwrap();
    let account = resources::Account::new(
        "arn:aws:organizations::111122223333:account/o-exampleorg/444455556666"
            .parse()
            .unwrap(),
        "111122223333".parse().unwrap(),
        "global",
    );
    let world = World::new()
        .resource(unit)
        .resource(bucket("a"))
        .resource(elsewhere)
        .resource(&account);
    let outcome = world.outcome::<organization_buckets>();
    assert_eq!(outcome.message, "2 in 1 accounts");
    assert_eq!(world.outcome::<unit_name>().message, "Prod");

    let unread = world.gap::<Bucket>("account 444455556666: AccessDenied");
    let outcome = unread.outcome::<organization_buckets>();
    assert_eq!(outcome.verdict, Verdict::Unknown);
    assert!(
        outcome.message.contains("444455556666"),
        "{}",
        outcome.message
    );

    let alone = World::new().resource(bucket("a")).resource(&account);
    assert_eq!(
        alone.outcome::<neighbours>().message,
        "1 accounts, but the list of AWS::IAM::Role is unknown: \
         one account is judged, and none sees into another"
    );
}
