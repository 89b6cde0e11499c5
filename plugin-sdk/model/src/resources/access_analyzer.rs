//! IAM Access Analyzer.

use crate::resource::{kind, properties};

properties! {
    /// What is set on an analyzer (`AWS::AccessAnalyzer::Analyzer`).
    "config" AnalyzerConfig {
        /// Its name.
        "AnalyzerName" analyzer_name: String,
        /// `ACCOUNT`, `ORGANIZATION`, `ACCOUNT_UNUSED_ACCESS`, …
        "Type" analyzer_type: String,
    }
}

properties! {
    /// What is observed of an analyzer.
    "observed" AnalyzerObserved {
        /// `ACTIVE`, `CREATING`, `DISABLED` or `FAILED`.
        "Status" status: String,
        /// RFC 3339.
        "CreatedAt" created_at: String,
        /// RFC 3339; absent if never.
        "LastResourceAnalyzedAt" last_resource_analyzed_at: String,
    }
}

kind! {
    /// An analyzer of access from outside, or of unused access.
    Analyzer, AnalyzerKind = "AWS::AccessAnalyzer::Analyzer", AnalyzerConfig, AnalyzerObserved
}
