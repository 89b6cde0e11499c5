//! XML, written. Nothing is left for a caller to escape.

use std::fmt::{Display, Write as _};

/// An element with text or with children.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    name: String,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
        }
    }

    pub(crate) fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    pub(crate) fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// Sets the element's own text.
    pub(crate) fn content(mut self, text: impl Display) -> Self {
        self.text = text.to_string();
        self
    }

    pub(crate) fn child(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    /// Adds a child that has nothing but text.
    pub(crate) fn text(self, name: &str, text: impl Display) -> Self {
        self.child(Self::new(name).content(text))
    }

    /// Adds a child that has nothing but text, if there is a text.
    pub(crate) fn maybe(self, name: &str, text: Option<impl Display>) -> Self {
        match text {
            Some(text) => self.text(name, text),
            None => self,
        }
    }

    /// Adds the child if there is one.
    pub(crate) fn maybe_child(self, child: Option<Element>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Adds a child that holds a list, even an empty one.
    pub(crate) fn list(self, name: &str, items: impl IntoIterator<Item = Element>) -> Self {
        let mut list = Self::new(name);
        list.children.extend(items);
        self.child(list)
    }

    /// Adds one child after another.
    pub(crate) fn extend(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children);
        self
    }

    /// The document with this element as its root.
    pub(crate) fn document(&self) -> String {
        let mut output = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut output);
        output
    }

    fn write(&self, output: &mut String) {
        // Writing to a string cannot fail.
        let _ = write!(output, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(output, " {name}=\"{}\"", escape(value));
        }
        output.push('>');
        output.push_str(&escape(&self.text));
        for child in &self.children {
            child.write(output);
        }
        let _ = write!(output, "</{}>", self.name);
    }
}

/// Carriage returns are escaped too, because readers of XML turn them into line feeds; characters
/// that XML 1.0 does not have become the replacement character.
fn escape(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => output.push_str("&amp;"),
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            '"' => output.push_str("&quot;"),
            '\'' => output.push_str("&#39;"),
            '\r' => output.push_str("&#xD;"),
            '\t' | '\n' => output.push(character),
            control if control < ' ' => output.push(char::REPLACEMENT_CHARACTER),
            other => output.push(other),
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_escaped() {
        let element = Element::new("a")
            .attribute("b", "\"<")
            .text("c", "<&>\r\u{1}é");
        assert_eq!(
            element.document(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <a b=\"&quot;&lt;\"><c>&lt;&amp;&gt;&#xD;\u{fffd}é</c></a>"
        );
    }
}
