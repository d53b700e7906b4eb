//! The log, events, evidence and requests.

use cairn_store::{AwardEvent, CredentialFilter, NewLeaf, Store, StoreFault, StoredEvidence, StoredRequest};

use crate::at;

pub async fn story(store: &Store) {
    log(store).await;
    events(store).await;
    requests_and_evidence(store).await;
    credentials(store).await;
}

async fn log(store: &Store) {
    let leaf = |n: u8| NewLeaf {
        leaf_hash: [n; 32],
        entry: vec![n, 0, 255],
        kind: "award".into(),
        org_id: "org-1".into(),
        created: at(0),
    };
    let before = store.find_log_size().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.insert_log_leaves(&[leaf(1), leaf(2)]).await.unwrap(), before);
    drop(tx);
    assert_eq!(store.find_log_size().await.unwrap(), before, "what is not committed leaves no gap");
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.insert_log_leaves(&[leaf(1), leaf(2)]).await.unwrap(), before);
    assert_eq!(tx.insert_log_leaves(&[leaf(3)]).await.unwrap(), before + 2);
    tx.commit().await.unwrap();
    assert_eq!(store.find_log_size().await.unwrap(), before + 3);
    let found = store.list_log_leaves(before + 1, 10).await.unwrap();
    assert_eq!((found.len(), found[0].position, found[1].entry.as_slice()), (2, before + 1, &[3, 0, 255][..]));
}

async fn events(store: &Store) {
    let event = |seq: u64| AwardEvent {
        org_id: "org-1".into(),
        award_id: "award".into(),
        seq,
        kind: "asked".into(),
        at: at(0),
        by_person: None,
        body: "{}".into(),
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_award_event(&event(2)).await.unwrap();
    tx.insert_award_event(&event(1)).await.unwrap();
    assert_eq!(tx.list_award_events_so_far("org-1", "award").await.unwrap().len(), 2);
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_award_event(&event(1)).await, Err(StoreFault::Taken(_))));
    drop(tx);
    assert_eq!(store.list_award_events("org-1", "award").await.unwrap(), [event(1), event(2)]);
    assert!(store.list_award_events("org-2", "award").await.unwrap().is_empty());
}

async fn requests_and_evidence(store: &Store) {
    let request = StoredRequest {
        org_id: "org-1".into(),
        request_id: "r-1".into(),
        achievement_id: "urn:a".into(),
        version: "1".into(),
        person_id: "nobody".into(),
        state: "open".into(),
        revision: 1,
        ..StoredRequest::default()
    };
    let piece = StoredEvidence {
        org_id: "org-1".into(),
        evidence_id: "e-1".into(),
        request_id: Some("r-1".into()),
        kind: "text".into(),
        bytes: 4,
        ..StoredEvidence::default()
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_request(&request).await.unwrap();
    tx.insert_evidence(&piece).await.unwrap();
    tx.insert_evidence(&StoredEvidence { evidence_id: "e-2".into(), ..piece.clone() }).await.unwrap();
    assert!(tx.delete_evidence("org-1", "r-1", "e-2").await.unwrap());
    assert!(!tx.delete_evidence("org-1", "r-1", "e-2").await.unwrap());
    assert!(tx.update_evidence_credential("org-1", "e-1", "urn:c:1").await.unwrap());
    assert!(!tx.update_evidence_credential("org-1", "e-1", "urn:c:2").await.unwrap(), "bound once");
    assert!(!tx.delete_evidence("org-1", "r-1", "e-1").await.unwrap(), "what an award rests on stays");
    assert_eq!(tx.find_request_to_change("org-1", "r-1").await.unwrap(), Some(request.clone()));
    let next = StoredRequest { revision: 2, state: "returned".into(), ..request };
    assert!(tx.update_request(&next).await.unwrap());
    assert!(!tx.update_request(&next).await.unwrap(), "somebody was quicker");
    tx.commit().await.unwrap();
    assert_eq!(store.find_request("org-1", "r-1").await.unwrap(), Some(next.clone()));
    assert_eq!(store.find_request("org-2", "r-1").await.unwrap(), None);
    assert_eq!(store.list_requests_of_person("nobody").await.unwrap(), std::slice::from_ref(&next));
    assert_eq!(store.list_requests("org-1", "returned", None, 5).await.unwrap(), [next]);
    assert!(store.list_requests("org-1", "returned", Some("r-1"), 5).await.unwrap().is_empty());
    let bound = StoredEvidence { credential_id: Some("urn:c:1".into()), ..piece };
    assert_eq!(store.find_evidence("org-1", "e-1").await.unwrap(), Some(bound.clone()));
    assert_eq!(store.list_evidence_of_request("org-1", "r-1").await.unwrap(), std::slice::from_ref(&bound));
    assert_eq!(store.list_evidence_of_credential("org-1", "urn:c:1").await.unwrap(), [bound]);
}

/// After the story's own credentials `urn:c:1` and `urn:c:2`.
async fn credentials(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    assert!(tx.find_credential_to_change("org-1", "urn:c:1").await.unwrap().is_some());
    let one = ("org-1", "urn:c:1");
    assert!(tx.update_credential_status(one, Some("revoked"), Some("misconduct"), at(5)).await.unwrap());
    assert!(tx.update_credential_superseded_by("org-1", "urn:c:1", "urn:c:2").await.unwrap());
    assert!(!tx.update_credential_superseded_by("org-1", "urn:c:1", "urn:c:2").await.unwrap());
    tx.commit().await.unwrap();
    let with = |status: &str| CredentialFilter { status: Some(status.into()), ..CredentialFilter::default() };
    for status in ["revoked", "superseded"] {
        let found = store.list_credentials_page("org-1", &with(status), None, 9).await.unwrap();
        assert_eq!(found.iter().map(|one| one.credential_id.as_str()).collect::<Vec<_>>(), ["urn:c:1"], "{status}");
    }
    let words = CredentialFilter { words: Some("no%body".into()), ..CredentialFilter::default() };
    assert!(store.list_credentials_page("org-1", &words, None, 9).await.unwrap().is_empty());
    assert_eq!(store.find_credential_by_public_id("none").await.unwrap(), None);
    assert!(store.list_credentials_by_email("x@y.example").await.unwrap().is_empty());
    assert!(store.list_credentials_by_person("nobody").await.unwrap().is_empty());
}
