//! A resource document as JSON text, with its head parsed.

use std::sync::Arc;

use serde::Deserialize;

use crate::{AccountId, Arn, Kind, Resource};

/// A resource document as one line of JSON.
///
/// The host passes documents on far more often than it looks into them, so it keeps the text and
/// parses only what it sorts by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Document {
    /// The resource type, `AWS::S3::Bucket`.
    pub kind: String,
    /// The ARN of the resource.
    pub arn: Arn,
    /// The account that it was collected from.
    pub account: AccountId,
    /// Its region, [`GLOBAL`](crate::GLOBAL) if it belongs to none.
    pub region: Arc<str>,
    json: Box<str>,
}

/// Text that is no resource document.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not JSON, or JSON without the head of a resource document.
    #[error("not a resource document")]
    Malformed(#[source] serde_json::Error),
    /// A resource document whose parts do not have the shape of its type.
    #[error("{arn} does not have the shape of {kind}")]
    Shape {
        /// Which resource.
        arn: Arn,
        /// The type whose shape was expected.
        kind: &'static str,
        /// What is wrong and where.
        #[source]
        source: serde_json::Error,
    },
}

#[derive(Deserialize)]
struct Head {
    r#type: String,
    arn: Arn,
    account: AccountId,
    region: Option<String>,
}

impl Document {
    /// Reads one JSON object.
    ///
    /// # Errors
    /// If the text is not JSON or lacks `type`, `arn` or `account`.
    pub fn parse(json: &str) -> Result<Self, DocumentError> {
        let head: Head = serde_json::from_str(json).map_err(DocumentError::Malformed)?;
        Ok(Self {
            kind: head.r#type,
            arn: head.arn,
            account: head.account,
            region: head.region.as_deref().unwrap_or(crate::GLOBAL).into(),
            json: json.trim().into(),
        })
    }

    /// The JSON object, on one line if it was written by [`From`].
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The typed resource.
    ///
    /// # Errors
    /// If the document is of another type or does not have the shape of the type.
    pub fn to<K: Kind>(&self) -> Result<Resource<K>, DocumentError> {
        serde_json::from_str(&self.json).map_err(|source| DocumentError::Shape {
            arn: self.arn.clone(),
            kind: K::TYPE,
            source,
        })
    }
}

impl<K: Kind> TryFrom<&Resource<K>> for Document {
    type Error = serde_json::Error;

    fn try_from(resource: &Resource<K>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            kind: K::TYPE.to_owned(),
            arn: resource.arn.clone(),
            account: resource.account.clone(),
            region: resource.region.as_str().into(),
            json: serde_json::to_string(resource)?.into(),
        })
    }
}
