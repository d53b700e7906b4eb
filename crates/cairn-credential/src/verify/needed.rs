//! What must still be fetched.

use std::collections::BTreeSet;

use serde_json::Value;

use super::asked::{Ask, MOST_DEPTH, MOST_NESTED};
use super::document::{Document, read, read_inside};
use super::evidence;
use crate::did::{Home, home, is_https};
use crate::gathered::{Gathered, Got, Need, NeedKind};
use crate::policy::Policy;
use crate::proof::Proof;
use crate::status::{self, StatusEntry};
use crate::verdict::Genuine;

/// Most documents that one credential may make us fetch.
const MOST_NEEDS: usize = 100;

pub(super) fn needs(text: &str, gathered: &Gathered) -> Vec<Need> {
    let Ok(document) = read(text) else { return Vec::new() };
    let mut wanted = Wanted { gathered, needs: BTreeSet::new() };
    wanted.document(&document, 0);
    if wanted.needs.is_empty() {
        wanted.hosted_copy(&document);
    }
    wanted.needs.into_iter().take(MOST_NEEDS).collect()
}

struct Wanted<'a> {
    gathered: &'a Gathered,
    needs: BTreeSet<Need>,
}

impl Wanted<'_> {
    fn want(&mut self, url: &str, kind: NeedKind) {
        if is_https(url) && url.len() <= 2048 && !self.gathered.by_url.contains_key(url) {
            self.needs.insert(Need { url: url.to_owned(), kind });
        }
    }

    fn document(&mut self, document: &Document, depth: usize) {
        if depth > MOST_DEPTH {
            return;
        }
        if document.is_presentation() {
            self.keys_of(document, document.holder());
            for (_, value) in document.presented().into_iter().take(MOST_NESTED) {
                self.inside(value, depth);
            }
            return;
        }
        self.keys_of(document, document.issuer());
        for entry in status::entries(&document.value) {
            match entry {
                StatusEntry::Bitstring { list, .. } => {
                    self.want(&list, NeedKind::StatusList);
                    self.list_signer(&list);
                }
                StatusEntry::RevocationList { list, .. } => self.want(&list, NeedKind::RevocationList),
                StatusEntry::Unknown { .. } | StatusEntry::Broken { .. } => {}
            }
        }
        for (_, url, _) in evidence::bound(document) {
            self.want(url, NeedKind::Evidence);
        }
        for (_, value) in document.endorsements().into_iter().take(MOST_NESTED) {
            self.inside(value, depth);
        }
    }

    fn inside(&mut self, value: &Value, depth: usize) {
        if let Ok(document) = read_inside(value) {
            self.document(&document, depth + 1);
        }
    }

    /// The document that holds the keys of whoever secured this; none where nothing in it could be checked anyway.
    fn keys_of(&mut self, document: &Document, id: &str) {
        let readable = document.proofs.iter().any(|proof| matches!(proof, Proof::Embedded(_)));
        if !readable && document.jwt.is_none() {
            return;
        }
        if let Home::At(url) = home(id) {
            self.want(&url, NeedKind::KeyDocument);
        }
    }

    /// A status list that is at hand may be signed by a key that is not.
    fn list_signer(&mut self, url: &str) {
        let Some(Got::Text(text)) = self.gathered.by_url.get(url).map(|fetched| &fetched.got) else { return };
        if let Ok(list) = read(text) {
            let issuer = list.issuer().to_owned();
            self.keys_of(&list, &issuer);
        }
    }

    /// Only for a credential whose proof fails: then the copy at its own address can show where it was altered.
    /// For a good one nobody is told that it is being checked.
    fn hosted_copy(&mut self, document: &Document) {
        let Some(id) = document.value.get("id").and_then(Value::as_str).filter(|_| !document.is_presentation()) else {
            return;
        };
        let policy = Policy::default();
        // no moment is known here; none matters to whether a signature fits
        let ask = Ask {
            gathered: self.gathered,
            now: jiff::Timestamp::UNIX_EPOCH,
            policy: &policy,
            shown_by: &[],
            explain: false,
            depth: 0,
        };
        let mut checks = super::Checks::default();
        let signed = super::genuine::judge(document, document.issuer(), super::Purpose::Assertion, ask, &mut checks);
        let mismatch = checks.0.iter().any(|check| check.code == "signature-mismatch");
        if mismatch && matches!(signed.genuine, Genuine::No { .. }) {
            self.want(id, NeedKind::HostedCopy);
        }
    }
}
