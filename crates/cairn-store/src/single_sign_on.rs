//! Single sign-on of organisations, and who came by it.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// An organisation's identity provider (OpenID Connect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleSignOn {
    /// The organisation.
    pub org_id: String,
    /// The provider's issuer identifier.
    pub issuer_url: String,
    /// By which it knows this site.
    pub client_id: String,
    /// The client secret, sealed; `None` for a public client.
    pub sealed_secret: Option<Vec<u8>>,
    /// Domains whose addresses its word is taken for; lower case.
    pub domains: Vec<String>,
    /// Role given to whoever signs in by it for the first time.
    pub role: Option<String>,
    /// Since when.
    pub created: Timestamp,
}

/// Somebody whom an organisation's provider knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoIdentity {
    /// The organisation.
    pub org_id: String,
    /// The provider's name for them.
    pub subject: String,
    /// Who they are here.
    pub person_id: String,
    /// Since when.
    pub created: Timestamp,
}

impl Tx {
    /// Sets an organisation's provider, in place of the one before.
    pub async fn update_single_sign_on(&mut self, one: &SingleSignOn) -> Result<(), StoreFault> {
        let domains = one.domains.join(" ");
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.issuer_url),
            Arg::Text(&one.client_id),
            Arg::Bytes(one.sealed_secret.as_deref().unwrap_or_default()),
            Arg::Text(&domains),
            Arg::MaybeText(one.role.as_deref()),
            Arg::Int(millis(one.created)),
        ];
        // no secret is kept as no bytes
        let sql = "insert into single_sign_on (org_id, issuer_url, client_id, sealed_secret, domains, role, \
                   created_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (org_id) do update set \
                   issuer_url = excluded.issuer_url, client_id = excluded.client_id, \
                   sealed_secret = excluded.sealed_secret, domains = excluded.domains, role = excluded.role";
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Ends an organisation's single sign-on. False when it had none.
    pub async fn delete_single_sign_on(&mut self, org_id: &str) -> Result<bool, StoreFault> {
        Ok(self.run("delete from single_sign_on where org_id = $1", &[Arg::Text(org_id)]).await? == 1)
    }

    /// Notes who a provider's subject is. [`StoreFault::Taken`] when that is known already.
    pub async fn insert_sso_identity(&mut self, one: &SsoIdentity) -> Result<(), StoreFault> {
        let sql = "insert into sso_identity (org_id, subject, person_id, created_at) values ($1, $2, $3, $4)";
        let args =
            [Arg::Text(&one.org_id), Arg::Text(&one.subject), Arg::Text(&one.person_id), Arg::Int(millis(one.created))];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this identity"))?;
        Ok(())
    }

    /// Forgets whom an organisation's provider knew: subjects of one provider mean nothing at another. How many they
    /// were.
    pub async fn delete_sso_identities(&mut self, org_id: &str) -> Result<u64, StoreFault> {
        self.run("delete from sso_identity where org_id = $1", &[Arg::Text(org_id)]).await
    }

    /// Forgets by which providers a person came. How many they were.
    pub async fn delete_sso_identities_of(&mut self, person_id: &str) -> Result<u64, StoreFault> {
        self.run("delete from sso_identity where person_id = $1", &[Arg::Text(person_id)]).await
    }
}

impl Store {
    /// An organisation's provider.
    pub async fn find_single_sign_on(&self, org_id: &str) -> Result<Option<SingleSignOn>, StoreFault> {
        let sql = "select org_id, issuer_url, client_id, sealed_secret, domains, role, created_at \
                   from single_sign_on where org_id = $1";
        self.row(sql, &[Arg::Text(org_id)]).await?.map(|row| one(&row)).transpose()
    }

    /// All organisations' providers, by organisation.
    pub async fn list_single_sign_ons(&self) -> Result<Vec<SingleSignOn>, StoreFault> {
        let sql = "select org_id, issuer_url, client_id, sealed_secret, domains, role, created_at \
                   from single_sign_on order by org_id";
        self.rows(sql, &[]).await?.iter().map(one).collect()
    }

    /// Who a provider's subject is here.
    pub async fn find_sso_identity(&self, org_id: &str, subject: &str) -> Result<Option<SsoIdentity>, StoreFault> {
        let sql = "select org_id, subject, person_id, created_at from sso_identity where org_id = $1 and subject = $2";
        let row = self.row(sql, &[Arg::Text(org_id), Arg::Text(subject)]).await?;
        row.map(|row| {
            Ok(SsoIdentity {
                org_id: row.text(0)?,
                subject: row.text(1)?,
                person_id: row.text(2)?,
                created: moment("sso_identity", "created_at", row.int(3)?)?,
            })
        })
        .transpose()
    }
}

fn one(row: &Row) -> Result<SingleSignOn, StoreFault> {
    Ok(SingleSignOn {
        org_id: row.text(0)?,
        issuer_url: row.text(1)?,
        client_id: row.text(2)?,
        sealed_secret: Some(row.bytes(3)?).filter(|sealed| !sealed.is_empty()),
        domains: row.text(4)?.split_whitespace().map(str::to_owned).collect(),
        role: row.maybe_text(5)?,
        created: moment("single_sign_on", "created_at", row.int(6)?)?,
    })
}
