//! SSH public keys of users, for CodeCommit: `AWS::IAM::SSHPublicKey`.
//!
//! Nothing tells who has any, so every user is asked; that is why nobody is unless the type is
//! wanted.

use aws_sdk_iam::Client;
use aws_sdk_iam::types::SshPublicKeyMetadata;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::{SshPublicKey, SshPublicKeyKind, User};
use blastwall_model::{GLOBAL, Kind};
use futures::{StreamExt, stream};

use super::{authorization, name};
use crate::Product;
use crate::context::Context;
use crate::convert::time;
use crate::harvest::Harvest;
use crate::pages::pages;

const LIST: Declaration = super::call("ListSSHPublicKeys", "iam:ListSSHPublicKeys");

pub(super) const PRODUCT: Product = Product {
    kind: SshPublicKeyKind::TYPE,
    calls: &[authorization::LIST, LIST],
    tags: &[],
};

/// The keys of all users, if they are wanted.
pub(super) async fn collect(context: &Context<'_>, iam: &Client, users: &[User]) -> Harvest {
    let mut harvest = Harvest::default();
    if !context.wants(PRODUCT.kind) {
        return harvest;
    }
    let mut listed = stream::iter(users)
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
    let request = iam.list_ssh_public_keys().user_name(name(user));
    let ended = pages(context.session, request.into_paginator().send(), |page| {
        for key in page.ssh_public_keys() {
            match convert(context, key) {
                Ok(key) => harvest.add(&key),
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

fn convert(context: &Context<'_>, answer: &SshPublicKeyMetadata) -> Result<SshPublicKey, Failure> {
    let id = answer.ssh_public_key_id();
    let arn = context.arn("iam", "", &format!("ssh-public-key/{id}"))?;
    let mut key = SshPublicKey::new(arn, context.session.account().clone(), GLOBAL);
    key.config.user_name = answer.user_name().to_owned().into();
    key.config.status = answer.status().as_str().to_owned().into();
    key.observed.ssh_public_key_id = id.to_owned().into();
    key.observed.upload_date = time(answer.upload_date()).into();
    Ok(key)
}
