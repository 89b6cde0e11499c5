//! Which regions of an account are looked at: those enabled in it, confined to the user's choice.

use aws_sdk_ec2::operation::describe_regions::DescribeRegionsOutput;
use aws_sdk_ec2::types::Region as Description;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::{Region, RegionKind};
use blastwall_model::{GapKind, Kind};

use crate::context::Context;
use crate::convert::text;
use crate::harvest::{Harvest, malformed};

/// The call that tells which regions are enabled.
pub(crate) const DESCRIBE_REGIONS: Declaration = Declaration {
    service: "EC2",
    operation: "DescribeRegions",
    action: "ec2:DescribeRegions",
};

/// The regions to look at, sorted, with their documents if those are wanted.
///
/// `regional` are the wanted types of which something is lost with every region that is not
/// looked at.
pub(crate) async fn regions(
    context: &Context<'_>,
    regional: &[&'static str],
) -> (Vec<String>, Harvest) {
    // A policy may keep everybody out of the regions that nobody uses, so the caller's own is asked
    // first; but it may be off in this account, which the one of the global services never is.
    let global = context.global_region();
    let own = context.session.config().region();
    let own = own.map_or_else(|| global.to_owned(), ToString::to_string);
    let failure = match describe(context, &own).await {
        Ok(answer) => return enabled(context, regional, answer.regions(), &own),
        Err(failure) => failure,
    };
    if own != global
        && let Ok(answer) = describe(context, global).await
    {
        return enabled(context, regional, answer.regions(), global);
    }
    refused(context, regional, &own, &failure)
}

async fn describe(context: &Context<'_>, region: &str) -> Result<DescribeRegionsOutput, Failure> {
    let ec2 = client!(aws_sdk_ec2, context.session, region);
    let call = ec2.describe_regions().all_regions(false);
    context.session.call(call.send()).await
}

fn enabled(
    context: &Context<'_>,
    regional: &[&'static str],
    descriptions: &[Description],
    asked: &str,
) -> (Vec<String>, Harvest) {
    let mut harvest = Harvest::default();
    let mut names = Vec::new();
    for description in descriptions {
        match text(description.region_name()) {
            Some(name) if !is_chosen(context, &name) => {}
            Some(name) => {
                if context.wants(RegionKind::TYPE) {
                    document(context, description, &name, &mut harvest);
                }
                names.push(name);
            }
            None => {
                let failure = malformed("a region without a name");
                harvest.listing(regional, DESCRIBE_REGIONS, asked, &failure);
            }
        }
    }
    for region in context.confined.unwrap_or_default() {
        if !names.contains(region) {
            let failure = Failure::new(
                GapKind::Unsupported,
                "RegionDisabled",
                "the region is not enabled in this account, so nothing was asked there",
            );
            harvest.listing(regional, DESCRIBE_REGIONS, region, &failure);
        }
    }
    (sorted_once(names), harvest)
}

/// Whether the user's choice allows for a region. Those that it does not are no documents either:
/// a check on "every region" is about those that were looked at.
fn is_chosen(context: &Context<'_>, region: &str) -> bool {
    context
        .confined
        .is_none_or(|chosen| chosen.iter().any(|one| one == region))
}

fn document(context: &Context<'_>, description: &Description, name: &str, harvest: &mut Harvest) {
    match context.arn("ec2", name, &format!("region/{name}")) {
        Ok(arn) => {
            let mut region = Region::new(arn, context.session.account().clone(), name);
            region.config.region_name = name.to_owned().into();
            region.observed.opt_in_status = text(description.opt_in_status()).into();
            harvest.add(&region);
        }
        Err(failure) => harvest.listing(&[RegionKind::TYPE], DESCRIBE_REGIONS, name, &failure),
    }
}

/// Without an answer there is the user's choice to go by; without that, the one region that the
/// session is in, and everything regional is incomplete.
fn refused(
    context: &Context<'_>,
    regional: &[&'static str],
    asked: &str,
    failure: &Failure,
) -> (Vec<String>, Harvest) {
    let mut types = vec![RegionKind::TYPE];
    let regions = match context.confined {
        Some(confined) => confined.to_vec(),
        None => {
            types.extend(regional.iter().filter(|kind| **kind != RegionKind::TYPE));
            vec![asked.to_owned()]
        }
    };
    let harvest = Harvest::failed(&types, DESCRIBE_REGIONS, asked, failure);
    (sorted_once(regions), harvest)
}

fn sorted_once(mut regions: Vec<String>) -> Vec<String> {
    regions.sort();
    regions.dedup();
    regions
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use blastwall_aws::{Budget, Meter, Partition, Session};

    use super::*;
    use crate::Shared;

    fn with<T>(confined: Option<&[String]>, test: impl FnOnce(&Context<'_>) -> T) -> T {
        let session = Session::new(
            "111122223333".parse().unwrap(),
            Partition::AWS,
            aws_types::SdkConfig::builder().build(),
            Vec::new().into(),
            Meter::default(),
            Budget::new(1),
        );
        test(&Context {
            session: &session,
            types: &BTreeSet::from([RegionKind::TYPE.to_owned()]),
            tags: false,
            shared: &Shared::new(),
            regions: &[],
            confined,
        })
    }

    fn description(name: &str) -> Description {
        Description::builder()
            .region_name(name)
            .opt_in_status("opted-in")
            .build()
    }

    const REGIONAL: &[&str] = &[RegionKind::TYPE, "AWS::EC2::Volume"];

    #[test]
    fn a_chosen_region_that_is_off_is_a_gap() {
        let chosen = ["eu-west-1".to_owned(), "ap-east-1".to_owned()];
        let described = [description("us-east-1"), description("eu-west-1")];
        let (regions, harvest) = with(Some(&chosen), |context| {
            enabled(context, REGIONAL, &described, "us-east-1")
        });
        assert_eq!(regions, ["eu-west-1"]);
        assert_eq!(harvest.documents.len(), 1);
        let [gap] = &harvest.gaps[..] else {
            panic!("{:?}", harvest.gaps)
        };
        assert_eq!(
            (gap.region.as_str(), gap.kind),
            ("ap-east-1", GapKind::Unsupported)
        );
        assert_eq!(gap.types, REGIONAL);
    }

    #[test]
    fn a_refusal_falls_back_and_says_what_is_lost() {
        let failure = Failure::answered("UnauthorizedOperation", "no");
        let (regions, harvest) = with(None, |context| {
            refused(context, REGIONAL, "eu-west-1", &failure)
        });
        assert_eq!(regions, ["eu-west-1"]);
        assert_eq!(harvest.gaps[0].types, REGIONAL);

        let chosen = ["us-east-1".to_owned(), "eu-west-1".to_owned()];
        let (regions, harvest) = with(Some(&chosen), |context| {
            refused(context, REGIONAL, "eu-west-1", &failure)
        });
        assert_eq!(regions, ["eu-west-1", "us-east-1"]);
        assert_eq!(harvest.gaps[0].types, [RegionKind::TYPE]);
    }
}
