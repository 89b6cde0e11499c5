//! AWS IAM Identity Center: who of the workforce has what in which account.
//!
//! The service calls itself `sso` and its directory `identitystore`. Nobody but the management account and
//! the delegated administrator can ask it.

use crate::resource::{kind, properties, shapes};

properties! {
    /// What is set on an instance (`AWS::SSO::Instance`).
    "config" DirectoryInstanceConfig {
        /// Its ARN.
        "InstanceArn" instance_arn: String,
        /// Its name.
        "Name" name: String,
    }
}

properties! {
    /// What is observed of an instance.
    "observed" DirectoryInstanceObserved {
        /// The account that it belongs to; the management account, unless it is an account's own.
        "OwnerAccountId" owner_account_id: String,
        /// The directory that its users and groups are in, `d-1234567890`.
        "IdentityStoreId" identity_store_id: String,
        /// `ACTIVE`, `CREATE_IN_PROGRESS` and the like.
        "Status" status: String,
        /// RFC 3339.
        "CreatedDate" created_date: String,
    }
}

kind! {
    /// An instance of Identity Center.
    DirectoryInstance, DirectoryInstanceKind = "AWS::SSO::Instance",
    DirectoryInstanceConfig, DirectoryInstanceObserved
}

properties! {
    /// What is set on a permission set (`AWS::SSO::PermissionSet`). What it permits stands in the roles that
    /// Identity Center makes of it, `AWSReservedSSO_…`.
    "config" PermissionSetConfig {
        /// Its ARN.
        "PermissionSetArn" permission_set_arn: String,
        /// The ARN of its instance.
        "InstanceArn" instance_arn: String,
        /// Its name.
        "Name" name: String,
        /// Free text.
        "Description" description: String,
        /// How long a session lasts, ISO 8601: `PT1H`.
        "SessionDuration" session_duration: String,
        /// Where users are sent once they are signed in.
        "RelayStateType" relay_state: String,
    }
}

properties! {
    /// What is observed of a permission set.
    "observed" PermissionSetObserved {
        /// RFC 3339.
        "CreatedDate" created_date: String,
    }
}

kind! {
    /// A permission set of Identity Center.
    PermissionSet, PermissionSetKind = "AWS::SSO::PermissionSet", PermissionSetConfig, PermissionSetObserved
}

properties! {
    /// What is set on an assignment (`AWS::SSO::Assignment`): one user or group, one permission set, one account.
    "config" AssignmentConfig {
        /// The ARN of the instance.
        "InstanceArn" instance_arn: String,
        /// The ARN of the permission set.
        "PermissionSetArn" permission_set_arn: String,
        /// The id of the user or group in the directory.
        "PrincipalId" principal_id: String,
        /// `USER` or `GROUP`.
        "PrincipalType" principal_type: String,
        /// The id of the account.
        "TargetId" target_id: String,
        /// `AWS_ACCOUNT`.
        "TargetType" target_type: String,
    }
}

properties! {
    /// What is observed of an assignment: nothing.
    "observed" AssignmentObserved {}
}

kind! {
    /// An assignment of Identity Center. AWS has no ARN for it; ours names the instance, the account, the
    /// permission set and the user or group.
    Assignment, AssignmentKind = "AWS::SSO::Assignment", AssignmentConfig, AssignmentObserved
}

properties! {
    /// What is set on a user of the directory (`AWS::IdentityStore::User`): what tells who it is, and no more.
    "config" DirectoryUserConfig {
        /// The id of the directory.
        "IdentityStoreId" identity_store_id: String,
        /// The id of the user.
        "UserId" user_id: String,
        /// What the user signs in as.
        "UserName" user_name: String,
        /// What the user is shown as.
        "DisplayName" display_name: String,
    }
}

properties! {
    /// What is observed of a user of the directory: nothing.
    "observed" DirectoryUserObserved {}
}

kind! {
    /// A user of the directory of Identity Center.
    DirectoryUser, DirectoryUserKind = "AWS::IdentityStore::User", DirectoryUserConfig, DirectoryUserObserved
}

properties! {
    /// What is set on a group of the directory (`AWS::IdentityStore::Group`).
    "config" DirectoryGroupConfig {
        /// The id of the directory.
        "IdentityStoreId" identity_store_id: String,
        /// The id of the group.
        "GroupId" group_id: String,
        /// Its name.
        "DisplayName" display_name: String,
        /// Free text.
        "Description" description: String,
    }
}

properties! {
    /// What is observed of a group of the directory: nothing.
    "observed" DirectoryGroupObserved {}
}

kind! {
    /// A group of the directory of Identity Center.
    DirectoryGroup, DirectoryGroupKind = "AWS::IdentityStore::Group", DirectoryGroupConfig, DirectoryGroupObserved
}

shapes! {
    /// Who is in a group.
    MemberId {
        /// The id of the user.
        user_id: String,
    }
}

properties! {
    /// What is set on a membership (`AWS::IdentityStore::GroupMembership`).
    "config" GroupMembershipConfig {
        /// The id of the directory.
        "IdentityStoreId" identity_store_id: String,
        /// Its own id.
        "MembershipId" membership_id: String,
        /// The id of the group.
        "GroupId" group_id: String,
        /// The user.
        "MemberId" member_id: MemberId,
    }
}

properties! {
    /// What is observed of a membership: nothing.
    "observed" GroupMembershipObserved {}
}

kind! {
    /// A user of the directory in a group of it.
    GroupMembership, GroupMembershipKind = "AWS::IdentityStore::GroupMembership",
    GroupMembershipConfig, GroupMembershipObserved
}
