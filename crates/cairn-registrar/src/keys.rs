//! An issuer's keys: one signs, those before it still verify what they signed, and one that others may have is taken
//! out of use with the date from which it is not to be believed.

use cairn_credential::sign::{ListedKey, controller_document, did_web_below};
use cairn_domain::access::Act;
use cairn_store::{IssuerKey, Org};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::Office;
use crate::access::Actor;
use crate::refusal::{Refusal, Trouble};

/// For how long a key that gives way to another may still end what it has begun: a batch is signed with the key with which
/// it was started.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// Longest reason, in characters.
const LONGEST_NOTE: usize = 300;

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It signs.
    Signs,
    /// It signs no more; what it signed stays good.
    Retired,
    /// Others may have it.
    Compromised,
}

impl Standing {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Signs => "signs",
            Standing::Retired => "retired",
            Standing::Compromised => "compromised",
        }
    }
}

/// A key as its owners see it; never its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyShown {
    /// URI of its verification method.
    pub id: String,
    /// The public key as a multibase Multikey.
    pub multibase: Option<String>,
    /// How it stands.
    pub standing: Standing,
    /// Since when it may sign.
    pub from: Timestamp,
    /// Until when it did.
    pub until: Option<Timestamp>,
    /// Since when others may have it.
    pub compromised: Option<Timestamp>,
    /// Why it was retired or reported.
    pub note: Option<String>,
    /// Credentials that it signed and that are not revoked.
    pub signed: u64,
    /// Of these, signed since others may have it.
    pub signed_since: u64,
}

impl KeyShown {
    /// The part of its id that tells it from the issuer's other keys: `key-2`.
    pub fn short(&self) -> &str {
        let name = self.id.rsplit('#').next().unwrap_or_default();
        if name.len() > 20 { "key-1" } else { name }
    }
}

/// Whether a key may sign now for an issuer of this DID.
pub(crate) fn signs_for(key: &IssuerKey, did: &str, now: Timestamp) -> bool {
    controller(&key.key_id) == did
        && key.compromised.is_none()
        && key.valid_from <= now
        && key.valid_until.is_none_or(|until| now < until)
}

/// Whether it signs now and has no end.
fn lasts(key: &IssuerKey, did: &str, now: Timestamp) -> bool {
    key.valid_until.is_none() && signs_for(key, did, now)
}

/// The key that signs status lists under the name `issuer` (any, when that is not known): one that signs, else, for a
/// name that the issuer has left, the one it had. A did:key cannot be replaced, so its lists are signed by it even when
/// others may have it: what this site serves at the list's address is the issuer's word all the same.
pub(crate) fn for_lists<'k>(keys: &'k [IssuerKey], issuer: Option<&str>, now: Timestamp) -> Option<&'k IssuerKey> {
    let named = |key: &&IssuerKey| issuer.is_none_or(|issuer| controller(&key.key_id) == issuer);
    let signs = |key: &&IssuerKey| signs_for(key, controller(&key.key_id), now);
    let lone = |key: &&IssuerKey| key.key_id.starts_with("did:key:");
    keys.iter().find(|key| named(key) && signs(key)).or_else(|| keys.iter().find(|key| named(key) && lone(key)))
}

/// The document with an issuer's keys and their history. Keys of another name of the issuer's are not in it.
pub(crate) fn document(did: &str, keys: &[IssuerKey]) -> Value {
    let mut own: Vec<&IssuerKey> = keys.iter().filter(|key| controller(&key.key_id) == did).collect();
    own.reverse();
    let listed: Vec<ListedKey> = own
        .into_iter()
        .filter_map(|key| {
            Some(ListedKey {
                id: key.key_id.clone(),
                multibase: key.multibase.clone()?,
                expires: key.valid_until,
                revoked: key.compromised,
            })
        })
        .collect();
    controller_document(did, &listed)
}

fn controller(key_id: &str) -> &str {
    key_id.split('#').next().unwrap_or_default()
}

impl Office {
    /// An organisation's keys, newest first.
    pub async fn keys(&self, actor: &Actor, org: &Org) -> Result<Vec<KeyShown>, Trouble> {
        actor.require(&org.id, Act::Keys)?;
        let now = self.now();
        let mut shown = Vec::new();
        let mut one_signs = false;
        for key in self.desk.store.list_issuer_keys(&org.id).await? {
            let (signed, signed_since) = self.desk.store.count_signed(&org.id, &key.key_id, key.compromised).await?;
            let standing = match () {
                () if key.compromised.is_some() => Standing::Compromised,
                () if one_signs || !signs_for(&key, &org.did, now) => Standing::Retired,
                () => Standing::Signs,
            };
            one_signs |= standing == Standing::Signs;
            shown.push(KeyShown {
                multibase: key.multibase.clone().or_else(|| lone_multibase(&key.key_id)),
                id: key.key_id,
                standing,
                from: key.valid_from,
                until: key.valid_until,
                compromised: key.compromised,
                note: key.note,
                signed,
                signed_since,
            });
        }
        Ok(shown)
    }

    /// The public keys by which anybody can check what an organisation signs: id and Multikey of those in use, newest
    /// first.
    pub async fn public_keys(&self, org: &Org) -> Result<Vec<(String, String)>, Trouble> {
        let now = self.now();
        let keys = self.desk.store.list_issuer_keys(&org.id).await?;
        let named = |key: IssuerKey| {
            let multibase = key.multibase.or_else(|| lone_multibase(&key.key_id))?;
            Some((key.key_id, multibase))
        };
        Ok(keys.into_iter().filter(|key| signs_for(key, &org.did, now)).filter_map(named).collect())
    }

    /// The did:web that an organisation named by its key could take here; `None` when it has one, or the site has no
    /// name of the world's.
    pub fn did_web_for(&self, org: &Org) -> Option<String> {
        let free = !org.did.starts_with("did:web:");
        did_web_below(&self.base_url, &["issuers", &org.slug]).filter(|_| free)
    }

    /// Makes a new key that signs from now on; the one before it is retired and still verifies what it signed.
    pub async fn rotate_key(&self, actor: &Actor, org_id: &str, note: Option<&str>) -> Result<String, Trouble> {
        let org = self.for_keys(actor, org_id).await?;
        if !org.did.starts_with("did:web:") {
            let says = "This organisation's name is its key (did:key), so a new key would be another issuer. Give it a \
                        did:web first, where the site has a name of its own; else keep the key.";
            return Err(Refusal::new("key-is-the-name", says).into());
        }
        self.replace(actor, &org, &org.did, "key.rotate", checked(note)?).await
    }

    /// Gives an organisation named by its key a did:web with a key of its own. What was signed under the old name stays
    /// good, and its status lists go on under it.
    pub async fn take_did_web(&self, actor: &Actor, org_id: &str) -> Result<String, Trouble> {
        let org = self.for_keys(actor, org_id).await?;
        let did = self.did_web_for(&org).ok_or_else(|| {
            let says = "A did:web needs a site that is reached by https under a name of its own, and an organisation \
                        that does not have one yet.";
            Refusal::new("no-did-web", says)
        })?;
        self.replace(actor, &org, &did, "org.rename-did", None).await
    }

    /// Retires a key from now on. Refused for the only one that signs.
    pub async fn retire_key(
        &self,
        actor: &Actor,
        org_id: &str,
        key_id: &str,
        note: Option<&str>,
    ) -> Result<(), Trouble> {
        let org = self.for_keys(actor, org_id).await?;
        let note = checked(note)?;
        let now = self.now();
        let mut tx = self.desk.store.begin().await?;
        let keys = tx.list_issuer_keys(org_id).await?;
        let key = found(&keys, key_id)?;
        if !lasts(key, &org.did, now) {
            return Err(Refusal::new("already-done", "This key signs no more already.").into());
        }
        if !keys.iter().any(|other| other.key_id != key_id && lasts(other, &org.did, now)) {
            let says = "This is the only key that signs. Make a new key: that retires this one.";
            return Err(Refusal::new("last-key", says).into());
        }
        tx.update_issuer_key(org_id, key_id, Some(now + OVERLAP), None, note.as_deref()).await?;
        tx.insert_audit(&actor.audit(&self.outside, org_id, "key.retire", ("key", key_id), None)).await?;
        self.desk.sign_lists_again(&mut tx, org_id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Says that others may have a key since a moment: nothing that it signed from then on is the issuer's. A did:web
    /// issuer whose signing key it was gets a new one at once; answers with that.
    pub async fn report_key(
        &self,
        actor: &Actor,
        org_id: &str,
        key_id: &str,
        since: Timestamp,
        note: Option<&str>,
    ) -> Result<Option<String>, Trouble> {
        let org = self.for_keys(actor, org_id).await?;
        let note = checked(note)?;
        let now = self.now();
        if since > now {
            return Err(Refusal::new(
                "bad-moment",
                "That moment is still to come. Give the first at which others may \
                have had the key.",
            )
            .into());
        }
        let mut tx = self.desk.store.begin().await?;
        let keys = tx.list_issuer_keys(org_id).await?;
        let key = found(&keys, key_id)?;
        if key.compromised.is_some_and(|at| at <= since) {
            let says = "This is reported already, from that moment or an earlier one. An earlier one can be given; a \
                        later one cannot, since badges may have been refused by it.";
            return Err(Refusal::new("already-done", says).into());
        }
        let until = key.valid_until.map_or(now, |until| until.min(now));
        tx.update_issuer_key(org_id, key_id, Some(until), Some(since), note.as_deref()).await?;
        let detail = Some(json!({ "since": since.to_string() }));
        tx.insert_audit(&actor.audit(&self.outside, org_id, "key.compromise", ("key", key_id), detail)).await?;
        let left = keys.iter().any(|other| other.key_id != key_id && lasts(other, &org.did, now));
        let new = match org.did.starts_with("did:web:") && !left {
            true => Some(self.new_key(&mut tx, actor, &org.id, &org.did, &keys).await?),
            false => None,
        };
        self.desk.sign_lists_again(&mut tx, org_id).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// The organisation, for somebody who may change its keys and has lately shown who they are.
    async fn for_keys(&self, actor: &Actor, org_id: &str) -> Result<Org, Trouble> {
        actor.require(org_id, Act::Keys)?;
        actor.proved_lately(self.now())?;
        self.org_by_id(org_id).await
    }

    /// A new key under `did`; all that signed before are retired.
    async fn replace(
        &self,
        actor: &Actor,
        org: &Org,
        did: &str,
        act: &str,
        note: Option<String>,
    ) -> Result<String, Trouble> {
        let now = self.now();
        let mut tx = self.desk.store.begin().await?;
        let keys = tx.list_issuer_keys(&org.id).await?;
        for key in keys.iter().filter(|key| lasts(key, &org.did, now)) {
            tx.update_issuer_key(&org.id, &key.key_id, Some(now + OVERLAP), None, note.as_deref()).await?;
        }
        let key_id = self.new_key(&mut tx, actor, &org.id, did, &keys).await?;
        if did != org.did {
            tx.update_org(&Org { did: did.into(), ..org.clone() }).await?;
            // lists of the old name take no more: a credential and its list are of one name
            tx.update_status_lists_full(&org.id).await?;
        }
        let detail = Some(json!({ "key": key_id, "did": did }));
        tx.insert_audit(&actor.audit(&self.outside, &org.id, act, ("org", &org.id), detail)).await?;
        self.desk.sign_lists_again(&mut tx, &org.id).await?;
        tx.commit().await?;
        Ok(key_id)
    }

    async fn new_key(
        &self,
        tx: &mut cairn_store::Tx,
        actor: &Actor,
        org_id: &str,
        did: &str,
        keys: &[IssuerKey],
    ) -> Result<String, Trouble> {
        let number = 1 + keys.iter().filter(|key| controller(&key.key_id) == did).count();
        let (kept, key) = self.desk.keyring.new_named_key(org_id, &format!("{did}#key-{number}"), &self.outside)?;
        tx.insert_issuer_key(&kept).await?;
        let entry = actor.audit(&self.outside, org_id, "key.make", ("key", &key.verification_method), None);
        tx.insert_audit(&entry).await?;
        Ok(key.verification_method)
    }
}

fn found<'k>(keys: &'k [IssuerKey], key_id: &str) -> Result<&'k IssuerKey, Refusal> {
    keys.iter()
        .find(|key| key.key_id == key_id)
        .ok_or_else(|| Refusal::new("not-found", "This organisation has no such key."))
}

fn checked(note: Option<&str>) -> Result<Option<String>, Refusal> {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Refusal::new("bad-note", format!("The reason may have {LONGEST_NOTE} characters.")));
    }
    Ok(note.map(str::to_owned))
}

/// The Multikey that a did:key is itself.
fn lone_multibase(key_id: &str) -> Option<String> {
    controller(key_id).strip_prefix("did:key:").map(str::to_owned)
}
