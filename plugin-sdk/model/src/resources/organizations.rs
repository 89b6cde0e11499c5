//! AWS Organizations. The `account` of these documents is the management account.

use serde_json::Value;

use crate::resource::{kind, properties};

properties! {
    /// What identifies an organization.
    "config" OrganizationConfig {
        /// Its id, `o-…`.
        "Id" id: String,
        /// The id of its root, `r-…`.
        "RootId" root_id: String,
        /// `ALL` or `CONSOLIDATED_BILLING`.
        "FeatureSet" feature_set: String,
        /// The management account.
        "ManagementAccountId" management_account_id: String,
        /// Its e-mail address.
        "ManagementAccountEmail" management_account_email: String,
    }
}

properties! {
    /// What is observed of an organization.
    "observed" OrganizationObserved {
        /// The policy types that are enabled in the root, such as `SERVICE_CONTROL_POLICY`.
        "EnabledPolicyTypes" enabled_policy_types: Vec<String>,
        /// The services that may act in all accounts, `cloudtrail.amazonaws.com`.
        "EnabledServicePrincipals" enabled_service_principals: Vec<String>,
        /// What is central about root users: `RootCredentialsManagement`, `RootSessions`.
        "EnabledFeatures" enabled_features: Vec<String>,
    }
}

kind! {
    /// An organization and its root (`AWS::Organizations::Organization`).
    Organization, OrganizationKind = "AWS::Organizations::Organization",
    OrganizationConfig, OrganizationObserved
}

properties! {
    /// What is set on an organizational unit (`AWS::Organizations::OrganizationalUnit`).
    "config" OrganizationalUnitConfig {
        /// Its id, `ou-…`.
        "Id" id: String,
        /// Its name.
        "Name" name: String,
        /// The root or the unit that it is in.
        "ParentId" parent_id: String,
    }
}

properties! {
    /// Nothing is observed of an organizational unit.
    "observed" OrganizationalUnitObserved {}
}

kind! {
    /// An organizational unit.
    OrganizationalUnit, OrganizationalUnitKind = "AWS::Organizations::OrganizationalUnit",
    OrganizationalUnitConfig, OrganizationalUnitObserved
}

properties! {
    /// What is set on an account (`AWS::Organizations::Account`).
    "config" AccountConfig {
        /// Twelve digits.
        "AccountId" account_id: String,
        /// Its name.
        "AccountName" account_name: String,
        /// The e-mail address of its root user.
        "Email" email: String,
        /// The root or the unit that it is in; AWS allows one.
        "ParentIds" parent_ids: Vec<String>,
    }
}

properties! {
    /// What is observed of an account.
    "observed" AccountObserved {
        /// `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE` or `CLOSED`.
        "Status" status: String,
        /// `CREATED` or `INVITED`.
        "JoinedMethod" joined_method: String,
        /// RFC 3339.
        "JoinedTimestamp" joined_timestamp: String,
    }
}

kind! {
    /// An account of an organization.
    Account, AccountKind = "AWS::Organizations::Account", AccountConfig, AccountObserved
}

properties! {
    /// What is set on a policy of an organization (`AWS::Organizations::Policy`).
    "config" PolicyConfig {
        /// Its id, `p-…`.
        "Id" id: String,
        /// Its name.
        "Name" name: String,
        /// `SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY`, `DECLARATIVE_POLICY_EC2`, …
        "Type" policy_type: String,
        /// The decoded document.
        "Content" content: Value,
        /// The root, units and accounts that it is attached to.
        "TargetIds" target_ids: Vec<String>,
    }
}

properties! {
    /// What is observed of a policy.
    "observed" PolicyObserved {
        /// Whether it is one of AWS's own.
        "AwsManaged" aws_managed: bool,
    }
}

kind! {
    /// A policy of an organization and where it is attached.
    Policy, PolicyKind = "AWS::Organizations::Policy", PolicyConfig, PolicyObserved
}

properties! {
    /// What is set on a delegated administrator, named as in the Organizations API.
    "config" DelegatedAdministratorConfig {
        /// The account.
        "AccountId" account_id: String,
        /// The services that it administers, `guardduty.amazonaws.com`.
        "ServicePrincipals" service_principals: Vec<String>,
    }
}

properties! {
    /// What is observed of a delegated administrator.
    "observed" DelegatedAdministratorObserved {
        /// When it first became one, RFC 3339.
        "DelegationEnabledDate" delegation_enabled_date: String,
    }
}

kind! {
    /// An account that administers services for the organization; a type of our own.
    DelegatedAdministrator, DelegatedAdministratorKind =
        "AWS::Organizations::DelegatedAdministrator",
    DelegatedAdministratorConfig, DelegatedAdministratorObserved
}

properties! {
    /// What is set on the resource policy of an organization
    /// (`AWS::Organizations::ResourcePolicy`).
    "config" ResourcePolicyConfig {
        /// Its id, `rp-…`.
        "Id" id: String,
        /// The decoded document: what member accounts may do to the organization.
        "Content" content: Value,
    }
}

properties! {
    /// Nothing is observed of it.
    "observed" ResourcePolicyObserved {}
}

kind! {
    /// The resource policy of an organization, which delegates its administration; at most one.
    ResourcePolicy, ResourcePolicyKind = "AWS::Organizations::ResourcePolicy",
    ResourcePolicyConfig, ResourcePolicyObserved
}
