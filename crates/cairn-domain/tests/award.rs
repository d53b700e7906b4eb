//! What a rule and events come to, however often they are replayed and in whatever order independent ones arrived.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use cairn_domain::access::Role;
use cairn_domain::award::{Event, decide};
use cairn_domain::definition::{Basis, Criterion, Definition, EvidenceWanted, Prerequisite};
use proptest::prelude::*;

fn rule() -> Definition {
    let criterion = |id: &str, levels: &[&str], required: Option<&str>| Criterion {
        id: id.into(),
        statement: format!("shows {id}"),
        levels: levels.iter().map(|level| level.to_string()).collect(),
        required: required.map(str::to_owned),
    };
    Definition {
        criteria: vec![criterion("seam", &["tries", "does", "masters"], Some("does")), criterion("safety", &[], None)],
        evidence: vec![EvidenceWanted { id: "photo".into(), says: "a photo".into(), required: true }],
        prerequisites: vec![Prerequisite { achievement: "basics".into(), name: "Basics".into() }],
        ..Definition::default()
    }
}

fn photo() -> Event {
    Event::EvidenceGiven { wanted: Some("photo".into()), form: "file".into(), sha256: "ab".into() }
}

fn judged(criterion: &str, level: Option<&str>, met: bool) -> Event {
    Event::CriterionJudged { criterion: criterion.into(), level: level.map(str::to_owned), met }
}

fn decided(role: Role, award: bool) -> Event {
    Event::Decided { role, award, words: String::new() }
}

/// All that an award takes; the order of these does not matter.
fn whole() -> Vec<Event> {
    vec![
        Event::Asked,
        photo(),
        Event::PrerequisiteShown { achievement: "basics".into(), credential: "urn:c".into() },
        judged("seam", Some("masters"), true),
        judged("safety", None, true),
        decided(Role::Assessor, true),
    ]
}

#[test]
fn everything_is_needed() {
    assert!(decide(&rule(), &whole()).awarded);
    for missing in 0..whole().len() {
        let mut events = whole();
        let without = events.remove(missing);
        assert!(!decide(&rule(), &events).awarded, "awarded without {without:?}");
    }
}

#[test]
fn levels_roles_returns_and_waivers_count() {
    let with = |more: &[Event]| decide(&rule(), &[whole(), more.to_vec()].concat()).awarded;
    assert!(!with(&[judged("seam", Some("tries"), true)]), "below the required level");
    assert!(!with(&[judged("seam", Some("unheard of"), true)]));
    assert!(!with(&[judged("safety", None, false)]));
    assert!(!with(&[decided(Role::Assessor, false)]));
    assert!(!with(&[decided(Role::Employer, true)]), "an employer decides on nothing");
    assert!(!with(&[Event::Withdrawn]));
    assert!(!with(&[Event::Returned { words: "more".into() }]), "what was judged before is judged anew");
    assert!(!with(&[Event::EvidenceTakenBack { wanted: Some("photo".into()), sha256: "ab".into() }]));
    let mut waived = whole();
    waived[2] = Event::PrerequisiteWaived { achievement: "basics".into(), why: " ".into() };
    assert!(!decide(&rule(), &waived).awarded, "a waiver says why");
    waived[2] = Event::PrerequisiteWaived { achievement: "basics".into(), why: "ten years of it".into() };
    assert!(decide(&rule(), &waived).awarded);
}

#[test]
fn a_direct_award_needs_the_role_and_never_a_level_below() {
    let direct = |role| Event::AwardedDirectly { role, why: "exam".into() };
    assert!(decide(&rule(), &[direct(Role::Issuer)]).awarded);
    assert!(!decide(&rule(), &[direct(Role::Assessor)]).awarded);
    assert!(!decide(&rule(), &[direct(Role::Issuer), judged("seam", Some("tries"), true)]).awarded);
}

#[test]
fn taking_part_is_never_mastery() {
    let rule = Definition { basis: Basis::Participation, ..rule() };
    let outcome = decide(&rule, &whole());
    assert_eq!((outcome.awarded, outcome.basis), (true, Basis::Participation));
}

#[test]
fn an_event_comes_back_from_json() {
    for event in whole() {
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["kind"], event.word());
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
    }
}

proptest! {
    #[test]
    fn the_order_of_independent_events_does_not_matter(order in Just(whole()).prop_shuffle()) {
        prop_assert_eq!(decide(&rule(), &order), decide(&rule(), &whole()));
    }

    #[test]
    fn the_same_events_give_the_same_outcome(picked in proptest::collection::vec(0..6_usize, 0..20)) {
        let events: Vec<Event> = picked.into_iter().map(|n| whole()[n].clone()).collect();
        prop_assert_eq!(decide(&rule(), &events), decide(&rule(), &events.clone()));
    }
}
