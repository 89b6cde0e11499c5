//! Amazon RDS: databases, clusters of them, and snapshots with whom they are shared.
//!
//! Source: Amazon RDS API Reference, version 2014-10-31.

use serde_json::Value;

use super::tags;
use crate::document::{Members, list, members, scalar, text};
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;
use crate::xml::Element;

pub(crate) const OPERATIONS: &[Operation] = &[
    listing("DescribeDBInstances", "rds:DescribeDBInstances", |call| {
        describe(call, &INSTANCE)
    }),
    listing("DescribeDBClusters", "rds:DescribeDBClusters", |call| {
        describe(call, &CLUSTER)
    }),
    listing("DescribeDBSnapshots", "rds:DescribeDBSnapshots", |call| {
        describe(call, &SNAPSHOT)
    }),
    listing(
        "DescribeDBClusterSnapshots",
        "rds:DescribeDBClusterSnapshots",
        |call| describe(call, &CLUSTER_SNAPSHOT),
    ),
    listing(
        "DescribeDBSnapshotAttributes",
        "rds:DescribeDBSnapshotAttributes",
        |call| attributes(call, &SNAPSHOT),
    ),
    listing(
        "DescribeDBClusterSnapshotAttributes",
        "rds:DescribeDBClusterSnapshotAttributes",
        |call| attributes(call, &CLUSTER_SNAPSHOT),
    ),
];

/// How a type is told.
struct Told {
    /// Its name, below `AWS::RDS::`, which is also that of an element of the list.
    name: &'static str,
    members: &'static Members,
    /// Where the ids of security groups are; empty if it has none.
    groups: &'static str,
}

const INSTANCE: Told = Told {
    name: "DBInstance",
    members: &[
        ("/arn", "DBInstanceArn"),
        ("/config/DBInstanceIdentifier", "DBInstanceIdentifier"),
        ("/config/DBClusterIdentifier", "DBClusterIdentifier"),
        ("/config/Engine", "Engine"),
        ("/config/StorageEncrypted", "StorageEncrypted"),
        ("/config/KmsKeyId", "KmsKeyId"),
        ("/config/PubliclyAccessible", "PubliclyAccessible"),
        (
            "/config/EnableIAMDatabaseAuthentication",
            "IAMDatabaseAuthenticationEnabled",
        ),
        ("/observed/DBInstanceStatus", "DBInstanceStatus"),
        ("/observed/InstanceCreateTime", "InstanceCreateTime"),
    ],
    groups: "/config/VPCSecurityGroups",
};

const CLUSTER: Told = Told {
    name: "DBCluster",
    members: &[
        ("/arn", "DBClusterArn"),
        ("/config/DBClusterIdentifier", "DBClusterIdentifier"),
        ("/config/Engine", "Engine"),
        ("/config/StorageEncrypted", "StorageEncrypted"),
        ("/config/KmsKeyId", "KmsKeyId"),
        (
            "/config/EnableIAMDatabaseAuthentication",
            "IAMDatabaseAuthenticationEnabled",
        ),
        ("/observed/Status", "Status"),
        ("/observed/ClusterCreateTime", "ClusterCreateTime"),
    ],
    groups: "/config/VpcSecurityGroupIds",
};

const SNAPSHOT: Told = Told {
    name: "DBSnapshot",
    members: &[
        ("/arn", "DBSnapshotArn"),
        ("/config/DBSnapshotIdentifier", "DBSnapshotIdentifier"),
        ("/config/DBInstanceIdentifier", "DBInstanceIdentifier"),
        ("/config/Engine", "Engine"),
        ("/config/Encrypted", "Encrypted"),
        ("/config/KmsKeyId", "KmsKeyId"),
        ("/observed/Status", "Status"),
        ("/observed/SnapshotCreateTime", "SnapshotCreateTime"),
    ],
    groups: "",
};

const CLUSTER_SNAPSHOT: Told = Told {
    name: "DBClusterSnapshot",
    members: &[
        ("/arn", "DBClusterSnapshotArn"),
        (
            "/config/DBClusterSnapshotIdentifier",
            "DBClusterSnapshotIdentifier",
        ),
        ("/config/DBClusterIdentifier", "DBClusterIdentifier"),
        ("/config/Engine", "Engine"),
        ("/config/Encrypted", "StorageEncrypted"),
        ("/config/KmsKeyId", "KmsKeyId"),
        ("/observed/Status", "Status"),
        ("/observed/SnapshotCreateTime", "SnapshotCreateTime"),
    ],
    groups: "",
};

fn documents<'a>(
    call: &Call<'a>,
    told: &Told,
) -> Result<impl Iterator<Item = &'a Value> + use<'a>, Failure> {
    let kind = format!("AWS::RDS::{}", told.name);
    let documents: Vec<&Value> = call.account()?.documents(&kind, call.region).collect();
    Ok(documents.into_iter())
}

fn describe(call: &Call<'_>, told: &Told) -> Result<Answer, Failure> {
    let elements = documents(call, told)?.map(|document| {
        let element = members(Element::new(told.name), document, told.members);
        let groups = list(document, told.groups).iter().filter_map(scalar);
        let groups = groups
            .map(|id| Element::new("VpcSecurityGroupMembership").text("VpcSecurityGroupId", id));
        let own = tags(document).map(|(key, value)| {
            Element::new("Tag")
                .text("Key", key)
                .maybe("Value", scalar(value))
        });
        let element = match told.groups {
            "" => element,
            _ => element.list("VpcSecurityGroups", groups),
        };
        element.list("TagList", own)
    });
    let limit = call.page_size("MaxRecords");
    let page = page(elements.collect(), call.input.get("Marker"), limit)?;
    Ok(Answer::Xml(
        Element::new("")
            .list(&format!("{}s", told.name), page.items)
            .maybe("Marker", page.next),
    ))
}

/// With whom a snapshot is shared.
fn attributes(call: &Call<'_>, told: &Told) -> Result<Answer, Failure> {
    let name = told.name;
    let id = format!("{name}Identifier");
    let asked = call.required(&id)?;
    let own = format!("/config/{id}");
    let found = documents(call, told)?.find(|document| text(document, &own) == asked);
    let found = found.ok_or_else(|| {
        let code = format!("{name}NotFoundFault");
        Failure::new(404, &code, "The snapshot does not exist.")
    })?;
    let attributes = list(found, &format!("/config/{name}Attributes")).iter();
    let attributes = attributes.map(|attribute| {
        let values = list(attribute, "/AttributeValues").iter();
        let values = values.filter_map(scalar);
        Element::new(format!("{name}Attribute"))
            .text("AttributeName", text(attribute, "/AttributeName"))
            .list(
                "AttributeValues",
                values.map(|value| Element::new("AttributeValue").content(value)),
            )
    });
    let result = Element::new(format!("{name}AttributesResult"))
        .text(&id, asked)
        .list(&format!("{name}Attributes"), attributes);
    Ok(Answer::Xml(Element::new("").child(result)))
}
