//! The blocks of the guide.

/// What a block is for.
pub(crate) enum Kind {
    /// Commands, with the exit code of the last.
    Console { exit: i32 },
    /// The file with this path.
    File(String),
    /// A part of the file with this path.
    Part(String),
    /// A change to the file with this path.
    Change(String),
    /// None of these, and why.
    Other(String),
}

/// A fenced block.
pub(crate) struct Block<'a> {
    pub(crate) kind: Kind,
    /// The number of the line of its fence.
    pub(crate) line: usize,
    /// What is between the fences.
    pub(crate) text: &'a str,
}

/// All blocks, in order.
pub(crate) fn blocks(guide: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    // The last line that is not empty outside of blocks.
    let mut before = "";
    // The block that is open: info string, number of its line, where its text begins.
    let mut open: Option<(&str, usize, usize)> = None;
    let mut position = 0;
    for (index, line) in guide.split_inclusive('\n').enumerate() {
        let end = position + line.len();
        let content = line.trim_end();
        match (open, content.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info, index + 1, end)),
            (Some((info, number, begin)), Some("")) => {
                blocks.push(Block {
                    kind: kind(info, before),
                    line: number,
                    text: &guide[begin..position],
                });
                open = None;
                before = "";
            }
            (None, None) if !content.is_empty() => before = content,
            _ => {}
        }
        position = end;
    }
    assert!(open.is_none(), "the last block of the guide is not closed");
    blocks
}

fn kind(info: &str, before: &str) -> Kind {
    let mut words = info.split(' ');
    let language = words.next().unwrap_or_default();
    if language == "console" {
        let exit = words.next().and_then(|word| word.strip_prefix("exit="));
        let exit = exit.map_or(0, |code| code.parse().unwrap());
        return Kind::Console { exit };
    }
    let path = |text: &str| {
        let path = text.strip_prefix('`')?.strip_suffix("`:")?;
        Some(path.to_owned())
    };
    let part = before.strip_prefix("From ").and_then(path);
    match (language, path(before), part) {
        ("diff", Some(path), _) => Kind::Change(path),
        (_, Some(path), _) => Kind::File(path),
        (_, _, Some(path)) => Kind::Part(path),
        _ => Kind::Other(format!(
            "the block is no console, and the line before names no file: {before:?}"
        )),
    }
}
