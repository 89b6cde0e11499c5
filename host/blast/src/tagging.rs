//! Conditions on tags, asked by somebody who writes tags.
//!
//! Access by attributes holds as long as nobody picks the attributes. Whoever may tag itself, or what it asks
//! for, picks the tags that the policies in its way ask for, as far as the policies on tagging let it; a
//! question is therefore asked again with each choice of tags that could make a difference.
//!
//! Source: IAM User Guide, "Controlling access to and for IAM users and roles using tags" and "Security best
//! practices and use cases in IAM", ABAC.

use std::collections::BTreeSet;

use blastwall_policy::{Keys, Known, Policy};

use crate::certainty::Certainty;
use crate::globs::filled;
use crate::judge::{Case, Detail, Judge, Judgement};

/// A value that no policy names.
const ANY_VALUE: &str = "any-value-at-all";

/// How many values of one tag are tried, and how many choices of tags in all: a request that takes more than a
/// few tags at once is told as one that hangs on its conditions.
const VALUES: usize = 24;
const CHOICES: usize = 256;

/// The beginning of condition keys with a tag of the caller.
pub(crate) const PRINCIPAL_TAGS: &[&str] = &["aws:principaltag/"];

/// Somebody who writes tags, of the caller or of what is asked for.
pub(crate) trait WritesTags {
    /// How condition keys begin that have such a tag behind them, lower case.
    fn prefixes(&self) -> &'static [&'static str];

    /// Whether it may write the tag, or take it away where there is no value.
    fn writes(&self, name: &str, value: Option<&str>) -> Option<Judgement>;
}

/// A tag that policies in the way ask for, and what it may be made.
struct Asked<'t> {
    writer: &'t dyn WritesTags,
    name: String,
    /// With how it is written.
    values: Vec<(Option<String>, Judgement)>,
}

impl Judge<'_> {
    /// The same as [`Judge::judge`] where somebody writes tags first if that helps.
    pub(crate) fn judge_tagging(
        &self,
        case: &Case<'_>,
        writers: &[&dyn WritesTags],
        detail: Detail,
    ) -> Option<Judgement> {
        let plain = self.judge(case, detail);
        let certain = |judgement: &Option<Judgement>| {
            let certainty = judgement.as_ref().map(|judgement| judgement.certainty);
            certainty == Some(Certainty::Certain)
        };
        if writers.is_empty() || certain(&plain) {
            return plain;
        }
        let asked = self.asked(case, writers);
        let mut best = plain;
        for choice in choices(&asked).take(CHOICES) {
            let mut changed = case.clone();
            let mut written = Judgement::default();
            for (tag, place) in asked.iter().zip(choice) {
                let Some((value, how)) = place.and_then(|place| tag.values.get(place)) else {
                    continue;
                };
                written = written.and(how.clone());
                for prefix in tag.writer.prefixes() {
                    let known = match value {
                        Some(value) => Known::Fixed(vec![value.clone()]),
                        None => Known::Absent,
                    };
                    changed.keys.set(&format!("{prefix}{}", tag.name), known);
                }
            }
            let answer = self.judge(&changed, detail).map(|one| written.and(one));
            let surer = match (&best, &answer) {
                (None, Some(_)) => true,
                (Some(best), Some(answer)) => answer.certainty < best.certainty,
                (_, None) => false,
            };
            if surer {
                best = answer;
            }
            if certain(&best) {
                break;
            }
        }
        best
    }

    /// The tags that the policies in the way ask for and that can be written.
    fn asked<'t>(&self, case: &Case<'_>, writers: &[&'t dyn WritesTags]) -> Vec<Asked<'t>> {
        self.with_layers(case, |layers| {
            let levels = layers.scps.into_iter().chain(layers.rcps).flatten();
            let policies = levels
                .flat_map(|level| level.iter().copied())
                .chain(layers.identity.iter().copied())
                .chain(layers.boundary)
                .chain(layers.resource);
            let policies: Vec<&Policy> = policies.collect();
            let tags = writers.iter().flat_map(|writer| {
                let mut names = Names::of(*writer);
                for policy in &policies {
                    names.add_policy(policy, case);
                }
                names.written()
            });
            tags.collect()
        })
    }
}

/// The names of tags that policies ask for, and values that could suit them.
struct Names<'t> {
    writer: &'t dyn WritesTags,
    /// By name as it is written, with the name in lower case, which is what keys are told apart by.
    named: Vec<(String, String, BTreeSet<String>)>,
}

impl<'t> Names<'t> {
    fn of(writer: &'t dyn WritesTags) -> Self {
        Self {
            writer,
            named: Vec::new(),
        }
    }

    fn name<'k>(&self, key: &'k str) -> Option<&'k str> {
        let mut prefixes = self.writer.prefixes().iter();
        prefixes.find_map(|prefix| {
            let (head, name) = key.split_at_checked(prefix.len())?;
            head.eq_ignore_ascii_case(prefix).then_some(name)
        })
    }

    fn add(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        let lower = name.to_ascii_lowercase();
        let place = self.named.iter().position(|(_, known, _)| *known == lower);
        match place.and_then(|place| self.named.get_mut(place)) {
            Some((_, _, known)) => known.extend(values),
            None => {
                let values = values.into_iter().collect();
                self.named.push((name.to_owned(), lower, values));
            }
        }
    }

    fn add_policy(&mut self, policy: &Policy, case: &Case<'_>) {
        let statements = policy.statements.iter();
        for statement in statements.filter(|one| one.actions.covers(case.action)) {
            for condition in &statement.conditions {
                let values = condition.values.iter().map(|value| value.as_str());
                if let Some(name) = self.name(&condition.written_key) {
                    let values: Vec<String> = values
                        .clone()
                        .filter_map(|value| resolved(value, &case.keys))
                        .map(|value| filled(&value))
                        .collect();
                    self.add(name, values);
                }
                // The other way round: what is compared with the tag says what it should be.
                let compared = of_key(&case.keys, &condition.key);
                for variable in values.flat_map(variables) {
                    if let Some(name) = self.name(variable) {
                        self.add(name, compared.iter().cloned());
                    }
                }
            }
            for pattern in statement
                .resources
                .iter()
                .flat_map(|clause| &clause.patterns)
            {
                for variable in variables(pattern.as_str()) {
                    if let Some(name) = self.name(variable) {
                        self.add(name, between(pattern.as_str(), case.resource));
                    }
                }
            }
        }
    }

    fn written(self) -> Vec<Asked<'t>> {
        let writer = self.writer;
        let asked = self.named.into_iter().map(|(name, _, values)| {
            let values = values.into_iter().take(VALUES).map(Some);
            let values = values.chain([Some(ANY_VALUE.to_owned()), None]);
            let written = values.filter_map(|value| {
                let how = writer.writes(&name, value.as_deref())?;
                Some((value, how))
            });
            Asked {
                writer,
                values: written.collect(),
                name,
            }
        });
        asked.filter(|asked| !asked.values.is_empty()).collect()
    }
}

/// Every choice of values, those first that write few tags; the last, which writes none, is left out.
fn choices(asked: &[Asked<'_>]) -> impl Iterator<Item = Vec<Option<usize>>> {
    let sizes: Vec<usize> = asked.iter().map(|tag| tag.values.len()).collect();
    let total = sizes
        .iter()
        .fold(1_usize, |all, size| all.saturating_mul(size + 1));
    (1..total).map(move |number| {
        let mut rest = number;
        let places = sizes.iter().map(|size| {
            let place = rest % (size + 1);
            rest /= size + 1;
            place.checked_sub(1)
        });
        places.collect()
    })
}

/// The values of a key, if they are known.
fn of_key(keys: &Keys, key: &str) -> Vec<String> {
    match keys.get(key) {
        Some(Known::Fixed(values)) => values.clone(),
        Some(Known::Absent | Known::Since(_)) | None => Vec::new(),
    }
}

/// The variables of a text, as it writes them.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .map(|variable| variable.split(',').next().unwrap_or(variable).trim())
}

/// A text with its variables put in; none if one of them is not known.
fn resolved(text: &str, keys: &Keys) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let (variable, after) = behind.split_once('}')?;
        out.push_str(before);
        out.push_str(of_key(keys, variable).first()?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// What a resource has in the place of the one variable of a pattern.
fn between(pattern: &str, resource: &str) -> Option<String> {
    let (before, behind) = pattern.split_once("${")?;
    let (_, after) = behind.split_once('}')?;
    // A pattern names partition, region and account with stars; what counts is the text next to the variable.
    let before = before.rsplit(['*', '?']).next().unwrap_or_default();
    let after = after.split(['*', '?', '$']).next().unwrap_or_default();
    let (_, rest) = resource.split_once(before).filter(|_| !before.is_empty())?;
    let value = match after {
        "" => rest,
        after => rest.split_once(after)?.0,
    };
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_in_the_place_of_a_variable_is_found() {
        let of = |pattern: &str| between(pattern, "arn:aws:iam::111111111111:role/blue-deploy");
        let value = Some("blue".to_owned());
        assert_eq!(
            of("arn:aws:iam::*:role/${aws:PrincipalTag/team}-deploy"),
            value
        );
        assert_eq!(of("arn:aws:iam::*:role/${aws:PrincipalTag/team}-*"), value);
        assert_eq!(
            of("arn:aws:iam::*:role/green-${aws:PrincipalTag/team}"),
            None
        );
    }
}
