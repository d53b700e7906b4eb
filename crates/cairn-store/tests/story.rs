//! One story for every database: each function of the store, in the order in which an issuer would come by it.
#![allow(clippy::unwrap_used, reason = "a test that stops here says where")]

use std::path::{Path, PathBuf};
use std::process::Command;

use cairn_store::{
    AchievementVersion, IssuerKey, Org, Store, StoreFault, StoredCredential, StoredShare, StoredStatusList,
};
use jiff::{SignedDuration, Timestamp};

#[path = "story/awards.rs"]
mod awards;
#[path = "story/bulk.rs"]
mod bulk;
#[path = "story/achievements.rs"]
mod drafts;
#[path = "story/framework.rs"]
mod framework;
#[path = "story/keys.rs"]
mod keys;
#[path = "story/learner.rs"]
mod learner;
#[path = "story/people.rs"]
mod people;
#[path = "story/signon.rs"]
mod signon;

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn the_story_on_sqlite_in_memory() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    story(&store).await;
    store.close().await;
}

#[tokio::test]
async fn the_story_on_a_sqlite_file_that_is_opened_again() {
    let folder = Folder::new("sqlite");
    let address = format!("sqlite:{}", folder.0.join("story.sqlite").display());
    let store = Store::open(&address).await.unwrap();
    story(&store).await;
    race(&store).await;
    keys::only_ever_added_to(&address).await;
    store.close().await;
    keys::from_the_first_tables(&format!("sqlite:{}", folder.0.join("first.sqlite").display())).await;
    let again = Store::open(&address).await.unwrap();
    assert_eq!(again.list_orgs().await.unwrap().len(), 4, "what was committed is there after a restart");
    again.close().await;
}

#[tokio::test]
async fn the_story_on_postgresql() {
    let (server, address) = match std::env::var("CAIRN_TEST_POSTGRES") {
        Ok(address) => (None, address),
        Err(_) => match Server::start() {
            Ok((server, address)) => (Some(server), address),
            Err(why) => return eprintln!("SKIPPED 1: {why}"),
        },
    };
    let store = Store::open(&address).await.unwrap();
    story(&store).await;
    race(&store).await;
    keys::only_ever_added_to(&address).await;
    store.close().await;
    keys::from_the_first_tables_beside(&address).await;
    let again = Store::open(&address).await.unwrap();
    assert!(again.find_org("org-1").await.unwrap().is_some());
    again.close().await;
    drop(server);
}

#[tokio::test]
async fn an_address_of_no_known_kind_is_refused() {
    assert!(matches!(Store::open("mysql://here").await, Err(StoreFault::Address(_))));
}

async fn story(store: &Store) {
    orgs_and_keys(store).await;
    achievements(store).await;
    let (revocation, suspension) = status_lists(store).await;
    credentials(store, revocation, suspension).await;
    shares(store).await;
    drafts::story(store).await;
    signon::story(store).await;
    keys::story(store).await;
    bulk::story(store).await;
    learner::story(store).await;
    framework::story(store).await;
    people::story(store).await;
    awards::story(store).await;
}

fn org(n: u32) -> Org {
    Org {
        id: format!("org-{n}"),
        did: format!("did:key:z{n}"),
        name: format!("Issuer {n}"),
        url: (n == 1).then(|| "https://one.example".to_owned()),
        created: at(0),
        slug: format!("issuer-{n}"),
        description: None,
        email: None,
        linkedin_id: None,
        picture: None,
        closed: None,
    }
}

async fn orgs_and_keys(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_org(&org(1)).await.unwrap();
    tx.insert_org(&org(2)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(
        tx.insert_org(&Org { id: "other".into(), slug: "other".into(), ..org(1) }).await,
        Err(StoreFault::Taken(_))
    ));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    tx.insert_org(&org(9)).await.unwrap();
    drop(tx);
    assert_eq!(store.find_org("org-9").await.unwrap(), None, "what is not committed is gone");
    assert_eq!(store.find_org("org-1").await.unwrap(), Some(org(1)));
    assert_eq!(store.find_org_by_did("did:key:z2").await.unwrap(), Some(org(2)));
    assert_eq!(store.list_orgs().await.unwrap(), [org(1), org(2)]);

    let key = |n: i64| IssuerKey {
        org_id: "org-1".into(),
        key_id: format!("key-{n}"),
        sealed: vec![0, 1, 2, 255, n as u8],
        valid_from: at(n),
        valid_until: None,
        compromised: None,
        multibase: (n == 2).then(|| "z6Mk2".into()),
        note: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_issuer_key(&key(1)).await.unwrap();
    tx.insert_issuer_key(&key(2)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_issuer_key(&key(1)).await, Err(StoreFault::Taken(_))));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.insert_issuer_key(&IssuerKey { org_id: "nobody".into(), ..key(3) }).await.is_err());
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_issuer_key("org-1", "key-1", Some(at(5)), Some(at(4)), Some("lost")).await.unwrap());
    assert!(
        !tx.update_issuer_key("org-2", "key-1", None, None, None).await.unwrap(),
        "another issuer's key is not touched"
    );
    tx.commit().await.unwrap();
    let ended = IssuerKey { valid_until: Some(at(5)), compromised: Some(at(4)), note: Some("lost".into()), ..key(1) };
    assert_eq!(store.list_issuer_keys("org-1").await.unwrap(), [key(2), ended]);
    assert_eq!(store.list_issuer_keys("org-2").await.unwrap(), []);
}

fn version(body: &str) -> AchievementVersion {
    AchievementVersion {
        org_id: "org-1".into(),
        achievement_id: "urn:a".into(),
        version: "1".into(),
        body: body.into(),
        sha256: format!("hash of {body}"),
        created: at(1),
        definition: None,
        number: None,
        published_by: None,
        superseded: None,
    }
}

async fn achievements(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_achievement_version(&version("{}")).await.unwrap();
    tx.insert_achievement_version(&version("{}")).await.unwrap();
    let changed = tx.insert_achievement_version(&version("{\"other\":1}")).await;
    assert!(matches!(changed, Err(StoreFault::Taken(_))), "a published version never changes: {changed:?}");
    tx.commit().await.unwrap();
    assert_eq!(store.find_achievement_version("org-1", "urn:a", "1").await.unwrap(), Some(version("{}")));
    assert_eq!(store.find_achievement_version("org-2", "urn:a", "1").await.unwrap(), None);
    assert_eq!(store.list_achievement_versions("org-1").await.unwrap(), [version("{}")]);
}

fn list(id: &str, purpose: &str, size: u64) -> StoredStatusList {
    StoredStatusList {
        org_id: "org-1".into(),
        list_id: id.into(),
        purpose: purpose.into(),
        bits: b"uH4s".to_vec(),
        next_index: 0,
        size,
        signed_text: "signed".into(),
        updated: at(1),
    }
}

async fn status_lists(store: &Store) -> (cairn_store::TakenIndex, cairn_store::TakenIndex) {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.update_next_index("org-1", "revocation", 1).await.unwrap(), None, "there is no list yet");
    tx.insert_status_list(&list("list-1", "revocation", 2)).await.unwrap();
    tx.insert_status_list(&list("list-2", "suspension", 2)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.update_next_index("org-1", "revocation", 1).await.unwrap().unwrap().index, 0);
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let first = tx.update_next_index("org-1", "revocation", 1).await.unwrap().unwrap();
    assert_eq!((first.list_id.as_str(), first.index), ("list-1", 0), "a rolled back award leaves its place free");
    let second = tx.update_next_index("org-1", "revocation", 1).await.unwrap().unwrap();
    assert_eq!(second.index, 1);
    assert_eq!(tx.update_next_index("org-1", "revocation", 1).await.unwrap(), None, "the list is full");
    let other = tx.update_next_index("org-1", "suspension", 1).await.unwrap().unwrap();
    assert_eq!((other.list_id.as_str(), other.index, other.purpose.as_str()), ("list-2", 0, "suspension"));
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let found = tx.find_status_list_to_change("list-1").await.unwrap().unwrap();
    assert_eq!(found, StoredStatusList { next_index: 2, ..list("list-1", "revocation", 2) });
    assert!(tx.update_status_list("list-1", b"changed", "signed again", at(2)).await.unwrap());
    assert!(!tx.update_status_list("list-9", b"", "", at(2)).await.unwrap());
    assert_eq!(tx.find_status_list_to_change("list-9").await.unwrap(), None);
    tx.commit().await.unwrap();
    let changed = store.find_status_list("list-1").await.unwrap().unwrap();
    assert_eq!((changed.bits.as_slice(), changed.signed_text.as_str()), (b"changed".as_slice(), "signed again"));
    assert_eq!(changed.updated, at(2));
    let all = store.list_status_lists("org-1").await.unwrap();
    assert_eq!(all.iter().map(|list| list.list_id.as_str()).collect::<Vec<_>>(), ["list-1", "list-2"]);
    (second, other)
}

async fn credentials(store: &Store, revocation: cairn_store::TakenIndex, suspension: cairn_store::TakenIndex) {
    let one = |n: i64| StoredCredential {
        org_id: "org-1".into(),
        credential_id: format!("urn:c:{n}"),
        idempotency_key: format!("award-{n}"),
        achievement_id: "urn:a".into(),
        version: "1".into(),
        signed_text: "{\"exact\": \"ü\"}\n".into(),
        sha256: "hash".into(),
        awarded: at(n),
        ..StoredCredential::default()
    };
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.find_credential_by_key("org-1", "award-1").await.unwrap(), None);
    tx.insert_credential(&one(1)).await.unwrap();
    tx.insert_credential(&one(2)).await.unwrap();
    tx.insert_credential_status("org-1", "urn:c:1", &suspension).await.unwrap();
    tx.insert_credential_status("org-1", "urn:c:1", &revocation).await.unwrap();
    assert_eq!(tx.find_credential_by_key("org-1", "award-1").await.unwrap(), Some(one(1)));
    assert_eq!(tx.find_credential_by_key("org-2", "award-1").await.unwrap(), None);
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let twice = tx.insert_credential(&StoredCredential { credential_id: "urn:c:3".into(), ..one(1) }).await;
    assert!(matches!(twice, Err(StoreFault::Taken(_))), "one award for one key: {twice:?}");
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let taken = tx.insert_credential_status("org-1", "urn:c:2", &revocation).await;
    assert!(matches!(taken, Err(StoreFault::Taken(_))), "one credential for one place: {taken:?}");
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    let unpublished = StoredCredential { version: "2".into(), ..one(4) };
    assert!(tx.insert_credential(&unpublished).await.is_err(), "only what is published can be awarded");
    drop(tx);

    assert_eq!(store.find_credential("org-1", "urn:c:2").await.unwrap(), Some(one(2)));
    assert_eq!(store.find_credential("org-2", "urn:c:2").await.unwrap(), None);
    assert_eq!(store.list_credential_status("org-1", "urn:c:1").await.unwrap(), [revocation, suspension]);
    assert_eq!(store.list_credentials("org-1", 10).await.unwrap(), [one(2), one(1)]);
    assert_eq!(store.list_credentials("org-1", 1).await.unwrap(), [one(2)]);
}

async fn shares(store: &Store) {
    let share = StoredShare {
        token_hash: "hash".into(),
        bundle: "{}".into(),
        purpose: Some("a job".into()),
        created: at(0),
        until: at(24),
        ended: None,
        opened: 0,
        person_id: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_share(&share).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_share(&share).await, Err(StoreFault::Taken(_))));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_share_opened("hash").await.unwrap());
    assert!(tx.update_share_opened("hash").await.unwrap());
    assert!(!tx.update_share_opened("other").await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.find_share("hash").await.unwrap(), Some(StoredShare { opened: 2, ..share.clone() }));
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_share_ended("hash", at(3)).await.unwrap());
    assert!(!tx.update_share_ended("other", at(3)).await.unwrap());
    tx.commit().await.unwrap();
    let ended = store.find_share("hash").await.unwrap().unwrap();
    assert_eq!((ended.ended, ended.bundle.as_str()), (Some(at(3)), ""), "what was shared is not kept");
    assert_eq!(store.find_share("other").await.unwrap(), None);
}

/// Many awards at once: every one gets a place of its own.
async fn race(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_org(&org(3)).await.unwrap();
    let wide = StoredStatusList { org_id: "org-3".into(), ..list("list-3", "revocation", 1000) };
    tx.insert_status_list(&wide).await.unwrap();
    tx.commit().await.unwrap();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        running.spawn(async move {
            let mut places = Vec::new();
            for _ in 0..10 {
                let mut tx = store.begin().await.unwrap();
                places.push(tx.update_next_index("org-3", "revocation", 1).await.unwrap().unwrap().index);
                tx.commit().await.unwrap();
            }
            places
        });
    }
    let mut places: Vec<u64> = running.join_all().await.concat();
    places.sort_unstable();
    assert_eq!(places, (0..80).collect::<Vec<_>>());
}

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cairn-story-{name}-{}", std::process::id()));
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

/// A PostgreSQL server of the test's own, reached through a socket in its folder.
struct Server {
    programs: PathBuf,
    folder: Folder,
    as_postgres: bool,
}

impl Server {
    /// The newest installed server. It refuses to run as root, so root starts it as `postgres`.
    fn start() -> Result<(Server, String), String> {
        let installed = std::fs::read_dir("/usr/lib/postgresql").map_err(|_| "no PostgreSQL server is installed")?;
        let mut programs: Vec<PathBuf> = installed.flatten().map(|entry| entry.path().join("bin")).collect();
        programs.retain(|path| path.join("initdb").exists() && path.join("pg_ctl").exists());
        programs.sort();
        let programs = programs.pop().ok_or("no PostgreSQL server is installed")?;
        let id = Command::new("id").arg("-u").output().map_err(|error| error.to_string())?;
        let as_postgres = id.stdout.trim_ascii() == b"0";
        let server = Server { programs, folder: Folder::new("postgres"), as_postgres };
        let folder = server.folder.0.clone();
        if as_postgres {
            let owned = Command::new("chown").arg("postgres").arg(&folder).status();
            if !owned.is_ok_and(|status| status.success()) {
                return Err("root cannot start PostgreSQL and there is no user postgres".into());
            }
        }
        let data = folder.join("data");
        server.run("initdb", &["-D", text(&data), "-U", "story", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"])?;
        let options = format!("-k {} -c listen_addresses='' -c fsync=off", folder.display());
        let log = folder.join("log");
        server.run("pg_ctl", &["-D", text(&data), "-l", text(&log), "-w", "-o", &options, "start"])?;
        let host = text(&folder).replace('/', "%2F");
        Ok((server, format!("postgres://story@{host}/postgres")))
    }

    fn run(&self, program: &str, args: &[&str]) -> Result<(), String> {
        let path = self.programs.join(program);
        let mut command = match self.as_postgres {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(path);
                command
            }
            false => Command::new(path),
        };
        // its output goes nowhere: a server that inherited a pipe would keep it open
        command.args(args).current_dir("/").stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{program} ended with {status}")),
            Err(error) => Err(format!("{program} could not be run: {error}")),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.0.join("data");
        let _ = self.run("pg_ctl", &["-D", text(&data), "-m", "immediate", "-w", "stop"]);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary folder with a plain name")
}
