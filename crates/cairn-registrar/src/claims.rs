//! Claims: a link in a letter by which a recipient makes a credential theirs before having an account.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_store::{StoredClaim, Tx};
use jiff::SignedDuration;

use crate::access::token_hash;
use crate::issuing::Desk;
use crate::refusal::Trouble;

/// How long a claim link works.
const LASTS: SignedDuration = SignedDuration::from_hours(24 * 180);

impl Desk {
    /// A new claim link for a credential, in the transaction that awards it: its whole address, to be told in the
    /// letter and nowhere else.
    pub async fn claim_link(&self, tx: &mut Tx, org_id: &str, credential_id: &str) -> Result<String, Trouble> {
        let token = URL_SAFE_NO_PAD.encode(self.outside.bytes::<32>());
        let now = self.outside.now();
        let one = StoredClaim {
            token_hash: token_hash(&token),
            org_id: org_id.into(),
            credential_id: credential_id.into(),
            created: now,
            expires: now + LASTS,
            claimed: None,
            claimed_by: None,
        };
        tx.insert_claim(&one).await?;
        Ok(format!("{}/claim/{token}", self.base_url))
    }
}
