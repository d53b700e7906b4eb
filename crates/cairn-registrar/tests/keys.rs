//! Keys and their history, sealing, copies of the database, and the audit of all that.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use cairn_credential::facts::{Achievement, Facts, Subject};
use cairn_credential::intake::Item;
use cairn_credential::verdict::Genuine;
use cairn_registrar::access::Actor;
use cairn_registrar::audit::{Asked, Form};
use cairn_registrar::backup::{backup, restore};
use cairn_registrar::checking::Ask;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::issuing::{Award, Issuer, Secured};
use cairn_registrar::keyring::Passphrase;
use cairn_registrar::keys::Standing;
use cairn_registrar::outside::Outside;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::sealing::{Seal, reseal};
use cairn_registrar::shapes::Became;
use cairn_registrar::{Office, Settings};
use cairn_store::StoredCredential;
use jiff::{SignedDuration, Timestamp};

const NOW: &str = "2026-11-23T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn office(base_url: &str) -> Office {
    Office::seeded("sqlite::memory:", base_url, Outside::fixed(at(NOW), 3), Gatherer::offline()).await.unwrap()
}

/// The same office at another time.
fn later(office: &Office, hours: i64) -> Office {
    let outside = Outside::fixed(at(NOW) + SignedDuration::from_hours(hours), 100 + hours.unsigned_abs());
    let mut desk = office.desk.clone();
    desk.outside = outside.clone();
    let gatherer = Gatherer::offline().with_own_origin(&office.base_url, desk.clone());
    Office { desk, outside, gatherer, ..office.clone() }
}

fn code<T: std::fmt::Debug>(done: Result<T, Trouble>) -> &'static str {
    match done.unwrap_err() {
        Trouble::Refusal(refusal) => refusal.code,
        Trouble::Fault(fault) => panic!("a fault: {fault}"),
    }
}

async fn award(office: &Office, issuer: &Issuer, key: &str, secured: Secured) -> StoredCredential {
    let facts = Facts {
        name: "Welding".into(),
        valid_from: Some(office.now()),
        subject: Subject { name: Some("Maya".into()), ..Subject::default() },
        achievement: Some(Achievement {
            // a definition names its definer: under another name it is another one
            id: format!("urn:example:{key}"),
            name: "Welding".into(),
            criteria: Some("Welds.".into()),
            ..Achievement::default()
        }),
        ..Facts::default()
    };
    let award = Award { org_id: issuer.org.id.clone(), idempotency_key: key.into(), facts, secured };
    office.desk.issue(award).await.unwrap()
}

async fn genuine(office: &Office, badge: &StoredCredential) -> (Genuine, Vec<String>) {
    let items: Vec<Item> = office.open_file("badge.json", badge.signed_text.as_bytes());
    let ask = Ask { policy: office.policy(), require: Vec::new(), at: office.now() };
    let checked = office.check(items, &ask).await;
    let Became::Credential { verdict, .. } = &checked.report.items[0].became else { panic!("it was not checked") };
    (verdict.genuine.is.clone(), verdict.checks.iter().map(|check| check.code.to_string()).collect())
}

#[tokio::test]
async fn a_retired_key_still_verifies_what_it_signed_and_a_lost_one_does_not() {
    let start = office("https://badges.example").await;
    let site = Actor::site();
    let issuer = start.desk.set_up_issuer("Iron Works", None).await.unwrap();
    let (org, did) = (issuer.org.id.as_str(), issuer.org.did.as_str());
    assert_eq!(did, format!("did:web:badges.example:issuers:{}", issuer.org.slug));
    let first = award(&start, &issuer, "1", Secured::DataIntegrity).await;
    let first_jwt = award(&start, &issuer, "1j", Secured::Jwt).await;
    assert_eq!(genuine(&start, &first).await.0, Genuine::Yes, "its keys come from the store");

    let day = later(&start, 24);
    assert_eq!(day.rotate_key(&site, org, Some("yearly")).await.unwrap(), format!("{did}#key-2"));
    let week = later(&start, 24 * 7);
    let second = award(&week, &issuer, "2", Secured::DataIntegrity).await;
    assert!(second.signed_text.contains("#key-2"));
    for old in [&first, &first_jwt, &second] {
        let (is, checks) = genuine(&week, old).await;
        assert_eq!(is, Genuine::Yes, "{checks:?}");
    }
    let keys = week.keys(&site, &issuer.org).await.unwrap();
    let told: Vec<_> = keys.iter().map(|key| (key.short(), key.standing, key.signed)).collect();
    assert_eq!(told, [("key-2", Standing::Signs, 1), ("key-1", Standing::Retired, 2)]);
    assert_eq!(code(week.retire_key(&site, org, &format!("{did}#key-2"), None).await), "last-key");
    assert_eq!(code(week.retire_key(&site, org, "did:web:other.example#key-1", None).await), "not-found");

    // others may have the second key since before it signed: nothing of it is the issuer's
    let lost = at(NOW) + SignedDuration::from_hours(30);
    let month = later(&start, 24 * 30);
    let second_key = format!("{did}#key-2");
    assert_eq!(code(week.report_key(&site, org, &second_key, month.now(), None).await), "bad-moment");
    let new = month.report_key(&site, org, &second_key, lost, Some("a disk was lost")).await.unwrap();
    assert_eq!(new.unwrap(), format!("{did}#key-3"));
    assert_eq!(code(month.report_key(&site, org, &second_key, month.now(), None).await), "already-done");
    let (is, checks) = genuine(&month, &second).await;
    assert!(matches!(is, Genuine::No { .. }) && checks.contains(&"key-revoked-before".to_owned()), "{checks:?}");
    assert_eq!(genuine(&month, &first).await.0, Genuine::Yes);
    let keys = month.keys(&site, &issuer.org).await.unwrap();
    assert_eq!((keys[1].standing, keys[1].signed_since), (Standing::Compromised, 1));

    // and the first since long after it signed: whoever has it could have written any date
    month.report_key(&site, org, &format!("{did}#key-1"), lost, None).await.unwrap();
    let (is, checks) = genuine(&month, &first).await;
    assert!(is == Genuine::CannotTell && checks.contains(&"key-revoked".to_owned()), "{checks:?}");
    let document = month.published(&format!("/issuers/{}/did.json", issuer.org.slug)).await.unwrap().unwrap();
    let document: serde_json::Value = serde_json::from_str(&document.text).unwrap();
    assert_eq!(document["verificationMethod"].as_array().unwrap().len(), 3);
    assert_eq!(document["assertionMethod"], serde_json::json!([format!("{did}#key-3")]));

    let asked = Asked::read("key", "", "").unwrap();
    let acts: Vec<String> =
        month.audit(&site, org, &asked, None, 50).await.unwrap().into_iter().map(|entry| entry.act).collect();
    assert_eq!(acts.iter().filter(|act| *act == "key.compromise").count(), 2, "{acts:?}");
    let csv = month.export_audit(&site, org, Form::Csv).await.unwrap();
    assert_eq!(csv.lines().count(), 1 + month.export_audit(&site, org, Form::JsonLines).await.unwrap().lines().count());
}

#[tokio::test]
async fn an_issuer_whose_name_is_its_key_keeps_it_or_takes_a_did_web() {
    let site = Actor::site();
    let local = office("http://127.0.0.1:8080").await;
    let issuer = local.desk.set_up_issuer("Iron Works", None).await.unwrap();
    assert!(issuer.org.did.starts_with("did:key:"));
    assert_eq!(code(local.rotate_key(&site, &issuer.org.id, None).await), "key-is-the-name");
    assert_eq!(code(local.take_did_web(&site, &issuer.org.id).await), "no-did-web");

    let office = office("https://badges.example").await;
    let issuer = office.desk.set_up_key_issuer("Iron Works", None).await.unwrap();
    let old = award(&office, &issuer, "1", Secured::DataIntegrity).await;
    let week = later(&office, 24 * 7);
    week.take_did_web(&site, &issuer.org.id).await.unwrap();
    let new = award(&week, &issuer, "2", Secured::DataIntegrity).await;
    assert!(new.signed_text.contains("did:web:badges.example:issuers:"));
    for badge in [&old, &new] {
        let (is, checks) = genuine(&week, badge).await;
        assert_eq!(is, Genuine::Yes, "{checks:?}");
        assert!(checks.contains(&"status-not-revoked".to_owned()), "each by a list of its own name: {checks:?}");
    }
}

#[tokio::test]
async fn a_stranger_changes_no_keys_and_a_session_from_long_ago_asks_again() {
    let office = office("https://badges.example").await;
    let issuer = office.desk.set_up_issuer("Iron Works", None).await.unwrap();
    let org = issuer.org.id.as_str();
    assert_eq!(code(office.rotate_key(&Actor::default(), org, None).await), "sign-in");
    let owner = office.open_account("ada@example.org", "Ada").await.unwrap();
    let token = office.begin_session(&owner.id, "link", None).await.unwrap();
    let actor = office.actor_by_session(&token).await.unwrap();
    assert_eq!(code(office.rotate_key(&actor, org, None).await), "not-found");
    office.give_role(org, &owner.id, cairn_domain::access::Role::Owner, None).await.unwrap();
    let actor = office.actor_by_session(&token).await.unwrap();
    office.rotate_key(&actor, org, None).await.unwrap();
    let tomorrow = later(&office, 24);
    assert_eq!(code(tomorrow.rotate_key(&actor, org, None).await), "sign-in-again");
}

#[tokio::test]
async fn a_wrong_seal_is_refused_at_start_and_it_can_be_changed() {
    let folder = Folder::new("seal");
    let file = folder.0.join("cairn.key");
    let settings = |file: &std::path::Path, words: Option<&str>| Settings {
        database: format!("sqlite:{}", folder.0.join("site.db").display()),
        key_file: file.to_owned(),
        key_passphrase: words.map(Passphrase::new),
        base_url: "https://badges.example".into(),
        files: "memory:".into(),
        ..Settings::default()
    };
    let office = Office::open(settings(&file, None)).await.unwrap();
    let issuer = office.desk.set_up_issuer("Iron Works", None).await.unwrap();
    let other = folder.0.join("other.key");
    let missing = Office::open(settings(&other, None)).await;
    assert_eq!(code(missing.map(|_| ())), "key-file-missing");
    assert!(!other.exists(), "no new key file is made beside sealed keys");
    std::fs::write(&other, [7; 32]).unwrap();
    assert_eq!(code(Office::open(settings(&other, None)).await.map(|_| ())), "wrong-key-file");
    let words = "stones mark the paths";
    assert_eq!(code(Office::open(settings(&file, Some(words))).await.map(|_| ())), "sealed-otherwise");

    let (old, new) = (Seal::File(file.clone()), Seal::Passphrase(Passphrase::new("stones mark the paths\n")));
    let database = settings(&file, None).database;
    assert_eq!(reseal(&database, &old, &new, &Outside::system()).await.unwrap(), 1);
    assert_eq!(code(Office::open(settings(&file, None)).await.map(|_| ())), "sealed-otherwise");
    assert_eq!(code(Office::open(settings(&file, Some("stones mark the path"))).await.map(|_| ())), "wrong-passphrase");
    let again = Office::open(settings(&file, Some(words))).await.unwrap();
    let hash = |office: &Office| office.desk.keyring.keyed_hash("wishes", b"ada@example.org");
    assert_eq!(hash(&again), hash(&office), "who wants no letters still wants none");
    award(&again, &issuer, "1", Secured::DataIntegrity).await;
    assert_eq!(code(reseal(&database, &old, &new, &Outside::system()).await), "sealed-otherwise");
}

#[tokio::test]
async fn a_copy_made_while_others_write_is_whole_and_comes_back() {
    let folder = Folder::new("copy");
    let database = format!("sqlite:{}", folder.0.join("site.db").display());
    let settings = |database: &str| Settings {
        database: database.into(),
        key_file: folder.0.join("cairn.key"),
        base_url: "https://badges.example".into(),
        files: "memory:".into(),
        ..Settings::default()
    };
    let office = Office::open(settings(&database)).await.unwrap();
    let issuer = office.desk.set_up_issuer("Iron Works", None).await.unwrap();
    award(&office, &issuer, "before", Secured::DataIntegrity).await;
    let writer = {
        let (office, issuer) = (office.clone(), issuer.clone());
        tokio::spawn(async move {
            for n in 0..30 {
                award(&office, &issuer, &format!("during-{n}"), Secured::DataIntegrity).await;
            }
        })
    };
    let to = folder.0.join("copy.db");
    backup(&database, &to).await.unwrap();
    writer.await.unwrap();
    assert_eq!(code(backup(&database, &to).await), "not-copied");
    assert_eq!(code(backup("postgres://x/y", &to).await), "not-copied");
    assert_eq!(code(restore(&to, &database).await), "not-copied");

    let other = format!("sqlite:{}", folder.0.join("other.db").display());
    restore(&to, &other).await.unwrap();
    let restored = Office::open(settings(&other)).await.unwrap();
    let count = restored.desk.store.list_credentials(&issuer.org.id, 100).await.unwrap().len();
    assert!((1..=31).contains(&count), "{count}");
    award(&restored, &issuer, "after", Secured::DataIntegrity).await;

    let mut bytes = std::fs::read(&to).unwrap();
    let half = bytes.len() / 2;
    bytes.truncate(half);
    let bad = folder.0.join("bad.db");
    std::fs::write(&bad, bytes).unwrap();
    let nowhere = format!("sqlite:{}", folder.0.join("nowhere.db").display());
    assert_eq!(code(restore(&bad, &nowhere).await), "not-copied");
    assert!(!folder.0.join("nowhere.db").exists());
}

struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cairn-keys-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
