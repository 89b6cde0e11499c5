//! A plugin that misbehaves in every way that Rust allows, for the tests of the runtime.

#![allow(
    clippy::panic,
    unconditional_recursion,
    reason = "misbehaving is what it is for"
)]

use blastwall_sdk::prelude::*;

/// Behave
///
/// It tells how many buckets there are.
///
/// # Remediation
/// None.
#[check(id = "good", severity = Low, category = Security, reads = [Bucket])]
fn good(account: &Account) -> Result<Outcome, Unknown> {
    Ok(pass(format!("{} buckets", account.all::<Bucket>()?.len())))
}

/// Panic
///
/// With a message.
///
/// # Remediation
/// None.
#[check(id = "panics", severity = Low, category = Security)]
fn panics(bucket: &Bucket) -> Result<Outcome, Unknown> {
    panic!("no way to judge {}", bucket.arn);
}

/// Run for ever
///
/// In a loop.
///
/// # Remediation
/// None.
#[check(id = "loops", severity = Low, category = Security, reads = [Bucket])]
fn loops(account: &Account) -> Result<Outcome, Unknown> {
    let mut rounds = 0_u64;
    loop {
        rounds = std::hint::black_box(rounds.wrapping_add(1));
        if rounds == u64::MAX {
            return Ok(pass(account.id().as_str()));
        }
    }
}

/// Take all memory
///
/// And fill it.
///
/// # Remediation
/// None.
#[check(id = "hoards", severity = Low, category = Security, reads = [Bucket])]
fn hoards(_account: &Account) -> Result<Outcome, Unknown> {
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![1_u8; 1 << 20]);
        if std::hint::black_box(&hoard).is_empty() {
            return Ok(pass("never"));
        }
    }
}

/// Recurse
///
/// Without end.
///
/// # Remediation
/// None.
#[check(id = "recurses", severity = Low, category = Security, reads = [Bucket])]
fn recurses(_account: &Account) -> Result<Outcome, Unknown> {
    fn deeper(depth: [u64; 64]) -> u64 {
        let mut next = std::hint::black_box(depth);
        next[0] = next[0].wrapping_add(1);
        deeper(next).wrapping_add(next[1])
    }
    Ok(pass(deeper([0; 64]).to_string()))
}

#[derive(Parameters)]
struct Size {
    /// Bytes of the message.
    #[parameter(default = 10)]
    bytes: usize,
}

/// Talk
///
/// At length, with characters that a terminal obeys.
///
/// # Remediation
/// None.
#[check(id = "talks", severity = Low, category = Security)]
fn talks(_bucket: &Bucket, parameters: &Size) -> Result<Outcome, Unknown> {
    Ok(fail("\u{1b}".repeat(parameters.bytes)))
}

blastwall_sdk::plugin! {
    name = "hostile",
    checks = [good, panics, loops, hoards, recurses, talks]
}
