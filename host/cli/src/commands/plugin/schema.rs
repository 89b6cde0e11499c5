//! `blastwall plugin schema`: the shape of the documents that checks read.

use std::io::Write;

use anyhow::anyhow;
use blastwall_model::resource_schemas;

use crate::args::SchemaArguments;
use crate::config::nearest;
use crate::errors::{CommandResult, Failure};
use crate::exit;
use crate::output::{Output, write};

/// Prints the schema of a type, or lists the types.
pub(super) fn run(arguments: &SchemaArguments) -> CommandResult {
    let schemas = resource_schemas();
    let Some(wanted) = &arguments.resource_type else {
        let types = schemas.iter().map(|schema| schema.resource_type.len());
        let width = types.max().unwrap_or_default();
        write(&Output::STDOUT, |writer: &mut dyn Write| {
            schemas.iter().try_for_each(|schema| {
                let (name, description) = (schema.resource_type, schema.description);
                writeln!(writer, "{name:width$}  {description}")
            })
        })?;
        return Ok(exit::SUCCESS);
    };
    let found = schemas.iter().find(|schema| schema.resource_type == wanted);
    let schema = found.ok_or_else(|| {
        let failure = Failure::usage(anyhow!("there is no resource type `{wanted}`"));
        let types = schemas.iter().map(|schema| schema.resource_type);
        failure.hint(match nearest(wanted, types) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "see `blastwall plugin schema`".to_owned(),
        })
    })?;
    write(&Output::STDOUT, |writer| {
        serde_json::to_writer_pretty(&mut *writer, &schema.schema)?;
        writeln!(writer)
    })?;
    Ok(exit::SUCCESS)
}
