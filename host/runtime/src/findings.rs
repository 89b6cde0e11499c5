//! Where verdicts come in: the interface `findings` of the contract.
//!
//! It is linked by hand, because it is what is called by the million: the strings of a finding and
//! the places of a shared one are looked at in the memory of the plugin, and copied only where the
//! report keeps something new.

use std::borrow::Cow;

use blastwall_model::Verdict;
use wasmtime::component::{ComponentType, Lift, Linker, WasmList, WasmStr};
use wasmtime::{Result, StoreContextMut};

use crate::bindings::types;
use crate::inspect::CONTRACT;
use crate::judging::{Given, Shared};
use crate::state::State;

/// The record `finding`, unread.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Finding {
    check: WasmStr,
    resource: Option<WasmStr>,
    verdict: types::Verdict,
    message: WasmStr,
    evidence: Vec<Evidence>,
}

/// The record `evidence`, unread.
#[derive(ComponentType, Lift)]
#[component(record)]
struct Evidence {
    pointer: WasmStr,
    value: WasmStr,
}

/// The record `shared-finding`, unread.
#[derive(ComponentType, Lift)]
#[component(record)]
struct SharedFinding {
    check: WasmStr,
    verdict: types::Verdict,
    message: WasmStr,
    places: WasmList<u32>,
}

/// Links the interface.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> Result<()> {
    let mut interface = linker.instance(&format!("blastwall:plugin/findings@{CONTRACT}"))?;
    interface.func_wrap(
        "report",
        |store: StoreContextMut<'_, State>, (findings,): (Vec<Finding>,)| report(store, &findings),
    )?;
    interface.func_wrap(
        "report-shared",
        |store: StoreContextMut<'_, State>, (findings,): (Vec<SharedFinding>,)| {
            report_shared(store, &findings)
        },
    )
}

fn verdict(verdict: types::Verdict) -> Verdict {
    match verdict {
        types::Verdict::Pass => Verdict::Pass,
        types::Verdict::Fail => Verdict::Fail,
        types::Verdict::Unknown => Verdict::Unknown,
        types::Verdict::NotApplicable => Verdict::NotApplicable,
    }
}

fn report(mut store: StoreContextMut<'_, State>, findings: &[Finding]) -> Result<()> {
    // Out of the store for as long as its memory is read.
    let mut judging = store.data_mut().take_judging()?;
    let limits = std::sync::Arc::clone(&store.data().limits);
    let text = |string: &WasmStr| -> Result<Cow<'_, str>> { string.to_str(&store) };
    for finding in findings {
        let check = text(&finding.check)?;
        let resource = finding.resource.as_ref().map(text).transpose()?;
        let message = text(&finding.message)?;
        let mut evidence = Vec::with_capacity(finding.evidence.len());
        for part in &finding.evidence {
            evidence.push((text(&part.pointer)?, text(&part.value)?));
        }
        let given = Given {
            check: &check,
            resource: resource.as_deref(),
            verdict: verdict(finding.verdict),
            message: &message,
            evidence: evidence
                .iter()
                .map(|(pointer, value)| (&**pointer, &**value))
                .collect(),
        };
        judging.accept(&given, &limits)?;
    }
    store.data_mut().judging = Some(judging);
    Ok(())
}

fn report_shared(mut store: StoreContextMut<'_, State>, findings: &[SharedFinding]) -> Result<()> {
    let mut judging = store.data_mut().take_judging()?;
    let limits = std::sync::Arc::clone(&store.data().limits);
    for finding in findings {
        let shared = Shared {
            check: &finding.check.to_str(&store)?,
            verdict: verdict(finding.verdict),
            message: &finding.message.to_str(&store)?,
            places: finding.places.as_le_slice(&store),
        };
        judging.accept_shared(&shared, &limits)?;
    }
    store.data_mut().judging = Some(judging);
    Ok(())
}
