//! Checks on the audit trail and on encryption at rest.
