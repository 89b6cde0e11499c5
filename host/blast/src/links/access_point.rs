//! Access points: a bucket by another name, whose policy lets others in where that of the bucket hands control on.

use super::access::{Gate, ask, candidates};
use super::power::better;
use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::judge::{Detail, Judge, Judgement};

pub(super) struct AccessPoint;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "s3-access-point",
    name: "S3 access point",
    family: "data",
    source: "principal, whole account, or party outside",
    target: "the objects of the bucket behind it",
    precondition: "the request is allowed twice: on the access point, by its policy or inside its account by \
        identity policies, and on the bucket, whose policy often hands control on to the access points of an \
        account (s3:DataAccessPointAccount). One for a VPC is conditional. An access point whose policy is \
        public lets in no strangers unless its public access block was switched off. Access points of Object \
        Lambda and for several regions are not followed",
    mitigations: "s3:DataAccessPointAccount, s3:DataAccessPointArn and s3:AccessPointNetworkOrigin in the policy \
        of the bucket; access points for a VPC; the public access block of the access point",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html",
    ],
};

impl LinkKind for AccessPoint {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec!["s3:GetObject"]
    }

    fn hangs_on_target(&self) -> bool {
        true
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for point in &world.access_points {
            if let Some(gate) = Gate::of_access_point(world, point) {
                candidates::add_links(judge, rules, &gate);
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let ([caller], Capability::Data(store) | Capability::Encrypted(store)) =
            (premises, conclusion)
        else {
            return None;
        };
        let world = judge.world();
        let points = world.access_points.iter();
        let through = points
            .filter(|point| point.bucket == store)
            .filter_map(|point| {
                let gate = Gate::of_access_point(world, point)?;
                let reads = ask::from(judge, premises, &gate, Detail::Full)?;
                Some(reads.told(
                    "access point",
                    point.arn.as_str(),
                    "the request goes through it",
                ))
            })
            .fold(None, |best, one| better(best, Some(one)))?;
        ask::with_key(judge, through, *caller, conclusion)
    }
}
