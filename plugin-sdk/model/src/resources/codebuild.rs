//! AWS CodeBuild.

use crate::resource::{kind, properties, shapes};

shapes! {
    /// What builds run in. Of variables only the names are collected: they may hold secrets.
    ProjectEnvironment {
        /// `LINUX_CONTAINER`, `ARM_CONTAINER`, …
        #[serde(rename = "Type")]
        environment_type: String,
        /// The image.
        image: String,
        /// How large.
        compute_type: String,
        /// Whether builds may run Docker, and so have the host.
        #[serde(skip_serializing_if = "Option::is_none")]
        privileged_mode: Option<bool>,
        /// Who pulls the image: `CODEBUILD` or `SERVICE_ROLE`.
        #[serde(skip_serializing_if = "Option::is_none")]
        image_pull_credentials_type: Option<String>,
    }

    /// Where the code comes from. How it is built is not collected: it may hold secrets.
    ProjectSource {
        /// `GITHUB`, `S3`, `CODECOMMIT`, `CODEPIPELINE`, `NO_SOURCE`, …
        #[serde(rename = "Type")]
        source_type: String,
        /// The address of the repository, or bucket and object.
        #[serde(skip_serializing_if = "Option::is_none")]
        location: Option<String>,
    }

    /// The network that builds are joined to.
    ProjectVpcConfig {
        /// The id of the VPC.
        #[serde(skip_serializing_if = "Option::is_none")]
        vpc_id: Option<String>,
        /// The ids of the subnets.
        subnets: Vec<String>,
        /// The ids of the security groups.
        security_group_ids: Vec<String>,
    }

    /// What an event must be to start a build.
    WebhookFilter {
        /// What is looked at: `EVENT`, `ACTOR_ACCOUNT_ID`, `HEAD_REF`, …
        #[serde(rename = "Type")]
        filter_type: String,
        /// What it must be.
        pattern: String,
        /// Whether it must not be that.
        #[serde(skip_serializing_if = "Option::is_none")]
        exclude_matched_pattern: Option<bool>,
    }

    /// What starts builds by itself.
    ProjectTriggers {
        /// Whether events of the repository do.
        webhook: bool,
        /// Which; one group is enough, and of it all filters.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        filter_groups: Vec<Vec<WebhookFilter>>,
    }
}

properties! {
    /// What is set on a build project (`AWS::CodeBuild::Project`).
    "config" ProjectConfig {
        /// Its name.
        "Name" name: String,
        /// The ARN of the role that builds have.
        "ServiceRole" service_role: String,
        /// What builds run in.
        "Environment" environment: ProjectEnvironment,
        /// Where the code comes from.
        "Source" source: ProjectSource,
        /// The ARN or alias of the key that encrypts what is built.
        "EncryptionKey" encryption_key: String,
        /// The network that builds are joined to; absent if to none.
        "VpcConfig" vpc_config: ProjectVpcConfig,
        /// What starts builds by itself; absent if nothing does.
        "Triggers" triggers: ProjectTriggers,
        /// `PRIVATE` or `PUBLIC_READ`.
        "Visibility" visibility: String,
        /// The ARN of the role by which strangers see the builds of a public project.
        "ResourceAccessRole" resource_access_role: String,
    }
}

properties! {
    /// What is observed of a build project.
    "observed" ProjectObserved {
        /// RFC 3339.
        "Created" created: String,
        /// RFC 3339.
        "LastModified" last_modified: String,
        /// The names of the variables that builds are given plainly, sorted; absent if there are none.
        "VariableNames" variable_names: Vec<String>,
    }
}

kind! {
    /// A build project.
    Project, ProjectKind = "AWS::CodeBuild::Project", ProjectConfig, ProjectObserved
}
