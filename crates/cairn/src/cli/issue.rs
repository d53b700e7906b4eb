//! `cairn issue`: a file of many awards, checked and issued; run again after a kill, it goes on where it was.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use cairn_domain::roster::Form;
use cairn_registrar::access::Actor;
use cairn_registrar::batches::{NewBatch, Step, StoredBatch, Work};
use cairn_registrar::refusal::Trouble;
use cairn_registrar::{Office, Settings};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::{FALLS_SHORT, FINE, UNREADABLE};
use crate::config::SiteConfig;

/// How long a batch that another process had until a moment ago is waited for.
const PATIENCE_SECONDS: u32 = 60;

/// Issue many awards from a file.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn issue autumn.csv --database sqlite:cairn.sqlite --base-url https://badges.example.edu --org harbour --achievement 0199aa-…@2 --dry-run\n\nThe file is CSV with a header row (email, and where wanted name, awarded, valid_until, narrative, evidence_url,\nevidence_name, key, result:CRITERION) or JSON Lines with the same members. Run again, it goes on where it was, and\nissues nothing twice.\n\nExit codes: 0 every row is issued, 1 some rows are bad or it was stopped, 2 the file or the site could not be read."
)]
pub struct IssueArgs {
    /// The file
    pub file: PathBuf,
    #[command(flatten)]
    pub config: SiteConfig,
    /// The organisation's place on the site
    #[arg(long, value_name = "SLUG")]
    pub org: String,
    /// Id of the achievement, and which version where it is not the newest: ID or ID@VERSION
    #[arg(long, value_name = "ID[@VERSION]")]
    pub achievement: String,
    /// Only say what is wrong with which row
    #[arg(long)]
    pub dry_run: bool,
    /// Send no letters
    #[arg(long)]
    pub no_letters: bool,
    /// Award it also to those who hold it already
    #[arg(long)]
    pub again: bool,
}

/// Runs it.
pub async fn run(args: IssueArgs) -> anyhow::Result<u8> {
    let Some(base_url) = args.config.base_url.clone() else {
        bail!("--base-url is missing: every credential carries the site's address, such as https://badges.example.edu");
    };
    let settings = Settings {
        database: args.config.database.clone(),
        key_file: args.config.key_file.clone(),
        key_passphrase: args.config.passphrase()?,
        base_url,
        files: args.config.files.clone(),
        ..Settings::default()
    };
    let (form, sha256) = look_at(&args.file)?;
    let office = Office::open(settings).await.map_err(said)?;
    let site = Actor::site();
    let org = office.org_at(&args.org).await.map_err(|_| anyhow!("there is no organisation at --org {}", args.org))?;
    let (achievement_id, version) = which(&office, &args.achievement).await?;
    let new = NewBatch {
        org_id: org.id,
        achievement_id,
        version,
        name: args.file.display().to_string(),
        letters: !args.no_letters,
        again: args.again,
    };
    let me = office.outside.id();
    let batch = office.batch_of_file(&site, new, form, sha256).await.map_err(said)?;
    let done = tokio::select! {
        done = work(&office, &site, &batch, &me, &args) => done,
        _ = tokio::signal::ctrl_c() => {
            eprintln!("Stopped. What was issued stays issued; run the same command again to go on.");
            Ok(FALLS_SHORT)
        }
    };
    // the next run need not wait for the lease of this one to end
    if let Err(trouble) = office.release_batch(&batch, &me).await {
        eprintln!("cairn: {trouble}");
    }
    done.context("what was issued so far is safe; run the same command again to go on")
}

async fn work(office: &Office, site: &Actor, batch: &StoredBatch, me: &str, args: &IssueArgs) -> anyhow::Result<u8> {
    lease(office, batch, me).await?;
    let mut batch = office.find_batch(site, &batch.org_id, &batch.id).await.map_err(said)?;
    match batch.state.as_str() {
        "done" => {
            println!(
                "This file was issued already: {} awards, {} rows passed over.",
                batch.issued,
                batch.rows - batch.issued
            );
            return Ok(if batch.issued == batch.rows { FINE } else { FALLS_SHORT });
        }
        "undoing" => bail!("this batch is being undone; wait until that is done"),
        "running" | "stopped" => println!("Going on after row {}: {} awards are made.", batch.position, batch.issued),
        _ => {
            check(office, site, &batch, me, &args.file).await?;
            batch = office.find_batch(site, &batch.org_id, &batch.id).await.map_err(said)?;
            let good = batch.rows - batch.bad;
            println!("{} rows: {good} can be awarded, {} cannot.", batch.rows, batch.bad);
            if batch.state == "unreadable" {
                return Ok(UNREADABLE);
            }
        }
    }
    if args.dry_run {
        let code = if batch.bad == 0 { FINE } else { FALLS_SHORT };
        if batch.started.is_none() {
            office.discard_batch(site, &batch.org_id, &batch.id).await.map_err(said)?;
        }
        return Ok(code);
    }
    if batch.rows == batch.bad {
        return Ok(FALLS_SHORT);
    }
    batch = office.start_batch(site, &batch.org_id, &batch.id).await.map_err(said)?;
    issue(office, site, &batch, me, &args.file).await
}

async fn check(office: &Office, site: &Actor, batch: &StoredBatch, me: &str, file: &Path) -> anyhow::Result<()> {
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::with_template("checked {pos} rows")?);
    let told = |step: Step, problems: &[cairn_domain::roster::Problem]| {
        bar.set_position(step.rows);
        if !problems.is_empty() {
            bar.suspend(|| {
                let mut out = std::io::stdout().lock();
                for problem in problems {
                    // a closed pipe is nobody's fault, and the check goes on
                    let _ = writeln!(out, "{problem}");
                }
            });
        }
    };
    let done = office.check_rows(site, batch, me, open(file)?, told).await.map_err(said)?;
    bar.finish_and_clear();
    if done == Work::Elsewhere {
        bail!("another process is at this file");
    }
    Ok(())
}

async fn issue(office: &Office, site: &Actor, batch: &StoredBatch, me: &str, file: &Path) -> anyhow::Result<u8> {
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} rows, {per_sec}, {eta} left")?;
    let bar = ProgressBar::new(batch.rows).with_style(style).with_position(batch.position);
    let done = office.issue_rows(site, batch, me, open(file)?, |step| bar.set_position(step.rows)).await;
    bar.finish_and_clear();
    let done = done.map_err(said)?;
    let after = office.find_batch(site, &batch.org_id, &batch.id).await.map_err(said)?;
    let passed = after.position - after.issued;
    if done == Work::Elsewhere {
        println!("It was stopped, or another process went on with it: {} awards are made.", after.issued);
        return Ok(FALLS_SHORT);
    }
    println!("{} awards made, {passed} rows passed over.", after.issued);
    Ok(if passed == 0 { FINE } else { FALLS_SHORT })
}

/// Has the batch to itself; waits for a process that was at it a moment ago.
async fn lease(office: &Office, batch: &StoredBatch, me: &str) -> anyhow::Result<()> {
    for second in 0..PATIENCE_SECONDS {
        if office.lease_batch(batch, me).await.map_err(said)? {
            return Ok(());
        }
        if second == 0 {
            eprintln!(
                "Another process was at this file until a moment ago; waiting up to {PATIENCE_SECONDS} seconds …"
            );
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bail!("another process is at this file; wait for it, or stop it")
}

/// Id and version of what is awarded.
async fn which(office: &Office, asked: &str) -> anyhow::Result<(String, String)> {
    if let Some((id, version)) = asked.split_once('@') {
        return Ok((id.to_owned(), version.to_owned()));
    }
    let found = office.public_achievement(asked).await.map_err(said)?;
    let newest = found.as_ref().and_then(|one| one.newest()).map(|one| one.number);
    let newest = newest.with_context(|| format!("nothing is published of an achievement {asked}"))?;
    Ok((asked.to_owned(), newest.to_string()))
}

/// How a file is written, and its SHA-256.
fn look_at(path: &Path) -> anyhow::Result<(Form, String)> {
    let mut file = open(path)?;
    let form = Form::guess(file.fill_buf().with_context(|| unreadable(path))?);
    let mut hash = Sha256::new();
    let mut part = vec![0; 64 << 10];
    loop {
        let count = file.read(&mut part).with_context(|| unreadable(path))?;
        if count == 0 {
            break;
        }
        hash.update(&part[..count]);
    }
    Ok((form, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    Ok(BufReader::with_capacity(64 << 10, File::open(path).with_context(|| unreadable(path))?))
}

fn unreadable(path: &Path) -> String {
    format!("{} could not be read", path.display())
}

fn said(trouble: Trouble) -> anyhow::Error {
    anyhow!("{trouble}")
}
