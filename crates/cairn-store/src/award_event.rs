//! What happened on the way to an award or a refusal, in order: what a replay reads.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardEvent {
    /// The issuer.
    pub org_id: String,
    /// The request, or the credential's public id for a direct award.
    pub award_id: String,
    /// Its place, from 1.
    pub seq: u64,
    /// Its word, such as `criterion-judged`.
    pub kind: String,
    /// When, by the clock of then; the order is in `seq`.
    pub at: Timestamp,
    /// Who.
    pub by_person: Option<String>,
    /// The event as JSON.
    pub body: String,
}

impl Tx {
    /// Adds an event. [`StoreFault::Taken`] when another one has its place.
    pub async fn insert_award_event(&mut self, event: &AwardEvent) -> Result<(), StoreFault> {
        let sql = "insert into award_event (org_id, award_id, seq, kind, at, by_person, body) \
                   values ($1, $2, $3, $4, $5, $6, $7)";
        let args = [
            Arg::Text(&event.org_id),
            Arg::Text(&event.award_id),
            Arg::Int(i64::try_from(event.seq).unwrap_or(i64::MAX)),
            Arg::Text(&event.kind),
            Arg::Int(millis(event.at)),
            Arg::MaybeText(event.by_person.as_deref()),
            Arg::Text(&event.body),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("an event at this place"))?;
        Ok(())
    }

    /// The events of an award so far, in order, seen from inside the transaction that adds to them.
    pub async fn list_award_events_so_far(
        &mut self,
        org_id: &str,
        award_id: &str,
    ) -> Result<Vec<AwardEvent>, StoreFault> {
        self.rows(EVENTS, &[Arg::Text(org_id), Arg::Text(award_id)]).await?.iter().map(one).collect()
    }
}

impl Store {
    /// The events of an award, in order.
    pub async fn list_award_events(&self, org_id: &str, award_id: &str) -> Result<Vec<AwardEvent>, StoreFault> {
        self.rows(EVENTS, &[Arg::Text(org_id), Arg::Text(award_id)]).await?.iter().map(one).collect()
    }
}

const EVENTS: &str = "select org_id, award_id, seq, kind, at, by_person, body from award_event \
                      where org_id = $1 and award_id = $2 order by seq";

fn one(row: &Row) -> Result<AwardEvent, StoreFault> {
    let corrupt = |_| StoreFault::Corrupt { table: "award_event", column: "seq" };
    Ok(AwardEvent {
        org_id: row.text(0)?,
        award_id: row.text(1)?,
        seq: u64::try_from(row.int(2)?).map_err(corrupt)?,
        kind: row.text(3)?,
        at: moment("award_event", "at", row.int(4)?)?,
        by_person: row.maybe_text(5)?,
        body: row.text(6)?,
    })
}
