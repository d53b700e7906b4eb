//! `cairn backup` and `cairn restore`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::anyhow;
use cairn_registrar::backup;
use clap::Args;

use super::{FINE, told};

/// Copy the database to a file, also while the site serves from it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cairn backup --database sqlite:cairn.db --to copies/cairn-2026-11-23.db")]
pub struct BackupArgs {
    /// The database: `sqlite:PATH`. For PostgreSQL use its own tools
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// The file to make
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// Put a copy in the place of a database that is not there.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cairn restore copies/cairn-2026-11-23.db --database sqlite:cairn.db")]
pub struct RestoreArgs {
    /// The copy
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The database to make: `sqlite:PATH`; nothing may be there
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
}

/// Makes a copy.
pub async fn make(args: BackupArgs) -> anyhow::Result<u8> {
    let copy = backup::backup(&args.database, &args.to).await.map_err(|trouble| anyhow!("{trouble}"))?;
    say(&format!(
        "{}: {} bytes, checked. It holds neither the key file or passphrase that seals the signing keys nor the files \
         that were handed in (--files): keep copies of those too, the key apart from this one.",
        args.to.display(),
        copy.bytes
    ))
}

/// Brings a copy back.
pub async fn restore(args: RestoreArgs) -> anyhow::Result<u8> {
    let copy = backup::restore(&args.file, &args.database).await.map_err(|trouble| anyhow!("{trouble}"))?;
    say(&format!(
        "{} is there: {} bytes, checked. Start the site with the key file or passphrase of that time.",
        args.database, copy.bytes
    ))
}

fn say(text: &str) -> anyhow::Result<u8> {
    told(writeln!(std::io::stdout(), "{text}").map_err(Into::into), FINE)
}
