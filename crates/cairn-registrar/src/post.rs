//! Letters: written into the outbox with the act that gives rise to them, sent by SMTP, tried again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
pub use cairn_store::{Letter, LetterState, Letters};
use serde::{Deserialize, Serialize};

use crate::Office;
use crate::access::Actor;
use crate::issuing::Desk;
use crate::people::address;
use crate::refusal::{Refusal, Trouble};

mod html;
mod sending;
mod smtp;

pub use sending::{Post, Round};

/// What a letter says.
#[derive(Debug, Clone, Default)]
pub struct Writing {
    /// To whom.
    pub to: String,
    /// Its kind: `sign-in`, `add-address`, `invitation`, `award`, `claim`, `decision`, `token-expiry`, …
    pub kind: &'static str,
    /// Subject.
    pub subject: String,
    /// Paragraphs of plain text.
    pub paragraphs: Vec<String>,
    /// What to press, and where it leads.
    pub link: Option<(String, String)>,
    /// Why they get it, in a sentence.
    pub why: String,
}

/// Letters without which somebody could not do, or would not know, what they must: they have no way to be turned off.
/// Each is sent once and never as a reminder. All other kinds can be turned off.
const NECESSARY: [&str; 10] = [
    "sign-in",
    "add-address",
    "invitation",
    "award",
    "claim",
    "decision",
    "status",
    "correction",
    "account",
    "address-removed",
];

/// Whether letters of a kind can be turned off by whoever gets them.
pub fn is_optional(kind: &str) -> bool {
    !NECESSARY.contains(&kind)
}

/// The kind that stands for all that are not necessary.
const ALL_OPTIONAL: &str = "*";
/// What the hash of an address and a link for turning letters off are bound to.
const OPTOUT: &str = "letter opt-out";

/// Whose wish a link is about.
#[derive(Debug, Serialize, Deserialize)]
struct Wish {
    /// Keyed hash of the address: the link says nothing about it, and works when the address is erased.
    #[serde(rename = "h")]
    email_hash: String,
    #[serde(rename = "k")]
    kind: String,
}

impl Desk {
    /// The letter, ready to be put into the outbox by the transaction that gives rise to it (`tx.insert_letter`).
    pub fn letter(&self, writing: Writing) -> Letter {
        let mut words = writing.paragraphs.join("\n\n");
        if let Some((label, address)) = &writing.link {
            words += &format!("\n\n{label}:\n{address}");
        }
        words += &format!("\n\n-- \n{}\n", writing.why);
        let off = self.unsubscribe_address(&writing.to, writing.kind);
        if let Some(address) = &off {
            words += &format!("No more letters of this kind: {address}\n");
        }
        Letter {
            id: self.outside.id(),
            html: Some(html::page(&writing, off.as_deref())),
            to: writing.to,
            kind: writing.kind.into(),
            subject: writing.subject,
            words,
            created: self.outside.now(),
        }
    }

    /// Where letters of an optional kind are turned off; `None` for a kind that is necessary. The link is sealed, so
    /// that only who has had a letter can turn letters off, and nothing need be stored for it.
    fn unsubscribe_address(&self, to: &str, kind: &str) -> Option<String> {
        if !is_optional(kind) {
            return None;
        }
        let wish = Wish { email_hash: self.email_hash(to), kind: kind.into() };
        let sealed = serde_json::to_vec(&wish).ok()?;
        let sealed = self.keyring.seal_for(OPTOUT, &sealed, &self.outside).ok()?;
        Some(format!("{}/letters/unsubscribe/{}", self.base_url, URL_SAFE_NO_PAD.encode(sealed)))
    }

    fn email_hash(&self, to: &str) -> String {
        let lower = address(to).unwrap_or_else(|_| to.trim().to_lowercase());
        self.keyring.keyed_hash(OPTOUT, lower.as_bytes())
    }

    fn wish(&self, token: &str) -> Result<Wish, Refusal> {
        let open = || {
            let sealed = URL_SAFE_NO_PAD.decode(token).ok().filter(|sealed| sealed.len() < 1_000)?;
            serde_json::from_slice(&self.keyring.unseal_for(OPTOUT, &sealed)?).ok()
        };
        let says = "This link for turning letters off is not whole. Open it from the letter again, or copy all of it.";
        open().ok_or_else(|| Refusal::new("not-found", says))
    }
}

/// What a link for turning letters off is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// The kind of letters.
    pub kind: String,
    /// Whether they are turned off already.
    pub done: bool,
}

impl Office {
    /// What a link for turning letters off is about. A refusal when it is none of this site's.
    pub async fn find_opt_out(&self, token: &str) -> Result<OptOut, Trouble> {
        let wish = self.desk.wish(token)?;
        let done = self.desk.store.find_letter_optout(&wish.email_hash, &wish.kind).await?;
        Ok(OptOut { kind: wish.kind, done })
    }

    /// Turns letters off: those of the link's kind, or `all` that are not necessary. Whoever holds the link has had a
    /// letter; nothing else is asked of them (RFC 8058).
    pub async fn opt_out(&self, token: &str, all: bool) -> Result<(), Trouble> {
        let wish = self.desk.wish(token)?;
        let kind = if all { ALL_OPTIONAL } else { wish.kind.as_str() };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_letter_optout(&wish.email_hash, kind, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Turns them on again.
    pub async fn opt_in(&self, token: &str) -> Result<(), Trouble> {
        let wish = self.desk.wish(token)?;
        let mut tx = self.desk.store.begin().await?;
        tx.delete_letter_optout(&wish.email_hash, &wish.kind).await?;
        tx.delete_letter_optout(&wish.email_hash, ALL_OPTIONAL).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Letters of the outbox, newest first: for whoever runs the program.
    pub async fn list_letters(&self, actor: &Actor, which: Letters, limit: u32) -> Result<Vec<LetterState>, Trouble> {
        only_site(actor)?;
        Ok(self.desk.store.list_letters(which, limit).await?)
    }

    /// Lets letters that are not sent be tried at once, also those that were given up; one of them when it is named.
    /// How many they are.
    pub async fn retry_letters(&self, actor: &Actor, only: Option<&str>) -> Result<u64, Trouble> {
        only_site(actor)?;
        let mut tx = self.desk.store.begin().await?;
        let count = tx.update_letters_retried(only, self.now()).await?;
        let detail = Some(serde_json::json!({ "letters": count }));
        tx.insert_audit(&actor.audit(&self.outside, "", "letters.retry", ("site", ""), detail)).await?;
        tx.commit().await?;
        self.post.wake();
        Ok(count)
    }

    /// All letters of a demonstration, whose people are made up. `None` on a real site: letters are nobody else's.
    pub async fn demo_letters(&self, limit: u32) -> Result<Option<Vec<LetterState>>, Trouble> {
        if self.demo.is_none() {
            return Ok(None);
        }
        Ok(Some(self.desk.store.list_letters(Letters::All, limit).await?))
    }
}

fn only_site(actor: &Actor) -> Result<(), Refusal> {
    match actor.who {
        crate::access::Who::Site => Ok(()),
        _ => Err(Refusal::new("not-found", "There is nothing here that you may see.")),
    }
}
