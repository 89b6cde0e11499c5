//! AWS Identity and Access Management.
//!
//! One listing (`GetAccountAuthorizationDetails`) brings users, groups, roles and the account's own
//! policies; the credential report brings passwords, MFA and the dates of access keys; the rest is
//! one call each. The modules: `authorization` (the listing), `managed` (managed policies, with
//! those of AWS), `generation` and `report` (the credential report), `credentials`, `access_key` and
//! `mfa` (what it tells of users and what it does not), `account` (root user, password policy,
//! summary), and one for each of the other types.

mod access_key;
mod account;
mod authorization;
mod certificate;
mod credentials;
mod generation;
mod instance_profile;
mod managed;
mod mfa;
mod oidc_provider;
mod report;
mod saml_provider;
mod server_certificate;
mod service_specific_credentials;
mod signing_certificate;
mod ssh_public_key;

use blastwall_aws::{Declaration, client};
use blastwall_model::resources::{
    GroupKind, ManagedPolicyKind, RoleKind, RootUserKind, User, UserKind,
};
use blastwall_model::{Field, Kind, Tags};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::Context;
use crate::convert::Policy;
use crate::harvest::{About, Harvest, malformed};
use crate::{Collector, Product};

pub(crate) const COLLECTOR: Collector = Collector {
    service: "iam",
    products: &[
        Product {
            kind: UserKind::TYPE,
            calls: &[
                authorization::LIST,
                generation::GENERATE,
                generation::REPORT,
                account::SUMMARY,
                access_key::LIST,
                access_key::LAST_USED,
                mfa::LIST,
                mfa::LIST_VIRTUAL,
                credentials::PASSWORD,
            ],
            tags: &[],
        },
        Product {
            kind: GroupKind::TYPE,
            calls: &[authorization::LIST],
            tags: &[],
        },
        Product {
            kind: RoleKind::TYPE,
            calls: &[authorization::LIST],
            tags: &[],
        },
        Product {
            kind: ManagedPolicyKind::TYPE,
            calls: &[authorization::LIST, managed::GET, managed::VERSION],
            tags: &[],
        },
        Product {
            kind: RootUserKind::TYPE,
            calls: &[
                account::SUMMARY,
                generation::GENERATE,
                generation::REPORT,
                mfa::LIST_VIRTUAL,
            ],
            tags: &[],
        },
        account::PASSWORD_POLICY_PRODUCT,
        account::SUMMARY_PRODUCT,
        instance_profile::PRODUCT,
        oidc_provider::PRODUCT,
        saml_provider::PRODUCT,
        server_certificate::PRODUCT,
        service_specific_credentials::PRODUCT,
        signing_certificate::PRODUCT,
        ssh_public_key::PRODUCT,
    ],
    run: Run::Global(|context| collect(context).boxed()),
};

/// How many users are asked for side by side.
const USERS_AT_ONCE: usize = 8;

/// How many identity providers are asked for side by side.
const PROVIDERS_AT_ONCE: usize = 8;

/// An operation of IAM, whose actions are named like the operations.
const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "IAM",
        operation,
        action,
    }
}

async fn collect(context: &Context<'_>) -> Harvest {
    let iam = &client!(aws_sdk_iam, context.session, context.global_region());
    let first = async {
        futures::join!(
            generation::report(context, iam),
            authorization::list(context, iam),
            account::summary(context, iam),
            mfa::virtual_devices(context, iam),
        )
    };
    let alone = async {
        futures::join!(
            account::password_policy(context, iam),
            instance_profile::collect(context, iam),
            oidc_provider::collect(context, iam),
            saml_provider::collect(context, iam),
            server_certificate::collect(context, iam),
            service_specific_credentials::collect(context, iam),
        )
    };
    let ((report, listed, summary, assigned), others) = futures::join!(first, alone);
    let mut harvest = Harvest::default();
    for found in <[Harvest; 6]>::from(others) {
        harvest.append(found);
    }
    let devices = mfa::Devices::new(assigned, summary.as_ref());
    generation::note(context, &report, &mut harvest);
    account::finish(context, summary, &report, &devices, &mut harvest);
    let users = &listed.users;
    let (users, certificates, keys, policies) = futures::join!(
        credentials::complete(context, iam, users, &report, &devices),
        signing_certificate::collect(context, iam, users, &report),
        ssh_public_key::collect(context, iam, users),
        managed::complete(context, listed.policies),
    );
    harvest.append(listed.harvest);
    for found in [users, certificates, keys, policies] {
        harvest.append(found);
    }
    harvest
}

/// The name of a listed user.
fn name(user: &User) -> &str {
    user.config.user_name.known().map_or("", String::as_str)
}

/// The document of a policy, with a gap if it is not JSON.
fn document(
    harvest: &mut Harvest,
    about: &About,
    source: Declaration,
    what: &str,
    policy: &Policy,
) -> serde_json::Value {
    if !policy.readable {
        let failure = malformed(&format!("{what} is not JSON"));
        harvest.incomplete(about, source, &failure);
    }
    policy.document.clone()
}

fn tags(tags: &[aws_sdk_iam::types::Tag]) -> Field<Tags> {
    crate::convert::tags(tags.iter().map(|tag| (Some(tag.key()), Some(tag.value()))))
}
