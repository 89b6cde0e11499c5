//! `blastwall role-template`.

use std::collections::BTreeSet;

use blastwall_aws::{Meter, Partition};
use blastwall_organization::AuditRole;
use blastwall_scan::Origin;

use crate::args::{RoleFormat, RoleTemplateArguments};
use crate::config::ConfigFile;
use crate::errors::{CommandResult, Failure};
use crate::output::{Output, write};
use crate::terminal::Terminal;
use crate::{exit, plugins, setup};

/// Prints the role that is assumed in every account.
pub(crate) async fn run(
    arguments: RoleTemplateArguments,
    file: &ConfigFile,
    terminal: Terminal,
) -> CommandResult {
    let mut files = arguments.plugin_file;
    files.extend(file.config.plugin_files.iter().cloned());
    let plugins = plugins::load(&files, file, terminal)?;
    let checks = plugins::infos(&plugins.loaded);
    let checks = checks.iter().flat_map(|plugin| &plugin.checks);
    let mut read: BTreeSet<String> = checks.flat_map(|check| check.reads.clone()).collect();
    if arguments.deep || file.config.collect.deep {
        read.extend(blastwall_scan::deep_types());
    }
    let (role, settings) = setup::role(&arguments.aws, &file.config)?;
    let caller = match arguments.caller {
        Some(caller) => caller,
        None => match setup::origin(&arguments.aws, &file.config, None, Meter::default()).await? {
            Origin::Live(live) => live.caller.arn.clone(),
            Origin::Stored(stored) => stored.caller.arn.clone(),
        },
    };
    let template = AuditRole::new(
        &role,
        &Partition::named(caller.partition()),
        &caller,
        settings.external_id(),
        blastwall_scan::all_actions(read),
    )
    .map_err(|error| {
        Failure::usage(error)
            .hint("give the ARN of a user or role with --caller, and a name with --role")
    })?;
    write(&Output::STDOUT, |writer| {
        writer.write_all(
            match arguments.format {
                RoleFormat::Cloudformation => template.cloudformation(),
                RoleFormat::Terraform => template.terraform(),
            }
            .as_bytes(),
        )
    })?;
    Ok(exit::SUCCESS)
}
