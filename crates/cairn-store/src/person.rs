//! People and their addresses. They live outside organisations.

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// UUIDv7.
    pub id: String,
    /// The name that credentials may carry.
    pub name: String,
    /// Since when.
    pub created: Timestamp,
    /// When they left, where they did; name and addresses are gone then.
    pub left: Option<Timestamp>,
}

/// An address that a person has shown to be theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEmail {
    /// Lower case.
    pub email: String,
    /// Whose.
    pub person_id: String,
    /// As its owner writes it.
    pub shown: String,
    /// When it was shown to be theirs.
    pub verified: Timestamp,
    /// When it was made the one that letters go to; the latest is.
    pub main: Option<Timestamp>,
}

impl Tx {
    /// Adds a person.
    pub async fn insert_person(&mut self, person: &Person) -> Result<(), StoreFault> {
        let sql = "insert into person (person_id, name, created_at, left_at) values ($1, $2, $3, $4)";
        let args = [
            Arg::Text(&person.id),
            Arg::Text(&person.name),
            Arg::Int(millis(person.created)),
            Arg::MaybeInt(person.left.map(millis)),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Adds an address. [`StoreFault::Taken`] when it is somebody's already.
    pub async fn insert_person_email(&mut self, one: &PersonEmail) -> Result<(), StoreFault> {
        let sql =
            "insert into person_email (email, person_id, shown, verified_at, main_at) values ($1, $2, $3, $4, $5)";
        let args = [
            Arg::Text(&one.email),
            Arg::Text(&one.person_id),
            Arg::Text(&one.shown),
            Arg::Int(millis(one.verified)),
            Arg::MaybeInt(one.main.map(millis)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this address"))?;
        Ok(())
    }
}

impl Store {
    /// The person with this id.
    pub async fn find_person(&self, person_id: &str) -> Result<Option<Person>, StoreFault> {
        let sql = "select person_id, name, created_at, left_at from person where person_id = $1";
        self.row(sql, &[Arg::Text(person_id)]).await?.map(|row| person(&row)).transpose()
    }

    /// Whose address this is; `email` in lower case.
    pub async fn find_person_by_email(&self, email: &str) -> Result<Option<Person>, StoreFault> {
        let sql = "select p.person_id, p.name, p.created_at, p.left_at from person p \
                   join person_email e on e.person_id = p.person_id where e.email = $1";
        self.row(sql, &[Arg::Text(email)]).await?.map(|row| person(&row)).transpose()
    }

    /// A person's addresses, the one that letters go to first.
    pub async fn list_person_emails(&self, person_id: &str) -> Result<Vec<PersonEmail>, StoreFault> {
        let sql = "select email, person_id, shown, verified_at, main_at from person_email where person_id = $1 \
                   order by main_at desc nulls last, email";
        let rows = self.rows(sql, &[Arg::Text(person_id)]).await?;
        rows.iter().map(email).collect()
    }
}

fn person(row: &Row) -> Result<Person, StoreFault> {
    Ok(Person {
        id: row.text(0)?,
        name: row.text(1)?,
        created: moment("person", "created_at", row.int(2)?)?,
        left: row.maybe_int(3)?.map(|millis| moment("person", "left_at", millis)).transpose()?,
    })
}

fn email(row: &Row) -> Result<PersonEmail, StoreFault> {
    Ok(PersonEmail {
        email: row.text(0)?,
        person_id: row.text(1)?,
        shown: row.text(2)?,
        verified: moment("person_email", "verified_at", row.int(3)?)?,
        main: row.maybe_int(4)?.map(|millis| moment("person_email", "main_at", millis)).transpose()?,
    })
}
