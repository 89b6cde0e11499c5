//! Makes text from outside safe to show.
//!
//! Names, tags, messages and policy texts are written by whoever can create a resource, which
//! includes the attacker that a report is about. Shown raw on a terminal they can move the cursor,
//! hide lines, rewrite the window title or, with bidirectional overrides, read differently from
//! what they are (Unicode Technical Report 36, "Unicode security considerations"; the
//! "Trojan Source" paper, CVE-2021-42574). [`visible`] shows such characters instead of sending
//! them. Everything that reaches a terminal goes through it, because [`page`](crate::page) is the
//! only writer and calls it for every piece of text.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with every character that does not show itself written as `\u{1b}`.
///
/// A backslash that already stands before `u{` is doubled, so that what is shown can only have
/// come from one text.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hidden) && !text.contains("\\u{") {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if hidden(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            continue;
        }
        if character == '\\' && rest.as_str().starts_with("u{") {
            shown.push('\\');
        }
        shown.push(character);
    }
    Cow::Owned(shown)
}

/// Whether a character acts on the text around it, or takes no room, instead of showing itself.
fn hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'                        // soft hyphen
            | '\u{61c}'                     // Arabic letter mark
            | '\u{115f}' | '\u{1160}'       // Hangul fillers
            | '\u{17b4}' | '\u{17b5}'       // Khmer inherent vowels
            | '\u{180b}'..='\u{180f}'       // Mongolian selectors and separator
            | '\u{200b}'..='\u{200f}'       // zero-width characters, direction marks
            | '\u{2028}'..='\u{202e}'       // line and paragraph separators, embeddings, overrides
            | '\u{2060}'..='\u{206f}'       // invisible operators, isolates, deprecated controls
            | '\u{3164}' | '\u{ffa0}'       // Hangul fillers
            | '\u{fe00}'..='\u{fe0f}'       // variation selectors
            | '\u{feff}'                    // byte order mark
            | '\u{fff0}'..='\u{fffb}'       // specials, interlinear annotation
            | '\u{1d173}'..='\u{1d17a}'     // musical controls
            | '\u{e0000}'..='\u{e0fff}' // tags, variation selectors
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_itself_is_left_alone() {
        for text in ["", "payments-prod", "Zürich 東京 ✓", r"C:\users", "a\\b"] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn what_acts_is_shown() {
        for (text, shown) in [
            ("\u{1b}[2Jgone", r"\u{1b}[2Jgone"),
            ("title\u{1b}]0;owned\u{7}", r"title\u{1b}]0;owned\u{7}"),
            ("one\r\ntwo\tthree", r"one\u{d}\u{a}two\u{9}three"),
            ("c1\u{9b}31m", r"c1\u{9b}31m"),
            ("\u{202e}dorp\u{2066}", r"\u{202e}dorp\u{2066}"),
            ("zero\u{200b}width\u{feff}", r"zero\u{200b}width\u{feff}"),
            ("line\u{2028}break", r"line\u{2028}break"),
            ("tag\u{e0041}", r"tag\u{e0041}"),
            ("del\u{7f}nul\0", r"del\u{7f}nul\u{0}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn what_is_shown_comes_from_one_text() {
        assert_eq!(visible(r"\u{1b}"), r"\\u{1b}");
        assert_ne!(visible("\u{1b}"), visible(r"\u{1b}"));
    }
}
