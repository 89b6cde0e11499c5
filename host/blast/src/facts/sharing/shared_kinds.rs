//! What AWS Resource Access Manager shares, and what an account gains that it is shared with, one row a type.
//!
//! Source: AWS RAM User Guide, "Shareable AWS resources", with the actions of the default permission of each type.

use super::super::store_kinds::Way;

/// What a participant gains.
#[derive(Debug)]
pub(crate) enum Gain {
    /// The data, by one of these ways.
    Data(&'static [Way]),
    /// Something that another kind of link is about, which reads it where it is used.
    Elsewhere,
    /// Nothing that leads anywhere: capacity, licences, networks without hosts, metadata.
    Nothing,
}

/// A type that can be shared.
#[derive(Debug)]
pub(crate) struct SharedKind {
    /// The service in the ARN.
    service: &'static str,
    /// How the resource in the ARN begins; empty for all of the service.
    resource: &'static str,
    /// How the names of AWS's own permissions for the type end.
    pub(crate) permission: &'static str,
    pub(crate) gain: Gain,
}

const fn shared(service: &'static str, resource: &'static str, gain: Gain) -> SharedKind {
    SharedKind {
        service,
        resource,
        permission: "",
        gain,
    }
}

const fn by(permission: &'static str, kind: SharedKind) -> SharedKind {
    SharedKind { permission, ..kind }
}

const KINDS: &[SharedKind] = &[
    by(
        "CertificateAuthority",
        shared(
            "acm-pca",
            "certificate-authority/",
            Gain::Data(&[Way {
                actions: &["acm-pca:IssueCertificate"],
                suffix: None,
                at_home: &[],
                besides: "",
            }]),
        ),
    ),
    // Source: Aurora User Guide, "Cross-account cloning with AWS RAM and Amazon Aurora".
    by(
        "RDSCluster",
        shared(
            "rds",
            "cluster:",
            Gain::Data(&[Way {
                actions: &["rds:RestoreDBClusterToPointInTime"],
                suffix: None,
                at_home: &[],
                besides: "the attacker makes an instance of the clone, sets its password and reaches it",
            }]),
        ),
    ),
    // Source: AWS Backup Developer Guide, "Logically air-gapped vault".
    by(
        "BackupVault",
        shared(
            "backup",
            "backup-vault:",
            Gain::Data(&[Way {
                actions: &["backup:StartRestoreJob"],
                suffix: None,
                at_home: &[],
                besides: "the attacker passes a role to AWS Backup and reaches what is restored",
            }]),
        ),
    ),
    // Source: Systems Manager User Guide, "Working with shared parameters in Parameter Store".
    by(
        "SSMParameterReadOnly",
        shared(
            "ssm",
            "parameter/",
            Gain::Data(&[
                Way {
                    actions: &["ssm:GetParameter"],
                    suffix: None,
                    at_home: &[],
                    besides: "",
                },
                Way {
                    actions: &["ssm:GetParameters"],
                    suffix: None,
                    at_home: &[],
                    besides: "",
                },
            ]),
        ),
    ),
    shared("ec2", "subnet/", Gain::Elsewhere),
    shared("ec2", "transit-gateway/", Gain::Elsewhere),
    shared("route53resolver", "resolver-rule/", Gain::Elsewhere),
    shared("vpc-lattice", "", Gain::Elsewhere),
    shared("ec2", "", Gain::Nothing),
    shared("route53resolver", "", Gain::Nothing),
    shared("route53profiles", "", Gain::Nothing),
    shared("network-firewall", "", Gain::Nothing),
    shared("networkmanager", "", Gain::Nothing),
    shared("outposts", "", Gain::Nothing),
    shared("s3-outposts", "", Gain::Nothing),
    shared("license-manager", "", Gain::Nothing),
    shared("resource-groups", "", Gain::Nothing),
    shared("resource-explorer-2", "", Gain::Nothing),
    shared("servicecatalog", "", Gain::Nothing),
    shared("ssm-contacts", "", Gain::Nothing),
    shared("ssm-incidents", "", Gain::Nothing),
    shared("appmesh", "", Gain::Nothing),
    shared("apigateway", "", Gain::Nothing),
    shared("billing", "", Gain::Nothing),
    shared("refactor-spaces", "", Gain::Nothing),
    shared("arc-zonal-shift", "", Gain::Nothing),
    shared("mpa", "", Gain::Nothing),
    shared("dsql", "", Gain::Nothing),
    // Who looks at builds sees their logs, and starts none.
    shared("codebuild", "", Gain::Nothing),
    // Metadata: the rows are in buckets, whose policies are judged.
    shared("glue", "", Gain::Nothing),
    shared("imagebuilder", "", Gain::Elsewhere),
];

/// The type of a shared resource; none if it is not known here.
pub(super) fn find(arn: &str) -> Option<&'static SharedKind> {
    let mut parts = arn.splitn(6, ':');
    let service = parts.nth(2)?;
    let resource = parts.nth(2)?;
    KINDS
        .iter()
        .find(|kind| kind.service == service && resource.starts_with(kind.resource))
}

/// Every action by which data is gained.
pub(crate) fn actions() -> impl Iterator<Item = &'static str> {
    let ways = KINDS.iter().filter_map(|kind| match kind.gain {
        Gain::Data(ways) => Some(ways),
        Gain::Elsewhere | Gain::Nothing => None,
    });
    ways.flatten().flat_map(|way| {
        let home = way.at_home.iter().map(|(action, ..)| *action);
        way.actions.iter().copied().chain(home)
    })
}
