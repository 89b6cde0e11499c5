//! Managed policies: `AWS::IAM::ManagedPolicy`, the account's own and those of AWS in use.
//!
//! A policy of AWS is the same in every account, so its document is fetched once a scan; where it
//! is attached is counted in every account.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::{AttachedPermissionsBoundary, AttachedPolicy};
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::iam::ManagedPolicyObserved;
use blastwall_model::resources::{ManagedPolicy, ManagedPolicyKind};
use blastwall_model::{Arn, Field, GLOBAL, Kind};
use futures::{StreamExt, stream};

use super::{authorization, document};
use crate::context::{Context, parse_arn};
use crate::convert::Policy;
use crate::harvest::{About, Harvest, malformed, unknown};
use crate::shared::Head;

pub(super) const GET: Declaration = super::call("GetPolicy", "iam:GetPolicy");
pub(super) const VERSION: Declaration = super::call("GetPolicyVersion", "iam:GetPolicyVersion");

/// How many policies of AWS are fetched side by side.
const POLICIES_AT_ONCE: usize = 8;

/// What the listing says of managed policies.
#[derive(Default)]
pub(super) struct Policies {
    /// The account's own.
    pub(super) own: Vec<ManagedPolicy>,
    /// Where managed policies are attached.
    pub(super) attachments: Attachments,
    /// Why the listing ended early, if it did: the counts are then too small.
    pub(super) incomplete: Option<Failure>,
}

/// Where managed policies are attached, by ARN.
#[derive(Debug, Default)]
pub(super) struct Attachments(BTreeMap<String, Uses>);

/// How often one managed policy is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Uses {
    attached: u32,
    as_boundary: u32,
}

impl Attachments {
    /// Counts the attachments on a page of the listing.
    pub(super) fn count(&mut self, page: &GetAccountAuthorizationDetailsOutput) {
        for detail in page.user_detail_list() {
            self.add(
                detail.attached_managed_policies(),
                detail.permissions_boundary(),
            );
        }
        for detail in page.group_detail_list() {
            self.add(detail.attached_managed_policies(), None);
        }
        for detail in page.role_detail_list() {
            self.add(
                detail.attached_managed_policies(),
                detail.permissions_boundary(),
            );
        }
    }

    fn add(&mut self, attached: &[AttachedPolicy], boundary: Option<&AttachedPermissionsBoundary>) {
        for arn in attached.iter().filter_map(|policy| policy.policy_arn()) {
            self.0.entry(arn.to_owned()).or_default().attached += 1;
        }
        if let Some(arn) = boundary.and_then(|boundary| boundary.permissions_boundary_arn()) {
            self.0.entry(arn.to_owned()).or_default().as_boundary += 1;
        }
    }
}

/// The documents of the account's own policies, and of those of AWS that are in use.
pub(super) async fn complete(context: &Context<'_>, policies: Policies) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(ManagedPolicyKind::TYPE) {
        return harvest;
    }
    let incomplete = policies.incomplete.as_ref();
    for mut policy in policies.own {
        // AWS counts its own attachments; other implementations of the API leave that to us.
        let uses = policies.attachments.0.get(policy.arn.as_str());
        let counted = counts(uses.copied().unwrap_or_default(), incomplete);
        let observed = &mut policy.observed;
        if observed.attachment_count == Field::ABSENT {
            observed.attachment_count = counted.attachment_count;
        }
        if observed.permissions_boundary_usage_count == Field::ABSENT {
            observed.permissions_boundary_usage_count = counted.permissions_boundary_usage_count;
        }
        harvest.add(&policy);
    }
    let session = context.session.on_behalf_of_all();
    let iam = &client!(aws_sdk_iam, &session, context.global_region());
    let mut fetched = stream::iter(policies.attachments.0)
        .filter_map(async |(arn, uses)| Some((of_aws(&arn)?, uses)))
        .map(|(arn, uses)| of_aws_document(context, iam, arn, uses, incomplete))
        .buffer_unordered(POLICIES_AT_ONCE)
        .boxed();
    while let Some(found) = fetched.next().await {
        harvest.append(found);
    }
    drop(fetched);
    harvest
}

/// The ARN if it is that of a policy that AWS owns.
fn of_aws(arn: &str) -> Option<Arn> {
    parse_arn(arn).ok().filter(|arn| arn.account() == "aws")
}

async fn of_aws_document(
    context: &Context<'_>,
    iam: &Client,
    arn: Arn,
    uses: Uses,
    incomplete: Option<&Failure>,
) -> Harvest {
    let shared = context.shared.aws_policy(&arn);
    let (path, name) = path_and_name(&arn);
    let mut policy = ManagedPolicy::new(arn.clone(), context.session.account().clone(), GLOBAL);
    policy.config.managed_policy_name = name.to_owned().into();
    policy.config.path = path.into();
    policy.observed = counts(uses, incomplete);

    let mut harvest = Harvest::default();
    let about = About::resource(&policy);
    match shared.head(|| head(context, iam, &arn)).await {
        Ok(head) => {
            policy.observed.policy_id = head.policy_id.clone().into();
            policy.observed.default_version_id = head.default_version_id.clone().into();
            let version = &head.default_version_id;
            let fetched = shared.document(|| fetch(context, iam, &arn, version)).await;
            policy.config.policy_document = match fetched {
                Ok(fetched) => {
                    document(&mut harvest, &about, VERSION, "the policy", fetched).into()
                }
                Err(failure) => harvest.field(&about, VERSION, Err(failure)),
            };
        }
        Err(failure) => {
            policy.observed.policy_id = unknown(GET, &failure);
            policy.observed.default_version_id = unknown(GET, &failure);
            policy.config.policy_document = harvest.field(&about, GET, Err(failure));
        }
    }
    harvest.add(&policy);
    harvest
}

/// The counts of a policy, unknown if the listing ended before all attachments were seen.
fn counts(uses: Uses, incomplete: Option<&Failure>) -> ManagedPolicyObserved {
    let count = |number: u32| match incomplete {
        Some(failure) => unknown(authorization::LIST, failure),
        None => Field::Known(number),
    };
    ManagedPolicyObserved {
        attachment_count: count(uses.attached),
        permissions_boundary_usage_count: count(uses.as_boundary),
        ..ManagedPolicyObserved::default()
    }
}

/// Path and name out of `policy/path/name`.
pub(super) fn path_and_name(arn: &Arn) -> (String, &str) {
    let resource = arn.resource();
    let resource = resource.strip_prefix("policy/").unwrap_or(resource);
    match resource.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), resource),
    }
}

async fn head(context: &Context<'_>, iam: &Client, arn: &Arn) -> Result<Head, Failure> {
    let answer = context
        .session
        .call(iam.get_policy().policy_arn(arn.as_str()).send())
        .await?;
    let policy = answer
        .policy()
        .ok_or_else(|| malformed("an answer without a policy"))?;
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Ok(Head {
        policy_id: text(policy.policy_id()),
        default_version_id: text(policy.default_version_id()),
    })
}

async fn fetch(
    context: &Context<'_>,
    iam: &Client,
    arn: &Arn,
    version: &str,
) -> Result<Policy, Failure> {
    let call = iam
        .get_policy_version()
        .policy_arn(arn.as_str())
        .version_id(version);
    let answer = context.session.call(call.send()).await?;
    answer
        .policy_version()
        .and_then(|version| version.document())
        .map(Policy::encoded)
        .ok_or_else(|| malformed("an answer without a document"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_iam::types::{GroupDetail, UserDetail};

    use super::*;

    #[test]
    fn paths_and_names_are_in_the_arn() {
        for (resource, path, name) in [
            ("ReadOnlyAccess", "/", "ReadOnlyAccess"),
            (
                "service-role/AWSLambdaRole",
                "/service-role/",
                "AWSLambdaRole",
            ),
        ] {
            let arn = format!("arn:aws-us-gov:iam::aws:policy/{resource}");
            let arn = of_aws(&arn).unwrap();
            assert_eq!(path_and_name(&arn), (path.to_owned(), name));
        }
        assert_eq!(of_aws("arn:aws:iam::111122223333:policy/own"), None);
    }

    #[test]
    fn attachments_are_counted_over_all_kinds_of_principals() {
        let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        let attached = || AttachedPolicy::builder().policy_arn(arn).build();
        let boundary = AttachedPermissionsBoundary::builder()
            .permissions_boundary_arn(arn)
            .build();
        let page = GetAccountAuthorizationDetailsOutput::builder()
            .user_detail_list(
                UserDetail::builder()
                    .attached_managed_policies(attached())
                    .permissions_boundary(boundary)
                    .build(),
            )
            .group_detail_list(
                GroupDetail::builder()
                    .attached_managed_policies(attached())
                    .build(),
            )
            .build();
        let mut attachments = Attachments::default();
        attachments.count(&page);
        let uses = attachments.0.get(arn).copied();
        assert_eq!(
            uses,
            Some(Uses {
                attached: 2,
                as_boundary: 1
            })
        );
    }
}
