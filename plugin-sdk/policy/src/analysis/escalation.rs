//! Ways by which permissions lead to more permissions.
//!
//! A table of what must come together, and what of it some identity policies grant. It looks at the
//! policies alone: whether there is a role worth passing or a function worth changing is for the
//! graph of an account to say. The ways are those collected at <https://pathfinding.cloud>
//! (Apache-2.0); what each action does is on its AWS page, named in the table.

use crate::language::{Effect, Policy, ResourceClause, Statement};

/// A way to more permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// The actions that must come together.
    pub actions: &'static [&'static str],
    /// What they come to, as a sentence without subject.
    pub gain: &'static str,
    /// The AWS page.
    pub source: &'static str,
}

/// An escalation that policies allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalationFinding {
    /// Which.
    pub escalation: &'static Escalation,
    /// For each action the policy and statement that allow it.
    pub statements: Vec<(usize, usize)>,
    /// Some action is allowed on some resources only.
    pub limited: bool,
    /// Some action is allowed under conditions only, or may be denied.
    pub conditional: bool,
}

macro_rules! escalations {
    ($($page:literal: $($actions:literal)+ => $gain:literal;)+) => {
        /// Every known way, the shortest first.
        pub const ESCALATIONS: &[Escalation] = &[$(Escalation {
            actions: &[$($actions),+],
            gain: $gain,
            source: concat!("https://docs.aws.amazon.com/", $page, ".html"),
        }),+];
    };
}

escalations! {
    "IAM/latest/APIReference/API_PutUserPolicy": "iam:PutUserPolicy" => "writes an inline policy on a user";
    "IAM/latest/APIReference/API_PutGroupPolicy": "iam:PutGroupPolicy" => "writes an inline policy on a group";
    "IAM/latest/APIReference/API_PutRolePolicy": "iam:PutRolePolicy" => "writes an inline policy on a role";
    "IAM/latest/APIReference/API_AttachUserPolicy": "iam:AttachUserPolicy" => "attaches any managed policy to a user";
    "IAM/latest/APIReference/API_AttachGroupPolicy": "iam:AttachGroupPolicy" => "attaches any managed policy to a group";
    "IAM/latest/APIReference/API_AttachRolePolicy": "iam:AttachRolePolicy" => "attaches any managed policy to a role";
    "IAM/latest/APIReference/API_CreatePolicyVersion": "iam:CreatePolicyVersion" => "rewrites a managed policy";
    "IAM/latest/APIReference/API_SetDefaultPolicyVersion": "iam:SetDefaultPolicyVersion" => "brings back an older version of a managed policy";
    "IAM/latest/APIReference/API_AddUserToGroup": "iam:AddUserToGroup" => "joins any group";
    "IAM/latest/APIReference/API_DeleteUserPermissionsBoundary": "iam:DeleteUserPermissionsBoundary" => "removes a user's permissions boundary";
    "IAM/latest/APIReference/API_DeleteRolePermissionsBoundary": "iam:DeleteRolePermissionsBoundary" => "removes a role's permissions boundary";
    "IAM/latest/APIReference/API_CreateAccessKey": "iam:CreateAccessKey" => "makes access keys for a user";
    "IAM/latest/APIReference/API_CreateLoginProfile": "iam:CreateLoginProfile" => "sets a first console password for a user";
    "IAM/latest/APIReference/API_UpdateLoginProfile": "iam:UpdateLoginProfile" => "changes a user's console password";
    "IAM/latest/APIReference/API_CreateServiceSpecificCredential": "iam:CreateServiceSpecificCredential" => "makes service credentials for a user";
    "IAM/latest/APIReference/API_UpdateAssumeRolePolicy": "iam:UpdateAssumeRolePolicy" => "makes a role trust anyone";
    "IAM/latest/APIReference/API_UpdateSAMLProvider": "iam:UpdateSAMLProvider" => "replaces the keys of a SAML provider";
    "IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider": "iam:AddClientIDToOpenIDConnectProvider" => "lets further applications in through an OIDC provider";
    "lambda/latest/api/API_UpdateFunctionCode": "lambda:UpdateFunctionCode" => "runs code with the role of an existing function";
    "lambda/latest/api/API_UpdateFunctionConfiguration": "lambda:UpdateFunctionConfiguration" => "adds a layer to an existing function and runs with its role";
    "systems-manager/latest/APIReference/API_SendCommand": "ssm:SendCommand" => "runs commands on managed instances with their roles";
    "systems-manager/latest/APIReference/API_StartSession": "ssm:StartSession" => "opens a shell on managed instances with their roles";
    "ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey": "ec2-instance-connect:SendSSHPublicKey" => "opens a shell on instances with their roles";
    "AmazonECS/latest/APIReference/API_ExecuteCommand": "ecs:ExecuteCommand" => "runs commands in running tasks with their roles";
    "codebuild/latest/APIReference/API_StartBuild": "codebuild:StartBuild" => "runs an altered build with the role of a project";
    "glue/latest/dg/aws-glue-api-dev-endpoint": "glue:UpdateDevEndpoint" => "opens a shell on a Glue endpoint with its role";
    "sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl": "sagemaker:CreatePresignedNotebookInstanceUrl" => "opens a notebook with its role";
    "AWSCloudFormation/latest/APIReference/API_UpdateStack": "cloudformation:UpdateStack" => "changes what a stack makes with its service role";
    "singlesignon/latest/APIReference/API_CreateAccountAssignment": "sso:CreateAccountAssignment" => "gives itself a permission set in any account";
    "singlesignon/latest/APIReference/API_PutInlinePolicyToPermissionSet": "sso:PutInlinePolicyToPermissionSet" => "rewrites a permission set";
    "STS/latest/APIReference/API_AssumeRoot": "sts:AssumeRoot" => "acts as the root user of member accounts";
    "organizations/latest/APIReference/API_DetachPolicy": "organizations:DetachPolicy" => "takes organization policies off accounts";
    "kms/latest/APIReference/API_PutKeyPolicy": "kms:PutKeyPolicy" => "rewrites who may use a key";
    "kms/latest/APIReference/API_CreateGrant": "kms:CreateGrant" => "hands out the use of a key";
    "lambda/latest/api/API_CreateFunction": "iam:PassRole" "lambda:CreateFunction" "lambda:InvokeFunction" => "runs a new function with any role that Lambda may take";
    "lambda/latest/api/API_CreateEventSourceMapping": "iam:PassRole" "lambda:CreateFunction" "lambda:CreateEventSourceMapping" => "lets a stream run a new function with any role that Lambda may take";
    "lambda/latest/api/API_AddPermission": "iam:PassRole" "lambda:CreateFunction" "lambda:AddPermission" => "lets others call a new function with any role that Lambda may take";
    "AWSEC2/latest/APIReference/API_RunInstances": "iam:PassRole" "ec2:RunInstances" => "starts an instance with any instance profile";
    "AWSEC2/latest/APIReference/API_AssociateIamInstanceProfile": "iam:PassRole" "ec2:AssociateIamInstanceProfile" => "gives an instance another instance profile";
    "AmazonECS/latest/APIReference/API_RunTask": "iam:PassRole" "ecs:RegisterTaskDefinition" "ecs:RunTask" => "runs a task with any role that ECS may take";
    "AmazonECS/latest/APIReference/API_CreateService": "iam:PassRole" "ecs:RegisterTaskDefinition" "ecs:CreateService" => "runs a service with any role that ECS may take";
    "AWSCloudFormation/latest/APIReference/API_CreateStack": "iam:PassRole" "cloudformation:CreateStack" => "makes a stack with any role that CloudFormation may take";
    "AWSCloudFormation/latest/APIReference/API_CreateStackSet": "iam:PassRole" "cloudformation:CreateStackSet" "cloudformation:CreateStackInstances" => "makes stacks in other accounts";
    "codebuild/latest/APIReference/API_CreateProject": "iam:PassRole" "codebuild:CreateProject" "codebuild:StartBuild" => "runs a new build with any role that CodeBuild may take";
    "datapipeline/latest/APIReference/API_PutPipelineDefinition": "iam:PassRole" "datapipeline:CreatePipeline" "datapipeline:PutPipelineDefinition" "datapipeline:ActivatePipeline" => "runs a pipeline with any role that Data Pipeline may take";
    "glue/latest/dg/aws-glue-api-jobs-job": "iam:PassRole" "glue:CreateJob" "glue:StartJobRun" => "runs a job with any role that Glue may take";
    "glue/latest/dg/aws-glue-api-jobs-job": "iam:PassRole" "glue:UpdateJob" "glue:StartJobRun" => "runs a changed job with any role that Glue may take";
    "glue/latest/dg/aws-glue-api-dev-endpoint": "iam:PassRole" "glue:CreateDevEndpoint" => "opens a shell with any role that Glue may take";
    "sagemaker/latest/APIReference/API_CreateNotebookInstance": "iam:PassRole" "sagemaker:CreateNotebookInstance" "sagemaker:CreatePresignedNotebookInstanceUrl" => "opens a notebook with any role that SageMaker may take";
    "sagemaker/latest/APIReference/API_CreateTrainingJob": "iam:PassRole" "sagemaker:CreateTrainingJob" => "runs a training job with any role that SageMaker may take";
    "sagemaker/latest/APIReference/API_CreateProcessingJob": "iam:PassRole" "sagemaker:CreateProcessingJob" => "runs a processing job with any role that SageMaker may take";
    "step-functions/latest/apireference/API_CreateStateMachine": "iam:PassRole" "states:CreateStateMachine" "states:StartExecution" => "calls AWS with any role that Step Functions may take";
    "systems-manager/latest/APIReference/API_StartAutomationExecution": "iam:PassRole" "ssm:StartAutomationExecution" => "runs an automation with any role that Systems Manager may take";
    "scheduler/latest/APIReference/API_CreateSchedule": "iam:PassRole" "scheduler:CreateSchedule" => "calls AWS with any role that EventBridge Scheduler may take";
    "apprunner/latest/api/API_CreateService": "iam:PassRole" "apprunner:CreateService" => "runs a service with any role that App Runner may take";
    "batch/latest/APIReference/API_SubmitJob": "iam:PassRole" "batch:RegisterJobDefinition" "batch:SubmitJob" => "runs a job with any role that Batch may take";
    "emr/latest/APIReference/API_RunJobFlow": "iam:PassRole" "elasticmapreduce:RunJobFlow" => "runs a cluster with any role that EMR may take";
    "bedrock-agentcore-control/latest/APIReference/API_CreateCodeInterpreter": "iam:PassRole" "bedrock-agentcore:CreateCodeInterpreter" "bedrock-agentcore:InvokeCodeInterpreter" => "runs code with any role that Bedrock AgentCore may take";
    "eks/latest/APIReference/API_CreateAccessEntry": "eks:CreateAccessEntry" "eks:AssociateAccessPolicy" => "becomes administrator of a cluster";
}

/// The escalations that identity policies allow together. Denials count when they are certain: no
/// condition, and every resource. What else they take away makes a finding conditional.
#[must_use]
pub fn escalations(policies: &[&Policy]) -> Vec<EscalationFinding> {
    ESCALATIONS
        .iter()
        .filter_map(|escalation| finding(escalation, policies))
        .collect()
}

fn finding(escalation: &'static Escalation, policies: &[&Policy]) -> Option<EscalationFinding> {
    let mut found = EscalationFinding {
        escalation,
        statements: Vec::new(),
        limited: false,
        conditional: false,
    };
    for action in escalation.actions {
        let allowed = allowance(action, policies)?;
        found.statements.push(allowed.at);
        found.limited |= !allowed.everywhere;
        found.conditional |= allowed.conditional;
    }
    Some(found)
}

struct Allowance {
    at: (usize, usize),
    everywhere: bool,
    conditional: bool,
}

fn covering<'a>(
    policies: &'a [&'a Policy],
    effect: Effect,
    action: &'a str,
) -> impl Iterator<Item = ((usize, usize), &'a Statement)> {
    policies
        .iter()
        .enumerate()
        .flat_map(move |(index, policy)| {
            policy
                .statements
                .iter()
                .enumerate()
                .filter(move |(_, statement)| {
                    statement.effect == effect && statement.actions.covers(action)
                })
                .map(move |(place, statement)| ((index, place), statement))
        })
}

/// The widest allow of an action.
fn allowance(action: &str, policies: &[&Policy]) -> Option<Allowance> {
    let everywhere = |statement: &Statement| {
        statement
            .resources
            .as_ref()
            .is_none_or(ResourceClause::covers_everything)
    };
    let mut denied = false;
    for (_, statement) in covering(policies, Effect::Deny, action) {
        if statement.conditions.is_empty() && everywhere(statement) {
            return None;
        }
        denied = true;
    }
    covering(policies, Effect::Allow, action)
        .map(|(at, statement)| Allowance {
            at,
            everywhere: everywhere(statement),
            conditional: denied || !statement.conditions.is_empty(),
        })
        .reduce(|best, next| {
            let rank = |one: &Allowance| (!one.conditional, one.everywhere);
            if rank(&next) > rank(&best) {
                next
            } else {
                best
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gains(statements: &str) -> Vec<EscalationFinding> {
        let policy = Policy::parse(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))
        .unwrap();
        escalations(&[&policy])
    }

    #[test]
    fn what_comes_together() {
        assert!(gains(r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}"#).is_empty());
        let found = gains(
            r#"{"Effect":"Allow","Action":"iam:Pass*","Resource":"arn:aws:iam::1:role/x"},{"Effect":"Allow","Action":"ec2:Run*","Resource":"*"}"#,
        );
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].statements, [(0, 0), (0, 1)]);
        assert!(found[0].limited && !found[0].conditional);
        let all = gains(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
        assert_eq!(all.len(), ESCALATIONS.len());
    }

    #[test]
    fn denials() {
        let allow = r#"{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}"#;
        assert!(
            gains(&format!(
                r#"{allow},{{"Effect":"Deny","Action":"iam:*","Resource":"*"}}"#
            ))
            .is_empty()
        );
        let found = gains(&format!(
            r#"{allow},{{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::1:user/x"}}"#
        ));
        assert!(found[0].conditional);
    }

    #[cfg(feature = "actions")]
    #[test]
    fn the_table_names_actions_that_exist() {
        for escalation in ESCALATIONS {
            for action in escalation.actions {
                let known = crate::actions::find(action);
                assert_eq!(known.map(ToString::to_string).as_deref(), Some(*action));
            }
        }
    }
}
