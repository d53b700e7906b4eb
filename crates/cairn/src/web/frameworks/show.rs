//! One framework as a tree, and one of its items.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cairn_registrar::frameworks::{self, KeptItem, Wanted};
use serde::Deserialize;

use super::Line;
use crate::web::app::App;
use crate::web::caller::Caller;
use crate::web::pages::{Chrome, Here, page};
use crate::web::problem::Problem;

/// A framework.
#[derive(Debug, Clone, Template)]
#[template(path = "frameworks-one.html")]
pub struct FrameworkPage {
    /// The frame.
    pub chrome: Chrome,
    /// What it is.
    pub line: Line,
    /// Its URI.
    pub uri: String,
    /// Its URI, where it can be followed.
    pub link: Option<String>,
    /// Licence.
    pub licence: String,
    /// Language.
    pub language: String,
    /// Other versions.
    pub versions: Vec<Line>,
    /// What is searched for.
    pub q: String,
    /// The item under which one looks: id and statement.
    pub under: Option<(String, String)>,
    /// Items of this level, or what was found.
    pub nodes: Vec<Node>,
    /// Where the next page begins.
    pub next: Option<u64>,
    /// Whether it can be exported here.
    pub exports: bool,
}

/// An item in the tree with what is under it.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/framework-node.html")]
pub struct Node {
    /// Id of the framework.
    pub framework: String,
    /// Id.
    pub id: String,
    /// Code.
    pub code: String,
    /// Statement.
    pub statement: String,
    /// Kind and level.
    pub kind: String,
    /// What is under it, where all of the tree is on the page.
    pub children: Vec<Node>,
    /// How many are under it that are not on the page.
    pub more: u64,
}

impl Node {
    fn new(item: &KeptItem) -> Node {
        let kind = [item.kind.as_deref(), item.level.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Node {
            framework: item.framework_id.clone(),
            id: item.id.clone(),
            code: item.code.clone().unwrap_or_default(),
            statement: item.statement.clone(),
            kind,
            children: Vec::new(),
            more: 0,
        }
    }
}

/// What of a framework is looked at.
#[derive(Debug, Default, Deserialize)]
pub struct Look {
    q: Option<String>,
    under: Option<String>,
    after: Option<u32>,
}

/// Up to so many items the whole tree is on one page.
const SMALL: u64 = 400;
/// Items of one page of a large one.
const LEVEL: u32 = 50;
/// How deep a tree is shown on one page.
const DEEPEST: usize = 12;

/// `GET /frameworks/{id}`.
pub async fn framework(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Query(look): Query<Look>,
) -> Result<Response, Problem> {
    let office = &app.office;
    let one = office.framework(&caller.actor, &id).await?;
    let q = look.q.as_deref().unwrap_or_default().trim().to_owned();
    let whole = q.is_empty() && look.under.is_none() && one.items <= SMALL;
    let mut next = None;
    let nodes = if whole {
        let items = office.framework_items(&caller.actor, &id, &Wanted::All, None, SMALL as u32).await?;
        tree(&items, &office.framework_parents(&caller.actor, &id).await?)
    } else {
        let wanted = match (&look.under, q.is_empty()) {
            (_, false) => Wanted::Words(q.clone()),
            (Some(item), true) => Wanted::Under(item.clone()),
            (None, true) => Wanted::Top,
        };
        let some = office.framework_items(&caller.actor, &id, &wanted, look.after.map(u64::from), LEVEL).await?;
        if some.len() == LEVEL as usize && q.is_empty() {
            next = some.last().map(|item| item.place);
        }
        let mut nodes = Vec::new();
        for item in &some {
            let more = office.child_count(item).await?;
            nodes.push(Node { more, ..Node::new(item) });
        }
        nodes
    };
    let under = match &look.under {
        Some(item) if q.is_empty() => {
            let shown = office.framework_item(&caller.actor, &id, item).await?;
            Some((shown.item.id, shown.item.statement))
        }
        _ => None,
    };
    let versions = office.framework_versions(&caller.actor, &id).await?;
    let title = format!("{} {}", one.title, one.version);
    Ok(page(&FrameworkPage {
        chrome: Chrome::new(title, Here::Catalogue, app.is_demo()).seen_by(&caller),
        line: Line::from(&one),
        link: followed(&one.uri),
        uri: one.uri,
        licence: one.licence.unwrap_or_default(),
        language: one.language.unwrap_or_default(),
        versions: versions.iter().map(Line::from).collect(),
        q,
        under,
        nodes,
        next,
        exports: one.ready.is_some() && one.position <= 300_000,
    }))
}

/// An address, where it is one that a browser may follow.
fn followed(uri: &str) -> Option<String> {
    (uri.starts_with("https://") || uri.starts_with("http://")).then(|| uri.to_owned())
}

/// The whole tree of a small framework. Whoever hangs in a circle stands at the top.
fn tree(items: &[KeptItem], parents: &[(String, String)]) -> Vec<Node> {
    let known: HashMap<&str, &KeptItem> = items.iter().map(|item| (item.uri.as_str(), item)).collect();
    let mut children: HashMap<&str, Vec<&KeptItem>> = HashMap::new();
    let mut hung: HashSet<&str> = HashSet::new();
    for (child, parent) in parents {
        if let (Some(child), true) = (known.get(child.as_str()), known.contains_key(parent.as_str())) {
            children.entry(parent).or_default().push(child);
            hung.insert(&child.uri);
        }
    }
    children.values_mut().for_each(|list| list.sort_by_key(|item| item.place));
    let mut seen = HashSet::new();
    let mut top: Vec<Node> = Vec::new();
    for item in items.iter().filter(|item| !hung.contains(item.uri.as_str())) {
        top.extend(grown(item, &children, &mut seen, 0));
    }
    for item in items {
        if !seen.contains(item.uri.as_str()) {
            top.extend(grown(item, &children, &mut seen, 0));
        }
    }
    top
}

fn grown<'a>(
    item: &'a KeptItem,
    children: &HashMap<&str, Vec<&'a KeptItem>>,
    seen: &mut HashSet<&'a str>,
    depth: usize,
) -> Option<Node> {
    if !seen.insert(&item.uri) {
        return None;
    }
    let mut node = Node::new(item);
    let under = children.get(item.uri.as_str()).map(Vec::as_slice).unwrap_or_default();
    if depth >= DEEPEST {
        node.more = under.len() as u64;
    } else {
        node.children = under.iter().filter_map(|child| grown(child, children, seen, depth + 1)).collect();
    }
    Some(node)
}

/// One item.
#[derive(Debug, Clone, Template)]
#[template(path = "frameworks-item.html")]
pub struct ItemPage {
    /// The frame.
    pub chrome: Chrome,
    /// The framework.
    pub line: Line,
    /// The item.
    pub node: Node,
    /// Its URI.
    pub uri: String,
    /// Its URI, where it can be followed.
    pub link: Option<String>,
    /// Other names of it.
    pub labels: Vec<String>,
    /// What is said of it: name and words.
    pub about: Vec<(String, String)>,
    /// Associations by what they say.
    pub groups: Vec<(String, Vec<Other>)>,
    /// Crosswalks: relation in words, the other end, on what basis.
    pub crosswalks: Vec<(String, Other, String)>,
}

/// The other end of an association or crosswalk.
#[derive(Debug, Clone)]
pub struct Other {
    /// What it is called.
    pub name: String,
    /// Where its page is, here or elsewhere.
    pub link: Option<String>,
}

impl Other {
    fn of(item: Option<&KeptItem>, uri: &str) -> Other {
        match item {
            Some(item) => Other {
                name: item.statement.clone(),
                link: Some(format!("/frameworks/{}/items/{}", item.framework_id, item.id)),
            },
            None => Other { name: uri.into(), link: followed(uri) },
        }
    }
}

/// `GET /frameworks/{id}/items/{item}`.
pub async fn item(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, item)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let shown = app.office.framework_item(&caller.actor, &id, &item).await?;
    let mut groups: Vec<(String, Vec<Other>)> = Vec::new();
    for (one, other) in &shown.associations {
        let away = one.origin == shown.item.uri;
        let uri = if away { &one.destination } else { &one.origin };
        let says = says(&one.kind, away);
        let other = Other::of(other.as_ref(), if *uri == shown.framework.uri { &shown.framework.title } else { uri });
        match groups.iter_mut().find(|group| group.0 == says) {
            Some(group) => group.1.push(other),
            None => groups.push((says, vec![other])),
        }
    }
    let crosswalks = shown.crosswalks.iter().map(|(one, other)| {
        let away = one.origin == shown.item.uri;
        let relation = match (one.kind.as_str(), away) {
            ("exact", _) => "the same as",
            ("broader", true) | ("narrower", false) => "narrower than",
            ("narrower", true) | ("broader", false) => "broader than",
            _ => "related to",
        };
        let uri = if away { &one.destination } else { &one.origin };
        (relation.to_owned(), Other::of(other.as_ref(), uri), one.basis.clone())
    });
    let crosswalks = crosswalks.collect();
    let node = Node::new(&shown.item);
    let rules = frameworks::item(shown.item);
    let words = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let about = rules.about.iter().filter_map(|(name, value)| Some((name.clone(), words(value)?))).collect();
    Ok(page(&ItemPage {
        chrome: Chrome::new(node.statement.clone(), Here::Catalogue, app.is_demo()).seen_by(&caller),
        line: Line::from(&shown.framework),
        node,
        link: followed(&rules.uri),
        uri: rules.uri,
        labels: rules.other_labels,
        about,
        groups,
        crosswalks,
    }))
}

/// What an association says of an item, from its own end or from the other one.
fn says(kind: &str, away: bool) -> String {
    let words = match (kind, away) {
        ("isChildOf", true) => "Part of",
        ("isChildOf", false) => "Parts of it",
        ("exactMatchOf", _) => "The same as",
        ("precedes", true) => "Comes before",
        ("precedes", false) => "Comes after",
        ("replacedBy", true) => "Replaced by",
        ("replacedBy", false) => "Replaces",
        ("ext:essentialSkill", true) => "Essential",
        ("ext:essentialSkill", false) => "Essential for",
        ("ext:optionalSkill", true) => "Optional",
        ("ext:optionalSkill", false) => "Optional for",
        ("ext:skill", true) => "Skills",
        ("ext:knowledge", true) => "Knowledge",
        ("ext:technology", true) => "Technologies",
        ("ext:skill" | "ext:knowledge" | "ext:technology", false) => "Used in",
        ("isRelatedTo", _) => "Related to",
        (other, _) => other.strip_prefix("ext:").unwrap_or(other),
    };
    words.to_owned()
}

/// `GET /frameworks/{id}/export/{form}`.
pub async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, form)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let form = form.parse().map_err(Problem::not_found)?;
    let (media_type, text) = app.office.export_framework(&caller.actor, &id, form).await?;
    let ending = if media_type.starts_with("text/csv") { "csv" } else { "json" };
    let named = format!("attachment; filename=\"framework-{}.{ending}\"", form.word());
    let mut response = ([(header::CONTENT_TYPE, media_type)], text).into_response();
    if let Ok(named) = HeaderValue::from_str(&named) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, named);
    }
    Ok(response)
}
