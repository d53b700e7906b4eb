//! Letters that wait to be sent, written in the transaction that gives rise to them.

use jiff::Timestamp;

use crate::rows::{Arg, millis};
use crate::{StoreFault, Tx};

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
}
