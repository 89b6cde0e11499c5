//! Checks on users, credentials and policies of AWS IAM.
