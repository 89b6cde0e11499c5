//! What is known of the condition keys of a request, from who asks and what is asked for.

use blastwall_model::Tags;
use blastwall_policy::{Effect, Keys, Known};

use crate::arns::ANY_NAME;
use crate::facts::{PrincipalKind, Trust};
use crate::world::{AccountIndex, PrincipalRow, World};

/// What is known of the condition keys when a principal of one account asks for a resource of
/// another.
#[derive(Debug)]
pub(crate) struct RequestKeys<'w> {
    pub(crate) world: &'w World,
    keys: Keys,
}

/// How condition keys begin that have a tag of the resource behind them, those of services included that
/// have their own. Source: Service Authorization Reference.
pub(crate) const RESOURCE_TAGS: &[&str] = &[
    "aws:resourcetag/",
    "ec2:resourcetag/",
    "ecr:resourcetag/",
    "iam:resourcetag/",
    "s3:buckettag/",
    "secretsmanager:resourcetag/",
    "ssm:resourcetag/",
];

/// A value that no organization has: the id of "some other organization".
const OTHER_ORGANIZATION: &str = "o-other";

impl<'w> RequestKeys<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        // Every client of AWS can do that, and does unless told otherwise.
        let keys = Keys::new()
            .fixed("aws:SecureTransport", ["true"])
            .fixed("s3:TlsVersion", ["1.3"]);
        Self {
            world,
            keys: match &world.as_of {
                Some(moment) => keys.since(moment),
                None => keys,
            },
        }
    }

    /// The caller is in this account.
    pub(crate) fn sent_from_account(mut self, account: AccountIndex) -> Self {
        let Some(row) = self.world.account(account) else {
            return self;
        };
        match (&self.world.organization_id, &row.organization_path) {
            (Some(id), Some(path)) => {
                self.keys = self
                    .keys
                    .fixed("aws:PrincipalOrgID", [id.as_str()])
                    .fixed("aws:PrincipalOrgPaths", [path.as_str()]);
                self
            }
            // Without the organization's documents, or with a list of its accounts that does not
            // have this one, nothing is known about it.
            (Some(_), None) | (None, _) => self,
        }
    }

    /// The caller is in an account of some organization that no policy names.
    pub(crate) fn sent_from_outside(self) -> Self {
        let root = format!("{OTHER_ORGANIZATION}/r-other/");
        self.sent_from_organization(OTHER_ORGANIZATION, &root)
    }

    /// The same in a unit of it.
    pub(crate) fn sent_from_outside_unit(self) -> Self {
        let unit = format!("{OTHER_ORGANIZATION}/r-other/ou-other-other/");
        self.sent_from_organization(OTHER_ORGANIZATION, &unit)
    }

    /// The caller is in an account of no organization. Source: AWS IAM User Guide, "AWS global condition
    /// context keys": `aws:PrincipalOrgID` and `aws:PrincipalOrgPaths` are there only if the principal is
    /// a member of an organization.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub(crate) fn sent_from_no_organization(mut self) -> Self {
        self.keys = self
            .keys
            .absent("aws:PrincipalOrgID")
            .absent("aws:PrincipalOrgPaths");
        self
    }

    /// The caller is in this unit of another organization.
    pub(crate) fn sent_from_organization(mut self, id: &str, path: &str) -> Self {
        self.keys = self
            .keys
            .fixed("aws:PrincipalOrgID", [id])
            .fixed("aws:PrincipalOrgPaths", [path]);
        self
    }

    /// The caller is this user or role.
    pub(crate) fn sent_by(mut self, row: &PrincipalRow) -> Self {
        if let Some(id) = row
            .unique_id
            .as_deref()
            .filter(|_| !self.world.user_ids.is_empty())
        {
            self.keys = match row.kind {
                PrincipalKind::User => self.keys.fixed("aws:userid", [id]),
                PrincipalKind::Role => self.as_session_of(id),
            };
        }
        self.with_tags_of(row)
    }

    /// The id of a session is that of the role with the name of the session, which whoever enters the role chooses:
    /// it is open where a policy asks for one of the role's. Source: IAM User Guide, "IAM policy elements: Variables
    /// and tags", principal key values.
    fn as_session_of(&self, id: &str) -> Keys {
        let mut asked = self.world.user_ids.iter();
        let chosen = asked.any(|asked| {
            let name = asked
                .strip_prefix(id)
                .and_then(|rest| rest.strip_prefix(':'));
            name.is_some_and(|name| name != "*")
        });
        match chosen {
            true => self.keys.clone(),
            false => {
                let session = format!("{id}:{ANY_NAME}");
                self.keys.clone().fixed("aws:userid", [session])
            }
        }
    }

    /// The caller has these tags and no others, unless the trust policy lets sessions be tagged: those
    /// tags win over the role's, and all stay open.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    fn with_tags_of(mut self, row: &PrincipalRow) -> Self {
        let Some(tags) = &row.tags else {
            return self;
        };
        if self.world.tag_keys.is_empty() || self.lets_tag_sessions(&row.trust) {
            return self;
        }
        for key in &self.world.tag_keys {
            let Some(name) = key.strip_prefix("aws:principaltag/") else {
                continue;
            };
            let value = tags
                .iter()
                .find(|(tag, _)| tag.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_str());
            match value {
                Some(value) => self.keys = self.keys.fixed(key, [value]),
                None => self.keys = self.keys.absent(key),
            }
        }
        self
    }

    pub(crate) fn lets_tag_sessions(&self, trust: &Trust) -> bool {
        let policy = match trust {
            Trust::Policy(index) => self.world.policies.get(*index),
            Trust::Unknown => return true,
            Trust::NotApplicable => None,
        };
        policy.is_some_and(|stored| {
            stored.policy.statements.iter().any(|statement| {
                statement.effect == Effect::Allow && statement.actions.covers("sts:TagSession")
            })
        })
    }

    /// The resource is this role.
    pub(crate) fn for_resource(self, row: &PrincipalRow) -> Self {
        self.tagged(row.tags.as_ref()).for_account(row.account)
    }

    /// The resource has these tags; none if they are not known.
    pub(crate) fn tagged(mut self, tags: Option<&Tags>) -> Self {
        if let Some(tags) = tags {
            for key in &self.world.tag_keys {
                let name = RESOURCE_TAGS
                    .iter()
                    .find_map(|prefix| key.strip_prefix(prefix));
                let Some(name) = name else { continue };
                let value = tags.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(name));
                self.keys = match value {
                    Some((_, value)) => self.keys.fixed(key, [value.as_str()]),
                    None => self.keys.absent(key),
                };
            }
        }
        self
    }

    /// This is known besides.
    pub(crate) fn knowing(mut self, keys: &[(String, Known)]) -> Self {
        for (key, known) in keys {
            self.keys.set(key, known.clone());
        }
        self
    }

    /// The resource is in this account.
    pub(crate) fn for_account(mut self, account: AccountIndex) -> Self {
        let row = self.world.account(account);
        if let (Some(id), Some(path)) = (
            &self.world.organization_id,
            row.and_then(|row| row.organization_path.as_ref()),
        ) {
            self.keys = self
                .keys
                .fixed("aws:ResourceOrgID", [id.as_str()])
                .fixed("aws:ResourceOrgPaths", [path.as_str()]);
        }
        self
    }

    pub(crate) fn build(self) -> Keys {
        self.keys
    }
}
