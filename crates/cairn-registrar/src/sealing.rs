//! What seals the signing keys: a key file or a passphrase. A wrong one is refused at start; it can be changed.

use std::path::{Path, PathBuf};

use cairn_store::{Store, StoredSeal};

use crate::keyring::{Keyring, Passphrase};
use crate::outside::Outside;
use crate::refusal::{Refusal, Trouble};

/// By what the keys are sealed.
#[derive(Debug, Clone)]
pub enum Seal {
    /// A file of 32 bytes; made when absent and nothing is sealed yet.
    File(PathBuf),
    /// A passphrase.
    Passphrase(Passphrase),
}

impl Seal {
    /// A passphrase where there is one, else the file.
    pub fn new(file: &Path, passphrase: Option<&Passphrase>) -> Seal {
        passphrase.map_or_else(|| Seal::File(file.to_owned()), |passphrase| Seal::Passphrase(passphrase.clone()))
    }

    fn word(&self) -> &'static str {
        match self {
            Seal::File(_) => "file",
            Seal::Passphrase(_) => "passphrase",
        }
    }
}

/// Opens the keyring of a site. The first time, what is given seals from then on; afterwards it has to be the same.
pub(crate) async fn unlock(store: &Store, seal: &Seal, outside: &Outside) -> Result<Keyring, Trouble> {
    if let Some(kept) = store.find_seal().await? {
        return opened(&kept, seal, outside);
    }
    let keys = store.list_all_issuer_keys().await?;
    if matches!(seal, Seal::Passphrase(_)) && !keys.is_empty() {
        return Err(Refusal::new("sealed-otherwise", SEALED_BY_FILE).into());
    }
    let (kept, keyring) = new_seal(seal, None, outside)?;
    if keys.iter().any(|key| keyring.open(key).is_err()) {
        return Err(wrong(seal).into());
    }
    let mut tx = store.begin().await?;
    if let Some(first) = tx.find_seal().await? {
        // another start was quicker
        return opened(&first, seal, outside);
    }
    tx.update_seal(&kept).await?;
    tx.commit().await?;
    Ok(keyring)
}

/// Seals all keys anew by something else, in one transaction. How many they were. A site that is running has to be
/// started again with the new one.
pub async fn reseal(database: &str, old: &Seal, new: &Seal, outside: &Outside) -> Result<usize, Trouble> {
    let store = Store::open(database).await?;
    let before = unlock(&store, old, outside).await?;
    if let Seal::File(path) = new
        && path.exists()
    {
        let says = format!("{} is there already. Name a new file: it is made.", path.display());
        return Err(Refusal::new("key-file-there", says).into());
    }
    let (kept, after) = new_seal(new, Some(&before), outside)?;
    let mut tx = store.begin().await?;
    let keys = tx.list_all_issuer_keys().await?;
    for key in &keys {
        let sealed = before.sealed_by(&after, key, outside)?;
        tx.update_issuer_key_sealed(&key.org_id, &key.key_id, &sealed).await?;
    }
    for (org_id, sealed) in tx.list_sealed_secrets().await? {
        let purpose = crate::single_sign_on::secret_of(&org_id);
        let secret = before.unseal_for(&purpose, &sealed).ok_or_else(|| Trouble::fault("a secret cannot be opened"))?;
        tx.update_sealed_secret(&org_id, &after.seal_for(&purpose, &secret, outside)?).await?;
    }
    tx.update_seal(&kept).await?;
    tx.commit().await?;
    store.close().await;
    Ok(keys.len())
}

const SEALED_BY_FILE: &str = "The keys of this site are sealed by a key file. Start with --key-file, or change to a \
                              passphrase with: cairn keys reseal.";
const SEALED_BY_PASSPHRASE: &str = "The keys of this site are sealed by a passphrase. Give it with \
                                    --key-passphrase-file FILE or in CAIRN_KEY_PASSPHRASE.";

/// Hashes stay those of the keyring before, where there was one.
fn new_seal(seal: &Seal, before: Option<&Keyring>, outside: &Outside) -> Result<(StoredSeal, Keyring), Trouble> {
    let (keyring, salt) = match seal {
        Seal::File(path) => (Keyring::from_file(path, outside)?, None),
        Seal::Passphrase(passphrase) => {
            let salt: [u8; 16] = outside.bytes();
            let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
            (passphrase.keyring(salt.as_bytes())?, Some(salt))
        }
    };
    let keyring = match before {
        Some(before) => keyring.hashing_like(before),
        None => keyring,
    };
    let kept =
        StoredSeal { kind: seal.word().into(), salt, sealed: keyring.check_value(outside)?, changed: outside.now() };
    Ok((kept, keyring))
}

fn opened(kept: &StoredSeal, seal: &Seal, outside: &Outside) -> Result<Keyring, Trouble> {
    let keyring = match (seal, kept.kind.as_str()) {
        (Seal::Passphrase(_), "file") => return Err(Refusal::new("sealed-otherwise", SEALED_BY_FILE).into()),
        (Seal::File(_), "passphrase") => return Err(Refusal::new("sealed-otherwise", SEALED_BY_PASSPHRASE).into()),
        (Seal::File(path), _) if !path.exists() => {
            let says = format!(
                "The key file {} is not there, and this site's keys are sealed by it. Put it back from its copy; \
                 nothing else opens them.",
                path.display()
            );
            return Err(Refusal::new("key-file-missing", says).into());
        }
        (Seal::File(path), _) => Keyring::from_file(path, outside)?,
        (Seal::Passphrase(passphrase), _) => passphrase.keyring(kept.salt.as_deref().unwrap_or_default().as_bytes())?,
    };
    Ok(keyring.fitting(&kept.sealed).ok_or_else(|| wrong(seal))?)
}

fn wrong(seal: &Seal) -> Refusal {
    match seal {
        Seal::File(path) => {
            let says = format!("The key file {} is not the one by which this site's keys are sealed.", path.display());
            Refusal::new("wrong-key-file", says)
        }
        Seal::Passphrase(_) => {
            Refusal::new("wrong-passphrase", "This is not the passphrase by which this site's keys are sealed.")
        }
    }
}
