//! AWS Account Management.

use crate::resource::{kind, properties, shapes};

shapes! {
    /// Whom AWS writes to besides the root user.
    AlternateContact {
        /// `BILLING`, `OPERATIONS` or `SECURITY`.
        alternate_contact_type: String,
        /// The e-mail address.
        email_address: String,
    }
}

properties! {
    /// The contacts of an account, named as in the API; telephone numbers and postal addresses stay
    /// where they are.
    "config" ContactsConfig {
        /// The company or the person; absent if there is none.
        "FullName" full_name: String,
        /// The alternate contacts, by type.
        "AlternateContacts" alternate_contacts: Vec<AlternateContact>,
    }
}

properties! {
    /// Nothing is observed of them.
    "observed" ContactsObserved {}
}

kind! {
    /// Whom AWS writes to about an account; a type of our own, one an account.
    Contacts, ContactsKind = "AWS::Account::Contacts", ContactsConfig, ContactsObserved
}
