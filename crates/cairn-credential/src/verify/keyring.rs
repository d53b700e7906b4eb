//! Which keys speak for an issuer here and now, and how far they can be believed.

use jiff::Timestamp;

use super::asked::Ask;
use crate::did::{Home, NamedKey, Purpose, document_keys, home, without_fragment};
use crate::gathered::{BroughtBy, Fetched};
use crate::keys::PublicKey;
use crate::policy::Binding;

/// Keys that speak for an issuer.
pub(super) struct Keyring<'a> {
    keys: Vec<NamedKey>,
    /// Keys that the checker pinned for this issuer, and the list that pins them.
    pinned: Vec<(PublicKey, &'a str)>,
    source: Source<'a>,
}

enum Source<'a> {
    /// The identifier is its own key.
    Itself,
    /// A document.
    Document { url: String, fetched: &'a Fetched },
    /// Only the checker's pins.
    Pins,
}

/// How far a key can be believed to be the issuer's.
pub(super) enum Root<'a> {
    /// The identifier is its own key.
    Itself,
    /// The checker fetched the issuer's document.
    Fetched { url: String, fetched: &'a Fetched },
    /// A trust list of the checker's pins the key.
    Pinned { list: &'a str },
    /// Whoever showed the credential brought the document.
    BroughtAlong { url: String, fetched: &'a Fetched },
}

/// What speaks against a proof.
pub(super) struct Against {
    pub code: &'static str,
    pub says: String,
    /// Whether it is surely not the issuer's; else it cannot be told.
    pub surely: bool,
}

/// Why no key is at hand.
pub(super) struct NoKeys {
    pub code: &'static str,
    pub says: String,
}

/// Keys of `id` for `purpose`: its own document decides, or the checker's pins where there is none.
pub(super) fn keyring<'a>(id: &str, purpose: Purpose, ask: Ask<'a>) -> Result<Keyring<'a>, NoKeys> {
    let pinned: Vec<(PublicKey, &str)> = ask
        .policy
        .trust_lists
        .iter()
        .flat_map(|list| list.issuers.iter().filter(|issuer| issuer.id == id).map(move |issuer| (list, issuer)))
        .flat_map(|(list, issuer)| {
            issuer.keys.iter().map(move |key| (PublicKey::from_multibase(key), list.name.as_str()))
        })
        .filter_map(|(key, list)| Some((key.ok()?, list)))
        .collect();
    let pins = |pinned: Vec<(PublicKey, &'a str)>, or: NoKeys| match pinned.is_empty() {
        true => Err(or),
        false => Ok(Keyring { keys: Vec::new(), pinned, source: Source::Pins }),
    };
    let url = match home(id) {
        Home::Itself(key) => return Ok(Keyring { keys: vec![*key], pinned, source: Source::Itself }),
        Home::Nowhere(says) => return pins(pinned, NoKeys { code: "key-not-readable", says }),
        Home::At(url) => url,
    };
    let (document, fetched) = match ask.json(&url) {
        Ok(found) => found,
        Err(says) => {
            let says = format!("The issuer's keys could not be had. {says}");
            return pins(pinned, NoKeys { code: "key-document-missing", says });
        }
    };
    match document_keys(&document, id, purpose) {
        Ok(keys) => Ok(Keyring { keys, pinned, source: Source::Document { url, fetched } }),
        Err(says) => pins(pinned, NoKeys { code: "key-document-unusable", says }),
    }
}

/// The keyring in which to look for a verification method.
pub(super) fn keyring_for<'a>(
    issuer: &str,
    method: &str,
    purpose: Purpose,
    ask: Ask<'a>,
) -> Result<Keyring<'a>, NoKeys> {
    match ask.policy.binding {
        Binding::ProofOnly if method.contains(':') => keyring(without_fragment(method), purpose, ask),
        _ => keyring(issuer, purpose, ask),
    }
}

impl<'a> Keyring<'a> {
    /// Keys that `method` may mean. Pinned keys have no name, so any of them may be meant by one of the issuer's own.
    pub(super) fn named(&self, method: &str, issuer: &str) -> Vec<&PublicKey> {
        let own = without_fragment(method) == issuer;
        // some write only the identifier; where that is the key itself, only one key can be meant
        let itself = matches!(self.source, Source::Itself) && method == issuer;
        let listed = self.keys.iter().filter(|key| key.id == method || itself).map(|key| &key.key);
        let unnamed = self.pinned.iter().filter(|_| own && matches!(self.source, Source::Pins)).map(|(key, _)| key);
        listed.chain(unnamed).collect()
    }

    /// The key that calls itself so, among those that speak for the issuer.
    pub(super) fn called(&self, kid: &str) -> Vec<&PublicKey> {
        self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid)).map(|key| &key.key).collect()
    }

    /// All keys.
    pub(super) fn all(&self) -> Vec<&PublicKey> {
        let pins = self.pinned.iter().filter(|_| matches!(self.source, Source::Pins)).map(|(key, _)| key);
        self.keys.iter().map(|key| &key.key).chain(pins).collect()
    }

    /// How far `key` can be believed to be the issuer's.
    pub(super) fn root(&self, key: &PublicKey) -> Root<'a> {
        if matches!(self.source, Source::Itself) {
            return Root::Itself;
        }
        let pin = self.pinned.iter().find(|(pinned, _)| pinned == key);
        match (&self.source, pin) {
            (Source::Document { url, fetched }, _) if fetched.by == BroughtBy::Checker => {
                Root::Fetched { url: url.clone(), fetched }
            }
            (_, Some((_, list))) => Root::Pinned { list },
            (Source::Document { url, fetched }, None) => Root::BroughtAlong { url: url.clone(), fetched },
            (Source::Itself | Source::Pins, None) => Root::Itself,
        }
    }

    /// What speaks against a proof by `key`, by the key's history in its owner's document. `made` is when the proof says
    /// that it was made; `valid_from`, where it says no more than from when the credential holds.
    ///
    /// An end that its owner planned (`expires`) leaves what was signed before as it was: whoever holds the key then is
    /// its owner. Once others may have the key (`revoked`), they can write any date: a later one condemns the proof by
    /// itself, an earlier one shows nothing.
    pub(super) fn against(
        &self,
        key: &PublicKey,
        made: Option<Timestamp>,
        valid_from: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Against> {
        let history = || self.keys.iter().filter(|named| named.key == *key);
        let revoked = history().filter_map(|named| named.revoked.filter(|at| *at <= now || !named.listed)).min();
        if let Some(revoked) = revoked {
            return Some(match made {
                Some(made) if made >= revoked => Against {
                    code: "key-revoked-before",
                    says: format!(
                        "The proof says it was made at {made}. Its issuer says that others may have had the key since \
                         {revoked}, so this is not the issuer's."
                    ),
                    surely: true,
                },
                _ => Against {
                    code: "key-revoked",
                    says: format!(
                        "Its issuer says that others may have had the key since {revoked}. The proof gives an earlier \
                         date, but whoever has the key can write any: ask the issuer for a new copy."
                    ),
                    surely: false,
                },
            });
        }
        let expires = history().filter_map(|named| named.expires).min()?;
        let at = made.or(valid_from).unwrap_or(now);
        let says = format!("The key that made this proof was to be used only until {expires}.");
        (at > expires).then_some(Against { code: "key-expired", says, surely: made.is_some() })
    }

    /// Whether what these keys say about a name not among them is final: a document that was brought along could
    /// leave out anything.
    pub(super) fn is_authoritative(&self) -> bool {
        match &self.source {
            Source::Itself | Source::Pins => true,
            Source::Document { fetched, .. } => fetched.by == BroughtBy::Checker,
        }
    }
}

impl Root<'_> {
    /// The moment for which it holds.
    pub(super) fn as_of(&self, now: Timestamp) -> Timestamp {
        match self {
            Root::Itself | Root::Pinned { .. } => now,
            Root::Fetched { fetched, .. } | Root::BroughtAlong { fetched, .. } => fetched.at.min(now),
        }
    }
}
