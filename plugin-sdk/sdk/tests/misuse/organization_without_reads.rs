use blastwall_sdk::prelude::*;

/// Know the accounts
///
/// Why it matters.
///
/// # Remediation
/// List them.
#[check(id = "accounts", severity = High, category = Security)]
fn accounts(organization: &Organization) -> Result<Outcome, Unknown> {
    Ok(pass("they are known"))
}

fn main() {}
