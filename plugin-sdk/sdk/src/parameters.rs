//! The settings of a check.

use blastwall_model::Parameter;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A struct of settings; derive it.
///
/// Each field is a parameter: its name in the configuration is that of the field with hyphens,
/// its description the doc comment, its default a JSON value.
///
/// ```
/// #[derive(blastwall_sdk::Parameters)]
/// struct KeyAge {
///     /// Days after which an access key is old.
///     #[parameter(default = 90)]
///     max_age_days: u32,
///     /// Ports that may be open to the world.
///     #[parameter(default = [80, 443])]
///     open_ports: Vec<u16>,
/// }
/// ```
pub trait Parameters: Sized + 'static {
    /// Name, description and default of each.
    fn describe() -> Vec<Parameter>;

    /// Takes its own values out; those that are missing have their defaults.
    ///
    /// # Errors
    /// The name of a parameter whose value is of the wrong type.
    fn take(values: &mut ParameterValues) -> Result<Self, String>;
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
    pub fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
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
