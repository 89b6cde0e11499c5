//! Secrets, queues, topics, repositories and tables that let another account in, live (`stores.py`): what a
//! role of that account reads, and what it does not.

use std::collections::BTreeSet;

use blastwall_tests::Moto;
use serde_json::Value;

use crate::reach::{build, falls, program};

fn texts(built: &Value, name: &str) -> BTreeSet<String> {
    let list = built[name].as_array().unwrap().iter();
    list.map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_policies_of_stores_open_is_read_and_nothing_else() {
    let moto = Moto::start(&[]);
    let built = build(&moto, "stores.py");
    let program = program(&moto);
    let role = |name: &str| {
        format!(
            "arn:aws:iam::{}:role/{name}",
            built["dev"].as_str().unwrap()
        )
    };
    let data = |start: &str| -> BTreeSet<String> {
        let fallen = falls(&program, start);
        let read = fallen.iter().filter_map(|(subject, certainty)| {
            let arn = subject.strip_prefix("data ")?;
            assert_eq!(certainty, "certain", "{arn}");
            Some(arn.to_owned())
        });
        read.collect()
    };
    let (open, closed) = (texts(&built, "open"), texts(&built, "closed"));
    assert_eq!((open.len(), closed.len()), (6, 8));
    assert_eq!(data(&role("reader")), open);
    assert_eq!(data(&role("idle")), BTreeSet::new());

    // Inside their account they are known, too: who has it has them all.
    let all = data(built["prod"].as_str().unwrap());
    assert!(open.union(&closed).all(|arn| all.contains(arn)), "{all:#?}");
}
