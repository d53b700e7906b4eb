//! `cairn pack check`: is a pack sound?

use cairn_registrar::packs;
use clap::{Args, Subcommand};

use super::{FALLS_SHORT, FINE, input, words};

#[derive(Debug, Subcommand)]
pub enum PackCommand {
    /// Check packs: unknown skills, missing prerequisites, figures without a basis
    Check(CheckArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cairn pack check packs/*.toml")]
pub struct CheckArgs {
    /// Pack files (TOML; docs/packs.md describes them). They are checked together and with the built-in ones
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<String>,
}

/// Runs it.
pub fn run(command: PackCommand) -> anyhow::Result<u8> {
    let PackCommand::Check(args) = command;
    let mut files = Vec::new();
    for name in &args.files {
        files.push((name.clone(), input::read_text(name, 8 << 20)?));
    }
    let mut wrong = 0;
    for checked in packs::check_files(&files) {
        match &checked.summary {
            Some(summary) if checked.problems.is_empty() => println!("{}: sound: {summary}", checked.name),
            _ => println!("{}: {} problem(s)", checked.name, checked.problems.len()),
        }
        for problem in &checked.problems {
            println!("  {}: {}", words::safe(&problem.place), words::safe(&problem.says));
        }
        wrong += checked.problems.len();
    }
    Ok(if wrong == 0 { FINE } else { FALLS_SHORT })
}
