//! Wildcards and variables.

use std::collections::BTreeMap;

/// A character of a pattern: itself, or a wildcard.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Glyph {
    Plain(char),
    Any,
    One,
}

/// A pattern without variables.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    expand(pattern, false, &BTreeMap::new()).is_some_and(|pattern| matches(&pattern, text))
}

/// Fills variables in; `None` when one has no value, or several.
pub(crate) fn expand(
    pattern: &str,
    variables: bool,
    context: &BTreeMap<String, Vec<String>>,
) -> Option<Vec<Glyph>> {
    let mut glyphs = Vec::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        if variables && rest.starts_with("${") && rest.contains('}') {
            let (inner, after) = rest[2..].split_once('}')?;
            rest = after;
            if ["*", "?", "$"].contains(&inner) {
                glyphs.extend(inner.chars().map(Glyph::Plain));
                continue;
            }
            let (key, default) = match inner.split_once(',') {
                Some((key, default)) => (key, Some(default.trim().trim_matches('\''))),
                None => (inner, None),
            };
            let value = match context.get(&key.to_lowercase()).map(Vec::as_slice) {
                Some([value]) => value.as_str(),
                Some([_, _, ..]) => return None,
                _ => default?,
            };
            glyphs.extend(value.chars().map(Glyph::Plain));
            continue;
        }
        glyphs.push(match first {
            '*' => Glyph::Any,
            '?' => Glyph::One,
            other => Glyph::Plain(other),
        });
        rest = &rest[first.len_utf8()..];
    }
    Some(glyphs)
}

pub(crate) fn matches(pattern: &[Glyph], text: &str) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((Glyph::Any, rest)) => (0..=text.len())
            .filter(|at| text.is_char_boundary(*at))
            .any(|at| matches(rest, &text[at..])),
        Some((glyph, rest)) => {
            let mut characters = text.chars();
            characters
                .next()
                .is_some_and(|next| *glyph == Glyph::One || *glyph == Glyph::Plain(next))
                && matches(rest, characters.as_str())
        }
    }
}
