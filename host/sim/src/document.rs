//! Documents served as they are: from a property of a document to a member of an answer.
//!
//! Most types need no code of their own, only a table of which property is which member.

use serde_json::Value;

use crate::xml::Element;

/// From where in a document to which member of the answer.
pub(crate) type Members = [(&'static str, &'static str)];

/// The text of a scalar.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// The text at a JSON pointer of a document, empty if there is none.
pub(crate) fn text(document: &Value, pointer: &str) -> String {
    document
        .pointer(pointer)
        .and_then(scalar)
        .unwrap_or_default()
}

/// The list at a JSON pointer of a document.
pub(crate) fn list<'a>(document: &'a Value, pointer: &str) -> &'a [Value] {
    document
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The members that a value has, as text elements.
pub(crate) fn members(element: Element, value: &Value, members: &Members) -> Element {
    members.iter().fold(element, |element, (pointer, name)| {
        element.maybe(name, value.pointer(pointer).and_then(scalar))
    })
}

/// A list of objects, or of scalars where `name` of the member is empty.
pub(crate) fn items<'a>(
    document: &'a Value,
    pointer: &str,
    item: &'a Members,
) -> impl Iterator<Item = Element> + 'a {
    list(document, pointer).iter().map(move |value| match item {
        [("", "")] => Element::new("item").content(scalar(value).unwrap_or_default()),
        [("", name)] => Element::new("item").maybe(name, scalar(value)),
        several => members(Element::new("item"), value, several),
    })
}

/// The members that a value has, as a JSON object.
pub(crate) fn object(value: &Value, members: &Members) -> Value {
    members
        .iter()
        .filter_map(|(pointer, name)| Some(((*name).to_owned(), value.pointer(pointer)?.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Sets a member of a JSON object.
pub(crate) fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}
