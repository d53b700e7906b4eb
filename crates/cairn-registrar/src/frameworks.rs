//! Frameworks: imported, exported, searched, compared.

mod case_service;
mod exporting;
mod importing;

use std::collections::{HashMap, HashSet};

use cairn_domain::access::Act;
use cairn_domain::framework::Crosswalk;
use cairn_store::{StoredAssociation, StoredCrosswalk, StoredFramework, StoredItem};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::Office;
use crate::access::Actor;
use crate::advisor::onet_page;
use crate::refusal::{Refusal, Trouble};

pub use cairn_store::{
    StoredAssociation as KeptAssociation, StoredCrosswalk as KeptCrosswalk, StoredFramework as Kept,
    StoredItem as KeptItem,
};
pub use case_service::{Definitions, only_fields};
pub use exporting::{exported, item, read_path, read_upload};
pub use importing::{Import, Imported, Progress};

/// Something to align to, as a search finds it: its members are those of an Open Badges 3.0 `Alignment`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Found {
    /// `targetUrl`.
    pub uri: String,
    /// `targetName`.
    pub name: String,
    /// `targetCode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// `targetFramework`: title and version.
    pub framework: String,
    /// `targetType` of Open Badges 3.0 §B.2.3: `CFItem`, `ceasn:Competency`, or `ext:` and our word.
    pub kind: String,
}

/// Most results of one search.
const MOST_FOUND: usize = 50;

impl Office {
    /// Search as you type, for what an achievement can be aligned to: items of frameworks that everybody or the actor
    /// may see, and the built-in skills and technologies. At most `limit` (and never more than 50).
    pub async fn search_alignments(&self, actor: &Actor, q: &str, limit: usize) -> Result<Vec<Found>, Trouble> {
        let limit = limit.clamp(1, MOST_FOUND);
        let words = words(q);
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut items = self.desk.store.search_framework_items(&words, None, &orgs_of(actor), 50).await?;
        // code and whole word first, then what the database says
        let asked = q.trim().to_lowercase();
        items.sort_by_key(|item| !is_exact(item, &asked));
        let mut frameworks: HashMap<String, Option<StoredFramework>> = HashMap::new();
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for item in items {
            if !frameworks.contains_key(&item.framework_id) {
                let framework = self.desk.store.find_framework(&item.framework_id).await?;
                frameworks.insert(item.framework_id.clone(), framework);
            }
            if let Some(Some(framework)) = frameworks.get(&item.framework_id)
                && seen.insert(item.uri.clone())
            {
                found.push(found_item(item, framework));
            }
        }
        let built_in = self.built_in(q, limit).await?;
        Ok(mixed(found, built_in, limit))
    }

    /// The best built-in skills; the table takes a moment to load, so never on a thread that serves others.
    async fn built_in(&self, q: &str, limit: usize) -> Result<Vec<Found>, Trouble> {
        let (advisor, q) = (self.advisor.clone(), q.to_owned());
        let work = move || {
            let skills = advisor.reader().taxonomy().search(&q, limit);
            skills.into_iter().map(|skill| found_skill(&skill.uri, skill.label)).collect()
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Trouble::fault(error.to_string()))
    }

    /// A framework that the actor may see; to all others it is not there.
    pub async fn framework(&self, actor: &Actor, id: &str) -> Result<StoredFramework, Trouble> {
        let found = self.desk.store.find_framework(id).await?.filter(|one| may_see(actor, one));
        found.ok_or_else(|| Refusal::new("not-found", "There is no such framework that you may see.").into())
    }

    /// Frameworks after the id `after` that the actor may see, oldest import first.
    pub async fn list_frameworks(
        &self,
        actor: &Actor,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredFramework>, Trouble> {
        Ok(self.desk.store.list_frameworks(&orgs_of(actor), None, after.unwrap_or(""), limit).await?)
    }
}

/// Which of a framework's items are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of them in order.
    All,
    /// Those that are no other item's children.
    Top,
    /// The children of the item with this id.
    Under(String),
    /// Those that hold all of these words.
    Words(String),
}

/// An item with what hangs on it.
#[derive(Debug, Clone)]
pub struct ItemShown {
    /// The framework.
    pub framework: StoredFramework,
    /// The item.
    pub item: StoredItem,
    /// Associations that begin or end at it, and what is at their other end where that is in the framework too.
    pub associations: Vec<(StoredAssociation, Option<StoredItem>)>,
    /// Crosswalks both ways, and what is at their other end where the site has it.
    pub crosswalks: Vec<(StoredCrosswalk, Option<StoredItem>)>,
}

impl Office {
    /// An organisation's frameworks after the id `after`, oldest import first; incomplete ones too.
    pub async fn list_org_frameworks(
        &self,
        actor: &Actor,
        org_id: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<StoredFramework>, Trouble> {
        actor.require(org_id, Act::Enter)?;
        let own = format!(",{org_id},");
        Ok(self.desk.store.list_frameworks(&own, Some(org_id), after.unwrap_or(""), limit).await?)
    }

    /// The other complete versions of a framework, newest import first.
    pub async fn framework_versions(&self, actor: &Actor, id: &str) -> Result<Vec<StoredFramework>, Trouble> {
        let one = self.framework(actor, id).await?;
        let mut all = self.desk.store.list_framework_versions(&one.org_id, &one.uri).await?;
        all.retain(|other| other.id != one.id && other.ready.is_some() && may_see(actor, other));
        Ok(all)
    }

    /// A framework by its id, or an owner's by its URI: the newest, or the version after an `@`.
    pub async fn framework_named(&self, actor: &Actor, org_id: &str, name: &str) -> Result<StoredFramework, Trouble> {
        if let Ok(found) = self.framework(actor, name).await {
            return Ok(found);
        }
        let (uri, version) = match name.rsplit_once('@') {
            Some((uri, version)) if !version.contains('/') => (uri, Some(version)),
            _ => (name, None),
        };
        let versions = self.desk.store.list_framework_versions(org_id, uri).await?;
        let fits = |one: &StoredFramework| version.is_none_or(|version| one.version == version) && may_see(actor, one);
        versions.into_iter().find(fits).ok_or_else(|| {
            let says = format!("There is no framework “{name}”. Name it by its id, or by its URI and `@version`.");
            Refusal::new("not-found", says).into()
        })
    }

    /// How many items a version has newly, no longer, and with other words.
    pub async fn framework_changes(&self, actor: &Actor, old: &str, new: &str) -> Result<(u64, u64, u64), Trouble> {
        let (old, new) = (self.framework(actor, old).await?, self.framework(actor, new).await?);
        Ok(self.desk.store.find_framework_changes(&old.id, &new.id).await?)
    }

    /// Items of a framework after a place, at most `limit`.
    pub async fn framework_items(
        &self,
        actor: &Actor,
        id: &str,
        wanted: &Wanted,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredItem>, Trouble> {
        let one = self.framework(actor, id).await?;
        let store = &self.desk.store;
        Ok(match wanted {
            Wanted::All => store.list_framework_items(id, after, limit).await?,
            Wanted::Top => store.list_top_items(id, &one.uri, after, limit).await?,
            Wanted::Under(item_id) => match store.find_framework_item(id, item_id).await? {
                Some(parent) => store.list_child_items(id, &parent.uri, after, limit).await?,
                None => return Err(no_item().into()),
            },
            Wanted::Words(q) => {
                let words = words(q);
                if words.is_empty() {
                    return Ok(Vec::new());
                }
                store.search_framework_items(&words, Some(id), "", limit).await?
            }
        })
    }

    /// How many children an item has.
    pub async fn child_count(&self, item: &StoredItem) -> Result<u64, Trouble> {
        Ok(self.desk.store.find_child_count(&item.framework_id, &item.uri).await?)
    }

    /// Parents of all items of a small framework: child's URI and parent's.
    pub async fn framework_parents(&self, actor: &Actor, id: &str) -> Result<Vec<(String, String)>, Trouble> {
        self.framework(actor, id).await?;
        let (mut parents, mut after) = (Vec::new(), None);
        loop {
            let some = self.desk.store.list_framework_associations(id, after, 2_000).await?;
            let Some(last) = some.last() else { break };
            after = Some(last.place);
            parents.extend(some.into_iter().filter(|a| a.kind == "isChildOf").map(|a| (a.origin, a.destination)));
        }
        Ok(parents)
    }

    /// An item with its associations and crosswalks.
    pub async fn framework_item(&self, actor: &Actor, id: &str, item_id: &str) -> Result<ItemShown, Trouble> {
        let framework = self.framework(actor, id).await?;
        let store = &self.desk.store;
        let item = store.find_framework_item(id, item_id).await?.ok_or_else(no_item)?;
        let mut associations = Vec::new();
        for one in store.list_associations_of(id, &item.uri).await?.into_iter().take(200) {
            let other = if one.origin == item.uri { &one.destination } else { &one.origin };
            let found = store.list_items_by_uri(other).await?;
            associations.push((one, found.into_iter().find(|other| other.framework_id == id)));
        }
        let mut crosswalks = Vec::new();
        for one in store.list_crosswalks(&orgs_of(actor), &item.uri).await?.into_iter().take(200) {
            let other = if one.origin == item.uri { &one.destination } else { &one.origin };
            let mut found = None;
            for candidate in store.list_items_by_uri(other).await? {
                if store.find_framework(&candidate.framework_id).await?.is_some_and(|f| may_see(actor, &f)) {
                    found = Some(candidate);
                    break;
                }
            }
            crosswalks.push((one, found));
        }
        Ok(ItemShown { framework, item, associations, crosswalks })
    }

    /// Crosswalks that begin or end at a URI: the site's own and those of the actor's organisations.
    pub async fn list_crosswalks(&self, actor: &Actor, uri: &str) -> Result<Vec<StoredCrosswalk>, Trouble> {
        Ok(self.desk.store.list_crosswalks(&orgs_of(actor), uri).await?)
    }

    /// Adds a crosswalk in an organisation's name, or changes the one that has the same ends and basis.
    pub async fn add_crosswalk(&self, actor: &Actor, org_id: &str, one: Crosswalk) -> Result<StoredCrosswalk, Trouble> {
        actor.require(org_id, Act::Define)?;
        for (name, uri) in [("origin", &one.origin), ("destination", &one.destination)] {
            if uri.is_empty() || uri.len() > 2_000 || !uri.contains(':') || uri.contains(char::is_whitespace) {
                let says = format!("The {name} must be the address of an item, such as https://….");
                return Err(Refusal::new("bad-crosswalk", says).into());
            }
        }
        if one.origin == one.destination {
            return Err(Refusal::new("bad-crosswalk", "A crosswalk leads from one item to another one.").into());
        }
        if one.confidence.is_some_and(|confidence| !(0.0..=1.0).contains(&confidence)) {
            return Err(Refusal::new("bad-crosswalk", "The confidence is a number from 0 to 1.").into());
        }
        if one.basis.trim().is_empty() || one.basis.len() > 1_000 {
            let says = "Say on what basis: who compared the two, and how. At most 1,000 characters.";
            return Err(Refusal::new("bad-crosswalk", says).into());
        }
        let stored = self.stored_crosswalk(org_id, one);
        let mut tx = self.desk.store.begin().await?;
        tx.insert_crosswalk(&stored).await?;
        let detail = json!({"origin": stored.origin, "destination": stored.destination, "kind": stored.kind});
        let object = ("crosswalk", stored.origin.as_str());
        tx.insert_audit(&actor.audit(&self.outside, org_id, "crosswalk.add", object, Some(detail))).await?;
        tx.commit().await?;
        Ok(stored)
    }

    /// Shows a framework to everybody and gives it to programs by CASE, or takes both back.
    pub async fn publish_framework(&self, actor: &Actor, id: &str, public: bool) -> Result<StoredFramework, Trouble> {
        let mut one = self.framework(actor, id).await?;
        actor.require(&one.org_id, Act::Publish)?;
        if one.ready.is_none() {
            return Err(Refusal::new("not-now", "Its import is not complete. Finish the import first.").into());
        }
        let now = public.then(|| self.now());
        // a taxonomy of others is shown, and served by its publisher
        let served = now.filter(|_| one.kind != "esco" && one.kind != "onet");
        (one.public, one.served) = (now, served);
        let mut tx = self.desk.store.begin().await?;
        tx.update_framework_public(id, one.public, one.served).await?;
        let act = if public { "framework.publish" } else { "framework.withdraw" };
        tx.insert_audit(&actor.audit(&self.outside, &one.org_id, act, ("framework", id), None)).await?;
        tx.commit().await?;
        Ok(one)
    }

    /// Deletes a framework with all that is in it. Achievements that align to it keep what they say.
    pub async fn delete_framework(&self, actor: &Actor, id: &str) -> Result<(), Trouble> {
        let one = self.framework(actor, id).await?;
        actor.require(&one.org_id, Act::Define)?;
        let mut tx = self.desk.store.begin().await?;
        tx.delete_framework(id).await?;
        let detail = json!({"uri": one.uri, "version": one.version});
        let object = ("framework", id);
        tx.insert_audit(&actor.audit(&self.outside, &one.org_id, "framework.delete", object, Some(detail))).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn no_item() -> Refusal {
    Refusal::new("not-found", "There is no such item in this framework.")
}

/// Whether somebody may see a framework: everybody what is public and complete, members what their organisation has,
/// whoever runs the site all.
fn may_see(actor: &Actor, one: &StoredFramework) -> bool {
    let public = one.public.is_some() && one.ready.is_some();
    public || actor.may(&one.org_id, Act::Enter)
}

/// The actor's organisations as the store's searches take them: `,ID,ID,`.
pub(crate) fn orgs_of(actor: &Actor) -> String {
    let mut orgs = String::from(",");
    for member in &actor.roles {
        if actor.may(&member.org_id, Act::Enter) {
            orgs.push_str(&member.org_id);
            orgs.push(',');
        }
    }
    orgs
}

/// The words of a search in lower case; the first five count.
pub(crate) fn words(q: &str) -> Vec<String> {
    q.split_whitespace().take(5).map(|word| word.chars().take(60).collect::<String>().to_lowercase()).collect()
}

fn is_exact(item: &StoredItem, asked: &str) -> bool {
    item.code.as_ref().is_some_and(|code| code.to_lowercase() == asked) || item.statement.to_lowercase() == asked
}

fn found_item(item: StoredItem, framework: &StoredFramework) -> Found {
    let kind = match framework.kind.as_str() {
        "ctdl" => "ceasn:Competency",
        "esco" => "ext:ESCO",
        "onet" => "ext:ONET",
        _ => "CFItem",
    };
    let name = item.statement.chars().take(300).collect();
    let framework = format!("{} {}", framework.title, framework.version).trim().to_owned();
    Found { uri: item.uri, name, code: item.code, framework, kind: kind.into() }
}

fn found_skill(uri: &str, label: String) -> Found {
    match uri.strip_prefix("onet:") {
        Some(name) => Found {
            uri: onet_page(name),
            name: label,
            code: None,
            framework: "O*NET technology skills".into(),
            kind: "ext:ONET".into(),
        },
        None => {
            Found { uri: uri.into(), name: label, code: None, framework: "ESCO 1.2.0".into(), kind: "ext:ESCO".into() }
        }
    }
}

/// Both lists by turns, best first, nothing twice.
fn mixed(own: Vec<Found>, built_in: Vec<Found>, limit: usize) -> Vec<Found> {
    let (mut own, mut built_in) = (own.into_iter(), built_in.into_iter());
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    loop {
        let pair = [own.next(), built_in.next()];
        if pair.iter().all(Option::is_none) || all.len() >= limit {
            break;
        }
        all.extend(pair.into_iter().flatten().filter(|found| seen.insert(found.uri.clone())));
    }
    all.truncate(limit);
    all
}
