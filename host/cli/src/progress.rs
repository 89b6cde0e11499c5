//! The progress display on standard error; silent when that is no terminal.

use std::collections::BTreeSet;
use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blastwall_aws::Meter;
use blastwall_model::AccountId;
use blastwall_scan::{Event, Observer};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the display is drawn anew while nothing happens.
const TICK: Duration = Duration::from_millis(120);
/// How many accounts in flight are named.
const NAMED: usize = 3;

/// Shows how far a scan is.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    meter: Meter,
    in_flight: Arc<Mutex<BTreeSet<AccountId>>>,
}

impl Progress {
    /// A display that polls this meter; invisible if quiet or no terminal.
    pub(crate) fn new(quiet: bool, meter: Meter) -> Self {
        let visible = !quiet && stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(
            None,
            if visible {
                ProgressDrawTarget::stderr()
            } else {
                ProgressDrawTarget::hidden()
            },
        );
        bar.set_style(spinner());
        if visible {
            bar.enable_steady_tick(TICK);
        }
        Self {
            bar,
            meter,
            in_flight: Arc::default(),
        }
    }

    /// Takes the display away.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn describe(&self) -> String {
        let in_flight = self
            .in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut text = in_flight
            .iter()
            .take(NAMED)
            .map(AccountId::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        if in_flight.len() > NAMED {
            text.push_str(&format!(" +{}", in_flight.len() - NAMED));
        }
        let totals = self.meter.totals();
        text.push_str(&format!("  {} calls", totals.calls));
        if totals.throttles > 0 {
            text.push_str(&format!(", {} throttled", totals.throttles));
        }
        text
    }
}

/// Before the number of accounts is known.
fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

/// While accounts are scanned.
fn bar() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {pos}/{len} accounts [{wide_bar}] {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

impl Observer for Progress {
    fn event(&self, event: Event) {
        let in_flight = || {
            self.in_flight
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        match event {
            Event::Organization => self.bar.set_message("reading the organization"),
            Event::Accounts(number) => {
                self.bar.set_length(number);
                self.bar.set_style(bar());
                self.bar.set_message(self.describe());
            }
            Event::Started(account) => {
                in_flight().insert(account);
                self.bar.set_message(self.describe());
            }
            Event::Finished(account) => {
                in_flight().remove(&account);
                self.bar.inc(1);
                self.bar.set_message(self.describe());
            }
            Event::BlastRadius => {
                self.bar.set_style(spinner());
                self.bar.set_message("computing the blast radius");
            }
        }
    }
}
