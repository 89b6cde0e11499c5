//! Putting into words what would have to hold.

use std::fmt;

use super::control::KeyControl;
use crate::condition::{Comparison, Operator, OperatorKind};
use crate::decide::evaluate::Uncertain;
use crate::decide::principals::{Covering, Who};
use crate::decide::statement::{Principals, Query, Ref, resource_truth};
use crate::decide::{Layers, StatementRef};
use crate::language::{Effect, PrincipalEntry, Statement};
use crate::principal::Principal;
use crate::truth::Truth;

/// One term of an answer: at least one of its tests must come out as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Alternatives, never empty; a term from an allow statement has one.
    pub any_of: Vec<Test>,
    /// The statement the term comes from.
    pub statement: StatementRef,
}

/// A test on a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The key as the policy writes it.
    pub key: String,
    /// The operator as the policy language writes it, or `PolicyVariable` when the values are
    /// patterns of the resource that contain the key as a variable.
    pub operator: String,
    /// The values of the policy.
    pub values: Vec<String>,
    /// Whether the test must hold (allow) or fail (deny).
    pub must_hold: bool,
    /// Who decides the key.
    pub control: KeyControl,
}

impl Requirement {
    /// Whether the sender of the request can meet it at will.
    #[must_use]
    pub fn is_attacker_settable(&self) -> bool {
        self.any_of
            .iter()
            .any(|test| test.control == KeyControl::Attacker)
    }
}

/// How hard the open conditions of a statement are to meet; only the order of costs means anything.
pub(crate) fn cost(statement: &Statement, query: &Query<'_>) -> u32 {
    let mut cost = 1;
    for condition in &statement.conditions {
        if condition.truth(&query.facts) == Truth::Maybe {
            cost += match condition.control {
                KeyControl::Attacker => 1,
                KeyControl::Unknown => 100,
                KeyControl::Fixed => 1_000,
            };
        }
    }
    cost
}

/// The terms under which the uncertain allows hold and the possible denies do not.
pub(crate) fn collect(
    query: &Query<'_>,
    layers: &Layers<'_>,
    allows: &[Uncertain],
    denies: &[Ref],
) -> Vec<Requirement> {
    let mut requirements: Vec<Requirement> = Vec::new();
    let mut add = |any_of: Vec<Test>, at: Ref| {
        if !any_of.is_empty() && !requirements.iter().any(|known| known.any_of == any_of) {
            requirements.push(Requirement {
                any_of,
                statement: at.resolve(layers),
            });
        }
    };
    for allow in allows {
        for test in tests(allow.at, Some(allow.covering), query, layers) {
            add(vec![test], allow.at);
        }
    }
    for at in denies {
        add(tests(*at, None, query, layers), *at);
    }
    requirements
}

/// The open tests of a statement. Whom it covers is one of them: `covering` says who has to be, and
/// nobody in particular where the caller may be covered in any way.
fn tests(at: Ref, covering: Option<Covering>, query: &Query<'_>, layers: &Layers<'_>) -> Vec<Test> {
    let Some(statement) = at
        .layer
        .policy(layers, at.policy)
        .and_then(|policy| policy.statements.get(at.statement))
    else {
        return Vec::new();
    };
    let must_hold = statement.effect == Effect::Allow;
    let mut tests = Vec::new();
    if Principals::of(at.layer) != Principals::Implied {
        tests.extend(principal_test(statement, covering, query));
    }
    if resource_truth(statement, query) == Truth::Maybe {
        tests.extend(variable_tests(statement, must_hold));
    }
    for condition in &statement.conditions {
        if condition.truth(&query.facts) == Truth::Maybe {
            tests.push(Test {
                key: condition.written_key.to_string(),
                operator: condition.operator.to_string(),
                values: condition
                    .values
                    .iter()
                    .map(|value| value.as_str().to_owned())
                    .collect(),
                must_hold,
                control: condition.control,
            });
        }
    }
    tests
}

/// A statement that names sessions of the role that asks depends on the session's name, which
/// whoever assumes the role chooses; one that names a user depends on whether that user is who
/// federated; one that excepts part of the caller depends on the service.
fn principal_test(
    statement: &Statement,
    covering: Option<Covering>,
    query: &Query<'_>,
) -> Option<Test> {
    let clause = statement.principal.as_ref()?;
    let must_hold = statement.effect == Effect::Allow;
    let who = Who::covered(clause, statement.effect, query);
    let covers = covering.map_or_else(|| who.any(), |covering| who.by(covering));
    if covers != Truth::Maybe {
        return None;
    }
    let sessions: Vec<String> = clause
        .entries
        .iter()
        .filter_map(|entry| match (entry, query.principal) {
            (
                PrincipalEntry::Identity(Principal::RoleSession {
                    account,
                    role,
                    session,
                    ..
                }),
                Principal::Role {
                    account: own, name, ..
                },
            ) if account == own && role == name => Some(session.to_string()),
            _ => None,
        })
        .collect();
    if sessions.is_empty() {
        return Some(Test {
            key: if clause.negated {
                "NotPrincipal"
            } else {
                "Principal"
            }
            .to_owned(),
            operator: "Covers".to_owned(),
            values: clause
                .entries
                .iter()
                .map(|entry| entry.as_str().to_owned())
                .collect(),
            must_hold,
            control: KeyControl::Unknown,
        });
    }
    Some(Test {
        key: "sts:RoleSessionName".to_owned(),
        operator: if clause.negated {
            "StringNotEquals"
        } else {
            "StringEquals"
        }
        .to_owned(),
        values: sessions,
        must_hold,
        control: KeyControl::Attacker,
    })
}

fn variable_tests(statement: &Statement, must_hold: bool) -> Option<Test> {
    let resources = statement.resources.as_ref()?;
    let with_variables = || {
        resources
            .patterns
            .iter()
            .filter(|pattern| pattern.variables().next().is_some())
    };
    let key = with_variables()
        .flat_map(|pattern| pattern.variables())
        .next()?
        .to_owned();
    Some(Test {
        control: KeyControl::of(&key),
        key,
        operator: "PolicyVariable".to_owned(),
        values: with_variables()
            .map(|pattern| pattern.as_str().to_owned())
            .collect(),
        must_hold,
    })
}

impl fmt::Display for Test {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let not = if self.must_hold { "" } else { "not " };
        write!(
            formatter,
            "{not}{} {} [{}]",
            self.operator,
            self.key,
            self.values.join(", ")
        )?;
        self.time()
            .map_or(Ok(()), |time| write!(formatter, " ({time})"))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, test) in self.any_of.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" or ")?;
            }
            write!(formatter, "{test}")?;
        }
        Ok(())
    }
}

impl Test {
    /// When it comes out as expected, in words, if it is about the time of the request.
    fn time(&self) -> Option<String> {
        let key = self.key.to_ascii_lowercase();
        let ([moment], "aws:currenttime" | "aws:epochtime") = (self.values.as_slice(), &*key)
        else {
            return None;
        };
        let (OperatorKind::Date(comparison) | OperatorKind::Numeric(comparison)) =
            self.parsed_operator()?.kind
        else {
            return None;
        };
        let until = match comparison {
            Comparison::Less | Comparison::LessOrEqual => self.must_hold,
            Comparison::Greater | Comparison::GreaterOrEqual => !self.must_hold,
            Comparison::Equal => return None,
        };
        Some(if until {
            format!("until {moment}")
        } else {
            format!("from {moment} on")
        })
    }

    /// The operator taken apart, when it is one of the policy language.
    #[must_use]
    pub fn parsed_operator(&self) -> Option<Operator> {
        Operator::parse(&self.operator)
    }
}
