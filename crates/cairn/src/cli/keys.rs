//! `cairn keys`: list, rotate, compromise, reseal.

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use cairn_registrar::access::Actor;
use cairn_registrar::organisations::Org;
use cairn_registrar::outside::Outside;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::sealing::{Seal, reseal};
use cairn_registrar::{Office, Settings};
use clap::{Args, Subcommand};

use super::{FINE, told};
use crate::config::passphrase;

/// Signing keys of the organisations.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Example:\n  cairn keys list harbour-college-1a2b3c --database sqlite:cairn.db --base-url https://badges.example.edu"
)]
pub enum KeysCommand {
    /// An organisation's keys and how they stand
    List(OrgArgs),
    /// A new key signs from now on; the one before it still verifies what it signed
    Rotate(OrgArgs),
    /// Others may have a key since a day: nothing signed with it from then on counts
    Compromise(CompromiseArgs),
    /// Seal all keys anew, by a passphrase or by a new key file; start the site with that afterwards
    Reseal(ResealArgs),
}

/// Which organisation.
#[derive(Debug, Args)]
pub struct OrgArgs {
    /// Its place on the site, as in /issuers/PLACE
    #[arg(value_name = "PLACE")]
    pub org: String,
    #[command(flatten)]
    seal: SealArgs,
    /// The address under which the world sees the site
    #[arg(long, env = "CAIRN_BASE_URL", value_name = "URL")]
    pub base_url: String,
}

/// Which database, and what seals its keys.
#[derive(Debug, Args)]
pub struct SealArgs {
    /// Where the data is kept: `sqlite:PATH` or `postgres://…`
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// File with the key that seals signing keys
    #[arg(long, env = "CAIRN_KEY_FILE", value_name = "FILE", default_value = "cairn.key")]
    pub key_file: PathBuf,
    /// File with the passphrase that seals them instead (or the passphrase in CAIRN_KEY_PASSPHRASE)
    #[arg(long, env = "CAIRN_KEY_PASSPHRASE_FILE", value_name = "FILE")]
    pub key_passphrase_file: Option<PathBuf>,
}

/// Which key, since when.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn keys compromise harbour-college-1a2b3c key-1 --since 2026-11-20T00:00:00Z --database sqlite:cairn.db --base-url https://badges.example.edu"
)]
pub struct CompromiseArgs {
    #[command(flatten)]
    org: OrgArgs,
    /// The key: its whole id, or what stands after `#`
    #[arg(value_name = "KEY")]
    key: String,
    /// The first moment at which others may have had it, in UTC
    #[arg(long, value_name = "TIME")]
    since: String,
    /// What happened
    #[arg(long)]
    note: Option<String>,
}

/// By what to seal from now on.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn keys reseal --database sqlite:cairn.db --key-file cairn.key --new-passphrase-file secret.txt"
)]
pub struct ResealArgs {
    #[command(flatten)]
    seal: SealArgs,
    /// A file that does not exist yet: it is made
    #[arg(long, value_name = "FILE", conflicts_with = "new_passphrase_file")]
    new_key_file: Option<PathBuf>,
    /// A file with the passphrase
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

/// Runs one command.
pub async fn run(command: KeysCommand) -> anyhow::Result<u8> {
    match command {
        KeysCommand::List(args) => list(args).await,
        KeysCommand::Rotate(args) => rotate(args).await,
        KeysCommand::Compromise(args) => compromise(args).await,
        KeysCommand::Reseal(args) => seal_anew(args).await,
    }
}

async fn list(args: OrgArgs) -> anyhow::Result<u8> {
    let (office, org) = open(&args).await?;
    let mut lines = vec![format!("{} ({})", org.name, org.did)];
    for key in office.keys(&Actor::site(), &org).await.map_err(plain)? {
        let until = key.until.map_or_else(|| "now".into(), |until| until.to_string());
        let lost = key.compromised.map(|since| format!(", others may have it since {since}")).unwrap_or_default();
        lines.push(format!(
            "{:<12} {:<12} {} to {until}{lost}; {} credentials",
            key.short(),
            key.standing.word(),
            key.from,
            key.signed
        ));
    }
    say(&lines.join("\n"))
}

async fn rotate(args: OrgArgs) -> anyhow::Result<u8> {
    let (office, org) = open(&args).await?;
    let key = office.rotate_key(&Actor::site(), &org.id, None).await.map_err(plain)?;
    say(&format!("{key} signs from now on."))
}

async fn compromise(args: CompromiseArgs) -> anyhow::Result<u8> {
    let (office, org) = open(&args.org).await?;
    let since = args
        .since
        .parse()
        .map_err(|_| anyhow!("--since {} is no moment; write it like 2026-11-20T00:00:00Z", args.since))?;
    let keys = office.keys(&Actor::site(), &org).await.map_err(plain)?;
    let Some(key) = keys.iter().find(|key| key.id == args.key || key.short() == args.key) else {
        bail!("{} has no key {}; see: cairn keys list {}", org.name, args.key, org.slug);
    };
    let new = office.report_key(&Actor::site(), &org.id, &key.id, since, args.note.as_deref()).await.map_err(plain)?;
    let new = new.map(|new| format!("\n{new} signs from now on.")).unwrap_or_default();
    say(&format!("Nothing signed with {} since {since} counts any more.{new}", key.id))
}

async fn seal_anew(args: ResealArgs) -> anyhow::Result<u8> {
    let old = Seal::new(&args.seal.key_file, passphrase(args.seal.key_passphrase_file.as_deref())?.as_ref());
    let new = match (&args.new_key_file, &args.new_passphrase_file) {
        (Some(file), None) => Seal::File(file.clone()),
        (None, Some(file)) => match passphrase(Some(file.as_path()))? {
            Some(passphrase) => Seal::Passphrase(passphrase),
            None => bail!("{} is empty", file.display()),
        },
        _ => bail!("say by what to seal: --new-key-file FILE or --new-passphrase-file FILE"),
    };
    let many = reseal(&args.seal.database, &old, &new, &Outside::system()).await.map_err(plain)?;
    say(&format!(
        "Sealed anew: {many} keys. Start the site again with the new one; copies of the database from before still \
         need the old one."
    ))
}

async fn open(args: &OrgArgs) -> anyhow::Result<(Office, Org)> {
    let settings = Settings {
        database: args.seal.database.clone(),
        key_file: args.seal.key_file.clone(),
        key_passphrase: passphrase(args.seal.key_passphrase_file.as_deref())?,
        base_url: args.base_url.clone(),
        files: "memory:".into(),
        ..Settings::default()
    };
    let office = Office::open(settings).await.map_err(plain)?;
    let org = office.org_at(&args.org).await.map_err(|_| anyhow!("this site has no organisation at {}", args.org))?;
    Ok((office, org))
}

fn say(text: &str) -> anyhow::Result<u8> {
    use std::io::Write;
    told(writeln!(std::io::stdout(), "{text}").map_err(Into::into), FINE)
}

fn plain(trouble: Trouble) -> anyhow::Error {
    anyhow!("{trouble}")
}
