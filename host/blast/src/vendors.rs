//! AWS accounts of vendors, which customers let into theirs.
//!
//! Source: <https://github.com/fwdcloudsec/known_aws_accounts>, whose entries cite the vendors' own pages;
//! a selection of the vendors that work in their customers' accounts.

const VENDORS: &[(&str, &[&str])] = &[
    (
        "Alert Logic",
        &[
            "230378978437",
            "239734009475",
            "733251395267",
            "857795874556",
        ],
    ),
    ("Aqua", &["978540733285"]),
    ("Auth0", &["951887872838"]),
    ("Axonius", &["405773942477", "802876684602", "817364327683"]),
    ("Azure cost management", &["432263259397"]),
    ("Azure Sentinel", &["197857026523"]),
    ("Bridgecrew", &["890234264427"]),
    ("Brightcove", &["749779118921"]),
    ("Cloudability", &["165736516723"]),
    ("Cloudaware", &["814021343637"]),
    ("CloudCheckr", &["352813966189"]),
    ("Cloud Conformity", &["717210094962"]),
    ("Cloudcraft", &["968898580625"]),
    ("CloudHealth", &["454464851268"]),
    ("CloudSploit", &["057012691312"]),
    ("CloudZero", &["061190967865"]),
    (
        "Databricks",
        &["414351767826", "601306020600", "790110701330"],
    ),
    ("Datadog", &["464622532012", "865078226113"]),
    ("Densify", &["036437403198"]),
    ("Dynatrace", &["509560245411"]),
    ("Fivetran", &["834469178297"]),
    ("FortiCWP", &["854209929931"]),
    (
        "Fugue",
        &[
            "057172825058",
            "370134896156",
            "810369035479",
            "944830124550",
        ],
    ),
    ("GitLab", &["855262394183", "956491294349"]),
    ("Lacework", &["434813966438"]),
    ("LogicMonitor", &["282028653949"]),
    ("Logz.io", &["406095609952"]),
    ("Lucidchart", &["799803075172"]),
    ("New Relic", &["017663287629", "754728514883"]),
    ("nOps", &["202279780353", "727378841472"]),
    ("OneLogin", &["842984801698"]),
    ("Palo Alto Networks", &["122442690527"]),
    ("ParkMyCloud", &["753542375798"]),
    ("Prisma Cloud", &["188619942792", "496947949261"]),
    ("Qualys", &["080595016317", "205767712438"]),
    ("Rackspace", &["507897595701", "530014582677"]),
    ("Rapid7", &["336818582268"]),
    ("Segment", &["107630771604", "595280932656"]),
    ("Site24x7", &["949777495771"]),
    ("Snyk", &["198361731867", "755778135062"]),
    ("Splunk Observability", &["134183635603"]),
    ("Spot", &["627743545735", "884866656237", "922761411349"]),
    ("Stitch", &["218546966473"]),
    ("Sumo Logic", &["926226587429", "956882708938"]),
    ("Tenable", &["012615275169", "422820575223"]),
    ("Threat Stack", &["896126563706"]),
    (
        "Trend Micro",
        &[
            "124790101291",
            "147995105371",
            "607237235771",
            "675681123645",
            "811620960246",
            "862820443276",
            "868324285112",
        ],
    ),
    ("Workato", &["353360065216"]),
];

/// The vendor whose account it is, if it is a known one.
pub(crate) fn vendor(account: &str) -> Option<&'static str> {
    let mut vendors = VENDORS.iter();
    let (name, _) = vendors.find(|(_, accounts)| accounts.contains(&account))?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_ids_and_belong_to_one_vendor() {
        let mut all: Vec<&str> = VENDORS.iter().flat_map(|(_, ids)| *ids).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for id in all {
            assert!(
                id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()),
                "{id}"
            );
        }
        assert_eq!(vendor("464622532012"), Some("Datadog"));
        assert_eq!(vendor("999988887777"), None);
    }
}
