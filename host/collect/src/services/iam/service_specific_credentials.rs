//! Credentials of users for single services: `AWS::IAM::ServiceSpecificCredentials`.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::ServiceSpecificCredentialMetadata;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::iam::ServiceSpecificCredential;
use blastwall_model::resources::{ServiceSpecificCredentials, ServiceSpecificCredentialsKind};
use blastwall_model::{GLOBAL, Kind};

use crate::Product;
use crate::context::Context;
use crate::convert::{text, time};
use crate::harvest::{Harvest, malformed};

const LIST: Declaration = super::call(
    "ListServiceSpecificCredentials",
    "iam:ListServiceSpecificCredentials",
);

pub(super) const PRODUCT: Product = Product {
    kind: ServiceSpecificCredentialsKind::TYPE,
    calls: &[LIST],
    tags: &[],
};

/// Credentials by user.
type ByUser = BTreeMap<String, Vec<ServiceSpecificCredential>>;

/// The credentials of all users, if they are wanted.
pub(super) async fn collect(context: &Context<'_>, iam: &Client) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(PRODUCT.kind) {
        return harvest;
    }
    let mut found = ByUser::new();
    if let Err(failure) = list(context, iam, &mut found).await {
        harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure);
    }
    for (user, mut credentials) in found {
        credentials.sort_by(|one, other| {
            let id = |it: &ServiceSpecificCredential| it.service_specific_credential_id.clone();
            id(one).cmp(&id(other))
        });
        match context.arn("iam", "", &format!("service-specific-credentials/{user}")) {
            Ok(arn) => {
                let account = context.session.account().clone();
                let mut document = ServiceSpecificCredentials::new(arn, account, GLOBAL);
                document.config.user_name = user.into();
                document.config.credentials = credentials.into();
                harvest.add(&document);
            }
            Err(failure) => harvest.listing(&[PRODUCT.kind], LIST, GLOBAL, &failure),
        }
    }
    harvest
}

/// Reads all pages, of all users at once; the SDK has no paginator for this operation.
async fn list(context: &Context<'_>, iam: &Client, found: &mut ByUser) -> Result<(), Failure> {
    let mut marker = None;
    loop {
        let request = iam
            .list_service_specific_credentials()
            .all_users(true)
            .set_marker(marker.clone());
        let answer = context.session.call(request.send()).await?;
        for credential in answer.service_specific_credentials() {
            let user = credential.user_name().to_owned();
            found.entry(user).or_default().push(convert(credential));
        }
        let next = text(answer.marker()).filter(|_| answer.is_truncated());
        if next.is_none() {
            return Ok(());
        }
        if next == marker {
            return Err(malformed("two pages with the same marker"));
        }
        marker = next;
    }
}

fn convert(answer: &ServiceSpecificCredentialMetadata) -> ServiceSpecificCredential {
    ServiceSpecificCredential {
        service_specific_credential_id: answer.service_specific_credential_id().to_owned(),
        service_name: answer.service_name().to_owned(),
        status: answer.status().as_str().to_owned(),
        create_date: time(answer.create_date()),
        expiration_date: answer.expiration_date().and_then(time),
    }
}
