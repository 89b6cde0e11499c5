//! The IAM policy language: parse, match, evaluate, analyse; pure, without I/O.
