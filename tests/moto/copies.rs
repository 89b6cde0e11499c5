//! Snapshots that are shared, parameters, stacks and shares of RAM, live (`copies.py`).

use std::collections::{BTreeMap, BTreeSet};

use blastwall_tests::Moto;
use serde_json::Value;

use crate::reach::{build, falls, program};

fn texts(built: &Value, name: &str) -> BTreeSet<String> {
    let list = built[name].as_array().unwrap().iter();
    list.map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn copies_that_are_shared_are_data_of_others() {
    let moto = Moto::start(&[]);
    let built = build(&moto, "copies.py");
    let program = program(&moto);
    let (dev, prod) = (
        built["dev"].as_str().unwrap(),
        built["prod"].as_str().unwrap(),
    );
    let data = |start: &str| -> BTreeSet<String> {
        let fallen = falls(&program, start).into_keys();
        fallen
            .filter_map(|subject| Some(subject.strip_prefix("data ")?.to_owned()))
            .collect()
    };
    let (shared, own) = (texts(&built, "shared"), texts(&built, "own"));
    assert_eq!(
        data(&format!("arn:aws:iam::{dev}:role/restorer")),
        shared,
        "what is not shared is not reached"
    );
    let parameters = texts(&built, "parameters");
    let reader = data(&format!("arn:aws:iam::{prod}:role/reader"));
    assert_eq!(
        reader.intersection(&parameters).collect::<Vec<_>>(),
        [&format!(
            "arn:aws:ssm:us-east-1:{prod}:parameter/shop/password"
        )]
    );

    let of_prod = data(prod);
    let all = shared.union(&own).chain(&parameters);
    let missing: Vec<&String> = all.filter(|arn| !of_prod.contains(*arn)).collect();
    assert_eq!(missing, Vec::<&String>::new());

    let updater: BTreeMap<String, String> =
        falls(&program, &format!("arn:aws:iam::{prod}:role/updater"));
    let stacks = format!("principal arn:aws:iam::{prod}:role/stacks");
    assert_eq!(
        updater.get(&stacks).map(String::as_str),
        Some("certain"),
        "{updater:#?}"
    );

    let clusters = texts(&built, "clusters");
    let cloner = data(&format!("arn:aws:iam::{dev}:role/cloner"));
    let given = clusters.iter().filter(|arn| arn.ends_with(":given"));
    assert_eq!(cloner.iter().collect::<Vec<_>>(), given.collect::<Vec<_>>());
}
