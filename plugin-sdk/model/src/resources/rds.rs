//! Amazon RDS, Aurora, Neptune and DocumentDB: databases and what was copied of them.

use crate::resource::{kind, properties, shapes};

shapes! {
    /// With whom a snapshot is shared.
    SnapshotAttribute {
        /// `restore`.
        attribute_name: String,
        /// Ids of accounts, or `all`; sorted.
        attribute_values: Vec<String>,
    }
}

properties! {
    /// What is set on a database (`AWS::RDS::DBInstance`).
    "config" DbInstanceConfig {
        /// Its name.
        "DBInstanceIdentifier" db_instance_identifier: String,
        /// The cluster that it is of.
        "DBClusterIdentifier" db_cluster_identifier: String,
        /// `postgres` and the like.
        "Engine" engine: String,
        /// Whether it is encrypted.
        "StorageEncrypted" storage_encrypted: bool,
        /// The ARN of the key.
        "KmsKeyId" kms_key_id: String,
        /// Whether its name resolves to an address of the internet.
        "PubliclyAccessible" publicly_accessible: bool,
        /// Whether IAM lets users of the database in.
        "EnableIAMDatabaseAuthentication" enable_iam_database_authentication: bool,
        /// The ids of its security groups, sorted.
        "VPCSecurityGroups" vpc_security_groups: Vec<String>,
    }
}

properties! {
    /// What is observed of a database.
    "observed" DbInstanceObserved {
        /// `available` and the like.
        "DBInstanceStatus" db_instance_status: String,
        /// RFC 3339.
        "InstanceCreateTime" instance_create_time: String,
    }
}

kind! {
    /// A database.
    DbInstance, DbInstanceKind = "AWS::RDS::DBInstance", DbInstanceConfig, DbInstanceObserved
}

properties! {
    /// What is set on a cluster of databases (`AWS::RDS::DBCluster`).
    "config" DbClusterConfig {
        /// Its name.
        "DBClusterIdentifier" db_cluster_identifier: String,
        /// `aurora-postgresql` and the like.
        "Engine" engine: String,
        /// Whether it is encrypted.
        "StorageEncrypted" storage_encrypted: bool,
        /// The ARN of the key.
        "KmsKeyId" kms_key_id: String,
        /// Whether IAM lets users of the database in.
        "EnableIAMDatabaseAuthentication" enable_iam_database_authentication: bool,
        /// The ids of its security groups, sorted.
        "VpcSecurityGroupIds" vpc_security_group_ids: Vec<String>,
    }
}

properties! {
    /// What is observed of a cluster of databases.
    "observed" DbClusterObserved {
        /// `available` and the like.
        "Status" status: String,
        /// RFC 3339.
        "ClusterCreateTime" cluster_create_time: String,
    }
}

kind! {
    /// A cluster of databases over one store of data.
    DbCluster, DbClusterKind = "AWS::RDS::DBCluster", DbClusterConfig, DbClusterObserved
}

properties! {
    /// What is set on a snapshot of a database (`AWS::RDS::DBSnapshot`); with whom it is shared as the API has it.
    "config" DbSnapshotConfig {
        /// Its name.
        "DBSnapshotIdentifier" db_snapshot_identifier: String,
        /// The database that it is of.
        "DBInstanceIdentifier" db_instance_identifier: String,
        /// `postgres` and the like.
        "Engine" engine: String,
        /// Whether it is encrypted.
        "Encrypted" encrypted: bool,
        /// The ARN of the key.
        "KmsKeyId" kms_key_id: String,
        /// With whom it is shared.
        "DBSnapshotAttributes" db_snapshot_attributes: Vec<SnapshotAttribute>,
    }
}

properties! {
    /// What is observed of a snapshot of a database.
    "observed" DbSnapshotObserved {
        /// `available` and the like.
        "Status" status: String,
        /// RFC 3339.
        "SnapshotCreateTime" snapshot_create_time: String,
    }
}

kind! {
    /// A snapshot of a database that somebody took, with whom it is shared. Those that RDS takes by itself cannot be
    /// shared and are left out.
    DbSnapshot, DbSnapshotKind = "AWS::RDS::DBSnapshot", DbSnapshotConfig, DbSnapshotObserved
}

properties! {
    /// What is set on a snapshot of a cluster (`AWS::RDS::DBClusterSnapshot`).
    "config" DbClusterSnapshotConfig {
        /// Its name.
        "DBClusterSnapshotIdentifier" db_cluster_snapshot_identifier: String,
        /// The cluster that it is of.
        "DBClusterIdentifier" db_cluster_identifier: String,
        /// `aurora-postgresql` and the like.
        "Engine" engine: String,
        /// Whether it is encrypted.
        "Encrypted" encrypted: bool,
        /// The ARN of the key.
        "KmsKeyId" kms_key_id: String,
        /// With whom it is shared.
        "DBClusterSnapshotAttributes" db_cluster_snapshot_attributes: Vec<SnapshotAttribute>,
    }
}

properties! {
    /// What is observed of a snapshot of a cluster.
    "observed" DbClusterSnapshotObserved {
        /// `available` and the like.
        "Status" status: String,
        /// RFC 3339.
        "SnapshotCreateTime" snapshot_create_time: String,
    }
}

kind! {
    /// A snapshot of a cluster of databases that somebody took, with whom it is shared.
    DbClusterSnapshot, DbClusterSnapshotKind = "AWS::RDS::DBClusterSnapshot",
    DbClusterSnapshotConfig, DbClusterSnapshotObserved
}
