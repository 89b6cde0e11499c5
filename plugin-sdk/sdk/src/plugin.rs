//! A plugin: its checks, and how it judges.
//!
//! The same code runs in the sandbox and in native tests; only the [`Source`] differs.

use std::collections::BTreeMap;
use std::rc::Rc;

use blastwall_model::{Arn, IdError, PluginInfo, Verdict};

use crate::check::{Ready, Registration};
use crate::context::Context;
use crate::facts::{Facts, Request, Source};
use crate::listing::ResourceType;
use crate::outcome::{Judgement, Outcome};

/// How many judgements are handed over at once: enough that calls to the host do not count, few
/// enough that they do not fill the memory of the plugin.
const BATCH: usize = 1024;

/// A plugin. Made by [`plugin!`](crate::plugin).
pub struct Plugin {
    name: &'static str,
    version: &'static str,
    checks: &'static [Registration],
}

/// A selected check with its settings.
struct Selected {
    registration: &'static Registration,
    ready: Box<dyn Ready>,
    context: Context,
}

/// Collects judgements into batches.
struct Batches<'a> {
    judgements: Vec<Judgement>,
    sink: &'a mut dyn FnMut(Vec<Judgement>),
}

impl Batches<'_> {
    fn push(
        &mut self,
        check: &'static str,
        resource: Option<&Arn>,
        place: Option<u32>,
        outcome: Outcome,
    ) {
        self.judgements.push(Judgement {
            check,
            resource: resource.cloned(),
            place,
            outcome,
        });
        if self.judgements.len() >= BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.judgements.is_empty() {
            let next = Vec::with_capacity(BATCH);
            (self.sink)(std::mem::replace(&mut self.judgements, next));
        }
    }
}

impl Plugin {
    /// A plugin of these checks.
    #[must_use]
    pub const fn new(
        name: &'static str,
        version: &'static str,
        checks: &'static [Registration],
    ) -> Self {
        Self {
            name,
            version,
            checks,
        }
    }

    /// Everything the plugin says about itself.
    ///
    /// # Errors
    /// If the id of a check does not have the form of one; `#[check]` has made sure that it does.
    pub fn describe(&self) -> Result<PluginInfo, IdError> {
        Ok(PluginInfo {
            name: self.name.to_owned(),
            version: self.version.to_owned(),
            checks: self
                .checks
                .iter()
                .map(Registration::info)
                .collect::<Result<_, _>>()?,
        })
    }

    /// Judges an account or the organization: hands every judgement to `sink`, in batches.
    ///
    /// Checks are independent; those that judge the same type go through its resources together.
    ///
    /// # Errors
    /// A message, if a check does not exist or its parameters are wrong.
    pub fn evaluate(
        &self,
        request: &Request,
        source: Box<dyn Source>,
        sink: &mut dyn FnMut(Vec<Judgement>),
    ) -> Result<(), String> {
        let mut prepared = Vec::new();
        for (id, parameters) in &request.checks {
            let registration = self
                .checks
                .iter()
                .find(|check| check.metadata.id == id)
                .ok_or_else(|| format!("plugin `{}` has no check `{id}`", self.name))?;
            let ready = (registration.prepare)(parameters)
                .map_err(|message| format!("check `{id}`: {message}"))?;
            prepared.push((registration, ready));
        }

        let joined = prepared
            .iter()
            .flat_map(|(registration, _)| registration.reads.iter().copied());
        let facts = Rc::new(Facts::new(request, joined, source));

        let mut by_type: BTreeMap<&str, (ResourceType, Vec<Selected>)> = BTreeMap::new();
        let mut batches = Batches {
            judgements: Vec::with_capacity(BATCH),
            sink,
        };
        for (registration, ready) in prepared {
            let context = Context::new(&facts, registration.reads);
            match registration.subject {
                Some(kind) => {
                    let (_, checks) = by_type.entry(kind.name).or_insert((kind, Vec::new()));
                    checks.push(Selected {
                        registration,
                        ready,
                        context,
                    });
                }
                None => ready.judge(&(), &context, &mut |resource, outcome| {
                    batches.push(registration.metadata.id, resource, None, outcome);
                }),
            }
        }
        for (kind, checks) in by_type.into_values() {
            facts.visit(kind, &mut |listing| {
                for check in &checks {
                    let id = check.registration.metadata.id;
                    let mut place = listing.first;
                    check.ready.judge(
                        &*listing.resources,
                        &check.context,
                        &mut |resource, outcome| {
                            batches.push(id, resource, place, outcome);
                            place = place.and_then(|place| place.checked_add(1));
                        },
                    );
                    for malformed in &listing.malformed {
                        let outcome = Outcome {
                            verdict: Verdict::Unknown,
                            message: malformed.message.clone(),
                            evidence: Vec::new(),
                        };
                        batches.push(id, malformed.arn.as_ref(), None, outcome);
                    }
                }
            });
        }
        batches.flush();
        Ok(())
    }
}

/// Names a plugin and its checks, and makes the crate a component when it is built for
/// `wasm32-unknown-unknown`: `plugin! { name = "s3", checks = [encryption::check] }`.
///
/// It defines `pub static PLUGIN: Plugin`. The version is that of the crate.
#[macro_export]
macro_rules! plugin {
    (name = $name:literal, checks = [$($check:ty),+ $(,)?] $(,)?) => {
        /// The plugin.
        pub static PLUGIN: $crate::Plugin = {
            static CHECKS: &[$crate::Registration] = &[$($crate::Registration::of::<$check>()),+];
            $crate::Plugin::new($name, env!("CARGO_PKG_VERSION"), CHECKS)
        };

        #[cfg(target_arch = "wasm32")]
        $crate::export_component!(PLUGIN);
    };
}
