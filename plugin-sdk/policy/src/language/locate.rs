//! Places in the text of a document: from a JSON pointer to line and column.
//!
//! Compiled policies keep no positions; who has the text asks for one when there is something to
//! show. The text is walked once, without recursion, in linear time and memory.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use super::error::child;

/// A place in a text, both counted from one; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}", self.line, self.column)
    }
}

/// Where the thing at a JSON pointer is in a JSON text: the name of a member, the value of an item.
#[must_use]
pub fn locate(text: &str, pointer: &str) -> Option<Position> {
    let components: Vec<Cow<'_, str>> = pointer.split('/').skip(1).map(unescaped).collect();
    let mut matched = 0;
    for event in Walk::new(text) {
        // Beside or above what matched so far.
        matched = matched.min(event.depth.saturating_sub(1));
        let on_path = matched + 1 == event.depth
            && components
                .get(matched)
                .is_some_and(|wanted| event.is_named(wanted));
        if on_path {
            matched += 1;
        }
        if event.depth == components.len() && (on_path || components.is_empty()) {
            return Some(position(text, event.offset));
        }
    }
    None
}

/// Where a statement of a policy is in its text, be it in a list or alone.
#[must_use]
pub fn locate_statement(text: &str, index: usize) -> Option<Position> {
    locate(text, &format!("/Statement/{index}")).or_else(|| {
        let first = locate(text, "/Statement/0").is_none() && index == 0;
        first.then(|| locate(text, "/Statement")).flatten()
    })
}

/// The first name that an object has twice, as a pointer, and where the second one is.
pub(super) fn duplicate(text: &str) -> Option<(String, Position)> {
    let mut path: Vec<String> = Vec::new();
    let mut names: Vec<BTreeSet<Cow<'_, str>>> = Vec::new();
    for event in Walk::new(text) {
        let Some(level) = event.depth.checked_sub(1) else {
            continue;
        };
        path.truncate(level);
        names.resize_with(event.depth.max(names.len()), BTreeSet::new);
        let name = event.name();
        let Some(known) = names.get_mut(level) else {
            continue;
        };
        if event.index == 0 {
            known.clear();
        }
        path.push(name.to_string());
        if event.key.is_some() && !known.insert(name) {
            let pointer = path
                .iter()
                .fold(String::new(), |pointer, name| child(&pointer, name));
            return Some((pointer, position(text, event.offset)));
        }
    }
    None
}

pub(super) fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    Position {
        line: before.matches('\n').count() + 1,
        column: before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1,
    }
}

fn unescaped(component: &str) -> Cow<'_, str> {
    if component.contains('~') {
        Cow::Owned(component.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(component)
    }
}

/// A value that begins.
struct Event<'t> {
    /// How many objects and lists it is in.
    depth: usize,
    /// Its place among its siblings.
    index: usize,
    /// The name in an object, with quotes and escapes.
    key: Option<&'t str>,
    /// Of the name if there is one, else of the value.
    offset: usize,
}

impl<'t> Event<'t> {
    fn name(&self) -> Cow<'t, str> {
        match self.key {
            None => Cow::Owned(self.index.to_string()),
            Some(key) if key.contains('\\') => {
                serde_json::from_str(key).map_or(Cow::Borrowed(key), Cow::Owned)
            }
            Some(key) => Cow::Borrowed(key.trim_matches('"')),
        }
    }

    fn is_named(&self, wanted: &str) -> bool {
        self.name() == wanted
    }
}

/// Walks a text that is JSON, value by value; in any other text it finds whatever it finds.
struct Walk<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Container>,
    /// A name whose value comes next.
    key: Option<(&'t str, usize)>,
}

struct Container {
    is_object: bool,
    children: usize,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            open: Vec::new(),
            key: None,
        }
    }

    /// The end of the string that starts at an offset, after its closing quote.
    fn end_of_string(&self, start: usize) -> usize {
        let mut escaped = false;
        for (index, byte) in self.text.bytes().enumerate().skip(start + 1) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return index + 1,
                _ => {}
            }
        }
        self.text.len()
    }

    /// The next value starts at an offset.
    fn begin(&mut self, start: usize) -> Event<'t> {
        let depth = self.open.len();
        let index = self.open.last_mut().map_or(0, |container| {
            container.children += 1;
            container.children - 1
        });
        let key = self.key.take();
        Event {
            depth,
            index,
            key: key.map(|(key, _)| key),
            offset: key.map_or(start, |(_, offset)| offset),
        }
    }
}

impl<'t> Iterator for Walk<'t> {
    type Item = Event<'t>;

    fn next(&mut self) -> Option<Event<'t>> {
        loop {
            let start = self.at;
            let byte = *self.text.as_bytes().get(start)?;
            self.at += 1;
            match byte {
                b'{' | b'[' => {
                    let event = self.begin(start);
                    self.open.push(Container {
                        is_object: byte == b'{',
                        children: 0,
                    });
                    return Some(event);
                }
                b'}' | b']' => {
                    self.open.pop();
                }
                b'"' => {
                    self.at = self.end_of_string(start);
                    let is_name =
                        self.key.is_none() && self.open.last().is_some_and(|last| last.is_object);
                    if !is_name {
                        return Some(self.begin(start));
                    }
                    self.key = self.text.get(start..self.at).map(|key| (key, start));
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => {
                    let length = self
                        .text
                        .as_bytes()
                        .iter()
                        .skip(start)
                        .take_while(|byte| !b",]} \t\r\n".contains(byte))
                        .count();
                    self.at = start + length.max(1);
                    return Some(self.begin(start));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n \"a\": [1, {\"b/c\": true}],\n \"é\": {\"x\": \"{\\\"\", \"y\": null}, \"z\": -1.5e3\n}";

    fn at(pointer: &str) -> Option<(usize, usize)> {
        locate(TEXT, pointer).map(|position| (position.line, position.column))
    }

    #[test]
    fn pointers() {
        assert_eq!(at(""), Some((1, 1)));
        assert_eq!(at("/a"), Some((2, 2)));
        assert_eq!(at("/a/0"), Some((2, 8)));
        assert_eq!(at("/a/1/b~1c"), Some((2, 12)));
        assert_eq!(at("/é/y"), Some((3, 20)));
        assert_eq!(at("/z"), Some((3, 32)));
        assert_eq!(at("/y"), None);
        assert_eq!(at("/a/2"), None);
        assert_eq!(at("/a/b~1c"), None);
    }

    #[test]
    fn statements() {
        let place = |text, index| locate_statement(text, index).map(|place| place.column);
        assert_eq!(place(r#"{"Statement":[{},{}]}"#, 1), Some(18));
        assert_eq!(place(r#"{"Statement":{}}"#, 0), Some(2));
        assert_eq!(place(r#"{"Statement":{}}"#, 1), None);
    }

    #[test]
    fn duplicates() {
        let found = |text| duplicate(text).map(|(pointer, place)| (pointer, place.column));
        assert_eq!(found(r#"{"a":{"b":1},"c":{"b":1}}"#), None);
        assert_eq!(found(r#"[{"a":1},{"a":1}]"#), None);
        assert_eq!(
            found(r#"{"x":[{"a":1,"\u0061":2}]}"#),
            Some(("/x/0/a".to_owned(), 14))
        );
    }

    #[test]
    fn other_texts_end() {
        for text in ["", "}", "\"", "{\"", "[[[[", "\\", "{:}", "é", "[\"\\"] {
            assert_eq!(locate(text, "/a/b"), None, "{text}");
            assert!(duplicate(text).is_none());
        }
        assert!(locate(&"[".repeat(1_000_000), "/0/1").is_none());
    }
}
