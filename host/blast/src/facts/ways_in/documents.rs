//! The documents that ways in are read from, parsed once, and how to look into them.

use std::collections::BTreeMap;

use blastwall_model::Document;
use serde_json::Value;

/// Documents of an account by type.
pub(super) struct Documents<'a>(BTreeMap<&'a str, Vec<One<'a>>>);

/// A document and what it says.
pub(super) struct One<'a> {
    pub(super) document: &'a Document,
    pub(super) value: Value,
}

impl<'a> Documents<'a> {
    /// Those of the types that `is_wanted` names.
    pub(super) fn read(
        documents: impl Iterator<Item = &'a Document>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Self {
        let mut all: BTreeMap<&str, Vec<One<'_>>> = BTreeMap::new();
        for document in documents.filter(|document| is_wanted(&document.kind)) {
            if let Ok(value) = serde_json::from_str(document.json()) {
                let of_kind = all.entry(document.kind.as_str()).or_default();
                of_kind.push(One { document, value });
            }
        }
        Self(all)
    }

    pub(super) fn of(&self, kind: &str) -> &[One<'a>] {
        self.0.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Whether any of these types was collected. An account that has none of them is not told from one in
    /// which they were not asked for.
    pub(super) fn has(&self, kind: &str) -> bool {
        !self.of(kind).is_empty()
    }
}

impl One<'_> {
    pub(super) fn arn(&self) -> &str {
        self.document.arn.as_str()
    }

    pub(super) fn region(&self) -> &str {
        &self.document.region
    }

    pub(super) fn account(&self) -> &str {
        self.document.account.as_str()
    }

    /// What is set, or else observed, under a name.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        let under = |part: &str| self.value.pointer(&format!("/{part}{pointer}"));
        under("config").or_else(|| under("observed"))
    }

    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_str()
    }

    /// The texts of a list, of what is set and of what is observed.
    pub(super) fn texts(&self, pointer: &str) -> Vec<String> {
        let under = |part: &str| texts(self.value.pointer(&format!("/{part}{pointer}")));
        let mut all = under("config");
        for one in under("observed") {
            if !all.contains(&one) {
                all.push(one);
            }
        }
        all
    }

    pub(super) fn list(&self, pointer: &str) -> &[Value] {
        list(self.at(pointer))
    }

    /// Its id: under a name, or what its ARN ends in.
    pub(super) fn id(&self, pointer: &str) -> &str {
        self.text(pointer).unwrap_or_else(|| last(self.arn()))
    }

    /// Whether a property could not be read.
    pub(super) fn is_unknown(&self, property: &str) -> bool {
        let unknown = self.value.get("unknown").and_then(Value::as_object);
        unknown.is_some_and(|unknown| {
            let whole = |key: &String| key == "config" || *key == format!("config.{property}");
            unknown.keys().any(whole)
        })
    }
}

pub(super) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    let all = list(value).iter();
    all.filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// A number, as a number or as a text.
pub(super) fn number(value: &Value, pointer: &str) -> Option<i64> {
    let value = value.pointer(pointer)?;
    value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

pub(super) fn port(value: &Value, pointer: &str) -> Option<u16> {
    number(value, pointer).and_then(|port| u16::try_from(port).ok())
}

pub(super) fn last(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or_default()
}
