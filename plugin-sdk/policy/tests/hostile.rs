//! Texts that nobody meant as a policy: each is a policy or an error, in linear time, and never a
//! panic. The fuzz targets look further; these run everywhere.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::{Duration, Instant};

use blastwall_policy::cases;
use blastwall_policy::language::{locate, locate_statement};
use blastwall_policy::{Policy, analysis};
use proptest::prelude::*;

const SEED: &str = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"é","Effect":"Allow","NotPrincipal":{"AWS":["*","111111111111"],"Service":"a.amazonaws.com"},"Action":["s3:Get*","*"],"NotResource":"arn:aws:s3:::${aws:username, '}'}/*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":[1,true,"${*}"]},"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00.5+01:00"}}}]}"#;

fn swallow(text: &str) {
    match Policy::parse(text) {
        Ok(policy) => {
            let _ = analysis::audience(&policy, "111111111111");
            let _ = analysis::public_access(&policy, "111111111111");
            for index in 0..policy.statements.len() {
                assert!(locate_statement(text, index).is_some(), "{text}");
            }
        }
        Err(error) => {
            let _ = locate(text, &error.pointer);
            assert!(!error.to_string().is_empty());
        }
    }
    for answer in cases::answers(text) {
        let line = answer.map_or_else(|error| error.to_json(), |answer| answer.to_json());
        assert!(!line.contains('\n'));
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        swallow(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn json_soup(tokens in proptest::collection::vec(proptest::sample::select(vec![
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\"Statement\"", "\"Effect\":\"Allow\"", "\"Action\":\"*\"",
        "\"Principal\":", "\"Condition\":{\"Null\":", "null", "1e999", "-0", "\"${\"", "é", " ", "\n",
    ]), 0..60)) {
        swallow(&tokens.concat());
    }

    /// A policy with a few bytes changed, cut or repeated.
    #[test]
    fn mutated_policies(edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..4)) {
        let mut bytes = SEED.as_bytes().to_vec();
        for (index, byte, kind) in edits {
            let at = index.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.truncate(at.max(1)),
                2 => bytes.extend_from_within(at..),
                _ => bytes.insert(at, byte),
            }
        }
        swallow(&String::from_utf8_lossy(&bytes));
    }
}

/// Twice the text takes about twice the time; ten times would be a growth with the square.
#[test]
fn huge_texts_take_linear_time() {
    let shapes: [fn(usize) -> String; 5] = [
        |size| "[".repeat(size),
        |size| format!("{{\"Statement\":[{}]}}", vec!["{}"; size].join(",")),
        |size| {
            let actions = vec!["\"s3:*a*b?c*\""; size / 4].join(",");
            format!(
                r#"{{"Statement":{{"Effect":"Allow","Action":[{actions}],"Resource":"{}"}}}}"#,
                "*${".repeat(size)
            )
        },
        |size| format!("{{\"{}\":1}}", "\\u0061".repeat(size)),
        |size| {
            let keys: Vec<String> = (0..size / 8)
                .map(|key| format!("\"k{key}\":\"v\""))
                .collect();
            format!(
                r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringLike":{{{}}}}}}}}}"#,
                keys.join(",")
            )
        },
    ];
    for (index, shape) in shapes.into_iter().enumerate() {
        let time = |size| {
            let text = shape(size);
            let start = Instant::now();
            swallow(&text);
            start.elapsed()
        };
        let small = time(20_000).max(Duration::from_millis(1));
        let large = time(80_000);
        assert!(large < small * 40, "shape {index}: {small:?} to {large:?}");
    }
}
