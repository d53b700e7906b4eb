//! Batches: checked, issued, killed in the middle, run by two at once, undone.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::collections::BTreeSet;
use std::io::{BufReader, Cursor, Read};

use cairn_domain::access::Role;
use cairn_domain::definition::{Criterion, Definition, Picture};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::answers::{Answer, Begun};
use cairn_registrar::batches::{NewBatch, StoredBatch, Work};
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use cairn_store::CredentialFilter;
use jiff::Timestamp;

const BASE: &str = "https://badges.example";

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

async fn office(database: &str) -> Office {
    Office::seeded(database, BASE, Outside::fixed(now(), 5), Gatherer::offline()).await.unwrap()
}

fn definition() -> Definition {
    let levels = ["Beginner", "Able"].map(str::to_owned).to_vec();
    Definition {
        name: "Espresso".into(),
        description: "Pulls a shot that one would pay for.".into(),
        kind: "MicroCredential".into(),
        language: "en".into(),
        criteria: vec![
            Criterion { id: "grind".into(), statement: "Grinds.".into(), levels, required: Some("Able".into()) },
            Criterion { id: "steam".into(), statement: "Steams.".into(), ..Criterion::default() },
        ],
        picture: Some(Picture { sha256: "ab".repeat(32), alt: "A cup".into(), composed: None }),
        ..Definition::default()
    }
}

/// An organisation that has published something.
async fn shop(office: &Office) -> NewBatch {
    let org = office.desk.set_up_issuer("Harbour Coffee", None).await.unwrap().org;
    let site = Actor::site();
    let mut tx = office.desk.store.begin().await.unwrap();
    tx.insert_picture(&"ab".repeat(32), "image/png", &[1], office.now()).await.unwrap();
    tx.commit().await.unwrap();
    let one = office.draft_achievement(&site, &org.id, definition()).await.unwrap();
    let published = office.publish_achievement(&site, &org.id, &one.id, one.revision).await.unwrap();
    NewBatch {
        org_id: org.id,
        achievement_id: one.id,
        version: published.number.to_string(),
        name: "autumn.csv".into(),
        ..NewBatch::default()
    }
}

fn csv(rows: usize) -> Vec<u8> {
    let mut text = String::from("key,name,email,result:grind,result:steam,evidence_url\n");
    for n in 0..rows {
        text += &format!("k{n},Learner {n},l{n}@learner.example,Able,met,https://work.example/{n}\n");
    }
    text.into_bytes()
}

async fn settled(office: &Office) {
    while office.work_on_batches("me").await.unwrap() {}
}

/// Exactly so many credentials, places and leaves.
async fn exactly(office: &Office, of: &StoredBatch, count: usize) {
    let filter = CredentialFilter { batch_id: Some(of.id.clone()), ..CredentialFilter::default() };
    let all = office.desk.store.list_credentials_page(&of.org_id, &filter, None, 100_000).await.unwrap();
    assert_eq!(all.len(), count);
    let people: BTreeSet<_> = all.iter().map(|one| one.recipient_email.clone()).collect();
    assert_eq!(people.len(), count, "nobody twice");
    let mut places = BTreeSet::new();
    for one in &all {
        for place in office.desk.store.list_credential_status(&of.org_id, &one.credential_id).await.unwrap() {
            assert!(places.insert((place.list_id, place.index)), "a place was given twice");
        }
    }
    assert_eq!(places.len(), 2 * count);
    let size = office.desk.store.find_log_size().await.unwrap();
    let leaves = office.desk.store.list_log_leaves(0, 100_000).await.unwrap();
    assert_eq!(leaves.len() as u64, size);
    assert_eq!(leaves.iter().filter(|leaf| leaf.org_id == of.org_id && leaf.kind == "award").count(), count);
}

async fn found(office: &Office, of: &StoredBatch) -> StoredBatch {
    office.find_batch(&Actor::site(), &of.org_id, &of.id).await.unwrap()
}

#[tokio::test]
async fn a_file_is_checked_issued_and_undone() {
    let office = office("sqlite::memory:").await;
    let new = shop(&office).await;
    let site = Actor::site();
    let mut file = csv(300);
    file.extend(b"x,Zed,not an address,Able,met,\ny,Yan,yan@learner.example,Beginner,met,\n");
    let batch = office.upload_batch(&site, new.clone(), &file).await.unwrap();
    assert_eq!(batch.state, "checking");
    let again = office.upload_batch(&site, new.clone(), &file).await.unwrap();
    assert_eq!(again.id, batch.id, "the same file is the same batch");
    assert!(office.start_batch(&site, &batch.org_id, &batch.id).await.is_err(), "not before it is checked");
    settled(&office).await;
    let checked = found(&office, &batch).await;
    assert_eq!((checked.state.as_str(), checked.rows, checked.bad), ("checked", 302, 2), "{:?}", checked.trouble);
    let problems = office.batch_problems(&site, (&batch.org_id, &batch.id), 0, 10).await.unwrap();
    assert_eq!(problems.iter().map(|one| (one.line, one.place)).collect::<Vec<_>>(), [(302, Some(3)), (303, Some(4))]);
    exactly(&office, &batch, 0).await;

    office.start_batch(&site, &batch.org_id, &batch.id).await.unwrap();
    settled(&office).await;
    let done = found(&office, &batch).await;
    assert_eq!((done.state.as_str(), done.position, done.issued), ("done", 302, 300), "{:?}", done.trouble);
    exactly(&office, &batch, 300).await;
    office.start_batch(&site, &batch.org_id, &batch.id).await.unwrap();
    settled(&office).await;
    exactly(&office, &batch, 300).await;

    // another file with one of the same people: they hold it already
    let mut other = csv(0);
    other.extend(b"a,Learner 7,l7@learner.example,Able,met,\nb,New,new@learner.example,Able,met,\n");
    let second = office.upload_batch(&site, new.clone(), &other).await.unwrap();
    settled(&office).await;
    assert_eq!(found(&office, &second).await.bad, 1);

    let lists = |office: &Office| {
        let (store, org_id) = (office.desk.store.clone(), batch.org_id.clone());
        async move { store.list_status_lists(&org_id).await.unwrap() }
    };
    let before = lists(&office).await;
    office.undo_batch(&site, &batch.org_id, &batch.id).await.unwrap();
    settled(&office).await;
    assert_eq!(found(&office, &batch).await.state, "undone");
    let after = lists(&office).await;
    let changed = before.iter().zip(&after).filter(|(one, other)| one.bits != other.bits).count();
    assert_eq!(changed, 1, "one list for revocation carries it all");
    let filter = CredentialFilter { batch_id: Some(batch.id.clone()), ..CredentialFilter::default() };
    for one in office.desk.store.list_credentials_page(&batch.org_id, &filter, None, 1_000).await.unwrap() {
        assert_eq!(one.status.as_deref(), Some("revoked"));
        assert_eq!(one.status_reason.as_deref(), Some("issued-in-error"));
    }
    // the file mended: what was undone may be awarded anew
    let third = office.upload_batch(&site, new, &file).await.unwrap();
    assert_ne!(third.id, batch.id);
    settled(&office).await;
    office.start_batch(&site, &third.org_id, &third.id).await.unwrap();
    settled(&office).await;
    assert_eq!(found(&office, &third).await.issued, 300);
}

#[tokio::test]
async fn what_breaks_off_goes_on_and_gives_nothing_twice() {
    let office = office("sqlite::memory:").await;
    let new = shop(&office).await;
    let site = Actor::site();
    let file = csv(400);
    let batch = office.upload_batch(&site, new, &file).await.unwrap();
    settled(&office).await;
    office.start_batch(&site, &batch.org_id, &batch.id).await.unwrap();
    // the first process dies while it reads the second chunk
    let running = found(&office, &batch).await;
    assert!(office.lease_batch(&running, "first").await.unwrap());
    let broken = Cursor::new(file[..file.len() * 4 / 5].to_vec()).chain(Broken);
    let died = office.issue_rows(&site, &running, "first", BufReader::new(broken), |_| ());
    let died = tokio::time::timeout(std::time::Duration::from_secs(600), died).await.unwrap();
    let half = found(&office, &batch).await;
    assert!(half.issued > 0 && half.issued < 400, "{died:?} {half:?}");
    // another one does not get it while the lease holds, and gets it when the clock was set back
    assert!(!office.lease_batch(&half, "second").await.unwrap());
    office.release_batch(&half, "first").await.unwrap();
    settled(&office).await;
    let done = found(&office, &batch).await;
    assert_eq!((done.state.as_str(), done.issued), ("done", 400), "{:?}", done.trouble);
    exactly(&office, &batch, 400).await;
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("killed"))
    }
}

#[tokio::test]
async fn two_at_once_give_nothing_twice() {
    let folder = std::env::temp_dir().join(format!("cairn-bulk-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let office = office(&format!("sqlite:{}", folder.join("bulk.sqlite").display())).await;
    let new = shop(&office).await;
    let site = Actor::site();
    let file = csv(300);
    let batch = office.upload_batch(&site, new, &file).await.unwrap();
    settled(&office).await;
    office.start_batch(&site, &batch.org_id, &batch.id).await.unwrap();
    let running = found(&office, &batch).await;
    // both believe that it is theirs: the second has taken the lease from the first
    assert!(office.lease_batch(&running, "first").await.unwrap());
    let one = office.issue_rows(&site, &running, "first", Cursor::new(file.clone()), |_| ());
    let other = office.issue_rows(&site, &running, "first", Cursor::new(file.clone()), |_| ());
    let (one, other) = tokio::join!(one, other);
    // on SQLite one may have waited too long for the other: then it has done nothing, and is tried again
    for result in [&one, &other] {
        assert!(result.as_ref().err().is_none_or(|trouble| trouble.to_string().contains("locked")), "{result:?}");
    }
    assert!(matches!(one, Ok(Work::Done)) || matches!(other, Ok(Work::Done)) || one.is_err() || other.is_err());
    office.release_batch(&running, "first").await.unwrap();
    settled(&office).await;
    assert_eq!(found(&office, &batch).await.state, "done");
    exactly(&office, &batch, 300).await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn only_who_may_award_sends_files() {
    let office = office("sqlite::memory:").await;
    let new = shop(&office).await;
    let person = office.open_account("ana@learner.example", "Ana").await.unwrap();
    let token = office.begin_session(&person.id, "link", None).await.unwrap();
    let stranger = office.actor_by_session(&token).await.unwrap();
    let refused = office.upload_batch(&stranger, new.clone(), b"email\n").await.unwrap_err();
    assert!(refused.to_string().contains("nothing here that you may see"), "{refused}");
    office.give_role(&new.org_id, &person.id, Role::Issuer, None).await.unwrap();
    let issuer = office.actor_by_session(&token).await.unwrap();
    let batch = office.upload_batch(&issuer, new.clone(), b"email,result:grind\na@b.example,Able\n").await.unwrap();
    settled(&office).await;
    office.start_batch(&issuer, &new.org_id, &batch.id).await.unwrap();
    settled(&office).await;
    let done = found(&office, &batch).await;
    assert_eq!((done.state.as_str(), done.issued), ("done", 1), "{:?}", done.trouble);
    let audit = office.desk.store.list_audit(&new.org_id, None, 50).await.unwrap();
    let award = audit.iter().find(|entry| entry.act == "credential.award").unwrap();
    assert_eq!(award.actor_id.as_deref(), Some(person.id.as_str()), "who began it answers for it");
    let unreadable = office.upload_batch(&issuer, new, b"name\nAna\n").await.unwrap();
    settled(&office).await;
    let unreadable = found(&office, &unreadable).await;
    assert_eq!(unreadable.state, "unreadable");
    assert!(unreadable.trouble.unwrap().contains("email"));
}

#[tokio::test]
async fn a_request_that_comes_again_is_answered_from_memory() {
    let office = office("sqlite::memory:").await;
    assert_eq!(office.begin_answer("p", "k", "h").await.unwrap(), Begun::Fresh);
    assert_eq!(office.begin_answer("p", "k", "h").await.unwrap(), Begun::UnderWay);
    assert_eq!(office.begin_answer("p", "k", "other").await.unwrap(), Begun::Other);
    assert_eq!(office.begin_answer("q", "k", "other").await.unwrap(), Begun::Fresh, "keys are each caller's own");
    let answer = Answer { status: 201, media_type: None, location: None, tag: None, body: Some("{}".into()) };
    office.keep_answer("p", "k", Some(answer.clone())).await.unwrap();
    assert_eq!(office.begin_answer("p", "k", "h").await.unwrap(), Begun::Given(answer));
    office.keep_answer("q", "k", None).await.unwrap();
    assert_eq!(office.begin_answer("q", "k", "h").await.unwrap(), Begun::Fresh, "what was refused may be tried again");
}
