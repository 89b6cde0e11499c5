//! HTTP on a loopback port.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::log::LoggedRequest;
use crate::protocol::{Reply, reply};
use crate::request::{Request, parse_pairs};
use crate::simulator::Simulation;

/// The most that a request may carry: the largest inputs, session policies, are a few thousand
/// bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// Why a simulation cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address could be reached from elsewhere.
    #[error("{0} is not a loopback address; a simulation is served on the machine itself alone")]
    NotLoopback(SocketAddr),
    /// The address cannot be bound.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The answer of the operating system.
        #[source]
        source: std::io::Error,
    },
}

/// A simulation that is being served. Dropping it ends that.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    simulation: Arc<Simulation>,
    /// Dropped, it tells the listener to end.
    _stop: watch::Sender<()>,
}

impl Server {
    pub(crate) async fn start(
        simulation: Arc<Simulation>,
        address: SocketAddr,
    ) -> Result<Self, ServeError> {
        if !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(address));
        }
        let failed = |source| ServeError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopped) = watch::channel(());
        tokio::spawn(listen(listener, simulation.clone(), stopped));
        Ok(Self {
            address,
            simulation,
            _stop: stop,
        })
    }

    /// What to give clients as endpoint URL.
    ///
    /// It names the address, so that nothing has to be resolved; hosts below `localhost` are
    /// understood too.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every request that was answered, in order.
    #[must_use]
    pub fn log(&self) -> Vec<LoggedRequest> {
        self.simulation.log()
    }
}

async fn listen(
    listener: TcpListener,
    simulation: Arc<Simulation>,
    mut stopped: watch::Receiver<()>,
) {
    // Connections end with the set.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An error means that the server was dropped.
            _ = stopped.changed() => return,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let simulation = simulation.clone();
                connections.spawn(async move {
                    let service = service_fn(|request| serve(simulation.clone(), request));
                    let served = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                    if let Err(error) = served {
                        tracing::debug!(%error, "a connection ended early");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "a connection was not accepted"),
        }
    }
}

async fn serve(
    simulation: Arc<Simulation>,
    request: hyper::Request<Incoming>,
) -> Result<Reply, Infallible> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        Err(error) => return Ok(reply(413, "text/plain", "", error.to_string())),
    };
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parse_pairs(parts.uri.query().unwrap_or_default(), false),
        headers: parts.headers,
        body,
    };
    Ok(simulation.answer(&request))
}
