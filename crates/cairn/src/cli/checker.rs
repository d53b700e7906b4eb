//! The checker's policy as flags: shared by every command that verifies.

use anyhow::{Context, bail};
use cairn_credential::policy::{Address, Binding, Holder, Policy};
use cairn_credential::trust;
use cairn_registrar::checking::Ask;
use cairn_registrar::gather::Gatherer;
use cairn_registrar::outside::Outside;
use cairn_registrar::shapes::Require;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

/// What the checker accepts.
#[derive(Debug, Clone, Args)]
pub struct CheckerArgs {
    /// Fetch nothing: what is not in the files cannot be told
    #[arg(long)]
    pub offline: bool,
    /// Judge as of this time (2026-11-23 or 2026-11-23T12:00:00Z); default: now
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub at: Option<Timestamp>,
    /// A list of issuers you trust (Cairn's JSON form or a DCC registry). May be repeated
    #[arg(long, value_name = "FILE")]
    pub trust: Vec<String>,
    /// An address that you know to be this person's, such as an e-mail address. May be repeated
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub holder: Vec<String>,
    /// The addresses are only what the person says: a match then counts as unconfirmed
    #[arg(long)]
    pub unconfirmed: bool,
    /// The challenge that you gave the person; a presentation must answer it, or somebody else may be showing it again
    #[arg(long, value_name = "TEXT")]
    pub challenge: Option<String>,
    /// The domain that a presentation must be made for
    #[arg(long, value_name = "TEXT")]
    pub domain: Option<String>,
    /// How old a revocation status may be, in hours
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(i64).range(1..=87_600))]
    pub oldest_status: i64,
    /// PEM file with a certificate authority to trust for fetching, besides the system's. Addresses of this machine
    /// and of private networks may then be fetched too: for tests and closed networks
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub private_ca: Option<String>,
}

/// An answer that may be insisted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Answer {
    /// Always insisted on
    Genuine,
    /// Always insisted on
    Current,
    /// By an issuer on your list
    Known,
    /// By its definer or a delegate
    Entitled,
    /// Shown by the subject's key, or a confirmed address matches
    Whose,
}

impl CheckerArgs {
    /// The question that is put to every credential.
    pub fn ask(&self) -> anyhow::Result<Ask> {
        let mut trust_lists = Vec::new();
        for file in &self.trust {
            let text = super::input::read_text(file, 8 << 20)?;
            trust_lists.push(trust::read(&text).map_err(|says| anyhow::anyhow!("{file}: {says}"))?);
        }
        let addresses =
            self.holder.iter().map(|value| Address { value: value.clone(), confirmed: !self.unconfirmed }).collect();
        let policy = Policy {
            trust_lists,
            oldest_status: SignedDuration::from_hours(self.oldest_status),
            binding: Binding::Production,
            holder: Holder { addresses, challenge: self.challenge.clone(), domain: self.domain.clone() },
        };
        Ok(Ask { policy, require: Vec::new(), at: self.at.unwrap_or_else(|| Outside::system().now()) })
    }

    /// The way out to the network, or none.
    pub fn gatherer(&self) -> anyhow::Result<Gatherer> {
        match (&self.private_ca, self.offline) {
            (Some(_), true) => bail!("--private-ca and --offline exclude each other"),
            (Some(file), false) => {
                let pem = std::fs::read(file).with_context(|| format!("{file} could not be read"))?;
                Gatherer::private(&pem).map_err(|refusal| anyhow::anyhow!("{file}: {}", refusal.says))
            }
            (None, true) => Ok(Gatherer::offline()),
            (None, false) => Ok(Gatherer::online()),
        }
    }
}

impl Answer {
    /// As the report has it.
    pub fn shape(self) -> Require {
        match self {
            Answer::Genuine => Require::Genuine,
            Answer::Current => Require::Current,
            Answer::Known => Require::Known,
            Answer::Entitled => Require::Entitled,
            Answer::Whose => Require::Whose,
        }
    }
}

/// An address as badges hold it: without `mailto:`, not empty.
fn address(text: &str) -> Result<String, String> {
    let address = text.trim();
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    match address.is_empty() {
        true => Err("it is empty; write an address such as maya@learner.example".into()),
        false => Ok(address.into()),
    }
}

/// A moment, or the start of a day in UTC.
pub fn time(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let day: jiff::civil::Date =
        text.parse().map_err(|_| format!("`{text}` is no time; write 2026-11-23 or 2026-11-23T12:00:00Z"))?;
    day.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map(|z| z.timestamp()).map_err(|error| error.to_string())
}
