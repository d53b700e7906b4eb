//! Frameworks: imported, exported, searched, compared.

use std::collections::{HashMap, HashSet};

use cairn_store::{StoredFramework, StoredItem};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Office;
use crate::access::Actor;
use crate::advisor::onet_page;
use crate::refusal::{Refusal, Trouble};

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

/// Whether somebody may see a framework: everybody what is public and complete, members what their organisation has,
/// whoever runs the site all.
fn may_see(actor: &Actor, one: &StoredFramework) -> bool {
    let public = one.public.is_some() && one.ready.is_some();
    public || actor.may(&one.org_id, cairn_domain::access::Act::Enter)
}

/// The actor's organisations as the store's searches take them: `,ID,ID,`.
pub(crate) fn orgs_of(actor: &Actor) -> String {
    let mut orgs = String::from(",");
    for member in &actor.roles {
        if actor.may(&member.org_id, cairn_domain::access::Act::Enter) {
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
