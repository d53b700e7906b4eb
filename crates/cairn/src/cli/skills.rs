//! `cairn skills`: skills in texts.

use std::io::{BufRead, Write};

use cairn_registrar::advisor::Advisor;
use cairn_skills::{Importance, Kind};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{FINE, input, words};

#[derive(Debug, Subcommand)]
pub enum SkillsCommand {
    /// What a text asks for: skills, tools, certificates, licences, degrees, years, languages
    Extract(ExtractArgs),
    /// Rank ESCO skills for each line of standard input; one JSON line each
    Rank(RankArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cairn skills extract ad.txt\n  pbpaste | cairn skills extract - --json")]
pub struct ExtractArgs {
    /// A text file, or - for standard input
    #[arg(default_value = "-", value_name = "FILE|-")]
    pub file: String,
    /// Print the reading as JSON (docs/schema/extract.v1.json)
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  echo 'You keep our Kubernetes clusters healthy' | cairn skills rank --top 5")]
pub struct RankArgs {
    /// How many skills a line
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub top: u32,
}

/// Runs it.
pub fn run(command: SkillsCommand) -> anyhow::Result<u8> {
    match command {
        SkillsCommand::Extract(args) => extract(&args),
        SkillsCommand::Rank(args) => rank(&args),
    }
}

fn extract(args: &ExtractArgs) -> anyhow::Result<u8> {
    let text = input::read_text(&args.file, 200_000)?;
    let report = Advisor::builtin().extract(&text);
    let mut out = std::io::stdout().lock();
    if args.json {
        words::json(&mut out, &report)?;
        return Ok(FINE);
    }
    for note in &report.reading.notes {
        writeln!(out, "note: {}", words::safe(note))?;
    }
    for mention in &report.reading.mentions {
        let importance = match mention.importance {
            Importance::Required => "required",
            Importance::Preferred => "preferred",
        };
        let level = mention.level.as_ref().map(|level| format!(", {level}")).unwrap_or_default();
        writeln!(
            out,
            "{importance:<9} {:<11} {}  “{}” ({:.0}%{level})",
            kind(mention.kind),
            words::safe(&mention.label),
            words::safe(&mention.words),
            mention.confidence * 100.0
        )?;
    }
    Ok(FINE)
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Skill => "skill",
        Kind::Tool => "tool",
        Kind::Certificate => "certificate",
        Kind::Licence => "licence",
        Kind::Degree => "degree",
        Kind::Years => "years",
        Kind::Language => "language",
    }
}

/// One line of `cairn skills rank`.
#[derive(Serialize)]
struct RankedLine<'a> {
    text: &'a str,
    skills: Vec<cairn_skills::Ranked>,
}

fn rank(args: &RankArgs) -> anyhow::Result<u8> {
    let advisor = Advisor::builtin();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let skills = advisor.rank(&line, args.top as usize);
        serde_json::to_writer(&mut out, &RankedLine { text: &line, skills }).map_err(std::io::Error::from)?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(FINE)
}
