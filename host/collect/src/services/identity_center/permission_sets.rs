//! The permission sets of an instance, by name. What they permit is read from the roles made of them.

use blastwall_aws::Failure;
use blastwall_model::resources::identity_center::{PermissionSet, PermissionSetKind};
use blastwall_model::{Field, Kind};
use futures::{StreamExt, stream};

use super::{AT_ONCE, PERMISSION_SET, PERMISSION_SETS, Place, TAGS};
use crate::context::parse_arn;
use crate::convert::{text, time};
use crate::harvest::{About, Harvest, malformed, not_collected, unknown};
use crate::pages::pages;

const KIND: &str = PermissionSetKind::TYPE;

pub(super) async fn collect(place: &Place<'_>) -> Harvest {
    let mut harvest = Harvest::default();
    if !place.context.wants(KIND) {
        return harvest;
    }
    let mut arns = Vec::new();
    let request = place.sso.list_permission_sets();
    let stream = request
        .instance_arn(place.instance)
        .max_results(100)
        .into_paginator();
    let ended = pages(place.context.session, stream.send(), |page| {
        arns.extend(page.permission_sets.unwrap_or_default());
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[KIND], PERMISSION_SETS, place.region, &failure);
    }
    let mut described = stream::iter(arns)
        .map(|arn| describe(place, arn))
        .buffered(AT_ONCE)
        .boxed();
    while let Some(found) = described.next().await {
        harvest.append(found);
    }
    harvest
}

async fn describe(place: &Place<'_>, arn: String) -> Harvest {
    let mut harvest = Harvest::default();
    let parsed = match parse_arn(&arn) {
        Ok(parsed) => parsed,
        Err(failure) => {
            return Harvest::failed(&[KIND], PERMISSION_SETS, place.region, &failure);
        }
    };
    let account = place.context.session.account().clone();
    let mut set = PermissionSet::new(parsed, account, place.region);
    set.tags = Field::unknown("tags", not_collected(TAGS));
    set.config.permission_set_arn = Some(arn.clone()).into();
    set.config.instance_arn = Some(place.instance.to_owned()).into();
    let request = place.sso.describe_permission_set();
    let request = request
        .instance_arn(place.instance)
        .permission_set_arn(arn)
        .send();
    let answer = place.context.session.call(request).await;
    let nothing = || malformed("an answer without a permission set");
    match answer.and_then(|answer| answer.permission_set.ok_or_else(nothing)) {
        Ok(found) => {
            let config = &mut set.config;
            config.name = text(found.name()).into();
            config.description = text(found.description()).into();
            config.session_duration = text(found.session_duration()).into();
            config.relay_state = text(found.relay_state()).into();
            set.observed.created_date = found.created_date().and_then(time).into();
        }
        Err(failure) => unseen(&mut harvest, &mut set, &failure),
    }
    harvest.add(&set);
    harvest
}

/// Marks what the description was to bring.
fn unseen(harvest: &mut Harvest, set: &mut PermissionSet, failure: &Failure) {
    harvest.incomplete(&About::resource(set), PERMISSION_SET, failure);
    let config = &mut set.config;
    for property in [
        &mut config.name,
        &mut config.description,
        &mut config.session_duration,
        &mut config.relay_state,
    ] {
        *property = unknown(PERMISSION_SET, failure);
    }
    set.observed.created_date = unknown(PERMISSION_SET, failure);
}
