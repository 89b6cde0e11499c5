//! From `AWS::Organizations::*` documents to an [`Organization`]: who is where in the tree.

use std::collections::BTreeMap;

use blastwall_model::resources::{
    AccountKind, OrganizationKind, OrganizationalUnitKind, organizations,
};
use blastwall_model::{
    AccountId, Document, DocumentError, Field, Kind, Resource, Unknown, is_of_organization,
};

use crate::Caller;
use crate::organization::{AccountEntry, Organization, Unit};
use crate::status::Status;

/// Makes the organization that `AWS::Organizations::*` documents describe; documents of other
/// types are left aside.
///
/// Documents may leave out what has a default: an account without status is active, one without
/// parent is in the root. If there is no document of the caller's account, an entry is made.
///
/// # Errors
/// If a document does not have the shape of its type.
pub fn from_documents(
    documents: &[Document],
    caller: Caller,
) -> Result<Organization, DocumentError> {
    let organization = typed::<OrganizationKind>(documents)?.into_iter().next();
    let units = Units::new(typed::<OrganizationalUnitKind>(documents)?);
    let accounts = typed::<AccountKind>(documents)?;

    let management_account = organization
        .as_ref()
        .and_then(|organization| organization.config.management_account_id.known())
        .and_then(|id| id.parse().ok());
    let root_id = organization
        .as_ref()
        .and_then(|organization| organization.config.root_id.known().cloned());

    let mut entries = BTreeMap::new();
    for account in &accounts {
        let entry = units.entry(account, root_id.as_deref(), management_account.as_ref());
        entries.insert(entry.id.clone(), entry);
    }
    if !entries.contains_key(&caller.account) {
        let own = own_account(&caller, organization.is_some(), management_account.as_ref());
        entries.insert(own.id.clone(), own);
    }

    let mut documents: Vec<Document> = documents
        .iter()
        .filter(|document| is_of_organization(&document.kind))
        .cloned()
        .collect();
    documents.sort();
    Ok(Organization {
        id: organization.and_then(|organization| organization.config.id.known().cloned()),
        units: units.list(root_id.as_deref()),
        root_id,
        management_account,
        caller,
        accounts: entries.into_values().collect(),
        documents,
        gaps: Vec::new(),
        note: None,
    })
}

fn typed<K: Kind>(documents: &[Document]) -> Result<Vec<Resource<K>>, DocumentError> {
    documents
        .iter()
        .filter(|document| document.kind == K::TYPE)
        .map(Document::to::<K>)
        .collect()
}

/// The entry of the caller's account if the organization does not list it.
fn own_account(
    caller: &Caller,
    in_organization: bool,
    management_account: Option<&AccountId>,
) -> AccountEntry {
    let (tags, place_unknown) = if in_organization {
        let reason = "the account is not among those that could be listed";
        let place = Unknown {
            path: "config.ParentIds".to_owned(),
            reason: reason.to_owned(),
        };
        (Field::unknown("tags", reason), Some(place))
    } else {
        (Field::ABSENT, None)
    };
    AccountEntry {
        tags,
        management: management_account == Some(&caller.account),
        place_unknown,
        ..AccountEntry::unlisted(caller.account.clone())
    }
}

/// The units by id.
struct Units(BTreeMap<String, organizations::OrganizationalUnitConfig>);

/// The way from something up to the root.
#[derive(Default)]
struct Way {
    ids: Vec<String>,
    names: Vec<String>,
    unknown: Option<Unknown>,
}

impl Units {
    fn new(units: Vec<Resource<OrganizationalUnitKind>>) -> Self {
        Self(
            units
                .into_iter()
                .filter_map(|unit| Some((unit.config.id.known()?.clone(), unit.config)))
                .collect(),
        )
    }

    /// The units from the outermost down to the one with the id `parent`, itself included.
    fn way(&self, parent: &Field<String>, root_id: Option<&str>) -> Way {
        let mut way = Way::default();
        let mut parent = parent.get();
        loop {
            let id = match &parent {
                Ok(None) => break,
                Ok(Some(id)) if Some(id.as_str()) == root_id || id.starts_with("r-") => break,
                Ok(Some(id)) => (*id).clone(),
                Err(unknown) => {
                    way.unknown = Some(unknown.clone());
                    break;
                }
            };
            let Some(unit) = self.0.get(&id) else {
                way.unknown = Some(Unknown {
                    path: "config.ParentIds".to_owned(),
                    reason: format!("the unit {id} was not seen"),
                });
                break;
            };
            if way.ids.contains(&id) {
                way.unknown = Some(Unknown {
                    path: "config.ParentIds".to_owned(),
                    reason: format!("the unit {id} is inside itself"),
                });
                break;
            }
            way.names.push(unit.name.known().unwrap_or(&id).clone());
            way.ids.push(id);
            parent = unit.parent_id.get();
        }
        way.ids.reverse();
        way.names.reverse();
        way
    }

    fn entry(
        &self,
        account: &Resource<AccountKind>,
        root_id: Option<&str>,
        management_account: Option<&AccountId>,
    ) -> AccountEntry {
        let config = &account.config;
        let observed = &account.observed;
        let parent = match &config.parent_ids {
            Field::Known(parents) => parents.first().cloned().into(),
            Field::Absent(_) => Field::ABSENT,
            Field::Unknown(unknown) => Field::Unknown(unknown.clone()),
        };
        let way = self.way(&parent, root_id);
        let id = account_id(account);
        AccountEntry {
            name: config
                .account_name
                .known()
                .cloned()
                .unwrap_or_else(|| id.to_string()),
            email: config.email.known().cloned(),
            status: match &observed.status {
                Field::Known(word) => Status::parse(word),
                Field::Absent(_) => Status::Active,
                Field::Unknown(_) => Status::Other("UNKNOWN".to_owned()),
            },
            joined: observed.joined_timestamp.known().cloned(),
            tags: account.tags.clone(),
            management: management_account == Some(&id),
            parent: match parent {
                Field::Known(parent) => Some(parent),
                // Left out in an organization written by hand.
                Field::Absent(_) => root_id.map(str::to_owned),
                Field::Unknown(_) => None,
            },
            ou_ids: way.ids,
            ou_path: way.names,
            place_unknown: way.unknown,
            id,
        }
    }

    fn list(&self, root_id: Option<&str>) -> Vec<Unit> {
        let mut units: Vec<Unit> = self
            .0
            .iter()
            .map(|(id, config)| {
                let mut path = self.way(&config.parent_id, root_id).names;
                let name = config.name.known().unwrap_or(id).clone();
                path.push(name.clone());
                Unit {
                    id: id.clone(),
                    name,
                    parent: config
                        .parent_id
                        .known()
                        .cloned()
                        .or_else(|| root_id.map(str::to_owned)),
                    path,
                }
            })
            .collect();
        units.sort_by(|one, other| (&one.path, &one.id).cmp(&(&other.path, &other.id)));
        units
    }
}

/// The id of the account that a document is about: its property, else the end of its ARN
/// (`arn:aws:organizations::111122223333:account/o-abc/444455556666`), else the account that the
/// document was collected from.
fn account_id(account: &Resource<AccountKind>) -> AccountId {
    account
        .config
        .account_id
        .known()
        .and_then(|id| id.parse().ok())
        .or_else(|| account.arn.resource().rsplit('/').next()?.parse().ok())
        .unwrap_or_else(|| account.account.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastwall_aws::Partition;

    fn caller(account: &str) -> Caller {
        Caller {
            account: account.parse().unwrap(),
            arn: format!("arn:aws:iam::{account}:user/me").parse().unwrap(),
            partition: Partition::AWS,
        }
    }

    fn documents(lines: &[&str]) -> Vec<Document> {
        lines
            .iter()
            .map(|line| Document::parse(line).unwrap())
            .collect()
    }

    const ORGANIZATION: &str = r#"{"type":"AWS::Organizations::Organization","arn":"arn:aws:organizations::111111111111:organization/o-1","account":"111111111111","config":{"Id":"o-1","RootId":"r-1","ManagementAccountId":"111111111111"}}"#;
    const WORKLOADS: &str = r#"{"type":"AWS::Organizations::OrganizationalUnit","arn":"arn:aws:organizations::111111111111:ou/o-1/ou-1","account":"111111111111","config":{"Id":"ou-1","Name":"Workloads","ParentId":"r-1"}}"#;
    const PROD: &str = r#"{"type":"AWS::Organizations::OrganizationalUnit","arn":"arn:aws:organizations::111111111111:ou/o-1/ou-2","account":"111111111111","config":{"Id":"ou-2","Name":"Prod","ParentId":"ou-1"}}"#;
    const SHOP: &str = r#"{"type":"AWS::Organizations::Account","arn":"arn:aws:organizations::111111111111:account/o-1/333333333333","account":"111111111111","tags":{"team":"shop"},"config":{"AccountId":"333333333333","AccountName":"shop","Email":"shop@example.com","ParentIds":["ou-2"]},"observed":{"Status":"SUSPENDED","JoinedTimestamp":"2024-01-02T03:04:05Z"}}"#;
    const ROOT: &str = r#"{"type":"AWS::Organizations::Account","arn":"arn:aws:organizations::111111111111:account/o-1/111111111111","account":"111111111111","config":{"AccountName":"root"}}"#;
    const LOST: &str = r#"{"type":"AWS::Organizations::Account","arn":"arn:aws:organizations::111111111111:account/o-1/222222222222","account":"111111111111","config":{"AccountId":"222222222222","AccountName":"lost"},"unknown":{"config.ParentIds":"AccessDenied: organizations:ListRoots"}}"#;

    #[test]
    fn accounts_find_their_place_in_the_tree() {
        let documents = documents(&[SHOP, PROD, ROOT, LOST, WORKLOADS, ORGANIZATION]);
        let organization = from_documents(&documents, caller("111111111111")).unwrap();
        assert_eq!(organization.id.as_deref(), Some("o-1"));
        assert_eq!(organization.root_id.as_deref(), Some("r-1"));
        let [root, lost, shop] = organization.accounts.as_slice() else {
            panic!("{:?}", organization.accounts);
        };

        assert!(root.management && !shop.management);
        assert_eq!(
            (root.name.as_str(), &root.status),
            ("root", &Status::Active)
        );
        assert_eq!(root.parent.as_deref(), Some("r-1"));
        assert!(root.ou_path.is_empty() && root.place_unknown.is_none());

        assert_eq!(lost.parent, None);
        let unknown = lost.place_unknown.as_ref().unwrap();
        assert_eq!(unknown.reason, "AccessDenied: organizations:ListRoots");

        assert_eq!(shop.ou_path, ["Workloads", "Prod"]);
        assert_eq!(shop.ou_ids, ["ou-1", "ou-2"]);
        assert_eq!(shop.status.skip_reason(), Some("the account is suspended"));
        assert_eq!(shop.email.as_deref(), Some("shop@example.com"));
        assert_eq!(shop.joined.as_deref(), Some("2024-01-02T03:04:05Z"));
        assert_eq!(shop.tags.known().unwrap()["team"], "shop");

        let units: Vec<_> = organization.units.iter().map(|unit| &unit.path).collect();
        assert_eq!(units, [&vec!["Workloads"], &vec!["Workloads", "Prod"]]);
        let below: Vec<_> = organization.units_in("ou-1").map(|unit| &unit.id).collect();
        assert_eq!(below, ["ou-2"]);
        let inside: Vec<_> = organization
            .accounts_in("ou-2")
            .map(|one| &one.id)
            .collect();
        assert_eq!(inside, [&shop.id]);

        let again = from_documents(&organization.documents, caller("111111111111")).unwrap();
        assert_eq!(again.documents, organization.documents);
    }

    #[test]
    fn the_callers_account_is_always_there() {
        let alone = from_documents(&[], caller("999999999999")).unwrap();
        assert_eq!(alone.accounts.len(), 1);
        assert_eq!(alone.accounts[0].name, "999999999999");
        assert!(alone.accounts[0].place_unknown.is_none());

        let member = from_documents(&documents(&[ORGANIZATION]), caller("999999999999")).unwrap();
        assert_eq!(member.accounts.len(), 1);
        assert!(member.accounts[0].place_unknown.is_some());
        assert!(member.accounts[0].tags.get().is_err());
    }

    #[test]
    fn a_missing_unit_and_a_circle_are_unknown_places() {
        let missing = documents(&[ORGANIZATION, PROD, SHOP]);
        let organization = from_documents(&missing, caller("333333333333")).unwrap();
        let shop = &organization.accounts[0];
        assert_eq!(shop.ou_path, ["Prod"]);
        assert!(shop.place_unknown.as_ref().unwrap().reason.contains("ou-1"));

        let circle = documents(&[&WORKLOADS.replace("r-1", "ou-2"), PROD, SHOP]);
        let organization = from_documents(&circle, caller("333333333333")).unwrap();
        let reason = &organization.accounts[0]
            .place_unknown
            .as_ref()
            .unwrap()
            .reason;
        assert!(reason.contains("inside itself"), "{reason}");
    }

    #[test]
    fn a_document_of_the_wrong_shape_is_an_error() {
        let wrong = SHOP.replace(r#"["ou-2"]"#, r#""ou-2""#);
        let error = from_documents(&documents(&[&wrong]), caller("111111111111")).unwrap_err();
        assert!(error.to_string().contains("333333333333"), "{error}");
    }
}
