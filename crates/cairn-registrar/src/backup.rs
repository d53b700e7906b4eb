//! Copies of the database while it serves. The key file is never in them.

use std::path::Path;

use cairn_store::StoreFault;
pub use cairn_store::backup::Copy;

use crate::refusal::{Refusal, Trouble};

/// Copies a SQLite database to a new file, also while a site serves from it.
pub async fn backup(database: &str, to: &Path) -> Result<Copy, Trouble> {
    cairn_store::backup::backup(database, to).await.map_err(told)
}

/// Puts a copy in the place of a database that is not there.
pub async fn restore(file: &Path, database: &str) -> Result<Copy, Trouble> {
    cairn_store::backup::restore(file, database).await.map_err(told)
}

fn told(fault: StoreFault) -> Trouble {
    match fault {
        StoreFault::Copy(says) => Refusal::new("not-copied", says).into(),
        other => other.into(),
    }
}
