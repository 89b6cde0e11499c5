//! Looks up what a reader knows things by: account names for ids, short names for ARNs.

use std::collections::BTreeMap;

use blastwall_model::{AccountId, Arn, GLOBAL};

use crate::report::{Account, Report};

/// The accounts of a report by id.
pub(crate) struct Names<'report> {
    accounts: BTreeMap<&'report AccountId, &'report Account>,
    /// Names of accounts that only the blast radius speaks of: filters left them out.
    others: BTreeMap<&'report AccountId, &'report str>,
}

impl<'report> Names<'report> {
    /// By what an environment is found: its name, marked as one where an account has the same.
    pub(crate) fn environment(&self, name: &str) -> String {
        let mut accounts = self.accounts.values();
        match accounts.any(|account| account.name == name) {
            true => format!("env:{name}"),
            false => name.to_owned(),
        }
    }

    pub(crate) fn new(report: &'report Report) -> Self {
        Self {
            accounts: report
                .accounts
                .iter()
                .map(|account| (&account.id, account))
                .collect(),
            others: report
                .blast_radius
                .iter()
                .flat_map(|survey| &survey.accounts)
                .filter_map(|blast| Some((&blast.account, blast.name.as_deref()?)))
                .collect(),
        }
    }

    pub(crate) fn account(&self, id: &AccountId) -> Option<&'report Account> {
        self.accounts.get(id).copied()
    }

    /// The environment that these accounts are all of; none if they are of several, or it has more.
    pub(crate) fn environment_of(&self, ids: &[&AccountId]) -> Option<&'report str> {
        let environment = |id: &AccountId| Some(self.account(id)?.environment.name.as_str());
        let name = environment(ids.first()?)?;
        let all = self
            .accounts
            .keys()
            .filter(|id| environment(id) == Some(name));
        let these = ids.iter().all(|id| environment(id) == Some(name));
        (these && all.count() == ids.len()).then_some(name)
    }

    /// `payments-prod (111122223333)`, or the id alone if there is no name. The id is always
    /// there, because names are free text and need not be unique.
    pub(crate) fn label(&self, id: &AccountId) -> String {
        let name = match self.account(id) {
            Some(account) => account.name.as_str(),
            None => self.others.get(id).copied().unwrap_or_default(),
        };
        label(name, id)
    }

    /// Up to `limit` labels in a row, and how many more there are.
    pub(crate) fn list<'id>(
        &self,
        ids: impl ExactSizeIterator<Item = &'id AccountId>,
        limit: usize,
    ) -> String {
        let total = ids.len();
        let labels: Vec<String> = ids.take(limit).map(|id| self.label(id)).collect();
        match total - labels.len() {
            0 => labels.join(", "),
            more => format!("{} and {more} more", labels.join(", ")),
        }
    }
}

/// `payments-prod (111122223333)`, or the id alone if there is no name.
pub(crate) fn label(name: &str, id: &AccountId) -> String {
    if name.is_empty() {
        id.to_string()
    } else {
        format!("{name} ({id})")
    }
}

/// A resource in few words, for a reader who knows the account: `s3 customer-exports`,
/// `ec2 security-group/sg-1 in eu-west-1`.
pub(crate) fn resource(resource: Option<&Arn>, region: &str) -> String {
    let name = resource.map_or_else(
        || "the account".to_owned(),
        |arn| format!("{} {}", arn.service(), arn.resource()),
    );
    if region.is_empty() || region == GLOBAL {
        name
    } else {
        format!("{name} in {region}")
    }
}

/// `1 account`, `2 accounts`.
pub(crate) fn count(number: u64, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

/// The length of something, as the counts of reports are kept.
pub(crate) fn len(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A share in whole per cent. Only all is 100 %, and only none is 0 %: 999 of 1,000 shows as 99.
pub(crate) fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    let shown = if share < 1.0 && rounded >= 100.0 {
        99.0
    } else if share > 0.0 && rounded <= 0.0 {
        1.0
    } else {
        rounded
    };
    format!("{shown:.0} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_all_is_not_all() {
        for (share, shown) in [
            (1.0, "100 %"),
            (0.9999, "99 %"),
            (0.5, "50 %"),
            (0.001, "1 %"),
            (0.0, "0 %"),
        ] {
            assert_eq!(percent(share), shown);
        }
    }

    #[test]
    fn resources_in_few_words() {
        let arn: Arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"
            .parse()
            .unwrap();
        assert_eq!(
            resource(Some(&arn), "eu-west-1"),
            "ec2 security-group/sg-1 in eu-west-1"
        );
        assert_eq!(resource(None, GLOBAL), "the account");
    }
}
