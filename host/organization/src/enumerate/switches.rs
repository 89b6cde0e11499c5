//! What is switched on for the whole organization: the services that may act in all accounts, and
//! what is central about root users.
//!
//! The second is a question to IAM, whose answer is the organization's all the same; this is the
//! one thing of IAM that this crate asks.

use blastwall_aws::Failure;
use blastwall_model::resources::{Organization, OrganizationKind};
use blastwall_model::{Arn, Field, Gap, Kind};

use super::listing::{Connection, gap_of};

const SERVICES: &str = "organizations:ListAWSServiceAccessForOrganization";
const FEATURES: &str = "iam:ListOrganizationsFeatures";

/// Answers of IAM that mean that no feature can be on: IAM has no access to the organization, or
/// the organization is for consolidated billing alone.
/// Source: IAM API Reference, `ListOrganizationsFeatures`.
const NO_FEATURES: [&str; 2] = [
    "ServiceAccessNotEnabledException",
    "OrganizationNotInAllFeaturesModeException",
];

/// The answers.
pub(super) struct Switches {
    services: Result<Vec<String>, Failure>,
    features: Result<Vec<String>, Failure>,
}

/// Asks for both.
pub(super) async fn ask(connection: Connection<'_>) -> Switches {
    let (services, features) = futures::join!(services(connection), features(connection));
    Switches { services, features }
}

async fn services(connection: Connection<'_>) -> Result<Vec<String>, Failure> {
    let request = connection.client.list_aws_service_access_for_organization();
    let listing = connection
        .pages(request.into_paginator().send(), |page| {
            page.enabled_service_principals
        })
        .await;
    match listing.failure {
        Some(failure) => Err(failure),
        None => {
            let services = listing.items.into_iter();
            Ok(sorted(
                services.filter_map(|service| service.service_principal),
            ))
        }
    }
}

async fn features(connection: Connection<'_>) -> Result<Vec<String>, Failure> {
    let session = connection.session;
    let iam = blastwall_aws::client!(aws_sdk_iam, session, session.partition().global_region());
    let answer = session.call(iam.list_organizations_features().send()).await;
    match answer {
        Ok(answer) => {
            let features = answer.enabled_features().iter();
            Ok(sorted(features.map(|feature| feature.as_str().to_owned())))
        }
        Err(failure) if NO_FEATURES.contains(&failure.code.as_str()) => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}

fn sorted(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<String> = words.collect();
    words.sort();
    words
}

impl Switches {
    /// Writes the answers into the organization's document and gives the gaps.
    pub(super) fn set(self, document: &mut Organization) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let observed = &mut document.observed;
        for (field, answer, action) in [
            (
                &mut observed.enabled_service_principals,
                self.services,
                SERVICES,
            ),
            (&mut observed.enabled_features, self.features, FEATURES),
        ] {
            *field = known(answer, action, &document.arn, &mut gaps);
        }
        gaps
    }
}

fn known(
    answer: Result<Vec<String>, Failure>,
    action: &str,
    organization: &Arn,
    gaps: &mut Vec<Gap>,
) -> Field<Vec<String>> {
    match answer {
        Ok(words) => Field::Known(words),
        Err(failure) => {
            let types = [OrganizationKind::TYPE];
            gaps.push(gap_of(
                &types,
                action.to_owned(),
                Some(organization),
                &failure,
            ));
            Field::unknown("", format!("{}: {action}", failure.code))
        }
    }
}

/// Marks both as unknown: who may list no account is not asked, because AWS shows these to nobody
/// else. `answer` is what refused the accounts.
pub(super) fn mark_unasked(document: &mut Organization, answer: Option<&Failure>) {
    let code = answer.map_or("NotAsked", |failure| failure.code.as_str());
    let observed = &mut document.observed;
    observed.enabled_service_principals = Field::unknown("", format!("{code}: {SERVICES}"));
    observed.enabled_features = Field::unknown("", format!("{code}: {FEATURES}"));
}
