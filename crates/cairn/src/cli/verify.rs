//! `cairn verify`: five answers for each credential.

use std::io::{IsTerminal, Write};

use cairn_credential::verdict::{Check, Outcome, Verdict};
use cairn_registrar::checking::{self, Ask, Checked};
use cairn_registrar::shapes::{Became, CheckedItem, VerifyReport};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::checker::{Answer, CheckerArgs};
use super::{FALLS_SHORT, FINE, UNREADABLE, input, told, words};

/// Verify badges: JSON, JWT, baked PNG or SVG, folders, zips, bundles, addresses.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cairn verify badge.png\n  cairn verify badges/ --trust lists/known.json --holder maya@learner.example\n  cairn verify proof.cairn.json --offline --require known,whose\n  cat badge.jwt | cairn verify - --json"
)]
pub struct VerifyArgs {
    /// Files, folders, zips, https addresses, or - for standard input
    #[arg(required = true, value_name = "PATH|URL|-")]
    pub inputs: Vec<String>,
    /// Print the report as JSON (docs/schema/verify.v1.json)
    #[arg(long)]
    pub json: bool,
    /// Show every check, not only those that did not pass
    #[arg(long)]
    pub all: bool,
    /// Answers that must be good besides genuine and current
    #[arg(long, value_name = "ANSWERS", value_delimiter = ',')]
    pub require: Vec<Answer>,
    #[command(flatten)]
    pub checker: CheckerArgs,
}

/// Runs it.
pub async fn run(args: VerifyArgs) -> anyhow::Result<u8> {
    let mut ask = args.checker.ask()?;
    ask.require = args.require.iter().map(|answer| answer.shape()).collect();
    let report = check_for(&args.inputs, &ask, &args.checker).await?.report;
    let mut out = std::io::stdout().lock();
    let printed = match args.json {
        true => words::json(&mut out, &report),
        false => print(&mut out, &report, args.all).map_err(Into::into),
    };
    told(printed, exit_code(&report))
}

fn print(out: &mut impl Write, report: &VerifyReport, all: bool) -> std::io::Result<()> {
    for item in &report.items {
        print_item(out, item, all)?;
    }
    if report.items.len() > 1 {
        let count = |fits: fn(&Became) -> bool| report.items.iter().filter(|item| fits(&item.became)).count();
        writeln!(
            out,
            "Of {}: {} meet your policy, {} fall short, {} only claims, {} not read.",
            report.items.len(),
            count(|became| matches!(became, Became::Credential { ok: true, .. })),
            count(|became| matches!(became, Became::Credential { ok: false, .. })),
            count(|became| matches!(became, Became::Claim { .. })),
            count(|became| matches!(became, Became::Unread { .. }))
        )?;
    }
    Ok(())
}

/// Opens and checks what was named, with a progress bar when it takes a while and somebody watches.
pub async fn check(inputs: &[String], checker: &CheckerArgs) -> anyhow::Result<Checked> {
    check_for(inputs, &checker.ask()?, checker).await
}

async fn check_for(inputs: &[String], ask: &Ask, checker: &CheckerArgs) -> anyhow::Result<Checked> {
    let gatherer = checker.gatherer()?;
    let items = input::open_all(inputs, &gatherer).await?;
    let bar = if items.len() > 3 && std::io::stderr().is_terminal() {
        ProgressBar::new(items.len() as u64).with_style(
            ProgressStyle::with_template("{bar:30} {pos}/{len} checked").unwrap_or(ProgressStyle::default_bar()),
        )
    } else {
        ProgressBar::hidden()
    };
    let checked = checking::check(items, ask, &gatherer, |done, _| bar.set_position(done as u64)).await;
    bar.finish_and_clear();
    Ok(checked)
}

/// A report on nothing, for a question without badges.
pub async fn check_none(checker: &CheckerArgs) -> anyhow::Result<Checked> {
    Ok(checking::check(Vec::new(), &checker.ask()?, &checker.gatherer()?, |_, _| ()).await)
}

/// 2 if anything was unreadable, else 1 if a credential falls short, else 0.
pub fn exit_code(report: &VerifyReport) -> u8 {
    let unread = report.items.iter().any(|item| matches!(item.became, Became::Unread { .. }));
    let short = report.items.iter().any(|item| matches!(item.became, Became::Credential { ok: false, .. }));
    match (unread, short) {
        (true, _) => UNREADABLE,
        (false, true) => FALLS_SHORT,
        (false, false) => FINE,
    }
}

fn print_item(out: &mut impl Write, item: &CheckedItem, all: bool) -> std::io::Result<()> {
    writeln!(out, "{}", words::safe(&item.name))?;
    match &item.became {
        Became::Credential { verdict, ok, falls_short, .. } => {
            print_verdict(out, verdict, "  ", all)?;
            if !ok {
                let short: Vec<_> = falls_short.iter().map(|r| words::require(*r)).collect();
                writeln!(out, "  falls short of your policy: {}", short.join(", "))?;
            }
        }
        Became::Claim { why, .. } => writeln!(out, "  a claim: {}", words::safe(why))?,
        Became::Unread { problem } => writeln!(out, "  not read: {} [{}]", words::safe(&problem.says), problem.code)?,
    }
    writeln!(out)
}

fn print_verdict(out: &mut impl Write, verdict: &Verdict, indent: &str, all: bool) -> std::io::Result<()> {
    writeln!(out, "{indent}{}", words::safe(&verdict.summary))?;
    for (question, answer) in words::answers(verdict) {
        writeln!(out, "{indent}  {question:<9} {}", words::safe(&answer))?;
    }
    for check in verdict.checks.iter().filter(|check| all || check.outcome != Outcome::Passed) {
        print_check(out, check, indent)?;
    }
    for nested in &verdict.nested {
        writeln!(out, "{indent}  {} at {}:", words::role(nested.role), nested.pointer)?;
        print_verdict(out, &nested.verdict, &format!("{indent}    "), all)?;
    }
    Ok(())
}

fn print_check(out: &mut impl Write, check: &Check, indent: &str) -> std::io::Result<()> {
    let mark = match check.outcome {
        Outcome::Passed => "+",
        Outcome::Failed => "x",
        Outcome::Warned => "!",
        Outcome::Inconclusive => "?",
    };
    let place = if check.pointer.is_empty() { String::new() } else { format!(" at {}", check.pointer) };
    writeln!(out, "{indent}  {mark} {} [{}{}]", words::safe(&check.says), check.code, words::safe(&place))
}
