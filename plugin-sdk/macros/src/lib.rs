//! The attribute macros behind blastwall-sdk.
