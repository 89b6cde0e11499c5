//! Checks on what the network lets in.
