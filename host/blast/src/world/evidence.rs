//! What tells what happened or brings it back, and by which requests it is destroyed.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_model::{AccountId, Arn};
use blastwall_policy::actions;

use super::{AccountIndex, AccountRow, EvidenceIndex, StoreIndex, StoreRow, World};
use crate::arns::instance;
use crate::facts::{BACKUP_VAULT, BUCKET, EvidenceFacts, Lock, Policies};
use crate::regions::home_region;

/// Something that tells what happened, or brings it back.
#[derive(Clone, Debug)]
pub(crate) struct EvidenceRow {
    /// The kind of link by which somebody has power over it.
    pub(crate) link: &'static str,
    /// What it is: an ARN, or a service with the account that administers it.
    pub(crate) of: String,
    /// The account that it is in.
    pub(crate) owner: AccountIndex,
    /// The bucket or vault, which has a policy of its own.
    pub(crate) store: Option<StoreIndex>,
    /// The actions, each enough, that destroy it, and on which resource.
    pub(crate) requests: Vec<(&'static str, String)>,
    /// What it tells, in words.
    pub(crate) told: String,
}

const LOG_ARCHIVE: &str = "log-archive";
const BACKUP: &str = "backup";
const SECURITY_SERVICE: &str = "security-service";

/// What blinds a trail.
const ON_TRAIL: &[&str] = &[
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:PutEventSelectors",
];

const DELETE_OBJECT: &str = "s3:DeleteObject";
const WRITE_OBJECT: &str = "s3:PutObject";
const DELETE_VERSION: &str = "s3:DeleteObjectVersion";
/// Lets objects expire, all of them if one likes.
const EXPIRE: &str = "s3:PutLifecycleConfiguration";
const DELETE_RECOVERY_POINT: &str = "backup:DeleteRecoveryPoint";

/// Services that watch or protect all accounts for whom they are delegated to: the service principals, and
/// the actions that switch them off or hide what they find. Source: Service Authorization Reference.
const SERVICES: &[(&[&str], &[&str])] = &[
    (
        &["guardduty.amazonaws.com"],
        &[
            "guardduty:ArchiveFindings",
            "guardduty:CreateFilter",
            "guardduty:CreateIPSet",
            "guardduty:DeleteDetector",
            "guardduty:DeleteMembers",
            "guardduty:DisassociateMembers",
            "guardduty:StopMonitoringMembers",
            "guardduty:UpdateDetector",
            "guardduty:UpdateMemberDetectors",
        ],
    ),
    (
        &["securityhub.amazonaws.com"],
        &[
            "securityhub:BatchUpdateFindings",
            "securityhub:CreateAutomationRule",
            "securityhub:DeleteMembers",
            "securityhub:DisassociateMembers",
            "securityhub:DisableSecurityHub",
        ],
    ),
    (
        &[
            "config.amazonaws.com",
            "config-multiaccountsetup.amazonaws.com",
        ],
        &[
            "config:DeleteConfigurationAggregator",
            "config:DeleteOrganizationConfigRule",
        ],
    ),
    (
        &["access-analyzer.amazonaws.com"],
        &[
            "access-analyzer:CreateArchiveRule",
            "access-analyzer:DeleteAnalyzer",
            "access-analyzer:UpdateFindings",
        ],
    ),
    (
        &["macie.amazonaws.com"],
        &["macie2:CreateFindingsFilter", "macie2:DisableMacie"],
    ),
    (
        &["inspector2.amazonaws.com"],
        &["inspector2:CreateFilter", "inspector2:Disable"],
    ),
    (&["detective.amazonaws.com"], &["detective:DeleteGraph"]),
    (&["cloudtrail.amazonaws.com"], ON_TRAIL),
    (
        &["backup.amazonaws.com"],
        &["backup:DeleteRecoveryPoint", "backup:UpdateBackupPlan"],
    ),
    (
        &["fms.amazonaws.com"],
        &["fms:DeletePolicy", "fms:PutPolicy"],
    ),
];

/// The actions that links of a kind ask about.
pub(crate) fn evidence_actions(link: &str) -> impl Iterator<Item = &'static str> {
    let actions: Vec<&'static str> = match link {
        LOG_ARCHIVE => ON_TRAIL
            .iter()
            .copied()
            .chain([DELETE_OBJECT, DELETE_VERSION, EXPIRE])
            .collect(),
        BACKUP => vec![DELETE_RECOVERY_POINT],
        _ => SERVICES
            .iter()
            .flat_map(|(_, actions)| *actions)
            .copied()
            .collect(),
    };
    actions.into_iter()
}

/// Where something may be asked about that is anywhere in an account.
pub(super) struct Places<'a> {
    pub(super) partition: &'a str,
    /// The regions that policies tell apart.
    pub(super) regions: &'a BTreeSet<String>,
    pub(super) policies: &'a Policies,
}

impl Places<'_> {
    /// What an action is asked about in an account, in each region that policies tell apart or name something of: one
    /// of each type that it takes.
    fn of(&self, action: &str, account: &str) -> Vec<String> {
        let statements = self.policies.iter();
        let statements = statements.flat_map(|stored| &stored.policy.statements);
        let about = statements.filter(|statement| statement.actions.covers(action));
        let named = about
            .filter_map(|statement| statement.resources.as_ref())
            .flat_map(|clause| &clause.patterns)
            .filter_map(|pattern| pattern.as_str().split(':').nth(3))
            .filter(|region| !region.is_empty() && !region.contains(['*', '?', '$']));
        let regions = self.regions.iter().map(String::as_str).chain(named);
        let regions: BTreeSet<&str> = regions.chain([home_region(self.partition)]).collect();
        let types = actions::find(action).into_iter();
        let types = types.flat_map(actions::Action::resource_types);
        let mut templates: Vec<String> = types.map(|(kind, _)| kind.arn.to_owned()).collect();
        if templates.is_empty() {
            let service = action.split(':').next().unwrap_or_default();
            templates.push(format!(
                "arn:${{Partition}}:{service}:${{Region}}:${{Account}}:${{Any}}"
            ));
        }
        let pairs = regions
            .iter()
            .flat_map(|region| templates.iter().map(move |template| (template, region)));
        pairs
            .map(|(template, region)| instance(template, self.partition, region, account))
            .collect()
    }
}

/// Everything of that kind in the organization, in a fixed order.
pub(super) fn evidence_rows(
    facts: &EvidenceFacts,
    stores: &[StoreRow],
    accounts: &[AccountRow],
    by_id: &std::collections::HashMap<AccountId, AccountIndex>,
    delegated: &BTreeMap<String, Vec<AccountIndex>>,
    places: &Places<'_>,
) -> Vec<EvidenceRow> {
    let mut rows = Vec::new();
    for arn in &facts.trails {
        let Some(owner) = by_id.get(arn.account()) else {
            continue;
        };
        rows.push(EvidenceRow {
            link: LOG_ARCHIVE,
            of: arn.to_string(),
            owner: *owner,
            store: None,
            requests: ON_TRAIL
                .iter()
                .map(|action| (*action, arn.to_string()))
                .collect(),
            told: "it records who did what".to_owned(),
        });
    }
    for (place, store) in stores.iter().enumerate() {
        // What nobody may delete is no way to destroy anything.
        if store.lock == Lock::Compliance {
            continue;
        }
        let index = StoreIndex::new(place);
        match store.kind.kind {
            BUCKET => {
                let deliveries = facts.buckets.get(store.arn.as_str());
                rows.extend(deliveries.map(|from| archive(index, store, from.iter())));
            }
            BACKUP_VAULT => rows.push(vault(index, store)),
            _ => {}
        }
    }
    for (services, actions) in SERVICES {
        for service in *services {
            for owner in delegated.get(*service).into_iter().flatten() {
                let Some(account) = accounts.get(owner.index()) else {
                    continue;
                };
                let id = &account.id;
                let anywhere = |action: &'static str| {
                    let resources = places.of(action, id.as_str());
                    resources
                        .into_iter()
                        .map(move |resource| (action, resource))
                };
                rows.push(EvidenceRow {
                    link: SECURITY_SERVICE,
                    of: format!("{service}, administered by {id}"),
                    owner: *owner,
                    store: None,
                    requests: actions.iter().copied().flat_map(anywhere).collect(),
                    told: "it tells of all accounts, or protects them".to_owned(),
                });
            }
        }
    }
    rows
}

fn archive<'a>(
    index: StoreIndex,
    store: &StoreRow,
    from: impl Iterator<Item = &'a Arn>,
) -> EvidenceRow {
    // Where versions are kept, deleting an object only hides it.
    let delete = if store.versioned {
        DELETE_VERSION
    } else {
        DELETE_OBJECT
    };
    let objects = format!("{}{}", store.arn, store.kind.suffix);
    // Where none are kept, writing over an object destroys it too.
    let over = (!store.versioned).then(|| (WRITE_OBJECT, objects.clone()));
    let from: Vec<&str> = from.map(Arn::as_str).collect();
    EvidenceRow {
        link: LOG_ARCHIVE,
        of: store.arn.to_string(),
        owner: store.account,
        store: Some(index),
        requests: [(delete, objects), (EXPIRE, store.arn.to_string())]
            .into_iter()
            .chain(over)
            .collect(),
        told: format!("{} delivered to it", from.join(", ")),
    }
}

fn vault(index: StoreIndex, store: &StoreRow) -> EvidenceRow {
    let arn = store.arn.as_str();
    let vault = arn
        .split_once(":backup-vault:")
        .map_or(arn, |(head, _)| head);
    EvidenceRow {
        link: BACKUP,
        of: store.arn.to_string(),
        owner: store.account,
        store: Some(index),
        requests: vec![(DELETE_RECOVERY_POINT, format!("{vault}:recovery-point:any"))],
        told: "it has recovery points".to_owned(),
    }
}

impl World {
    pub(crate) fn evidence(&self, index: EvidenceIndex) -> Option<&EvidenceRow> {
        self.evidence.get(index.index())
    }

    /// What links of a kind are about.
    pub(crate) fn evidence_of(
        &self,
        link: &str,
    ) -> impl Iterator<Item = (EvidenceIndex, &EvidenceRow)> {
        let rows = self.evidence.iter().enumerate();
        rows.filter(move |(_, row)| row.link == link)
            .map(|(place, row)| (EvidenceIndex::new(place), row))
    }
}
