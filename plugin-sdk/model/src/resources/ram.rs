//! AWS Resource Access Manager.

use crate::resource::{kind, properties, shapes};

shapes! {
    /// How far a share is with somebody.
    PrincipalAssociation {
        /// Whom, as in `Principals`.
        associated_entity: String,
        /// `ASSOCIATED`, `ASSOCIATING` until it is accepted, `FAILED` and the like.
        status: String,
        /// Whether that is outside the organization.
        external: bool,
    }
}

properties! {
    /// What is set on a share (`AWS::RAM::ResourceShare`).
    "config" ResourceShareConfig {
        /// Its name.
        "Name" name: String,
        /// Whether accounts outside the organization may be let in.
        "AllowExternalPrincipals" allow_external_principals: bool,
        /// The ARNs of what is shared, sorted.
        "ResourceArns" resource_arns: Vec<String>,
        /// With whom: ids of accounts, ARNs of users, roles, units and organizations, names of services; sorted.
        "Principals" principals: Vec<String>,
        /// The ARNs of the permissions that go with it, sorted.
        "PermissionArns" permission_arns: Vec<String>,
    }
}

properties! {
    /// What is observed of a share.
    "observed" ResourceShareObserved {
        /// `ACTIVE` and the like.
        "Status" status: String,
        /// RFC 3339.
        "CreationTime" creation_time: String,
        /// Who accepted it, sorted.
        "PrincipalAssociations" principal_associations: Vec<PrincipalAssociation>,
    }
}

kind! {
    /// A share of resources with other accounts, by its owner.
    ResourceShare, ResourceShareKind = "AWS::RAM::ResourceShare", ResourceShareConfig, ResourceShareObserved
}
