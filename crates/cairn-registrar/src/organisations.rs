//! Organisations: founded, described, closed; what the world sees of them, and their numbers.

use cairn_credential::sign::did_web_below;
use cairn_domain::access::Act;
pub use cairn_store::Org;
use cairn_store::{Figures, IssuerKey, Tx};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::Office;
use crate::access::Actor;
use crate::issuing::{Desk, Issuer, party};
use crate::people::address;
use crate::refusal::{Refusal, Trouble};

/// Longest name, in characters.
const LONGEST_NAME: usize = 120;
/// Longest description, in characters.
const LONGEST_DESCRIPTION: usize = 1_000;
/// Months of which the first page shows the awards.
const MONTHS: i32 = 12;
/// A token whose end is nearer than this is named on the first page.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What an organisation says of itself, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its web page.
    pub url: String,
    /// A public address of it.
    pub email: String,
    /// Its number at LinkedIn.
    pub linkedin_id: String,
    /// SHA-256 of its picture, where that is to be changed; empty for none.
    pub picture: Option<String>,
}

/// Awards of one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// How many.
    pub awards: u64,
}

/// An organisation's first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Its numbers.
    pub figures: Figures,
    /// Awards of the last twelve months, oldest first.
    pub months: Vec<Month>,
    /// Whether a key may sign now.
    pub can_sign: bool,
    /// Since when the key that signs has done so.
    pub key_since: Option<Timestamp>,
}

impl Desk {
    /// Sets up an issuer with a key of its own.
    pub async fn set_up_issuer(&self, name: &str, url: Option<&str>) -> Result<Issuer, Trouble> {
        let mut tx = self.store.begin().await?;
        let issuer = self.set_up_issuer_in(&mut tx, name, url).await?;
        tx.commit().await?;
        Ok(issuer)
    }

    /// The same as part of a larger act. The issuer is a did:web where the site has a name of the world's; elsewhere its
    /// key is its name (did:key).
    pub(crate) async fn set_up_issuer_in(&self, tx: &mut Tx, name: &str, url: Option<&str>) -> Result<Issuer, Trouble> {
        let id = self.outside.id();
        let slug = slug(name, &id);
        let did = did_web_below(&self.base_url, &["issuers", &slug]);
        self.set_up(tx, (name, url), (id, slug), did).await
    }

    /// Sets up an issuer whose key is its name (did:key), wherever the site is.
    pub async fn set_up_key_issuer(&self, name: &str, url: Option<&str>) -> Result<Issuer, Trouble> {
        let id = self.outside.id();
        let slug = slug(name, &id);
        let mut tx = self.store.begin().await?;
        let issuer = self.set_up(&mut tx, (name, url), (id, slug), None).await?;
        tx.commit().await?;
        Ok(issuer)
    }

    async fn set_up(
        &self,
        tx: &mut Tx,
        (name, url): (&str, Option<&str>),
        (id, slug): (String, String),
        did: Option<String>,
    ) -> Result<Issuer, Trouble> {
        let (kept, key) = match did {
            Some(did) => self.keyring.new_named_key(&id, &format!("{did}#key-1"), &self.outside)?,
            None => self.keyring.new_did_key(&id, &self.outside)?,
        };
        let org = Org {
            slug,
            id,
            did: key.controller().to_owned(),
            name: name.into(),
            url: url.map(str::to_owned),
            created: self.outside.now(),
            description: None,
            email: None,
            linkedin_id: None,
            picture: None,
            closed: None,
        };
        tx.insert_org(&org).await?;
        tx.insert_issuer_key(&kept).await?;
        let party = party(&org);
        Ok(Issuer { org, party })
    }

    /// The document with an issuer's keys (`/issuers/{slug}/did.json`); `None` for one whose name is its key.
    pub async fn did_document(&self, slug: &str) -> Result<Option<String>, Trouble> {
        let Some(org) = self.store.find_org_by_slug(slug).await? else { return Ok(None) };
        if !org.did.starts_with("did:web:") {
            return Ok(None);
        }
        let keys: Vec<IssuerKey> = self.store.list_issuer_keys(&org.id).await?;
        Ok(Some(crate::keys::document(&org.did, &keys).to_string()))
    }
}

impl Office {
    /// All organisations that issue, by name.
    pub async fn issuers(&self) -> Result<Vec<Org>, Trouble> {
        Ok(self.desk.store.list_orgs().await?)
    }

    /// What an organisation has on offer: the address of each achievement's latest version below `/achievements/`, and
    /// its name.
    pub async fn offered(&self, org_id: &str) -> Result<Vec<(String, String)>, Trouble> {
        let mut all = Vec::new();
        for stored in self.desk.store.list_achievements(org_id, None, 200).await? {
            let found = self.public_achievement(&stored.id).await?.filter(|one| one.retired.is_none());
            let Some(latest) = found.and_then(|one| one.versions.into_iter().max_by_key(|version| version.number))
            else {
                continue;
            };
            all.push((format!("{}/{}", stored.id, latest.number), latest.definition.name));
        }
        Ok(all)
    }

    /// Changes what an organisation says of itself. Its DID and place stay.
    pub async fn describe_org(&self, actor: &Actor, org_id: &str, said: Described) -> Result<Org, Trouble> {
        actor.require(org_id, Act::Settle)?;
        let org = self.org_by_id(org_id).await?;
        let new = described(&org, &said)?;
        if let Some(sha256) = said.picture.as_deref().filter(|sha256| !sha256.is_empty()) {
            let there = self.desk.store.find_picture(sha256).await?.is_some();
            if !there {
                return Err(Refusal::new("no-such-picture", "There is no such picture here; upload it first.").into());
            }
        }
        let changed: Vec<&str> = [
            ("name", new.name != org.name),
            ("description", new.description != org.description),
            ("url", new.url != org.url),
            ("email", new.email != org.email),
            ("linkedin", new.linkedin_id != org.linkedin_id),
            ("picture", new.picture != org.picture),
        ]
        .into_iter()
        .filter_map(|(what, changed)| changed.then_some(what))
        .collect();
        if changed.is_empty() {
            return Ok(org);
        }
        let mut tx = self.desk.store.begin().await?;
        tx.update_org(&new).await?;
        let detail = Some(json!({ "changed": changed }));
        tx.insert_audit(&actor.audit(&self.outside, org_id, "org.describe", ("org", org_id), detail)).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Closes an organisation, or opens it again: a closed one awards nothing, and all that it has awarded stays as it is.
    pub async fn close_org(&self, actor: &Actor, org_id: &str, closed: bool) -> Result<Org, Trouble> {
        actor.require(org_id, Act::Settle)?;
        actor.proved_lately(self.now())?;
        let mut org = self.org_by_id(org_id).await?;
        if org.closed.is_some() == closed {
            return Ok(org);
        }
        org.closed = closed.then(|| self.now());
        let mut tx = self.desk.store.begin().await?;
        tx.update_org(&org).await?;
        let act = if closed { "org.close" } else { "org.reopen" };
        tx.insert_audit(&actor.audit(&self.outside, org_id, act, ("org", org_id), None)).await?;
        tx.commit().await?;
        Ok(org)
    }

    /// An organisation's first page.
    pub async fn overview(&self, actor: &Actor, org: &Org) -> Result<Overview, Trouble> {
        actor.require(&org.id, Act::Enter)?;
        let now = self.now();
        let store = &self.desk.store;
        let figures = store.find_figures(&org.id, now, now + ENDS_SOON).await?;
        let mut months = Vec::new();
        let this = now.to_zoned(TimeZone::UTC).date().first_of_month();
        for back in (0..MONTHS).rev() {
            let first = this.saturating_sub(back.months());
            let next = first.saturating_add(1.month());
            let awards = store.count_awards(&org.id, start_of(first)?, start_of(next)?).await?;
            months.push(Month { first, awards });
        }
        let keys = store.list_issuer_keys(&org.id).await?;
        let signs = keys.iter().find(|key| crate::keys::signs_for(key, &org.did, now));
        Ok(Overview { figures, months, can_sign: signs.is_some(), key_since: signs.map(|key| key.valid_from) })
    }

    /// What an organisation is, as Open Badges 3.0 writes it (§B.1.17 Profile).
    pub fn profile(&self, org: &Org) -> Value {
        let mut profile = json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "id": org.did,
            "type": ["Profile"],
            "name": org.name,
            "url": org.url.clone().unwrap_or_else(|| format!("{}/issuers/{}", self.base_url, org.slug)),
        });
        for (name, value) in [("description", &org.description), ("email", &org.email)] {
            if let Some(value) = value {
                profile[name] = json!(value);
            }
        }
        if let Some(sha256) = &org.picture {
            profile["image"] = json!({"id": format!("{}/pictures/{sha256}", self.base_url), "type": "Image"});
        }
        if let Some(number) = &org.linkedin_id {
            profile["otherIdentifier"] = json!([{
                "type": "IdentifierEntry",
                "identifier": format!("https://www.linkedin.com/company/{number}"),
                "identifierType": "ext:LinkedInOrganization",
            }]);
        }
        profile
    }

    pub(crate) async fn org_by_id(&self, org_id: &str) -> Result<Org, Trouble> {
        let found = self.desk.store.find_org(org_id).await?;
        found.ok_or_else(|| Refusal::new("not-found", "There is nothing here that you may see.").into())
    }
}

/// The organisation as it is after the change; a refusal names the member that is wrong.
fn described(org: &Org, said: &Described) -> Result<Org, Refusal> {
    let name = said.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let says = format!("The name needs 1 to {LONGEST_NAME} characters on one line.");
        return Err(Refusal::new("bad-name", says));
    }
    let description = said.description.trim();
    if description.chars().count() > LONGEST_DESCRIPTION {
        let says = format!("The description may have {LONGEST_DESCRIPTION} characters; make it shorter.");
        return Err(Refusal::new("bad-description", says));
    }
    let url = said.url.trim();
    let good = url.is_empty()
        || (url.len() <= 500
            && ["https://", "http://"]
                .iter()
                .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
            && !url.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\')));
    if !good {
        return Err(Refusal::new("bad-url", "The web page is written like https://www.example.org/."));
    }
    let email = match said.email.trim() {
        "" => None,
        text => {
            address(text)?;
            Some(text.to_owned())
        }
    };
    let linkedin = said.linkedin_id.trim();
    if linkedin.len() > 20 || !linkedin.bytes().all(|byte| byte.is_ascii_digit()) {
        let says = "The LinkedIn organisation is its number, such as 1337: open the organisation's page as its admin \
                    and look at the address.";
        return Err(Refusal::new("bad-linkedin", says));
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let picture = match &said.picture {
        None => org.picture.clone(),
        Some(sha256) => some(sha256),
    };
    Ok(Org {
        name: name.into(),
        description: some(description),
        url: some(url),
        email,
        linkedin_id: some(linkedin),
        picture,
        ..org.clone()
    })
}

fn start_of(day: Date) -> Result<Timestamp, Trouble> {
    let start = day.to_zoned(TimeZone::UTC).map_err(|error| Trouble::fault(error.to_string()))?;
    Ok(start.timestamp())
}

/// A place on the site made of a name: lower-case letters and digits joined by hyphens, and the end of the id so that
/// two of one name differ.
fn slug(name: &str, id: &str) -> String {
    let mut words = String::new();
    for c in name.chars().flat_map(char::to_lowercase).take(40) {
        match c {
            'a'..='z' | '0'..='9' => words.push(c),
            _ if !words.is_empty() && !words.ends_with('-') => words.push('-'),
            _ => {}
        }
    }
    let end = &id[id.len().saturating_sub(6)..];
    match words.trim_end_matches('-') {
        "" => end.to_owned(),
        words => format!("{words}-{end}"),
    }
}
