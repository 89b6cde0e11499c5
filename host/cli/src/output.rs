//! Where reports go.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context;
use blastwall_report::{Format, Style};

use crate::errors::Failure;
use crate::terminal::Terminal;

/// One `-o FORMAT[=PATH]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Output {
    /// The format.
    pub(crate) format: Format,
    /// The file; standard output without one.
    pub(crate) path: Option<PathBuf>,
}

impl Output {
    /// A table on standard output.
    pub(crate) const STDOUT: Output = Output {
        format: Format::Table,
        path: None,
    };

    /// How it looks: as the terminal wants it, or whole and plain in a file.
    pub(crate) fn style(&self, terminal: Terminal) -> Style {
        match self.path {
            None => terminal.style(),
            Some(_) => Style::FULL,
        }
    }
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = match text.split_once('=') {
            Some((_, "")) => return Err("no path after `=`".to_owned()),
            Some((format, path)) => (format, Some(path.into())),
            None => (text, None),
        };
        Ok(Self {
            format: format.parse().map_err(|error| format!("{error}"))?,
            path,
        })
    }
}

/// The outputs asked for, `table` on standard output if none were.
pub(crate) fn or_table(outputs: &[Output]) -> Result<Vec<Output>, Failure> {
    let printed = outputs.iter().filter(|output| output.path.is_none());
    if printed.count() > 1 {
        return Err(
            Failure::usage(anyhow::anyhow!("only one format can be printed"))
                .hint("write the others to files: `-o json=report.json`"),
        );
    }
    Ok(if outputs.is_empty() {
        vec![Output::STDOUT]
    } else {
        outputs.to_vec()
    })
}

/// Writes one report: to a file through a temporary one, so that nobody reads half of it, or to
/// standard output, where a reader that goes away early is no error.
pub(crate) fn write(
    output: &Output,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    match &output.path {
        None => {
            let stdout = anstream::AutoStream::always(io::stdout().lock());
            let mut writer = BufWriter::new(stdout);
            match render(&mut writer).and_then(|()| writer.flush()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                result => result.context("failed to write to standard output"),
            }
        }
        Some(path) => {
            // A device or a pipe is written to as it is; only a file is replaced as a whole.
            let special = fs::metadata(path).is_ok_and(|found| !found.is_file());
            let target = if special { path.clone() } else { partial(path) };
            let result = File::create(&target)
                .map(BufWriter::new)
                .and_then(|mut writer| {
                    render(&mut writer)?;
                    writer.flush()
                })
                .and_then(|()| {
                    if special {
                        Ok(())
                    } else {
                        fs::rename(&target, path)
                    }
                });
            result.with_context(|| format!("failed to write `{}`", path.display()))
        }
    }
}

/// The file that becomes `path` once it is whole: beside it, so that the two are on one file system.
fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}
