//! API tokens: made, used, warned about, withdrawn.

use std::collections::BTreeSet;

use cairn_domain::access::{Act, Scope};
pub use cairn_store::ApiToken;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::Office;
use crate::access::{Actor, Who, token_hash};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

/// Most days of a token's life.
pub const MOST_DAYS: u32 = 366;
/// How long before its end a token's maker is warned.
const WARNED_BEFORE: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Most tokens that are good at the same time in one organisation.
const MOST_TOKENS: usize = 100;
/// A token's last use is written down when it is older than this, so that not every call is a write.
const USED_TO_WITHIN: SignedDuration = SignedDuration::from_mins(5);

/// A token that is wanted.
#[derive(Debug, Clone, Default)]
pub struct NewToken {
    /// What it is for: 1 to 80 characters.
    pub label: String,
    /// What it may be used for: one at least.
    pub scopes: BTreeSet<Scope>,
    /// Days until it ends: 1 to 366.
    pub days: u32,
}

impl Office {
    /// Makes a token and answers with it and what is told of it once. A person makes it: a token makes no tokens.
    pub async fn make_token(
        &self,
        actor: &Actor,
        org_id: &str,
        wanted: NewToken,
    ) -> Result<(ApiToken, String), Trouble> {
        actor.require(org_id, Act::Tokens)?;
        let Who::Person { person, .. } = &actor.who else {
            return Err(Refusal::new("not-allowed", "A token makes no tokens: a person makes them, signed in.").into());
        };
        actor.proved_lately(self.now())?;
        let wanted = checked(wanted)?;
        let now = self.now();
        let good = self.desk.store.list_api_tokens(org_id).await?;
        if good.iter().filter(|token| token.revoked.is_none() && token.expires > now).count() >= MOST_TOKENS {
            let says = format!("The organisation has {MOST_TOKENS} tokens that are good. Revoke one that is not used.");
            return Err(Refusal::new("too-many-tokens", says).into());
        }
        let told = format!("cairn_{}", self.new_token());
        let token = ApiToken {
            org_id: org_id.into(),
            id: self.outside.id(),
            token_hash: token_hash(&told),
            person_id: person.id.clone(),
            label: wanted.label,
            scopes: wanted.scopes.into_iter().collect(),
            created: now,
            expires: now + SignedDuration::from_hours(24 * i64::from(wanted.days)),
            used: None,
            revoked: None,
            warned: None,
        };
        let words: Vec<&str> = token.scopes.iter().map(|scope| scope.word()).collect();
        let detail = json!({ "scopes": words, "days": wanted.days });
        let mut tx = self.desk.store.begin().await?;
        tx.insert_api_token(&token).await?;
        tx.insert_audit(&actor.audit(&self.outside, org_id, "token.make", ("token", &token.id), Some(detail))).await?;
        tx.commit().await?;
        Ok((token, told))
    }

    /// An organisation's tokens, newest first.
    pub async fn tokens(&self, actor: &Actor, org_id: &str) -> Result<Vec<ApiToken>, Trouble> {
        actor.require(org_id, Act::Tokens)?;
        Ok(self.desk.store.list_api_tokens(org_id).await?)
    }

    /// Revokes a token: it is good for nothing from now on.
    pub async fn revoke_token(&self, actor: &Actor, org_id: &str, token_id: &str) -> Result<(), Trouble> {
        actor.require(org_id, Act::Tokens)?;
        if !self.desk.store.list_api_tokens(org_id).await?.iter().any(|token| token.id == token_id) {
            return Err(Refusal::new("not-found", "The organisation has no such token.").into());
        }
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_api_token_revoked(org_id, token_id, self.now()).await? {
            return Err(Refusal::new("already-done", "This token was revoked before.").into());
        }
        tx.insert_audit(&actor.audit(&self.outside, org_id, "token.revoke", ("token", token_id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Who acts by an API token; a refusal (`bad-token`) that says why when it is not good. What its maker may do is
    /// looked up each time: whoever loses a role loses it for their tokens too.
    pub async fn actor_by_token(&self, token: &str) -> Result<Actor, Trouble> {
        let now = self.now();
        let bad = |says: &str| Trouble::from(Refusal::new("bad-token", says));
        let Some(found) = self.desk.store.find_api_token(&token_hash(token)).await? else {
            return Err(bad("This site has given out no such token."));
        };
        if found.revoked.is_some() {
            return Err(bad("This token was revoked. Ask an owner of the organisation for a new one."));
        }
        if found.expires <= now {
            return Err(bad("This token's time is over. Ask an owner of the organisation for a new one."));
        }
        let Some(person) = self.desk.store.find_person(&found.person_id).await?.filter(|p| p.left.is_none()) else {
            return Err(bad("Whoever made this token has left. Ask an owner of the organisation for a new one."));
        };
        if found.used.is_none_or(|used| now.duration_since(used) > USED_TO_WITHIN) {
            let mut tx = self.desk.store.begin().await?;
            tx.update_api_token_used(&found.token_hash, now).await?;
            tx.commit().await?;
        }
        let mut roles = self.desk.store.list_roles(&person.id).await?;
        roles.retain(|member| member.org_id == found.org_id);
        Ok(Actor { who: Who::Token { token_id: found.id, person, org_id: found.org_id, scopes: found.scopes }, roles })
    }

    /// Writes to the makers of tokens that end within 14 days, once for each token. How many letters they were.
    pub async fn warn_of_expiring_tokens(&self, now: Timestamp) -> Result<u64, Trouble> {
        let mut letters = 0;
        for token in self.desk.store.list_api_tokens_ending(now, now + WARNED_BEFORE).await? {
            let Some(org) = self.desk.store.find_org(&token.org_id).await? else { continue };
            let Some(to) = self.desk.store.list_person_emails(&token.person_id).await?.into_iter().next() else {
                continue;
            };
            let mut tx = self.desk.store.begin().await?;
            if !tx.update_api_token_warned(&token.org_id, &token.id, now).await? {
                continue;
            }
            let day = token.expires.strftime("%-d %B %Y");
            let letter = self.desk.letter(Writing {
                to: to.shown,
                kind: "token-expiry",
                subject: format!("The API token “{}” ends on {day}", token.label),
                paragraphs: vec![
                    "Hello,".into(),
                    format!(
                        "the API token “{}” of {} ends on {day}. Whatever uses it stops working then. Make a new one, \
                         put it where the old one is, and revoke the old one.",
                        token.label, org.name
                    ),
                ],
                link: Some(("API tokens".into(), format!("{}/org/{}/tokens", self.base_url, org.slug))),
                why: format!("You get this because you made the token at {}.", self.base_url),
            });
            tx.insert_letter(&letter).await?;
            tx.commit().await?;
            letters += 1;
        }
        Ok(letters)
    }
}

fn checked(wanted: NewToken) -> Result<NewToken, Refusal> {
    let label = wanted.label.split_whitespace().collect::<Vec<_>>().join(" ");
    if label.is_empty() || label.chars().count() > 80 || label.chars().any(char::is_control) {
        return Err(Refusal::new("bad-label", "Say what the token is for, in 1 to 80 characters."));
    }
    if wanted.scopes.is_empty() {
        return Err(Refusal::new("no-scopes", "Choose at least one thing that the token may be used for."));
    }
    if !(1..=MOST_DAYS).contains(&wanted.days) {
        return Err(Refusal::new("bad-days", format!("A token lives 1 to {MOST_DAYS} days.")));
    }
    Ok(NewToken { label, ..wanted })
}
