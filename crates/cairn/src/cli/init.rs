//! `cairn init` and `cairn sign-in-link`.

use std::path::PathBuf;

use anyhow::anyhow;
use cairn_registrar::access::Actor;
use cairn_registrar::refusal::Trouble;
use cairn_registrar::site::{NewSite, already_set_up};
use cairn_registrar::{Office, Settings};
use clap::Args;

use super::{FINE, UNREADABLE, told};

/// Set up a site: its database, the file that seals its keys, an organisation with its first key, the owner's link.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn init --database sqlite:cairn.db --key-file cairn.key --base-url https://badges.example.edu \\\n    --name \"Harbour badges\" --org \"Harbour College\" --owner ada@example.org"
)]
pub struct InitArgs {
    /// Where the data is to be kept: `sqlite:PATH` (made when absent) or `postgres://…`
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// File with the key that seals signing keys (made when absent); keep a copy of it apart from the database
    #[arg(long, env = "CAIRN_KEY_FILE", value_name = "FILE", default_value = "cairn.key")]
    pub key_file: PathBuf,
    /// File with a passphrase that seals signing keys instead of the key file (or the passphrase in CAIRN_KEY_PASSPHRASE)
    #[arg(long, value_name = "FILE")]
    pub key_passphrase_file: Option<PathBuf>,
    /// The address under which the world will see this site, such as https://badges.example.edu
    #[arg(long, env = "CAIRN_BASE_URL", value_name = "URL")]
    pub base_url: String,
    /// Name of the site
    #[arg(long, default_value = "Cairn")]
    pub name: String,
    /// Name of its first organisation
    #[arg(long, value_name = "NAME")]
    pub org: String,
    /// E-mail address of the organisation's owner
    #[arg(long, value_name = "EMAIL")]
    pub owner: String,
}

/// Print a link to sign in, for whoever runs the site: where no mail server is set, or a letter does not arrive.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn sign-in-link ada@example.org --database sqlite:cairn.db --base-url https://badges.example.edu"
)]
pub struct LinkArgs {
    /// Whose address; somebody new gets an account by it
    #[arg(value_name = "EMAIL")]
    pub email: String,
    /// Where the data is kept: `sqlite:PATH` or `postgres://…`
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// The address under which the world sees the site
    #[arg(long, env = "CAIRN_BASE_URL", value_name = "URL")]
    pub base_url: String,
}

/// Sets a site up.
pub async fn init(args: InitArgs) -> anyhow::Result<u8> {
    let settings = Settings {
        database: args.database.clone(),
        key_file: args.key_file.clone(),
        key_passphrase: crate::config::passphrase(args.key_passphrase_file.as_deref())?,
        base_url: args.base_url.clone(),
        files: "memory:".into(),
        ..Settings::default()
    };
    // before the key file is made: what is set up has one already
    let looked = Office::open_without_keys(settings.clone()).await.map_err(plain)?;
    if looked.site().await.map_err(plain)?.is_some() {
        return refused(&already_set_up());
    }
    let office = Office::open(settings).await.map_err(plain)?;
    let new = NewSite { name: args.name, org: args.org, owner: args.owner.clone() };
    let done = match office.set_up_site(&Actor::site(), &new).await {
        Ok(done) => done,
        Err(trouble @ Trouble::Refusal(_)) => return refused(&trouble),
        Err(trouble) => return Err(plain(trouble)),
    };
    let says = format!(
        "The site is set up.\n\n  Organisation  {} ({}/issuers/{})\n  Issuer's DID  {}\n  Sealing key   {}: copy it to a \
         safe place, apart from the database\n\n{} signs in here, once, within 24 hours:\n\n  {}\n\nNow start it:\n\n  \
         cairn serve --database {} --key-file {} --base-url {}",
        done.org.name,
        office.base_url,
        done.org.slug,
        done.org.did,
        args.key_file.display(),
        args.owner,
        done.link,
        args.database,
        args.key_file.display(),
        office.base_url,
    );
    print(&says)
}

/// Prints a link to sign in.
pub async fn link(args: LinkArgs) -> anyhow::Result<u8> {
    if let Some(path) = args.database.strip_prefix("sqlite:")
        && !std::path::Path::new(path).exists()
    {
        anyhow::bail!("there is no database at {path}; set the site up with cairn init");
    }
    let settings = Settings {
        database: args.database.clone(),
        base_url: args.base_url.clone(),
        files: "memory:".into(),
        ..Settings::default()
    };
    let office = Office::open_without_keys(settings).await.map_err(plain)?;
    match office.print_sign_in_link(&Actor::site(), &args.email).await {
        Ok(link) => print(&link),
        Err(trouble @ Trouble::Refusal(_)) => refused(&trouble),
        Err(trouble) => Err(plain(trouble)),
    }
}

fn print(says: &str) -> anyhow::Result<u8> {
    use std::io::Write;
    let printed = writeln!(std::io::stdout(), "{says}").map_err(anyhow::Error::from);
    told(printed, FINE)
}

fn refused(trouble: &Trouble) -> anyhow::Result<u8> {
    eprintln!("cairn: {trouble}");
    Ok(UNREADABLE)
}

fn plain(trouble: Trouble) -> anyhow::Error {
    anyhow!("{trouble}")
}
