//! `blastwall plugin doctor`: is everything there to build plugins with, and what to do about the
//! rest.

use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use blastwall_report::{Format, visible};
use blastwall_runtime::{Engine, default_cache_dir};
use blastwall_toolchain::{Sysroot, TARGET};
use serde::Serialize;

use crate::args::DoctorArguments;
use crate::errors::CommandResult;
use crate::exit;
use crate::output::{or_table, write};

/// What installs Rust, as <https://rustup.rs> says.
const INSTALL_RUST: &str = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Item {
    name: String,
    status: Status,
    /// What was found.
    found: String,
    /// What it is for.
    purpose: &'static str,
    /// The command that repairs it; none if nothing is to be done.
    fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Status {
    Ok,
    /// Plugins in Rust cannot be built, or compiled code is not kept safely.
    Missing,
    /// Only plugins in another language need it.
    Optional,
}

/// Looks at everything.
pub(super) fn run(arguments: &DoctorArguments) -> CommandResult {
    let outputs = or_table(&arguments.output.output)?;
    let items = items();
    for output in outputs {
        write(&output, |writer| match output.format {
            Format::Json => {
                serde_json::to_writer_pretty(&mut *writer, &items)?;
                writeln!(writer)
            }
            Format::Table => table(&items, writer),
        })?;
    }
    let well = items.iter().all(|item| item.status != Status::Missing);
    Ok(if well { exit::SUCCESS } else { exit::FINDINGS })
}

fn items() -> Vec<Item> {
    let rustup = version("rustup", &["--version"]);
    let mut items = vec![
        compiler("rustc", "compiles plugins", rustup.is_some()),
        compiler("cargo", "builds plugins", rustup.is_some()),
        target(rustup.is_some()),
        linker(),
        cache(),
    ];
    items.push(Item {
        name: "rustup".to_owned(),
        status: if rustup.is_some() {
            Status::Ok
        } else {
            Status::Optional
        },
        fix: rustup.is_none().then(|| INSTALL_RUST.to_owned()),
        found: rustup.unwrap_or_else(nothing),
        purpose: "installs the target where it is missing",
    });
    for (program, purpose, fix) in [
        (
            "python3",
            "runs componentize-py",
            "apt install python3 python3-pip",
        ),
        (
            "componentize-py",
            "builds plugins in Python",
            "pip install componentize-py",
        ),
        ("node", "runs jco", "apt install nodejs npm"),
        (
            "jco",
            "builds plugins in JavaScript",
            "npm install --global @bytecodealliance/jco",
        ),
    ] {
        let found = version(program, &["--version"]);
        items.push(Item {
            name: program.to_owned(),
            status: if found.is_some() {
                Status::Ok
            } else {
                Status::Optional
            },
            fix: found.is_none().then(|| fix.to_owned()),
            found: found.unwrap_or_else(nothing),
            purpose,
        });
    }
    items
}

/// A program of the toolchain, which has to be as new as the SDK asks for.
fn compiler(program: &str, purpose: &'static str, has_rustup: bool) -> Item {
    let needed = env!("CARGO_PKG_RUST_VERSION");
    let found = version(program, &["--version"]);
    let new = found
        .as_deref()
        .is_some_and(|found| at_least(found, needed));
    let fix = match &found {
        Some(_) if has_rustup => "rustup update stable && rustup default stable",
        None if has_rustup => "rustup default stable",
        _ => INSTALL_RUST,
    };
    Item {
        name: program.to_owned(),
        status: if new { Status::Ok } else { Status::Missing },
        found: match found {
            Some(found) if new => found,
            Some(found) => format!("{found}, older than {needed}"),
            None => nothing(),
        },
        purpose,
        fix: (!new).then(|| fix.to_owned()),
    }
}

fn target(has_rustup: bool) -> Item {
    let sysroot = Sysroot::of(Path::new("."));
    let (status, found) = match &sysroot {
        Ok(sysroot) if sysroot.has_target() => (Status::Ok, sysroot.path().display().to_string()),
        Ok(sysroot) if sysroot.builds_std() => (
            Status::Ok,
            "compiled from its sources with every plugin".to_owned(),
        ),
        Ok(_) | Err(_) => (Status::Missing, nothing()),
    };
    let fix = match status {
        Status::Ok => None,
        _ if has_rustup => Some(format!("rustup target add {TARGET}")),
        // Without rustup the compiler is that of the system, and so is what it lacks.
        _ => Some(format!("{INSTALL_RUST} && rustup target add {TARGET}")),
    };
    Item {
        name: TARGET.to_owned(),
        status,
        found,
        purpose: "the standard library for WebAssembly",
        fix,
    }
}

/// Macros run on this machine, and so do the tests of a plugin.
fn linker() -> Item {
    let (program, fix) = if cfg!(windows) {
        (
            "link",
            "winget install Microsoft.VisualStudio.2022.BuildTools",
        )
    } else if cfg!(target_os = "macos") {
        ("cc", "xcode-select --install")
    } else {
        ("cc", "apt install gcc")
    };
    // The linker of Windows knows no version and is found by the compiler outside of the path.
    let found = if cfg!(windows) {
        Some("found by the compiler".to_owned())
    } else {
        version(program, &["--version"])
    };
    Item {
        name: program.to_owned(),
        status: if found.is_some() {
            Status::Ok
        } else {
            Status::Missing
        },
        fix: found.is_none().then(|| fix.to_owned()),
        found: found.unwrap_or_else(nothing),
        purpose: "links macros and native tests",
    }
}

fn cache() -> Item {
    let purpose = "keeps compiled plugins, for this user alone";
    let item = |status, found, fix| Item {
        name: "plugin cache".to_owned(),
        status,
        found,
        purpose,
        fix,
    };
    let Some(folder) = default_cache_dir() else {
        return item(
            Status::Missing,
            "there is no home".to_owned(),
            Some("export HOME=~".to_owned()),
        );
    };
    match Engine::cache_problem(&folder) {
        None => item(Status::Ok, folder.display().to_string(), None),
        Some(problem) => {
            let path = quoted(&folder.display().to_string());
            let fix = format!("rm -rf {path} && mkdir -p -m 700 {path}");
            let problem = format!("{:#}", anyhow::Error::from(problem));
            item(Status::Missing, problem, Some(fix))
        }
    }
}

/// A path as a shell reads it as one word.
fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', r"'\''"))
}

fn nothing() -> String {
    "not found".to_owned()
}

/// The first line of what a program says of its version; none if it cannot be run.
fn version(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().unwrap_or_default().trim().to_owned();
    output.status.success().then_some(line)
}

/// Whether a version, `rustc 1.95.0 (…)`, is at least another, `1.95`.
fn at_least(found: &str, needed: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        let numbers = version
            .split(['.', '-'])
            .map_while(|part| part.parse().ok());
        numbers.collect()
    };
    let found = found.split_whitespace().nth(1).unwrap_or_default();
    numbers(found) >= numbers(needed)
}

fn table(items: &[Item], writer: &mut dyn Write) -> io::Result<()> {
    let width = items.iter().map(|item| item.name.len()).max();
    let width = width.unwrap_or_default();
    for item in items {
        let status = match item.status {
            Status::Ok => "ok",
            Status::Missing => "MISSING",
            Status::Optional => "optional",
        };
        let (name, found) = (&item.name, visible(&item.found));
        writeln!(writer, "{status:8}  {name:width$}  {found}")?;
        if let Some(fix) = &item.fix {
            writeln!(
                writer,
                "{:8}  {:width$}  it {}; run: {}",
                "",
                "",
                item.purpose,
                visible(fix)
            )?;
        }
    }
    let missing = items.iter().filter(|item| item.status == Status::Missing);
    match missing.count() {
        0 => writeln!(
            writer,
            "\nPlugins in Rust can be built: blastwall plugin new NAME"
        ),
        count => writeln!(
            writer,
            "\n{count} to repair; run the commands above, then this again"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        for (found, needed, enough) in [
            ("rustc 1.95.0 (59807616e 2026-04-14)", "1.95", true),
            ("rustc 1.100.0 (x)", "1.95", true),
            ("cargo 2.0.0-nightly (x)", "1.95", true),
            ("rustc 1.94.9 (x)", "1.95", false),
            ("rustc", "1.95", false),
            ("nonsense", "1.95", false),
        ] {
            assert_eq!(at_least(found, needed), enough, "{found}");
        }
    }

    #[test]
    fn a_path_is_one_word_of_the_shell() {
        assert_eq!(quoted("/home/o'hara/x y"), r"'/home/o'\''hara/x y'");
    }
}
