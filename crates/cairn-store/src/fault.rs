//! What can go wrong in the store.

/// A fault that we must mend, except [`StoreFault::Taken`], which callers expect.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database address is of no known kind.
    #[error("`{0}` is no database address. Write sqlite:PATH, sqlite::memory: or postgres://…")]
    Address(String),
    /// What is to be inserted is there already.
    #[error("{0} is there already")]
    Taken(&'static str),
    /// A row holds something that this program never writes.
    #[error("the database holds a corrupt {column} in {table}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A copy could not be made, or is none; a sentence for people.
    #[error("{0}")]
    Copy(String),
    /// The tables could not be made or brought up to date.
    #[error("the database could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// There is no room to write; whoever runs the site makes some.
    #[error("the database could not be written: the disk, or this program's share of it, is full ({0})")]
    Full(sqlx::Error),
    /// The database said no.
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
}

/// SQLite's FULL and IOERR_WRITE (a limit on a file's size), PostgreSQL's disk_full.
const FULL: [&str; 3] = ["13", "778", "53100"];

impl From<sqlx::Error> for StoreFault {
    fn from(error: sqlx::Error) -> StoreFault {
        match error.as_database_error().and_then(|said| said.code()) {
            Some(code) if FULL.contains(&code.as_ref()) => StoreFault::Full(error),
            _ => StoreFault::Database(error),
        }
    }
}

impl StoreFault {
    /// Names what is there already, where that is what the database said.
    pub(crate) fn taken(self, what: &'static str) -> StoreFault {
        match &self {
            StoreFault::Database(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                StoreFault::Taken(what)
            }
            _ => self,
        }
    }
}
