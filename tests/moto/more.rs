//! Resources of every further type that moto can play, built with boto3 (`more.py`) and collected.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;

use blastwall_aws::{Budget, Credentials, Meter, Partition, Session, isolated};
use blastwall_collect::{Request, Shared, collect, declarations};
use blastwall_model::{Access, AccountId};
use blastwall_tests::Moto;
use serde_json::{Map, Value};
use tokio::runtime::Runtime;

const REGION: &str = "eu-west-1";
/// The account that moto puts unknown keys into.
const ACCOUNT: &str = "123456789012";

/// What the script says that it built: by type, by the last part of the ARN, parts of documents.
fn build(moto: &Moto) -> Map<String, Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/moto/more.py");
    let output = Command::new(Moto::python())
        .args([script, moto.endpoint()])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// All of these types that can be collected of the account, by type and last part of the ARN; and what could
/// not be, for those who miss something.
async fn collected(moto: &Moto, types: BTreeSet<String>) -> (Vec<(String, String, Value)>, String) {
    let request = Request {
        types,
        tags: false,
        regions: Some(vec![REGION.to_owned()]),
    };
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "test");
    let account: AccountId = ACCOUNT.parse().unwrap();
    let session = Session::new(
        account,
        Partition::AWS,
        isolated(moto.endpoint(), REGION, credentials),
        Arc::from(declarations(&request)),
        Meter::default(),
        // Moto's threads trip over each other: it answers 500 to a listing while another request changes its list.
        Budget::new(1),
    );
    let access = Access::Entered { role: None };
    let snapshot = collect(&session, &request, &Shared::new(), access).await;
    let documents = snapshot.documents.iter().map(|document| {
        let arn = document.arn.as_str();
        let name = arn.rsplit(['/', ':']).next().unwrap_or_default();
        let value = serde_json::from_str(document.json()).unwrap();
        (document.kind.clone(), name.to_owned(), value)
    });
    (
        documents.collect(),
        format!("{:#?}", snapshot.coverage.gaps),
    )
}

#[test]
fn what_boto3_builds_is_collected() {
    let moto = Moto::start(&[]);
    let built = build(&moto);
    assert!(built.len() > 25, "{}", built.len());
    let (collected, gaps) = Runtime::new()
        .unwrap()
        .block_on(collected(&moto, built.keys().cloned().collect()));
    // What was put where secrets are put stays there.
    let everything = format!("{collected:?}");
    assert!(!everything.contains("hunter2"), "{everything}");
    for (kind, resources) in &built {
        for (name, expected) in resources.as_object().unwrap() {
            let found = collected
                .iter()
                .find(|one| (&one.0, &one.1) == (kind, name));
            let (_, _, document) = found.unwrap_or_else(|| panic!("no {kind} {name}: {gaps}"));
            for part in ["config", "observed"] {
                for (property, value) in expected[part].as_object().unwrap() {
                    assert_eq!(&document[part][property], value, "{kind} {name} {property}");
                }
            }
        }
    }
}
