//! The command line: arguments in, exit code out.
//!
//! Exit codes: 2 if any input was unreadable or the command misused; else 1 if any credential falls short of the
//! policy (or a pack is wrong); else 0.

mod achievement;
mod backup;
mod checker;
mod framework;
mod gap;
mod init;
mod input;
mod issue;
mod keys;
mod letters;
mod pack;
mod plan;
mod samples;
mod serve;
mod share;
mod skills;
mod verify;
mod words;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Nothing is wrong.
const FINE: u8 = 0;
/// A credential falls short of the policy.
const FALLS_SHORT: u8 = 1;
/// An input was unreadable, or the command misused.
const UNREADABLE: u8 = 2;

#[derive(Debug, Parser)]
#[command(
    name = "cairn",
    version,
    about = "Paste a job ad; see what you can already prove, what is stale, what is missing, and the cheapest way to close it.",
    after_help = "Start here:\n  cairn demo                                  a seeded site in your browser\n  cairn samples ./try                         sample badges, ads and a trust list to try the rest with\n  cairn verify ./try/maya.cairn.json --trust ./try/trust.json\n  cairn gap --ad ./try/ads/cloud-engineer-tidewater.txt --badges ./try/maya.cairn.json --trust ./try/trust.json --holder maya@learner.example\n\nExit codes: 0 fine, 1 a credential falls short of the policy, 2 something could not be read."
)]
struct Cairn {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a seeded site on a temporary database: no account, no network needed
    Demo(serve::DemoArgs),
    /// Serve a site on a database of your own
    Serve(crate::config::SiteConfig),
    /// Set up a site: its database, sealed keys, first organisation, and the owner's link
    Init(init::InitArgs),
    /// Print a link to sign in, where no letter can be sent
    SignInLink(init::LinkArgs),
    /// Signing keys: list, rotate, report, seal anew
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Copy the database to a file, also while the site serves from it
    Backup(backup::BackupArgs),
    /// Put such a copy in the place of a database that is not there
    Restore(backup::RestoreArgs),
    /// Verify anyone's Open Badges: five answers each
    Verify(verify::VerifyArgs),
    /// Put badges and all that is needed to check them offline into one file
    Bundle(share::BundleArgs),
    /// Make a page for an employer, with the bundle inside
    Share(share::ShareArgs),
    /// Read a job ad against badges: proven, attested, stale, claimed, missing
    Gap(gap::GapArgs),
    /// The cheapest way to close the gap under a budget
    Plan(plan::PlanArgs),
    /// Skills in texts
    #[command(subcommand)]
    Skills(skills::SkillsCommand),
    /// Import a framework: ESCO, O*NET, CASE, CTDL-ASN or a table of your own
    Import(framework::ImportArgs),
    /// Export a framework as CASE, CTDL-ASN or a table
    Export(framework::ExportArgs),
    /// Frameworks: list, compare, publish
    #[command(subcommand)]
    Framework(framework::FrameworkCommand),
    /// Definitions of achievements
    #[command(subcommand)]
    Achievement(achievement::AchievementCommand),
    /// Industry packs
    #[command(subcommand)]
    Pack(pack::PackCommand),
    /// What waits in the outbox, what was given up, and trying again
    Letters(letters::LettersArgs),
    /// Award many from a file (CSV or JSON Lines): checked first, resumed after a kill, nothing twice
    Issue(issue::IssueArgs),
    /// Write sample badges, job ads and a trust list to a folder, to try things with
    Samples(samples::SamplesArgs),
}

/// Runs one command.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cairn = match Cairn::try_parse_from(args) {
        Ok(cairn) => cairn,
        Err(error) => {
            let code = if error.use_stderr() { UNREADABLE } else { FINE };
            // A closed pipe while printing help is nobody's fault.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    // Few blocking threads: each keeps memory of its own, and more than there are cores gain nothing.
    let runtime = match tokio::runtime::Builder::new_multi_thread().max_blocking_threads(8).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cairn: the system would not start a thread: {error}");
            return ExitCode::from(UNREADABLE);
        }
    };
    let done = runtime.block_on(dispatch(cairn.command));
    // A lookup that hangs in the system's resolver must not hold the program back.
    runtime.shutdown_background();
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("cairn: {error:#}");
            ExitCode::from(UNREADABLE)
        }
    }
}

async fn dispatch(command: Command) -> anyhow::Result<u8> {
    match command {
        Command::Demo(args) => serve::demo(args).await,
        Command::Serve(config) => serve::serve(config).await,
        Command::Init(args) => init::init(args).await,
        Command::SignInLink(args) => init::link(args).await,
        Command::Keys(command) => keys::run(command).await,
        Command::Backup(args) => backup::make(args).await,
        Command::Restore(args) => backup::restore(args).await,
        Command::Verify(args) => verify::run(args).await,
        Command::Bundle(args) => share::bundle(args).await,
        Command::Share(args) => share::share(args).await,
        Command::Gap(args) => gap::run(args).await,
        Command::Plan(args) => plan::run(args).await,
        Command::Skills(command) => skills::run(command),
        Command::Import(args) => framework::import(args).await,
        Command::Export(args) => framework::export(args).await,
        Command::Framework(command) => framework::run(command).await,
        Command::Achievement(command) => achievement::run(command),
        Command::Pack(command) => pack::run(command),
        Command::Letters(args) => letters::run(args).await,
        Command::Issue(args) => issue::run(args).await,
        Command::Samples(args) => samples::run(args).await,
    }
}

/// The code of an answer that was printed, also when its reader (`| head`) went away before the end.
fn told(printed: anyhow::Result<()>, code: u8) -> anyhow::Result<u8> {
    let closed = |error: &anyhow::Error| {
        error.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    };
    match printed {
        Err(error) if !closed(&error) => Err(error),
        _ => Ok(code),
    }
}
