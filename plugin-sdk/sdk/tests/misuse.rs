//! What the compiler says of wrong checks: `TRYBUILD=overwrite cargo test -p blastwall-sdk --test
//! misuse` writes it down anew, to be read by whoever changes a message.

#[test]
fn wrong_checks_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/misuse/*.rs");
}
