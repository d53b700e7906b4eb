//! Checking: dropped things in, a report out. Between them the documents that verification needs are fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::gathered::{BroughtBy, Fetched, Got, Need, NeedKind};
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
    /// What was gathered for all of it; of the bundles' own documents those that were needed.
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
/// Bytes of all documents fetched for one question.
const MOST_FETCHED: usize = 64 << 20;
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
    let total = units.len();
    let asked = Arc::new(Asked { units, bundles, own_origin: gatherer.own_origin().map(str::to_owned) });
    let fetched = gather(&asked, gatherer).await;
    let (judged, everything) = judge_all(&asked, fetched, ask, |done| progress(done, total)).await;
    for (place, container, verdict) in judged {
        let falls_short = falls_short(&verdict, &ask.require);
        let ok = falls_short.is_empty();
        found[place].became = Became::Credential { container, verdict: Box::new(verdict), ok, falls_short };
    }
    let (found, texts) = aside(move || {
        copies::tell_apart(&mut found, &texts);
        (found, texts)
    })
    .await;
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

impl Checked {
    /// About how many bytes it holds.
    pub fn weight(&self) -> usize {
        // A verdict repeats what the text says.
        let texts: usize = self.texts.iter().flatten().map(|text| text.len() * 3).sum();
        texts + self.report.items.len() * 1_024 + weight(&self.gathered)
    }
}

/// About how many bytes documents hold.
pub fn weight(gathered: &Gathered) -> usize {
    gathered.by_url.iter().map(|(url, document)| url.len() + size(document) + 128).sum()
}

/// Bytes of a document's body.
pub(crate) fn size(document: &Fetched) -> usize {
    let (Got::Text(body) | Got::Bytes(body) | Got::Failed(body)) = &document.got;
    body.len()
}

/// Runs what keeps a processor busy where nobody who waits is kept from the others.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// What is to be judged.
struct Asked {
    units: Vec<Unit>,
    /// The documents of each bundle.
    bundles: Vec<Gathered>,
    own_origin: Option<String>,
}

impl Asked {
    fn brought(&self, unit: &Unit) -> Option<&Gathered> {
        unit.bundle.map(|number| &self.bundles[number])
    }

    /// Which of these units need documents that were not fetched yet, and their addresses.
    fn missing(&self, open: &[usize], fetched: &Gathered) -> (Vec<usize>, BTreeMap<String, NeedKind>) {
        let own = self.own_origin.as_deref();
        let mut all = BTreeMap::new();
        let mut unfinished = Vec::new();
        for number in open {
            let unit = &self.units[*number];
            let wanted: BTreeMap<String, NeedKind> = match self.brought(unit) {
                None => wanted(&unit.text, fetched, own).into_iter().map(|need| (need.url, need.kind)).collect(),
                Some(brought) => view(&unit.text, brought, fetched, own).1,
            };
            if !wanted.is_empty() {
                unfinished.push(*number);
                all.extend(wanted);
            }
        }
        (unfinished, all)
    }
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
async fn gather(asked: &Arc<Asked>, gatherer: &Gatherer) -> Arc<Gathered> {
    let mut fetched = Arc::new(Gathered::default());
    if gatherer.is_offline() && gatherer.own_origin().is_none() {
        return fetched;
    }
    let mut open: Vec<usize> = (0..asked.units.len()).collect();
    for _ in 0..MOST_ROUNDS {
        let mut needs;
        let (units, known) = (Arc::clone(asked), Arc::clone(&fetched));
        (open, needs) = aside(move || units.missing(&open, &known)).await;
        needs.retain(|url, _| !fetched.by_url.contains_key(url) && (!gatherer.is_offline() || gatherer.is_own(url)));
        if needs.is_empty() {
            break;
        }
        let mut needs = needs.into_iter().map(|(url, kind)| Need { url, kind });
        let room = MOST_DOCUMENTS.saturating_sub(fetched.by_url.len());
        let bytes = MOST_FETCHED.saturating_sub(weight(&fetched));
        let documents = gatherer.fetch_all(needs.by_ref().take(room).collect(), bytes).await;
        let by_url = &mut Arc::make_mut(&mut fetched).by_url;
        by_url.extend(documents);
        for need in needs {
            let says = format!(
                "More than {MOST_DOCUMENTS} documents would be needed for one question, so it was not fetched."
            );
            let got = Fetched { got: Got::Failed(says), at: gatherer.now(), by: BroughtBy::Checker };
            by_url.insert(need.url, got);
        }
    }
    fetched
}

/// What a bundle's credential is judged with: of the documents that it needs, what the checker fetched, and where that
/// failed what came along in its bundle (no other bundle's); and which of them were not fetched.
fn view(
    text: &str,
    brought: &Gathered,
    fetched: &Gathered,
    own_origin: Option<&str>,
) -> (Gathered, BTreeMap<String, NeedKind>) {
    let mut view = Gathered::default();
    let mut missing = BTreeMap::new();
    // Plain `http:` is never asked for, so nothing wants it; what a demo's bundle has of it is judged like the rest.
    let plain = |url: &str| url.starts_with("http:") && brought.by_url.contains_key(url);
    if brought.by_url.keys().any(|url| plain(url)) {
        for url in lists_in(text, &plain) {
            let fetched = fetched.by_url.get(&url).filter(|document| !failed(document));
            view.by_url.extend(fetched.or_else(|| brought.by_url.get(&url)).map(|document| (url, document.clone())));
        }
        missing.extend(
            view.by_url
                .keys()
                .filter(|url| own_origin.is_some_and(|own| is_below(url, own)))
                .filter(|url| !fetched.by_url.contains_key(*url))
                .map(|url| (url.clone(), NeedKind::StatusList)),
        );
    }
    for _ in 0..MOST_ROUNDS {
        let mut added = false;
        for need in wanted(text, &view, own_origin) {
            let own = fetched.by_url.get(&need.url);
            let best = own.filter(|document| !failed(document)).or_else(|| brought.by_url.get(&need.url)).or(own);
            if own.is_none() {
                missing.insert(need.url.clone(), need.kind);
            }
            if let Some(document) = best {
                view.by_url.insert(need.url, document.clone());
                added = true;
            }
        }
        if !added {
            break;
        }
    }
    (view, missing)
}

fn failed(document: &Fetched) -> bool {
    matches!(document.got, Got::Failed(_))
}

/// Addresses that a text still needs; those of the site itself too, which may be plain `http:`. The site's own come
/// first and alone: what else is needed is asked when they are there, since asking can take as long as verifying.
pub(crate) fn wanted(text: &str, gathered: &Gathered, own_origin: Option<&str>) -> Vec<Need> {
    if let Some(origin) = own_origin.filter(|origin| origin.starts_with("http:")) {
        let mut found = lists_in(text, &|url| is_below(url, origin));
        found.retain(|url| !gathered.by_url.contains_key(url));
        if !found.is_empty() {
            return found.into_iter().map(|url| Need { url, kind: NeedKind::StatusList }).collect();
        }
    }
    needs(text, gathered)
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

fn is_below(url: &str, origin: &str) -> bool {
    url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'))
}

/// The status lists that a text names, of those that are looked for.
fn lists_in(text: &str, sought: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if text.len() < (8 << 20)
        && let Some(value) = parsed(text)
    {
        lists_below(&value, sought, 0, &mut found);
    }
    found
}

fn lists_below(value: &Value, sought: &dyn Fn(&str) -> bool, depth: usize, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) if depth < 16 => {
            let list = members.get("statusListCredential").and_then(Value::as_str).filter(|url| sought(url));
            found.extend(list.map(str::to_owned));
            members.values().for_each(|inner| lists_below(inner, sought, depth + 1, found));
        }
        Value::Array(items) if depth < 16 => {
            items.iter().for_each(|inner| lists_below(inner, sought, depth + 1, found))
        }
        Value::String(jwt) if jwt.starts_with("eyJ") && depth < 16 => {
            if let Some(inner) = parsed(jwt) {
                lists_below(&inner, sought, depth + 1, found);
            }
        }
        _ => {}
    }
}

type Judged = (usize, Container, Verdict);

/// Judges all units, many of them on several threads, each with what the checker fetched or its own view. With them
/// comes what they were judged with.
async fn judge_all(
    asked: &Arc<Asked>,
    fetched: Arc<Gathered>,
    ask: &Ask,
    progress: impl Fn(usize),
) -> (Vec<Judged>, Gathered) {
    let policy = Arc::new(ask.policy.clone());
    let at = ask.at;
    let all = asked.units.len();
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(16);
    let size = all.div_ceil(threads * 4).max(1);
    let mut judged = Vec::with_capacity(all);
    let mut brought = Gathered::default();
    let mut running = JoinSet::new();
    let mut waiting = (0..all).step_by(size);
    loop {
        while running.len() < threads
            && let Some(first) = waiting.next()
        {
            let (asked, fetched, policy) = (Arc::clone(asked), Arc::clone(&fetched), Arc::clone(&policy));
            running.spawn_blocking(move || asked.judge(first..all.min(first + size), &fetched, at, &policy));
        }
        match running.join_next().await {
            Some(Ok((verdicts, documents))) => {
                judged.extend(verdicts);
                join(&mut brought, documents);
            }
            Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
            None => break,
        }
        progress(judged.len());
    }
    let mut everything = Arc::unwrap_or_clone(fetched);
    join(&mut everything, brought);
    (judged, everything)
}

impl Asked {
    /// Judges some units; with the verdicts come the documents of bundles that were needed.
    fn judge(
        &self,
        range: Range<usize>,
        fetched: &Gathered,
        at: Timestamp,
        policy: &Policy,
    ) -> (Vec<Judged>, Gathered) {
        let mut needed = Gathered::default();
        let judge = |unit: &Unit| {
            let verdict = match self.brought(unit) {
                None => verify(&unit.text, fetched, at, policy),
                Some(brought) => {
                    let mut view = view(&unit.text, brought, fetched, self.own_origin.as_deref()).0;
                    let verdict = verify(&unit.text, &view, at, policy);
                    // What the checker fetched is kept once, with the others of its kind.
                    view.by_url.retain(|url, _| fetched.by_url.get(url).is_none_or(failed));
                    join(&mut needed, view);
                    verdict
                }
            };
            (unit.place, unit.container, verdict)
        };
        let judged = self.units[range].iter().map(judge).collect();
        (judged, needed)
    }
}

/// Takes over documents that are not there yet, or only as failures.
fn join(all: &mut Gathered, more: Gathered) {
    for (url, document) in more.by_url {
        if all.by_url.get(&url).is_none_or(failed) {
            all.by_url.insert(url, document);
        }
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
