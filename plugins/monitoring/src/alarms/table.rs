//! What has to be caught, one check a row.

use blastwall_sdk::model::resources::{Alarm, MetricFilter, Trail};
use blastwall_sdk::{
    Category, Check, Context, Metadata, Outcome, ResourceType, Severity, Unknown, WholeAccount,
};

use super::{Caught, judge};

macro_rules! rows {
    ($(
        $row:ident = $id:literal $control:literal $severity:ident $title:literal $why:literal
            $caught:expr, $pattern:literal;
    )*) => {
        $(
            #[doc = $title]
            pub(crate) struct $row;

            impl Check for $row {
                type Subject = WholeAccount;
                type Parameters = ();
                const METADATA: Metadata = Metadata {
                    id: $id,
                    title: $title,
                    description: concat!(
                        $why, "\n\nLooks for three things in a row: a trail of every region that \
                         delivers to a log group, a metric filter of that group that catches the \
                         events, and an alarm on its metric that has an action. What filters catch is \
                         found out by trying their patterns on such events, so any wording \
                         will do; several filters may share the work. A filter that catches everything \
                         does not count. Whether somebody reads what the alarm sends is not looked \
                         at. Where an organization's trail delivers to another account, the alarm \
                         belongs there."
                    ),
                    severity: Severity::$severity,
                    category: Category::Security,
                    controls: &[("cis-aws-7.0", $control)],
                    remediation: concat!(
                        "Console: CloudWatch, the log group of the trail, \"Metric filters\", then \
                         \"Create alarm\". CLI:\n\n```sh\naws logs put-metric-filter --log-group-name \
                         GROUP --filter-name ", $id, " \\\n  --metric-transformations \
                         metricName=", $id, ",metricNamespace=Security,metricValue=1 \\\n  \
                         --filter-pattern '", $pattern, "'\naws cloudwatch put-metric-alarm \
                         --alarm-name ", $id, " --metric-name ", $id, " \\\n  --namespace Security \
                         --statistic Sum --period 300 --threshold 1 --evaluation-periods 1 \\\n  \
                         --comparison-operator GreaterThanOrEqualToThreshold --alarm-actions \
                         TOPIC\n```\n\nTerraform: `aws_cloudwatch_log_metric_filter` and \
                         `aws_cloudwatch_metric_alarm`."
                    ),
                    references: &[
                        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html",
                        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
                    ],
                };
                const READS: &'static [ResourceType] = &[
                    ResourceType::of::<Trail>(),
                    ResourceType::of::<MetricFilter>(),
                    ResourceType::of::<Alarm>(),
                ];

                fn judge(
                    _: &WholeAccount,
                    context: &Context,
                    (): &(),
                ) -> Result<Outcome, Unknown> {
                    judge($caught, context.account()?)
                }
            }
        )*

        #[cfg(test)]
        const ROWS: &[(&str, Caught, &str)] = &[$(($id, $caught, $pattern)),*];
    };
}

rows! {
    UnauthorizedCalls = "alarm-unauthorized-calls" "5.1" Low
        "Notice calls that were refused"
        "Somebody who tries the doors of an account leaves a trail of refused calls."
        Caught::Events(&[
            ("UnauthorizedOperation", r#"{"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "eventType": "AwsApiCall", "errorCode": "Client.UnauthorizedOperation"}"#),
            ("AccessDenied", r#"{"eventSource": "s3.amazonaws.com", "eventName": "GetBucketPolicy", "eventType": "AwsApiCall", "errorCode": "AccessDenied"}"#),
        ]),
        "{ ($.errorCode = \"*UnauthorizedOperation\") || ($.errorCode = \"AccessDenied*\") }";
    SignInWithoutMfa = "alarm-sign-in-without-mfa" "5.2" Low
        "Notice console sign-ins without MFA"
        "A password alone that opens the console is either a gap in the rules or a stolen password."
        Caught::Events(&[("a sign-in without MFA", r#"{"eventType": "AwsConsoleSignIn", "additionalEventData": {"MFAUsed": "No"}, "responseElements": {"ConsoleLogin": "Success"}}"#)]),
        "{ ($.eventName = \"ConsoleLogin\") && ($.additionalEventData.MFAUsed != \"Yes\") && ($.userIdentity.type = \"IAMUser\") && ($.responseElements.ConsoleLogin = \"Success\") }";
    RootUse = "alarm-root-use" "5.3" Medium
        "Notice the use of root users"
        "Root users are for a handful of tasks a year; every other use is worth a call."
        Caught::Events(&[
            ("a sign-in of the root user", r#"{"eventType": "AwsConsoleSignIn", "userIdentity": {"type": "Root"}, "responseElements": {"ConsoleLogin": "Success"}, "additionalEventData": {"MFAUsed": "Yes"}}"#),
            ("a call of the root user", r#"{"eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "userIdentity": {"type": "Root"}}"#),
        ]),
        "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != \"AwsServiceEvent\" }";
    IamPolicyChanges = "alarm-iam-policy-changes" "5.4" Low
        "Notice changes of IAM policies"
        "Who changes policies gives power to somebody."
        Caught::Calls("iam.amazonaws.com", &[
            "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy",
            "PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion",
            "DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy",
            "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy",
        ]),
        "{ ($.eventSource = iam.amazonaws.com) && (($.eventName = Delete*Policy) || ($.eventName = Put*Policy) || ($.eventName = CreatePolicy) || ($.eventName = CreatePolicyVersion) || ($.eventName = DeletePolicyVersion) || ($.eventName = Attach*Policy) || ($.eventName = Detach*Policy)) }";
    TrailChanges = "alarm-cloudtrail-changes" "5.5" Medium
        "Notice changes of trails"
        "Switching the trail off is what an attacker does first."
        Caught::Calls("cloudtrail.amazonaws.com", &[
            "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging",
        ]),
        "{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }";
    FailedSignIns = "alarm-failed-sign-ins" "5.6" Low
        "Notice failed console sign-ins"
        "Guessing passwords shows as failed sign-ins."
        Caught::Events(&[("a failed sign-in", r#"{"eventType": "AwsConsoleSignIn", "errorMessage": "Failed authentication", "responseElements": {"ConsoleLogin": "Failure"}, "additionalEventData": {"MFAUsed": "No"}}"#)]),
        "{ ($.eventName = ConsoleLogin) && ($.errorMessage = \"Failed authentication\") }";
    KeyDeletions = "alarm-kms-key-deletion" "5.7" Medium
        "Notice KMS keys that are switched off or deleted"
        "Without its key, data is lost; ransom works this way."
        Caught::Calls("kms.amazonaws.com", &["DisableKey", "ScheduleKeyDeletion"]),
        "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }";
    BucketPolicyChanges = "alarm-s3-policy-changes" "5.8" Low
        "Notice changes of bucket policies"
        "A bucket is made public by one call."
        Caught::Calls("s3.amazonaws.com", &[
            "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle",
            "PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors",
            "DeleteBucketLifecycle", "DeleteBucketReplication",
        ]),
        "{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || ($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = PutBucketLifecycle) || ($.eventName = PutBucketReplication) || ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || ($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }";
    RecorderChanges = "alarm-config-changes" "5.9" Low
        "Notice changes of AWS Config"
        "A recorder that is stopped no longer tells what changes."
        Caught::Calls("config.amazonaws.com", &[
            "StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ]),
        "{ ($.eventSource = config.amazonaws.com) && (($.eventName = StopConfigurationRecorder) || ($.eventName = DeleteDeliveryChannel) || ($.eventName = PutDeliveryChannel) || ($.eventName = PutConfigurationRecorder)) }";
    SecurityGroupChanges = "alarm-security-group-changes" "5.10" Low
        "Notice changes of security groups"
        "A rule too many opens a machine to the world."
        Caught::Calls("ec2.amazonaws.com", &[
            "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ]),
        "{ ($.eventName = AuthorizeSecurityGroupIngress) || ($.eventName = AuthorizeSecurityGroupEgress) || ($.eventName = RevokeSecurityGroupIngress) || ($.eventName = RevokeSecurityGroupEgress) || ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup) }";
    NetworkAclChanges = "alarm-network-acl-changes" "5.11" Low
        "Notice changes of network ACLs"
        "Network ACLs fence whole subnets."
        Caught::Calls("ec2.amazonaws.com", &[
            "CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl",
            "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation",
        ]),
        "{ ($.eventName = CreateNetworkAcl) || ($.eventName = CreateNetworkAclEntry) || ($.eventName = DeleteNetworkAcl) || ($.eventName = DeleteNetworkAclEntry) || ($.eventName = ReplaceNetworkAclEntry) || ($.eventName = ReplaceNetworkAclAssociation) }";
    GatewayChanges = "alarm-gateway-changes" "5.12" Low
        "Notice changes of network gateways"
        "A new gateway is a new way in and out."
        Caught::Calls("ec2.amazonaws.com", &[
            "CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway",
            "CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway",
        ]),
        "{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) || ($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || ($.eventName = DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }";
    RouteChanges = "alarm-route-changes" "5.13" Low
        "Notice changes of route tables"
        "Routes decide where traffic goes, and who can read along."
        Caught::Calls("ec2.amazonaws.com", &[
            "CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation",
            "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable",
        ]),
        "{ ($.eventSource = ec2.amazonaws.com) && (($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable)) }";
    VpcChanges = "alarm-vpc-changes" "5.14" Low
        "Notice changes of VPCs"
        "Peering joins networks that were apart."
        Caught::Calls("ec2.amazonaws.com", &[
            "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection", "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
        ]),
        "{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpcAttribute) || ($.eventName = AcceptVpcPeeringConnection) || ($.eventName = CreateVpcPeeringConnection) || ($.eventName = DeleteVpcPeeringConnection) || ($.eventName = RejectVpcPeeringConnection) }";
    OrganizationChanges = "alarm-organization-changes" "5.15" Low
        "Notice changes of the organization"
        "Who moves accounts or detaches policies takes guardrails away."
        Caught::Calls("organizations.amazonaws.com", &[
            "AcceptHandshake", "AttachPolicy", "CreateAccount", "CreateOrganizationalUnit",
            "CreatePolicy", "DeclineHandshake", "DeleteOrganization", "DeleteOrganizationalUnit",
            "DeletePolicy", "DetachPolicy", "DisablePolicyType", "EnablePolicyType",
            "InviteAccountToOrganization", "LeaveOrganization", "MoveAccount",
            "RemoveAccountFromOrganization", "UpdatePolicy", "UpdateOrganizationalUnit",
        ]),
        "{ ($.eventSource = organizations.amazonaws.com) && (($.eventName = AcceptHandshake) || ($.eventName = AttachPolicy) || ($.eventName = CreateAccount) || ($.eventName = CreateOrganizationalUnit) || ($.eventName = CreatePolicy) || ($.eventName = DeclineHandshake) || ($.eventName = DeleteOrganization) || ($.eventName = DeleteOrganizationalUnit) || ($.eventName = DeletePolicy) || ($.eventName = DetachPolicy) || ($.eventName = DisablePolicyType) || ($.eventName = EnablePolicyType) || ($.eventName = InviteAccountToOrganization) || ($.eventName = LeaveOrganization) || ($.eventName = MoveAccount) || ($.eventName = RemoveAccountFromOrganization) || ($.eventName = UpdatePolicy) || ($.eventName = UpdateOrganizationalUnit)) }";
}

#[cfg(test)]
mod tests {
    use super::super::harmless;
    use super::*;
    use crate::pattern::Pattern;

    /// The pattern that the remediation gives repairs the finding, and fits into what AWS allows.
    #[test]
    fn the_patterns_catch_what_they_should() {
        for (id, caught, text) in ROWS {
            assert!(text.len() <= 1024, "{id}: {}", text.len());
            let pattern = Pattern::parse(text).unwrap_or_else(|| panic!("{id}: {text}"));
            for (name, event) in caught.samples() {
                assert!(pattern.catches(&event), "{id}: {name}");
            }
            assert!(!pattern.catches(&harmless()), "{id}");
        }
    }

    /// Filters of one row do not count for another by accident.
    #[test]
    fn the_patterns_differ() {
        for (id, _, text) in ROWS {
            let pattern = Pattern::parse(text).unwrap();
            for (other, caught, _) in ROWS {
                let all = caught
                    .samples()
                    .iter()
                    .all(|(_, event)| pattern.catches(event));
                assert_eq!(all, id == other, "{id} on {other}");
            }
        }
    }
}
