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

const BY_EMAIL: &str = "select p.person_id, p.name, p.created_at, p.left_at from person p \
                        join person_email e on e.person_id = p.person_id where e.email = $1";

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

    /// Keeps others from changing this person and their addresses until the transaction ends. False when there is no
    /// such person.
    pub async fn hold_person(&mut self, person_id: &str) -> Result<bool, StoreFault> {
        Ok(self.run("update person set name = name where person_id = $1", &[Arg::Text(person_id)]).await? == 1)
    }

    /// Changes a person's name.
    pub async fn update_person_name(&mut self, person_id: &str, name: &str) -> Result<(), StoreFault> {
        let sql = "update person set name = $2 where person_id = $1";
        self.run(sql, &[Arg::Text(person_id), Arg::Text(name)]).await?;
        Ok(())
    }

    /// Makes an address the one that letters go to. False when it is not this person's.
    pub async fn update_person_email_main(
        &mut self,
        person_id: &str,
        email: &str,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        let sql = "update person_email set main_at = $3 where person_id = $1 and email = $2";
        Ok(self.run(sql, &[Arg::Text(person_id), Arg::Text(email), Arg::Int(millis(now))]).await? == 1)
    }

    /// Takes an address away from a person. False when it is not theirs.
    pub async fn delete_person_email(&mut self, person_id: &str, email: &str) -> Result<bool, StoreFault> {
        let sql = "delete from person_email where person_id = $1 and email = $2";
        Ok(self.run(sql, &[Arg::Text(person_id), Arg::Text(email)]).await? == 1)
    }

    /// Whose address this is, as the transaction sees it; `email` in lower case.
    pub async fn find_person_by_email(&mut self, email: &str) -> Result<Option<Person>, StoreFault> {
        self.row(BY_EMAIL, &[Arg::Text(email)]).await?.map(|row| person(&row)).transpose()
    }

    /// How many addresses a person has.
    pub async fn count_person_emails(&mut self, person_id: &str) -> Result<u64, StoreFault> {
        let sql = "select cast(count(*) as bigint) from person_email where person_id = $1";
        let count = self.row(sql, &[Arg::Text(person_id)]).await?.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        Ok(u64::try_from(count).unwrap_or(0))
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
        self.row(BY_EMAIL, &[Arg::Text(email)]).await?.map(|row| person(&row)).transpose()
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
