//! Single sign-on: an organisation's own identity provider says who somebody is (OpenID Connect Core 1.0, the code
//! flow with PKCE).
//!
//! What a provider says is taken for its own subjects only. An address it names opens no account and is linked with
//! none until a letter to that address was answered in the browser that began: an owner may write any domain and any
//! provider into the settings, so a provider's word alone, however well signed, must not open other people's accounts.
//! Afterwards the pair of organisation and subject is what counts, and no letter is needed again.

use cairn_domain::access::{Act, Role};
use cairn_store::{Member, SingleSignOn, SsoIdentity, StoreFault};
use serde_json::json;

use crate::Office;
use crate::access::{Actor, token_hash};
use crate::people::{address, local_path};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

mod provider;
#[cfg(test)]
mod tests;

const SSO: &str = "sso";
const CONFIRM: &str = "sso-confirm";
const SECRET: &str = "client secret";
const MOST_DOMAINS: usize = 20;

/// What an owner sets.
#[derive(Debug, Clone, Default)]
pub struct SignOnSettings {
    /// The provider's issuer identifier, such as `https://login.example.edu`.
    pub issuer_url: String,
    /// By which it knows this site.
    pub client_id: String,
    /// The client secret; empty to keep the one before.
    pub secret: String,
    /// Domains of addresses, separated by blanks or commas.
    pub domains: String,
    /// Role that newcomers get; empty for none.
    pub role: String,
}

/// What the provider is set to, without its secret.
#[derive(Debug, Clone)]
pub struct SignOnView {
    /// The provider's issuer identifier.
    pub issuer_url: String,
    /// By which it knows this site.
    pub client_id: String,
    /// Whether there is a secret.
    pub has_secret: bool,
    /// Domains.
    pub domains: Vec<String>,
    /// Role that newcomers get.
    pub role: Option<String>,
}

/// The way to a provider.
#[derive(Debug, Clone)]
pub struct Away {
    /// Told to the browser once, as a cookie.
    pub token: String,
    /// Where the browser goes.
    pub url: String,
}

/// What came of a visit to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// Signed in: the session's token, and where to go.
    In(String, String),
    /// A letter went to this address, to be answered in the same browser; the token takes the cookie's place.
    MustConfirm(String, String),
}

/// What is known of somebody between the two halves.
struct Newcomer {
    org_id: String,
    subject: String,
    email: String,
    name: String,
    next: String,
}

impl Office {
    /// Where the provider sends browsers back to; it must be told so.
    pub fn sign_on_callback(&self) -> String {
        format!("{}/sign-in/sso/callback", self.base_url)
    }

    /// An organisation's provider, for its owners.
    pub async fn find_sign_on(&self, actor: &Actor, org_id: &str) -> Result<Option<SignOnView>, Trouble> {
        actor.require(org_id, Act::Settle)?;
        let found = self.desk.store.find_single_sign_on(org_id).await?;
        Ok(found.map(|one| SignOnView {
            issuer_url: one.issuer_url,
            client_id: one.client_id,
            has_secret: one.sealed_secret.is_some(),
            domains: one.domains,
            role: one.role,
        }))
    }

    /// Sets an organisation's provider. It is asked whether it is one before anything is kept.
    pub async fn set_sign_on(&self, actor: &Actor, org_id: &str, set: &SignOnSettings) -> Result<(), Trouble> {
        actor.require(org_id, Act::Settle)?;
        actor.proved_lately(self.now())?;
        let issuer_url = set.issuer_url.trim().to_owned();
        let client_id = set.client_id.trim().to_owned();
        if client_id.is_empty() || client_id.len() > 300 {
            return Err(Refusal::new("bad-client-id", "Write the client id that the provider gave this site.").into());
        }
        let domains = domains(&set.domains)?;
        let role = match set.role.trim() {
            "" => None,
            word => Some(newcomers_role(word)?),
        };
        provider::discover(self, &issuer_url).await?;
        let before = self.desk.store.find_single_sign_on(org_id).await?;
        let other = before.as_ref().is_some_and(|before| before.issuer_url != issuer_url);
        let sealed_secret = match set.secret.trim() {
            // the secret of one provider is not shown to another
            "" if other => None,
            "" => before.as_ref().and_then(|before| before.sealed_secret.clone()),
            secret => Some(self.desk.keyring.seal_for(&secret_of(org_id), secret.as_bytes(), &self.outside)?),
        };
        let one = SingleSignOn {
            org_id: org_id.into(),
            issuer_url,
            client_id,
            sealed_secret,
            domains,
            role: role.map(|role| role.word().to_owned()),
            created: self.now(),
        };
        let mut tx = self.desk.store.begin().await?;
        if other {
            tx.delete_sso_identities(org_id).await?;
        }
        tx.update_single_sign_on(&one).await?;
        let entry = actor.audit(&self.outside, org_id, "single-sign-on.set", ("org", org_id), None);
        tx.insert_audit(&entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends an organisation's single sign-on; people keep their accounts and sign in by their addresses.
    pub async fn end_sign_on(&self, actor: &Actor, org_id: &str) -> Result<(), Trouble> {
        actor.require(org_id, Act::Settle)?;
        let mut tx = self.desk.store.begin().await?;
        tx.delete_sso_identities(org_id).await?;
        if tx.delete_single_sign_on(org_id).await? {
            let entry = actor.audit(&self.outside, org_id, "single-sign-on.end", ("org", org_id), None);
            tx.insert_audit(&entry).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The organisation through which somebody can sign in: by an address of one of its domains, by its place on the
    /// site or by its name. Its place and name.
    pub async fn sign_on_for(&self, words: &str) -> Result<Option<(String, String)>, Trouble> {
        let words = words.trim().to_lowercase();
        let domain = words.rsplit_once('@').map(|(_, domain)| domain);
        for one in self.desk.store.list_single_sign_ons().await? {
            let Some(org) = self.desk.store.find_org(&one.org_id).await?.filter(|org| org.closed.is_none()) else {
                continue;
            };
            let hit = match domain {
                Some(domain) => one.domains.iter().any(|known| known == domain),
                None => org.slug == words || org.name.to_lowercase() == words,
            };
            if hit {
                return Ok(Some((org.slug, org.name)));
            }
        }
        Ok(None)
    }

    /// Begins signing in through an organisation's provider.
    pub async fn begin_sign_on(&self, slug: &str, next: Option<&str>) -> Result<Away, Trouble> {
        let set = self.sign_on_at(slug).await?;
        let client = provider::client(self, &set, &self.secret(&set)).await?;
        let asked = provider::Question::new(&self.outside);
        let url = client.way(&asked);
        let next = next.and_then(local_path).unwrap_or_else(|| "/home".into());
        let state = json!({ "org": set.org_id, "asked": asked, "next": next });
        let token = self.begin_exchange(SSO, &state).await?;
        Ok(Away { token, url })
    }

    /// Finishes it: with the cookie's token, and what the provider sent back by the browser.
    pub async fn finish_sign_on(
        &self,
        token: &str,
        code: &str,
        state: &str,
        agent: Option<&str>,
    ) -> Result<Came, Trouble> {
        let mut kept = self.finish_exchange(SSO, token).await?;
        let over = || Refusal::new("over", "This took too long, or was finished already. Begin again.");
        let asked: provider::Question = serde_json::from_value(kept["asked"].take()).map_err(|_| over())?;
        if !asked.is_answered_by(state) {
            let says = "This answer belongs to another sign-in than the one begun in this browser. Begin again.";
            return Err(Refusal::new("sso-refused", says).into());
        }
        let org_id = kept["org"].as_str().unwrap_or_default();
        let set = self.desk.store.find_single_sign_on(org_id).await?.ok_or_else(over)?;
        let client = provider::client(self, &set, &self.secret(&set)).await?;
        let said = client.exchange(self, &asked, code).await?;
        let next = kept["next"].as_str().unwrap_or("/home").to_owned();
        if let Some(known) = self.desk.store.find_sso_identity(&set.org_id, &said.subject).await?
            && let Some(person) = self.desk.store.find_person(&known.person_id).await?
            && person.left.is_none()
        {
            return Ok(Came::In(self.begin_session(&person.id, "sso", agent).await?, next));
        }
        let email = usable(&set, &said)?;
        let name = said.name.unwrap_or_default();
        self.ask_to_confirm(Newcomer { org_id: set.org_id, subject: said.subject, email, name, next }).await
    }

    /// Confirms by the letter's link, in the browser that began (`cookie`), and signs in.
    pub async fn confirm_sign_on(&self, token: &str, cookie: &str, agent: Option<&str>) -> Result<Came, Trouble> {
        let here = Refusal::new(
            "other-browser",
            "Open this link in the browser in which you began to sign in. If that is gone, begin again there.",
        );
        // Two halves make the token: a link that was passed on, or a browser alone, opens nothing.
        let kept = match self.finish_exchange(CONFIRM, &format!("{token}.{cookie}")).await {
            Err(Trouble::Refusal(_)) => return Err(here.into()),
            kept => kept?,
        };
        let word = |name: &str| kept[name].as_str().unwrap_or_default().to_owned();
        let one = Newcomer {
            org_id: word("org"),
            subject: word("subject"),
            email: word("email"),
            name: word("name"),
            next: word("next"),
        };
        let set = self.desk.store.find_single_sign_on(&one.org_id).await?.ok_or(here)?;
        let name = if one.name.trim().is_empty() { one.email.split('@').next().unwrap_or("?") } else { &one.name };
        let person = self.open_account(&one.email, name).await?;
        self.link_identity(&set, &one.subject, &person.id).await?;
        Ok(Came::In(self.begin_session(&person.id, "sso", agent).await?, one.next))
    }

    async fn ask_to_confirm(&self, one: Newcomer) -> Result<Came, Trouble> {
        let org =
            self.desk.store.find_org(&one.org_id).await?.ok_or_else(|| Trouble::fault("an organisation is gone"))?;
        let token = token_hash(&format!("{:?}", self.outside.bytes::<32>()));
        let cookie = token_hash(&format!("{:?}", self.outside.bytes::<32>()));
        let state = json!({ "org": one.org_id, "subject": one.subject, "email": one.email, "name": one.name,
            "next": one.next });
        let letter = self.desk.letter(Writing {
            to: one.email.clone(),
            kind: "sign-in",
            subject: format!("Sign in through {}", org.name),
            paragraphs: vec![
                format!("You have just signed in at {}, for the first time on this site.", org.name),
                format!(
                    "Confirm that this address is yours, in the browser in which you began. From then on, whoever {} \
                     says you are is let into your account here.",
                    org.name
                ),
                "If it was not you, do nothing: nobody gets in.".into(),
            ],
            link: Some(("Confirm and sign in".into(), format!("{}/sign-in/sso/confirm/{token}", self.base_url))),
            why: "You get this because somebody signed in with your address. The link works once, for 15 minutes."
                .into(),
        });
        let kept = cairn_store::Ceremony {
            token_hash: token_hash(&format!("{token}.{cookie}")),
            kind: CONFIRM.into(),
            state: state.to_string(),
            expires: self.now() + jiff::SignedDuration::from_mins(15),
        };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_ceremony(&kept).await?;
        tx.insert_letter(&letter).await?;
        tx.commit().await?;
        self.post.wake();
        Ok(Came::MustConfirm(one.email, cookie))
    }

    /// Notes who the subject is; a newcomer to the organisation gets its role for newcomers.
    async fn link_identity(&self, set: &SingleSignOn, subject: &str, person_id: &str) -> Result<(), Trouble> {
        let identity = SsoIdentity {
            org_id: set.org_id.clone(),
            subject: subject.into(),
            person_id: person_id.into(),
            created: self.now(),
        };
        let roles = self.desk.store.list_roles(person_id).await?;
        let has_one = roles.iter().any(|member| member.org_id == set.org_id);
        let mut tx = self.desk.store.begin().await?;
        match tx.insert_sso_identity(&identity).await {
            Ok(()) => {}
            Err(StoreFault::Taken(_)) => {
                return Err(Refusal::new("taken", "This was confirmed already. Sign in again.").into());
            }
            Err(fault) => return Err(fault.into()),
        }
        let role = set.role.as_deref().and_then(|word| newcomers_role(word).ok());
        if let Some(role) = role
            && !has_one
        {
            let member = Member {
                org_id: set.org_id.clone(),
                person_id: person_id.into(),
                role,
                since: self.now(),
                given_by: None,
            };
            tx.insert_member(&member).await?;
        }
        let actor = Actor::site();
        let detail = Some(json!({ "role": role.filter(|_| !has_one).map(Role::word) }));
        let entry = actor.audit(&self.outside, &set.org_id, "single-sign-on.link", ("person", person_id), detail);
        tx.insert_audit(&entry).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn sign_on_at(&self, slug: &str) -> Result<SingleSignOn, Trouble> {
        let none = || Refusal::new("not-found", "No organisation at this address has single sign-on.");
        let org = self.desk.store.find_org_by_slug(slug).await?.filter(|org| org.closed.is_none()).ok_or_else(none)?;
        Ok(self.desk.store.find_single_sign_on(&org.id).await?.ok_or_else(none)?)
    }

    fn secret(&self, set: &SingleSignOn) -> Option<String> {
        let opened = self.desk.keyring.unseal_for(&secret_of(&set.org_id), set.sealed_secret.as_deref()?)?;
        String::from_utf8(opened.to_vec()).ok()
    }
}

/// The provider's address for somebody, where its word on it may be used at all.
fn usable(set: &SingleSignOn, said: &provider::Said) -> Result<String, Refusal> {
    let no = |says: String| Refusal::new("sso-refused", says);
    let email = said.email.as_deref().ok_or_else(|| {
        no("The provider did not say your address. Ask whoever runs it to give this site the claim `email`.".into())
    })?;
    if !said.email_verified {
        return Err(
            no("The provider does not vouch for your address (its claim `email_verified` is not true).".into()),
        );
    }
    let email = address(email)?;
    let domain = email.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    if !set.domains.iter().any(|known| known == domain) {
        return Err(no(format!(
            "The provider gave an address at {domain}, which is none of the organisation's domains. Sign in by a link \
             to your address, or ask an owner."
        )));
    }
    Ok(email)
}

/// Nobody becomes an owner by signing in.
fn newcomers_role(word: &str) -> Result<Role, Refusal> {
    word.parse().ok().filter(|role| *role != Role::Owner).ok_or_else(|| {
        Refusal::new("bad-role", "Choose a role for newcomers, or none. Nobody becomes an owner by signing in.")
    })
}

pub(crate) fn secret_of(org_id: &str) -> String {
    format!("{SECRET}\n{org_id}")
}

fn domains(text: &str) -> Result<Vec<String>, Refusal> {
    let mut domains: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_start_matches('@').to_lowercase())
        .collect();
    domains.sort();
    domains.dedup();
    let fine = |domain: &String| {
        domain.len() <= 253
            && domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty() && label.len() <= 63 && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            })
    };
    if domains.is_empty() || domains.len() > MOST_DOMAINS || !domains.iter().all(fine) {
        let says = format!("Write the domains of your people's addresses, such as example.edu: 1 to {MOST_DOMAINS}.");
        return Err(Refusal::new("bad-domains", says));
    }
    Ok(domains)
}
