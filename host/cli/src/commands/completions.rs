//! `blastwall completions`.

use std::io::Write;

use clap::CommandFactory;

use crate::args::{Arguments, CompletionsArguments};
use crate::errors::CommandResult;
use crate::exit;
use crate::output::{Output, write};

/// Prints the completion script of a shell.
pub(crate) fn run(arguments: &CompletionsArguments) -> CommandResult {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "blastwall",
        &mut script,
    );
    write(&Output::STDOUT, |writer: &mut dyn Write| {
        writer.write_all(&script)
    })?;
    Ok(exit::SUCCESS)
}
