//! Private keys: sealed at rest (XChaCha20-Poly1305), opened only to sign.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use argon2::Argon2;
use cairn_credential::sign::SigningKey;
use cairn_store::IssuerKey;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::outside::Outside;
use crate::refusal::{Refusal, Trouble};

/// Holds the key that seals issuers' keys. Cheap to clone; never shows what it holds.
#[derive(Clone)]
pub struct Keyring {
    sealing: Arc<Zeroizing<[u8; 32]>>,
    /// What hashes are keyed by: the sealing key that a site had first, also after it is sealed by another.
    hashing: Arc<Zeroizing<[u8; 32]>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(…)")
    }
}

/// What seals a site's keys, given in words: never shown, gone from memory when it is dropped.
#[derive(Clone, Default)]
pub struct Passphrase(Arc<Zeroizing<String>>);

impl Passphrase {
    /// A passphrase, without the line ends at its end.
    pub fn new(text: &str) -> Passphrase {
        Passphrase(Arc::new(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
    }

    /// The keyring that it gives with a site's salt.
    pub fn keyring(&self, salt: &[u8]) -> Result<Keyring, Refusal> {
        if self.0.chars().count() < SHORTEST_PASSPHRASE {
            let says = format!(
                "The passphrase is too short to seal keys with: take {SHORTEST_PASSPHRASE} characters or more."
            );
            return Err(Refusal::new("passphrase-too-short", says));
        }
        Keyring::from_passphrase(&self.0, salt)
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// Fewest characters of a passphrase.
const SHORTEST_PASSPHRASE: usize = 12;
/// The word by which a keyring is told from another.
const CHECK: &[u8] = b"cairn seal";

/// Bytes of a nonce (XChaCha20: long enough to be drawn at random).
const NONCE: usize = 24;

impl Keyring {
    /// A sealing key that nobody keeps: what it seals is lost with the process. For the demo.
    pub fn fresh(outside: &Outside) -> Keyring {
        Keyring::of(Zeroizing::new(outside.bytes()))
    }

    /// The sealing key in a file of exactly 32 bytes; made when absent, readable by its owner only.
    pub fn from_file(path: &Path, outside: &Outside) -> Result<Keyring, Refusal> {
        let place = path.display();
        if !path.exists() {
            let keyring = Keyring::fresh(outside);
            write_new(path, keyring.sealing.as_slice()).map_err(|error| {
                Refusal::new("key-file-unwritable", format!("The key file {place} could not be made: {error}."))
            })?;
            return Ok(keyring);
        }
        let mut bytes = Zeroizing::new(Vec::new());
        std::fs::File::open(path).and_then(|file| file.take(64).read_to_end(&mut bytes)).map_err(|error| {
            Refusal::new("key-file-unreadable", format!("The key file {place} could not be read: {error}."))
        })?;
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| {
            let says = format!(
                "The key file {place} does not hold 32 bytes, so it is no key of Cairn's. Name the right file, \
                                or one that does not exist yet."
            );
            Refusal::new("key-file-malformed", says)
        })?;
        Ok(Keyring::of(Zeroizing::new(key)))
    }

    /// The sealing key that a passphrase and a site's salt (8 bytes or more) give by Argon2id (RFC 9106).
    pub fn from_passphrase(passphrase: &str, salt: &[u8]) -> Result<Keyring, Refusal> {
        let mut key = Zeroizing::new([0; 32]);
        Argon2::default().hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice()).map_err(|error| {
            Refusal::new("passphrase-unusable", format!("No key can be had from this passphrase and salt: {error}."))
        })?;
        Ok(Keyring::of(key))
    }

    /// A new Ed25519 key as a `did:key`, sealed for an issuer, and the key itself.
    pub fn new_did_key(&self, org_id: &str, outside: &Outside) -> Result<(IssuerKey, SigningKey), Trouble> {
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(outside.bytes());
        let key = SigningKey::did_key(&secret);
        Ok((self.kept(org_id, &key, &secret, outside)?, key))
    }

    /// A new Ed25519 key under a name of the issuer's own (`did:web:…#key-1`), sealed, and the key itself.
    pub fn new_named_key(
        &self,
        org_id: &str,
        key_id: &str,
        outside: &Outside,
    ) -> Result<(IssuerKey, SigningKey), Trouble> {
        let secret: Zeroizing<[u8; 32]> = Zeroizing::new(outside.bytes());
        let key = SigningKey::named(&secret, key_id);
        Ok((self.kept(org_id, &key, &secret, outside)?, key))
    }

    fn kept(
        &self,
        org_id: &str,
        key: &SigningKey,
        secret: &Zeroizing<[u8; 32]>,
        outside: &Outside,
    ) -> Result<IssuerKey, Trouble> {
        let key_id = key.verification_method.clone();
        Ok(IssuerKey {
            org_id: org_id.into(),
            sealed: self.seal(secret.as_slice(), &bound_to(org_id, &key_id), outside)?,
            key_id,
            valid_from: outside.now(),
            valid_until: None,
            compromised: None,
            multibase: Some(key.public_multibase()),
            note: None,
        })
    }

    fn of(key: Zeroizing<[u8; 32]>) -> Keyring {
        let sealing = Arc::new(key);
        Keyring { hashing: Arc::clone(&sealing), sealing }
    }

    /// The same, whose hashes are those of another keyring.
    pub fn hashing_like(self, other: &Keyring) -> Keyring {
        Keyring { hashing: Arc::clone(&other.hashing), ..self }
    }

    /// A known word and the key of hashes, sealed: what [`Keyring::fitting`] tries this keyring on at the next start.
    pub fn check_value(&self, outside: &Outside) -> Result<Vec<u8>, Trouble> {
        let word = Zeroizing::new([CHECK, self.hashing.as_slice()].concat());
        self.seal(&word, CHECK, outside)
    }

    /// This keyring with its site's hashes, when it is the one that sealed a check value.
    pub fn fitting(self, check_value: &[u8]) -> Option<Keyring> {
        let word = self.unseal(check_value, CHECK)?;
        let hashing: [u8; 32] = word.strip_prefix(CHECK)?.try_into().ok()?;
        Some(Keyring { hashing: Arc::new(Zeroizing::new(hashing)), ..self })
    }

    /// The same secret, sealed by another keyring instead.
    pub fn sealed_by(&self, other: &Keyring, kept: &IssuerKey, outside: &Outside) -> Result<Vec<u8>, Trouble> {
        let aad = bound_to(&kept.org_id, &kept.key_id);
        let secret = self.unseal(&kept.sealed, &aad).ok_or_else(|| cannot_open(kept))?;
        other.seal(&secret, &aad, outside)
    }

    /// Opens an issuer's key to sign with it.
    pub fn open(&self, kept: &IssuerKey) -> Result<SigningKey, Trouble> {
        let secret = self.unseal(&kept.sealed, &bound_to(&kept.org_id, &kept.key_id));
        let secret = secret.ok_or_else(|| cannot_open(kept))?;
        let seed: Zeroizing<[u8; 32]> = Zeroizing::new(secret.as_slice().try_into().map_err(|_| cannot_open(kept))?);
        Ok(SigningKey::named(&seed, &kept.key_id))
    }

    /// Seals bytes for a purpose: they open with the same purpose only, and only with this keyring.
    pub fn seal_for(&self, purpose: &str, bytes: &[u8], outside: &Outside) -> Result<Vec<u8>, Trouble> {
        self.seal(bytes, format!("cairn sealed\n{purpose}").as_bytes(), outside)
    }

    /// Opens what was sealed for a purpose; `None` when it was not, or was altered.
    pub fn unseal_for(&self, purpose: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let aad = format!("cairn sealed\n{purpose}");
        let payload = Payload { msg: sealed, aad: aad.as_bytes() };
        self.cipher().decrypt(&XNonce::try_from(nonce).ok()?, payload).ok().map(Zeroizing::new)
    }

    /// A hash that nobody can guess back without this keyring: HMAC-SHA-256 (RFC 2104), lower-case hex.
    pub fn keyed_hash(&self, purpose: &str, bytes: &[u8]) -> String {
        // the key fills half a block of SHA-256; the rest of the block is zeroes
        let block = |pad: u8| {
            let mut block = Zeroizing::new([pad; 64]);
            block.iter_mut().zip(self.hashing.iter()).for_each(|(byte, key)| *byte ^= key);
            block
        };
        let message = format!("cairn hash\n{purpose}\n");
        let inner = Sha256::new().chain_update(*block(0x36)).chain_update(message).chain_update(bytes).finalize();
        let outer = Sha256::new().chain_update(*block(0x5c)).chain_update(inner).finalize();
        outer.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn seal(&self, secret: &[u8], aad: &[u8], outside: &Outside) -> Result<Vec<u8>, Trouble> {
        let nonce: [u8; NONCE] = outside.bytes();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad })
            .map_err(|_| Trouble::fault("a key could not be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn unseal(&self, sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let nonce = XNonce::try_from(nonce).ok()?;
        self.cipher().decrypt(&nonce, Payload { msg: sealed, aad }).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(**self.sealing))
    }
}

fn cannot_open(kept: &IssuerKey) -> Trouble {
    Trouble::fault(format!("the key {} cannot be opened with this keyring", kept.key_id))
}

/// What a sealed key is bound to: moved to another issuer or renamed, it no longer opens.
fn bound_to(org_id: &str, key_id: &str) -> Vec<u8> {
    format!("cairn issuer key\n{org_id}\n{key_id}").into_bytes()
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside() -> Outside {
        Outside::fixed("2026-11-23T12:00:00Z".parse().unwrap(), 1)
    }

    #[test]
    fn a_sealed_key_opens_only_here_and_only_as_what_it_is() {
        let outside = outside();
        let keyring = Keyring::fresh(&outside);
        let (kept, key) = keyring.new_did_key("org", &outside).unwrap();
        let opened = keyring.open(&kept).unwrap();
        assert_eq!(opened.public_multibase(), key.public_multibase());
        assert_eq!(opened.verification_method, key.verification_method);
        assert!(Keyring::fresh(&outside).open(&kept).is_err());
        assert!(keyring.open(&IssuerKey { org_id: "other".into(), ..kept.clone() }).is_err());
        let mut bent = kept.clone();
        bent.sealed[30] ^= 1;
        assert!(keyring.open(&bent).is_err());
        assert!(keyring.open(&IssuerKey { sealed: vec![1, 2], ..kept }).is_err());
    }

    #[test]
    fn what_is_sealed_for_a_purpose_opens_for_it_only() {
        let outside = outside();
        let keyring = Keyring::fresh(&outside);
        let sealed = keyring.seal_for("one", b"words", &outside).unwrap();
        assert_eq!(keyring.unseal_for("one", &sealed).unwrap().as_slice(), b"words");
        assert!(keyring.unseal_for("other", &sealed).is_none());
        assert!(Keyring::fresh(&outside).unseal_for("one", &sealed).is_none());
        assert!(keyring.unseal_for("one", b"short").is_none());
        let hash = keyring.keyed_hash("one", b"words");
        assert_eq!(hash, keyring.keyed_hash("one", b"words"));
        assert_ne!(hash, keyring.keyed_hash("two", b"words"));
        assert_ne!(hash, Keyring::fresh(&outside).keyed_hash("one", b"words"));
    }

    #[test]
    fn the_key_file_is_made_once_and_a_wrong_one_is_named() {
        let folder = std::env::temp_dir().join(format!("cairn-keyring-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("cairn.key");
        let _ = std::fs::remove_file(&path);
        let outside = outside();
        let (kept, _) = Keyring::from_file(&path, &outside).unwrap().new_did_key("org", &outside).unwrap();
        assert!(Keyring::from_file(&path, &outside).unwrap().open(&kept).is_ok());
        std::fs::write(&path, b"short").unwrap();
        assert_eq!(Keyring::from_file(&path, &outside).unwrap_err().code, "key-file-malformed");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_passphrase_gives_the_same_key_with_the_same_salt_only() {
        let outside = outside();
        let (kept, _) = Keyring::from_passphrase("stones mark paths", b"salt of a site")
            .unwrap()
            .new_did_key("o", &outside)
            .unwrap();
        assert!(Keyring::from_passphrase("stones mark paths", b"salt of a site").unwrap().open(&kept).is_ok());
        assert!(Keyring::from_passphrase("stones mark paths", b"another salt").unwrap().open(&kept).is_err());
        assert!(Keyring::from_passphrase("x", b"short").is_err());
    }
}
