//! A learner: claiming, keeping, sharing, leaving.

use cairn_store::{KeptBadge, Person, PersonEmail, Store, StoreFault, StoredClaim, StoredShare};

use crate::at;

/// After the story of credentials: `org-1` has awarded `urn:c:1` and `urn:c:2`.
pub async fn story(store: &Store) {
    let person =
        |n: u32| Person { id: format!("learner-{n}"), name: format!("Learner {n}"), created: at(0), left: None };
    let email = |n: u32| PersonEmail {
        email: format!("learner-{n}@learners.example"),
        person_id: format!("learner-{n}"),
        shown: format!("Learner-{n}@learners.example"),
        verified: at(0),
        main: Some(at(0)),
    };
    let mut tx = store.begin().await.unwrap();
    for n in 1..=2 {
        tx.insert_person(&person(n)).await.unwrap();
        tx.insert_person_email(&email(n)).await.unwrap();
    }
    tx.commit().await.unwrap();
    claims(store).await;
    kept(store).await;
    shares(store).await;
    leaving(store).await;
}

async fn claims(store: &Store) {
    let claim = StoredClaim {
        token_hash: "claim-1".into(),
        org_id: "org-1".into(),
        credential_id: "urn:c:1".into(),
        created: at(1),
        expires: at(9),
        claimed: None,
        claimed_by: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_claim(&claim).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.find_claim("claim-1").await.unwrap(), Some(claim.clone()));
    assert_eq!(store.find_claim("claim-2").await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_claim(&claim).await, Err(StoreFault::Taken(_))));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_claim_used("claim-1", "learner-1", at(2)).await.unwrap());
    assert!(!tx.update_claim_used("claim-1", "learner-2", at(3)).await.unwrap(), "it is used once");
    assert!(tx.update_credential_person("org-1", "urn:c:1", "learner-1").await.unwrap());
    assert!(tx.update_credential_person("org-1", "urn:c:1", "learner-1").await.unwrap(), "again changes nothing");
    assert!(!tx.update_credential_person("org-1", "urn:c:1", "learner-2").await.unwrap(), "it is somebody's");
    assert!(!tx.update_credential_person("org-2", "urn:c:1", "learner-1").await.unwrap());
    tx.commit().await.unwrap();
    let used = store.find_claim("claim-1").await.unwrap().unwrap();
    assert_eq!((used.claimed, used.claimed_by.as_deref()), (Some(at(2)), Some("learner-1")));
}

fn badge(person: u32, id: &str) -> KeptBadge {
    KeptBadge {
        person_id: format!("learner-{person}"),
        id: id.into(),
        name: "From elsewhere".into(),
        media_type: "application/vc".into(),
        text: "{\"exact\": \"ü\"}\n".into(),
        picture: Some("data:image/png;base64,AA==".into()),
        sha256: format!("hash of {id}"),
        created: at(1),
    }
}

async fn kept(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_kept_badge(&badge(1, "kept-1")).await.unwrap();
    tx.insert_kept_badge(&badge(1, "kept-2")).await.unwrap();
    tx.insert_kept_badge(&badge(2, "kept-1")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let twice = KeptBadge { id: "kept-3".into(), ..badge(1, "kept-1") };
    assert!(matches!(tx.insert_kept_badge(&twice).await, Err(StoreFault::Taken(_))), "one text is kept once");
    drop(tx);
    assert_eq!(store.list_kept_badges("learner-1").await.unwrap(), [badge(1, "kept-2"), badge(1, "kept-1")]);
    assert_eq!(store.find_kept_badge("learner-2", "kept-1").await.unwrap(), Some(badge(2, "kept-1")));
    assert_eq!(store.find_kept_badge("learner-2", "kept-2").await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.delete_kept_badge("learner-2", "kept-2").await.unwrap());
    assert!(tx.delete_kept_badge("learner-1", "kept-2").await.unwrap());
    tx.commit().await.unwrap();
}

async fn shares(store: &Store) {
    let share = |hash: &str, person: Option<&str>, hour: i64| StoredShare {
        token_hash: hash.into(),
        bundle: "{}".into(),
        purpose: None,
        created: at(hour),
        until: at(24),
        ended: None,
        opened: 0,
        person_id: person.map(str::to_owned),
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_share(&share("own-1", Some("learner-1"), 1)).await.unwrap();
    tx.insert_share(&share("own-2", Some("learner-1"), 2)).await.unwrap();
    tx.insert_share(&share("nobody's", None, 3)).await.unwrap();
    assert!(!tx.update_own_share_ended("learner-2", "own-1", at(4)).await.unwrap());
    assert!(tx.update_own_share_ended("learner-1", "own-1", at(4)).await.unwrap());
    assert!(!tx.update_own_share_ended("learner-1", "own-1", at(5)).await.unwrap(), "it has ended");
    tx.commit().await.unwrap();
    let ended = StoredShare { ended: Some(at(4)), bundle: String::new(), ..share("own-1", Some("learner-1"), 1) };
    assert_eq!(store.list_shares("learner-1").await.unwrap(), [share("own-2", Some("learner-1"), 2), ended]);
}

async fn leaving(store: &Store) {
    let theirs = store.list_credentials_by_person("learner-1").await.unwrap();
    assert_eq!(theirs.len(), 1);
    assert_eq!(store.list_object_keys("learner-1", &theirs).await.unwrap(), Vec::<String>::new());
    let emails = ["learner-1@learners.example".to_owned()];
    let mut tx = store.begin().await.unwrap();
    tx.erase_person("learner-1", &emails, &theirs, at(7)).await.unwrap();
    tx.commit().await.unwrap();
    let gone = store.find_credential("org-1", "urn:c:1").await.unwrap().unwrap();
    assert_eq!((gone.signed_text.as_str(), gone.sha256.as_str(), gone.leaf_salt.as_deref()), ("", "", None));
    assert_eq!((gone.erased, gone.person_id.as_deref(), gone.recipient_name.as_deref()), (Some(at(7)), None, None));
    assert_eq!(store.list_credential_status("org-1", "urn:c:1").await.unwrap().len(), 2, "its places stay taken");
    let left = store.find_person("learner-1").await.unwrap().unwrap();
    assert_eq!((left.name.as_str(), left.left), ("", Some(at(7))));
    assert_eq!(store.find_person_by_email("learner-1@learners.example").await.unwrap(), None);
    assert_eq!(store.find_claim("claim-1").await.unwrap(), None);
    assert_eq!(store.list_kept_badges("learner-1").await.unwrap(), []);
    assert_eq!(store.list_shares("learner-1").await.unwrap(), []);
    assert_eq!(store.list_kept_badges("learner-2").await.unwrap().len(), 1, "others keep theirs");
    let mut tx = store.begin().await.unwrap();
    assert!(!tx.update_credential_person("org-1", "urn:c:1", "learner-2").await.unwrap(), "nobody claims what is gone");
    drop(tx);
}
