//! `blastwall policy`: the policy engine by itself, without AWS and without a configuration.

mod decide;
mod explain;
mod source;

use crate::args::{PolicyArguments, PolicyCommand};
use crate::errors::CommandResult;
use crate::terminal::Terminal;

/// Decides cases, or explains a policy.
pub(crate) fn run(arguments: &PolicyArguments, terminal: Terminal) -> CommandResult {
    match &arguments.command {
        PolicyCommand::Decide(arguments) => decide::run(arguments, terminal),
        PolicyCommand::Explain(arguments) => explain::run(arguments, terminal),
    }
}
