//! A person's own account: name, addresses, sessions.

use cairn_store::{PersonEmail, Session, SignInLink, StoreFault};

use crate::Office;
use crate::access::{Actor, token_hash};
use crate::people::{LINK, address, person_name};
use crate::post::Writing;
use crate::refusal::{Refusal, Trouble};

/// Most addresses of one person.
const MOST_ADDRESSES: u64 = 10;

/// What a person sees of their account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Their name.
    pub name: String,
    /// Their addresses, the one that letters go to first.
    pub addresses: Vec<PersonEmail>,
    /// Where they are signed in, last used first.
    pub sessions: Vec<Session>,
}

impl Office {
    /// The actor's own account.
    pub async fn account(&self, actor: &Actor) -> Result<Account, Trouble> {
        let (person, _) = actor.signed_in()?;
        let addresses = self.desk.store.list_person_emails(&person.id).await?;
        let mut sessions = self.desk.store.list_sessions(&person.id).await?;
        sessions.retain(|session| session.expires > self.now());
        Ok(Account { name: person.name.clone(), addresses, sessions })
    }

    /// The name of a person, for pages that say who did what to those who may see it; `None` when they have left.
    pub async fn name_of(&self, person_id: &str) -> Result<Option<String>, Trouble> {
        let person = self.desk.store.find_person(person_id).await?;
        Ok(person.filter(|person| person.left.is_none()).map(|person| person.name))
    }

    /// Changes the actor's name. Badges that were awarded keep the name they were awarded with.
    pub async fn rename(&self, actor: &Actor, name: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        let name = person_name(name)?;
        let mut tx = self.desk.store.begin().await?;
        tx.update_person_name(&person.id, &name).await?;
        tx.insert_audit(&actor.audit(&self.outside, "", "person.rename", ("person", &person.id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes a letter with a link to an address that the actor wants to add. Nothing is said about whether it is
    /// somebody's already.
    pub async fn ask_to_add_address(&self, actor: &Actor, email: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        actor.proved_lately(self.now())?;
        let lower = address(email)?;
        let mut tx = self.desk.store.begin().await?;
        self.not_too_many_links(&mut tx, &lower).await?;
        if tx.count_person_emails(&person.id).await? >= MOST_ADDRESSES {
            let says = "You have ten addresses here, which is as many as an account holds. Remove one first.";
            return Err(Refusal::new("too-many-addresses", says).into());
        }
        let token = self.new_token();
        let link = self.link(&token, &lower, "add-address", LINK);
        tx.insert_sign_in_link(&SignInLink { person_id: Some(person.id.clone()), ..link }).await?;
        let letter = self.desk.letter(Writing {
            to: email.trim().into(),
            kind: "add-address",
            subject: "Add this address to your account".into(),
            paragraphs: vec![
                "Hello,".into(),
                "here is your link to add this address to your account. Open it where you are signed in. It works \
                 once, and for 15 minutes."
                    .into(),
            ],
            link: Some(("Add this address".into(), format!("{}/account/addresses/confirm/{token}", self.base_url))),
            why: format!(
                "Somebody who is signed in at {} asked to add this address. If it was not you, do nothing.",
                self.base_url
            ),
        });
        tx.insert_letter(&letter).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The address that a link would add to the actor's account.
    pub async fn look_at_address_link(&self, actor: &Actor, token: &str) -> Result<String, Trouble> {
        Ok(self.open_address_link(actor, token).await?.email)
    }

    /// Adds the address whose letter the actor holds. Only where the account that asked is signed in: a stranger's
    /// link adds nothing to the stranger's account.
    pub async fn add_address(&self, actor: &Actor, token: &str) -> Result<String, Trouble> {
        let (person, _) = actor.signed_in()?;
        let link = self.open_address_link(actor, token).await?;
        let now = self.now();
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_sign_in_link_used(&link.token_hash, now).await? {
            return Err(no_such_link());
        }
        let one = PersonEmail {
            email: link.email.clone(),
            person_id: person.id.clone(),
            shown: link.email.clone(),
            verified: now,
            main: None,
        };
        match tx.insert_person_email(&one).await {
            Ok(()) => {}
            Err(StoreFault::Taken(_)) => {
                let says = "This address belongs to an account already. If that is yours too, sign in with it, remove \
                            it there, and ask again.";
                return Err(Refusal::new("taken", says).into());
            }
            Err(fault) => return Err(fault.into()),
        }
        tx.insert_audit(&actor.audit(&self.outside, "", "address.add", ("person", &person.id), None)).await?;
        tx.commit().await?;
        Ok(link.email)
    }

    /// Makes one of the actor's addresses the one that letters go to.
    pub async fn make_main_address(&self, actor: &Actor, email: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        let mut tx = self.desk.store.begin().await?;
        if !tx.update_person_email_main(&person.id, &email.trim().to_lowercase(), self.now()).await? {
            return Err(not_yours());
        }
        tx.insert_audit(&actor.audit(&self.outside, "", "address.main", ("person", &person.id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Removes one of the actor's addresses; never the last, and a letter tells it so.
    pub async fn remove_address(&self, actor: &Actor, email: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        actor.proved_lately(self.now())?;
        let lower = email.trim().to_lowercase();
        let mut tx = self.desk.store.begin().await?;
        tx.hold_person(&person.id).await?;
        if !tx.delete_person_email(&person.id, &lower).await? {
            return Err(not_yours());
        }
        if tx.count_person_emails(&person.id).await? == 0 {
            let says = "This is your last address: without one you could not sign in when all else is lost. Add \
                        another first.";
            return Err(Refusal::new("last-address", says).into());
        }
        // a link that was sent to it must not let its next owner in
        tx.update_sign_in_links_used(&lower, "sign-in", self.now()).await?;
        let letter = self.desk.letter(Writing {
            to: lower,
            kind: "address-removed",
            subject: "This address was removed from your account".into(),
            paragraphs: vec![
                "Hello,".into(),
                "this address was just removed from an account. Signing in with it opens that account no more.".into(),
            ],
            link: None,
            why: format!("You get this because the address was one of your account's at {}.", self.base_url),
        });
        tx.insert_letter(&letter).await?;
        tx.insert_audit(&actor.audit(&self.outside, "", "address.remove", ("person", &person.id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends one of the actor's sessions.
    pub async fn end_session(&self, actor: &Actor, session_id: &str) -> Result<(), Trouble> {
        let (person, _) = actor.signed_in()?;
        let mut tx = self.desk.store.begin().await?;
        if !tx.delete_session(&person.id, session_id).await? {
            return Err(Refusal::new("not-found", "That session is over already.").into());
        }
        tx.insert_audit(&actor.audit(&self.outside, "", "session.end", ("session", session_id), None)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends all of the actor's sessions but the one with which they came. How many they were.
    pub async fn end_other_sessions(&self, actor: &Actor) -> Result<u64, Trouble> {
        let (person, session) = actor.signed_in()?;
        let mut tx = self.desk.store.begin().await?;
        let ended = tx.delete_other_sessions(&person.id, &session.id).await?;
        tx.insert_audit(&actor.audit(&self.outside, "", "session.end-others", ("person", &person.id), None)).await?;
        tx.commit().await?;
        Ok(ended)
    }

    async fn open_address_link(&self, actor: &Actor, token: &str) -> Result<SignInLink, Trouble> {
        let (person, _) = actor.signed_in()?;
        let found = self.desk.store.find_sign_in_link(&token_hash(token)).await?;
        found
            .filter(|link| {
                link.purpose == "add-address"
                    && link.used.is_none()
                    && link.expires > self.now()
                    && link.person_id.as_deref() == Some(&person.id)
            })
            .ok_or_else(no_such_link)
    }
}

fn not_yours() -> Trouble {
    Refusal::new("not-found", "That is not one of your addresses.").into()
}

fn no_such_link() -> Trouble {
    let says = "This link works no more, or it was asked for by another account than the one that is signed in here. \
                Ask for a new one.";
    Refusal::new("link-over", says).into()
}
