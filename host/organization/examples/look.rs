//! Manual check against an endpoint; not part of the repository.
#![allow(missing_docs, clippy::unwrap_used)]
use blastwall_aws::{Budget, Meter, Session, Settings};
use blastwall_organization as org;
use std::io::Write as _;
use std::sync::Arc;
#[tokio::main]
async fn main() {
    let mut out = std::io::stdout();
    let config = blastwall_aws::load(&Settings::default()).await;
    let started = std::time::Instant::now();
    let caller = match org::caller(&config).await {
        Ok(caller) => caller,
        Err(error) => {
            writeln!(out, "{error}\nhint: {}", error.hint()).unwrap();
            return;
        }
    };
    let meter = Meter::default();
    let budget = Budget::new(32);
    let session = Session::new(
        caller.account.clone(),
        caller.partition.clone(),
        config,
        org::DECLARED.into(),
        meter.clone(),
        budget.clone(),
    );
    let s2 = session.clone();
    let c2 = caller.clone();
    let organization = tokio::spawn(async move { org::enumerate(&s2, &c2).await })
        .await
        .unwrap();
    let organization = match organization {
        Ok(organization) => organization,
        Err(error) => {
            writeln!(out, "{error}\nhint: {}", error.hint()).unwrap();
            return;
        }
    };
    writeln!(
        out,
        "{:?} root {:?} management {:?} caller {} in {:?}",
        organization.id,
        organization.root_id,
        organization.management_account,
        organization.caller.arn,
        started.elapsed()
    )
    .unwrap();
    if let Some(note) = &organization.note {
        writeln!(out, "note: {note}\nhint: {}", note.hint()).unwrap();
    }
    for unit in organization.units.iter().take(20) {
        writeln!(out, "unit {} {}", unit.id, unit.path.join("/")).unwrap();
    }
    for gap in &organization.gaps {
        writeln!(out, "gap {gap:?}").unwrap();
    }
    let rules = org::built_in_rules();
    let role: org::Role = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "OrganizationAccountAccessRole".into())
        .parse()
        .unwrap();
    let declared: Arc<[_]> = org::DECLARED.into();
    let entrance = org::Entrance {
        caller: caller.clone(),
        session: session.clone(),
        role,
        settings: org::SessionSettings::default(),
        policy: org::SessionPolicy::new(["sts:GetCallerIdentity"]).unwrap(),
        declared,
        meter: meter.clone(),
        budget,
    };
    for account in organization.accounts.iter().take(20) {
        let environment = org::classify(&rules, account);
        writeln!(
            out,
            "{} {} {} [{}] {:?} {:?} -> {} ({})",
            account.id,
            account.name,
            account.status,
            account.ou_path.join("/"),
            account.joined,
            account.tags,
            environment.name,
            environment.matched_by
        )
        .unwrap();
        if let Some(reason) = account.status.skip_reason() {
            writeln!(out, "   skipped: {reason}").unwrap();
            continue;
        }
        match entrance.enter(&account.id).await {
            Ok(entered) => {
                let inside = org::caller(entered.session.config()).await;
                writeln!(
                    out,
                    "   entered {:?}",
                    inside.map(|inside| inside.arn.to_string())
                )
                .unwrap();
            }
            Err(access) => writeln!(out, "   {access:?}").unwrap(),
        }
    }
    for document in organization
        .documents
        .iter()
        .filter(|document| !document.kind.ends_with("::Account"))
        .take(12)
    {
        writeln!(out, "{}", document.json()).unwrap();
    }
    writeln!(
        out,
        "{} accounts, {} documents, {:?}",
        organization.accounts.len(),
        organization.documents.len(),
        meter.totals()
    )
    .unwrap();
    writeln!(out, "{:?}", session.calls()).unwrap();
}
