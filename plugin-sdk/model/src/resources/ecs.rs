//! Amazon Elastic Container Service.

use crate::resource::{kind, properties, shapes};

shapes! {
    /// A variable that is filled from a secret.
    ContainerSecret {
        /// The variable.
        name: String,
        /// The ARN of the secret, or the name or ARN of the parameter.
        value_from: String,
    }

    /// A port that a container listens at.
    PortMapping {
        /// In the container.
        #[serde(skip_serializing_if = "Option::is_none")]
        container_port: Option<i32>,
        /// On the host; zero for one that is free.
        #[serde(skip_serializing_if = "Option::is_none")]
        host_port: Option<i32>,
        /// `tcp` or `udp`.
        #[serde(skip_serializing_if = "Option::is_none")]
        protocol: Option<String>,
    }

    /// A container. Its command is not collected, and of its environment only the names of variables are: they
    /// may hold secrets.
    ContainerDefinition {
        /// Its name.
        name: String,
        /// The image.
        image: String,
        /// Whether it has the power of root on the host.
        #[serde(skip_serializing_if = "Option::is_none")]
        privileged: Option<bool>,
        /// Whom it runs as; none if the image says.
        #[serde(skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        /// Whether its own file system cannot be written.
        #[serde(skip_serializing_if = "Option::is_none")]
        readonly_root_filesystem: Option<bool>,
        /// The ports that it listens at.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        port_mappings: Vec<PortMapping>,
        /// The variables that are filled from secrets.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        secrets: Vec<ContainerSecret>,
    }
}

properties! {
    /// What is set in a task definition (`AWS::ECS::TaskDefinition`).
    "config" TaskDefinitionConfig {
        /// The family.
        "Family" family: String,
        /// The ARN of the role that containers have.
        "TaskRoleArn" task_role_arn: String,
        /// The ARN of the role by which ECS pulls images and reads secrets.
        "ExecutionRoleArn" execution_role_arn: String,
        /// `awsvpc`, `bridge`, `host` or `none`.
        "NetworkMode" network_mode: String,
        /// `host` or `task`: whose processes containers see.
        "PidMode" pid_mode: String,
        /// What it is to run on: `FARGATE`, `EC2`, `EXTERNAL`.
        "RequiresCompatibilities" requires_compatibilities: Vec<String>,
        /// The containers.
        "ContainerDefinitions" container_definitions: Vec<ContainerDefinition>,
    }
}

properties! {
    /// What is observed of a task definition.
    "observed" TaskDefinitionObserved {
        /// Which of its family.
        "Revision" revision: i32,
        /// `ACTIVE` or `INACTIVE`.
        "Status" status: String,
        /// RFC 3339.
        "RegisteredAt" registered_at: String,
        /// The names of the variables that containers are given plainly, sorted; absent if there are none.
        "VariableNames" variable_names: Vec<String>,
    }
}

kind! {
    /// A task definition: the latest of its family that is active.
    TaskDefinition, TaskDefinitionKind = "AWS::ECS::TaskDefinition",
    TaskDefinitionConfig, TaskDefinitionObserved
}
