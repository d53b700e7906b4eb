//! Every page filled with sample data, the odd states among them: what the tests render.

use askama::Template;
use axum::http::StatusCode;
use cairn_credential::verdict::Verdict;
use cairn_registrar::packs::Packs;
use cairn_registrar::shapes::{Became, CheckedItem, GapReport, PlanReport, PolicyShown, VerifyReport};
use serde_json::{Value, json};

use super::gap;
use super::pages::*;
use super::plan;
use super::problem::Problem;
use super::share_file::share_file;
use super::view;
use super::words;

const AT: &str = "2026-11-23T12:00:00Z";
/// Words that would be markup if they were not escaped; they stand wherever a stranger's words may stand.
pub const EVIL: &str = "<script>alert('x')</script>\"><img src=x>";

/// Name and text of every page, from samples.
pub fn samples() -> Vec<(&'static str, String)> {
    let frame = |here| Chrome::new(EVIL, here, true);
    let verify = |results| VerifyPage {
        chrome: frame(Here::Verify),
        headline: "1 of 3 are genuine and current".into(),
        at: AT.into(),
        lists: EVIL.into(),
        notice: Some(EVIL.into()),
        results,
    };
    let items: Vec<_> = report().items.iter().map(|item| view::item(item, None, true)).collect();
    let badge = |n: usize| BadgePage { chrome: frame(Here::Home), item: items[n].clone() };
    let mut pages = vec![
        ("home-empty", home(None, None)),
        ("home-gap", home(Some(plan_report().gap), None)),
        ("home-plan", home(Some(plan_report().gap), Some(plan_report()))),
        ("verify-empty", rendered(&verify(Vec::new()))),
        ("verify", rendered(&verify(items.clone()))),
        ("badge", rendered(&badge(0))),
        ("badge-claim", rendered(&badge(1))),
        ("badge-unread", rendered(&badge(2))),
        ("share", rendered(&share())),
    ];
    for status in [400, 403, 404, 405, 413, 422, 429, 500, 503] {
        let status = StatusCode::from_u16(status).expect("a status");
        let problem = Problem { status, says: EVIL.into() };
        pages.push(("problem", rendered(&problem.page())));
    }
    let bundle = cairn_credential::bundle::Bundle::new(
        AT.parse().expect("a time"),
        Some(EVIL.into()),
        vec![cairn_credential::bundle::Bundled { name: EVIL.into(), text: "{}".into() }],
        Default::default(),
    );
    pages.push(("share-file", share_file(&bundle, "{}")));
    pages
}

fn rendered(page: &impl Template) -> String {
    page.render().expect("a page renders")
}

fn share() -> SharePage {
    SharePage {
        chrome: Chrome::new(EVIL, Here::Elsewhere, true),
        token: EVIL.into(),
        mine: true,
        link: "http://127.0.0.1:8080/s/abc".into(),
        count_told: "2 credentials to verify".into(),
        purpose: Some(EVIL.into()),
        created: AT.into(),
        checked: AT.into(),
        until: "23 December 2026".into(),
        file: "/s/abc/proof.cairn.json".into(),
        file_name: "proof.cairn.json".into(),
        size: "12 kB".into(),
        badges: view::cards(&report(), |_| None),
    }
}

fn home(gap: Option<GapReport>, plan: Option<PlanReport>) -> String {
    let packs = Packs::builtin();
    let group = Group { industry: EVIL.into(), ads: vec![("id".into(), EVIL.into())] };
    let badges = gap.as_ref().map(|gap| view::cards(&gap.credentials, |n| Some(format!("/desk/badges/{n}/picture"))));
    let badges = badges.unwrap_or_default();
    rendered(&HomePage {
        chrome: Chrome::new("Home", Here::Home, true),
        notices: vec![Notice { tone: "warn", says: EVIL.into() }],
        has_desk: gap.is_some(),
        kept_told: "In memory only.".into(),
        first_learner_id: "maya".into(),
        first_learner_name: "Maya".into(),
        learners: vec![LearnerCard {
            id: "maya".into(),
            name: EVIL.into(),
            industry: EVIL.into(),
            story: EVIL.into(),
            badges: 6,
        }],
        badges_told: words::count(badges.len(), "thing"),
        claims: gap.as_ref().map(|_| EVIL.into()),
        claims_whose: "your".into(),
        address: EVIL.into(),
        ads: gap.iter().map(|_| AdLine { n: 0, name: EVIL.into(), told: "3 words".into() }).collect(),
        sample_ads: vec![group.clone()],
        roles: vec![group],
        gap: gap.as_ref().map(|gap| gap::view(gap, packs, Some(EVIL))),
        budget: BudgetForm { money: EVIL.into(), currencies: vec!["USD".into()], ..BudgetForm::default() },
        plan_refused: plan.as_ref().map(|_| EVIL.into()),
        plan: plan.as_ref().map(|plan| plan::view(plan, packs)),
        shareable: badges.clone(),
        purpose: EVIL.into(),
        until: "2026-12-23".into(),
        badges,
    })
}

/// A badge with every answer bad, a claim, and a file that could not be read.
fn report() -> VerifyReport {
    let item = |name: &str, became| CheckedItem { name: name.into(), became };
    let verdict: Verdict = serde_json::from_value(verdict()).expect("a verdict");
    VerifyReport {
        shape: "cairn/verify/1".into(),
        at: AT.parse().expect("a time"),
        policy: PolicyShown::default(),
        items: vec![
            item(
                EVIL,
                Became::Credential {
                    container: cairn_credential::intake::Container::Png,
                    verdict: Box::new(verdict),
                    ok: false,
                    falls_short: Vec::new(),
                },
            ),
            item(EVIL, Became::Claim { why: EVIL.into(), text: EVIL.into() }),
            item(
                EVIL,
                Became::Unread {
                    problem: cairn_credential::intake::Problem { code: "not-json".into(), says: EVIL.into() },
                },
            ),
        ],
        ok: false,
    }
}

fn verdict() -> Value {
    let party = json!({"id": EVIL, "name": EVIL, "url": "javascript:alert(1)"});
    json!({
        "summary": EVIL,
        "genuine": {"answer": "no", "altered": {"part": "at", "pointers": [EVIL], "how": EVIL}, "as_of": AT},
        "current": {"answer": "revoked", "reason": EVIL, "as_of": AT},
        "whose": {"answer": "address-matches", "confirmed": false, "as_of": AT},
        "known": {"answer": "on-list", "list": EVIL, "name": EVIL, "as_of": AT},
        "entitled": {"answer": "delegated", "by": EVIL, "as_of": AT},
        "checks": [
            {"code": "proof", "outcome": "failed", "says": EVIL, "pointer": "/proof", "evidence": [{"what": EVIL, "value": EVIL}]},
            {"code": "status", "outcome": "inconclusive", "says": EVIL, "pointer": ""},
        ],
        "facts": {
            "id": EVIL, "types": [EVIL], "model": "vc-2.0", "secured_by": [EVIL], "name": EVIL,
            "image": "https://tracker.example/pixel.png", "issuer": party,
            "subject": {"id": EVIL, "name": EVIL, "identifiers": []},
            "achievement": {
                "id": EVIL, "name": EVIL, "description": EVIL, "kind": EVIL, "version": null, "criteria": EVIL,
                "criteria_url": null, "definer": {"id": "other", "name": EVIL, "url": null},
                "alignments": [{"url": "javascript:alert(1)", "name": EVIL, "code": null, "framework": null, "pointer": "/a"}],
                "result_descriptions": [], "tags": [], "image": null,
            },
            "results": [{"description": null, "value": EVIL, "achieved_level": null, "status": null, "meets_requirement": false}],
            "evidence": [{"url": "javascript:alert(1)", "name": EVIL, "narrative": EVIL, "digest": null}],
            "valid_from": AT, "valid_until": null, "awarded": null, "sha256": "00",
        },
        "nested": [],
    })
}

/// A plan in which everything that can be said is said.
fn plan_report() -> PlanReport {
    let text = format!("About us: {EVIL}. We need SQL and Ωmega; Rust is welcome.");
    let span = |words: &str| {
        let start = text.find(words).expect("it is in the ad");
        (start, start + words.len())
    };
    let wanted = |key: &str, importance: &str, words: &str| {
        let (start, end) = span(words);
        json!({
            "kind": "tool", "key": key, "label": EVIL, "importance": importance, "weight": 2, "level": "advanced",
            "asked_by": 1, "confidence": 0.9,
            "mentions": [{"ad": 0, "start": start, "end": end, "words": words, "why": {"by": "preferred-label"}}],
        })
    };
    let mut broken = wanted("onet:Broken", "required", "SQL");
    broken["mentions"][0]["end"] = json!(1_000_000);
    let requirements = vec![wanted("onet:SQL", "required", "SQL"), wanted("onet:Omega", "preferred", "Ωmega"), broken];
    let lacking = json!([{"lacks": "expired", "since": AT}, {"lacks": "other-definer", "definer": EVIL}]);
    let because = json!([{
        "state": "attested", "item": 0, "name": EVIL, "issuer": EVIL, "definer": EVIL,
        "tie": {"by": "narrower", "name": EVIL, "pointer": "/a"}, "lacking": lacking,
        "criterion": EVIL, "results": [EVIL], "evidence": [EVIL],
    }]);
    let states = ["attested", "missing", "missing"];
    let matches: Vec<Value> = requirements
        .iter()
        .zip(states)
        .map(|(r, state)| json!({"requirement": r, "state": state, "because": if state == "attested" { because.clone() } else { json!([]) }}))
        .collect();
    let tally =
        |attested, missing| json!({"proven": 0, "attested": attested, "stale": 0, "claimed": 0, "missing": missing});
    let (_, boilerplate) = span(EVIL);
    let gap = json!({
        "shape": "cairn/gap/1", "taxonomy": "ESCO 1.2.1", "at": AT,
        "ads": [{"name": EVIL, "text": text, "reading": {
            "language": {"code": "en", "name": "English", "confidence": 1.0}, "title": null, "roles": [], "mentions": [],
            "passages": [{"span": {"start": 0, "end": boilerplate}, "what": "boilerplate"}], "notes": [],
        }}],
        "credentials": report(), "held": [], "claims": [],
        "gap": {
            "target": {"name": EVIL, "role": null, "ads": 1, "requirements": requirements},
            "matches": matches, "counts": {"required": tally(1, 1), "preferred": tally(0, 1)},
        },
        "pay": {"what": EVIL, "figure": {"value": {"minor": 100, "currency": "USD"}, "basis": {"source": {"name": EVIL, "address": "javascript:alert(1)", "date": "2026-11-01"}}}},
        "notes": [EVIL],
    });
    let wanted = json!([{"kind": "tool", "key": "onet:SQL", "label": EVIL}]);
    let offer = json!({
        "id": "sample", "name": EVIL, "provider": {"name": EVIL, "url": "https://a.example"}, "kind": "certification",
        "url": "https://a.example", "industry": "technology", "proves": wanted,
        "hours": {"value": 10, "basis": {"estimate": {"how": EVIL}}},
        "price": {"value": {"minor": 100, "currency": "USD"}, "basis": {"estimate": {"how": EVIL}}},
        "prerequisites": [], "assessment": {"how": "exam", "supervised": true, "mastery": true}, "challenge": null,
        "valid_months": null,
    });
    let usd = json!({"minor": 100, "currency": "USD"});
    let route = json!({
        "steps": [{"offer": offer, "assess_only": true, "hours": 1, "money": usd, "closes": wanted, "needed_for": ["sample"]}],
        "hours": 1, "money": usd, "required": {"weight": 2, "of": 4}, "preferred": {"weight": 0, "of": 0}, "done_by": "2027-01-01",
    });
    let why_not = |why: Value| json!({"offer": "sample", "name": EVIL, "closes": wanted, "why": why});
    serde_json::from_value(json!({
        "shape": "cairn/plan/1", "gap": gap,
        "plan": {
            "budget": {"hours": 10, "money": usd, "by": "2027-06-30", "weekly_hours": 8, "rates": []},
            "hours_available": 8, "best": route, "runner_up": route,
            "why_best": {"decided": "money", "best": usd, "other": usd},
            "flips": [
                {"if": "more-money", "more": usd, "takes": ["sample"], "closes": wanted},
                {"if": "more-hours", "more": 3, "takes": [EVIL], "closes": []},
                {"if": "price-change", "by": usd, "takes": [EVIL]},
            ],
            "rejected": [
                why_not(json!({"why": "closed-cheaper-by", "by": [EVIL]})),
                why_not(json!({"why": "over-money", "needs": usd})),
                why_not(json!({"why": "over-hours", "needs": 3})),
                why_not(json!({"why": "pushes-out", "offers": [EVIL]})),
                why_not(json!({"why": "prerequisite-missing", "what": EVIL})),
                why_not(json!({"why": "attendance-only"})),
            ],
            "uncoverable": wanted, "exact": false,
        },
    }))
    .expect("a plan report")
}
