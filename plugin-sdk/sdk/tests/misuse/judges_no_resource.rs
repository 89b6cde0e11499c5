use blastwall_sdk::prelude::*;

struct Shelf;

/// Keep shelves
///
/// Why it matters.
///
/// # Remediation
/// Put one there.
#[check(id = "shelf", severity = High, category = Security)]
fn shelf(shelf: &Shelf) -> Result<Outcome, Unknown> {
    Ok(pass("there is one"))
}

fn main() {}
