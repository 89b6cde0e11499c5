//! Checks on S3 buckets.
