//! `cairn gap`: a job ad against badges.

use std::io::Write;

use cairn_domain::gap::{Lacking, Match, State, Tie};
use cairn_domain::requirement::Importance;
use cairn_registrar::advisor::Advisor;
use cairn_registrar::shapes::GapReport;
use clap::Args;

use super::checker::CheckerArgs;
use super::{FINE, input, told, verify, words};

/// An ad is refused past this size.
const MOST_AD: usize = 200_000;

/// Read job ads against badges: each requirement proven, attested, stale, claimed or missing, and why.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cairn gap --ad ad.txt --badges badges/ --trust known.json --holder maya@learner.example\n  cairn gap --ad one.txt --ad two.txt --badges badges.zip --claims resume.txt --json\n  cairn gap --role cloud-engineer --badges badges/"
)]
pub struct GapArgs {
    #[command(flatten)]
    pub question: Question,
    /// Print the report as JSON (docs/schema/gap.v1.json)
    #[arg(long)]
    pub json: bool,
}

/// What is wanted and what is held: shared by `gap` and `plan`.
#[derive(Debug, Args)]
pub struct Question {
    /// Job ad as a text file, or - for standard input; or give --role. Several are read together as one target
    #[arg(long, value_name = "FILE", required_unless_present = "role")]
    pub ad: Vec<String>,
    /// A role of the packs, instead of an ad
    #[arg(long, value_name = "ID", conflicts_with = "ad")]
    pub role: Option<String>,
    /// Badges: files, folders, zips, https addresses
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub badges: Vec<String>,
    /// The learner's own words (a résumé as text): read as claims. May be repeated
    #[arg(long, value_name = "FILE")]
    pub claims: Vec<String>,
    #[command(flatten)]
    pub checker: CheckerArgs,
}

/// Runs it.
pub async fn run(args: GapArgs) -> anyhow::Result<u8> {
    let (report, code) = report(&args.question, &Advisor::builtin()).await?;
    let mut out = std::io::stdout().lock();
    let printed = match args.json {
        true => words::json(&mut out, &report),
        false => print(&mut out, &report).map_err(Into::into),
    };
    told(printed, code)
}

/// Checks the badges and reads the ads. The code is 2 when a file could not be read, else 0: a badge that falls short
/// is an answer here, not a failure.
pub async fn report(question: &Question, advisor: &Advisor) -> anyhow::Result<(GapReport, u8)> {
    let ads = texts(&question.ad)?;
    let claims = texts(&question.claims)?;
    let credentials = if question.badges.is_empty() {
        verify::check_none(&question.checker).await?
    } else {
        verify::check(&question.badges, &question.checker).await?
    };
    let code = match verify::exit_code(&credentials.report) {
        super::UNREADABLE => super::UNREADABLE,
        _ => FINE,
    };
    let report = advisor
        .gap(ads, question.role.as_deref(), credentials.report, claims)
        .map_err(|refusal| anyhow::anyhow!(refusal.says))?;
    Ok((report, code))
}

fn texts(files: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    files.iter().map(|name| Ok((name.clone(), input::read_text(name, MOST_AD)?))).collect()
}

fn print(out: &mut impl Write, report: &GapReport) -> std::io::Result<()> {
    let gap = &report.gap;
    writeln!(out, "{}", words::safe(&gap.target.name))?;
    for note in &report.notes {
        writeln!(out, "  note: {}", words::safe(note))?;
    }
    for (importance, title, tally) in [
        (Importance::Required, "Required", gap.counts.required),
        (Importance::Preferred, "Preferred", gap.counts.preferred),
    ] {
        let of: Vec<&Match> = gap.matches.iter().filter(|m| m.requirement.importance == importance).collect();
        if of.is_empty() {
            continue;
        }
        writeln!(
            out,
            "\n{title}: {} proven, {} attested, {} stale, {} claimed, {} missing",
            tally.proven, tally.attested, tally.stale, tally.claimed, tally.missing
        )?;
        let mut of = of;
        of.sort_by_key(|m| m.state);
        for one in of {
            print_match(out, one)?;
        }
    }
    let unread = report
        .credentials
        .items
        .iter()
        .filter(|item| matches!(item.became, cairn_registrar::shapes::Became::Unread { .. }));
    for item in unread {
        if let cairn_registrar::shapes::Became::Unread { problem } = &item.became {
            writeln!(out, "\n{}: not read: {}", words::safe(&item.name), words::safe(&problem.says))?;
        }
    }
    Ok(())
}

fn print_match(out: &mut impl Write, one: &Match) -> std::io::Result<()> {
    let (mark, word) = words::state(one.state);
    let said: Vec<String> =
        one.requirement.mentions.iter().take(2).map(|m| format!("“{}”", words::safe(&m.words))).collect();
    writeln!(out, "  {mark} {word:<9} {}  {}", words::safe(&one.requirement.wanted.label), said.join(", "))?;
    if one.state == State::Missing {
        return Ok(());
    }
    for reason in one.because.iter().take(2) {
        let issuer = reason.issuer.as_ref().map(|issuer| format!(", {issuer}")).unwrap_or_default();
        let lacking: Vec<String> = reason.lacking.iter().map(lacking).collect();
        let but = if lacking.is_empty() { String::new() } else { format!(": but {}", lacking.join("; ")) };
        writeln!(out, "      {}", words::safe(&format!("{}{issuer} ({}){but}", reason.name, tie(&reason.tie))))?;
    }
    Ok(())
}

/// How it was tied, in words.
fn tie(tie: &Tie) -> String {
    match tie {
        Tie::SameUri { .. } => "aligned to this very skill".into(),
        Tie::SameLabel { .. } => "same name, another identifier".into(),
        Tie::NamedCertificate { .. } => "the certificate itself".into(),
        Tie::NameOnly { .. } => "only the name is the same".into(),
        Tie::Narrower { name, .. } => format!("narrower: {name}"),
        Tie::Broader { name, .. } => format!("broader: {name}"),
        Tie::Related { name, .. } => format!("related: {name}"),
        Tie::Claim { from } => format!("said in {from}"),
    }
}

/// What is lacking, in words.
fn lacking(lacking: &Lacking) -> String {
    match lacking {
        Lacking::GenuineUnknown => "it cannot be told whether it is genuine".into(),
        Lacking::NotGenuine => "it is not what was signed".into(),
        Lacking::Expired { since: Some(since) } => format!("it expired on {}", since.get(..10).unwrap_or(since)),
        Lacking::Expired { since: None } => "it has been superseded".into(),
        Lacking::Revoked => "it was revoked".into(),
        Lacking::Suspended => "it is suspended".into(),
        Lacking::NotYet => "it is not valid yet".into(),
        Lacking::CurrentUnknown => "its status cannot be told".into(),
        Lacking::IssuerUnknown => "its issuer is on no list of yours".into(),
        Lacking::SelfIssued => "the learner issued it to themself".into(),
        Lacking::NotEntitled => "nobody says that its issuer may give it".into(),
        Lacking::NotShown => "only a name ties it to this person (--holder)".into(),
        Lacking::AddressUnconfirmed => "nobody has confirmed that it is this person's".into(),
        Lacking::SomebodyElses => "it names somebody else".into(),
        Lacking::AttendanceOnly => "it is for attendance or completion only".into(),
        Lacking::AssessmentUnsaid => "it does not say that anything was assessed".into(),
        Lacking::NarrowerSkill => "it is about a narrower skill".into(),
        Lacking::BroaderSkill => "it is about a broader skill".into(),
        Lacking::RelatedSkill => "it is about a related skill".into(),
        Lacking::LabelOnly => "only its name fits, not an identifier".into(),
        Lacking::OtherDefiner { definer } => format!("it is {definer}'s own certificate of that name"),
        Lacking::LevelBelow { held, asked } => format!("its level is {held}, asked is {asked}"),
    }
}
