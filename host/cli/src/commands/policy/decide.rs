//! `blastwall policy decide`.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use blastwall_policy::cases::{Answer, CaseError, Runner, answers};

use super::source;
use crate::args::DecideArguments;
use crate::errors::CommandResult;
use crate::exit;
use crate::output::{Output, write};
use crate::terminal::Terminal;

/// How much is read at once; what was decided is handed on before more is waited for.
const PIECE: usize = 256 * 1024;

/// Answers cases, one line of JSON each.
pub(crate) fn run(arguments: &DecideArguments, terminal: Terminal) -> CommandResult {
    let path = arguments.file.as_deref().unwrap_or(Path::new("-"));
    let reader = BufReader::with_capacity(PIECE, source::open(path)?);
    let mut tally = Tally::default();
    write(&Output::STDOUT, |writer| tally.run(reader, writer))?;
    if tally.unreadable == 0 {
        return Ok(exit::SUCCESS);
    }
    terminal.warn(&format!(
        "{} of {} cases could not be read; the line of each says why",
        tally.unreadable, tally.all
    ));
    Ok(exit::FAILURE)
}

#[derive(Default)]
struct Tally {
    all: usize,
    unreadable: usize,
}

impl Tally {
    /// Answers one case a line as they come, or anything else once it is there as a whole.
    fn run(
        &mut self,
        mut reader: BufReader<Box<dyn Read>>,
        writer: &mut dyn Write,
    ) -> io::Result<()> {
        let mut runner = Runner::new();
        let mut line = Vec::new();
        while line.trim_ascii().is_empty() {
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
        }
        let Some(first) = runner.decide_first(&line) else {
            reader.read_to_end(&mut line)?;
            return answers(&line).try_for_each(|answer| self.print(&answer, writer));
        };
        self.print(&first, writer)?;
        loop {
            if reader.buffer().is_empty() {
                writer.flush()?;
            }
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            if !line.trim_ascii().is_empty() {
                self.print(&runner.decide(&line), writer)?;
            }
        }
    }

    fn print(
        &mut self,
        answer: &Result<Answer, CaseError>,
        writer: &mut dyn Write,
    ) -> io::Result<()> {
        self.all += 1;
        let line = match answer {
            Ok(answer) => answer.to_json(),
            Err(error) => {
                self.unreadable += 1;
                error.to_json()
            }
        };
        writeln!(writer, "{line}")
    }
}
