//! Policies compiled once and shared by content.
//!
//! Thousands of roles carry the same few documents; an AWS managed policy is the same in every
//! account. The key is the text as given, so two spellings of one policy are two entries.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::{Policy, PolicyError};

/// Hands out one compiled [`Policy`] for each distinct document it has been given.
#[derive(Clone, Debug, Default)]
pub struct PolicyCache {
    by_text: BTreeMap<Box<str>, Arc<Policy>>,
}

impl PolicyCache {
    /// An empty cache. It grows with the distinct documents and lets go of none.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The policy of a JSON text.
    ///
    /// # Errors
    /// As [`Policy::parse`]; errors are not kept.
    pub fn parse(&mut self, text: &str) -> Result<Arc<Policy>, PolicyError> {
        if let Some(known) = self.by_text.get(text) {
            return Ok(Arc::clone(known));
        }
        let policy = Arc::new(Policy::parse(text)?);
        self.by_text.insert(text.into(), Arc::clone(&policy));
        Ok(policy)
    }

    /// The policy of a document that is JSON already.
    ///
    /// # Errors
    /// As [`Policy::from_value`]; errors are not kept.
    pub fn read(&mut self, value: &Value) -> Result<Arc<Policy>, PolicyError> {
        let text = value.to_string();
        if let Some(known) = self.by_text.get(text.as_str()) {
            return Ok(Arc::clone(known));
        }
        let policy = Arc::new(Policy::from_value(value)?);
        self.by_text.insert(text.into(), Arc::clone(&policy));
        Ok(policy)
    }

    /// How many distinct documents it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_text.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_text_same_policy() {
        let mut cache = PolicyCache::new();
        let text = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        let one = cache.parse(text).unwrap();
        let two = cache.parse(text).unwrap();
        assert!(Arc::ptr_eq(&one, &two));
        assert!(cache.parse("{}").is_err());
        assert_eq!(cache.len(), 1);
    }
}
