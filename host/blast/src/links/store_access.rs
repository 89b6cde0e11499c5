//! Who reads the data behind a resource policy, and what it takes besides: the key.
//!
//! One mechanism for every type of `facts/stores.rs`; the kinds differ in their documentation and in the
//! types that they are about.

use blastwall_model::AccountId;

use super::access::{Gate, ask, candidates};
use super::power::Power;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::{GrantFacts, store_kinds};
use crate::judge::{Detail, Judge, Judgement};
use crate::subject::OutsideParty;
use crate::world::{AccountRow, StoreIndex, StoreRow, World};

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
                    do not stop it. Data under a customer's key takes the key as well",
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
    KMS_POLICY: "kms-policy", "KMS key policy", "every ciphertext under the key",
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
    DATA_STORE: "data-store-policy", "Policies of data stores",
        "tables, streams, file systems, search domains and backup vaults",
        "aws:PrincipalOrgID, aws:SourceVpce; resource control policies where the service has them",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html";
}

impl LinkKind for StoreAccess {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.0
    }

    fn actions(&self) -> Vec<&'static str> {
        let kinds = store_kinds().iter().filter(|kind| kind.link == self.0.id);
        kinds.map(|kind| kind.action).collect()
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for store in world.store_indices() {
            let of_this_kind = |row: &StoreRow| row.kind.link == self.0.id;
            let Some(row) = world.store(store).filter(|row| of_this_kind(row)) else {
                continue;
            };
            let Some(gate) = Gate::of_store(world, store) else {
                continue;
            };
            candidates::add_links(judge, rules, &gate);
            for holder in shared_with(judge, row) {
                rules.add(Certainty::Certain, &[holder], gate.conclusion);
                let Capability::Account(account) = holder else {
                    continue;
                };
                for principal in world.principals_of(account) {
                    let action = row.kind.action;
                    let power = rules.unspent(judge, principal, &[action]);
                    if let Some(judgement) = power.and_then(|power| reads(&power, row)) {
                        let premises = [Capability::Principal(principal)];
                        rules.add(judgement.certainty, &premises, gate.conclusion);
                    }
                }
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let (Capability::Data(store) | Capability::Encrypted(store)) = conclusion else {
            return None;
        };
        let world = judge.world();
        let row = world.store(store)?;
        let shared = |premise: &Capability| shared_with(judge, row).contains(premise);
        if premises.iter().all(shared) {
            return Some(Judgement::default());
        }
        if let [Capability::Principal(principal)] = premises
            && let Some(account) = world.principal(*principal).map(|row| row.account)
            && shared(&Capability::Account(account))
        {
            return reads(&Power::of(judge, *principal, Detail::Full)?, row);
        }
        let gate = Gate::of_store(world, store)?;
        ask::from(judge, premises, &gate, Detail::Full)
    }
}

/// Whether a principal of an account that a store is shared with may read it: its own policies decide.
fn reads(power: &Power<'_, '_>, row: &StoreRow) -> Option<Judgement> {
    let may = power.may(row.kind.action, row.arn.as_str(), power.keys())?;
    Some(power.complete(may))
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
            *index != row.account && (row.public || is_named(account, &row.shared_with))
        })
    });
    if row.public || !row.shared_with.is_empty() {
        return outside.chain(inside.map(Capability::Account)).collect();
    }
    Vec::new()
}

/// Whether an account is among those that something is shared with: by its id, or by the ARN of its
/// organization or of a unit above it. Source: EC2 User Guide, "Share an AMI with organizations or OUs".
fn is_named(account: &AccountRow, shared_with: &[String]) -> bool {
    let path = account.organization_path.as_deref().unwrap_or_default();
    shared_with.iter().any(|shared| {
        let last = shared.rsplit('/').next().unwrap_or_default();
        shared == account.id.as_str()
            || (shared.starts_with("arn:") && path.split('/').any(|place| place == last))
    })
}

/// Ciphertext and key together are data.
pub(super) struct Decryption;

const DECRYPTION: LinkDocumentation = LinkDocumentation {
    id: "decryption",
    name: "Ciphertext and its key",
    family: "data",
    source: "access to what is encrypted, and use of its key",
    target: "the data",
    precondition: "always: the service decrypts for whoever may use the key",
    mitigations: "kms:ViaService and kms:EncryptionContext:* in the key policy",
    references: &["https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html"],
};

impl LinkKind for Decryption {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DECRYPTION
    }

    fn hops(&self) -> u8 {
        0
    }

    fn is_structural(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for store in world.store_indices() {
            if let Some(key) = world.store(store).and_then(|row| row.key) {
                let premises = [Capability::Encrypted(store), Capability::Data(key)];
                rules.add(Certainty::Certain, &premises, Capability::Data(store));
            }
        }
    }
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
    let row = judge.world().store(store)?;
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
                rules.add(Certainty::Certain, &[Capability::Account(account)], gained);
            }
        }
    }
}

/// Whom a grant of a key lets decrypt.
pub(super) struct KmsGrant;

const KMS_GRANT: LinkDocumentation = LinkDocumentation {
    id: "kms-grant",
    name: "KMS grants",
    family: "data",
    source: "principal, or whole account, that a grant names",
    target: "every ciphertext under the key",
    precondition: "the grant allows Decrypt; it holds whatever the policies say, and outlives their edits",
    mitigations: "kms:GrantIsForAWSResource, kms:GranteePrincipal and kms:GrantOperations on kms:CreateGrant",
    references: &["https://docs.aws.amazon.com/kms/latest/developerguide/grants.html"],
};

/// Whom a grant names, if that is somebody at hand.
fn holder(world: &World, grant: &GrantFacts) -> Option<Capability> {
    let account = || {
        let id = grant.grantee.strip_suffix(":root")?.rsplit(':').next()?;
        world.find_account(id).map(Capability::Account)
    };
    let principal = world.find_principal(&grant.grantee);
    principal.map(Capability::Principal).or_else(account)
}

impl LinkKind for KmsGrant {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &KMS_GRANT
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for store in world.store_indices() {
            let Some(row) = world.store(store) else {
                continue;
            };
            for grant in &row.grants {
                if let Some(holder) = holder(world, grant) {
                    let certainty = if grant.constrained {
                        Certainty::Conditional
                    } else {
                        Certainty::Certain
                    };
                    rules.add(certainty, &[holder], Capability::Data(store));
                }
            }
        }
    }
    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let Capability::Data(store) = conclusion else {
            return None;
        };
        let world = judge.world();
        let grants = &world.store(store)?.grants;
        let mut named = grants
            .iter()
            .filter(|grant| holder(world, grant).is_some_and(|holder| premises == [holder]));
        let free = named.clone().any(|grant| !grant.constrained);
        let context =
            "the ciphertext has the encryption context that the grant asks for".to_owned();
        let judgement = Judgement::default();
        named.next()?;
        Some(if free {
            judgement
        } else {
            judgement.hanging_on(Certainty::Conditional, &[context])
        })
    }
}
