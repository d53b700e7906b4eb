//! Drafts, numbered versions, pictures.

use cairn_store::{AchievementVersion, Store, StoreFault, StoredAchievement};

use super::at;

fn drafted(n: u32) -> StoredAchievement {
    StoredAchievement {
        org_id: "org-1".into(),
        id: format!("0000-drafted-{n}"),
        draft: Some("{}".into()),
        revision: 1,
        created: at(1),
        updated: at(1),
        updated_by: Some("ada".into()),
        retired: None,
        open: None,
    }
}

fn version(n: u32) -> AchievementVersion {
    AchievementVersion {
        org_id: "org-1".into(),
        achievement_id: "0000-drafted-1".into(),
        version: n.to_string(),
        body: format!("{{\"n\":{n}}}"),
        sha256: format!("hash {n}"),
        created: at(1),
        definition: Some("{}".into()),
        number: Some(n),
        published_by: Some("ada".into()),
        superseded: None,
    }
}

pub async fn story(store: &Store) {
    drafts(store).await;
    versions(store).await;
    let mut tx = store.begin().await.unwrap();
    tx.insert_picture("00ff", "image/png", &[1, 0, 255], at(1)).await.unwrap();
    tx.insert_picture("00ff", "image/png", &[9], at(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.find_picture("00ff").await.unwrap(), Some(("image/png".into(), vec![1, 0, 255])));
    assert_eq!(store.find_picture("ff00").await.unwrap(), None);
}

async fn drafts(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    for n in 1..=3 {
        tx.insert_achievement(&drafted(n)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(matches!(tx.insert_achievement(&drafted(1)).await, Err(StoreFault::Taken(_))));
    drop(tx);
    let key = ("org-1", "0000-drafted-1");
    let mut tx = store.begin().await.unwrap();
    assert!(tx.update_draft(key, 1, Some("{\"a\":1}"), at(2), None).await.unwrap());
    assert!(!tx.update_draft(key, 1, None, at(2), None).await.unwrap(), "it has been changed meanwhile");
    assert!(!tx.update_draft(("org-2", key.1), 2, None, at(2), None).await.unwrap(), "another's draft is not touched");
    assert!(tx.update_achievement_open(key.0, key.1, Some(at(3))).await.unwrap());
    assert!(tx.update_achievement_retired(key.0, key.1, Some(at(4))).await.unwrap());
    assert!(!tx.update_achievement_retired("org-2", key.1, None).await.unwrap());
    assert!(!tx.delete_achievement("org-1", "0000-drafted-2", 7).await.unwrap());
    assert!(tx.delete_achievement("org-1", "0000-drafted-2", 1).await.unwrap());
    tx.commit().await.unwrap();
    let changed = StoredAchievement {
        draft: Some("{\"a\":1}".into()),
        revision: 2,
        updated: at(2),
        updated_by: None,
        retired: Some(at(4)),
        open: Some(at(3)),
        ..drafted(1)
    };
    assert_eq!(store.find_achievement(key.0, key.1).await.unwrap(), Some(changed.clone()));
    assert_eq!(store.find_achievement("org-2", key.1).await.unwrap(), None);
    assert_eq!(store.find_achievement_anywhere(key.1).await.unwrap(), Some(changed.clone()));
    let ids = |all: Vec<StoredAchievement>| all.into_iter().map(|one| one.id).collect::<Vec<_>>();
    let listed = ids(store.list_achievements("org-1", None, 2).await.unwrap());
    assert_eq!(listed[..2], ["0000-drafted-1", "0000-drafted-3"]);
    let after = ids(store.list_achievements("org-1", Some("0000-drafted-1"), 1).await.unwrap());
    assert_eq!(after, ["0000-drafted-3"]);
}

async fn versions(store: &Store) {
    let key = ("org-1", "0000-drafted-1");
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.find_newest_number(key.0, key.1).await.unwrap(), 0);
    // ten comes after two: numbers are no words
    for n in [1, 2, 10] {
        tx.insert_achievement_version(&version(n)).await.unwrap();
    }
    assert_eq!(tx.find_newest_number(key.0, key.1).await.unwrap(), 10);
    assert!(tx.update_version_superseded(key.0, key.1, "1", at(5)).await.unwrap());
    assert!(!tx.update_version_superseded(key.0, key.1, "1", at(6)).await.unwrap(), "the first moment stays");
    tx.commit().await.unwrap();
    let superseded = AchievementVersion { superseded: Some(at(5)), ..version(1) };
    assert_eq!(store.list_versions(key.0, key.1).await.unwrap(), [superseded, version(2), version(10)]);
    assert_eq!(store.list_versions("org-2", key.1).await.unwrap(), []);
    assert_eq!(store.list_award_counts("nobody").await.unwrap(), []);
}
