//! Checking: dropped things in, a report out. Between them the documents that verification needs are fetched.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::gathered::{BroughtBy, Fetched, Got};
use cairn_credential::intake::{Container, Item, What};
use cairn_credential::verdict::{Current, Entitled, Genuine, Known, NestedRole, Verdict, Whose};
use cairn_credential::{Gathered, Policy, needs, verify};
use jiff::Timestamp;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::copies;
use crate::gather::Gatherer;
use crate::shapes::{Became, CheckedItem, PolicyShown, Require, VerifyReport};

/// The question that is put to every credential.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What the checker accepts.
    pub policy: Policy,
    /// Which answers must be good, besides genuine and current.
    pub require: Vec<Require>,
    /// The moment for which it is judged.
    pub at: Timestamp,
}

/// What came of checking.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The report.
    pub report: VerifyReport,
    /// What was gathered for all of it, bundles' own documents included.
    pub gathered: Gathered,
    /// For each item of the report, the exact text of its credential or presentation.
    pub texts: Vec<Option<String>>,
    /// The site's own origin, whose addresses are answered from its store.
    pub own_origin: Option<String>,
}

/// How often documents are fetched that documents fetched before name.
pub(crate) const MOST_ROUNDS: usize = 6;
/// Documents fetched for one question.
const MOST_DOCUMENTS: usize = 500;
/// Credentials judged without more threads.
const FEW: usize = 4;

/// One text to be judged, and the place of its item.
struct Unit {
    place: usize,
    container: Container,
    text: String,
    /// The bundle it came in, by number.
    bundle: Option<usize>,
}

/// Checks what was dropped. `progress` is told how many credentials have been judged, and how many there are.
pub async fn check(items: Vec<Item>, ask: &Ask, gatherer: &Gatherer, progress: impl Fn(usize, usize)) -> Checked {
    let mut sorted = Sorted::default();
    for item in items {
        sorted.add(item);
    }
    let Sorted { items: mut found, units, bundles, mut texts } = sorted;
    texts.resize(found.len(), None);
    for unit in &units {
        texts[unit.place] = Some(unit.text.clone());
    }
    let fetched = gather(&units, &bundles, gatherer).await;
    let views: Vec<Gathered> = bundles.iter().map(|brought| overlaid(brought, &fetched)).collect();
    let mut everything = Gathered::default();
    for view in &views {
        everything = overlaid(&everything, view);
    }
    everything = overlaid(&everything, &fetched);
    let total = units.len();
    let judged = judge_all(units, Arc::new((fetched, views)), ask, |done| progress(done, total)).await;
    for (place, container, verdict) in judged {
        let falls_short = falls_short(&verdict, &ask.require);
        let ok = falls_short.is_empty();
        found[place].became = Became::Credential { container, verdict: Box::new(verdict), ok, falls_short };
    }
    copies::tell_apart(&mut found, &texts);
    let ok = !found.is_empty() && found.iter().all(|item| matches!(item.became, Became::Credential { ok: true, .. }));
    let report = VerifyReport {
        shape: "cairn/verify/1".into(),
        at: ask.at,
        policy: shown(ask, gatherer.is_offline()),
        items: found,
        ok,
    };
    Checked { report, gathered: everything, texts, own_origin: gatherer.own_origin().map(str::to_owned) }
}

#[derive(Default)]
struct Sorted {
    items: Vec<CheckedItem>,
    units: Vec<Unit>,
    bundles: Vec<Gathered>,
    texts: Vec<Option<String>>,
}

impl Sorted {
    fn add(&mut self, item: Item) {
        match item.what {
            What::Credential { text, container } => self.credential(item.name, text, container, None),
            What::Presentation { text } => {
                let container = if text.trim_start().starts_with('{') { Container::Json } else { Container::Jwt };
                self.credential(item.name, text, container, None);
            }
            What::Bundle(bundle) => {
                let number = self.bundles.len();
                self.bundles.push(bundle.gathered);
                for one in bundle.credentials {
                    let name = format!("{}!/{}", item.name, one.name);
                    self.credential(name, one.text, Container::Bundle, Some(number));
                }
            }
            What::Claim { text, why } => {
                self.items.push(CheckedItem { name: item.name, became: Became::Claim { why, text } })
            }
            What::Unread(problem) => {
                self.items.push(CheckedItem { name: item.name, became: Became::Unread { problem } })
            }
        }
    }

    /// Its place is kept by a claim that says nothing, until its verdict is known.
    fn credential(&mut self, name: String, text: String, container: Container, bundle: Option<usize>) {
        let place = self.items.len();
        self.items.push(CheckedItem { name, became: Became::Claim { why: String::new(), text: String::new() } });
        self.units.push(Unit { place, container, text, bundle });
    }
}

/// Fetches what all units need, round by round; each address once.
async fn gather(units: &[Unit], bundles: &[Gathered], gatherer: &Gatherer) -> Gathered {
    let mut fetched = Gathered::default();
    let own = gatherer.own_origin();
    if gatherer.is_offline() && own.is_none() {
        return fetched;
    }
    let mut open: Vec<&Unit> = units.iter().collect();
    for _ in 0..MOST_ROUNDS {
        let mut urls = BTreeSet::new();
        open.retain(|unit| {
            let mut more = wanted(&unit.text, &fetched, own);
            if let Some(number) = unit.bundle {
                more.extend(wanted(&unit.text, &overlaid(&bundles[number], &fetched), own));
            }
            let unfinished = !more.is_empty();
            urls.extend(more);
            unfinished
        });
        urls.retain(|url| !fetched.by_url.contains_key(url) && (!gatherer.is_offline() || gatherer.is_own(url)));
        if urls.is_empty() {
            break;
        }
        let room = MOST_DOCUMENTS.saturating_sub(fetched.by_url.len());
        let mut over = urls.iter().skip(room).cloned().collect::<Vec<_>>();
        for (url, document) in gatherer.fetch_all(urls.into_iter().take(room).collect()).await {
            fetched.by_url.insert(url, document);
        }
        for url in over.drain(..) {
            let says = format!(
                "More than {MOST_DOCUMENTS} documents would be needed for one question, so it was not fetched."
            );
            let got = Fetched { got: Got::Failed(says), at: gatherer.now(), by: BroughtBy::Checker };
            fetched.by_url.insert(url, got);
        }
    }
    fetched
}

/// What a bundle's credentials are judged with: what the checker fetched, and where that failed what came along in
/// the bundle. No other bundle's documents.
fn overlaid(brought: &Gathered, fetched: &Gathered) -> Gathered {
    let mut view = brought.clone();
    for (url, document) in &fetched.by_url {
        if !failed(document) || !view.by_url.contains_key(url) {
            view.by_url.insert(url.clone(), document.clone());
        }
    }
    view
}

fn failed(document: &Fetched) -> bool {
    matches!(document.got, Got::Failed(_))
}

/// Addresses that a text still needs; those of the site itself too, which may be plain `http:`. The site's own come
/// first and alone: what else is needed is asked when they are there, since asking can take as long as verifying.
pub(crate) fn wanted(text: &str, gathered: &Gathered, own_origin: Option<&str>) -> Vec<String> {
    if let Some(origin) = own_origin.filter(|origin| text.len() < (8 << 20) && origin.starts_with("http:")) {
        let mut found = BTreeSet::new();
        if let Some(value) = parsed(text) {
            own_lists(&value, origin, 0, &mut found);
        }
        found.retain(|url| !gathered.by_url.contains_key(url));
        if !found.is_empty() {
            return found.into_iter().collect();
        }
    }
    needs(text, gathered).into_iter().map(|need| need.url).collect()
}

/// A credential's JSON, out of its JWT where it is one.
pub(crate) fn parsed(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.starts_with('{') {
        return serde_json::from_str(text).ok();
    }
    let payload = text.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn own_lists(value: &Value, origin: &str, depth: usize, found: &mut BTreeSet<String>) {
    let below = |url: &&str| url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
    match value {
        Value::Object(members) if depth < 16 => {
            let list = members.get("statusListCredential").and_then(Value::as_str).filter(below);
            found.extend(list.map(str::to_owned));
            members.values().for_each(|inner| own_lists(inner, origin, depth + 1, found));
        }
        Value::Array(items) if depth < 16 => items.iter().for_each(|inner| own_lists(inner, origin, depth + 1, found)),
        Value::String(jwt) if jwt.starts_with("eyJ") && depth < 16 => {
            if let Some(inner) = parsed(jwt) {
                own_lists(&inner, origin, depth + 1, found);
            }
        }
        _ => {}
    }
}

type Judged = (usize, Container, Verdict);

/// Judges all units, each with what the checker fetched or its bundle's view; many of them on several threads.
async fn judge_all(
    units: Vec<Unit>,
    known: Arc<(Gathered, Vec<Gathered>)>,
    ask: &Ask,
    progress: impl Fn(usize),
) -> Vec<Judged> {
    let policy = Arc::new(ask.policy.clone());
    let at = ask.at;
    let judge = move |unit: &Unit, known: &(Gathered, Vec<Gathered>), policy: &Policy| {
        let gathered = unit.bundle.map_or(&known.0, |number| &known.1[number]);
        (unit.place, unit.container, verify(&unit.text, gathered, at, policy))
    };
    let mut judged = Vec::with_capacity(units.len());
    if units.len() <= FEW {
        for unit in units {
            judged.push(judge(&unit, &known, &policy));
            progress(judged.len());
        }
        return judged;
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(16);
    let mut batches: Vec<Vec<Unit>> = Vec::new();
    let size = units.len().div_ceil(threads * 4).max(1);
    for (at, unit) in units.into_iter().enumerate() {
        if at % size == 0 {
            batches.push(Vec::with_capacity(size));
        }
        batches.last_mut().expect("one was pushed for the first unit").push(unit);
    }
    let mut running = JoinSet::new();
    let mut waiting = batches.into_iter();
    loop {
        while running.len() < threads
            && let Some(batch) = waiting.next()
        {
            let (known, policy) = (known.clone(), policy.clone());
            running.spawn_blocking(move || batch.iter().map(|unit| judge(unit, &known, &policy)).collect::<Vec<_>>());
        }
        match running.join_next().await {
            Some(Ok(batch)) => judged.extend(batch),
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => return judged,
        }
        progress(judged.len());
    }
}

/// Which answers fall short; of a presentation those of everything in it: who issued what is asked of its credentials.
fn falls_short(verdict: &Verdict, require: &[Require]) -> Vec<Require> {
    let presents = verdict.nested.iter().any(|nested| nested.role == NestedRole::Presented);
    let mut short: Vec<Require> =
        [Require::Genuine, Require::Current, Require::Known, Require::Entitled, Require::Whose]
            .into_iter()
            .filter(|answer| match answer {
                Require::Genuine | Require::Current => true,
                _ => !presents && require.contains(answer),
            })
            .filter(|answer| !good(verdict, *answer))
            .collect();
    for nested in verdict.nested.iter().filter(|nested| nested.role == NestedRole::Presented) {
        for answer in falls_short(&nested.verdict, require) {
            if !short.contains(&answer) {
                short.push(answer);
            }
        }
    }
    short
}

fn good(verdict: &Verdict, answer: Require) -> bool {
    match answer {
        Require::Genuine => verdict.genuine.is == Genuine::Yes,
        Require::Current => verdict.current.is == Current::Yes,
        Require::Known => matches!(verdict.known.is, Known::OnList { .. } | Known::VouchedFor { .. }),
        Require::Entitled => matches!(verdict.entitled.is, Entitled::DefinedIt | Entitled::Delegated { .. }),
        Require::Whose => matches!(verdict.whose.is, Whose::ShownByKey | Whose::AddressMatches { confirmed: true }),
    }
}

fn shown(ask: &Ask, offline: bool) -> PolicyShown {
    PolicyShown {
        trust_lists: ask.policy.trust_lists.iter().map(|list| list.name.clone()).collect(),
        oldest_status_hours: ask.policy.oldest_status.as_hours(),
        offline,
        addresses: ask.policy.holder.addresses.clone(),
        require: ask.require.clone(),
    }
}
