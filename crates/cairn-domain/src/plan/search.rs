//! The exact search: which offers close the most for the least. Knows only numbers and sets.
//!
//! Branch and bound over what is to be closed rather than over offers: a wanted element is taken up and each offer
//! that closes it is tried in turn, an offer once tried being barred in the later branches; last comes "leave it
//! open". Prerequisites of what was taken are taken up first. Three things cut branches:
//!
//! * the bound: an offer's cost is shared among what it still closes in proportion to value, so an element costs at
//!   least its cheapest share, and what the budget left could buy at these shares, split as finely as one likes, is
//!   never less than what it can really buy (for money, and for hours);
//! * dominance: an offer that closes no more, costs no less and is needed for nothing else;
//! * the best found so far.

use crate::plan::bits::Bits;
use crate::plan::bound::Shares;

/// One way to earn one offer.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    /// Which offer: index of [`Instance::clauses`].
    pub offer: usize,
    /// Elements that it closes.
    pub closes: Bits,
    /// Money (minor units) and hours.
    pub cost: [u64; 2],
}

/// What can be done. Actions are in the order that decides ties: by offer id, then assess-only first.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub actions: Vec<Action>,
    /// Value of each element; a set's value is their sum.
    pub values: Vec<u64>,
    /// For each offer what must come before: one offer of each clause.
    pub clauses: Vec<Vec<Vec<usize>>>,
}

/// What is asked of a search.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// Most money and hours.
    pub limit: [u64; 2],
    /// Offers that may not be taken.
    pub without: Vec<usize>,
    /// Actions of one offer, of which one must be taken; none for no such wish.
    pub with: Vec<usize>,
    /// Which cost counts first: 0 for money, 1 for hours.
    pub first: usize,
    /// How many nodes may be looked at.
    pub work: u64,
}

/// A set of actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Action indices, ascending.
    pub actions: Vec<usize>,
    pub value: u64,
    pub cost: [u64; 2],
}

/// What a search gave, and whether it was searched to the end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub found: Option<Found>,
    pub exact: bool,
    /// Nodes looked at.
    pub work: u64,
}

/// The set of greatest value; among these the least of the first cost, the other cost, the number of steps, and the
/// order of actions. Sets worth less than `floor` are not looked for: where all are, nothing is found.
pub(crate) fn best(instance: &Instance, ask: &Ask, floor: u64) -> Answer {
    let mut most = Search::new(instance, ask, Goal::Most { floor });
    most.run();
    let exact = most.exact();
    match most.best {
        None => Answer { found: None, exact, work: most.nodes },
        Some(found) => {
            let answer = cheapest(instance, ask, found.value, Some(found));
            Answer { exact: exact && answer.exact, work: most.nodes + answer.work, ..answer }
        }
    }
}

/// The least costly set worth at least `value`. `known` is such a set, if one is known.
pub(crate) fn cheapest(instance: &Instance, ask: &Ask, value: u64, known: Option<Found>) -> Answer {
    let mut search = Search::new(instance, ask, Goal::Cheapest(value));
    search.best = known;
    search.run();
    Answer { exact: search.exact(), work: search.nodes, found: search.best }
}

#[derive(Clone, Copy)]
enum Goal {
    /// The greatest value, at least this, whatever it costs within the limits.
    Most { floor: u64 },
    /// The least cost for at least this value.
    Cheapest(u64),
}

struct Search<'a> {
    instance: &'a Instance,
    ask: &'a Ask,
    goal: Goal,
    /// Offers in some clause: these may be worth taking without closing anything.
    needed: Vec<bool>,
    /// Actions that may be worth taking at all.
    live: Vec<usize>,
    best: Option<Found>,
    nodes: u64,
}

/// A lower bound of what an offer needs.
#[derive(Clone, Copy, Default)]
struct Need {
    /// For what must come before it.
    before: Option<u64>,
    /// With itself, the cheaper way.
    with: Option<u64>,
}

/// Where the search stands.
struct Node {
    chosen: Vec<usize>,
    /// Per offer.
    taken: Vec<bool>,
    /// Per action: not to be taken below this node.
    barred: Vec<bool>,
    open: Bits,
    value: u64,
    cost: [u64; 2],
}

impl<'a> Search<'a> {
    fn new(instance: &'a Instance, ask: &'a Ask, goal: Goal) -> Self {
        let mut needed = vec![false; instance.clauses.len()];
        for clause in instance.clauses.iter().flatten() {
            for &offer in clause {
                needed[offer] = true;
            }
        }
        Search { instance, ask, goal, needed, live: Vec::new(), best: None, nodes: 0 }
    }

    fn exact(&self) -> bool {
        self.nodes <= self.ask.work
    }

    fn run(&mut self) {
        let need = [self.need(0), self.need(1)];
        let barred = self.instance.actions.iter().map(|action| {
            let over = |i: usize| {
                let others = need[i][action.offer].before;
                others.is_none_or(|before| before.saturating_add(action.cost[i]) > self.ask.limit[i])
            };
            self.ask.without.contains(&action.offer) || over(0) || over(1)
        });
        let barred = barred.collect();
        let mut root = Node {
            chosen: Vec::new(),
            taken: vec![false; self.instance.clauses.len()],
            barred,
            open: Bits::first(self.instance.values.len()),
            value: 0,
            cost: [0, 0],
        };
        self.live = self.worth_taking(&root);
        if self.ask.with.is_empty() {
            self.visit(&mut root);
        } else {
            let ways = &self.ask.with;
            self.each(&mut root, ways);
        }
    }

    /// Actions that are not barred from the start and that no other stands for. The offer that must be taken neither
    /// goes nor stands for another: its way is not free to change.
    fn worth_taking(&self, root: &Node) -> Vec<usize> {
        let actions = &self.instance.actions;
        let wished = |a: usize| self.ask.with.iter().any(|&way| actions[way].offer == actions[a].offer);
        let open: Vec<usize> = (0..actions.len()).filter(|&a| !root.barred[a]).collect();
        if matches!(self.goal, Goal::Cheapest(0)) {
            // Nothing but prerequisites is looked for; comparing all with all would cost more than it saves.
            return open;
        }
        let stands = |a: usize, b: usize| {
            a != b && !wished(b) && self.dominated(root, (a, actions[a].closes), (b, actions[b].closes))
        };
        open.iter().copied().filter(|&a| wished(a) || !open.iter().any(|&b| stands(a, b))).collect()
    }

    /// At least what each offer needs of a cost before it can be taken, and with it; nothing where it cannot be had.
    fn need(&self, cost: usize) -> Vec<Need> {
        let clauses = &self.instance.clauses;
        let mut need = vec![Need::default(); clauses.len()];
        loop {
            let mut changed = false;
            for action in self.instance.actions.iter().filter(|a| !self.ask.without.contains(&a.offer)) {
                let before = clauses[action.offer].iter().try_fold(0_u64, |most, clause| {
                    let least = clause.iter().filter_map(|&offer| need[offer].with).min()?;
                    Some(most.max(least))
                });
                let Some(before) = before else { continue };
                let with = before.saturating_add(action.cost[cost]);
                let known = &mut need[action.offer];
                if known.with.is_none_or(|known| with < known) {
                    *known = Need { before: Some(before), with: Some(with) };
                    changed = true;
                }
            }
            if !changed {
                return need;
            }
        }
    }

    /// Tries each of `ways` in turn; those already tried are barred from the later ones, and all are free again after.
    fn each(&mut self, node: &mut Node, ways: &[usize]) {
        let mut shut = Vec::new();
        for &way in ways {
            if node.barred[way] {
                continue;
            }
            self.take(node, way);
            node.barred[way] = true;
            shut.push(way);
        }
        for way in shut {
            node.barred[way] = false;
        }
    }

    /// Takes one action, looks below, and puts it back.
    fn take(&mut self, node: &mut Node, way: usize) {
        let action = &self.instance.actions[way];
        if node.taken[action.offer] || !self.affordable(node, way) {
            return;
        }
        let gained = action.closes.and(node.open);
        let value = self.value(gained);
        node.chosen.push(way);
        node.taken[action.offer] = true;
        node.open = node.open.without(gained);
        node.value += value;
        for (sum, cost) in node.cost.iter_mut().zip(action.cost) {
            *sum += cost;
        }
        self.visit(node);
        for (sum, cost) in node.cost.iter_mut().zip(action.cost) {
            *sum -= cost;
        }
        node.value -= value;
        node.open = node.open.or(gained);
        node.taken[action.offer] = false;
        node.chosen.pop();
    }

    fn visit(&mut self, node: &mut Node) {
        self.nodes += 1;
        if self.nodes > self.ask.work {
            return;
        }
        let pending = self.pending(node);
        if pending.is_none() {
            if !self.in_order(node) {
                return self.untangle(node);
            }
            self.record(node);
            if let Goal::Cheapest(value) = self.goal
                && node.value >= value
            {
                return;
            }
        }
        let free = self.free(node);
        if self.hopeless(node, &free, pending.as_deref()) {
            return;
        }
        match pending {
            Some(ways) => self.each(node, &ways),
            None => self.branch(node, &free),
        }
    }

    /// Takes up one element: every action that closes it, then none of them.
    fn branch(&mut self, node: &mut Node, free: &[usize]) {
        let Some((element, ways)) = self.element(node, free) else { return };
        let shut: Vec<usize> =
            free.iter().copied().filter(|&a| self.instance.actions[a].closes.has(element) && !node.barred[a]).collect();
        self.each(node, &ways);
        for &way in &shut {
            node.barred[way] = true;
        }
        node.open.unset(element);
        self.visit(node);
        node.open.set(element);
        for way in shut {
            node.barred[way] = false;
        }
    }

    /// The element with the fewest undominated ways to close it, and these ways, most value for the cost first.
    fn element(&self, node: &Node, free: &[usize]) -> Option<(usize, Vec<usize>)> {
        let mut best: Option<(usize, u64, usize, Vec<usize>)> = None;
        let live: Vec<(usize, Bits)> =
            free.iter().map(|&a| (a, self.instance.actions[a].closes.and(node.open))).collect();
        let mut kept: Vec<(usize, Bits)> = Vec::with_capacity(live.len());
        for &(a, gain) in &live {
            if !live.iter().any(|&(b, other)| a != b && self.dominated(node, (a, gain), (b, other))) {
                kept.push((a, gain));
            }
        }
        for element in kept.iter().fold(Bits::default(), |all, (_, gain)| all.or(*gain)).iter() {
            let ways: Vec<usize> = kept.iter().filter(|(_, gain)| gain.has(element)).map(|(a, _)| *a).collect();
            let value = self.instance.values[element];
            let better = best.as_ref().is_none_or(|(count, worth, _, _)| {
                (ways.len(), std::cmp::Reverse(value)) < (*count, std::cmp::Reverse(*worth))
            });
            if better {
                best = Some((ways.len(), value, element, ways));
            }
        }
        let (_, _, element, mut ways) = best?;
        ways.sort_by(|&a, &b| {
            let worth = |a: usize| {
                let action = &self.instance.actions[a];
                let cost = self.scaled(action.cost);
                (self.value(action.closes.and(node.open)) as f64) / (cost + 1e-9)
            };
            worth(b).total_cmp(&worth(a)).then(a.cmp(&b))
        });
        Some((element, ways))
    }

    /// One number for both costs, for trying likely ways first.
    fn scaled(&self, cost: [u64; 2]) -> f64 {
        let part = |i: usize| {
            let limit = self.ask.limit[i];
            if limit == u64::MAX { 0.0 } else { cost[i] as f64 / (limit.max(1) as f64) }
        };
        let both = part(0) + part(1);
        if both > 0.0 { both } else { cost[self.ask.first] as f64 }
    }

    /// Whether `b` can stand for `a` in every set below this node without making it worse. Where they are equal the
    /// one that is first in order stays, so that the order of ids decides.
    fn dominated(&self, node: &Node, (a, gain): (usize, Bits), (b, other): (usize, Bits)) -> bool {
        let (x, y) = (&self.instance.actions[a], &self.instance.actions[b]);
        if self.needed[x.offer] && x.offer != y.offer {
            return false;
        }
        if !gain.within(other) || y.cost[0] > x.cost[0] || y.cost[1] > x.cost[1] {
            return false;
        }
        if y.cost == x.cost && b > a {
            return false;
        }
        x.offer == y.offer
            || self.instance.clauses[y.offer].iter().all(|clause| {
                clause.iter().any(|&offer| node.taken[offer]) || self.instance.clauses[x.offer].contains(clause)
            })
    }

    /// Actions that can still close something.
    fn free(&self, node: &Node) -> Vec<usize> {
        self.live
            .iter()
            .copied()
            .filter(|&a| {
                let action = &self.instance.actions[a];
                !node.barred[a]
                    && !node.taken[action.offer]
                    && action.closes.meets(node.open)
                    && self.affordable(node, a)
            })
            .collect()
    }

    fn affordable(&self, node: &Node, action: usize) -> bool {
        let cost = self.instance.actions[action].cost;
        (0..2).all(|i| node.cost[i] + cost[i] <= self.ask.limit[i])
    }

    /// The first prerequisite that is still lacking, as the ways to meet it.
    fn pending(&self, node: &Node) -> Option<Vec<usize>> {
        let clause = node
            .chosen
            .iter()
            .flat_map(|&a| &self.instance.clauses[self.instance.actions[a].offer])
            .find(|clause| !clause.iter().any(|&offer| node.taken[offer]))?;
        Some((0..self.instance.actions.len()).filter(|&a| clause.contains(&self.instance.actions[a].offer)).collect())
    }

    /// Whether what was taken can be done in some order. Only circles of prerequisites make it false.
    fn in_order(&self, node: &Node) -> bool {
        let mut done = vec![false; self.instance.clauses.len()];
        let mut left: Vec<usize> = node.chosen.iter().map(|&a| self.instance.actions[a].offer).collect();
        loop {
            let before = left.len();
            left.retain(|&offer| {
                let ready = self.instance.clauses[offer].iter().all(|clause| clause.iter().any(|&o| done[o]));
                done[offer] |= ready;
                !ready
            });
            if left.is_empty() || left.len() == before {
                return left.is_empty();
            }
        }
    }

    /// A circle: only something further can open it, so anything further is tried.
    fn untangle(&mut self, node: &mut Node) {
        let ways: Vec<usize> =
            (0..self.instance.actions.len()).filter(|&a| self.needed[self.instance.actions[a].offer]).collect();
        self.each(node, &ways);
    }

    fn record(&mut self, node: &Node) {
        let mut actions = node.chosen.clone();
        actions.sort_unstable();
        let found = Found { actions, value: node.value, cost: node.cost };
        let better = match (self.goal, &self.best) {
            (Goal::Most { floor }, None) => found.value >= floor,
            (Goal::Most { .. }, Some(best)) => found.value > best.value,
            (Goal::Cheapest(value), _) if found.value < value => false,
            (Goal::Cheapest(_), None) => true,
            (Goal::Cheapest(_), Some(best)) => self.order(&found) < self.order(best),
        };
        if better {
            self.best = Some(found);
        }
    }

    /// What decides between two sets of enough value.
    fn order<'f>(&self, found: &'f Found) -> (u64, u64, usize, &'f [usize]) {
        let first = self.ask.first;
        (found.cost[first], found.cost[1 - first], found.actions.len(), &found.actions)
    }

    fn value(&self, elements: Bits) -> u64 {
        elements.iter().map(|e| self.instance.values[e]).sum()
    }

    /// Whether nothing below this node can be better than what is known.
    fn hopeless(&self, node: &Node, free: &[usize], pending: Option<&[usize]>) -> bool {
        let reach = free.iter().fold(Bits::default(), |all, &a| all.or(self.instance.actions[a].closes)).and(node.open);
        let gains =
            free.iter().map(|&a| (self.instance.actions[a].closes.and(node.open), self.instance.actions[a].cost));
        let shares = Shares::of(&self.instance.values, gains, reach);
        match self.goal {
            Goal::Most { floor } => {
                let goal = self.best.as_ref().map_or(floor, |best| best.value + 1);
                node.value + self.value(reach) < goal
                    || (0..2).any(|i| {
                        self.ask.limit[i] != u64::MAX
                            && node.value as f64 + shares.most(i, (self.ask.limit[i] - node.cost[i]) as f64)
                                < goal as f64
                    })
            }
            Goal::Cheapest(value) => {
                let lacking = value.saturating_sub(node.value);
                if self.value(reach) < lacking {
                    return true;
                }
                let mut least = [0, 1].map(|i| node.cost[i] + shares.least(i, lacking));
                if let Some(ways) = pending {
                    for (i, least) in least.iter_mut().enumerate() {
                        let step =
                            ways.iter().filter(|&&a| !node.barred[a]).map(|&a| self.instance.actions[a].cost[i]).min();
                        *least = (*least).max(node.cost[i].saturating_add(step.unwrap_or(u64::MAX)));
                    }
                }
                if (0..2).any(|i| least[i] > self.ask.limit[i]) {
                    return true;
                }
                let Some(best) = &self.best else { return false };
                let steps = node.chosen.len() + usize::from(lacking > 0 || pending.is_some());
                let first = self.ask.first;
                let known = self.order(best);
                (least[first], least[1 - first], steps) > (known.0, known.1, known.2)
            }
        }
    }
}
