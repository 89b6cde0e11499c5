//! The rules of the closure: "who holds all of these also gets that".
//!
//! Flat arrays and numbers only; what the numbers stand for is none of this module's business.

use crate::certainty::Certainty;

/// The number of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FactId(pub(crate) u32);

impl FactId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RuleId(pub(crate) u32);

/// How long a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// How many hops it counts for.
    pub(crate) hops: u8,
    /// How many steps it shows as: 0 if it never shows.
    pub(crate) steps: u8,
}

/// One rule without its premises.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) conclusion: FactId,
    /// The link kind that made it, as its place in the registry.
    pub(crate) link: u8,
    pub(crate) certainty: Certainty,
    pub(crate) cost: Cost,
    premises: (u32, u32),
}

/// Rules while they are being gathered.
#[derive(Clone, Debug, Default)]
pub(crate) struct RuleSet {
    rules: Vec<Rule>,
    premises: Vec<FactId>,
}

impl RuleSet {
    /// Adds a rule; one without premises, or whose conclusion is a premise, says nothing and is
    /// left out.
    pub(crate) fn add(
        &mut self,
        link: u8,
        cost: Cost,
        certainty: Certainty,
        premises: &[FactId],
        conclusion: FactId,
    ) {
        if premises.is_empty() || premises.contains(&conclusion) {
            return;
        }
        let start = u32::try_from(self.premises.len()).unwrap_or(u32::MAX);
        self.premises.extend_from_slice(premises);
        let end = u32::try_from(self.premises.len()).unwrap_or(u32::MAX);
        self.rules.push(Rule {
            conclusion,
            link,
            certainty,
            cost,
            premises: (start, end),
        });
    }

    /// Adds a rule like another, with other premises.
    pub(crate) fn copy(&mut self, rule: &Rule, premises: &[FactId]) {
        self.add(
            rule.link,
            rule.cost,
            rule.certainty,
            premises,
            rule.conclusion,
        );
    }

    /// Builds the indices over `facts` facts.
    pub(crate) fn index(self, facts: usize) -> IndexedRules {
        let mut out = vec![0_u32; facts + 1];
        let mut into = vec![0_u32; facts + 1];
        for rule in &self.rules {
            bump(&mut into, rule.conclusion);
            for premise in self.premises_of(rule) {
                bump(&mut out, *premise);
            }
        }
        let mut rules_out = accumulate(&mut out);
        let mut rules_into = accumulate(&mut into);
        let (mut next_out, mut next_into) = (out.clone(), into.clone());
        for (number, rule) in self.rules.iter().enumerate() {
            let id = RuleId(u32::try_from(number).unwrap_or(u32::MAX));
            place(&mut rules_into, &mut next_into, rule.conclusion, id);
            for premise in self.premises_of(rule) {
                place(&mut rules_out, &mut next_out, *premise, id);
            }
        }
        IndexedRules {
            set: self,
            out: Buckets {
                offsets: out,
                rules: rules_out,
            },
            into: Buckets {
                offsets: into,
                rules: rules_into,
            },
        }
    }

    /// All that were added so far, with their premises.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Rule, &[FactId])> {
        self.rules.iter().map(|rule| (rule, self.premises_of(rule)))
    }

    fn premises_of(&self, rule: &Rule) -> &[FactId] {
        self.premises
            .get(rule.premises.0 as usize..rule.premises.1 as usize)
            .unwrap_or_default()
    }
}

fn bump(counts: &mut [u32], fact: FactId) {
    if let Some(count) = counts.get_mut(fact.index()) {
        *count += 1;
    }
}

/// Turns counts into starting offsets and makes room for the entries.
fn accumulate(counts: &mut [u32]) -> Vec<RuleId> {
    let mut total = 0;
    for count in counts.iter_mut() {
        let here = *count;
        *count = total;
        total += here;
    }
    vec![RuleId(0); total as usize]
}

fn place(entries: &mut [RuleId], next: &mut [u32], fact: FactId, rule: RuleId) {
    if let Some(at) = next.get_mut(fact.index()) {
        if let Some(entry) = entries.get_mut(*at as usize) {
            *entry = rule;
        }
        *at += 1;
    }
}

/// Rules by fact, in the order in which they were added.
#[derive(Clone, Debug)]
struct Buckets {
    offsets: Vec<u32>,
    rules: Vec<RuleId>,
}

impl Buckets {
    fn of(&self, fact: FactId) -> &[RuleId] {
        let bound = |index: usize| self.offsets.get(index).copied().unwrap_or_default() as usize;
        self.rules
            .get(bound(fact.index())..bound(fact.index() + 1))
            .unwrap_or_default()
    }
}

/// All rules, found by premise and by conclusion.
#[derive(Clone, Debug)]
pub(crate) struct IndexedRules {
    set: RuleSet,
    out: Buckets,
    into: Buckets,
}

impl IndexedRules {
    /// How many facts the rules are over.
    pub(crate) fn facts(&self) -> usize {
        self.out.offsets.len().saturating_sub(1)
    }

    /// How many rules there are.
    pub(crate) fn len(&self) -> usize {
        self.set.rules.len()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        (0..).map(RuleId).zip(&self.set.rules)
    }

    /// The only premises of the rules that conclude a fact: of a class, its members.
    pub(crate) fn members(&self, class: FactId) -> impl Iterator<Item = FactId> + '_ {
        let rules = self.to(class).iter().filter_map(|rule| self.rule(*rule));
        rules.filter_map(|rule| match self.premises(rule) {
            [member] => Some(*member),
            _ => None,
        })
    }

    pub(crate) fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.set.rules.get(id.0 as usize)
    }

    pub(crate) fn premises(&self, rule: &Rule) -> &[FactId] {
        self.set.premises_of(rule)
    }

    /// The rules that have this fact among their premises.
    pub(crate) fn from(&self, fact: FactId) -> &[RuleId] {
        self.out.of(fact)
    }

    /// The rules that conclude this fact.
    pub(crate) fn to(&self, fact: FactId) -> &[RuleId] {
        self.into.of(fact)
    }
}
