//! Frameworks, their items and associations, and crosswalks between them.
//!
//! They are written in chunks of rows, so that an import of a hundred thousand is a matter of seconds.

use std::sync::LazyLock;

use jiff::Timestamp;

use crate::rows::{Arg, Row, millis, moment};
use crate::{Store, StoreFault, Tx};

/// A framework as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFramework {
    /// UUIDv7.
    pub id: String,
    /// Whose it is; empty for the site's own.
    pub org_id: String,
    /// Its own URI, the same in all its versions.
    pub uri: String,
    /// `case`, `ctdl`, `esco`, `onet`, `csv`.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Version, in its publisher's words.
    pub version: String,
    /// Publisher.
    pub publisher: Option<String>,
    /// Licence, as an address or in words.
    pub licence: Option<String>,
    /// BCP 47 tag.
    pub language: Option<String>,
    /// JSON: what an export gives back that has no column.
    pub about: Option<String>,
    /// Lower-case hex SHA-256 of what was imported.
    pub sha256: String,
    /// How many items are in.
    pub items: u64,
    /// How many entries of the import have been read.
    pub position: u64,
    /// When the import was complete.
    pub ready: Option<Timestamp>,
    /// Since when everybody may see it.
    pub public: Option<Timestamp>,
    /// Since when the CASE service gives it.
    pub served: Option<Timestamp>,
    /// When the import began.
    pub created: Timestamp,
}

/// An item as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// Of which framework.
    pub framework_id: String,
    /// UUID.
    pub id: String,
    /// URI.
    pub uri: String,
    /// Its code, where it has one.
    pub code: Option<String>,
    /// The statement.
    pub statement: String,
    /// Code, statement and other labels in lower case.
    pub folded: String,
    /// Its kind in the framework's words.
    pub kind: Option<String>,
    /// Its level in the framework's words.
    pub level: Option<String>,
    /// JSON: the rest.
    pub about: Option<String>,
    /// Its place in the import, which is its order too.
    pub place: u64,
}

/// An association as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAssociation {
    /// Of which framework.
    pub framework_id: String,
    /// UUID.
    pub id: String,
    /// CASE 1.1 `associationType`, such as `isChildOf`.
    pub kind: String,
    /// URI.
    pub origin: String,
    /// URI.
    pub destination: String,
    /// JSON: the rest.
    pub about: Option<String>,
    /// Its place in the import.
    pub place: u64,
}

/// A crosswalk between two items.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCrosswalk {
    /// Whose word it is; empty for the site's own.
    pub org_id: String,
    /// URI.
    pub origin: String,
    /// URI.
    pub destination: String,
    /// `exact`, `broader`, `narrower`, `related`: what the destination is to the origin.
    pub kind: String,
    /// 0 to 1.
    pub confidence: Option<f64>,
    /// Where it comes from.
    pub basis: String,
    /// When it was added.
    pub created: Timestamp,
}

/// Rows of one statement; 10 columns each stay far below what either database binds at most.
const ROWS: usize = 50;

const FRAMEWORK: &str = "framework_id, org_id, uri, kind, title, version, publisher, licence, language, about, sha256, \
                         item_count, position, ready_at, public_at, served_at, created_at";
const ITEM: &str = "framework_id, item_id, uri, code, statement, folded, kind, level, about, place";
const ASSOCIATION: &str = "framework_id, association_id, kind, origin, destination, about, place";

static ONE_ITEM: LazyLock<String> = LazyLock::new(|| inserting("framework_item", ITEM, 10, 1));
static MANY_ITEMS: LazyLock<String> = LazyLock::new(|| inserting("framework_item", ITEM, 10, ROWS));
static ONE_ASSOCIATION: LazyLock<String> = LazyLock::new(|| inserting("framework_association", ASSOCIATION, 7, 1));
static MANY_ASSOCIATIONS: LazyLock<String> = LazyLock::new(|| inserting("framework_association", ASSOCIATION, 7, ROWS));

/// An insert of several rows at once; those that are there already stay as they are.
fn inserting(table: &str, columns: &str, width: usize, rows: usize) -> String {
    let row = |n: usize| {
        let places: Vec<String> = (1..=width).map(|column| format!("${}", n * width + column)).collect();
        format!("({})", places.join(", "))
    };
    let values: Vec<String> = (0..rows).map(row).collect();
    format!("insert into {table} ({columns}) values {} on conflict do nothing", values.join(", "))
}

/// A statement that is put together once: `select <columns> <rest>`.
macro_rules! select {
    ($columns:expr, $rest:literal) => {{
        static SQL: LazyLock<String> = LazyLock::new(|| format!("select {} {}", $columns, $rest));
        SQL.as_str()
    }};
}

impl Tx {
    /// Adds a framework. [`StoreFault::Taken`] when its owner has this version of it.
    pub async fn insert_framework(&mut self, one: &StoredFramework) -> Result<(), StoreFault> {
        let sql = "insert into framework (framework_id, org_id, uri, kind, title, version, publisher, licence, \
                   language, about, sha256, item_count, position, ready_at, public_at, served_at, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
        let args = [
            Arg::Text(&one.id),
            Arg::Text(&one.org_id),
            Arg::Text(&one.uri),
            Arg::Text(&one.kind),
            Arg::Text(&one.title),
            Arg::Text(&one.version),
            Arg::MaybeText(one.publisher.as_deref()),
            Arg::MaybeText(one.licence.as_deref()),
            Arg::MaybeText(one.language.as_deref()),
            Arg::MaybeText(one.about.as_deref()),
            Arg::Text(&one.sha256),
            Arg::Int(int(one.items)),
            Arg::Int(int(one.position)),
            Arg::MaybeInt(one.ready.map(millis)),
            Arg::MaybeInt(one.public.map(millis)),
            Arg::MaybeInt(one.served.map(millis)),
            Arg::Int(millis(one.created)),
        ];
        self.run(sql, &args).await.map_err(|fault| fault.taken("this version of the framework"))?;
        Ok(())
    }

    /// Adds items; those whose id is there already stay as they are. How many were added.
    pub async fn insert_framework_items(&mut self, items: &[StoredItem]) -> Result<u64, StoreFault> {
        let mut added = 0;
        for chunk in items.chunks(ROWS) {
            if chunk.len() == ROWS {
                let args: Vec<Arg<'_>> = chunk.iter().flat_map(item_args).collect();
                added += self.run(MANY_ITEMS.as_str(), &args).await?;
                continue;
            }
            for item in chunk {
                added += self.run(ONE_ITEM.as_str(), &item_args(item)).await?;
            }
        }
        Ok(added)
    }

    /// Adds associations; those whose id is there already stay as they are. How many were added.
    pub async fn insert_framework_associations(&mut self, all: &[StoredAssociation]) -> Result<u64, StoreFault> {
        let mut added = 0;
        for chunk in all.chunks(ROWS) {
            if chunk.len() == ROWS {
                let args: Vec<Arg<'_>> = chunk.iter().flat_map(association_args).collect();
                added += self.run(MANY_ASSOCIATIONS.as_str(), &args).await?;
                continue;
            }
            for association in chunk {
                added += self.run(ONE_ASSOCIATION.as_str(), &association_args(association)).await?;
            }
        }
        Ok(added)
    }

    /// Says how far an import is: entries read so far, and items that are in.
    pub async fn update_framework_position(&mut self, id: &str, position: u64, items: u64) -> Result<(), StoreFault> {
        let sql = "update framework set position = $2, item_count = $3 where framework_id = $1";
        self.run(sql, &[Arg::Text(id), Arg::Int(int(position)), Arg::Int(int(items))]).await?;
        Ok(())
    }

    /// Says that an import is complete.
    pub async fn update_framework_ready(&mut self, id: &str, at: Timestamp) -> Result<(), StoreFault> {
        let sql = "update framework set ready_at = $2 where framework_id = $1";
        self.run(sql, &[Arg::Text(id), Arg::Int(millis(at))]).await?;
        Ok(())
    }

    /// Says since when everybody may see a framework, and since when the CASE service gives it.
    pub async fn update_framework_public(
        &mut self,
        id: &str,
        public: Option<Timestamp>,
        served: Option<Timestamp>,
    ) -> Result<(), StoreFault> {
        let sql = "update framework set public_at = $2, served_at = $3 where framework_id = $1";
        let args = [Arg::Text(id), Arg::MaybeInt(public.map(millis)), Arg::MaybeInt(served.map(millis))];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Deletes a framework with all that is in it.
    pub async fn delete_framework(&mut self, id: &str) -> Result<(), StoreFault> {
        self.run("delete from framework_association where framework_id = $1", &[Arg::Text(id)]).await?;
        self.run("delete from framework_item where framework_id = $1", &[Arg::Text(id)]).await?;
        self.run("delete from framework where framework_id = $1", &[Arg::Text(id)]).await?;
        Ok(())
    }

    /// Adds a crosswalk, or changes the one that says the same on the same basis.
    pub async fn insert_crosswalk(&mut self, one: &StoredCrosswalk) -> Result<(), StoreFault> {
        let sql = "insert into crosswalk (org_id, origin, destination, kind, confidence, basis, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7) on conflict (org_id, origin, destination, basis) \
                   do update set kind = excluded.kind, confidence = excluded.confidence";
        let args = [
            Arg::Text(&one.org_id),
            Arg::Text(&one.origin),
            Arg::Text(&one.destination),
            Arg::Text(&one.kind),
            Arg::MaybeReal(one.confidence),
            Arg::Text(&one.basis),
            Arg::Int(millis(one.created)),
        ];
        self.run(sql, &args).await?;
        Ok(())
    }

    /// Deletes an organisation's crosswalks between two items. How many they were.
    pub async fn delete_crosswalk(&mut self, org_id: &str, origin: &str, destination: &str) -> Result<u64, StoreFault> {
        let sql = "delete from crosswalk where org_id = $1 and origin = $2 and destination = $3";
        self.run(sql, &[Arg::Text(org_id), Arg::Text(origin), Arg::Text(destination)]).await
    }
}

impl Store {
    /// The framework with this id.
    pub async fn find_framework(&self, id: &str) -> Result<Option<StoredFramework>, StoreFault> {
        let sql = select!(FRAMEWORK, "from framework where framework_id = $1");
        self.row(sql, &[Arg::Text(id)]).await?.map(|row| framework(&row)).transpose()
    }

    /// An owner's version of a framework.
    pub async fn find_framework_version(
        &self,
        org_id: &str,
        uri: &str,
        version: &str,
    ) -> Result<Option<StoredFramework>, StoreFault> {
        let sql = select!(FRAMEWORK, "from framework where org_id = $1 and uri = $2 and version = $3");
        let args = [Arg::Text(org_id), Arg::Text(uri), Arg::Text(version)];
        self.row(sql, &args).await?.map(|row| framework(&row)).transpose()
    }

    /// All versions of a framework that an owner has, newest import first.
    pub async fn list_framework_versions(&self, org_id: &str, uri: &str) -> Result<Vec<StoredFramework>, StoreFault> {
        let sql = select!(
            FRAMEWORK,
            "from framework where org_id = $1 and uri = $2 order by created_at desc, framework_id desc"
        );
        self.rows(sql, &[Arg::Text(org_id), Arg::Text(uri)]).await?.iter().map(framework).collect()
    }

    /// Frameworks after the id `after`: those that everybody may see, and those of the owners in `orgs`
    /// (`,ID,ID,`); with `only_of`, of this owner alone.
    pub async fn list_frameworks(
        &self,
        orgs: &str,
        only_of: Option<&str>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<StoredFramework>, StoreFault> {
        let sql = select!(
            FRAMEWORK,
            "from framework where framework_id > $1 \
             and ((public_at is not null and ready_at is not null) or $2 like '%,' || org_id || ',%') \
             and ($3 = '*' or org_id = $3) order by framework_id limit $4"
        );
        let args = [Arg::Text(after), Arg::Text(orgs), Arg::Text(only_of.unwrap_or("*")), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(framework).collect()
    }

    /// All frameworks that the CASE service gives, oldest first.
    pub async fn list_served_frameworks(&self) -> Result<Vec<StoredFramework>, StoreFault> {
        let sql = select!(
            FRAMEWORK,
            "from framework where served_at is not null and ready_at is not null order by framework_id"
        );
        self.rows(sql, &[]).await?.iter().map(framework).collect()
    }

    /// Items after a place, in order.
    pub async fn list_framework_items(
        &self,
        id: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredItem>, StoreFault> {
        let sql = select!(ITEM, "from framework_item where framework_id = $1 and place > $2 order by place limit $3");
        let args = [Arg::Text(id), Arg::Int(after.map_or(-1, int)), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(item).collect()
    }

    /// Items that are no other item's children, after a place, in order. `uri` is the framework's own.
    pub async fn list_top_items(
        &self,
        id: &str,
        uri: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredItem>, StoreFault> {
        let sql = select!(
            ITEM,
            "from framework_item i where framework_id = $1 and place > $3 and not exists \
             (select 1 from framework_association a where a.framework_id = $1 and a.origin = i.uri \
             and a.kind = 'isChildOf' and a.destination <> $2) order by place limit $4"
        );
        let args = [Arg::Text(id), Arg::Text(uri), Arg::Int(after.map_or(-1, int)), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(item).collect()
    }

    /// Items that are children of the item `uri`, after a place, in order.
    pub async fn list_child_items(
        &self,
        id: &str,
        uri: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredItem>, StoreFault> {
        let sql = select!(
            ITEM,
            "from framework_item where framework_id = $1 and place > $3 and uri in \
             (select origin from framework_association where framework_id = $1 and destination = $2 \
             and kind = 'isChildOf') order by place limit $4"
        );
        let args = [Arg::Text(id), Arg::Text(uri), Arg::Int(after.map_or(-1, int)), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(item).collect()
    }

    /// How many children an item has.
    pub async fn find_child_count(&self, id: &str, uri: &str) -> Result<u64, StoreFault> {
        let sql = "select count(*) from framework_association where framework_id = $1 and destination = $2 \
                   and kind = 'isChildOf'";
        let row = self.row(sql, &[Arg::Text(id), Arg::Text(uri)]).await?;
        Ok(row.map(|row| row.int(0)).transpose()?.map_or(0, |n| n.unsigned_abs()))
    }

    /// An item of a framework.
    pub async fn find_framework_item(&self, id: &str, item_id: &str) -> Result<Option<StoredItem>, StoreFault> {
        let sql = select!(ITEM, "from framework_item where framework_id = $1 and item_id = $2");
        self.row(sql, &[Arg::Text(id), Arg::Text(item_id)]).await?.map(|row| item(&row)).transpose()
    }

    /// Items with this URI, in whatever framework and version, newest first.
    pub async fn list_items_by_uri(&self, uri: &str) -> Result<Vec<StoredItem>, StoreFault> {
        let sql = select!(ITEM, "from framework_item where uri = $1 order by framework_id desc limit 50");
        self.rows(sql, &[Arg::Text(uri)]).await?.iter().map(item).collect()
    }

    /// Items with this id that the CASE service gives, newest first.
    pub async fn list_served_items(&self, item_id: &str) -> Result<Vec<StoredItem>, StoreFault> {
        let sql = select!(
            ITEM,
            "from framework_item where item_id = $1 and framework_id in (select framework_id from framework \
             where served_at is not null and ready_at is not null) order by framework_id desc limit 10"
        );
        self.rows(sql, &[Arg::Text(item_id)]).await?.iter().map(item).collect()
    }

    /// Associations with this id that the CASE service gives, newest first.
    pub async fn list_served_associations(&self, id: &str) -> Result<Vec<StoredAssociation>, StoreFault> {
        let sql = select!(
            ASSOCIATION,
            "from framework_association where association_id = $1 and framework_id in (select framework_id from \
             framework where served_at is not null and ready_at is not null) order by framework_id desc limit 10"
        );
        self.rows(sql, &[Arg::Text(id)]).await?.iter().map(association).collect()
    }

    /// Associations after a place, in order.
    pub async fn list_framework_associations(
        &self,
        id: &str,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<StoredAssociation>, StoreFault> {
        let sql = select!(
            ASSOCIATION,
            "from framework_association where framework_id = $1 and place > $2 order by place limit $3"
        );
        let args = [Arg::Text(id), Arg::Int(after.map_or(-1, int)), Arg::Int(limit.into())];
        self.rows(sql, &args).await?.iter().map(association).collect()
    }

    /// Associations that begin or end at an item; at most 500.
    pub async fn list_associations_of(&self, id: &str, uri: &str) -> Result<Vec<StoredAssociation>, StoreFault> {
        let sql = select!(
            ASSOCIATION,
            "from framework_association where framework_id = $1 and (origin = $2 or destination = $2) \
             order by place limit 500"
        );
        self.rows(sql, &[Arg::Text(id), Arg::Text(uri)]).await?.iter().map(association).collect()
    }

    /// Items that hold all of the words (lower case; the first five count) in code, statement or another label,
    /// shortest statement first. In the framework `only_in`; else in every one that everybody may see or whose owner
    /// is in `orgs` (`,ID,ID,`).
    pub async fn search_framework_items(
        &self,
        words: &[String],
        only_in: Option<&str>,
        orgs: &str,
        limit: u32,
    ) -> Result<Vec<StoredItem>, StoreFault> {
        let sql = "select i.framework_id, i.item_id, i.uri, i.code, i.statement, i.folded, i.kind, i.level, i.about, \
                   i.place from framework_item i join framework f on f.framework_id = i.framework_id \
                   where i.folded like $1 escape '\\' and i.folded like $2 escape '\\' and i.folded like $3 escape '\\' \
                   and i.folded like $4 escape '\\' and i.folded like $5 escape '\\' \
                   and ($6 = '*' or i.framework_id = $6) and ($6 <> '*' or (f.ready_at is not null \
                   and (f.public_at is not null or $7 like '%,' || f.org_id || ',%'))) \
                   order by length(i.statement), i.place, i.framework_id limit $8";
        let mut patterns: Vec<String> = words.iter().take(5).map(|word| pattern(word)).collect();
        patterns.resize(5, "%".into());
        let mut args: Vec<Arg<'_>> = patterns.iter().map(|pattern| Arg::Text(pattern)).collect();
        args.extend([Arg::Text(only_in.unwrap_or("*")), Arg::Text(orgs), Arg::Int(limit.into())]);
        self.rows(sql, &args).await?.iter().map(item).collect()
    }

    /// How many items a version has that another one had not, lacks that it had, and has with other words.
    pub async fn find_framework_changes(&self, old: &str, new: &str) -> Result<(u64, u64, u64), StoreFault> {
        let only = "select count(*) from framework_item a where a.framework_id = $1 and not exists \
                    (select 1 from framework_item b where b.framework_id = $2 and b.uri = a.uri)";
        let changed = "select count(*) from framework_item a join framework_item b on b.uri = a.uri \
                       and b.framework_id = $2 where a.framework_id = $1 and (a.statement <> b.statement \
                       or coalesce(a.code, '') <> coalesce(b.code, '') or coalesce(a.kind, '') <> coalesce(b.kind, '') \
                       or coalesce(a.level, '') <> coalesce(b.level, '') \
                       or coalesce(a.about, '') <> coalesce(b.about, ''))";
        let mut counts = [0; 3];
        for (count, (sql, one, two)) in counts.iter_mut().zip([(only, new, old), (only, old, new), (changed, new, old)])
        {
            if let Some(row) = self.row(sql, &[Arg::Text(one), Arg::Text(two)]).await? {
                *count = row.int(0)?.unsigned_abs();
            }
        }
        Ok((counts[0], counts[1], counts[2]))
    }

    /// Crosswalks that begin or end at an item: the site's own, and those of the owners in `orgs` (`,ID,ID,`).
    pub async fn list_crosswalks(&self, orgs: &str, uri: &str) -> Result<Vec<StoredCrosswalk>, StoreFault> {
        let sql = "select org_id, origin, destination, kind, confidence, basis, created_at from crosswalk \
                   where (origin = $1 or destination = $1) and (org_id = '' or $2 like '%,' || org_id || ',%') \
                   order by origin, destination, basis limit 500";
        self.rows(sql, &[Arg::Text(uri), Arg::Text(orgs)]).await?.iter().map(crosswalk).collect()
    }
}

/// A word anywhere in a text, for `like … escape '\'`.
fn pattern(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn item_args(item: &StoredItem) -> [Arg<'_>; 10] {
    [
        Arg::Text(&item.framework_id),
        Arg::Text(&item.id),
        Arg::Text(&item.uri),
        Arg::MaybeText(item.code.as_deref()),
        Arg::Text(&item.statement),
        Arg::Text(&item.folded),
        Arg::MaybeText(item.kind.as_deref()),
        Arg::MaybeText(item.level.as_deref()),
        Arg::MaybeText(item.about.as_deref()),
        Arg::Int(int(item.place)),
    ]
}

fn association_args(one: &StoredAssociation) -> [Arg<'_>; 7] {
    [
        Arg::Text(&one.framework_id),
        Arg::Text(&one.id),
        Arg::Text(&one.kind),
        Arg::Text(&one.origin),
        Arg::Text(&one.destination),
        Arg::MaybeText(one.about.as_deref()),
        Arg::Int(int(one.place)),
    ]
}

fn framework(row: &Row) -> Result<StoredFramework, StoreFault> {
    let maybe = |at: usize, column| row.maybe_int(at)?.map(|millis| moment("framework", column, millis)).transpose();
    Ok(StoredFramework {
        id: row.text(0)?,
        org_id: row.text(1)?,
        uri: row.text(2)?,
        kind: row.text(3)?,
        title: row.text(4)?,
        version: row.text(5)?,
        publisher: row.maybe_text(6)?,
        licence: row.maybe_text(7)?,
        language: row.maybe_text(8)?,
        about: row.maybe_text(9)?,
        sha256: row.text(10)?,
        items: row.int(11)?.unsigned_abs(),
        position: row.int(12)?.unsigned_abs(),
        ready: maybe(13, "ready_at")?,
        public: maybe(14, "public_at")?,
        served: maybe(15, "served_at")?,
        created: moment("framework", "created_at", row.int(16)?)?,
    })
}

fn item(row: &Row) -> Result<StoredItem, StoreFault> {
    Ok(StoredItem {
        framework_id: row.text(0)?,
        id: row.text(1)?,
        uri: row.text(2)?,
        code: row.maybe_text(3)?,
        statement: row.text(4)?,
        folded: row.text(5)?,
        kind: row.maybe_text(6)?,
        level: row.maybe_text(7)?,
        about: row.maybe_text(8)?,
        place: row.int(9)?.unsigned_abs(),
    })
}

fn association(row: &Row) -> Result<StoredAssociation, StoreFault> {
    Ok(StoredAssociation {
        framework_id: row.text(0)?,
        id: row.text(1)?,
        kind: row.text(2)?,
        origin: row.text(3)?,
        destination: row.text(4)?,
        about: row.maybe_text(5)?,
        place: row.int(6)?.unsigned_abs(),
    })
}

fn crosswalk(row: &Row) -> Result<StoredCrosswalk, StoreFault> {
    Ok(StoredCrosswalk {
        org_id: row.text(0)?,
        origin: row.text(1)?,
        destination: row.text(2)?,
        kind: row.text(3)?,
        confidence: row.maybe_real(4)?,
        basis: row.text(5)?,
        created: moment("crosswalk", "created_at", row.int(6)?)?,
    })
}
