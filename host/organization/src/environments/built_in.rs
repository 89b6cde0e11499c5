//! The rules that hold when the configuration has none: the names that most organizations use.
//!
//! They are ordinary rules. What says most about an account comes first: that it is the management
//! account, then its tags, then its organizational units, then its name. Names are compared word
//! by word. Among the environments production comes first: taking a test account for production
//! raises a question, the other way round hides one.

use super::{Conditions, Criticality, Pattern, Rule, TagPattern};

/// An environment and the words that name it.
struct Named {
    name: &'static str,
    criticality: Criticality,
    words: &'static [&'static str],
}

const PRODUCTION: Named = Named {
    name: "prod",
    criticality: Criticality::Critical,
    words: &["prod", "production", "prd", "live"],
};

const BEFORE_PRODUCTION: [Named; 3] = [
    Named {
        name: "staging",
        criticality: Criticality::Medium,
        words: &[
            "staging",
            "stage",
            "stg",
            "preprod",
            "preproduction",
            "preprd",
            "uat",
            "acceptance",
        ],
    },
    Named {
        name: "test",
        criticality: Criticality::Low,
        words: &["test", "tests", "testing", "tst", "qa", "integration"],
    },
    Named {
        name: "dev",
        criticality: Criticality::Low,
        words: &[
            "dev",
            "develop",
            "development",
            "sandbox",
            "sandboxes",
            "sbx",
            "playground",
        ],
    },
];

const FOUNDATION: [Named; 2] = [
    Named {
        name: "security",
        criticality: Criticality::Critical,
        words: &["security", "audit", "log-archive", "logarchive", "logging"],
    },
    Named {
        name: "shared",
        criticality: Criticality::High,
        words: &[
            "shared",
            "infrastructure",
            "infra",
            "network",
            "networking",
            "platform",
        ],
    },
];

/// Everything that is said not to be production, without saying what it is.
const NON_PRODUCTION: Named = Named {
    name: "non-production",
    criticality: Criticality::Low,
    words: &["nonprod", "nonproduction", "nonprd", "notprod"],
};

/// The tag keys that name an environment.
const TAGS: [&str; 3] = ["environment", "env", "stage"];

/// What the words of an environment are looked for in.
#[derive(Clone, Copy)]
enum Source {
    Tag,
    Unit,
    Name,
}

impl Named {
    fn rule(&self, when: Conditions) -> Rule {
        Rule {
            name: self.name.to_owned(),
            criticality: self.criticality,
            when,
        }
    }

    fn found_in(&self, source: Source) -> Rule {
        let mut when = Conditions::default();
        match source {
            Source::Tag => {
                when.tag = TAGS
                    .iter()
                    .map(|key| TagPattern::of_words(key, self.words))
                    .collect();
            }
            Source::Unit => when.ou = vec![Pattern::of_words(self.words)],
            Source::Name => when.name = vec![Pattern::of_words(self.words)],
        }
        self.rule(when)
    }
}

/// The rules that hold when the configuration has none.
///
/// In this order: the management account is `management`; the tags `environment`, `env` and
/// `stage`; the names of the organizational units; the account's name. In each of the three, the
/// environments are `prod`, `staging`, `test`, `dev`, `security`, `shared` and last
/// `non-production`, for what only says that it is not production. Below a unit that says so, the
/// account's name may tell which of `staging`, `test` and `dev` it is.
#[must_use]
pub fn built_in_rules() -> Vec<Rule> {
    let mut rules = vec![Rule {
        name: "management".to_owned(),
        criticality: Criticality::Critical,
        when: Conditions {
            management: Some(true),
            ..Conditions::default()
        },
    }];
    for source in [Source::Tag, Source::Unit, Source::Name] {
        let environments = std::iter::once(&PRODUCTION)
            .chain(&BEFORE_PRODUCTION)
            .chain(&FOUNDATION);
        rules.extend(environments.map(|environment| environment.found_in(source)));
        if matches!(source, Source::Unit) {
            rules.extend(BEFORE_PRODUCTION.iter().map(|environment| {
                environment.rule(Conditions {
                    ou: vec![Pattern::of_words(NON_PRODUCTION.words)],
                    name: vec![Pattern::of_words(environment.words)],
                    ..Conditions::default()
                })
            }));
        }
        rules.push(NON_PRODUCTION.found_in(source));
    }
    rules
}
