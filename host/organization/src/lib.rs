//! Enumerate the accounts of an organization, classify them into environments and enter them.
