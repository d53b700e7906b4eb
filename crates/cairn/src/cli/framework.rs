//! `cairn import`, `cairn export` and `cairn framework`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use cairn_domain::framework::diff::{Diff, diff};
use cairn_domain::framework::{Kind, Told, Whole};
use cairn_registrar::Office;
use cairn_registrar::access::Actor;
use cairn_registrar::frameworks::{self, Import, Imported, Progress};
use cairn_registrar::refusal::Trouble;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{FALLS_SHORT, FINE, words};

/// The forms that are read.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Form {
    /// The ESCO CSV files: their folder, or one of them
    Esco,
    /// The O*NET tables: their folder, or one of them
    Onet,
    /// A CASE 1.1 or 1.0 CFPackage
    Case,
    /// A CTDL-ASN graph
    Ctdl,
    /// A table of your own (columns id or code, statement, parent, kind, level, uri, labels)
    Csv,
}

impl Form {
    fn kind(self) -> Kind {
        match self {
            Form::Esco => Kind::Esco,
            Form::Onet => Kind::Onet,
            Form::Case => Kind::Case,
            Form::Ctdl => Kind::Ctdl,
            Form::Csv => Kind::Csv,
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cairn import esco ./esco-1.2 --version 1.2.0 --database sqlite:cairn.sqlite\n  cairn import case package.json --org tidewater --database sqlite:cairn.sqlite\n\nAn import that was interrupted goes on where it stopped when it is started again."
)]
pub struct ImportArgs {
    /// What it is
    pub form: Form,
    /// File or folder
    pub path: PathBuf,
    /// Where the data is kept: `sqlite:PATH` or `postgres://…`
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// For this organisation (its place on the site); for the site itself without it
    #[arg(long, value_name = "SLUG")]
    pub org: Option<String>,
    /// Its URI, where the file does not say it
    #[arg(long)]
    pub uri: Option<String>,
    /// Its title
    #[arg(long)]
    pub title: Option<String>,
    /// Its version
    #[arg(long)]
    pub version: Option<String>,
    /// Its publisher
    #[arg(long)]
    pub publisher: Option<String>,
    /// Its licence
    #[arg(long)]
    pub licence: Option<String>,
    /// Its language (BCP 47), such as en
    #[arg(long)]
    pub language: Option<String>,
    /// Delete the same version with other content first
    #[arg(long)]
    pub replace: bool,
    /// Give it to programs by the CASE service too
    #[arg(long)]
    pub case_service: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn export https://example.org/welding@2 --as case --database sqlite:cairn.sqlite > welding.json"
)]
pub struct ExportArgs {
    /// Its id, or its URI with `@version` or without for the newest; or a file to turn into another form
    pub framework: String,
    /// The form: case, ctdl or csv
    #[arg(long = "as", value_name = "FORM")]
    pub form: Form,
    /// Where the data is kept; not needed for a file
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: Option<String>,
    /// Of this organisation
    #[arg(long, value_name = "SLUG")]
    pub org: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum FrameworkCommand {
    /// The site's and an organisation's frameworks
    List(ListArgs),
    /// What is new, gone, changed and moved from one version to another
    Diff(DiffArgs),
    /// Show a framework to everybody and give it by the CASE service
    Publish(PublishArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cairn framework list --database sqlite:cairn.sqlite")]
pub struct ListArgs {
    /// Where the data is kept
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// Of this organisation; the site's own without it
    #[arg(long, value_name = "SLUG")]
    pub org: Option<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn framework diff welding-1.json welding-2.json\n\nExit codes: 0 nothing differs, 1 something does, 2 something could not be read."
)]
pub struct DiffArgs {
    /// The old one: a file, or a stored framework's id or URI@version
    pub old: String,
    /// The new one
    pub new: String,
    /// Where the data is kept; not needed for files
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: Option<String>,
    /// Of this organisation
    #[arg(long, value_name = "SLUG")]
    pub org: Option<String>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn framework publish https://example.org/welding --org tidewater --database sqlite:cairn.sqlite"
)]
pub struct PublishArgs {
    /// Its id, or its URI with `@version` or without for the newest
    pub framework: String,
    /// Where the data is kept
    #[arg(long, env = "CAIRN_DATABASE", value_name = "URL")]
    pub database: String,
    /// Of this organisation
    #[arg(long, value_name = "SLUG")]
    pub org: Option<String>,
    /// Take it back instead
    #[arg(long)]
    pub withdraw: bool,
}

/// `cairn import`.
pub async fn import(args: ImportArgs) -> anyhow::Result<u8> {
    let (office, org_id) = open(&args.database, args.org.as_deref()).await?;
    let kind = args.form.kind();
    let told = Told {
        uri: args.uri.clone(),
        title: args.title.clone(),
        version: args.version.clone(),
        publisher: args.publisher.clone(),
        licence: args.licence.clone(),
        language: args.language.clone(),
    };
    let (reading, sha256) = frameworks::read_path(&args.path, kind, &told)?;
    let actor = Actor::site();
    let public = org_id.is_empty();
    let import = Import { org_id, reading, sha256, replace: args.replace, public, served: args.case_service };
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed_precise}  {msg}") {
        bar.set_style(style);
    }
    let heard = |progress: Progress| {
        bar.set_message(format!("{} read, {} items", progress.position, progress.items));
        bar.tick();
        !stopped.load(Ordering::Relaxed)
    };
    let imported = office.import_framework(&actor, import, heard).await;
    bar.finish_and_clear();
    report(&office, &actor, imported.map_err(said)?).await?;
    Ok(FINE)
}

async fn report(office: &Office, actor: &Actor, imported: Imported) -> anyhow::Result<()> {
    let one = &imported.framework;
    let name = words::safe(&format!("{} {}", one.title, one.version)).to_string();
    if imported.already {
        println!("{name} is there already, the same to the last byte: nothing to do ({} items).", one.items);
        return Ok(());
    }
    if let Some(at) = imported.resumed_at {
        println!("Went on after the first {at} entries of an import that was interrupted.");
    }
    println!("{name}: {} items, {} entries in all; id {}", one.items, imported.entries, one.id);
    if imported.repeated > 0 {
        println!("  {} entries said again what was there", imported.repeated);
    }
    if let Some(before) = &imported.before {
        let (new, gone, changed) = office.framework_changes(actor, &before.id, &one.id).await.map_err(said)?;
        let version = words::safe(&before.version);
        println!("  against version {version}: {new} new, {changed} changed, {gone} gone");
    }
    Ok(())
}

/// `cairn export`.
pub async fn export(args: ExportArgs) -> anyhow::Result<u8> {
    let (whole, changed) = whole(&args.framework, args.database.as_deref(), args.org.as_deref()).await?;
    let (_, text) = frameworks::exported(&whole, args.form.kind(), &changed).map_err(said)?;
    use std::io::Write;
    super::told(std::io::stdout().write_all(text.as_bytes()).map_err(Into::into), FINE)
}

/// `cairn framework …`.
pub async fn run(command: FrameworkCommand) -> anyhow::Result<u8> {
    match command {
        FrameworkCommand::List(args) => list(args).await,
        FrameworkCommand::Diff(args) => compare(args).await,
        FrameworkCommand::Publish(args) => publish(args).await,
    }
}

async fn list(args: ListArgs) -> anyhow::Result<u8> {
    let (office, org_id) = open(&args.database, args.org.as_deref()).await?;
    let mut after: Option<String> = None;
    loop {
        let some = office.list_org_frameworks(&Actor::site(), &org_id, after.as_deref(), 200).await.map_err(said)?;
        let Some(last) = some.last() else { return Ok(FINE) };
        after = Some(last.id.clone());
        for one in some {
            let state = match (one.ready, one.served, one.public) {
                (None, ..) => "incomplete",
                (_, Some(_), _) => "public, in the CASE service",
                (_, _, Some(_)) => "public",
                _ => "for its organisation",
            };
            let name = words::safe(&format!("{} {}", one.title, one.version)).to_string();
            println!("{}  {name}  {} items, {}  {state}", one.id, one.items, one.kind);
        }
    }
}

async fn publish(args: PublishArgs) -> anyhow::Result<u8> {
    let (office, org_id) = open(&args.database, args.org.as_deref()).await?;
    let actor = Actor::site();
    let one = office.framework_named(&actor, &org_id, &args.framework).await.map_err(said)?;
    let one = office.publish_framework(&actor, &one.id, !args.withdraw).await.map_err(said)?;
    let state = if one.public.is_some() { "for everybody to see now" } else { "for its organisation alone now" };
    println!("{} is {state}.", words::safe(&format!("{} {}", one.title, one.version)));
    Ok(FINE)
}

async fn compare(args: DiffArgs) -> anyhow::Result<u8> {
    let (old, _) = whole(&args.old, args.database.as_deref(), args.org.as_deref()).await?;
    let (new, _) = whole(&args.new, args.database.as_deref(), args.org.as_deref()).await?;
    let found = diff(&old, &new);
    let code = if found.is_empty() { FINE } else { FALLS_SHORT };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found);
    }
    Ok(code)
}

fn print(found: &Diff) {
    if found.is_empty() {
        println!("Nothing differs.");
        return;
    }
    for one in &found.added {
        println!("new      {}", words::safe(&one.statement));
    }
    for one in &found.removed {
        println!("gone     {}", words::safe(&one.statement));
    }
    for one in &found.changed {
        println!("changed  {}", words::safe(&one.item.statement));
        for field in &one.fields {
            println!(
                "         {}: “{}” → “{}”",
                words::safe(&field.name),
                words::safe(&field.old),
                words::safe(&field.new)
            );
        }
    }
    for one in &found.moved {
        println!("moved    {}", words::safe(&one.item.statement));
    }
    let (more, less) = (found.associations_added.len(), found.associations_removed.len());
    println!(
        "{} new, {} gone, {} changed, {} moved; associations: {more} new, {less} gone",
        found.added.len(),
        found.removed.len(),
        found.changed.len(),
        found.moved.len()
    );
}

/// A framework of the database, or of a file when there is one of that name; and when it was last changed.
async fn whole(name: &str, database: Option<&str>, org: Option<&str>) -> anyhow::Result<(Whole, String)> {
    let path = Path::new(name);
    if path.is_file() {
        let bytes = std::fs::read(path)?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (reading, _) = frameworks::read_upload(&file, &bytes, None, &Told::default())
            .map_err(|refusal| anyhow::anyhow!("{name}: {refusal}"))?;
        let whole = Whole::of(reading).map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
        return Ok((whole, jiff::Timestamp::UNIX_EPOCH.to_string()));
    }
    let Some(database) = database else {
        bail!("{name} is no file; to name a stored framework, give --database too");
    };
    let (office, org_id) = open(database, org).await?;
    let stored = office.framework_named(&Actor::site(), &org_id, name).await.map_err(said)?;
    let (stored, whole) = office.whole_framework(&Actor::site(), &stored.id).await.map_err(said)?;
    Ok((whole, stored.created.to_string()))
}

/// A trouble in its own sentence, once.
fn said(trouble: Trouble) -> anyhow::Error {
    anyhow::anyhow!("{trouble}")
}

/// The office, and the id of the organisation; empty for the site itself.
async fn open(database: &str, org: Option<&str>) -> anyhow::Result<(Office, String)> {
    let office = Office::without_keys(database).await.map_err(said)?;
    let org_id = match org {
        Some(slug) => office.org_at(slug).await.map_err(said)?.id,
        None => String::new(),
    };
    Ok((office, org_id))
}
