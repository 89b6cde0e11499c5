//! A request as it came over the wire, and the input of an operation that was read from it.

use std::collections::BTreeMap;

use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request, wholly read.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// As sent, still encoded.
    pub(crate) path: String,
    /// Decoded, in the order sent.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Reads `a=b&c=d`; a `+` is a space in forms alone.
pub(crate) fn parse_pairs(text: &str, form: bool) -> Vec<(String, String)> {
    let decode = |part: &str| {
        let part = if form {
            part.replace('+', " ")
        } else {
            part.to_owned()
        };
        percent_decode_str(&part).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (decode(name), decode(value)),
            None => (decode(pair), String::new()),
        })
        .collect()
}

/// The input of an operation, the same for all protocols: text by name, lists as `Name.1`,
/// `Name.2`, and members of structures as `Name.Member`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input(BTreeMap<String, String>);

impl Input {
    /// From the query protocols, whose lists are `Name.member.1` or `Name.1`.
    pub(crate) fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.replace(".member.", "."), value))
                .collect(),
        )
    }

    /// From the JSON protocol.
    pub(crate) fn from_json(value: &Value) -> Self {
        let mut input = Self::default();
        input.flatten("", value);
        input
    }

    fn flatten(&mut self, name: &str, value: &Value) {
        let below = |part: &str| {
            if name.is_empty() {
                part.to_owned()
            } else {
                format!("{name}.{part}")
            }
        };
        match value {
            Value::Null => {}
            Value::Object(members) => {
                for (member, value) in members {
                    self.flatten(&below(member), value);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.flatten(&below(&(index + 1).to_string()), value);
                }
            }
            Value::String(text) => self.set(name, text),
            Value::Bool(_) | Value::Number(_) => self.set(name, value.to_string()),
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.parse().ok()
    }

    /// The entries of a list of texts.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        (1..)
            .map_while(|index| self.get(&format!("{name}.{index}")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_the_same_in_every_protocol() {
        let form = parse_pairs(
            "Filter.member.1=User&Filter.member.2=a%20b+c&Flag=true",
            true,
        );
        let form = Input::from_pairs(form);
        let json = serde_json::json!({"Filter": ["User", "a b c"], "Flag": true, "None": null});
        let json = Input::from_json(&json);
        for input in [form, json] {
            assert_eq!(input.list("Filter"), ["User", "a b c"]);
            assert_eq!(input.flag("Flag"), Some(true));
            assert_eq!(input.get("None"), None);
        }
    }
}
