//! Claims: a link in a letter by which a recipient makes a credential theirs before having an account.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_store::{Org, StoredClaim, StoredCredential, Tx};
use jiff::SignedDuration;

use crate::Office;
use crate::access::{Actor, token_hash};
use crate::issuing::Desk;
use crate::refusal::{Refusal, Trouble};

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

/// What a claim link leads to.
#[derive(Debug, Clone)]
pub struct OpenClaim {
    /// What can be claimed.
    pub credential: StoredCredential,
    /// Who awarded it.
    pub org: Org,
    /// How it stands with whoever looks.
    pub stands: ClaimStands,
}

/// How a claim stands with whoever looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStands {
    /// They are signed in and can make it theirs.
    Open,
    /// They can open an account with the address to which the letter went.
    CanOpenAccount,
    /// That address has an account: they sign in.
    MustSignIn,
    /// It is theirs already.
    Yours,
    /// It is in another account.
    SomebodyElses,
}

impl Office {
    /// What a claim link leads to. `not-found` when there is none, or its time is over.
    pub async fn look_at_claim(&self, actor: &Actor, token: &str) -> Result<OpenClaim, Trouble> {
        let credential = self.claimed_credential(token).await?;
        let org = self.find_org(&credential.org_id).await?;
        let org = org.ok_or_else(|| Trouble::fault("a credential's issuer is gone"))?;
        let me = actor.signed_in().ok().map(|(person, _)| person.id.as_str());
        let stands = match (credential.person_id.as_deref(), me) {
            (Some(owner), Some(me)) if owner == me => ClaimStands::Yours,
            (Some(_), Some(_)) => ClaimStands::SomebodyElses,
            (None, Some(_)) => ClaimStands::Open,
            (Some(_), None) => ClaimStands::MustSignIn,
            (None, None) => match &credential.recipient_email {
                Some(email) if self.desk.store.find_person_by_email(email).await?.is_none() => {
                    ClaimStands::CanOpenAccount
                }
                _ => ClaimStands::MustSignIn,
            },
        };
        Ok(OpenClaim { credential, org, stands })
    }

    /// Puts a credential among the actor's badges. Any account may have it: whoever holds the letter was meant, and
    /// the credential itself does not change.
    pub async fn claim(&self, actor: &Actor, token: &str) -> Result<StoredCredential, Trouble> {
        let (person, _) = actor.signed_in()?;
        let credential = self.claimed_credential(token).await?;
        let mut tx = self.desk.store.begin().await?;
        self.make_theirs(&mut tx, actor, &credential, &person.id, token).await?;
        tx.commit().await?;
        Ok(credential)
    }

    /// Opens an account for whoever holds the letter, with the address to which it went, and puts the credential
    /// there; answers with the token of their session. Only where the address has no account: nobody gets into one
    /// that is there by a letter that is months old.
    pub async fn claim_with_new_account(
        &self,
        actor: &Actor,
        token: &str,
        name: &str,
        agent: Option<&str>,
    ) -> Result<(StoredCredential, String), Trouble> {
        let credential = self.claimed_credential(token).await?;
        let sign_in =
            || Refusal::new("not-now", "This address has an account already. Sign in, then open the link again.");
        let Some(email) = credential.recipient_email.clone().filter(|_| credential.person_id.is_none()) else {
            return Err(sign_in().into());
        };
        let name = crate::people::person_name(name)?;
        let mut tx = self.desk.store.begin().await?;
        if tx.find_person_by_email(&email).await?.is_some() {
            return Err(sign_in().into());
        }
        let person = self.new_account(&mut tx, &email, &email, &name).await?;
        self.make_theirs(&mut tx, &Actor::default(), &credential, &person.id, token).await?;
        let session = self.new_session(&mut tx, actor, &person.id, "link", agent).await?;
        tx.commit().await?;
        Ok((credential, session))
    }

    async fn make_theirs(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        credential: &StoredCredential,
        person_id: &str,
        token: &str,
    ) -> Result<(), Trouble> {
        if !tx.update_credential_person(&credential.org_id, &credential.credential_id, person_id).await? {
            let says = "This badge is in another account already. If that is yours too, sign in there.";
            return Err(Refusal::new("already-done", says).into());
        }
        tx.update_claim_used(&token_hash(token), person_id, self.now()).await?;
        let of = ("credential", credential.public_id.as_str());
        let mut entry = actor.audit(&self.outside, &credential.org_id, "credential.claim", of, None);
        entry.actor_id = Some(person_id.into());
        tx.insert_audit(&entry).await?;
        Ok(())
    }

    async fn claimed_credential(&self, token: &str) -> Result<StoredCredential, Trouble> {
        let gone = || {
            let says = "This link does not lead to a badge, or not any more: it works for half a year. Ask whoever \
                        awarded it for a new one.";
            Refusal::new("not-found", says)
        };
        let claim = self.desk.store.find_claim(&token_hash(token)).await?.ok_or_else(gone)?;
        if claim.expires <= self.now() {
            return Err(gone().into());
        }
        let found = self.desk.store.find_credential(&claim.org_id, &claim.credential_id).await?;
        Ok(found.filter(|one| one.erased.is_none()).ok_or_else(gone)?)
    }
}
