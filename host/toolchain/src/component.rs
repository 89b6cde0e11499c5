//! From a core module to a component.

use wit_component::ComponentEncoder;

use crate::error::BuildError;

/// Wraps a core module whose custom sections describe its world, as `wit-bindgen` leaves them.
/// `what` names it in the error.
///
/// # Errors
/// If the module is no plugin.
pub fn component(what: &str, module: &[u8]) -> Result<Vec<u8>, BuildError> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|error| BuildError::Component {
            what: what.to_owned(),
            message: format!("{error:#}"),
        })
}
