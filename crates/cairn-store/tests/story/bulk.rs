//! Batches, and answers that are kept for requests that come again.

use cairn_store::{Answer, BatchProblem, KeptAnswer, Lease, Store, StoredBatch};
use jiff::SignedDuration;

use super::at;

pub async fn story(store: &Store) {
    batches(store).await;
    answers(store).await;
}

fn batch(n: u32) -> StoredBatch {
    StoredBatch {
        org_id: "org-1".into(),
        id: format!("01900000-batch-{n}"),
        achievement_id: "urn:a".into(),
        version: "1".into(),
        name: "autumn.csv".into(),
        form: "csv".into(),
        sha256: "f1".into(),
        object_key: format!("batches/{n}"),
        state: "checking".into(),
        created: at(1),
        ..StoredBatch::default()
    }
}

fn lease(by: &str, hour: i64) -> Lease<'_> {
    Lease { by, now: at(hour), until: at(hour) + SignedDuration::from_secs(30) }
}

async fn batches(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    tx.insert_batch(&batch(1)).await.unwrap();
    tx.insert_batch(&StoredBatch { object_key: String::new(), state: "running".into(), ..batch(2) }).await.unwrap();
    tx.commit().await.unwrap();
    let id = batch(1).id;
    assert_eq!(store.find_batch("org-1", &id).await.unwrap(), Some(batch(1)));
    assert_eq!(store.find_batch("org-2", &id).await.unwrap(), None, "another organisation's batch is not seen");
    let ids = |all: Vec<StoredBatch>| all.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(ids(store.list_batches("org-1", None, 10).await.unwrap()), [batch(2).id, batch(1).id]);
    assert_eq!(ids(store.list_batches("org-1", Some(&batch(2).id), 10).await.unwrap()), [batch(1).id]);
    assert_eq!(store.list_batches_of_file("org-1", "f1").await.unwrap().len(), 2);
    let waiting = store.list_batches_to_work_on(at(2), at(3)).await.unwrap();
    assert_eq!(ids(waiting), [batch(1).id], "a batch whose file is elsewhere is not the server's to run");

    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_batch_lease("org-1", &id, lease("a", 2)).await.unwrap());
    assert!(!tx.update_batch_lease("org-1", &id, lease("b", 2)).await.unwrap(), "one process at a time");
    assert!(tx.update_batch_lease("org-1", &id, lease("a", 2)).await.unwrap(), "it may be kept on");
    tx.commit().await.unwrap();
    let soon = at(2) + SignedDuration::from_secs(60);
    assert!(store.list_batches_to_work_on(at(2), soon).await.unwrap().is_empty());
    assert_eq!(store.list_batches_to_work_on(at(3), at(4)).await.unwrap().len(), 1, "a lease ends");
    assert_eq!(store.list_batches_to_work_on(at(1), at(1) + SignedDuration::from_secs(60)).await.unwrap().len(), 1);
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_batch_lease("org-1", &id, lease("b", 1)).await.unwrap(), "the clock was set back: void");
    assert!(tx.update_batch_lease("org-1", &id, lease("a", 3)).await.unwrap());
    tx.commit().await.unwrap();

    let mut seen = store.find_batch("org-1", &id).await.unwrap().unwrap();
    assert_eq!(seen.leased_by.as_deref(), Some("a"));
    seen = StoredBatch { rows: 9, bad: 2, state: "checked".into(), ..seen };
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_batch("checking", 0, &seen).await.unwrap());
    assert!(!tx.update_batch("checking", 0, &seen).await.unwrap(), "it is checked now");
    assert!(!tx.update_batch("checked", 4, &seen).await.unwrap(), "it stands elsewhere");
    let other = StoredBatch { leased_by: Some("b".into()), ..seen.clone() };
    assert!(!tx.update_batch("checked", 0, &other).await.unwrap(), "another process has it");
    tx.delete_batch_lease("org-1", &id, "a").await.unwrap();
    assert!(tx.update_batch_state(("org-1", &id), "checked", "running", None).await.unwrap());
    assert!(!tx.update_batch_state(("org-2", &id), "running", "stopped", None).await.unwrap());
    let problem = |line, place: Option<u64>| BatchProblem {
        line,
        place,
        field: place.map(|_| "email".to_owned()),
        says: format!("Line {line} is wrong."),
    };
    let problems = [problem(2, Some(1)), problem(2, None), problem(5, Some(3))];
    tx.insert_batch_problems("org-1", &id, &problems).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.list_batch_problems("org-1", &id, (0, 10)).await.unwrap(), problems);
    assert_eq!(store.list_batch_problems("org-1", &id, (2, 10)).await.unwrap(), problems[2..]);
    assert_eq!(store.list_batch_problems("org-2", &id, (0, 10)).await.unwrap(), []);
    let now = store.find_batch("org-1", &id).await.unwrap().unwrap();
    assert_eq!((now.state.as_str(), now.rows, now.bad, now.leased_until), ("running", 9, 2, None));

    let file: Vec<u8> = (0..2_500_000_u32).map(|n| n as u8).collect();
    let mut tx = store.begin().await.unwrap();
    tx.insert_batch_file("org-1", &id, &file).await.unwrap();
    assert_eq!(tx.delete_old_batch_files(at(1)).await.unwrap(), 0);
    assert_eq!(tx.list_batch_places("org-1", &id, 10).await.unwrap(), []);
    tx.commit().await.unwrap();
    assert_eq!(store.find_batch_file("org-1", &id).await.unwrap(), file);
    assert!(store.find_batch_file("org-2", &id).await.unwrap().is_empty());
    assert_eq!(store.find_held(("org-1", "urn:a", "1"), "nobody@b.example", at(1)).await.unwrap(), None);
    let mut tx = store.begin().await.unwrap();
    tx.delete_batch_problems("org-1", &id).await.unwrap();
    assert!(!tx.delete_batch("org-2", &id).await.unwrap());
    assert!(tx.delete_batch("org-1", &id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.list_batch_problems("org-1", &id, (0, 10)).await.unwrap(), []);
    assert_eq!(store.find_batch("org-1", &id).await.unwrap(), None);
}

async fn answers(store: &Store) {
    let fresh = KeptAnswer {
        principal: "token:1".into(),
        key: "k".into(),
        request_hash: "h".into(),
        answer: None,
        created: at(1),
    };
    let answer = Answer {
        status: 201,
        media_type: Some("application/json".into()),
        location: Some("/x".into()),
        tag: None,
        body: Some("{}".into()),
    };
    let mut tx = store.begin().await.unwrap();
    assert!(tx.insert_answer(&fresh).await.unwrap());
    assert!(!tx.insert_answer(&fresh).await.unwrap(), "a key is taken once");
    assert!(tx.insert_answer(&KeptAnswer { principal: "token:2".into(), ..fresh.clone() }).await.unwrap());
    tx.update_answer("token:1", "k", &answer).await.unwrap();
    tx.commit().await.unwrap();
    let kept = KeptAnswer { answer: Some(answer), ..fresh.clone() };
    assert_eq!(store.find_answer("token:1", "k").await.unwrap(), Some(kept.clone()));
    let mut tx = store.begin().await.unwrap();
    tx.delete_answers_before("token:1", "k", at(0), at(9)).await.unwrap();
    tx.delete_answers_before("token:2", "k", at(0), at(9)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.find_answer("token:1", "k").await.unwrap(), Some(kept), "it is answered and not old");
    assert_eq!(store.find_answer("token:2", "k").await.unwrap(), None, "it was broken off");
    let mut tx = store.begin().await.unwrap();
    assert!(tx.insert_answer(&KeptAnswer { key: "l".into(), ..fresh }).await.unwrap());
    tx.delete_answer("token:1", "l").await.unwrap();
    assert_eq!(tx.delete_old_answers(at(2)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(store.find_answer("token:1", "k").await.unwrap(), None);
}
