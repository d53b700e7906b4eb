//! The site itself.

use jiff::Timestamp;

use crate::rows::{Arg, millis, moment};
use crate::{Store, StoreFault, Tx};

/// The site, once it is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its name.
    pub name: String,
    /// Salt of the passphrase, where one seals the keys.
    pub seal_salt: Option<String>,
    /// When it was set up.
    pub created: Timestamp,
}

impl Tx {
    /// Sets the site up. [`StoreFault::Taken`] when it is already.
    pub async fn insert_site(&mut self, site: &Site) -> Result<(), StoreFault> {
        let sql = "insert into site (one, name, seal_salt, created_at) values (1, $1, $2, $3)";
        let args = [Arg::Text(&site.name), Arg::MaybeText(site.seal_salt.as_deref()), Arg::Int(millis(site.created))];
        self.run(sql, &args).await.map_err(|fault| fault.taken("the site"))?;
        Ok(())
    }
}

impl Store {
    /// The site; `None` until it is set up.
    pub async fn find_site(&self) -> Result<Option<Site>, StoreFault> {
        let Some(row) = self.row("select name, seal_salt, created_at from site where one = 1", &[]).await? else {
            return Ok(None);
        };
        let created = moment("site", "created_at", row.int(2)?)?;
        Ok(Some(Site { name: row.text(0)?, seal_salt: row.maybe_text(1)?, created }))
    }
}
