//! Connections: a pool of either kind, transactions, migrations.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Postgres, SqlSafeStr, Sqlite, Transaction};

use crate::StoreFault;

/// The database, open and up to date. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: Pool,
}

/// The two databases that are known.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// A transaction; gone without [`Tx::commit`].
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: Inner,
}

#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// How long a writer waits for another one.
const PATIENCE: Duration = Duration::from_secs(10);

impl Store {
    /// Opens `sqlite:PATH` (made when absent), `sqlite::memory:` or `postgres://…`, and brings its tables up to date.
    pub async fn open(address: &str) -> Result<Store, StoreFault> {
        let pool = if address.starts_with("sqlite:") {
            Pool::Sqlite(open_sqlite(address).await?)
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(address)?;
            let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(PATIENCE);
            Pool::Postgres(pool.connect_with(options).await?)
        } else {
            return Err(StoreFault::Address(address.chars().take(40).collect()));
        };
        let store = Store { pool };
        match &store.pool {
            Pool::Sqlite(pool) => migrations(&store.pool).run(pool).await?,
            Pool::Postgres(pool) => migrations(&store.pool).run(pool).await?,
        }
        Ok(store)
    }

    /// Begins a transaction. On SQLite it takes the writer's place at once, so that no later statement can fail on it.
    pub async fn begin(&self) -> Result<Tx, StoreFault> {
        let inner = match &self.pool {
            Pool::Sqlite(pool) => Inner::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Inner::Postgres(pool.begin().await?),
        };
        Ok(Tx { inner })
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything that was done in it last.
    pub async fn commit(self) -> Result<(), StoreFault> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

async fn open_sqlite(address: &str) -> Result<SqlitePool, StoreFault> {
    let memory = address.contains(":memory:");
    let options = SqliteConnectOptions::from_str(address)?
        .create_if_missing(true)
        .foreign_keys(true)
        // what is deleted is overwritten, so that an erasure leaves nothing in the file
        .pragma("secure_delete", "on")
        .busy_timeout(PATIENCE)
        .journal_mode(if memory { SqliteJournalMode::Memory } else { SqliteJournalMode::Wal })
        .synchronous(SqliteSynchronous::Full);
    // A database in memory belongs to its connection: there is one, and it never goes.
    let pool = match memory {
        true => SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None),
        false => SqlitePoolOptions::new().max_connections(8),
    };
    Ok(pool.acquire_timeout(PATIENCE).connect_with(options).await?)
}

/// Number of the newest migration that this program knows.
pub(crate) fn newest_migration() -> i64 {
    NEWEST
}

/// Number of the last of [`migrations`].
const NEWEST: i64 = 3;

/// One folder for both databases, in the program itself. What each must be told in its own words has a file of each.
fn migrations(pool: &Pool) -> Migrator {
    let append_only = match pool {
        Pool::Sqlite(_) => include_str!("../migrations/0003_append_only_sqlite.sql"),
        Pool::Postgres(_) => include_str!("../migrations/0003_append_only_postgres.sql"),
    };
    let all = [
        (1, "first", include_str!("../migrations/0001_first.sql")),
        (2, "issuing", include_str!("../migrations/0002_issuing.sql")),
        (NEWEST, "append only", append_only),
    ];
    let one = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(all.into_iter().map(one).collect())
}
