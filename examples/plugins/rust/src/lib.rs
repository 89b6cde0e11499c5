//! The house rules of an invented company, one file a check. The plugins in `../python` and
//! `../javascript` are the same in other languages; the cases in `../cases` judge all three.

mod instance_tags;
mod role_everywhere;
mod role_trust;

blastwall_sdk::plugin! {
    name = "house-rules",
    checks = [instance_tags::check, role_everywhere::check, role_trust::check]
}

#[cfg(test)]
mod tests {
    #[test]
    fn cases() {
        blastwall_sdk::testing::cases(
            &crate::PLUGIN,
            concat!(env!("CARGO_MANIFEST_DIR"), "/../cases"),
        );
    }
}
