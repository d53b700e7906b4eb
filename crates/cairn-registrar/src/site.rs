//! The site itself: set up once, with its owner.

use cairn_domain::access::Role;
use cairn_store::{Member, Org, Site, StoreFault};

use crate::Office;
use crate::access::{Actor, Who};
use crate::people::address;
use crate::refusal::{Refusal, Trouble};
use crate::staff::org_name;

/// A site that is to be set up.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// Its name.
    pub name: String,
    /// Name of its first organisation.
    pub org: String,
    /// Address of the organisation's owner.
    pub owner: String,
}

/// A site that has been set up.
#[derive(Debug, Clone)]
pub struct NewlySetUp {
    /// Its first organisation.
    pub org: Org,
    /// The owner's link to sign in, good once and for 24 hours.
    pub link: String,
}

impl Office {
    /// The site as it was set up; `None` when it was not, as on a demo.
    pub async fn site(&self) -> Result<Option<Site>, Trouble> {
        Ok(self.desk.store.find_site().await?)
    }

    /// Sets the site up: its name, an organisation with its first key, and the owner's account, all in one transaction.
    /// `already-done` when it is set up.
    pub async fn set_up_site(&self, actor: &Actor, new: &NewSite) -> Result<NewlySetUp, Trouble> {
        if !matches!(actor.who, Who::Site) {
            return Err(Refusal::new("not-allowed", "Only whoever runs the program may set the site up.").into());
        }
        let (name, org_name, email) = (org_name(&new.name)?, org_name(&new.org)?, address(&new.owner)?);
        let now = self.now();
        let mut tx = self.desk.store.begin().await?;
        match tx.insert_site(&Site { name, seal_salt: None, created: now }).await {
            Ok(()) => {}
            Err(StoreFault::Taken(_)) => return Err(already_set_up()),
            Err(fault) => return Err(fault.into()),
        }
        let org = self.desk.set_up_issuer_in(&mut tx, &org_name, None).await?.org;
        // the owner says their name when they first sign in
        let person = match tx.find_person_by_email(&email).await? {
            Some(person) => person,
            None => self.new_account(&mut tx, &email, new.owner.trim(), "").await?,
        };
        let owner = Member {
            org_id: org.id.clone(),
            person_id: person.id.clone(),
            role: Role::Owner,
            since: now,
            given_by: None,
        };
        tx.insert_member(&owner).await?;
        let link = self.printed_link(&mut tx, &email).await?;
        tx.insert_audit(&actor.audit(&self.outside, "", "site.set-up", ("org", &org.id), None)).await?;
        tx.commit().await?;
        Ok(NewlySetUp { org, link })
    }
}

/// The refusal to set up what is set up.
pub fn already_set_up() -> Trouble {
    let says = "This site is set up already; nothing was changed. To get a link to sign in, run: cairn sign-in-link \
                EMAIL --database … --base-url …";
    Refusal::new("already-done", says).into()
}
