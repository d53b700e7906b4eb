//! Copies of the database while it serves, and back. SQLite only: PostgreSQL has its own tools for it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use crate::StoreFault;
use crate::connect::newest_migration;

/// A copy that was looked at and found whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Bytes of the file.
    pub bytes: u64,
    /// Number of the migration at which its tables are.
    pub version: i64,
}

/// Copies a database to a new file while others write to it: what was committed when it began is in it, whole. The copy
/// is checked before it gets its name.
pub async fn backup(address: &str, to: &Path) -> Result<Copy, StoreFault> {
    let from = sqlite_file(address)?;
    if !from.exists() {
        return Err(StoreFault::Copy(format!("There is no database {}.", from.display())));
    }
    must_be_free(to)?;
    let part = part_of(to);
    // what an earlier try left behind
    let _ = std::fs::remove_file(&part);
    let text = part.to_str().ok_or_else(|| StoreFault::Copy(format!("{} is no name in UTF-8.", to.display())))?;
    let options = SqliteConnectOptions::from_str(address)?.create_if_missing(false).busy_timeout(PATIENCE);
    let pool = one_connection(options).await?;
    let done = sqlx::query("vacuum into $1").bind(text.to_owned()).execute(&pool).await;
    pool.close().await;
    done?;
    only_its_owner(&part)?;
    let copy = look(&part).await?;
    std::fs::rename(&part, to).map_err(|error| cannot("named", to, &error))?;
    Ok(copy)
}

/// Puts a copy where a database shall be. Refused when there is one already, or the copy is damaged or newer than this
/// program.
pub async fn restore(file: &Path, address: &str) -> Result<Copy, StoreFault> {
    let to = sqlite_file(address)?;
    must_be_free(&to)?;
    for end in ["-wal", "-shm"] {
        let mut beside = to.clone().into_os_string();
        beside.push(end);
        must_be_free(Path::new(&beside))?;
    }
    let copy = look(file).await?;
    let part = part_of(&to);
    std::fs::copy(file, &part).map_err(|error| cannot("written", &part, &error))?;
    only_its_owner(&part)?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(|error| cannot("written", &part, &error))?;
    std::fs::rename(&part, &to).map_err(|error| cannot("named", &to, &error))?;
    Ok(copy)
}

/// How long a copy waits for a writer.
const PATIENCE: Duration = Duration::from_secs(30);

async fn look(file: &Path) -> Result<Copy, StoreFault> {
    let bytes = std::fs::metadata(file).map_err(|error| cannot("read", file, &error))?.len();
    let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
    let none = || StoreFault::Copy(format!("{} is no copy of a Cairn database, or it is damaged.", file.display()));
    let pool = one_connection(options).await.map_err(|_| none())?;
    let sound = sqlx::query_scalar::<_, String>("pragma integrity_check").fetch_all(&pool).await;
    let version = sqlx::query_scalar::<_, i64>("select max(version) from _sqlx_migrations").fetch_one(&pool).await;
    pool.close().await;
    if !sound.is_ok_and(|lines| lines == ["ok"]) {
        return Err(none());
    }
    let version = version.map_err(|_| none())?;
    if version > newest_migration() {
        let says = format!(
            "{} is from a newer Cairn (its tables are at {version}, this program knows {}). Take that program.",
            file.display(),
            newest_migration()
        );
        return Err(StoreFault::Copy(says));
    }
    Ok(Copy { bytes, version })
}

async fn one_connection(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    SqlitePoolOptions::new().max_connections(1).connect_with(options).await
}

fn sqlite_file(address: &str) -> Result<PathBuf, StoreFault> {
    let path = address.strip_prefix("sqlite:").filter(|path| !path.contains(":memory:"));
    let path = path.map(|path| path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default());
    match path {
        Some(path) if !path.is_empty() => Ok(PathBuf::from(path)),
        _ => Err(StoreFault::Copy(
            "Copies are made of sqlite:PATH only. For PostgreSQL use pg_dump and pg_restore, or its own backups."
                .into(),
        )),
    }
}

fn must_be_free(path: &Path) -> Result<(), StoreFault> {
    match path.exists() {
        false => Ok(()),
        true => Err(StoreFault::Copy(format!(
            "{} is there already and is not overwritten. Move it away, or choose another name.",
            path.display()
        ))),
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    PathBuf::from(part)
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> StoreFault {
    StoreFault::Copy(format!("{} could not be {what}: {error}.", path.display()))
}

/// A copy holds what the database holds: nobody else reads it.
fn only_its_owner(path: &Path) -> Result<(), StoreFault> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, mode).map_err(|error| cannot("closed to others", path, &error))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
