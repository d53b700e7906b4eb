//! Invitations into an organisation.

use cairn_domain::access::Role;
use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// An invitation. Its token is in the letter only; the store has its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The organisation.
    pub org_id: String,
    /// UUIDv7.
    pub id: String,
    /// Lower-case hex SHA-256 of the token.
    pub token_hash: String,
    /// To whom the letter went; lower case.
    pub email: String,
    /// The role that is offered.
    pub role: Role,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// Who invites.
    pub given_by: Option<String>,
    /// When it was accepted.
    pub accepted: Option<Timestamp>,
    /// By whom.
    pub accepted_by: Option<String>,
    /// When it was withdrawn.
    pub withdrawn: Option<Timestamp>,
}

impl Invitation {
    /// Whether it may still be accepted.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.accepted.is_none() && self.withdrawn.is_none() && self.expires > now
    }
}

impl Tx {
    /// Keeps an invitation.
    pub async fn insert_invitation(&mut self, one: &Invitation) -> Result<(), StoreFault> {
        let sql = "insert into invitation (org_id, invitation_id, token_hash, email, role, created_at, expires_at, \
                   given_by) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.id),
            Arg::Text(&one.token_hash),
            Arg::Text(&one.email),
            Arg::Text(one.role.word()),
            Arg::Int(millis(one.created)),
            Arg::Int(millis(one.expires)),
            Arg::MaybeText(one.given_by.as_deref()),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Gives an open invitation a new token and a new end; the old letter's link works no more. False when there is no
    /// open one of that id.
    pub async fn update_invitation_token(
        &mut self,
        org_id: &str,
        invitation_id: &str,
        token_hash: &str,
        expires: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update invitation set token_hash = $3, expires_at = $4 where org_id = $1 and invitation_id = $2 \
                   and accepted_at is null and withdrawn_at is null";
        let args = [Arg::Text(org_id), Arg::Text(invitation_id), Arg::Text(token_hash), Arg::Int(millis(expires))];
        Ok(self.run(sql, &args).await? == 1)
    }

    /// Accepts an invitation. False when it is not open: of two who come at once, one is told so.
    pub async fn update_invitation_accepted(
        &mut self,
        token_hash: &str,
        person_id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update invitation set accepted_at = $3, accepted_by = $2 where token_hash = $1 \
                   and accepted_at is null and withdrawn_at is null and expires_at > $3";
        Ok(self.run(sql, &[Arg::Text(token_hash), Arg::Text(person_id), Arg::Int(millis(now))]).await? == 1)
    }

    /// Withdraws an invitation. False when there is none that could be.
    pub async fn update_invitation_withdrawn(
        &mut self,
        org_id: &str,
        invitation_id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update invitation set withdrawn_at = $3 where org_id = $1 and invitation_id = $2 \
                   and accepted_at is null and withdrawn_at is null";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(invitation_id), Arg::Int(millis(now))]).await? == 1)
    }
}

impl Store {
    /// The invitation with this token hash, whether open or not.
    pub async fn find_invitation(&self, token_hash: &str) -> Result<Option<Invitation>, StoreFault> {
        let sql = "select org_id, invitation_id, token_hash, email, role, created_at, expires_at, given_by, \
                   accepted_at, accepted_by, withdrawn_at from invitation where token_hash = $1";
        self.row(sql, &[Arg::Text(token_hash)]).await?.map(|row| one(&row)).transpose()
    }

    /// An organisation's invitations, newest first.
    pub async fn list_invitations(&self, org_id: &str) -> Result<Vec<Invitation>, StoreFault> {
        let sql = "select org_id, invitation_id, token_hash, email, role, created_at, expires_at, given_by, \
                   accepted_at, accepted_by, withdrawn_at from invitation where org_id = $1 \
                   order by created_at desc, invitation_id desc";
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<Invitation, StoreFault> {
    let corrupt = |_| StoreFault::Corrupt { table: "invitation", column: "role" };
    let maybe = |column, at| -> Result<Option<Timestamp>, StoreFault> {
        row.maybe_int(at)?.map(|millis| moment("invitation", column, millis)).transpose()
    };
    Ok(Invitation {
        org_id: row.text(0)?,
        id: row.text(1)?,
        token_hash: row.text(2)?,
        email: row.text(3)?,
        role: row.text(4)?.parse().map_err(corrupt)?,
        created: moment("invitation", "created_at", row.int(5)?)?,
        expires: moment("invitation", "expires_at", row.int(6)?)?,
        given_by: row.maybe_text(7)?,
        accepted: maybe("accepted_at", 8)?,
        accepted_by: row.maybe_text(9)?,
        withdrawn: maybe("withdrawn_at", 10)?,
    })
}
