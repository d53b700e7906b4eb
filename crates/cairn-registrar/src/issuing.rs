//! Issuing: an award is one transaction, from the place on the status list to the exact signed text.

use cairn_credential::facts::{Facts, Party};
use cairn_credential::sign::{SigningKey, open_badge, sign_data_integrity, sign_jwt_at};
use cairn_credential::status::{self, Bits, Purpose};
use cairn_store::{AchievementVersion, Org, Store, StoreFault, StoredCredential, StoredStatusList, TakenIndex, Tx};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::keyring::Keyring;
use crate::keys;
use crate::log;
use crate::outside::Outside;
use crate::refusal::{Refusal, Trouble};

/// Where issuing happens: the store, the keyring, clock and chance, and the address under which the world sees the site.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The store.
    pub store: Store,
    /// Sealed keys.
    pub keyring: Keyring,
    /// Clock and chance.
    pub outside: Outside,
    /// Such as `https://badges.example.edu`, without a slash at its end.
    pub base_url: String,
}

/// An issuer that has been set up.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Its row.
    pub org: Org,
    /// How credentials name it.
    pub party: Party,
}

/// What is to be awarded.
#[derive(Debug, Clone)]
pub struct Award {
    /// The issuer's id.
    pub org_id: String,
    /// What makes a repeated request the same award.
    pub idempotency_key: String,
    /// What the credential says. Its id and issuer are filled in.
    pub facts: Facts,
    /// How it is secured.
    pub secured: Secured,
}

/// A credential that waits for its places on status lists and its signature.
#[derive(Debug, Clone)]
pub(crate) struct Unsigned {
    /// What it says.
    pub facts: Facts,
    /// What is recorded of it, but for the signed text and its hash.
    pub row: StoredCredential,
    /// How it is secured.
    pub secured: Secured,
}

/// How a credential is secured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Secured {
    /// JSON with an `eddsa-rdfc-2022` proof.
    #[default]
    DataIntegrity,
    /// A VC-JWT.
    Jwt,
}

/// What was asked to be done with a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusChange {
    /// Taken back for good.
    Revoke,
    /// Taken back for a time.
    Suspend,
    /// Given back after a suspension.
    Resume,
}

/// A served list is signed again when it is older than this, so that a copy of it in a bundle is fresh.
const SIGNED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl Desk {
    /// Makes an award of the site's own sample data and answers with what was signed. The same idempotency key gives
    /// the same credential again.
    pub async fn issue(&self, award: Award) -> Result<StoredCredential, Trouble> {
        self.issue_to(award, None).await
    }

    /// The same for somebody whose name and address (lower case) the records keep, so that it is among their badges.
    pub async fn issue_to(
        &self,
        award: Award,
        recipient: Option<(String, String)>,
    ) -> Result<StoredCredential, Trouble> {
        let org = self.org(&award.org_id).await?;
        let key = self.signing_key(&org.id).await?;
        let mut tx = self.store.begin().await?;
        if let Some(made) = tx.find_credential_by_key(&org.id, &award.idempotency_key).await? {
            return Ok(made);
        }
        let mut facts = award.facts;
        facts.id = Some(format!("urn:uuid:{}", self.outside.id()));
        facts.issuer = party(&org);
        let (achievement_id, version) = self.publish(&mut tx, &org, &mut facts).await?;
        let row = StoredCredential {
            org_id: org.id.clone(),
            credential_id: facts.id.clone().unwrap_or_default(),
            public_id: public_id(&self.outside),
            idempotency_key: award.idempotency_key,
            achievement_id,
            version,
            awarded: facts.awarded.or(facts.valid_from).unwrap_or_else(|| self.outside.now()),
            valid_until: facts.valid_until,
            leaf_salt: Some(log::salt(&self.outside)),
            recipient_name: recipient.as_ref().map(|one| one.0.clone()),
            recipient_email: recipient.map(|one| one.1),
            ..StoredCredential::default()
        };
        let made = self.issue_within(&mut tx, &key, vec![Unsigned { facts, row, secured: award.secured }]).await?;
        self.log_awards(&mut tx, &org, &made).await?;
        tx.commit().await?;
        let made = made.into_iter().next().ok_or_else(|| Trouble::fault("an award came to nothing"))?;
        tracing::info!(credential.id = %made.credential_id, "Issued credential {}", made.credential_id);
        Ok(made)
    }

    /// Takes places on the status lists, signs, and records; all of one organisation. What is signed is signed on all
    /// cores, since it is what takes the time.
    pub(crate) async fn issue_within(
        &self,
        tx: &mut Tx,
        key: &SigningKey,
        many: Vec<Unsigned>,
    ) -> Result<Vec<StoredCredential>, Trouble> {
        let (Some(first), Ok(count)) = (many.first(), u32::try_from(many.len())) else { return Ok(Vec::new()) };
        let org_id = first.row.org_id.clone();
        let mut ranges = Vec::new();
        for purpose in [Purpose::Revocation, Purpose::Suspension] {
            let first = self.take_places(tx, &org_id, key, &purpose, count).await?;
            ranges.push((purpose, self.list_url(&first.list_id), first));
        }
        let entries = |n: usize| -> Vec<Value> {
            let entry = |(purpose, url, first): &(Purpose, String, TakenIndex)| {
                status::list_entry(url, purpose, first.index + n as u64)
            };
            ranges.iter().map(entry).collect()
        };
        let mut rows = Vec::with_capacity(many.len());
        let mut work = Vec::with_capacity(many.len());
        for (n, one) in many.into_iter().enumerate() {
            work.push((one.facts, entries(n), one.secured));
            rows.push(one.row);
        }
        let signed = self.outside.now();
        let texts = sign_all(work, key, signed).await?;
        for ((n, row), text) in rows.iter_mut().enumerate().zip(texts) {
            row.sha256 = sha256(&text);
            row.signed_with = Some(key.verification_method.clone());
            row.signed = Some(signed);
            row.signed_text = text;
            tx.insert_credential(row).await?;
            for (_, _, first) in &ranges {
                let place = TakenIndex { index: first.index + n as u64, ..first.clone() };
                tx.insert_credential_status(&row.org_id, &row.credential_id, &place).await?;
            }
        }
        Ok(rows)
    }

    /// Revokes, suspends or resumes a credential: its list is changed and signed anew.
    pub async fn change_status(&self, org_id: &str, credential_id: &str, to: StatusChange) -> Result<(), Trouble> {
        let places = self.store.list_credential_status(org_id, credential_id).await?;
        let mut tx = self.store.begin().await?;
        self.change_status_within(&mut tx, (credential_id, &places), to).await?;
        tx.commit().await?;
        tracing::info!(credential.id = %credential_id, "Changed the status of {credential_id}: {to:?}");
        Ok(())
    }

    /// Changes the bit of a credential that has these places, in a transaction.
    pub(crate) async fn change_status_within(
        &self,
        tx: &mut Tx,
        (credential_id, places): (&str, &[TakenIndex]),
        to: StatusChange,
    ) -> Result<(), Trouble> {
        let purpose = if to == StatusChange::Revoke { Purpose::Revocation } else { Purpose::Suspension };
        let place = places.iter().find(|place| place.purpose == purpose.word()).ok_or_else(|| {
            let says = format!("This site has issued no credential {credential_id} whose status could be changed.");
            Refusal::new("no-such-credential", says)
        })?;
        let list = tx.find_status_list_to_change(&place.list_id).await?;
        let list = list.ok_or_else(|| Trouble::fault(format!("the status list {} is gone", place.list_id)))?;
        let mut bits = bits(&list)?;
        if !bits.set(place.index, to != StatusChange::Resume) {
            return Err(Trouble::fault(format!("the status list {} has no place {}", list.list_id, place.index)));
        }
        self.sign_list(tx, &list, &bits).await?;
        Ok(())
    }

    /// Revokes all that have these places on a list: it is signed once.
    pub(crate) async fn set_bits(&self, tx: &mut Tx, list_id: &str, indexes: &[u64]) -> Result<(), Trouble> {
        let list = tx.find_status_list_to_change(list_id).await?;
        let list = list.ok_or_else(|| Trouble::fault(format!("the status list {list_id} is gone")))?;
        let mut bits = bits(&list)?;
        for index in indexes {
            if !bits.set(*index, true) {
                return Err(Trouble::fault(format!("the status list {list_id} has no place {index}")));
            }
        }
        self.sign_list(tx, &list, &bits).await?;
        Ok(())
    }

    /// A signed status list as it is served; `None` when there is none of that id. One that was signed a while ago is
    /// signed again with the same bits.
    pub async fn status_list(&self, list_id: &str) -> Result<Option<String>, Trouble> {
        let Some(list) = self.store.find_status_list(list_id).await? else { return Ok(None) };
        if self.outside.now().duration_since(list.updated) < SIGNED_AGAIN_AFTER {
            return Ok(Some(list.signed_text));
        }
        let mut tx = self.store.begin().await?;
        let Some(list) = tx.find_status_list_to_change(list_id).await? else { return Ok(None) };
        let bits = bits(&list)?;
        let text = self.sign_list(&mut tx, &list, &bits).await?;
        tx.commit().await?;
        Ok(Some(text))
    }

    /// Address of a status list.
    pub fn list_url(&self, list_id: &str) -> String {
        format!("{}/status/{list_id}", self.base_url)
    }

    pub(crate) async fn org(&self, org_id: &str) -> Result<Org, Trouble> {
        let found = self.store.find_org(org_id).await?;
        found.ok_or_else(|| Refusal::new("no-such-issuer", format!("This site has no issuer {org_id}.")).into())
    }

    /// The issuer's newest key that may sign now, under the issuer's own name.
    pub(crate) async fn signing_key(&self, org_id: &str) -> Result<SigningKey, Trouble> {
        let org = self.org(org_id).await?;
        let now = self.outside.now();
        let keys = self.store.list_issuer_keys(org_id).await?;
        let usable = keys.iter().find(|key| keys::signs_for(key, &org.did, now));
        let usable = usable.ok_or_else(|| {
            Refusal::new("no-key", format!("{} has no key that may sign now. Make a new one.", org.name))
        })?;
        self.keyring.open(usable)
    }

    /// The key that signs a list again: it goes on under the name under which its credentials know it, also after the
    /// issuer has taken another.
    async fn list_key(&self, tx: &mut Tx, list: &StoredStatusList) -> Result<SigningKey, Trouble> {
        let all = tx.list_issuer_keys(&list.org_id).await?;
        let issuer = status::list_issuer(&list.signed_text);
        let key = keys::for_lists(&all, issuer.as_deref(), self.outside.now());
        let key = key.ok_or_else(|| Refusal::new("no-key", "No key may sign this status list now. Make a new one."))?;
        self.keyring.open(key)
    }

    /// Publishes the version of the achievement that is awarded, or finds it published; never changes it.
    async fn publish(&self, tx: &mut Tx, org: &Org, facts: &mut Facts) -> Result<(String, String), Trouble> {
        let achievement = facts.achievement.as_mut().ok_or_else(|| {
            Refusal::new("no-achievement", "An award names what was achieved; there is no achievement in it.")
        })?;
        achievement.definer = party(org);
        let version = achievement.version.get_or_insert_with(|| "1".into()).clone();
        let body = serde_json::to_string(achievement).map_err(|error| Trouble::fault(error.to_string()))?;
        let one = AchievementVersion {
            org_id: org.id.clone(),
            achievement_id: achievement.id.clone(),
            version: version.clone(),
            sha256: sha256(&body),
            body,
            created: self.outside.now(),
            definition: None,
            number: None,
            published_by: None,
            superseded: None,
        };
        match tx.insert_achievement_version(&one).await {
            Ok(()) => Ok((one.achievement_id, version)),
            Err(StoreFault::Taken(_)) => {
                let says = format!(
                    "Version {version} of this achievement is published and says something else. Give the \
                                    changed definition a new version."
                );
                Err(Refusal::new("version-published", says).into())
            }
            Err(fault) => Err(fault.into()),
        }
    }

    /// So many places in a row on one of the issuer's lists for a purpose, told by the first; a new list when there is
    /// none with room.
    async fn take_places(
        &self,
        tx: &mut Tx,
        org_id: &str,
        key: &SigningKey,
        purpose: &Purpose,
        many: u32,
    ) -> Result<TakenIndex, Trouble> {
        if let Some(first) = tx.update_next_index(org_id, purpose.word(), many).await? {
            return Ok(first);
        }
        let bits = Bits::zeros(status::MINIMUM_BITS);
        let list_id = self.outside.id();
        let list = StoredStatusList {
            signed_text: self.signed_list(&list_id, key, purpose, &bits)?,
            org_id: org_id.into(),
            list_id: list_id.clone(),
            purpose: purpose.word().into(),
            bits: bits.encode().into_bytes(),
            next_index: u64::from(many),
            size: bits.len(),
            updated: self.outside.now(),
        };
        if list.next_index > list.size {
            return Err(Trouble::fault(format!("{many} awards at once are more than a status list has places")));
        }
        tx.insert_status_list(&list).await?;
        Ok(TakenIndex { list_id, index: 0, purpose: purpose.word().into() })
    }

    async fn sign_list(&self, tx: &mut Tx, list: &StoredStatusList, bits: &Bits) -> Result<String, Trouble> {
        let key = self.list_key(tx, list).await?;
        let text = self.signed_list(&list.list_id, &key, &Purpose::from_word(&list.purpose), bits)?;
        tx.update_status_list(&list.list_id, bits.encode().as_bytes(), &text, self.outside.now()).await?;
        Ok(text)
    }

    /// Signs all of an issuer's lists again: after its keys have changed, so that none stands under a key that is not to
    /// be believed any more.
    pub(crate) async fn sign_lists_again(&self, tx: &mut Tx, org_id: &str) -> Result<(), Trouble> {
        for list in tx.list_status_lists(org_id).await? {
            self.sign_list(tx, &list, &bits(&list)?).await?;
        }
        Ok(())
    }

    fn signed_list(&self, list_id: &str, key: &SigningKey, purpose: &Purpose, bits: &Bits) -> Result<String, Trouble> {
        let now = self.outside.now();
        let unsigned = status::list_credential(&self.list_url(list_id), key.controller(), purpose, now, bits);
        sign(&unsigned, key, now, Secured::DataIntegrity)
    }
}

/// The last part of a credential's address: 128 random bits in base62.
pub(crate) fn public_id(outside: &Outside) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = u128::from_be_bytes(outside.bytes());
    let digits: Vec<u8> = (0..22)
        .map(|_| {
            let digit = DIGITS[(rest % 62) as usize];
            rest /= 62;
            digit
        })
        .collect();
    String::from_utf8_lossy(&digits).into_owned()
}

/// Signs on as many threads as there are cores, beside those that answer requests. In the order given.
async fn sign_all(
    work: Vec<(Facts, Vec<Value>, Secured)>,
    key: &SigningKey,
    at: Timestamp,
) -> Result<Vec<String>, Trouble> {
    let one = move |key: &SigningKey, (facts, entries, secured): &(Facts, Vec<Value>, Secured)| {
        sign(&open_badge(facts, entries), key, at, *secured)
    };
    if let [only] = work.as_slice() {
        return Ok(vec![one(key, only)?]);
    }
    let key = key.clone();
    let all = move || {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let part = work.len().div_ceil(cores).max(1);
        std::thread::scope(|scope| {
            let key = &key;
            let sign_part = |part| scope.spawn(move || part_of(part, |item| one(key, item)));
            let running: Vec<_> = work.chunks(part).map(sign_part).collect();
            let mut texts = Vec::with_capacity(work.len());
            for thread in running {
                texts.extend(thread.join().map_err(|_| Trouble::fault("signing broke off"))??);
            }
            Ok(texts)
        })
    };
    tokio::task::spawn_blocking(all).await.map_err(|error| Trouble::fault(error.to_string()))?
}

fn part_of<T>(part: &[T], each: impl Fn(&T) -> Result<String, Trouble>) -> Result<Vec<String>, Trouble> {
    part.iter().map(each).collect()
}

fn sign(unsigned: &Value, key: &SigningKey, at: Timestamp, secured: Secured) -> Result<String, Trouble> {
    let signed = match secured {
        Secured::DataIntegrity => sign_data_integrity(unsigned, key, at, "assertionMethod"),
        Secured::Jwt => sign_jwt_at(unsigned, key, at),
    };
    signed.map_err(|says| Refusal::new("not-signed", format!("It was not signed. {says}")).into())
}

fn bits(list: &StoredStatusList) -> Result<Bits, Trouble> {
    let corrupt = || Trouble::fault(format!("the bits of status list {} are damaged", list.list_id));
    let encoded = std::str::from_utf8(&list.bits).map_err(|_| corrupt())?;
    Bits::decode(encoded).map_err(|_| corrupt())
}

/// How credentials name an issuer.
pub(crate) fn party(org: &Org) -> Party {
    Party { id: org.did.clone(), name: Some(org.name.clone()), url: org.url.clone() }
}

/// Lower-case hex SHA-256 of a text.
pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
