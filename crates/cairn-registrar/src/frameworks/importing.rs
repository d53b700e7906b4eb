//! Imports: in chunks of one transaction each, resumed where they stopped, and never twice.

use cairn_domain::access::Act;
use cairn_domain::framework::diff::{self, Diff};
use cairn_domain::framework::{
    Association, Crosswalk, Entry, Framework, Item, MOST_ENTRIES, Reading, Unreadable, folded,
};
use cairn_store::{StoredAssociation, StoredCrosswalk, StoredFramework, StoredItem, Tx};
use serde_json::{Map, Value, json};

use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};

/// What is imported, and how.
#[derive(Debug)]
pub struct Import {
    /// For which organisation; empty for the site itself.
    pub org_id: String,
    /// What was read.
    pub reading: Reading,
    /// Lower-case hex SHA-256 of what was read.
    pub sha256: String,
    /// Whether a version that is there with other content is deleted first.
    pub replace: bool,
    /// Whether everybody may see it once it is complete.
    pub public: bool,
    /// Whether the CASE service gives it to programs.
    pub served: bool,
}

/// What an import did.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The framework as it is now.
    pub framework: StoredFramework,
    /// Whether all of it was there already.
    pub already: bool,
    /// From which entry it went on, where an earlier import was interrupted.
    pub resumed_at: Option<u64>,
    /// How many entries were read in all.
    pub entries: u64,
    /// How many of them said again what was there.
    pub repeated: u64,
    /// The version before it, where there is one.
    pub before: Option<StoredFramework>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Entries read.
    pub position: u64,
    /// Items that are in.
    pub items: u64,
}

/// Entries of one transaction.
const CHUNK: usize = 2_000;

impl Office {
    /// Imports a framework. `told` hears of every chunk that is in, and ends the import by answering false: what is in
    /// stays, and the same import goes on from there.
    pub async fn import_framework(
        &self,
        actor: &Actor,
        import: Import,
        mut told: impl FnMut(Progress) -> bool + Send,
    ) -> Result<Imported, Trouble> {
        actor.require(&import.org_id, Act::Define)?;
        let Import { org_id, reading, sha256, replace, public, served } = import;
        let there = self.framework_there(actor, &org_id, &reading.framework, &sha256, replace).await?;
        let before = self.framework_before(&org_id, &reading.framework).await?;
        let mut framework = match there {
            Some(one) if one.ready.is_some() => {
                let entries = one.position;
                return Ok(Imported { framework: one, already: true, resumed_at: None, entries, repeated: 0, before });
            }
            Some(one) => one,
            None => self.begin_import(&org_id, &reading.framework, &sha256).await?,
        };
        let resumed_at = (framework.position > 0).then_some(framework.position);
        let mut repeated = 0;
        let mut entries = reading.entries;
        for _ in 0..framework.position {
            entries.next().transpose().map_err(unreadable)?;
        }
        loop {
            let chunk: Vec<Entry> = match entries.by_ref().take(CHUNK).collect() {
                Ok(chunk) => chunk,
                Err(error) => return self.give_import_up(framework, error).await,
            };
            if framework.position + chunk.len() as u64 > MOST_ENTRIES {
                let says = format!("The framework has more than {MOST_ENTRIES} items and associations.");
                return Err(Refusal::new("too-large", says).into());
            }
            let last = chunk.len() < CHUNK;
            repeated += self.write_entries(actor, &mut framework, chunk, last.then_some((public, served))).await?;
            let heard = told(Progress { position: framework.position, items: framework.items });
            if last {
                break;
            }
            if !heard {
                let says = "The import was interrupted. What is in stays; run the same import again to go on.";
                return Err(Refusal::new("interrupted", says).into());
            }
        }
        let entries = framework.position;
        Ok(Imported { framework, already: false, resumed_at, entries, repeated, before })
    }

    /// What is there of this version already; a refusal when it has other content.
    async fn framework_there(
        &self,
        actor: &Actor,
        org_id: &str,
        of: &Framework,
        sha256: &str,
        replace: bool,
    ) -> Result<Option<StoredFramework>, Trouble> {
        let found = self.desk.store.find_framework_version(org_id, &of.uri, &of.version).await?;
        let Some(one) = found else { return Ok(None) };
        if one.sha256 == sha256 {
            return Ok(Some(one));
        }
        // what never became complete is nobody's loss
        if !replace && one.ready.is_some() {
            let says = format!(
                "Version {} of {} is there already, with other content. Give the new one another version, or replace it.",
                one.version, one.title
            );
            return Err(Refusal::new("taken", says).into());
        }
        let mut tx = self.desk.store.begin().await?;
        tx.delete_framework(&one.id).await?;
        let detail = json!({"uri": one.uri, "version": one.version});
        let entry = actor.audit(&self.outside, org_id, "framework.delete", ("framework", &one.id), Some(detail));
        tx.insert_audit(&entry).await?;
        tx.commit().await?;
        Ok(None)
    }

    async fn framework_before(&self, org_id: &str, of: &Framework) -> Result<Option<StoredFramework>, Trouble> {
        let versions = self.desk.store.list_framework_versions(org_id, &of.uri).await?;
        Ok(versions.into_iter().find(|one| one.version != of.version && one.ready.is_some()))
    }

    async fn begin_import(&self, org_id: &str, of: &Framework, sha256: &str) -> Result<StoredFramework, Trouble> {
        let one = StoredFramework {
            id: self.outside.id(),
            org_id: org_id.into(),
            uri: of.uri.clone(),
            kind: of.kind.word().into(),
            title: of.title.clone(),
            version: of.version.clone(),
            publisher: of.publisher.clone(),
            licence: of.licence.clone(),
            language: of.language.clone(),
            about: about(&of.about),
            sha256: sha256.into(),
            items: 0,
            position: 0,
            ready: None,
            public: None,
            served: None,
            created: self.now(),
        };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_framework(&one).await?;
        tx.commit().await?;
        Ok(one)
    }

    /// A file that cannot be read to its end leaves nothing behind.
    async fn give_import_up<T>(&self, framework: StoredFramework, error: Unreadable) -> Result<T, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        tx.delete_framework(&framework.id).await?;
        tx.commit().await?;
        Err(unreadable(error))
    }

    /// Writes some entries and how far the import is now; with the last ones, that it is complete. How many said again
    /// what was there.
    async fn write_entries(
        &self,
        actor: &Actor,
        framework: &mut StoredFramework,
        chunk: Vec<Entry>,
        last: Option<(bool, bool)>,
    ) -> Result<u64, Trouble> {
        let count = chunk.len() as u64;
        let Sorted { items, associations, crosswalks } = self.sorted_entries(framework, chunk);
        let mut tx = self.desk.store.begin().await?;
        let added_items = tx.insert_framework_items(&items).await?;
        let added = tx.insert_framework_associations(&associations).await?;
        for one in &crosswalks {
            tx.insert_crosswalk(one).await?;
        }
        framework.position += count;
        framework.items += added_items;
        tx.update_framework_position(&framework.id, framework.position, framework.items).await?;
        if let Some((public, served)) = last {
            self.end_import(actor, &mut tx, framework, public, served).await?;
        }
        tx.commit().await?;
        Ok((items.len() + associations.len()) as u64 - added_items - added)
    }

    async fn end_import(
        &self,
        actor: &Actor,
        tx: &mut Tx,
        framework: &mut StoredFramework,
        public: bool,
        served: bool,
    ) -> Result<(), Trouble> {
        let now = self.now();
        framework.ready = Some(now);
        framework.public = (public || served).then_some(now);
        framework.served = served.then_some(now);
        tx.update_framework_ready(&framework.id, now).await?;
        tx.update_framework_public(&framework.id, framework.public, framework.served).await?;
        let detail = json!({
            "uri": framework.uri, "version": framework.version, "kind": framework.kind, "items": framework.items,
            "sha256": framework.sha256,
        });
        let object = ("framework", framework.id.as_str());
        tx.insert_audit(&actor.audit(&self.outside, &framework.org_id, "framework.import", object, Some(detail)))
            .await?;
        Ok(())
    }

    fn sorted_entries(&self, framework: &StoredFramework, chunk: Vec<Entry>) -> Sorted {
        let mut sorted = Sorted::default();
        for (place, entry) in (framework.position..).zip(chunk) {
            match entry {
                Entry::Item(one) => sorted.items.push(stored_item(&framework.id, one, place)),
                Entry::Association(one) => sorted.associations.push(stored_association(&framework.id, one, place)),
                Entry::Crosswalk(one) => sorted.crosswalks.push(self.stored_crosswalk(&framework.org_id, one)),
            }
        }
        sorted
    }

    pub(super) fn stored_crosswalk(&self, org_id: &str, one: Crosswalk) -> StoredCrosswalk {
        StoredCrosswalk {
            org_id: org_id.into(),
            origin: one.origin,
            destination: one.destination,
            kind: one.relation.word().into(),
            confidence: one.confidence,
            basis: one.basis,
            created: self.now(),
        }
    }

    /// What a version changed against another one. Both must be such as the actor may see.
    pub async fn compare_frameworks(&self, actor: &Actor, old: &str, new: &str) -> Result<Diff, Trouble> {
        let old = self.whole_framework(actor, old).await?;
        let new = self.whole_framework(actor, new).await?;
        let work = move || diff::diff(&old.1, &new.1);
        tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::fault(error.to_string()))
    }
}

/// Entries by where they go.
#[derive(Default)]
struct Sorted {
    items: Vec<StoredItem>,
    associations: Vec<StoredAssociation>,
    crosswalks: Vec<StoredCrosswalk>,
}

/// Why a file was not taken, as a refusal.
pub(super) fn unreadable(error: Unreadable) -> Trouble {
    Refusal::new("unreadable", error.to_string()).into()
}

fn about(members: &Map<String, Value>) -> Option<String> {
    (!members.is_empty()).then(|| Value::Object(members.clone()).to_string())
}

fn stored_item(framework_id: &str, mut item: Item, place: u64) -> StoredItem {
    let folded = folded(&item);
    if !item.other_labels.is_empty() {
        let labels = std::mem::take(&mut item.other_labels);
        item.about.insert(LABELS.into(), labels.into());
    }
    StoredItem {
        framework_id: framework_id.into(),
        id: item.id,
        uri: item.uri,
        code: item.code,
        statement: item.statement,
        folded,
        kind: item.kind,
        level: item.level,
        about: about(&item.about),
        place,
    }
}

/// Where other labels lie in an item's JSON.
pub(super) const LABELS: &str = "cairn:labels";

fn stored_association(framework_id: &str, one: Association, place: u64) -> StoredAssociation {
    StoredAssociation {
        framework_id: framework_id.into(),
        id: one.id,
        kind: one.kind,
        origin: one.origin,
        destination: one.destination,
        about: about(&one.about),
        place,
    }
}
