//! The settings of a check.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::Parameter;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A struct of settings; derive it.
///
/// Each field is a parameter: its name in the configuration is that of the field with hyphens,
/// its description the doc comment, its default a JSON value. Its type says which values are
/// accepted; `schema` narrows them further by keywords of JSON Schema.
///
/// ```
/// #[derive(blastwall_sdk::Parameters)]
/// struct KeyAge {
///     /// Days after which an access key is old.
///     #[parameter(default = 90, schema = { "minimum": 1 })]
///     max_age_days: u32,
///     /// Ports that may be open to the world.
///     #[parameter(default = [80, 443])]
///     open_ports: Vec<u16>,
/// }
/// ```
pub trait Parameters: Sized + 'static {
    /// Name, description, default and schema of each.
    fn describe() -> Vec<Parameter>;

    /// Takes its own values out; those that are missing have their defaults.
    ///
    /// # Errors
    /// The name of a parameter whose value is of the wrong type.
    fn take(values: &mut ParameterValues) -> Result<Self, String>;
}

/// A type that a parameter can have.
#[diagnostic::on_unimplemented(
    message = "a parameter cannot be a `{Self}`",
    label = "no value of the configuration becomes this",
    note = "a parameter is a `bool`, a number, a `String`, or a `Vec`, `BTreeSet` or `BTreeMap<String, …>` of these; for others implement `ParameterType`"
)]
pub trait ParameterType: DeserializeOwned {
    /// Which JSON values it is read from, as a JSON Schema (draft 2020-12).
    #[must_use]
    fn schema() -> Value;
}

impl ParameterType for bool {
    fn schema() -> Value {
        json!({ "type": "boolean" })
    }
}

impl ParameterType for String {
    fn schema() -> Value {
        json!({ "type": "string" })
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {
        $(impl ParameterType for $type {
            fn schema() -> Value {
                json!({ "type": "integer", "minimum": <$type>::MIN, "maximum": <$type>::MAX })
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl ParameterType for f64 {
    fn schema() -> Value {
        json!({ "type": "number" })
    }
}

impl<T: ParameterType> ParameterType for Vec<T> {
    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema() })
    }
}

impl<T: ParameterType> ParameterType for BTreeMap<String, T> {
    fn schema() -> Value {
        json!({ "type": "object", "additionalProperties": T::schema() })
    }
}

impl<T: ParameterType + Ord> ParameterType for BTreeSet<T> {
    fn schema() -> Value {
        json!({ "type": "array", "items": T::schema(), "uniqueItems": true })
    }
}

/// The description of one parameter, for the derive: its type's schema with the keywords added.
#[doc(hidden)]
#[must_use]
pub fn parameter<T: ParameterType>(
    name: &str,
    description: &str,
    default: Value,
    keywords: Value,
) -> Parameter {
    let mut schema = T::schema();
    if let (Value::Object(schema), Value::Object(keywords)) = (&mut schema, keywords) {
        schema.extend(keywords);
    }
    Parameter {
        name: name.to_owned(),
        description: description.to_owned(),
        default,
        schema,
    }
}

/// A check without settings.
impl Parameters for () {
    fn describe() -> Vec<Parameter> {
        Vec::new()
    }

    fn take(_: &mut ParameterValues) -> Result<Self, String> {
        Ok(())
    }
}

/// Values by name, on their way into a struct of [`Parameters`].
#[derive(Debug)]
pub struct ParameterValues {
    values: Map<String, Value>,
}

impl ParameterValues {
    /// Takes one value out.
    ///
    /// # Errors
    /// A message that names the parameter, if the value is missing or of the wrong type.
    pub fn take<T: ParameterType>(&mut self, name: &str) -> Result<T, String> {
        let value = self.values.remove(name).unwrap_or(Value::Null);
        let shown = value.to_string();
        serde_json::from_value(value)
            .map_err(|error| format!("parameter `{name}` cannot be {shown}: {error}"))
    }
}

/// Reads the parameters of a check from one JSON object.
pub(crate) fn parse<P: Parameters>(json: &str) -> Result<P, String> {
    let given: Map<String, Value> =
        serde_json::from_str(json).map_err(|error| format!("parameters are no object: {error}"))?;
    let mut values: Map<String, Value> = P::describe()
        .into_iter()
        .map(|parameter| (parameter.name, parameter.default))
        .collect();
    for (name, value) in given {
        match values.get_mut(&name) {
            Some(place) => *place = value,
            None => return Err(format!("there is no parameter `{name}`")),
        }
    }
    P::take(&mut ParameterValues { values })
}
