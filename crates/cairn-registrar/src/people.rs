//! People: sign-in by a link in a letter, addresses, sessions, leaving.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::access::Role;
use cairn_store::{Member, Person, PersonEmail, Session};
use jiff::SignedDuration;

use crate::Office;
use crate::access::token_hash;
use crate::refusal::{Refusal, Trouble};

/// How long a session lasts.
const SESSION: SignedDuration = SignedDuration::from_hours(24 * 14);

/// An address in the one form in which it is compared: trimmed, lower case. A refusal when it cannot be one.
pub fn address(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let fine = text.len() <= 254
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"'));
    if !fine {
        let says = format!("“{}” is no e-mail address. Write it like name@example.org.", shortened(text));
        return Err(Refusal::new("bad-address", says));
    }
    Ok(text.to_lowercase())
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

impl Office {
    /// The person with this address; a new account when there is none. Whoever calls has seen that the address is
    /// theirs.
    pub async fn open_account(&self, email: &str, name: &str) -> Result<Person, Trouble> {
        let lower = address(email)?;
        if let Some(person) = self.desk.store.find_person_by_email(&lower).await? {
            return Ok(person);
        }
        let now = self.now();
        let person = Person { id: self.outside.id(), name: name.trim().into(), created: now, left: None };
        let one = PersonEmail {
            email: lower,
            person_id: person.id.clone(),
            shown: email.trim().into(),
            verified: now,
            main: Some(now),
        };
        let mut tx = self.desk.store.begin().await?;
        tx.insert_person(&person).await?;
        tx.insert_person_email(&one).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Begins a session and answers with its token, which is told once. `how` is `link`, `passkey` or `sso`.
    pub async fn begin_session(&self, person_id: &str, how: &str, agent: Option<&str>) -> Result<String, Trouble> {
        let token = URL_SAFE_NO_PAD.encode(self.outside.bytes::<32>());
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
        let mut tx = self.desk.store.begin().await?;
        tx.insert_session(&session).await?;
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
