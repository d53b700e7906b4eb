//! Frameworks, items, associations, crosswalks.

use cairn_store::{Store, StoreFault, StoredAssociation, StoredCrosswalk, StoredFramework, StoredItem};

use crate::at;

fn framework(id: &str, org_id: &str, version: &str) -> StoredFramework {
    StoredFramework {
        id: id.into(),
        org_id: org_id.into(),
        uri: "https://x.example/welding".into(),
        kind: "csv".into(),
        title: "Welding".into(),
        version: version.into(),
        publisher: None,
        licence: Some("CC BY".into()),
        language: Some("en".into()),
        about: None,
        sha256: "00".repeat(32),
        items: 0,
        position: 0,
        ready: None,
        public: None,
        served: None,
        created: at(1),
    }
}

fn item(framework: &str, n: u64) -> StoredItem {
    StoredItem {
        framework_id: framework.into(),
        id: format!("item-{n}"),
        uri: format!("https://x.example/welding#{n}"),
        code: (n == 1).then(|| "W".into()),
        statement: format!("Weld seam {n}"),
        folded: format!("weld seam {n} 100%_sure"),
        kind: None,
        level: None,
        about: None,
        place: n,
    }
}

fn child(framework: &str, n: u64) -> StoredAssociation {
    StoredAssociation {
        framework_id: framework.into(),
        id: format!("association-{n}"),
        kind: "isChildOf".into(),
        origin: format!("https://x.example/welding#{n}"),
        destination: "https://x.example/welding#1".into(),
        about: None,
        place: 1_000 + n,
    }
}

/// Walks through it.
pub async fn story(store: &Store) {
    let (one, two) = (framework("fw-1", "org-1", "1"), framework("fw-2", "org-1", "2"));
    let mut tx = store.begin().await.unwrap();
    tx.insert_framework(&one).await.unwrap();
    tx.insert_framework(&two).await.unwrap();
    // two statements of many rows and some of one; what is there already stays
    let items: Vec<StoredItem> = (1..=103).map(|n| item("fw-1", n)).collect();
    assert_eq!(tx.insert_framework_items(&items).await.unwrap(), 103);
    assert_eq!(tx.insert_framework_items(&items[..60]).await.unwrap(), 0);
    let children: Vec<StoredAssociation> = (2..=103).map(|n| child("fw-1", n)).collect();
    assert_eq!(tx.insert_framework_associations(&children).await.unwrap(), 102);
    let changed = StoredItem { statement: "Weld well".into(), ..item("fw-2", 1) };
    tx.insert_framework_items(&[changed, item("fw-2", 200)]).await.unwrap();
    tx.update_framework_position("fw-1", 205, 103).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let again = framework("fw-3", "org-1", "1");
    assert!(matches!(tx.insert_framework(&again).await, Err(StoreFault::Taken(_))));
    drop(tx);

    let found = store.find_framework("fw-1").await.unwrap().unwrap();
    assert_eq!((found.position, found.items, found.ready, found.licence.as_deref()), (205, 103, None, Some("CC BY")));
    let version = store.find_framework_version("org-1", "https://x.example/welding", "2").await.unwrap();
    assert_eq!(version.unwrap().id, "fw-2");
    assert!(store.find_framework_version("", "https://x.example/welding", "2").await.unwrap().is_none());
    let versions = store.list_framework_versions("org-1", "https://x.example/welding").await.unwrap();
    assert_eq!(versions.iter().map(|v| v.id.as_str()).collect::<Vec<_>>(), ["fw-2", "fw-1"]);
    assert_eq!(store.find_framework_changes("fw-1", "fw-2").await.unwrap(), (1, 102, 1));
    items_are_found(store).await;
    who_sees_what(store).await;
    crosswalks(store).await;

    let mut tx = store.begin().await.unwrap();
    tx.delete_framework("fw-1").await.unwrap();
    tx.commit().await.unwrap();
    assert!(store.find_framework("fw-1").await.unwrap().is_none());
    assert!(store.list_framework_items("fw-1", None, 10).await.unwrap().is_empty());
}

async fn items_are_found(store: &Store) {
    let uri = "https://x.example/welding";
    let first = store.list_framework_items("fw-1", None, 2).await.unwrap();
    assert_eq!(first, [item("fw-1", 1), item("fw-1", 2)]);
    assert_eq!(store.list_framework_items("fw-1", Some(102), 9).await.unwrap(), [item("fw-1", 103)]);
    assert_eq!(store.list_top_items("fw-1", uri, None, 9).await.unwrap(), [item("fw-1", 1)]);
    let under = store.list_child_items("fw-1", "https://x.example/welding#1", Some(100), 2).await.unwrap();
    assert_eq!(under, [item("fw-1", 101), item("fw-1", 102)]);
    assert_eq!(store.find_child_count("fw-1", "https://x.example/welding#1").await.unwrap(), 102);
    assert_eq!(store.find_framework_item("fw-1", "item-7").await.unwrap(), Some(item("fw-1", 7)));
    assert_eq!(store.list_items_by_uri("https://x.example/welding#1").await.unwrap().len(), 2);
    assert_eq!(store.list_framework_associations("fw-1", Some(1_102), 9).await.unwrap(), [child("fw-1", 103)]);
    assert_eq!(store.list_associations_of("fw-1", "https://x.example/welding#9").await.unwrap(), [child("fw-1", 9)]);
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let inside = store.search_framework_items(&words(&["seam", "weld", "103"]), Some("fw-1"), "", 9).await.unwrap();
    assert_eq!(inside, [item("fw-1", 103)]);
    let marks = store.search_framework_items(&words(&["100%_"]), Some("fw-1"), "", 9).await.unwrap();
    assert_eq!(marks.len(), 9);
    assert!(store.search_framework_items(&words(&["s%m"]), Some("fw-1"), "", 9).await.unwrap().is_empty());
}

async fn who_sees_what(store: &Store) {
    let words = ["seam".to_owned()];
    let seen = async |orgs: &str| store.search_framework_items(&words, None, orgs, 500).await.unwrap().len();
    assert_eq!(seen(",org-1,").await, 0, "not complete");
    let mut tx = store.begin().await.unwrap();
    tx.update_framework_ready("fw-1", at(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((seen(",org-1,").await, seen(",org-2,").await, seen(",").await), (103, 0, 0));
    let listed = async |orgs: &str| store.list_frameworks(orgs, None, "", 9).await.unwrap().len();
    assert_eq!((listed(",org-1,").await, listed(",").await), (2, 0));
    assert!(store.list_served_items("item-1").await.unwrap().is_empty());
    let mut tx = store.begin().await.unwrap();
    tx.update_framework_public("fw-1", Some(at(3)), Some(at(3))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((seen(",").await, listed(",").await), (103, 1));
    assert_eq!(store.list_frameworks(",org-1,", Some("org-1"), "fw-1", 9).await.unwrap()[0].id, "fw-2");
    assert_eq!(store.list_served_frameworks().await.unwrap()[0].id, "fw-1");
    assert_eq!(store.list_served_items("item-1").await.unwrap(), [item("fw-1", 1)]);
    assert_eq!(store.list_served_associations("association-9").await.unwrap(), [child("fw-1", 9)]);
}

async fn crosswalks(store: &Store) {
    let one = |org_id: &str, kind: &str, confidence| StoredCrosswalk {
        org_id: org_id.into(),
        origin: "x:1".into(),
        destination: "y:1".into(),
        kind: kind.into(),
        confidence,
        basis: "by hand".into(),
        created: at(4),
    };
    let mut tx = store.begin().await.unwrap();
    tx.insert_crosswalk(&one("", "exact", Some(0.5))).await.unwrap();
    tx.insert_crosswalk(&one("", "broader", None)).await.unwrap();
    tx.insert_crosswalk(&one("org-1", "related", Some(1.0))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.list_crosswalks(",", "y:1").await.unwrap(), [one("", "broader", None)]);
    assert_eq!(store.list_crosswalks(",org-1,", "x:1").await.unwrap()[1], one("org-1", "related", Some(1.0)));
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.delete_crosswalk("org-1", "x:1", "y:1").await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(store.list_crosswalks(",org-1,", "x:1").await.unwrap().len(), 1);
}
