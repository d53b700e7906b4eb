use proptest::prelude::*;

use super::*;

/// A definition that is fine.
pub(super) fn fine() -> Definition {
    Definition {
        name: "Ward hygiene".into(),
        description: "Keeps a ward safe.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![
            Criterion {
                id: "hands".into(),
                statement: "Disinfects hands at the five moments.".into(),
                levels: vec!["seen".into(), "safe".into(), "teaches others".into()],
                required: Some("safe".into()),
            },
            Criterion { id: "rooms".into(), statement: "Cleans a room.".into(), ..Criterion::default() },
        ],
        picture: Some(Picture { sha256: "ab".repeat(32), alt: "A hand".into(), composed: None }),
        ..Definition::default()
    }
}

fn pointers(definition: &Definition, publishing: bool) -> Vec<String> {
    check(definition, publishing).into_iter().map(|wrong| wrong.pointer).collect()
}

#[test]
fn what_is_fine_is_fine_and_a_draft_may_be_empty() {
    assert_eq!(check(&fine(), true), []);
    assert_eq!(check(&Definition::default(), false), []);
    let empty = pointers(&Definition::default(), true);
    assert_eq!(empty, ["/name", "/description", "/kind", "/language", "/criteria", "/picture"]);
}

/// One change, and where it must be found.
#[test]
fn every_rule_is_held() {
    type Fault = (fn(&mut Definition), &'static str);
    let faults: [Fault; 30] = [
        (|d| d.name = "n".repeat(201), "/name"),
        (|d| d.name = "a\u{7}b".into(), "/name"),
        (|d| d.description = "n".repeat(4_001), "/description"),
        (|d| d.kind = "Sticker".into(), "/kind"),
        (|d| d.kind = "ext:".into(), "/kind"),
        (|d| d.language = "english".into(), "/language"),
        (|d| d.language = "en-".into(), "/language"),
        (|d| d.criteria[1].id = "hands".into(), "/criteria/1/id"),
        (|d| d.criteria[0].id = "Hands!".into(), "/criteria/0/id"),
        (|d| d.criteria[0].statement = "s".repeat(1_001), "/criteria/0/statement"),
        (|d| d.criteria[0].required = Some("brilliant".into()), "/criteria/0/required"),
        (|d| d.criteria[0].required = None, "/criteria/0/required"),
        (|d| d.criteria[0].levels = vec!["safe".into()], "/criteria/0/levels"),
        (|d| d.criteria[0].levels[0] = "safe".into(), "/criteria/0/levels/1"),
        (|d| d.criteria[1].required = Some("safe".into()), "/criteria/1/required"),
        (|d| d.basis = Basis::Participation, "/criteria/0/levels"),
        (
            |d| d.alignments = vec![Aligned { url: "ftp://a".into(), name: "A".into(), ..Aligned::default() }],
            "/alignments/0/url",
        ),
        (
            |d| d.alignments = vec![Aligned { url: "https://a.example/".into(), ..Aligned::default() }],
            "/alignments/0/name",
        ),
        (
            |d| {
                let one = Aligned {
                    url: "https://a.example/".into(),
                    name: "A".into(),
                    kind: Some("Thing".into()),
                    ..Aligned::default()
                };
                d.alignments = vec![one];
            },
            "/alignments/0/kind",
        ),
        (|d| d.valid_months = Some(0), "/valid_months"),
        (|d| d.credit = Some(Credit { ects: Some(f64::NAN), ..Credit::default() }), "/credit/ects"),
        (|d| d.credit = Some(Credit { ects: Some(0.0), ..Credit::default() }), "/credit/ects"),
        (|d| d.credit = Some(Credit { hours: Some(f64::INFINITY), ..Credit::default() }), "/credit/hours"),
        (|d| d.credit = Some(Credit { eqf: Some(9), ..Credit::default() }), "/credit/eqf"),
        (
            |d| d.prerequisites = vec![Prerequisite { achievement: "that one".into(), name: "A".into() }],
            "/prerequisites/0/achievement",
        ),
        (|d| d.evidence = vec![EvidenceWanted { id: "a".into(), ..EvidenceWanted::default() }], "/evidence/0/says"),
        (|d| d.tags = vec!["a".into(), "a".into()], "/tags/1"),
        (|d| d.picture.as_mut().unwrap().sha256 = "AB".repeat(32), "/picture/sha256"),
        (|d| d.picture.as_mut().unwrap().alt = String::new(), "/picture/alt"),
        (|d| d.picture.as_mut().unwrap().composed = Some(Composed::default()), "/picture/composed/shape"),
    ];
    for (n, (fault, pointer)) in faults.into_iter().enumerate() {
        let mut definition = fine();
        fault(&mut definition);
        assert!(
            pointers(&definition, true).contains(&pointer.to_owned()),
            "{n} {pointer}: {:?}",
            check(&definition, true)
        );
    }
}

#[test]
fn taking_part_claims_no_mastery() {
    let mut definition = fine();
    definition.basis = Basis::Participation;
    definition.criteria.remove(0);
    definition.kind = "CertificateOfCompletion".into();
    definition.credit = Some(Credit { hours: Some(4.0), ..Credit::default() });
    assert_eq!(check(&definition, true), []);
    definition.credit = Some(Credit { ects: Some(1.0), eqf: Some(5), hours: None });
    assert_eq!(pointers(&definition, false), ["/credit/ects", "/credit/eqf"]);
    definition.credit = None;
    definition.kind = "Certification".into();
    assert_eq!(pointers(&definition, false), ["/kind"]);
}

#[test]
fn languages() {
    for tag in ["en", "de-AT", "zh-Hant-TW", "sl-rozaj-biske-1994", "en-x-own", "gsw"] {
        assert!(is_language(tag), "{tag}");
    }
    for tag in ["", "e", "english", "en_GB", "en-", "-en", "en--GB", "en-x", "en-a-b-c", "12", "en-ñ"] {
        assert!(!is_language(tag), "{tag}");
    }
}

#[test]
fn changes_are_told_per_criterion() {
    let old = fine();
    let mut new = fine();
    new.criteria[0].required = Some("teaches others".into());
    new.criteria.remove(1);
    new.criteria.push(Criterion { id: "waste".into(), statement: "Sorts waste.".into(), ..Criterion::default() });
    new.description = "Keeps a ward and its people safe.".into();
    let diff = diff(&old, &new);
    let told: Vec<_> = diff.criteria.iter().map(|one| (one.id.as_str(), one.change)).collect();
    assert_eq!(told, [("hands", Change::Changed), ("waste", Change::Added), ("rooms", Change::Removed)]);
    assert_eq!(diff.criteria[0].members, ["required"]);
    assert_eq!(diff.says(), "1 criterion added, 1 changed, 1 removed; description changed.");
    assert_eq!(super::diff(&old, &old).says(), "Nothing changed.");
}

fn some_criterion() -> impl Strategy<Value = Criterion> {
    let levels = proptest::collection::vec("[a-d]{1,2}", 0..4);
    ("[a-c]{1,2}", "[a-z ]{0,12}", levels, proptest::option::of("[a-d]{1,2}"))
        .prop_map(|(id, statement, levels, required)| Criterion { id, statement, levels, required })
}

prop_compose! {
    fn some_definition()(
        (name, description, kind, language) in ("\\PC{0,210}", "\\PC{0,40}", "(Badge|Course|ext:.{0,3}|.{0,9})", "[a-z-]{0,9}"),
        mut criteria in proptest::collection::vec(some_criterion(), 0..5),
        alignments in proptest::collection::vec(("(https://)?[a-z./]{0,9}", "\\PC{0,5}"), 0..3),
        (valid_months, ects, eqf, hours) in (any::<Option<u32>>(), any::<Option<f64>>(), any::<Option<u8>>(), any::<Option<f64>>()),
        (tags, participation) in (proptest::collection::vec("\\PC{0,4}", 0..4), any::<bool>()),
    ) -> Definition {
        let mut seen = std::collections::HashSet::new();
        criteria.retain(|one: &Criterion| seen.insert(one.id.clone()));
        Definition {
            name, description, kind, language, criteria, valid_months, tags,
            alignments: alignments.into_iter().map(|(url, name)| Aligned { url, name, ..Aligned::default() }).collect(),
            credit: Some(Credit { ects, eqf, hours }),
            basis: if participation { Basis::Participation } else { Basis::Mastery },
            ..Definition::default()
        }
    }
}

proptest! {
    /// Nothing that may be published may not be drafted, and every pointer leads into the definition or to what is
    /// missing from it.
    #[test]
    fn a_draft_is_held_to_less(definition in some_definition()) {
        let (draft, whole) = (check(&definition, false), check(&definition, true));
        for wrong in &draft {
            prop_assert!(whole.contains(wrong), "{wrong:?}");
        }
        for wrong in &whole {
            let member = wrong.pointer.split('/').nth(1).unwrap_or_default();
            let json = serde_json::to_value(&definition).unwrap();
            prop_assert!(json.get(member).is_some(), "{}", wrong.pointer);
        }
    }

    /// What is fine says nothing of Participation that claims mastery.
    #[test]
    fn what_is_fine_claims_no_mastery_for_taking_part(definition in some_definition()) {
        if definition.basis == Basis::Participation && check(&definition, false).is_empty() {
            prop_assert!(definition.criteria.iter().all(|one| one.levels.is_empty() && one.required.is_none()));
            prop_assert!(definition.credit.as_ref().is_none_or(|credit| credit.ects.is_none() && credit.eqf.is_none()));
        }
    }

    /// A diff is empty exactly between equals, and swapped sides tell the mirror of it.
    #[test]
    fn a_diff_is_empty_between_equals_only(old in some_definition(), new in some_definition()) {
        prop_assert!(diff(&old, &old).is_empty());
        let (there, back) = (diff(&old, &new), diff(&new, &old));
        let comparable = |of: &Definition| serde_json::to_string(of).unwrap();
        prop_assert_eq!(there.is_empty(), comparable(&old) == comparable(&new) || old == new);
        let count = |diff: &Diff, change| diff.criteria.iter().filter(|one| one.change == change).count();
        prop_assert_eq!(count(&there, Change::Added), count(&back, Change::Removed));
        prop_assert_eq!(count(&there, Change::Changed), count(&back, Change::Changed));
        prop_assert_eq!(there.fields.len(), back.fields.len());
    }
}
