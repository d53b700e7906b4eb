//! Letters that wait to be sent, written in the transaction that gives rise to them; and who wants none.

use jiff::Timestamp;

use crate::connect::Inner;
use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// UUIDv7.
    pub id: String,
    /// To whom.
    pub to: String,
    /// Its kind, such as `sign-in`, `invitation`, `award`.
    pub kind: String,
    /// Subject.
    pub subject: String,
    /// The letter as plain text.
    pub words: String,
    /// The same as HTML, where there is one.
    pub html: Option<String>,
    /// When it was written.
    pub created: Timestamp,
}

/// A letter and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterState {
    /// The letter.
    pub letter: Letter,
    /// When it is tried next; `None` when it is done with.
    pub next: Option<Timestamp>,
    /// How often sending it was begun.
    pub tries: i64,
    /// When the mail server took it.
    pub sent: Option<Timestamp>,
    /// When it was given up.
    pub given_up: Option<Timestamp>,
    /// What went wrong last.
    pub problem: Option<String>,
}

/// Which letters a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// All.
    All,
    /// Those that wait to be sent or to be tried again.
    Waiting,
    /// Those that were given up.
    GivenUp,
}

/// The columns in the order in which [`state`] reads them.
macro_rules! columns {
    () => {
        "letter_id, to_address, kind, subject, words, html, created_at, next_at, tries, sent_at, given_up_at, problem"
    };
}

impl Tx {
    /// Puts a letter into the outbox; it is sent once the transaction is committed.
    pub async fn insert_letter(&mut self, letter: &Letter) -> Result<(), StoreFault> {
        let sql = "insert into letter (letter_id, to_address, kind, subject, words, html, created_at, next_at, tries) \
                   values ($1, $2, $3, $4, $5, $6, $7, $7, 0)";
        let args = [
            Arg::Text(&letter.id),
            Arg::Text(&letter.to),
            Arg::Text(&letter.kind),
            Arg::Text(&letter.subject),
            Arg::Text(&letter.words),
            Arg::MaybeText(letter.html.as_deref()),
            Arg::Int(millis(letter.created)),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Takes the letter that has been due longest, counts the try, and keeps it from other processes until `until`.
    /// `None` when no letter is due.
    pub async fn update_letter_leased(
        &mut self,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<LetterState>, StoreFault> {
        // On PostgreSQL a row that another process is taking is passed over; SQLite has one writer at a time.
        let sql = match &self.inner {
            Inner::Sqlite(_) => concat!(
                "update letter set leased_until = $2, tries = tries + 1 where letter_id = (select letter_id from \
                 letter where next_at <= $1 and (leased_until is null or leased_until <= $1) order by next_at, \
                 letter_id limit 1) returning ",
                columns!()
            ),
            Inner::Postgres(_) => concat!(
                "update letter set leased_until = $2, tries = tries + 1 where letter_id = (select letter_id from \
                 letter where next_at <= $1 and (leased_until is null or leased_until <= $1) order by next_at, \
                 letter_id limit 1 for update skip locked) returning ",
                columns!()
            ),
        };
        let row = self.row(sql, &[Arg::Int(millis(now)), Arg::Int(millis(until))]).await?;
        row.map(|row| state(&row)).transpose()
    }

    /// Says that the mail server took it. False when there is no such letter.
    pub async fn update_letter_sent(&mut self, letter_id: &str, at: Timestamp) -> Result<bool, StoreFault> {
        let sql = "update letter set sent_at = $2, next_at = null, leased_until = null, problem = null, \
                   given_up_at = null where letter_id = $1";
        Ok(self.run(sql, &[Arg::Text(letter_id), Arg::Int(millis(at))]).await? == 1)
    }

    /// Says what went wrong and when to try again. False when there is no such letter, or it was sent.
    pub async fn update_letter_failed(
        &mut self,
        letter_id: &str,
        problem: &str,
        next: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update letter set problem = $2, next_at = $3, leased_until = null \
                   where letter_id = $1 and sent_at is null";
        Ok(self.run(sql, &[Arg::Text(letter_id), Arg::Text(problem), Arg::Int(millis(next))]).await? == 1)
    }

    /// Gives a letter up; it is kept, and why. False when there is no such letter, or it was sent.
    pub async fn update_letter_given_up(
        &mut self,
        letter_id: &str,
        problem: &str,
        at: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update letter set problem = $2, given_up_at = $3, next_at = null, leased_until = null \
                   where letter_id = $1 and sent_at is null";
        Ok(self.run(sql, &[Arg::Text(letter_id), Arg::Text(problem), Arg::Int(millis(at))]).await? == 1)
    }

    /// Lets all letters that are not sent be tried at once, also those that were given up; `only` one of them when it
    /// is named. How many they are.
    pub async fn update_letters_retried(&mut self, only: Option<&str>, now: Timestamp) -> Result<u64, StoreFault> {
        let sql = "update letter set next_at = $1, given_up_at = null, leased_until = null, tries = 0 \
                   where sent_at is null and (cast($2 as text) is null or letter_id = $2)";
        self.run(sql, &[Arg::Int(millis(now)), Arg::MaybeText(only)]).await
    }

    /// Deletes letters that are done with since before a moment. How many they were.
    pub async fn delete_letters(&mut self, before: Timestamp) -> Result<u64, StoreFault> {
        let sql = "delete from letter where sent_at < $1 or given_up_at < $1";
        self.run(sql, &[Arg::Int(millis(before))]).await
    }

    /// Notes that an address, given by its keyed hash, wants no letters of a kind; `*` for all that are not necessary.
    pub async fn insert_letter_optout(
        &mut self,
        email_hash: &str,
        kind: &str,
        at: Timestamp,
    ) -> Result<(), StoreFault> {
        let sql = "insert into letter_optout (email_hash, kind, created_at) values ($1, $2, $3) \
                   on conflict (email_hash, kind) do nothing";
        self.run(sql, &[Arg::Text(email_hash), Arg::Text(kind), Arg::Int(millis(at))]).await?;
        Ok(())
    }

    /// Takes the wish back. False when there was none.
    pub async fn delete_letter_optout(&mut self, email_hash: &str, kind: &str) -> Result<bool, StoreFault> {
        let sql = "delete from letter_optout where email_hash = $1 and kind = $2";
        Ok(self.run(sql, &[Arg::Text(email_hash), Arg::Text(kind)]).await? == 1)
    }
}

impl Store {
    /// Whether an address, given by its keyed hash, wants no letters of a kind.
    pub async fn find_letter_optout(&self, email_hash: &str, kind: &str) -> Result<bool, StoreFault> {
        let sql = "select kind from letter_optout where email_hash = $1 and kind in ($2, '*')";
        Ok(self.row(sql, &[Arg::Text(email_hash), Arg::Text(kind)]).await?.is_some())
    }

    /// Letters, newest first.
    pub async fn list_letters(&self, which: Letters, limit: u32) -> Result<Vec<LetterState>, StoreFault> {
        let sql = match which {
            Letters::All => {
                concat!("select ", columns!(), " from letter order by created_at desc, letter_id desc limit $1")
            }
            Letters::Waiting => concat!(
                "select ",
                columns!(),
                " from letter where next_at is not null order by created_at desc, letter_id desc limit $1"
            ),
            Letters::GivenUp => concat!(
                "select ",
                columns!(),
                " from letter where given_up_at is not null order by created_at desc, letter_id desc limit $1"
            ),
        };
        self.rows(sql, &[Arg::Int(i64::from(limit))]).await?.iter().map(state).collect()
    }

    /// The letter with this id.
    pub async fn find_letter(&self, letter_id: &str) -> Result<Option<LetterState>, StoreFault> {
        let sql = concat!("select ", columns!(), " from letter where letter_id = $1");
        self.row(sql, &[Arg::Text(letter_id)]).await?.map(|row| state(&row)).transpose()
    }
}

fn state(row: &Row) -> Result<LetterState, StoreFault> {
    let maybe = |column: &'static str, at: usize| -> Result<Option<Timestamp>, StoreFault> {
        row.maybe_int(at)?.map(|millis| moment("letter", column, millis)).transpose()
    };
    Ok(LetterState {
        letter: Letter {
            id: row.text(0)?,
            to: row.text(1)?,
            kind: row.text(2)?,
            subject: row.text(3)?,
            words: row.text(4)?,
            html: row.maybe_text(5)?,
            created: moment("letter", "created_at", row.int(6)?)?,
        },
        next: maybe("next_at", 7)?,
        tries: row.int(8)?,
        sent: maybe("sent_at", 9)?,
        given_up: maybe("given_up_at", 10)?,
        problem: row.maybe_text(11)?,
    })
}
