//! The simulation: from a request to a response.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use blastwall_model::AccountId;
use blastwall_store::Directory;

use crate::authority::authorize;
use crate::credentials::{Credentials, Principal, Rejection};
use crate::failure::Failure;
use crate::log::LoggedRequest;
use crate::operation::{Answer, Call};
use crate::options::{Fault, Options};
use crate::protocol::Reply;
use crate::replay;
use crate::request::{Input, Request};
use crate::server::{ServeError, Server};
use crate::service::{Service, find};
use crate::signature::Authorization;
use crate::state::{LoadError, State};

/// A simulated organization, ready to be served.
#[derive(Clone, Debug)]
pub struct Simulator(Arc<Simulation>);

impl Simulator {
    /// Reads the documents that it answers from.
    ///
    /// # Errors
    /// If a file is damaged, a document could not be given back, or a caller is nobody that the
    /// documents know.
    pub fn load(directory: &Directory, options: Options) -> Result<Self, LoadError> {
        let state = State::load(directory)?;
        let credentials = Credentials::new(&options.callers, &state, options.clock.clone())?;
        Ok(Self(Arc::new(Simulation {
            faults: Mutex::new(options.faults.clone()),
            state,
            credentials,
            options,
            reports: Mutex::default(),
            log: Mutex::default(),
            requests: AtomicU64::new(0),
        })))
    }

    /// Serves it until the [`Server`] is dropped.
    ///
    /// # Errors
    /// If the address is not on loopback or cannot be bound.
    pub async fn serve(&self, address: SocketAddr) -> Result<Server, ServeError> {
        Server::start(self.0.clone(), address).await
    }
}

/// The documents, and what changes while they are served.
#[derive(Debug)]
pub(crate) struct Simulation {
    pub(crate) state: State,
    pub(crate) options: Options,
    pub(crate) credentials: Credentials,
    /// Polls that a credential report still needs, by account; no entry if it was not asked for.
    pub(crate) reports: Mutex<BTreeMap<AccountId, u32>>,
    faults: Mutex<Vec<Fault>>,
    log: Mutex<Vec<LoggedRequest>>,
    requests: AtomicU64,
}

/// What the log will say of a request, gathered on the way.
#[derive(Default)]
struct Trace {
    principal: Option<Principal>,
    action: Option<&'static str>,
    resource: Option<String>,
}

impl Simulation {
    /// Answers a request and writes it down.
    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let id = self.request_id();
        let authorization = request
            .header("authorization")
            .and_then(Authorization::parse);
        let service = find(request, authorization.as_ref());
        let (operation, input) = service.protocol.read(request);
        let region = authorization
            .as_ref()
            .map_or("", |authorization| authorization.region.as_str());
        let mut trace = Trace::default();
        let result = self
            .authenticate(service, request, authorization.as_ref())
            .and_then(|principal| {
                trace.principal = Some(principal.clone());
                self.call(service, &operation, &principal, region, input, &mut trace)
            });
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(LoggedRequest {
                account: trace
                    .principal
                    .as_ref()
                    .map(|caller| caller.account.clone()),
                principal: trace
                    .principal
                    .as_ref()
                    .map(|caller| caller.arn.to_string()),
                service: service.name.to_owned(),
                operation: operation.clone(),
                action: trace.action,
                region: region.to_owned(),
                resource: trace.resource,
                error: result.as_ref().err().map(|failure| failure.code.clone()),
            });
        match result {
            Ok(answer) => service.protocol.success(&operation, answer, &id),
            Err(failure) => service.protocol.failure(&failure, &id),
        }
    }

    /// What was asked so far.
    pub(crate) fn log(&self) -> Vec<LoggedRequest> {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        format!("00000000-0000-4000-8000-{number:012x}")
    }

    fn authenticate(
        &self,
        service: &Service,
        request: &Request,
        authorization: Option<&Authorization>,
    ) -> Result<Principal, Failure> {
        let words = service.protocol.words();
        let Some(authorization) = authorization else {
            return Err(words.rejection(Rejection::Missing, ""));
        };
        let key = &authorization.access_key_id;
        let principal = self
            .credentials
            .authenticate(authorization, request)
            .map_err(|rejection| words.rejection(rejection, key))?;
        let enabled = self
            .state
            .accounts
            .get(&principal.account)
            .is_some_and(|account| {
                account
                    .enabled_regions()
                    .contains(authorization.region.as_str())
            });
        // Credentials of an account do not exist in a region that the account has not enabled.
        if service.regional && !enabled {
            return Err(words.rejection(Rejection::UnknownKey, key));
        }
        Ok(principal)
    }

    fn call(
        &self,
        service: &Service,
        name: &str,
        principal: &Principal,
        region: &str,
        input: Input,
        trace: &mut Trace,
    ) -> Result<Answer, Failure> {
        let words = service.protocol.words();
        let Some(operation) = service.operation(name) else {
            let (status, code) = words.unknown_operation;
            return Err(Failure::new(
                status,
                code,
                format!("the simulation does not know the operation `{name}`"),
            ));
        };
        trace.action = operation.action;
        let call = Call {
            simulation: self,
            principal,
            region,
            input,
        };
        let target = (operation.target)(&call)?;
        trace.resource = target.arn.as_ref().map(ToString::to_string);
        if let Some(action) = operation.action {
            if let Some(failure) = self.fault(principal, region, action) {
                return Err(failure);
            }
            if operation.checked {
                authorize(&call, action, &target, &[]).map_err(|refusal| {
                    let (status, code) = words.denied;
                    let message = format!("{}{}", words.denied_preface, refusal.explained());
                    Failure::new(status, code, message)
                })?;
            }
        }
        if let Some(failure) = replay::remembered(&call, operation, &target) {
            return Err(failure);
        }
        (operation.run)(&call)
    }

    /// The fault that is set for a call, if there is one left.
    fn fault(&self, principal: &Principal, region: &str, action: &str) -> Option<Failure> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = faults.iter_mut().find(|fault| {
            fault.action == action
                && fault.times != Some(0)
                && fault
                    .account
                    .as_ref()
                    .is_none_or(|account| *account == principal.account)
                && fault.region.as_deref().is_none_or(|set| set == region)
        })?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(Failure::new(
            fault.status,
            fault.code.clone(),
            fault.message.clone(),
        ))
    }
}
