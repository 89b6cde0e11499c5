//! Who reads the data behind a resource policy, and what it takes besides: the key.
//!
//! One mechanism for every type of `facts/store_kinds/`; the kinds differ in their documentation and in the
//! types that they are about.

use blastwall_model::AccountId;

use super::access::{Gate, ask, candidates};
use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{STORED_CREDENTIAL as STORED, store_kinds};
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{StoreIndex, StoreRow};

/// A kind of link to data.
pub(super) struct StoreAccess(LinkDocumentation);

macro_rules! store_access {
    ($($name:ident: $id:literal, $title:literal, $target:literal, $mitigations:literal, $reference:literal;)*) => {
        $(
            pub(super) static $name: StoreAccess = StoreAccess(LinkDocumentation {
                id: $id,
                name: $title,
                family: "data",
                source: "principal, whole account, or party outside",
                target: $target,
                precondition: "inside the account, identity policies or the policy of the resource allow \
                    it; across accounts both do; boundary, service control and resource control policies \
                    do not stop it. Data under a customer's key takes the key as well, as the service \
                    asks for it in the caller's name; where policies open only what is under a name, \
                    only that is had",
                mitigations: $mitigations,
                references: &[$reference],
            });
        )*
    };
}

store_access! {
    S3_POLICY: "s3-policy", "S3 bucket policy", "the objects of a bucket",
        "aws:PrincipalOrgID, aws:SourceVpce, s3:ResourceAccount; Block Public Access; resource control \
         policies on S3",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html";
    KMS_POLICY: "kms-policy", "KMS key policy", "every ciphertext under the key, or those of a service or context",
        "kms:ViaService, kms:CallerAccount, kms:EncryptionContext:*, aws:PrincipalOrgID; resource control \
         policies on KMS",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html";
    SECRET_POLICY: "secret-policy", "Secrets Manager resource policy", "the value of a secret",
        "aws:PrincipalOrgID, aws:SourceVpce, BlockPublicPolicy; resource control policies",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html";
    QUEUE_TOPIC: "queue-topic", "SQS and SNS policies", "the messages of a queue or topic",
        "aws:SourceArn, aws:SourceAccount, aws:PrincipalOrgID; resource control policies on SQS",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html";
    EVENT_BUS: "eventbridge", "EventBridge bus policy", "the rules on an event bus and what they set off",
        "aws:PrincipalOrgID, events:source, events:detail-type",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html";
    ECR_PULL: "ecr-pull", "ECR: pull by policy", "the images of a repository",
        "aws:PrincipalOrgID; resource control policies",
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html";
    SNAPSHOT_READ: "snapshot-share", "Snapshots and images, and with whom they are shared",
        "the disk that a snapshot or image is of",
        "block public access for snapshots, ec2:Add/userId and ec2:Add/group on \
         ec2:ModifySnapshotAttribute",
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html";
    PRIVATE_CA: "private-ca", "Shared private authority", "certificates of a private certificate authority",
        "acm-pca:TemplateArn; who may issue in the policy of the authority",
        "https://docs.aws.amazon.com/privateca/latest/userguide/pca-resource-sharing.html";
    LOGS: "logs-oam", "Log groups and observability links",
        "the log groups of an account, for whoever it lets monitor them (AWS::Oam::Link) too",
        "oam:ResourceTypes and aws:PrincipalOrgID in the policy of the sink; a filter of log groups in the \
         link; narrow permissions on logs:FilterLogEvents, GetLogEvents and StartQuery",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account.html";
    SES_POLICY: "ses-policy", "SES identity policy", "mail sent in the name of an address or domain",
        "ses:FromAddress, aws:PrincipalOrgID in the policy of the identity",
        "https://docs.aws.amazon.com/ses/latest/dg/sending-authorization.html";
    DATA_STORE: "data-store-policy", "Policies of data stores",
        "tables, streams, file systems, search domains, Kafka clusters, parameters, repositories of code and \
         backup vaults",
        "aws:PrincipalOrgID, aws:SourceVpce; resource control policies where the service has them",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html";
    STORED_CREDENTIAL: "stored-credential", "Credentials lying in the open",
        "credentials that may lie in the environment of a function, task definition or build project, or in the \
         user data of an instance or launch template: what they open is not known, because a scan does not read \
         them. What runs in a workload has its own",
        "secrets and parameters in place of variables; a customer's key for the environment of functions; no \
         secrets in user data",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html";
}

impl LinkKind for StoreAccess {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.0
    }

    fn actions(&self) -> Vec<&'static str> {
        let kinds = store_kinds().filter(|kind| kind.link == self.0.id);
        let ways = kinds.flat_map(|kind| kind.ways);
        ways.flat_map(|way| {
            let home = way.at_home.iter().map(|(action, ..)| *action);
            way.actions.iter().copied().chain(home)
        })
        .collect()
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn is_share(&self) -> bool {
        self.0.id == LOGS.0.id
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        // Whether any policy makes a difference by what is decrypted for the caller, and by whom.
        let tells_ciphertexts = !world.context_keys.is_empty()
            || world.policies.iter().any(|stored| {
                let statements = stored.policy.statements.iter();
                statements
                    .flat_map(|statement| &statement.conditions)
                    .any(|condition| condition.key.starts_with("kms:viaservice"))
            });
        for store in world.store_indices() {
            let of_this_kind = |row: &StoreRow| row.kind.link == self.0.id;
            let Some(row) = world.store(store).filter(|row| of_this_kind(row)) else {
                continue;
            };
            for gate in Gate::of_store(world, store) {
                candidates::add_links(judge, rules, &gate);
            }
            if tells_ciphertexts && let Some(gate) = Gate::for_some(world, store) {
                candidates::add_links(judge, rules, &gate);
            }
            derive_shared(judge, rules, store, row);
            if let Some(workload) = its_workload(judge, store) {
                let gained = Capability::Data(store);
                rules.add(Certainty::Certain, &[workload], gained);
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let (Capability::Data(store) | Capability::Through(store) | Capability::Encrypted(store)) =
            conclusion
        else {
            return None;
        };
        let world = judge.world();
        let row = world.store(store)?;
        let [caller] = premises else { return None };
        if its_workload(judge, store) == Some(*caller) {
            return Some(Judgement::default());
        }
        let detail = Detail::Full;
        let judgement = match conclusion {
            Capability::Through(key) => {
                let gate = Gate::for_some(world, key)?;
                return ask::from(judge, premises, &gate, detail);
            }
            _ => Gate::of_store(world, store)
                .iter()
                .map(|gate| ask::from(judge, premises, gate, detail))
                .fold(from_share(judge, *caller, row, detail), better),
        };
        match (conclusion, row.key) {
            (Capability::Data(_), Some(_)) => {
                Some(judgement?.and(ask::decrypts(judge, *caller, store, detail)?))
            }
            _ => judgement,
        }
    }
}

/// What runs with what lies in a store in front of it: the workload whose environment it is.
fn its_workload(judge: &Judge<'_>, store: StoreIndex) -> Option<Capability> {
    let row = judge.world().store(store)?;
    let own = row.kind.link == STORED;
    let workload = judge.world().find_workload(row.arn.as_str());
    workload.filter(|_| own).map(Capability::Workload)
}

/// Adds the links of those that a store is shared with.
fn derive_shared(judge: &Judge<'_>, rules: &mut Deriver<'_>, store: StoreIndex, row: &StoreRow) {
    let mut callers = shared_with(judge, row);
    for holder in callers.clone() {
        if let Capability::Account(account) = holder {
            let principals = judge.world().principals_of(account);
            callers.extend(principals.map(Capability::Principal));
        }
    }
    let gained = match row.key {
        Some(_) => Capability::Encrypted(store),
        None => Capability::Data(store),
    };
    for caller in callers {
        if let Capability::Principal(principal) = caller {
            let first = row.kind.ways.iter().flat_map(|way| way.actions.first());
            let first: Vec<_> = first.copied().collect();
            if rules.unspent(judge, principal, &first).is_none() {
                continue;
            }
        }
        if let Some(judgement) = from_share(judge, caller, row, Detail::Certainty) {
            rules.add_with_key(judge, &judgement, caller, gained);
        }
    }
}

/// Whether somebody has it because it is shared; what it was not seen to be encrypted under is in doubt.
fn from_share(
    judge: &Judge<'_>,
    caller: Capability,
    row: &StoreRow,
    detail: Detail,
) -> Option<Judgement> {
    let shared = shared_with(judge, row);
    let judgement = if shared.contains(&caller) {
        Judgement::default()
    } else if let Capability::Principal(principal) = caller
        && let Some(account) = judge.world().principal(principal).map(|row| row.account)
        && shared.contains(&Capability::Account(account))
    {
        reads(&Power::of(judge, principal, detail)?, row)?
    } else {
        return None;
    };
    let unseen = row.doubts.iter().chain(&row.share_doubt);
    let unseen: Vec<String> = unseen.cloned().collect();
    Some(judgement.hanging_on(Certainty::Conditional, &unseen))
}

/// Whether a principal of an account that a store is shared with may read it: its own policies decide.
fn reads(power: &Power<'_, '_>, row: &StoreRow) -> Option<Judgement> {
    let keys = power.keys_in(row.account, row.tags.as_ref());
    let ways = row.kind.ways.iter().map(|way| {
        let reading = way.actions.iter();
        let suffix = way.suffix.unwrap_or(row.kind.suffix);
        let resource = format!("{}{suffix}", row.asked);
        let here = reading.map(|action| power.may(action, &resource, keys.clone()));
        let home = way.at_home.iter();
        let all = here
            .chain(home.map(|(action, ..)| power.may_somewhere(action, &power.keys())))
            .try_fold(Judgement::default(), |all, one| Some(all.and(one?)))?;
        Some(all.also(way.besides))
    });
    Some(power.complete(ways.fold(None, better)?))
}

/// Those that it is shared with, by name or as everybody. An account that it is shared with needs nothing
/// but its own leave.
fn shared_with(judge: &Judge<'_>, row: &StoreRow) -> Vec<Capability> {
    let world = judge.world();
    let anyone = row.public.then_some(OutsideParty::Anyone);
    let named = row.shared_with.iter().filter_map(|id| {
        let id: AccountId = id.parse().ok()?;
        Some(OutsideParty::Account { id })
    });
    let outside = anyone
        .into_iter()
        .chain(named)
        .filter_map(|party| world.find_outside(&party))
        .map(Capability::Outside);
    let inside = world.account_indices().filter(|index| {
        world.account(*index).is_some_and(|account| {
            *index != row.account && (row.public || row.is_shared_with(account))
        })
    });
    if row.public || !row.shared_with.is_empty() {
        return outside.chain(inside.map(Capability::Account)).collect();
    }
    Vec::new()
}

/// Whoever has an account has its data.
pub(super) struct AccountData;

const ACCOUNT_DATA: LinkDocumentation = LinkDocumentation {
    id: "account-data",
    name: "Account to its data",
    family: "data",
    source: "whole account",
    target: "everything in it that holds data",
    precondition: "always: an administrator rewrites the policies of resources; data under a key of another \
        account takes that key as well",
    mitigations: "keys of another account",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html"],
};

fn gained(judge: &Judge<'_>, store: StoreIndex) -> Option<Capability> {
    let row = judge
        .world()
        .store(store)
        .filter(|row| row.kind.holds_data())?;
    let key = row.key.and_then(|key| judge.world().store(key));
    Some(match key {
        Some(key) if key.account != row.account => Capability::Encrypted(store),
        _ => Capability::Data(store),
    })
}

impl LinkKind for AccountData {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &ACCOUNT_DATA
    }

    fn hops(&self) -> u8 {
        0
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        for store in judge.world().store_indices() {
            let account = judge.world().store(store).map(|row| row.account);
            if let (Some(account), Some(gained)) = (account, gained(judge, store)) {
                let owner = Capability::Account(account);
                rules.add_with_key(judge, &Judgement::default(), owner, gained);
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let ([owner], Capability::Data(store)) = (premises, conclusion) else {
            return Some(Judgement::default());
        };
        match gained(judge, store)? {
            Capability::Encrypted(_) => ask::decrypts(judge, *owner, store, Detail::Full),
            _ => Some(Judgement::default()),
        }
    }
}
