//! Roles of people in organisations.

use cairn_domain::access::Role;
use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// One role of one person in one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The organisation.
    pub org_id: String,
    /// The person.
    pub person_id: String,
    /// The role.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
    /// Who gave it.
    pub given_by: Option<String>,
}

impl Tx {
    /// Gives a role; giving it twice changes nothing.
    pub async fn insert_member(&mut self, one: &Member) -> Result<(), StoreFault> {
        let sql = "insert into member (org_id, person_id, role, since, given_by) values ($1, $2, $3, $4, $5) \
                   on conflict (org_id, person_id, role) do nothing";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.person_id),
            Arg::Text(one.role.word()),
            Arg::Int(millis(one.since)),
            Arg::MaybeText(one.given_by.as_deref()),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Keeps others from changing the organisation's roles until the transaction ends: without it two owners could take
    /// each other's role in the same moment. False when there is no such organisation.
    pub async fn hold_org(&mut self, org_id: &str) -> Result<bool, StoreFault> {
        Ok(self.run("update org set name = name where org_id = $1", &[Arg::Text(org_id)]).await? == 1)
    }

    /// How many people have a role in an organisation.
    pub async fn count_members(&mut self, org_id: &str, role: Role) -> Result<u64, StoreFault> {
        let sql = "select cast(count(*) as bigint) from member where org_id = $1 and role = $2";
        let row = self.row(sql, &[Arg::Text(org_id), Arg::Text(role.word())]).await?;
        let count = row.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Takes a role. False when they did not have it.
    pub async fn delete_member(&mut self, org_id: &str, person_id: &str, role: Role) -> Result<bool, StoreFault> {
        let sql = "delete from member where org_id = $1 and person_id = $2 and role = $3";
        Ok(self.run(sql, &[Arg::Text(org_id), Arg::Text(person_id), Arg::Text(role.word())]).await? == 1)
    }
}

impl Store {
    /// All roles of a person, in all organisations.
    pub async fn list_roles(&self, person_id: &str) -> Result<Vec<Member>, StoreFault> {
        let sql =
            "select org_id, person_id, role, since, given_by from member where person_id = $1 order by org_id, role";
        self.rows(sql, &[Arg::Text(person_id)]).await?.iter().map(one).collect()
    }

    /// All roles in an organisation.
    pub async fn list_members(&self, org_id: &str) -> Result<Vec<Member>, StoreFault> {
        let sql = "select org_id, person_id, role, since, given_by from member where org_id = $1 order by since, role";
        self.rows(sql, &[Arg::Text(org_id)]).await?.iter().map(one).collect()
    }
}

fn one(row: &Row) -> Result<Member, StoreFault> {
    let corrupt = |_| StoreFault::Corrupt { table: "member", column: "role" };
    Ok(Member {
        org_id: row.text(0)?,
        person_id: row.text(1)?,
        role: row.text(2)?.parse().map_err(corrupt)?,
        since: moment("member", "since", row.int(3)?)?,
        given_by: row.maybe_text(4)?,
    })
}
