//! Checks on keys of AWS KMS, one file a subject; their cases are in `cases/`.

mod deletion;
mod key;
mod policy;
mod rotation;

blastwall_sdk::plugin! {
    name = "kms",
    checks = [
        deletion::check,
        policy::grants,
        policy::outside,
        policy::public,
        rotation::check,
    ]
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        blastwall_sdk::testing::cases(
            &crate::PLUGIN,
            concat!(env!("CARGO_MANIFEST_DIR"), "/cases"),
        );
    }
}
