//! The JSON Schema of the report, made from its types. `schema/report.schema.json` is this text;
//! a test holds them together.

use schemars::generate::SchemaSettings;

use crate::Report;

/// The JSON Schema (draft 2020-12) of what the `json` format writes, as indented JSON with a
/// newline behind it.
///
/// It describes what is written, so that every field which is always there is required. Fields
/// may be added within a version of the format; readers pass over those they do not know.
#[must_use]
pub fn schema() -> String {
    let schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Report>();
    format!("{:#}\n", schema.to_value())
}
