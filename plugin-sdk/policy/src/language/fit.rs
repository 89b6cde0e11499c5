//! Whether a document fits the place it is meant for.
//!
//! [`Policy::parse`] reads whatever is in the language; AWS accepts less, depending on what the
//! policy is attached to. This says what AWS would refuse, for people who write policies; deciding
//! does not need it, because AWS stores nothing that does not fit.
//!
//! Sources: AWS IAM User Guide, "Grammar of the IAM JSON policy language"
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>; AWS
//! Organizations User Guide, "SCP syntax"
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
//! and "RCP syntax"
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>.

use std::collections::BTreeSet;

use super::error::child;
use super::locate::locate;
use super::{Effect, Policy, PolicyError, PolicyProblem, PrincipalEntry, Statement};

/// What a policy is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A user, group or role; a permissions boundary or session policy as well.
    Identity,
    /// A resource such as a bucket, key or queue, or a VPC endpoint.
    Resource,
    /// A role, saying who may assume it.
    Trust,
    /// The accounts of an organization, limiting their principals.
    ServiceControl,
    /// The accounts of an organization, limiting access to their resources.
    ResourceControl,
}

/// Everything that keeps a text from being a policy for a place, in the order of the document. A
/// text that is no policy at all has one error.
#[must_use]
pub fn check(text: &str, place: Place) -> Vec<PolicyError> {
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => return vec![error],
    };
    let in_list = locate(text, "/Statement/0").is_some();
    let mut found = Findings {
        text,
        errors: Vec::new(),
    };
    if policy.statements.is_empty() {
        found.add("/Statement", PolicyProblem::Empty);
    }
    let mut sids = BTreeSet::new();
    for (index, statement) in policy.statements.iter().enumerate() {
        let pointer = if in_list {
            format!("/Statement/{index}")
        } else {
            "/Statement".to_owned()
        };
        if let Some(sid) = &statement.sid
            && place != Place::Resource
            && !sids.insert(sid)
        {
            found.add(&child(&pointer, "Sid"), PolicyProblem::Duplicate);
        }
        found.statement(&pointer, statement, place);
    }
    found.errors
}

struct Findings<'t> {
    text: &'t str,
    errors: Vec<PolicyError>,
}

impl Findings<'_> {
    fn add(&mut self, pointer: &str, problem: PolicyProblem) {
        let position = locate(self.text, pointer);
        self.errors
            .push(PolicyError::new(pointer, problem).at(position));
    }

    fn statement(&mut self, pointer: &str, statement: &Statement, place: Place) {
        self.principal(pointer, statement, place);
        let actions = &statement.actions;
        let at = child(
            pointer,
            if actions.negated {
                "NotAction"
            } else {
                "Action"
            },
        );
        if actions.patterns.is_empty() {
            self.add(&at, PolicyProblem::Empty);
        }
        for pattern in &actions.patterns {
            let text = pattern.as_str();
            let of_sts = text
                .get(..4)
                .is_some_and(|prefix| prefix.eq_ignore_ascii_case("sts:"));
            if text != "*" && !text.contains(':') {
                self.add(&at, PolicyProblem::Expected("`*` or `service:action`"));
            } else if place == Place::Trust && !of_sts {
                self.add(&at, PolicyProblem::Expected("actions of STS"));
            }
        }
        match (&statement.resources, place) {
            (Some(clause), Place::Trust) => {
                let name = if clause.negated {
                    "NotResource"
                } else {
                    "Resource"
                };
                self.add(
                    &child(pointer, name),
                    PolicyProblem::Misplaced("a trust policy"),
                );
            }
            (Some(clause), _) if clause.patterns.is_empty() => {
                let name = if clause.negated {
                    "NotResource"
                } else {
                    "Resource"
                };
                self.add(&child(pointer, name), PolicyProblem::Empty);
            }
            // The policies of some resources (ECR repositories, SES identities) have none.
            (None, Place::Trust | Place::Resource) | (Some(_), _) => {}
            (None, _) => self.add(pointer, PolicyProblem::Missing("Resource")),
        }
        if place == Place::ResourceControl && statement.effect == Effect::Allow {
            self.add(
                &child(pointer, "Effect"),
                PolicyProblem::Expected("`Deny`: only AWS's own full-access policy allows"),
            );
        }
    }

    fn principal(&mut self, pointer: &str, statement: &Statement, place: Place) {
        let Some(clause) = &statement.principal else {
            if matches!(
                place,
                Place::Resource | Place::Trust | Place::ResourceControl
            ) {
                self.add(pointer, PolicyProblem::Missing("Principal"));
            }
            return;
        };
        let at = child(
            pointer,
            if clause.negated {
                "NotPrincipal"
            } else {
                "Principal"
            },
        );
        let everyone = !clause.negated && clause.entries == [PrincipalEntry::Anyone];
        match place {
            Place::Identity => {
                self.add(&at, PolicyProblem::Misplaced("a policy of an identity"));
            }
            Place::ServiceControl => {
                self.add(&at, PolicyProblem::Misplaced("a service control policy"));
            }
            Place::Trust if clause.negated => {
                self.add(&at, PolicyProblem::Misplaced("a trust policy"));
            }
            Place::ResourceControl if !everyone => {
                self.add(&at, PolicyProblem::Expected("`*`"));
            }
            Place::Resource if clause.negated && statement.effect == Effect::Allow => {
                self.add(&at, PolicyProblem::Misplaced("a statement that allows"));
            }
            _ if clause.entries.is_empty() => self.add(&at, PolicyProblem::Empty),
            _ => {
                for entry in &clause.entries {
                    if matches!(entry, PrincipalEntry::Other(_)) {
                        self.add(&at, PolicyProblem::Expected("principals"));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(statement: &str, place: Place) -> Vec<String> {
        let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        check(&text, place)
            .iter()
            .map(|error| format!("{} {}", error.pointer, error.problem))
            .collect()
    }

    #[test]
    fn what_fits_where() {
        let bare = r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#;
        let named = r#"{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:Get*","Resource":"*"}"#;
        let trust =
            r#"{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}"#;
        assert!(errors(bare, Place::Identity).is_empty());
        assert!(errors(bare, Place::ServiceControl).is_empty());
        assert_eq!(
            errors(bare, Place::Resource),
            ["/Statement/0 missing `Principal`"]
        );
        assert!(errors(named, Place::Resource).is_empty());
        assert_eq!(
            errors(named, Place::Identity),
            ["/Statement/0/Principal does not belong in a policy of an identity"]
        );
        assert!(errors(trust, Place::Trust).is_empty());
        assert_eq!(
            errors(named, Place::Trust),
            [
                "/Statement/0/Action expected actions of STS",
                "/Statement/0/Resource does not belong in a trust policy"
            ]
        );
        assert_eq!(errors(named, Place::ResourceControl).len(), 2);
        assert_eq!(errors(trust, Place::Identity).len(), 2);
    }

    #[test]
    fn emptiness_and_repetition() {
        assert_eq!(errors("", Place::Identity), ["/Statement is empty"]);
        assert_eq!(
            errors(
                r#"{"Sid":"a","Effect":"Allow","Action":[],"Resource":[]},{"Sid":"a","Effect":"Allow","Action":"x","Resource":"*"}"#,
                Place::Identity
            ),
            [
                "/Statement/0/Action is empty",
                "/Statement/0/Resource is empty",
                "/Statement/1/Sid given twice",
                "/Statement/1/Action expected `*` or `service:action`"
            ]
        );
        assert_eq!(check("{", Place::Identity).len(), 1);
        assert_eq!(
            check(
                r#"{"Statement":{"Effect":"Allow","Action":"*"}}"#,
                Place::Identity
            )[0]
            .to_string(),
            "at `/Statement` (line 1, column 2): missing `Resource`"
        );
    }
}
