//! What others run, worked out with a pencil.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Certain, Conditional, Speculative};
use serde_json::{Value, json};
use support::*;

const PUSH: [&str; 4] = [
    "ecr:PutImage",
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
];

fn repository(config: Value) -> Value {
    json!({"type": "AWS::ECR::Repository", "account": TEST, "region": "eu-west-1",
        "arn": format!("arn:aws:ecr:eu-west-1:{TEST}:repository/team/web"), "config": config})
}

fn task(image: &str) -> Value {
    json!({"type": "AWS::ECS::TaskDefinition", "account": PROD, "region": "eu-west-1",
        "arn": format!("arn:aws:ecs:eu-west-1:{PROD}:task-definition/web:7"),
        "config": {"TaskRoleArn": role(PROD, "web"), "ContainerDefinitions": [{"Image": image}]}})
}

fn pushed(image: &str, config: Value) -> Org {
    let push = policy(&PUSH.map(|action| statement("Allow", action, "*")));
    Org::three()
        .role(TEST, "build", runs(), std::slice::from_ref(&push))
        .role(DEV, "build", runs(), &[push])
        .role(DEV, "other", runs(), &[allow("ecr:BatchGetImage", "*")])
        .role(PROD, "web", runs(), &[])
        .add(TEST, repository(config))
        .add(PROD, task(image))
}

fn image(behind: &str) -> String {
    format!("{TEST}.dkr.ecr.eu-west-1.amazonaws.com/team/web{behind}")
}

fn reach(org: &Org, start: &str) -> Option<Certainty> {
    org.reach(start, &role(PROD, "web"))
}

#[test]
fn whoever_pushes_an_image_has_the_tasks_that_pull_it() {
    let org = pushed(&image(":latest"), json!({}));
    assert_eq!(reach(&org, &role(TEST, "build")), Some(Conditional));
    assert_eq!(reach(&org, TEST), Some(Conditional));
    assert_eq!(
        reach(&org, &role(DEV, "build")),
        None,
        "the repository lets nobody in"
    );
    let open = pushed(
        &image(""),
        json!({"RepositoryPolicyText": policy(&[json!({"Effect": "Allow",
            "Principal": {"AWS": root(DEV)}, "Action": "ecr:*"})])}),
    );
    assert_eq!(reach(&open, &role(DEV, "build")), Some(Conditional));
    assert_eq!(reach(&open, &role(DEV, "other")), None);
    assert_eq!(reach(&open, DEV), Some(Conditional));
}

#[test]
fn digests_and_immutable_tags_stay_what_they_are() {
    let digest = pushed(&image("@sha256:0011"), json!({}));
    assert_eq!(reach(&digest, &role(TEST, "build")), None);
    assert_eq!(reach(&digest, TEST), Some(Speculative));
    let immutable = pushed(&image(":v1"), json!({"ImageTagMutability": "IMMUTABLE"}));
    assert_eq!(reach(&immutable, &role(TEST, "build")), Some(Speculative));
}

#[test]
fn the_owner_of_a_machine_image_or_layer_has_what_is_made_of_it() {
    let org = Org::three()
        .role(PROD, "app", runs(), &[])
        .add(
            TEST,
            json!({"type": "AWS::EC2::Image", "account": TEST, "region": "eu-west-1",
                "arn": format!("arn:aws:ec2:eu-west-1:{TEST}:image/ami-1"),
                "config": {"ImageId": "ami-1", "LaunchPermissions": [
                    {"OrganizationalUnitArn": "arn:aws:organizations::999999999999:ou/o-test000001/ou-none"},
                    {"UserId": PROD}]}}),
        )
        .add(
            PROD,
            json!({"type": "AWS::EC2::LaunchTemplate", "account": PROD, "region": "eu-west-1",
                "arn": format!("arn:aws:ec2:eu-west-1:{PROD}:launch-template/lt-1"),
                "config": {"LaunchTemplateData": {"ImageId": "ami-1",
                    "IamInstanceProfile": {"Name": "app"}}}}),
        )
        .add(
            DEV,
            json!({"type": "AWS::Lambda::Function", "account": DEV, "region": "eu-west-1",
                "arn": format!("arn:aws:lambda:eu-west-1:{DEV}:function:f"),
                "config": {"Role": role(DEV, "f"),
                    "Layers": [format!("arn:aws:lambda:eu-west-1:{VENDOR}:layer:tracer:3")]}}),
        )
        .role(DEV, "f", runs(), &[]);
    assert_eq!(org.reach(TEST, &role(PROD, "app")), Some(Conditional));
    assert_eq!(org.reach(DEV, &role(PROD, "app")), None);
    assert_eq!(org.reach(VENDOR, &role(DEV, "f")), Some(Speculative));
    let image = format!("arn:aws:ec2:eu-west-1:{TEST}:image/ami-1");
    assert_eq!(org.reach(PROD, &image), Some(Certain));
    assert_eq!(org.reach(DEV, &image), None);
}

#[test]
fn what_is_shared_with_the_organization_is_shared_with_its_accounts() {
    let org = Org::three().add(
        TEST,
        json!({"type": "AWS::EC2::Image", "account": TEST, "region": "eu-west-1",
            "arn": format!("arn:aws:ec2:eu-west-1:{TEST}:image/ami-1"),
            "config": {"ImageId": "ami-1", "LaunchPermissions": [
                {"OrganizationArn": "arn:aws:organizations::999999999999:organization/o-test000001"}]}}),
    );
    let image = format!("arn:aws:ec2:eu-west-1:{TEST}:image/ami-1");
    assert_eq!(org.reach(DEV, &image), Some(Certain));
}

#[test]
fn an_open_function_url_is_on_the_internet() {
    let function = format!("arn:aws:lambda:eu-west-1:{DEV}:function:f");
    let org = |auth: &str| {
        Org::three()
            .role(DEV, "f", runs(), &[])
            .add(
                DEV,
                json!({"type": "AWS::Lambda::Function", "account": DEV, "region": "eu-west-1",
                    "arn": function, "config": {"Role": role(DEV, "f")}}),
            )
            .add(
                DEV,
                json!({"type": "AWS::Lambda::Url", "account": DEV, "region": "eu-west-1",
                    "arn": format!("{function}:url"),
                    "config": {"AuthType": auth, "TargetFunctionArn": function}}),
            )
    };
    assert_eq!(
        org("NONE").reach("anyone", &role(DEV, "f")),
        Some(Speculative)
    );
    assert_eq!(org("AWS_IAM").reach("anyone", &role(DEV, "f")), None);
}

/// Whoever rewrites the policy of a repository lets itself push; a manifest without layers is no image.
#[test]
fn a_repository_policy_that_can_be_rewritten_lets_push() {
    let org = pushed(&image(":latest"), json!({}))
        .role(
            TEST,
            "rewriter",
            runs(),
            &[allow("ecr:SetRepositoryPolicy", "*")],
        )
        .role(TEST, "half", runs(), &[allow("ecr:PutImage", "*")]);
    assert_eq!(reach(&org, &role(TEST, "rewriter")), Some(Conditional));
    assert_eq!(reach(&org, &role(TEST, "half")), None);
}

const CODE: &str = "arn:aws:s3:::code";

/// Functions with code in a bucket of production, one role each, and a role in dev that puts objects there as
/// far as the bucket lets it.
fn functions(keys: &[&str], resource: &str, more: Value) -> Org {
    let mut config = more;
    config["PolicyDocument"] = policy(&[json!({"Effect": "Allow", "Action": "s3:PutObject",
        "Principal": {"AWS": root(DEV)}, "Resource": resource})]);
    let bucket = json!({"type": "AWS::S3::Bucket", "arn": CODE, "account": PROD,
        "region": "eu-west-1", "config": config});
    let org = Org::three()
        .add(PROD, bucket)
        .role(DEV, "build", runs(), &[allow("s3:PutObject", "*")])
        .role(PROD, "owner", runs(), &[allow("s3:PutBucketPolicy", CODE)]);
    keys.iter().fold(org, |org, key| {
        let arn = format!("arn:aws:lambda:eu-west-1:{PROD}:function:{key}");
        let function = json!({"type": "AWS::Lambda::Function", "arn": arn, "account": PROD,
            "region": "eu-west-1", "config": {"FunctionName": key, "Role": role(PROD, key),
                "Code": {"S3Bucket": "code", "S3Key": format!("{key}/f.zip")}}});
        org.role(PROD, key, runs(), &[]).add(PROD, function)
    })
}

#[test]
fn the_code_of_a_function_is_one_object() {
    let below = |name: &str| format!("{CODE}/{name}/*");
    let fits = functions(&["web"], &below("web"), json!({}));
    assert_eq!(reach(&fits, &role(DEV, "build")), Some(Conditional));
    assert_eq!(reach(&fits, &role(PROD, "owner")), Some(Conditional));
    let other = functions(&["web"], &below("other"), json!({}));
    assert_eq!(reach(&other, &role(DEV, "build")), None);
    // Of several functions, those whose object may be written.
    let one_of_two = functions(&["web", "mail"], &below("web"), json!({}));
    let build = &role(DEV, "build");
    assert_eq!(reach(&one_of_two, build), Some(Conditional));
    assert_eq!(one_of_two.reach(build, &role(PROD, "mail")), None);
}

/// Whoever puts an object chooses the key that it is encrypted under.
#[test]
fn a_default_key_does_not_close_a_bucket_to_writers() {
    let encrypted = json!({"BucketEncryption": {"ServerSideEncryptionConfiguration": [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}});
    let org = functions(&["web"], &format!("{CODE}/*"), encrypted);
    assert_eq!(reach(&org, &role(DEV, "build")), Some(Conditional));
}
