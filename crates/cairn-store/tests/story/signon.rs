//! Letters, passkeys, exchanges, single sign-on.

use cairn_store::{Ceremony, Letter, Letters, Person, SingleSignOn, SsoIdentity, Store, StoreFault, StoredPasskey};

use super::at;

pub async fn story(store: &Store) {
    letters(store).await;
    passkeys(store).await;
    ceremonies(store).await;
    single_sign_on(store).await;
}

fn letter(n: i64) -> Letter {
    Letter {
        id: format!("letter-{n}"),
        to: "ada@learner.example".into(),
        kind: "award".into(),
        subject: "Ü".into(),
        words: "words".into(),
        html: (n == 1).then(|| "<p>words</p>".into()),
        created: at(n),
    }
}

async fn letters(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.update_letter_leased(at(0), at(1)).await.unwrap(), None);
    for n in 1..=3 {
        tx.insert_letter(&letter(n)).await.unwrap();
    }
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    let first = tx.update_letter_leased(at(2), at(3)).await.unwrap().unwrap();
    assert_eq!((&first.letter, first.tries, first.next), (&letter(1), 1, Some(at(1))));
    let second = tx.update_letter_leased(at(2), at(3)).await.unwrap().unwrap();
    assert_eq!(second.letter, letter(2));
    assert_eq!(tx.update_letter_leased(at(2), at(3)).await.unwrap(), None, "the third is not due yet");
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_letter_sent("letter-1", at(2)).await.unwrap());
    assert!(!tx.update_letter_failed("letter-1", "late", at(9)).await.unwrap(), "what is sent has not failed");
    assert!(tx.update_letter_failed("letter-2", "the server is away", at(4)).await.unwrap());
    tx.commit().await.unwrap();
    let waiting = store.list_letters(Letters::Waiting, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.letter.id.as_str()).collect::<Vec<_>>(), ["letter-3", "letter-2"]);
    assert_eq!(waiting[1].problem.as_deref(), Some("the server is away"));

    // a process that took a letter and died: its lease ends and another one takes it
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.update_letter_leased(at(3), at(5)).await.unwrap().unwrap().letter, letter(3));
    assert_eq!(tx.update_letter_leased(at(4), at(6)).await.unwrap().unwrap().letter, letter(2));
    assert_eq!(tx.update_letter_leased(at(4), at(6)).await.unwrap(), None);
    let again = tx.update_letter_leased(at(5), at(7)).await.unwrap().unwrap();
    assert_eq!((again.letter, again.tries), (letter(3), 2));
    assert!(tx.update_letter_given_up("letter-3", "no such mailbox", at(5)).await.unwrap());
    tx.commit().await.unwrap();
    let given_up = store.list_letters(Letters::GivenUp, 10).await.unwrap();
    assert_eq!((given_up.len(), given_up[0].given_up, given_up[0].next), (1, Some(at(5)), None));

    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.update_letters_retried(Some("letter-1"), at(6)).await.unwrap(), 0, "it is sent");
    assert_eq!(tx.update_letters_retried(Some("letter-3"), at(6)).await.unwrap(), 1);
    assert_eq!(tx.update_letters_retried(None, at(6)).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let retried = store.find_letter("letter-3").await.unwrap().unwrap();
    assert_eq!((retried.next, retried.given_up, retried.tries), (Some(at(6)), None, 0));
    assert_eq!(store.list_letters(Letters::All, 2).await.unwrap().len(), 2);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_letters(at(2)).await.unwrap(), 0);
    assert_eq!(tx.delete_letters(at(3)).await.unwrap(), 1);
    tx.insert_letter_optout("hash", "reminder", at(1)).await.unwrap();
    tx.insert_letter_optout("hash", "reminder", at(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.find_letter("letter-1").await.unwrap(), None);
    assert!(store.find_letter_optout("hash", "reminder").await.unwrap());
    assert!(!store.find_letter_optout("hash", "news").await.unwrap());
    assert!(!store.find_letter_optout("other", "reminder").await.unwrap());
    let mut tx = store.begin().await.unwrap();
    assert!(tx.delete_letter_optout("hash", "reminder").await.unwrap());
    assert!(!tx.delete_letter_optout("hash", "reminder").await.unwrap());
    tx.insert_letter_optout("hash", "*", at(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.find_letter_optout("hash", "news").await.unwrap(), "no letters at all");
}

async fn person(store: &Store, id: &str) {
    let mut tx = store.begin().await.unwrap();
    let one = Person { id: id.into(), name: "Ada".into(), created: at(0), left: None };
    tx.insert_person(&one).await.unwrap();
    tx.commit().await.unwrap();
}

async fn passkeys(store: &Store) {
    person(store, "signon-1").await;
    let one = |n: i64| StoredPasskey {
        credential_id: format!("key-{n}"),
        person_id: "signon-1".into(),
        label: format!("Phone {n}"),
        body: "{}".into(),
        created: at(n),
        used: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_passkey(&one(1)).await.unwrap();
    tx.insert_passkey(&one(2)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_passkey(&one(1)).await, Err(StoreFault::Taken(_))));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_passkey_used("key-1", "{\"n\":1}", at(5)).await.unwrap());
    assert!(!tx.update_passkey_used("key-9", "{}", at(5)).await.unwrap());
    assert!(!tx.delete_passkey("somebody", "key-2").await.unwrap(), "another's key is not removed");
    tx.commit().await.unwrap();
    let used = StoredPasskey { body: "{\"n\":1}".into(), used: Some(at(5)), ..one(1) };
    assert_eq!(store.find_passkey("key-1").await.unwrap(), Some(used.clone()));
    assert_eq!(store.find_passkey("key-9").await.unwrap(), None);
    assert_eq!(store.list_passkeys("signon-1").await.unwrap(), [used, one(2)]);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.delete_passkey("signon-1", "key-2").await.unwrap());
    assert_eq!(tx.delete_passkeys("signon-1").await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(store.list_passkeys("signon-1").await.unwrap(), []);
}

async fn ceremonies(store: &Store) {
    let one = |hash: &str| Ceremony { token_hash: hash.into(), kind: "sso".into(), state: "{}".into(), expires: at(1) };
    let mut tx = store.begin().await.unwrap();
    for hash in ["a", "b", "c"] {
        tx.insert_ceremony(&one(hash)).await.unwrap();
    }
    assert_eq!(tx.delete_ceremony("a", "passkey-add", at(0)).await.unwrap(), None, "another kind");
    assert_eq!(tx.delete_ceremony("a", "sso", at(0)).await.unwrap().as_deref(), Some("{}"));
    assert_eq!(tx.delete_ceremony("a", "sso", at(0)).await.unwrap(), None, "only once");
    assert_eq!(tx.delete_ceremony("b", "sso", at(1)).await.unwrap(), None, "too late");
    assert_eq!(tx.delete_old_ceremonies(at(0)).await.unwrap(), 0);
    assert_eq!(tx.delete_old_ceremonies(at(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();
}

async fn single_sign_on(store: &Store) {
    person(store, "signon-2").await;
    let one = SingleSignOn {
        org_id: "org-1".into(),
        issuer_url: "https://login.example".into(),
        client_id: "cairn".into(),
        sealed_secret: Some(vec![0, 255, 7]),
        domains: vec!["one.example".into(), "two.example".into()],
        role: Some("issuer".into()),
        created: at(0),
    };
    assert_eq!(store.find_single_sign_on("org-1").await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    tx.update_single_sign_on(&one).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.find_single_sign_on("org-1").await.unwrap(), Some(one.clone()));
    let changed = SingleSignOn { sealed_secret: None, role: None, client_id: "other".into(), ..one };
    let mut tx = store.begin().await.unwrap();
    tx.update_single_sign_on(&changed).await.unwrap();
    let identity = SsoIdentity {
        org_id: "org-1".into(),
        subject: "248289761001".into(),
        person_id: "signon-2".into(),
        created: at(1),
    };
    tx.insert_sso_identity(&identity).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.list_single_sign_ons().await.unwrap(), [changed]);
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_sso_identity(&identity).await, Err(StoreFault::Taken(_))));
    drop(tx);
    assert_eq!(store.find_sso_identity("org-1", "248289761001").await.unwrap(), Some(identity.clone()));
    assert_eq!(store.find_sso_identity("org-2", "248289761001").await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_sso_identities_of("nobody").await.unwrap(), 0);
    assert_eq!(tx.delete_sso_identities_of("signon-2").await.unwrap(), 1);
    tx.insert_sso_identity(&identity).await.unwrap();
    assert_eq!(tx.delete_sso_identities("org-1").await.unwrap(), 1);
    assert!(tx.delete_single_sign_on("org-1").await.unwrap());
    assert!(!tx.delete_single_sign_on("org-1").await.unwrap());
    tx.commit().await.unwrap();
}
