//! AWS Identity and Access Management.
//!
//! One listing (`GetAccountAuthorizationDetails`) brings users, groups, roles and the account's own
//! policies; the credential report brings passwords, MFA and the dates of access keys; the rest is
//! one call each. The modules: `authorization` (the listing), `managed` (managed policies, with
//! those of AWS), `report` and `credentials` (the credential report and what it does not tell of
//! users), `account` (root user, password policy, summary).

mod account;
mod authorization;
mod credentials;
mod managed;
mod report;

use blastwall_aws::{Declaration, client};
use blastwall_model::resources::{GroupKind, ManagedPolicyKind, RoleKind, RootUserKind, UserKind};
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
                credentials::GENERATE,
                credentials::REPORT,
                credentials::KEYS,
                credentials::MFA,
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
            calls: &[account::SUMMARY, credentials::GENERATE, credentials::REPORT],
            tags: &[],
        },
        account::PASSWORD_POLICY_PRODUCT,
        account::SUMMARY_PRODUCT,
    ],
    run: Run::Global(|context| collect(context).boxed()),
};

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
    let (report, listed, summary, password_policy) = futures::join!(
        credentials::report(context, iam),
        authorization::list(context, iam),
        account::summary(context, iam),
        account::password_policy(context, iam),
    );
    let mut harvest = Harvest::default();
    credentials::note(context, &report, &mut harvest);
    account::finish(context, summary, &report, &mut harvest);
    harvest.append(password_policy);
    let (users, policies) = futures::join!(
        credentials::complete(context, iam, listed.users, &report),
        managed::complete(context, listed.policies),
    );
    harvest.append(listed.harvest);
    harvest.append(users);
    harvest.append(policies);
    harvest
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
