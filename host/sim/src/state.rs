//! The documents of an organization, parsed and indexed for the operations that serve them.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::resources::organizations as model;
use blastwall_model::resources::{
    AccessPoint, AccountPasswordPolicy, AccountPublicAccessBlock, AccountSummary, Bucket, Contacts,
    Group, Instance, InstanceProfile, ManagedPolicy, OidcProvider, Region, Role, RootUser,
    SamlProvider, SecurityGroup, ServerCertificate, ServiceSpecificCredentials, SigningCertificate,
    SshPublicKey, Trail, User, Volume, VpcKind,
};
use blastwall_model::{AccountId, Arn, Document, DocumentError, Gap, Kind, Resource};
use blastwall_store::{Directory, ReadError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::document::text;
use crate::replay::Unknowns;

/// Why a simulation cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A document does not have the shape of its type.
    #[error("a document of account {account} cannot be served")]
    Document {
        /// The account whose file holds it.
        account: AccountId,
        /// Which one, and what is wrong.
        #[source]
        source: DocumentError,
    },
    /// No operation would give this document back.
    #[error("{arn} is of type {kind}, which no operation of the organization serves")]
    Type {
        /// Which document.
        arn: Arn,
        /// Its type.
        kind: String,
    },
    /// Bucket names are unique over all accounts.
    #[error("the bucket `{name}` is in account {first} and in account {second}")]
    BucketTwice {
        /// Its name.
        name: String,
        /// One owner.
        first: AccountId,
        /// Another.
        second: AccountId,
    },
    /// A caller is nobody that the documents know.
    #[error("there is no {principal} that could own the access key `{access_key_id}`")]
    Caller {
        /// Its access key.
        access_key_id: String,
        /// Whom it names.
        principal: Arn,
    },
}

/// Everything that can be asked about.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) partition: String,
    pub(crate) organization: Option<Organization>,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    /// AWS's own policies that any account has a document of.
    pub(crate) aws_policies: BTreeMap<Arn, ManagedPolicy>,
    /// The owner of each bucket.
    pub(crate) bucket_owners: BTreeMap<String, AccountId>,
    /// What the documents say could not be seen, by account.
    pub(crate) unknowns: BTreeMap<AccountId, Unknowns>,
}

/// The organization itself.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) document: model::Organization,
    /// By id.
    pub(crate) units: BTreeMap<String, model::OrganizationalUnit>,
    /// By account id.
    pub(crate) accounts: BTreeMap<String, model::Account>,
    /// By id.
    pub(crate) policies: BTreeMap<String, model::Policy>,
    /// By account id.
    pub(crate) delegated: BTreeMap<String, model::DelegatedAdministrator>,
    pub(crate) resource_policy: Option<model::ResourcePolicy>,
}

/// One account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) policies: BTreeMap<Arn, ManagedPolicy>,
    pub(crate) root: Option<RootUser>,
    pub(crate) password_policy: Option<AccountPasswordPolicy>,
    pub(crate) summary: Option<AccountSummary>,
    pub(crate) instance_profiles: Vec<InstanceProfile>,
    pub(crate) oidc_providers: Vec<OidcProvider>,
    pub(crate) saml_providers: Vec<SamlProvider>,
    pub(crate) server_certificates: Vec<ServerCertificate>,
    pub(crate) service_specific_credentials: Vec<ServiceSpecificCredentials>,
    pub(crate) signing_certificates: Vec<SigningCertificate>,
    pub(crate) ssh_public_keys: Vec<SshPublicKey>,
    pub(crate) buckets: BTreeMap<String, Bucket>,
    pub(crate) public_access_block: Option<AccountPublicAccessBlock>,
    pub(crate) access_points: Vec<AccessPoint>,
    pub(crate) contacts: Option<Contacts>,
    pub(crate) regions: BTreeMap<String, Region>,
    pub(crate) security_groups: Vec<SecurityGroup>,
    pub(crate) instances: Vec<Instance>,
    pub(crate) volumes: Vec<Volume>,
    pub(crate) trails: Vec<Trail>,
    /// Documents that are served as they are, by type.
    others: BTreeMap<String, Vec<Value>>,
    /// What the scan that wrote the documents could not see.
    pub(crate) gaps: Vec<Gap>,
    /// The regions that any document is of, for accounts that do not list their regions.
    used_regions: BTreeSet<String>,
}

/// Regions of accounts whose documents name none; AWS enables it in every account.
const FIRST_REGION: &str = "us-east-1";

impl State {
    /// Reads all documents.
    ///
    /// # Errors
    /// If a file is damaged or a document could not be given back.
    pub(crate) fn load(directory: &Directory) -> Result<Self, LoadError> {
        let documents = directory.organization()?;
        let mut state = Self {
            organization: Organization::load(&documents)?,
            ..Self::default()
        };
        for document in &documents {
            state.remember(document);
        }
        for id in directory.accounts() {
            let mut account = Account::default();
            for document in directory.resources(&id)? {
                account.add(&id, &document)?;
                state.remember(&document);
            }
            account.add_missing_vpcs(&id);
            if let Some(coverage) = directory.coverage(&id)? {
                account.gaps = coverage.gaps;
            }
            state.index(&id, &account)?;
            state.accounts.insert(id, account);
        }
        if let Some(organization) = &state.organization {
            // A member without a file of its own is an account with nothing in it.
            for id in organization.accounts.keys() {
                if let Ok(id) = id.parse() {
                    state.accounts.entry(id).or_default();
                }
            }
            state.partition = organization.document.arn.partition().to_owned();
        }
        if state.partition.is_empty() {
            state.partition = "aws".to_owned();
        }
        Ok(state)
    }

    /// Keeps what a document says could not be seen.
    fn remember(&mut self, document: &Document) {
        #[derive(Deserialize)]
        struct Head {
            #[serde(default)]
            unknown: BTreeMap<String, String>,
        }
        // Each document has been read as its own type before, so this cannot fail.
        let Ok(head) = serde_json::from_str::<Head>(document.json()) else {
            return;
        };
        if !head.unknown.is_empty() {
            self.unknowns
                .entry(document.account.clone())
                .or_default()
                .insert(document.arn.clone(), head.unknown);
        }
    }

    fn index(&mut self, id: &AccountId, account: &Account) -> Result<(), LoadError> {
        for name in account.buckets.keys() {
            if let Some(first) = self.bucket_owners.insert(name.clone(), id.clone()) {
                return Err(LoadError::BucketTwice {
                    name: name.clone(),
                    first,
                    second: id.clone(),
                });
            }
        }
        for (arn, policy) in &account.policies {
            if arn.account() != "aws" {
                continue;
            }
            // Any account may have been refused the document; one that was not is enough.
            let known = self.aws_policies.get(arn);
            if known.is_none_or(|known| known.config.policy_document.known().is_none()) {
                self.aws_policies.insert(arn.clone(), policy.clone());
            }
        }
        if let Some(arn) = account.roles.values().map(|role| &role.arn).next() {
            self.partition = arn.partition().to_owned();
        }
        Ok(())
    }

    /// A managed policy as an account sees it: its own, or one of AWS.
    pub(crate) fn policy(&self, account: &AccountId, arn: &str) -> Option<&ManagedPolicy> {
        self.accounts
            .get(account)
            .and_then(|account| account.policies.get(arn))
            .or_else(|| self.aws_policies.get(arn))
    }

    /// The organization, if the account is in it.
    pub(crate) fn organization_of(&self, account: &AccountId) -> Option<&Organization> {
        self.organization
            .as_ref()
            .filter(|organization| organization.has(account))
    }

    /// The bucket with its owner.
    pub(crate) fn bucket(&self, name: &str) -> Option<(&AccountId, &Bucket)> {
        let owner = self.bucket_owners.get(name)?;
        Some((owner, self.accounts.get(owner)?.buckets.get(name)?))
    }
}

impl Organization {
    fn load(documents: &[Document]) -> Result<Option<Self>, LoadError> {
        let mut organization = None;
        let mut units = BTreeMap::new();
        let mut accounts = BTreeMap::new();
        let mut policies = BTreeMap::new();
        let mut delegated = BTreeMap::new();
        let mut resource_policy = None;
        for document in documents {
            let account = &document.account;
            match document.kind.as_str() {
                model::OrganizationKind::TYPE => {
                    organization = Some(read::<model::OrganizationKind>(account, document)?);
                }
                model::OrganizationalUnitKind::TYPE => {
                    let unit = read::<model::OrganizationalUnitKind>(account, document)?;
                    units.insert(id_of(unit.config.id.known(), &unit.arn), unit);
                }
                model::AccountKind::TYPE => {
                    let member = read::<model::AccountKind>(account, document)?;
                    accounts.insert(id_of(member.config.account_id.known(), &member.arn), member);
                }
                model::PolicyKind::TYPE => {
                    let policy = read::<model::PolicyKind>(account, document)?;
                    policies.insert(id_of(policy.config.id.known(), &policy.arn), policy);
                }
                model::DelegatedAdministratorKind::TYPE => {
                    let found = read::<model::DelegatedAdministratorKind>(account, document)?;
                    delegated.insert(id_of(found.config.account_id.known(), &found.arn), found);
                }
                model::ResourcePolicyKind::TYPE => {
                    resource_policy = Some(read::<model::ResourcePolicyKind>(account, document)?);
                }
                _ => return Err(unserved(document)),
            }
        }
        Ok(organization.map(|document| Self {
            document,
            units,
            accounts,
            policies,
            delegated,
            resource_policy,
        }))
    }

    /// The management account.
    pub(crate) fn management(&self) -> &AccountId {
        &self.document.account
    }

    pub(crate) fn has(&self, account: &AccountId) -> bool {
        account == self.management() || self.accounts.contains_key(account.as_str())
    }

    pub(crate) fn root_id(&self) -> String {
        match self.document.config.root_id.known() {
            Some(id) => id.clone(),
            // Hand-written organizations need not name it; every other id refers to it as parent.
            None => "r-root".to_owned(),
        }
    }

    pub(crate) fn id(&self) -> String {
        id_of(self.document.config.id.known(), &self.document.arn)
    }

    /// The parent of an account or of a unit, the root if the document does not say.
    pub(crate) fn parent(&self, child: &str) -> Option<String> {
        if let Some(unit) = self.units.get(child) {
            return Some(or_root(unit.config.parent_id.known(), self));
        }
        let account = self.accounts.get(child)?;
        let parents = account.config.parent_ids.known();
        Some(or_root(parents.and_then(|parents| parents.first()), self))
    }

    /// The policies of a type that are attached to a root, a unit or an account.
    pub(crate) fn attached<'a>(
        &'a self,
        target: &'a str,
        policy_type: &'a str,
    ) -> impl Iterator<Item = &'a model::Policy> {
        self.policies.values().filter(move |policy| {
            policy_type_of(policy) == policy_type
                && policy
                    .config
                    .target_ids
                    .known()
                    .is_some_and(|targets| targets.iter().any(|id| id == target))
        })
    }

    /// Whether policies of the type are in force. An organization that does not list the types
    /// that are enabled has those that it has policies of.
    pub(crate) fn enabled(&self, policy_type: &str) -> bool {
        match self.document.observed.enabled_policy_types.known() {
            Some(types) => types.iter().any(|enabled| enabled == policy_type),
            None => self
                .policies
                .values()
                .any(|policy| policy_type_of(policy) == policy_type),
        }
    }

    /// From the root down to the account.
    pub(crate) fn path(&self, account: &AccountId) -> Vec<String> {
        let mut path = vec![account.to_string()];
        // No deeper than there are units, so that units that contain each other do no harm.
        for _ in 0..=self.units.len() {
            match path.last().and_then(|child| self.parent(child)) {
                Some(parent) => path.push(parent),
                None => break,
            }
        }
        path.reverse();
        path
    }
}

pub(crate) fn policy_type_of(policy: &model::Policy) -> &str {
    policy
        .config
        .policy_type
        .known()
        .map_or("SERVICE_CONTROL_POLICY", String::as_str)
}

fn or_root(parent: Option<&String>, organization: &Organization) -> String {
    parent.cloned().unwrap_or_else(|| organization.root_id())
}

/// The id of a document: the property, or else the last part of the ARN, which AWS makes of it.
fn id_of(id: Option<&String>, arn: &Arn) -> String {
    id.cloned()
        .unwrap_or_else(|| last_part(arn.as_str()).to_owned())
}

/// What follows the last slash of an ARN: the name or the id of most resources.
pub(crate) fn last_part(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or_default()
}

fn read<K: Kind>(account: &AccountId, document: &Document) -> Result<Resource<K>, LoadError> {
    document.to().map_err(|source| LoadError::Document {
        account: account.clone(),
        source,
    })
}

fn unserved(document: &Document) -> LoadError {
    LoadError::Type {
        arn: document.arn.clone(),
        kind: document.kind.clone(),
    }
}

impl Account {
    fn add(&mut self, id: &AccountId, document: &Document) -> Result<(), LoadError> {
        use blastwall_model::resources as kinds;
        if *document.region != *blastwall_model::GLOBAL {
            self.used_regions.insert(document.region.to_string());
        }
        let name = || last_part(document.arn.as_str()).to_owned();
        match document.kind.as_str() {
            kinds::UserKind::TYPE => {
                self.users
                    .insert(name(), read::<kinds::UserKind>(id, document)?);
            }
            kinds::GroupKind::TYPE => {
                self.groups
                    .insert(name(), read::<kinds::GroupKind>(id, document)?);
            }
            kinds::RoleKind::TYPE => {
                self.roles
                    .insert(name(), read::<kinds::RoleKind>(id, document)?);
            }
            kinds::ManagedPolicyKind::TYPE => {
                let policy = read::<kinds::ManagedPolicyKind>(id, document)?;
                self.policies.insert(policy.arn.clone(), policy);
            }
            kinds::RootUserKind::TYPE => {
                self.root = Some(read::<kinds::RootUserKind>(id, document)?)
            }
            kinds::AccountPasswordPolicyKind::TYPE => {
                self.password_policy =
                    Some(read::<kinds::AccountPasswordPolicyKind>(id, document)?);
            }
            kinds::AccountSummaryKind::TYPE => {
                self.summary = Some(read::<kinds::AccountSummaryKind>(id, document)?);
            }
            kinds::InstanceProfileKind::TYPE => {
                self.instance_profiles
                    .push(read::<kinds::InstanceProfileKind>(id, document)?);
            }
            kinds::OidcProviderKind::TYPE => {
                self.oidc_providers
                    .push(read::<kinds::OidcProviderKind>(id, document)?);
            }
            kinds::SamlProviderKind::TYPE => {
                self.saml_providers
                    .push(read::<kinds::SamlProviderKind>(id, document)?);
            }
            kinds::ServerCertificateKind::TYPE => {
                self.server_certificates
                    .push(read::<kinds::ServerCertificateKind>(id, document)?);
            }
            kinds::ServiceSpecificCredentialsKind::TYPE => {
                self.service_specific_credentials
                    .push(read::<kinds::ServiceSpecificCredentialsKind>(id, document)?);
            }
            kinds::SigningCertificateKind::TYPE => {
                self.signing_certificates
                    .push(read::<kinds::SigningCertificateKind>(id, document)?);
            }
            kinds::SshPublicKeyKind::TYPE => {
                self.ssh_public_keys
                    .push(read::<kinds::SshPublicKeyKind>(id, document)?);
            }
            kinds::BucketKind::TYPE => {
                self.buckets
                    .insert(name(), read::<kinds::BucketKind>(id, document)?);
            }
            kinds::AccountPublicAccessBlockKind::TYPE => {
                self.public_access_block =
                    Some(read::<kinds::AccountPublicAccessBlockKind>(id, document)?);
            }
            kinds::AccessPointKind::TYPE => {
                self.access_points
                    .push(read::<kinds::AccessPointKind>(id, document)?);
            }
            kinds::ContactsKind::TYPE => {
                self.contacts = Some(read::<kinds::ContactsKind>(id, document)?);
            }
            kinds::RegionKind::TYPE => {
                self.regions
                    .insert(name(), read::<kinds::RegionKind>(id, document)?);
            }
            kinds::SecurityGroupKind::TYPE => {
                self.security_groups
                    .push(read::<kinds::SecurityGroupKind>(id, document)?)
            }
            kinds::InstanceKind::TYPE => {
                self.instances
                    .push(read::<kinds::InstanceKind>(id, document)?);
            }
            kinds::VolumeKind::TYPE => self.volumes.push(read::<kinds::VolumeKind>(id, document)?),
            kinds::TrailKind::TYPE => self.trails.push(read::<kinds::TrailKind>(id, document)?),
            _ => self.add_as_it_is(id, document)?,
        }
        Ok(())
    }

    /// Directories need not describe the VPCs that their instances and security groups are in; AWS has
    /// none without.
    fn add_missing_vpcs(&mut self, account: &AccountId) {
        let instances = self
            .instances
            .iter()
            .map(|it| (&it.region, &it.config.vpc_id));
        let groups = self.security_groups.iter();
        let groups = groups.map(|it| (&it.region, &it.config.vpc_id));
        let named: BTreeSet<(&str, &str)> = instances
            .chain(groups)
            .filter_map(|(region, vpc)| Some((region.as_str(), vpc.known()?.as_str())))
            .collect();
        let vpcs = self.others.entry(VpcKind::TYPE.to_owned()).or_default();
        for (region, vpc) in named {
            let is_vpc = |document: &Value| text(document, "/config/VpcId") == vpc;
            if !vpcs.iter().any(is_vpc) {
                vpcs.push(json!({
                    "arn": format!("arn:aws:ec2:{region}:{account}:vpc/{vpc}"),
                    "region": region,
                    "config": { "VpcId": vpc },
                }));
            }
        }
    }

    /// Keeps a document of a type that is served as it is, if it has the shape of its type.
    fn add_as_it_is(&mut self, id: &AccountId, document: &Document) -> Result<(), LoadError> {
        use blastwall_model::resources as kinds;
        macro_rules! check {
            ($($kind:path),* $(,)?) => {
                match document.kind.as_str() {
                    $(<$kind>::TYPE => read::<$kind>(id, document).map(drop)?,)*
                    // Any other type is served by the Cloud Control API, whatever its shape.
                    _ => {}
                }
            };
        }
        check!(
            kinds::AlarmKind,
            kinds::AnalyzerKind,
            kinds::ConfigurationRecorderKind,
            kinds::DeliveryChannelKind,
            kinds::LogGroupKind,
            kinds::MetricFilterKind,
            kinds::SubscriptionFilterKind,
            kinds::logs::ResourcePolicyKind,
            kinds::EbsEncryptionByDefaultKind,
            kinds::EipKind,
            kinds::FlowLogKind,
            kinds::ImageBlockPublicAccessKind,
            kinds::ImageKind,
            kinds::InstanceMetadataDefaultsKind,
            kinds::InternetGatewayKind,
            kinds::KeyKind,
            kinds::KeyPairKind,
            kinds::LaunchTemplateKind,
            kinds::NetworkAclKind,
            kinds::NetworkInterfaceKind,
            kinds::RouteTableKind,
            kinds::SnapshotBlockPublicAccessKind,
            kinds::SnapshotKind,
            kinds::SubnetKind,
            kinds::TransitGatewayAttachmentKind,
            kinds::TransitGatewayKind,
            kinds::TransitGatewayRouteTableKind,
            kinds::VpcBlockPublicAccessOptionsKind,
            kinds::VpcEndpointKind,
            kinds::VpcEndpointServiceKind,
            kinds::VpcKind,
            kinds::VpcPeeringConnectionKind,
        );
        // It has just been read as its own type.
        let value = serde_json::from_str(document.json()).unwrap_or_default();
        let kind = self.others.entry(document.kind.to_string());
        kind.or_default().push(value);
        Ok(())
    }

    /// The documents of a type in a region that are served as they are.
    pub(crate) fn documents<'a>(
        &'a self,
        kind: &str,
        region: &'a str,
    ) -> impl Iterator<Item = &'a Value> + use<'a> {
        let documents = self.others.get(kind).into_iter().flatten();
        documents.filter(move |document| {
            let own = document.get("region").and_then(Value::as_str);
            own.is_none_or(|own| own == region)
        })
    }

    /// The names of the regions that are enabled. An account whose documents list no regions has
    /// those that its resources are in, and the first of all.
    pub(crate) fn enabled_regions(&self) -> BTreeSet<&str> {
        if self.regions.is_empty() {
            return self
                .used_regions
                .iter()
                .map(String::as_str)
                .chain([FIRST_REGION])
                .collect();
        }
        self.regions
            .iter()
            .filter(|(_, region)| {
                region
                    .observed
                    .opt_in_status
                    .known()
                    .is_none_or(|status| status != "not-opted-in")
            })
            .map(|(name, _)| name.as_str())
            .collect()
    }
}
