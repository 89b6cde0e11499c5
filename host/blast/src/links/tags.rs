//! Who writes the tags of a principal, a workload or whatever else is asked for.

use std::fmt;

use blastwall_policy::Keys;

use super::power::Power;
use crate::facts::PrincipalKind;
use crate::judge::Judgement;
use crate::request::RESOURCE_TAGS;
use crate::tagging::{PRINCIPAL_TAGS, WritesTags};
use crate::world::PrincipalRow;

/// What writes a tag of a thing, and what takes one away; the latter is empty if nothing does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tagging {
    pub(super) tag: &'static str,
    pub(super) untag: &'static str,
}

const USER: Tagging = Tagging {
    tag: "iam:TagUser",
    untag: "iam:UntagUser",
};
const ROLE: Tagging = Tagging {
    tag: "iam:TagRole",
    untag: "iam:UntagRole",
};

/// The actions that write tags of principals.
pub(super) const ACTIONS: [&str; 4] = [USER.tag, USER.untag, ROLE.tag, ROLE.untag];

impl Tagging {
    /// What writes the tags of a principal.
    pub(super) fn of(row: &PrincipalRow) -> Self {
        match row.kind {
            PrincipalKind::User => USER,
            PrincipalKind::Role => ROLE,
        }
    }
}

/// Whose tags are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Caller,
    Resource,
}

/// One who writes the tags of one thing.
#[derive(Clone)]
pub(super) struct TagWriter<'a, 'w> {
    whose: Whose,
    power: Power<'a, 'w>,
    tagging: Tagging,
    arn: &'w str,
    /// What is known of a request about the thing.
    keys: Keys,
}

impl<'a, 'w> TagWriter<'a, 'w> {
    /// None if it certainly writes none.
    pub(super) fn new(
        power: &Power<'a, 'w>,
        whose: Whose,
        tagging: Tagging,
        arn: &'w str,
        keys: Keys,
    ) -> Option<Self> {
        power.mentions(tagging.tag).then(|| Self {
            whose,
            power: power.clone(),
            tagging,
            arn,
            keys,
        })
    }

    /// The same for the tags of a principal. Nobody in the account changes what AWS keeps.
    pub(super) fn of_principal(
        power: &Power<'a, 'w>,
        whose: Whose,
        row: &'w PrincipalRow,
    ) -> Option<Self> {
        let own = row.account == power.row.account && !row.is_protected();
        let tagging = Tagging::of(row);
        (own && power.mentions(tagging.tag)).then(|| {
            Self::new(
                power,
                whose,
                tagging,
                row.arn.as_str(),
                power.keys_about(row),
            )
        })?
    }
}

impl WritesTags for TagWriter<'_, '_> {
    fn prefixes(&self) -> &'static [&'static str] {
        match self.whose {
            Whose::Caller => PRINCIPAL_TAGS,
            Whose::Resource => RESOURCE_TAGS,
        }
    }

    /// In a request of its own, which carries this tag alone. Source: IAM User Guide, "Controlling access
    /// during AWS requests".
    fn writes(&self, name: &str, value: Option<&str>) -> Option<Judgement> {
        let tag = format!("aws:requesttag/{name}");
        let mut keys = self.power.without_request_tags(self.keys.clone());
        keys = keys.fixed("aws:TagKeys", [name]);
        let action = match value {
            Some(value) => {
                keys = keys.fixed(&tag, [value]);
                self.tagging.tag
            }
            None if self.tagging.untag.is_empty() => return None,
            None => self.tagging.untag,
        };
        Some(self.power.complete(self.power.may(action, self.arn, keys)?))
    }
}

impl fmt::Debug for TagWriter<'_, '_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} writes tags of {}",
            self.power.row.arn, self.arn
        )
    }
}
