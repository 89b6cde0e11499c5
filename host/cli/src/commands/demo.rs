//! `blastwall demo`: a simulated organization on a loopback port, scanned by the very same code.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use blastwall_aws::{Credentials, Meter};
use blastwall_scan::{Live, Origin};
use blastwall_sim::{Caller, Options, Server, Simulator};
use blastwall_store::Directory;

use super::scan::{Job, Prepared, exit_code, print};
use crate::args::{CheckArguments, DemoArguments};
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::output::{Output, or_table, write};
use crate::terminal::Terminal;
use crate::{exit, setup};

/// The example organization and its configuration.
mod example {
    include!(concat!(env!("OUT_DIR"), "/example.rs"));
}

/// The credentials of the demo's caller. They open nothing but the simulation; the form is that of
/// the examples in AWS's documentation.
const ACCESS_KEY_ID: &str = "ASIAIOSFODNN7EXAMPLE";
const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SESSION_TOKEN: &str = "blastwall-demo";
const REGION: &str = "us-east-1";

/// Calls in flight; the simulation runs on the same machine.
const PARALLEL_CALLS: usize = 64;

/// Serves and scans.
pub(crate) async fn run(arguments: DemoArguments, terminal: Terminal) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let folder = tempfile::tempdir().context("failed to make a temporary directory")?;
    let configuration = unpack(folder.path()).context("failed to unpack the example")?;
    let path = match &arguments.organization {
        Some(path) => path.clone(),
        None => folder.path().join("organization"),
    };
    let directory = Directory::open(&path)
        .with_context(|| format!("failed to open the organization `{}`", path.display()))
        .map_err(Failure::usage)?;
    let scanned_at = directory.manifest().scanned_at.clone();
    let server = serve(&directory).await?;
    if arguments.serve {
        return hold(&server, terminal).await;
    }
    terminal.note(&format!(
        "demo: a simulated organization answers at {}; nothing leaves this machine",
        server.endpoint()
    ));
    let file = ConfigFile::find(Some(&configuration)).map_err(Failure::usage)?;
    let meter = Meter::default();
    let origin = origin(&server, &file, meter.clone()).await?;
    let job = Job {
        checks: Some(CheckArguments::default()),
        blast_radius: true,
        scanned_at,
        ..Job::default()
    };
    let mut outcome = Prepared::new(job, &file, terminal)?
        .run(&origin, meter, terminal)
        .await?;
    outcome.report.without_timings();
    print(&outcome, &outputs, terminal)?;
    Ok(exit_code(
        &outcome,
        arguments.fail_on.map(|severity| severity.0),
    ))
}

/// Writes the example to a directory, and tells where its configuration is.
fn unpack(folder: &Path) -> anyhow::Result<PathBuf> {
    for (name, content) in example::ORGANIZATION {
        let path = folder.join("organization").join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    let configuration = folder.join("blastwall.toml");
    fs::write(&configuration, example::CONFIGURATION)?;
    Ok(configuration)
}

async fn serve(directory: &Directory) -> Result<Server, Failure> {
    let principal = directory.manifest().caller.clone().ok_or_else(|| {
        Failure::usage(anyhow!(
            "`{}` names no caller",
            directory.path().join("manifest.json").display()
        ))
        .hint("add \"caller\": the ARN of the user or role session that scans")
    })?;
    let session = principal.service() == "sts";
    let caller = Caller {
        session_token: session.then(|| SESSION_TOKEN.to_owned()),
        ..Caller::new(ACCESS_KEY_ID, SECRET_ACCESS_KEY, principal)
    };
    let options = Options {
        callers: vec![caller],
        ..Options::default()
    };
    let simulator = Simulator::load(directory, options)
        .context("failed to load the organization")
        .map_err(Failure::usage)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Ok(simulator.serve(address).await?)
}

async fn origin(server: &Server, file: &ConfigFile, meter: Meter) -> Result<Origin, Failure> {
    let config = blastwall_aws::isolated(
        &server.endpoint(),
        REGION,
        Credentials::new(
            ACCESS_KEY_ID,
            SECRET_ACCESS_KEY,
            Some(SESSION_TOKEN.to_owned()),
            None,
            "blastwall-demo",
        ),
    );
    let caller = blastwall_organization::caller(&config).await?;
    let (role, settings) = setup::role(&crate::args::AwsArguments::default(), &file.config)?;
    Ok(Origin::Live(Box::new(Live {
        config,
        caller,
        role,
        settings,
        meter,
        parallel_calls: PARALLEL_CALLS,
    })))
}

/// Keeps serving until interrupted.
async fn hold(server: &Server, terminal: Terminal) -> CommandResult {
    let lines = format!(
        "export AWS_ENDPOINT_URL={}\nexport AWS_ACCESS_KEY_ID={ACCESS_KEY_ID}\nexport AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}\nexport AWS_SESSION_TOKEN={SESSION_TOKEN}\nexport AWS_REGION={REGION}\n",
        server.endpoint()
    );
    write(&Output::STDOUT, |writer: &mut dyn Write| {
        writer.write_all(lines.as_bytes())
    })?;
    terminal.note(
        "serving until interrupted; the role is BlastwallAudit, its external id blastwall-demo",
    );
    tokio::signal::ctrl_c().await?;
    Ok(exit::SUCCESS)
}
