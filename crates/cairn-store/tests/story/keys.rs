//! What an organisation says of itself, keys' history, the seal, the audit that is only ever added to, and a database from
//! before all that.

use cairn_store::{AuditEntry, AuditFilter, IssuerKey, Org, Store, StoredSeal};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Executor, PgPool, SqlSafeStr, SqlitePool};

use super::{at, org};

pub async fn story(store: &Store) {
    organisation(store).await;
    seal(store).await;
    audit(store).await;
}

async fn organisation(store: &Store) {
    let changed = Org {
        did: "did:web:one.example:issuers:issuer-70".into(),
        name: "Seventy".into(),
        description: Some("Welds.".into()),
        email: Some("a@one.example".into()),
        linkedin_id: Some("7".into()),
        closed: Some(at(3)),
        ..org(70)
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_org(&org(70)).await.unwrap();
    assert!(tx.update_org(&changed).await.unwrap());
    assert!(!tx.update_org(&org(71)).await.unwrap());
    let key = IssuerKey {
        org_id: "org-70".into(),
        key_id: "key-1".into(),
        sealed: vec![1],
        valid_from: at(0),
        valid_until: None,
        compromised: None,
        multibase: Some("z6Mk".into()),
        note: None,
    };
    tx.insert_issuer_key(&key).await.unwrap();
    assert!(tx.update_issuer_key_sealed("org-70", "key-1", &[2, 3]).await.unwrap());
    assert!(!tx.update_issuer_key_sealed("org-1", "key-none", &[2]).await.unwrap());
    assert_eq!(tx.list_issuer_keys("org-70").await.unwrap(), [IssuerKey { sealed: vec![2, 3], ..key.clone() }]);
    assert!(tx.list_all_issuer_keys().await.unwrap().len() >= 3);
    assert_eq!(tx.update_status_lists_full("org-70").await.unwrap(), 0);
    assert_eq!(tx.list_status_lists("org-70").await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(store.find_org("org-70").await.unwrap(), Some(changed));
    assert_eq!(store.count_signed("org-70", "key-1", Some(at(0))).await.unwrap(), (0, 0));
    let figures = store.find_figures("org-1", at(0), at(100)).await.unwrap();
    assert!(figures.awards > 0, "{figures:?}");
    assert_eq!(store.count_awards("org-1", at(-10_000), at(10_000)).await.unwrap(), figures.awards);
    assert_eq!(store.count_awards("org-70", at(-10_000), at(10_000)).await.unwrap(), 0);
}

async fn seal(store: &Store) {
    assert_eq!(store.find_seal().await.unwrap(), None);
    let one = StoredSeal { kind: "file".into(), salt: None, sealed: vec![1, 2], changed: at(1) };
    let two = StoredSeal { kind: "passphrase".into(), salt: Some("ab".into()), sealed: vec![3], changed: at(2) };
    let mut tx = store.begin().await.unwrap();
    tx.update_seal(&one).await.unwrap();
    assert_eq!(tx.find_seal().await.unwrap(), Some(one));
    tx.update_seal(&two).await.unwrap();
    let _ = tx.list_sealed_secrets().await.unwrap();
    assert!(!tx.update_sealed_secret("nobody", &[1]).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.find_seal().await.unwrap(), Some(two));
}

async fn audit(store: &Store) {
    let entry = |n: i64, act: &str, object: &str| AuditEntry {
        id: format!("019a{n:04}-0000-7000-8000-000000000000"),
        org_id: "org-70".into(),
        at: at(n),
        actor_kind: "person".into(),
        actor_id: Some("ada".into()),
        act: act.into(),
        object_kind: "key".into(),
        object_id: object.into(),
        detail: None,
    };
    let all = [entry(1, "key.rotate", "k1"), entry(2, "key.retire", "k1"), entry(3, "keyless.act", "k2")];
    let mut tx = store.begin().await.unwrap();
    for one in &all {
        tx.insert_audit(one).await.unwrap();
    }
    tx.commit().await.unwrap();
    let acts = async |filter: AuditFilter, before: Option<&str>| -> Vec<String> {
        let found = store.list_audit_where("org-70", &filter, before, 10).await.unwrap();
        found.into_iter().map(|one| one.act).collect()
    };
    let any = AuditFilter::default;
    let of = |act: &str| AuditFilter { act: Some(act.into()), ..any() };
    assert_eq!(acts(any(), None).await, ["keyless.act", "key.retire", "key.rotate"]);
    assert_eq!(acts(any(), Some(&all[2].id)).await, ["key.retire", "key.rotate"]);
    assert_eq!(acts(of("key"), None).await, ["key.retire", "key.rotate"], "a family");
    assert_eq!(acts(of("key.rotate"), None).await, ["key.rotate"]);
    assert_eq!(acts(of("%"), None).await, [""; 0], "no pattern of a stranger's");
    assert_eq!(acts(AuditFilter { object_id: Some("k2".into()), ..any() }, None).await, ["keyless.act"]);
    assert_eq!(acts(AuditFilter { actor_id: Some("bo".into()), ..any() }, None).await, [""; 0]);
    let day = AuditFilter { since: Some(at(2)), before: Some(at(3)), ..any() };
    assert_eq!(acts(day, None).await, ["key.retire"]);
    assert_eq!(store.list_audit_acts("org-70").await.unwrap(), ["key.retire", "key.rotate", "keyless.act"]);
}

/// What was written to the audit and the log stays, whoever has the database in hand.
pub async fn only_ever_added_to(address: &str) {
    let attempts = [
        "update audit set act = 'nothing'",
        "delete from audit",
        "update log_leaf set kind = 'x'",
        "delete from log_leaf",
    ];
    let leaf = "insert into log_leaf (position, leaf_hash, entry, kind, org_id, created_at) \
                select 900000, sealed, sealed, 'award', 'x', 0 from seal";
    if address.starts_with("sqlite:") {
        let pool = SqlitePool::connect(address).await.unwrap();
        pool.execute(leaf).await.unwrap();
        for attempt in attempts {
            assert!(pool.execute(attempt).await.is_err(), "{attempt}");
        }
        pool.close().await;
    } else {
        let pool = PgPool::connect(address).await.unwrap();
        pool.execute(leaf).await.unwrap();
        for attempt in attempts {
            assert!(pool.execute(attempt).await.is_err(), "{attempt}");
        }
        pool.close().await;
    }
}

const FIRST: &str = include_str!("../../migrations/0001_first.sql");
const ROWS: &str = "
insert into org (org_id, did, name, url, created_at) values ('old-org', 'did:key:z1', 'Old', null, 1700000000000);
insert into issuer_key (org_id, key_id, sealed, valid_from, valid_until, compromised_at)
    values ('old-org', 'did:key:z1#z1', 'abc', 1700000000000, null, null);
insert into achievement_version (org_id, achievement_id, version, body, sha256, created_at)
    values ('old-org', 'urn:a', '1', '{}', 'hash', 1700000000000);
insert into status_list (org_id, list_id, purpose, bits, next_index, size, signed_text, updated_at)
    values ('old-org', 'list-1', 'revocation', 'bits', 1, 131072, '{}', 1700000000000);
insert into credential (org_id, credential_id, idempotency_key, achievement_id, version, signed_text, sha256, awarded_at)
    values ('old-org', 'urn:uuid:1', 'once', 'urn:a', '1', '{\"signed\":1}', 'hash', 1700000000000);
insert into credential_status (org_id, list_id, list_index, purpose, credential_id)
    values ('old-org', 'list-1', 0, 'revocation', 'urn:uuid:1');
insert into share (token_hash, bundle, purpose, created_at, until, opened) values ('t', '{}', null, 1700000000000, 1, 0);
";

/// A database that was filled by the first version of the tables is brought up to date and read.
pub async fn from_the_first_tables(address: &str) {
    let first = Migration::new(1, "first".into(), MigrationType::Simple, FIRST.into_sql_str(), false);
    let migrator = Migrator::with_migrations(vec![first]);
    if address.starts_with("sqlite:") {
        let pool = SqlitePool::connect(&format!("{address}?mode=rwc")).await.unwrap();
        migrator.run(&pool).await.unwrap();
        sqlx::raw_sql(ROWS).execute(&pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = PgPool::connect(address).await.unwrap();
        migrator.run(&pool).await.unwrap();
        sqlx::raw_sql(ROWS).execute(&pool).await.unwrap();
        pool.close().await;
    }
    let store = Store::open(address).await.unwrap();
    let old = store.find_org("old-org").await.unwrap().unwrap();
    assert_eq!((old.slug.as_str(), old.name.as_str(), old.closed), ("old-org", "Old", None));
    assert_eq!(store.find_org_by_slug("old-org").await.unwrap().map(|org| org.id), Some("old-org".into()));
    let keys = store.list_issuer_keys("old-org").await.unwrap();
    assert_eq!((keys.len(), keys[0].multibase.as_deref(), keys[0].sealed.as_slice()), (1, None, b"abc".as_slice()));
    let credential = store.find_credential("old-org", "urn:uuid:1").await.unwrap().unwrap();
    assert_eq!((credential.signed_text.as_str(), credential.status), ("{\"signed\":1}", None));
    assert_eq!(store.find_status_list("list-1").await.unwrap().unwrap().next_index, 1);
    assert_eq!(store.find_figures("old-org", at(0), at(1)).await.unwrap().awards, 1);
    store.close().await;
}

/// The same on a new database of a PostgreSQL server.
pub async fn from_the_first_tables_beside(address: &str) {
    let pool = PgPool::connect(address).await.unwrap();
    pool.execute("drop database if exists cairn_from_first").await.unwrap();
    pool.execute("create database cairn_from_first").await.unwrap();
    pool.close().await;
    let (server, _) = address.rsplit_once('/').unwrap();
    from_the_first_tables(&format!("{server}/cairn_from_first")).await;
}
