//! What a collector brings home: documents, and gaps where there should have been more.

use blastwall_aws::{Declaration, Failure};
use blastwall_model::{Arn, Document, Field, Gap, GapKind, Kind, Resource, Tags};

use crate::convert::sorted;

/// Documents and gaps.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    pub(crate) documents: Vec<Document>,
    pub(crate) gaps: Vec<Gap>,
}

/// What a gap concerns, to make gaps of.
#[derive(Clone, Debug)]
pub(crate) struct About {
    types: Vec<&'static str>,
    region: String,
    resource: Arn,
}

impl About {
    /// One resource.
    pub(crate) fn resource<K: Kind>(resource: &Resource<K>) -> Self {
        Self::types(vec![K::TYPE], &resource.region, &resource.arn)
    }

    /// Something that documents of several types are made of.
    pub(crate) fn types(types: Vec<&'static str>, region: &str, resource: &Arn) -> Self {
        Self {
            types,
            region: region.to_owned(),
            resource: resource.clone(),
        }
    }
}

impl Harvest {
    /// A harvest of nothing but the gap that a failed listing leaves.
    pub(crate) fn failed(
        types: &[&str],
        call: Declaration,
        region: &str,
        failure: &Failure,
    ) -> Self {
        let mut harvest = Self::default();
        harvest.listing(types, call, region, failure);
        harvest
    }

    /// Whether it is seen that there is nothing of a type: no documents, and no gap where some could
    /// be. Of a type that was not asked for, that says nothing.
    pub(crate) fn has_none(&self, kind: &str) -> bool {
        let missing = |gap: &Gap| gap.types.iter().any(|missing| missing == kind);
        !self.documents.iter().any(|document| document.kind == kind)
            && !self.gaps.iter().any(missing)
    }

    /// Adds what another one brought.
    pub(crate) fn append(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.gaps.extend(other.gaps);
    }

    /// Adds a document.
    pub(crate) fn add<K: Kind>(&mut self, resource: &Resource<K>) {
        match Document::try_from(resource) {
            Ok(document) => self.documents.push(document),
            // No document of ours has anything that JSON cannot say; should that change, the
            // resource is missing and the coverage has to say so.
            Err(error) => self.gaps.push(Gap {
                types: vec![K::TYPE.to_owned()],
                action: String::new(),
                region: resource.region.clone(),
                resource: None,
                kind: GapKind::Malformed,
                answer: format!("{} cannot be written: {error}", resource.arn),
            }),
        }
    }

    /// Notes that resources of these types may be missing altogether.
    pub(crate) fn listing(
        &mut self,
        types: &[&str],
        call: Declaration,
        region: &str,
        failure: &Failure,
    ) {
        if !types.is_empty() {
            self.gaps.push(gap(types, call, region, None, failure));
        }
    }

    /// Notes that something about one resource could not be seen.
    pub(crate) fn incomplete(&mut self, about: &About, call: Declaration, failure: &Failure) {
        if !about.types.is_empty() {
            let resource = Some(about.resource.clone());
            self.gaps
                .push(gap(&about.types, call, &about.region, resource, failure));
        }
    }

    /// The property that a call was to bring: its value, absent, or unknown with a gap.
    pub(crate) fn field<T>(
        &mut self,
        about: &About,
        call: Declaration,
        answer: Result<Option<T>, Failure>,
    ) -> Field<T> {
        match answer {
            Ok(value) => value.into(),
            Err(failure) => {
                self.incomplete(about, call, &failure);
                unknown(call, &failure)
            }
        }
    }

    /// The tags that a call was to bring; none if it was not made, because nobody wants tags. They
    /// are unknown then, which is not a gap: a resource without tags must not be mistaken for one
    /// whose tags nobody asked for.
    pub(crate) fn tags(
        &mut self,
        about: &About,
        call: Declaration,
        answer: Option<Result<Field<Tags>, Failure>>,
    ) -> Field<Tags> {
        match answer {
            Some(Ok(tags)) => tags,
            Some(Err(failure)) => {
                self.incomplete(about, call, &failure);
                Field::unknown("tags", reason(call, &failure))
            }
            None => Field::unknown("tags", not_collected(call)),
        }
    }
}

/// A property that this call was to bring and did not.
pub(crate) fn unknown<T>(call: Declaration, failure: &Failure) -> Field<T> {
    Field::unknown("", reason(call, failure))
}

/// Why a property is unknown, as documents say it: `AccessDenied: s3:GetBucketPolicy`.
pub(crate) fn reason(call: Declaration, failure: &Failure) -> String {
    format!("{}: {}", failure.code, call.action)
}

/// Why a property is unknown whose call nobody asked for.
pub(crate) fn not_collected(call: Declaration) -> String {
    format!("NotCollected: {}", call.action)
}

/// An answer in which an error code means that there is none.
pub(crate) fn absent<T>(answer: Result<T, Failure>, codes: &[&str]) -> Result<Option<T>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(failure) if codes.contains(&failure.code.as_str()) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// An answer that came without what it must have.
pub(crate) fn malformed(message: &str) -> Failure {
    Failure::new(GapKind::Malformed, "MalformedAnswer", message)
}

fn gap(
    types: &[&str],
    call: Declaration,
    region: &str,
    resource: Option<Arn>,
    failure: &Failure,
) -> Gap {
    Gap {
        types: sorted(types.iter().map(|kind| (*kind).to_owned())),
        action: call.action.to_owned(),
        region: region.to_owned(),
        resource,
        kind: failure.kind,
        answer: failure.answer(),
    }
}
