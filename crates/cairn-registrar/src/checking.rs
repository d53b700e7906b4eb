//! Checking what was dropped: needs, gather, again, then verify. The same two calls for every face.

use std::sync::atomic::{AtomicUsize, Ordering};

use cairn_credential::gathered::{BroughtBy, Fetched, Gathered, Got};
use cairn_credential::intake::{Container, Item, What};
use cairn_credential::verdict::{Current, Entitled, Genuine, Known, NestedRole, Verdict, Whose};
use cairn_credential::{Policy, needs, verify};
use jiff::Timestamp;

use crate::gather::Gatherer;
use crate::shapes::{Became, CheckedItem, PolicyShown, Require, VerifyReport};

/// Rounds of asking what is still needed: a key document may name another, a status list its signer's.
const MOST_ROUNDS: usize = 5;

/// The question that is put to every credential.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What the checker accepts.
    pub policy: Policy,
    /// Answers that must be good besides genuine and current.
    pub require: Vec<Require>,
    /// The moment for which it is judged.
    pub at: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Checked {
    /// For every face.
    pub report: VerifyReport,
    /// Everything that was fetched or brought along.
    pub gathered: Gathered,
    /// The exact text of each item of the report; `None` for claims and what could not be read.
    pub texts: Vec<Option<String>>,
}

/// A credential on its way, with what came in its own bundle.
struct Waiting {
    index: usize,
    name: String,
    text: String,
    container: Container,
    brought: Gathered,
}

/// Checks everything that was found. Never fails as a whole; `progress` hears (done, total).
pub async fn check(items: Vec<Item>, ask: &Ask, gatherer: &Gatherer, progress: impl Fn(usize, usize) + Sync) -> Checked {
    let mut became: Vec<Option<CheckedItem>> = Vec::new();
    let mut waiting = Vec::new();
    for item in items {
        lay_out(item, &mut became, &mut waiting);
    }
    let total = became.len();
    let done = AtomicUsize::new(total - waiting.len());
    progress(done.load(Ordering::Relaxed), total);
    let mut gathered = Gathered::default();
    let mut texts: Vec<Option<String>> = vec![None; total];
    for one in waiting {
        let for_this = gather(&one, ask, gatherer, &gathered).await;
        let verdict = judge(&one.text, &for_this, ask);
        merge(&mut gathered, for_this);
        let falls_short = falls_short(&verdict, &ask.require);
        texts[one.index] = Some(one.text);
        became[one.index] = Some(CheckedItem {
            name: one.name,
            became: Became::Credential {
                container: one.container,
                verdict: Box::new(verdict),
                ok: falls_short.is_empty(),
                falls_short,
            },
        });
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    }
    let items: Vec<CheckedItem> = became.into_iter().flatten().collect();
    let ok = items.iter().all(|item| matches!(item.became, Became::Credential { ok: true, .. }));
    let report = VerifyReport {
        shape: "cairn/verify/1".into(),
        at: ask.at,
        policy: shown(ask, gatherer.is_offline()),
        items,
        ok,
    };
    Checked { report, gathered, texts }
}

/// Sorts one found thing: what can be said at once is said, credentials wait for what they need.
fn lay_out(item: Item, became: &mut Vec<Option<CheckedItem>>, waiting: &mut Vec<Waiting>) {
    let name = item.name;
    let mut wait = |became: &mut Vec<Option<CheckedItem>>, name, text, container, brought| {
        waiting.push(Waiting { index: became.len(), name, text, container, brought });
        became.push(None);
    };
    match item.what {
        What::Credential { text, container } => wait(became, name, text, container, Gathered::default()),
        What::Presentation { text } => {
            let container = if text.trim_start().starts_with('{') { Container::Json } else { Container::Jwt };
            wait(became, name, text, container, Gathered::default());
        }
        What::Bundle(bundle) => {
            for bundled in bundle.credentials {
                let inner = format!("{name}!/{}", bundled.name);
                wait(became, inner, bundled.text, Container::Bundle, bundle.gathered.clone());
            }
        }
        What::Claim { text, why } => became.push(Some(CheckedItem { name, became: Became::Claim { why, text } })),
        What::Unread(problem) => became.push(Some(CheckedItem { name, became: Became::Unread { problem } })),
    }
}

/// What `one` needs. What the checker fetches comes before what a bundle brought: the bundle fills what could not be
/// had, so that offline equals online where a signature carries it.
async fn gather(one: &Waiting, ask: &Ask, gatherer: &Gatherer, have: &Gathered) -> Gathered {
    let mut mine = Gathered::default();
    for _ in 0..MOST_ROUNDS {
        let needed: Vec<_> =
            needs(&one.text, &mine).into_iter().filter(|need| !mine.by_url.contains_key(&need.url)).collect();
        if needed.is_empty() {
            break;
        }
        for need in needed {
            let known = have.by_url.get(&need.url).filter(|known| known.by == BroughtBy::Checker);
            let fetched = match known {
                Some(known) => known.clone(),
                None => gatherer.fetch(&need, ask.at).await,
            };
            let brought = one.brought.by_url.get(&need.url).cloned().map(|b| Fetched { by: BroughtBy::Bundle, ..b });
            let use_this = match (&fetched.got, brought) {
                (Got::Failed(_), Some(brought)) => brought,
                _ => fetched,
            };
            mine.by_url.insert(need.url, use_this);
        }
    }
    mine
}

fn judge(text: &str, gathered: &Gathered, ask: &Ask) -> Verdict {
    verify(text, gathered, ask.at, &ask.policy)
}

/// Keeps what was had; a document the checker fetched is never replaced by one a bundle brought.
fn merge(all: &mut Gathered, new: Gathered) {
    for (url, fetched) in new.by_url {
        let better = match all.by_url.get(&url) {
            None => true,
            Some(old) => fetched.by == BroughtBy::Checker && old.by == BroughtBy::Bundle,
        };
        if better {
            all.by_url.insert(url, fetched);
        }
    }
}

/// Which answers fall short: genuine and current always, the others when they are insisted on. A presentation is as
/// good as the worst credential in it.
fn falls_short(verdict: &Verdict, require: &[Require]) -> Vec<Require> {
    let mut short = Vec::new();
    if verdict.genuine.is != Genuine::Yes {
        short.push(Require::Genuine);
    }
    if verdict.current.is != Current::Yes {
        short.push(Require::Current);
    }
    let presentation = verdict.nested.iter().any(|nested| nested.role == NestedRole::Presented);
    if !presentation {
        let known = matches!(verdict.known.is, Known::OnList { .. } | Known::VouchedFor { .. });
        let entitled = matches!(verdict.entitled.is, Entitled::DefinedIt | Entitled::Delegated { .. });
        let whose = matches!(verdict.whose.is, Whose::ShownByKey | Whose::AddressMatches { confirmed: true });
        for (good, answer) in [(known, Require::Known), (entitled, Require::Entitled), (whose, Require::Whose)] {
            if !good && require.contains(&answer) {
                short.push(answer);
            }
        }
    }
    for nested in verdict.nested.iter().filter(|nested| nested.role == NestedRole::Presented) {
        for answer in falls_short(&nested.verdict, require) {
            if !short.contains(&answer) {
                short.push(answer);
            }
        }
    }
    short
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
