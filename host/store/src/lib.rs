//! An organization at rest: the directory format that scans are saved in and simulations answer from.
