//! People: sign-in by a link in a letter, sessions.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::access::Role;
use cairn_store::{Member, Person, PersonEmail, Session, SignInLink, StoreFault, Tx};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::Office;
use crate::access::{Actor, Who, token_hash};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

/// How long a session lasts.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 14);
/// How long a link in a letter is good.
pub const LINK: SignedDuration = SignedDuration::from_mins(15);
/// How long a link is good that whoever runs the site has printed.
pub const PRINTED_LINK: SignedDuration = SignedDuration::from_hours(24);
/// How many letters with links one address gets in an hour.
const LINKS_AN_HOUR: u64 = 5;
/// How long a proof of who somebody is lasts for changes that could lock its owner out.
const PROVED: SignedDuration = SignedDuration::from_hours(12);
/// A session's last use is written down when it is older than this, so that not every look is a write.
const SEEN_TO_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// Most characters of a name.
const LONGEST_NAME: usize = 120;

/// What a link that works is about, to be shown before it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// The address to which its letter went.
    pub email: String,
    /// The name of whoever has the address; `None` when there is no account, or none with a name.
    pub name: Option<String>,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// Somebody who has just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// The new session's token, told once.
    pub token: String,
    /// Where to go: a path of this site.
    pub next: Option<String>,
}

/// An address in the one form in which it is compared: trimmed, lower case. A refusal when it cannot be one.
pub fn address(text: &str) -> Result<String, Refusal> {
    cairn_domain::address::read(text).ok_or_else(|| {
        let says = format!("“{}” is no e-mail address. Write it like name@example.org.", shortened(text.trim()));
        Refusal::new("bad-address", says)
    })
}

/// A person's name, trimmed. A refusal when it is empty, too long, or holds what no name holds.
pub fn person_name(text: &str) -> Result<String, Refusal> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Refusal::new("no-name", "Write your name as your badges shall say it."));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let says = format!("A name has at most {LONGEST_NAME} characters and no control characters.");
        return Err(Refusal::new("bad-name", says));
    }
    Ok(name)
}

/// A path of this site, to go to after signing in; `None` for anything that could lead elsewhere.
pub fn local_path(text: &str) -> Option<String> {
    let local = text.starts_with('/')
        && !text.starts_with("//")
        && text.len() <= 600
        && text.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    local.then(|| text.to_owned())
}

pub(crate) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

impl Actor {
    /// A refusal (`sign-in-again`) unless the person has shown within 12 hours who they are: for changes that could
    /// lock them out or let others in. A token was made by somebody who had; whoever runs the program owns the machine.
    pub fn proved_lately(&self, now: Timestamp) -> Result<(), Refusal> {
        match &self.who {
            Who::Site | Who::Token { .. } => Ok(()),
            Who::Person { session, .. } if now.duration_since(session.proved) <= PROVED => Ok(()),
            Who::Person { .. } => Err(Refusal::new(
                "sign-in-again",
                "You signed in more than 12 hours ago. Sign in again, then do this: it keeps a device that was left \
                 open from taking your account away.",
            )),
            Who::Nobody => Err(Refusal::new("sign-in", "Sign in first.")),
        }
    }
}

impl Office {
    /// Whether letters leave this site at all.
    pub fn sends_letters(&self) -> bool {
        self.settings.smtp.is_some()
    }

    /// Writes a letter with a link to sign in. Says nothing about whether the address has an account. `too-many` after
    /// five in an hour.
    pub async fn ask_to_sign_in(&self, email: &str, next: Option<&str>) -> Result<(), Trouble> {
        let lower = address(email)?;
        let mut tx = self.desk.store.begin().await?;
        let url = self.new_link(&mut tx, &lower, next.and_then(local_path)).await?;
        let letter = self.desk.letter(Writing {
            to: email.trim().into(),
            kind: "sign-in",
            subject: "Your link to sign in".into(),
            paragraphs: vec![
                "Hello,".into(),
                "here is your link to sign in. It works once, and for 15 minutes.".into(),
            ],
            link: Some(("Sign in".into(), url)),
            why: format!(
                "Somebody asked at {} to sign in with this address. If it was not you, do nothing: without the link \
                 nobody gets in.",
                self.base_url
            ),
        });
        tx.insert_letter(&letter).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A link to sign in that is printed instead of sent, for whoever runs the program; good for 24 hours.
    pub async fn print_sign_in_link(&self, actor: &Actor, email: &str) -> Result<String, Trouble> {
        if !matches!(actor.who, Who::Site) {
            return Err(Refusal::new("not-allowed", "Only whoever runs the program may print links.").into());
        }
        let lower = address(email)?;
        let mut tx = self.desk.store.begin().await?;
        let url = self.printed_link(&mut tx, &lower).await?;
        let entry = actor.audit(&self.outside, "", "sign-in-link.print", ("site", "site"), None);
        tx.insert_audit(&entry).await?;
        tx.commit().await?;
        Ok(url)
    }

    /// What a link that works is about. A refusal when it was used, is over, or never was. Looking uses nothing up:
    /// mail scanners look at every link.
    pub async fn look_at_link(&self, token: &str) -> Result<OpenLink, Trouble> {
        let link = self.open_link(token).await?;
        let person = self.desk.store.find_person_by_email(&link.email).await?;
        let name = person.map(|person| person.name).filter(|name| !name.is_empty());
        Ok(OpenLink { email: link.email, name, expires: link.expires })
    }

    /// Uses a link up and begins a session; opens the account when the address has none, for which a name is needed
    /// (`no-name` without using the link up). The session with which the actor came is replaced.
    pub async fn sign_in_by_link(
        &self,
        actor: &Actor,
        token: &str,
        name: Option<&str>,
        agent: Option<&str>,
    ) -> Result<SignedIn, Trouble> {
        let link = self.open_link(token).await?;
        let now = self.now();
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_sign_in_link_used(&link.token_hash, now).await? {
            return Err(no_such_link());
        }
        // whoever has the newest letter has the older ones: none of them is needed any more
        tx.update_sign_in_links_used(&link.email, "sign-in", now).await?;
        let person = self.account_of(&mut tx, &link.email, name).await?;
        let token = self.new_session(&mut tx, actor, &person.id, "link", agent).await?;
        tx.commit().await?;
        Ok(SignedIn { person, token, next: link.next })
    }

    /// Ends the session with which the actor came.
    pub async fn sign_out(&self, actor: &Actor) -> Result<(), Trouble> {
        let Ok((person, session)) = actor.signed_in() else { return Ok(()) };
        let mut tx = self.desk.store.begin().await?;
        tx.delete_session(&person.id, &session.id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes that a session is in use, unless that was noted within minutes.
    pub(crate) async fn note_session(&self, session: &Session) -> Result<(), Trouble> {
        if self.now().duration_since(session.seen) > SEEN_TO_WITHIN {
            let mut tx = self.desk.store.begin().await?;
            tx.update_session_seen(&session.token_hash, self.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Deletes sessions and links that are over for long. How many they were.
    pub async fn purge_sessions(&self) -> Result<u64, Trouble> {
        let before = self.now() - SignedDuration::from_hours(24);
        let mut tx = self.desk.store.begin().await?;
        let gone = tx.delete_sessions_over(before).await? + tx.delete_sign_in_links(before).await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// The person with this address; a new account when there is none. Whoever calls has seen that the address is
    /// theirs.
    pub async fn open_account(&self, email: &str, name: &str) -> Result<Person, Trouble> {
        let lower = address(email)?;
        if let Some(person) = self.desk.store.find_person_by_email(&lower).await? {
            return Ok(person);
        }
        let mut tx = self.desk.store.begin().await?;
        let person = self.new_account(&mut tx, &lower, email.trim(), name.trim()).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Begins a session and answers with its token, which is told once. `how` is `link`, `passkey` or `sso`.
    pub async fn begin_session(&self, person_id: &str, how: &str, agent: Option<&str>) -> Result<String, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        let token = self.new_session(&mut tx, &Actor::default(), person_id, how, agent).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Gives a role without asking: for whoever runs the program, and for acts that have asked.
    pub async fn give_role(&self, org_id: &str, person_id: &str, role: Role, by: Option<&str>) -> Result<(), Trouble> {
        let mut tx = self.desk.store.begin().await?;
        let member = Member {
            org_id: org_id.into(),
            person_id: person_id.into(),
            role,
            since: self.now(),
            given_by: by.map(str::to_owned),
        };
        tx.insert_member(&member).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What acts of several files do inside their own transactions.
impl Office {
    /// A token of 256 bits that nobody guesses, to be told once.
    pub(crate) fn new_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.outside.bytes::<32>())
    }

    /// A new session in place of the one with which the actor came, and its token.
    pub(crate) async fn new_session(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        person_id: &str,
        how: &str,
        agent: Option<&str>,
    ) -> Result<String, Trouble> {
        if let Ok((person, session)) = actor.signed_in() {
            tx.delete_session(&person.id, &session.id).await?;
        }
        let token = self.new_token();
        let now = self.now();
        let session = Session {
            token_hash: token_hash(&token),
            id: self.outside.id(),
            person_id: person_id.into(),
            how: how.into(),
            agent: agent.map(shortened),
            created: now,
            seen: now,
            expires: now + SESSION,
            proved: now,
        };
        tx.insert_session(&session).await?;
        let now_acting = Actor {
            who: Who::Person {
                person: Person { id: person_id.into(), name: String::new(), created: now, left: None },
                session: session.clone(),
            },
            roles: Vec::new(),
        };
        let entry =
            now_acting.audit(&self.outside, "", "session.begin", ("session", &session.id), Some(json!({ "how": how })));
        tx.insert_audit(&entry).await?;
        Ok(token)
    }

    /// The person with an address that has just been shown to be theirs; a new account with `name` when there is none.
    /// An account without a name (the site's first owner) gets it now.
    pub(crate) async fn account_of(&self, tx: &mut Tx, email: &str, name: Option<&str>) -> Result<Person, Trouble> {
        match tx.find_person_by_email(email).await? {
            Some(person) if person.left.is_some() => Err(no_such_link()),
            Some(mut person) if person.name.is_empty() => {
                person.name = person_name(name.unwrap_or_default())?;
                tx.update_person_name(&person.id, &person.name).await?;
                Ok(person)
            }
            Some(person) => Ok(person),
            None => {
                let name = person_name(name.unwrap_or_default())?;
                self.new_account(tx, email, email, &name).await
            }
        }
    }

    /// A new account with one address.
    pub(crate) async fn new_account(
        &self,
        tx: &mut Tx,
        email: &str,
        shown: &str,
        name: &str,
    ) -> Result<Person, Trouble> {
        let now = self.now();
        let person = Person { id: self.outside.id(), name: name.into(), created: now, left: None };
        let one = PersonEmail {
            email: email.into(),
            person_id: person.id.clone(),
            shown: shown.into(),
            verified: now,
            main: Some(now),
        };
        tx.insert_person(&person).await?;
        tx.insert_person_email(&one).await.map_err(|fault| match fault {
            // two letters to one new address were answered in the same moment
            StoreFault::Taken(_) => {
                Trouble::from(Refusal::new("already-done", "This account has just been opened. Sign in again."))
            }
            fault => fault.into(),
        })?;
        Ok(person)
    }

    /// A link good for 24 hours, printed rather than sent.
    pub(crate) async fn printed_link(&self, tx: &mut Tx, email: &str) -> Result<String, Trouble> {
        let token = self.new_token();
        tx.insert_sign_in_link(&self.link(&token, email, "sign-in", PRINTED_LINK)).await?;
        Ok(format!("{}/sign-in/{token}", self.base_url))
    }

    /// A kept link's row.
    pub(crate) fn link(&self, token: &str, email: &str, purpose: &str, lasts: SignedDuration) -> SignInLink {
        let now = self.now();
        SignInLink {
            token_hash: token_hash(token),
            email: email.into(),
            purpose: purpose.into(),
            person_id: None,
            next: None,
            created: now,
            expires: now + lasts,
            used: None,
        }
    }

    /// A refusal when an address got all the letters with links that it may get in an hour.
    pub(crate) async fn not_too_many_links(&self, tx: &mut Tx, email: &str) -> Result<(), Trouble> {
        let since = self.now() - SignedDuration::from_hours(1);
        if tx.count_sign_in_links(email, since).await? < LINKS_AN_HOUR {
            return Ok(());
        }
        let says = "This address got five letters within the hour. Look for them, also among what your mail program \
                    takes for junk, or try again in an hour.";
        Err(Refusal::new("too-many", says).into())
    }

    async fn new_link(&self, tx: &mut Tx, email: &str, next: Option<String>) -> Result<String, Trouble> {
        self.not_too_many_links(tx, email).await?;
        let token = self.new_token();
        tx.insert_sign_in_link(&SignInLink { next, ..self.link(&token, email, "sign-in", LINK) }).await?;
        Ok(format!("{}/sign-in/{token}", self.base_url))
    }

    async fn open_link(&self, token: &str) -> Result<SignInLink, Trouble> {
        let found = self.desk.store.find_sign_in_link(&token_hash(token)).await?;
        found
            .filter(|link| link.purpose == "sign-in" && link.used.is_none() && link.expires > self.now())
            .ok_or_else(no_such_link)
    }
}

fn no_such_link() -> Trouble {
    let says = "This link works no more: it was used, a newer one was, or its time is over. Ask for a new one.";
    Refusal::new("link-over", says).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        for fine in ["/", "/account", "/org/a/people?x=1#y"] {
            assert_eq!(local_path(fine).as_deref(), Some(fine));
        }
        for not in ["", "account", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/a\r\nb", "/ä"]
        {
            assert_eq!(local_path(not), None, "{not:?}");
        }
    }

    #[test]
    fn names_are_trimmed_and_never_empty() {
        assert_eq!(person_name("  Ada \n Lovelace ").as_deref(), Ok("Ada Lovelace"));
        assert_eq!(person_name(" \t").map_err(|r| r.code), Err("no-name"));
        assert_eq!(person_name(&"x".repeat(121)).map_err(|r| r.code), Err("bad-name"));
        assert_eq!(person_name("a\u{7}b").map_err(|r| r.code), Err("bad-name"));
    }
}
