//! The plugin author's guide, followed to the letter: every file in it is written, every command is
//! run, and what comes out is what is pasted there.
//!
//! A block of the guide is one of these:
//!
//! - `console`: commands after `$ `, each followed by what it prints. A command exits with 0, the
//!   last one of a block with `exit=N` in the info string with that. `…` in the text stands for
//!   anything, alone on a line for any number of lines. What cargo says of its progress is left
//!   out; sizes, times, digests and the like may differ.
//! - a file: the line before the block is its path in backticks and a colon.
//! - a part of a file: the line before is `From`, the path in backticks and a colon; the part must be
//!   there, word for word.
//! - `diff`: a change to the file that is named as above.
//!
//! Any other block is refused: nothing in the guide goes untried. `BLESS=1` writes what the commands
//! print into the guide where it differs; read the difference before you keep it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod markdown;
mod output;
mod reader;

use std::fs;
use std::path::Path;

use markdown::{Block, Kind, blocks};
use reader::Reader;

#[test]
fn the_guide_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-sdk/GUIDE.md");
    let guide = fs::read_to_string(path.canonicalize().unwrap()).unwrap();
    let bless = std::env::var_os("BLESS").is_some();
    let mut reader = Reader::new();
    let mut problems = Vec::new();
    // The guide with what the commands print now.
    let mut blessed = String::new();
    let mut copied = 0;
    for block in blocks(&guide) {
        let Block { line, text, .. } = block;
        let tried = match &block.kind {
            Kind::Console { exit } => reader.run(text, *exit).map(|printed| {
                if let Some(printed) = printed {
                    let begin = text.as_ptr() as usize - guide.as_ptr() as usize;
                    blessed.push_str(&guide[copied..begin]);
                    blessed.push_str(&printed.text);
                    copied = begin + text.len();
                    problems.push(format!("GUIDE.md:{line}: {}", printed.difference));
                }
            }),
            Kind::File(path) => reader.write(path, text),
            Kind::Part(path) => reader.finds(path, text),
            Kind::Change(path) => reader.change(path, text),
            Kind::Other(why) => Err(why.clone()),
        };
        // What follows builds on this block, so there is no point in going on.
        tried.unwrap_or_else(|problem| panic!("GUIDE.md:{line}: {problem}"));
    }
    blessed.push_str(&guide[copied..]);
    if bless {
        fs::write(&path, blessed).unwrap();
        return;
    }
    assert!(
        problems.is_empty(),
        "{}\n\nBLESS=1 writes what the commands print into the guide",
        problems.join("\n\n")
    );
}
