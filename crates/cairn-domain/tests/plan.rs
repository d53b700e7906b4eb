//! The plan by example: what it takes, in which order, what it refuses.
#![allow(clippy::unwrap_used, reason = "a test's helpers may")]

mod common;

use cairn_domain::gap::{Gap, NoKin, State};
use cairn_domain::money::{Money, Rate};
use cairn_domain::offer::Offer;
use cairn_domain::plan::{Budget, Plan, plan};
use cairn_domain::requirement::{Importance, Kind};
use cairn_domain::standing::{Alignment, Currency, Held, Mastery, Ownership};
use common::*;
use expect_test::{Expect, expect};
use jiff::civil::{Date, date};

fn gap_with(parts: &[(&str, Importance, u32, State)]) -> Gap {
    gap_of(
        parts
            .iter()
            .map(|(key, importance, weight, state)| (requirement(skill(key), *importance, *weight), *state))
            .collect(),
    )
}

fn three() -> Gap {
    gap_with(&[
        ("cloud", Importance::Required, 5, State::Missing),
        ("linux", Importance::Required, 3, State::Claimed),
        ("talk", Importance::Preferred, 2, State::Attested),
        ("git", Importance::Required, 4, State::Proven),
    ])
}

const TODAY: Date = date(2026, 11, 23);

fn told(plan: &Plan) -> String {
    let route = |name: &str, route: &cairn_domain::plan::Route| {
        let mut text = format!(
            "{name}: required {}/{}, preferred {}/{}, {} {}, {} h, by {:?}\n",
            route.required.weight,
            route.required.of,
            route.preferred.weight,
            route.preferred.of,
            route.money.minor,
            route.money.currency,
            route.hours,
            route.done_by,
        );
        for step in &route.steps {
            let closes: Vec<&str> = step.closes.iter().map(|w| w.key.as_str()).collect();
            let short = if step.assess_only { " (assessment only)" } else { "" };
            text += &format!("  {}{short} closes {closes:?} needed for {:?}\n", step.offer.id, step.needed_for);
        }
        text
    };
    let mut text = route("best", &plan.best);
    if let Some(other) = &plan.runner_up {
        text += &route("runner-up", other);
    }
    let json = |value: serde_json::Value| value.to_string();
    if let Some(why) = &plan.why_best {
        text += &format!("why {}\n", json(serde_json::to_value(why).unwrap()));
    }
    for flip in &plan.flips {
        text += &format!("flip {}\n", json(serde_json::to_value(flip).unwrap()));
    }
    for rejected in &plan.rejected {
        text += &format!("rejected {} {}\n", rejected.offer, json(serde_json::to_value(&rejected.why).unwrap()));
    }
    for wanted in &plan.uncoverable {
        text += &format!("uncoverable {}\n", wanted.key);
    }
    text
}

fn check(gap: &Gap, offers: &[Offer], budget: &Budget, expected: Expect) {
    check_held(gap, offers, &[], budget, expected);
}

fn check_held(gap: &Gap, offers: &[Offer], held: &[Held], budget: &Budget, expected: Expect) {
    expected.assert_eq(&match plan(gap, offers, held, &NoKin, budget, Some(TODAY)) {
        Ok(plan) => told(&plan),
        Err(refusal) => format!("{refusal}\n"),
    });
}

#[test]
fn prove_what_you_can_first() {
    let offers = [
        offer("cloud-course", &["cloud"], 30_000, 40),
        challenge(offer("linux-exam", &["linux", "cloud"], 20_000, 60), 9_000, 4),
        offer("talk-badge", &["talk"], 0, 3),
    ];
    check(
        &three(),
        &offers,
        &budget(Some(40_000), Some(60)),
        expect![[r#"
        best: required 8/8, preferred 2/2, 39000 USD, 47 h, by Some(2027-01-04)
          linux-exam (assessment only) closes ["linux"] needed for []
          cloud-course closes ["cloud"] needed for []
          talk-badge closes ["talk"] needed for []
        runner-up: required 8/8, preferred 0/2, 20000 USD, 60 h, by Some(2027-01-15)
          linux-exam closes ["cloud", "linux"] needed for []
        why {"decided":"preferred","best":2,"other":0}
    "#]],
    );
}

#[test]
fn a_challenge_needs_something_to_build_on() {
    let missing = gap_with(&[("cloud", Importance::Required, 5, State::Missing)]);
    check(
        &missing,
        &[challenge(offer("exam", &["cloud"], 100, 50), 10, 1)],
        &budget(None, None),
        expect![[r#"
        best: required 5/5, preferred 0/0, 100 USD, 50 h, by Some(2027-01-06)
          exam closes ["cloud"] needed for []
        runner-up: required 0/5, preferred 0/0, 0 USD, 0 h, by Some(2026-11-23)
        why {"decided":"required","best":5,"other":0}
    "#]],
    );
}

#[test]
fn prerequisites_come_before() {
    let offers = [
        after(offer("a-advanced", &["cloud"], 10_000, 20), &["z-basics"]),
        offer("z-basics", &[], 5_000, 10),
        after(offer("impossible", &["cloud"], 0, 0), &["nowhere"]),
    ];
    check(
        &three(),
        &offers,
        &budget(Some(20_000), Some(60)),
        expect![[r#"
        best: required 5/8, preferred 0/2, 15000 USD, 30 h, by Some(2026-12-20)
          z-basics closes [] needed for ["a-advanced"]
          a-advanced closes ["cloud"] needed for []
        runner-up: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
        why {"decided":"required","best":5,"other":0}
        rejected impossible {"why":"prerequisite-missing","what":"nowhere"}
        uncoverable linux
        uncoverable talk
    "#]],
    );
    check(
        &three(),
        &offers,
        &budget(Some(14_999), Some(60)),
        expect![[r#"
        best: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
        flip {"if":"more-money","more":{"minor":1,"currency":"USD"},"takes":["a-advanced","z-basics"],"closes":[{"kind":"skill","key":"cloud","label":"cloud"}]}
        rejected a-advanced {"why":"over-money","needs":{"minor":15000,"currency":"USD"}}
        rejected impossible {"why":"prerequisite-missing","what":"nowhere"}
        uncoverable linux
        uncoverable talk
    "#]],
    );
    let held = Held {
        item: 0,
        id: "urn:1".into(),
        name: "Z-BASICS".into(),
        achievement: None,
        issuer: "did:web:a.example".into(),
        issuer_name: None,
        definer: None,
        genuine: Some(true),
        currency: Currency::Current,
        own: Ownership::Shown,
        accepted_issuer: false,
        self_issued: false,
        entitled: true,
        mastery: Mastery::Unsaid,
        alignments: Vec::<Alignment>::new(),
        kind: None,
        criterion: None,
        results: Vec::new(),
        level: None,
        evidence: Vec::new(),
    };
    check_held(
        &three(),
        &offers,
        std::slice::from_ref(&held),
        &budget(Some(14_999), Some(60)),
        expect![[r#"
        best: required 5/8, preferred 0/2, 10000 USD, 20 h, by Some(2026-12-11)
          a-advanced closes ["cloud"] needed for []
        runner-up: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
        why {"decided":"required","best":5,"other":0}
        rejected impossible {"why":"prerequisite-missing","what":"nowhere"}
        uncoverable linux
        uncoverable talk
    "#]],
    );
    let revoked = Held { currency: Currency::Revoked, ..held };
    check_held(
        &three(),
        &offers,
        &[revoked],
        &budget(Some(14_999), Some(60)),
        expect![[r#"
        best: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
        flip {"if":"more-money","more":{"minor":1,"currency":"USD"},"takes":["a-advanced","z-basics"],"closes":[{"kind":"skill","key":"cloud","label":"cloud"}]}
        rejected a-advanced {"why":"over-money","needs":{"minor":15000,"currency":"USD"}}
        rejected impossible {"why":"prerequisite-missing","what":"nowhere"}
        uncoverable linux
        uncoverable talk
    "#]],
    );
}

#[test]
fn attendance_never_closes_anything() {
    let offers = [attendance(offer("webinar", &["cloud"], 0, 1))];
    check(
        &three(),
        &offers,
        &budget(None, None),
        expect![[r#"
            best: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
            rejected webinar {"why":"attendance-only"}
            uncoverable cloud
            uncoverable linux
            uncoverable talk
        "#]],
    );
}

#[test]
fn what_would_flip_it_and_why_not_the_others() {
    let offers = [
        offer("cheap", &["cloud"], 10_000, 30),
        offer("dear", &["cloud"], 12_500, 10),
        offer("both", &["cloud", "linux"], 45_000, 50),
        offer("long", &["linux"], 0, 500),
        offer("talks", &["talk"], 36_000, 1),
    ];
    check(
        &three(),
        &offers,
        &budget(Some(40_000), Some(60)),
        expect![[r#"
        best: required 5/8, preferred 0/2, 10000 USD, 30 h, by Some(2026-12-20)
          cheap closes ["cloud"] needed for []
        runner-up: required 5/8, preferred 0/2, 12500 USD, 10 h, by Some(2026-12-02)
          dear closes ["cloud"] needed for []
        why {"decided":"money","best":{"minor":10000,"currency":"USD"},"other":{"minor":12500,"currency":"USD"}}
        flip {"if":"more-money","more":{"minor":5000,"currency":"USD"},"takes":["both"],"closes":[{"kind":"skill","key":"linux","label":"linux"}]}
        flip {"if":"more-hours","more":450,"takes":["dear","long"],"closes":[{"kind":"skill","key":"linux","label":"linux"}]}
        flip {"if":"price-change","by":{"minor":2500,"currency":"USD"},"takes":["dear"]}
        rejected both {"why":"over-money","needs":{"minor":45000,"currency":"USD"}}
        rejected dear {"why":"closed-cheaper-by","by":["cheap"]}
        rejected long {"why":"over-hours","needs":500}
        rejected talks {"why":"pushes-out","offers":["cheap"]}
    "#]],
    );
}

#[test]
fn no_money_is_a_budget_too() {
    check(
        &three(),
        &[offer("a", &["cloud"], 1, 1)],
        &budget(Some(0), Some(0)),
        expect![[r#"
        best: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
        rejected a {"why":"over-money","needs":{"minor":1,"currency":"USD"}}
        uncoverable linux
        uncoverable talk
    "#]],
    );
    check(
        &three(),
        &[],
        &budget(None, None),
        expect![[r#"
        best: required 0/8, preferred 0/2, 0 XXX, 0 h, by Some(2026-11-23)
        uncoverable cloud
        uncoverable linux
        uncoverable talk
    "#]],
    );
}

#[test]
fn the_date_limits_the_hours() {
    let offers = [offer("a", &["cloud"], 0, 16), offer("b", &["cloud"], 500, 15)];
    let by = |by: Date| Budget { by: Some(by), ..budget(None, None) };
    check(
        &three(),
        &offers,
        &by(date(2026, 12, 7)),
        expect![[r#"
        best: required 5/8, preferred 0/2, 0 USD, 16 h, by Some(2026-12-07)
          a closes ["cloud"] needed for []
        runner-up: required 5/8, preferred 0/2, 500 USD, 15 h, by Some(2026-12-07)
          b closes ["cloud"] needed for []
        why {"decided":"money","best":{"minor":0,"currency":"USD"},"other":{"minor":500,"currency":"USD"}}
        flip {"if":"price-change","by":{"minor":500,"currency":"USD"},"takes":["b"]}
        rejected b {"why":"closed-cheaper-by","by":["a"]}
        uncoverable linux
        uncoverable talk
    "#]],
    );
    check(
        &three(),
        &offers,
        &by(date(2026, 12, 6)),
        expect![[r#"
        best: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
        flip {"if":"more-hours","more":1,"takes":["b"],"closes":[{"kind":"skill","key":"cloud","label":"cloud"}]}
        rejected a {"why":"over-hours","needs":16}
        rejected b {"why":"over-hours","needs":15}
        uncoverable linux
        uncoverable talk
    "#]],
    );
    check(
        &three(),
        &offers,
        &by(TODAY),
        expect![[r#"
        best: required 0/8, preferred 0/2, 0 USD, 0 h, by Some(2026-11-23)
        flip {"if":"more-hours","more":15,"takes":["b"],"closes":[{"kind":"skill","key":"cloud","label":"cloud"}]}
        rejected a {"why":"over-hours","needs":16}
        rejected b {"why":"over-hours","needs":15}
        uncoverable linux
        uncoverable talk
    "#]],
    );
    check(
        &three(),
        &offers,
        &by(date(2026, 11, 22)),
        expect![[r#"
        The plan is to be done by 2026-11-22, which is before its start on 2026-11-23. Give a later day, or none.
    "#]],
    );
    check(
        &three(),
        &offers,
        &Budget { weekly_hours: 200, ..by(date(2026, 12, 7)) },
        expect![[r#"
        200 hours a week were given; a week has 168. Give the hours a week that are free for learning, such as 8.
    "#]],
    );
    let no_start = plan(&three(), &offers, &[], &NoKin, &by(TODAY), None).unwrap_err();
    expect!["The plan is to be done by 2026-11-23, but the day it starts is not known. Give a start day, or leave out the end."].assert_eq(&no_start.to_string());
}

#[test]
fn several_currencies_need_a_dated_rate() {
    let mut euro = offer("euro", &["linux"], 10_000, 5);
    euro.price.value.currency = "EUR".into();
    let offers = [offer("dollar", &["cloud"], 10_000, 5), euro];
    check(
        &three(),
        &offers,
        &budget(Some(40_000), None),
        expect![[r#"
        The offers are priced in EUR and USD, and there is no rate from EUR to USD. Give one with its date, for example rate = { from = "EUR", to = "USD", rate = "0.92", date = "2026-11-23" }, or leave out the offers in EUR.
    "#]],
    );
    check(
        &three(),
        &offers,
        &budget(None, None),
        expect![[r#"
        The offers are priced in EUR and USD, and there is no rate from USD to EUR. Give one with its date, for example rate = { from = "USD", to = "EUR", rate = "0.92", date = "2026-11-23" }, or leave out the offers in USD.
    "#]],
    );
    let rate = Rate { from: "EUR".into(), to: "USD".into(), rate: "1.08".into(), date: date(2026, 11, 20) };
    let with_rate = Budget { rates: vec![rate.clone()], ..budget(Some(40_000), None) };
    check(
        &three(),
        &offers,
        &with_rate,
        expect![[r#"
        best: required 8/8, preferred 0/2, 20800 USD, 10 h, by Some(2026-12-02)
          dollar closes ["cloud"] needed for []
          euro closes ["linux"] needed for []
        runner-up: required 5/8, preferred 0/2, 10000 USD, 5 h, by Some(2026-11-28)
          dollar closes ["cloud"] needed for []
        why {"decided":"required","best":8,"other":5}
        uncoverable talk
    "#]],
    );
    let broken = Budget { rates: vec![Rate { rate: "a bit".into(), ..rate }], ..budget(None, None) };
    check(
        &three(),
        &offers,
        &broken,
        expect![[r#"
        The rate from EUR to USD is "a bit", which is not a positive number. Write it with a point, such as 0.92.
    "#]],
    );
    // Nothing costs nothing in any currency, and offers that close nothing do not matter.
    let mut free = offer("free", &["linux"], 0, 5);
    free.price.value.currency = "GBP".into();
    let mut apart = offer("apart", &["juggling"], 900, 5);
    apart.price.value.currency = "JPY".into();
    check(
        &three(),
        &[offers[0].clone(), free, apart],
        &budget(Some(40_000), None),
        expect![[r#"
        best: required 8/8, preferred 0/2, 10000 USD, 10 h, by Some(2026-12-02)
          dollar closes ["cloud"] needed for []
          free closes ["linux"] needed for []
        runner-up: required 5/8, preferred 0/2, 10000 USD, 5 h, by Some(2026-11-28)
          dollar closes ["cloud"] needed for []
        why {"decided":"required","best":8,"other":5}
        uncoverable talk
    "#]],
    );
}

#[test]
fn figures_that_cannot_be_reckoned_with() {
    check(
        &three(),
        &[offer("a", &["cloud"], -5, 1)],
        &budget(None, None),
        expect![[r#"
        The offer "a" has a price that cannot be reckoned with (-5 minor units). Mend its price.
    "#]],
    );
    check(
        &three(),
        &[offer("a", &["cloud"], i64::MAX, u32::MAX)],
        &budget(None, None),
        expect![[r#"
        The offer "a" has a price that cannot be reckoned with (9223372036854775807 minor units). Mend its price.
    "#]],
    );
    check(
        &three(),
        &[],
        &budget(Some(-1), None),
        expect![[r#"
        The budget of money is below zero. Give zero or more, in minor units: 40000 USD is $400.00.
    "#]],
    );
    let odd = Budget { money: Some(Money { minor: 1, currency: "dollars".into() }), ..budget(None, None) };
    check(
        &three(),
        &[],
        &odd,
        expect![[r#"
        "dollars" is not a currency code. Use three capital letters of ISO 4217, such as USD or EUR.
    "#]],
    );
}

#[test]
fn a_higher_degree_closes_a_lower_one() {
    let asked = requirement(wanted(Kind::Degree, "degree:bachelor", "Bachelor's"), Importance::Required, 1);
    let mut master = offer("master", &[], 100, 100);
    master.proves = vec![wanted(Kind::Degree, "degree:master", "Master's")];
    check(
        &gap_of(vec![(asked, State::Missing)]),
        &[master],
        &budget(None, None),
        expect![[r#"
        best: required 1/1, preferred 0/0, 100 USD, 100 h, by Some(2027-02-19)
          master closes ["degree:bachelor"] needed for []
        runner-up: required 0/1, preferred 0/0, 0 USD, 0 h, by Some(2026-11-23)
        why {"decided":"required","best":1,"other":0}
    "#]],
    );
}
