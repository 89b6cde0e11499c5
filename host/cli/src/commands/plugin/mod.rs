//! `blastwall plugin`: what the author of a plugin does, one file a command.

mod bench;
mod build;
mod doctor;
mod inspect;
mod new;
mod project;
mod schema;
mod test;

use crate::args::{PluginArguments, PluginCommand};
use crate::errors::CommandResult;
use crate::terminal::Terminal;

/// Does one of them.
pub(crate) fn run(arguments: &PluginArguments, terminal: Terminal) -> CommandResult {
    match &arguments.command {
        PluginCommand::New(new) => new::run(new, terminal),
        PluginCommand::Build(build) => build::run(build, terminal),
        PluginCommand::Test(test) => test::run(test, terminal),
        PluginCommand::Bench(bench) => bench::run(bench, terminal),
        PluginCommand::Inspect(inspect) => inspect::run(inspect, terminal),
        PluginCommand::Doctor(doctor) => doctor::run(doctor),
        PluginCommand::Schema(schema) => schema::run(schema),
    }
}
