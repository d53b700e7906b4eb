//! `cairn bundle` and `cairn share`: a proof that needs no trust in whoever hands it over.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use cairn_credential::intake::Limits;
use cairn_registrar::outside::Outside;
use cairn_registrar::shapes::Became;
use cairn_registrar::sharing;
use clap::Args;

use super::checker::CheckerArgs;
use super::verify::{check, exit_code};
use super::{FINE, UNREADABLE, words};
use crate::web;

/// Put badges and all that is needed to check them offline into one file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cairn bundle badges/*.png -o proof.cairn.json --purpose 'Cloud engineer at Tidewater'\n  cairn verify proof.cairn.json --offline --trust my-lists.json"
)]
pub struct BundleArgs {
    /// Badges: files, folders, zips, https addresses
    #[arg(required = true, value_name = "PATH")]
    pub inputs: Vec<String>,
    /// Where to write it, - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "proof.cairn.json")]
    pub output: String,
    /// For whom or what, in a few words; the employer sees it
    #[arg(long, value_name = "TEXT")]
    pub purpose: Option<String>,
    #[command(flatten)]
    pub checker: CheckerArgs,
}

/// Make a page for an employer, with the bundle inside.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  cairn share badges/ -o for-tidewater.html --purpose 'Cloud engineer at Tidewater'\n\nThe page proves nothing by itself and says so: the check happens on the employer's side."
)]
pub struct ShareArgs {
    /// Badges: files, folders, zips, https addresses
    #[arg(required = true, value_name = "PATH")]
    pub inputs: Vec<String>,
    /// Where to write the page
    #[arg(short, long, value_name = "FILE", default_value = "proof.html")]
    pub output: String,
    /// For whom or what, in a few words; the employer sees it
    #[arg(long, value_name = "TEXT")]
    pub purpose: Option<String>,
    #[command(flatten)]
    pub checker: CheckerArgs,
}

/// Writes a bundle.
pub async fn bundle(args: BundleArgs) -> anyhow::Result<u8> {
    let made = make(&args.inputs, args.purpose, &args.checker).await?;
    write(&args.output, made.text.as_bytes())?;
    Ok(made.code)
}

/// Writes a page with the bundle inside.
pub async fn share(args: ShareArgs) -> anyhow::Result<u8> {
    let made = make(&args.inputs, args.purpose, &args.checker).await?;
    let page = web::share_file(&made.bundle, &made.text);
    write(&args.output, page.as_bytes())?;
    Ok(made.code)
}

struct Made {
    bundle: cairn_credential::bundle::Bundle,
    text: String,
    code: u8,
}

async fn make(inputs: &[String], purpose: Option<String>, checker: &CheckerArgs) -> anyhow::Result<Made> {
    let checked = check(inputs, checker).await?;
    let mut chosen = Vec::new();
    for (index, item) in checked.report.items.iter().enumerate() {
        match &item.became {
            Became::Credential { verdict, .. } => {
                chosen.push(index);
                eprintln!("{}: {}", words::safe(&item.name), words::safe(&verdict.summary));
            }
            Became::Claim { why, .. } => eprintln!("{}: left out: {}", words::safe(&item.name), words::safe(why)),
            Became::Unread { problem } => {
                eprintln!("{}: left out: {}", words::safe(&item.name), words::safe(&problem.says));
            }
        }
    }
    if chosen.is_empty() {
        bail!("there is no credential in what was named, so there is nothing to bundle");
    }
    let created = checker.at.unwrap_or_else(|| Outside::system().now());
    let bundle = sharing::bundle(&checked, &chosen, purpose, created);
    let text = cairn_credential::bundle::write(&bundle);
    let most = Limits::default().file;
    if text.len() > most {
        bail!(
            "these make a bundle of {} MB, and {} MB is the most that is read back. Leave out badges with large pictures.",
            text.len() >> 20,
            most >> 20
        );
    }
    // A credential that falls short is still shareable, as what it is.
    let code = if exit_code(&checked.report) == UNREADABLE { UNREADABLE } else { FINE };
    Ok(Made { bundle, text, code })
}

fn write(output: &str, bytes: &[u8]) -> anyhow::Result<()> {
    if output == "-" {
        std::io::stdout().lock().write_all(bytes)?;
        return Ok(());
    }
    std::fs::write(Path::new(output), bytes).with_context(|| format!("{output} could not be written"))?;
    eprintln!("Written: {output} ({} kB)", bytes.len().div_ceil(1000));
    Ok(())
}
