//! What a statement is about: actions and resources.

use crate::context::Facts;
use crate::lowered::Lowered;
use crate::pattern::{Pattern, Reading};
use crate::truth::Truth;

/// `Action` or `NotAction`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionClause {
    /// `NotAction`: every action except these.
    pub negated: bool,
    /// The patterns.
    pub patterns: Vec<Pattern>,
    /// The services that patterns may match.
    services: ServiceFilter,
}

/// A set of services that may hold too many: one bit for each of 64 hashes. Most statements of a
/// large policy are about other services than the request, and this tells without looking further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServiceFilter(u64);

impl ServiceFilter {
    const ALL: Self = Self(u64::MAX);

    /// The service of an action, in lower case. An action without colon may match anything.
    pub(crate) fn of_action(action: &str) -> Self {
        action
            .split_once(':')
            .map_or(Self::ALL, |(service, _)| Self::of_service(service))
    }

    fn of_service(service: &str) -> Self {
        let hash = service.bytes().fold(0_u32, |hash, byte| {
            hash.wrapping_mul(31)
                .wrapping_add(u32::from(byte.to_ascii_lowercase()))
        });
        Self(1 << ((hash ^ (hash >> 6)) & 63))
    }

    fn of_pattern(text: &str) -> Self {
        match text.split_once(':') {
            Some((service, _)) if !service.contains(['*', '?']) => Self::of_service(service),
            _ => Self::ALL,
        }
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// `Resource` or `NotResource`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceClause {
    /// `NotResource`: every resource except these.
    pub negated: bool,
    /// The patterns; an ARN with fewer than six fields is completed with wildcards.
    pub patterns: Vec<Pattern>,
}

impl ActionClause {
    pub(crate) fn compile(negated: bool, texts: &[&str]) -> Self {
        let reading = Reading {
            wildcards: true,
            variables: false,
            fold: true,
        };
        let services = if negated {
            ServiceFilter::ALL
        } else {
            texts
                .iter()
                .map(|text| ServiceFilter::of_pattern(text))
                .fold(ServiceFilter(0), ServiceFilter::or)
        };
        Self {
            negated,
            patterns: texts
                .iter()
                .map(|text| Pattern::compile(text, reading))
                .collect(),
            services,
        }
    }

    /// Whether the clause covers an action such as `s3:GetObject`, in any case.
    #[must_use]
    pub fn covers(&self, action: &str) -> bool {
        let action = Lowered::new(action);
        self.covers_lower(action.as_str(), ServiceFilter::of_action(action.as_str()))
    }

    /// Whether the clause covers an action in lower case, whose service is given as well.
    #[inline]
    pub(crate) fn covers_lower(&self, action: &str, service: ServiceFilter) -> bool {
        self.services.meets(service)
            && self.patterns.iter().any(|pattern| pattern.matches(action)) != self.negated
    }

    /// Whether the clause covers every action of every service: `*`, `*:*`, or a `NotAction` that
    /// excepts nothing.
    #[must_use]
    pub fn covers_everything(&self) -> bool {
        if self.negated {
            return self.patterns.is_empty();
        }
        self.patterns.iter().any(|pattern| {
            pattern.matches_everything()
                || pattern
                    .as_str()
                    .split_once(':')
                    .is_some_and(|(service, action)| stars(service) && stars(action))
        })
    }
}

fn stars(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

impl ResourceClause {
    pub(crate) fn compile(negated: bool, texts: &[&str], variables: bool) -> Self {
        let reading = Reading {
            wildcards: true,
            variables,
            fold: false,
        };
        let patterns = texts
            .iter()
            .map(|text| Pattern::compile(&completed(text), reading))
            .collect();
        Self { negated, patterns }
    }

    /// Whether the clause covers a resource; a pattern with a policy variable covers nothing.
    #[must_use]
    pub fn covers(&self, resource: &str) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(resource))
            != self.negated
    }

    /// Whether the clause covers every resource.
    #[must_use]
    pub fn covers_everything(&self) -> bool {
        if self.negated {
            self.patterns.is_empty()
        } else {
            self.patterns.iter().any(Pattern::matches_everything)
        }
    }

    /// Whether the clause covers `resource`, with policy variables taken from `facts`.
    pub(crate) fn truth(&self, resource: &str, facts: &Facts<'_>) -> Truth {
        let mut any = Truth::False;
        for pattern in &self.patterns {
            any = any.or(pattern.matches_with(resource, facts));
            if any == Truth::True {
                break;
            }
        }
        any.flip_if(self.negated)
    }
}

/// An ARN with fewer than six fields is completed with wildcards: `arn:aws:sqs` means
/// `arn:aws:sqs:*:*:*`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
fn completed(text: &str) -> String {
    let mut completed = text.to_owned();
    if text.starts_with("arn:") {
        let mut depth = 0_usize;
        let mut fields = 1_usize;
        for byte in text.bytes() {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b':' if depth == 0 => fields += 1,
                _ => {}
            }
        }
        for _ in fields..6 {
            completed.push_str(":*");
        }
    }
    completed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incomplete_arns_are_completed() {
        assert_eq!(completed("arn:aws:sqs"), "arn:aws:sqs:*:*:*");
        assert_eq!(
            completed("arn:aws:s3:::b/${aws:username}"),
            "arn:aws:s3:::b/${aws:username}"
        );
        assert_eq!(completed("*"), "*");
    }

    #[test]
    fn actions_ignore_case() {
        let clause = ActionClause::compile(false, &["S3:get*"]);
        assert!(clause.covers("s3:GetObject"));
        assert!(!clause.covers("s3:PutObject"));
        assert!(ActionClause::compile(false, &["*:*"]).covers_everything());
        assert!(!ActionClause::compile(false, &["iam:*"]).covers_everything());
        assert!(ActionClause::compile(true, &[]).covers_everything());
    }
}
