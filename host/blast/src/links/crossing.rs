//! From host to host: whoever has a host of a network, or an account that starts one there, opens connections to
//! hosts of the same network or of one that is joined to it.
//!
//! One mechanism for everything that joins hosts; the kinds differ in their documentation and in what they
//! find. Passages are judged once for all hosts that the network cannot tell apart
//! ([`Alike`]), and the rules are as few: whoever reaches a host stands in a row in which those that reach
//! the same are neighbours, and is one of a few classes, stretches of the row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Deriver, LinkDocumentation, LinkKind};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::networks::Host;
use crate::judge::{Judge, Judgement};
use crate::world::{
    AccountIndex, Alike, Crossing, Goal, Junction, Origin, Passage, Source, WorkloadIndex, World,
};

/// A kind of link between networks.
pub(super) struct BetweenNetworks {
    pub(super) documentation: LinkDocumentation,
    /// Everything of the kind.
    pub(super) all: for<'w> fn(&'w World) -> Vec<Junction<'w>>,
    /// What joins two VPCs.
    pub(super) between: for<'w> fn(&'w World, &'w str, &'w str) -> Vec<Crossing<'w>>,
}

pub(super) fn certainty(passage: &Passage) -> Certainty {
    if passage.unseen.is_empty() {
        Certainty::Certain
    } else {
        Certainty::Conditional
    }
}

/// The hosts by VPC.
pub(super) fn hosts(world: &World) -> BTreeMap<&str, Vec<WorkloadIndex>> {
    let mut hosts: BTreeMap<&str, Vec<WorkloadIndex>> = BTreeMap::new();
    for index in world.workload_indices() {
        let own = world.workload(index).into_iter().flat_map(|row| &row.hosts);
        let vpcs: BTreeSet<&str> = own.map(|host| host.vpc.as_str()).collect();
        for vpc in vpcs {
            hosts.entry(vpc).or_default().push(index);
        }
    }
    hosts
}

/// Where a workload is in a VPC, and its account.
fn there<'w>(
    world: &'w World,
    workload: WorkloadIndex,
    vpc: &'w str,
) -> impl Iterator<Item = (AccountIndex, &'w Host)> + use<'w> {
    let row = world.workload(workload).into_iter();
    row.flat_map(move |row| {
        let here = row.hosts.iter().filter(move |host| host.vpc == vpc);
        here.map(|host| (row.account, host))
    })
}

/// Who opens connections at the near ends of a junction.
pub(super) fn origins<'w>(
    world: &'w World,
    hosts: &BTreeMap<&'w str, Vec<WorkloadIndex>>,
    junction: &Junction<'w>,
) -> Vec<Origin<'w>> {
    let mut origins = Vec::new();
    for end in &junction.near {
        let own = hosts.get(end.vpc).into_iter().flatten();
        origins.extend(own.flat_map(|index| {
            let here = there(world, *index, end.vpc);
            here.map(|(account, host)| Origin {
                holder: Capability::Workload(*index),
                source: Source::Host(host),
                end: *end,
                account,
            })
        }));
        let starters = world.starters.of(end.vpc).iter();
        origins.extend(starters.map(|starter| Origin {
            holder: Capability::Account(starter.account),
            source: Source::Start(starter),
            end: *end,
            account: starter.account,
        }));
    }
    origins
}

/// The hosts at the far ends of a junction.
pub(super) fn goals<'w>(
    world: &'w World,
    hosts: &BTreeMap<&'w str, Vec<WorkloadIndex>>,
    junction: &Junction<'w>,
) -> Vec<Goal<'w>> {
    let ends = junction.far.iter();
    let goals = ends.flat_map(|end| {
        let own = hosts.get(end.vpc).into_iter().flatten();
        own.flat_map(|index| {
            let here = there(world, *index, end.vpc);
            let here = here.filter(|(_, host)| host.listens());
            here.map(|(account, host)| Goal {
                workload: *index,
                host,
                end: *end,
                account,
            })
        })
    });
    goals.collect()
}

/// Some of each: two at least, and one for each VPC and account, which decide whether there is a way at all.
fn examples<T>(
    all: &[T],
    alike: &[usize],
    whose: impl Fn(&T) -> (&str, AccountIndex),
) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let places = alike.iter().enumerate().filter(|(order, place)| {
        let new = all.get(**place).is_some_and(|one| seen.insert(whose(one)));
        new || *order < 2
    });
    places.map(|(_, place)| *place).collect()
}

/// How surely the one class reaches the other: as any of them that there is a way between.
fn judge<'w>(
    world: &'w World,
    junction: &Junction<'w>,
    origins: impl Iterator<Item = &'w Origin<'w>> + Clone,
    goals: impl Iterator<Item = &'w Goal<'w>>,
) -> Option<Certainty> {
    let mut pairs = goals.flat_map(|goal| origins.clone().map(move |origin| (origin, goal)));
    let (crossing, origin, goal) = pairs.find_map(|(origin, goal)| {
        let crossing = origin.way_to(goal, junction)?;
        Some((crossing, origin, goal))
    })?;
    let passage = world
        .networks
        .passage(&crossing, origin.source, goal.host)?;
    Some(certainty(&passage))
}

/// Who stands where in the row.
struct Row<'o, 'w> {
    /// Those who open connections, those with the same reach together.
    origins: Vec<&'o Origin<'w>>,
    /// By place among the classes: where it stands.
    stretches: Vec<std::ops::Range<usize>>,
    by_vpc: HashMap<&'w str, Vec<usize>>,
    by_account: HashMap<AccountIndex, Vec<usize>>,
    by_workload: HashMap<WorkloadIndex, Vec<usize>>,
}

impl<'o, 'w> Row<'o, 'w> {
    fn new(all: &'o [Origin<'w>], alike: &Alike, matrix: &[Vec<Option<Certainty>>]) -> Self {
        let reach_of = |class: usize| -> Vec<Option<Certainty>> {
            let of_goals = matrix.iter().map(|of_goal| of_goal.get(class).copied());
            of_goals.map(Option::flatten).collect()
        };
        let mut order: Vec<usize> = (0..alike.origins.len()).collect();
        order.sort_by_cached_key(|class| (reach_of(*class), *class));
        let mut row = Self {
            origins: Vec::new(),
            stretches: vec![0..0; order.len()],
            by_vpc: HashMap::new(),
            by_account: HashMap::new(),
            by_workload: HashMap::new(),
        };
        for class in order {
            let start = row.origins.len();
            let places = alike.origins.get(class).into_iter().flatten();
            let mut members: Vec<&Origin<'_>> =
                places.filter_map(|place| all.get(*place)).collect();
            members.sort_by_key(|origin| (origin.end.vpc, origin.holder));
            row.origins.extend(members);
            if let Some(stretch) = row.stretches.get_mut(class) {
                *stretch = start..row.origins.len();
            }
        }
        for (place, origin) in row.origins.iter().enumerate() {
            row.by_vpc.entry(origin.end.vpc).or_default().push(place);
            match origin.holder {
                Capability::Workload(index) => {
                    row.by_workload.entry(index).or_default().push(place);
                }
                _ => row
                    .by_account
                    .entry(origin.account)
                    .or_default()
                    .push(place),
            }
        }
        row
    }

    /// Those in the row that have no way to a goal.
    fn kept_out(&self, goal: &Goal<'_>, junction: &Junction<'_>) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        out.extend(self.by_account.get(&goal.account).into_iter().flatten());
        if junction.is_local() {
            out.extend(self.by_workload.get(&goal.workload).into_iter().flatten());
        } else {
            out.extend(self.by_vpc.get(goal.end.vpc).into_iter().flatten());
        }
        out
    }

    /// The stretches of these classes without some places, in order, neighbours as one.
    fn stretches(
        &self,
        classes: impl Iterator<Item = usize>,
        without: &BTreeSet<usize>,
    ) -> Vec<std::ops::Range<usize>> {
        let stretches = classes.filter_map(|class| self.stretches.get(class));
        let mut stretches: Vec<_> = stretches.cloned().collect();
        stretches.sort_by_key(|stretch| stretch.start);
        let mut kept: Vec<std::ops::Range<usize>> = Vec::new();
        let mut keep = |part: std::ops::Range<usize>| match kept.last_mut() {
            Some(last) if last.end == part.start => last.end = part.end,
            _ if part.is_empty() => {}
            _ => kept.push(part),
        };
        for stretch in stretches {
            let mut start = stretch.start;
            for place in without.range(stretch.clone()) {
                keep(start..*place);
                start = place + 1;
            }
            keep(start..stretch.end);
        }
        kept
    }

    fn holders(&self, stretch: std::ops::Range<usize>) -> impl Iterator<Item = Capability> + '_ {
        let origins = self.origins.get(stretch).unwrap_or_default();
        origins.iter().map(|origin| origin.holder)
    }

    /// Classes that have together exactly those in the stretches, few and long ones for `goals` rules from
    /// each. What lengths and places are powers of two is shared by all who need it.
    fn classes(
        &self,
        stretches: &[std::ops::Range<usize>],
        goals: usize,
        rules: &mut Deriver<'_>,
    ) -> Vec<Capability> {
        let blocks: Vec<_> = stretches.iter().cloned().flat_map(blocks).collect();
        let members: usize = stretches.iter().map(ExactSizeIterator::len).sum();
        let sets: Vec<Vec<Capability>> = if members + goals < blocks.len().saturating_mul(goals) {
            let all = stretches.iter().cloned();
            vec![all.flat_map(|stretch| self.holders(stretch)).collect()]
        } else {
            let blocks = blocks.into_iter();
            blocks.map(|block| self.holders(block).collect()).collect()
        };
        let classes = sets.into_iter().filter_map(|mut members| {
            members.sort_unstable();
            members.dedup();
            (!members.is_empty()).then(|| rules.classes.any_of(members))?
        });
        classes.collect()
    }
}

/// Cuts a stretch where its places are multiples of powers of two, into as few parts as that allows.
fn blocks(stretch: std::ops::Range<usize>) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut start = stretch.start;
    std::iter::from_fn(move || {
        let left = stretch.end.checked_sub(start).filter(|left| *left > 0)?;
        let largest = 1_usize << left.ilog2();
        let aligned = match start.trailing_zeros() {
            _ if start == 0 => largest,
            zeros => 1_usize << zeros,
        };
        let block = start..start + largest.min(aligned);
        start = block.end;
        Some(block)
    })
}

impl BetweenNetworks {
    fn derive_through<'w>(
        world: &'w World,
        junction: &Junction<'w>,
        hosts: &BTreeMap<&'w str, Vec<WorkloadIndex>>,
        rules: &mut Deriver<'_>,
    ) {
        let goals = goals(world, hosts, junction);
        let origins = origins(world, hosts, junction);
        if goals.is_empty() || origins.is_empty() {
            return;
        }
        let alike = Alike::sort(&world.networks, junction, &origins, &goals);
        let senders: Vec<Vec<usize>> = alike
            .origins
            .iter()
            .map(|class| examples(&origins, class, |one| (one.end.vpc, one.account)))
            .collect();
        let matrix: Vec<Vec<Option<Certainty>>> = alike
            .goals
            .iter()
            .map(|class| {
                let receivers = examples(&goals, class, |one| (one.end.vpc, one.account));
                let senders = senders.iter();
                senders
                    .map(|senders| {
                        let senders = senders.iter().filter_map(|place| origins.get(*place));
                        let receivers = receivers.iter().filter_map(|place| goals.get(*place));
                        judge(world, junction, senders, receivers)
                    })
                    .collect()
            })
            .collect();
        let row = Row::new(&origins, &alike, &matrix);
        for (class, reached_by) in alike.goals.iter().zip(&matrix) {
            // Those whom the same are kept from together.
            let mut together: BTreeMap<_, Vec<&Goal<'_>>> = BTreeMap::new();
            for goal in class.iter().filter_map(|place| goals.get(*place)) {
                let itself = junction.is_local().then_some(goal.workload);
                let whose = (goal.end.vpc, goal.account, itself);
                together.entry(whose).or_default().push(goal);
            }
            for goals in together.into_values() {
                let Some(first) = goals.first() else { continue };
                let out = row.kept_out(first, junction);
                for certainty in [Certainty::Certain, Certainty::Conditional] {
                    let classes = (0..).zip(reached_by);
                    let classes = classes.filter(|(_, found)| **found == Some(certainty));
                    let stretches = row.stretches(classes.map(|(class, _)| class), &out);
                    for class in row.classes(&stretches, goals.len(), rules) {
                        for goal in &goals {
                            rules.add(certainty, &[class], Capability::Network(goal.workload));
                        }
                    }
                }
            }
        }
    }

    /// The surest way from one to another, and what it goes through.
    pub(super) fn passage<'w>(
        &self,
        world: &'w World,
        from: Capability,
        target: WorkloadIndex,
    ) -> Option<(&'w str, Passage)> {
        let row = world.workload(target)?;
        let targets = row.hosts.iter().filter(|host| host.listens());
        let sources: Vec<(&str, Source<'_>)> = match from {
            Capability::Workload(index) => {
                let own = world.workload(index)?.hosts.iter();
                own.map(|own| (own.vpc.as_str(), Source::Host(own)))
                    .collect()
            }
            Capability::Account(index) => {
                let starters = world.starters.by(index);
                starters
                    .map(|starter| (starter.vpc.as_str(), Source::Start(starter)))
                    .collect()
            }
            _ => return None,
        };
        let pairs = targets.flat_map(|host| sources.iter().map(move |from| (*from, host)));
        let passages = pairs.flat_map(|((vpc, source), host)| {
            let crossings = (self.between)(world, vpc, &host.vpc).into_iter();
            crossings.filter_map(move |crossing| {
                let passage = world.networks.passage(&crossing, source, host)?;
                Some((crossing.id(), passage))
            })
        });
        passages.min_by_key(|(_, passage)| certainty(passage))
    }
}

impl LinkKind for BetweenNetworks {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &self.documentation
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        let hosts = hosts(world);
        for junction in (self.all)(world) {
            Self::derive_through(world, &junction, &hosts, rules);
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let ([from], Capability::Network(target)) = (premises, conclusion) else {
            return None;
        };
        let (id, passage) = self.passage(judge.world(), *from, target)?;
        Some(
            Judgement::default()
                .told("network", id, &format!("{} passes", passage.traffic))
                .hanging_on(Certainty::Conditional, &passage.unseen),
        )
    }
}
