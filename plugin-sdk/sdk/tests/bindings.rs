//! The bindings of the SDK are generated from wit/ and checked in, so that building a plugin does
//! not build the generator. This test holds them to the contract;
//! `BLASTWALL_BLESS=1 cargo test -p blastwall-sdk --test bindings` writes them anew.

use std::path::Path;

use anyhow::{Context, ensure};
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};

#[test]
fn the_bindings_of_the_sdk_follow_the_contract() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root.join("wit"))?;
    let world = resolve.select_world(&[package], Some("plugin"))?;

    let mut files = Files::default();
    wit_bindgen_rust::Opts {
        format: true,
        generate_all: true,
        pub_export_macro: true,
        // Constructors are a matter of C libraries; a plugin has none.
        disable_run_ctors_once_workaround: true,
        // Findings go out by the million: hand them over where they are.
        ownership: wit_bindgen_rust::Ownership::Borrowing {
            duplicate_if_necessary: true,
        },
        runtime_path: Some("wit_bindgen::rt".to_owned()),
        ..Default::default()
    }
    .build()
    .generate(&mut resolve, world, &mut files)?;
    let (_, generated) = files.iter().next().context("nothing was generated")?;
    let generated = std::str::from_utf8(generated)?;

    let path = root.join("plugin-sdk/sdk/src/guest/bindings.rs");
    if std::env::var_os("BLASTWALL_BLESS").is_some() {
        std::fs::write(&path, generated)?;
    }
    let present = std::fs::read_to_string(&path).context("the bindings are not there")?;
    ensure!(
        present == generated,
        "the bindings are not those of wit/: run this test with BLASTWALL_BLESS=1"
    );
    Ok(())
}
