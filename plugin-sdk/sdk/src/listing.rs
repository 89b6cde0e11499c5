//! The resources of one type, from JSON pages to typed values.

use std::any::Any;

use blastwall_model::{Arn, Kind, Resource};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A type that a check can ask for: [`Resource`] of any kind.
pub trait Listed: Sized + 'static {
    /// Its CloudFormation name, `AWS::S3::Bucket`.
    const TYPE: &'static str;

    /// Reads every page.
    fn read(pages: &mut dyn Iterator<Item = String>) -> Listing;
}

impl<K: Kind> Listed for Resource<K> {
    const TYPE: &'static str = K::TYPE;

    fn read(pages: &mut dyn Iterator<Item = String>) -> Listing {
        let mut resources: Vec<Self> = Vec::new();
        let mut malformed = Vec::new();
        for page in pages {
            match serde_json::from_str::<Vec<Self>>(&page) {
                Ok(page) => resources.extend(page),
                // Rare, so that the ordinary page is read once: look at each document by itself.
                Err(_) => read_each(&page, &mut resources, &mut malformed),
            }
        }
        Listing {
            count: resources.len(),
            resources: Box::new(resources),
            first: None,
            malformed,
        }
    }
}

/// Reads a page of which some document is bad, so that it costs only itself.
fn read_each<K: Kind>(
    page: &str,
    resources: &mut Vec<Resource<K>>,
    malformed: &mut Vec<Malformed>,
) {
    #[derive(Deserialize)]
    struct Head {
        arn: Arn,
    }

    let documents: Vec<&RawValue> = match serde_json::from_str(page) {
        Ok(documents) => documents,
        Err(error) => {
            return malformed.push(Malformed {
                arn: None,
                message: format!("a page of {} cannot be read: {error}", K::TYPE),
            });
        }
    };
    for document in documents {
        match serde_json::from_str(document.get()) {
            Ok(resource) => resources.push(resource),
            Err(error) => malformed.push(Malformed {
                arn: serde_json::from_str(document.get())
                    .map(|head: Head| head.arn)
                    .ok(),
                message: format!(
                    "the document does not have the shape of {}: {error}",
                    K::TYPE
                ),
            }),
        }
    }
}

/// A document that does not parse as its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Which resource; none if not even that can be read.
    pub arn: Option<Arn>,
    /// What is wrong.
    pub message: String,
}

/// What was read of one type.
pub struct Listing {
    /// A `Vec` of the type.
    pub(crate) resources: Box<dyn Any>,
    /// How many.
    pub(crate) count: usize,
    /// The place of the first resource among those that the host hands out, if they follow each other
    /// without a gap.
    pub(crate) first: Option<u32>,
    pub(crate) malformed: Vec<Malformed>,
}

impl Listing {
    /// The same, in a known place: a document that could not be read leaves a gap.
    pub(crate) fn placed(self, first: Option<u32>) -> Self {
        let first = first.filter(|_| self.malformed.is_empty());
        Self { first, ..self }
    }
}

/// A resource type as a value, so that types of all checks fit into one list.
#[derive(Clone, Copy, Debug)]
pub struct ResourceType {
    /// Its name, `AWS::S3::Bucket`.
    pub name: &'static str,
    pub(crate) read: fn(&mut dyn Iterator<Item = String>) -> Listing,
}

impl ResourceType {
    /// The value for a type.
    #[must_use]
    pub const fn of<T: Listed>() -> Self {
        Self {
            name: T::TYPE,
            read: T::read,
        }
    }
}
