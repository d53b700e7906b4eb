//! A learner asks with evidence, assessors decide: on a database in memory, with a clock that stands still.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use cairn_domain::access::Role;
use cairn_domain::definition::{Criterion, Definition, EvidenceWanted, Picture};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::evidence::{Given, GivenWhat, Incoming};
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::requests::{Judged, Ruling, Written};

async fn actor(office: &Office, org: &str, name: &str, role: Option<Role>) -> Actor {
    let person = office.open_account(&format!("{name}@people.example"), name).await.unwrap();
    if let Some(role) = role {
        office.give_role(org, &person.id, role, None).await.unwrap();
    }
    let token = office.begin_session(&person.id, "link", None).await.unwrap();
    office.actor_by_session(&token).await.unwrap()
}

fn refused(result: Result<impl std::fmt::Debug, Trouble>) -> &'static str {
    match result {
        Err(Trouble::Refusal(refusal)) => refusal.code,
        other => panic!("no refusal: {other:?}"),
    }
}

fn definition() -> Definition {
    Definition {
        name: "Welding, first step".into(),
        description: "Joins two sheets so that they hold.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![Criterion {
            id: "seam".into(),
            statement: "The seam holds".into(),
            levels: vec!["tries".into(), "does".into()],
            required: Some("does".into()),
        }],
        evidence: vec![EvidenceWanted { id: "photo".into(), says: "A photo of the seam".into(), required: true }],
        picture: Some(Picture { sha256: "ab".repeat(32), alt: "A seam".into(), composed: None }),
        ..Definition::default()
    }
}

fn judged(revision: u64, ruling: Ruling, level: &str, words: &str) -> Judged {
    Judged {
        revision,
        ruling,
        words: words.into(),
        criteria: vec![("seam".into(), Some(level.into()), true)],
        shown: Vec::new(),
        waived: Vec::new(),
    }
}

#[tokio::test]
async fn asked_returned_answered_awarded_and_explained() {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 5);
    let office = Office::seeded("sqlite::memory:", "https://badges.example", outside, Gatherer::offline());
    let office = office.await.unwrap();
    let org = office.desk.set_up_issuer("Weld Hall", None).await.unwrap().org.id;
    let issuer = actor(&office, &org, "ina", Some(Role::Issuer)).await;
    let assessor = actor(&office, &org, "asa", Some(Role::Assessor)).await;
    let learner = actor(&office, &org, "lea", None).await;
    let mut tx = office.desk.store.begin().await.unwrap();
    tx.insert_picture(&"ab".repeat(32), "image/png", &[1], office.now()).await.unwrap();
    tx.commit().await.unwrap();
    let one = office.draft_achievement(&issuer, &org, definition()).await.unwrap();
    office.publish_achievement(&issuer, &org, &one.id, one.revision).await.unwrap();
    assert_eq!(refused(office.begin_request(&learner, &one.id).await), "not-found", "it is not open yet");
    office.open_achievement(&issuer, (&org, &one.id), true).await.unwrap();
    assert_eq!(refused(office.begin_request(&Actor::default(), &one.id).await), "sign-in");
    let request = office.begin_request(&learner, &one.id).await.unwrap();
    let id = request.request_id.as_str();
    assert_eq!(office.begin_request(&learner, &one.id).await.unwrap(), request, "begun once");
    assert_eq!(refused(office.find_request(&assessor, &org, id).await), "not-found", "a draft is the learner's alone");

    let written = |revision, send| Written { revision, name: "Lea Lernt".into(), words: "See there".into(), send };
    assert_eq!(refused(office.write_request(&learner, id, written(1, true)).await), "evidence-missing");
    let photo = || Given {
        wanted: Some("photo".into()),
        what: GivenWhat::File { name: "seam.txt".into(), incoming: Incoming::whole(&b"a seam"[..], 99).unwrap() },
    };
    let piece = office.add_request_evidence(&learner, id, photo()).await.unwrap();
    office.remove_request_evidence(&learner, id, &piece.evidence_id).await.unwrap();
    assert_eq!(refused(office.write_request(&learner, id, written(1, true)).await), "evidence-missing");
    let piece = office.add_request_evidence(&learner, id, photo()).await.unwrap();
    assert_eq!(refused(office.write_request(&learner, id, written(7, true)).await), "changed-meanwhile");
    let sent = office.write_request(&learner, id, written(1, true)).await.unwrap();
    assert_eq!((sent.request.state.as_str(), sent.request.revision), ("open", 2));
    assert_eq!(refused(office.add_request_evidence(&learner, id, photo()).await), "not-now");

    let other = actor(&office, &org, "otto", None).await;
    assert_eq!(refused(office.own_request(&other, id).await), "not-found");
    assert_eq!(refused(office.evidence_file(&other, &org, &piece.evidence_id).await), "not-found");
    for may in [&learner, &assessor] {
        assert_eq!(office.evidence_file(may, &org, &piece.evidence_id).await.unwrap().1, &b"a seam"[..]);
    }
    let rule = async |who: &Actor, judged| office.judge_request(who, (&org, id), judged).await;
    assert_eq!(refused(rule(&other, judged(2, Ruling::Award, "does", "")).await), "not-found");
    assert_eq!(refused(rule(&assessor, judged(2, Ruling::Return, "does", " ")).await), "words-wanted");
    assert_eq!(refused(rule(&assessor, judged(1, Ruling::Award, "does", "")).await), "changed-meanwhile");
    assert_eq!(refused(rule(&assessor, judged(2, Ruling::Award, "tries", "")).await), "requirements-not-met");
    rule(&assessor, judged(2, Ruling::Return, "does", "From closer, please")).await.unwrap();
    let back = office.own_request(&learner, id).await.unwrap();
    assert_eq!((back.request.state.as_str(), back.answer()), ("returned", Some("From closer, please")));
    office.write_request(&learner, id, written(3, true)).await.unwrap();
    let done = rule(&assessor, judged(4, Ruling::Award, "does", "")).await.unwrap();
    assert_eq!(done.request.state, "awarded");
    assert_eq!(refused(rule(&assessor, judged(5, Ruling::Refuse, "does", "no")).await), "not-now");
    let made = office.find_award(&issuer, &org, &done.public_id.unwrap()).await.unwrap();
    assert_eq!((made.person_id.as_deref(), made.request_id.as_deref()), (learner.person_id(), Some(id)));
    assert!(made.signed_text.contains("digestSRI"), "the credential names its evidence by hash");
    assert!(!made.signed_text.contains("lea@"), "no address in plain text");
    let why = office.why(&issuer, &org, &made.public_id).await.unwrap();
    assert!(why.outcome.awarded && why.events.len() >= 8);
    assert_eq!(office.evidence_of(&made).await.unwrap().len(), 1);
    let corrected = office.correct_name(&issuer, (&org, &made.public_id), "Lea Lehrnt").await.unwrap();
    assert!(corrected.signed_text.contains("digestSRI"), "a correction rests on the same evidence");
}

#[tokio::test]
async fn nobody_decides_on_their_own() {
    let outside = Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 5);
    let office = Office::seeded("sqlite::memory:", "https://badges.example", outside, Gatherer::offline());
    let office = office.await.unwrap();
    let org = office.desk.set_up_issuer("Weld Hall", None).await.unwrap().org.id;
    let issuer = actor(&office, &org, "ina", Some(Role::Issuer)).await;
    let mut tx = office.desk.store.begin().await.unwrap();
    tx.insert_picture(&"ab".repeat(32), "image/png", &[1], office.now()).await.unwrap();
    tx.commit().await.unwrap();
    let one =
        office.draft_achievement(&issuer, &org, Definition { evidence: Vec::new(), ..definition() }).await.unwrap();
    office.publish_achievement(&issuer, &org, &one.id, one.revision).await.unwrap();
    office.open_achievement(&issuer, (&org, &one.id), true).await.unwrap();
    let request = office.begin_request(&issuer, &one.id).await.unwrap();
    let written = Written { revision: 1, name: "Ina".into(), words: String::new(), send: true };
    office.write_request(&issuer, &request.request_id, written).await.unwrap();
    let own = office.judge_request(&issuer, (&org, &request.request_id), judged(2, Ruling::Award, "does", "")).await;
    assert_eq!(refused(own), "not-allowed");
    office.withdraw_request(&issuer, &request.request_id).await.unwrap();
    assert_eq!(refused(office.withdraw_request(&issuer, &request.request_id).await), "not-now");
}
