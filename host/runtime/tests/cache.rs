//! Compiled code is kept, used again, and never trusted when it was touched.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::fs;

use blastwall_runtime::Engine;
use support::{buckets, component, evaluate, limits};

#[test]
fn compiled_code_is_kept_and_an_entry_that_was_touched_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugins");
    let engine = || Engine::new(&limits(), Some(&path)).unwrap();
    let bytes = component("", 1, "(i32.const 0)");
    let entries = || -> Vec<_> {
        let entries = fs::read_dir(&path).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };

    engine().load(&bytes).unwrap();
    let [entry] = entries().try_into().unwrap();
    let good = fs::read(&entry).unwrap();
    let written = fs::metadata(&entry).unwrap().modified().unwrap();
    let plugin = engine().load(&bytes).unwrap();
    assert!(evaluate(&plugin, "check", &buckets(1)).failure.is_some());
    assert_eq!(fs::metadata(&entry).unwrap().modified().unwrap(), written);

    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    fs::write(&entry, &bad).unwrap();
    engine().load(&bytes).unwrap();
    assert_eq!(entries(), std::slice::from_ref(&entry));
    assert_ne!(fs::read(&entry).unwrap(), bad);
}
