use blastwall_sdk::prelude::*;

#[derive(Parameters)]
struct Age {
    /// Days after which it is old.
    max_age_days: u32,
}

fn main() {}
