//! The log: every award and every change of a status leaves a salted hash, in order, with nothing about a person.
//!
//! An entry is five lines: `cairn-log-v1`, the kind, the issuer's id, the moment (RFC 3339, UTC), and the hash in hex.
//! For an award the hash is SHA-256 of the credential's salt and the SHA-256 of its signed text; for a change of status
//! also of the status's words. A leaf is SHA-256 of 0x00 and the entry (RFC 6962 §2.1).

use cairn_store::{NewLeaf, Org, StoredCredential, Tx};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::issuing::Desk;
use crate::outside::Outside;
use crate::refusal::Trouble;

/// A new salt: 128 random bits in hex.
pub fn salt(outside: &Outside) -> String {
    hex(&outside.bytes::<16>())
}

impl Desk {
    /// Appends a leaf for each award. Comes last in its transaction.
    pub(crate) async fn log_awards(&self, tx: &mut Tx, org: &Org, made: &[StoredCredential]) -> Result<(), Trouble> {
        let now = self.outside.now();
        let leaves: Vec<NewLeaf> = made.iter().map(|one| leaf(org, one, "award", "", now)).collect();
        tx.insert_log_leaves(&leaves).await?;
        Ok(())
    }

    /// Appends a leaf for a change of status: `revoked`, `suspended` or `valid`, and the code of its reason. Comes last
    /// in its transaction.
    pub(crate) async fn log_status(
        &self,
        tx: &mut Tx,
        org: &Org,
        of: &StoredCredential,
        (status, reason): (&str, &str),
    ) -> Result<(), Trouble> {
        self.log_statuses(tx, org, std::slice::from_ref(of), (status, reason)).await
    }

    /// The same for many credentials at once.
    pub(crate) async fn log_statuses(
        &self,
        tx: &mut Tx,
        org: &Org,
        all: &[StoredCredential],
        (status, reason): (&str, &str),
    ) -> Result<(), Trouble> {
        let (now, words) = (self.outside.now(), format!("{status} {reason}"));
        let leaves: Vec<NewLeaf> = all.iter().map(|of| leaf(org, of, "status", &words, now)).collect();
        tx.insert_log_leaves(&leaves).await?;
        Ok(())
    }
}

fn leaf(org: &Org, of: &StoredCredential, kind: &str, words: &str, at: Timestamp) -> NewLeaf {
    let entry = entry(&org.did, kind, at, &salted(of, words));
    NewLeaf { leaf_hash: leaf_hash(&entry), entry, kind: kind.into(), org_id: org.id.clone(), created: at }
}

/// The hash that an entry carries: in hex, of the salt's bytes, the bytes of the signed text's SHA-256, and words.
fn salted(of: &StoredCredential, words: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(unhex(of.leaf_salt.as_deref().unwrap_or_default()));
    hash.update(unhex(&of.sha256));
    hash.update(words.as_bytes());
    hex(&hash.finalize())
}

fn entry(issuer: &str, kind: &str, at: Timestamp, hash: &str) -> Vec<u8> {
    format!("cairn-log-v1\n{kind}\n{issuer}\n{at}\n{hash}\n").into_bytes()
}

/// RFC 6962 §2.1: the hash of a leaf is told from that of a node by its first byte.
fn leaf_hash(entry: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(entry);
    hash.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_is_what_rfc_6962_says() {
        // the hash of the empty leaf, as in the test vectors of certificate transparency
        assert_eq!(hex(&leaf_hash(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    #[test]
    fn an_entry_tells_nothing_without_its_salt() {
        let one = StoredCredential { sha256: "ab".repeat(32), leaf_salt: Some("01".into()), ..Default::default() };
        let other = StoredCredential { leaf_salt: Some("02".into()), ..one.clone() };
        assert_ne!(salted(&one, ""), salted(&other, ""));
        assert_ne!(salted(&one, ""), salted(&one, "revoked misconduct"));
        let entry = String::from_utf8(entry("did:key:z1", "award", Timestamp::UNIX_EPOCH, &salted(&one, ""))).unwrap();
        assert_eq!(entry.lines().count(), 5);
        assert!(entry.starts_with("cairn-log-v1\naward\ndid:key:z1\n1970-01-01T00:00:00Z\n"), "{entry}");
    }
}
