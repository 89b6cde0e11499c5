//! Classification by hand-made and by built-in rules.

use blastwall_model::{Field, Unknown};

use super::*;
use crate::Status;

/// An account: name, units joined by `/`, tags as `key=value`.
fn account(name: &str, units: &str, tags: &[&str]) -> AccountEntry {
    AccountEntry {
        id: "111122223333".parse().unwrap(),
        name: name.to_owned(),
        email: None,
        status: Status::Active,
        joined: None,
        tags: Field::Known(
            tags.iter()
                .map(|tag| tag.split_once('=').unwrap())
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        ),
        management: false,
        parent: None,
        ou_ids: Vec::new(),
        ou_path: units
            .split('/')
            .filter(|unit| !unit.is_empty())
            .map(str::to_owned)
            .collect(),
        place_unknown: None,
    }
}

fn rule(name: &str, when: Conditions) -> Rule {
    Rule {
        name: name.to_owned(),
        criticality: Criticality::High,
        when,
    }
}

fn pattern(text: &str) -> Vec<Pattern> {
    vec![text.parse().unwrap()]
}

#[test]
fn built_in_rules_know_the_usual_names() {
    let rules = built_in_rules();
    for (name, units, tags, expected) in [
        // By unit.
        ("shop", "Workloads/Prod", &[][..], "prod"),
        ("shop", "Production", &[], "prod"),
        ("shop", "Prod/Retail/EU", &[], "prod"),
        ("shop", "Workloads/PreProd", &[], "staging"),
        ("shop", "Workloads/Staging", &[], "staging"),
        ("shop", "Workloads/Test", &[], "test"),
        ("shop", "Sandbox", &[], "dev"),
        ("shop", "Security", &[], "security"),
        ("shop", "Infrastructure", &[], "shared"),
        ("shop", "Infrastructure/Test", &[], "test"),
        // By tag, which says more than the unit.
        ("shop", "Workloads/Prod", &["Environment=dev"], "dev"),
        ("shop", "Sandbox", &["env=production"], "prod"),
        ("shop", "", &["stage=UAT"], "staging"),
        ("shop", "Prod", &["environment=non-prod"], "non-production"),
        ("shop", "", &["team=prod"], "unclassified"),
        // By name, which says least.
        ("shop-prod", "", &[], "prod"),
        ("ShopPrd", "", &[], "prod"),
        ("shop-live-2", "", &[], "prod"),
        ("shop-qa", "Workloads", &[], "test"),
        ("acme-log-archive", "", &[], "security"),
        ("Audit", "", &[], "security"),
        ("network-hub", "", &[], "shared"),
        ("shop-prod", "Sandbox", &[], "dev"),
        // Not production.
        ("product-catalog", "", &[], "unclassified"),
        ("productivity", "Products", &[], "unclassified"),
        ("nonprod", "", &[], "non-production"),
        ("shop-non-prod", "", &[], "non-production"),
        ("shop", "Workloads/NonProd", &[], "non-production"),
        ("shop-dev", "Workloads/NonProd", &[], "dev"),
        ("prod-mirror", "Non-Production", &[], "non-production"),
        ("delivery", "Olive", &[], "unclassified"),
        ("", "", &[], "unclassified"),
    ] {
        let environment = classify(&rules, &account(name, units, tags));
        assert_eq!(
            environment.name, expected,
            "{name} in {units} with {tags:?}: {environment:?}"
        );
        assert!(environment.undecided.is_empty());
    }
}

#[test]
fn the_management_account_is_its_own_environment() {
    let mut root = account("prod", "Prod", &["env=prod"]);
    root.management = true;
    let environment = classify(&built_in_rules(), &root);
    assert_eq!(environment.name, "management");
    assert_eq!(environment.criticality, Criticality::Critical);
    assert_eq!(environment.matched_by, "it is the management account");
}

#[test]
fn the_first_rule_wins_and_every_kind_must_match() {
    let rules = [
        rule(
            "both",
            Conditions {
                ou: pattern("Workloads/Prod"),
                name: pattern("shop*"),
                ..Conditions::default()
            },
        ),
        rule(
            "unit",
            Conditions {
                ou: vec!["Nowhere".parse().unwrap(), "workloads/*".parse().unwrap()],
                ..Conditions::default()
            },
        ),
        rule(
            "account",
            Conditions {
                account: vec!["111122223333".parse().unwrap()],
                management: Some(false),
                ..Conditions::default()
            },
        ),
    ];
    for (name, units, expected, matched_by) in [
        (
            "shop",
            "Workloads/Prod/Team",
            "both",
            "unit `Workloads/Prod` matches `Workloads/Prod` and name `shop` matches `shop*`",
        ),
        (
            "cart",
            "Workloads/Prod/Team",
            "unit",
            "unit `Workloads/Prod` matches `workloads/*`",
        ),
        (
            "shop",
            "Workloads",
            "account",
            "it is not the management account and account 111122223333",
        ),
    ] {
        let environment = classify(&rules, &account(name, units, &[]));
        assert_eq!(environment.name, expected);
        assert_eq!(environment.matched_by, matched_by);
    }
    let everything = [rule("all", Conditions::default())];
    assert_eq!(classify(&everything, &account("x", "", &[])).name, "all");
    assert_eq!(classify(&[], &account("x", "", &[])).name, UNCLASSIFIED);
}

#[test]
fn what_is_unknown_matches_nothing_and_is_named() {
    let rules = [
        rule(
            "tagged",
            Conditions {
                tag: vec!["env=prod".parse().unwrap()],
                ..Conditions::default()
            },
        ),
        rule(
            "tagged-elsewhere",
            Conditions {
                tag: vec!["env=prod".parse().unwrap()],
                name: pattern("cart"),
                ..Conditions::default()
            },
        ),
        rule(
            "placed",
            Conditions {
                ou: pattern("Prod"),
                ..Conditions::default()
            },
        ),
        rule(
            "named",
            Conditions {
                name: pattern("shop"),
                ..Conditions::default()
            },
        ),
    ];
    let mut shop = account("shop", "Prod", &[]);
    shop.tags = Field::unknown("tags", "AccessDenied");
    shop.place_unknown = Some(Unknown {
        path: "config.ParentIds".to_owned(),
        reason: "AccessDenied".to_owned(),
    });
    let environment = classify(&rules, &shop);
    assert_eq!(environment.name, "named");
    assert_eq!(
        environment.undecided,
        [
            "tagged: tags is unknown: AccessDenied",
            "placed: config.ParentIds is unknown: AccessDenied"
        ]
    );
}

#[test]
fn weights_grow_with_criticality() {
    let weights = Criticality::ALL.map(Criticality::weight);
    assert!(weights.is_sorted());
    assert_eq!(
        serde_json::to_string(&Criticality::ALL).unwrap(),
        r#"["low","medium","high","critical"]"#
    );
}
