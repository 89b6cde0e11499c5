//! TLS certificates kept in IAM: `AWS::IAM::ServerCertificate`.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::ServerCertificateMetadata;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::{ServerCertificate, ServerCertificateKind};
use blastwall_model::{GLOBAL, Kind};

use crate::Product;
use crate::context::{Context, parse_arn};
use crate::convert::time;
use crate::harvest::Harvest;
use crate::pages::pages;

const LIST: Declaration = super::call("ListServerCertificates", "iam:ListServerCertificates");

pub(super) const PRODUCT: Product = Product {
    kind: ServerCertificateKind::TYPE,
    calls: &[LIST],
    tags: &[],
};

/// The certificates, if they are wanted.
pub(super) async fn collect(context: &Context<'_>, iam: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(PRODUCT.kind) {
        return harvest;
    }
    let stream = iam.list_server_certificates().into_paginator().send();
    let ended = pages(context.session, stream, |page| {
        for certificate in page.server_certificate_metadata_list() {
            match convert(context, certificate) {
                Ok(certificate) => harvest.add(&certificate),
                Err(failure) => harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure);
    }
    harvest
}

fn convert(
    context: &Context<'_>,
    answer: &ServerCertificateMetadata,
) -> Result<ServerCertificate, Failure> {
    let arn = parse_arn(answer.arn())?;
    let mut certificate = ServerCertificate::new(arn, context.session.account().clone(), GLOBAL);
    // The listing does not bring them.
    certificate.mark_unknown("tags", "NotCollected: iam:ListServerCertificateTags");
    let name = answer.server_certificate_name();
    certificate.config.server_certificate_name = name.to_owned().into();
    certificate.config.path = answer.path().to_owned().into();
    let observed = &mut certificate.observed;
    observed.server_certificate_id = answer.server_certificate_id().to_owned().into();
    observed.upload_date = answer.upload_date().and_then(time).into();
    observed.expiration = answer.expiration().and_then(time).into();
    Ok(certificate)
}
