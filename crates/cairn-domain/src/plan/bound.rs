//! The bound of the search: what the best below a node can be at most, and must cost at least.

use crate::plan::bits::Bits;

/// For both costs the elements still in reach, each with its value and its cheapest share of a cost per unit of
/// value, cheapest first.
pub(crate) struct Shares {
    by_cost: [Vec<(f64, f64)>; 2],
}

impl Shares {
    /// From what each action that is left would close, and its cost.
    pub fn of(values: &[u64], actions: impl Iterator<Item = (Bits, [u64; 2])>, reach: Bits) -> Shares {
        let mut cheapest = [vec![f64::INFINITY; values.len()], vec![f64::INFINITY; values.len()]];
        for (gain, costs) in actions {
            let worth = gain.iter().map(|element| values[element]).sum::<u64>() as f64;
            for (cheapest, cost) in cheapest.iter_mut().zip(costs) {
                let share = cost as f64 / worth;
                for element in gain.iter() {
                    if share < cheapest[element] {
                        cheapest[element] = share;
                    }
                }
            }
        }
        let by_cost = cheapest.map(|cheapest| {
            let mut shares: Vec<(f64, f64)> =
                reach.iter().map(|element| (cheapest[element], values[element] as f64)).collect();
            shares.sort_by(|a, b| a.0.total_cmp(&b.0));
            shares
        });
        Shares { by_cost }
    }

    /// At most this value for `money` (or hours). Rounding errors are made good on the safe side.
    pub fn most(&self, cost: usize, mut money: f64) -> f64 {
        let mut value = 0.0;
        for &(share, worth) in &self.by_cost[cost] {
            let price = share * worth;
            if price > money {
                value += money / share;
                break;
            }
            money -= price;
            value += worth;
        }
        value * (1.0 + 1e-9) + 1e-6
    }

    /// At least this money (or hours) for `value`.
    pub fn least(&self, cost: usize, value: u64) -> u64 {
        let mut lacking = value as f64;
        let mut sum = 0.0;
        for &(share, worth) in &self.by_cost[cost] {
            if lacking <= 0.0 {
                break;
            }
            let part = worth.min(lacking);
            sum += share * part;
            lacking -= part;
        }
        (sum * (1.0 - 1e-9) - 1e-6).max(0.0).ceil() as u64
    }
}
