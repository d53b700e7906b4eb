//! Passkeys (WebAuthn Level 3): a key in a phone, a computer or a stick that signs for its owner on this site only.
//!
//! Between the two halves of an exchange its state lies in the store, so that another process may finish it. It is
//! taken out by the one who finishes it: nobody finishes it twice.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_store::{Ceremony, Letter, StoreFault, StoredPasskey};
use jiff::SignedDuration;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid,
    Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::Office;
use crate::access::{Actor, token_hash};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

const ADD: &str = "passkey-add";
const SIGN_IN: &str = "passkey-sign-in";
/// How long an exchange waits for its second half.
const WAITS: SignedDuration = SignedDuration::from_mins(5);
const MOST_PASSKEYS: usize = 20;

/// The first half of an exchange.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Told to the browser once, as a cookie.
    pub token: String,
    /// What the browser's own function is called with (`PublicKeyCredentialCreationOptions` or
    /// `PublicKeyCredentialRequestOptions`, as JSON).
    pub options: Value,
}

impl Office {
    /// Why no passkey can be made for this site's address; `None` when one can.
    pub fn no_passkeys(&self) -> Option<String> {
        let url = Url::parse(&self.base_url).ok()?;
        match url.domain() {
            None => Some(format!(
                "This site is reached by a number ({}), and browsers keep passkeys only for names. Whoever runs it can \
                 give it a name; on one machine, http://localhost:{} does.",
                self.base_url,
                url.port().unwrap_or(8080)
            )),
            Some(domain) if url.scheme() != "https" && domain != "localhost" && !domain.ends_with(".localhost") => {
                Some("This site is reached by http:, and browsers keep passkeys only for https: addresses.".into())
            }
            Some(_) => None,
        }
    }

    /// A person's own passkeys.
    pub async fn list_passkeys(&self, actor: &Actor) -> Result<Vec<StoredPasskey>, Trouble> {
        let (person, _) = actor.signed_in()?;
        Ok(self.desk.store.list_passkeys(&person.id).await?)
    }

    /// Begins adding a passkey to one's own account.
    pub async fn begin_passkey(&self, actor: &Actor) -> Result<Begun, Trouble> {
        let (person, _) = actor.signed_in()?;
        actor.proved_lately(self.now())?;
        let known = self.desk.store.list_passkeys(&person.id).await?;
        if known.len() >= MOST_PASSKEYS {
            let says = format!("An account has {MOST_PASSKEYS} passkeys at most. Remove one that you no longer use.");
            return Err(Refusal::new("too-many-passkeys", says).into());
        }
        let emails = self.desk.store.list_person_emails(&person.id).await?;
        let address = emails.first().map_or(person.name.as_str(), |email| email.shown.as_str());
        let exclude = known.iter().filter_map(|one| URL_SAFE_NO_PAD.decode(&one.credential_id).ok()).collect();
        let id = Uuid::parse_str(&person.id).map_err(|_| Trouble::fault("a person's id is no UUID"))?;
        let (challenge, state) = self
            .webauthn()?
            .start_passkey_registration(id, address, &person.name, Some(exclude))
            .map_err(|error| Trouble::fault(error.to_string()))?;
        let mut options = json_of(&challenge)?["publicKey"].take();
        // It must be found without a name being typed first.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        let token = self.begin_exchange(ADD, &json!({ "person": person.id, "state": json_of(&state)? })).await?;
        Ok(Begun { token, options })
    }

    /// Adds the passkey that the browser has made. Its owner is told by letter.
    pub async fn finish_passkey(
        &self,
        actor: &Actor,
        token: &str,
        label: &str,
        made: Value,
    ) -> Result<StoredPasskey, Trouble> {
        let (person, _) = actor.signed_in()?;
        let mut kept = self.finish_exchange(ADD, token).await?;
        if kept["person"].as_str() != Some(&person.id) {
            return Err(over().into());
        }
        let state: PasskeyRegistration = read(kept["state"].take()).ok_or_else(over)?;
        let made: RegisterPublicKeyCredential = read(made).ok_or_else(|| refused(None))?;
        let passkey =
            self.webauthn()?.finish_passkey_registration(&made, &state).map_err(|error| refused(Some(error)))?;
        let one = StoredPasskey {
            credential_id: URL_SAFE_NO_PAD.encode(passkey.cred_id()),
            person_id: person.id.clone(),
            label: name_of(label),
            body: json_of(&passkey)?.to_string(),
            created: self.now(),
            used: None,
        };
        let letter = self
            .letter_on_ways_in(&person.id, &format!("A passkey, “{}”, was added to your account.", one.label))
            .await?;
        let mut tx = self.desk.store.begin().await?;
        match tx.insert_passkey(&one).await {
            Ok(()) => {}
            Err(StoreFault::Taken(_)) => {
                return Err(Refusal::new("taken", "This passkey is in use already. Sign in with it.").into());
            }
            Err(fault) => return Err(fault.into()),
        }
        if let Some(letter) = letter {
            tx.insert_letter(&letter).await?;
        }
        tx.insert_audit(&actor.audit(&self.outside, "", "passkey.add", ("passkey", &one.credential_id), None)).await?;
        tx.commit().await?;
        Ok(one)
    }

    /// Removes one of one's own passkeys. A link by letter remains as a way in, since an account has an address always.
    pub async fn remove_passkey(&self, actor: &Actor, credential_id: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        let letter = self.letter_on_ways_in(&person.id, "A passkey was removed from your account.").await?;
        let mut tx = self.desk.store.begin().await?;
        if !tx.delete_passkey(&person.id, credential_id).await? {
            return Err(Refusal::new("not-found", "You have no such passkey; perhaps it is removed already.").into());
        }
        if let Some(letter) = letter {
            tx.insert_letter(&letter).await?;
        }
        tx.insert_audit(&actor.audit(&self.outside, "", "passkey.remove", ("passkey", credential_id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Begins signing in with whatever passkey the browser has for this site.
    pub async fn begin_passkey_sign_in(&self) -> Result<Begun, Trouble> {
        let (challenge, state) =
            self.webauthn()?.start_discoverable_authentication().map_err(|error| Trouble::fault(error.to_string()))?;
        let options = json_of(&challenge)?["publicKey"].take();
        let token = self.begin_exchange(SIGN_IN, &json_of(&state)?).await?;
        Ok(Begun { token, options })
    }

    /// Signs in with a passkey, and answers with the new session's token.
    pub async fn finish_passkey_sign_in(
        &self,
        token: &str,
        shown: Value,
        agent: Option<&str>,
    ) -> Result<String, Trouble> {
        let state: DiscoverableAuthentication = read(self.finish_exchange(SIGN_IN, token).await?).ok_or_else(over)?;
        let shown: PublicKeyCredential = read(shown).ok_or_else(|| refused(None))?;
        let webauthn = self.webauthn()?;
        let (owner, credential_id) =
            webauthn.identify_discoverable_authentication(&shown).map_err(|error| refused(Some(error)))?;
        let credential_id = URL_SAFE_NO_PAD.encode(credential_id);
        let kept = self.desk.store.find_passkey(&credential_id).await?;
        let kept = kept.filter(|kept| kept.person_id == owner.to_string()).ok_or_else(|| {
            let says = "This site does not know this passkey. It may have been removed from your account: sign in by \
                        a link to your address, and add it again.";
            Refusal::new("unknown-passkey", says)
        })?;
        let damaged = || Trouble::fault("a passkey's public part cannot be read");
        let mut passkey: Passkey = serde_json::from_str(&kept.body).map_err(|_| damaged())?;
        let result = webauthn
            .finish_discoverable_authentication_v2(&shown, state, &passkey)
            .map_err(|error| refused(Some(error)))?;
        let person = self.desk.store.find_person(&kept.person_id).await?.filter(|person| person.left.is_none());
        let person = person.ok_or_else(|| refused(None))?;
        // the counter tells copies apart, where a key has one; whether a key is backed up may change
        passkey.update_credential(&result);
        let mut tx = self.desk.store.begin().await?;
        tx.update_passkey_used(&credential_id, &json_of(&passkey)?.to_string(), self.now()).await?;
        tx.commit().await?;
        self.begin_session(&person.id, "passkey", agent).await
    }

    /// Keeps the first half of an exchange; its token is told once.
    pub(crate) async fn begin_exchange(&self, kind: &str, state: &Value) -> Result<String, Trouble> {
        let token = URL_SAFE_NO_PAD.encode(self.outside.bytes::<32>());
        let one = Ceremony {
            token_hash: token_hash(&token),
            kind: kind.into(),
            state: state.to_string(),
            expires: self.now() + WAITS,
        };
        let mut tx = self.desk.store.begin().await?;
        tx.delete_old_ceremonies(self.now()).await?;
        tx.insert_ceremony(&one).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Takes the first half of an exchange out, whatever becomes of the second.
    pub(crate) async fn finish_exchange(&self, kind: &str, token: &str) -> Result<Value, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        let state = tx.delete_ceremony(&token_hash(token), kind, self.now()).await?;
        tx.commit().await?;
        Ok(state.and_then(|state| serde_json::from_str(&state).ok()).ok_or_else(over)?)
    }

    /// The letter that tells somebody of a change to the ways into their account.
    async fn letter_on_ways_in(&self, person_id: &str, what: &str) -> Result<Option<Letter>, Trouble> {
        let main = self.desk.store.list_person_emails(person_id).await?.into_iter().next();
        Ok(main.map(|main| {
            self.desk.letter(Writing {
                to: main.shown,
                kind: "account",
                subject: "A way into your account has changed".into(),
                paragraphs: vec![
                    what.into(),
                    "If it was you, there is nothing to do. If it was not, open your account, remove what you do not \
                     know, and end the sessions that are not yours."
                        .into(),
                ],
                link: Some(("Open my account".into(), format!("{}/account", self.base_url))),
                why: "You get this because a way to sign in to your account has changed.".into(),
            })
        }))
    }

    /// Cheap to make: it holds the site's name and address.
    fn webauthn(&self) -> Result<Webauthn, Trouble> {
        if let Some(says) = self.no_passkeys() {
            return Err(Refusal::new("no-passkeys", says).into());
        }
        let broken = || Trouble::fault("the site's address is none that passkeys can be made for");
        let origin = Url::parse(&self.base_url).map_err(|_| broken())?;
        let name = origin.domain().ok_or_else(broken)?.to_owned();
        WebauthnBuilder::new(&name, &origin).and_then(|builder| builder.rp_name("Cairn").build()).map_err(|_| broken())
    }
}

fn json_of(value: &impl Serialize) -> Result<Value, Trouble> {
    serde_json::to_value(value).map_err(|error| Trouble::fault(error.to_string()))
}

fn read<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

fn over() -> Refusal {
    Refusal::new("over", "This took too long, or was finished already. Begin again.")
}

fn refused(error: Option<WebauthnError>) -> Refusal {
    let says = match error {
        Some(WebauthnError::CredentialPossibleCompromise) => {
            "This passkey counts fewer uses than this site has seen, as a copy would. It was not let in. Sign in by a \
             link to your address and remove it."
        }
        Some(WebauthnError::InvalidRPOrigin) => {
            "This was made at another address than this site's. Open the site by its own address and try again."
        }
        Some(WebauthnError::UserNotVerified) => {
            "Your device did not check that it is you. Set up a PIN, a fingerprint or a face on it and try again."
        }
        _ => "The passkey did not answer as it should. Try again, or sign in by a link to your address.",
    };
    Refusal::new("passkey-refused", says)
}

fn name_of(label: &str) -> String {
    let label: String = label.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    if label.is_empty() { "Passkey".into() } else { label }
}
