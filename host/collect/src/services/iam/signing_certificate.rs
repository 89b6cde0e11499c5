//! X.509 signing certificates of users: `AWS::IAM::SigningCertificate`.
//!
//! The credential report tells who has any; only those are asked, and those whom it does not know.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::SigningCertificate as Answer;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::{SigningCertificate, SigningCertificateKind, User};
use blastwall_model::{GLOBAL, Kind};
use futures::{StreamExt, stream};

use super::certificate::validity;
use super::credentials::row_of;
use super::generation::{GENERATE, REPORT, Unreported};
use super::report::Report;
use super::{authorization, name};
use crate::Product;
use crate::context::Context;
use crate::convert::time;
use crate::harvest::{About, Harvest, malformed, unknown};
use crate::pages::pages;

const LIST: Declaration = super::call("ListSigningCertificates", "iam:ListSigningCertificates");

pub(super) const PRODUCT: Product = Product {
    kind: SigningCertificateKind::TYPE,
    calls: &[authorization::LIST, GENERATE, REPORT, LIST],
    tags: &[],
};

/// The certificates of all users, if they are wanted.
pub(super) async fn collect(
    context: &Context<'_>,
    iam: &Client,
    users: &[User],
    report: &Result<Report, Unreported>,
) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(PRODUCT.kind) {
        return harvest;
    }
    let asked = users
        .iter()
        .filter(|user| row_of(report, user).is_none_or(|row| row.has_certificate));
    let mut listed = stream::iter(asked)
        .map(|user| list(context, iam, user))
        .buffer_unordered(super::USERS_AT_ONCE)
        .boxed();
    while let Some(found) = listed.next().await {
        harvest.append(found);
    }
    drop(listed);
    harvest
}

async fn list(context: &Context<'_>, iam: &Client, user: &User) -> Harvest {
    let mut harvest = Harvest::default();
    let request = iam.list_signing_certificates().user_name(name(user));
    let ended = pages(context.session, request.into_paginator().send(), |page| {
        for certificate in page.certificates() {
            if let Err(failure) = add(context, certificate, &mut harvest) {
                harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure);
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure);
    }
    harvest
}

fn add(context: &Context<'_>, answer: &Answer, harvest: &mut Harvest) -> Result<(), Failure> {
    let id = answer.certificate_id();
    let arn = context.arn("iam", "", &format!("signing-certificate/{id}"))?;
    let account = context.session.account().clone();
    let mut certificate = SigningCertificate::new(arn, account, GLOBAL);
    certificate.config.user_name = answer.user_name().to_owned().into();
    certificate.config.status = answer.status().as_str().to_owned().into();
    let observed = &mut certificate.observed;
    observed.certificate_id = id.to_owned().into();
    observed.upload_date = answer.upload_date().and_then(time).into();
    match validity(answer.certificate_body()) {
        Some((not_before, not_after)) => {
            observed.not_before = not_before.into();
            observed.not_after = not_after.into();
        }
        None => {
            let failure = malformed("the certificate cannot be read");
            observed.not_before = unknown(LIST, &failure);
            observed.not_after = unknown(LIST, &failure);
            harvest.incomplete(&About::resource(&certificate), LIST, &failure);
        }
    }
    harvest.add(&certificate);
    Ok(())
}
