//! Proven must be hard to fake: one test for each way to try, and where it lands.
#![allow(clippy::unwrap_used, reason = "a test's helpers may")]

mod common;

use cairn_domain::gap::{Kin, Kinship, gap};
use cairn_domain::requirement::{Importance, Kind, Requirement};
use cairn_domain::standing::{Alignment, Claim, Currency, Held, Mastery, Ownership};
use common::*;
use expect_test::{Expect, expect};

const PYTHON: &str = "http://data.europa.eu/esco/skill/python";
const DJANGO: &str = "http://data.europa.eu/esco/skill/django";
const PROGRAMMING: &str = "http://data.europa.eu/esco/skill/programming";

/// Django is narrower than Python, Python narrower than programming. Security+ is CompTIA's.
struct Sample;

impl Kin for Sample {
    fn kinship(&self, held: &str, wanted: &str) -> Option<Kinship> {
        match (held, wanted) {
            (DJANGO, PYTHON) | (PYTHON, PROGRAMMING) => Some(Kinship::Narrower),
            (PYTHON, DJANGO) | (PROGRAMMING, PYTHON) => Some(Kinship::Broader),
            ("https://skills.example/python-3", PYTHON) => Some(Kinship::Related),
            _ => None,
        }
    }
    fn label_key(&self, name: &str) -> Option<String> {
        match name.to_lowercase().as_str() {
            "python programming" => Some(PYTHON.to_owned()),
            "german" => Some("http://data.europa.eu/esco/skill/german".to_owned()),
            _ => None,
        }
    }
    fn certificate_ids(&self, key: &str) -> Vec<String> {
        let known = ["https://comptia.example/issuer", "https://comptia.example/badges/security-plus"];
        match key {
            "cert:security-plus" => known.map(String::from).to_vec(),
            "licence:rn" => vec!["https://board.example/nursing".into()],
            _ => Vec::new(),
        }
    }
    fn certificate_names(&self, key: &str) -> Vec<String> {
        if key == "cert:security-plus" { vec!["CompTIA Security+".into(), "Security+".into()] } else { Vec::new() }
    }
}

/// A badge for Python to which nothing is lacking.
fn badge() -> Held {
    Held {
        item: 0,
        id: "urn:uuid:1".into(),
        name: "Python at work".into(),
        achievement: Some("https://college.example/achievements/python".into()),
        issuer: "did:web:college.example".into(),
        issuer_name: Some("Harbour College".into()),
        definer: None,
        genuine: Some(true),
        currency: Currency::Current,
        own: Ownership::Shown,
        accepted_issuer: true,
        self_issued: false,
        entitled: true,
        mastery: Mastery::Assessed,
        alignments: vec![aligned(PYTHON, "Python (computer programming)")],
        kind: Some("MicroCredential".into()),
        criterion: Some("A project judged against a rubric".into()),
        results: Vec::new(),
        level: None,
        evidence: Vec::new(),
    }
}

fn aligned(url: &str, name: &str) -> Alignment {
    Alignment { url: url.into(), name: name.into(), pointer: "/credentialSubject/achievement/alignment/0".into() }
}

fn asks(kind: Kind, key: &str, label: &str) -> Requirement {
    requirement(wanted(kind, key, label), Importance::Required, 1)
}

fn python() -> Requirement {
    asks(Kind::Skill, PYTHON, "Python (computer programming)")
}

fn security_plus() -> Requirement {
    asks(Kind::Certificate, "cert:security-plus", "CompTIA Security+")
}

/// The state, and for each reason its state, tie and what is lacking.
fn check(requirement: Requirement, held: &[Held], claims: &[Claim], expected: Expect) {
    let gap = gap(target(vec![requirement]), held, claims, &Sample);
    let found = &gap.matches[0];
    let mut told = format!("{:?}\n", found.state);
    for reason in &found.because {
        let tie = serde_json::to_value(&reason.tie).unwrap();
        told += &format!("  {:?} by {}", reason.state, tie["by"].as_str().unwrap());
        let lacking = serde_json::to_value(&reason.lacking).unwrap();
        if reason.lacking.is_empty() { told += "\n" } else { told += &format!(", lacks {lacking}\n") }
    }
    expected.assert_eq(&told);
}

fn check_badge(held: Held, expected: Expect) {
    check(python(), &[held], &[], expected);
}

#[test]
fn nothing_lacking_is_proven() {
    check_badge(
        badge(),
        expect![[r#"
        Proven
          Proven by same-uri
    "#]],
    );
    check(
        python(),
        &[],
        &[],
        expect![[r#"
        Missing
    "#]],
    );
}

#[test]
fn a_badge_made_by_oneself() {
    check_badge(
        Held { issuer: "did:key:z6Mk1".into(), self_issued: true, accepted_issuer: false, ..badge() },
        expect![[r#"
            Attested
              Attested by same-uri, lacks [{"lacks":"issuer-unknown"},{"lacks":"self-issued"}]
        "#]],
    );
    check_badge(
        Held { self_issued: true, ..badge() },
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"self-issued"}]
    "#]],
    );
}

#[test]
fn an_issuer_that_the_checker_does_not_know() {
    check_badge(
        Held { accepted_issuer: false, ..badge() },
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"issuer-unknown"}]
    "#]],
    );
}

#[test]
fn a_borrowed_badge() {
    check_badge(
        Held { own: Ownership::SomebodyElse, ..badge() },
        expect![[r#"
        Claimed
          Claimed by same-uri, lacks [{"lacks":"somebody-elses"}]
    "#]],
    );
    check_badge(
        Held { own: Ownership::NameOnly, ..badge() },
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"not-shown"}]
    "#]],
    );
    check_badge(
        Held { own: Ownership::Unconfirmed, ..badge() },
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"address-unconfirmed"}]
    "#]],
    );
}

#[test]
fn a_badge_for_attendance() {
    check_badge(
        Held { mastery: Mastery::AttendanceOnly, ..badge() },
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"attendance-only"}]
    "#]],
    );
    check_badge(
        Held { mastery: Mastery::Unsaid, ..badge() },
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"assessment-unsaid"}]
    "#]],
    );
}

#[test]
fn a_broader_skill_by_a_narrower_badge() {
    check(
        asks(Kind::Skill, PROGRAMMING, "computer programming"),
        &[badge()],
        &[],
        expect![[r#"
        Attested
          Attested by narrower, lacks [{"lacks":"narrower-skill"}]
    "#]],
    );
    check(
        asks(Kind::Skill, DJANGO, "Django"),
        &[badge()],
        &[],
        expect![[r#"
        Attested
          Attested by broader, lacks [{"lacks":"broader-skill"}]
    "#]],
    );
    check_badge(
        Held { alignments: vec![aligned("https://skills.example/python-3", "Python 3")], ..badge() },
        expect![[r#"
            Attested
              Attested by related, lacks [{"lacks":"related-skill"}]
        "#]],
    );
}

#[test]
fn a_copy_of_a_famous_certificate() {
    let famous = || Held { name: "CompTIA Security+".into(), alignments: Vec::new(), ..badge() };
    // Same name, its own definer.
    check(
        security_plus(),
        &[famous()],
        &[],
        expect![[r#"
        Attested
          Attested by name-only, lacks [{"lacks":"other-definer","definer":"Harbour College"}]
    "#]],
    );
    // It borrows the achievement's address, too, and says that it defined it itself.
    let address = Some("https://comptia.example/badges/security-plus".to_owned());
    check(
        security_plus(),
        &[Held { achievement: address.clone(), ..famous() }],
        &[],
        expect![[r#"
        Attested
          Attested by name-only, lacks [{"lacks":"other-definer","definer":"Harbour College"}]
    "#]],
    );
    // It names the real definer, who has delegated nothing.
    let definer = Some("https://comptia.example/issuer".to_owned());
    let copied = Held { achievement: address.clone(), definer: definer.clone(), entitled: false, ..famous() };
    check(
        security_plus(),
        &[copied],
        &[],
        expect![[r#"
        Attested
          Attested by named-certificate, lacks [{"lacks":"not-entitled"}]
    "#]],
    );
    // An alignment to the certificate's key does not make it the certificate.
    let aligned =
        Held { name: "Security basics".into(), alignments: vec![aligned("cert:security-plus", "x")], ..badge() };
    check(
        security_plus(),
        &[aligned],
        &[],
        expect![[r#"
        Missing
    "#]],
    );
    // Another address that only begins alike.
    let alike = Held { issuer: "https://comptia.example/issuer-of-mine".into(), ..famous() };
    check(
        security_plus(),
        &[alike],
        &[],
        expect![[r#"
        Attested
          Attested by name-only, lacks [{"lacks":"other-definer","definer":"Harbour College"}]
    "#]],
    );
    // The real one, by its issuer and name, or by its achievement.
    let real = Held { issuer: "https://comptia.example/issuer".into(), ..famous() };
    check(
        security_plus(),
        &[real],
        &[],
        expect![[r#"
        Proven
          Proven by named-certificate
    "#]],
    );
    let by_web =
        Held { issuer: "did:web:comptia.example".into(), achievement: address, name: "SY0".into(), ..famous() };
    check(
        security_plus(),
        &[by_web],
        &[],
        expect![[r#"
        Proven
          Proven by named-certificate
    "#]],
    );
    // The definer's other certificate.
    let other = Held { issuer: "https://comptia.example/issuer".into(), name: "CompTIA A+".into(), ..famous() };
    check(
        security_plus(),
        &[other],
        &[],
        expect![[r#"
        Missing
    "#]],
    );
}

#[test]
fn a_name_beside_another_skills_address() {
    check_badge(
        Held {
            name: "x".into(),
            alignments: vec![aligned("http://data.europa.eu/esco/skill/juggling", "Python programming")],
            ..badge()
        },
        expect![[r#"
            Missing
        "#]],
    );
}

#[test]
fn a_label_is_not_an_identifier() {
    check_badge(
        Held { alignments: vec![aligned("https://other.example/42", "python PROGRAMMING")], ..badge() },
        expect![[r#"
            Attested
              Attested by same-label, lacks [{"lacks":"label-only"}]
        "#]],
    );
    check_badge(
        Held { name: "Python programming".into(), alignments: Vec::new(), ..badge() },
        expect![[r#"
        Attested
          Attested by same-label, lacks [{"lacks":"label-only"}]
    "#]],
    );
}

#[test]
fn stale_only_if_it_was_proven() {
    let expired = || Currency::Expired { since: "2026-01-01T00:00:00Z".parse().unwrap() };
    check_badge(
        Held { currency: expired(), ..badge() },
        expect![[r#"
        Stale
          Stale by same-uri, lacks [{"lacks":"expired","since":"2026-01-01T00:00:00Z"}]
    "#]],
    );
    check_badge(
        Held { currency: Currency::Superseded, ..badge() },
        expect![[r#"
        Stale
          Stale by same-uri, lacks [{"lacks":"expired","since":null}]
    "#]],
    );
    check_badge(
        Held { currency: expired(), accepted_issuer: false, ..badge() },
        expect![[r#"
        Claimed
          Claimed by same-uri, lacks [{"lacks":"expired","since":"2026-01-01T00:00:00Z"},{"lacks":"issuer-unknown"}]
    "#]],
    );
}

#[test]
fn not_genuine_or_not_current_is_the_learners_word() {
    check_badge(
        Held { genuine: Some(false), ..badge() },
        expect![[r#"
        Claimed
          Claimed by same-uri, lacks [{"lacks":"not-genuine"}]
    "#]],
    );
    check_badge(
        Held { genuine: None, ..badge() },
        expect![[r#"
        Claimed
          Claimed by same-uri, lacks [{"lacks":"genuine-unknown"}]
    "#]],
    );
    for currency in [Currency::Revoked, Currency::Suspended, Currency::NotYet, Currency::Unknown] {
        let gap = gap(target(vec![python()]), &[Held { currency, ..badge() }], &[], &Sample);
        assert_eq!(gap.counts.required.claimed, 1);
    }
}

#[test]
fn tools_by_key_address_or_label() {
    let docker = || asks(Kind::Tool, "onet:Docker", "Docker");
    for url in ["onet:Docker", "onet:docker", "https://www.onetonline.org/search/tech/example?e=Docker&j=x"] {
        let gap = gap(target(vec![docker()]), &[Held { alignments: vec![aligned(url, "")], ..badge() }], &[], &Sample);
        assert_eq!(gap.counts.required.proven, 1, "{url}");
    }
    check(
        docker(),
        &[Held { alignments: vec![aligned("https://hub.example", "docker")], ..badge() }],
        &[],
        expect![[r#"
            Attested
              Attested by same-label, lacks [{"lacks":"label-only"}]
        "#]],
    );
    check(
        docker(),
        &[Held {
            alignments: vec![aligned("https://www.onetonline.org.evil.example/search/tech/example?e=Docker", "")],
            ..badge()
        }],
        &[],
        expect![[r#"
            Missing
        "#]],
    );
}

/// Our own keys are nobody's identifiers: an alignment to one says no more than a label does.
#[test]
fn a_key_of_ours_proves_nothing() {
    let aligned_to = |url: &str| Held { alignments: vec![aligned(url, "")], ..badge() };
    for (kind, key, url) in [
        (Kind::Licence, "licence:rn", "licence:rn"),
        (Kind::Degree, "degree:bachelor", "degree:bachelor"),
        (Kind::Years, "years:5", "years:9"),
        (Kind::Language, "language:de", "language:de"),
        (Kind::Language, "language:de", "LANGUAGE:de"),
    ] {
        check(
            asks(kind, key, "x"),
            &[aligned_to(url)],
            &[],
            expect![[r#"
                Attested
                  Attested by same-label, lacks [{"lacks":"label-only"}]
            "#]],
        );
    }
    check(
        asks(Kind::Years, "years:5", "x"),
        &[aligned_to("years:4")],
        &[],
        expect![[r#"
            Missing
        "#]],
    );
    check(
        asks(Kind::Licence, "licence:rn", "x"),
        &[aligned_to("licence:cdl")],
        &[],
        expect![[r#"
            Missing
        "#]],
    );
}

#[test]
fn licences_by_who_defines_them() {
    let nurse = || asks(Kind::Licence, "licence:rn", "registered nurse");
    let held = |issuer: &str| Held {
        name: "Registered Nurse".into(),
        issuer: issuer.into(),
        alignments: vec![aligned("licence:rn", "")],
        ..badge()
    };
    check(
        nurse(),
        &[held("https://board.example/nursing")],
        &[],
        expect![[r#"
            Proven
              Proven by named-certificate
        "#]],
    );
    check(
        nurse(),
        &[held("did:web:college.example")],
        &[],
        expect![[r#"
            Attested
              Attested by same-label, lacks [{"lacks":"label-only"}]
        "#]],
    );
}

#[test]
fn languages_by_their_address() {
    let german = || asks(Kind::Language, "language:de", "German");
    check(
        german(),
        &[Held { alignments: vec![aligned("https://data.europa.eu/esco/skill/german", "x")], ..badge() }],
        &[],
        expect![[r#"
            Proven
              Proven by same-uri
        "#]],
    );
    check(
        german(),
        &[Held { name: "German".into(), alignments: Vec::new(), ..badge() }],
        &[],
        expect![[r#"
            Attested
              Attested by same-label, lacks [{"lacks":"label-only"}]
        "#]],
    );
}

#[test]
fn degrees_and_levels() {
    let bachelor = || asks(Kind::Degree, "degree:bachelor", "Bachelor's degree");
    let held = |kind: &str| Held { kind: Some(kind.into()), alignments: Vec::new(), ..badge() };
    check(
        bachelor(),
        &[held("MasterDegree")],
        &[],
        expect![[r#"
        Proven
          Proven by same-uri
    "#]],
    );
    check(
        bachelor(),
        &[held("AssociateDegree")],
        &[],
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"level-below","held":"associate","asked":"bachelor"}]
    "#]],
    );
    let advanced = Requirement { level: Some("advanced".into()), ..python() };
    check(
        advanced.clone(),
        &[Held { level: Some("basic".into()), ..badge() }],
        &[],
        expect![[r#"
        Attested
          Attested by same-uri, lacks [{"lacks":"level-below","held":"basic","asked":"advanced"}]
    "#]],
    );
    check(
        advanced.clone(),
        &[Held { level: Some("expert".into()), ..badge() }],
        &[],
        expect![[r#"
        Proven
          Proven by same-uri
    "#]],
    );
    check(
        advanced,
        &[Held { level: Some("purple".into()), ..badge() }],
        &[],
        expect![[r#"
        Proven
          Proven by same-uri
    "#]],
    );
}

#[test]
fn claims_count_for_the_same_thing_only() {
    let claim = |key: &str| Claim { key: key.into(), words: "I can".into(), from: "your own words".into() };
    check(
        python(),
        &[],
        &[claim(PYTHON)],
        expect![[r#"
        Claimed
          Claimed by claim
    "#]],
    );
    check(
        python(),
        &[],
        &[claim(DJANGO)],
        expect![[r#"
        Missing
    "#]],
    );
    let years = || asks(Kind::Years, "years:3", "3 years of experience");
    check(
        years(),
        &[],
        &[claim("years:5")],
        expect![[r#"
        Claimed
          Claimed by claim
    "#]],
    );
    check(
        years(),
        &[],
        &[claim("years:2")],
        expect![[r#"
        Missing
    "#]],
    );
    check(
        asks(Kind::Degree, "degree:bachelor", ""),
        &[],
        &[claim("degree:master")],
        expect![[r#"
        Claimed
          Claimed by claim
    "#]],
    );
}

#[test]
fn the_best_reason_comes_first() {
    let attended = Held { item: 0, mastery: Mastery::AttendanceOnly, ..badge() };
    let stale = Held { item: 1, currency: Currency::Superseded, ..badge() };
    let proven = Held { item: 2, ..badge() };
    check(
        python(),
        &[attended, stale, proven],
        &[],
        expect![[r#"
        Proven
          Proven by same-uri
          Attested by same-uri, lacks [{"lacks":"attendance-only"}]
          Stale by same-uri, lacks [{"lacks":"expired","since":null}]
    "#]],
    );
}
