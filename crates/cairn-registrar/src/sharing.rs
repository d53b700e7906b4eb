//! Sharing: a chosen subset as one file, or behind a link for a time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_credential::Gathered;
use cairn_credential::bundle::{self, Bundle, Bundled};
use cairn_credential::gathered::Got;
use cairn_credential::intake::Limits;
use cairn_store::{Store, StoredShare};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::checking::{self, Checked, MOST_ROUNDS, wanted};
use crate::outside::Outside;
use crate::refusal::{Refusal, Trouble};

/// One file that is verified without a network: the chosen things (by their place in the report; others and those that
/// are no credentials are left out) and what was gathered for them, and for nothing else.
pub fn bundle(checked: &Checked, chosen: &[usize], purpose: Option<String>, created: Timestamp) -> Bundle {
    let mut credentials = Vec::new();
    let mut gathered = Gathered::default();
    for place in chosen {
        let Some(Some(text)) = checked.texts.get(*place) else { continue };
        let name = checked.report.items.get(*place).map(|item| file_name(&item.name).to_owned()).unwrap_or_default();
        gather_for(text, &checked.gathered, checked.own_origin.as_deref(), &mut gathered);
        credentials.push(Bundled { name, text: text.clone() });
    }
    Bundle::new(created, purpose.filter(|words| !words.trim().is_empty()), credentials, gathered)
}

/// The last part of a path: a bundle does not tell how its maker's disk is arranged.
fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().filter(|last| !last.is_empty()).unwrap_or(name)
}

/// Copies what one credential needs, step by step as it would be fetched.
fn gather_for(text: &str, from: &Gathered, own_origin: Option<&str>, into: &mut Gathered) {
    for _ in 0..MOST_ROUNDS {
        let mut added = false;
        for need in wanted(text, into, own_origin) {
            let found = from.by_url.get(&need.url);
            if let Some(document) = found.filter(|document| !matches!(document.got, Got::Failed(_))) {
                into.by_url.insert(need.url, document.clone());
                added = true;
            }
        }
        if !added {
            return;
        }
    }
}

/// Largest bundle behind a link: what opens files opens no larger one.
const MOST_SHARED: usize = 8 << 20;

fn weight(bundle: &Bundle) -> usize {
    let texts: usize = bundle.credentials.iter().map(|credential| credential.text.len()).sum();
    texts + checking::weight(&bundle.gathered)
}

fn too_large() -> Refusal {
    let says = format!("A link holds at most {} MB. Choose fewer badges, or take the file.", MOST_SHARED >> 20);
    Refusal::new("share-too-large", says)
}

/// Deletes shares whose time is over. How many they were.
pub async fn purge(store: &Store, outside: &Outside) -> Result<u64, Trouble> {
    let mut tx = store.begin().await?;
    let gone = tx.delete_shares_over(outside.now()).await?;
    tx.commit().await?;
    Ok(gone)
}

/// Keeps a bundle behind a new token until a time, for the account of a person or for nobody's. The token is told once
/// and only its hash is kept.
pub async fn share(
    store: &Store,
    outside: &Outside,
    bundle: &Bundle,
    until: Timestamp,
    person_id: Option<&str>,
) -> Result<String, Trouble> {
    let now = outside.now();
    if until <= now {
        let says = format!("A share that ends on {until} would be over before it begins. Give a later time.");
        return Err(Refusal::new("share-over", says).into());
    }
    if bundle.credentials.is_empty() {
        return Err(Refusal::new("share-empty", "Choose at least one badge to share.").into());
    }
    if weight(bundle) > MOST_SHARED {
        return Err(too_large().into());
    }
    let text = bundle::write(bundle);
    if text.len() > MOST_SHARED {
        return Err(too_large().into());
    }
    let token = URL_SAFE_NO_PAD.encode(outside.bytes::<32>());
    let mut tx = store.begin().await?;
    tx.delete_shares_over(now).await?;
    tx.insert_share(&StoredShare {
        token_hash: hash(&token),
        bundle: text,
        purpose: bundle.purpose.clone(),
        created: now,
        until,
        ended: None,
        opened: 0,
        person_id: person_id.map(str::to_owned),
    })
    .await?;
    tx.commit().await?;
    tracing::info!(credentials = bundle.credentials.len(), "Shared a bundle until {until}");
    Ok(token)
}

/// A bundle that somebody shared.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The bundle.
    pub bundle: Bundle,
    /// When it was shared.
    pub created: Timestamp,
    /// Until when it is shown.
    pub until: Timestamp,
    /// How often it has been opened, this time included.
    pub opened: u64,
}

/// What a token opens, and counts the opening. `None` for a token that never was, is over, or was ended.
pub async fn find_share(store: &Store, outside: &Outside, token: &str) -> Result<Option<Share>, Trouble> {
    let hash = hash(token);
    let Some(found) = store.find_share(&hash).await? else { return Ok(None) };
    if found.ended.is_some() || found.until <= outside.now() {
        return Ok(None);
    }
    let mut tx = store.begin().await?;
    tx.update_share_opened(&hash).await?;
    tx.commit().await?;
    let (text, created, until, opened) = (found.bundle, found.created, found.until, found.opened + 1);
    let bundle = checking::aside(move || bundle::read(&text, Limits::default()))
        .await
        .map_err(|problem| Trouble::fault(format!("a share in the store cannot be read: {}", problem.says)))?;
    Ok(Some(Share { bundle, created, until, opened }))
}

/// Ends a share: whoever has the token can. False for a token that never was.
pub async fn end_share(store: &Store, outside: &Outside, token: &str) -> Result<bool, Trouble> {
    let mut tx = store.begin().await?;
    let ended = tx.update_share_ended(&hash(token), outside.now()).await?;
    tx.commit().await?;
    Ok(ended)
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
