//! What others build from, worked out with a pencil: packages, products of a catalog, sources of builds and
//! pipelines.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]
#![allow(dead_code, reason = "the support is shared with other tests")]

mod support;

use blastwall_blast::Certainty::{self, Conditional, Speculative};
use serde_json::{Value, json};
use support::*;

fn document(kind: &str, account: &str, arn: &str, config: Value) -> Value {
    json!({"type": kind, "account": account, "region": "eu-west-1", "arn": arn, "config": config})
}

fn artifact(name: &str) -> String {
    format!("arn:aws:codeartifact:eu-west-1:{TEST}:{name}")
}

fn project(account: &str, name: &str, role: &str, more: Value) -> Value {
    let mut config = json!({"Name": name, "ServiceRole": role});
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    let arn = format!("arn:aws:codebuild:eu-west-1:{account}:project/{name}");
    document("AWS::CodeBuild::Project", account, &arn, config)
}

/// A repository of packages in the test account, which a build in production may read.
fn packages(repository: &[Value], domain: &[Value], upstreams: Value) -> Org {
    let of = |statements: &[Value], mut config: Value| {
        if !statements.is_empty() {
            config["PermissionsPolicyDocument"] = policy(statements);
        }
        config
    };
    let token = "codeartifact:GetAuthorizationToken";
    let publish = |resource: &str| {
        policy(&[
            statement("Allow", "codeartifact:PublishPackageVersion", resource),
            statement("Allow", token, "*"),
        ])
    };
    Org::three()
        .role(TEST, "publisher", runs(), &[publish("*")])
        .role(TEST, "narrow", runs(), &[publish(&artifact("package/acme/shared/npm/team/*"))])
        .role(TEST, "elsewhere", runs(), &[publish(&artifact("package/acme/other/*"))])
        .role(TEST, "reader", runs(), &[allow("codeartifact:Read*", "*")])
        .role(DEV, "publisher", runs(), &[publish("*")])
        .role(PROD, "build", runs(), &[policy(&[
            statement("Allow", "codeartifact:ReadFromRepository", "*"),
            statement("Allow", token, "*"),
        ])])
        .role(PROD, "plain", runs(), &[])
        .add(TEST, document("AWS::CodeArtifact::Domain", TEST, &artifact("domain/acme"),
            of(domain, json!({"DomainName": "acme"}))))
        .add(TEST, document("AWS::CodeArtifact::Repository", TEST, &artifact("repository/acme/shared"),
            of(repository, json!({"DomainName": "acme", "RepositoryName": "shared", "Upstreams": upstreams}))))
        .add(PROD, project(PROD, "app", &role(PROD, "build"), json!({})))
        .add(PROD, project(PROD, "plain", &role(PROD, "plain"), json!({})))
}

fn to(account: &str, actions: &[&str]) -> Value {
    json!({"Effect": "Allow", "Principal": {"AWS": root(account)}, "Action": actions, "Resource": "*"})
}

fn open_to(accounts: &[&str]) -> Org {
    let each = |actions: &[&str]| -> Vec<Value> {
        accounts
            .iter()
            .map(|account| to(account, actions))
            .collect()
    };
    packages(
        &each(&[
            "codeartifact:ReadFromRepository",
            "codeartifact:PublishPackageVersion",
        ]),
        &each(&["codeartifact:GetAuthorizationToken"]),
        json!([]),
    )
}

fn builds(org: &Org, start: &str) -> Option<Certainty> {
    org.reach(start, &role(PROD, "build"))
}

#[test]
fn whoever_publishes_a_package_supplies_the_builds_that_read_it() {
    let org = open_to(&[PROD]);
    assert_eq!(builds(&org, &role(TEST, "publisher")), Some(Speculative));
    assert_eq!(builds(&org, TEST), Some(Speculative));
    assert_eq!(builds(&org, &role(TEST, "narrow")), Some(Speculative));
    assert_eq!(builds(&org, &role(TEST, "elsewhere")), None);
    assert_eq!(builds(&org, &role(TEST, "reader")), None);
    assert_eq!(
        builds(&org, &role(DEV, "publisher")),
        None,
        "dev is not let in"
    );
    assert_eq!(
        org.reach(TEST, &role(PROD, "plain")),
        None,
        "it may read nothing"
    );
    let both = open_to(&[PROD, DEV]);
    assert_eq!(builds(&both, &role(DEV, "publisher")), Some(Speculative));
    assert_eq!(builds(&both, DEV), Some(Speculative));
}

#[test]
fn a_build_that_the_repository_does_not_let_in_takes_nothing() {
    assert_eq!(builds(&open_to(&[]), TEST), None);
    let no_token = packages(
        &[to(PROD, &["codeartifact:ReadFromRepository"])],
        &[],
        json!([]),
    );
    assert_eq!(builds(&no_token, TEST), None);
}

#[test]
fn packages_pass_on_from_upstream() {
    let org = packages(
        &[to(PROD, &["codeartifact:ReadFromRepository"])],
        &[to(PROD, &["codeartifact:GetAuthorizationToken"])],
        json!(["base"]),
    );
    let upstream = document(
        "AWS::CodeArtifact::Repository",
        TEST,
        &artifact("repository/acme/base"),
        json!({"DomainName": "acme", "RepositoryName": "base"}),
    );
    let base = artifact("package/acme/base/*");
    let org = |more: bool| {
        let org = org.clone().role(
            TEST,
            "base",
            runs(),
            &[policy(&[
                statement("Allow", "codeartifact:PublishPackageVersion", &base),
                statement("Allow", "codeartifact:GetAuthorizationToken", "*"),
            ])],
        );
        if more {
            org.add(TEST, upstream.clone())
        } else {
            org
        }
    };
    assert_eq!(builds(&org(true), &role(TEST, "base")), Some(Speculative));
    assert_eq!(builds(&org(false), &role(TEST, "base")), None);
}

/// Whoever rewrites the policy of a repository lets itself publish.
#[test]
fn the_policy_of_a_repository_can_be_rewritten() {
    let org = open_to(&[PROD]).role(
        TEST,
        "rewriter",
        runs(),
        &[allow("codeartifact:PutRepositoryPermissionsPolicy", "*")],
    );
    assert_eq!(builds(&org, &role(TEST, "rewriter")), Some(Speculative));
}

fn catalog_arn(name: &str) -> String {
    format!("arn:aws:catalog:eu-west-1:{TEST}:{name}")
}

fn by_catalog() -> Value {
    policy(&[
        json!({"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"},
        "Action": "sts:AssumeRole"}),
    ])
}

/// A product of the test account in a portfolio, with a launch constraint.
fn product(constraint: Value, share: Option<Value>) -> Org {
    let entry = |kind: &str, name: &str, config: Value| {
        document(
            &format!("AWS::ServiceCatalog::{kind}"),
            TEST,
            &catalog_arn(name),
            config,
        )
    };
    let mut launch = json!({"PortfolioId": "port-1", "ProductId": "prod-1"});
    for (key, value) in constraint.as_object().unwrap() {
        launch[key] = value.clone();
    }
    let product_arn = catalog_arn("product/prod-1");
    let org = Org::new()
        .unit("ou-one", "r-root")
        .account(DEV, "dev", "r-root")
        .account(TEST, "test", "r-root")
        .account(PROD, "prod", "ou-one")
        .role(
            TEST,
            "author",
            runs(),
            &[allow(
                "servicecatalog:CreateProvisioningArtifact",
                &product_arn,
            )],
        )
        .role(
            TEST,
            "other",
            runs(),
            &[allow(
                "servicecatalog:CreateProvisioningArtifact",
                &catalog_arn("product/prod-2"),
            )],
        )
        .role(
            PROD,
            "user",
            runs(),
            &[allow("servicecatalog:ProvisionProduct", "*")],
        )
        .role(
            PROD,
            "stranger",
            runs(),
            &[allow("servicecatalog:ProvisionProduct", "*")],
        )
        .role(
            PROD,
            "looker",
            runs(),
            &[allow("servicecatalog:Describe*", "*")],
        )
        .role(TEST, "launch", by_catalog(), &[])
        .role(PROD, "launch", by_catalog(), &[])
        .role(PROD, "closed", runs(), &[])
        .role(DEV, "launch", by_catalog(), &[])
        .add(
            TEST,
            entry(
                "CloudFormationProduct",
                "product/prod-1",
                json!({"Name": "vpc"}),
            ),
        )
        .add(
            TEST,
            entry(
                "Portfolio",
                "portfolio/port-1",
                json!({"DisplayName": "base"}),
            ),
        )
        .add(
            TEST,
            entry(
                "PortfolioProductAssociation",
                "association/1",
                json!({"PortfolioId": "port-1", "ProductId": "prod-1"}),
            ),
        )
        .add(
            TEST,
            entry("LaunchRoleConstraint", "constraint/cons-1", launch),
        );
    match share {
        Some(share) => org.add(TEST, entry("PortfolioShare", "share/1", share)),
        None => org,
    }
}

fn associated(org: Org, principal: &str) -> Org {
    let arn = format!("arn:aws:catalog:eu-west-1:{PROD}:association/2");
    org.add(PROD, document("AWS::ServiceCatalog::PortfolioPrincipalAssociation", PROD, &arn,
        json!({"PortfolioId": "port-1", "PrincipalARN": principal, "PrincipalType": "IAM_PATTERN"})))
}

fn shared_with_prod() -> Option<Value> {
    Some(json!({"PortfolioId": "port-1", "AccountId": PROD}))
}

#[test]
fn whoever_changes_a_product_acts_as_its_launch_role() {
    let local = product(json!({"LocalRoleName": "launch"}), shared_with_prod());
    let launch = role(PROD, "launch");
    assert_eq!(
        local.reach(&role(TEST, "author"), &launch),
        Some(Conditional)
    );
    assert_eq!(local.reach(TEST, &launch), Some(Conditional));
    assert_eq!(
        local.reach(&role(TEST, "author"), &role(TEST, "launch")),
        Some(Conditional)
    );
    assert_eq!(local.reach(&role(TEST, "other"), &launch), None);
    assert_eq!(
        local.reach(TEST, &role(DEV, "launch")),
        None,
        "it is not shared with dev"
    );
    let alone = product(json!({"LocalRoleName": "launch"}), None);
    assert_eq!(alone.reach(TEST, &launch), None);
    let named = product(json!({"RoleArn": launch}), shared_with_prod());
    assert_eq!(
        named.reach(&role(TEST, "author"), &launch),
        Some(Conditional)
    );
    let closed = product(json!({"RoleArn": role(PROD, "closed")}), shared_with_prod());
    assert_eq!(
        closed.reach(TEST, &role(PROD, "closed")),
        None,
        "it trusts another service"
    );
}

#[test]
fn a_portfolio_is_shared_with_units_too() {
    let node = |value: &str| {
        let kind = "ORGANIZATIONAL_UNIT";
        Some(json!({"PortfolioId": "port-1", "OrganizationNode": {"Type": kind, "Value": value}}))
    };
    let launch = |org: &Org, account: &str| org.reach(TEST, &role(account, "launch"));
    let one = product(json!({"LocalRoleName": "launch"}), node("ou-one"));
    assert_eq!(launch(&one, PROD), Some(Conditional));
    assert_eq!(launch(&one, DEV), None);
    let all = product(json!({"LocalRoleName": "launch"}), node("o-test000001"));
    assert_eq!(launch(&all, DEV), Some(Conditional));
}

#[test]
fn whoever_provisions_acts_within_the_template() {
    let org = product(json!({"LocalRoleName": "launch"}), shared_with_prod());
    let org = associated(org, "arn:aws:iam:::role/user");
    let launch = role(PROD, "launch");
    assert_eq!(org.reach(&role(PROD, "user"), &launch), Some(Speculative));
    assert_eq!(org.reach(&role(PROD, "stranger"), &launch), None);
    assert_eq!(org.reach(&role(PROD, "user"), &role(TEST, "launch")), None);
    let looker = product(json!({"LocalRoleName": "launch"}), shared_with_prod());
    let looker = associated(looker, &role(PROD, "looker"));
    assert_eq!(looker.reach(&role(PROD, "looker"), &launch), None);
}

#[test]
fn without_a_launch_role_those_who_provision_make_it() {
    let org = product(json!({"LocalRoleName": "launch"}), shared_with_prod());
    let mut org = associated(org, &role(PROD, "user"));
    let documents = &mut org.accounts.get_mut(TEST).unwrap().1;
    documents.retain(|document| document["type"] != "AWS::ServiceCatalog::LaunchRoleConstraint");
    assert_eq!(
        org.reach(&role(TEST, "author"), &role(PROD, "user")),
        Some(Speculative)
    );
    assert_eq!(org.reach(TEST, &role(PROD, "stranger")), None);
}

fn pipeline(actions: Value) -> Value {
    let arn = format!("arn:aws:codepipeline:eu-west-1:{TEST}:web");
    document(
        "AWS::CodePipeline::Pipeline",
        TEST,
        &arn,
        json!({"Name": "web",
        "RoleArn": role(TEST, "pipeline"), "ArtifactStore": {"Type": "S3", "Location": "artifacts"},
        "Stages": [{"Name": "all", "Actions": actions}]}),
    )
}

fn action(category: &str, provider: &str, configuration: Value) -> Value {
    json!({"Name": provider, "Configuration": configuration,
        "ActionTypeId": {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}})
}

fn code() -> String {
    format!("arn:aws:codecommit:eu-west-1:{TEST}:web")
}

fn delivered(source: Value) -> Org {
    let build = action("Build", "CodeBuild", json!({"ProjectName": "web"}));
    let mut deploy = action(
        "Deploy",
        "CloudFormation",
        json!({"ActionMode": "CREATE_UPDATE", "RoleArn": role(PROD, "stack")}),
    );
    deploy["RoleArn"] = json!(role(PROD, "deploy"));
    Org::three()
        .role(
            TEST,
            "pipeline",
            runs(),
            &[allow("sts:AssumeRole", &role(PROD, "deploy"))],
        )
        .role(TEST, "build", runs(), &[])
        .role(
            TEST,
            "pusher",
            runs(),
            &[allow("codecommit:GitPush", &code())],
        )
        .role(
            TEST,
            "putter",
            runs(),
            &[allow("codecommit:PutFile", &code())],
        )
        .role(TEST, "puller", runs(), &[allow("codecommit:GitPull", "*")])
        .role(
            TEST,
            "writer",
            runs(),
            &[allow("s3:PutObject", "arn:aws:s3:::source/web.zip")],
        )
        .role(
            TEST,
            "other",
            runs(),
            &[allow("s3:PutObject", "arn:aws:s3:::source/mail.zip")],
        )
        .role(PROD, "deploy", trust(&[&role(TEST, "pipeline")]), &[])
        .role(PROD, "stack", runs(), &[])
        .add(
            TEST,
            document(
                "AWS::CodeCommit::Repository",
                TEST,
                &code(),
                json!({"RepositoryName": "web"}),
            ),
        )
        .add(
            TEST,
            document("AWS::S3::Bucket", TEST, "arn:aws:s3:::source", json!({})),
        )
        .add(
            TEST,
            project(
                TEST,
                "web",
                &role(TEST, "build"),
                json!({"Source": {"Type": "CODEPIPELINE"}}),
            ),
        )
        .add(TEST, pipeline(json!([source, build, deploy])))
}

#[test]
fn whoever_changes_the_source_has_what_the_pipeline_does() {
    let commit = delivered(action(
        "Source",
        "CodeCommit",
        json!({"RepositoryName": "web", "BranchName": "main"}),
    ));
    for who in ["pusher", "putter"] {
        let who = role(TEST, who);
        assert_eq!(
            commit.reach(&who, &role(TEST, "build")),
            Some(Conditional),
            "{who}"
        );
        assert_eq!(
            commit.reach(&who, &role(PROD, "stack")),
            Some(Conditional),
            "{who}"
        );
        assert_eq!(
            commit.reach(&who, &role(PROD, "deploy")),
            Some(Conditional),
            "{who}"
        );
    }
    assert_eq!(
        commit.reach(&role(TEST, "puller"), &role(TEST, "build")),
        None
    );
    let bucket = delivered(action(
        "Source",
        "S3",
        json!({"S3Bucket": "source", "S3ObjectKey": "web.zip"}),
    ));
    assert_eq!(
        bucket.reach(&role(TEST, "writer"), &role(PROD, "stack")),
        Some(Conditional)
    );
    assert_eq!(
        bucket.reach(&role(TEST, "other"), &role(PROD, "stack")),
        None
    );
    assert_eq!(
        bucket.reach(&role(TEST, "pusher"), &role(PROD, "stack")),
        None
    );
}

/// The role of an action lets the role of the pipeline in, and that may assume it.
#[test]
fn the_roles_of_actions_are_entered_from_the_role_of_the_pipeline() {
    let org = delivered(action(
        "Source",
        "CodeCommit",
        json!({"RepositoryName": "web"}),
    ));
    let pipeline = role(TEST, "pipeline");
    assert_eq!(
        org.reach(&pipeline, &role(PROD, "deploy")),
        Some(Certainty::Certain)
    );
    assert_eq!(org.reach(&role(TEST, "build"), &role(PROD, "deploy")), None);
}

#[test]
fn whoever_pushes_to_a_repository_elsewhere_has_the_pipeline() {
    let connection = format!("arn:aws:codeconnections:eu-west-1:{TEST}:connection/abc");
    let org = delivered(action(
        "Source",
        "CodeStarSourceConnection",
        json!({"ConnectionArn": connection, "FullRepositoryId": "acme/web", "BranchName": "main"}),
    ));
    assert_eq!(
        org.reach("connection abc/acme/web", &role(PROD, "stack")),
        Some(Conditional)
    );
    let found = org.graph().find_all("acme/web").unwrap();
    assert_eq!(found.len(), 1);
}

fn built(source: Value, triggers: Value) -> Org {
    Org::three()
        .role(TEST, "build", runs(), &[])
        .role(
            TEST,
            "pusher",
            runs(),
            &[allow("codecommit:GitPush", &code())],
        )
        .role(
            TEST,
            "writer",
            runs(),
            &[allow("s3:PutObject", "arn:aws:s3:::source/web.zip")],
        )
        .add(
            TEST,
            document(
                "AWS::CodeCommit::Repository",
                TEST,
                &code(),
                json!({"RepositoryName": "web"}),
            ),
        )
        .add(
            TEST,
            document("AWS::S3::Bucket", TEST, "arn:aws:s3:::source", json!({})),
        )
        .add(
            TEST,
            project(
                TEST,
                "web",
                &role(TEST, "build"),
                json!({"Source": source, "Triggers": triggers}),
            ),
        )
}

#[test]
fn the_source_of_a_build_is_supply() {
    let build = role(TEST, "build");
    let commit = built(
        json!({"Type": "CODECOMMIT",
        "Location": "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/web"}),
        json!({}),
    );
    assert_eq!(
        commit.reach(&role(TEST, "pusher"), &build),
        Some(Conditional)
    );
    assert_eq!(commit.reach(&role(TEST, "writer"), &build), None);
    let bucket = built(
        json!({"Type": "S3", "Location": "source/web.zip"}),
        json!({}),
    );
    assert_eq!(
        bucket.reach(&role(TEST, "writer"), &build),
        Some(Conditional)
    );
    assert_eq!(bucket.reach(&role(TEST, "pusher"), &build), None);
    let github = built(
        json!({"Type": "GITHUB", "Location": "https://github.com/acme/web.git"}),
        json!({}),
    );
    assert_eq!(
        github.reach("github.com/acme/web", &build),
        Some(Conditional)
    );
    assert_eq!(github.reach("anyone", &build), None);
}

#[test]
fn strangers_make_pull_requests_that_are_built() {
    let build = role(TEST, "build");
    let strangers = |kind: &str, triggers: Value| {
        let source = json!({"Type": kind, "Location": "https://github.com/acme/web.git"});
        built(source, triggers).reach("anyone", &build)
    };
    let event = |events: &str| json!({"Type": "EVENT", "Pattern": events});
    let filters = |filters: Value| json!({"Webhook": true, "FilterGroups": [filters]});
    let pulls = "PUSH, PULL_REQUEST_CREATED";
    let github = |triggers: Value| strangers("GITHUB", triggers);
    assert_eq!(github(json!({"Webhook": true})), Some(Conditional));
    assert_eq!(github(filters(json!([event(pulls)]))), Some(Conditional));
    assert_eq!(github(filters(json!([event("PUSH")]))), None);
    assert_eq!(github(filters(json!([event("PULL_REQUEST_MERGED")]))), None);
    let actor = json!({"Type": "ACTOR_ACCOUNT_ID", "Pattern": "^1234$"});
    assert_eq!(github(filters(json!([event(pulls), actor]))), None);
    let not =
        json!({"Type": "ACTOR_ACCOUNT_ID", "Pattern": "^1234$", "ExcludeMatchedPattern": true});
    assert_eq!(
        github(filters(json!([event(pulls), not]))),
        Some(Conditional)
    );
    assert_eq!(github(json!({"Webhook": false})), None);
    assert_eq!(
        strangers("GITHUB_ENTERPRISE", json!({"Webhook": true})),
        None
    );
    let approved = json!({"Webhook": true,
        "PullRequestBuildPolicy": {"RequiresCommentApproval": "FORK_PULL_REQUESTS"}});
    assert_eq!(github(approved), None);
}

fn component(version: &str) -> String {
    format!("arn:aws:imagebuilder:eu-west-1:{TEST}:component/harden/{version}")
}

/// A component of the test account, and a recipe with it that production builds.
fn recipe(parts: Value) -> Org {
    let of = |account: &str, kind: &str, id: &str, config: Value| {
        let arn = format!("arn:aws:imagebuilder:eu-west-1:{account}:{id}");
        document(&format!("AWS::ImageBuilder::{kind}"), account, &arn, config)
    };
    let arn = |id: &str| format!("arn:aws:imagebuilder:eu-west-1:{PROD}:{id}");
    let create = "imagebuilder:CreateComponent";
    let profile = document(
        "AWS::IAM::InstanceProfile",
        PROD,
        &format!("arn:aws:iam::{PROD}:instance-profile/builder"),
        json!({"Roles": ["image"]}),
    );
    Org::three()
        .role(TEST, "author", runs(), &[allow(create, &component("*"))])
        .role(
            TEST,
            "other",
            runs(),
            &[allow(create, &component("*").replace("harden", "other"))],
        )
        .role(PROD, "image", runs(), &[])
        .add(PROD, profile)
        .add(
            TEST,
            of(
                TEST,
                "Component",
                "component/harden/1.0.0/1",
                json!({"Name": "harden"}),
            ),
        )
        .add(
            PROD,
            of(PROD, "ImageRecipe", "image-recipe/web/1.0.0", parts),
        )
        .add(
            PROD,
            of(
                PROD,
                "InfrastructureConfiguration",
                "infrastructure-configuration/web",
                json!({"InstanceProfileName": "builder"}),
            ),
        )
        .add(
            PROD,
            of(
                PROD,
                "ImagePipeline",
                "image-pipeline/web",
                json!({"ImageRecipeArn": arn("image-recipe/web/1.0.0"),
                "InfrastructureConfigurationArn": arn("infrastructure-configuration/web")}),
            ),
        )
}

#[test]
fn whoever_makes_a_component_runs_it_where_images_are_built() {
    let with =
        |version: &str| recipe(json!({"Components": [{"ComponentArn": component(version)}]}));
    let image = role(PROD, "image");
    let author = role(TEST, "author");
    assert_eq!(with("x.x.x").reach(&author, &image), Some(Conditional));
    assert_eq!(with("x.x.x").reach(TEST, &image), Some(Conditional));
    assert_eq!(with("1.0.0").reach(&author, &image), Some(Conditional));
    assert_eq!(with("1.0.0/1").reach(&author, &image), Some(Speculative));
    assert_eq!(with("x.x.x").reach(&role(TEST, "other"), &image), None);
    assert_eq!(recipe(json!({"Components": []})).reach(TEST, &image), None);
    let parent = format!("arn:aws:imagebuilder:eu-west-1:{VENDOR}:image/base/x.x.x");
    let parent = recipe(json!({"ParentImage": parent}));
    assert_eq!(parent.reach(VENDOR, &image), Some(Conditional));
    assert_eq!(parent.reach(DEV, &image), None);
}
