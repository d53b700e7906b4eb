//! Erasure: somebody leaves, and nothing that says who they were stays. What proves the copies that they hold stays:
//! keys, status lists, the log's salted hashes, published versions.

use jiff::Timestamp;

use crate::rows::{Arg, millis};
use crate::{Store, StoreFault, StoredCredential, Tx};

/// What belongs to a person with no more than their id, deleted whole. Frames of people that rows point to come last.
const OF_PERSON: &[&str] = &[
    "delete from passkey where person_id = $1",
    "delete from session where person_id = $1",
    "delete from sign_in_link where person_id = $1",
    "delete from api_token where person_id = $1",
    "delete from sso_identity where person_id = $1",
    "delete from member where person_id = $1",
    "delete from kept_badge where person_id = $1",
    "delete from share where person_id = $1",
    "update invitation set accepted_by = null where accepted_by = $1",
    "update evidence set name = '', url = null, words = null, object_key = null, sha256 = '', person_id = null, \
     media_type = null, bytes = 0 where person_id = $1",
    "update evidence set name = '', url = null, words = null, object_key = null, sha256 = '', person_id = null, \
     media_type = null, bytes = 0 where request_id in (select request_id from request where person_id = $1)",
    "update request set state = 'withdrawn' where person_id = $1 and state in ('open', 'returned')",
    "update request set name = '', email = '', words = null where person_id = $1",
    "delete from person_email where person_id = $1",
];

/// What is found by one of their addresses.
const OF_ADDRESS: &[&str] = &[
    "delete from sign_in_link where email = $1",
    "delete from invitation where email = $1",
    "delete from letter where lower(to_address) = $1",
];

/// What is found by one of their credentials: its row stays, empty, and says when it was erased.
const OF_CREDENTIAL: &[&str] = &[
    "delete from claim where org_id = $1 and credential_id = $2",
    "update evidence set name = '', url = null, words = null, object_key = null, sha256 = '', person_id = null, \
     media_type = null, bytes = 0 where org_id = $1 and credential_id = $2",
    "update credential set signed_text = '', sha256 = '', recipient_name = null, recipient_email = null, \
     person_id = null, basis = null, leaf_salt = null, idempotency_key = 'erased/' || credential_id, batch_line = null \
     where org_id = $1 and credential_id = $2",
];

impl Tx {
    /// Erases a person, their addresses (lower case) and their credentials. Audit and log say what they said: neither
    /// holds names, addresses or evidence.
    pub async fn erase_person(
        &mut self,
        person_id: &str,
        emails: &[String],
        credentials: &[StoredCredential],
        at: Timestamp,
    ) -> Result<(), StoreFault> {
        let now = millis(at);
        for one in credentials {
            let (org, id) = (Arg::Text(&one.org_id), Arg::Text(&one.credential_id));
            for sql in OF_CREDENTIAL {
                self.run(sql, &[org, id]).await?;
            }
            let sql = "update credential set erased_at = $3 where org_id = $1 and credential_id = $2";
            self.run(sql, &[org, id, Arg::Int(now)]).await?;
            // words to the learner and reasons in words stand in the events
            for award in [one.request_id.as_deref(), Some(one.public_id.as_str())].into_iter().flatten() {
                let sql = "delete from award_event where org_id = $1 and award_id = $2";
                self.run(sql, &[org, Arg::Text(award)]).await?;
            }
        }
        let sql = "delete from award_event where award_id in (select request_id from request where person_id = $1)";
        self.run(sql, &[Arg::Text(person_id)]).await?;
        let sql = "update evidence set erased_at = $2 where person_id = $1 \
                   or request_id in (select request_id from request where person_id = $1)";
        self.run(sql, &[Arg::Text(person_id), Arg::Int(now)]).await?;
        for sql in OF_PERSON {
            self.run(sql, &[Arg::Text(person_id)]).await?;
        }
        for email in emails {
            for sql in OF_ADDRESS {
                self.run(sql, &[Arg::Text(email)]).await?;
            }
            // answers that are kept for a repeated request may name the recipient
            let sql = "delete from idempotency where lower(body) like '%' || $1 || '%'";
            self.run(sql, &[Arg::Text(email)]).await?;
            let sql = "delete from batch_problem where lower(says) like '%' || $1 || '%'";
            self.run(sql, &[Arg::Text(email)]).await?;
        }
        let sql = "update person set name = '', left_at = $2 where person_id = $1";
        self.run(sql, &[Arg::Text(person_id), Arg::Int(now)]).await?;
        Ok(())
    }
}

impl Store {
    /// Where the files lie that a person has given as evidence, or that belong to one of these credentials.
    pub async fn list_object_keys(
        &self,
        person_id: &str,
        credentials: &[StoredCredential],
    ) -> Result<Vec<String>, StoreFault> {
        let mut keys = Vec::new();
        let sql = "select object_key from evidence where object_key is not null and (person_id = $1 \
                   or request_id in (select request_id from request where person_id = $1))";
        for row in self.rows(sql, &[Arg::Text(person_id)]).await? {
            keys.push(row.text(0)?);
        }
        for one in credentials {
            let sql = "select object_key from evidence where org_id = $1 and credential_id = $2 \
                       and object_key is not null";
            for row in self.rows(sql, &[Arg::Text(&one.org_id), Arg::Text(&one.credential_id)]).await? {
                keys.push(row.text(0)?);
            }
        }
        keys.sort();
        keys.dedup();
        Ok(keys)
    }
}
