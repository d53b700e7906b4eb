//! Sending what is due. Each letter is taken with a lease before the server is spoken to and marked afterwards, so
//! several processes can send from one outbox.
//!
//! A letter goes out at least once. It goes out twice only when the process ends, or the database goes away, between
//! the server's yes and the mark; it then has the same Message-ID.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cairn_store::LetterState;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::is_optional;
use super::smtp::{NotTaken, Server};
use crate::Office;
use crate::refusal::{Refusal, Trouble};

/// How long one process keeps a letter to itself: longer than handing it over can take.
const LEASE: SignedDuration = SignedDuration::from_mins(3);
/// How long is waited after each try that failed; after the last one, its time again and again.
const WAITS: [SignedDuration; 6] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(4),
    SignedDuration::from_hours(8),
];
/// How old a letter may be when it is tried again; older ones are given up.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(48);
/// How long letters that are done with are kept, for questions about them.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How often the outbox is looked at when nobody says that there is something.
const LOOK: Duration = Duration::from_secs(5);
/// How long a server that could not be spoken to is left alone.
const AWAY: Duration = Duration::from_secs(20);

/// The way to the mail server. Cheap to clone; clones share it.
#[derive(Clone, Default)]
pub struct Post {
    server: Arc<OnceLock<Result<Server, Refusal>>>,
    news: Arc<Notify>,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Post(…)")
    }
}

impl Post {
    /// Says that there may be something to send.
    pub fn wake(&self) {
        self.news.notify_one();
    }
}

/// What was done with the letters that were due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// The server took them.
    pub sent: u64,
    /// To be tried again.
    pub failed: u64,
    /// Given up: refused for good, unwanted, or too old.
    pub given_up: u64,
    /// The server could not be spoken to; the rest waits.
    pub away: bool,
}

impl Office {
    /// A refusal when the settings for mail cannot be used; whether there is a mail server at all.
    pub fn check_post(&self) -> Result<bool, Refusal> {
        Ok(self.mail_server()?.is_some())
    }

    /// Sends the letters that are due. Nothing without a mail server: letters wait.
    pub async fn send_due_letters(&self, now: Timestamp) -> Result<Round, Trouble> {
        let mut round = Round::default();
        let Some(server) = self.mail_server()? else { return Ok(round) };
        loop {
            let mut tx = self.desk.store.begin().await?;
            let taken = tx.update_letter_leased(now, now + LEASE).await?;
            tx.commit().await?;
            let Some(taken) = taken else { return Ok(round) };
            self.send(server, &taken, now, &mut round).await?;
            if round.away {
                return Ok(round);
            }
        }
    }

    /// Sends what is due whenever something may be, for ever. For one task of each process that serves.
    pub async fn deliver(&self) {
        match self.mail_server() {
            Err(refusal) => return tracing::error!("No letters are sent. {refusal}"),
            Ok(None) => return,
            Ok(Some(_)) => {}
        }
        let mut tidied: Option<Timestamp> = None;
        loop {
            let done = self.send_due_letters(self.now()).await;
            let away = done.as_ref().is_ok_and(|round| round.away);
            match done {
                Ok(round) if round != Round::default() => tracing::info!(
                    sent = round.sent,
                    failed = round.failed,
                    given_up = round.given_up,
                    "Letters: {} sent, {} to be tried again, {} given up",
                    round.sent,
                    round.failed,
                    round.given_up
                ),
                Ok(_) => {}
                Err(trouble) => tracing::error!("Letters could not be sent: {trouble}"),
            }
            if tidied.is_none_or(|last| self.now().duration_since(last) > SignedDuration::from_hours(1)) {
                tidied = Some(self.now());
                if let Err(trouble) = self.tidy_letters().await {
                    tracing::error!("Old letters could not be deleted: {trouble}");
                }
            }
            if away {
                // news of more letters does not bring the server back
                tokio::time::sleep(AWAY).await;
                continue;
            }
            // either is reason enough to look again
            let _ = tokio::time::timeout(LOOK, self.post.news.notified()).await;
        }
    }

    /// Deletes letters that have been done with for a month. How many they were.
    pub async fn tidy_letters(&self) -> Result<u64, Trouble> {
        let mut tx = self.desk.store.begin().await?;
        let count = tx.delete_letters(self.now() - KEPT).await?;
        tx.commit().await?;
        Ok(count)
    }

    async fn send(
        &self,
        server: &Server,
        taken: &LetterState,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), Trouble> {
        let letter = &taken.letter;
        let unwanted = is_optional(&letter.kind)
            && self.desk.store.find_letter_optout(&self.desk.email_hash(&letter.to), &letter.kind).await?;
        let handed = match unwanted {
            true => Err(NotTaken::Never("Whoever it is for wants no letters of this kind.".into())),
            false => {
                let off = self.desk.unsubscribe_address(&letter.to, &letter.kind);
                server.hand_over(letter, off.as_deref()).await
            }
        };
        let mut tx = self.desk.store.begin().await?;
        match handed {
            Ok(()) => {
                tx.update_letter_sent(&letter.id, now).await?;
                round.sent += 1;
            }
            Err(NotTaken::Never(problem)) => {
                tx.update_letter_given_up(&letter.id, &problem, now).await?;
                tracing::warn!(letter.id = %letter.id, letter.kind = %letter.kind, "Gave up letter {}: {problem}", letter.id);
                round.given_up += 1;
            }
            Err(NotTaken::Away(problem) | NotTaken::Later(problem))
                if now.duration_since(letter.created) >= GIVEN_UP_AFTER =>
            {
                tx.update_letter_given_up(&letter.id, &problem, now).await?;
                tracing::warn!(letter.id = %letter.id, letter.kind = %letter.kind, "Gave up letter {} after two days: {problem}", letter.id);
                round.given_up += 1;
            }
            Err(NotTaken::Later(problem)) => {
                tx.update_letter_failed(&letter.id, &problem, now + wait(taken.tries)).await?;
                round.failed += 1;
            }
            Err(NotTaken::Away(problem)) => {
                tx.update_letter_failed(&letter.id, &problem, now + wait(taken.tries)).await?;
                tracing::warn!("The mail server cannot be spoken to: {problem}");
                round.failed += 1;
                round.away = true;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    fn mail_server(&self) -> Result<Option<&Server>, Refusal> {
        let Some(address) = &self.settings.smtp else { return Ok(None) };
        let open = || Server::open(address, self.settings.mail_from.as_deref(), &self.base_url);
        match self.post.server.get_or_init(open) {
            Ok(server) => Ok(Some(server)),
            Err(refusal) => Err(refusal.clone()),
        }
    }
}

/// How long to wait after so many tries.
fn wait(tries: i64) -> SignedDuration {
    let at = usize::try_from(tries - 1).unwrap_or(0).min(WAITS.len() - 1);
    WAITS[at]
}
