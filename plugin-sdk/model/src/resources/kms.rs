//! AWS Key Management Service.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::resource::{kind, properties, shapes};

shapes! {
    /// The encryption contexts that a grant is bound to.
    GrantConstraints {
        /// The context must contain these.
        #[serde(skip_serializing_if = "Option::is_none")]
        encryption_context_subset: Option<BTreeMap<String, String>>,
        /// The context must be these.
        #[serde(skip_serializing_if = "Option::is_none")]
        encryption_context_equals: Option<BTreeMap<String, String>>,
    }

    /// A grant: a permission next to the key policy.
    Grant {
        /// Its id.
        grant_id: String,
        /// Its name.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Who may.
        #[serde(skip_serializing_if = "Option::is_none")]
        grantee_principal: Option<String>,
        /// Who may end it.
        #[serde(skip_serializing_if = "Option::is_none")]
        retiring_principal: Option<String>,
        /// The account that made it.
        #[serde(skip_serializing_if = "Option::is_none")]
        issuing_account: Option<String>,
        /// What the grantee may, `Decrypt`.
        operations: Vec<String>,
        /// The encryption contexts that it is bound to.
        #[serde(skip_serializing_if = "Option::is_none")]
        constraints: Option<GrantConstraints>,
    }
}

properties! {
    /// What is set on a key (`AWS::KMS::Key`).
    "config" KeyConfig {
        /// Its id.
        "KeyId" key_id: String,
        /// Free text.
        "Description" description: String,
        /// Whether it can be used.
        "Enabled" enabled: bool,
        /// The key policy, decoded.
        "KeyPolicy" key_policy: Value,
        /// Whether its material is renewed by itself; absent where that cannot be.
        "EnableKeyRotation" enable_key_rotation: bool,
        /// Days; absent if its material is not renewed by itself.
        "RotationPeriodInDays" rotation_period_in_days: i32,
        /// `SYMMETRIC_DEFAULT`, `RSA_2048`, …
        "KeySpec" key_spec: String,
        /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, …
        "KeyUsage" key_usage: String,
        /// Whether it has copies in other regions.
        "MultiRegion" multi_region: bool,
        /// `AWS_KMS`, `EXTERNAL`, …
        "Origin" origin: String,
    }
}

properties! {
    /// What is observed of a key.
    "observed" KeyObserved {
        /// `CUSTOMER` or `AWS`.
        "KeyManager" key_manager: String,
        /// `Enabled`, `Disabled`, `PendingDeletion`, …
        "KeyState" key_state: String,
        /// RFC 3339.
        "CreationDate" creation_date: String,
        /// RFC 3339; absent unless it waits to be deleted.
        "DeletionDate" deletion_date: String,
        /// Its names, `alias/…`.
        "Aliases" aliases: Vec<String>,
        /// Its grants.
        "Grants" grants: Vec<Grant>,
    }
}

kind! {
    /// A KMS key with its policy and grants: the account's own keys, and those that AWS keeps in it.
    Key, KeyKind = "AWS::KMS::Key", KeyConfig, KeyObserved
}
