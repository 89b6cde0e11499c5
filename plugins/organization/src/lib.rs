//! Checks on the organization itself: its guardrails, its structure, who administers it; their
//! cases are in `cases/`.

mod central_root;
mod delegation;
mod guardrails;
mod management;
mod structure;

blastwall_sdk::plugin! {
    name = "organization",
    checks = [
        central_root::check,
        delegation::policies,
        delegation::services,
        guardrails::check,
        management::check,
        structure::features,
        structure::units,
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
