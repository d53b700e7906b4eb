//! Drafting, publishing, and what credentials carry of it: whole acts on a site in memory.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use cairn_credential::facts::{Facts, Identifier, Subject};
use cairn_credential::sign::{achievement as ob_achievement, open_badge};
use cairn_domain::access::Role;
use cairn_domain::definition::{Aligned, Basis, Composed, Credit, Criterion, Definition, Prerequisite};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::achievements::{facts_of, result_of};
use cairn_registrar::gather::Gatherer;
use cairn_registrar::issuing::{Award, Secured};
use cairn_registrar::outside::Outside;
use cairn_registrar::refusal::Trouble;
use jiff::Timestamp;
use serde_json::{Value, json};

async fn office() -> Office {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    Office::seeded("sqlite::memory:", "https://badges.example", Outside::fixed(now, 11), Gatherer::offline())
        .await
        .unwrap()
}

/// Somebody with a role in a new organisation.
async fn somebody(office: &Office, org_id: &str, role: Role) -> Actor {
    let person = office.open_account(&format!("{role}@harbour.example"), "Ada").await.unwrap();
    office.give_role(org_id, &person.id, role, None).await.unwrap();
    let token = office.begin_session(&person.id, "link", None).await.unwrap();
    office.actor_by_session(&token).await.unwrap()
}

fn composed() -> Composed {
    Composed {
        shape: "hexagon".into(),
        ground: "#1b3a5c".into(),
        accent: "#f4e3d6".into(),
        icon: "heart".into(),
        words: "Ward hygiene".into(),
    }
}

async fn definition(office: &Office, actor: &Actor, org_id: &str) -> Definition {
    let kept = office.compose_picture(actor, org_id, composed(), "A heart over the words Ward hygiene").await.unwrap();
    Definition {
        name: "Ward hygiene".into(),
        description: "Keeps a ward safe for patients and colleagues.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![
            Criterion {
                id: "hands".into(),
                statement: "Disinfects hands\nat the five moments.".into(),
                levels: vec!["seen".into(), "safe".into(), "teaches others".into()],
                required: Some("safe".into()),
            },
            Criterion { id: "rooms".into(), statement: "Cleans a room.".into(), ..Criterion::default() },
        ],
        alignments: vec![Aligned {
            url: "http://data.europa.eu/esco/skill/1".into(),
            name: "maintain hygiene".into(),
            framework: Some("ESCO".into()),
            kind: Some("CFItem".into()),
            ..Aligned::default()
        }],
        valid_months: Some(24),
        credit: Some(Credit { ects: Some(2.5), eqf: Some(5), hours: Some(60.0) }),
        prerequisites: vec![Prerequisite { achievement: "https://a.example/1".into(), name: "First aid".into() }],
        basis: Basis::Mastery,
        tags: vec!["health".into()],
        picture: Some(kept.picture),
        ..Definition::default()
    }
}

fn code(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Refusal(refusal) => refusal.code,
        Trouble::Fault(_) => "fault",
    }
}

#[tokio::test]
async fn a_draft_becomes_versions_that_never_change() {
    let office = office().await;
    let org = office.desk.set_up_issuer("Harbour College", None).await.unwrap().org;
    let issuer = somebody(&office, &org.id, Role::Issuer).await;
    let mut definition = definition(&office, &issuer, &org.id).await;

    let drafted = office.draft_achievement(&issuer, &org.id, Definition::default()).await.unwrap();
    let key = (org.id.as_str(), drafted.id.as_str());
    let unready = office.publish_achievement(&issuer, key.0, key.1, 1).await.unwrap_err();
    assert_eq!(code(&unready), "not-ready", "{unready}");
    assert!(office.public_achievement(key.1).await.unwrap().is_none(), "a draft is nobody's business");
    assert_eq!(code(&office.open_achievement(&issuer, key, true).await.unwrap_err()), "not-now");

    let changed = office.change_draft(&issuer, key, 1, definition.clone()).await.unwrap();
    assert_eq!((changed.revision, changed.draft.as_ref()), (2, Some(&definition)));
    let late = office.change_draft(&issuer, key, 1, definition.clone()).await.unwrap_err();
    assert_eq!(code(&late), "changed-meanwhile");
    let review = office.review_draft(&changed).await.unwrap().unwrap();
    assert_eq!((review.number, review.wrong.len(), review.diff), (1, 0, None));

    let one = office.publish_achievement(&issuer, key.0, key.1, 2).await.unwrap();
    assert_eq!((one.number, &one.definition, one.superseded), (1, &definition, None));
    assert_eq!(one.facts.id, format!("https://badges.example/achievements/{}/1", key.1));
    let again = office.publish_achievement(&issuer, key.0, key.1, 3).await.unwrap_err();
    assert_eq!(code(&again), "not-now", "there is nothing to publish");

    definition.criteria[1].statement = "Cleans a room and says so.".into();
    office.change_draft(&issuer, key, 3, definition.clone()).await.unwrap();
    let found = office.achievement(&issuer, key.0, key.1).await.unwrap();
    let review = office.review_draft(&found).await.unwrap().unwrap();
    assert_eq!(review.diff.unwrap().says(), "1 criterion changed.");
    let two = office.publish_achievement(&issuer, key.0, key.1, 4).await.unwrap();
    assert_eq!(two.number, 2);
    assert_eq!(two.facts.related[0].version.as_deref(), Some("1"));

    let kept = office.find_version(key.0, key.1, "1").await.unwrap().unwrap();
    assert!(kept.superseded.is_some());
    assert_eq!((&kept.definition, &kept.facts, &kept.sha256), (&one.definition, &one.facts, &one.sha256));
    let seen = office.public_achievement(key.1).await.unwrap().unwrap();
    assert_eq!(seen.versions.iter().map(|one| one.number).collect::<Vec<_>>(), [1, 2]);

    assert!(office.open_achievement(&issuer, key, true).await.unwrap().is_open());
    let retired = office.retire_achievement(&issuer, key, true).await.unwrap();
    assert!(retired.retired.is_some() && retired.open.is_none());
    assert_eq!(code(&office.change_draft(&issuer, key, 5, definition).await.unwrap_err()), "not-now");
    let acts: Vec<String> =
        office.desk.store.list_audit(key.0, None, 50).await.unwrap().into_iter().map(|entry| entry.act).collect();
    for act in ["achievement.draft", "achievement.change", "achievement.publish", "achievement.open", "picture.keep"] {
        assert!(acts.iter().any(|one| one == act), "{act} in {acts:?}");
    }
}

#[tokio::test]
async fn of_two_who_publish_at_once_one_wins() {
    let office = office().await;
    let org = office.desk.set_up_issuer("Harbour College", None).await.unwrap().org;
    let issuer = somebody(&office, &org.id, Role::Issuer).await;
    let definition = definition(&office, &issuer, &org.id).await;
    let drafted = office.draft_achievement(&issuer, &org.id, definition).await.unwrap();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (office, issuer, org, id) = (office.clone(), issuer.clone(), org.id.clone(), drafted.id.clone());
        running.spawn(async move { office.publish_achievement(&issuer, &org, &id, 1).await });
    }
    let ended = running.join_all().await;
    assert_eq!(ended.iter().filter(|one| one.is_ok()).count(), 1);
    for one in ended.iter().filter_map(|one| one.as_ref().err()) {
        assert_eq!(code(one), "changed-meanwhile");
    }
    let found = office.achievement(&issuer, &org.id, &drafted.id).await.unwrap();
    assert_eq!((found.versions.len(), found.draft), (1, None));
}

#[tokio::test]
async fn only_who_defines_drafts_and_strangers_see_nothing() {
    let office = office().await;
    let org = office.desk.set_up_issuer("Harbour College", None).await.unwrap().org;
    let other = office.desk.set_up_issuer("Other", None).await.unwrap().org;
    let (issuer, assessor) =
        (somebody(&office, &org.id, Role::Issuer).await, somebody(&office, &org.id, Role::Assessor).await);
    let stranger = somebody(&office, &other.id, Role::Owner).await;
    let drafted = office.draft_achievement(&issuer, &org.id, Definition::default()).await.unwrap();
    let draft = |who: Actor| {
        let (office, org) = (office.clone(), org.id.clone());
        async move { office.draft_achievement(&who, &org, Definition::default()).await.map(|_| ()) }
    };
    assert_eq!(code(&draft(assessor.clone()).await.unwrap_err()), "not-allowed");
    assert_eq!(code(&draft(stranger.clone()).await.unwrap_err()), "not-found");
    assert_eq!(code(&draft(Actor::default()).await.unwrap_err()), "sign-in");
    assert!(office.achievement(&assessor, &org.id, &drafted.id).await.is_ok());
    let elsewhere = office.achievement(&stranger, &other.id, &drafted.id).await.unwrap_err();
    assert_eq!(code(&elsewhere), "not-found", "an id of another organisation opens nothing");
}

#[tokio::test]
async fn a_definition_names_a_picture_that_is_there() {
    let office = office().await;
    let org = office.desk.set_up_issuer("Harbour College", None).await.unwrap().org;
    let issuer = somebody(&office, &org.id, Role::Issuer).await;
    let mut definition = definition(&office, &issuer, &org.id).await;
    let sha256 = definition.picture.as_ref().unwrap().sha256.clone();
    let (kind, bytes) = office.picture(&sha256).await.unwrap().unwrap();
    assert_eq!((kind.as_str(), &bytes[..4]), ("image/png", &b"\x89PNG"[..]));
    definition.picture.as_mut().unwrap().sha256 = "0".repeat(64);
    let refused = office.draft_achievement(&issuer, &org.id, definition).await.unwrap_err();
    assert_eq!(code(&refused), "bad-definition");
    assert!(refused.to_string().contains("/picture/sha256"), "{refused}");
    assert_eq!(
        code(&office.upload_picture(&issuer, &org.id, b"hello".to_vec(), "x").await.unwrap_err()),
        "bad-picture"
    );
    let same = office.upload_picture(&issuer, &org.id, bytes, "x").await.unwrap();
    assert_eq!(same.picture.sha256, sha256, "a picture of ours stays as it is");
}

/// All that the editor can say is signed (the signer refuses terms that the context does not define), and read again
/// as it was.
#[tokio::test]
async fn credentials_carry_all_of_it_and_it_is_read_again() {
    let office = office().await;
    let org = office.desk.set_up_issuer("Harbour College", None).await.unwrap().org;
    let issuer = somebody(&office, &org.id, Role::Issuer).await;
    let definition = definition(&office, &issuer, &org.id).await;
    let drafted = office.draft_achievement(&issuer, &org.id, definition.clone()).await.unwrap();
    office.publish_achievement(&issuer, &org.id, &drafted.id, 1).await.unwrap();
    office.change_draft(&issuer, (&org.id, &drafted.id), 2, definition.clone()).await.unwrap();
    let two = office.publish_achievement(&issuer, &org.id, &drafted.id, 3).await.unwrap();

    let results = vec![
        result_of(&definition, &two.facts.id, "hands", Some("teaches others")).unwrap(),
        result_of(&definition, &two.facts.id, "rooms", None).unwrap(),
    ];
    assert_eq!(result_of(&definition, &two.facts.id, "hands", None), None, "a level is told");
    assert_eq!(result_of(&definition, &two.facts.id, "hands", Some("divine")), None);
    let hashed = Identifier { kind: "emailAddress".into(), value: "sha256$00".into(), hashed: true, salt: None };
    let facts = Facts {
        name: definition.name.clone(),
        subject: Subject { identifiers: vec![hashed], ..Subject::default() },
        achievement: Some(two.facts.clone()),
        results,
        valid_from: Some(office.now()),
        ..Facts::default()
    };
    let award = Award { org_id: org.id.clone(), idempotency_key: "a".into(), facts, secured: Secured::DataIntegrity };
    let made = office.desk.issue(award).await.unwrap();
    let signed: Value = serde_json::from_str(&made.signed_text).unwrap();
    let written = signed.pointer("/credentialSubject/achievement").unwrap();
    let url = format!("https://badges.example/achievements/{}/2", drafted.id);
    assert_eq!(written["creditsAvailable"], json!(2.5));
    assert_eq!(written["inLanguage"], "en");
    assert_eq!(written["criteria"]["id"], json!(format!("{url}#criteria")));
    let narrative = written["criteria"]["narrative"].as_str().unwrap();
    assert!(narrative.contains("- Disinfects hands at the five moments. Level required: safe"), "{narrative}");
    assert!(
        narrative.contains("Workload: 60 hours. Valid for 24 months. To be held before: First aid."),
        "{narrative}"
    );
    assert_eq!(written["alignment"][0]["targetType"], "CFItem");
    assert_eq!(written["alignment"][1]["targetUrl"], "http://data.europa.eu/snb/eqf/5");
    assert_eq!(written["related"][0]["type"], json!(["Related"]));
    assert_eq!(written["image"]["caption"], "A heart over the words Ward hygiene");
    assert_eq!(written["resultDescription"][0]["requiredLevel"], json!(format!("{url}#level-hands-2")));
    assert_eq!(written["resultDescription"][1]["resultType"], "Status");
    assert_eq!(written, &ob_achievement(&two.facts, &two.facts.definer), "the page shows exactly this");

    let verdict = office
        .check(
            office.open_file("a.json", made.signed_text.as_bytes()),
            &cairn_registrar::checking::Ask { policy: office.policy(), require: Vec::new(), at: office.now() },
        )
        .await;
    let read = serde_json::to_value(&verdict.report.items[0]).unwrap();
    assert_eq!(read.pointer("/verdict/genuine/answer"), Some(&json!("yes")), "{read}");
    let read = read.pointer("/verdict/facts/achievement").unwrap().clone();
    let mut read: cairn_credential::facts::Achievement = serde_json::from_value(read).unwrap();
    for alignment in &mut read.alignments {
        alignment.pointer.clear();
    }
    assert_eq!(read, two.facts);
}

/// A definition without what may be absent says nothing empty.
#[test]
fn what_is_absent_is_not_written() {
    let definition = Definition {
        name: "A".into(),
        description: "B".into(),
        kind: "Badge".into(),
        language: "en".into(),
        basis: Basis::Participation,
        criteria: vec![Criterion { id: "a".into(), statement: "Took part.".into(), ..Criterion::default() }],
        credit: Some(Credit { ects: None, eqf: None, hours: Some(3.0) }),
        ..Definition::default()
    };
    let facts = facts_of(&definition, "https://a.example", "id", 1, cairn_credential::facts::Party::default());
    let badge = open_badge(&Facts { achievement: Some(facts), ..Facts::default() }, &[]);
    fn walk(value: &Value) {
        match value {
            Value::Null => panic!("a null"),
            Value::Array(items) => {
                assert!(!items.is_empty(), "an empty array");
                items.iter().for_each(walk);
            }
            Value::Object(members) => members.values().for_each(walk),
            _ => {}
        }
    }
    let achievement = badge.pointer("/credentialSubject/achievement").unwrap();
    walk(achievement);
    assert!(achievement.get("resultDescription").is_none(), "taking part has no result: {achievement}");
    assert!(achievement["criteria"]["narrative"].as_str().unwrap().contains("nothing was assessed"));
}
