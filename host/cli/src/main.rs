//! The program `blastwall`: arguments, configuration, progress, exit code. What it does is in the
//! crates below; each command here parses, calls one operation and prints.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod args;
mod clock;
mod commands;
mod config;
mod diagnostic;
mod errors;
mod exit;
mod output;
mod plugins;
mod progress;
mod setup;
mod terminal;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use args::{Arguments, Command};
use config::ConfigFile;
use errors::{CommandResult, Failure};
use terminal::Terminal;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = Terminal::new(arguments.quiet, arguments.color);
    log(arguments.verbose);
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run(arguments, terminal)));
    match result {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            terminal.fail(&failure);
            ExitCode::from(failure.code)
        }
    }
}

async fn run(arguments: Arguments, terminal: Terminal) -> CommandResult {
    let config = || ConfigFile::find(arguments.config.as_deref()).map_err(Failure::usage);
    match arguments.command {
        Command::Scan(scan) => commands::scan::run(*scan, config()?, terminal).await,
        Command::Accounts(accounts) => commands::accounts::run(accounts, config()?, terminal).await,
        Command::Checks(checks) => commands::checks::run(&checks, &config()?, terminal),
        Command::BlastRadius(radius) => {
            commands::blast_radius::run(*radius, config()?, terminal).await
        }
        Command::Path(path) => commands::path::run(*path, config()?, terminal).await,
        Command::WhoCan(who) => commands::who_can::run(who, config()?, terminal).await,
        Command::Plugin(plugin) => commands::plugin::run(&plugin, terminal),
        Command::Can(can) => commands::can::run(&can),
        Command::Policy(policy) => commands::policy::run(&policy, terminal),
        Command::Compare(compare) => commands::compare::run(*compare, config()?, terminal).await,
        Command::Init(init) => commands::init::run(init, config()?, terminal).await,
        Command::RoleTemplate(role) => {
            commands::role_template::run(role, &config()?, terminal).await
        }
        Command::Doctor(doctor) => commands::doctor::run(*doctor, config()?, terminal).await,
        Command::Demo(demo) => commands::demo::run(demo, terminal).await,
        Command::Completions(completions) => commands::completions::run(&completions),
    }
}

/// Sends the log to standard error: nothing unless asked for, `BLASTWALL_LOG` for experts.
fn log(verbose: u8) {
    let level = match verbose {
        0 => "off",
        1 => "info,blastwall=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("BLASTWALL_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time()
        .init();
}
