//! Issuers and their keys.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// An issuer on this site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    /// UUIDv7.
    pub id: String,
    /// Its DID; unique on the site.
    pub did: String,
    /// Its name.
    pub name: String,
    /// Its web page.
    pub url: Option<String>,
    /// When it was set up.
    pub created: Timestamp,
    /// Its place on this site: `/issuers/{slug}`; `[a-z0-9-]{1,60}`, unique.
    pub slug: String,
    /// What it is, in a sentence or two.
    pub description: Option<String>,
    /// A public address of it.
    pub email: Option<String>,
    /// Its number at LinkedIn.
    pub linkedin_id: Option<String>,
    /// SHA-256 of its picture.
    pub picture: Option<String>,
    /// Since when it issues no more.
    pub closed: Option<Timestamp>,
}

/// A key of an issuer, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerKey {
    /// The issuer.
    pub org_id: String,
    /// The verification method's URI.
    pub key_id: String,
    /// The secret, sealed by the keyring; no secret in the clear is ever stored.
    pub sealed: Vec<u8>,
    /// First moment for which it may sign.
    pub valid_from: Timestamp,
    /// Last moment, where it has been retired.
    pub valid_until: Option<Timestamp>,
    /// Since when others may have had it, where that is so.
    pub compromised: Option<Timestamp>,
    /// The public key as a multibase Multikey; absent for keys from before it was kept.
    pub multibase: Option<String>,
    /// Why it was retired or reported.
    pub note: Option<String>,
}

macro_rules! select_key {
    () => {
        "select org_id, key_id, sealed, valid_from, valid_until, compromised_at, multibase, note from issuer_key "
    };
}

impl Tx {
    /// Adds an issuer. [`StoreFault::Taken`] when the id or DID is there already.
    pub async fn insert_org(&mut self, org: &Org) -> Result<(), StoreFault> {
        let sql = "insert into org (org_id, did, name, url, created_at, slug, description, email, linkedin_id, picture, \
                   closed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let args = [
            Arg::Text(&org.id),
            Arg::Text(&org.did),
            Arg::Text(&org.name),
            Arg::MaybeText(org.url.as_deref()),
            Arg::Int(millis(org.created)),
            Arg::Text(&org.slug),
            Arg::MaybeText(org.description.as_deref()),
            Arg::MaybeText(org.email.as_deref()),
            Arg::MaybeText(org.linkedin_id.as_deref()),
            Arg::MaybeText(org.picture.as_deref()),
            Arg::MaybeInt(org.closed.map(millis)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("an issuer with this id, DID or place on the site"))?;
        Ok(())
    }

    /// Adds a key. [`StoreFault::Taken`] when the issuer has one of that id.
    pub async fn insert_issuer_key(&mut self, key: &IssuerKey) -> Result<(), StoreFault> {
        let sql = "insert into issuer_key (org_id, key_id, sealed, valid_from, valid_until, compromised_at, multibase, \
                   made_at, note) values ($1, $2, $3, $4, $5, $6, $7, $4, $8)";
        let args = [
            Arg::Text(&key.org_id),
            Arg::Text(&key.key_id),
            Arg::Bytes(&key.sealed),
            Arg::Int(millis(key.valid_from)),
            Arg::MaybeInt(key.valid_until.map(millis)),
            Arg::MaybeInt(key.compromised.map(millis)),
            Arg::MaybeText(key.multibase.as_deref()),
            Arg::MaybeText(key.note.as_deref()),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("a key with this id"))?;
        Ok(())
    }

    /// Changes what an issuer says of itself, its DID and whether it is closed; its id, place and date stay. False when
    /// there is no such issuer.
    pub async fn update_org(&mut self, org: &Org) -> Result<bool, StoreFault> {
        let sql = "update org set did = $2, name = $3, url = $4, description = $5, email = $6, linkedin_id = $7, \
                   picture = $8, closed_at = $9 where org_id = $1";
        let args = [
            Arg::Text(&org.id),
            Arg::Text(&org.did),
            Arg::Text(&org.name),
            Arg::MaybeText(org.url.as_deref()),
            Arg::MaybeText(org.description.as_deref()),
            Arg::MaybeText(org.email.as_deref()),
            Arg::MaybeText(org.linkedin_id.as_deref()),
            Arg::MaybeText(org.picture.as_deref()),
            Arg::MaybeInt(org.closed.map(millis)),
        ];
        Ok(self.run(sql, &args).await.map_err(|fault| fault.taken("an issuer with this DID"))? == 1)
    }

    /// An issuer's keys, newest first, as the transaction sees them.
    pub async fn list_issuer_keys(&mut self, org_id: &str) -> Result<Vec<IssuerKey>, StoreFault> {
        let sql = concat!(select_key!(), "where org_id = $1 order by valid_from desc, key_id desc");
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(key).collect()
    }

    /// The keys of all issuers, as the transaction sees them.
    pub async fn list_all_issuer_keys(&mut self) -> Result<Vec<IssuerKey>, StoreFault> {
        self.rows(concat!(select_key!(), "order by org_id, valid_from, key_id"), &[]).await?.iter().map(key).collect()
    }

    /// Puts another sealed form of the same secret in a key's place. False when there is no such key.
    pub async fn update_issuer_key_sealed(
        &mut self,
        org_id: &str,
        key_id: &str,
        sealed: &[u8],
    ) -> Result<bool, StoreFault> {
        let sql = "update issuer_key set sealed = $3 where org_id = $1 and key_id = $2";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(key_id), Arg::Bytes(sealed)]).await? == 1)
    }

    /// Says until when a key may sign, and since when others may have had it. False when there is no such key.
    pub async fn update_issuer_key(
        &mut self,
        org_id: &str,
        key_id: &str,
        valid_until: Option<Timestamp>,
        compromised: Option<Timestamp>,
        note: Option<&str>,
    ) -> Result<bool, StoreFault> {
        let sql = "update issuer_key set valid_until = $3, compromised_at = $4, note = coalesce($5, note) \
                   where org_id = $1 and key_id = $2";
        let args = [
            Arg::Text(org_id),
            Arg::Text(key_id),
            Arg::MaybeInt(valid_until.map(millis)),
            Arg::MaybeInt(compromised.map(millis)),
            Arg::MaybeText(note),
        ];
        Ok(self.run(sql, &args).await? == 1)
    }
}

impl Store {
    /// The issuer with this id.
    pub async fn find_org(&self, org_id: &str) -> Result<Option<Org>, StoreFault> {
        let sql = "select org_id, did, name, url, created_at, slug, description, email, linkedin_id, picture, \
                   closed_at from org where org_id = $1";
        self.row(sql, &[Arg::Text(org_id)]).await?.map(|row| org(&row)).transpose()
    }

    /// The issuer with this DID.
    pub async fn find_org_by_did(&self, did: &str) -> Result<Option<Org>, StoreFault> {
        let sql = "select org_id, did, name, url, created_at, slug, description, email, linkedin_id, picture, \
                   closed_at from org where did = $1";
        self.row(sql, &[Arg::Text(did)]).await?.map(|row| org(&row)).transpose()
    }

    /// The issuer at this place of the site.
    pub async fn find_org_by_slug(&self, slug: &str) -> Result<Option<Org>, StoreFault> {
        let sql = "select org_id, did, name, url, created_at, slug, description, email, linkedin_id, picture, \
                   closed_at from org where slug = $1 or (slug is null and org_id = $1)";
        self.row(sql, &[Arg::Text(slug)]).await?.map(|row| org(&row)).transpose()
    }

    /// All issuers, by name.
    pub async fn list_orgs(&self) -> Result<Vec<Org>, StoreFault> {
        let sql = "select org_id, did, name, url, created_at, slug, description, email, linkedin_id, picture, \
                   closed_at from org order by name, org_id";
        self.rows(sql, &[]).await?.iter().map(org).collect()
    }

    /// An issuer's keys, newest first.
    pub async fn list_issuer_keys(&self, org_id: &str) -> Result<Vec<IssuerKey>, StoreFault> {
        let sql = concat!(select_key!(), "where org_id = $1 order by valid_from desc, key_id desc");
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(key).collect()
    }

    /// The keys of all issuers.
    pub async fn list_all_issuer_keys(&self) -> Result<Vec<IssuerKey>, StoreFault> {
        self.rows(concat!(select_key!(), "order by org_id, valid_from, key_id"), &[]).await?.iter().map(key).collect()
    }

    /// How many credentials a key has signed, and how many of them since a moment; those revoked are not counted.
    pub async fn count_signed(
        &self,
        org_id: &str,
        key_id: &str,
        since: Option<Timestamp>,
    ) -> Result<(u64, u64), StoreFault> {
        let sql = "select count(*), coalesce(sum(case when signed_at >= $3 then 1 else 0 end), 0) \
                   from credential where org_id = $1 and signed_with = $2 and (status is null or status <> 'revoked')";
        let args = [Arg::Text(org_id), Arg::Text(key_id), Arg::Int(since.map_or(i64::MAX, millis))];
        let count = |at: i64| u64::try_from(at).unwrap_or_default();
        Ok(match self.row(sql, &args).await? {
            Some(row) => (count(row.int(0)?), count(row.int(1)?)),
            None => (0, 0),
        })
    }
}

fn org(row: &Row) -> Result<Org, StoreFault> {
    Ok(Org {
        id: row.text(0)?,
        did: row.text(1)?,
        name: row.text(2)?,
        url: row.maybe_text(3)?,
        created: moment("org", "created_at", row.int(4)?)?,
        // issuers from before places were given have their id for one
        slug: match row.maybe_text(5)? {
            Some(slug) => slug,
            None => row.text(0)?,
        },
        description: row.maybe_text(6)?,
        email: row.maybe_text(7)?,
        linkedin_id: row.maybe_text(8)?,
        picture: row.maybe_text(9)?,
        closed: row.maybe_int(10)?.map(|millis| moment("org", "closed_at", millis)).transpose()?,
    })
}

fn key(row: &Row) -> Result<IssuerKey, StoreFault> {
    let maybe = |column, at| -> Result<Option<Timestamp>, StoreFault> {
        row.maybe_int(at)?.map(|millis| moment("issuer_key", column, millis)).transpose()
    };
    Ok(IssuerKey {
        org_id: row.text(0)?,
        key_id: row.text(1)?,
        sealed: row.bytes(2)?,
        valid_from: moment("issuer_key", "valid_from", row.int(3)?)?,
        valid_until: maybe("valid_until", 4)?,
        compromised: maybe("compromised_at", 5)?,
        multibase: row.maybe_text(6)?,
        note: row.maybe_text(7)?,
    })
}
