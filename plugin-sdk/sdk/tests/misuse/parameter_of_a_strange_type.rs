use blastwall_sdk::prelude::*;

#[derive(Parameters)]
struct Age {
    /// How old.
    #[parameter(default = 90)]
    max_age: std::time::Duration,
}

fn main() {}
