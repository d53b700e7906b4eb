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

    /// Why `key` may not have made a proof dated `at`: its document says that it had expired or was revoked. A revoked
    /// key proves nothing whatever the date in the proof, which whoever has the key could write.
    pub(super) fn no_longer(
        &self,
        key: &PublicKey,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<(&'static str, String)> {
        let named = self.keys.iter().find(|named| named.key == *key)?;
        if let Some(revoked) = named.revoked.filter(|revoked| *revoked <= now) {
            return Some((
                "key-revoked",
                format!("The issuer has revoked the key that made this proof, on {revoked}."),
            ));
        }
        let expires = named.expires.filter(|expires| at.unwrap_or(now) > *expires)?;
        Some(("key-expired", format!("The key that made this proof was to be used only until {expires}.")))
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
