//! What is wrong in a file that somebody wrote, and where: a configuration, a policy.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use blastwall_report::visible;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Where, in bytes from the start of the file.
    pub(crate) span: Range<usize>,
    /// What is wrong: `unknown key `extrnal-id``.
    pub(crate) message: String,
    /// What stands under the caret: `did you mean `external-id`?`.
    pub(crate) label: String,
}

/// All that is wrong in one file.
#[derive(Debug)]
pub(crate) struct InvalidFile {
    path: PathBuf,
    source: String,
    problems: Vec<Problem>,
}

impl InvalidFile {
    pub(crate) fn new(path: &Path, source: &str, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        Self {
            path: path.to_owned(),
            source: shown(source),
            problems,
        }
    }

    /// The same as advice: nothing fails over it.
    pub(crate) fn render_warnings(&self, color: bool) -> String {
        self.render_as(&Level::WARNING, color)
    }

    /// The problems with the lines that they stand in, each with file, line and caret.
    pub(crate) fn render(&self, color: bool) -> String {
        self.render_as(&Level::ERROR, color)
    }

    fn render_as(&self, level: &Level<'_>, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let path = visible(&self.path.display().to_string()).into_owned();
        self.problems
            .iter()
            .map(|problem| {
                // Names in them may come from a plugin or from somebody else's file.
                let message = visible(&problem.message);
                let label = visible(&problem.label);
                renderer.render(&[level.clone().primary_title(&*message).element(
                    Snippet::source(self.source.as_str())
                        .path(path.as_str())
                        .annotation(
                            AnnotationKind::Primary
                                .span(problem.span.clone())
                                .label(&*label),
                        ),
                )])
            })
            .collect::<Vec<_>>()
            .join("\n\n")
    }
}

/// The text without characters that act on a terminal, each replaced by what takes as many bytes, so
/// that every place stays where it is.
fn shown(source: &str) -> String {
    let mut shown = String::with_capacity(source.len());
    for character in source.chars() {
        let layout = matches!(character, '\n' | '\r' | '\t');
        if layout || visible(character.encode_utf8(&mut [0; 4])).len() == character.len_utf8() {
            shown.push(character);
            continue;
        }
        shown.push_str(match character.len_utf8() {
            1 => "?",
            2 => "\u{bf}",
            3 => "\u{fffd}",
            _ => "\u{bf}\u{bf}",
        });
    }
    shown
}

impl fmt::Display for InvalidFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for InvalidFile {}

/// The candidate that a misspelt word most likely means.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    /// Similarity below which a suggestion would only confuse.
    const THRESHOLD: f64 = 0.7;
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(similarity, _)| *similarity >= THRESHOLD)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_reaches_the_terminal() {
        let source = "a = \"\u{1b}[2J\u{9b}2J\u{202e}\u{e0001}\"\nb = 1\n";
        assert_eq!(shown(source).len(), source.len());
        let problem = Problem {
            span: source.find('b').unwrap()..source.find('b').unwrap() + 1,
            message: "\u{1b}]0;title\u{7}".to_owned(),
            label: "\u{9b}31m".to_owned(),
        };
        let file = InvalidFile::new(Path::new("\u{1b}.toml"), source, vec![problem]);
        let text = file.to_string();
        for acting in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{e0001}'] {
            assert!(!text.contains(acting), "{text:?}");
        }
        assert!(text.contains(":2:1"), "{text}");
    }
}
