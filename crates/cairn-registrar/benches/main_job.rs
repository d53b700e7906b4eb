//! The main job, warm: six badges checked, one ad read, the gap, the plan over all offers; and its parts.
#![allow(clippy::unwrap_used, reason = "a bench that stops here says where")]

use std::hint::black_box;

use cairn_credential::intake::Item;
use cairn_domain::money::Money;
use cairn_domain::plan::Budget;
use cairn_registrar::Office;
use cairn_registrar::checking::Ask;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;

fn main_job(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let seeded =
        Office::seeded("sqlite::memory:", "http://127.0.0.1:8080", Outside::fixed(now, 5), Gatherer::offline());
    let office = runtime.block_on(seeded).unwrap();
    office.advisor.warm();
    let maya = office.demo.as_ref().unwrap().learner("maya").unwrap().clone();
    let ads = office.advisor.packs().packs.iter().flat_map(|pack| &pack.ads);
    let ad = ads.max_by_key(|ad| ad.text.len()).unwrap().clone();
    let ask = Ask { policy: office.policy(), require: Vec::new(), at: now };
    let budget = Budget {
        hours: Some(200),
        money: Some(Money { minor: 100_000, currency: "USD".into() }),
        by: None,
        weekly_hours: 8,
        rates: Vec::new(),
    };
    let open = || -> Vec<Item> { maya.files.iter().flat_map(|f| office.open_file(&f.name, &f.bytes)).collect() };
    let check = || runtime.block_on(office.check(open(), &ask)).report;
    let gap = |report| {
        let ads = vec![(ad.title.clone(), ad.text.clone())];
        let claims = vec![("own words".to_owned(), maya.claims.clone())];
        office.advisor.gap(ads, None, report, claims).unwrap()
    };
    let plan = |gap| office.advisor.plan(gap, budget.clone(), None).unwrap();
    println!(
        "{} badges, an ad of {} bytes, {} offers",
        maya.files.len(),
        ad.text.len(),
        office.advisor.packs().offers().len()
    );
    criterion.bench_function("main job", |b| b.iter(|| black_box(plan(gap(check())))));
    criterion.bench_function("part: check", |b| b.iter(|| black_box(check())));
    let report = check();
    criterion.bench_function("part: gap", |b| b.iter(|| black_box(gap(report.clone()))));
    let made = gap(report);
    criterion.bench_function("part: plan", |b| b.iter(|| black_box(plan(made.clone()))));
}

criterion_group!(benches, main_job);
criterion_main!(benches);
