//! Where builds and pipelines take what they run from, whom they run it for, and as whom it is deployed.
//!
//! Sources: CodeBuild API reference, "ProjectSource" and "WebhookFilter"; CodePipeline User Guide, "Integrations
//! with CodePipeline action types".

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::Document;
use serde_json::Value;

use super::{Read, last, list, of, texts};
use crate::facts::SupplyName;

const PROJECT: &str = "AWS::CodeBuild::Project";
const PIPELINE: &str = "AWS::CodePipeline::Pipeline";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[PROJECT, PIPELINE];

/// What the stages of a pipeline do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StagesFacts {
    /// The ARNs of the projects that build.
    pub(crate) projects: BTreeSet<String>,
    /// The ARNs of the roles that actions act as, and of those that CloudFormation makes stacks as.
    pub(crate) roles: BTreeSet<String>,
    /// Whether an action of it runs commands, as the pipeline's own role.
    pub(crate) commands: bool,
}

/// Builds and pipelines, by ARN.
#[derive(Clone, Debug, Default)]
pub(crate) struct BuildsFacts {
    pub(crate) pipelines: BTreeMap<String, StagesFacts>,
    /// The repositories of projects that build pull requests of whoever makes one.
    pub(crate) open: BTreeMap<String, String>,
}

impl BuildsFacts {
    pub(super) fn read(read: &[Read<'_>]) -> Self {
        let pipelines = of(read, PIPELINE)
            .map(|(document, value)| (document.arn.to_string(), stages(document, value)));
        let open = of(read, PROJECT)
            .filter_map(|(document, value)| Some((document.arn.to_string(), open(value)?)));
        Self {
            pipelines: pipelines.collect(),
            open: open.collect(),
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.pipelines.extend(other.pipelines);
        self.open.extend(other.open);
    }
}

/// The actions of a pipeline.
fn actions(value: &Value) -> impl Iterator<Item = &Value> {
    list(value.pointer("/config/Stages")).flat_map(|stage| list(stage.get("Actions")))
}

fn is(action: &Value, providers: &[&str]) -> bool {
    let provider = action.pointer("/ActionTypeId/Provider");
    provider
        .and_then(Value::as_str)
        .is_some_and(|provider| providers.contains(&provider))
}

/// Where an action acts: in the account of its role, in its region, or where the pipeline does.
fn place<'v>(document: &'v Document, action: &'v Value) -> (&'v str, &'v str) {
    let role = action.get("RoleArn").and_then(Value::as_str);
    let account = role
        .and_then(|role| role.split(':').nth(4))
        .unwrap_or(document.account.as_str());
    let region = action.get("Region").and_then(Value::as_str);
    (account, region.unwrap_or(&document.region))
}

fn configured<'v>(action: &'v Value, name: &str) -> Option<&'v str> {
    action.get("Configuration")?.get(name)?.as_str()
}

fn stages(document: &Document, value: &Value) -> StagesFacts {
    let partition = document.arn.partition();
    let mut facts = StagesFacts::default();
    for action in actions(value) {
        facts.commands |= is(action, &["Commands"]);
        if is(action, &["CodeBuild"])
            && let Some(name) = configured(action, "ProjectName")
        {
            let (account, region) = place(document, action);
            let arn = format!("arn:{partition}:codebuild:{region}:{account}:project/{name}");
            facts.projects.insert(arn);
        }
        // The pipeline acts as it, in another account as a rule.
        let acts_as = action.get("RoleArn").and_then(Value::as_str);
        if let Some(role) = acts_as.filter(|_| !is_source(action)) {
            facts.roles.insert(role.to_owned());
        }
        let deploys = [
            "CloudFormation",
            "CloudFormationStackSet",
            "CloudFormationStackInstances",
        ];
        if is(action, &deploys) {
            let roles = ["RoleArn", "AdministrationRoleArn"];
            let roles = roles.iter().filter_map(|name| configured(action, name));
            facts.roles.extend(roles.map(str::to_owned));
        }
    }
    facts
}

/// What a build or a pipeline is made of by its sources.
pub(in crate::facts) fn sources(document: &Document, value: &Value) -> Vec<SupplyName> {
    let named = |name: String, object: Option<&str>| SupplyName {
        name,
        object: object.map(str::to_owned),
        pinned: false,
    };
    let partition = document.arn.partition();
    match document.kind.as_str() {
        PROJECT => project_sources(value)
            .filter_map(|source| {
                let location = source.get("Location")?.as_str()?;
                match source.get("Type")?.as_str()? {
                    "S3" => {
                        let (bucket, object) = location.split_once('/')?;
                        // Of a folder, anything that is put there.
                        let folder = object.ends_with('/').then(|| format!("{object}any-object"));
                        let object = folder.as_deref().unwrap_or(object);
                        Some(named(
                            format!("arn:{partition}:s3:::{bucket}"),
                            Some(object),
                        ))
                    }
                    "CODECOMMIT" => {
                        // https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/web
                        let host = location.split_once("git-codecommit.")?.1;
                        let region = host.split('.').next()?;
                        let account = &document.account;
                        let name = last(location);
                        Some(named(
                            format!("arn:{partition}:codecommit:{region}:{account}:{name}"),
                            None,
                        ))
                    }
                    "GITHUB"
                    | "GITHUB_ENTERPRISE"
                    | "GITLAB"
                    | "GITLAB_SELF_MANAGED"
                    | "BITBUCKET" => Some(named(repository(location)?, None)),
                    _ => None,
                }
            })
            .collect(),
        PIPELINE => actions(value)
            .filter_map(|action| {
                let (account, region) = place(document, action);
                let text = |name: &str| configured(action, name);
                if is(action, &["S3"]) && is_source(action) {
                    let bucket = format!("arn:{partition}:s3:::{}", text("S3Bucket")?);
                    return Some(named(bucket, text("S3ObjectKey")));
                }
                let name = match action.pointer("/ActionTypeId/Provider")?.as_str()? {
                    "CodeCommit" => format!(
                        "arn:{partition}:codecommit:{region}:{account}:{}",
                        text("RepositoryName")?
                    ),
                    "ECR" if is_source(action) => format!(
                        "arn:{partition}:ecr:{region}:{account}:repository/{}",
                        text("RepositoryName")?
                    ),
                    "GitHub" => repository(&format!(
                        "https://github.com/{}/{}",
                        text("Owner")?,
                        text("Repo")?
                    ))?,
                    // At which provider says the connection.
                    "CodeStarSourceConnection" => {
                        let host = match text("ConnectionArn") {
                            Some(arn) => format!("connection {}", last(arn)),
                            None => "connection".to_owned(),
                        };
                        format!("https://{host}/{}", text("FullRepositoryId")?)
                    }
                    _ => return None,
                };
                Some(named(name, None))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn is_source(action: &Value) -> bool {
    let category = action.pointer("/ActionTypeId/Category");
    category.and_then(Value::as_str) == Some("Source")
}

fn project_sources(value: &Value) -> impl Iterator<Item = &Value> {
    let first = value.pointer("/config/Source").into_iter();
    first.chain(list(value.pointer("/config/SecondarySources")))
}

/// The address of a repository at a provider, as it names the party outside: `https://github.com/acme/web`.
fn repository(location: &str) -> Option<String> {
    let rest = location.strip_prefix("https://")?;
    // A name, perhaps with a password, before the host.
    let (host, path) = rest.split_once('/')?;
    let host = host.rsplit('@').next()?;
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // What is all of an organization or of the one that is connected is no repository.
    (!path.is_empty() && path.contains('/')).then(|| format!("https://{host}/{path}"))
}

/// The repository of a project that builds the pull requests of whoever makes one; none if a filter or a policy
/// of approval keeps strangers out, or nobody can have an account there.
fn open(value: &Value) -> Option<String> {
    let source = value.pointer("/config/Source")?;
    let kind = source.get("Type")?.as_str()?;
    let triggers = value.pointer("/config/Triggers")?;
    let on = triggers.get("Webhook").and_then(Value::as_bool) == Some(true);
    if !on || !matches!(kind, "GITHUB" | "GITLAB" | "BITBUCKET") {
        return None;
    }
    let approval = triggers.pointer("/PullRequestBuildPolicy/RequiresCommentApproval");
    if matches!(
        approval.and_then(Value::as_str),
        Some("ALL_PULL_REQUESTS" | "FORK_PULL_REQUESTS")
    ) {
        return None;
    }
    let mut groups = list(triggers.get("FilterGroups")).peekable();
    // Without filters every push and every pull request is built.
    let builds = groups.peek().is_none() || groups.any(lets_strangers);
    let location = source.get("Location").and_then(Value::as_str);
    // A webhook of a whole organization brings the repository with it.
    let named = location.and_then(repository);
    builds.then(|| named.unwrap_or_else(|| "a repository of the webhook".to_owned()))
}

/// Whether all filters of a group let through the pull request of a stranger.
fn lets_strangers(group: &Value) -> bool {
    let filters: Vec<&Value> = list(Some(group)).collect();
    let of_type = |wanted: &str| {
        let wanted = wanted.to_owned();
        filters
            .iter()
            .filter(move |filter| filter.get("Type").and_then(Value::as_str) == Some(&wanted))
    };
    let excludes =
        |filter: &Value| filter.get("ExcludeMatchedPattern").and_then(Value::as_bool) == Some(true);
    let events: Vec<String> = of_type("EVENT")
        .flat_map(|filter| texts(filter.get("Pattern")))
        .collect();
    let pull = events.iter().flat_map(|pattern| pattern.split(','));
    let opens = [
        "PULL_REQUEST_CREATED",
        "PULL_REQUEST_UPDATED",
        "PULL_REQUEST_REOPENED",
    ];
    let pull = pull.map(str::trim).any(|event| opens.contains(&event));
    // Some are named who may; if some are named who may not, all others may.
    let named = of_type("ACTOR_ACCOUNT_ID").any(|filter| !excludes(filter));
    pull && !named
}

/// Whether there is anything to say about whom a project builds for.
pub(super) fn tells(document: &Document) -> bool {
    document.kind != PROJECT || document.json().contains("Webhook")
}

/// The repository behind a name, if it is one at a provider.
pub(crate) fn party(name: &str) -> Option<String> {
    name.strip_prefix("https://").map(str::to_owned)
}
