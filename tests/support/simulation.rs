//! Our own AWS: the simulator, which refuses what AWS would refuse.

use std::path::{Path, PathBuf};

use blastwall_sim::{Caller, Fault, LoggedRequest, Options, Server, Simulator};
use blastwall_store::Directory;
use tokio::runtime::Runtime;

use crate::Blastwall;

/// The access key of the caller.
pub const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// Its secret.
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// The external id that the audit roles of the example organization ask for.
pub const EXTERNAL_ID: &str = "blastwall-demo";

/// The example organization of the repository.
#[must_use]
pub fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// A served organization.
#[derive(Debug)]
pub struct Simulation {
    server: Server,
    // Dropped last: the server runs on it.
    _runtime: Runtime,
}

impl Simulation {
    /// Serves the example organization.
    #[must_use]
    pub fn example() -> Self {
        Self::with(&example().join("organization"), |_| ())
    }

    /// Serves the example organization with calls that fail.
    #[must_use]
    pub fn faulty(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self::with(&example().join("organization"), |options| {
            options.faults.extend(faults);
        })
    }

    /// Serves an organization at rest to the caller that its manifest names.
    #[must_use]
    pub fn with(directory: &Path, options: impl FnOnce(&mut Options)) -> Self {
        let directory = Directory::open(directory).unwrap();
        let caller = directory.manifest().caller.clone().unwrap();
        let mut settings = Options {
            callers: vec![Caller::new(KEY, SECRET, caller)],
            ..Options::default()
        };
        options(&mut settings);
        let runtime = Runtime::new().unwrap();
        let simulator = Simulator::load(&directory, settings).unwrap();
        let server = runtime
            .block_on(simulator.serve("127.0.0.1:0".parse().unwrap()))
            .unwrap();
        Self {
            server,
            _runtime: runtime,
        }
    }

    /// What to give clients as endpoint URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// Every request that was answered.
    #[must_use]
    pub fn log(&self) -> Vec<LoggedRequest> {
        self.server.log()
    }

    /// The program as the organization's auditor starts it, with the example's configuration.
    #[must_use]
    pub fn auditor(&self) -> Blastwall {
        Blastwall::new()
            .credentials(KEY, SECRET)
            .variable("AWS_ENDPOINT_URL", self.endpoint())
            .argument("--config")
            .argument(example().join("blastwall.toml"))
    }
}
