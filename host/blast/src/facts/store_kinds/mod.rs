//! The resource types that hold data: what reads, copies, shares and rewrites them, one row a type.
//!
//! Only what a row is; the rows are in [`table`] and [`credentials`], and the documents are read in `stores.rs`.

mod credentials;
mod table;

pub(crate) use credentials::LINK as STORED_CREDENTIAL;
pub(super) use credentials::may_hold_credentials;

/// A way to copy what holds data.
#[derive(Debug)]
pub(crate) struct Copying {
    /// The action that makes the copy, asked about the original.
    pub(crate) source: &'static str,
    /// The actions that read the copy or hand it over, all needed.
    pub(crate) copy: &'static [&'static str],
    /// Whether the copy goes to an account outside.
    pub(crate) hands_over: bool,
    /// What must be the case besides; empty if nothing.
    pub(crate) besides: &'static str,
}

const fn copying(source: &'static str, copy: &'static [&'static str]) -> Copying {
    Copying {
        source,
        copy,
        hands_over: false,
        besides: "",
    }
}

const fn sharing(source: &'static str, share: &'static [&'static str]) -> Copying {
    Copying {
        hands_over: true,
        ..copying(source, share)
    }
}

/// A way to read data.
#[derive(Debug)]
pub(crate) struct Way {
    /// The actions, all needed.
    pub(crate) actions: &'static [&'static str],
    /// What stands behind the ARN in its requests, if that is not the same for all ways.
    pub(crate) suffix: Option<&'static str>,
    /// Actions about something of the reader's own, all needed, and what: service and name.
    pub(crate) at_home: &'static [(&'static str, &'static str, &'static str)],
    /// What must be the case besides; empty if nothing.
    pub(crate) besides: &'static str,
}

const fn way(actions: &'static [&'static str]) -> Way {
    Way {
        actions,
        suffix: None,
        at_home: &[],
        besides: "",
    }
}

const fn way_if(actions: &'static [&'static str], besides: &'static str) -> Way {
    Way {
        besides,
        ..way(actions)
    }
}

/// A resource type that holds data.
#[derive(Debug)]
pub(crate) struct StoreKind {
    /// The resource type.
    pub(crate) kind: &'static str,
    /// The link by which its data is had.
    pub(crate) link: &'static str,
    /// The ways to read the data, each enough; none if only copies are read.
    pub(crate) ways: &'static [Way],
    /// What stands behind the ARN in a request for the data.
    pub(crate) suffix: &'static str,
    /// The actions that change what others run from it, all needed; empty if nobody does. Source: ECR User
    /// Guide, "IAM permissions for pushing an image"; a client of the API needs no token for a registry.
    pub(crate) push: &'static [&'static str],
    /// The actions, each enough, that rewrite its policy or share it otherwise.
    pub(crate) rewrites: &'static [&'static str],
    /// Further actions that its policy may have a say in.
    pub(crate) further: &'static [&'static str],
    /// The ways in which an insider copies it and has the copy.
    pub(crate) copies: &'static [Copying],
    /// A JSON pointer below `config` or `observed` to the list of those that it is shared with. What has one
    /// is shared with accounts outside its own, and only with those.
    pub(crate) shares: &'static str,
    /// A JSON pointer below `config`, or `observed` where CloudFormation has none, to its policy; empty if it
    /// has none there.
    pub(super) policy: &'static str,
    /// JSON pointers below `config` to the customer's key that encrypts it.
    pub(super) keys: &'static [&'static str],
    /// How the service that decrypts for a reader names itself in `kms:ViaService`.
    pub(crate) via: &'static str,
    /// The key of the encryption context in which the service tells the key what is read; empty if that is
    /// not told here.
    pub(crate) context: &'static str,
    /// Whether requests name it by an ARN without an account. Source: Service Authorization Reference,
    /// "Actions, resources, and condition keys for Amazon EC2", resource types.
    pub(crate) ownerless: bool,
}

impl StoreKind {
    /// Whether this action is one that reads the data.
    pub(crate) fn reads(&self, action: &str) -> bool {
        let mut actions = self.ways.iter().flat_map(|way| way.actions);
        actions.any(|reading| reading.eq_ignore_ascii_case(action))
    }

    /// Every action that its policy may have a say in.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &'static str> {
        let ways = self.ways.iter().flat_map(|way| way.actions);
        ways.chain(self.push)
            .chain(self.rewrites)
            .chain(self.further)
            .copied()
    }

    /// Whether there is anything in it to read; what has nothing is only there for others to build on.
    pub(crate) fn holds_data(&self) -> bool {
        !self.ways.is_empty() || !self.copies.is_empty()
    }

    /// Whether its document has its policy, so that one without says that there is none.
    pub(crate) fn tells_policy(&self) -> bool {
        !self.policy.is_empty()
    }
}

const fn store(
    kind: &'static str,
    link: &'static str,
    ways: &'static [Way],
    policy: &'static str,
) -> StoreKind {
    StoreKind {
        kind,
        link,
        ways,
        suffix: "",
        push: &[],
        rewrites: &[],
        further: &[],
        copies: &[],
        shares: "",
        policy,
        keys: &[],
        via: "",
        context: "",
        ownerless: false,
    }
}

/// The type of keys, which other data needs besides.
pub(crate) const KEY: &str = "AWS::KMS::Key";
pub(crate) const BUCKET: &str = "AWS::S3::Bucket";
pub(crate) const LOG_GROUP: &str = "AWS::Logs::LogGroup";
pub(crate) const BACKUP_VAULT: &str = "AWS::Backup::BackupVault";

/// Lets somebody use a key without a word in its policy.
pub(crate) const CREATE_GRANT: &str = "kms:CreateGrant";

/// Every row.
pub(crate) fn store_kinds() -> impl Iterator<Item = &'static StoreKind> + Clone {
    table::KINDS.iter().chain(credentials::KINDS)
}
