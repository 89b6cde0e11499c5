//! The resources of many accounts, for checks that look across the organization.
//!
//! Ten thousand accounts have more than fits into memory, and checks go through them page by page:
//! so the pages are kept in a temporary file that has no name and is gone with the process, and only
//! their places are in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use blastwall_model::{AccountId, Document};

/// Where the pages of one type are, by account.
type Pages = BTreeMap<AccountId, Vec<Place>>;

/// Where a page is in the file.
#[derive(Debug)]
struct Place {
    bytes: Range<u64>,
    documents: usize,
}

/// A page of documents.
#[derive(Debug)]
pub(crate) struct Page {
    /// A JSON array.
    pub(crate) json: String,
    /// How many documents are on it.
    pub(crate) documents: usize,
}

/// The resource documents of many accounts, by type, and why some may be missing.
#[derive(Debug)]
pub struct Gathering {
    file: Mutex<File>,
    end: u64,
    page_bytes: usize,
    pages: BTreeMap<String, Pages>,
    gaps: BTreeMap<String, Vec<String>>,
}

impl Gathering {
    /// An empty one, whose pages have about so many bytes
    /// ([`Limits::page_bytes`](crate::Limits::page_bytes)).
    ///
    /// # Errors
    /// If no temporary file can be made.
    pub fn new(page_bytes: usize) -> std::io::Result<Self> {
        Ok(Self {
            file: Mutex::new(tempfile::tempfile()?),
            end: 0,
            page_bytes,
            pages: BTreeMap::new(),
            gaps: BTreeMap::new(),
        })
    }

    /// Adds resources of one account; once an account and type.
    ///
    /// # Errors
    /// If they cannot be written, for want of space for example.
    pub fn add<'a>(
        &mut self,
        account: &AccountId,
        documents: impl IntoIterator<Item = &'a Document>,
    ) -> std::io::Result<()> {
        let mut by_type: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
        for document in documents {
            by_type.entry(&document.kind).or_default().push(document);
        }
        for (kind, mut documents) in by_type {
            documents.sort_by(|one, other| one.arn.cmp(&other.arn));
            let mut places = Vec::new();
            let mut rest = &documents[..];
            while let Some((page, taken)) = page(rest.iter().copied(), self.page_bytes) {
                places.push(Place {
                    bytes: self.write(&page)?,
                    documents: taken,
                });
                rest = rest.get(taken..).unwrap_or_default();
            }
            let pages = self.pages.entry(kind.to_owned()).or_default();
            pages.entry(account.clone()).or_default().extend(places);
        }
        Ok(())
    }

    /// Says that resources of a type may be missing, and why.
    pub fn add_gap(&mut self, resource_type: &str, reason: String) {
        let reasons = self.gaps.entry(resource_type.to_owned()).or_default();
        reasons.push(reason);
    }

    /// Puts the reasons into an order that does not depend on which account came first.
    pub fn sort_gaps(&mut self) {
        self.gaps.values_mut().for_each(|reasons| reasons.sort());
    }

    fn write(&mut self, page: &str) -> std::io::Result<Range<u64>> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.end))?;
        file.write_all(page.as_bytes())?;
        let start = self.end;
        self.end += page.len() as u64;
        Ok(start..self.end)
    }

    /// The page after `from` of a type, and where it stands; none at the end.
    pub(crate) fn next(
        &self,
        resource_type: &str,
        from: Option<&Position>,
    ) -> std::io::Result<Option<(Page, Position)>> {
        let Some(pages) = self.pages.get(resource_type) else {
            return Ok(None);
        };
        let start = from.map(|position| &position.account);
        let rest = match start {
            None => pages.range::<AccountId, _>(..),
            Some(account) => pages.range::<AccountId, _>(account..),
        };
        for (account, places) in rest {
            let page = match from {
                Some(position) if position.account == *account => position.page + 1,
                _ => 0,
            };
            if let Some(place) = places.get(page) {
                let account = account.clone();
                let read = Page {
                    json: self.read(&place.bytes)?,
                    documents: place.documents,
                };
                return Ok(Some((read, Position { account, page })));
            }
        }
        Ok(None)
    }

    fn read(&self, place: &Range<u64>) -> std::io::Result<String> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(place.start))?;
        let mut page = String::new();
        let length = place.end - place.start;
        (&mut *file).take(length).read_to_string(&mut page)?;
        Ok(page)
    }

    pub(crate) fn gaps(&self, resource_type: &str) -> &[String] {
        self.gaps.get(resource_type).map_or(&[], Vec::as_slice)
    }
}

/// The first page of documents, a JSON array of about so many bytes, and how many it took; none if
/// there are no documents.
pub(crate) fn page<'a>(
    documents: impl IntoIterator<Item = &'a Document>,
    bytes: usize,
) -> Option<(String, usize)> {
    let mut page = String::new();
    let mut taken = 0;
    for document in documents {
        let json = document.json();
        if !page.is_empty() && page.len() + json.len() + 2 > bytes {
            break;
        }
        page.push(if page.is_empty() { '[' } else { ',' });
        page.push_str(json);
        taken += 1;
    }
    if page.is_empty() {
        return None;
    }
    page.push(']');
    Some((page, taken))
}

/// A place between pages.
#[derive(Clone, Debug)]
pub(crate) struct Position {
    account: AccountId,
    page: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(account: &str, name: &str) -> Document {
        let json = format!(
            r#"{{"type":"AWS::S3::Bucket","arn":"arn:aws:s3:::{name}","account":"{account}"}}"#
        );
        Document::parse(&json).unwrap()
    }

    #[test]
    fn pages_come_by_account_and_arn_whatever_came_first() {
        let (one, two) = ("111122223333", "444455556666");
        let mut gathering = Gathering::new(150).unwrap();
        gathering
            .add(&two.parse().unwrap(), &[bucket(two, "d")])
            .unwrap();
        let buckets = ["c", "a", "b"].map(|name| bucket(one, name));
        gathering.add(&one.parse().unwrap(), &buckets).unwrap();
        gathering.add_gap("AWS::S3::Bucket", "refused".to_owned());

        let mut names = Vec::new();
        let mut position = None;
        let mut pages = 0;
        while let Some((page, next)) = gathering
            .next("AWS::S3::Bucket", position.as_ref())
            .unwrap()
        {
            let documents: Vec<serde_json::Value> = serde_json::from_str(&page.json).unwrap();
            for document in documents {
                names.push(document["arn"].as_str().unwrap().to_owned());
            }
            position = Some(next);
            pages += 1;
        }
        assert_eq!(
            names,
            ["a", "b", "c", "d"].map(|name| format!("arn:aws:s3:::{name}"))
        );
        assert!(pages > 2, "{pages}");
        assert_eq!(gathering.gaps("AWS::S3::Bucket"), ["refused"]);
        assert!(gathering.next("AWS::IAM::Role", None).unwrap().is_none());
    }
}
