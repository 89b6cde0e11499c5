//! The guard in front of every client: only declared operations leave, and each is counted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::{Declaration, Meter};

/// Calls by region and IAM action.
pub(crate) type Calls = Arc<Mutex<BTreeMap<(String, &'static str), u64>>>;

/// Refuses what nobody declared, and counts the rest.
#[derive(Clone, Debug)]
pub struct Guard {
    pub(crate) declared: Arc<[Declaration]>,
    pub(crate) region: String,
    pub(crate) meter: Meter,
    pub(crate) calls: Calls,
}

/// An operation that no declaration covers: a bug of ours, stopped before anything was sent.
#[derive(Debug, thiserror::Error)]
#[error("{service}.{operation} is not among the declared read-only operations and was not sent")]
struct Undeclared {
    service: String,
    operation: String,
}

/// HTTP status codes that mean "slow down" on their own.
const THROTTLING_STATUS: [u16; 2] = [429, 503];

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "BlastwallGuard"
    }

    // The first hook that knows the operation: `read_before_execution` of a client's interceptor
    // runs before the SDK has put the operation's metadata into the configuration.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (service, operation) = cfg
            .load::<Metadata>()
            .map_or(("", ""), |metadata| (metadata.service(), metadata.name()));
        let Some(declaration) = self
            .declared
            .iter()
            .find(|declared| declared.service == service && declared.operation == operation)
        else {
            return Err(Box::new(Undeclared {
                service: service.to_owned(),
                operation: operation.to_owned(),
            }));
        };
        self.meter.call();
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        *calls
            .entry((self.region.clone(), declaration.action))
            .or_default() += 1;
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.meter.attempt();
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let throttled = context.response().is_some_and(|response| {
            THROTTLING_STATUS.contains(&response.status().as_u16())
                || response.body().bytes().is_some_and(|body| {
                    // The codes that AWS uses, whatever the protocol wraps them in; looked for in
                    // short error answers alone.
                    !response.status().is_success()
                        && body.len() < 4096
                        && [&b"Throttl"[..], b"RequestLimitExceeded", b"TooManyRequests"]
                            .iter()
                            .any(|code| body.windows(code.len()).any(|window| window == *code))
                })
        });
        if throttled {
            self.meter.throttle();
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if !matches!(context.output_or_error(), Some(Ok(_))) {
            self.meter.failure();
        }
        Ok(())
    }
}
