//! Scan an AWS organization: posture, blast radius and differences between accounts.

fn main() {}
