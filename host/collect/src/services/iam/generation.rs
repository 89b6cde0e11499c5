//! Has IAM make the credential report, and fetches it.

use std::time::Duration;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::ReportStateType;
use blastwall_aws::{Declaration, Failure};
use blastwall_model::resources::{RootUserKind, SigningCertificateKind, UserKind};
use blastwall_model::{GLOBAL, GapKind, Kind};

use super::report::Report;
use crate::context::Context;
use crate::harvest::{About, Harvest, malformed};

pub(super) const GENERATE: Declaration =
    super::call("GenerateCredentialReport", "iam:GenerateCredentialReport");
pub(super) const REPORT: Declaration =
    super::call("GetCredentialReport", "iam:GetCredentialReport");

/// The types whose documents are incomplete without it. Signing certificates are not among them:
/// without a report, every user is asked for them.
const INCOMPLETE_WITHOUT: [&str; 2] = [UserKind::TYPE, RootUserKind::TYPE];

/// Pauses before asking again whether the report is ready. It takes seconds in most accounts;
/// after half a minute the users are asked for one by one instead.
const PAUSES: [Duration; 8] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(8),
    Duration::from_secs(8),
];

/// Why there is no report.
#[derive(Debug)]
pub(super) struct Unreported {
    pub(super) call: Declaration,
    pub(super) failure: Failure,
}

/// The credential report; an empty one if nothing that is wanted needs it.
pub(super) async fn report(context: &Context<'_>, iam: &Client) -> Result<Report, Unreported> {
    let read_by = [
        UserKind::TYPE,
        RootUserKind::TYPE,
        SigningCertificateKind::TYPE,
    ];
    if context.wanted(&read_by).is_empty() {
        return Ok(Report::default());
    }
    generate(context, iam).await.map_err(|failure| Unreported {
        call: GENERATE,
        failure,
    })?;
    fetch(context, iam).await.map_err(|failure| Unreported {
        call: REPORT,
        failure,
    })
}

/// Asks IAM to bring the report up to date and waits until it has.
async fn generate(context: &Context<'_>, iam: &Client) -> Result<(), Failure> {
    for pause in PAUSES {
        let call = iam.generate_credential_report().send();
        let answer = context.session.call(call).await?;
        if answer.state() == Some(&ReportStateType::Complete) {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
    Err(Failure::new(
        GapKind::Unavailable,
        "ReportNotReady",
        "IAM did not finish the credential report in time",
    ))
}

async fn fetch(context: &Context<'_>, iam: &Client) -> Result<Report, Failure> {
    let call = iam.get_credential_report().send();
    let answer = context.session.call(call).await?;
    let table = answer
        .content()
        .ok_or_else(|| malformed("an answer without a report"))?;
    Report::parse(table.as_ref()).map_err(|error| malformed(&error.to_string()))
}

/// Notes that there is no report. No document is missing for it, so the gap is about the account,
/// whose ARN is that of its root user.
pub(super) fn note(
    context: &Context<'_>,
    report: &Result<Report, Unreported>,
    harvest: &mut Harvest,
) {
    let Err(Unreported { call, failure }) = report else {
        return;
    };
    let types = context.wanted(&INCOMPLETE_WITHOUT);
    if types.is_empty() {
        return;
    }
    match context.arn("iam", "", "root") {
        Ok(root) => harvest.incomplete(&About::types(types, GLOBAL, &root), *call, failure),
        Err(_) => harvest.listing(&types, *call, GLOBAL, failure),
    }
}
