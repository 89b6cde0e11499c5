//! What is wrong in a file that somebody wrote, and where: a configuration, a policy.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

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
            source: source.to_owned(),
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
        let path = self.path.display().to_string();
        self.problems
            .iter()
            .map(|problem| {
                renderer.render(&[level
                    .clone()
                    .primary_title(problem.message.as_str())
                    .element(
                        Snippet::source(self.source.as_str())
                            .path(path.as_str())
                            .annotation(
                                AnnotationKind::Primary
                                    .span(problem.span.clone())
                                    .label(problem.label.as_str()),
                            ),
                    )])
            })
            .collect::<Vec<_>>()
            .join("\n\n")
    }
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
