//! How long a plan takes: 75 and 400 offers, tight, wide and no budgets, on made-up choices of three seeds.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

#[path = "../tests/common/mod.rs"]
mod common;

use cairn_domain::gap::{Gap, NoKin, State};
use cairn_domain::offer::Offer;
use cairn_domain::plan::plan;
use cairn_domain::requirement::Importance;
use common::*;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// A small generator of numbers, always the same for a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// `open` requirements, and offers on `keys` skills (those of the gap among them), each on three to eight.
fn choice(seed: u64, count: usize, open: usize, keys: u64) -> (Gap, Vec<Offer>) {
    let mut dice = Dice(seed);
    let gap = gap_of(
        (0..open)
            .map(|i| {
                let importance = if dice.below(3) > 0 { Importance::Required } else { Importance::Preferred };
                let state = [State::Missing, State::Missing, State::Claimed][dice.below(3) as usize];
                (requirement(skill(&format!("s{i}")), importance, 1 + dice.below(5) as u32), state)
            })
            .collect(),
    );
    let offers = (0..count)
        .map(|i| {
            let proves: Vec<String> = (0..3 + dice.below(6)).map(|_| format!("s{}", dice.below(keys))).collect();
            let proves: Vec<&str> = proves.iter().map(String::as_str).collect();
            let hours = 8 + dice.below(160) as u32;
            let price = [0, 4_900, 9_900, 16_500, 29_500, 39_900, 99_900][dice.below(7) as usize];
            let mut made = offer(&format!("offer-{i:03}"), &proves, price, hours);
            if dice.below(4) == 0 && i > 0 {
                let before = format!("offer-{:03}", dice.below(i as u64));
                made = after(made, &[&before]);
            }
            if dice.below(3) == 0 { challenge(made, price / 2, hours / 4) } else { made }
        })
        .collect();
    (gap, offers)
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plan");
    group.sample_size(10);
    for (count, open, keys) in [(75, 20, 60), (400, 25, 150)] {
        for seed in 1..=3 {
            let (gap, offers) = choice(seed, count, open, keys);
            for (name, limits) in [
                ("60h-400usd", budget(Some(40_000), Some(60))),
                ("200h-1500usd", budget(Some(150_000), Some(200))),
                ("no-limit", budget(None, None)),
            ] {
                let made = plan(&gap, &offers, &[], &NoKin, &limits, None).unwrap();
                let id = format!("{count}-{name}-seed{seed}-exact-{}-rejected-{}", made.exact, made.rejected.len());
                group.bench_function(BenchmarkId::from_parameter(id), |b| {
                    b.iter(|| plan(&gap, &offers, &[], &NoKin, &limits, None).unwrap());
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
