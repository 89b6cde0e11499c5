//! The credential report, which is made on demand and then fetched.
//!
//! Source: IAM User Guide, "Generate credential reports for your AWS account".

use std::sync::PoisonError;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blastwall_model::Field;
use blastwall_model::resources::iam::AccessKey;
use blastwall_model::resources::{RootUser, SigningCertificate, User};

use crate::failure::Failure;
use crate::operation::{Answer, Call};
use crate::service::parse_time;
use crate::state::{Account, last_part};
use crate::xml::Element;

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,\
    access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,\
    access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,\
    cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// Of what a user does not have.
const NONE: &str = "N/A";
/// Of what a user has and IAM has no record of.
const NO_RECORD: &str = "no_information";
/// Of what a root user cannot have.
const NOT_SUPPORTED: &str = "not_supported";

pub(super) fn generate_credential_report(call: &Call<'_>) -> Result<Answer, Failure> {
    let mut reports = call
        .simulation
        .reports
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let polls = call.simulation.options.report_polls;
    let state = match reports.get_mut(&call.principal.account) {
        _ if polls == 0 => "COMPLETE",
        None => {
            reports.insert(call.principal.account.clone(), polls);
            "STARTED"
        }
        Some(0) => "COMPLETE",
        Some(polls) => {
            *polls -= 1;
            "INPROGRESS"
        }
    };
    let answer = Element::new("").text("State", state);
    Ok(Answer::Xml(if state == "STARTED" {
        answer.text(
            "Description",
            "No report exists. Starting a new report generation task",
        )
    } else {
        answer
    }))
}

pub(super) fn get_credential_report(call: &Call<'_>) -> Result<Answer, Failure> {
    {
        let mut reports = call
            .simulation
            .reports
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match reports.get_mut(&call.principal.account) {
            None if call.simulation.options.report_polls == 0 => {}
            None => {
                return Err(Failure::new(
                    410,
                    "ReportNotPresent",
                    "Report not present; use GenerateCredentialReport to generate a new report",
                ));
            }
            Some(0) => {}
            Some(polls) => {
                *polls -= 1;
                return Err(Failure::new(
                    404,
                    "ReportInProgress",
                    "The report is still being generated",
                ));
            }
        }
    }
    let report = report(call, call.account()?)?;
    let now = call.simulation.options.clock.now();
    Ok(Answer::Xml(
        Element::new("")
            .text("Content", STANDARD.encode(report))
            .text("ReportFormat", "text/csv")
            .text("GeneratedTime", now.strftime("%Y-%m-%dT%H:%M:%SZ")),
    ))
}

fn report(call: &Call<'_>, account: &Account) -> Result<String, Failure> {
    let mut rows = vec![HEADER.to_owned()];
    let arn = call.arn("iam", "", "root")?;
    rows.push(root_row(arn.as_str(), account.root.as_ref())?);
    for user in account.users.values() {
        rows.push(user_row(user, account)?);
    }
    Ok(rows.join("\n"))
}

fn root_row(arn: &str, root: Option<&RootUser>) -> Result<String, Failure> {
    let observed = root.map(|root| &root.observed);
    let flag = |field: Option<&Field<bool>>| field.and_then(Field::known).copied();
    let has_key = flag(observed.map(|root| &root.account_access_keys_present)) == Some(true);
    let has_mfa = flag(observed.map(|root| &root.account_mfa_enabled)) == Some(true);
    let used = observed.and_then(|root| root.password_last_used.known());
    let key = has_key.then(|| AccessKey {
        status: "Active".to_owned(),
        last_used_date: observed
            .and_then(|root| root.access_key_last_used.known().cloned())
            .into(),
        ..AccessKey::default()
    });
    let mut cells = vec![
        "<root_account>".to_owned(),
        arn.to_owned(),
        time(None, NO_RECORD)?,
        NOT_SUPPORTED.to_owned(),
        time(used, NO_RECORD)?,
        NOT_SUPPORTED.to_owned(),
        NOT_SUPPORTED.to_owned(),
        has_mfa.to_string(),
    ];
    cells.extend(key_cells(key.as_ref())?);
    cells.extend(key_cells(None)?);
    cells.extend(certificate_cells(None)?);
    cells.extend(certificate_cells(None)?);
    Ok(line(&cells))
}

fn user_row(user: &User, account: &Account) -> Result<String, Failure> {
    let name = last_part(user.arn.as_str());
    let mut certificates = account.signing_certificates.iter().filter(|certificate| {
        let owner = certificate.config.user_name.known();
        owner.is_some_and(|owner| owner == name)
    });
    let observed = &user.observed;
    let has_password = observed.password_enabled.known() == Some(&true);
    let no_password = if has_password { NO_RECORD } else { NONE };
    let keys = observed
        .access_keys
        .known()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut cells = vec![
        name.to_owned(),
        user.arn.to_string(),
        time(observed.create_date.known(), NO_RECORD)?,
        has_password.to_string(),
        time(observed.password_last_used.known(), no_password)?,
        time(observed.password_last_changed.known(), NONE)?,
        NONE.to_owned(),
        (observed.mfa_active.known() == Some(&true)).to_string(),
    ];
    cells.extend(key_cells(keys.first())?);
    cells.extend(key_cells(keys.get(1))?);
    cells.extend(certificate_cells(certificates.next())?);
    cells.extend(certificate_cells(certificates.next())?);
    Ok(line(&cells))
}

fn certificate_cells(certificate: Option<&SigningCertificate>) -> Result<[String; 2], Failure> {
    let is_active = certificate
        .and_then(|certificate| certificate.config.status.known())
        .is_some_and(|status| status == "Active");
    let uploaded = certificate.and_then(|certificate| certificate.observed.upload_date.known());
    Ok([is_active.to_string(), time(uploaded, NONE)?])
}

fn key_cells(key: Option<&AccessKey>) -> Result<[String; 5], Failure> {
    let created = key
        .map(|key| &key.create_date)
        .filter(|created| !created.is_empty());
    Ok([
        key.is_some_and(|key| key.status == "Active").to_string(),
        time(created, NONE)?,
        time(key.and_then(|key| key.last_used_date.known()), NONE)?,
        word(key.and_then(|key| key.last_used_region.as_ref())),
        word(key.and_then(|key| key.last_used_service.as_ref())),
    ])
}

fn word(word: Option<&String>) -> String {
    word.map_or(NONE, String::as_str).to_owned()
}

/// The report's own way of writing times, which is not that of the API.
fn time(time: Option<&String>, otherwise: &str) -> Result<String, Failure> {
    match time {
        None => Ok(otherwise.to_owned()),
        Some(time) => Ok(parse_time(time)?
            .strftime("%Y-%m-%dT%H:%M:%S+00:00")
            .to_string()),
    }
}

/// Names of users may have commas.
fn line(cells: &[String]) -> String {
    let quoted: Vec<String> = cells
        .iter()
        .map(|cell| {
            if cell.contains([',', '"']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        })
        .collect();
    quoted.join(",")
}
