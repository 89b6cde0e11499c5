//! What one user or group is assigned.

use aws_sdk_ssoadmin::types::{AccountAssignmentForPrincipal, PrincipalType};
use blastwall_aws::Failure;
use blastwall_model::Kind;
use blastwall_model::resources::identity_center::{Assignment, AssignmentKind};

use super::{ASSIGNMENTS, Place};
use crate::convert::text;
use crate::harvest::Harvest;
use crate::pages::pages;

const KIND: &str = AssignmentKind::TYPE;

pub(super) async fn collect(place: &Place<'_>, of: PrincipalType, id: String) -> Harvest {
    let mut harvest = Harvest::default();
    let request = place
        .sso
        .list_account_assignments_for_principal()
        .instance_arn(place.instance)
        .principal_type(of.clone())
        .principal_id(&id)
        .max_results(100);
    let mut found = Vec::new();
    let stream = request.into_paginator().send();
    let ended = pages(place.context.session, stream, |page| {
        found.extend(page.account_assignments.unwrap_or_default());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], ASSIGNMENTS, place.region, &failure);
    }
    for assignment in &found {
        // A user is told what its groups have, too.
        if assignment.principal_type() != Some(&of) {
            continue;
        }
        match document(place, &of, assignment) {
            Ok(document) => harvest.add(&document),
            Err(failure) => harvest.listing(&[KIND], ASSIGNMENTS, place.region, &failure),
        }
    }
    harvest
}

fn document(
    place: &Place<'_>,
    of: &PrincipalType,
    found: &AccountAssignmentForPrincipal,
) -> Result<Assignment, Failure> {
    let last = |arn: Option<&str>| {
        let arn = arn.unwrap_or_default();
        arn.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let instance = last(Some(place.instance));
    let set = last(found.permission_set_arn());
    let target = found.account_id().unwrap_or_default();
    let principal = found.principal_id().unwrap_or_default();
    let name = format!("assignment/{instance}/{target}/{set}/{of}/{principal}");
    let arn = place.context.arn("sso", "", &name)?;
    let account = place.context.session.account().clone();
    let mut assignment = Assignment::new(arn, account, place.region);
    let config = &mut assignment.config;
    config.instance_arn = Some(place.instance.to_owned()).into();
    config.permission_set_arn = text(found.permission_set_arn()).into();
    config.principal_id = text(found.principal_id()).into();
    config.principal_type = Some(of.as_str().to_owned()).into();
    config.target_id = text(found.account_id()).into();
    config.target_type = Some("AWS_ACCOUNT".to_owned()).into();
    Ok(assignment)
}
