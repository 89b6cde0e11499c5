//! Decides the cases of standard input, one line of JSON each.
#![allow(clippy::print_stdout, reason = "an example")]

use std::io::{Read as _, Write as _};

use blastwall_policy::cases;

fn main() -> std::io::Result<()> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for answer in cases::answers(&input) {
        let line = answer.map_or_else(|error| error.to_json(), |answer| answer.to_json());
        writeln!(output, "{line}")?;
    }
    output.flush()
}
