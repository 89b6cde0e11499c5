//! Where verdicts come in: the interface `findings` of the contract.
//!
//! It is linked by hand, because it is what is called by the million: the strings of a finding are
//! looked at in the memory of the plugin and copied only where the report keeps something new.

use std::borrow::Cow;

use blastwall_model::Verdict;
use wasmtime::component::{ComponentType, Lift, Linker, WasmStr};
use wasmtime::{Result, StoreContextMut};

use crate::bindings::types;
use crate::inspect::CONTRACT;
use crate::judging::Given;
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

/// Links the interface.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> Result<()> {
    linker
        .instance(&format!("blastwall:plugin/findings@{CONTRACT}"))?
        .func_wrap(
            "report",
            |store: StoreContextMut<'_, State>, (findings,): (Vec<Finding>,)| {
                report(store, &findings)
            },
        )
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
            verdict: match finding.verdict {
                types::Verdict::Pass => Verdict::Pass,
                types::Verdict::Fail => Verdict::Fail,
                types::Verdict::Unknown => Verdict::Unknown,
                types::Verdict::NotApplicable => Verdict::NotApplicable,
            },
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
