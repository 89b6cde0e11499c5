//! Directories of AWS Directory Service, the accounts that they are shared with, and hosts that join them.
//!
//! Sources: AWS Directory Service Administration Guide, "Share your AWS Managed Microsoft AD" and "Joining an
//! Amazon EC2 instance"; API reference, "SharedDirectory".

use serde_json::Value;

use super::{Read, last, list, of, text};

const DIRECTORIES: [&str; 2] = [
    "AWS::DirectoryService::MicrosoftAD",
    "AWS::DirectoryService::SimpleAD",
];

/// The types that are read here.
pub(super) const TYPES: &[&str] = &DIRECTORIES;

/// An account that a directory is shared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DirectoryShare {
    pub(crate) account: String,
    /// The id that the directory has there, if that is told.
    pub(crate) id: Option<String>,
}

/// A directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DirectoryFacts {
    pub(crate) arn: String,
    pub(crate) account: String,
    pub(crate) id: String,
    /// The name of its domain.
    pub(crate) name: Option<String>,
    /// The VPC that its controllers are in.
    pub(crate) vpc: Option<String>,
    pub(crate) shares: Vec<DirectoryShare>,
}

/// The directories of an account.
pub(super) fn read(read: &[Read<'_>]) -> Vec<DirectoryFacts> {
    let documents = DIRECTORIES.into_iter().flat_map(|kind| of(read, kind));
    documents
        .map(|(document, value)| {
            let observed = value
                .pointer("/observed/DirectoryId")
                .and_then(Value::as_str);
            let shares = list(value.pointer("/observed/SharedDirectories"));
            DirectoryFacts {
                arn: document.arn.to_string(),
                account: document.account.to_string(),
                id: observed
                    .unwrap_or_else(|| last(document.arn.as_str()))
                    .to_owned(),
                name: text(value, "/Name").map(str::to_owned),
                vpc: text(value, "/VpcSettings/VpcId").map(str::to_owned),
                shares: shares.filter_map(share).collect(),
            }
        })
        .collect()
}

/// An account by its id, or as DescribeSharedDirectories tells it. What was not accepted, or is taken back, is
/// not shared.
fn share(value: &Value) -> Option<DirectoryShare> {
    if let Some(account) = value.as_str() {
        return Some(DirectoryShare {
            account: account.to_owned(),
            id: None,
        });
    }
    let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let shared = text("ShareStatus").is_none_or(|status| status == "Shared");
    let account = text("SharedAccountId").filter(|_| shared)?;
    let id = text("SharedDirectoryId");
    Some(DirectoryShare { account, id })
}
