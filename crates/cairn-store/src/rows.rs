//! One way to run one SQL text on either database.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Type};

use crate::StoreFault;
use crate::connect::{Inner, Pool, Store, Tx};

/// A value for a placeholder.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arg<'a> {
    Text(&'a str),
    MaybeText(Option<&'a str>),
    Int(i64),
    MaybeInt(Option<i64>),
    MaybeReal(Option<f64>),
    Bytes(&'a [u8]),
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub fn text(&self, at: usize) -> Result<String, StoreFault> {
        self.get(at)
    }

    pub fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreFault> {
        self.get(at)
    }

    pub fn int(&self, at: usize) -> Result<i64, StoreFault> {
        self.get(at)
    }

    pub fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreFault> {
        self.get(at)
    }

    pub fn maybe_real(&self, at: usize) -> Result<Option<f64>, StoreFault> {
        self.get(at)
    }

    pub fn bytes(&self, at: usize) -> Result<Vec<u8>, StoreFault> {
        self.get(at)
    }

    fn get<T>(&self, at: usize) -> Result<T, StoreFault>
    where
        T: for<'r> Decode<'r, sqlx::Sqlite> + Type<sqlx::Sqlite>,
        T: for<'r> Decode<'r, sqlx::Postgres> + Type<sqlx::Postgres>,
    {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(at)?,
            Row::Postgres(row) => row.try_get(at)?,
        })
    }
}

/// Binds values in order. SQLite keeps statements prepared; PostgreSQL does not, since poolers in transaction mode hand
/// the next query to another connection.
macro_rules! bound {
    ($sql:expr, $args:expr, $kept:expr) => {{
        let mut query = sqlx::query($sql).persistent($kept);
        for arg in $args {
            query = match *arg {
                Arg::Text(value) => query.bind(value.to_owned()),
                Arg::MaybeText(value) => query.bind(value.map(str::to_owned)),
                Arg::Int(value) => query.bind(value),
                Arg::MaybeInt(value) => query.bind(value),
                Arg::MaybeReal(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value.to_vec()),
            };
        }
        query
    }};
}

impl Store {
    /// All rows of a reading statement.
    pub(crate) async fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreFault> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => bound!(sql, args, true).fetch_all(pool).await?.into_iter().map(Row::Sqlite).collect(),
            Pool::Postgres(pool) => {
                bound!(sql, args, false).fetch_all(pool).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The row of a reading statement that gives one at most.
    pub(crate) async fn row(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>, StoreFault> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }
}

impl Tx {
    /// All rows of a statement.
    pub(crate) async fn rows(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, StoreFault> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => {
                bound!(sql, args, true).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Inner::Postgres(tx) => {
                bound!(sql, args, false).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// How many rows a writing statement touched.
    pub(crate) async fn run(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, StoreFault> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bound!(sql, args, true).execute(&mut **tx).await?.rows_affected(),
            Inner::Postgres(tx) => bound!(sql, args, false).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// The row of a statement that gives one at most.
    pub(crate) async fn row(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>, StoreFault> {
        Ok(match &mut self.inner {
            Inner::Sqlite(tx) => bound!(sql, args, true).fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Inner::Postgres(tx) => bound!(sql, args, false).fetch_optional(&mut **tx).await?.map(Row::Postgres),
        })
    }
}

/// A moment as the databases keep it: Unix milliseconds.
pub(crate) fn millis(moment: jiff::Timestamp) -> i64 {
    moment.as_millisecond()
}

/// A moment from the database.
pub(crate) fn moment(table: &'static str, column: &'static str, millis: i64) -> Result<jiff::Timestamp, StoreFault> {
    jiff::Timestamp::from_millisecond(millis).map_err(|_| StoreFault::Corrupt { table, column })
}
