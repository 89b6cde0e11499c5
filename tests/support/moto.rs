//! A foreign AWS: moto, which is written by others from AWS's documentation and knows nothing of
//! Blastwall.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::python;

/// What is installed. A later one may answer more, and the tests say what it answers.
const MOTO: &str = "moto[server]==5.2.5";

/// The server, in the words of moto's own library.
const SERVER: &str = include_str!("moto_server.py");

/// The Python that moto is installed for, installed if need be.
#[must_use]
pub fn moto_python() -> PathBuf {
    python(MOTO)
}

/// A running moto. It forgets everything when it is dropped or when the test process ends.
#[derive(Debug)]
pub struct Moto {
    endpoint: String,
    lacking: String,
    process: Child,
    /// Closed, it tells the server to end.
    _lifeline: Option<ChildStdin>,
}

impl Moto {
    /// Installs moto if need be, and starts it. `lacking` names operations, as requests do, that
    /// are unknown behind the second endpoint.
    ///
    /// # Panics
    /// If Python or the package cannot be had: a foreign proof that is skipped is none.
    #[must_use]
    pub fn start(lacking: &[&str]) -> Self {
        let mut process = Command::new(python(MOTO))
            .args(["-c", SERVER])
            .args(lacking)
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It logs every request.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lifeline = process.stdin.take();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ports: Vec<u16> = line
            .split_whitespace()
            .filter_map(|port| port.parse().ok())
            .collect();
        let [whole, lacking] = ports[..] else {
            panic!("moto did not start; it said {line:?}");
        };
        Self {
            endpoint: format!("http://127.0.0.1:{whole}"),
            lacking: format!("http://127.0.0.1:{lacking}"),
            process,
            _lifeline: lifeline,
        }
    }

    /// A Python that has moto, and with it boto3.
    #[must_use]
    pub fn python() -> PathBuf {
        python(MOTO)
    }

    /// What to give clients as endpoint URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The endpoint URL of the same moto without some operations.
    #[must_use]
    pub fn lacking(&self) -> &str {
        &self.lacking
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
