//! Answers of the API that are kept for a day, so that a request which comes again is not acted on again.

use cairn_store::KeptAnswer;
use jiff::SignedDuration;

pub use cairn_store::Answer;

use crate::Office;
use crate::refusal::Trouble;

/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// After this time a request that has left no answer was broken off: no request may take so long.
const BROKEN_OFF: SignedDuration = SignedDuration::from_secs(180);

/// Where a request with a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is the first with this key: act on it, then keep the answer.
    Fresh,
    /// It was answered; this was the answer.
    Given(Answer),
    /// The first one is being worked on.
    UnderWay,
    /// The key stands for another request.
    Other,
}

impl Office {
    /// Takes a key for a request, unless it is taken. `request_hash` tells requests apart.
    pub async fn begin_answer(&self, principal: &str, key: &str, request_hash: &str) -> Result<Begun, Trouble> {
        let now = self.now();
        let mut tx = self.desk.store.begin().await?;
        tx.delete_answers_before(principal, key, now - KEPT, now - BROKEN_OFF).await?;
        let fresh = KeptAnswer {
            principal: principal.into(),
            key: key.into(),
            request_hash: request_hash.into(),
            answer: None,
            created: now,
        };
        match tx.insert_answer(&fresh).await {
            Ok(true) => {
                tx.commit().await?;
                return Ok(Begun::Fresh);
            }
            Ok(false) => tx.commit().await?,
            Err(fault) => return Err(fault.into()),
        }
        let Some(kept) = self.desk.store.find_answer(principal, key).await? else { return Ok(Begun::UnderWay) };
        Ok(match kept {
            KeptAnswer { request_hash: hash, .. } if hash != request_hash => Begun::Other,
            KeptAnswer { answer: Some(answer), .. } => Begun::Given(answer),
            _ => Begun::UnderWay,
        })
    }

    /// Keeps the answer, or gives the key back when there is none to keep.
    pub async fn keep_answer(&self, principal: &str, key: &str, answer: Option<Answer>) -> Result<(), Trouble> {
        let mut tx = self.desk.store.begin().await?;
        match answer {
            Some(answer) => tx.update_answer(principal, key, &answer).await?,
            None => tx.delete_answer(principal, key).await?,
        }
        tx.commit().await?;
        Ok(())
    }

    /// Forgets answers that were kept long enough. How many they were.
    pub async fn purge_answers(&self) -> Result<u64, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        let gone = tx.delete_old_answers(self.now() - KEPT).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
