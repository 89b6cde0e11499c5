//! The outside view: the binary against AWS implementations that are not ours.
