//! `cairn letters`: what waits in the outbox, what was given up, and trying again.

use std::io::Write;

use cairn_registrar::access::Actor;
use cairn_registrar::post::{LetterState, Letters};
use cairn_registrar::{Office, Settings};
use clap::{Args, Subcommand};

use super::{FALLS_SHORT, FINE, told};
use crate::config::SiteConfig;

/// The outbox.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cairn letters --database sqlite:cairn.sqlite\n  cairn letters --database sqlite:cairn.sqlite retry\n\nExit codes: 0 nothing was given up, 1 letters were given up, 2 the database could not be read."
)]
pub struct LettersArgs {
    #[command(flatten)]
    config: SiteConfig,
    #[command(subcommand)]
    command: Option<LettersCommand>,
}

#[derive(Debug, Subcommand)]
enum LettersCommand {
    /// Try letters again at once that wait or were given up: all, or one by its id
    Retry {
        /// Id of one letter
        id: Option<String>,
    },
}

/// Runs it.
pub async fn run(args: LettersArgs) -> anyhow::Result<u8> {
    let config = args.config;
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let settings = Settings { database: config.database.clone(), base_url, ..Settings::default() };
    let office = Office::open_without_keys(settings).await.map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    let site = Actor::site();
    let mut out = std::io::stdout().lock();
    if let Some(LettersCommand::Retry { id }) = args.command {
        let count = office.retry_letters(&site, id.as_deref()).await.map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
        let printed = writeln!(out, "{count} letters will be tried again within seconds, where the site is running.");
        return told(printed.map_err(Into::into), FINE);
    }
    let list = |which| office.list_letters(&site, which, 200);
    let waiting = list(Letters::Waiting).await.map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    let given_up = list(Letters::GivenUp).await.map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    let code = if given_up.is_empty() { FINE } else { FALLS_SHORT };
    told(print(&mut out, &waiting, &given_up), code)
}

fn print(out: &mut impl Write, waiting: &[LetterState], given_up: &[LetterState]) -> anyhow::Result<()> {
    writeln!(out, "{} waiting, {} given up (at most 200 of each are listed)", waiting.len(), given_up.len())?;
    for one in waiting.iter().chain(given_up) {
        let state = match (one.given_up, one.next) {
            (Some(at), _) => format!("given up {at:.0}"),
            (None, Some(next)) => format!("next try {next:.0}"),
            (None, None) => "done".into(),
        };
        writeln!(out, "{}  {:<12} to {}  {} tries, {state}", one.letter.id, one.letter.kind, one.letter.to, one.tries)?;
        if let Some(problem) = &one.problem {
            writeln!(out, "    {problem}")?;
        }
    }
    Ok(())
}
