//! The way that most listings go: page by page, a document for each item.

use blastwall_aws::{Declaration, Failure};
use blastwall_model::{Kind, Resource};

use crate::context::Context;
use crate::harvest::Harvest;

/// Makes a document of each item of an answer; one that cannot be read is a gap of the listing.
pub(crate) fn read_each<K: Kind, D>(
    harvest: &mut Harvest,
    (context, region): (&Context<'_>, &str),
    list: Declaration,
    items: &[D],
    read: impl Fn(&Context<'_>, &str, &D) -> Result<Resource<K>, Failure>,
) {
    for item in items {
        match read(context, region, item) {
            Ok(resource) => harvest.add(&resource),
            Err(failure) => harvest.listing(&[K::TYPE], list, region, &failure),
        }
    }
}

/// Lists all resources of a type, page by page:
/// `list_pages!(context, region, LIST, ec2.describe_vpcs(), vpcs, vpc)`.
macro_rules! list_pages {
    ($context:expr, $region:expr, $list:expr, $request:expr, $items:ident, $read:expr) => {{
        let mut harvest = crate::harvest::Harvest::default();
        let stream = $request.into_paginator().send();
        let ended = crate::pages::pages($context.session, stream, |page| {
            let at = ($context, $region);
            crate::services::listing::read_each(&mut harvest, at, $list, page.$items(), $read);
        })
        .await;
        crate::services::listing::end(&mut harvest, $list, $region, ended, $read);
        harvest
    }};
}

/// Lists all resources of a type and asks about each, a few side by side:
/// `list_and_ask!(context, region, LIST, request, |page| page.images().iter(), image, |image| ask(image))`.
macro_rules! list_and_ask {
    ($context:expr, $region:expr, $list:expr, $request:expr, $items:expr, $read:expr, $ask:expr) => {{
        use futures::StreamExt as _;

        let mut harvest = crate::harvest::Harvest::default();
        let mut listed = Vec::new();
        let stream = $request.into_paginator().send();
        let ended = crate::pages::pages($context.session, stream, |page| {
            for item in $items(&page) {
                match $read($context, $region, item) {
                    Ok(resource) => listed.push(resource),
                    Err(failure) => {
                        crate::services::listing::end(
                            &mut harvest,
                            $list,
                            $region,
                            Err(failure),
                            $read,
                        );
                    }
                }
            }
        })
        .await;
        crate::services::listing::end(&mut harvest, $list, $region, ended, $read);
        let asked = futures::stream::iter(listed).map($ask);
        let mut asked = asked.buffered(crate::services::listing::AT_ONCE).boxed();
        while let Some(found) = asked.next().await {
            harvest.append(found);
        }
        harvest
    }};
}

/// How many resources of a region are asked about side by side, of a service that takes many calls.
pub(crate) const AT_ONCE: usize = 8;

/// Notes how a listing ended, of the type that `read` makes.
pub(crate) fn end<K: Kind, D>(
    harvest: &mut Harvest,
    list: Declaration,
    region: &str,
    ended: Result<(), Failure>,
    _: impl Fn(&Context<'_>, &str, &D) -> Result<Resource<K>, Failure>,
) {
    if let Err(failure) = ended {
        harvest.listing(&[K::TYPE], list, region, &failure);
    }
}

pub(crate) use {list_and_ask, list_pages};
