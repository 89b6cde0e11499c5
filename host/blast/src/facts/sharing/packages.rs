//! Repositories of CodeArtifact, the domain that each is in, and where it takes packages from.
//!
//! Source: CodeArtifact User Guide, "Working with upstream repositories" and "Domain policies".

use super::{Read, last, list, of, text};

const DOMAIN: &str = "AWS::CodeArtifact::Domain";
const REPOSITORY: &str = "AWS::CodeArtifact::Repository";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[DOMAIN, REPOSITORY];

/// A repository of packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RepositoryFacts {
    pub(crate) arn: String,
    /// The ARN of the domain that it is in.
    pub(crate) domain: String,
    /// How the ARNs of its packages begin, without the slash.
    pub(crate) packages: String,
    /// The ARNs of the repositories that it takes packages from.
    pub(crate) upstreams: Vec<String>,
}

/// The repositories of an account.
pub(super) fn read(read: &[Read<'_>]) -> Vec<RepositoryFacts> {
    let repositories = of(read, REPOSITORY).map(|(document, value)| {
        let arn = document.arn.to_string();
        // arn:aws:codeartifact:eu-west-1:111122223333:repository/acme/internal
        let (head, name) = arn.split_once(":repository/").unwrap_or((&arn, ""));
        let mut parts = name.split('/');
        let domain = text(value, "/DomainName")
            .or_else(|| parts.next())
            .unwrap_or_default();
        let own = text(value, "/RepositoryName").unwrap_or_else(|| last(name));
        let owner = text(value, "/DomainOwner").unwrap_or(document.account.as_str());
        let (partition, region) = (document.arn.partition(), &document.region);
        let of_domain = |name: &str| {
            // In a domain repositories go by their names.
            match name.starts_with("arn:") {
                true => name.to_owned(),
                false => format!("{head}:repository/{domain}/{name}"),
            }
        };
        let upstreams = list(value.pointer("/config/Upstreams"));
        RepositoryFacts {
            domain: format!("arn:{partition}:codeartifact:{region}:{owner}:domain/{domain}"),
            packages: format!("{head}:package/{domain}/{own}"),
            upstreams: upstreams
                .filter_map(|one| {
                    let name = one.as_str().or_else(|| one.get("repositoryName")?.as_str());
                    Some(of_domain(name?))
                })
                .collect(),
            arn,
        }
    });
    repositories.collect()
}
